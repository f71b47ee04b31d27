//! `cargo xtask mutants`: proof that the simulator can fail.

use crate::cargo;
use std::process::ExitCode;

/// Builds the mutant runner and hands the arguments on.
pub fn run(arguments: &[String]) -> ExitCode {
    cargo::run_dev("musubi-testkit", "mutants", arguments)
}
