//! Notices on their way out: by mail over SMTP, and by webhook. The only crate that names the mail library.
//!
//! What is worth a notice is decided elsewhere. Nothing here goes to anybody who is not named in the settings.

mod language;
mod mail;
mod message;
mod refused;
mod sender;
mod settings;
mod webhook;

pub use language::Language;
pub use message::Message;
pub use refused::Refused;
pub use sender::{Address, Secrets, Sender};
pub use settings::{Event, Settings, Smtp, Tls, Webhook};
pub use webhook::signature;
