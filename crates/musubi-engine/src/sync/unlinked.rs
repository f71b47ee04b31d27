//! Decisions about records that have no counterpart yet: match, create, or wait.

use super::{
    RunKind, Sync,
    adopt::Adoption,
    batch::Item,
    came_out::{COUNTERPART_OUTSIDE, PARENT_NOT_LINKED, SKIPPED_DIRECTION, SKIPPED_NO_PARENT, UNCHANGED},
    desk::{Draft, Job, Op, PageJob},
    journal::JournalKind,
    known::{Known, Unlinked, link_state, unlinked_state},
    matching::{Match, candidates},
    state::Phase,
    tell::PARENT_HELD,
    translate::Ids,
};
use musubi_connector::WriteKind;
use musubi_core::{
    LinkBody, Membership, Observation, RemoteId, Side, Sides,
    convert::Refusal,
    link::{Absorbed, Dirty, Memory},
    mutant::Mutant,
    reconcile::{first_sight_of, new_record},
};
use musubi_store::{MatchRow, UnlinkedRow};

impl Sync {
    /// A record without link was read. True when it told something new.
    pub(super) fn see_unlinked(
        &mut self,
        mut row: Observation,
        page: &PageJob,
        known: &mut Known,
        draft: &mut Draft,
    ) -> bool {
        let side = page.side;
        self.authors.saw(side, &row);
        let too_old = self.is_too_old(side, &row);
        if too_old {
            row.member = Membership::Outside;
        }
        if let Some(batch) = self.flights.creating(side, &row.id) {
            let batch = self.batches.get_mut(&batch);
            let items = batch.into_iter().flat_map(|batch| &mut batch.items);
            for item in items.filter(|item| item.ids.get(side).as_ref() == Some(&row.id)) {
                let mut source = item.source.clone();
                let changed = source
                    .as_mut()
                    .is_none_or(|source| absorb(source, &row, page, &self.plan) == Absorbed::Changed);
                item.changed_since |= changed;
            }
            return true;
        }
        let key = (side, row.id.clone());
        let ours = self.is_perhaps_ours(side, &row);
        match known.unlinked.get_mut(&key) {
            Some(unlinked) => {
                let keys = |memory: &Memory| -> Vec<_> {
                    self.plan.rules.mapping.match_keys(side, |slot| memory.current(slot)).collect()
                };
                let kind = |slot| self.plan.rules.mapping.field(side, slot).kind.clone();
                if !page.fresh && unlinked.memory.is_doubtful(&row, kind) {
                    // A list may show what the record was a moment ago, in the same second; a read by id shows what it is.
                    unlinked.memory.doubted = true;
                    unlinked.put = true;
                    self.read_again(side, &row.id, 0);
                    return true;
                }
                let newer = row.modified > unlinked.memory.seen;
                let (before, was_outside) = (keys(&unlinked.memory), unlinked.memory.outside);
                let absorbed = absorb(&mut unlinked.memory, &row, page, &self.plan);
                unlinked.memory.doubted &= !page.fresh;
                let judged = absorbed != Absorbed::Stale && std::mem::take(&mut unlinked.memory.unjudged);
                // Who waits for another record is told when that has come, and then read by id: that it is listed once more is no news.
                let told = page.fresh || self.compares || self.state.phase != Phase::Steady;
                let waits = match unlinked.state {
                    unlinked_state::WAITING => true,
                    unlinked_state::PARKED => told,
                    _ => false,
                };
                if absorbed != Absorbed::Changed && unlinked.keys_then.is_none() && !waits && !judged {
                    self.count(UNCHANGED);
                    if absorbed == Absorbed::Same && newer {
                        self.seen_alone(side, &row.id, known);
                    }
                    return false;
                }
                (unlinked.put, unlinked.too_old) = (true, Some(too_old));
                unlinked.ours &= ours; // What was there before a create cannot be what it made.
                if unlinked.state == unlinked_state::WAITING {
                    self.waiting.get_mut(side).entry(row.id.clone()).or_insert(page.asked);
                }
                let old = self.state.restored.map(|_| unlinked.memory.clone());
                let (after, id) = (keys(&unlinked.memory), row.id.as_str());
                let takes_part = !unlinked.memory.outside;
                let deleted: Vec<_> = before.iter().filter(|key| !after.contains(key)).copied().collect();
                draft.changes.keys_delete.extend(deleted.iter().map(|key| MatchRow {
                    side,
                    key: *key,
                    id: id.to_owned(),
                }));
                if was_outside {
                    // Who stood back because of it is decided again, even if this one does not take its place beside them.
                    self.stand_aside(side, if takes_part { &before } else { &deleted }, known);
                }
                if let Some(memory) = old {
                    self.suspect(side, &row, &memory);
                }
            }
            None => {
                let (read, as_of) = (std::mem::take(&mut row.slots), page.as_of(self.plan.settings.horizon));
                let mut memory = first_sight_of(read, row.modified, as_of, self.rules());
                memory.outside = row.member != Membership::Inside;
                self.suspect(side, &row, &memory);
                let new = Unlinked::new(unlinked_state::WAITING, memory);
                known.unlinked.insert(key, Unlinked { ours, too_old: Some(too_old), ..new });
            }
        }
        self.decide_unlinked(side, &row.id, known, draft);
        true
    }

