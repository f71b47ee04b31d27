//! The one place of the tasks that reads arguments and environment.
#![expect(
    clippy::disallowed_methods,
    reason = "a developer's tool takes its settings from the environment, in this file"
)]

use std::path::PathBuf;
use std::time::Instant;

/// The arguments after `cargo xtask`.
pub fn arguments() -> Vec<String> {
    std::env::args().skip(1).collect()
}

/// A variable, if it is set and not empty.
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The cargo that runs us, so that nested calls use the same toolchain.
pub fn cargo() -> String {
    variable("CARGO").unwrap_or_else(|| "cargo".into())
}

/// The root of the repository.
pub fn root() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.parent().map(PathBuf::from).unwrap_or(here)
}

/// Where build results go.
pub fn target() -> PathBuf {
    variable("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |folder| root().join(folder))
}

/// The instant a step starts, to say how long it took.
pub fn now() -> Instant {
    Instant::now()
}
