//! Runs: the first load, each comparison of everything, and each day of following changes. What is counted is counted under one of them.

use super::{Phase, Sync, desk::Job};
use musubi_core::Side;
use musubi_store::{Changes, OutcomeRow, RunRow};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const DAY: i64 = 24 * 3_600_000;
/// So many records of an outcome are named with each commit; the store keeps the first few.
const NAMED: usize = 5;

/// What a run is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RunKind {
    /// Both sides were read for the first time.
    #[default]
    FirstLoad,
    /// Every record of both sides was compared again.
    FullPass,
    /// A day on which changes were followed.
    Changes,
}

impl RunKind {
    const ALL: [RunKind; 3] = [RunKind::FirstLoad, RunKind::FullPass, RunKind::Changes];

    /// The number in the store.
    pub fn number(self) -> i64 {
        RunKind::ALL.iter().position(|kind| *kind == self).expect("every kind is listed") as i64
    }

    /// The kind of that number.
    pub fn from_number(number: i64) -> Option<RunKind> {
        RunKind::ALL.get(usize::try_from(number).ok()?).copied()
    }
}

/// The run that outcomes are counted under.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CurrentRun {
    /// Its number; 0 while nothing has been counted yet.
    pub id: i64,
    /// What it is.
    pub kind: RunKind,
    /// When it began.
    pub started_at: i64,
    /// Records by how they came out in it, as far as that is their last outcome.
    #[serde(default)]
    pub counts: BTreeMap<String, i64>,
}

impl CurrentRun {
    fn row(&self, ended_at: Option<i64>) -> RunRow {
        let CurrentRun { id, kind, started_at, .. } = *self;
        RunRow { id, kind: kind.number(), started_at, ended_at, body: Vec::new() }
    }
}

/// How often something came out, and a few of the records.
#[derive(Clone, Debug, Default)]
pub(super) struct Counted {
    pub count: i64,
    pub sample: Vec<String>,
}

impl Counted {
    /// Names one of the records.
    pub fn name(&mut self, record: &str) {
        if self.sample.len() < NAMED {
            self.sample.push(record.to_owned());
        }
    }
}

impl Sync {
    /// Counts something that happened.
    pub(super) fn count(&mut self, code: &str) {
        match self.totals.outcomes.get_mut(code) {
            Some(count) => *count += 1,
            None => drop(self.totals.outcomes.insert(code.to_owned(), 1)),
        }
    }

    pub(super) fn counter(&mut self, code: &str) -> &mut Counted {
        if !self.outcomes.contains_key(code) {
            self.outcomes.insert(code.to_owned(), Counted::default());
        }
        self.outcomes.get_mut(code).expect("it was put there")
    }

    /// A day of following changes has ended, or nothing was counted yet: what comes out now belongs to the next run.
    fn is_over(&self) -> bool {
        let CurrentRun { id, kind, started_at, .. } = self.state.run;
        id == 0 || (kind == RunKind::Changes && self.now.div_euclid(DAY) != started_at.div_euclid(DAY))
    }

    /// The run that what comes out now belongs to.
    pub(super) fn run_now(&self) -> i64 {
        self.state.run.id + i64::from(self.is_over())
    }

    /// Begins it, if it has not begun.
    pub(super) fn begin_run_of_today(&mut self, changes: &mut Changes) {
        if self.is_over() {
            self.begin_run(self.state.run.kind, changes);
        }
    }

    /// Adds what was counted to the changes, under the run it belongs to.
    pub(super) fn tell_outcomes(&mut self, changes: &mut Changes) {
        // What was counted on the way belongs to the run that ends with it.
        let kind = match self.state.phase {
            Phase::Steady => RunKind::Changes,
            _ if self.state.run.kind == RunKind::FirstLoad => RunKind::FirstLoad,
            _ => RunKind::FullPass,
        };
        let ends = kind != self.state.run.kind;
        if ends && kind == RunKind::Changes {
            self.count_the_rest();
            changes.looked_at_all = Some(kind.number());
        }
        let run = self.state.run.id;
        for (code, counted) in std::mem::take(&mut self.outcomes) {
            let (outcome, reason) = code.split_once('.').unwrap_or((&code, ""));
            changes.outcomes.push(OutcomeRow {
                run,
                outcome: outcome.to_owned(),
                reason: reason.to_owned(),
                count: counted.count,
                sample: counted.sample,
            });
        }
        if ends || run == 0 {
            self.begin_run(kind, changes);
        }
    }

    /// Every record of both sides is compared again.
    pub(super) fn full_pass(&mut self) {
        self.state.phase = Phase::Count;
        self.compares = true;
        self.compared.begin_again();
        for side in Side::BOTH {
            self.state.sides.get_mut(side).expected = None;
            self.listing.get_mut(side).forget_scan();
            self.forget_bulk(side);
        }
        self.jobs.push_back(Job::Save);
    }

    fn begin_run(&mut self, kind: RunKind, changes: &mut Changes) {
        let last = self.state.run.clone();
        if last.id > 0 {
            changes.runs.retain(|row| row.id != last.id);
            changes.runs.push(last.row(Some(self.now)));
        }
        let counts = BTreeMap::new();
        self.state.run = CurrentRun { id: last.id + 1, kind, started_at: self.now, counts };
        changes.runs.push(self.state.run.row(None));
    }
}
