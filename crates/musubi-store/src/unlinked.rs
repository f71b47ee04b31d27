//! Records that were seen and have no link: waiting for a match, out of scope, skipped, about to be created.

use crate::error::Result;
use crate::link::SyncId;
use crate::sql::{Expect, Row, Tx, args};
use crate::store::Store;
use crate::stretch::Stretch;
use musubi_core::Side;

/// A record without a link; `state`, `due` and `body` are the engine's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnlinkedRow {
    /// Where the record is.
    pub side: Side,
    /// Its id there.
    pub id: String,
    /// A number the engine counts and finds them by.
    pub state: i64,
    /// When it is to be looked at again, in milliseconds since 1970.
    pub due: i64,
    /// What the engine keeps.
    pub body: Vec<u8>,
}

/// Where a scan goes on: after this record.
pub type UnlinkedCursor = (Side, String);

const PUT: &str = "insert into unlinked (sync, side, id, state, due, body) \
    values /*rows*/ ($1, $2, $3, $4, $5, $6) \
    on conflict (sync, side, id) do update set state = excluded.state, due = excluded.due, body = excluded.body";
const DELETE: &str = "delete from unlinked where sync = $1 and side = $2 and id in (/*list*/ $3)";
const OF: &str = "select side, id, state, due, body from unlinked \
    where sync = $1 and side = $2 and id in (/*list*/ $3)";
const STATES: &str = "select id, state from unlinked where sync = $1 and side = $2 and id in (/*list*/ $3)";
const WALK: &str = "select side, id, state, due, body from unlinked \
    where sync = $1 and side = $2 and id >= $3 and id <= $4 order by id limit $5";
const SCAN: &str = "select side, id, state, due, body from unlinked where sync = $1 and side = $2 and id > $3 \
    order by id limit $4";
const SCAN_STATE: &str = "select side, id, state, due, body from unlinked \
    where sync = $1 and side = $2 and id > $3 and state = $4 order by id limit $5";
const DUE: &str = "select side, id, state, due, body from unlinked \
    where sync = $1 and state = $2 and due <= $3 order by due limit $4";
const COUNT: &str = "select count(*) from unlinked where sync = $1 and state = $2";
pub(crate) const STATEMENTS: &[&str] = &[PUT, DELETE, OF, STATES, WALK, SCAN, SCAN_STATE, DUE, COUNT];

fn unlinked(row: &Row<'_>) -> Result<UnlinkedRow> {
    Ok(UnlinkedRow {
        side: row.side(0)?,
        id: row.text(1)?,
        state: row.int(2)?,
        due: row.int(3)?,
        body: row.bytes(4)?,
    })
}

pub(crate) fn put(tx: &Tx, sync: SyncId, rows: &[UnlinkedRow]) -> Result<()> {
    let rows = rows.iter().map(|row| args![sync, row.side, &row.id, row.state, row.due, &row.body]);
    tx.queue_rows(PUT, rows, Expect::Any)
}

pub(crate) fn delete(tx: &Tx, sync: SyncId, records: &[(Side, String)]) -> Result<()> {
    for side in Side::BOTH {
        let ids: Vec<_> = records.iter().filter(|(at, _)| *at == side).map(|(_, id)| id.into()).collect();
        tx.queue_in(DELETE, &args![sync, side], ids.into_iter())?;
    }
    Ok(())
}

pub(crate) async fn of(tx: &Tx, sync: SyncId, side: Side, ids: &[&str]) -> Result<Vec<UnlinkedRow>> {
    if let Some(stretch) = Stretch::of(ids) {
        let rows =
            tx.rows(WALK, &args![sync, side, stretch.first, stretch.last, stretch.limit], unlinked).await?;
        if let Some(found) = stretch.take(rows, |row| &row.id) {
            return Ok(found);
        }
    }
    let ids: Vec<_> = ids.iter().map(|id| (*id).into()).collect();
    tx.rows_in(OF, &args![sync, side], &ids, unlinked).await
}

/// For each of these records that is kept without a link: it, and its state.
pub(crate) async fn states(tx: &Tx, sync: SyncId, side: Side, ids: &[&str]) -> Result<Vec<(String, i64)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<_> = ids.iter().map(|id| (*id).into()).collect();
    tx.rows_in(STATES, &args![sync, side], &ids, |row| Ok((row.text(0)?, row.int(1)?))).await
}

impl Store {
    /// The records without a link after this one, left side first, then by id; of one side or state if asked.
    pub async fn scan_unlinked(
        &self,
        sync: SyncId,
        side: Option<Side>,
        state: Option<i64>,
        after: Option<UnlinkedCursor>,
        limit: i64,
    ) -> Result<Vec<UnlinkedRow>> {
        self.read(move |tx| {
            let after = after.clone();
            Box::pin(async move {
                let mut found = Vec::new();
                for at in Side::BOTH {
                    let left = limit - found.len() as i64;
                    let passed = after.as_ref().is_some_and(|(side, _)| *side > at);
                    if side.is_some_and(|side| side != at) || passed || left <= 0 {
                        continue;
                    }
                    let id = after.as_ref().filter(|(side, _)| *side == at).map_or("", |(_, id)| id);
                    found.extend(match state {
                        None => tx.rows(SCAN, &args![sync, at, id, left], unlinked).await?,
                        Some(state) => {
                            tx.rows(SCAN_STATE, &args![sync, at, id, state, left], unlinked).await?
                        }
                    });
                }
                Ok(found)
            })
        })
        .await
    }

    /// How many records of this state there are.
    pub async fn count_unlinked(&self, sync: SyncId, state: i64) -> Result<i64> {
        self.read(move |tx| {
            Box::pin(
                async move { Ok(tx.row(COUNT, &args![sync, state], |row| row.int(0)).await?.unwrap_or(0)) },
            )
        })
        .await
    }

    /// The records of this state that are due, the longest due first.
    pub async fn due_unlinked(
        &self,
        sync: SyncId,
        state: i64,
        now: i64,
        limit: i64,
    ) -> Result<Vec<UnlinkedRow>> {
        self.read(move |tx| {
            Box::pin(async move { tx.rows(DUE, &args![sync, state, now, limit], unlinked).await })
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commit::Changes;
    use crate::testing::{SYNC, each_engine, lease, unlinked as row};

    #[test]
    fn a_scan_goes_over_both_sides_and_can_go_on() {
        each_engine(async |store| {
            let epoch = lease(&store, SYNC).await;
            let all = vec![
                row(Side::Left, "a", 1, 30),
                row(Side::Left, "b", 2, 20),
                row(Side::Right, "a", 1, 10),
                row(Side::Right, "c", 1, 40),
            ];
            let put = Changes { unlinked_put: all.clone(), ..Changes::default() };
            store.commit(SYNC, epoch, 1, put).await.unwrap();
            let mut found = Vec::new();
            loop {
                let after = found.last().map(|last: &UnlinkedRow| (last.side, last.id.clone()));
                let some = store.scan_unlinked(SYNC, None, None, after, 3).await.unwrap();
                if some.is_empty() {
                    break;
                }
                found.extend(some);
            }
            assert_eq!(found, all);
            let right = store.scan_unlinked(SYNC, Some(Side::Right), Some(1), None, 9).await.unwrap();
            assert_eq!(right, all[2..]);
            let due = store.due_unlinked(SYNC, 1, 30, 9).await.unwrap();
            assert_eq!(due, [all[2].clone(), all[0].clone()]);
        });
    }
}
