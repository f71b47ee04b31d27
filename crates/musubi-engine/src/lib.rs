//! The engine: keeps the modules of an integration in agreement.
//!
//! [`sync`] is the logic of one module sync, without I/O: events in, effects out. The simulator runs the very same code.

mod account;
pub mod activity;
mod apply;
mod apply_check;
mod attention;
pub mod browse;
mod budget;
mod call;
pub mod cascade;
mod channels;
pub mod checkup;
mod compare;
mod compile;
pub mod config;
mod config_check;
mod config_deletion;
mod config_matching;
mod config_owners;
pub mod connecting;
mod credentials;
pub mod derived;
mod driver;
pub mod duplicates;
mod error;
mod everything;
mod fence;
pub mod fields;
pub mod findings;
mod history;
mod hub;
mod keeper;
mod live;
pub mod matter;
pub mod owners;
pub mod pairs;
mod partition;
mod plan;
pub mod preview;
pub mod references;
mod rehearsal;
pub mod report;
pub mod retention;
pub mod retries;
mod run;
pub mod runs;
pub mod samples;
mod scope;
pub mod scope_config;
pub mod scope_count;
mod stages;
mod status;
pub mod sync;
mod throttle;
mod typed;
pub mod value_schema;
mod verify;
mod versions;
mod views;

pub use attention::{FailureFilter, Retry};
pub use browse::Reached;
pub use channels::{Change, Channel};
pub use compile::LeftOut;
pub use config::Config;
pub use credentials::{StoredTokens, credential, save_credential};
pub use error::{HubError, Result};
pub use history::{Before, Followed, HistoryFilter};
pub use hub::{Connect, Hub, HubOptions};
pub use live::Problem;
pub use musubi_connector::Secret;
pub use report::{
    ApplyReport, Certificate, Failure, HistoryEntry, PlanReport, Progress, RunReport, StatusReport,
};
