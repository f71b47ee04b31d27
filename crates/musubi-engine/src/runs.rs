//! What was done, run by run: the first load, each comparison of everything, each day of following changes, with how many records came out how.

use crate::error::Result;
use crate::history::{Before, syncs};
use crate::hub::Hub;
use crate::sync::RunKind;
use serde::Serialize;
use utoipa::ToSchema;

/// Runs are read so many at a time.
const SOME: i64 = 100;

/// One run of a module pair.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Run {
    /// Its number within the module pair.
    pub number: i64,
    /// The left module.
    pub module: String,
    /// The right module.
    pub right_module: String,
    /// What it is.
    pub kind: RunKind,
    /// In milliseconds since 1970.
    pub started_at: i64,
    /// In milliseconds since 1970; `null` while it goes on.
    #[schema(required)]
    pub ended_at: Option<i64>,
    /// Records seen; a pair is one. The sum of all outcomes.
    pub seen: u64,
    /// How many records came out how, and why.
    pub outcomes: Vec<RunOutcome>,
    /// What was written to which side.
    pub written: WrittenBySide,
}

/// What was written, by the side that it was written to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct WrittenBySide {
    /// From right to left.
    pub left: Written,
    /// From left to right.
    pub right: Written,
}

/// How many records were written to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Written {
    /// Made.
    pub added: u64,
    /// Changed.
    pub updated: u64,
    /// Deleted.
    pub deleted: u64,
}

/// How many records of a run came out like this.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RunOutcome {
    /// Such as `added`, `updated`, `unchanged`, `skipped`, `held`, `failed`.
    pub outcome: String,
    /// Why, such as `direction`; for what was written, the side it was written to; may be empty.
    pub reason: String,
    /// So many.
    pub count: u64,
    /// Ids of a few of them, where nothing else tells which.
    pub sample: Vec<String>,
}

impl Hub {
    /// The runs of an integration, the newest first. `since`: those that went on then, or began later.
    pub async fn runs(
        &self,
        integration: &str,
        before: Option<&Before>,
        since: Option<i64>,
        limit: usize,
    ) -> Result<Vec<Run>> {
        let store = &self.inner.store;
        let mut runs = Vec::new();
        for sync in syncs(&self.inner, integration).await? {
            let (mut first, mut found) = (i64::MAX, 0);
            while found < limit {
                let some = store.runs(sync.id, first, SOME).await?;
                let Some(last) = some.last() else { break };
                first = last.id;
                let earlier = |run: &&musubi_store::RunRow| {
                    before.is_none_or(|before| before.is_after(run.started_at, run.id, &sync.left_module))
                };
                let late = |run: &&musubi_store::RunRow| {
                    since.is_none_or(|since| run.ended_at.is_none_or(|ended| ended >= since))
                };
                // One run follows the other.
                let ended = !some.iter().all(|run| late(&run));
                let fitting: Vec<_> = some.iter().filter(earlier).filter(late).take(limit - found).collect();
                found += fitting.len();
                runs.extend(fitting.into_iter().filter_map(|row| {
                    let run = Run {
                        number: row.id,
                        module: sync.left_module.clone(),
                        right_module: sync.right_module.clone(),
                        kind: RunKind::from_number(row.kind)?,
                        started_at: row.started_at,
                        ended_at: row.ended_at,
                        seen: 0,
                        outcomes: Vec::new(),
                        written: WrittenBySide::default(),
                    };
                    Some((sync.id, run))
                }));
                if ended {
                    break;
                }
            }
        }
        runs.sort_by(|(_, a), (_, b)| {
            (b.started_at, b.number, &b.module).cmp(&(a.started_at, a.number, &a.module))
        });
        runs.truncate(limit);
        let mut told = Vec::with_capacity(runs.len());
        for (sync, run) in runs {
            let rows = store.outcomes(sync, run.number).await?.into_iter().filter(|row| row.count > 0);
            let outcomes: Vec<_> = rows
                .map(|row| RunOutcome {
                    outcome: row.outcome,
                    reason: row.reason,
                    count: row.count.unsigned_abs(),
                    sample: row.sample,
                })
                .collect();
            let written = written(&outcomes);
            told.push(Run { seen: outcomes.iter().map(|each| each.count).sum(), outcomes, written, ..run });
        }
        Ok(told)
    }
}

/// What was written to which side.
fn written(outcomes: &[RunOutcome]) -> WrittenBySide {
    let mut written = WrittenBySide::default();
    for RunOutcome { outcome, reason, count, .. } in outcomes {
        let to = match reason.as_str() {
            "left" => &mut written.left,
            "right" => &mut written.right,
            _ => continue,
        };
        match outcome.as_str() {
            "added" => to.added += count,
            "updated" => to.updated += count,
            "deleted" => to.deleted += count,
            _ => {}
        }
    }
    written
}