    /// Waiting records, in their order.
    pub(super) fn decide_sweep(&mut self, rows: &[UnlinkedRow], known: &mut Known, draft: &mut Draft) {
        for row in rows {
            let (side, id) = (row.side, RemoteId::new(&row.id));
            if known.link_at(side, &id).is_some_and(|at| known.links[at].state != link_state::UNTIED) {
                if let Some(unlinked) = known.unlinked.get_mut(&(side, id.clone())) {
                    unlinked.gone = true; // It was linked by another way.
                }
                continue;
            }
            if self.is_read_again(side, &id) || self.flights.creating(side, &id).is_some() {
                continue;
            }
            if self.waiting.get(side).contains_key(&id)
                || (self.load_is_ours && self.state.phase == Phase::Sweep)
            {
                self.decide_unlinked(side, &id, known, draft);
            } else {
                // It has waited since before this process began, and may have been deleted or changed: read it first.
                self.read_again(side, &id, 0);
            }
        }
        if let Some(last) = rows.last() {
            draft.after.next =
                Some(Job::Sweep { after: Some((last.side, last.id.clone())), rows: Vec::new() });
        }
    }

    /// Decides about one unlinked record.
    pub(super) fn decide_unlinked(
        &mut self,
        side: Side,
        id: &RemoteId,
        known: &mut Known,
        draft: &mut Draft,
    ) {
        let key = (side, id.clone());
        let Some(unlinked) = known.unlinked.get(&key) else { return };
        // What only a person may settle stays so, however often it is looked at.
        let unresolved = unlinked.state == unlinked_state::UNRESOLVED;
        let waits = if unresolved { unlinked_state::UNRESOLVED } else { unlinked_state::WAITING };
        let Memory { doubted, outside, unjudged, .. } = unlinked.memory;
        let ours = unlinked.ours;
        let keys: Vec<_> =
            self.rules().mapping.match_keys(side, |slot| unlinked.memory.current(slot)).collect();
        let memory = |known: &Known| known.unlinked[&key].memory.clone();
        if self.flights.any_create(side) && ours {
            let memory = memory(known);
            match self.adopt(side, id, &memory, &keys, known, draft) {
                Adoption::Done => return,
                Adoption::NotOurs => {}
                Adoption::Unfit if self.unknown_create(side) => {
                    self.perhaps_made_by(side, Some(memory.seen), draft);
                    if keys.iter().any(|key| self.flights.is_reserved(side, key)) {
                        return self.keep(side, id, waits, &keys, known, draft);
                    }
                    return self.unresolved(side, id, &keys, known, draft);
                }
                Adoption::Wait | Adoption::Unfit => {
                    return self.keep(side, id, waits, &keys, known, draft);
                }
            }
        }
        if unjudged {
            self.read_again(side, id, 0);
            return self.keep(side, id, waits, &keys, known, draft);
        }
        if outside && !self.rules().mutant.is(Mutant::IgnoreScope) {
            return self.keep_outside(side, id, &keys, known, draft);
        }
        if !self.may_decide(side, draft.in_order) {
            let idle = !unresolved && !self.may_become_a_pair(side);
            let state = if idle { unlinked_state::IDLE } else { waits };
            if idle {
                self.comes_out_alone(side, id, SKIPPED_DIRECTION, known);
            }
            return self.keep(side, id, state, &keys, known, draft);
        }
        let found = self.find_match(side, id, &keys, known);
        if matches!(found, Match::None) && self.state.restored.is_some() {
            let memory = memory(known);
            if self.decide_old(side, id, &memory, &keys, known, draft) {
                return;
            }
        }
        match found {
            Match::None | Match::Soon | Match::Outside if unresolved => {
                self.keep(side, id, waits, &keys, known, draft)
            }
            Match::One(other) => {
                let memory = memory(known);
                self.tie(side, id, &other, memory, &keys, known, draft);
            }
            Match::Outside => {
                self.comes_out_alone(side, id, COUNTERPART_OUTSIDE, known);
                self.keep(side, id, unlinked_state::IDLE, &keys, known, draft);
            }
            Match::Soon => self.keep(side, id, unlinked_state::WAITING, &keys, known, draft),
            Match::Several(found) => {
                let details = candidates(&found);
                self.hold(side, id, "match.ambiguous", -1, &details, &keys, known, draft);
            }
            Match::Taken(other) => {
                let found = Sides::from_fn(|at| vec![if at == side { id.clone() } else { other.clone() }]);
                let details = candidates(&found);
                self.hold(side, id, "match.taken", -1, &details, &keys, known, draft);
            }
            Match::None if !self.plan.creates_from(side) => {
                self.comes_out_alone(side, id, SKIPPED_DIRECTION, known);
                self.keep(side, id, unlinked_state::IDLE, &keys, known, draft);
            }
            Match::None if !self.has_looked(side, id) => {
                self.looks.get_mut(side.other()).wanted = true;
                self.keep(side, id, unlinked_state::WAITING, &keys, known, draft);
            }
            Match::None if self.promised.contains(&key) || self.is_read_again(side, id) => {
                self.keep(side, id, unlinked_state::WAITING, &keys, known, draft);
            }
            Match::None if doubted => {
                // It is known to have changed since this was read, and the copy would be made of the old state (I7).
                self.read_again(side, id, 0);
                self.keep(side, id, unlinked_state::WAITING, &keys, known, draft);
            }
            Match::None => self.create(side, id, keys, known, draft),
        }
    }

