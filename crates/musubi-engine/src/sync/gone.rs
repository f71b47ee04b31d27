//! Deletions: explicit events only. Absence is not deletion (DESIGN §2.8).

use super::{
    Sync,
    batch::Item,
    came_out::{GONE, HELD_BY_BREAKER, HELD_BY_CONFLICT, SKIPPED_UNTIED},
    desk::{Draft, Op, PageJob},
    journal::{Cause, Entry, JournalKind},
    known::{Known, Link, link_state},
    looks::Missing,
    related::Hangs,
};
use musubi_connector::{Deleted, WriteKind};
use musubi_core::{
    Instant, RemoteId, Side, Sides, Value,
    link::{Dirty, Fate},
    mutant::Mutant,
    policy::{DeleteConflictPolicy, DeletionPolicy, Direction},
};
use musubi_store::MatchRow;

impl Sync {
    /// Deletions that the service tells of.
    pub(super) fn decide_gone(
        &mut self,
        side: Side,
        rows: &[Deleted],
        upto: Option<Instant>,
        known: &mut Known,
        draft: &mut Draft,
    ) {
        for row in rows {
            if known.is_erased(side, &row.id) {
                self.erased_is_gone(side, row, known, draft);
                continue;
            }
            if let Some(at) = known.link_at(side, &row.id) {
                let link = &mut known.links[at];
                if link.body.gone.get(side).is_some() {
                    self.is_told_anew(at, row, side, known, draft);
                    continue;
                }
                *link.body.gone.get_mut(side) = Some(row.at);
                link.put = true;
                let tied = link.state != link_state::UNTIED && link.body.gone.get(side.other()).is_none();
                if let Some(fate) = self.fate_in(row) {
                    self.note_fate(at, side, fate, known, draft);
                } else if tied {
                    self.count_deletion(side);
                }
                let keys = self.match_keys(&known.links[at], side);
                draft.changes.keys_delete.extend(keys.iter().map(|key| MatchRow {
                    side,
                    key: *key,
                    id: row.id.to_string(),
                }));
                if known.links[at].state == link_state::UNTIED {
                    if known.links[at].body.gone.get(side.other()).is_some() {
                        self.comes_out(&mut known.links[at].came_out, GONE);
                    }
                    continue;
                }
                if !known.links[at].in_flight {
                    self.decide_gone_link(at, known, draft);
                }
            } else if let Some(batch) = self.flights.creating(side, &row.id) {
                let fate = self.fate_in(row);
                let Some(batch) = self.batches.get_mut(&batch) else { continue };
                let items = batch.items.iter_mut();
                items.filter(|item| item.ids.get(side).as_ref() == Some(&row.id)).for_each(|item| {
                    (item.source_gone, item.source_fate) = (Some(row.at), fate.clone());
                });
                draft.changes.intents_put.push(batch.row(self.epoch, self.lease_until));
            } else if let Some(unlinked) = known.unlinked.get_mut(&(side, row.id.clone())) {
                self.suspect_deletion(side);
                unlinked.gone = true;
                let memory = &unlinked.memory;
                let keys: Vec<_> =
                    self.plan.rules.mapping.match_keys(side, |slot| memory.current(slot)).collect();
                draft.changes.keys_delete.extend(keys.iter().map(|key| MatchRow {
                    side,
                    key: *key,
                    id: row.id.to_string(),
                }));
                // It may be what a create made whose answer is not here: then that is not made a second time.
                let fits = |item: &Item| {
                    self.is_made_from(memory, item, side) || item.keys.iter().any(|key| keys.contains(key))
                };
                if self.open_creates(side).any(|batch| batch.items.iter().any(fits)) {
                    self.perhaps_made_by(side, Some(row.at), draft);
                }
                draft.changes.attention_close_of.push((side, row.id.to_string()));
                if known.unlinked[&(side, row.id.clone())].memory.outside {
                    let memory = &known.unlinked[&(side, row.id.clone())].memory;
                    let keys: Vec<_> =
                        self.rules().mapping.match_keys(side, |slot| memory.current(slot)).collect();
                    self.stand_aside(side, &keys, known);
                }
            } else {
                self.suspect_deletion(side);
                let us = self.plan.people.us.get(side);
                if matches!((&row.created_by, us), (Some(creator), Some(us)) if creator != us) {
                    continue;
                }
                if self.open_creates(side).next().is_some() {
                    let fate = self.fate_in(row);
                    self.deleted_unknown.get_mut(side).insert(row.id.clone(), (row.at, fate));
                }
                self.perhaps_made_by(side, Some(row.at), draft);
            }
        }
        if let Some(upto) = upto {
            let cursor = self.state.sides.get_mut(side);
            cursor.deleted = cursor.deleted.max(upto);
        }
    }

