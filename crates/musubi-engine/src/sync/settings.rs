//! The numbers a module sync works by. All times in milliseconds.

use super::breaker::DeletionLimit;
use super::intake::Intake;
use musubi_connector::Projection;
use musubi_core::{
    ModuleName, RemoteId, Side, Sides, Value,
    match_form::MatchRule,
    mutant::Mutant,
    normalise::{MatchKey, match_key_by},
    policy::{Direction, LeavingPolicy},
    reconcile::Rules,
    schema::FieldType,
    value::UserRef,
};
use musubi_store::SyncId;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Bounds on how late and how stale a service may be, and how eagerly we look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Shortest time between two polls of a side, right after something happened.
    pub poll_min: i64,
    /// Longest time between two polls of a side without incoming webhooks.
    pub poll_max: i64,
    /// Longest time between two polls of a side whose webhooks arrive.
    pub poll_watched: i64,
    /// How often the settled cursor moves and deletions are asked for.
    pub settle_every: i64,
    /// How far the settled cursor stays behind: a change is listed by then (bound on list lag).
    pub horizon: i64,
    /// How far a fast poll looks back.
    pub look_back: i64,
    /// A request that failed without an answer may still be carried out for so long after its deadline (bound on lateness).
    pub lateness: i64,
    /// How far the clocks of one service's machines may be apart, its own steps included.
    pub clock_slack: i64,
    /// A call ends within this.
    pub call_timeout: i64,
    /// Write calls at once per side.
    pub writes_at_once: usize,
    /// Pages read ahead of what is decided.
    pub pages_ahead: usize,
    /// Up to so many updates of one decision are sent one by one on condition; more go in batches after reading their targets again.
    pub lone_updates: usize,
    /// During a first load a create may rely on a look at the other side that is this old.
    pub load_freshness: i64,
    /// So many writes of values that we had written before, and the pair is held; one is forgiven each [`Settings::burst_window`].
    pub burst_limit: u16,
    /// See [`Settings::burst_limit`].
    pub burst_window: i64,
    /// How often list views that decide what takes part are looked at.
    pub views_every: i64,
    /// A day, as comparisons of everything are planned by.
    pub day: i64,
    /// How often it is looked whether somebody is to be told of something.
    pub notices_every: i64,
    /// A receiver of a notice is waited for so long at the most.
    pub notices_timeout: i64,
    /// Deletions within [`Settings::burst_window`] that are carried over without asking, where the module says nothing about it.
    pub delete_breaker: usize,
    /// The longest time between two questions after a bulk read.
    pub bulk_wait: i64,
    /// A bulk read that is not ready by then counts as failed.
    pub bulk_longest: i64,
    /// While rows of a bulk read are worked off, it is asked so often what was deleted since.
    pub bulk_check: i64,
    /// What was refused for now is tried again after these times, one after the other; then only when a person asks.
    pub retries: [i64; 8],
}

impl Settings {
    /// So long a reading counts that did not find a deleted record, in milliseconds: meanwhile the other one is read.
    pub fn absence_counts(&self) -> i64 {
        self.call_timeout * 2
    }
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            poll_min: 5_000,
            poll_max: 60_000,
            // The net behind webhooks. A look is a list and a question for deletions, three credits, one more for leads; list views are asked for in a fourth. In a
            // quiet day ten modules, each with a list view and leads among them, cost 36 × 41 credits, and 20 for their channels: less than 1,500.
            poll_watched: 40 * 60_000,
            settle_every: 60_000,
            horizon: 60_000,
            look_back: 2_000,
            lateness: 60_000,
            clock_slack: 10_000,
            call_timeout: 30_000,
            writes_at_once: 5,
            pages_ahead: 4,
            lone_updates: 5,
            load_freshness: 120_000,
            burst_limit: 8,
            burst_window: 600_000,
            views_every: 40 * 60_000,
            day: 24 * 3_600_000,
            notices_every: 5_000,
            notices_timeout: 45_000,
            delete_breaker: 100,
            bulk_wait: 15_000,
            bulk_longest: 60 * 60_000,
            bulk_check: 5 * 60_000,
            retries: [5, 10, 30, 60, 180, 360, 720, 1_440].map(|minutes| minutes * 60_000),
        }
    }
}