    /// True when the other side's records are known well enough to match.
    fn may_decide(&self, side: Side, in_order: bool) -> bool {
        match self.state.phase {
            Phase::Count | Phase::ScanFirst { .. } => false,
            Phase::ScanSecond { first } => side != first && in_order && self.state.restored.is_none(),
            Phase::Sweep | Phase::Steady => true,
        }
    }

    fn may_become_a_pair(&self, side: Side) -> bool {
        // During a load every record of the second side may still find its match; records that cannot be created need no second look by themselves.
        self.plan.creates_from(side)
            || !matches!(self.state.phase, Phase::ScanFirst { first } if first == side)
    }

    /// Ties two existing records.
    #[expect(clippy::too_many_arguments, reason = "both records and the decision under way")]
    pub(super) fn tie(
        &mut self,
        side: Side,
        id: &RemoteId,
        other: &RemoteId,
        memory: Memory,
        keys: &[[u8; 16]],
        known: &mut Known,
        draft: &mut Draft,
    ) {
        if !self.may_tie(side, id, other, draft) {
            return self.keep(side, id, unlinked_state::WAITING, keys, known, draft);
        }
        let other_side = side.other();
        let mut body = LinkBody::unknown(self.rules().version, self.rules().mapping.pairs.len());
        body.of_load = self.state.run.kind == RunKind::FirstLoad;
        *body.sides.get_mut(side) = memory;
        let former = known.link_at(other_side, other);
        let was_unlinked = known.unlinked.get_mut(&(other_side, other.clone()));
        *body.sides.get_mut(other_side) = match (was_unlinked, former) {
            (Some(unlinked), _) => {
                unlinked.gone = true;
                unlinked.memory.clone()
            }
            // Its former counterpart was deleted; this one takes its place.
            (None, Some(at)) => {
                // Its readings were not kept since: decide again upon a new one.
                self.read_again(other_side, other, 0);
                let link = &mut known.links[at];
                draft.changes.links_delete.push(link.ids.left.to_string());
                let memory = afresh(link.body.side(other_side));
                self.owed -= i64::from(link.was == link_state::OWED);
                Side::BOTH.iter().for_each(|side| self.awaited.saw(*side, link.ids.get(*side)));
                (link.put, link.removed) = (false, true);
                known.link_of.remove(&(Side::Left, known.links[at].ids.left.clone()));
                known.link_of.remove(&(Side::Right, known.links[at].ids.right.clone()));
                memory
            }
            (None, None) => return,
        };
        if let Some(unlinked) = known.unlinked.get_mut(&(side, id.clone())) {
            unlinked.gone = true;
        }
        let ids = match side {
            Side::Left => Sides { left: id.clone(), right: other.clone() },
            Side::Right => Sides { left: other.clone(), right: id.clone() },
        };
        let at = known.add_link(ids.clone(), link_state::SETTLED, body);
        known.links[at].put = true;
        draft.changes.keys_put.extend(keys.iter().map(|key| MatchRow {
            side,
            key: *key,
            id: id.as_str().to_owned(),
        }));
        self.close_attention(&ids, draft);
        self.comes_out(&mut known.links[at].came_out, "linked");
        self.note(JournalKind::Linked, side, &ids, draft);
        self.decide_link(at, side, known, draft);
    }