    /// How the record left, as far as the service tells that with its deletions.
    fn fate_in(&self, row: &Deleted) -> Option<Fate> {
        let converted = row.converted.clone().filter(|_| !self.rules().mutant.is(Mutant::ConvertedIsDeleted));
        converted.map(Fate::Converted)
    }

    /// That it is gone was known, but perhaps not how: another process may have ended before it kept that.
    fn is_told_anew(&mut self, at: usize, row: &Deleted, side: Side, known: &mut Known, draft: &mut Draft) {
        let link = &known.links[at];
        if link.state == link_state::UNTIED || link.body.fate.get(side).is_some() {
            return;
        }
        if let Some(fate) = self.fate_in(row) {
            self.note_fate(at, side, fate, known, draft);
            if !known.links[at].in_flight {
                self.decide_gone_link(at, known, draft);
            }
        }
    }

    /// An unknown record of ours was deleted or changed while creates are open: it may be what one of them made (I3, I4).
    /// `then`: when it was seen to be so, by the service's clock.
    pub(super) fn perhaps_made_by(&mut self, side: Side, then: Option<Instant>, draft: &mut Draft) {
        let (epoch, deadline) = (self.epoch, self.lease_until);
        let open =
            self.open_creates(side).filter(|batch| !batch.perhaps_made && self.may_have_made(batch, then));
        let ids: Vec<_> = open.map(|batch| batch.id).collect();
        for id in ids {
            let Some(batch) = self.batches.get_mut(&id) else { continue };
            batch.perhaps_made = true;
            draft.changes.intents_put.push(batch.row(epoch, deadline));
        }
    }

    /// A record of this link was deleted by somebody.
    pub(super) fn decide_gone_link(&mut self, at: usize, known: &mut Known, draft: &mut Draft) {
        let gone = known.links[at].body.gone;
        let side = if gone.left.is_some() { Side::Left } else { Side::Right };
        let other = side.other();
        let policy = *self.plan.rules.policy.deletion.get(side);
        let both = gone.get(other).is_some();
        if !both && !self.knows_fate(at, side, known, draft) {
            return;
        }
        let fate = known.links[at].body.fate.get(side).clone();
        let fate = fate.filter(|fate| {
            let ignored = self.rules().mutant.is(Mutant::MergedIsDeleted);
            !(matches!(fate, Fate::Deleted) || ignored && matches!(fate, Fate::Merged(_)))
        });
        if let Some(fate) = fate.filter(|_| !both) {
            return self.decide_replaced(at, side, &fate, known, draft);
        }
        let carried = (policy.deletes() || self.rules().mutant.is(Mutant::DeleteAnyway))
            && !both
            && !self.rules().mutant.is(Mutant::KeepDeleted)
            && self.is_heard(&known.links[at], side);
        if !carried {
            return self.untie(at, side, JournalKind::Untied, known, draft);
        }
        if self.state.restored.is_some() {
            // Nothing is deleted on the strength of an old memory: since the backup somebody may have brought the other one back.
            return self.hold_deletion("delete.restored", at, known, draft);
        }
        if let Some(wait) = self.doubts_deletion(side, known.links[at].ids.get(side)) {
            return self.owe_deletion(at, side, wait, known);
        }
        if draft.fresh != Some(other) {
            return self.owe_deletion(at, other, 0, known);
        }
        let held_as = known.links[at].body.outcome.as_ref().map(|outcome| outcome.code.as_str());
        let is_released = self.released.contains(&known.links[at].ids.left);
        // Who lets it go was told that the other one was changed.
        let knows_edit = is_released && held_as == Some(HELD_BY_CONFLICT);
        // What a person was asked about waits for the answer, however few are told from then on.
        let asked = held_as == Some(HELD_BY_BREAKER);
        if self.was_edited(&known.links[at], other) && !self.rules().mutant.is(Mutant::DeleteEdited) {
            let mutant = self.rules().mutant;
            let policy = self.rules().policy.delete_conflict;
            match if mutant.is(Mutant::EditAlwaysWins) { DeleteConflictPolicy::Edit } else { policy } {
                DeleteConflictPolicy::Edit => {
                    return self.untie(at, side, JournalKind::UntiedEdited, known, draft);
                }
                DeleteConflictPolicy::Hold if knows_edit => {}
                DeleteConflictPolicy::Hold => {
                    return self.hold_deletion("delete.conflict", at, known, draft);
                }
                DeleteConflictPolicy::Delete => {}
            }
        }
        if (asked || self.too_many_deletions()) && !is_released {
            return self.hold_deletion("delete.breaker", at, known, draft);
        }
        if policy == DeletionPolicy::DeleteIfUnrelated && !self.rules().mutant.is(Mutant::DeleteRelated) {
            let id = known.links[at].ids.get(other).clone();
            match self.hangs_on(other, &id) {
                Some(Hangs::Nothing) => {}
                Some(Hangs::Something | Hangs::NotTold) => {
                    return self.untie(at, side, JournalKind::UntiedRelated, known, draft);
                }
                None => {
                    known.links[at].state = link_state::OWED;
                    known.links[at].put = true;
                    return;
                }
            }
        }
        self.released.remove(&known.links[at].ids.left);
        self.absences.get_mut(side).forget(known.links[at].ids.get(side));
        let link = &mut known.links[at];
        link.state = link_state::OWED;
        link.put = true;
        link.in_flight = true;
        let ids = Sides { left: Some(link.ids.left.clone()), right: Some(link.ids.right.clone()) };
        let item = Item { ids, ..Item::default() };
        draft.ops.push(Op::new(other, WriteKind::Delete, item));
    }

