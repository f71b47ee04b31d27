//! Is this record what one of our creates made, whose answer was lost or is still to come?

use super::{
    Sync,
    batch::{Batch, Item, Progress},
    desk::Draft,
    known::{Known, unlinked_state},
};
use musubi_connector::WriteKind;
use musubi_core::{Instant, Observation, RemoteId, Side, Sides, link::Memory, mutant::Mutant};

/// Whether a record is one of ours.
pub(super) enum Adoption {
    /// It is, and is tied now.
    Done,
    /// It may be what a create made whose answer is still to come.
    Wait,
    /// It is not what any open create sent.
    Unfit,
    /// Not asked (a mutant gives up on its own creates).
    NotOurs,
}

impl Sync {
    /// Keeps a record that may be half of a create whose answer was lost.
    pub(super) fn unresolved(
        &mut self,
        side: Side,
        id: &RemoteId,
        keys: &[[u8; 16]],
        known: &mut Known,
        draft: &mut Draft,
    ) {
        let ids = Sides::from_fn(|at| (at == side).then_some(id));
        self.attention_about("create.unresolved", ids, -1, "{}", draft);
        self.keep(side, id, unlinked_state::UNRESOLVED, keys, known, draft);
    }

    /// True when a create that is open may have made a record that is seen for the first time now: not if it is known to be made by somebody else,
    /// nor if it was there before every such create, by the service's own clock.
    pub(super) fn is_perhaps_ours(&self, side: Side, row: &Observation) -> bool {
        let may = self.open_creates(side).any(|batch| self.may_have_made(batch, row.created));
        let by_us = match (self.plan.people.us.get(side), row.created_by.as_ref()) {
            (Some(us), Some(creator)) => us == creator,
            _ => true,
        };
        may && by_us
    }

    /// Creates towards this side that have not ended.
    pub(super) fn open_creates(&self, side: Side) -> impl Iterator<Item = &Batch> {
        self.batches.values().filter(move |batch| batch.side == side && batch.kind == WriteKind::Create)
    }

    /// False when something that happened then happened before this batch was stored.
    pub(super) fn may_have_made(&self, batch: &Batch, then: Option<Instant>) -> bool {
        then.is_none_or(|then| then.plus_millis(self.plan.settings.clock_slack) >= batch.service_at)
    }

    /// Is this record what one of our creates made, whose answer is not here (yet)?
    pub(super) fn adopt(
        &mut self,
        side: Side,
        id: &RemoteId,
        memory: &Memory,
        keys: &[[u8; 16]],
        known: &mut Known,
        draft: &mut Draft,
    ) -> Adoption {
        let mut fitting = Vec::new();
        // A create reserves its match keys, so a record with one of them is what it made, even if somebody edited it since.
        let mut by_key = Vec::new();
        let mut open = false;
        for batch in self.open_creates(side) {
            let unknown = matches!(batch.progress, Progress::Unknown(_));
            open |= !unknown;
            for (at, item) in batch.items.iter().enumerate() {
                if self.is_made_from(memory, item, side) {
                    fitting.push((batch.id, at, unknown));
                } else if item.keys.iter().any(|key| keys.contains(key)) {
                    by_key.push((batch.id, at, unknown));
                }
            }
        }
        if self.rules().mutant.is(Mutant::RetryUnknownCreate) {
            return Adoption::NotOurs;
        }
        if fitting.is_empty() {
            fitting = by_key;
        }
        match fitting.iter().find(|(_, _, unknown)| *unknown) {
            // Equal contents are interchangeable: the first one will do, the others fit the others.
            Some((batch, item, _)) if fitting.iter().all(|(_, _, unknown)| *unknown) => {
                let (batch, item) = (*batch, *item);
                self.adopt_item(batch, item, id, memory, known, draft);
                Adoption::Done
            }
            _ if !fitting.is_empty() || open => Adoption::Wait,
            _ => Adoption::Unfit,
        }
    }

    /// A create towards this side got no answer.
    pub(super) fn unknown_create(&self, side: Side) -> bool {
        self.open_creates(side).any(|batch| matches!(batch.progress, Progress::Unknown(_)))
    }

    /// The record holds what this create sent.
    pub(super) fn is_made_from(&self, memory: &Memory, item: &Item, side: Side) -> bool {
        item.assignments.iter().all(|assignment| {
            let kind = &self.rules().mapping.field(side, assignment.slot).kind;
            memory.holds(assignment.slot, &assignment.value, kind)
        })
    }
}