    /// Every attention item about these records is settled.
    pub(super) fn close_attention(&mut self, ids: &Sides<RemoteId>, draft: &mut Draft) {
        for side in Side::BOTH {
            draft.changes.attention_close_of.push((side, ids.get(side).to_string()));
        }
    }

    /// Creates the counterpart (I4: its keys are reserved from now on).
    fn create(
        &mut self,
        side: Side,
        id: &RemoteId,
        keys: Vec<[u8; 16]>,
        known: &mut Known,
        draft: &mut Draft,
    ) {
        let (key, target) = ((side, id.clone()), side.other());
        let Some(unlinked) = known.unlinked.get(&key) else { return };
        let (assignments, refused) =
            new_record(&unlinked.memory, side, self.rules(), &Ids { plan: &self.plan, known });
        let mandatory = self.plan.mandatory.get(target);
        let only_with_parent = self.plan.only_with_parent && !self.rules().mutant.is(Mutant::CopyOrphans);
        // One parent is enough for what hangs on several; the others are written when they have their counterparts.
        let hangs = only_with_parent
            && assignments.iter().any(|assignment| self.plan.any_lookups.contains(&assignment.slot));
        for refused in &refused {
            if let Refusal::ParentNotLinked { parent } = &refused.why {
                // What goes round in a circle, within the module or over several, is written when both ends exist (two phases). Others wait for their parent, unless
                // that waits for a person itself: then the rest is carried over, and the lookup follows.
                let follows = self.plan.later.get(side).contains(&refused.slot)
                    && !self.rules().mutant.is(Mutant::WaitInCircles);
                let stuck = self.is_stuck(refused.slot, side, parent, known);
                let demanded = mandatory.contains(&refused.slot);
                let goes_alone = stuck && !only_with_parent;
                if demanded || !(follows || goes_alone || hangs) {
                    self.park(side, id, refused.slot, parent, draft);
                    self.comes_out_alone(side, id, PARENT_NOT_LINKED, known);
                    if stuck {
                        let details = serde_json::to_string(&refused.why).unwrap_or_default();
                        self.hold_for((side, id), PARENT_HELD, i64::from(refused.slot), &details, draft);
                    } else if known.unlinked.get(&key).is_some_and(|unlinked| unlinked.was.is_some()) {
                        draft.changes.attention_close_of.push((side, id.as_str().to_owned()));
                    }
                    return self.keep(side, id, unlinked_state::PARKED, &keys, known, draft);
                }
            }
        }
        if only_with_parent && !hangs {
            self.comes_out_alone(side, id, SKIPPED_NO_PARENT, known);
            return self.keep(side, id, unlinked_state::IDLE, &keys, known, draft);
        }
        let filled = |slot: &u16| assignments.iter().any(|assignment| assignment.slot == *slot);
        if let Some(missing) = mandatory.iter().find(|slot| !filled(slot)) {
            let slot = i64::from(*missing);
            if let Some(refused) = refused.iter().find(|refused| refused.slot == *missing) {
                // There is a value, and it cannot be carried over.
                let details = serde_json::to_string(&refused.why).unwrap_or_default();
                return self.hold(side, id, refused.why.code(), slot, &details, &keys, known, draft);
            }
            let field = self.rules().mapping.field(target, *missing).name.clone();
            let details = serde_json::json!({ "field": field }).to_string();
            return self.hold(side, id, "create.mandatory_missing", slot, &details, &keys, known, draft);
        }
        let told = matches!(known.unlinked[&key].state, unlinked_state::HELD | unlinked_state::PARKED);
        if told {
            draft.changes.attention_close_of.push((side, id.as_str().to_owned()));
        }
        let Some(unlinked) = known.unlinked.get_mut(&key) else { return };
        unlinked.gone = true;
        let memory = std::mem::replace(&mut unlinked.memory, Memory::unknown(0));
        // Records later in this very page see the reservation.
        self.flights.begin_create(side, id, &keys, 0);
        let item = Item {
            ids: Sides::from_fn(|at| (at == side).then(|| id.clone())),
            assignments,
            source: Some(memory),
            keys,
            ..Item::default()
        };
        draft.ops.push(Op::new(target, WriteKind::Create, item));
    }

