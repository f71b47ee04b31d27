//! The calculation at the heart of Musubi: values, schema, mapping, matching, merge and reconcile.
//!
//! Nothing here waits, reads a clock, draws a random number or logs. Time and ids are arguments; decisions are values.

pub mod carry;
pub mod codec;
pub mod convert;
pub mod derived;
pub mod ids;
pub mod instant;
pub mod lens;
pub mod link;
pub mod lookalike;
pub mod mapping;
pub mod match_form;
pub mod mutant;
pub mod normalise;
pub mod observation;
pub mod phone;
pub mod plan;
pub mod policy;
pub mod reconcile;
pub mod schema;
pub mod scope;
pub mod side;
pub mod suggest;
pub mod transform;
pub mod value;

pub use ids::{FieldName, ModuleName, RemoteId};
pub use instant::Instant;
pub use link::LinkBody;
pub use mapping::Mapping;
pub use observation::{Observation, Slots};
pub use scope::Membership;
pub use side::{CountBySide, FlagBySide, NamesBySide, Side, Sides, TimeBySide};
pub use value::Value;
