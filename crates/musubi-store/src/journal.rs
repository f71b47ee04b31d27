//! The journal: every operation with its cause and the values before and after.

use crate::error::Result;
use crate::link::SyncId;
use crate::sql::{Expect, Row, Tx, args};
use crate::store::Store;
use musubi_core::Side;

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalRow {
    /// Given by the engine; ever higher within the sync.
    pub seq: i64,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// The side that was written to.
    pub side: Side,
    /// The record on the left, if there is one.
    pub left_id: Option<String>,
    /// The record on the right, if there is one.
    pub right_id: Option<String>,
    /// The engine's number for what was done.
    pub kind: i64,
    /// Cause and values.
    pub body: Vec<u8>,
}

const PUT: &str = "insert into journal (sync, seq, at, side, left_id, right_id, kind, body) \
    values /*rows*/ ($1, $2, $3, $4, $5, $6, $7, $8)";
const AFTER: &str = "select seq, at, side, left_id, right_id, kind, body from journal \
    where sync = $1 and seq > $2 order by seq limit $3";
const BEFORE: &str = "select seq, at, side, left_id, right_id, kind, body from journal \
    where sync = $1 and seq < $2 order by seq desc limit $3";
const OF_LEFT: &str = "select seq, at, side, left_id, right_id, kind, body from journal \
    where sync = $1 and left_id = $2 order by seq";
const OF_RIGHT: &str = "select seq, at, side, left_id, right_id, kind, body from journal \
    where sync = $1 and right_id = $2 order by seq";
const LAST: &str = "select coalesce(max(seq), 0) from journal where sync = $1";
const COUNTS: &str = "select (at - $1) / $2, kind, count(*) from journal where sync = $3 and seq >= $4 and at >= $5 \
    group by 1, 2 order by 1, 2";
const SIDES: &str = "select side, kind, count(*) from journal where sync = $1 and seq >= $2 and seq < $3 \
    group by 1, 2 order by 1, 2";
pub(crate) const STATEMENTS: &[&str] = &[PUT, AFTER, BEFORE, OF_LEFT, OF_RIGHT, LAST, COUNTS, SIDES];

pub(crate) fn put(tx: &Tx, sync: SyncId, entries: &[JournalRow]) -> Result<()> {
    let rows =
        entries.iter().map(|e| args![sync, e.seq, e.at, e.side, &e.left_id, &e.right_id, e.kind, &e.body]);
    tx.queue_rows(PUT, rows, Expect::Any)
}

fn entry(row: &Row<'_>) -> Result<JournalRow> {
    Ok(JournalRow {
        seq: row.int(0)?,
        at: row.int(1)?,
        side: row.side(2)?,
        left_id: row.text_or_null(3)?,
        right_id: row.text_or_null(4)?,
        kind: row.int(5)?,
        body: row.bytes(6)?,
    })
}

impl Store {
    /// A record's entries, the oldest first.
    pub async fn journal_of(&self, sync: SyncId, side: Side, id: &str) -> Result<Vec<JournalRow>> {
        let id = id.to_owned();
        let sql = match side {
            Side::Left => OF_LEFT,
            Side::Right => OF_RIGHT,
        };
        self.read(move |tx| {
            let id = id.clone();
            Box::pin(async move { tx.rows(sql, &args![sync, &id], entry).await })
        })
        .await
    }

    /// The entries after this number, the oldest first.
    pub async fn journal_tail(&self, sync: SyncId, after: i64, limit: i64) -> Result<Vec<JournalRow>> {
        self.read(move |tx| Box::pin(async move { tx.rows(AFTER, &args![sync, after, limit], entry).await }))
            .await
    }

    /// The entries before this number, the newest first; `i64::MAX` begins.
    pub async fn journal_latest(&self, sync: SyncId, before: i64, limit: i64) -> Result<Vec<JournalRow>> {
        self.read(move |tx| {
            Box::pin(async move { tx.rows(BEFORE, &args![sync, before, limit], entry).await })
        })
        .await
    }

