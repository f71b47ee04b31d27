//! Decisions about records that have a counterpart.

use super::{
    Sync,
    came_out::{SKIPPED_UNTIED, UNCHANGED, at_rest, is_done},
    desk::{Draft, Job, PageJob, Update},
    known::{Known, Link, link_state, unlinked_state},
    links::spare_links,
    listing::Read,
    run::RunKind,
    state::Phase,
    translate::Ids,
};
use musubi_core::{
    LinkBody, Observation, RemoteId, Side, Sides, Value,
    convert::Refusal,
    link::{Absorbed, Burst, Fate},
    mutant::Mutant,
    reconcile::{Assignment, Refused, reconcile},
    schema::FieldType,
};
use musubi_store::{MatchKey, MatchRow};

impl Sync {
    /// Rows were read.
    pub(super) fn decide_page(&mut self, mut page: PageJob, known: &mut Known, draft: &mut Draft) {
        let side = page.side;
        draft.fresh = page.fresh.then_some(side);
        draft.in_order = page.in_order && (!page.dated || self.follows_bulk(&page));
        draft.changes.hints_delete = page.hints.clone();
        let mut found = false;
        let new = page.rows.len().saturating_sub(known.links.len() + known.same.len() + known.unlinked.len());
        known.unlinked.reserve(new);
        self.expect_rivals(&page, known);
        for row in std::mem::take(&mut page.rows) {
            if page.fresh {
                self.looks.get_mut(side).rereads.read(&row.id);
            }
            match known.link_at(side, &row.id) {
                Some(at) => found |= self.see_link(at, &row, &page, known, draft),
                None if known.same.contains(&row.id) => {
                    self.awaited.saw(side, &row.id);
                    self.count("unchanged");
                }
                None if known.is_erased(side, &row.id) => {
                    self.see_erased(&page, &row.id, known, draft);
                }
                None => found |= self.see_unlinked(row, &page, known, draft),
            }
        }
        for id in &page.absent {
            self.looks.get_mut(side).rereads.read(id);
            if let Some(at) = known.link_at(side, id) {
                if known.links[at].body.gone.get(side).is_some() {
                    self.absences.get_mut(side).saw(id, self.now);
                    self.decide_link(at, side, known, draft);
                } else {
                    self.see_absent(at, side, known);
                }
            } else if let Some(unlinked) = known.unlinked.get_mut(&(side, id.clone())) {
                unlinked.gone = true; // It is no longer shown to us: nothing is made from it.
                if unlinked.memory.outside {
                    let memory = &known.unlinked[&(side, id.clone())].memory;
                    let keys: Vec<_> =
                        self.rules().mapping.match_keys(side, |slot| memory.current(slot)).collect();
                    self.stand_aside(side, &keys, known);
                }
            } else if let Some(batch) = self.flights.creating(side, id) {
                let items = self.batches.get_mut(&batch).into_iter().flat_map(|batch| &mut batch.items);
                // Too late for that: it is read again when it is one of a pair.
                items
                    .filter(|item| item.ids.get(side).as_ref() == Some(id))
                    .for_each(|item| item.changed_since = true);
            }
        }
        if let Some(advance) = &page.advance {
            self.advance(side, advance, found);
        }
    }

