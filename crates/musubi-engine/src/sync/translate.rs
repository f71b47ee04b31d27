//! Ids of one side in terms of the other, from what was loaded for this decision.

use super::{known::Known, settings::Plan};
use musubi_core::{
    RemoteId, Side, Value,
    convert::{Counterpart, Translate},
    link::Memory,
    value::UserRef,
};
use musubi_store::{SyncId, Want};

pub(super) struct Ids<'a> {
    pub plan: &'a Plan,
    pub known: &'a Known,
}

impl Translate for Ids<'_> {
    fn record(&self, slot: u16, from: Side, id: &RemoteId) -> Counterpart {
        let Some(parent) = self.plan.parents.get(usize::from(slot)).copied().flatten() else {
            return Counterpart::NotSynced;
        };
        match self.known.refs.get(&(parent, from, id.clone())) {
            Some(other) => Counterpart::Linked(other.clone()),
            None => Counterpart::NotYet,
        }
    }

    fn user(&self, from: Side, user: &UserRef) -> Option<UserRef> {
        self.plan.people.pairs.get(from).get(&user.id).cloned()
    }

    fn stand_in(&self, slot: u16, from: Side) -> Option<UserRef> {
        self.plan.stand_in(slot, from)
    }
}

/// Adds to `want` the counterparts that deciding about this memory may need. `all`: of every lookup, otherwise of the changed ones.
pub(super) fn want_refs(plan: &Plan, memory: &Memory, side: Side, want: &mut Want) {
    for (slot, parent) in plan.parents.iter().enumerate() {
        let Some(parent) = parent else { continue };
        // A lookup that is settled needs no translation; one side's change is compared with the other side's value, so both are asked for.
        if let Some(Value::Record(id)) = memory.current(slot as u16) {
            want_ref(*parent, side, id, want);
        }
    }
}

fn want_ref(parent: SyncId, side: Side, id: &RemoteId, want: &mut Want) {
    want.refs.push((parent, side, id.as_str().to_owned()));
}