/// People of both orgs, paired.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct People {
    /// Per side: user id → the same person's id on the other side.
    pub pairs: Sides<HashMap<RemoteId, UserRef>>,
    /// Per side: the user whose credential we use.
    pub us: Sides<Option<RemoteId>>,
    /// Per side: who owns there what belongs to somebody without a counterpart.
    pub fallback: Sides<Option<UserRef>>,
}

/// Whether a side is read in bulk the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByBulk {
    /// From so many records on.
    From(u64),
    /// It is listed, for the reason with this code.
    Never(&'static str),
}

/// Which records are too old to take part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// How long before the start a record may have been made, in milliseconds.
    pub age: i64,
    /// What it applies to.
    pub applies: Applies,
}

/// What a creation window applies to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applies {
    /// Older records take part once they are changed.
    UntilChanged,
    /// Older records never take part.
    ForEver,
}

/// Everything a module sync is told when it starts.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Its number.
    pub sync: SyncId,
    /// Mapping and policies.
    pub rules: Rules,
    /// The direction of the whole module: where records may be created.
    pub direction: Direction,
    /// Per side, what to read: slot `i` of the mapping.
    pub projections: Sides<Arc<Projection>>,
    /// Per side, what becomes of the readings.
    pub intake: Sides<Intake>,
    /// Only records made so shortly before the start take part, if anything is said.
    pub window: Option<Window>,
    /// Per slot, the syncs that link the records a lookup points to: one for a lookup to one module, none for what is no lookup.
    pub parents: Vec<Vec<Parent>>,
    /// Per side that records come from, the lookups that are not waited for: the record is made without them, and they follow when what they lead to is linked (I12).
    pub later: Sides<Vec<u16>>,
    /// Slots that are lookups to several modules.
    pub any_lookups: Vec<u16>,
    /// Records take part only if one of those that their lookups to several modules point to has its counterpart: notes and activities.
    pub only_with_parent: bool,
    /// Slots that must be filled for a create on the side, per side.
    pub mandatory: Sides<Vec<u16>>,
    /// Per side, whether the service can tell that a record was merged rather than deleted.
    pub tells_merged: Sides<bool>,
    /// How many deletions are carried over without asking.
    pub deletion_limit: DeletionLimit,
    /// People.
    pub people: People,
    /// Slots that hold the record's owner.
    pub owner_slots: Vec<u16>,
    /// Earlier mapping versions: version → for each present slot, its slot then.
    pub earlier: HashMap<u32, Vec<Option<u16>>>,
    /// Those of them in which values could not go every way that they can go now: what was decided by them is decided again.
    pub narrower: HashSet<u32>,
    /// Those of them by which other records took part: who is known by one of them is judged by what is read from now on.
    pub rejudged: HashSet<u32>,
    /// Those of them in which records were found by other keys: by which, each with the kind of its left field. They are made anew.
    pub found_by: HashMap<u32, Vec<(MatchRule, FieldType)>>,
    /// The numbers.
    pub settings: Settings,
    /// Page size and batch sizes, per side.
    pub batch: Sides<BatchSizes>,
    /// Which way a side is read the first time.
    pub bulk: Sides<ByBulk>,
}

/// What a side's calls can carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchSizes {
    /// Records in a page.
    pub page: usize,
    /// Ids in a read.
    pub read: usize,
    /// Records in a write.
    pub write: usize,
    /// The service honours conditions on updates.
    pub conditional: bool,
}

/// A sync that links records which a lookup may point to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parent {
    /// Its number.
    pub sync: SyncId,
    /// Its modules.
    pub modules: Sides<ModuleName>,
}