    /// A record of a link was read. True when it told something new.
    fn see_link(
        &mut self,
        at: usize,
        row: &Observation,
        page: &PageJob,
        known: &mut Known,
        draft: &mut Draft,
    ) -> bool {
        let side = page.side;
        let link = &known.links[at];
        let untied = link.state == link_state::UNTIED;
        let told_gone = link.body.gone.get(side).is_some() && !link.in_flight;
        let over = Side::BOTH.iter().all(|side| link.body.gone.get(*side).is_some());
        let back = (untied || told_gone) && self.revives(at, page, known, draft);
        if untied && !back && !self.takes_part_again(&mut known.links[at], row, page) {
            if over {
                // It was read before it was deleted: of a pair that is no more, nothing comes out anew.
                self.count("skipped.stale");
                return false;
            }
            self.count(SKIPPED_UNTIED);
            let link = &mut known.links[at];
            if self.is_seen_anew(link.body.outcome.as_ref()) {
                (link.came_out, link.put) = (Some(SKIPPED_UNTIED.into()), true);
            }
            return false;
        }
        let link = &mut known.links[at];
        let unordered =
            self.recorded.get(&(side, row.id.clone())).is_some_and(|recorded| *recorded > page.asked);
        let match_values = self.match_values(link, side);
        // A list may show what the record was a moment ago, in the same second; a read by id shows what it is.
        let kind = |slot| self.plan.rules.mapping.field(side, slot).kind.clone();
        let memory = link.body.side(side);
        let doubtful = page.only_dated(self.rules().mutant)
            || (unordered && row.modified <= memory.seen)
            || (!page.fresh && memory.is_doubtful(row, kind));
        let before = doubtful.then(|| link.body.clone());
        let (as_of, mutant) = (page.as_of(self.plan.settings.horizon), page.mutant(self.rules().mutant));
        if link.in_flight && mutant.is(Mutant::ForgetChangeInFlight) {
            return false;
        }
        // What was written by us, or seen before, was counted then.
        let new = row.modified > memory.seen && memory.echo.is_none();
        let absorbed = link.body.absorb(side, row, as_of, &self.plan.rules.mapping, mutant);
        if let Some(before) = before
            && absorbed == Absorbed::Changed
            && link.body.side(side).dirty != before.side(side).dirty
        {
            // Which came first, this or what is known of the same second, cannot be told; or it is what was when a bulk read began. Read again.
            link.body = before;
            link.body.sides.get_mut(side).doubted = true;
            if link.state != link_state::UNTIED && !link.in_flight {
                // Owed even if this process does not live to make that reading.
                link.state = link_state::OWED;
            }
            link.put = true;
            self.read_again(side, &row.id, 0);
            return false;
        }
        let link = &mut known.links[at];
        link.put |=
            absorbed != Absorbed::Stale && std::mem::take(&mut link.body.sides.get_mut(side).unjudged);
        // What is stored by the present rules is found by them.
        link.put |= link.keys_then.is_some();
        // What a held one waited for may have come, even if it is itself unchanged.
        let told = link.state == link_state::HELD && page.is_hinted(&row.id);
        let waits = told || link.decide_again || matches!(link.state, link_state::OWED | link_state::PARKED);
        let memory = link.body.sides.get_mut(side);
        if page.fresh && absorbed != Absorbed::Stale && std::mem::take(&mut memory.doubted) {
            link.put = true;
        }
        match absorbed {
            Absorbed::Stale => {
                if page.fresh {
                    self.read_again(side, &row.id, 2_000);
                }
                self.count("skipped.stale");
                return false;
            }
            Absorbed::Same if !waits => {
                self.count(UNCHANGED);
                if new && self.is_seen_anew(link.body.outcome.as_ref()) {
                    (link.came_out, link.put) = (Some(at_rest(&link.body).into()), true);
                }
                return false;
            }
            Absorbed::Same => {}
            Absorbed::Changed => {
                link.put = true;
                self.authors.saw(side, row);
                self.recorded.insert((side, row.id.clone()), self.next_call);
            }
        }
        self.change_keys(&match_values, &known.links[at], side, draft);
        if known.links[at].in_flight {
            return absorbed == Absorbed::Changed;
        }
        self.decide_link(at, side, known, draft);
        let link = &mut known.links[at];
        if new && link.came_out.is_none() && self.is_seen_anew(link.body.outcome.as_ref()) {
            // Until something else comes of it.
            link.came_out = Some(at_rest(&link.body).into());
        }
        absorbed == Absorbed::Changed
    }

    /// What the record is found by, as it is before normalising.
    pub(super) fn match_values(&self, link: &Link, side: Side) -> Vec<(u16, Option<Value>)> {
        let slots = self.rules().mapping.matches.iter().map(|rule| rule.slot);
        slots.map(|slot| (slot, link.body.side(side).current(slot).cloned())).collect()
    }

    /// The record is found by other keys than `before`, if what they are made of changed.
    pub(super) fn change_keys(
        &self,
        before: &[(u16, Option<Value>)],
        link: &Link,
        side: Side,
        draft: &mut Draft,
    ) {
        if *before == self.match_values(link, side) {
            return;
        }
        let earlier = |slot| before.iter().find(|(at, _)| *at == slot).and_then(|(_, value)| value.as_ref());
        let before: Vec<_> = self.rules().mapping.match_keys(side, earlier).collect();
        let after = self.match_keys(link, side);
        let row = |key: &MatchKey| MatchRow { side, key: *key, id: link.ids.get(side).as_str().to_owned() };
        let over: Vec<_> = before.iter().filter(|key| !after.contains(key)).map(row).collect();
        let new: Vec<_> = after.iter().filter(|key| !before.contains(key)).map(row).collect();
        // The commit deletes before it puts; of what was decided a moment ago, the later word counts.
        let changes = &mut draft.changes;
        changes.keys_put.retain(|row| !over.contains(row));
        changes.keys_delete.retain(|row| !new.contains(row));
        changes.keys_delete.extend(over);
        changes.keys_put.extend(new);
    }

    pub(super) fn match_keys(&self, link: &Link, side: Side) -> Vec<[u8; 16]> {
        self.rules().mapping.match_keys(side, |slot| link.body.side(side).current(slot)).collect()
    }

