//! What a decision becomes: intents, and one commit.

use super::{
    Effect, Phase, Sync,
    batch::{Batch, Item, Progress},
    desk::{Commit, Draft, Job},
    footprint::Footprint,
    journal::{Cause, Entry, JournalKind, Written, row_of_write},
    known::{Known, encode_unlinked, link_state, unlinked_state},
    translate::module_of,
};
use musubi_connector::WriteKind;
use musubi_core::{Instant, RemoteId, Side, Sides, Value, reconcile::Assignment};
use musubi_store::{LinkRow, MatchRow, UnlinkedRow};

/// Operations that become one intent.
struct Group {
    side: Side,
    kind: WriteKind,
    condition: Option<Instant>,
    undo: Option<Box<str>>,
    of_load: bool,
    items: Vec<Item>,
}

impl Sync {
    /// Decides a job. Gives what is to be stored, if anything is.
    pub(super) fn decide(&mut self, job: Job, mut known: Known, alone: bool) -> Option<Commit> {
        for link in &mut known.links {
            link.in_flight = self.flights.link(Side::Left, &link.ids.left);
        }
        let mut draft = Draft::default();
        let is_page = matches!(job, Job::Page(_));
        let decides = matches!(job, Job::Decided(_));
        match job {
            Job::Page(page) => self.decide_page(*page, &mut known, &mut draft),
            Job::Gone { side, rows, upto } => self.decide_gone(side, &rows, upto, &mut known, &mut draft),
            Job::Outcome { batch, outcomes } => self.decide_outcome(batch, outcomes, &mut known, &mut draft),
            Job::Outcomes(all) => {
                // A thousand pairs are made by one of these: grown bit by bit, they would be moved about more often than written.
                let count = all.iter().map(|(_, outcomes)| outcomes.len()).sum();
                known.expect_links(count);
                draft.changes.journal.reserve(count);
                draft.changes.keys_put.reserve(2 * count);
                for (batch, outcomes) in all {
                    self.decide_outcome(batch, outcomes, &mut known, &mut draft);
                }
            }
            Job::Decided(decisions) => self.carry_out_decisions(decisions, &mut known, &mut draft),
            Job::Again { ids, asked } => self.decide_again(&ids, asked, &mut known, &mut draft),
            Job::Missing { side, ids } => self.decide_missing(side, &ids, &mut known, &mut draft),
            Job::Sweep { rows, .. } => self.decide_sweep(&rows, &mut known, &mut draft),
            Job::Owed { .. } => self.decide_owed(&mut known, &mut draft),
            Job::Resolve { batch } => self.resolve(batch, &mut known, &mut draft),
            Job::StageDone(side) => self.stage_done(side),
            Job::Held { .. } | Job::Save => {}
        }
        if !decides {
            self.take_up_postponed();
        }
        self.plan_updates(&mut known, &mut draft);
        self.hold_to_plan(&mut known, &mut draft);
        self.make_batches(&known, &mut draft);
        if is_page && self.is_idle_page(&known, &draft) {
            return None;
        }
        Some(self.commit(known, draft, alone))
    }

    /// Operations become intents: batches of one kind and side; updates on condition stay alone.
    fn make_batches(&mut self, known: &Known, draft: &mut Draft) {
        let mut groups: Vec<Group> = Vec::new();
        for mut op in std::mem::take(&mut draft.ops) {
            for &slot in &self.plan.any_lookups {
                let assigned = op.item.assignments.iter().find(|assignment| assignment.slot == slot);
                let Some(Value::Record(id)) = assigned.map(|assignment| &assignment.value) else { continue };
                op.item
                    .modules
                    .extend(module_of(&self.plan, known, slot, op.target, id).map(|module| (slot, module)));
            }
            let most = if op.condition.is_some() { 1 } else { self.plan.batch.get(op.target).write };
            let fits = |group: &&mut Group| {
                (group.side, group.kind, &group.undo, group.of_load)
                    == (op.target, op.kind, &op.undo, op.of_load)
                    && group.condition.is_none()
                    && op.condition.is_none()
                    && group.items.len() < most
            };
            match groups.iter_mut().find(fits) {
                Some(group) => group.items.push(op.item),
                None => groups.push(Group {
                    side: op.target,
                    kind: op.kind,
                    condition: op.condition,
                    undo: op.undo,
                    of_load: op.of_load,
                    items: vec![op.item],
                }),
            }
        }
        for Group { side, kind, condition, undo, of_load, items } in groups {
            let id = self.state.next_intent;
            self.state.next_intent += 1;
            let progress = Progress::Ready(0);
            let batch = Batch {
                id,
                side,
                kind,
                condition,
                at: self.now,
                service_at: *self.clock.get(side),
                undo,
                of_load,
                items,
                progress,
                tries: 0,
                perhaps_made: false,
                recovered: false,
                checked: false,
            };
            match kind {
                // Their keys are reserved since they were decided on.
                WriteKind::Create => {
                    for id in batch.items.iter().filter_map(|item| item.ids.get(side.other()).as_ref()) {
                        self.flights.begin_create(side.other(), id, &[], batch.id);
                    }
                }
                WriteKind::Update | WriteKind::Delete => self.flights.recover(&batch),
            }
            draft.changes.intents_put.push(batch.row(self.epoch, self.lease_until));
            draft.after.ready.push(id);
            self.batches.insert(id, batch);
        }
    }

