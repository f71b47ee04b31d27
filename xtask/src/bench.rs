//! `cargo xtask bench`: the engine beside a plain loop that does the same work.

use crate::cargo;
use std::process::ExitCode;

/// Builds the benchmark in release and hands the arguments on (`--records N`, `--json`).
pub fn run(arguments: &[String]) -> ExitCode {
    cargo::run_release("musubi-bench", "bench", arguments)
}
