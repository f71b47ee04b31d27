//! Intents: operations stored before they are sent, one row per batch, and the match keys their creates reserve.

use crate::error::{Result, StoreError};
use crate::link::SyncId;
use crate::match_key::MatchKey;
use crate::sql::{Expect, Row, Tx, args};
use crate::store::Store;
use musubi_core::Side;

/// A batch of operations that is about to be sent, or whose outcome is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntentRow {
    /// Given by the engine; unique within the sync.
    pub id: i64,
    /// The lease epoch it was made in.
    pub epoch: i64,
    /// The side it writes to.
    pub side: Side,
    /// The engine's number for create, update, delete.
    pub kind: i64,
    /// The engine's number for open and unknown.
    pub state: i64,
    /// When it was made.
    pub created_at: i64,
    /// When the request must have ended.
    pub deadline: i64,
    /// The operations.
    pub body: Vec<u8>,
}

/// A match key that a create under way reserves, so that no second create makes a twin (invariant I4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reservation {
    /// The side the record will be created on.
    pub side: Side,
    /// The key.
    pub key: MatchKey,
    /// The intent; deleting it frees the key.
    pub intent: i64,
}

const PUT: &str = "insert into intent (sync, id, epoch, side, kind, state, created_at, deadline, body) \
    values /*rows*/ ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (sync, id) do update set \
    epoch = excluded.epoch, state = excluded.state, deadline = excluded.deadline, body = excluded.body";
const DELETE: &str = "delete from intent where sync = $1 and id in (/*list*/ $2)";
const OPEN: &str = "select id, epoch, side, kind, state, created_at, deadline, body from intent \
    where sync = $1 order by id";
const RESERVE: &str = "insert into reservation (sync, side, key, intent) values /*rows*/ ($1, $2, $3, $4)";
const FREE: &str = "delete from reservation where sync = $1 and intent in (/*list*/ $2)";
pub(crate) const STATEMENTS: &[&str] = &[PUT, DELETE, OPEN, RESERVE, FREE];

pub(crate) fn put(tx: &Tx, sync: SyncId, intents: &[IntentRow]) -> Result<()> {
    let rows = intents
        .iter()
        .map(|i| args![sync, i.id, i.epoch, i.side, i.kind, i.state, i.created_at, i.deadline, &i.body]);
    tx.queue_rows(PUT, rows, Expect::Any)
}

/// Deletes intents and frees what they reserved.
pub(crate) fn delete(tx: &Tx, sync: SyncId, ids: &[i64]) -> Result<()> {
    tx.queue_in(DELETE, &args![sync], ids.iter().map(|id| (*id).into()))?;
    tx.queue_in(FREE, &args![sync], ids.iter().map(|id| (*id).into()))
}

/// Reserves keys; one that is reserved already is a conflict.
pub(crate) fn reserve(tx: &Tx, sync: SyncId, rows: &[Reservation]) -> Result<()> {
    let count = rows.len();
    let rows = rows.iter().map(|row| args![sync, row.side, &row.key, row.intent]);
    tx.queue_rows(RESERVE, rows, Expect::Rows(count, || StoreError::conflict("reservation")))
}

fn intent(row: &Row<'_>) -> Result<IntentRow> {
    Ok(IntentRow {
        id: row.int(0)?,
        epoch: row.int(1)?,
        side: row.side(2)?,
        kind: row.int(3)?,
        state: row.int(4)?,
        created_at: row.int(5)?,
        deadline: row.int(6)?,
        body: row.bytes(7)?,
    })
}

impl Store {
    /// Every intent that has no recorded outcome, the oldest first.
    pub async fn open_intents(&self, sync: SyncId) -> Result<Vec<IntentRow>> {
        self.read(move |tx| Box::pin(async move { tx.rows(OPEN, &args![sync], intent).await })).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commit::Changes;
    use crate::error::Kind;
    use crate::testing::{SYNC, each_engine, lease};

    fn batch(id: i64, state: i64) -> IntentRow {
        let body = vec![5; 9];
        IntentRow { id, epoch: 1, side: Side::Right, kind: 0, state, created_at: 1, deadline: 9, body }
    }

    #[test]
    fn an_intent_is_open_until_its_outcome_is_committed() {
        each_engine(async |store| {
            let epoch = lease(&store, SYNC).await;
            let put = Changes { intents_put: vec![batch(2, 0), batch(1, 0)], ..Changes::default() };
            store.commit(SYNC, epoch, 1, put).await.unwrap();
            let unknown =
                Changes { intents_put: vec![batch(1, 1)], intents_delete: vec![2], ..Changes::default() };
            store.commit(SYNC, epoch, 1, unknown).await.unwrap();
            assert_eq!(store.open_intents(SYNC).await.unwrap(), [batch(1, 1)]);
            assert_eq!(store.open_intents(SyncId(8)).await.unwrap(), []);
        });
    }

    #[test]
    fn two_creates_cannot_have_one_key() {
        each_engine(async |store| {
            let epoch = lease(&store, SYNC).await;
            let reserve = |intent| Changes {
                intents_put: vec![batch(intent, 0)],
                reserve: vec![Reservation { side: Side::Right, key: [1; 16], intent }],
                ..Changes::default()
            };
            store.commit(SYNC, epoch, 1, reserve(1)).await.unwrap();
            let twin = store.commit(SYNC, epoch, 1, reserve(2)).await.unwrap_err();
            assert_eq!((twin.kind, twin.code), (Kind::Conflict, "store.conflict_reservation"));
            assert_eq!(store.open_intents(SYNC).await.unwrap().len(), 1);
            let settled = Changes { intents_delete: vec![1], ..reserve(2) };
            store.commit(SYNC, epoch, 1, settled).await.unwrap();
        });
    }
}
