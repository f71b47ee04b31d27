//! What a module sync that is being driven tells about itself, and what it is told.

use crate::approval;
use crate::attached::Told;
use crate::pausing;
use crate::prerequisites::Awaited;
use crate::sync::{Phase, Sync};
use musubi_connector::CallError;
use musubi_core::Sides;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the hub wants of a driver. Counters go up; the driver acts when they have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wishes {
    /// No calls until this is false again.
    pub paused: bool,
    /// The module pair rests: nobody needs to be told what may have changed.
    pub inactive: bool,
    /// End the work in hand and give the lease up.
    pub stop: bool,
    /// The configuration changed: start anew from it.
    pub revision: u64,
    /// Webhooks of the side arrive until then.
    pub watched: Sides<Option<i64>>,
    /// Give the lease up for a while, so that another process can have it.
    pub yields: u64,
    /// Look at both sides now; wished through the store.
    pub look: u64,
    /// Look at both sides now; wished in this process.
    pub nudges: u64,
    /// Compare everything again.
    pub full_pass: u64,
    /// Start anew: what counts was changed outside of the configuration.
    pub afresh: u64,
}

impl Wishes {
    /// Whether what is driven by `before` has to end, for good or to begin anew.
    pub fn ends_what(&self, before: &Wishes) -> bool {
        self.stop
            || self.revision != before.revision
            || self.afresh != before.afresh
            || self.yields != before.yields
    }
}

/// Where a module sync stands, as its driver last told.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Live {
    /// This process drives it.
    pub driven: bool,
    /// The latest wish for a look that it has heard.
    pub look: u64,
    pub phase: Option<Phase>,
    /// Everything known was in agreement then; `None` while there is something to do.
    pub quiet_since: Option<i64>,
    /// Links owed, records waiting, writes under way, readings back owed.
    pub open: [i64; 4],
    /// Outcomes by code since the process started.
    pub outcomes: BTreeMap<String, i64>,
    /// How records came out since the process started; one that came out anew since a person asked counts once.
    #[serde(default)]
    pub records: BTreeMap<String, i64>,
    /// HTTP requests, per side.
    pub calls: Sides<u64>,
    /// Credits, per side.
    pub credits: Sides<u64>,
    /// Nothing is being asked, decided or stored at this moment.
    pub resting: bool,
    /// Records read.
    pub seen: u64,
    pub expected: Sides<u64>,
    pub scanned: Sides<u64>,
    /// About how long the load under way still takes, where that can be told.
    #[serde(default)]
    pub seconds_left: Option<u64>,
    pub problem: Option<Problem>,
    /// A list view that decides what takes part was changed in the service, and a person is to say whether that counts.
    #[serde(default)]
    pub views_changed: bool,
    /// What was done about attachments since the process started.
    #[serde(default)]
    pub attachments: Told,
    /// Its first load comes after that of this left module.
    #[serde(default)]
    pub waits_for: Option<String>,
}

impl Live {
    /// Takes in what its first load waits for; gives whether that is new.
    pub fn wait_for(&mut self, parent: Option<Awaited>) -> bool {
        let before = (self.waits_for.clone(), self.problem.clone());
        // What else keeps it from working is not this one's to take away.
        self.problem.take_if(|problem| problem.code == pausing::PARENT_PAUSED);
        let (module, problem) = parent.map(|parent| (parent.module, parent.problem)).unzip();
        self.waits_for = module;
        self.problem = problem.flatten().or(self.problem.take());
        before != (self.waits_for.clone(), self.problem.clone())
    }

    /// Takes in where the sync stands; what it counts comes on top of what was counted before.
    pub fn hear(&mut self, sync: &Sync, before: &Live) {
        let (state, totals) = (sync.state(), sync.totals());
        self.driven = true;
        self.phase = Some(state.phase);
        self.quiet_since = sync.quiet_since();
        self.resting = sync.is_at_rest();
        self.open = sync.open_work();
        self.outcomes = sum(&totals.outcomes, &before.outcomes);
        self.records = sum(&totals.records, &before.records);
        self.calls = Sides::from_fn(|side| before.calls.get(side) + totals.calls.get(side));
        self.credits = Sides::from_fn(|side| before.credits.get(side) + totals.credits.get(side));
        self.expected = Sides::from_fn(|side| state.sides.get(side).expected.unwrap_or(0));
        self.scanned = Sides::from_fn(|side| state.sides.get(side).scanned);
        let stopped = sync.is_stopped().then(|| Problem::from(&approval::stopped()));
        self.problem = stopped.or_else(|| sync.problem().map(Problem::of_call));
    }
}

fn sum(some: &BTreeMap<String, i64>, more: &BTreeMap<String, i64>) -> BTreeMap<String, i64> {
    let mut sum = some.clone();
    for (code, count) in more {
        *sum.entry(code.clone()).or_default() += count;
    }
    sum
}

/// What keeps a module sync from working.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = SyncProblem)]
pub struct Problem {
    /// A stable code.
    pub code: String,
    /// One sentence.
    pub message: String,
    /// What to do.
    pub hint: String,
}

impl Problem {
    /// From a service's refusal.
    pub(crate) fn of_call(error: &CallError) -> Problem {
        let told = crate::error::HubError::of_call("a service refused", error);
        Problem { code: told.code.to_owned(), message: error.to_string(), hint: told.hint }
    }
}

impl From<&crate::error::HubError> for Problem {
    fn from(error: &crate::error::HubError) -> Problem {
        Problem { code: error.code.to_owned(), message: error.message.clone(), hint: error.hint.clone() }
    }
}
