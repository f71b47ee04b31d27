//! The calls of the API, as whoever sends them sees it. One program for all of them: building the hub into each of a dozen would take most of the time that the
//! tests take.

#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

use musubi_world as world;

#[path = "../answers/mod.rs"]
mod answers;
#[path = "../hub/mod.rs"]
mod hub;
#[path = "../../../musubi-notices/tests/receivers/mod.rs"]
mod receivers;

mod access;
mod background;
mod comparisons;
mod erasures;
mod http;
mod idempotency;
mod mapping;
mod notices;
mod records;
mod resting;
mod skipped;
mod starting;
mod tls;
mod waiting;
mod webhooks;
