//! What can go wrong in the hub: a stable code, a sentence and a hint. Never a value of a record, never a secret (I18).

use crate::account::OVER_BUDGET;
use musubi_connector::{CallError, CallErrorKind};
use musubi_store::StoreError;
use serde::Serialize;
use std::fmt;

/// A failure of the hub.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HubError {
    /// Stable and machine-readable, such as `connection.unknown`.
    pub code: &'static str,
    /// What happened, in one sentence.
    pub message: String,
    /// What a person can do about it.
    pub hint: String,
}

impl HubError {
    /// An error with its code, sentence and hint.
    pub fn new(code: &'static str, message: impl Into<String>, hint: impl Into<String>) -> HubError {
        HubError { code, message: message.into(), hint: hint.into() }
    }

    /// The error of a call to the service behind the connection of this name.
    pub fn of_call(connection: &str, error: &CallError) -> HubError {
        let (code, hint) = match error.kind {
            CallErrorKind::Auth => (
                "connection.refused",
                "connect again with `musubi connect`: check the data centre, the client and the refresh token",
            ),
            CallErrorKind::NotSent if error.service.code == OVER_BUDGET => (
                "connection.over_budget",
                "nothing to do: it goes on when calls are free again, credits by the hour; more users or credits in the service's plan widen it",
            ),
            CallErrorKind::NotSent | CallErrorKind::Unknown => {
                ("connection.unreachable", "check the network and the service's status; it is tried again")
            }
            CallErrorKind::Throttled => ("connection.throttled", "wait: the service asks for a pause"),
            CallErrorKind::Refused => {
                ("connection.call_refused", "the service's own words say what to change")
            }
            CallErrorKind::SchemaChanged => (
                "connection.schema_changed",
                "check that the module and its fields still exist, then apply again",
            ),
            CallErrorKind::CursorLost => {
                ("connection.cursor_lost", "nothing to do: the listing starts again")
            }
        };
        HubError::new(code, format!("{connection}: {error}"), hint)
    }
}

impl HubError {
    /// What is remembered of a pair cannot be read.
    pub(crate) fn damaged_pair() -> HubError {
        let (what, hint) = ("what is remembered of a pair cannot be read", "restore the latest backup");
        HubError::new("store.damaged", what, hint)
    }
}

impl fmt::Display for HubError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for HubError {}

impl From<StoreError> for HubError {
    fn from(error: StoreError) -> HubError {
        HubError::new(error.code, error.message, error.hint)
    }
}

/// The result of every call of the hub.
pub type Result<T> = std::result::Result<T, HubError>;
