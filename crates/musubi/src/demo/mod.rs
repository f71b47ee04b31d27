//! The demo: hub and sandbox in one process, two people editing, and a picture of it all.

pub mod edits;
pub mod opinion;
pub mod person;
pub mod sample;
pub mod scene;
