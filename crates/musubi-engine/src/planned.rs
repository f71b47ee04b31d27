//! What a plan says of a single field.

use crate::value_schema::FieldValue;
use serde::Serialize;
use utoipa::ToSchema;

/// One field of a planned operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlannedField {
    /// Its name on the side written to.
    pub field: String,
    /// What it holds now; `null` when the record is yet to be made.
    #[schema(value_type = FieldValue)]
    pub before: Option<serde_json::Value>,
    /// What it would hold; `null` for a lookup to a record that is yet to be made.
    #[schema(value_type = FieldValue)]
    pub after: Option<serde_json::Value>,
    /// Why.
    pub why: musubi_core::plan::Why,
}
