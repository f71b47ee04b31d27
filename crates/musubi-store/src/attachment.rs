//! Attachments: which pairs are to be looked at, and what is remembered of each file. The states are the engine's.

use crate::attention::{self, AttentionRow};
use crate::error::{Result, StoreError};
use crate::journal::{self, JournalRow};
use crate::lease;
use crate::link::{LinkRow, SyncId};
use crate::single::values;
use crate::sql::{Expect, Row, Tx, args};
use crate::store::Store;
use musubi_core::Side;
use std::sync::Arc;

/// When the attachments of the pairs that a commit puts are to be looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Looks {
    /// Never: nobody asked for attachments.
    #[default]
    None,
    /// At once: a few pairs were changed or made.
    Now,
    /// In their turn: there may be a million of them.
    InTurn,
}

/// A pair whose attachments are to be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachedRow {
    /// The record on the left.
    pub left_id: String,
    /// The record on the right.
    pub right_id: String,
    /// When it is to be looked at; [`IN_TURN`] when its turn comes.
    pub due: i64,
    /// How often a look was asked for.
    pub asked: i64,
    /// When it was looked at last; 0 for never.
    pub looked_at: i64,
    /// How many looks failed in a row.
    pub tries: i64,
}

/// What is remembered of an attachment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachmentRow {
    /// On which record of the pair it hangs.
    pub side: Side,
    /// Its id.
    pub id: String,
    /// The engine's.
    pub state: i64,
    /// Until when an answer is waited for.
    pub until: i64,
    /// Bytes.
    pub size: i64,
    /// The file's name.
    pub name: String,
    /// What its bytes hash to, where they were read.
    pub hash: Option<Vec<u8>>,
    /// The attachment of the other record that is the same file.
    pub other: Option<String>,
}

/// What a look at a pair changes, in one transaction.
#[derive(Clone, Debug, Default)]
pub struct AttachmentChanges {
    /// Remembered from now on, or otherwise.
    pub put: Vec<AttachmentRow>,
    /// Forgotten.
    pub delete: Vec<(Side, String)>,
    /// Matters that come up.
    pub attention_put: Vec<AttentionRow>,
    /// Matters that are settled.
    pub attention_close: Vec<i64>,
    /// New entries of the journal (invariant I2).
    pub journal: Vec<JournalRow>,
    /// The look is over.
    pub looked: Option<Looked>,
}

/// The end of a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Looked {
    /// [`AttachedRow::asked`] when it began: what was asked for since is still to do.
    pub asked: i64,
    /// When the next one is due.
    pub due: i64,
    /// When it was.
    pub at: i64,
    /// How many failed in a row.
    pub tries: i64,
}

/// Due when its turn comes.
pub const IN_TURN: i64 = i64::MAX;
/// Links in this state are none any more.
const UNTIED: i64 = 2;
/// Links in this state are being written; when that is over they are put again.
const OWED: i64 = 1;
/// So many are taken up at a time.
const SOME: i64 = 2_000;

const FOLLOW: &str = "insert into attached (sync, left_id, right_id, due, asked, looked_at, tries) \
    values /*rows*/ ($1, $2, $3, $4, $5, $6, $7) on conflict (sync, left_id) do update set \
    due = case when excluded.due < attached.due then excluded.due else attached.due end, asked = attached.asked + 1";
const TAKE_UP: &str = "insert into attached (sync, left_id, right_id, due, asked, looked_at, tries) \
    select l.sync, l.left_id, l.right_id, 9223372036854775807, 1, 0, 0 from link l where l.sync = $1 and l.state <> $2 \
    and not exists (select 1 from attached a where a.sync = l.sync and a.left_id = l.left_id) \
    order by l.left_id limit $3 on conflict (sync, left_id) do nothing";
const DUE: &str = "select left_id, right_id, due, asked, looked_at, tries from attached \
    where sync = $1 and due <= $2 order by due, left_id limit 1";
const TURN: &str = "select left_id, right_id, due, asked, looked_at, tries from attached \
    where sync = $1 and looked_at < $2 and due = 9223372036854775807 order by looked_at, left_id limit 1";
