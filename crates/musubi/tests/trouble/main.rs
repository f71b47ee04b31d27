//! Bad input, case by case: each is told by a stable code and a hint, nothing is lost, what is not affected goes on, and what was
//! affected goes on once the cause is gone.

#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

mod keys_and_files;
#[path = "../program/mod.rs"]
mod program;
mod services;
mod stand_ins;
mod world;
