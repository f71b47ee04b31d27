//! Notices: what people are told of, to whom each still has to go, and what holds at present.

use crate::error::{Result, StoreError};
use crate::single::values;
use crate::sql::{Expect, Row, args};
use crate::store::Store;
use std::sync::Arc;

/// A notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeRow {
    /// Ever higher.
    pub id: i64,
    /// When it came up, in milliseconds since 1970.
    pub at: i64,
    /// What it is, as a stable word.
    pub event: String,
    /// The integration it is about; empty for the whole workspace.
    pub about: String,
    /// Names, codes and counts as JSON.
    pub body: String,
}

/// A notice on its way to one receiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryRow {
    /// The notice.
    pub notice: i64,
    /// Who is told, as the settings name them.
    pub address: String,
    /// When it is sent next, in milliseconds since 1970; `None` when it arrived or was given up.
    pub due: Option<i64>,
    /// How often it was tried in vain.
    pub tries: i64,
    /// When it arrived.
    pub done_at: Option<i64>,
    /// Why the last try was in vain, as JSON.
    pub error: Option<String>,
}

/// Something that holds at present.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionRow {
    /// The integration; empty for the whole workspace.
    pub about: String,
    /// What holds.
    pub kind: String,
    /// Since when, in milliseconds since 1970.
    pub since: i64,
    /// When it was told.
    pub told_at: Option<i64>,
    /// What belongs to it, as JSON.
    pub body: String,
}

/// What is stored together: what holds now, and what is told because of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Telling {
    /// Conditions that are new, or were told.
    pub put: Vec<ConditionRow>,
    /// Conditions that are over: about what, and the kind.
    pub over: Vec<(String, String)>,
    /// New notices, each with who is told; their numbers are given when they are stored.
    pub notices: Vec<(NoticeRow, Vec<String>)>,
}

const CONDITION: &str = "insert into notice_condition (workspace, about, kind, since, told_at, body) \
    values ($1, $2, $3, $4, $5, $6) on conflict (workspace, about, kind) \
    do update set since = excluded.since, told_at = excluded.told_at, body = excluded.body";
const OVER: &str = "delete from notice_condition where workspace = $1 and about = $2 and kind = $3";
const CONDITIONS: &str = "select about, kind, since, told_at, body from notice_condition where workspace = $1 \
    order by about, kind";
const NOTICE: &str =
    "insert into notice (id, workspace, at, event, about, body) values ($1, $2, $3, $4, $5, $6)";
const DELIVERY: &str = "insert into notice_delivery (notice, address, due, tries) values ($1, $2, $3, 0)";
const LIST: &str = "select id, at, event, about, body from notice where workspace = $1 and id < $2 \
    order by id desc limit $3";
const GET: &str = "select id, at, event, about, body from notice where workspace = $1 and id = $2";
const DELIVERIES: &str = "select notice, address, due, tries, done_at, error from notice_delivery \
    where notice = $1 order by address";
const DUE: &str = "select d.notice, d.address, d.due, d.tries, d.done_at, d.error from notice_delivery d \
    join notice n on n.id = d.notice where d.due <= $1 and n.workspace = $2 order by d.due, d.notice limit $3";
const DONE: &str = "update notice_delivery set due = null, done_at = $1 where notice = $2 and address = $3";
const FAILED: &str = "update notice_delivery set due = $1, tries = tries + 1, error = $2 \
    where notice = $3 and address = $4";
/// Only one of several processes that saw the same due time changes it.
const CLAIM: &str = "update notice_delivery set due = $1 where notice = $2 and address = $3 and due = $4";
const WITHDRAW: &str = "delete from notice_delivery where notice = $1 and address = $2";
const TROUBLE: &str = "select count(*) from notice_delivery d join notice n on n.id = d.notice \
    where n.workspace = $1 and n.at >= $2 and d.done_at is null and (d.tries > 0 or d.due is null)";
/// The newest notice that is beyond what may wait.
const BEYOND: &str = "select d.notice from notice_delivery d join notice n on n.id = d.notice \
    where n.workspace = $1 and d.due is not null order by d.notice desc, d.address limit 1 offset $2";
const DROP: &str = "update notice_delivery set due = null, error = $1 where due is not null and notice <= $2 \
    and notice in (select id from notice where workspace = $3)";
