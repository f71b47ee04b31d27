//! Parked children whose parent nobody knows, although everything there is was looked at: it was deleted, perhaps before anybody looked, and what told of the
//! child (a bulk read, a query) went on naming it. A reading by id tells what there is now.

use crate::error::Result;
use crate::hint::{self, HintRow};
use crate::link::SyncId;
use crate::sql::{Row, Tx, args};
use musubi_core::Side;
use std::collections::BTreeSet;

/// The parent is in no pair, and no record without a counterpart.
macro_rules! of_whom_nobody_knows {
    ($children:literal) => {
        concat!(
            $children,
            " and not exists (select 1 from link l where p.parent_side = 0 and l.sync = p.parent_sync and l.left_id = p.parent_id) \
            and not exists (select 1 from link l where p.parent_side = 1 and l.sync = p.parent_sync and l.right_id = p.parent_id) \
            and not exists (select 1 from unlinked u where u.sync = p.parent_sync and u.side = p.parent_side and u.id = p.parent_id)"
        )
    };
}

/// Who waits for a record of this sync.
const OF_OURS: &str =
    of_whom_nobody_knows!("select p.sync, p.side, p.id from parked p where p.parent_sync = $1");
/// Who of this sync waits for a record of another one that has looked at everything already.
const OUR_OWN: &str = of_whom_nobody_knows!(
    "select p.sync, p.side, p.id from parked p where p.sync = $1 and p.parent_sync <> $1 \
    and exists (select 1 from run r where r.sync = p.parent_sync and r.ended_at is null and r.kind = $2)"
);
pub(crate) const STATEMENTS: &[&str] = &[OF_OURS, OUR_OWN];

/// Everything of `sync` was looked at: turns those children into hints for their syncs, and gives these. `changes` is the kind of the runs that look at nothing
/// but changes: a sync in such a run has looked at everything as well.
pub(crate) async fn wake(tx: &Tx, sync: SyncId, now: i64, changes: i64) -> Result<BTreeSet<SyncId>> {
    let child = |row: &Row<'_>| Ok((SyncId(row.int(0)?), row.side(1)?, row.text(2)?));
    let mut hints: BTreeSet<(SyncId, Side, String)> = BTreeSet::new();
    hints.extend(tx.rows(OF_OURS, &args![sync], child).await?);
    hints.extend(tx.rows(OUR_OWN, &args![sync, changes], child).await?);
    let hints: Vec<_> =
        hints.into_iter().map(|(sync, side, id)| (sync, HintRow { side, id, at: now })).collect();
    hint::put(tx, &hints)?;
    Ok(hints.iter().map(|(sync, _)| *sync).collect())
}

#[cfg(test)]
mod tests {
    use crate::commit::Changes;
    use crate::link::SyncId;
    use crate::parked::ParkedRow;
    use crate::run::RunRow;
    use crate::store::Store;
    use crate::testing::{SYNC, each_engine, lease, link, links, unlinked};
    use musubi_core::Side;

    const CHILDREN: SyncId = SyncId(30);
    const LOAD: i64 = 0;
    const ORDINARY: i64 = 1;

    fn child(id: &str, parent_id: &str) -> ParkedRow {
        ParkedRow {
            side: Side::Left,
            id: id.into(),
            parent_sync: SYNC,
            parent_side: Side::Left,
            parent_id: parent_id.into(),
        }
    }

    fn run(kind: i64) -> Changes {
        let run = RunRow { id: 1, kind, started_at: 1, ended_at: None, body: Vec::new() };
        Changes { runs: vec![run], ..Changes::default() }
    }

    async fn hinted(store: &Store) -> Vec<String> {
        store.hints(CHILDREN, 10).await.unwrap().into_iter().map(|hint| hint.id).collect()
    }

    fn over() -> Changes {
        Changes { looked_at_all: Some(ORDINARY), ..Changes::default() }
    }

    #[test]
    fn when_everything_was_looked_at_who_waits_for_what_nobody_knows_is_worth_a_look() {
        each_engine(async |store| {
            let (parents, children) = (lease(&store, SYNC).await, lease(&store, CHILDREN).await);
            let known = Changes {
                unlinked_put: vec![unlinked(Side::Left, "held", 1, 0)],
                ..links(vec![link("9", 0)])
            };
            store.commit(SYNC, parents, 1, known).await.unwrap();
            let parked_put = vec![child("c1", "gone"), child("c2", "held")];
            store.commit(CHILDREN, children, 1, Changes { parked_put, ..Changes::default() }).await.unwrap();
            let done = store.commit(SYNC, parents, 2, over()).await.unwrap();
            assert_eq!((done.woken, hinted(&store).await), (vec![CHILDREN], vec!["c1".to_owned()]));
        });
    }

    #[test]
    fn who_has_looked_at_all_asks_about_its_own_children_once_their_parents_are_known() {
        each_engine(async |store| {
            let (parents, children) = (lease(&store, SYNC).await, lease(&store, CHILDREN).await);
            let parked_put = vec![child("c1", "gone")];
            store.commit(CHILDREN, children, 1, Changes { parked_put, ..Changes::default() }).await.unwrap();
            store.commit(SYNC, parents, 1, run(LOAD)).await.unwrap();
            let done = store.commit(CHILDREN, children, 2, over()).await.unwrap();
            assert_eq!(done.woken, [], "the parents are being read: one of them may be it");
            let ended = RunRow { id: 1, kind: LOAD, started_at: 1, ended_at: Some(2), body: Vec::new() };
            let next = RunRow { id: 2, kind: ORDINARY, started_at: 2, ended_at: None, body: Vec::new() };
            let runs = Changes { runs: vec![ended, next], ..Changes::default() };
            store.commit(SYNC, parents, 3, runs).await.unwrap();
            let done = store.commit(CHILDREN, children, 4, over()).await.unwrap();
            assert_eq!((done.woken, hinted(&store).await), (vec![CHILDREN], vec!["c1".to_owned()]));
        });
    }
}