const COUNT_DUE: &str = "select count(*) from attached where sync = $1 and due <= $2";
const COUNT_LOOKED: &str = "select count(*) from attached where sync = $1 and looked_at >= $2";
const COUNT_NEVER: &str =
    "select count(*) from attached where sync = $1 and looked_at = 0 and due = 9223372036854775807";
const ALL_DUE: &str = "update attached set due = $1, asked = asked + 1 where sync = $2 and due > $3";
const ONE_DUE: &str = "update attached set due = $1, asked = asked + 1 where sync = $2 and left_id = $3";
const AGAIN: &str = "update attachment set state = $1 where sync = $2 and left_id = $3 and state = $4";
const STILL: &str = "update attached set tries = tries where sync = $1 and left_id = $2 and right_id = $3";
const LOOKED: &str = "update attached set due = case when asked = $1 then $2 else due end, looked_at = $3, tries = $4 \
    where sync = $5 and left_id = $6 and right_id = $7";
const OF: &str = "select side, id, state, until, size, name, hash, other from attachment \
    where sync = $1 and left_id = $2 order by side, id";
const PUT: &str = "insert into attachment (sync, left_id, side, id, state, until, size, name, hash, other) \
    values /*rows*/ ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (sync, left_id, side, id) do update set \
    state = excluded.state, until = excluded.until, size = excluded.size, name = excluded.name, \
    hash = excluded.hash, other = excluded.other";
const DELETE: &str = "delete from attachment where sync = $1 and left_id = $2 and side = $3 and id = $4";
const FORGET_PAIRS: &str = "delete from attached where sync = $1 and left_id in (/*list*/ $2)";
const FORGET_FILES: &str = "delete from attachment where sync = $1 and left_id in (/*list*/ $2)";
const CLOSE: &str = "update attention set state = 1, closed_at = $1 where sync = $2 and state = 0 \
    and code like 'attachment.%' and left_id in (/*list*/ $3)";
const LEFT_OF: &str = "select left_id from attached where sync = $1 and right_id = $2";
pub(crate) const STATEMENTS: &[&str] = &[
    FOLLOW,
    TAKE_UP,
    DUE,
    TURN,
    COUNT_DUE,
    COUNT_LOOKED,
    COUNT_NEVER,
    ALL_DUE,
    ONE_DUE,
    AGAIN,
    STILL,
    LOOKED,
    OF,
    PUT,
    DELETE,
    FORGET_PAIRS,
    FORGET_FILES,
    CLOSE,
    LEFT_OF,
];

/// The pairs that are put are looked at, in the same transaction (invariant I9).
pub(crate) fn follow(tx: &Tx, sync: SyncId, now: i64, looks: Looks, links: &[LinkRow]) -> Result<()> {
    let due = match looks {
        Looks::None => return Ok(()),
        Looks::Now => now,
        Looks::InTurn => IN_TURN,
    };
    let settled: Vec<&LinkRow> = links.iter().filter(|link| link.state != OWED).collect();
    let rows =
        settled.iter().map(|link| args![sync, &link.left_id, &link.right_id, due, 1_i64, 0_i64, 0_i64]);
    tx.queue_rows(FOLLOW, rows, Expect::Any)
}

/// Nothing is remembered of the attachments of these pairs any more, and nobody is asked about them.
pub(crate) fn forget(tx: &Tx, sync: SyncId, now: i64, left_ids: &[String]) -> Result<()> {
    // The pairs first: that waits for a look that is being stored, and whatever comes after it sees what that one put.
    tx.queue_in(FORGET_PAIRS, &args![sync], left_ids.iter().map(Into::into))?;
    tx.queue_in(FORGET_FILES, &args![sync], left_ids.iter().map(Into::into))?;
    tx.queue_in(CLOSE, &args![now, sync], left_ids.iter().map(Into::into))
}

/// The same for whoever knows one of the two records only.
pub(crate) async fn forget_record(
    tx: &Tx,
    sync: SyncId,
    now: i64,
    left: Option<&String>,
    right: Option<&String>,
) -> Result<()> {
    let mut pairs: Vec<String> = left.into_iter().cloned().collect();
    if let Some(right) = right {
        pairs.extend(tx.rows(LEFT_OF, &args![sync, right], |row| row.text(0)).await?);
    }
    forget(tx, sync, now, &pairs)
}

