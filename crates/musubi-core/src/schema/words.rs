//! What kinds of fields are called where people read of them.

use super::FieldType;
use std::fmt;

impl fmt::Display for FieldType {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            FieldType::Text { max, multiline: false } => {
                return write!(out, "a text of at most {max} characters");
            }
            FieldType::Text { max, multiline: true } => {
                return write!(out, "several lines of at most {max} characters");
            }
            FieldType::Lookup { module } => return write!(out, "a lookup to {module}"),
            FieldType::Through { module, holds, .. } => return write!(out, "{holds}, from {module}"),
            FieldType::Other { name } => return out.write_str(name),
            FieldType::Email { .. } => "an e-mail address",
            FieldType::Phone { .. } => "a telephone number",
            FieldType::Url { .. } => "a web address",
            FieldType::Integer => "a whole number",
            FieldType::Decimal { .. } => "a number",
            FieldType::Bool => "a check box",
            FieldType::Date => "a date",
            FieldType::DateTime => "a date with its time",
            FieldType::Picklist { .. } => "a picklist",
            FieldType::MultiPicklist { .. } => "a multi-select picklist",
            FieldType::Tags { .. } => "tags",
            FieldType::NameOf => "the name of a record",
            FieldType::Filled => "whether there is anything in it",
            FieldType::AnyLookup { .. } => "a lookup to several modules",
            FieldType::User => "a user",
            FieldType::Rows { links: true, .. } => "a lookup to several records",
            FieldType::Rows { links: false, .. } => "a subform",
        })
    }
}
