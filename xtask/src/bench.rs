//! `cargo xtask bench`: the engine beside a plain loop that does the same work; with `--console`, the console in a browser.

use crate::{browser, cargo, environment, say};
use std::path::Path;
use std::process::{Command, ExitCode};

/// Everything a measurement runs, built by one call so that each dependency is built once.
const BUILD: &[&str] = &["build", "--release", "-p", "musubi-bench", "-p", "musubi", "--bins"];

/// Builds the benchmark and the hub in release, and hands the arguments on (`--records N`, `--json`, `--delay MS`, `--postgres URL`).
pub fn run(arguments: &[String]) -> ExitCode {
    let of_console = arguments.iter().any(|argument| argument == "--console");
    if of_console && let Err(why) = browser::prepare() {
        say::error(&why);
        return ExitCode::FAILURE;
    }
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
    if of_console {
        return console(&folder.join("musubi"), arguments);
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

/// The console's figures, each with its bar; fails if one is missed.
fn console(program: &Path, arguments: &[String]) -> ExitCode {
    let rest: Vec<&str> = arguments.iter().map(String::as_str).filter(|each| *each != "--console").collect();
    match browser::run("bench", &rest, program) {
        Ok(ended) if ended.success => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(why) => {
            say::error(&why);
            ExitCode::FAILURE
        }
    }
}
