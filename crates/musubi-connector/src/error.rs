//! How a call to a service can go wrong.

use musubi_core::RemoteId;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What the service said, in its own words. Holds no value of any record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceError {
    /// The service's code, such as `DUPLICATE_DATA`; match on this.
    pub code: String,
    /// The service's sentence, kept verbatim.
    pub message: String,
    /// The field it names, if any.
    pub field: Option<String>,
    /// The record it names as the double, if any.
    pub duplicate_of: Option<RemoteId>,
    /// HTTP status, 0 when there was none.
    pub status: u16,
}

/// What a caller can do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallErrorKind {
    /// Nothing reached the service (no connection, refused before sending, over our own budget). Safe to repeat.
    NotSent,
    /// The request may or may not have been carried out: time-out, broken connection, 5xx, unreadable answer. A read is safe to repeat; a write is *unknown*.
    Unknown,
    /// 429: nothing was done. Repeat later.
    Throttled,
    /// The credential is refused (revoked, wrong scope, deactivated user). Nothing more will work until a person acts.
    Auth,
    /// The service understood and refused the whole request: repeating cannot help.
    Refused,
    /// The module or the field asked for is not there any more.
    SchemaChanged,
    /// The cursor or page token is no longer valid: start this listing again.
    CursorLost,
}

/// A failed call.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub struct CallError {
    /// What a caller can do about it.
    pub kind: CallErrorKind,
    /// The service's own words, or ours when there are none.
    pub service: ServiceError,
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.service.code, self.service.message)
    }
}

impl CallError {
    /// An error with our own code and sentence.
    pub fn new(kind: CallErrorKind, code: &str, message: impl Into<String>) -> CallError {
        CallError {
            kind,
            service: ServiceError {
                code: code.to_owned(),
                message: message.into(),
                ..ServiceError::default()
            },
        }
    }
}
