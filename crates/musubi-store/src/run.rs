//! Runs, one pass of a module sync each, and how many records had which outcome and why.

use crate::error::Result;
use crate::link::SyncId;
use crate::sql::{Expect, Row, Tx, args};
use crate::store::Store;

/// One pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRow {
    /// Given by the engine; ever higher within the sync.
    pub id: i64,
    /// The engine's number for first load, poll, verification.
    pub kind: i64,
    /// When it began.
    pub started_at: i64,
    /// When it ended, if it has.
    pub ended_at: Option<i64>,
    /// What the engine keeps.
    pub body: Vec<u8>,
}

/// So many more records of a run had this outcome for this reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutcomeRow {
    /// The run.
    pub run: i64,
    /// Such as `added`.
    pub outcome: String,
    /// Such as `no_match`; may be empty.
    pub reason: String,
    /// How many; added to what is stored.
    pub count: i64,
    /// Ids of a few of them; the first ones stored are kept.
    pub sample: Vec<String>,
}

const PUT: &str = "insert into run (sync, id, kind, started_at, ended_at, body) \
    values /*rows*/ ($1, $2, $3, $4, $5, $6) \
    on conflict (sync, id) do update set ended_at = excluded.ended_at, body = excluded.body";
/// Samples are added until there are some 200 characters of them.
const ADD: &str = "insert into run_outcome (sync, run, outcome, reason, count, sample) \
    values /*rows*/ ($1, $2, $3, $4, $5, $6) on conflict (sync, run, outcome, reason) do update set \
    count = run_outcome.count + excluded.count, sample = case when length(run_outcome.sample) < 200 \
    then run_outcome.sample || excluded.sample else run_outcome.sample end";
const RUNS: &str = "select id, kind, started_at, ended_at, body from run \
    where sync = $1 and id < $2 order by id desc limit $3";
const LAST_OTHER: &str = "select id, kind, started_at, ended_at, body from run \
    where sync = $1 and kind <> $2 order by id desc limit 1";
const OUTCOMES: &str = "select run, outcome, reason, count, sample from run_outcome \
    where sync = $1 and run = $2 order by outcome, reason";
pub(crate) const STATEMENTS: &[&str] = &[PUT, ADD, RUNS, LAST_OTHER, OUTCOMES];

pub(crate) fn put(tx: &Tx, sync: SyncId, runs: &[RunRow]) -> Result<()> {
    let rows = runs.iter().map(|run| args![sync, run.id, run.kind, run.started_at, run.ended_at, &run.body]);
    tx.queue_rows(PUT, rows, Expect::Any)
}

pub(crate) fn add(tx: &Tx, sync: SyncId, outcomes: &[OutcomeRow]) -> Result<()> {
    let samples: Vec<String> =
        outcomes.iter().map(|outcome| outcome.sample.iter().map(|id| format!("{id}\n")).collect()).collect();
    let rows = outcomes
        .iter()
        .zip(&samples)
        .map(|(o, sample)| args![sync, o.run, &o.outcome, &o.reason, o.count, sample]);
    tx.queue_rows(ADD, rows, Expect::Any)
}

fn run(row: &Row<'_>) -> Result<RunRow> {
    Ok(RunRow {
        id: row.int(0)?,
        kind: row.int(1)?,
        started_at: row.int(2)?,
        ended_at: row.int_or_null(3)?,
        body: row.bytes(4)?,
    })
}

fn outcome(row: &Row<'_>) -> Result<OutcomeRow> {
    Ok(OutcomeRow {
        run: row.int(0)?,
        outcome: row.text(1)?,
        reason: row.text(2)?,
        count: row.int(3)?,
        sample: row.text(4)?.lines().map(str::to_owned).collect(),
    })
}

impl Store {
    /// The runs before this one, the newest first; `i64::MAX` begins.
    pub async fn runs(&self, sync: SyncId, before: i64, limit: i64) -> Result<Vec<RunRow>> {
        self.read(move |tx| Box::pin(async move { tx.rows(RUNS, &args![sync, before, limit], run).await }))
            .await
    }

    /// The newest run that is not of this kind.
    pub async fn last_run_but(&self, sync: SyncId, kind: i64) -> Result<Option<RunRow>> {
        self.read(move |tx| Box::pin(async move { tx.row(LAST_OTHER, &args![sync, kind], run).await })).await
    }

    /// A run's outcomes.
    pub async fn outcomes(&self, sync: SyncId, id: i64) -> Result<Vec<OutcomeRow>> {
        self.read(move |tx| Box::pin(async move { tx.rows(OUTCOMES, &args![sync, id], outcome).await })).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commit::Changes;
    use crate::testing::{SYNC, each_engine, lease, run_row};

    #[test]
    fn outcomes_add_up_and_keep_a_few_samples() {
        each_engine(async |store| {
            let epoch = lease(&store, SYNC).await;
            let add = |count, sample: &[&str]| OutcomeRow {
                run: 1,
                outcome: "skipped".into(),
                reason: "no_match".into(),
                count,
                sample: sample.iter().map(|id| (*id).to_owned()).collect(),
            };
            for outcomes in [vec![add(2, &["a", "b"])], vec![add(3, &["c"])]] {
                let change = Changes { runs: vec![run_row(1, None)], outcomes, ..Changes::default() };
                store.commit(SYNC, epoch, 1, change).await.unwrap();
            }
            assert_eq!(store.outcomes(SYNC, 1).await.unwrap(), [add(5, &["a", "b", "c"])]);
            let end = Changes { runs: vec![run_row(1, Some(9)), run_row(2, None)], ..Changes::default() };
            store.commit(SYNC, epoch, 9, end).await.unwrap();
            let runs = store.runs(SYNC, i64::MAX, 9).await.unwrap();
            assert_eq!(runs, [run_row(2, None), run_row(1, Some(9))]);
            let kind = run_row(2, None).kind;
            assert_eq!(store.last_run_but(SYNC, kind).await.unwrap(), None);
            let other = RunRow { kind: kind + 1, ..run_row(3, Some(9)) };
            let change = Changes { runs: vec![other.clone(), run_row(4, None)], ..Changes::default() };
            store.commit(SYNC, epoch, 10, change).await.unwrap();
            assert_eq!(store.last_run_but(SYNC, kind).await.unwrap(), Some(other));
        });
    }
}
