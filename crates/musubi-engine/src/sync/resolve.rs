//! Intents whose answer was lost. They are never sent again blindly (DESIGN §2.7, I4).
//!
//! Updates and deletes: after the lateness bound both records are read again and decided upon afresh. Creates: what they made would be listed by
//! a settled look that began after the bounds; a record found there with the same content is theirs; if there is none, they were not carried out.

use super::{
    BatchId, Sync,
    batch::{Batch, Item, Progress},
    desk::{Draft, Job},
    journal::{JournalKind, Written},
    known::{Known, Link, link_state, unlinked_state},
};
use musubi_connector::WriteKind;
use musubi_core::{
    RemoteId, Side, Sides,
    link::Memory,
    mutant::Mutant,
    reconcile::{Assignment, written},
};

impl Sync {
    /// The unknown batch whose bounds have passed, if any.
    pub(super) fn resolvable(&self) -> Option<BatchId> {
        self.batches.values().find(|batch| self.is_resolvable(batch)).map(|batch| batch.id)
    }

    fn is_resolvable(&self, batch: &Batch) -> bool {
        let Progress::Unknown(until) = batch.progress else { return false };
        match batch.kind {
            WriteKind::Create => {
                let bound = until + self.plan.settings.horizon;
                let looks = self.looks.get(batch.side);
                let after = |at: Option<i64>| at.is_some_and(|at| at >= bound);
                let told = !self.jobs.iter().any(|job| matches!(job, Job::Gone { .. }));
                self.state.phase != super::Phase::Count
                    && after(looks.settled_at)
                    && after(looks.deleted_at)
                    && told
            }
            WriteKind::Update | WriteKind::Delete => {
                let ids = |side: Side| batch.items.iter().filter_map(move |item| item.ids.get(side).as_ref());
                let read = Side::BOTH.iter().all(|side| ids(*side).all(|id| !self.is_being_read(*side, id)));
                self.now >= until && (!batch.checked || read)
            }
        }
    }

    /// When a settled look is needed for a create, or the bound of an update passes.
    pub(super) fn resolve_at(&self, batch: &Batch) -> Option<i64> {
        let Progress::Unknown(until) = batch.progress else { return None };
        Some(if batch.kind == WriteKind::Create { until + self.plan.settings.horizon } else { until })
    }

    /// The bounds of this batch have passed.
    pub(super) fn resolve(&mut self, batch: BatchId, known: &mut Known, draft: &mut Draft) {
        if self.reads_first(batch) {
            return;
        }
        let Some(batch) = self.batches.remove(&batch) else { return };
        draft.changes.intents_delete.push(batch.id);
        for item in &batch.items {
            if batch.kind == WriteKind::Create {
                let side = batch.side.other();
                let Some(source) = item.ids.get(side).clone() else { continue };
                self.flights.end_create(side, &source, &item.keys);
                let mut item = item.clone();
                item.changed_since |= batch.recovered;
                let doubtful = batch.perhaps_made && item.source_gone.is_none();
                if doubtful && !self.rules().mutant.is(Mutant::RetryUnknownCreate) {
                    self.back_to_unlinked(side, &source, &item, unlinked_state::UNRESOLVED, known, draft);
                    self.unresolved(side, &source, &item.keys, known, draft);
                    continue;
                }
                self.count("create.not_carried_out");
                self.back_to_unlinked(side, &source, &item, unlinked_state::WAITING, known, draft);
                continue;
            }
            let (Some(left), Some(right)) = (&item.ids.left, &item.ids.right) else { continue };
            let ids = Sides { left: left.clone(), right: right.clone() };
            self.flights.end(&ids);
            // I2: if it was carried out, what it replaced is told here; no answer ever will.
            // Told now, but what it replaced was replaced then.
            let (kind, at, side) = (JournalKind::SentUnanswered, batch.at, batch.side);
            match known.link_at(Side::Left, left).filter(|_| batch.kind == WriteKind::Delete) {
                Some(link) => self.journal_deleted(kind, link, side, known, draft),
                None => {
                    let written = Written { at, kind, side, changed: None };
                    self.journal_write(&written, &ids, &item.assignments, draft);
                }
            }
            if let Some(at) = known.link_at(Side::Left, left) {
                known.links[at].in_flight = false;
                self.see_carried_out(&batch, item, &mut known.links[at], draft);
                Side::BOTH.iter().for_each(|side| known.links[at].body.sides.get_mut(*side).doubted = true);
                known.links[at].state = link_state::OWED;
                known.links[at].put = true;
                if known.links[at].body.gone != Sides::default() {
                    self.decide_gone_link(at, known, draft);
                }
            }
            Side::BOTH.iter().for_each(|side| self.read_again(*side, ids.get(*side), 0));
            if batch.kind == WriteKind::Delete {
                self.looks.get_mut(batch.side).deleted_wanted = true;
            }
        }
    }