    /// A deletion is decided upon what both records are now: they are read first.
    fn owe_deletion(&mut self, at: usize, side: Side, wait: i64, known: &mut Known) {
        let link = &mut known.links[at];
        link.state = link_state::OWED;
        link.put = true;
        let id = link.ids.get(side).clone();
        self.read_again(side, &id, wait);
    }

    /// A person is to decide about it, and is told which of the two was deleted.
    fn hold_deletion(&mut self, code: &str, at: usize, known: &mut Known, draft: &mut Draft) {
        let link = &mut known.links[at];
        link.state = link_state::HELD;
        link.put = true;
        let side = if link.body.gone.left.is_some() { Side::Left } else { Side::Right };
        // Until somebody decides, it may be restored.
        self.absences.get_mut(side).forget(known.links[at].ids.get(side));
        let details = format!("{{\"side\":\"{}\"}}", side.name());
        self.attention(code, at, -1, &details, known, draft);
    }

    /// Somebody changed a field of it that has to do with the other record. What is only read for matching has not; and a lookup that is empty now is the
    /// service's own doing when what it pointed to is deleted, and nothing that a deletion could lose.
    fn was_edited(&self, link: &Link, side: Side) -> bool {
        let pairs = &self.rules().mapping.pairs;
        let takes_part =
            |slot: u16| pairs.get(usize::from(slot)).is_some_and(|pair| pair.direction != Direction::Neither);
        let is_emptied =
            |dirty: &Dirty| dirty.value.is_blank() && !self.plan.parents_at(dirty.slot).is_empty();
        let dirty = link.body.side(side).dirty.iter();
        dirty.filter(|dirty| !is_emptied(dirty)).any(|dirty| takes_part(dirty.slot))
    }

    /// The pair is no longer one. Its row stays, so that the remaining record is not taken for a new one (I3).
    pub(super) fn untie(
        &mut self,
        at: usize,
        side: Side,
        why: JournalKind,
        known: &mut Known,
        draft: &mut Draft,
    ) {
        let link = &mut known.links[at];
        if self.plan.rules.mutant.is(Mutant::NoTombstone) {
            draft.changes.links_delete.push(link.ids.left.to_string());
            (link.put, link.removed) = (false, true);
            self.owed -= i64::from(link.was == link_state::OWED);
            return;
        }
        link.state = link_state::UNTIED;
        link.put = true;
        link.body.restore.clear();
        // What was left apart stays so, should the two be a pair again.
        let apart = link.body.apart.clone();
        let ids = link.ids.clone();
        Side::BOTH.iter().for_each(|side| self.absences.get_mut(*side).forget(ids.get(*side)));
        self.close_skipped(&ids, apart.into_iter(), draft);
        let both = link.body.gone.left.is_some() && link.body.gone.right.is_some();
        let outcome = match why {
            _ if both => GONE,
            JournalKind::UntiedEdited => "untied.edited",
            JournalKind::UntiedRelated => "untied.related",
            JournalKind::Merged => "untied.merged",
            JournalKind::Converted => "untied.converted",
            _ => "untied",
        };
        self.comes_out(&mut known.links[at].came_out, outcome);
        self.close_attention(&ids, draft);
        // What took the place of a record was told when that was known.
        if !matches!(why, JournalKind::Merged | JournalKind::Converted) {
            self.note(why, side, &ids, draft);
        }
    }

