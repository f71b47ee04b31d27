//! Parked children: records that wait until their parent, in another module sync, is linked (invariant I12).

use crate::error::Result;
use crate::link::{self, SyncId};
use crate::single::values;
use crate::sql::{Expect, Row, Tx, args};
use crate::{hint, hint::HintRow, lease};
use musubi_core::Side;
use std::collections::{BTreeMap, BTreeSet};

/// A record and the parent it waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParkedRow {
    /// The side of the child.
    pub side: Side,
    /// The child's id.
    pub id: String,
    /// The parent's module sync.
    pub parent_sync: SyncId,
    /// The side of the parent.
    pub parent_side: Side,
    /// The parent's id.
    pub parent_id: String,
}

const PUT: &str = "insert into parked (sync, side, id, parent_sync, parent_side, parent_id) \
    values /*rows*/ ($1, $2, $3, $4, $5, $6) \
    on conflict (sync, side, id, parent_sync, parent_side, parent_id) do nothing";
const DELETE: &str = "delete from parked where sync = $1 and side = $2 and id in (/*list*/ $3)";
const ANY: &str = "select sync from parked where parent_sync = $1 limit 1";
const WAITING: &str = "select sync, side, id from parked \
    where parent_sync = $1 and parent_side = $2 and parent_id in (/*list*/ $3)";
const FREE: &str =
    "delete from parked where parent_sync = $1 and parent_side = $2 and parent_id in (/*list*/ $3)";
const OF_SYNC: &str = "select side, id, parent_sync, parent_side, parent_id from parked \
    where sync = $1 order by side, id, parent_sync limit $2";
const WHO_WAITS: &str = "select distinct side, id from parked \
    where sync = $1 and side >= $2 and (side > $2 or id > $3) order by side, id limit $4";
const OF_RECORD: &str = "select side, id, parent_sync, parent_side, parent_id from parked \
    where sync = $1 and side = $2 and id = $3 order by parent_sync, parent_id";
const ALONE: &str = "select distinct p.id from parked p \
    join unlinked u on u.sync = p.sync and u.side = p.side and u.id = p.id \
    where p.sync = $1 and p.side = $2 and p.parent_sync = $3 and u.state = $4 order by p.id";
pub(crate) const STATEMENTS: &[&str] =
    &[PUT, DELETE, ANY, WAITING, FREE, OF_SYNC, WHO_WAITS, OF_RECORD, ALONE];

pub(crate) fn put(tx: &Tx, sync: SyncId, rows: &[ParkedRow]) -> Result<()> {
    let rows = rows
        .iter()
        .map(|row| args![sync, row.side, &row.id, row.parent_sync, row.parent_side, &row.parent_id]);
    tx.queue_rows(PUT, rows, Expect::Any)
}

pub(crate) fn delete(tx: &Tx, sync: SyncId, records: &[(Side, String)]) -> Result<()> {
    for side in Side::BOTH {
        let ids: Vec<_> = records.iter().filter(|(at, _)| *at == side).map(|(_, id)| id.into()).collect();
        tx.queue_in(DELETE, &args![sync, side], ids.into_iter())?;
    }
    Ok(())
}

/// Locks the leases of the parents' syncs, in order of their numbers together with our own: a parent cannot be linked
/// between our look and our commit without seeing the child that waits for it.
pub(crate) fn parents_to_lock(sync: SyncId, rows: &[ParkedRow]) -> BTreeSet<SyncId> {
    rows.iter().map(|row| row.parent_sync).filter(|parent| *parent != sync).collect()
}

/// Turns the children of what is linked into hints for their syncs, and gives these.
///
/// `linked` are our own records linked just now; `rows` are children parked just now, whose parent another partition
/// may have linked since we looked.
pub(crate) async fn wake(
    tx: &Tx,
    sync: SyncId,
    now: i64,
    linked: [&[&str]; 2],
    rows: &[ParkedRow],
) -> Result<BTreeSet<SyncId>> {
    let mut free: BTreeMap<(SyncId, Side), BTreeSet<String>> = BTreeMap::new();
    if linked.iter().any(|ids| !ids.is_empty())
        && tx.row(ANY, &args![sync], |row| row.int(0)).await?.is_some()
    {
        for (side, ids) in Side::BOTH.into_iter().zip(linked) {
            free.entry((sync, side)).or_default().extend(ids.iter().map(|id| (*id).to_owned()));
        }
    }
    let mut parents: BTreeMap<(SyncId, Side), Vec<&str>> = BTreeMap::new();
    for row in rows {
        parents.entry((row.parent_sync, row.parent_side)).or_default().push(&row.parent_id);
    }
    for ((parent_sync, side), ids) in &parents {
        let others = link::others(tx, *parent_sync, *side, ids).await?;
        let linked = others.into_iter().filter(|(_, other)| other.is_some()).map(|(id, _)| id);
        free.entry((*parent_sync, *side)).or_default().extend(linked);
    }
    let mut hints: BTreeMap<(SyncId, Side, String), i64> = BTreeMap::new();
    for ((parent_sync, side), ids) in &free {
        let ids: Vec<_> = ids.iter().map(Into::into).collect();
        let children = tx
            .rows_in(WAITING, &args![*parent_sync, *side], &ids, |row| {
                Ok((SyncId(row.int(0)?), row.side(1)?, row.text(2)?))
            })
            .await?;
        if !children.is_empty() {
            tx.queue_in(FREE, &args![*parent_sync, *side], ids.into_iter())?;
        }
        hints.extend(children.into_iter().map(|child| (child, now)));
    }
    let hints: Vec<_> =
        hints.into_iter().map(|((sync, side, id), at)| (sync, HintRow { side, id, at })).collect();
    hint::put(tx, &hints)?;
    Ok(hints.iter().map(|(sync, _)| *sync).collect())
}

