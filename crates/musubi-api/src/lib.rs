//! What the hub offers over HTTP: incoming webhooks, health, metrics.

mod health;
mod hooks;
mod metrics;
mod server;

pub use server::{router, serve};
