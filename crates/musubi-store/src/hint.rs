//! Hints: records of a module sync that may have changed. Webhooks bring them, and parents that were linked.

use crate::error::Result;
use crate::link::SyncId;
use crate::sql::{Expect, Tx, args};
use crate::store::Store;
use crate::wake;
use musubi_core::Side;

/// A record that is worth a look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HintRow {
    /// Where the record is.
    pub side: Side,
    /// Its id.
    pub id: String,
    /// When it was hinted at; a later hint for the record has a later one.
    pub at: i64,
}

/// A hint that comes while an earlier one is worked on is later than it, so that it outlives the earlier one's delete.
const PUT: &str = "insert into hint (sync, side, id, at) values /*rows*/ ($1, $2, $3, $4) \
    on conflict (sync, side, id) do update set \
    at = case when excluded.at > hint.at then excluded.at else hint.at + 1 end";
const FIRST: &str = "select side, id, at from hint where sync = $1 order by side, id limit $2";
const DELETE: &str = "delete from hint where sync = $1 and side = $2 and id = $3 and at = $4";
pub(crate) const STATEMENTS: &[&str] = &[PUT, FIRST, DELETE];

pub(crate) fn put(tx: &Tx, hints: &[(SyncId, HintRow)]) -> Result<()> {
    let rows = hints.iter().map(|(sync, hint)| args![*sync, hint.side, &hint.id, hint.at]);
    tx.queue_rows(PUT, rows, Expect::Any)
}

/// Deletes hints that were dealt with, unless the record was hinted at again since. Anyone may hint meanwhile, so the
/// condition has to hold for the row as it is when it is deleted, not when it was found: one statement each.
pub(crate) fn delete(tx: &Tx, sync: SyncId, hints: &[HintRow]) -> Result<()> {
    hints
        .iter()
        .try_for_each(|hint| tx.queue(DELETE, &args![sync, hint.side, &hint.id, hint.at], Expect::Any))
}

impl Store {
    /// Adds hints and wakes their module syncs. Each record should stand in it once.
    pub async fn add_hints(&self, hints: Vec<(SyncId, HintRow)>) -> Result<()> {
        let woken = hints.iter().map(|(sync, _)| *sync).collect();
        let mut hints = hints;
        // The same order in every transaction, so that two of them never wait for each other.
        hints.sort_by(|a, b| (a.0, a.1.side, &a.1.id).cmp(&(b.0, b.1.side, &b.1.id)));
        hints.dedup_by(|a, b| (a.0, a.1.side, &a.1.id) == (b.0, b.1.side, &b.1.id));
        let shared = std::sync::Arc::new((hints, woken));
        let moved = std::sync::Arc::clone(&shared);
        self.write(move |tx| {
            let moved = std::sync::Arc::clone(&moved);
            Box::pin(async move {
                put(tx, &moved.0)?;
                wake::notify(tx, &moved.1);
                Ok(())
            })
        })
        .await?;
        self.ring(&shared.1);
        Ok(())
    }

    /// Some hints, which stay until a commit deletes them with what they led to (`Changes::hints_delete`).
    pub async fn hints(&self, sync: SyncId, max: i64) -> Result<Vec<HintRow>> {
        self.read(move |tx| {
            Box::pin(async move {
                let make = |row: &crate::sql::Row<'_>| {
                    Ok(HintRow { side: row.side(0)?, id: row.text(1)?, at: row.int(2)? })
                };
                tx.rows(FIRST, &args![sync, max], make).await
            })
        })
        .await
    }

    /// Some hints, deleted at once: for a caller that can do without them if it stops before it has acted on them.
    pub async fn take_hints(&self, sync: SyncId, max: i64) -> Result<Vec<HintRow>> {
        let hints = std::sync::Arc::new(self.hints(sync, max).await?);
        let moved = std::sync::Arc::clone(&hints);
        self.write(move |tx| {
            let moved = std::sync::Arc::clone(&moved);
            Box::pin(async move { delete(tx, sync, &moved) })
        })
        .await?;
        Ok(hints.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commit::Changes;
    use crate::testing::{SYNC, each_engine, lease};
    use crate::wake::Wake;

    fn hint(id: &str, at: i64) -> HintRow {
        HintRow { side: Side::Left, id: id.into(), at }
    }

    #[test]
    fn a_hint_that_comes_while_its_record_is_worked_on_stays() {
        each_engine(async |store| {
            let epoch = lease(&store, SYNC).await;
            let mut wakes = store.wakes();
            store
                .add_hints(vec![(SYNC, hint("a", 5)), (SYNC, hint("b", 5)), (SYNC, hint("a", 5))])
                .await
                .unwrap();
            assert_eq!(wakes.next().await, Some(Wake::Sync(SYNC)));
            let read = store.hints(SYNC, 10).await.unwrap();
            assert_eq!(read, [hint("a", 5), hint("b", 5)]);
            store.add_hints(vec![(SYNC, hint("a", 5))]).await.unwrap();
            let done = Changes { hints_delete: read, ..Changes::default() };
            store.commit(SYNC, epoch, 6, done).await.unwrap();
            assert_eq!(store.hints(SYNC, 10).await.unwrap(), [hint("a", 6)]);
            assert_eq!(store.take_hints(SYNC, 10).await.unwrap(), [hint("a", 6)]);
            assert_eq!(store.take_hints(SYNC, 10).await.unwrap(), []);
        });
    }
}
