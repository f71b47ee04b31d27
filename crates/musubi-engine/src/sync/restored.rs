//! After a backup was restored: an old memory meets a world that went on (DESIGN §2.14).
//!
//! Everything is read and compared before anything is created. Then whatever may be what we made since the backup, or may have been deleted since, is not
//! copied again: a record is tied to the copy that holds exactly its values, and where that cannot be told, a person decides. Updates need none of this:
//! both sides are read afresh. Deletions told of since the backup are shown, not carried over.

use super::{
    Phase, Sync, SyncState,
    batch::Item,
    desk::{Draft, Job},
    known::{Known, unlinked_state},
    translate::Ids,
};
use foldhash::{HashMap, HashSet};
use musubi_core::{
    Observation, RemoteId, Side, Sides, Value,
    link::Memory,
    normalise::{MatchKey, match_key},
    reconcile::new_record,
};

/// A record is found again by the first of its texts; defaults of the target may stand before it, so a copy is listed under several.
const LISTED_UNDER: usize = 3;

/// What is known of the time since the backup. Not stored: after a restart the comparison begins anew.
#[derive(Default, Debug)]
pub(super) struct Comparison {
    /// Every record that has a counterpart was tied to it; what is left may be created or held.
    tied: bool,
    /// The waiting records were looked through once.
    swept: bool,
    /// Local time at which the comparison began.
    began: i64,
    /// Per side, records without counterpart that we may have made since the backup.
    suspects: Sides<HashSet<RemoteId>>,
    by_text: Sides<HashMap<(u16, MatchKey), Vec<RemoteId>>>,
    /// Per side: a record without counterpart was deleted since the backup.
    deleted: Sides<bool>,
}

impl Comparison {
    /// Nothing is known yet.
    pub fn new(began: i64) -> Comparison {
        Comparison { began, ..Comparison::default() }
    }

    /// Everything is read once more: what has a counterpart is tied before anything else is decided.
    pub fn begin_again(&mut self) {
        self.tied = false;
    }

    /// The record is gone, or has its counterpart.
    pub fn forget(&mut self, side: Side, id: &RemoteId) {
        self.suspects.get_mut(side).remove(id);
    }
}

impl SyncState {
    /// The state of a backup becomes an old memory: everything is compared again, from the cursors it has.
    pub(super) fn grow_old(&mut self) {
        let since = Sides::from_fn(|side| self.sides.get(side).fast.min(self.sides.get(side).settled));
        self.restored = Some(self.restored.unwrap_or(since));
        for side in Side::BOTH {
            // What was deleted since is asked for once more: what it told is not stored.
            let (state, since) = (self.sides.get_mut(side), self.restored.unwrap_or(since));
            state.deleted = state.deleted.min(*since.get(side));
        }
        self.phase = Phase::Count;
        self.bulk = Sides::default();
        self.sides.left.expected = None;
        self.sides.right.expected = None;
    }
}

impl Sync {
    /// Notes a record without counterpart that we may have made since the backup.
    pub(super) fn suspect(&mut self, side: Side, row: &Observation, memory: &Memory) {
        let Some(since) = self.state.restored.map(|since| *since.get(side)) else { return };
        let slack = self.plan.settings.clock_slack;
        let before = row.created.is_some_and(|created| created.plus_millis(slack) < since);
        let by_another = matches!((&row.created_by, self.plan.people.us.get(side)), (Some(creator), Some(us)) if creator != us);
        if before || by_another || !self.compared.suspects.get_mut(side).insert(row.id.clone()) {
            return;
        }
        for key in self.texts(memory).take(LISTED_UNDER).collect::<Vec<_>>() {
            self.compared.by_text.get_mut(side).entry(key).or_default().push(row.id.clone());
        }
    }

    /// A record that has no counterpart in the old memory was deleted since.
    pub(super) fn suspect_deletion(&mut self, side: Side) {
        if self.state.restored.is_some() {
            *self.compared.deleted.get_mut(side) = true;
        }
    }

    /// The texts of a record, as they are found again on the other side.
    fn texts<'a>(&'a self, memory: &'a Memory) -> impl Iterator<Item = (u16, MatchKey)> + 'a {
        self.rules().mapping.pairs.iter().enumerate().filter_map(|(slot, pair)| {
            let slot = slot as u16;
            let value = memory.current(slot).filter(|value| matches!(value, Value::Text(_)))?;
            match_key(usize::from(slot), Some(value), &pair.fields.left.kind).map(|key| (slot, key))
        })
    }

    /// Records of the other side that may be the copy of this one.
    pub(super) fn perhaps_copies(&self, side: Side, memory: &Memory) -> &[RemoteId] {
        if self.state.restored.is_none() {
            return &[];
        }
        let first = self.texts(memory).next();
        let found = first.and_then(|key| self.compared.by_text.get(side.other()).get(&key));
        found.map_or(&[], Vec::as_slice)
    }

