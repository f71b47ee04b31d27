//! The calls of a module sync: begun as tasks of their own, and told to it when they have ended.

use super::Drive;
use crate::call::{Dial, Line};
use crate::sync::{Answer, Call, CallId, Event, Urgency};
use musubi_connector::{CallError, CallErrorKind};
use musubi_core::Side;
use std::sync::Arc;
use tokio::task::Id;

impl Drive<'_> {
    pub(super) fn call(&mut self, id: CallId, side: Side, urgency: Urgency, call: Call) {
        let timeout = self.own.plan.settings.call_timeout;
        let line = Line {
            account: Arc::clone(self.own.accounts.get(side)),
            fence: self.own.fence.clone(),
            timeout,
            deadline: self.now() + timeout,
        };
        let dial = Dial { line, projection: Arc::clone(self.own.plan.projections.get(side)) };
        let task = self.calls.spawn(dial.perform(urgency, call));
        self.ids.insert(task.id(), id);
    }

    pub(super) fn call_ended(
        &mut self,
        ended: Result<(Id, Result<Answer, CallError>), tokio::task::JoinError>,
    ) {
        let (task, result) = match ended {
            Ok((task, result)) => (task, result),
            // A defect in a connector must not lose the call: what it did is not known.
            Err(error) => {
                let broken = CallError::new(
                    CallErrorKind::Unknown,
                    "CALL_BROKEN",
                    "the call broke off in the connector",
                );
                (error.id(), Err(broken))
            }
        };
        let Some(id) = self.ids.remove(&task) else { return };
        match &result {
            Ok(Answer::Page(page)) => self.seen += page.rows.len() as u64,
            Ok(Answer::BulkRows { rows, .. }) => self.seen += rows.len() as u64,
            _ => {}
        }
        if let Err(error) = &result {
            tracing::debug!(sync = self.own.sync.0, code = %error.service.code, kind = ?error.kind, "a call failed");
        }
        self.tell(Event::Answered { id, result });
    }
}
