//! Reads every record of a module: by bulk read where that is cheaper, otherwise page by page.

use crate::account::Account;
use crate::error::{HubError, Result};
use musubi_connector::gate::Lane;
use musubi_connector::{
    BulkJob, BulkState, CallError, CallErrorKind, ListRequest, Meta, Order, Position, Priced, Projection,
};
use musubi_core::Observation;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// A job that is not ready after so long counts as failed.
const LONGEST_JOB: Duration = Duration::from_secs(30 * 60);
/// A page that fails is asked for so often.
const TRIES: u32 = 5;

/// What reading cost.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Spent {
    pub calls: u64,
    pub credits: u64,
}

impl Spent {
    pub fn add(&mut self, meta: Meta) {
        self.calls += u64::from(meta.requests);
        self.credits += u64::from(meta.credits);
    }
}

/// Reads everything; lots of records go to `lots`, which takes as many as it can work off. Gives what it cost.
pub(crate) async fn read(
    account: &Account,
    projection: Arc<Projection>,
    expected: u64,
    lots: mpsc::Sender<Vec<Observation>>,
) -> Result<Spent> {
    let mut spent = Spent::default();
    let pays = account.connector.bulk_from(&projection).is_ok_and(|from| expected >= from);
    let done = if pays {
        match by_bulk(account, &projection, &lots, &mut spent).await {
            // The service does not offer it for this module: read it page by page.
            Err(error) if error.kind == CallErrorKind::Refused => {
                by_pages(account, &projection, &lots, &mut spent).await
            }
            done => done,
        }
    } else {
        by_pages(account, &projection, &lots, &mut spent).await
    };
    done.map(|()| spent).map_err(|error| HubError::of_call(&account.name, &error))
}

async fn by_pages(
    account: &Account,
    projection: &Arc<Projection>,
    lots: &mpsc::Sender<Vec<Observation>>,
    spent: &mut Spent,
) -> std::result::Result<(), CallError> {
    let mut position = Position::Start;
    loop {
        let ask = || {
            let request = ListRequest {
                projection: Arc::clone(projection),
                modified_since: None,
                order: Order::IdAscending,
                position: position.clone(),
            };
            account.call(Lane::Verification, Priced::List, account.connector.list(request))
        };
        let page = again(ask).await?;
        spent.add(page.meta);
        if lots.send(page.rows).await.is_err() {
            return Ok(()); // Nobody wants more.
        }
        match page.next {
            Some(next) => position = Position::After(next),
            None => return Ok(()),
        }
    }
}

async fn by_bulk(
    account: &Account,
    projection: &Arc<Projection>,
    lots: &mpsc::Sender<Vec<Observation>>,
    spent: &mut Spent,
) -> std::result::Result<(), CallError> {
    let mut page = None;
    loop {
        let start = account.connector.bulk_start(Arc::clone(projection), page);
        let (job, meta) = account.call(Lane::Verification, Priced::BulkRead, start).await?;
        spent.add(meta);
        page = wait_for(account, &job, spent).await?;
        let mut from = Some(0);
        while let Some(place) = from {
            let ask = || {
                let rows = account.connector.bulk_rows(Arc::clone(projection), &job, place);
                account.call(Lane::Verification, Priced::BulkRows, rows)
            };
            let read = again(ask).await?;
            spent.add(read.meta);
            from = read.next;
            if lots.send(read.rows).await.is_err() {
                return Ok(()); // Nobody wants more.
            }
        }
        if page.is_none() {
            return Ok(());
        }
    }
}

async fn wait_for(
    account: &Account,
    job: &BulkJob,
    spent: &mut Spent,
) -> std::result::Result<Option<String>, CallError> {
    let (mut wait, mut waited) = (Duration::from_millis(50), Duration::ZERO);
    loop {
        let ask = || account.call(Lane::Verification, Priced::Other, account.connector.bulk_state(job));
        let (state, meta) = again(ask).await?;
        spent.add(meta);
        match state {
            BulkState::Ready { next, .. } => return Ok(next),
            BulkState::Failed(service) => return Err(CallError { kind: CallErrorKind::Refused, service }),
            BulkState::Working if waited >= LONGEST_JOB => {
                let message = "the bulk read was not ready within half an hour";
                return Err(CallError::new(CallErrorKind::Unknown, "BULK_READ_STUCK", message));
            }
            BulkState::Working => {
                tokio::time::sleep(wait).await;
                waited += wait;
                wait = (wait * 2).min(Duration::from_secs(5));
            }
        }
    }
}

/// A read may be repeated.
pub(crate) async fn again<T, F: Future<Output = std::result::Result<T, CallError>>>(
    mut ask: impl FnMut() -> F,
) -> std::result::Result<T, CallError> {
    let mut tries = 0;
    loop {
        match ask().await {
            Err(error)
                if tries < TRIES
                    && matches!(
                        error.kind,
                        CallErrorKind::NotSent | CallErrorKind::Unknown | CallErrorKind::Throttled
                    ) =>
            {
                tries += 1;
                tokio::time::sleep(Duration::from_millis(200 << tries)).await;
            }
            done => return done,
        }
    }
}