    /// Decides about a record whose match keys find nobody. False when it may be decided as usual.
    pub(super) fn decide_old(
        &mut self,
        side: Side,
        id: &RemoteId,
        memory: &Memory,
        keys: &[MatchKey],
        known: &mut Known,
        draft: &mut Draft,
    ) -> bool {
        if self.state.restored.is_none() {
            return false;
        }
        let other = side.other();
        if !self.compared.tied {
            match self.copy_of(side, memory, known) {
                Some(copy) => self.tie(side, id, &copy, memory.clone(), keys, known, draft),
                None => {
                    let unlinked = known.unlinked.get(&(side, id.clone()));
                    let held = unlinked.is_some_and(|unlinked| unlinked.state == unlinked_state::UNRESOLVED);
                    let state = if held { unlinked_state::UNRESOLVED } else { unlinked_state::WAITING };
                    self.keep(side, id, state, keys, known, draft);
                }
            }
            return true;
        }
        let compared = &self.compared;
        let doubtful = compared.suspects.get(side).contains(id)
            || !compared.suspects.get(other).is_empty()
            || *compared.deleted.get(other);
        if !doubtful || !self.plan.creates_from(side) {
            return false;
        }
        let ids = Sides::from_fn(|at| (at == side).then_some(id));
        self.attention_about("restore.unresolved", ids, -1, "{}", draft);
        self.keep(side, id, unlinked_state::UNRESOLVED, keys, known, draft);
        true
    }

    /// The record of the other side that holds exactly what a copy of this one would.
    fn copy_of(&self, side: Side, memory: &Memory, known: &Known) -> Option<RemoteId> {
        let other = side.other();
        let (assignments, _) = new_record(memory, side, self.rules(), &Ids { plan: &self.plan, known });
        let item = Item { assignments, ..Item::default() };
        let is_copy = |id: &&RemoteId| {
            let unlinked = known.unlinked.get(&(other, (*id).clone())).filter(|unlinked| !unlinked.gone);
            unlinked.is_some_and(|unlinked| self.is_made_from(&unlinked.memory, &item, other))
        };
        let there = |id: &&RemoteId| self.compared.suspects.get(other).contains(*id);
        self.perhaps_copies(side, memory).iter().filter(there).find(is_copy).cloned()
    }

    /// After a restore: both sides were looked at after everything of before can be listed.
    pub(super) fn has_compared(&self) -> bool {
        self.state.restored.is_none() || Side::BOTH.iter().all(|side| !self.must_look_again(*side))
    }

    /// Waiting records may be looked through: at once, and again at the end of the comparison.
    pub(super) fn may_sweep(&self) -> bool {
        !self.reads_dated_pairs() && (!self.compared.swept || self.has_compared())
    }

    /// The comparison after a restore ended while work went on as usual: what waits for it is decided now.
    pub(super) fn end_comparison(&mut self) {
        let resting = self.jobs.is_empty() && self.batches.is_empty();
        if self.state.restored.is_none()
            || self.state.phase != Phase::Steady
            || !resting
            || !self.has_compared()
        {
            return;
        }
        self.state.phase = Phase::Sweep;
        self.sweep_soon();
    }

    /// A settled look at this side, and its deletions, are missing for the comparison.
    pub(super) fn must_look_again(&self, side: Side) -> bool {
        let (looks, bound) = (self.looks.get(side), self.comparable_at());
        let after = |at: Option<i64>| at.is_some_and(|at| at >= bound);
        self.state.restored.is_some() && !(after(looks.settled_at) && after(looks.deleted_at))
    }

    /// When the comparison can go on.
    pub(super) fn next_comparison(&self) -> Option<i64> {
        self.state.restored.map(|_| self.comparable_at())
    }

    /// When everything that was done before the restore can be listed.
    pub(super) fn comparable_at(&self) -> i64 {
        self.compared.began + self.plan.settings.horizon
    }

    /// Every waiting record was looked through.
    pub(super) fn end_of_sweep(&mut self) {
        if self.state.phase != Phase::Sweep || !self.batches.is_empty() || self.reads_dated_pairs() {
            return;
        }
        if self.state.restored.is_some() {
            if !self.has_compared() {
                self.compared.swept = true;
                if self.waiting_rows == 0 {
                    // Everything has its counterpart: work goes on as usual, and whatever is listed late waits for the end of the comparison.
                    self.state.phase = Phase::Steady;
                    self.jobs.push_back(Job::Save);
                }
                return;
            }
            if !self.compared.tied {
                self.compared.tied = true;
                return self.sweep_soon();
            }
            self.state.restored = None;
            self.compared = Comparison::default();
        }
        self.state.phase = Phase::Steady;
        self.jobs.push_back(Job::Save);
    }
}
