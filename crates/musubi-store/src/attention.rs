//! Attention items: a failure, a conflict, an ambiguous match, a held delete. A person may settle or retry one.

use crate::error::Result;
use crate::link::SyncId;
use crate::single::values;
use crate::sql::{Expect, Row, Tx, args};
use crate::store::Store;
use musubi_core::Side;

/// One item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttentionRow {
    /// Given by the engine; unique within the sync.
    pub id: i64,
    /// The engine's number for failure, conflict and so on.
    pub kind: i64,
    /// When it is to be tried again, in milliseconds since 1970; `i64::MAX` for never.
    pub due: i64,
    /// The record on the left, if there is one.
    pub left_id: Option<String>,
    /// The record on the right, if there is one.
    pub right_id: Option<String>,
    /// The field it is about, if it is about one.
    pub field: Option<String>,
    /// A stable code.
    pub code: String,
    /// When it first came up.
    pub created_at: i64,
    /// How often it was tried.
    pub tries: i64,
    /// When it was settled; `None` while it is open.
    pub closed_at: Option<i64>,
    /// What the engine keeps.
    pub body: Vec<u8>,
}

const OPEN: i64 = 0;
const CLOSED: i64 = 1;

const PUT: &str = "insert into attention \
    (sync, id, kind, state, due, left_id, right_id, field, code, created_at, tries, closed_at, body) \
    values /*rows*/ ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
    on conflict (sync, id) do update set kind = excluded.kind, state = excluded.state, due = excluded.due, \
    left_id = excluded.left_id, right_id = excluded.right_id, field = excluded.field, code = excluded.code, \
    tries = excluded.tries, closed_at = excluded.closed_at, body = excluded.body";
const CLOSE: &str = "update attention set state = $1, closed_at = $2 where sync = $3 and id in (/*list*/ $4)";
const CLOSE_LEFT: &str = "update attention set state = $1, closed_at = $2 \
    where sync = $3 and state = $4 and code <> $5 and code not like 'attachment.%' and left_id in (/*list*/ $6)";
const CLOSE_RIGHT: &str = "update attention set state = $1, closed_at = $2 \
    where sync = $3 and state = $4 and code <> $5 and code not like 'attachment.%' and right_id in (/*list*/ $6)";
/// What was left so on purpose is not settled by a pair's coming to rest; it is closed by its number. Nor is what is told of attachments, which a pair at rest may have.
const STAYS: &str = "conflict.skipped";
const CLOSE_ATTACHMENTS: &str = "update attention set state = $1, closed_at = $2 \
    where sync = $3 and state = $4 and code like 'attachment.%'";
const RETRY: &str = "update attention set due = $1 where sync = $2 and state = $3 and id in (/*list*/ $4)";
const RETRY_ALL: &str = "update attention set due = $1 where sync = $2 and state = $3 and due > $4";
const LIST: &str = "select id, kind, due, left_id, right_id, field, code, created_at, tries, closed_at, body \
    from attention where sync = $1 and state = $2 and id > $3 order by id limit $4";
const NEWEST: &str = "select id, kind, due, left_id, right_id, field, code, created_at, tries, closed_at, body \
    from attention where sync = $1 and state = $2 and created_at <= $3 and (created_at < $3 or id <= $4) \
    order by created_at desc, id desc limit $5";
const DUE: &str = "select id, kind, due, left_id, right_id, field, code, created_at, tries, closed_at, body \
    from attention where sync = $1 and state = $2 and due <= $3 order by due, id limit $4";
const OF_LEFT: &str = "select id, kind, due, left_id, right_id, field, code, created_at, tries, closed_at, body \
    from attention where sync = $1 and state = $2 and left_id in (/*list*/ $3)";
const OF_RIGHT: &str = "select id, kind, due, left_id, right_id, field, code, created_at, tries, closed_at, body \
    from attention where sync = $1 and state = $2 and right_id in (/*list*/ $3)";
