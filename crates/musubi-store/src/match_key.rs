//! Match keys: the hashed normal form of what records are matched by, and which records have it.

use crate::error::{Kind, Result, StoreError};
use crate::link::{LinkRow, SyncId};
use crate::sql::{Expect, Row, Tx, args};
use foldhash::{HashMap, HashSet};
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

const PUT: &str = "insert into match_key (sync, key, side, id, other) values /*rows*/ ($1, $2, $3, $4, $5) \
    on conflict (sync, key, side, id) do nothing";
const DELETE: &str =
    "delete from match_key where sync = $1 and side = $2 and id = $3 and key in (/*list*/ $4)";
/// A pair's row becomes the row of its right record, or of its left one.
const PART_LEFT: &str = "insert into match_key (sync, key, side, id) select sync, key, 1, other from match_key \
    where sync = $1 and key = $2 and side = 2 and id = $3 on conflict (sync, key, side, id) do nothing";
const PART_RIGHT: &str = "insert into match_key (sync, key, side, id) select sync, key, 0, id from match_key \
    where sync = $1 and key = $2 and side = 2 and other = $3 on conflict (sync, key, side, id) do nothing";
const DELETE_LEFT: &str = "delete from match_key where sync = $1 and key = $2 and side = 2 and id = $3";
const DELETE_RIGHT: &str = "delete from match_key where sync = $1 and key = $2 and side = 2 and other = $3";
const OF_LEFT: &str = "select key, id from match_key where sync = $1 and side <> 1 and key in (/*list*/ $2)";
const OF_RIGHT: &str = "select key, case when side = 2 then other else id end from match_key \
    where sync = $1 and side <> 0 and key in (/*list*/ $2)";
pub(crate) const STATEMENTS: &[&str] =
    &[PUT, DELETE, PART_LEFT, PART_RIGHT, DELETE_LEFT, DELETE_RIGHT, OF_LEFT, OF_RIGHT];

/// Of a pair that is linked by the same commit and has the same key on both sides.
const BOTH: i64 = 2;

/// `links`: what is linked by the same commit.
pub(crate) fn put(tx: &Tx, sync: SyncId, rows: &[MatchRow], links: &[LinkRow]) -> Result<()> {
    let of =
        |side: Side| rows.iter().filter(move |row| row.side == side).map(|row| (&row.key, row.id.as_str()));
    let right: HashSet<(&MatchKey, &str)> = of(Side::Right).collect();
    let partner: HashMap<&str, &str> = match right.is_empty() {
        true => HashMap::default(),
        false => links.iter().map(|link| (link.left_id.as_str(), link.right_id.as_str())).collect(),
    };
    let mut both: Vec<(&MatchKey, &str, &str)> = of(Side::Left)
        .filter_map(|(key, id)| Some((key, id, *partner.get(id)?)))
        .filter(|(key, _, other)| right.contains(&(*key, *other)))
        .collect();
    both.sort_unstable(); // Neighbours in the index stand on the same pages.
    let told: HashSet<(&MatchKey, &str, Side)> = both
        .iter()
        .flat_map(|(key, left, right)| [(*key, *left, Side::Left), (*key, *right, Side::Right)])
        .collect();
    let alone = rows.iter().filter(|row| !told.contains(&(&row.key, row.id.as_str(), row.side)));
    let none = None::<String>;
    let alone = alone.map(|row| args![sync, &row.key, row.side, &row.id, &none]);
    let both = both.iter().map(|(key, left, right)| args![sync, *key, BOTH, *left, *right]);
    let rows: Vec<_> = both.chain(alone).collect();
    tx.queue_rows(PUT, rows.into_iter(), Expect::Any)
}

/// Keys change seldom, so each record's are deleted by statements of their own.
pub(crate) fn delete(tx: &Tx, sync: SyncId, rows: &[MatchRow]) -> Result<()> {
    // First of all a pair's row is taken apart: of what that leaves the other record's may be asked to go as well.
    for row in rows {
        let (part, delete) = match row.side {
            Side::Left => (PART_LEFT, DELETE_LEFT),
            Side::Right => (PART_RIGHT, DELETE_RIGHT),
        };
        tx.queue(part, &args![sync, &row.key, &row.id], Expect::Any)?;
        tx.queue(delete, &args![sync, &row.key, &row.id], Expect::Any)?;
    }
    for same in rows.chunk_by(|a, b| a.side == b.side && a.id == b.id) {
        let keys = same.iter().map(|row| (&row.key).into());
        tx.queue_in(DELETE, &args![sync, same[0].side, &same[0].id], keys)?;
    }
    Ok(())
}