    /// Reads a record again, `delay` milliseconds from now.
    pub(super) fn read_again(&mut self, side: Side, id: &RemoteId, delay: i64) {
        let due = self.now + delay;
        self.looks.get_mut(side).rereads.want(id, due);
    }

    /// Decides what is to be done about a link that has no operation under way.
    pub(super) fn decide_link(&mut self, at: usize, looked: Side, known: &mut Known, draft: &mut Draft) {
        if known.links[at].state == link_state::UNTIED || known.links[at].in_flight {
            return;
        }
        // What was decided about it a moment ago is decided anew: one operation at a time for each link.
        draft.updates.retain(|update| update.link != at);
        if Side::BOTH.iter().any(|side| known.links[at].body.gone.get(*side).is_some()) {
            return self.decide_gone_link(at, known, draft);
        }
        if let Some(side) = Side::BOTH.into_iter().find(|side| known.links[at].body.side(*side).missing) {
            return self.hold_missing(at, side, known, draft);
        }
        if let Some(side) = self.stays_out(&known.links[at])
            && self.decide_outside(at, side, known, draft)
        {
            return;
        }
        let unjudged = known.links[at].is_unjudged();
        if unjudged && !known.links[at].body.restore.is_empty() {
            known.links[at].put = true;
            return self.owe_readings(at, known);
        }
        if self.write_back(at, known, draft) {
            return;
        }
        let apart = known.links[at].body.apart.clone();
        let mut body = std::mem::replace(&mut known.links[at].body, LinkBody::unknown(0, 0));
        let dated = self.is_dated(at, known, draft);
        let before = (dated || unjudged).then(|| body.clone());
        let ids = Ids { plan: &self.plan, known };
        let mut verdict = reconcile(&mut body, &self.plan.rules, &ids, looked);
        spare_links(&mut verdict, &body, &self.plan.rules, &ids);
        let writes = !verdict.writes.left.is_empty() || !verdict.writes.right.is_empty();
        if let Some(before) = before.filter(|_| writes || !verdict.conflicts.is_empty()) {
            let link = &mut known.links[at];
            (link.body, link.put, link.state) = (before, true, link_state::OWED);
            return match dated {
                true => self.read_dated(at, known, draft),
                false => self.owe_readings(at, known),
            };
        }
        let link = &mut known.links[at];
        let was = link.state;
        link.body = body;
        link.put = true;
        link.state = link_state::SETTLED;
        let ids = link.ids.clone();
        let over = apart.into_iter().filter(|slot| !known.links[at].body.apart.contains(slot));
        self.close_skipped(&ids, over, draft);
        let to_come = |refused: &Refused| matches!(refused.why, Refusal::ParentNotLinked { .. });
        let is_complete = !writes && !verdict.refused.iter().any(to_come);
        known.links[at].body.of_load &= self.state.run.kind == RunKind::FirstLoad || !is_complete;
        if was != link_state::SETTLED && !writes {
            // What is still in the way is told again below; a field that was mended is so no more.
            self.close_attention(&ids, draft);
        }
        for conflict in &verdict.conflicts {
            self.tell_conflict(conflict, at, known, draft);
        }
        for refused in &verdict.refused {
            self.tell_refused(refused, at, known, draft);
        }
        // What waits for its parent is decided again when that is linked, whatever else is told about it (I12).
        if verdict.refused.iter().any(to_come) {
            known.links[at].state = link_state::PARKED;
        }
        if !writes && self.is_silenced(&known.links[at]) {
            self.comes_out(&mut known.links[at].came_out, "skipped.scope");
        } else if !writes
            && !known.links[at].body.outcome.as_ref().is_some_and(|outcome| is_done(&outcome.code))
        {
            let link = &mut known.links[at];
            let code = at_rest(&link.body);
            match link.came_out {
                Some(_) => self.count(code),
                None => self.comes_out(&mut link.came_out, code),
            }
        }
        let mut writes = verdict.writes;
        let target = if writes.right.is_empty() { Side::Left } else { Side::Right };
        let assignments = std::mem::take(writes.get_mut(target));
        if !assignments.is_empty() && !self.too_many_writes(at, &assignments, known, draft) {
            known.links[at].state = link_state::OWED;
            let of_load = known.links[at].body.of_load && self.are_lookups_to_come(&assignments);
            draft.updates.push(Update { link: at, target, assignments, undo: None, of_load });
        }
        self.owe_readings(at, known);
    }

    /// Lookups that were blank because what they lead to had no counterpart yet.
    fn are_lookups_to_come(&self, assignments: &[Assignment]) -> bool {
        assignments.iter().all(|assignment| {
            let fields = &self.rules().mapping.pairs[usize::from(assignment.slot)].fields;
            let leads = matches!(fields.left.kind, FieldType::Lookup { .. } | FieldType::AnyLookup { .. });
            leads && assignment.replaced.as_ref().is_none_or(Value::is_blank)
        })
    }

