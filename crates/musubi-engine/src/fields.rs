//! The fields of a module, as a person sees them in a form.

use compact_str::CompactString;
use musubi_core::schema::{Access, Field, FieldType};
use serde::Serialize;
use utoipa::ToSchema;

/// A field of a module.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Field)]
pub struct FieldInfo {
    /// API name.
    pub api_name: String,
    /// What people call it.
    pub label: String,
    /// How its values behave.
    #[serde(rename = "type")]
    pub kind: FieldKind,
    /// The longest text, in characters.
    #[schema(required)]
    pub max_length: Option<u32>,
    /// What a picklist offers.
    pub options: Vec<PicklistOption>,
    /// The module a lookup points to.
    #[schema(required)]
    pub lookup: Option<LookupTarget>,
    /// The columns of a subform.
    #[schema(no_recursion)]
    pub columns: Vec<FieldInfo>,
    /// It can never be written.
    pub read_only: bool,
    /// It can be written when a record is made, and not later.
    pub create_only: bool,
    /// A record needs it.
    pub required: bool,
    /// No two records have the same.
    pub unique: bool,
    /// Made by the org.
    pub custom: bool,
}

/// How a field's values behave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FieldType)]
pub enum FieldKind {
    /// One line of text.
    Text,
    /// Several lines of text.
    Textarea,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// A web address.
    Url,
    /// A whole number.
    Integer,
    /// A number, a percentage or an amount of money.
    Decimal,
    /// Yes or no.
    Boolean,
    /// A day.
    Date,
    /// A point in time.
    Datetime,
    /// One of some texts.
    Picklist,
    /// Any of some texts.
    MultiPicklist,
    /// Names of tags: any texts.
    Tags,
    /// A record.
    Lookup,
    /// A user.
    Owner,
    /// Rows with columns of their own.
    Subform,
    /// Any of the records of a module, or of the users: rows with one column.
    MultiLookup,
    /// Something that is only kept in the service, such as a file.
    Other,
}

/// What a picklist offers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PicklistOption {
    /// What is stored.
    pub value: String,
    /// What people see.
    pub label: String,
}

/// What a lookup points to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LookupTarget {
    /// The module.
    pub module: String,
}

pub(crate) fn field_info(field: &Field) -> FieldInfo {
    let kind = field.kind.plain();
    let (kind, max_length) = match kind {
        FieldType::NameOf => (FieldKind::Text, None),
        FieldType::Tags { max } => (FieldKind::Tags, Some(*max)),
        FieldType::Text { max, multiline: false } => (FieldKind::Text, Some(*max)),
        FieldType::Text { max, multiline: true } => (FieldKind::Textarea, Some(*max)),
        FieldType::Email { max } => (FieldKind::Email, Some(*max)),
        FieldType::Phone { max } => (FieldKind::Phone, Some(*max)),
        FieldType::Url { max } => (FieldKind::Url, Some(*max)),
        FieldType::Integer => (FieldKind::Integer, None),
        FieldType::Decimal { .. } => (FieldKind::Decimal, None),
        FieldType::Bool => (FieldKind::Boolean, None),
        FieldType::Date => (FieldKind::Date, None),
        FieldType::DateTime => (FieldKind::Datetime, None),
        FieldType::Picklist { .. } => (FieldKind::Picklist, None),
        FieldType::MultiPicklist { .. } => (FieldKind::MultiPicklist, None),
        FieldType::Lookup { .. } | FieldType::AnyLookup { .. } => (FieldKind::Lookup, None),
        FieldType::User => (FieldKind::Owner, None),
        FieldType::Rows { links: true, .. } => (FieldKind::MultiLookup, None),
        FieldType::Rows { .. } => (FieldKind::Subform, None),
        FieldType::Filled | FieldType::Through { .. } | FieldType::Other { .. } => (FieldKind::Other, None),
    };
    FieldInfo {
        api_name: field.name.to_string(),
        label: field.label.to_string(),
        kind,
        max_length,
        options: match field.kind.plain() {
            FieldType::Picklist { options } | FieldType::MultiPicklist { options } => offered(options),
            _ => Vec::new(),
        },
        lookup: match &field.kind {
            FieldType::Lookup { module } => Some(LookupTarget { module: module.to_string() }),
            _ => None,
        },
        columns: match &field.kind {
            FieldType::Rows { columns, .. } => columns.iter().map(field_info).collect(),
            _ => Vec::new(),
        },
        read_only: field.access == Access::ReadOnly,
        create_only: field.access == Access::CreateOnly,
        required: field.mandatory,
        unique: field.unique,
        custom: field.custom,
    }
}

fn offered(options: &[CompactString]) -> Vec<PicklistOption> {
    let offered = |text: &CompactString| PicklistOption { value: text.to_string(), label: text.to_string() };
    options.iter().map(offered).collect()
}