    /// How many entries of which kind there are in each stretch of `step` milliseconds since `from`: the stretch's place, the kind, the count. None before
    /// the number `first` is looked at.
    pub async fn journal_counts(
        &self,
        sync: SyncId,
        first: i64,
        from: i64,
        step: i64,
    ) -> Result<Vec<(i64, i64, i64)>> {
        self.read(move |tx| {
            Box::pin(async move {
                tx.rows(COUNTS, &args![from, step, sync, first, from], |row| {
                    Ok((row.int(0)?, row.int(1)?, row.int(2)?))
                })
                .await
            })
        })
        .await
    }

    /// How many entries of which kind each side has from the number `first` up to, but without, `end`.
    pub async fn journal_sides(&self, sync: SyncId, first: i64, end: i64) -> Result<Vec<(Side, i64, i64)>> {
        self.read(move |tx| {
            Box::pin(async move {
                tx.rows(SIDES, &args![sync, first, end], |row| Ok((row.side(0)?, row.int(1)?, row.int(2)?)))
                    .await
            })
        })
        .await
    }

    /// The highest number in the journal; 0 if it is empty.
    pub async fn journal_end(&self, sync: SyncId) -> Result<i64> {
        let last = self
            .read(move |tx| Box::pin(async move { tx.row(LAST, &args![sync], |row| row.int(0)).await }))
            .await?;
        Ok(last.unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commit::Changes;
    use crate::testing::{SYNC, each_engine, journal_row, lease};

    #[test]
    fn entries_are_counted_by_side_and_kind() {
        each_engine(async |store| {
            let epoch = lease(&store, SYNC).await;
            let on = |seq, side, kind| JournalRow { side, kind, ..journal_row(seq, seq) };
            let (left, right) = (Side::Left, Side::Right);
            let journal =
                vec![on(1, left, 0), on(2, right, 0), on(3, right, 0), on(4, right, 1), on(5, left, 1)];
            store.commit(SYNC, epoch, 1, Changes { journal, ..Changes::default() }).await.unwrap();
            let counts = store.journal_sides(SYNC, 2, 5).await.unwrap();
            assert_eq!(counts, [(right, 0, 2), (right, 1, 1)]);
            let all = store.journal_sides(SYNC, 0, i64::MAX).await.unwrap();
            assert_eq!(all, [(left, 0, 1), (left, 1, 1), (right, 0, 2), (right, 1, 1)]);
        });
    }

    #[test]
    fn entries_are_counted_by_time_and_kind() {
        each_engine(async |store| {
            let epoch = lease(&store, SYNC).await;
            let at = |seq, at, kind| JournalRow { at, kind, ..journal_row(seq, at) };
            let journal = vec![at(1, 5, 0), at(2, 10, 0), at(3, 19, 0), at(4, 19, 1), at(5, 20, 1)];
            store.commit(SYNC, epoch, 1, Changes { journal, ..Changes::default() }).await.unwrap();
            let counted = store.journal_counts(SYNC, 2, 10, 10).await.unwrap();
            assert_eq!(counted, [(0, 0, 2), (0, 1, 1), (1, 1, 1)]);
        });
    }

    #[test]
    fn the_journal_is_read_by_record_and_from_both_ends() {
        each_engine(async |store| {
            assert_eq!(store.journal_end(SYNC).await.unwrap(), 0);
            let epoch = lease(&store, SYNC).await;
            let other = JournalRow { left_id: None, right_id: Some("r2".into()), ..journal_row(2, 2) };
            let entries = vec![journal_row(1, 1), other.clone(), journal_row(3, 3)];
            let put = Changes { journal: entries.clone(), ..Changes::default() };
            store.commit(SYNC, epoch, 1, put).await.unwrap();
            let of_left = store.journal_of(SYNC, Side::Left, "l1").await.unwrap();
            assert_eq!(of_left, [journal_row(1, 1), journal_row(3, 3)]);
            assert_eq!(store.journal_of(SYNC, Side::Right, "r2").await.unwrap(), [other]);
            assert_eq!(store.journal_tail(SYNC, 1, 9).await.unwrap(), entries[1..]);
            assert_eq!(store.journal_latest(SYNC, i64::MAX, 1).await.unwrap(), entries[2..]);
            assert_eq!(store.journal_end(SYNC).await.unwrap(), 3);
            // A number is given once: an entry is never written over.
            let again = Changes { journal: vec![journal_row(3, 9)], ..Changes::default() };
            store.commit(SYNC, epoch, 1, again).await.unwrap_err();
        });
    }
}