/// What was given up since something arrived there.
const MISSED: &str = "select count(*) from notice_delivery d join notice n on n.id = d.notice \
    where n.workspace = $1 and d.address = $2 and d.notice < $3 and d.done_at is null and d.due is null \
    and d.notice > (select coalesce(max(a.notice), 0) from notice_delivery a \
    where a.address = $2 and a.notice < $3 and a.done_at is not null)";
const FORGET_DELIVERIES: &str = "delete from notice_delivery where notice in \
    (select id from notice where at < $1)";
const FORGET: &str = "delete from notice where at < $1";
pub(crate) const STATEMENTS: &[&str] = &[
    CONDITION,
    OVER,
    CONDITIONS,
    NOTICE,
    DELIVERY,
    LIST,
    GET,
    DELIVERIES,
    DUE,
    DONE,
    FAILED,
    CLAIM,
    WITHDRAW,
    TROUBLE,
    BEYOND,
    DROP,
    MISSED,
    FORGET_DELIVERIES,
    FORGET,
];

fn notice(row: &Row<'_>) -> Result<NoticeRow> {
    Ok(NoticeRow {
        id: row.int(0)?,
        at: row.int(1)?,
        event: row.text(2)?,
        about: row.text(3)?,
        body: row.text(4)?,
    })
}

fn delivery(row: &Row<'_>) -> Result<DeliveryRow> {
    Ok(DeliveryRow {
        notice: row.int(0)?,
        address: row.text(1)?,
        due: row.int_or_null(2)?,
        tries: row.int(3)?,
        done_at: row.int_or_null(4)?,
        error: row.text_or_null(5)?,
    })
}

impl Store {
    /// Stores what holds now with the notices it leads to and where they are to go; all of it or nothing. `holds` is the lease of whoever
    /// watches: with another epoch nothing is stored.
    pub async fn tell(
        &self,
        workspace: i64,
        holds: (crate::SyncId, i64),
        now: i64,
        telling: Telling,
    ) -> Result<Vec<i64>> {
        let mut ids = Vec::new();
        for _ in &telling.notices {
            ids.push(self.next_number("notice").await?);
        }
        let shared = Arc::new((telling, ids));
        let moved = Arc::clone(&shared);
        self.write(move |tx| {
            let moved = Arc::clone(&moved);
            Box::pin(async move {
                let (telling, ids) = (&moved.0, &moved.1);
                crate::lease::fence(tx, holds.0, holds.1)?;
                for row in &telling.put {
                    let values = args![workspace, &row.about, &row.kind, row.since, row.told_at, &row.body];
                    tx.queue(CONDITION, &values, Expect::Any)?;
                }
                for (about, kind) in &telling.over {
                    tx.queue(OVER, &args![workspace, about, kind], Expect::Any)?;
                }
                for (id, (row, addresses)) in ids.iter().zip(&telling.notices) {
                    let values = args![*id, workspace, row.at, &row.event, &row.about, &row.body];
                    tx.queue(NOTICE, &values, Expect::Any)?;
                    for address in addresses {
                        tx.queue(DELIVERY, &args![*id, address, now], Expect::Any)?;
                    }
                }
                Ok(())
            })
        })
        .await?;
        Ok(shared.1.clone())
    }

