//! All that a page needs to know, read at once.

use crate::error::Result;
use crate::link::{self, LinkRow, SyncId};
use crate::match_key::{self, MatchKey, MatchRow};
use crate::sql::Tx;
use crate::store::Store;
use crate::unlinked::{self, UnlinkedRow};
use foldhash::HashSet;
use futures::try_join;
use musubi_core::Side;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is asked. Each id and key should stand in it once.
#[derive(Clone, Debug, Default)]
pub struct Want {
    /// Records of the sync: their links, or what is kept of them without one.
    pub ids: Vec<(Side, String)>,
    /// Whether a linked record may be kept as one without a link as well.
    pub linked_too: bool,
    /// Match keys: the records that have them.
    pub keys: Vec<(Side, MatchKey)>,
    /// Records of any sync: the record they are linked to.
    pub refs: Vec<(SyncId, Side, String)>,
}

/// A record of any sync, and what it is linked to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefRow {
    /// Its sync.
    pub sync: SyncId,
    /// Its side.
    pub side: Side,
    /// Its id.
    pub id: String,
    /// The record on the other side, if it is linked.
    pub other: Option<String>,
    /// It was linked, and is no more.
    pub untied: bool,
    /// Its state, if it is kept without a link.
    pub state: Option<i64>,
}

/// What was found. What was asked for and is not here is not stored; the order means nothing, but `refs` has one row
/// for each that was asked for, in that order.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// Links of the wanted records; one whose both records were wanted is there once.
    pub links: Vec<LinkRow>,
    /// The wanted records that are kept without a link; those with one only if asked for.
    pub unlinked: Vec<UnlinkedRow>,
    /// The records that have the wanted keys.
    pub matches: Vec<MatchRow>,
    /// The wanted references.
    pub refs: Vec<RefRow>,
}

impl Store {
    /// Reads everything wanted, in one round of statements.
    pub async fn load(&self, sync: SyncId, want: Want) -> Result<Loaded> {
        let want = Arc::new(want);
        self.read_hot(move |tx| {
            let want = Arc::clone(&want);
            Box::pin(async move { load(tx, sync, &want).await })
        })
        .await
    }
}

async fn load(tx: &Tx, sync: SyncId, want: &Want) -> Result<Loaded> {
    let ids = |side| -> Vec<&str> { of_side(&want.ids, side).map(String::as_str).collect() };
    let (left, right) = (ids(Side::Left), ids(Side::Right));
    let keys = |side| -> Vec<MatchKey> { of_side(&want.keys, side).copied().collect() };
    let (left_keys, right_keys) = (keys(Side::Left), keys(Side::Right));
    let (mut links, right_links, mut matches, more_matches, refs) = try_join!(
        link::of(tx, sync, Side::Left, &left),
        link::of(tx, sync, Side::Right, &right),
        match_key::of(tx, sync, Side::Left, &left_keys),
        match_key::of(tx, sync, Side::Right, &right_keys),
        refs(tx, &want.refs),
    )?;
    // Of a sync in agreement nearly all are linked; only the others are looked for once more.
    let linked_left: HashSet<&str> = links.iter().map(|link| link.left_id.as_str()).collect();
    let linked_right: HashSet<&str> = right_links.iter().map(|link| link.right_id.as_str()).collect();
    let (mut left, mut right) = (left, right);
    if !want.linked_too {
        left.retain(|id| !linked_left.contains(id));
        right.retain(|id| !linked_right.contains(id));
    }
    let (mut unlinked, more_unlinked) =
        try_join!(unlinked::of(tx, sync, Side::Left, &left), unlinked::of(tx, sync, Side::Right, &right),)?;
    if links.is_empty() {
        links = right_links;
    } else if !right_links.is_empty() {
        let known: HashSet<String> = links.iter().map(|link| link.left_id.clone()).collect();
        links.extend(right_links.into_iter().filter(|link| !known.contains(&link.left_id)));
    }
    unlinked.extend(more_unlinked);
    matches.extend(more_matches);
    Ok(Loaded { links, unlinked, matches, refs })
}

fn of_side<T>(items: &[(Side, T)], side: Side) -> impl Iterator<Item = &T> {
    items.iter().filter(move |(at, _)| *at == side).map(|(_, item)| item)
}

async fn refs(tx: &Tx, wanted: &[(SyncId, Side, String)]) -> Result<Vec<RefRow>> {
    let mut groups: BTreeMap<(SyncId, Side), Vec<&str>> = BTreeMap::new();
    for (sync, side, id) in wanted {
        groups.entry((*sync, *side)).or_default().push(id);
    }
    let found = futures::future::try_join_all(groups.iter().map(|((sync, side), ids)| async move {
        let others: BTreeMap<String, Option<String>> =
            link::others(tx, *sync, *side, ids).await?.into_iter().collect();
        // Nearly all are linked; only the others are looked for once more.
        let alone: Vec<&str> = ids.iter().copied().filter(|id| !others.contains_key(*id)).collect();
        let states: BTreeMap<String, i64> =
            unlinked::states(tx, *sync, *side, &alone).await?.into_iter().collect();
        Ok(((*sync, *side), (others, states)))
    }))
    .await?;
    let found: BTreeMap<_, _> = found.into_iter().collect();
    let row = |(sync, side, id): &(SyncId, Side, String)| {
        let found = found.get(&(*sync, *side));
        RefRow {
            sync: *sync,
            side: *side,
            id: id.clone(),
            other: found.and_then(|(others, _)| others.get(id)).cloned().flatten(),
            untied: found.and_then(|(others, _)| others.get(id)).is_some_and(Option::is_none),
            state: found.and_then(|(_, states)| states.get(id)).copied(),
        }
    };
    Ok(wanted.iter().map(row).collect())
}
