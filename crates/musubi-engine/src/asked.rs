//! What persons decided, as it comes from the store.

use crate::sync::{Decision, Order};
use musubi_store::DecisionRow;

/// Decisions read at once.
pub(crate) const DECISIONS: i64 = 100;

/// A decision as the sync takes it. What cannot be read was stored by a newer version: that one will carry it out.
pub(crate) fn decision(row: &DecisionRow) -> Option<Decision> {
    let order = Order::decode(&row.body)?;
    Some(Decision { number: row.id, by: row.actor.as_str().into(), order })
}
