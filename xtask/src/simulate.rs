//! `cargo xtask simulate`: the real engine in seeded, hostile worlds.

use crate::cargo;
use std::process::ExitCode;

/// Builds the simulator in release and hands the arguments on (`--seeds N`, `--seed N`, `--postgres URL`).
pub fn run(arguments: &[String]) -> ExitCode {
    cargo::run_release("musubi-testkit", "simulate", arguments)
}