    /// A page that told nothing new changes nothing but counts: they go along with the next commit.
    fn is_idle_page(&mut self, known: &Known, draft: &Draft) -> bool {
        let unchanged = !known.links.iter().any(|link| link.put)
            && !known.unlinked.values().any(|unlinked| unlinked.put || unlinked.gone);
        self.state.echoes = self.awaited.count();
        unchanged && draft.changes.is_empty() && self.state.essence() == self.saved
    }

    /// What is stored under other match rules than before is found by their keys from now on, and no longer by those of before.
    fn make_keys_anew(&self, known: &Known, draft: &mut Draft) {
        let row =
            |side: Side, key: &[u8; 16], id: &RemoteId| MatchRow { side, key: *key, id: id.to_string() };
        let mut anew = |side: Side, id: &RemoteId, then: &[[u8; 16]], now: &[[u8; 16]]| {
            let over = then.iter().filter(|key| !now.contains(key));
            draft.changes.keys_delete.extend(over.map(|key| row(side, key, id)));
            draft.changes.keys_put.extend(now.iter().map(|key| row(side, key, id)));
        };
        for link in known.links.iter().filter(|link| link.put) {
            let Some(then) = &link.keys_then else { continue };
            for side in Side::BOTH {
                let gone = link.body.gone.get(side).is_some();
                let now = if gone { Vec::new() } else { self.match_keys(link, side) };
                anew(side, link.ids.get(side), then.get(side), &now);
            }
        }
        for ((side, id), unlinked) in
            known.unlinked.iter().filter(|(_, unlinked)| unlinked.put && !unlinked.gone)
        {
            let Some(then) = &unlinked.keys_then else { continue };
            let keys = self.rules().mapping.match_keys(*side, |slot| unlinked.memory.current(slot));
            anew(*side, id, then, &keys.collect::<Vec<_>>());
        }
    }

