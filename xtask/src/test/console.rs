//! The web console: its lints and own tests, and a real browser over the real hub.

use super::stage::Stage;
use super::{Closing, debian, programs, runner};
use crate::console;
use std::process::Command;

/// Where Debian puts its browser.
const CHROMIUM: &str = "/usr/bin/chromium";

/// Lints, types, component tests, and the build.
pub fn own(_stage: &mut Stage) -> Result<Closing, String> {
    node()?;
    console::install()?;
    step("lint", "the console's lints")?;
    let ended = runner::run(npm(&["test"]), |_| ())?;
    if !ended.success {
        return Err("a test of the console failed, see above".into());
    }
    step("build", "the console's build")?;
    Ok(Closing::Passed("lints, component tests and build".into()))
}

/// First start to agreement, and every page, in Debian's Chromium.
pub fn browser(_stage: &mut Stage) -> Result<Closing, String> {
    node()?;
    debian::ensure("Chromium", || std::path::Path::new(CHROMIUM).exists(), &["chromium"])?;
    console::build()?;
    let program = programs::built("musubi")?;
    let mut command = npm(&["run", "--silent", "browser"]);
    command.env("MUSUBI_PROGRAM", program).env("MUSUBI_CHROMIUM", CHROMIUM);
    let ended = runner::run(command, |_| ())?;
    match ended.success {
        true => Ok(Closing::Passed(ended.last_line)),
        false => Err(ended.last_line),
    }
}

fn node() -> Result<(), String> {
    debian::ensure("Node with npm", || runner::exists("node") && runner::exists("npm"), &["nodejs", "npm"])
}

fn step(script: &str, what: &str) -> Result<(), String> {
    match runner::run(npm(&["run", "--silent", script]), |_| ())?.success {
        true => Ok(()),
        false => Err(format!("{what} failed, see above")),
    }
}

fn npm(arguments: &[&str]) -> Command {
    let mut command = Command::new("npm");
    command.args(arguments).current_dir(console::folder());
    command
}
