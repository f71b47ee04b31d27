//! Everything durable: links, intents, journal, cursors, leases, connections and their secrets, on SQLite or
//! PostgreSQL from one SQL text.
//!
//! Read first: `sql.rs` (the seam), `commit.rs` (the one transaction a partition changes by), `load.rs`, `lease.rs`.
//! Times are milliseconds since 1970 and always arguments.

mod answer;
mod api_token;
mod attention;
mod backup;
mod channel;
mod commit;
mod connection;
mod copy;
mod counts;
mod credit;
mod decision;
mod error;
mod hint;
mod integration;
mod intent;
mod journal;
mod lease;
mod link;
mod load;
mod match_key;
mod member;
mod module_sync;
mod number;
mod parked;
mod pool;
mod postgres;
mod process;
mod restore;
mod retention;
mod run;
mod schema;
mod scratch;
mod secret;
mod session;
mod shared_keys;
mod single;
mod sql;
mod sqlite;
mod statements;
mod store;
mod stretch;
#[cfg(test)]
mod testing;
mod threads;
mod tls;
mod token;
mod unlinked;
mod unlock;
mod wake;
mod workspace;

pub use answer::AnswerRow;
pub use api_token::ApiTokenRow;
pub use attention::AttentionRow;
pub use channel::ChannelRow;
pub use commit::{Changes, Committed};
pub use connection::ConnectionRow;
pub use counts::Counts;
pub use decision::DecisionRow;
pub use error::{Kind, Result, StoreError};
pub use hint::HintRow;
pub use integration::{IntegrationRow, IntegrationState};
pub use intent::{IntentRow, Reservation};
pub use journal::JournalRow;
pub use lease::LeaseRow;
pub use link::{LinkRow, SyncId};
pub use load::{Loaded, RefRow, Want};
pub use match_key::{MatchKey, MatchRow};
pub use member::MemberRow;
pub use module_sync::{ModuleState, ModuleSyncRow};
pub use parked::ParkedRow;
pub use process::ProcessRow;
pub use run::{OutcomeRow, RunRow};
pub use secret::Keyring;
pub use session::SessionRow;
pub use sql::statements_run;
pub use store::Store;
pub use token::TokenRow;
pub use unlinked::{UnlinkedCursor, UnlinkedRow};
pub use unlock::key_file;
pub use wake::{Wake, Wakes};
pub use workspace::{AuditRow, WorkspaceRow};
