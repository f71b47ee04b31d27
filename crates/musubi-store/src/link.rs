//! Links: one logical record, at most one record on each side.

use crate::error::{Result, StoreError};
use crate::sql::{Expect, Row, Tx, args};
use crate::store::Store;
use crate::stretch::Stretch;
use musubi_core::Side;

/// The number of a module sync; also the number of its partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct SyncId(pub i64);

impl From<SyncId> for crate::sql::Arg<'_> {
    fn from(sync: SyncId) -> Self {
        Self::from(sync.0)
    }
}

/// A link as it is stored; `state` and `body` are the engine's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkRow {
    /// The record on the left.
    pub left_id: String,
    /// The record on the right.
    pub right_id: String,
    /// 0 settled, 1 work owed (found quickly), 2 untied: no counterpart for lookups any more; others are the engine's.
    pub state: i64,
    /// The bases and what else the engine keeps.
    pub body: Vec<u8>,
}

impl LinkRow {
    /// The record's id on this side.
    pub fn id(&self, side: Side) -> &str {
        match side {
            Side::Left => &self.left_id,
            Side::Right => &self.right_id,
        }
    }
}

/// A link never changes its records: another record for the same left one changes nothing, and is noticed.
const PUT: &str = "insert into link (sync, left_id, right_id, state, body) \
    values /*rows*/ ($1, $2, $3, $4, $5) \
    on conflict (sync, left_id) do update set state = excluded.state, body = excluded.body \
    where link.right_id = excluded.right_id";
const DELETE: &str = "delete from link where sync = $1 and left_id in (/*list*/ $2)";
const BY_LEFT: &str =
    "select left_id, right_id, state, body from link where sync = $1 and left_id in (/*list*/ $2)";
const BY_RIGHT: &str =
    "select left_id, right_id, state, body from link where sync = $1 and right_id in (/*list*/ $2)";
const WALK_LEFT: &str = "select left_id, right_id, state, body from link \
    where sync = $1 and left_id >= $2 and left_id <= $3 order by left_id limit $4";
const WALK_RIGHT: &str = "select left_id, right_id, state, body from link \
    where sync = $1 and right_id >= $2 and right_id <= $3 order by right_id limit $4";
const OTHER_OF_LEFT: &str =
    "select left_id, right_id, state from link where sync = $1 and left_id in (/*list*/ $2)";
const OTHER_OF_RIGHT: &str =
    "select right_id, left_id, state from link where sync = $1 and right_id in (/*list*/ $2)";
const SCAN: &str = "select left_id, right_id, state, body from link where sync = $1 and left_id > $2 \
    order by left_id limit $3";
// `state <> 0` says once more what is true of every state asked for, so that SQLite takes the index of what is not at rest.
const IN_STATE: &str = "select left_id, right_id, state, body from link where sync = $1 and left_id in (\
    select left_id from link where sync = $1 and state = $2 and state <> 0 and left_id > $3 order by left_id limit $4) \
    order by left_id";
const COUNT_OWED: &str = "select count(*) from link where sync = $1 and state = 1 and state <> 0";
const COUNT: &str = "select (select count(*) from link where sync = $1) - \
    (select count(*) from link where sync = $1 and state = 2 and state <> 0)";
const ONE: &str = "select left_id, right_id, state, body from link where sync = $1 and left_id = $2";
pub(crate) const STATEMENTS: &[&str] = &[
    ONE,
    PUT,
    DELETE,
    BY_LEFT,
    BY_RIGHT,
    WALK_LEFT,
    WALK_RIGHT,
    OTHER_OF_LEFT,
    OTHER_OF_RIGHT,
    SCAN,
    IN_STATE,
    COUNT_OWED,
    COUNT,
];

fn link(row: &Row<'_>) -> Result<LinkRow> {
    Ok(LinkRow { left_id: row.text(0)?, right_id: row.text(1)?, state: row.int(2)?, body: row.bytes(3)? })
}

