//! What a configuration says about how records are recognised.

use musubi_core::match_form::{MatchForm, MatchWanted};
use serde::{Deserialize, Serialize};

/// A field by which records of the two orgs are recognised as the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(
    untagged,
    expecting = "a match is the name of a left field, or a table such as { left = \"Website\", right = \"Homepage\", as = \"domain\" }"
)]
pub enum MatchEntry {
    /// A left field.
    Field(String),
    /// A field, and more about it.
    Told(#[serde(deserialize_with = "crate::table::table")] ToldMatch),
}

/// A match field, and how its values are compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ToldMatch {
    /// The left field.
    pub left: String,
    /// The right field; where nothing is said, the one that the left one is mapped to, else the one of the same name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub right: Option<String>,
    /// How its values are compared.
    #[serde(default, rename = "as", skip_serializing_if = "is_plain")]
    pub form: MatchForm,
    /// The calling code of numbers that are written without one, such as 81.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 65535)]
    pub country: Option<u16>,
}

impl MatchEntry {
    /// The left field.
    pub fn left(&self) -> &str {
        match self {
            MatchEntry::Field(left) => left,
            MatchEntry::Told(told) => &told.left,
        }
    }

    pub(crate) fn wanted(&self) -> MatchWanted {
        match self {
            MatchEntry::Field(left) => MatchWanted::from(left.as_str()),
            MatchEntry::Told(ToldMatch { left, right, form, country }) => MatchWanted {
                left: left.as_str().into(),
                right: right.as_deref().map(Into::into),
                form: *form,
                country: *country,
            },
        }
    }
}

impl PartialEq<&str> for MatchEntry {
    fn eq(&self, other: &&str) -> bool {
        matches!(self, MatchEntry::Field(left) if left == other)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_plain(form: &MatchForm) -> bool {
    *form == MatchForm::Plain
}