pub(crate) const STATEMENTS: &[&str] = &[
    PUT,
    CLOSE,
    CLOSE_LEFT,
    CLOSE_RIGHT,
    CLOSE_ATTACHMENTS,
    RETRY,
    RETRY_ALL,
    LIST,
    NEWEST,
    DUE,
    OF_LEFT,
    OF_RIGHT,
];

pub(crate) fn put(tx: &Tx, sync: SyncId, items: &[AttentionRow]) -> Result<()> {
    let rows = items.iter().map(|i| {
        let state = if i.closed_at.is_some() { CLOSED } else { OPEN };
        args![
            sync,
            i.id,
            i.kind,
            state,
            i.due,
            &i.left_id,
            &i.right_id,
            &i.field,
            &i.code,
            i.created_at,
            i.tries,
            i.closed_at,
            &i.body
        ]
    });
    tx.queue_rows(PUT, rows, Expect::Any)
}

pub(crate) fn close(tx: &Tx, sync: SyncId, now: i64, ids: &[i64]) -> Result<()> {
    tx.queue_in(CLOSE, &args![CLOSED, now, sync], ids.iter().map(|id| (*id).into()))
}

/// Closes the open items of these records, but for those that say what was left so on purpose.
pub(crate) fn close_of(tx: &Tx, sync: SyncId, now: i64, records: &[(Side, String)]) -> Result<()> {
    for (side, sql) in [(Side::Left, CLOSE_LEFT), (Side::Right, CLOSE_RIGHT)] {
        let ids: Vec<_> = records.iter().filter(|(at, _)| *at == side).map(|(_, id)| id.into()).collect();
        tx.queue_in(sql, &args![CLOSED, now, sync, OPEN, STAYS], ids.into_iter())?;
    }
    Ok(())
}

fn item(row: &Row<'_>) -> Result<AttentionRow> {
    Ok(AttentionRow {
        id: row.int(0)?,
        kind: row.int(1)?,
        due: row.int(2)?,
        left_id: row.text_or_null(3)?,
        right_id: row.text_or_null(4)?,
        field: row.text_or_null(5)?,
        code: row.text(6)?,
        created_at: row.int(7)?,
        tries: row.int(8)?,
        closed_at: row.int_or_null(9)?,
        body: row.bytes(10)?,
    })
}

impl Store {
    /// The open items up to this time and, at this very time, up to this id, the newest first; twice `i64::MAX` begins.
    pub async fn newest_attention(
        &self,
        sync: SyncId,
        until: i64,
        id: i64,
        limit: i64,
    ) -> Result<Vec<AttentionRow>> {
        self.read(move |tx| {
            Box::pin(async move { tx.rows(NEWEST, &args![sync, OPEN, until, id, limit], item).await })
        })
        .await
    }

    /// The open items after this id, by id; 0 begins.
    pub async fn open_attention(&self, sync: SyncId, after: i64, limit: i64) -> Result<Vec<AttentionRow>> {
        self.read(move |tx| {
            Box::pin(async move { tx.rows(LIST, &args![sync, OPEN, after, limit], item).await })
        })
        .await
    }

    /// The settled items after this id, by id; 0 begins.
    pub async fn settled_attention(&self, sync: SyncId, after: i64, limit: i64) -> Result<Vec<AttentionRow>> {
        self.all(LIST, crate::single::values![sync, CLOSED, after, limit], item).await
    }

    /// The open items that are due, the longest due first.
    pub async fn due_attention(&self, sync: SyncId, now: i64, limit: i64) -> Result<Vec<AttentionRow>> {
        self.read(move |tx| Box::pin(async move { tx.rows(DUE, &args![sync, OPEN, now, limit], item).await }))
            .await
    }

    /// The open items of one record.
    pub async fn attention_of(&self, sync: SyncId, side: Side, id: &str) -> Result<Vec<AttentionRow>> {
        let sql = if side == Side::Left { OF_LEFT } else { OF_RIGHT };
        let id = id.to_owned();
        self.read(move |tx| {
            let id = id.clone();
            Box::pin(async move { tx.rows_in(sql, &args![sync, OPEN], &args![&id], item).await })
        })
        .await
    }

