//! Runs: the first load, each comparison of everything, and each day of following changes. What is counted is counted under one of them.

use super::Sync;
use super::state::Phase;
use musubi_store::{Changes, OutcomeRow, RunRow};
use serde::{Deserialize, Serialize};

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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CurrentRun {
    /// Its number; 0 while nothing has been counted yet.
    pub id: i64,
    /// What it is.
    pub kind: RunKind,
    /// When it began.
    pub started_at: i64,
}

impl CurrentRun {
    fn row(self, ended_at: Option<i64>) -> RunRow {
        let CurrentRun { id, kind, started_at } = self;
        RunRow { id, kind: kind.number(), started_at, ended_at, body: Vec::new() }
    }
}

/// How often something came out, and a few of the records.
#[derive(Clone, Debug, Default)]
pub(super) struct Counted {
    pub count: i64,
    pub sample: Vec<String>,
}

impl Sync {
    /// Counts an outcome.
    pub(super) fn count(&mut self, code: &str) {
        self.counter(code).count += 1;
    }

    /// Counts an outcome of which nothing else is kept, so that the record can be found.
    pub(super) fn count_record(&mut self, code: &str, record: &str) {
        let counted = self.counter(code);
        counted.count += 1;
        if counted.sample.len() < NAMED {
            counted.sample.push(record.to_owned());
        }
    }

    fn counter(&mut self, code: &str) -> &mut Counted {
        if !self.outcomes.contains_key(code) {
            self.outcomes.insert(code.to_owned(), Counted::default());
        }
        self.outcomes.get_mut(code).expect("it was put there")
    }

    /// Adds what was counted to the changes, under the run it belongs to.
    pub(super) fn tell_outcomes(&mut self, changes: &mut Changes) {
        let run = self.state.run;
        let new_day =
            run.kind == RunKind::Changes && self.now.div_euclid(DAY) != run.started_at.div_euclid(DAY);
        if run.id == 0 || (new_day && !self.outcomes.is_empty()) {
            self.begin_run(run.kind, changes);
        }
        let run = self.state.run.id;
        for (code, counted) in std::mem::take(&mut self.outcomes) {
            *self.totals.outcomes.entry(code.clone()).or_default() += counted.count;
            let (outcome, reason) = code.split_once('.').unwrap_or((&code, ""));
            changes.outcomes.push(OutcomeRow {
                run,
                outcome: outcome.to_owned(),
                reason: reason.to_owned(),
                count: counted.count,
                sample: counted.sample,
            });
        }
        // What was counted on the way belongs to the run that ends with it.
        let kind = match self.state.phase {
            Phase::Steady => RunKind::Changes,
            _ if self.state.run.kind == RunKind::FirstLoad => RunKind::FirstLoad,
            _ => RunKind::FullPass,
        };
        if kind != self.state.run.kind {
            self.begin_run(kind, changes);
        }
    }

    fn begin_run(&mut self, kind: RunKind, changes: &mut Changes) {
        let last = self.state.run;
        if last.id > 0 {
            changes.runs.retain(|row| row.id != last.id);
            changes.runs.push(last.row(Some(self.now)));
        }
        self.state.run = CurrentRun { id: last.id + 1, kind, started_at: self.now };
        changes.runs.push(self.state.run.row(None));
    }
}
