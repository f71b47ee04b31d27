//! The one transaction a partition changes by.

use crate::attachment::{self, Looks};
use crate::attention::{self, AttentionRow};
use crate::decision;
use crate::error::Result;
use crate::hint::{self, HintRow};
use crate::intent::{self, IntentRow, Reservation};
use crate::journal::{self, JournalRow};
use crate::link::{self, LinkRow, SyncId};
use crate::lost_parents;
use crate::match_key::{self, MatchRow};
use crate::parked::{self, ParkedRow};
use crate::run::{self, OutcomeRow, RunRow};
use crate::sql::{Expect, Tx, args};
use crate::store::Store;
use crate::unlinked::{self, UnlinkedRow};
use crate::wake;
use musubi_core::Side;
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

/// Everything that is to change together. Deletes come before puts; apart from that the order means nothing. A row
/// that is put twice counts as its last one.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// New links, and links whose state or body changes. A link's records never change: to tie a record to another
    /// one, delete the old link in the same commit.
    pub links_put: Vec<LinkRow>,
    /// Links to delete, by their left ids.
    pub links_delete: Vec<String>,
    /// Records to keep without a link.
    pub unlinked_put: Vec<UnlinkedRow>,
    /// Records no longer kept without a link.
    pub unlinked_delete: Vec<(Side, String)>,
    /// Match keys that records have now.
    pub keys_put: Vec<MatchRow>,
    /// Match keys that records have no more; several of one record should stand together.
    pub keys_delete: Vec<MatchRow>,
    /// Intents, new or changed.
    pub intents_put: Vec<IntentRow>,
    /// Intents that have their outcome; frees what they reserved.
    pub intents_delete: Vec<i64>,
    /// Match keys that the creates of new intents reserve.
    pub reserve: Vec<Reservation>,
    /// New entries.
    pub journal: Vec<JournalRow>,
    /// Runs, new or changed.
    pub runs: Vec<RunRow>,
    /// Outcomes to add.
    pub outcomes: Vec<OutcomeRow>,
    /// Attention items, new or changed.
    pub attention_put: Vec<AttentionRow>,
    /// Attention items that are settled.
    pub attention_close: Vec<i64>,
    /// Records whose open attention items are settled, but for conflicts that were skipped: those are closed by their numbers.
    pub attention_close_of: Vec<(Side, String)>,
    /// Children that wait for a parent.
    pub parked_put: Vec<ParkedRow>,
    /// Records of the sync that get no counterpart by themselves: the children that wait for them are worth a look.
    pub stuck: Vec<(Side, String)>,
    /// Children that wait no more.
    pub parked_delete: Vec<(Side, String)>,
    /// Everything of the sync was looked at; the kind of the runs that look at nothing but changes. The children that wait for what nobody knows are worth a look.
    pub looked_at_all: Option<i64>,
    /// What became of decisions, by their numbers.
    pub answers: Vec<(i64, String)>,
    /// Hints that were dealt with, as they were read.
    pub hints_delete: Vec<HintRow>,
    /// Records of any sync that are worth a look. Children parked on what `links_put` links need not be named.
    pub wake: Vec<(SyncId, Side, String)>,
    /// When the attachments of the pairs in `links_put` are to be looked at.
    pub looks: Looks,
    /// The engine's own state of the module sync: cursors and the like.
    pub state: Option<Vec<u8>>,
}