    /// Attachments are not carried over any more: what is told of them is settled.
    pub async fn close_attachments(&self, sync: SyncId, now: i64) -> Result<u64> {
        self.change(CLOSE_ATTACHMENTS, values![CLOSED, now, sync, OPEN]).await
    }

    /// Makes these open items due now, or all of the sync's, and says how many. Anyone may, not only the lease's holder.
    pub async fn retry_attention(&self, sync: SyncId, now: i64, ids: Option<Vec<i64>>) -> Result<u64> {
        let changed = self
            .write(move |tx| {
                let ids = ids.clone();
                Box::pin(async move {
                    let Some(ids) = ids else {
                        return tx.run(RETRY_ALL, &args![now, sync, OPEN, now]).await;
                    };
                    tx.queue_in(RETRY, &args![now, sync, OPEN], ids.iter().map(|id| (*id).into()))?;
                    crate::wake::notify(tx, &[sync].into());
                    Ok(ids.len() as u64)
                })
            })
            .await?;
        self.ring(&[sync].into());
        Ok(changed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commit::Changes;
    use crate::testing::{SYNC, each_engine, lease};

    fn failure(id: i64, due: i64) -> AttentionRow {
        AttentionRow {
            id,
            kind: 1,
            due,
            left_id: Some(format!("l{id}")),
            right_id: None,
            field: Some("Email".into()),
            code: "write.rejected".into(),
            created_at: 1,
            tries: 2,
            closed_at: None,
            body: vec![8],
        }
    }

    #[test]
    fn items_are_listed_retried_and_closed() {
        each_engine(async |store| {
            let epoch = lease(&store, SYNC).await;
            let put = Changes {
                attention_put: vec![failure(1, 100), failure(2, 50), failure(3, 70)],
                ..Changes::default()
            };
            store.commit(SYNC, epoch, 1, put).await.unwrap();
            assert_eq!(store.due_attention(SYNC, 70, 9).await.unwrap(), [failure(2, 50), failure(3, 70)]);
            assert_eq!(store.attention_of(SYNC, Side::Left, "l1").await.unwrap(), [failure(1, 100)]);
            assert_eq!(store.attention_of(SYNC, Side::Right, "l1").await.unwrap(), []);
            let close = Changes {
                attention_close: vec![2],
                attention_close_of: vec![(Side::Left, "l3".into()), (Side::Right, "l1".into())],
                ..Changes::default()
            };
            store.commit(SYNC, epoch, 60, close).await.unwrap();
            assert_eq!(store.open_attention(SYNC, 0, 9).await.unwrap(), [failure(1, 100)]);
            let left_so = AttentionRow { code: STAYS.into(), ..failure(4, 100) };
            let put = Changes { attention_put: vec![left_so.clone()], ..Changes::default() };
            store.commit(SYNC, epoch, 61, put).await.unwrap();
            let settled =
                Changes { attention_close_of: vec![(Side::Left, "l4".into())], ..Changes::default() };
            store.commit(SYNC, epoch, 62, settled).await.unwrap();
            assert_eq!(store.attention_of(SYNC, Side::Left, "l4").await.unwrap(), [left_so]);
            // What is told of attachments is settled with them, and nothing else.
            let file = AttentionRow { code: "attachment.too_large".into(), ..failure(9, i64::MAX) };
            let put = Changes { attention_put: vec![file], ..Changes::default() };
            store.commit(SYNC, epoch, 62, put).await.unwrap();
            assert_eq!(store.close_attachments(SYNC, 63).await.unwrap(), 1);
            assert_eq!(store.close_attachments(SYNC, 64).await.unwrap(), 0);
            let close = Changes { attention_close: vec![4], ..Changes::default() };
            store.commit(SYNC, epoch, 63, close).await.unwrap();
            assert_eq!(store.retry_attention(SYNC, 20, None).await.unwrap(), 1);
            assert_eq!(store.due_attention(SYNC, 20, 9).await.unwrap(), [failure(1, 20)]);
            store.retry_attention(SYNC, 10, Some(vec![1, 2])).await.unwrap();
            assert_eq!(store.due_attention(SYNC, 10, 9).await.unwrap(), [failure(1, 10)]);
        });
    }
}
