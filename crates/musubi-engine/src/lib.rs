//! The engine: keeps the modules of an integration in agreement.
//!
//! [`sync`] is the logic of one module sync, without I/O: events in, effects out. The simulator runs the very same code.

mod account;
mod call;
mod compile;
pub mod config;
mod config_check;
mod credentials;
mod driver;
mod error;
mod fence;
mod live;
pub mod sync;
mod throttle;

pub use credentials::{StoredTokens, credential, save_credential};
pub use error::{HubError, Result};