/// Inserts or changes links; a record that another link has is a conflict (invariant I4).
pub(crate) fn put(tx: &Tx, sync: SyncId, links: &[LinkRow]) -> Result<()> {
    let rows = links.iter().map(|link| args![sync, &link.left_id, &link.right_id, link.state, &link.body]);
    tx.queue_rows(PUT, rows, Expect::Rows(links.len(), || StoreError::conflict("link")))
}

pub(crate) fn delete(tx: &Tx, sync: SyncId, left_ids: &[String]) -> Result<()> {
    tx.queue_in(DELETE, &args![sync], left_ids.iter().map(Into::into))
}

/// The links that have one of these records on this side.
pub(crate) async fn of(tx: &Tx, sync: SyncId, side: Side, ids: &[&str]) -> Result<Vec<LinkRow>> {
    let sql = match side {
        Side::Left => BY_LEFT,
        Side::Right => BY_RIGHT,
    };
    if let Some(stretch) = Stretch::of(ids) {
        let walk = match side {
            Side::Left => WALK_LEFT,
            Side::Right => WALK_RIGHT,
        };
        let rows = tx.rows(walk, &args![sync, stretch.first, stretch.last, stretch.limit], link).await?;
        if let Some(found) = stretch.take(rows, |row| row.id(side)) {
            return Ok(found);
        }
    }
    let ids: Vec<_> = ids.iter().map(|id| (*id).into()).collect();
    tx.rows_in(sql, &args![sync], &ids, link).await
}

/// The state of a link that ties nothing any more.
const UNTIED: i64 = 2;

/// For each of these records that is linked, or was: it, and the record on the other side if it is linked still.
pub(crate) async fn others(
    tx: &Tx,
    sync: SyncId,
    side: Side,
    ids: &[&str],
) -> Result<Vec<(String, Option<String>)>> {
    let sql = match side {
        Side::Left => OTHER_OF_LEFT,
        Side::Right => OTHER_OF_RIGHT,
    };
    let ids: Vec<_> = ids.iter().map(|id| (*id).into()).collect();
    let other = |row: &Row<'_>| Ok(if row.int(2)? == UNTIED { None } else { Some(row.text(1)?) });
    tx.rows_in(sql, &args![sync], &ids, |row| Ok((row.text(0)?, other(row)?))).await
}

impl Store {
    /// The link of this left record.
    pub async fn link(&self, sync: SyncId, left_id: &str) -> Result<Option<LinkRow>> {
        let left_id = left_id.to_owned();
        self.read(move |tx| {
            let left_id = left_id.clone();
            Box::pin(async move { tx.row(ONE, &args![sync, &left_id], link).await })
        })
        .await
    }

    /// The links after this left id, in the order of the left ids; `""` begins.
    pub async fn scan_links(&self, sync: SyncId, after: &str, limit: i64) -> Result<Vec<LinkRow>> {
        let after = after.to_owned();
        self.read(move |tx| {
            let after = after.clone();
            Box::pin(async move { tx.rows(SCAN, &args![sync, &after, limit], link).await })
        })
        .await
    }

    /// The links with this state, which is not 0, after this left id, in the order of the left ids; `""` begins.
    pub async fn links_in(&self, sync: SyncId, state: i64, after: &str, limit: i64) -> Result<Vec<LinkRow>> {
        let after = after.to_owned();
        self.read(move |tx| {
            let after = after.clone();
            Box::pin(async move { tx.rows(IN_STATE, &args![sync, state, &after, limit], link).await })
        })
        .await
    }

    /// How many links have work owed.
    pub async fn count_owed(&self, sync: SyncId) -> Result<i64> {
        self.read(move |tx| {
            Box::pin(
                async move { Ok(tx.row(COUNT_OWED, &args![sync], |row| row.int(0)).await?.unwrap_or(0)) },
            )
        })
        .await
    }

    /// How many pairs there are.
    pub async fn count_links(&self, sync: SyncId) -> Result<i64> {
        self.read(move |tx| {
            Box::pin(async move { Ok(tx.row(COUNT, &args![sync], |row| row.int(0)).await?.unwrap_or(0)) })
        })
        .await
    }
}
