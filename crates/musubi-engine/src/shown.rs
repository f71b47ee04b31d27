//! Which operations of a plan are shown: some of each kind, whichever come first. There may be a million.

use crate::planned::PlannedOperation;
use musubi_core::Side;
use musubi_core::plan::{Kind, Operation};
use std::collections::BTreeMap;

/// So many changes of existing records are shown of each side: what stands there now would be lost.
const CHANGES: usize = 40;
/// So many operations of every other kind are.
const OTHERS: usize = 20;

/// The operations kept so far. Those about the lowest ids stay, so that the same world shows the same ones, in whatever order they come up.
#[derive(Default)]
pub(crate) struct Shown {
    kinds: BTreeMap<(Order, Side), BTreeMap<(String, u64), PlannedOperation>>,
    taken: u64,
}

/// What is shown first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Order {
    Change,
    Delete,
    Create,
    Link,
    /// The second step of a create.
    Follow,
}

impl Shown {
    /// Takes one in, if it is to be shown.
    pub fn take(&mut self, operation: &Operation, tell: impl FnOnce(&Operation) -> PlannedOperation) {
        let order = match (operation.kind, &operation.target_id) {
            (Kind::Update, Some(_)) => Order::Change,
            (Kind::Update, None) => Order::Follow,
            (Kind::Delete, _) => Order::Delete,
            (Kind::Create, _) => Order::Create,
            (Kind::Link, _) => Order::Link,
        };
        let limit = if order == Order::Change { CHANGES } else { OTHERS };
        let kept = self.kinds.entry((order, operation.target)).or_default();
        self.taken += 1;
        // One record may have several, which stay in their order.
        let key = (operation.source.to_string(), self.taken);
        if kept.len() < limit || kept.last_key_value().is_some_and(|(last, _)| key < *last) {
            kept.insert(key, tell(operation));
            if kept.len() > limit {
                kept.pop_last();
            }
        }
    }

    /// Those to be shown, the changes first.
    pub fn operations(self) -> Vec<PlannedOperation> {
        self.kinds.into_values().flat_map(BTreeMap::into_values).collect()
    }
}
