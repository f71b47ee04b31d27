//! `cargo xtask bench`: the engine beside a plain loop that does the same work.

use crate::{cargo, environment, say};
use std::process::{Command, ExitCode};

/// Everything a measurement runs, built by one call so that each dependency is built once.
const BUILD: &[&str] = &["build", "--release", "-p", "musubi-bench", "-p", "musubi", "--bins"];

/// Builds the benchmark and the hub in release, and hands the arguments on (`--records N`, `--json`, `--delay MS`, `--postgres URL`).
pub fn run(arguments: &[String]) -> ExitCode {
    let folder = environment::target().join("release");
    let mut build = cargo::command(BUILD);
    if folder.join("bench").exists() {
        build.arg("--quiet");
    }
    let built = build.status();
    if !built.is_ok_and(|status| status.success()) {
        say::error("the benchmark does not build");
        return ExitCode::FAILURE;
    }
    let ended = Command::new(folder.join("bench")).args(arguments).status();
    match ended {
        Ok(status) => ExitCode::from(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)),
        Err(error) => {
            say::error(&format!("the benchmark could not be started: {error}"));
            ExitCode::FAILURE
        }
    }
}
