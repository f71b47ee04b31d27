//! What became of our writes. Base, outcome and journal commit together (I9).

use super::{
    BatchId, RunKind, Sync,
    batch::{Batch, Item, Progress},
    desk::{Draft, Job},
    journal::{JournalKind, Written},
    known::{Known, Unlinked, link_state, unlinked_state},
    later::{Later, may_pass},
    translate::Ids,
};
use musubi_connector::{ItemOutcome, ServiceError, WriteKind};
use musubi_core::{
    Instant, RemoteId, Side, Sides,
    link::Memory,
    mutant::Mutant,
    policy::Direction,
    reconcile::{Assignment, created, is_stood_in_for, written},
};
use musubi_store::MatchRow;
use std::borrow::Cow;

impl Sync {
    /// A write was answered.
    pub(super) fn decide_outcome(
        &mut self,
        batch: BatchId,
        outcomes: Vec<ItemOutcome>,
        known: &mut Known,
        draft: &mut Draft,
    ) {
        let Some(mut batch) = self.batches.remove(&batch) else { return };
        let mut unknown = Vec::new();
        let items = std::mem::take(&mut batch.items);
        let mut outcomes = outcomes.into_iter();
        for item in items {
            match outcomes.next().unwrap_or(ItemOutcome::Unknown) {
                ItemOutcome::Unknown => unknown.push(item),
                outcome => self.item_outcome(&batch, item, outcome, known, draft),
            }
        }
        let side = batch.side;
        self.keep_unknown(batch, unknown, draft);
        if self.open_creates(side).next().is_none() {
            self.deleted_unknown.get_mut(side).clear();
        }
    }

    /// Items without an answer stay an intent; everything else of it is done.
    fn keep_unknown(&mut self, mut batch: Batch, unknown: Vec<Item>, draft: &mut Draft) {
        if unknown.is_empty() {
            draft.changes.intents_delete.push(batch.id);
            return;
        }
        batch.items = unknown;
        batch.progress = Progress::Unknown(self.now + self.plan.settings.lateness);
        draft.changes.intents_put.push(batch.row(self.epoch, self.lease_until));
        self.batches.insert(batch.id, batch);
    }

    fn item_outcome(
        &mut self,
        batch: &Batch,
        item: Item,
        outcome: ItemOutcome,
        known: &mut Known,
        draft: &mut Draft,
    ) {
        if batch.kind == WriteKind::Create {
            return self.create_outcome(batch, item, outcome, known, draft);
        }
        let (Some(left), Some(right)) = (&item.ids.left, &item.ids.right) else { return };
        let ids = Sides { left: left.clone(), right: right.clone() };
        self.flights.end(&ids);
        let Some(at) = known.link_at(Side::Left, left) else { return };
        known.links[at].in_flight = false;
        known.links[at].put = true;
        let (side, target) = (batch.side, ids.get(batch.side).clone());
        let refused = matches!(outcome, ItemOutcome::Refused(_) | ItemOutcome::TryLater(_));
        match outcome {
            ItemOutcome::Done { modified, .. } if batch.kind == WriteKind::Delete => {
                self.journal_deleted(JournalKind::Deleted, at, side, known, draft);
                *known.links[at].body.gone.get_mut(side) = Some(modified);
                self.untie(at, side.other(), JournalKind::Untied, known, draft);
                self.comes_out(&mut known.links[at].came_out, towards("deleted", side));
            }
            ItemOutcome::Done { modified, .. } => self.updated(at, batch, &item, modified, known, draft),
            ItemOutcome::ConditionFailed => {
                known.links[at].state = link_state::OWED;
                self.read_again(side, &target, 0);
            }
            ItemOutcome::NotFound => self.write_found_nothing(at, side, known, draft),
            ItemOutcome::TryLater(error) => self.write_later(at, side, &item, &error, known, draft),
            ItemOutcome::Refused(error) if may_pass(&error) => {
                self.write_later(at, side, &item, &error, known, draft);
            }
            ItemOutcome::Refused(error) => {
                self.forget_tries(Side::Left, left);
                self.update_refused(at, batch, &item, &error, known, draft);
            }
            ItemOutcome::Unknown => {}
        }
        if refused && batch.kind == WriteKind::Delete {
            return; // Decided again at once, it would be sent again at once.
        }
        // What was seen while the write was under way is decided now.
        if known.links[at].body.gone != Sides::default() && known.links[at].state != link_state::UNTIED {
            self.decide_gone_link(at, known, draft);
        }
    }

