//! The contract between the hub and the services, and what every connector shares: HTTP, OAuth, throttle, retry, redaction.

pub mod attachment;
pub mod clock;
#[cfg(feature = "conformance")]
pub mod conformance;
pub mod contract;
pub mod credential;
pub mod data_centre;
pub mod error;
pub mod gate;
pub mod http;
pub mod oauth;
pub mod place;
pub mod redact;
pub mod retry;
pub mod secret;
pub mod token;

pub use attachment::{Attachment, AttachmentKind, AttachmentList, Attachments, Downloaded, Uploaded};
pub use clock::Clock;
pub use contract::*;
pub use credential::{Credential, Secrets};
pub use data_centre::DataCentre;
pub use error::{CallError, CallErrorKind, ServiceError};
pub use place::Place;
pub use secret::Secret;
