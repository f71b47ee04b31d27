//! Erasing what is remembered of a person: the record that it was asked for and done, and the values that anyone may take away. The rows that a module sync
//! works with change only under its lease; they are none of this.

use crate::attachment;
use crate::decision;
use crate::error::{Kind, Result, StoreError};
use crate::link::SyncId;
use crate::single::values;
use crate::sql::{Expect, Row, args};
use crate::sqlite;
use crate::store::{Engine, Store};
use crate::threads::{Sqlite, Which};
use std::sync::Arc;

/// An erasure; `kind` and `body` are the engine's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErasureRow {
    /// The workspace.
    pub workspace: i64,
    /// Its number in the workspace; 0 before it is stored.
    pub id: i64,
    /// When it was asked for, in milliseconds since 1970.
    pub at: i64,
    /// Who asked.
    pub actor: String,
    /// What it was asked by.
    pub kind: String,
    /// How much, and which records: ids only.
    pub body: String,
    /// When everything of it was done.
    pub done_at: Option<i64>,
}

/// The records of a pair, or the one of a record without counterpart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErasedIds {
    /// The left one.
    pub left: Option<String>,
    /// The right one.
    pub right: Option<String>,
}

/// What is taken away of one module sync.
#[derive(Clone, Debug, Default)]
pub struct Scrub {
    /// Everything that is told of these records, and their match keys.
    pub records: Vec<ErasedIds>,
    /// The values of these journal entries.
    pub entries: Vec<i64>,
    /// What these attention items tell besides.
    pub items: Vec<i64>,
    /// Open decisions about the records, with what became of them.
    pub answers: Vec<(i64, String)>,
}

/// What there is to take away of a pair, or of a record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Journal entries that hold values.
    pub entries: i64,
    /// Attention items, settled ones too.
    pub items: i64,
}

/// What is left of an attention item's details.
const NOTHING: &[u8] = b"{}";
const CLOSED: i64 = 1;

const NEXT: &str = "select coalesce(max(id), 0) + 1 from erasure where workspace = $1";
const ADD: &str =
    "insert into erasure (workspace, id, at, actor, kind, body) values ($1, $2, $3, $4, $5, $6)";
const LIST: &str = "select workspace, id, at, actor, kind, body, done_at from erasure \
    where workspace = $1 and id < $2 order by id desc limit $3";
const OPEN: &str = "select workspace, id, at, actor, kind, body, done_at from erasure \
    where workspace = $1 and done_at is null order by id";
const DONE: &str = "update erasure set done_at = $1 where workspace = $2 and id = $3 and done_at is null";
const ENTRIES: &str =
    "select count(*) from journal where sync = $1 and length(body) > 0 and (left_id = $2 or right_id = $3)";
const ITEMS: &str =
    "select count(*) from attention where sync = $1 and length(body) > 2 and (left_id = $2 or right_id = $3)";
const CLEAR_ENTRIES: &str =
    "update journal set body = $1 where sync = $2 and (left_id = $3 or right_id = $4)";
const CLEAR_ENTRY: &str = "update journal set body = $1 where sync = $2 and seq in (/*list*/ $3)";
const CLEAR_ITEMS: &str = "update attention set body = $1, state = $2, closed_at = coalesce(closed_at, $3) \
    where sync = $4 and (left_id = $5 or right_id = $6)";
const CLEAR_ITEM: &str = "update attention set body = $1 where sync = $2 and id in (/*list*/ $3)";
/// Keys are found by what they are, not by whose: all of the sync are looked through.
const CLEAR_KEYS: &str = "delete from match_key where sync = $1 and ((side <> 1 and id = $2) \
    or (side = 1 and id = $3) or (side = 2 and other = $3))";
pub(crate) const STATEMENTS: &[&str] = &[
    NEXT,
    ADD,
    LIST,
    OPEN,
    DONE,
    ENTRIES,
    ITEMS,
    CLEAR_ENTRIES,
    CLEAR_ENTRY,
    CLEAR_ITEMS,
    CLEAR_ITEM,
    CLEAR_KEYS,
];

