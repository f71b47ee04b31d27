//! What a module sync keeps in the store about itself: phase, cursors, counters.

use super::bound::Binding;
use super::breaker::Deletions;
use super::bulk::BulkReading;
use super::run::CurrentRun;
use musubi_core::{Instant, Side, Sides};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The durable state of a module sync. Committed together with what it speaks of (I9).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncState {
    /// What it is doing.
    pub phase: Phase,
    /// Per side.
    pub sides: Sides<SideState>,
    /// Every journal number given before this was committed is lower; others are given since, and not by the machine alone (`numbers.rs`).
    pub next_journal: i64,
    /// The next intent number.
    pub next_intent: i64,
    /// The run that outcomes are counted under.
    pub run: CurrentRun,
    /// Made from a restored backup: the services' times from when on they went on without us (DESIGN §2.14).
    pub restored: Option<Sides<Instant>>,
    /// A person paused it.
    pub paused: bool,
    /// It may do only what was approved.
    #[serde(default)]
    pub binding: Option<Binding>,
    /// Stands for the policies by which what is held was last decided.
    #[serde(default)]
    pub rules: u64,
    /// Records by how they last came out, in whatever run that was.
    #[serde(default)]
    pub standing: BTreeMap<String, i64>,
    /// Records whose reading back is owed.
    pub echoes: i64,
    /// The day, counted in the org's zone, by which belonging was last judged, where it changes with the days.
    #[serde(default)]
    pub judged_on: Sides<Option<i32>>,
    /// Deletions that were told of late.
    #[serde(default)]
    pub deletions: Deletions,
    /// The newest modified time that a write of ours got.
    #[serde(default)]
    pub written: Sides<Instant>,
    /// How far the first reading is, where that is a bulk read.
    #[serde(default)]
    pub bulk: Sides<BulkReading>,
}

/// What a module sync is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "snake_case")]
pub enum Phase {
    /// Both sides are counted, to begin with the smaller one.
    Count,
    /// Every record of `first` is read and indexed.
    ScanFirst {
        /// The side read first.
        first: Side,
    },
    /// Every record of the other side is read and decided.
    ScanSecond {
        /// The side read first.
        first: Side,
    },
    /// What is left without counterpart is decided.
    Sweep,
    /// Changes are followed.
    Steady,
}

/// The durable state of one side. None of its times ever goes back (I8), but by a full pass or a restore.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SideState {
    /// Fast polls ask from here (inclusive).
    pub fast: Instant,
    /// Everything modified before this has been seen.
    pub settled: Instant,
    /// An overfull second before `settled` of which it is not known yet that no deletion moved a record past the reading of it. If that stays unknown, the next
    /// settled look begins there.
    #[serde(default)]
    pub unsure: Option<Instant>,
    /// Every deletion before this has been seen.
    pub deleted: Instant,
    /// When the first load began, by the service's clock.
    #[serde(default)]
    pub began: Option<Instant>,
    /// How far the service's clock is ahead of ours, in milliseconds.
    pub ahead: Option<i64>,
    /// Records counted at the beginning of the load, once they are.
    pub expected: Option<u64>,
    /// Records read in the load.
    pub scanned: u64,
}

impl Default for SyncState {
    fn default() -> SyncState {
        SyncState {
            phase: Phase::Count,
            sides: Sides::default(),
            next_journal: 1,
            next_intent: 1,
            run: CurrentRun::default(),
            restored: None,
            paused: false,
            binding: None,
            rules: 0,
            standing: BTreeMap::new(),
            echoes: 0,
            judged_on: Sides::default(),
            deletions: Deletions::default(),
            written: Sides::default(),
            bulk: Sides::default(),
        }
    }
}

impl SyncState {
    /// All of it but what may be lost: counts of progress, and what is measured again at the next answer.
    pub(super) fn essence(&self) -> SyncState {
        let mut essence = self.clone();
        essence.echoes = self.echoes.min(1);
        for side in Side::BOTH {
            let side = essence.sides.get_mut(side);
            (side.ahead, side.scanned) = (None, 0);
        }
        essence
    }

    /// The stored form.
    pub fn encode(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("plain data always serialises")
    }

    /// Reads the stored form; damaged bytes mean starting over, which is always safe: links and bases are kept apart.
    pub fn decode(bytes: &[u8]) -> SyncState {
        serde_json::from_slice(bytes).unwrap_or_default()
    }
}