    /// The record is not there, says the service: the list of deletions tells more, and a reading whether it is true.
    fn write_found_nothing(&mut self, at: usize, side: Side, known: &mut Known, draft: &mut Draft) {
        let ids = known.links[at].ids.clone();
        self.looks.get_mut(side).deleted_wanted = true;
        match self.later(Side::Left, &ids.left) {
            Later::Soon(wait) => {
                known.links[at].state = link_state::OWED;
                self.read_again(side, ids.get(side), wait / 10);
            }
            // It can be read and not be written to, whatever it is: that is not tried for ever, nor anew with each reading that shows it.
            Later::Told(_) => self.hold_missing(at, side, known, draft),
        }
    }

    /// The service refused it for now.
    fn write_later(
        &mut self,
        at: usize,
        side: Side,
        item: &Item,
        error: &ServiceError,
        known: &mut Known,
        draft: &mut Draft,
    ) {
        self.count(&format!("retry.{}", error.code));
        let ids = known.links[at].ids.clone();
        match self.later(Side::Left, &ids.left) {
            Later::Soon(wait) => {
                known.links[at].state = link_state::OWED;
                self.read_again(side, ids.get(side), wait);
            }
            Later::Told(due) => {
                known.links[at].state = link_state::HELD;
                let details = self.details(error, item);
                let told = Sides { left: Some(&ids.left), right: Some(&ids.right) };
                self.tell_later("write.later", told, due, &details, draft);
                self.owe_readings(at, known);
            }
        }
    }

    fn updated(
        &mut self,
        at: usize,
        batch: &Batch,
        item: &Item,
        modified: Instant,
        known: &mut Known,
        draft: &mut Draft,
    ) {
        let (mutant, side) = (self.rules().mutant, batch.side);
        let stood_in = self.stood_in(side.other(), &item.assignments, known);
        let link = &mut known.links[at];
        let apart = link.body.apart.clone();
        let found_by = Sides::from_fn(|side| self.match_values(link, side));
        written(&mut link.body, side, &item.assignments, modified, mutant);
        link.body.let_be.extend(stood_in);
        for side in Side::BOTH {
            // One that is gone is found by nothing any more.
            if link.body.gone.get(side).is_none() && !mutant.is(Mutant::KeysNotWritten) {
                self.change_keys(found_by.get(side), link, side, draft);
            }
        }
        if batch.undo.is_some() {
            self.is_back(batch, &item.assignments, link, draft);
        } else {
            let (now, window) = (Instant::from_millis(self.now), self.plan.settings.burst_window);
            link.body.burst.wrote(side, &item.assignments, now, window);
        }
        let link = &mut known.links[at];
        self.recorded.insert((side, link.ids.get(side).clone()), self.next_call);
        self.wrote(side, link.ids.get(side), modified);
        // What was seen while the write was under way was not decided upon: also that one of the two left the scope.
        let dirty = Side::BOTH.iter().any(|side| {
            let memory = link.body.side(*side);
            !memory.dirty.is_empty() || memory.outside
        }) || !link.body.restore.is_empty();
        let source = link.body.side(side.other());
        // Changed again meanwhile, its time is that of the later change.
        let changed = source.dirty.is_empty().then_some(source.seen);
        link.state = if dirty { link_state::OWED } else { link_state::SETTLED };
        let (ids, was) = (link.ids.clone(), link.was);
        self.forget_tries(Side::Left, &ids.left);
        let over = apart.into_iter().filter(|slot| !known.links[at].body.apart.contains(slot));
        self.close_skipped(&ids, over, draft);
        if dirty {
            self.again_soon(Side::Left, ids.left.clone());
        } else if was != link_state::SETTLED {
            self.close_attention(&ids, draft);
        }
        if batch.undo.is_some() {
            return;
        }
        self.comes_out(&mut known.links[at].came_out, towards("updated", side));
        let mut assignments = Cow::Borrowed(&item.assignments);
        if mutant.is(Mutant::LoserNotRecorded) {
            assignments.to_mut().iter_mut().for_each(|assignment| assignment.replaced = None);
        }
        let written = Written { at: self.now, kind: JournalKind::Updated, side, changed };
        self.journal_write(&written, &ids, &assignments, draft);
    }

    /// We wrote this record: it is to be read back.
    pub(super) fn wrote(&mut self, side: Side, id: &RemoteId, modified: Instant) {
        self.awaited.wrote(side, id);
        let written = self.state.written.get_mut(side);
        *written = modified.max(*written);
    }

    pub(super) fn again_soon(&mut self, side: Side, id: RemoteId) {
        if let Some(Job::Again { ids, asked: false }) = self.jobs.back_mut()
            && ids.len() < 100
        {
            return ids.push((side, id));
        }
        self.jobs.push_back(Job::Again { ids: vec![(side, id)], asked: false });
    }

