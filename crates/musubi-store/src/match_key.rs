//! Match keys: the hashed normal form of what records are matched by, and which records have it.

use crate::error::{Kind, Result, StoreError};
use crate::link::SyncId;
use crate::sql::{Expect, Row, Tx, args};
use musubi_core::Side;

/// A match key: a hash of the normalised value, so that no personal value stands in the index.
pub type MatchKey = [u8; 16];

/// One record's match key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchRow {
    /// Where the record is.
    pub side: Side,
    /// The key.
    pub key: MatchKey,
    /// The record's id.
    pub id: String,
}

const PUT: &str = "insert into match_key (sync, key, side, id) values /*rows*/ ($1, $2, $3, $4) \
    on conflict (sync, key, side, id) do nothing";
const DELETE: &str =
    "delete from match_key where sync = $1 and side = $2 and id = $3 and key in (/*list*/ $4)";
const OF: &str = "select key, id from match_key where sync = $1 and side = $2 and key in (/*list*/ $3)";
pub(crate) const STATEMENTS: &[&str] = &[PUT, DELETE, OF];

pub(crate) fn put(tx: &Tx, sync: SyncId, rows: &[MatchRow]) -> Result<()> {
    tx.queue_rows(PUT, rows.iter().map(|row| args![sync, &row.key, row.side, &row.id]), Expect::Any)
}

/// Keys change seldom, so each record's are deleted by a statement of their own.
pub(crate) fn delete(tx: &Tx, sync: SyncId, rows: &[MatchRow]) -> Result<()> {
    for same in rows.chunk_by(|a, b| a.side == b.side && a.id == b.id) {
        let keys = same.iter().map(|row| (&row.key).into());
        tx.queue_in(DELETE, &args![sync, same[0].side, &same[0].id], keys)?;
    }
    Ok(())
}

/// The records of this side that have one of these keys.
pub(crate) async fn of(tx: &Tx, sync: SyncId, side: Side, keys: &[MatchKey]) -> Result<Vec<MatchRow>> {
    let keys: Vec<_> = keys.iter().map(Into::into).collect();
    tx.rows_in(OF, &args![sync, side], &keys, |row| {
        Ok(MatchRow { side, key: key(row, 0)?, id: row.text(1)? })
    })
    .await
}

/// Reads a column that holds a key.
pub(crate) fn key(row: &Row<'_>, column: usize) -> Result<MatchKey> {
    let wrong = |_| StoreError::new(Kind::Corrupt, "a match key has the wrong length");
    row.bytes(column)?.try_into().map_err(wrong)
}