    /// A reading that was dropped while an operation was under way is still owed: until it comes, so is a decision, in this process or the next (I7).
    pub(super) fn owe_readings(&mut self, at: usize, known: &mut Known) {
        let ids = known.links[at].ids.clone();
        for side in Side::BOTH {
            let memory = known.links[at].body.side(side);
            if (memory.doubted || memory.unjudged) && !self.is_being_read(side, ids.get(side)) {
                self.read_again(side, ids.get(side), 0);
            }
        }
        let owed = Side::BOTH.iter().any(|side| self.is_being_read(*side, ids.get(*side)));
        if owed {
            known.links[at].state = link_state::OWED;
        }
    }

    /// The oscillation breaker: two automations that undo each other's work through us are stopped (DESIGN §2.12, I6).
    fn too_many_writes(
        &mut self,
        at: usize,
        assignments: &[Assignment],
        known: &mut Known,
        draft: &mut Draft,
    ) -> bool {
        let settings = &self.plan.settings;
        let link = &mut known.links[at];
        if link.body.burst.count < settings.burst_limit
            || self.plan.rules.mutant.is(Mutant::NoOscillationBreaker)
        {
            return false;
        }
        link.state = link_state::HELD;
        let pairs = &self.plan.rules.mapping.pairs;
        let field = |one: &Assignment| pairs[usize::from(one.slot)].fields.left.name.as_str();
        let fields: Vec<&str> = assignments.iter().map(field).collect();
        let details = serde_json::json!({ "fields": fields }).to_string();
        self.attention("oscillation", at, -1, &details, known, draft);
        true
    }

    /// A parent was linked, or a person asked: who asks also says that a doubtful record is to be copied.
    pub(super) fn decide_again(
        &mut self,
        ids: &[(Side, RemoteId)],
        asked: bool,
        known: &mut Known,
        draft: &mut Draft,
    ) {
        for (side, id) in ids {
            if let Some(at) = known.link_at(*side, id) {
                let body = &known.links[at].body;
                let replaced = |fate: &Option<Fate>| fate.as_ref().is_some_and(|fate| *fate != Fate::Deleted);
                let deleted = body.gone != Sides::default()
                    && !Side::BOTH.iter().any(|side| replaced(body.fate.get(*side)));
                if asked && deleted {
                    self.let_deletions_go();
                    self.released.insert(known.links[at].ids.left.clone());
                }
                if asked {
                    // What a service refused may be what it takes by now.
                    known.links[at].body.barred.clear();
                    // Who mended what went round in circles begins anew.
                    known.links[at].body.burst = Burst::default();
                }
                draft.changes.parked_delete.push((*side, id.as_str().to_owned()));
                self.decide_link(at, *side, known, draft);
            } else if let Some(unlinked) = known.unlinked.get_mut(&(*side, id.clone())) {
                if asked && unlinked.state == unlinked_state::UNRESOLVED {
                    unlinked.state = unlinked_state::WAITING;
                    self.waiting.get_mut(*side).insert(id.clone(), self.next_call);
                }
                draft.changes.parked_delete.push((*side, id.as_str().to_owned()));
                self.decide_unlinked(*side, id, known, draft);
            }
        }
    }

    /// Links that were left with work to do. Their targets are read again first: what is stored may be old by now.
    pub(super) fn decide_owed(&mut self, known: &mut Known, _draft: &mut Draft) {
        let owed: Vec<Sides<RemoteId>> = known
            .links
            .iter()
            .filter(|link| link.state == link_state::OWED && !link.in_flight)
            .map(|link| link.ids.clone())
            .collect();
        for ids in owed {
            Side::BOTH.iter().for_each(|side| self.read_again(*side, ids.get(*side), 0));
        }
    }

    /// A side is read completely: on to the next stage.
    pub(super) fn stage_done(&mut self, side: Side) {
        self.looked_by_scan(side);
        self.state.bulk.get_mut(side).scan = None;
        let own = &mut self.listing.get_mut(side).read;
        match self.state.phase {
            Phase::ScanFirst { first } if first != side => *own = Read::Ahead,
            Phase::ScanFirst { first } => {
                *own = Read::Not;
                self.state.phase = Phase::ScanSecond { first };
                if self.listing.get(side.other()).read == Read::Ahead {
                    self.stage_done(side.other());
                }
            }
            Phase::ScanSecond { first } if first != side => {
                *own = Read::Not;
                if self.state.restored.is_none() {
                    self.jobs.push_back(Job::Sweep { after: None, rows: Vec::new() });
                }
                self.state.phase = Phase::Sweep;
            }
            _ => {}
        }
    }
}
