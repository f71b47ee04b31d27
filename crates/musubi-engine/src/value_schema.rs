//! How the document of the API describes what fields hold.

use serde::Serialize;
use utoipa::openapi::schema::{AdditionalProperties, AnyOfBuilder, ArrayBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{ObjectBuilder, Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

/// A record or a user that a field points to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Reference {
    /// Its id.
    pub id: String,
    /// What people call it; `null` when that is not known. Not needed to write it.
    #[schema(required)]
    pub name: Option<String>,
}

/// What a field holds, as JSON says it; it has no form of its own here.
pub struct FieldValue;

/// What a column of a subform's row holds.
pub struct CellValue;

const FIELD: &str = "What a field holds: what a cell holds, or the rows of a subform, each by its columns (in the journal, in their order).";
const CELL: &str = "A text; a number, a date (`2026-11-22`) and a time (`2026-11-22T09:00:00Z`) are texts, too, so that nothing of them is lost. A boolean. A list of texts. A record or a user that is pointed to. `null`: nothing.";

fn simple(description: &str) -> AnyOfBuilder {
    let plain = |kind| ObjectBuilder::new().schema_type(SchemaType::new(kind));
    AnyOfBuilder::new()
        .description(Some(description))
        .item(plain(Type::Null))
        .item(plain(Type::String))
        .item(plain(Type::Boolean))
        .item(Ref::from_schema_name("Reference"))
        .item(ArrayBuilder::new().items(plain(Type::String)))
}

impl PartialSchema for CellValue {
    fn schema() -> RefOr<Schema> {
        simple(CELL).into()
    }
}

impl ToSchema for CellValue {}

impl PartialSchema for FieldValue {
    fn schema() -> RefOr<Schema> {
        let cell = || RefOr::from(Ref::from_schema_name("CellValue"));
        let row = ObjectBuilder::new().additional_properties(Some(AdditionalProperties::RefOr(cell())));
        simple(FIELD)
            .item(ArrayBuilder::new().items(row))
            .item(ArrayBuilder::new().items(ArrayBuilder::new().items(cell())))
            .into()
    }
}

impl ToSchema for FieldValue {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push(("Reference".to_owned(), Reference::schema()));
        schemas.push(("CellValue".to_owned(), CellValue::schema()));
    }
}
