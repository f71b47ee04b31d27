//! `cargo xtask console`: builds the web console, which the next build of the hub then carries.

use crate::{environment, say};
use std::fs;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

/// Where it stands.
pub fn folder() -> PathBuf {
    environment::root().join("console")
}

/// Builds it.
pub fn run(_arguments: &[String]) -> ExitCode {
    match build() {
        Ok(()) => {
            say::line("The console is built; the next build of the hub carries it.");
            ExitCode::SUCCESS
        }
        Err(why) => {
            say::error(&why);
            ExitCode::FAILURE
        }
    }
}

/// Builds it.
pub fn build() -> Result<(), String> {
    install()?;
    npm(&["run", "--silent", "build"], "the console does not build")
}

/// Installs its packages as they are locked, unless the same ones are installed already.
pub fn install() -> Result<(), String> {
    let lock = fs::read_to_string(folder().join("package-lock.json"))
        .map_err(|error| format!("console/package-lock.json cannot be read: {error}"))?;
    let stamp = folder().join("node_modules/.installed-by-xtask");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    npm(&["ci", "--no-audit", "--no-fund", "--loglevel=error"], "npm ci failed")?;
    fs::write(&stamp, lock).map_err(|error| format!("{} cannot be written: {error}", stamp.display()))
}

/// Whether there is what it takes to build it.
pub fn can_be_built() -> bool {
    let exists = |program: &str| {
        let mut probe = Command::new(program);
        probe.arg("--version").stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
        probe.status().is_ok_and(|status| status.success())
    };
    exists("node") && exists("npm")
}

fn npm(arguments: &[&str], failed: &str) -> Result<(), String> {
    let status = Command::new("npm").args(arguments).current_dir(folder()).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(format!("{failed}, see above")),
        Err(error) => Err(format!("npm cannot be run ({error}); install Node.js with npm")),
    }
}
