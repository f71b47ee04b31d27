//! Match keys that several records of one side have.

use crate::error::Result;
use crate::link::SyncId;
use crate::match_key::{self, MatchKey};
use crate::sql::args;
use crate::store::Store;
use musubi_core::Side;

// A row of a pair stands for both of its records, and may stand beside the row that one of them had when it was alone: so records are counted, and not rows.
const COUNT_LEFT: &str = "select count(*), cast(coalesce(sum(shared), 0) as bigint) from ( \
    select count(distinct id) as shared from match_key \
    where sync = $1 and side <> 1 group by key having count(distinct id) > 1) as several";
const COUNT_RIGHT: &str = "select count(*), cast(coalesce(sum(shared), 0) as bigint) from ( \
    select count(distinct case when side = 2 then other else id end) as shared from match_key \
    where sync = $1 and side <> 0 group by key \
    having count(distinct case when side = 2 then other else id end) > 1) as several";
const KEYS_LEFT: &str = "select key from match_key where sync = $1 and side <> 1 group by key \
    having count(distinct id) > 1 order by count(distinct id) desc, key limit $2";
const KEYS_RIGHT: &str = "select key from match_key where sync = $1 and side <> 0 group by key \
    having count(distinct case when side = 2 then other else id end) > 1 \
    order by count(distinct case when side = 2 then other else id end) desc, key limit $2";
pub(crate) const STATEMENTS: &[&str] = &[COUNT_LEFT, COUNT_RIGHT, KEYS_LEFT, KEYS_RIGHT];

impl Store {
    /// How many keys several records of the side have, and how many records those are.
    pub async fn count_shared_keys(&self, sync: SyncId, side: Side) -> Result<(u64, u64)> {
        let sql = if side == Side::Left { COUNT_LEFT } else { COUNT_RIGHT };
        self.read(move |tx| {
            Box::pin(async move {
                let counted = tx.row(sql, &args![sync], |row| Ok((row.int(0)?, row.int(1)?))).await?;
                let (keys, records) = counted.unwrap_or_default();
                Ok((u64::try_from(keys).unwrap_or(0), u64::try_from(records).unwrap_or(0)))
            })
        })
        .await
    }

    /// The records of some of those keys, by id, the largest groups first.
    pub async fn shared_keys(&self, sync: SyncId, side: Side, limit: i64) -> Result<Vec<Vec<String>>> {
        let sql = if side == Side::Left { KEYS_LEFT } else { KEYS_RIGHT };
        self.read(move |tx| {
            Box::pin(async move {
                let keys: Vec<MatchKey> =
                    tx.rows(sql, &args![sync, limit], |row| match_key::key(row, 0)).await?;
                let rows = match_key::of(tx, sync, side, &keys).await?;
                let group = |key: &MatchKey| {
                    let mut ids: Vec<String> =
                        rows.iter().filter(|row| row.key == *key).map(|row| row.id.clone()).collect();
                    ids.sort_unstable();
                    ids.dedup();
                    ids
                };
                Ok(keys.iter().map(group).collect())
            })
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commit::Changes;
    use crate::link::LinkRow;
    use crate::match_key::MatchRow;
    use crate::testing::{SYNC, each_engine, lease, link, links};

    #[test]
    fn keys_that_several_records_have_are_counted_and_shown() {
        each_engine(async |store| {
            let epoch = lease(&store, SYNC).await;
            let row = |side, key: u8, id: &str| MatchRow { side, key: [key; 16], id: id.into() };
            let keys_put = vec![
                row(Side::Left, 1, "a"),
                row(Side::Left, 1, "b"),
                row(Side::Left, 1, "c"),
                row(Side::Left, 2, "d"),
                row(Side::Left, 2, "e"),
                row(Side::Left, 3, "f"),
                row(Side::Right, 3, "g"),
            ];
            store.commit(SYNC, epoch, 1, Changes { keys_put, ..Changes::default() }).await.unwrap();
            assert_eq!(store.count_shared_keys(SYNC, Side::Left).await.unwrap(), (2, 5));
            assert_eq!(store.count_shared_keys(SYNC, Side::Right).await.unwrap(), (0, 0));
            assert_eq!(store.shared_keys(SYNC, Side::Left, 1).await.unwrap(), [["a", "b", "c"]]);
            // One that was alone for a while and has a counterpart now is still one record.
            let keys_put = vec![row(Side::Left, 3, "f"), row(Side::Right, 3, "h")];
            let paired =
                Changes { keys_put, ..links(vec![LinkRow { right_id: "h".into(), ..link("f", 0) }]) };
            store.commit(SYNC, epoch, 1, paired).await.unwrap();
            assert_eq!(store.count_shared_keys(SYNC, Side::Left).await.unwrap(), (2, 5));
            assert_eq!(store.count_shared_keys(SYNC, Side::Right).await.unwrap(), (1, 2));
            assert_eq!(store.shared_keys(SYNC, Side::Right, 9).await.unwrap(), [["g", "h"]]);
        });
    }
}
