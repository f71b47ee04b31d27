//! What was done, run by run: the first load, each comparison of everything, each day of following changes, with how many records came out how.

use crate::error::Result;
use crate::history::{Before, syncs};
use crate::hub::Hub;
use crate::sync::{JournalKind, RunKind};
use musubi_core::Side;
use musubi_store::SyncId;
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
    /// How many records came out how, and why.
    pub outcomes: Vec<RunOutcome>,
    /// What was written to which side, as far as the journal still has it.
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
    /// Such as `added`, `updated`, `unchanged`, `skipped`, `held`.
    pub outcome: String,
    /// Why, such as `direction`; may be empty.
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
            let outcomes = store.outcomes(sync, run.number).await?.into_iter().map(|row| RunOutcome {
                outcome: row.outcome,
                reason: row.reason,
                count: row.count.unsigned_abs(),
                sample: row.sample,
            });
            let outcomes = outcomes.collect();
            told.push(Run { outcomes, written: self.written(sync, &run).await?, ..run });
        }
        Ok(told)
    }

    /// What a run wrote to which side.
    async fn written(&self, sync: SyncId, run: &Run) -> Result<WrittenBySide> {
        let first = self.first_after(sync, |row| row.at < run.started_at).await?;
        let end = match run.ended_at {
            Some(ended) => self.first_after(sync, |row| row.at <= ended).await?,
            None => i64::MAX,
        };
        let mut written = WrittenBySide::default();
        for (side, kind, count) in self.inner.store.journal_sides(sync, first, end).await? {
            let to = match side {
                Side::Left => &mut written.left,
                Side::Right => &mut written.right,
            };
            let counter = match JournalKind::from_number(kind) {
                Some(JournalKind::Created) => &mut to.added,
                Some(JournalKind::Updated) => &mut to.updated,
                Some(JournalKind::Deleted) => &mut to.deleted,
                _ => continue,
            };
            *counter += count.unsigned_abs();
        }
        Ok(written)
    }
}