fn pair(row: &Row<'_>) -> Result<AttachedRow> {
    Ok(AttachedRow {
        left_id: row.text(0)?,
        right_id: row.text(1)?,
        due: row.int(2)?,
        asked: row.int(3)?,
        looked_at: row.int(4)?,
        tries: row.int(5)?,
    })
}

fn file(row: &Row<'_>) -> Result<AttachmentRow> {
    Ok(AttachmentRow {
        side: row.side(0)?,
        id: row.text(1)?,
        state: row.int(2)?,
        until: row.int(3)?,
        size: row.int(4)?,
        name: row.text(5)?,
        hash: row.bytes_or_null(6)?,
        other: row.text_or_null(7)?,
    })
}

impl Store {
    /// Takes up the pairs that were made before somebody asked for attachments, or while nobody did.
    pub async fn take_up_attached(&self, sync: SyncId) -> Result<()> {
        while self.change(TAKE_UP, values![sync, UNTIED, SOME]).await? > 0 {}
        Ok(())
    }

    /// The pair that is due the longest.
    pub async fn due_attached(&self, sync: SyncId, now: i64) -> Result<Option<AttachedRow>> {
        self.one(DUE, values![sync, now], pair).await
    }

    /// The pair that was not looked at for the longest time, if that was before `before`.
    pub async fn next_attached(&self, sync: SyncId, before: i64) -> Result<Option<AttachedRow>> {
        self.one(TURN, values![sync, before], pair).await
    }

    /// How many pairs were looked at since.
    pub async fn count_looked(&self, sync: SyncId, since: i64) -> Result<i64> {
        Ok(self.one(COUNT_LOOKED, values![sync, since], |row| row.int(0)).await?.unwrap_or(0))
    }

    /// How many pairs are due, and how many were never looked at.
    pub async fn count_attached(&self, sync: SyncId, now: i64) -> Result<(i64, i64)> {
        let due = self.one(COUNT_DUE, values![sync, now], |row| row.int(0)).await?.unwrap_or(0);
        let never = self.one(COUNT_NEVER, values![sync], |row| row.int(0)).await?.unwrap_or(0);
        Ok((due, never))
    }

    /// Every pair is due.
    pub async fn all_attached_due(&self, sync: SyncId, now: i64) -> Result<u64> {
        self.change(ALL_DUE, values![now, sync, now]).await
    }

    /// A pair is due because a person asked, and its files that are in state `from` are in `to` again. Not only the lease's holder may say so.
    pub async fn attached_again(
        &self,
        sync: SyncId,
        left_id: &str,
        now: i64,
        from: i64,
        to: i64,
    ) -> Result<()> {
        let left_id: Arc<str> = left_id.into();
        self.write(move |tx| {
            let left_id = Arc::clone(&left_id);
            Box::pin(async move {
                tx.queue(AGAIN, &args![to, sync, &*left_id, from], Expect::Any)?;
                tx.queue(ONE_DUE, &args![now, sync, &*left_id], Expect::Any)
            })
        })
        .await
    }

    /// What is remembered of the attachments of a pair.
    pub async fn attachments_of(&self, sync: SyncId, left_id: &str) -> Result<Vec<AttachmentRow>> {
        self.all(OF, values![sync, left_id], file).await
    }