impl Plan {
    /// See [`Plan::parents`].
    pub fn parents_at(&self, slot: u16) -> &[Parent] {
        self.parents.get(usize::from(slot)).map_or(&[], Vec::as_slice)
    }

    /// What was decided by that version is decided again: another way has opened since.
    pub fn was_narrower(&self, version: u32) -> bool {
        self.narrower.contains(&version) && !self.rules.mutant.is(Mutant::KeepNarrow)
    }

    /// Pairs of that version were judged by another scope, and it matters whether one of the two takes part.
    pub fn was_judged_otherwise(&self, version: u32) -> bool {
        self.rejudged.contains(&version) && self.rules.policy.leaving != LeavingPolicy::KeepLinked
    }

    /// The keys by which a record of `side` was found, if that version made others than are made now.
    pub fn keys_then<'v>(
        &self,
        version: u32,
        side: Side,
        value: impl Fn(u16) -> Option<&'v Value>,
    ) -> Option<Vec<MatchKey>> {
        let rules = self.found_by.get(&version)?.iter().enumerate();
        let key = |(number, (rule, kind)): (usize, &(MatchRule, FieldType))| {
            match_key_by(number, *rule, side, value(rule.slot), kind)
        };
        Some(rules.filter_map(key).collect())
    }

    /// A record with these values goes with no other, and so does not take part.
    pub fn hangs_on_nothing(&self, slots: &[Option<Value>]) -> bool {
        let blank =
            |slot: &u16| slots.get(usize::from(*slot)).is_some_and(|value| *value == Some(Value::Blank));
        self.only_with_parent && self.any_lookups.iter().all(blank)
    }

    /// Stands for everything that decides what is done with two values: the policies and directions of the module and of each field, what its fields can hold, and who is
    /// whom on the other side.
    pub fn rules_digest(&self) -> u64 {
        let pairs = &self.rules.mapping.pairs;
        let fields = pairs.iter().map(|pair| {
            let fields = Sides::from_fn(|side| (&pair.fields.get(side).name, &pair.fields.get(side).kind));
            (fields, pair.direction, &pair.policy)
        });
        let people = Sides::from_fn(|side| {
            let pairs = self.people.pairs.get(side).iter();
            let mut pairs: Vec<_> = pairs.map(|(id, other)| (id.as_str(), other.id.as_str())).collect();
            pairs.sort_unstable();
            (pairs, self.people.fallback.get(side).as_ref().map(|user| user.id.as_str()))
        });
        let all = (self.rules.policy, self.direction, fields.collect::<Vec<_>>(), people);
        let text = serde_json::to_vec(&all).expect("names and choices always serialise");
        xxhash_rust::xxh3::xxh3_64(&text)
    }

    /// Who stands in on the other side for a person without a counterpart there: for owners only.
    pub fn stand_in(&self, slot: u16, from: Side) -> Option<UserRef> {
        let (owner, there) = (self.owner_slots.contains(&slot), from.other());
        let us = || self.people.us.get(there).clone().map(|id| UserRef { id, email: None });
        let anyway = || if self.rules.mutant.is(Mutant::StandInAnyway) { us() } else { None };
        self.people.fallback.get(there).clone().or_else(anyway).filter(|_| owner)
    }

    /// True when records of `side` may be created on the other side.
    pub fn creates_from(&self, side: Side) -> bool {
        self.direction.allows_from(side)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // K-28
    #[test]
    fn what_may_pass_is_tried_again_after_minutes_at_first_and_after_a_day_at_last() {
        let (minute, hour) = (60_000, 3_600_000);
        let minutes = [5, 10, 30].map(|count| count * minute);
        let hours = [1, 3, 6, 12, 24].map(|count| count * hour);
        assert_eq!(Settings::default().retries.to_vec(), [&minutes[..], &hours[..]].concat());
    }
}