    fn create_outcome(
        &mut self,
        batch: &Batch,
        item: Item,
        outcome: ItemOutcome,
        known: &mut Known,
        draft: &mut Draft,
    ) {
        let source_side = batch.side.other();
        let Some(source) = item.ids.get(source_side).clone() else { return };
        self.flights.end_create(source_side, &source, &item.keys);
        match outcome {
            ItemOutcome::Done { id, modified } => {
                self.created(batch, item, &source, id, modified, known, draft);
            }
            ItemOutcome::TryLater(error) => {
                self.create_later(source_side, &source, &item, &error, known, draft);
            }
            ItemOutcome::Refused(error) if may_pass(&error) => {
                self.create_later(source_side, &source, &item, &error, known, draft);
            }
            ItemOutcome::Refused(error) => {
                self.forget_tries(source_side, &source);
                self.create_refused(batch.side, &source, item, &error, known, draft);
            }
            ItemOutcome::ConditionFailed | ItemOutcome::NotFound | ItemOutcome::Unknown => {
                self.back_to_unlinked(source_side, &source, &item, unlinked_state::WAITING, known, draft);
            }
        }
    }

    /// The service would not make the record now.
    fn create_later(
        &mut self,
        side: Side,
        source: &RemoteId,
        item: &Item,
        error: &ServiceError,
        known: &mut Known,
        draft: &mut Draft,
    ) {
        self.count(&format!("retry.{}", error.code));
        let state = match self.later(side, source) {
            Later::Soon(_) => unlinked_state::WAITING,
            Later::Told(due) => {
                let details = self.details(error, item);
                let ids = Sides::from_fn(|at| (at == side).then_some(source));
                draft.changes.attention_close_of.push((side, source.as_str().to_owned()));
                self.tell_later("create.later", ids, due, &details, draft);
                unlinked_state::HELD
            }
        };
        self.back_to_unlinked(side, source, item, state, known, draft);
    }

    /// Slots in which somebody was written who stands in for a person without a counterpart: who has one later changes nothing about what stands there.
    fn stood_in(&self, from: Side, assignments: &[Assignment], known: &Known) -> Vec<u16> {
        let ids = Ids { plan: &self.plan, known };
        let stands_in = |assignment: &&Assignment| {
            let Assignment { slot, source, value, .. } = assignment;
            let values = match from {
                Side::Left => Sides { left: source, right: value },
                Side::Right => Sides { left: value, right: source },
            };
            let both = self.rules().mapping.pairs[usize::from(*slot)].direction == Direction::Both;
            both && self.plan.owner_slots.contains(slot) && is_stood_in_for(*slot, values, &ids)
        };
        assignments.iter().filter(stands_in).map(|assignment| assignment.slot).collect()
    }

