//! Ids of one side in terms of the other, from what was loaded for this decision.

use super::{
    known::Known,
    settings::{Parent, Plan},
};
use musubi_core::{
    ModuleName, RemoteId, Side, Value,
    convert::{Counterpart, Translate},
    link::Memory,
    mutant::Mutant,
    value::UserRef,
};
use musubi_store::Want;

pub(super) struct Ids<'a> {
    pub plan: &'a Plan,
    pub known: &'a Known,
}

impl Translate for Ids<'_> {
    fn record(&self, slot: u16, from: Side, id: &RemoteId) -> Counterpart {
        let linked = |parent: &Parent| self.known.refs.get(&(parent.sync, from, id.clone()));
        match self.plan.parents_at(slot) {
            [] => Counterpart::NotSynced,
            parents => {
                parents.iter().find_map(linked).cloned().map_or(Counterpart::NotYet, Counterpart::Linked)
            }
        }
    }

    fn user(&self, from: Side, user: &UserRef) -> Option<UserRef> {
        if self.plan.rules.mutant.is(Mutant::ForeignOwner) {
            return Some(user.clone());
        }
        self.plan.people.pairs.get(from).get(&user.id).cloned()
    }

    fn stand_in(&self, slot: u16, from: Side) -> Option<UserRef> {
        self.plan.stand_in(slot, from)
    }
}

/// Adds to `want` the counterparts that deciding about this memory may need. `all`: of every lookup, otherwise of the changed ones.
pub(super) fn want_refs(plan: &Plan, memory: &Memory, side: Side, want: &mut Want) {
    for (slot, parents) in plan.parents.iter().enumerate().filter(|(_, parents)| !parents.is_empty()) {
        // A lookup that is settled needs no translation; one side's change is compared with the other side's value, so both are asked for.
        for id in memory.current(slot as u16).into_iter().flat_map(Value::records) {
            want.refs.extend(parents.iter().map(|parent| (parent.sync, side, id.as_str().to_owned())));
        }
    }
}

/// The module of a record on `side` that a lookup to several modules is to point to.
pub(super) fn module_of(
    plan: &Plan,
    known: &Known,
    slot: u16,
    side: Side,
    id: &RemoteId,
) -> Option<ModuleName> {
    let is_there = |parent: &&Parent| {
        known.refs.contains_key(&(parent.sync, side, id.clone()))
            || known
                .refs
                .iter()
                .any(|((sync, at, _), other)| (*sync, *at, other) == (parent.sync, side.other(), id))
    };
    plan.parents_at(slot).iter().find(is_there).map(|parent| parent.modules.get(side).clone())
}
