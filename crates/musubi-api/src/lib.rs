//! What the hub offers over HTTP: the API with its document, live events, incoming webhooks, health, metrics.

mod access;
mod app;
mod calls;
mod console;
mod cookie;
mod guard;
mod health;
mod hooks;
mod idempotency;
mod input;
mod jobs;
mod metrics;
mod page;
mod password;
mod problem;
mod server;
mod spreadsheet;
mod tls;
mod v1;

pub use app::{App, Options};
pub use server::{document, router, serve};
pub use tls::{Certificate, CertificateError};