    /// Our create made this record.
    #[expect(clippy::too_many_arguments, reason = "the intent, both records and the decision under way")]
    pub(super) fn created(
        &mut self,
        batch: &Batch,
        item: Item,
        source: &RemoteId,
        id: RemoteId,
        modified: Instant,
        known: &mut Known,
        draft: &mut Draft,
    ) -> usize {
        let (side, source_side) = (batch.side, batch.side.other());
        self.forget_tries(source_side, source);
        let memory = item.source.unwrap_or_else(|| Memory::unknown(self.rules().mapping.pairs.len()));
        let ids = match side {
            Side::Right => Sides { left: source.clone(), right: id },
            Side::Left => Sides { left: id, right: source.clone() },
        };
        let changed = (!item.changed_since && !batch.recovered).then_some(memory.seen);
        let written = Written { at: self.now, kind: JournalKind::Created, side, changed };
        self.journal_write(&written, &ids, &item.assignments, draft);
        let stood_in = self.stood_in(source_side, &item.assignments, known);
        let mut body = created(memory, source_side, item.assignments, modified, self.rules());
        body.let_be.extend(stood_in);
        body.barred = item.barred;
        body.of_load = self.state.run.kind == RunKind::FirstLoad;
        let target_keys =
            self.rules().mapping.match_keys(side, |slot| body.side(side).current(slot)).collect();
        for (at, keys) in [(source_side, item.keys), (side, target_keys)] {
            draft.changes.keys_put.extend(keys.into_iter().map(|key| MatchRow {
                side: at,
                key,
                id: ids.get(at).as_str().to_owned(),
            }));
            // A reading of it may have come before the answer.
            if let Some(unlinked) = known.unlinked.get_mut(&(at, ids.get(at).clone())) {
                unlinked.gone = true;
            } else if self.waiting.get(at).contains_key(ids.get(at)) || batch.recovered {
                draft.changes.unlinked_delete.push((at, ids.get(at).as_str().to_owned()));
                if self.waiting.get_mut(at).remove(ids.get(at)).is_some() {
                    self.waiting_rows -= 1;
                }
            }
        }
        // What could not go along is decided when the new record is read.
        let met =
            |slot: u16| Side::BOTH.iter().all(|side| body.side(*side).base[usize::from(slot)].is_some());
        let dirty = body.side(source_side).dirty.iter().any(|dirty| met(dirty.slot));
        let changed_since = item.changed_since || batch.recovered;
        let source_gone = item.source_gone;
        let deleted = self.deleted_unknown.get_mut(side).remove(ids.get(side));
        let at =
            known.add_link(ids.clone(), if dirty { link_state::OWED } else { link_state::SETTLED }, body);
        let link = &mut known.links[at];
        link.put = true;
        link.was = link_state::SETTLED;
        if self.state.phase == super::Phase::Steady || batch.recovered {
            self.close_attention(&ids, draft);
        }
        if changed_since {
            known.links[at].state = link_state::OWED;
            // Owed whatever else is decided before that reading, in this process or the next.
            known.links[at].body.sides.get_mut(source_side).doubted = true;
            self.read_again(source_side, source, 0);
        }
        self.recorded.insert((side, ids.get(side).clone()), self.next_call);
        self.wrote(side, ids.get(side), modified);
        self.comes_out(&mut known.links[at].came_out, towards("added", side));
        let gone = &mut known.links[at].body.gone;
        *gone.get_mut(source_side) = source_gone;
        *gone.get_mut(side) = deleted.as_ref().map(|(at, _)| *at);
        let is_gone = source_gone.is_some() || deleted.is_some();
        let fates = [(source_side, item.source_fate.clone()), (side, deleted.and_then(|(_, fate)| fate))];
        for (side, fate) in fates {
            if let Some(fate) = fate {
                self.note_fate(at, side, fate, known, draft);
            }
        }
        if is_gone {
            // It is a deletion like any other, only told before there was a pair.
            let body = &known.links[at].body;
            let alone = |side: &Side| body.gone.get(*side).is_some() && body.gone.get(side.other()).is_none();
            let deleted = Side::BOTH.into_iter().find(alone).filter(|side| body.fate.get(*side).is_none());
            deleted.into_iter().for_each(|side| self.count_deletion(side));
            self.decide_gone_link(at, known, draft);
        }
        at
    }

    /// The source of a create that did not happen is an unlinked record again.
    pub(super) fn back_to_unlinked(
        &mut self,
        side: Side,
        id: &RemoteId,
        item: &Item,
        state: i64,
        known: &mut Known,
        draft: &mut Draft,
    ) {
        if item.source_gone.is_some() {
            // It was deleted meanwhile: there is nothing to make a counterpart of.
            draft.changes.keys_delete.extend(item.keys.iter().map(|key| MatchRow {
                side,
                key: *key,
                id: id.as_str().to_owned(),
            }));
            draft.changes.attention_close_of.push((side, id.as_str().to_owned()));
            return;
        }
        let mut memory =
            item.source.clone().unwrap_or_else(|| Memory::unknown(self.rules().mapping.pairs.len()));
        // Durable: the cursor has passed the change, and the reading below may not come in this process.
        memory.doubted |= item.changed_since;
        known.unlinked.insert((side, id.clone()), Unlinked { put: true, ..Unlinked::new(state, memory) });
        let keys: Vec<_> = item.keys.clone();
        draft.changes.keys_put.extend(keys.iter().map(|key| MatchRow {
            side,
            key: *key,
            id: id.as_str().to_owned(),
        }));
        if item.changed_since {
            self.read_again(side, id, 0);
        }
        if state == unlinked_state::WAITING {
            self.sweep_soon();
        }
    }

    /// The service's own words. I18: never a value.
    pub(super) fn details(&self, error: &ServiceError, item: &Item) -> String {
        if self.rules().mutant.is(Mutant::ValueInError) {
            return format!("{:?}", item.assignments);
        }
        serde_json::to_string(error).unwrap_or_default()
    }
}

/// What was done, and to which side.
fn towards(what: &str, side: Side) -> &'static str {
    match (what, side) {
        ("added", Side::Left) => "added.left",
        ("added", Side::Right) => "added.right",
        ("updated", Side::Left) => "updated.left",
        ("updated", Side::Right) => "updated.right",
        (_, Side::Left) => "deleted.left",
        (_, Side::Right) => "deleted.right",
    }
}