fn erasure(row: &Row<'_>) -> Result<ErasureRow> {
    Ok(ErasureRow {
        workspace: row.int(0)?,
        id: row.int(1)?,
        at: row.int(2)?,
        actor: row.text(3)?,
        kind: row.text(4)?,
        body: row.text(5)?,
        done_at: row.int_or_null(6)?,
    })
}

impl Store {
    /// Notes that something is to be erased, and gives its number.
    pub async fn add_erasure(&self, row: ErasureRow) -> Result<i64> {
        let row = Arc::new(row);
        self.write(move |tx| {
            let row = Arc::clone(&row);
            Box::pin(async move {
                let next = tx.row(NEXT, &args![row.workspace], |row| row.int(0)).await?.unwrap_or(1);
                let args = args![row.workspace, next, row.at, &row.actor, &row.kind, &row.body];
                tx.queue(ADD, &args, Expect::Any)?;
                Ok(next)
            })
        })
        .await
    }

    /// What was erased before this one, the newest first; `i64::MAX` begins.
    pub async fn erasures(&self, workspace: i64, before: i64, limit: i64) -> Result<Vec<ErasureRow>> {
        self.all(LIST, values![workspace, before, limit], erasure).await
    }

    /// What is still to do, in the order in which it was asked for.
    pub async fn open_erasures(&self, workspace: i64) -> Result<Vec<ErasureRow>> {
        self.all(OPEN, values![workspace], erasure).await
    }

    /// Everything of it was done.
    pub async fn erasure_done(&self, workspace: i64, id: i64, now: i64) -> Result<()> {
        self.change(DONE, values![now, workspace, id]).await.map(drop)
    }

    /// What there is to take away of these records.
    pub async fn told_of(&self, sync: SyncId, ids: &ErasedIds) -> Result<Told> {
        let count = |row: &Row<'_>| row.int(0);
        let entries = self.one(ENTRIES, values![sync, &ids.left, &ids.right], count).await?;
        let items = self.one(ITEMS, values![sync, &ids.left, &ids.right], count).await?;
        Ok(Told { entries: entries.unwrap_or(0), items: items.unwrap_or(0) })
    }

    /// Takes everything of it away in one transaction. Done twice, it changes nothing more.
    pub async fn scrub(&self, sync: SyncId, scrub: Scrub, now: i64) -> Result<()> {
        let scrub = Arc::new(scrub);
        self.write(move |tx| {
            let scrub = Arc::clone(&scrub);
            Box::pin(async move {
                let empty: &[u8] = &[];
                for ErasedIds { left, right } in &scrub.records {
                    let args = args![NOTHING, CLOSED, now, sync, left, right];
                    tx.queue(CLEAR_ITEMS, &args, Expect::Any)?;
                    tx.queue(CLEAR_KEYS, &args![sync, left, right], Expect::Any)?;
                    // A look at their files that is being stored is waited for here: what it tells is cleared as well.
                    attachment::forget_record(tx, sync, now, left.as_ref(), right.as_ref()).await?;
                    tx.queue(CLEAR_ENTRIES, &args![empty, sync, left, right], Expect::Any)?;
                }
                tx.queue_in(CLEAR_ENTRY, &args![empty, sync], scrub.entries.iter().map(|id| (*id).into()))?;
                tx.queue_in(CLEAR_ITEM, &args![NOTHING, sync], scrub.items.iter().map(|id| (*id).into()))?;
                decision::answer(tx, sync, now, &scrub.answers)
            })
        })
        .await
    }

