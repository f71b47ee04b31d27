//! What a configuration says about deletions.

use crate::sync::DeletionLimit;
use crate::table::WordOrTable;
use musubi_core::{Side, Sides, policy::DeletionPolicy};
use serde::{Deserialize, Serialize};

/// What a deletion does: one word for both ways, or one for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(untagged)]
pub enum Deletion {
    /// The same both ways.
    Both(DeletionPolicy),
    /// Each way by itself.
    Each(DeletionSides),
}

impl<'de> Deserialize<'de> for Deletion {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Deletion, D::Error> {
        let reader = WordOrTable {
            expecting: "deletion is \"unlink\", \"delete\" or \"delete_if_unrelated\", or a table such as { left = \"delete\", right = \"unlink\" }",
            word: Some(Deletion::Both),
            table: Deletion::Each,
            switch: None,
        };
        reader.read(from)
    }
}

/// What a deletion does, each way by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub struct DeletionSides {
    /// What a deletion on the left does to the right record.
    #[serde(default)]
    pub left: DeletionPolicy,
    /// What a deletion on the right does to the left record.
    #[serde(default)]
    pub right: DeletionPolicy,
}

impl Default for Deletion {
    fn default() -> Deletion {
        Deletion::Both(DeletionPolicy::default())
    }
}

impl Deletion {
    /// What a deletion on each side does.
    pub fn sides(self) -> Sides<DeletionPolicy> {
        match self {
            Deletion::Both(policy) => Sides { left: policy, right: policy },
            Deletion::Each(DeletionSides { left, right }) => Sides { left, right },
        }
    }

    /// The sides whose deletions carry over with all that hangs on the other record.
    pub(crate) fn cascades(self) -> impl Iterator<Item = Side> {
        let sides = self.sides();
        Side::BOTH.into_iter().filter(move |side| *sides.get(*side) == DeletionPolicy::Delete)
    }
}

/// How many deletions are carried over within ten minutes before a person is asked. Where both are given, both must hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, expecting = "a table, such as { records = 100 }")]
pub struct DeletionLimitConfig {
    /// So many records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records: Option<u64>,
    /// A share of the pairs, such as `"10%"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<Share>,
}

impl From<DeletionLimitConfig> for DeletionLimit {
    fn from(config: DeletionLimitConfig) -> DeletionLimit {
        DeletionLimit { records: config.records, percent: config.share.map(|share| share.0) }
    }
}

/// Some of a hundred, written as `"10%"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^([0-9]{1,2}|100)%$", example = "10%")]
pub struct Share(u8);

impl TryFrom<String> for Share {
    type Error = String;

    fn try_from(text: String) -> Result<Share, String> {
        let number = text.strip_suffix('%').and_then(|number| number.trim().parse().ok());
        number
            .filter(|number| *number <= 100)
            .map(Share)
            .ok_or_else(|| format!("{text:?} is no share: write it as \"10%\""))
    }
}

impl From<Share> for String {
    fn from(share: Share) -> String {
        format!("{}%", share.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // S1-64
    #[test]
    fn one_word_or_a_table() {
        let read = |text: &str| toml::from_str::<std::collections::BTreeMap<String, Deletion>>(text);
        let both = read("deletion = \"delete_if_unrelated\"").unwrap()["deletion"];
        assert_eq!(both.sides().right, DeletionPolicy::DeleteIfUnrelated);
        let each = read("deletion = { left = \"delete\" }").unwrap()["deletion"];
        assert_eq!(each.sides(), Sides { left: DeletionPolicy::Delete, right: DeletionPolicy::Unlink });
        assert_eq!(each.cascades().collect::<Vec<_>>(), [Side::Left]);
        let wrong = read("deletion = \"erase\"").unwrap_err().to_string();
        assert!(wrong.contains("`erase`") && wrong.contains("`delete_if_unrelated`"), "{wrong}");
        let wrong = read("deletion = { lft = \"delete\" }").unwrap_err().to_string();
        assert!(wrong.contains("`lft`") && wrong.contains("`left`"), "{wrong}");
        let wrong = read("deletion = true").unwrap_err().to_string();
        assert!(wrong.contains("deletion is \"unlink\", \"delete\""), "{wrong}");
    }

    #[test]
    fn a_share_is_some_of_a_hundred() {
        let limit: DeletionLimitConfig = toml::from_str("records = 50\nshare = \"10%\"").unwrap();
        assert_eq!(DeletionLimit::from(limit), DeletionLimit { records: Some(50), percent: Some(10) });
        assert_eq!(toml::to_string(&limit).unwrap(), "records = 50\nshare = \"10%\"\n");
        assert!(toml::from_str::<DeletionLimitConfig>("share = \"101%\"").is_err());
        assert!(toml::from_str::<DeletionLimitConfig>("share = \"ten\"").is_err());
    }
}