    /// What updates and deletes were about is read once more when their bounds have passed; only then are they resolved.
    fn reads_first(&mut self, batch: BatchId) -> bool {
        let unchecked = |batch: &&mut Batch| batch.kind != WriteKind::Create && !batch.checked;
        let Some(batch) = self.batches.get_mut(&batch).filter(unchecked) else { return false };
        batch.checked = true;
        let ids: Vec<Sides<Option<RemoteId>>> = batch.items.iter().map(|item| item.ids.clone()).collect();
        for ids in ids {
            for side in Side::BOTH {
                ids.get(side).iter().for_each(|id| self.read_again(side, id, 0));
            }
        }
        true
    }

    /// A target that holds what was sent to it: that is our write, not somebody's change.
    fn see_carried_out(&mut self, batch: &Batch, item: &Item, link: &mut Link, draft: &mut Draft) {
        let memory = link.body.side(batch.side);
        let holds = |assignment: &&Assignment| {
            let kind = &self.rules().mapping.field(batch.side, assignment.slot).kind;
            // What stood there before is no tidying of what was sent, however alike the two are: it was not carried out.
            let stands = memory.current(assignment.slot);
            let before = stands.is_some() && stands == assignment.replaced.as_ref();
            (!before || stands == Some(&assignment.value))
                && memory.holds(assignment.slot, &assignment.value, kind)
        };
        let done: Vec<Assignment> = item.assignments.iter().filter(holds).cloned().collect();
        let seen = memory.seen;
        if !done.is_empty() {
            written(&mut link.body, batch.side, &done, seen, self.rules().mutant);
            self.is_back(batch, &done, link, draft);
            self.wrote(batch.side, link.ids.get(batch.side), seen);
        }
    }

    /// This record is what item `item` of batch `batch` made.
    pub(super) fn adopt_item(
        &mut self,
        batch: BatchId,
        item: usize,
        id: &RemoteId,
        memory: &Memory,
        known: &mut Known,
        draft: &mut Draft,
    ) {
        let Some(mut batch) = self.batches.remove(&batch) else { return };
        let item = batch.items.remove(item);
        let source_side = batch.side.other();
        let side = batch.side;
        let Some(source) = item.ids.get(source_side).clone() else { return };
        self.flights.end_create(source_side, &source, &item.keys);
        if let Some(unlinked) = known.unlinked.get_mut(&(side, id.clone())) {
            unlinked.gone = true;
        }
        let at = self.created(&batch, item, &source, id.clone(), memory.seen, known, draft);
        // What was read of it stands beside what was sent.
        let observation = musubi_core::Observation {
            id: id.clone(),
            modified: memory.seen,
            created: None,
            created_by: None,
            modified_by: None,
            member: if memory.outside {
                musubi_core::Membership::Outside
            } else {
                musubi_core::Membership::Inside
            },
            slots: (0..memory.base.len() as u16).map(|slot| memory.current(slot).cloned()).collect(),
        };
        let read_at = if memory.closed { memory.seen.plus_millis(1_000) } else { memory.seen };
        let (mapping, mutant) = (self.plan.rules.mapping.clone(), self.plan.rules.mutant);
        let sent = self.match_values(&known.links[at], side);
        known.links[at].body.absorb(side, &observation, read_at, &mapping, mutant);
        self.change_keys(&sent, &known.links[at], side, draft);
        known.links[at].state = link_state::OWED;
        self.again_soon(side, id.clone());
        self.count("create.adopted");
        if batch.items.is_empty() {
            draft.changes.intents_delete.push(batch.id);
            draft.changes.intents_put.retain(|row| row.id != batch.id);
        } else {
            draft.changes.intents_put.retain(|row| row.id != batch.id);
            draft.changes.intents_put.push(batch.row(self.epoch, self.lease_until));
            self.batches.insert(batch.id, batch);
        }
    }

    /// A write got no answer: it may have been carried out, or may still be.
    pub(super) fn write_unknown(&mut self, batch: BatchId) {
        let lateness = self.plan.settings.lateness;
        let retry_at_once = self.rules().mutant.is(Mutant::RetryUnknownCreate);
        let Some(batch) = self.batches.get_mut(&batch) else { return };
        if retry_at_once && batch.kind == WriteKind::Create {
            batch.progress = Progress::Ready(self.now);
            return;
        }
        batch.progress = Progress::Unknown(self.now + lateness);
    }
}