/// The records of this side that have one of these keys.
pub(crate) async fn of(tx: &Tx, sync: SyncId, side: Side, keys: &[MatchKey]) -> Result<Vec<MatchRow>> {
    let keys: Vec<_> = keys.iter().map(Into::into).collect();
    let sql = match side {
        Side::Left => OF_LEFT,
        Side::Right => OF_RIGHT,
    };
    tx.rows_in(sql, &args![sync], &keys, |row| Ok(MatchRow { side, key: key(row, 0)?, id: row.text(1)? }))
        .await
}

/// Reads a column that holds a key.
pub(crate) fn key(row: &Row<'_>, column: usize) -> Result<MatchKey> {
    let wrong = |_| StoreError::new(Kind::Corrupt, "a match key has the wrong length");
    row.bytes(column)?.try_into().map_err(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commit::Changes;
    use crate::load::Want;
    use crate::testing::{SYNC, each_engine, lease, link};

    #[test]
    fn the_keys_of_a_pair_part_when_one_of_them_changes() {
        each_engine(async |store| {
            let epoch = lease(&store, SYNC).await;
            let row = |side, key: u8, id: &str| MatchRow { side, key: [key; 16], id: id.into() };
            let pair = link("7", 0);
            let (left, right) = (pair.left_id.clone(), pair.right_id.clone());
            let keys_put = vec![
                row(Side::Left, 1, &left),
                row(Side::Right, 1, &right),
                row(Side::Left, 2, &left),
                row(Side::Right, 3, &right),
                row(Side::Right, 1, "unlinked"),
            ];
            let put = Changes { links_put: vec![pair], keys_put: keys_put.clone(), ..Changes::default() };
            store.commit(SYNC, epoch, 1, put).await.unwrap();
            let all = async || {
                let keys = [1, 2, 3].map(|key| [key; 16]);
                let keys = Side::BOTH.into_iter().flat_map(|side| keys.map(|key| (side, key))).collect();
                let mut found = store.load(SYNC, Want { keys, ..Want::default() }).await.unwrap().matches;
                found.sort_by_key(|row| (row.side, row.key, row.id.clone()));
                found
            };
            let mut expected = keys_put;
            expected.sort_by_key(|row| (row.side, row.key, row.id.clone()));
            assert_eq!(all().await, expected);

            for gone in [row(Side::Right, 1, &right), row(Side::Left, 1, &left), row(Side::Left, 2, &left)] {
                let delete = Changes { keys_delete: vec![gone.clone()], ..Changes::default() };
                store.commit(SYNC, epoch, 2, delete).await.unwrap();
                expected.retain(|row| *row != gone);
                assert_eq!(all().await, expected);
            }
        });
    }

    #[test]
    fn the_left_record_may_lose_its_key_first() {
        each_engine(async |store| {
            let epoch = lease(&store, SYNC).await;
            let pair = link("7", 0);
            let rows = vec![
                MatchRow { side: Side::Left, key: [1; 16], id: pair.left_id.clone() },
                MatchRow { side: Side::Right, key: [1; 16], id: pair.right_id.clone() },
            ];
            let put = Changes { links_put: vec![pair], keys_put: rows.clone(), ..Changes::default() };
            store.commit(SYNC, epoch, 1, put).await.unwrap();
            let delete = Changes { keys_delete: vec![rows[0].clone()], ..Changes::default() };
            store.commit(SYNC, epoch, 2, delete).await.unwrap();
            let keys = Side::BOTH.map(|side| (side, [1; 16])).to_vec();
            let found = store.load(SYNC, Want { keys, ..Want::default() }).await.unwrap().matches;
            assert_eq!(found, rows[1..]);
        });
    }

    #[test]
    fn both_records_of_a_pair_may_lose_their_key_at_once() {
        each_engine(async |store| {
            let epoch = lease(&store, SYNC).await;
            let pair = link("7", 0);
            let rows = vec![
                MatchRow { side: Side::Left, key: [1; 16], id: pair.left_id.clone() },
                MatchRow { side: Side::Right, key: [1; 16], id: pair.right_id.clone() },
            ];
            let put = Changes { links_put: vec![pair], keys_put: rows.clone(), ..Changes::default() };
            store.commit(SYNC, epoch, 1, put).await.unwrap();
            let delete = Changes { keys_delete: rows, ..Changes::default() };
            store.commit(SYNC, epoch, 2, delete).await.unwrap();
            let keys = Side::BOTH.map(|side| (side, [1; 16])).to_vec();
            let found = store.load(SYNC, Want { keys, ..Want::default() }).await.unwrap().matches;
            assert_eq!(found, []);
        });
    }
}
