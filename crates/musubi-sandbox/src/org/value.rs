//! The value of one field in one record, kept small: a million records of twenty fields must fit in memory.

use compact_str::CompactString;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A stored value. A field without a cell is blank; there is no stored null.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// Text of any kind: single line, area, e-mail, phone, URL, picklist value, auto-number.
    #[serde(rename = "t")]
    Text(CompactString),
    /// A check box.
    #[serde(rename = "b")]
    Bool(bool),
    /// An integer or big integer.
    #[serde(rename = "i")]
    Int(i64),
    /// A double, currency or percent value, rounded to the field's decimal places.
    #[serde(rename = "n")]
    Decimal(Decimal),
    /// A civil date.
    #[serde(rename = "d")]
    Date(Date),
    /// An instant in whole seconds.
    #[serde(rename = "s")]
    Instant(i64),
    /// The id of the record a lookup points at; the field says in which module.
    #[serde(rename = "l")]
    Lookup(i64),
    /// The id of a user.
    #[serde(rename = "u")]
    User(i64),
    /// A lookup into one of several modules: the module's number and the record's id.
    #[serde(rename = "m")]
    ModuleLookup(u16, i64),
    /// The chosen values of a multi-select picklist.
    #[serde(rename = "a")]
    Many(Box<[CompactString]>),
    /// Anything structured and rare: subform rows, reminders, recurrence, participants.
    #[serde(rename = "j")]
    Json(Box<serde_json::Value>),
}

impl Value {
    /// The text of a text value.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The record or user id of a reference.
    pub fn as_reference(&self) -> Option<i64> {
        match self {
            Value::Lookup(id) | Value::User(id) | Value::ModuleLookup(_, id) => Some(*id),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_small() {
        assert_eq!(size_of::<Value>(), 24);
    }
}
