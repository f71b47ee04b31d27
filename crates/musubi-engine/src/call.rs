//! One call of a module sync, through the gate and the connector. Runs as a task of its own: waiting and parsing happen here, not on the driver.

use crate::account::{Account, over_budget};
use crate::fence::Fence;
use crate::sync::{Answer, Call, Urgency, WriteCall};
use crate::throttle::lane;
use musubi_connector::gate::Lane;
use musubi_connector::{
    BulkRows, CallError, CallErrorKind, Counting, ListRequest, Priced, Projection, WriteRequest,
};
use std::sync::Arc;
use std::time::Duration;

/// What any call goes by.
pub(crate) struct Line {
    pub account: Arc<Account>,
    pub fence: Fence,
    /// Milliseconds after which a call counts as unanswered.
    pub timeout: i64,
    /// Until when it may wait at the gate, in milliseconds since 1970.
    pub deadline: i64,
}

/// Everything a call of the module sync needs.
pub(crate) struct Dial {
    pub line: Line,
    pub projection: Arc<Projection>,
}

impl Line {
    /// Makes a call when it may go, unless `held` says by then that none is to be made. Ends always, with an answer or an error.
    pub async fn make<T>(
        &self,
        lane: Lane,
        price: u32,
        credits: impl FnOnce(&T) -> u32,
        held: impl Fn() -> bool,
        call: impl Future<Output = Result<T, CallError>>,
    ) -> Result<T, CallError> {
        let entered = tokio::select! {
            pass = self.account.throttle.enter(lane, price, self.deadline) => pass,
            () = self.fence.closed() => return Err(not_sent()),
        };
        let Some(mut pass) = entered else { return Err(over_budget()) };
        if held() || !self.fence.lets_through(self.timeout) {
            return Err(not_sent());
        }
        self.account.draw(lane, price).await?;
        let limit = Duration::from_millis(u64::try_from(self.timeout).unwrap_or(0));
        let done = match tokio::time::timeout(limit, call).await {
            Ok(done) => done,
            Err(_) => {
                Err(CallError::new(CallErrorKind::Unknown, "TIMEOUT", "the service did not answer in time"))
            }
        };
        if let Ok(answer) = &done {
            let credits = credits(answer);
            pass.cost(credits);
            self.account.budget.draw_more(credits.saturating_sub(price)).await;
        }
        self.account.note(&done.as_ref().map(|_| None));
        // Two accounts take part: who reads of a problem must know which one has it.
        done.map_err(|mut error| {
            error.service.message = format!("{}: {}", self.account.name, error.service.message);
            error
        })
    }
}

impl Dial {
    /// Makes the call.
    pub async fn perform(self, urgency: Urgency, call: Call) -> Result<Answer, CallError> {
        let price = self.line.account.connector.price(priced(&call));
        let credits = |answer: &Answer| answer.meta().credits;
        self.line.make(lane(urgency), price, credits, || false, self.send(call)).await
    }

    async fn send(&self, call: Call) -> Result<Answer, CallError> {
        let connector = &self.line.account.connector;
        let projection = Arc::clone(&self.projection);
        match call {
            Call::List { since, order, position } => {
                let request = ListRequest { projection, modified_since: since, order, position };
                connector.list(request).await.map(Answer::Page)
            }
            Call::Read(ids) => connector.read(projection, &ids).await.map(Answer::Page),
            Call::Deleted { since, page } => {
                let page = connector.deleted(&projection.module, since, page).await?;
                Ok(Answer::Deleted { meta: page.meta, rows: page.rows, more: page.more })
            }
            Call::Count => {
                // The count comes without the service's clock, which the first cursors need. The short end of the deletions tells it.
                let count = connector.count(&projection.module).await?;
                let since = self.line.fence.now().plus_millis(-60_000);
                let mut meta = connector.deleted(&projection.module, Some(since), 1).await?.meta;
                meta.credits += connector.price(Priced::Other);
                meta.requests += 1;
                Ok(Answer::Count { meta, count })
            }
            Call::Related(id) => {
                let related = connector.related(&projection.module, &id, Counting::UntilOne).await?;
                Ok(Answer::Related { meta: related.meta, count: related.count() })
            }
            Call::BulkStart { page } => {
                let (job, meta) = connector.bulk_start(projection, page).await?;
                Ok(Answer::BulkStarted { meta, job })
            }
            Call::BulkState(job) => {
                let (state, meta) = connector.bulk_state(&job).await?;
                Ok(Answer::BulkState { meta, state })
            }
            Call::BulkRows { job, from } => {
                let BulkRows { meta, rows, next } = connector.bulk_rows(projection, &job, from).await?;
                Ok(Answer::BulkRows { meta, rows, next })
            }
            Call::Merged(deleted) => {
                let (meta, masters) = connector.merged(&projection.module, &deleted).await?;
                Ok(Answer::Merged { meta, masters })
            }
            Call::Write { write, .. } => {
                let WriteCall { kind, items, unmodified_since, automations } = write;
                let request = WriteRequest { projection, kind, items, unmodified_since, automations };
                connector.write(request).await.map(Answer::Written)
            }
        }
    }
}

fn not_sent() -> CallError {
    CallError::new(
        CallErrorKind::NotSent,
        "NOT_SENT",
        "the call was held back: the work here is being stopped",
    )
}

fn priced(call: &Call) -> Priced {
    match call {
        Call::List { .. } | Call::Merged(_) => Priced::List,
        Call::Read(_) => Priced::Read,
        Call::Deleted { .. } => Priced::Deleted,
        Call::Count | Call::Related(_) | Call::BulkState(_) => Priced::Other,
        Call::BulkStart { .. } => Priced::BulkRead,
        Call::BulkRows { .. } => Priced::BulkRows,
        Call::Write { write, .. } => Priced::Write(write.kind, write.items.len()),
    }
}