    fn commit(&mut self, mut known: Known, mut draft: Draft, alone: bool) -> Commit {
        self.keep_outcomes(&mut known, &mut draft);
        self.make_keys_anew(&known, &mut draft);
        let changes = &mut draft.changes;
        changes.links_put.reserve(known.links.len());
        for link in known.links.into_iter().filter(|link| link.put) {
            self.owed += i64::from(link.state == link_state::OWED) - i64::from(link.was == link_state::OWED);
            // Who waited for one of several possible parents waits for none of the others any more.
            if link.was == link_state::PARKED && link.state != link_state::PARKED {
                let both = Side::BOTH.map(|side| (side, link.ids.get(side).as_str().to_owned()));
                changes.parked_delete.extend(both);
            }
            // Nor does what waited for a pair that is none any more wait in silence.
            if link.state == link_state::UNTIED && link.was != link_state::UNTIED {
                changes.stuck.extend(Side::BOTH.map(|side| (side, link.ids.get(side).as_str().to_owned())));
            }
            let over = link.state == link_state::UNTIED || link.body.gone != Sides::default();
            for side in Side::BOTH {
                if over || link.body.side(side).echo.is_none() {
                    self.awaited.saw(side, link.ids.get(side));
                }
            }
            changes.links_put.push(LinkRow {
                left_id: link.ids.left.as_str().to_owned(),
                right_id: link.ids.right.as_str().to_owned(),
                state: link.state,
                body: link.body.encode(),
            });
        }
        for ((side, id), unlinked) in known.unlinked {
            let was = i64::from(unlinked.was == Some(unlinked_state::WAITING));
            let waits_on = unlinked.state == unlinked_state::PARKED && !unlinked.gone;
            if unlinked.was == Some(unlinked_state::PARKED) && !waits_on {
                changes.parked_delete.push((side, id.as_str().to_owned()));
            }
            if unlinked.gone {
                self.compared.forget(side, &id);
                if unlinked.was.is_some() {
                    self.waiting_rows -= was;
                    changes.unlinked_delete.push((side, id.as_str().to_owned()));
                }
                self.waiting.get_mut(side).remove(&id);
            } else if unlinked.put {
                self.waiting_rows += i64::from(unlinked.state == unlinked_state::WAITING) - was;
                if unlinked.state == unlinked_state::WAITING {
                    // During a load there may be a million of them; none needs a look of its own.
                    if matches!(self.state.phase, Phase::Sweep | Phase::Steady) {
                        self.waiting.get_mut(side).entry(id.clone()).or_insert(self.next_call);
                    }
                } else {
                    self.waiting.get_mut(side).remove(&id);
                }
                // What was parked on it goes on without it, where it can.
                let settled = matches!(self.state.phase, Phase::Sweep | Phase::Steady);
                let idle = unlinked.state == unlinked_state::IDLE && !unlinked.memory.outside && !settled;
                let is_new = unlinked.was != Some(unlinked.state);
                if is_new && unlinked_state::is_stuck(unlinked.state) && !idle {
                    changes.stuck.push((side, id.as_str().to_owned()));
                }
                changes.unlinked_put.push(UnlinkedRow {
                    side,
                    id: id.as_str().to_owned(),
                    state: unlinked.state,
                    due: 0,
                    body: encode_unlinked(&unlinked, self.plan.rules.version),
                });
            }
        }
        self.tell_outcomes(changes);
        self.state.echoes = self.awaited.count();
        self.state.next_journal = self.numbers.next();
        self.saved = self.state.essence();
        changes.state = Some(self.state.encode());
        let writes = Footprint::of_changes(&draft.changes);
        Commit { changes: Some(Box::new(draft.changes)), writes, after: draft.after, alone }
    }

    /// Sends the first of the changes on their way: they become durable in the order in which they were decided.
    pub(super) fn send_commit(&mut self, out: &mut Vec<Effect>) {
        if let Some(changes) = self.desk.commits.front_mut().and_then(|commit| commit.changes.take()) {
            out.push(Effect::Commit(changes));
        }
    }

    /// The changes are durable: what they allow may begin.
    pub(super) fn committed(&mut self, out: &mut Vec<Effect>) {
        let Some(commit) = self.desk.commits.pop_front() else { return };
        self.send_commit(out);
        self.ask_held(out);
        if let Some(next) = commit.after.next {
            self.jobs.push_front(next);
        }
        if self.is_idle_by_order() {
            self.drop_unsent();
        }
    }

    /// Adds a journal entry.
    pub(super) fn journal(&mut self, entry: &Entry, draft: &mut Draft) {
        draft.changes.journal.push(entry.row(self.numbers.take(), self.now));
    }

    /// Adds the journal entry of a write.
    pub(super) fn journal_write(
        &mut self,
        written: &Written,
        ids: &Sides<RemoteId>,
        assignments: &[Assignment],
        draft: &mut Draft,
    ) {
        let (seq, cause) = (self.numbers.take(), self.cause(written, ids));
        draft.changes.journal.push(row_of_write(
            written,
            ids,
            assignments,
            self.rules().version,
            &cause,
            seq,
        ));
    }

    fn cause(&self, written: &Written, ids: &Sides<RemoteId>) -> Cause {
        let source = written.side.other();
        let Some(changed) = written.changed else { return Cause::default() };
        let ahead = self.state.sides.get(source).ahead.unwrap_or(0);
        Cause {
            by: self.authors.of(source, ids.get(source)).map(Into::into),
            at: Some(changed.millis() - ahead),
            ..Cause::default()
        }
    }

    /// Adds a journal entry without field values.
    pub(super) fn note(&mut self, kind: JournalKind, side: Side, ids: &Sides<RemoteId>, draft: &mut Draft) {
        let ids = Sides { left: Some(ids.left.clone()), right: Some(ids.right.clone()) };
        let (mapping, cause) = (self.rules().version, Cause::default());
        let entry = Entry { kind, side, ids, mapping, changes: Vec::new(), cause };
        self.journal(&entry, draft);
    }
}