    /// Keeps the record as unlinked.
    pub(super) fn keep(
        &mut self,
        side: Side,
        id: &RemoteId,
        state: i64,
        keys: &[[u8; 16]],
        known: &mut Known,
        draft: &mut Draft,
    ) {
        let Some(unlinked) = known.unlinked.get_mut(&(side, id.clone())) else { return };
        if unlinked.state != state || unlinked.was != Some(state) || unlinked.put {
            unlinked.state = state;
            unlinked.put = true;
            draft.changes.keys_put.extend(keys.iter().map(|key| MatchRow {
                side,
                key: *key,
                id: id.as_str().to_owned(),
            }));
            for key in keys {
                let ids = known.matches.entry((side, *key)).or_default();
                if !ids.contains(id) {
                    ids.push(id.clone());
                }
            }
        }
    }

    /// Keeps the record for a person.
    #[expect(clippy::too_many_arguments, reason = "the record, the reason and the decision under way")]
    pub(super) fn hold(
        &mut self,
        side: Side,
        id: &RemoteId,
        code: &str,
        slot: i64,
        details: &str,
        keys: &[[u8; 16]],
        known: &mut Known,
        draft: &mut Draft,
    ) {
        self.hold_for((side, id), code, slot, details, draft);
        self.keep(side, id, unlinked_state::HELD, keys, known, draft);
    }

    /// A reading of this record is under way: it will be decided upon that.
    pub(super) fn is_being_read(&self, side: Side, id: &RemoteId) -> bool {
        let asked = |asked: &super::Asked| {
            asked.side == side
                && matches!(&asked.purpose, super::Purpose::Read { ids, .. } if ids.contains(id))
        };
        let queued = |job: &Job| match job {
            Job::Page(page) => {
                page.fresh
                    && page.side == side
                    && (page.absent.contains(id) || page.rows.iter().any(|row| row.id == *id))
            }
            _ => false,
        };
        self.looks.get(side).rereads.contains(id)
            || self.calls.values().any(asked)
            || self.jobs.iter().any(queued)
    }

    /// The waiting records are looked through again.
    pub(super) fn sweep_soon(&mut self) {
        if !self.jobs.iter().any(|job| matches!(job, Job::Sweep { after: None, .. })) {
            self.jobs.push_back(Job::Sweep { after: None, rows: Vec::new() });
        }
    }
}

fn absorb(memory: &mut Memory, row: &Observation, page: &PageJob, plan: &super::Plan) -> Absorbed {
    let kind = |slot| plan.rules.mapping.field(page.side, slot).kind.clone();
    memory.absorb(row, page.as_of(plan.settings.horizon), kind, page.mutant(plan.rules.mutant))
}

/// The same values, as if seen for the first time; whether the record takes part is as well known as they are.
pub(super) fn afresh(memory: &Memory) -> Memory {
    let Memory { seen, closed, outside, unjudged, .. } = *memory;
    let mut fresh = Memory { seen, closed, outside, unjudged, ..Memory::unknown(memory.base.len()) };
    for slot in 0..memory.base.len() as u16 {
        if let Some(value) = memory.current(slot) {
            fresh.dirty.push(Dirty { slot, value: value.clone(), since: memory.seen });
        }
    }
    fresh
}