impl Changes {
    /// True when nothing but the state and counts of outcomes would change.
    pub fn is_empty(&self) -> bool {
        let Changes {
            links_put,
            links_delete,
            unlinked_put,
            unlinked_delete,
            keys_put,
            keys_delete,
            intents_put,
            intents_delete,
            reserve,
            journal,
            runs,
            outcomes: _,
            attention_put,
            attention_close,
            attention_close_of,
            parked_put,
            stuck,
            parked_delete,
            looked_at_all,
            answers,
            hints_delete,
            wake,
            looks: _,
            state: _,
        } = self;
        let links = links_put.is_empty() && links_delete.is_empty();
        let unlinked = unlinked_put.is_empty() && unlinked_delete.is_empty();
        let keys = keys_put.is_empty() && keys_delete.is_empty();
        let intents = intents_put.is_empty() && intents_delete.is_empty() && reserve.is_empty();
        let told = journal.is_empty() && runs.is_empty();
        let attention =
            attention_put.is_empty() && attention_close.is_empty() && attention_close_of.is_empty();
        let parked = parked_put.is_empty() && parked_delete.is_empty() && stuck.is_empty();
        links
            && unlinked
            && keys
            && intents
            && told
            && attention
            && parked
            && looked_at_all.is_none()
            && answers.is_empty()
            && hints_delete.is_empty()
            && wake.is_empty()
    }
}

/// What came of a commit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Committed {
    /// The module syncs that got hints by it.
    pub woken: Vec<SyncId>,
}

const PUT_STATE: &str = "insert into sync_state (sync, state) values ($1, $2) \
    on conflict (sync) do update set state = excluded.state";
const READ_STATE: &str = "select state from sync_state where sync = $1";
pub(crate) const STATEMENTS: &[&str] = &[PUT_STATE, READ_STATE];

/// Drops every row but the last of each key: one statement must not change a row twice.
macro_rules! keep_last {
    ($rows:expr, $row:ident => $key:expr) => {{
        let mut seen = HashSet::with_capacity($rows.len());
        let last: Vec<bool> = $rows.iter().rev().map(|$row| seen.insert($key)).collect();
        if last.contains(&false) {
            let mut last = last.into_iter().rev();
            $rows.retain(|_| last.next().unwrap_or(true));
        }
    }};
}

impl Store {
    /// Changes everything in one transaction, or nothing (invariant I9), if `epoch` is still that of the lease
    /// (`LeaseLost` otherwise). After `Unreachable` it is not known whether it was done: read the state again.
    pub async fn commit(&self, sync: SyncId, epoch: i64, now: i64, mut change: Changes) -> Result<Committed> {
        keep_last!(change.links_put, row => row.left_id.as_str());
        keep_last!(change.unlinked_put, row => (row.side, row.id.as_str()));
        keep_last!(change.intents_put, row => row.id);
        keep_last!(change.attention_put, row => row.id);
        keep_last!(change.runs, row => row.id);
        let change = Arc::new(change);
        let woken: BTreeSet<SyncId> = self
            .write(move |tx| {
                let change = Arc::clone(&change);
                Box::pin(async move { apply(tx, sync, epoch, now, &change).await })
            })
            .await?;
        self.ring(&woken);
        Ok(Committed { woken: woken.into_iter().collect() })
    }

    /// The engine's own state of the module sync, if it has one yet.
    pub async fn sync_state(&self, sync: SyncId) -> Result<Option<Vec<u8>>> {
        self.read(move |tx| {
            Box::pin(async move { tx.row(READ_STATE, &args![sync], |row| row.bytes(0)).await })
        })
        .await
    }
}

async fn apply(tx: &Tx, sync: SyncId, epoch: i64, now: i64, change: &Changes) -> Result<BTreeSet<SyncId>> {
    parked::fence(tx, sync, epoch, &change.parked_put)?;

    link::delete(tx, sync, &change.links_delete)?;
    attachment::forget(tx, sync, now, &change.links_delete)?;
    unlinked::delete(tx, sync, &change.unlinked_delete)?;
    match_key::delete(tx, sync, &change.keys_delete)?;
    intent::delete(tx, sync, &change.intents_delete)?;
    parked::delete(tx, sync, &change.parked_delete)?;
    hint::delete(tx, sync, &change.hints_delete)?;
    attention::close(tx, sync, now, &change.attention_close)?;
    attention::close_of(tx, sync, now, &change.attention_close_of)?;

    link::put(tx, sync, &change.links_put)?;
    attachment::follow(tx, sync, now, change.looks, &change.links_put)?;
    unlinked::put(tx, sync, &change.unlinked_put)?;
    match_key::put(tx, sync, &change.keys_put, &change.links_put)?;
    intent::put(tx, sync, &change.intents_put)?;
    intent::reserve(tx, sync, &change.reserve)?;
    journal::put(tx, sync, &change.journal)?;
    run::put(tx, sync, &change.runs)?;
    run::add(tx, sync, &change.outcomes)?;
    attention::put(tx, sync, &change.attention_put)?;
    parked::put(tx, sync, &change.parked_put)?;
    decision::answer(tx, sync, now, &change.answers)?;
    if let Some(state) = &change.state {
        tx.queue(PUT_STATE, &args![sync, state], Expect::Any)?;
    }
    wake_others(tx, sync, now, change).await
}