    /// Changes what is remembered of a pair, all of it or nothing, if `epoch` is still that of the lease and the pair is still this one (`Conflict` otherwise:
    /// it was untied or erased meanwhile).
    pub async fn commit_attachments(
        &self,
        sync: SyncId,
        epoch: i64,
        now: i64,
        (left_id, right_id): (&str, &str),
        changes: AttachmentChanges,
    ) -> Result<()> {
        let all = Arc::new((left_id.to_owned(), right_id.to_owned(), changes));
        self.write(move |tx| {
            let all = Arc::clone(&all);
            Box::pin(async move {
                let (left, right, changes) = &*all;
                lease::fence(tx, sync, epoch)?;
                let one = Expect::Rows(1, || StoreError::conflict("attached"));
                match changes.looked {
                    Some(Looked { asked, due, at, tries }) => {
                        tx.queue(LOOKED, &args![asked, due, at, tries, sync, left, right], one)?;
                    }
                    None => tx.queue(STILL, &args![sync, left, right], one)?,
                }
                for (side, id) in &changes.delete {
                    tx.queue(DELETE, &args![sync, left, *side, id], Expect::Any)?;
                }
                let rows = changes.put.iter().map(|row| {
                    let AttachmentRow { side, id, state, until, size, name, hash, other } = row;
                    args![sync, left, *side, id, *state, *until, *size, name, hash, other]
                });
                tx.queue_rows(PUT, rows, Expect::Any)?;
                journal::put(tx, sync, &changes.journal)?;
                attention::put(tx, sync, &changes.attention_put)?;
                attention::close(tx, sync, now, &changes.attention_close)
            })
        })
        .await
    }

