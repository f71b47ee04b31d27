//! What a person decided about records, and what became of it: values that are stored, handed to whoever works on the module sync, and answered once.

use musubi_core::{FieldName, RemoteId, Side, Sides, Value};
use serde::{Deserialize, Serialize};

/// A person's decision.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// Its number in the store.
    pub number: i64,
    /// Who decided.
    pub by: Box<str>,
    /// What.
    pub order: Order,
}

/// What is to be done. Fields are known by their names: the mapping may change before it is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "order", rename_all = "snake_case")]
pub enum Order {
    /// Of the two values of a field, that of one side counts.
    Prefer {
        /// The pair.
        ids: Sides<RemoteId>,
        /// The field.
        fields: Sides<FieldName>,
        /// The side whose value counts.
        winner: Side,
        /// Stands for the two values that the person saw; see [`musubi_core::reconcile::seen_values`].
        seen: u64,
        /// Stands in the same way for the value that is to count, as if both sides held it; absent where nobody knew it any more.
        #[serde(default)]
        won: Option<u64>,
    },
    /// These two records are a pair.
    Link {
        /// The records.
        ids: Sides<RemoteId>,
    },
    /// These two are no pair any more; both stay, and neither is copied.
    Unlink {
        /// The records.
        ids: Sides<RemoteId>,
    },
    /// Values that we wrote are taken back.
    Undo {
        /// The pair.
        ids: Sides<RemoteId>,
        /// The fields.
        fields: Vec<Back>,
    },
    /// Everything that is remembered of these records is forgotten, and they are not copied any more.
    Erase {
        /// Both of a pair, or the one that has no counterpart.
        ids: Sides<Option<RemoteId>>,
    },
}

impl Order {
    /// The stored form.
    pub fn encode(&self) -> String {
        serde_json::to_string(self).expect("names and values always serialise")
    }

    /// Reads the stored form; `None` for what a newer version stored.
    pub fn decode(text: &str) -> Option<Order> {
        serde_json::from_str(text).ok()
    }

    /// The records that it is about.
    pub fn records(&self) -> impl Iterator<Item = (Side, &RemoteId)> {
        let ids = match self {
            Order::Prefer { ids, .. }
            | Order::Link { ids }
            | Order::Unlink { ids }
            | Order::Undo { ids, .. } => Sides { left: Some(&ids.left), right: Some(&ids.right) },
            Order::Erase { ids } => Sides { left: ids.left.as_ref(), right: ids.right.as_ref() },
        };
        Side::BOTH.into_iter().filter_map(move |side| Some((side, *ids.get(side).as_ref()?)))
    }
}

/// One value that is to be taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Back {
    /// The side that we wrote to.
    pub side: Side,
    /// The field.
    pub fields: Sides<FieldName>,
    /// What we wrote, as the service keeps it.
    pub wrote: Value,
    /// What was there before.
    pub back: Value,
}

/// What became of a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upshot {
    /// A stable code.
    pub code: String,
    /// What became of each field, where there are several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldUpshot>,
}

/// What became of a decision about one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldUpshot {
    /// The side.
    pub side: Side,
    /// The left field.
    pub field: String,
    /// A stable code.
    pub code: String,
}

impl From<&str> for Upshot {
    fn from(code: &str) -> Upshot {
        Upshot { code: code.to_owned(), fields: Vec::new() }
    }
}

impl Upshot {
    /// The stored form.
    pub fn encode(&self) -> String {
        serde_json::to_string(self).expect("names always serialise")
    }

    /// Reads the stored form.
    pub fn decode(text: &str) -> Option<Upshot> {
        serde_json::from_str(text).ok()
    }
}