async fn wake_others(tx: &Tx, sync: SyncId, now: i64, change: &Changes) -> Result<BTreeSet<SyncId>> {
    let asked: BTreeSet<&(SyncId, Side, String)> = change.wake.iter().collect();
    let asked: Vec<_> = asked
        .into_iter()
        .map(|(sync, side, id)| (*sync, HintRow { side: *side, id: id.clone(), at: now }))
        .collect();
    hint::put(tx, &asked)?;
    let left: Vec<&str> = change.links_put.iter().map(|link| link.left_id.as_str()).collect();
    let right: Vec<&str> = change.links_put.iter().map(|link| link.right_id.as_str()).collect();
    let mut woken = parked::wake(tx, sync, now, [&left, &right], &change.parked_put).await?;
    woken.extend(parked::tell_stuck(tx, sync, now, &change.stuck).await?);
    if let Some(changes) = change.looked_at_all {
        woken.extend(lost_parents::wake(tx, sync, now, changes).await?);
    }
    woken.extend(asked.iter().map(|(sync, _)| *sync));
    wake::notify(tx, &woken);
    Ok(woken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;
    use crate::load::Want;
    use crate::testing::{SYNC, each_engine, lease, link, links, unlinked};

    async fn link_count(store: &Store) -> usize {
        store.scan_links(SYNC, "", 1000).await.unwrap().len()
    }

    #[test]
    fn everything_put_is_loaded_and_everything_deleted_is_gone() {
        each_engine(async |store| {
            let epoch = lease(&store, SYNC).await;
            let key = [9; 16];
            let put = Changes {
                links_put: (0..300).map(|i| link(&format!("{i:03}"), i)).collect(),
                unlinked_put: vec![unlinked(Side::Left, "u1", 2, 50), unlinked(Side::Right, "u1", 3, 60)],
                keys_put: vec![
                    MatchRow { side: Side::Left, key, id: "l001".into() },
                    MatchRow { side: Side::Left, key, id: "u1".into() },
                    MatchRow { side: Side::Left, key, id: "u1".into() },
                    MatchRow { side: Side::Right, key, id: "u1".into() },
                ],
                state: Some(b"cursor".to_vec()),
                ..Changes::default()
            };
            store.commit(SYNC, epoch, 1, put.clone()).await.unwrap();
            let want = Want {
                ids: vec![
                    (Side::Left, "l007".into()),
                    (Side::Right, "r007".into()),
                    (Side::Right, "r008".into()),
                    (Side::Left, "u1".into()),
                    (Side::Left, "nobody".into()),
                ],
                keys: vec![(Side::Left, key), (Side::Right, [1; 16])],
                refs: vec![
                    (SYNC, Side::Right, "r001".into()),
                    (SyncId(99), Side::Right, "r001".into()),
                    (SYNC, Side::Left, "l299".into()),
                ],
                ..Want::default()
            };
            let mut found = store.load(SYNC, want.clone()).await.unwrap();
            found.links.sort_by(|a, b| a.left_id.cmp(&b.left_id));
            found.matches.sort_by(|a, b| a.id.cmp(&b.id));
            assert_eq!(found.links, [link("007", 7), link("008", 8)]);
            assert_eq!(found.unlinked, [unlinked(Side::Left, "u1", 2, 50)]);
            assert_eq!(found.matches, put.keys_put[..2]);
            let others: Vec<_> = found.refs.into_iter().map(|row| row.other).collect();
            assert_eq!(others, [Some("l001".into()), None, Some("r299".into())]);
            assert_eq!(store.sync_state(SYNC).await.unwrap().unwrap(), b"cursor");
            assert_eq!(store.sync_state(SyncId(8)).await.unwrap(), None);

            let delete = Changes {
                links_delete: vec!["l007".into(), "l008".into()],
                unlinked_delete: vec![(Side::Left, "u1".into())],
                keys_delete: put.keys_put[..2].to_vec(),
                ..Changes::default()
            };
            store.commit(SYNC, epoch, 2, delete).await.unwrap();
            let found = store.load(SYNC, want).await.unwrap();
            assert_eq!((found.links, found.unlinked, found.matches), (vec![], vec![], vec![]));
            assert_eq!(link_count(&store).await, 298);
        });
    }

    #[test]
    fn a_commit_of_an_older_epoch_changes_nothing() {
        each_engine(async |store| {
            let old = lease(&store, SYNC).await;
            store.release(SYNC, old).await.unwrap();
            let new = lease(&store, SYNC).await;
            let lost = store.commit(SYNC, old, 1, links(vec![link("1", 0)])).await.unwrap_err();
            assert_eq!(lost.kind, Kind::LeaseLost);
            assert_eq!(link_count(&store).await, 0);
            store.commit(SYNC, new, 1, links(vec![link("1", 0)])).await.unwrap();
            assert_eq!(link_count(&store).await, 1);
        });
    }

    #[test]
    fn a_lost_lease_is_told_before_a_conflict() {
        each_engine(async |store| {
            let epoch = lease(&store, SYNC).await;
            store.commit(SYNC, epoch, 1, links(vec![link("1", 0)])).await.unwrap();
            let twin = LinkRow { left_id: "other".into(), ..link("1", 0) };
            let lost = store.commit(SYNC, epoch + 1, 1, links(vec![twin])).await.unwrap_err();
            assert_eq!(lost.kind, Kind::LeaseLost);
        });
    }

    #[test]
    fn links_are_injective() {
        each_engine(async |store| {
            let epoch = lease(&store, SYNC).await;
            store.commit(SYNC, epoch, 1, links(vec![link("1", 0), link("2", 0)])).await.unwrap();
            let same_right = LinkRow { left_id: "l3".into(), ..link("1", 5) };
            let same_left = LinkRow { right_id: "r3".into(), ..link("1", 5) };
            for twin in [same_right, same_left.clone()] {
                let change =
                    Changes { journal: vec![], state: Some(vec![1]), ..links(vec![link("9", 0), twin]) };
                let refused = store.commit(SYNC, epoch, 1, change).await.unwrap_err();
                assert_eq!((refused.kind, refused.code), (Kind::Conflict, "store.conflict_link"));
                assert_eq!(link_count(&store).await, 2);
                assert_eq!(store.sync_state(SYNC).await.unwrap(), None);
            }
            // Tying a record to another one takes a delete of the old link.
            let tied = Changes { links_delete: vec!["l1".into()], ..links(vec![same_left.clone()]) };
            store.commit(SYNC, epoch, 1, tied).await.unwrap();
            assert_eq!(store.scan_links(SYNC, "", 1).await.unwrap(), [same_left]);
        });
    }

    #[test]
    fn a_row_put_twice_counts_as_its_last() {
        each_engine(async |store| {
            let epoch = lease(&store, SYNC).await;
            let change = Changes {
                unlinked_put: vec![unlinked(Side::Left, "u", 1, 1), unlinked(Side::Left, "u", 2, 2)],
                ..links(vec![link("1", 1), link("2", 0), link("1", 2)])
            };
            store.commit(SYNC, epoch, 1, change).await.unwrap();
            assert_eq!(store.scan_links(SYNC, "", 9).await.unwrap(), [link("1", 2), link("2", 0)]);
            let kept = store.scan_unlinked(SYNC, None, None, None, 9).await.unwrap();
            assert_eq!(kept, [unlinked(Side::Left, "u", 2, 2)]);
        });
    }
}