    /// Makes the bytes of what was deleted and changed go from the file as well: it is written anew, and so is its log. Nothing to do on PostgreSQL, where the
    /// server's vacuum does it in its time. `Busy` while another program reads a former state: it is to be asked for again.
    pub async fn purge(&self) -> Result<()> {
        let Engine::Sqlite(engine) = &self.inner.engine else { return Ok(()) };
        if matches!(engine, Sqlite::Inline { .. }) {
            return Ok(());
        }
        engine
            .with_connection(Which::Writer, |connection| {
                // The copy that is made on the way may be larger than the memory there is.
                let vacuum = "pragma temp_store = file; vacuum; pragma temp_store = memory";
                connection.execute_batch(vacuum).map_err(sqlite::error)?;
                let busy: i64 = connection
                    .query_row("pragma wal_checkpoint(truncate)", [], |row| row.get(0))
                    .map_err(sqlite::error)?;
                match busy {
                    0 => Ok(()),
                    _ => Err(StoreError::new(
                        Kind::Busy,
                        "another program reads a former state of the database",
                    )),
                }
            })
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attention::AttentionRow;
    use crate::commit::Changes;
    use crate::decision::DecisionRow;
    use crate::journal::JournalRow;
    use crate::load::Want;
    use crate::match_key::MatchRow;
    use crate::testing::{SYNC, each_engine, lease, link};
    use musubi_core::Side;

    const SECRET: &str = "hanako.mori@private.example";

    fn entry(seq: i64, left: Option<&str>, right: Option<&str>) -> JournalRow {
        JournalRow {
            seq,
            at: seq,
            side: Side::Right,
            left_id: left.map(str::to_owned),
            right_id: right.map(str::to_owned),
            kind: 1,
            body: SECRET.into(),
        }
    }

    fn item(id: i64, left: Option<&str>, closed_at: Option<i64>) -> AttentionRow {
        AttentionRow {
            id,
            kind: 0,
            due: 0,
            left_id: left.map(str::to_owned),
            right_id: None,
            field: None,
            code: "write.later".into(),
            created_at: 1,
            tries: 0,
            closed_at,
            body: SECRET.into(),
        }
    }

    fn pair(left: &str, right: &str) -> ErasedIds {
        ErasedIds { left: Some(left.into()), right: Some(right.into()) }
    }

    async fn fill(store: &Store) {
        let epoch = lease(store, SYNC).await;
        let key = |side, key: u8, id: &str| MatchRow { side, key: [key; 16], id: id.into() };
        let change = Changes {
            links_put: vec![link("1", 0), link("2", 0)],
            keys_put: vec![
                key(Side::Left, 1, "l1"),
                key(Side::Right, 1, "r1"),
                key(Side::Left, 2, "l2"),
                key(Side::Right, 2, "r2"),
                key(Side::Right, 3, "r1"),
            ],
            journal: vec![
                entry(1, Some("l1"), Some("r1")),
                entry(2, None, Some("r1")),
                entry(3, Some("l2"), Some("r2")),
                entry(4, Some("l9"), Some("r9")),
            ],
            attention_put: vec![
                item(1, Some("l1"), None),
                item(2, Some("l1"), Some(5)),
                item(3, Some("l2"), None),
                item(4, Some("l9"), Some(6)),
            ],
            ..Changes::default()
        };
        store.commit(SYNC, epoch, 1, change).await.unwrap();
    }

    #[test]
    fn what_is_told_of_a_record_goes_and_nothing_else() {
        each_engine(async |store| {
            fill(&store).await;
            let undo = DecisionRow {
                sync: SYNC,
                id: 0,
                at: 1,
                actor: "ann".into(),
                body: SECRET.into(),
                answered_at: None,
                answer: None,
            };
            let decision = store.add_decisions(vec![undo]).await.unwrap()[0];
            let one = pair("l1", "r1");
            assert_eq!(store.told_of(SYNC, &one).await.unwrap(), Told { entries: 2, items: 2 });
            let scrub = Scrub {
                records: vec![one.clone()],
                entries: vec![4],
                items: vec![4],
                answers: vec![(decision, "gone".into())],
            };
            for now in [10, 11] {
                store.scrub(SYNC, scrub.clone(), now).await.unwrap();
            }
            assert_eq!(store.told_of(SYNC, &one).await.unwrap(), Told::default());
            let journal = store.journal_tail(SYNC, 0, 9).await.unwrap();
            let held: Vec<bool> = journal.iter().map(|entry| !entry.body.is_empty()).collect();
            assert_eq!(held, [false, false, true, false]);
            let open = store.open_attention(SYNC, 0, 9).await.unwrap();
            assert_eq!(open, [item(3, Some("l2"), None)]);
            let settled = store.settled_attention(SYNC, 0, 9).await.unwrap();
            let settled: Vec<_> =
                settled.into_iter().map(|item| (item.id, item.closed_at, item.body)).collect();
            let closed = [(1, 10), (2, 5), (4, 6)];
            assert_eq!(settled, closed.map(|(id, at)| (id, Some(at), NOTHING.to_vec())));
            let keys = [1, 2, 3].map(|key| [key; 16]);
            let keys = Side::BOTH.into_iter().flat_map(|side| keys.map(|key| (side, key))).collect();
            let found = store.load(SYNC, Want { keys, ..Want::default() }).await.unwrap().matches;
            let mut ids: Vec<String> = found.into_iter().map(|row| row.id).collect();
            ids.sort();
            assert_eq!(ids, ["l2", "r2"]);
            let answered = store.decisions(SYNC, vec![decision]).await.unwrap();
            assert_eq!((answered[0].body.as_str(), answered[0].answer.as_deref()), ("", Some("gone")));
        });
    }

    #[test]
    fn that_it_was_done_is_remembered() {
        each_engine(async |store| {
            let new = |workspace, at| ErasureRow {
                workspace,
                id: 0,
                at,
                actor: "ann".into(),
                kind: "record".into(),
                body: "{}".into(),
                done_at: None,
            };
            for (workspace, at, id) in [(1, 5, 1), (1, 6, 2), (2, 7, 1)] {
                assert_eq!(store.add_erasure(new(workspace, at)).await.unwrap(), id);
            }
            store.erasure_done(1, 1, 9).await.unwrap();
            store.erasure_done(1, 1, 99).await.unwrap();
            let ids = |rows: Vec<ErasureRow>| -> Vec<i64> { rows.iter().map(|row| row.id).collect() };
            assert_eq!(ids(store.open_erasures(1).await.unwrap()), [2]);
            let all = store.erasures(1, i64::MAX, 9).await.unwrap();
            assert_eq!(all[1].done_at, Some(9));
            assert_eq!(ids(all), [2, 1]);
            assert_eq!(ids(store.erasures(1, 2, 9).await.unwrap()), [1]);
        });
    }

    fn holds(folder: &std::path::Path, text: &str) -> Vec<String> {
        let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
        let held = files.filter(|file| {
            std::fs::read(file).unwrap().windows(text.len()).any(|window| window == text.as_bytes())
        });
        held.map(|file| file.display().to_string()).collect()
    }

    #[test]
    fn the_bytes_go_from_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open_file(&folder.path().join("musubi.db")).unwrap();
        futures::executor::block_on(async {
            fill(&store).await;
            assert!(!holds(folder.path(), SECRET).is_empty());
            let all = Scrub {
                records: vec![pair("l1", "r1"), pair("l2", "r2"), pair("l9", "r9")],
                ..Scrub::default()
            };
            store.scrub(SYNC, all, 10).await.unwrap();
            store.purge().await.unwrap();
            assert_eq!(holds(folder.path(), SECRET), [""; 0]);
            assert_eq!(store.journal_tail(SYNC, 0, 9).await.unwrap().len(), 4);
        });
    }

    #[test]
    fn a_restored_backup_is_to_be_erased_again() {
        let folder = tempfile::tempdir().unwrap();
        let number = std::sync::atomic::AtomicUsize::new(0);
        each_engine(async |store| {
            let turn = number.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let file = folder.path().join(format!("{turn}.backup"));
            let row = |at| ErasureRow {
                workspace: 1,
                id: 0,
                at,
                actor: "ann".into(),
                kind: "record".into(),
                body: "{}".into(),
                done_at: None,
            };
            store.add_erasure(row(1)).await.unwrap();
            store.erasure_done(1, 1, 2).await.unwrap();
            store.backup(&file).await.unwrap();
            store.add_erasure(row(3)).await.unwrap();
            store.erasure_done(1, 2, 4).await.unwrap();
            store.restore(&file, 77).await.unwrap();
            let open = store.open_erasures(1).await.unwrap();
            assert_eq!(open.iter().map(|row| (row.id, row.at)).collect::<Vec<_>>(), [(1, 1), (2, 3)]);
            assert_eq!(store.add_erasure(row(5)).await.unwrap(), 3);
        });
    }
}
