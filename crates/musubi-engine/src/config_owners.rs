//! What a configuration says about owners: whose records become whose.

use crate::table::WordOrTable;
use musubi_core::Sides;
use musubi_core::policy::LaterChanges;
use serde::{Deserialize, Serialize};

/// The owners of an integration. Who is in the table comes first, then who has the same e-mail address on both sides, then the fallback.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub struct Owners {
    /// People whose addresses differ.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub table: Vec<OwnerPair>,
    /// Who owns what belongs to somebody without a counterpart.
    #[serde(default, skip_serializing_if = "Fallback::is_default")]
    pub fallback: Fallback,
    /// What is done with a change of the owner after the two records have agreed once.
    #[serde(default, skip_serializing_if = "is_carry")]
    pub later_changes: LaterChanges,
}

impl Owners {
    /// Some people are named by their addresses.
    pub(crate) fn names_people(&self) -> bool {
        !self.table.is_empty() || matches!(self.fallback, Fallback::Each(_))
    }
}

/// One person of both sides, by e-mail address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub struct OwnerPair {
    /// The address on the left.
    pub left: String,
    /// The address on the right.
    pub right: String,
}

/// Who owns what belongs to somebody without a counterpart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(untagged)]
pub enum Fallback {
    /// The same on both sides.
    Named(FallbackWord),
    /// A user of each side, by e-mail address; a side that is left out takes the connected user.
    Each(FallbackSides),
}

impl<'de> Deserialize<'de> for Fallback {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> std::result::Result<Fallback, D::Error> {
        let reader = WordOrTable {
            expecting: "fallback is \"connected_user\", \"none\", or a table of addresses such as { left = \"a@x.example\", right = \"b@y.example\" }",
            word: Some(Fallback::Named),
            table: Fallback::Each,
            switch: None,
        };
        reader.read(from)
    }
}

/// Who it is, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FallbackWord {
    /// The user whose credential the connection uses.
    ConnectedUser,
    /// Nobody: such a record is held, or the field is left out of the mapping.
    None,
}

/// A user of each side, by e-mail address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub struct FallbackSides {
    /// Who owns on the left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<String>,
    /// Who owns on the right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub right: Option<String>,
}

impl Default for Fallback {
    fn default() -> Fallback {
        Fallback::Named(FallbackWord::ConnectedUser)
    }
}

/// Who owns on one side what belongs to somebody without a counterpart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FallbackOf<'a> {
    ConnectedUser,
    Nobody,
    Address(&'a str),
}

impl Fallback {
    fn is_default(&self) -> bool {
        *self == Fallback::default()
    }

    pub(crate) fn sides(&self) -> Sides<FallbackOf<'_>> {
        match self {
            Fallback::Named(FallbackWord::ConnectedUser) => Sides::from_fn(|_| FallbackOf::ConnectedUser),
            Fallback::Named(FallbackWord::None) => Sides::from_fn(|_| FallbackOf::Nobody),
            Fallback::Each(FallbackSides { left, right }) => {
                let side = |address| match address {
                    Some(address) => FallbackOf::Address(address),
                    None => FallbackOf::ConnectedUser,
                };
                Sides { left: side(left.as_deref()), right: side(right.as_deref()) }
            }
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_carry(later: &LaterChanges) -> bool {
    *later == LaterChanges::Carry
}
