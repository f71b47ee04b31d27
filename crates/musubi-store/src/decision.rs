//! What people decided about records: a conflict, a pair tied or untied by hand, an undo. Anyone may add one; whoever works on the module sync carries it out
//! and answers in the same commit, so that each is carried out once.

use crate::error::Result;
use crate::link::SyncId;
use crate::single::values;
use crate::sql::{Expect, Row, Tx, args};
use crate::store::Store;
use crate::{number, wake};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A decision as it is stored; `body` and `answer` are the engine's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionRow {
    /// The module sync it is about.
    pub sync: SyncId,
    /// Its number; 0 before it is stored.
    pub id: i64,
    /// When it was taken.
    pub at: i64,
    /// Who took it.
    pub actor: String,
    /// What was decided; empty when it is answered.
    pub body: String,
    /// When it was answered.
    pub answered_at: Option<i64>,
    /// What became of it.
    pub answer: Option<String>,
}

const ADD: &str = "insert into decision (sync, id, at, actor, body) values /*rows*/ ($1, $2, $3, $4, $5)";
const OPEN: &str = "select sync, id, at, actor, body, answered_at, answer from decision \
    where sync = $1 and answered_at is null and id > $2 order by id limit $3";
const GET: &str = "select sync, id, at, actor, body, answered_at, answer from decision \
    where sync = $1 and id in (/*list*/ $2)";
const ANSWER: &str = "update decision set body = '', answered_at = $1, answer = $2 \
    where sync = $3 and id = $4 and answered_at is null";
const OLD: &str = "delete from decision where answered_at < $1";
pub(crate) const STATEMENTS: &[&str] = &[ADD, OPEN, GET, ANSWER, OLD];

fn decision(row: &Row<'_>) -> Result<DecisionRow> {
    Ok(DecisionRow {
        sync: SyncId(row.int(0)?),
        id: row.int(1)?,
        at: row.int(2)?,
        actor: row.text(3)?,
        body: row.text(4)?,
        answered_at: row.int_or_null(5)?,
        answer: row.text_or_null(6)?,
    })
}

/// Notes what became of decisions.
pub(crate) fn answer(tx: &Tx, sync: SyncId, now: i64, answers: &[(i64, String)]) -> Result<()> {
    answers.iter().try_for_each(|(id, text)| tx.queue(ANSWER, &args![now, text, sync, *id], Expect::Any))
}

impl Store {
    /// Stores decisions, wakes whoever works on their syncs, and gives their numbers in that order.
    pub async fn add_decisions(&self, rows: Vec<DecisionRow>) -> Result<Vec<i64>> {
        let woken: BTreeSet<SyncId> = rows.iter().map(|row| row.sync).collect();
        let shared = Arc::new((rows, woken));
        let moved = Arc::clone(&shared);
        let ids = self
            .write(move |tx| {
                let moved = Arc::clone(&moved);
                Box::pin(async move {
                    let mut ids = Vec::with_capacity(moved.0.len());
                    for _ in &moved.0 {
                        ids.push(number::next(tx, "decision").await?);
                    }
                    let rows = moved.0.iter().zip(&ids);
                    let rows = rows.map(|(row, id)| args![row.sync, *id, row.at, &row.actor, &row.body]);
                    tx.queue_rows(ADD, rows, Expect::Any)?;
                    wake::notify(tx, &moved.1);
                    Ok(ids)
                })
            })
            .await?;
        self.ring(&shared.1);
        Ok(ids)
    }

    /// The decisions of a sync after this number that are not answered, in the order in which they were taken.
    pub async fn open_decisions(&self, sync: SyncId, after: i64, limit: i64) -> Result<Vec<DecisionRow>> {
        self.all(OPEN, values![sync, after, limit], decision).await
    }

    /// These decisions of a sync, answered or not.
    pub async fn decisions(&self, sync: SyncId, ids: Vec<i64>) -> Result<Vec<DecisionRow>> {
        let ids = Arc::new(ids);
        self.read(move |tx| {
            let ids = Arc::clone(&ids);
            Box::pin(async move {
                let list: Vec<_> = ids.iter().map(|id| (*id).into()).collect();
                tx.rows_in(GET, &args![sync], &list, decision).await
            })
        })
        .await
    }

    /// Forgets decisions that were answered before this time.
    pub async fn forget_decisions(&self, before: i64) -> Result<()> {
        self.change(OLD, values![before]).await.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commit::Changes;
    use crate::testing::{SYNC, each_engine, lease};
    use crate::wake::Wake;

    #[test]
    fn a_decision_is_open_until_it_is_answered_and_then_says_no_more_what_it_was() {
        each_engine(async |store| {
            let epoch = lease(&store, SYNC).await;
            let new = |at, body: &str| DecisionRow {
                sync: SYNC,
                id: 0,
                at,
                actor: "ann".into(),
                body: body.into(),
                answered_at: None,
                answer: None,
            };
            let mut wakes = store.wakes();
            let ids = store.add_decisions(vec![new(1, "a"), new(2, "b")]).await.unwrap();
            assert_eq!(wakes.next().await, Some(Wake::Sync(SYNC)));
            let open = store.open_decisions(SYNC, 0, 9).await.unwrap();
            assert_eq!(open.iter().map(|row| row.body.as_str()).collect::<Vec<_>>(), ["a", "b"]);
            let done = Changes { answers: vec![(ids[0], "done".into())], ..Changes::default() };
            store.commit(SYNC, epoch, 7, done).await.unwrap();
            let again = Changes { answers: vec![(ids[0], "twice".into())], ..Changes::default() };
            store.commit(SYNC, epoch, 8, again).await.unwrap();
            assert_eq!(
                store.open_decisions(SYNC, 0, 9).await.unwrap(),
                [DecisionRow { id: ids[1], ..new(2, "b") }]
            );
            let answered =
                DecisionRow { id: ids[0], answered_at: Some(7), answer: Some("done".into()), ..new(1, "") };
            assert_eq!(store.decisions(SYNC, vec![ids[0], 99]).await.unwrap(), [answered]);
            store.forget_decisions(8).await.unwrap();
            assert_eq!(store.decisions(SYNC, ids.clone()).await.unwrap().len(), 1);
        });
    }
}