/// Turns the children that wait for records of ours without a future into hints for their syncs, and gives these. They wait on: the record may be mended.
pub(crate) async fn tell_stuck(
    tx: &Tx,
    sync: SyncId,
    now: i64,
    stuck: &[(Side, String)],
) -> Result<BTreeSet<SyncId>> {
    if stuck.is_empty() || tx.row(ANY, &args![sync], |row| row.int(0)).await?.is_none() {
        return Ok(BTreeSet::new());
    }
    let mut hints: BTreeSet<(SyncId, Side, String)> = BTreeSet::new();
    for side in Side::BOTH {
        let ids: Vec<_> = stuck.iter().filter(|(at, _)| *at == side).map(|(_, id)| id.into()).collect();
        let children = tx
            .rows_in(WAITING, &args![sync, side], &ids, |row| {
                Ok((SyncId(row.int(0)?), row.side(1)?, row.text(2)?))
            })
            .await?;
        hints.extend(children);
    }
    let hints: Vec<_> =
        hints.into_iter().map(|(sync, side, id)| (sync, HintRow { side, id, at: now })).collect();
    hint::put(tx, &hints)?;
    Ok(hints.iter().map(|(sync, _)| *sync).collect())
}

impl crate::Store {
    /// The children of this sync that wait for a parent.
    pub async fn parked(&self, sync: SyncId, limit: i64) -> Result<Vec<ParkedRow>> {
        self.read(move |tx| Box::pin(async move { tx.rows(OF_SYNC, &args![sync, limit], parked).await }))
            .await
    }

    /// Records of this sync that wait for a parent, each once, in order: those after this one, if one is given.
    pub async fn waiting(
        &self,
        sync: SyncId,
        after: Option<(Side, String)>,
        limit: i64,
    ) -> Result<Vec<(Side, String)>> {
        let (side, id) = after.unwrap_or((Side::Left, String::new()));
        self.all(WHO_WAITS, values![sync, side.number(), id.as_str(), limit], |row| {
            Ok((row.side(0)?, row.text(1)?))
        })
        .await
    }

    /// The records of a side without counterpart, in this state, that wait for a parent of another sync.
    pub async fn alone_for(
        &self,
        (sync, side): (SyncId, Side),
        parent: SyncId,
        state: i64,
    ) -> Result<Vec<String>> {
        self.all(ALONE, values![sync, side.number(), parent, state], |row| row.text(0)).await
    }

    /// The parents that one record waits for.
    pub async fn parked_of(&self, sync: SyncId, side: Side, id: &str) -> Result<Vec<ParkedRow>> {
        self.all(OF_RECORD, values![sync, side.number(), id], parked).await
    }
}

fn parked(row: &Row<'_>) -> Result<ParkedRow> {
    Ok(ParkedRow {
        side: row.side(0)?,
        id: row.text(1)?,
        parent_sync: SyncId(row.int(2)?),
        parent_side: row.side(3)?,
        parent_id: row.text(4)?,
    })
}