    /// Forgets what is remembered of the attachments of a pair that is none any more.
    pub async fn forget_attached(&self, sync: SyncId, left_id: &str, now: i64) -> Result<()> {
        let pairs = Arc::new([left_id.to_owned()]);
        self.write(move |tx| {
            let pairs = Arc::clone(&pairs);
            Box::pin(async move { forget(tx, sync, now, &*pairs) })
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commit::Changes;
    use crate::erasure::{ErasedIds, Scrub};
    use crate::error::Kind;
    use crate::testing::{SYNC, each_engine, journal_row, lease, link, links};

    fn row(id: &str, name: &str) -> AttachmentRow {
        AttachmentRow {
            side: Side::Left,
            id: id.into(),
            state: 1,
            until: 0,
            size: 3,
            name: name.into(),
            hash: Some(vec![7; 32]),
            other: None,
        }
    }

    fn put(rows: Vec<AttachmentRow>) -> AttachmentChanges {
        AttachmentChanges { put: rows, ..AttachmentChanges::default() }
    }

    fn looked(asked: i64, at: i64) -> AttachmentChanges {
        let looked = Some(Looked { asked, due: IN_TURN, at, tries: 0 });
        AttachmentChanges { looked, ..AttachmentChanges::default() }
    }

    // C-44
    #[test]
    fn a_pair_is_due_with_its_commit_and_until_it_was_looked_at() {
        each_engine(async |store| {
            let epoch = lease(&store, SYNC).await;
            let change = Changes { looks: Looks::Now, ..links(vec![link("1", 0), link("2", 1)]) };
            store.commit(SYNC, epoch, 5, change.clone()).await.unwrap();
            let due = store.due_attached(SYNC, 5).await.unwrap().unwrap();
            assert_eq!((due.left_id.as_str(), due.due, due.asked), ("l1", 5, 1));
            assert_eq!(
                store.count_attached(SYNC, 5).await.unwrap(),
                (1, 0),
                "the other one is being written"
            );
            // What is asked for during a look is still to do after it.
            store.commit(SYNC, epoch, 6, change).await.unwrap();
            store.commit_attachments(SYNC, epoch, 7, ("l1", "r1"), looked(1, 7)).await.unwrap();
            assert_eq!(store.due_attached(SYNC, 7).await.unwrap().unwrap().asked, 2);
            store.commit_attachments(SYNC, epoch, 8, ("l1", "r1"), looked(2, 8)).await.unwrap();
            assert_eq!(store.due_attached(SYNC, 9).await.unwrap(), None);
            assert_eq!(store.next_attached(SYNC, 8).await.unwrap(), None);
            assert_eq!(store.next_attached(SYNC, 9).await.unwrap().unwrap().looked_at, 8);
            assert_eq!(store.count_looked(SYNC, 8).await.unwrap(), 1);
            let lost = store.commit_attachments(SYNC, epoch + 1, 9, ("l1", "r1"), looked(2, 9)).await;
            assert_eq!(lost.unwrap_err().kind, Kind::LeaseLost);
            assert_eq!(store.all_attached_due(SYNC, 20).await.unwrap(), 1);
            assert_eq!(store.count_attached(SYNC, 20).await.unwrap(), (1, 0));
        });
    }

    // C-44
    #[test]
    fn what_was_done_is_told_in_the_same_transaction() {
        each_engine(async |store| {
            let epoch = lease(&store, SYNC).await;
            let change = Changes { looks: Looks::Now, ..links(vec![link("1", 0)]) };
            store.commit(SYNC, epoch, 5, change).await.unwrap();
            let told =
                |seq| AttachmentChanges { journal: vec![journal_row(seq, 6)], ..put(vec![row("a", "a")]) };
            store.commit_attachments(SYNC, epoch, 6, ("l1", "r1"), told(1)).await.unwrap();
            let lost = store.commit_attachments(SYNC, epoch + 1, 6, ("l1", "r1"), told(2)).await;
            assert_eq!(lost.unwrap_err().kind, Kind::LeaseLost);
            let other = store.commit_attachments(SYNC, epoch, 6, ("l1", "r9"), told(3)).await;
            assert_eq!(other.unwrap_err().kind, Kind::Conflict);
            assert_eq!(store.journal_tail(SYNC, 0, 9).await.unwrap(), [journal_row(1, 6)]);
            assert_eq!(store.attachments_of(SYNC, "l1").await.unwrap().len(), 1);
        });
    }

    #[test]
    fn pairs_from_before_are_taken_up_in_their_turn() {
        each_engine(async |store| {
            let epoch = lease(&store, SYNC).await;
            let many = (0..2_500).map(|i| link(&format!("{i:04}"), i64::from(i == 7) * 2)).collect();
            store.commit(SYNC, epoch, 1, links(many)).await.unwrap();
            assert_eq!(store.count_attached(SYNC, 9).await.unwrap(), (0, 0));
            store.take_up_attached(SYNC).await.unwrap();
            assert_eq!(store.count_attached(SYNC, 9).await.unwrap(), (0, 2_499));
            assert_eq!(store.next_attached(SYNC, 1).await.unwrap().unwrap().left_id, "l0000");
            let change = Changes { looks: Looks::InTurn, ..links(vec![link("9999", 0)]) };
            store.commit(SYNC, epoch, 2, change).await.unwrap();
            assert_eq!(store.count_attached(SYNC, 9).await.unwrap(), (0, 2_500));
        });
    }

    #[test]
    fn what_is_remembered_goes_with_its_pair_or_when_it_is_erased() {
        each_engine(async |store| {
            let epoch = lease(&store, SYNC).await;
            let three = vec![link("1", 0), link("2", 0), link("3", 0)];
            let change = Changes { looks: Looks::Now, ..links(three) };
            store.commit(SYNC, epoch, 5, change).await.unwrap();
            for pair in [("l1", "r1"), ("l2", "r2"), ("l3", "r3")] {
                let rows = vec![row("a", "請求書.pdf"), row("b", "b")];
                store.commit_attachments(SYNC, epoch, 6, pair, put(rows)).await.unwrap();
            }
            let delete = vec![(Side::Left, "b".to_owned())];
            let delete = AttachmentChanges { delete, ..AttachmentChanges::default() };
            store.commit_attachments(SYNC, epoch, 6, ("l3", "r3"), delete).await.unwrap();
            assert_eq!(store.attachments_of(SYNC, "l3").await.unwrap(), [row("a", "請求書.pdf")]);
            let gone = Changes { links_delete: vec!["l1".into()], ..Changes::default() };
            store.commit(SYNC, epoch, 7, gone).await.unwrap();
            let records = vec![ErasedIds { left: None, right: Some("r2".into()) }];
            store.scrub(SYNC, Scrub { records, ..Scrub::default() }, 8).await.unwrap();
            for pair in [("l1", "r1"), ("l2", "r2")] {
                assert_eq!(store.attachments_of(SYNC, pair.0).await.unwrap(), []);
                let late = store.commit_attachments(SYNC, epoch, 9, pair, put(vec![row("a", "a")])).await;
                assert_eq!(late.unwrap_err().kind, Kind::Conflict);
            }
            // A person's retry puts refused ones back.
            store.attached_again(SYNC, "l3", 10, 1, 0).await.unwrap();
            assert_eq!(store.attachments_of(SYNC, "l3").await.unwrap()[0].state, 0);
        });
    }
}
