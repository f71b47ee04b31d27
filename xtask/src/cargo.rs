//! Running cargo from a task.

use crate::{environment, say};
use std::process::{Command, ExitCode};

/// A cargo call at the root of the repository.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(environment::cargo());
    command.args(arguments).current_dir(environment::root());
    // What cargo told this program about itself is not for the next: build scripts that look at it would run
    // again, and all that stands on them be built again, whenever cargo is called now from here, now by hand.
    for (name, _) in std::env::vars_os() {
        if ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|own| name.to_string_lossy().starts_with(own)) {
            command.env_remove(name);
        }
    }
    // Everything is built once there, and never again from what changed: what is kept for that is time and space lost.
    if std::env::var_os("CI").is_some() {
        command.env("CARGO_INCREMENTAL", "0");
    }
    command
}

/// Runs one of our own programs, built in release, with the caller's arguments; its exit code becomes ours.
pub fn run_release(package: &str, binary: &str, arguments: &[String]) -> ExitCode {
    run(&["--release"], "release", package, binary, arguments)
}

/// The same, built with the development profile.
pub fn run_dev(package: &str, binary: &str, arguments: &[String]) -> ExitCode {
    run(&[], "debug", package, binary, arguments)
}

fn run(profile: &[&str], folder: &str, package: &str, binary: &str, arguments: &[String]) -> ExitCode {
    let mut call = command(&["run", "-p", package, "--bin", binary]);
    call.args(profile);
    // A first build takes minutes: cargo shows it. Later ones take seconds, and cargo keeps quiet.
    if environment::target().join(folder).join(binary).exists() {
        call.arg("--quiet");
    }
    let status = call.arg("--").args(arguments).status();
    match status {
        Ok(status) => ExitCode::from(
            status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(u8::from(!status.success())),
        ),
        Err(error) => {
            say::error(&format!("cargo could not be started: {error}"));
            ExitCode::FAILURE
        }
    }
}
