//! Conflicts as a person looks at them: both values, what both last agreed on, who changed which side when.

use crate::called::Called;
use crate::value_schema::FieldValue;
use musubi_core::{FieldName, Side, Sides, Value, reconcile::seen_values};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

/// The two values of a field that a person may decide about.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Conflict {
    /// The left one.
    pub left: ConflictSide,
    /// The right one.
    pub right: ConflictSide,
    /// The two met for the first time: they never agreed.
    pub first: bool,
    /// Stands for these two values. Sent with a decision, it makes sure that the decision is about them.
    pub version: String,
}

/// One side of a conflict.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ConflictSide {
    /// The field's API name.
    pub field: String,
    /// What it holds.
    #[schema(value_type = FieldValue)]
    pub value: Json,
    /// What it held when both last agreed; `null` also when they never did.
    #[schema(value_type = FieldValue, required)]
    pub base: Json,
    /// When it was changed, in milliseconds since 1970, where that is known: then, or less than a second later.
    #[schema(required)]
    pub changed_at: Option<i64>,
    /// Who changed the record last, as its service calls them; where that was told.
    #[schema(required)]
    pub changed_by: Option<String>,
}

/// A conflict as the machine keeps it with the matter.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Kept {
    slot: u16,
    values: Sides<Value>,
    #[serde(default)]
    first: bool,
    #[serde(default)]
    bases: Sides<Option<Value>>,
    #[serde(default)]
    by: Sides<Option<String>>,
    #[serde(default)]
    at: Sides<Option<i64>>,
}

impl Kept {
    /// Reads it; `None` for matters of another kind.
    pub fn of(code: &str, body: &[u8]) -> Option<Kept> {
        if !code.starts_with("conflict.") {
            return None;
        }
        serde_json::from_slice(body).ok()
    }

    /// Its slot, in the version of the mapping that was present then.
    pub fn slot(&self) -> u16 {
        self.slot
    }

    /// The values that are shown, each with its side.
    pub fn values(&self) -> impl Iterator<Item = (Side, &Value)> {
        let of =
            |side| [Some(self.values.get(side)), self.bases.get(side).as_ref()].map(|value| (side, value));
        Side::BOTH.into_iter().flat_map(of).filter_map(|(side, value)| Some((side, value?)))
    }

    /// Stands for the two values.
    pub fn seen(&self) -> u64 {
        seen_values(Sides { left: &self.values.left, right: &self.values.right })
    }

    /// As a person looks at it, with the names of the two fields.
    pub fn shown(&self, names: Sides<&FieldName>, called: &Called<'_>) -> Conflict {
        let side = |side: Side| ConflictSide {
            field: names.get(side).to_string(),
            value: called.shown(side, self.values.get(side)),
            base: self.bases.get(side).as_ref().map_or(Json::Null, |base| called.shown(side, base)),
            changed_at: *self.at.get(side),
            changed_by: self.by.get(side).clone(),
        };
        Conflict {
            left: side(Side::Left),
            right: side(Side::Right),
            first: self.first,
            version: format!("{:016x}", self.seen()),
        }
    }
}
