//! Everything durable: links, intents, journal, cursors, leases, connections and their secrets, on SQLite or
//! PostgreSQL from one SQL text.
//!
//! Read first: `sql.rs` (the seam), `commit.rs` (the one transaction a partition changes by), `load.rs`, `lease.rs`.
//! Times are milliseconds since 1970 and always arguments.

mod attention;
mod commit;
mod error;
mod hint;
mod intent;
mod journal;
mod lease;
mod link;
mod load;
mod match_key;
mod parked;
mod pool;
mod postgres;
mod run;
mod schema;
mod secret;
mod sql;
mod sqlite;
mod statements;
mod store;
mod threads;
mod unlinked;
mod wake;

pub use attention::AttentionRow;
pub use commit::{Changes, Committed};
pub use error::{Kind, Result, StoreError};
pub use hint::HintRow;
pub use intent::{IntentRow, Reservation};
pub use journal::JournalRow;
pub use lease::LeaseRow;
pub use link::{LinkRow, SyncId};
pub use load::{Loaded, RefRow, Want};
pub use match_key::{MatchKey, MatchRow};
pub use parked::ParkedRow;
pub use run::{OutcomeRow, RunRow};
pub use secret::Keyring;
pub use store::Store;
pub use unlinked::{UnlinkedCursor, UnlinkedRow};
pub use wake::{Wake, Wakes};