    /// What holds, as it was last stored.
    pub async fn notice_conditions(&self, workspace: i64) -> Result<Vec<ConditionRow>> {
        let make = |row: &Row<'_>| {
            Ok(ConditionRow {
                about: row.text(0)?,
                kind: row.text(1)?,
                since: row.int(2)?,
                told_at: row.int_or_null(3)?,
                body: row.text(4)?,
            })
        };
        self.all(CONDITIONS, values![workspace], make).await
    }

    /// The notices before this one, the newest first; `i64::MAX` begins.
    pub async fn notices(&self, workspace: i64, before: i64, limit: i64) -> Result<Vec<NoticeRow>> {
        self.all(LIST, values![workspace, before, limit], notice).await
    }

    /// One notice.
    pub async fn notice(&self, workspace: i64, id: i64) -> Result<NoticeRow> {
        let found = self.one(GET, values![workspace, id], notice).await?;
        found.ok_or_else(|| StoreError::missing("notice"))
    }

    /// How a notice goes to its receivers.
    pub async fn notice_deliveries(&self, notice: i64) -> Result<Vec<DeliveryRow>> {
        self.all(DELIVERIES, values![notice], delivery).await
    }

    /// What is to be sent by now, the longest due first.
    pub async fn due_deliveries(&self, workspace: i64, now: i64, limit: i64) -> Result<Vec<DeliveryRow>> {
        self.all(DUE, values![now, workspace, limit], delivery).await
    }

    /// Takes a delivery that is due at `due`, until `until`: false if another process took it. Whoever took it and died is followed by
    /// somebody else when that time has come.
    pub async fn claim_delivery(&self, notice: i64, address: &str, due: i64, until: i64) -> Result<bool> {
        Ok(self.change(CLAIM, values![until, notice, address, due]).await? == 1)
    }

    /// Nobody is to be told there any more.
    pub async fn withdraw_delivery(&self, notice: i64, address: &str) -> Result<()> {
        self.change(WITHDRAW, values![notice, address]).await.map(drop)
    }

    /// Gives up the oldest deliveries, so that about `most` wait at the most. Gives how many it gave up.
    pub async fn drop_deliveries(&self, workspace: i64, most: i64, why: &str) -> Result<u64> {
        let beyond = self.one(BEYOND, values![workspace, most], |row| row.int(0)).await?;
        let Some(newest) = beyond else { return Ok(0) };
        self.change(DROP, values![why, newest, workspace]).await
    }

    /// How many notices before this one were given up since the last one arrived at this address.
    pub async fn missed_before(&self, workspace: i64, address: &str, notice: i64) -> Result<i64> {
        Ok(self.one(MISSED, values![workspace, address, notice], |row| row.int(0)).await?.unwrap_or(0))
    }

    /// It arrived.
    pub async fn delivered(&self, notice: i64, address: &str, now: i64) -> Result<()> {
        self.change(DONE, values![now, notice, address]).await.map(drop)
    }

    /// It did not; it is tried again at `due`, or given up.
    pub async fn undelivered(&self, notice: i64, address: &str, due: Option<i64>, error: &str) -> Result<()> {
        self.change(FAILED, values![due, error, notice, address]).await.map(drop)
    }

    /// How many deliveries since this time were tried or given up and have not arrived.
    pub async fn notices_in_trouble(&self, workspace: i64, since: i64) -> Result<i64> {
        Ok(self.one(TROUBLE, values![workspace, since], |row| row.int(0)).await?.unwrap_or(0))
    }

    /// Forgets the notices of every workspace from before this time.
    pub async fn forget_notices(&self, before: i64) -> Result<()> {
        self.change(FORGET_DELIVERIES, values![before]).await?;
        self.change(FORGET, values![before]).await.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SyncId;
    use crate::error::Kind;
    use crate::testing::each_engine;

    const WATCH: SyncId = SyncId(-99);

    fn telling(told_at: i64) -> Telling {
        let condition = ConditionRow {
            about: "tl".into(),
            kind: "paused".into(),
            since: 1,
            told_at: Some(told_at),
            body: "{}".into(),
        };
        let notice =
            NoticeRow { id: 0, at: told_at, event: "paused".into(), about: "tl".into(), body: "{}".into() };
        let addresses = vec!["webhook".to_owned(), "mail:a@b.example".to_owned()];
        Telling { put: vec![condition], over: Vec::new(), notices: vec![(notice, addresses)] }
    }

    #[test]
    fn what_holds_and_what_is_told_of_it_are_stored_together_by_whoever_watches() {
        each_engine(async |store| {
            let epoch = store.acquire(WATCH, "a", 0, 10).await.unwrap().unwrap();
            let ids = store.tell(1, (WATCH, epoch), 5, telling(5)).await.unwrap();
            assert_eq!(store.notice_conditions(1).await.unwrap(), telling(5).put);
            assert_eq!(store.notice_conditions(2).await.unwrap(), []);
            // Another process watches by now: nothing of it is stored.
            store.acquire(WATCH, "b", 20, 30).await.unwrap().unwrap();
            let late = store.tell(1, (WATCH, epoch), 21, telling(21)).await.unwrap_err();
            assert_eq!(late.kind, Kind::LeaseLost);
            assert_eq!(store.notices(1, i64::MAX, 9).await.unwrap().len(), 1);
            assert_eq!(store.notice(1, ids[0]).await.unwrap().event, "paused");

            let due = store.due_deliveries(1, 5, 9).await.unwrap();
            assert_eq!(due.len(), 2);
            store.delivered(ids[0], "webhook", 6).await.unwrap();
            store.undelivered(ids[0], "mail:a@b.example", Some(50), "no such user").await.unwrap();
            assert_eq!(store.due_deliveries(1, 49, 9).await.unwrap(), []);
            let again = store.due_deliveries(1, 50, 9).await.unwrap();
            assert_eq!((again[0].tries, again[0].error.as_deref()), (1, Some("no such user")));
            assert_eq!(store.due_deliveries(2, 50, 9).await.unwrap(), []);
            assert_eq!(store.notices_in_trouble(1, 0).await.unwrap(), 1);
            store.undelivered(ids[0], "mail:a@b.example", None, "no such user").await.unwrap();
            assert_eq!(store.due_deliveries(1, i64::MAX, 9).await.unwrap(), []);
            assert_eq!(store.notices_in_trouble(1, 0).await.unwrap(), 1, "given up is not arrived");
            let all = store.notice_deliveries(ids[0]).await.unwrap();
            assert_eq!(all.iter().filter(|row| row.done_at.is_some()).count(), 1);

            let epoch = store.acquire(WATCH, "c", 40, 50).await.unwrap().unwrap();
            let over = Telling { over: vec![("tl".into(), "paused".into())], ..Telling::default() };
            store.tell(1, (WATCH, epoch), 41, over).await.unwrap();
            assert_eq!(store.notice_conditions(1).await.unwrap(), []);
            store.forget_notices(6).await.unwrap();
            assert_eq!(store.notices(1, i64::MAX, 9).await.unwrap(), []);
            assert_eq!(store.notice_deliveries(ids[0]).await.unwrap(), []);
        });
    }

    async fn told(store: &Store, times: i64) -> Vec<i64> {
        let epoch = store.acquire(WATCH, "a", 0, 10).await.unwrap().unwrap();
        let mut ids = Vec::new();
        for at in 1..=times {
            ids.extend(store.tell(1, (WATCH, epoch), at, telling(at)).await.unwrap());
        }
        ids
    }

    #[test]
    fn a_delivery_is_taken_by_one_process_and_again_only_when_that_one_has_not_said_what_became_of_it() {
        each_engine(async |store| {
            told(&store, 1).await;
            let due = store.due_deliveries(1, 1, 9).await.unwrap().remove(0);
            let (notice, at) = (due.notice, due.due.unwrap());
            assert!(store.claim_delivery(notice, &due.address, at, 90).await.unwrap());
            assert!(!store.claim_delivery(notice, &due.address, at, 91).await.unwrap(), "it was taken");
            let left: Vec<String> =
                store.due_deliveries(1, 89, 9).await.unwrap().into_iter().map(|row| row.address).collect();
            assert!(!left.contains(&due.address), "{left:?}");
            // The process died between sending and saying so: it is sent again, under the same number.
            assert_eq!(store.due_deliveries(1, 90, 9).await.unwrap().len(), 2);
            assert!(store.claim_delivery(notice, &due.address, 90, 180).await.unwrap());
            store.delivered(notice, &due.address, 91).await.unwrap();
            assert!(!store.claim_delivery(notice, &due.address, 180, 200).await.unwrap(), "it arrived");
            store.withdraw_delivery(notice, &due.address).await.unwrap();
            assert_eq!(store.notice_deliveries(notice).await.unwrap().len(), 1);
        });
    }

    #[test]
    fn the_oldest_are_given_up_and_counted_for_whoever_missed_them() {
        each_engine(async |store| {
            let ids = told(&store, 4).await;
            assert_eq!(store.drop_deliveries(1, 8, "too many").await.unwrap(), 0);
            store.delivered(ids[0], "webhook", 5).await.unwrap();
            // Seven wait; four may, so those of the oldest two notices go.
            assert_eq!(store.drop_deliveries(1, 4, "too many").await.unwrap(), 3);
            assert_eq!(store.due_deliveries(1, 9, 9).await.unwrap().len(), 4);
            assert_eq!(store.drop_deliveries(2, 0, "too many").await.unwrap(), 0, "of another workspace");
            assert_eq!(store.missed_before(1, "webhook", ids[2]).await.unwrap(), 1);
            assert_eq!(store.missed_before(1, "mail:a@b.example", ids[2]).await.unwrap(), 2);
            store.delivered(ids[2], "webhook", 9).await.unwrap();
            assert_eq!(store.missed_before(1, "webhook", ids[3]).await.unwrap(), 0, "it was told");
            assert_eq!(store.notices_in_trouble(1, 0).await.unwrap(), 3);
        });
    }
}
