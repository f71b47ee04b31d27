//! A value of a mapped field, in the form of the side it belongs to.

use crate::{Instant, RemoteId};
use compact_str::CompactString;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What a field holds. "Not known" is not a value: it is `None` in [`crate::Slots`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Value {
    /// Empty: null, the empty string, an empty list, `-None-`.
    Blank,
    /// Text, e-mail, phone, URL, single picklist.
    Text(CompactString),
    /// Integer, decimal, currency or percent; exact.
    Number(Decimal),
    /// A check box.
    Bool(bool),
    /// A civil date without zone.
    Date(jiff::civil::Date),
    /// A point in time; the service's offset is not part of the value.
    Instant(Instant),
    /// A multi-select: sorted, without doubles, never empty.
    Set(Box<[CompactString]>),
    /// A lookup to another record of the same org.
    Record(RemoteId),
    /// An owner or another user of the org. Boxed: there is one of twenty fields, and all values are as large as the largest.
    User(Box<UserRef>),
    /// Subform rows in their order; never empty. Cells stand in the order of the mapping's columns; row ids are not part of the value.
    Rows(Box<[Box<[Value]>]>),
}

/// A user of one org.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct UserRef {
    /// The user's id in that org.
    pub id: RemoteId,
    /// The e-mail address, where the service tells it; users of two orgs are the same person by it.
    pub email: Option<CompactString>,
}

// Two mentions of one user are equal even when only one of them carries the address.
impl PartialEq for UserRef {
    fn eq(&self, other: &UserRef) -> bool {
        self.id == other.id
    }
}
impl Eq for UserRef {}
impl std::hash::Hash for UserRef {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}

impl Value {
    /// The records that it points to.
    pub fn records(&self) -> impl Iterator<Item = &RemoteId> {
        let (own, rows): (_, &[Box<[Value]>]) = match self {
            Value::Record(id) => (Some(id), &[]),
            Value::Rows(rows) => (None, rows),
            _ => (None, &[]),
        };
        let cells = rows.iter().flatten();
        own.into_iter().chain(cells.filter_map(|cell| match cell {
            Value::Record(id) => Some(id),
            _ => None,
        }))
    }

    /// Rows of links in the one form that they have: each record or user once, in the order of their ids, for a service promises none.
    pub fn links(mut rows: Vec<Box<[Value]>>) -> Value {
        let id = |row: &[Value]| match row.first() {
            Some(Value::Record(id)) => id.clone(),
            Some(Value::User(user)) => user.id.clone(),
            _ => RemoteId::new(""),
        };
        rows.sort_by_cached_key(|row| id(row));
        rows.dedup_by(|a, b| id(a) == id(b));
        if rows.is_empty() { Value::Blank } else { Value::Rows(rows.into()) }
    }

    /// Text, or blank when there is none.
    pub fn text(text: impl AsRef<str>) -> Value {
        let text = text.as_ref();
        if text.is_empty() { Value::Blank } else { Value::Text(CompactString::new(text)) }
    }

    /// A set of texts: sorted, doubles dropped, blank when empty.
    pub fn set<T: AsRef<str>>(items: impl IntoIterator<Item = T>) -> Value {
        let mut items: Vec<CompactString> = items.into_iter().map(CompactString::new).collect();
        items.sort_unstable();
        items.dedup();
        if items.is_empty() { Value::Blank } else { Value::Set(items.into()) }
    }

    /// True for [`Value::Blank`].
    pub fn is_blank(&self) -> bool {
        matches!(self, Value::Blank)
    }

    /// The text of a text value.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_has_no_order_and_no_doubles() {
        assert_eq!(Value::set(["b", "a", "b"]), Value::set(["a", "b"]));
        assert_eq!(Value::set(Vec::<String>::new()), Value::Blank);
    }

    #[test]
    fn decimals_compare_by_value() {
        let number = |text: &str| Value::Number(text.parse().unwrap());
        assert_eq!(number("85.00"), number("85"));
        assert_ne!(number("0.1"), number("0.10000000000000000001"));
    }

    #[test]
    fn a_user_is_known_by_the_id() {
        let user = |email: Option<&str>| UserRef { id: "1".into(), email: email.map(CompactString::new) };
        assert_eq!(user(None), user(Some("a@example.com")));
    }
}
