//! The calculation at the heart of Musubi: values, schema, mapping, matching, merge, reconcile and plan.
//!
//! Nothing here waits, reads a clock, draws a random number or logs. Time and ids are arguments; decisions are values.


pub mod ids;
pub mod instant;
pub mod observation;
pub mod schema;
pub mod side;
pub mod value;

pub use ids::{FieldName, ModuleName, RemoteId};
pub use instant::Instant;
pub use observation::{Observation, Slots};
pub use side::{Side, Sides};
pub use value::Value;
