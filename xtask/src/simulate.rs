//! `cargo xtask simulate`: the real engine in seeded, hostile worlds.

use crate::cargo;
use std::process::ExitCode;

/// Builds the simulator and hands the arguments on (`--seeds N`, `--seed N`, `--crashes N`, `--postgres URL`). The development profile builds what it drives
/// with optimisation: worlds run nearly as fast as in release, and the build takes a fraction of the time.
pub fn run(arguments: &[String]) -> ExitCode {
    cargo::run_dev("musubi-testkit", "simulate", arguments)
}
