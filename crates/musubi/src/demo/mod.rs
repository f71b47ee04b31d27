//! The demo: hub and sandbox in one process, two people editing, and a picture of it all.
//!
//! `start.rs` sets it up, `live.rs` shows it, `check.rs` runs it without anybody watching.

pub mod check;
mod edits;
pub mod live;
mod office;
mod opinion;
mod person;
mod sample;
mod scene;
pub mod start;
mod watcher;
