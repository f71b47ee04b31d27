//! Texts that stand for others: the options of two picklists, a check box as Yes and No.

use super::text_of;
use crate::{Value, convert::Refusal};
use compact_str::CompactString;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Which text becomes which.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ValueMap {
    /// From the text that comes to the text that goes.
    pub values: BTreeMap<String, String>,
    /// What is done with any other.
    #[serde(default)]
    pub unknown: Unknown,
}

/// What is done with a text that a map does not name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = UnknownValue))]
pub enum Unknown {
    /// The record is held until a person looks at it.
    #[default]
    Refuse,
    /// It goes as it is.
    Keep,
    /// The other side is left blank.
    Blank,
}

impl ValueMap {
    /// What becomes of a value; of several texts, each for itself.
    pub(super) fn take(&self, value: &Value) -> Result<Value, Refusal> {
        let one = |text: &str| match (self.find(text), self.unknown) {
            (Some(found), _) => Ok(Some(found).filter(|found| !found.is_empty())),
            (None, Unknown::Refuse) => Err(Refusal::NotMapped),
            (None, Unknown::Keep) => Ok(Some(CompactString::new(text))),
            (None, Unknown::Blank) => Ok(None),
        };
        if let Value::Set(items) = value {
            let items: Vec<_> = items.iter().map(|item| one(item)).collect::<Result<_, _>>()?;
            return Ok(Value::set(items.into_iter().flatten()));
        }
        let text = text_of(value).ok_or(Refusal::NotConvertible)?;
        Ok(one(&text)?.map_or(Value::Blank, Value::Text))
    }

    /// Exactly, or but for case and outer spaces.
    fn find(&self, text: &str) -> Option<CompactString> {
        let found = self.values.get(text).or_else(|| {
            let folded = fold(text);
            self.values.iter().find(|(from, _)| fold(from) == folded).map(|(_, to)| to)
        });
        found.map(CompactString::new)
    }

    /// The map that leads back, if no two texts become the same.
    pub(super) fn inverse(&self) -> Option<ValueMap> {
        let distinct: BTreeSet<String> = self.values.values().map(|to| fold(to)).collect();
        let one_to_one = distinct.len() == self.values.len() && !distinct.contains("");
        let values = self.values.iter().map(|(from, to)| (to.clone(), from.clone())).collect();
        one_to_one.then_some(ValueMap { values, unknown: self.unknown })
    }
}

fn fold(text: &str) -> String {
    text.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(values: &[(&str, &str)], unknown: Unknown) -> ValueMap {
        let values = values.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect();
        ValueMap { values, unknown }
    }

    #[test]
    fn what_is_not_named_is_dealt_with_as_said() {
        let priority = [("Hot", "高"), ("Cold", "低")];
        let of = |unknown, value: Value| map(&priority, unknown).take(&value);
        assert_eq!(of(Unknown::Refuse, Value::text("Hot")), Ok(Value::text("高")));
        assert_eq!(of(Unknown::Refuse, Value::text(" hot")), Ok(Value::text("高")));
        assert_eq!(of(Unknown::Refuse, Value::text("Warm")), Err(Refusal::NotMapped));
        assert_eq!(of(Unknown::Keep, Value::text("Warm")), Ok(Value::text("Warm")));
        assert_eq!(of(Unknown::Blank, Value::text("Warm")), Ok(Value::Blank));
        assert_eq!(of(Unknown::Keep, Value::set(["Warm", "Hot"])), Ok(Value::set(["Warm", "高"])));
        assert_eq!(of(Unknown::Blank, Value::set(["Warm"])), Ok(Value::Blank));
        let yes_no = map(&[("true", "Yes"), ("false", "No")], Unknown::Refuse);
        assert_eq!(yes_no.take(&Value::Bool(true)), Ok(Value::text("Yes")));
    }

    #[test]
    fn only_what_is_one_to_one_leads_back() {
        let there = map(&[("Hot", "高"), ("Cold", "低")], Unknown::Keep);
        assert_eq!(there.inverse().unwrap().inverse(), Some(there));
        assert_eq!(map(&[("Hot", "高"), ("Warm", "高")], Unknown::Keep).inverse(), None);
        assert_eq!(map(&[("Hot", "High"), ("Warm", "high ")], Unknown::Keep).inverse(), None);
        assert_eq!(map(&[("None", "")], Unknown::Keep).inverse(), None);
    }
}