/// Queues the fence of our own lease and the locks of the parents', in one order for all transactions.
pub(crate) fn fence(tx: &Tx, sync: SyncId, epoch: i64, rows: &[ParkedRow]) -> Result<()> {
    let parents = parents_to_lock(sync, rows);
    for parent in parents.range(..sync) {
        lease::lock(tx, *parent)?;
    }
    lease::fence(tx, sync, epoch)?;
    for parent in parents.range(sync..) {
        lease::lock(tx, *parent)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commit::Changes;
    use crate::store::Store;
    use crate::testing::{SYNC, each_engine, lease, link, links, unlinked};

    const CHILDREN: SyncId = SyncId(30);

    fn child(id: &str, parent_side: Side, parent_id: &str) -> ParkedRow {
        ParkedRow {
            side: Side::Left,
            id: id.into(),
            parent_sync: SYNC,
            parent_side,
            parent_id: parent_id.into(),
        }
    }

    fn park(rows: Vec<ParkedRow>) -> Changes {
        Changes { parked_put: rows, ..Changes::default() }
    }

    async fn hinted(store: &Store) -> Vec<String> {
        store.hints(CHILDREN, 10).await.unwrap().into_iter().map(|hint| hint.id).collect()
    }

    #[test]
    fn a_child_goes_on_when_its_parent_is_linked() {
        each_engine(async |store| {
            let (parents, children) = (lease(&store, SYNC).await, lease(&store, CHILDREN).await);
            let rows = vec![
                child("c1", Side::Left, "l1"),
                child("c2", Side::Right, "r1"),
                child("c3", Side::Left, "l2"),
            ];
            assert_eq!(store.commit(CHILDREN, children, 1, park(rows)).await.unwrap().woken, []);
            let done = store.commit(SYNC, parents, 2, links(vec![link("1", 0), link("9", 0)])).await.unwrap();
            assert_eq!(done.woken, [CHILDREN]);
            assert_eq!(hinted(&store).await, ["c1", "c2"]);
            let waiting: Vec<_> =
                store.parked(CHILDREN, 9).await.unwrap().into_iter().map(|row| row.id).collect();
            assert_eq!(waiting, ["c3"]);
            let who = store.waiting(CHILDREN, None, 9).await.unwrap();
            assert_eq!(who, [(Side::Left, "c3".to_owned())]);
            assert_eq!(store.waiting(CHILDREN, who.last().cloned(), 9).await.unwrap(), []);
            let of_one = store.parked_of(CHILDREN, Side::Left, "c3").await.unwrap();
            assert_eq!(of_one, [child("c3", Side::Left, "l2")]);
            let gone = Changes { parked_delete: vec![(Side::Left, "c3".into())], ..Changes::default() };
            store.commit(CHILDREN, children, 3, gone).await.unwrap();
            assert_eq!(store.parked(CHILDREN, 9).await.unwrap(), []);
        });
    }

    #[test]
    fn those_that_wait_alone_are_told_from_pairs_and_from_those_that_wait_for_others() {
        each_engine(async |store| {
            let epoch = lease(&store, CHILDREN).await;
            let rows = ["c1", "c2", "c3"].map(|id| child(id, Side::Left, "1"));
            let alone = [("c1", 3), ("c2", 1)].map(|(id, state)| unlinked(Side::Left, id, state, 0));
            let changes = Changes { unlinked_put: alone.to_vec(), ..park(rows.to_vec()) };
            store.commit(CHILDREN, epoch, 1, changes).await.unwrap();
            let of = async |side, parent| store.alone_for((CHILDREN, side), parent, 3).await.unwrap();
            assert_eq!(of(Side::Left, SYNC).await, ["c1"]);
            assert!(of(Side::Right, SYNC).await.is_empty() && of(Side::Left, CHILDREN).await.is_empty());
        });
    }

    #[test]
    fn a_child_parked_after_its_parent_was_linked_does_not_wait() {
        each_engine(async |store| {
            let (parents, children) = (lease(&store, SYNC).await, lease(&store, CHILDREN).await);
            store.commit(SYNC, parents, 1, links(vec![link("1", 0)])).await.unwrap();
            let done =
                store.commit(CHILDREN, children, 2, park(vec![child("c1", Side::Left, "l1")])).await.unwrap();
            assert_eq!(done.woken, [CHILDREN]);
            assert_eq!(hinted(&store).await, ["c1"]);
            assert_eq!(store.parked(CHILDREN, 9).await.unwrap(), []);
        });
    }

    #[test]
    fn a_child_hears_that_its_parent_is_stuck_and_waits_on() {
        each_engine(async |store| {
            let (parents, children) = (lease(&store, SYNC).await, lease(&store, CHILDREN).await);
            let rows = vec![child("c1", Side::Left, "l1"), child("c2", Side::Right, "l1")];
            store.commit(CHILDREN, children, 1, park(rows.clone())).await.unwrap();
            let stuck = Changes { stuck: vec![(Side::Left, "l1".into())], ..Changes::default() };
            assert_eq!(store.commit(SYNC, parents, 2, stuck).await.unwrap().woken, [CHILDREN]);
            assert_eq!(hinted(&store).await, ["c1"]);
            assert_eq!(store.parked(CHILDREN, 9).await.unwrap(), rows);
        });
    }

    /// Whatever the order in which parking and linking meet, nobody waits for ever.
    #[test]
    fn no_child_is_forgotten_between_two_processes() {
        each_engine(async |store| {
            let (parents, children) = (lease(&store, SYNC).await, lease(&store, CHILDREN).await);
            let linking = async {
                for i in 0..30 {
                    store.commit(SYNC, parents, 1, links(vec![link(&i.to_string(), 0)])).await.unwrap();
                }
            };
            let parking = async {
                for i in 0..30 {
                    let row = child(&format!("c{i}"), Side::Left, &format!("l{i}"));
                    store.commit(CHILDREN, children, 1, park(vec![row])).await.unwrap();
                }
            };
            futures::join!(linking, parking);
            assert_eq!(store.parked(CHILDREN, 99).await.unwrap(), []);
            assert_eq!(store.hints(CHILDREN, 99).await.unwrap().len(), 30);
        });
    }
}
