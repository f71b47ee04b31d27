//! The simulated world: the real core, engine logic and store against model services that are nastier than the real ones.
//!
//! Everything is drawn from one seed, so a failing world is replayed exactly by its number.

pub mod act;
pub mod bounds;
pub mod campaign;
pub mod check;
pub mod crashes;
mod keys;
mod outcomes;
mod owners;
mod policies;
pub mod scenario;
mod schema;
pub mod scopes;
pub mod service;
pub mod sim;
pub mod steps;
pub mod violation;
pub mod weather;
