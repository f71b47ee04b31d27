//! `cargo xtask demo`: the first thing a newcomer sees.

use crate::{cargo, environment, say};
use std::process::ExitCode;

/// Builds the hub in release and runs `musubi demo` with the caller's arguments.
pub fn run(arguments: &[String]) -> ExitCode {
    if !environment::target().join("release/musubi").exists() {
        say::line("Building Musubi for the first time; this takes a few minutes, and seconds from then on.");
    }
    let mut all = vec!["demo".to_string()];
    all.extend_from_slice(arguments);
    cargo::run_release("musubi", "musubi", &all)
}
