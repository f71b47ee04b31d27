//! What should be known of a mapping that is allowed as it is.

use musubi_core::Side;
use serde::Serialize;
use utoipa::ToSchema;

/// What should be known of a mapping.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = MappingNote)]
pub struct Note {
    /// A stable code: `mapping.one_way` (the first of two fields goes to the second and never back), `mapping.no_way` (nothing goes between the two),
    /// `mapping.inexact` (the two fields go both ways and are of different kinds, so that some values come back changed, or wait),
    /// `mapping.with_parents` (only records whose parent, in one of these fields, is synced take part), `mapping.demanded` (pages demand these custom fields, and nothing
    /// fills them), `mapping.custom_unmapped` (these custom fields stay behind).
    pub code: &'static str,
    /// The side that the fields are of, where they are of one.
    #[schema(required)]
    pub side: Option<Side>,
    /// The fields.
    pub fields: Vec<String>,
    /// The same as a sentence.
    pub what: String,
}
