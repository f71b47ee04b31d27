//! How much there is of everything in a module sync.

use crate::error::Result;
use crate::link::SyncId;
use crate::sql::{Arg, Row, args};
use crate::store::Store;
use musubi_core::Side;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a module sync holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Links by state.
    pub links: Vec<(i64, i64)>,
    /// Records without a link by side and state.
    pub unlinked: Vec<(Side, i64, i64)>,
    /// Open attention items by kind and code.
    pub attention: Vec<(i64, String, i64)>,
    /// Intents without an outcome.
    pub intents: i64,
    /// Children that wait for a parent.
    pub parked: i64,
    /// Hints not dealt with.
    pub hints: i64,
}

impl Counts {
    /// All links.
    pub fn all_links(&self) -> i64 {
        self.links.iter().map(|(_, count)| count).sum()
    }
}

const LINKS: &str = "select count(*) from link where sync = $1";
const OPEN_LINKS: &str = "select state, count(*) from link where sync = $1 and state <> 0 \
    group by state order by state";
const UNLINKED: &str = "select side, state, count(*) from unlinked where sync = $1 group by side, state \
    order by side, state";
const ATTENTION: &str = "select kind, code, count(*) from attention where sync = $1 and state = 0 \
    group by kind, code order by kind, code";
const MATTERS: &str = "select sync, code, count(*) from attention where sync in (/*list*/ $1) and state = 0 \
    group by sync, code order by sync, code";
const INTENTS: &str = "select count(*) from intent where sync = $1";
/// A record may wait for one of several.
const PARKED: &str = "select count(*) from (select distinct side, id from parked where sync = $1) as waiting";
const HINTS: &str = "select count(*) from hint where sync = $1";
pub(crate) const STATEMENTS: &[&str] =
    &[LINKS, OPEN_LINKS, UNLINKED, ATTENTION, MATTERS, INTENTS, PARKED, HINTS];

impl Store {
    /// Open attention items of these module syncs, counted by code.
    pub async fn open_matters(&self, syncs: Vec<SyncId>) -> Result<BTreeMap<SyncId, Vec<(String, i64)>>> {
        let syncs = Arc::new(syncs);
        let rows = self.read(move |tx| {
            let syncs = Arc::clone(&syncs);
            Box::pin(async move {
                let of: Vec<Arg<'_>> = syncs.iter().map(|sync| Arg::Int(Some(sync.0))).collect();
                tx.rows_in(MATTERS, &[], &of, |row| Ok((SyncId(row.int(0)?), row.text(1)?, row.int(2)?)))
                    .await
            })
        });
        let mut matters = BTreeMap::<_, Vec<_>>::new();
        for (sync, code, count) in rows.await? {
            matters.entry(sync).or_default().push((code, count));
        }
        Ok(matters)
    }

    /// Counts everything. Reads the shorter index of the links once, and of those that are not at rest alone what they are.
    pub async fn counts(&self, sync: SyncId) -> Result<Counts> {
        self.read(move |tx| {
            Box::pin(async move {
                let one = |row: &Row<'_>| row.int(0);
                let all = tx.row(LINKS, &args![sync], one).await?.unwrap_or(0);
                let mut links =
                    tx.rows(OPEN_LINKS, &args![sync], |row| Ok((row.int(0)?, row.int(1)?))).await?;
                let at_rest = all - links.iter().map(|(_, count)| count).sum::<i64>();
                if at_rest > 0 {
                    links.insert(0, (0, at_rest));
                }
                Ok(Counts {
                    links,
                    unlinked: tx
                        .rows(UNLINKED, &args![sync], |row| Ok((row.side(0)?, row.int(1)?, row.int(2)?)))
                        .await?,
                    attention: tx
                        .rows(ATTENTION, &args![sync], |row| Ok((row.int(0)?, row.text(1)?, row.int(2)?)))
                        .await?,
                    intents: tx.row(INTENTS, &args![sync], one).await?.unwrap_or(0),
                    parked: tx.row(PARKED, &args![sync], one).await?.unwrap_or(0),
                    hints: tx.row(HINTS, &args![sync], one).await?.unwrap_or(0),
                })
            })
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{SYNC, each_engine, lease, link, links, unlinked};

    #[test]
    fn everything_is_counted_by_what_people_ask_for() {
        each_engine(async |store| {
            assert_eq!(store.counts(SYNC).await.unwrap(), Counts::default());
            let epoch = lease(&store, SYNC).await;
            let mut change = links(vec![link("1", 0), link("2", 4), link("3", 4)]);
            change.unlinked_put = vec![unlinked(Side::Right, "a", 2, 0), unlinked(Side::Right, "b", 2, 0)];
            store.commit(SYNC, epoch, 1, change).await.unwrap();
            let counts = store.counts(SYNC).await.unwrap();
            assert_eq!(counts.links, [(0, 1), (4, 2)]);
            assert_eq!(counts.all_links(), 3);
            assert_eq!(counts.unlinked, [(Side::Right, 2, 2)]);
        });
    }
}