    /// What the record of the side held that we delete, so that it can be made again (I2).
    pub(super) fn journal_deleted(
        &mut self,
        kind: JournalKind,
        at: usize,
        side: Side,
        known: &Known,
        draft: &mut Draft,
    ) {
        let link = &known.links[at];
        let memory = link.body.side(side);
        let slots = 0..self.rules().mapping.pairs.len() as u16;
        let held = slots.filter_map(|slot| Some((slot, Some(memory.current(slot)?.clone()), Value::Blank)));
        let mut changes: Vec<_> =
            held.filter(|(_, held, _)| held.as_ref().is_some_and(|held| !held.is_blank())).collect();
        if self.rules().mutant.is(Mutant::DeletedNotRecorded) {
            changes.clear();
        }
        let ids = Sides { left: Some(link.ids.left.clone()), right: Some(link.ids.right.clone()) };
        let (mapping, cause) = (self.rules().version, Cause::default());
        self.journal(&Entry { kind, side, ids, mapping, changes, cause }, draft);
    }

    /// A record that was deleted is there again, in a reading made well after the deletion: it was restored. True when the pair is one again, because the other one
    /// is there as well.
    pub(super) fn revives(
        &mut self,
        at: usize,
        page: &PageJob,
        known: &mut Known,
        draft: &mut Draft,
    ) -> bool {
        let link = &mut known.links[at];
        let Some(gone) = *link.body.gone.get(page.side) else { return false };
        // By its id a service goes on telling of what was converted; that it is back, only a list of the module tells.
        if page.fresh && matches!(link.body.fate.get(page.side), Some(Fate::Converted(_))) {
            return false;
        }
        let early = self.plan.settings.horizon + 1_000 - page.read_at.since(gone);
        if early >= 0 {
            if page.fresh && page.read_at >= gone {
                // Restored a moment after it was deleted, as by a person who saw a mistake: nothing else will tell of it.
                let (id, wait) = (link.ids.get(page.side).clone(), early + 1_000);
                self.absences.get_mut(page.side).doubt(&id, self.now + wait);
                self.read_again(page.side, &id, wait);
            }
            return false;
        }
        self.absences.get_mut(page.side).forget(link.ids.get(page.side));
        // Who let the deletion go meant the one that is undone: another one is another question.
        self.released.remove(&link.ids.left);
        *link.body.gone.get_mut(page.side) = None;
        *link.body.fate.get_mut(page.side) = None;
        link.put = true;
        self.fates.get_mut(page.side).forget(link.ids.get(page.side));
        if link.body.gone.get(page.side.other()).is_some() {
            self.comes_out(&mut link.came_out, SKIPPED_UNTIED);
            return false;
        }
        link.state = link_state::OWED;
        let ids = link.ids.clone();
        // What is known of the other one may be as old as the deletion: readings of a pair that was untied are not kept.
        self.read_again(page.side.other(), ids.get(page.side.other()), 0);
        let keys = self.match_keys(&known.links[at], page.side);
        let row = |key| MatchRow { side: page.side, key, id: ids.get(page.side).to_string() };
        draft.changes.keys_put.extend(keys.into_iter().map(row));
        self.comes_out(&mut known.links[at].came_out, "revived");
        self.note(JournalKind::Revived, page.side, &ids, draft);
        true
    }

    /// A record that was asked for by id is not in the answer: deleted, hidden, or moved away. The service's list of deletions decides.
    pub(super) fn see_absent(&mut self, at: usize, side: Side, known: &Known) {
        let link = &known.links[at];
        if link.body.gone.get(side).is_some() || link.state == link_state::UNTIED || link.in_flight {
            return;
        }
        let (id, seen) = (link.ids.get(side).clone(), link.body.side(side).seen);
        let looks = self.looks.get_mut(side);
        looks.deleted_wanted = true;
        looks.missing.push(Missing { id, call: self.next_call, seen });
    }

    /// They are not among the deletions either: hidden, or moved out of reach. A person may know.
    pub(super) fn decide_missing(
        &mut self,
        side: Side,
        ids: &[RemoteId],
        known: &mut Known,
        draft: &mut Draft,
    ) {
        for id in ids {
            let Some(at) = known.link_at(side, id) else { continue };
            let link = &mut known.links[at];
            if link.body.gone.get(side).is_some()
                || matches!(link.state, link_state::UNTIED | link_state::HELD)
                || link.in_flight
            {
                continue;
            }
            link.body.sides.get_mut(side).missing = true;
            self.hold_missing(at, side, known, draft);
        }
    }

    /// Nothing is written while one of the two cannot be seen.
    pub(super) fn hold_missing(&mut self, at: usize, side: Side, known: &mut Known, draft: &mut Draft) {
        known.links[at].state = link_state::HELD;
        known.links[at].put = true;
        let details = format!("{{\"side\":\"{}\"}}", side.name());
        self.attention("record.missing", at, -1, &details, known, draft);
    }
}
