//! The contract between the hub and the services, and what every connector shares: HTTP, OAuth, throttle, retry, redaction.

pub mod contract;
pub mod error;

pub use contract::*;
pub use error::{CallError, CallErrorKind, ServiceError};
