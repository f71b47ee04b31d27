//! The console in Debian's Chromium over real hubs: what the test step, the screenshots and the console's figures have in common.

use crate::console;
use crate::test::debian;
use crate::test::runner::{self, Ended};
use std::path::Path;
use std::process::Command;

/// Where Debian puts its browser.
const CHROMIUM: &str = "/usr/bin/chromium";

/// Makes sure of Node and the browser, and builds the console.
pub fn prepare() -> Result<(), String> {
    ensure()?;
    console::build()
}

/// Makes sure of Node and the browser.
pub fn ensure() -> Result<(), String> {
    node()?;
    debian::ensure("Chromium", || Path::new(CHROMIUM).exists(), &["chromium"])
}

/// Makes sure of Node.
pub fn node() -> Result<(), String> {
    debian::ensure("Node with npm", || runner::exists("node") && runner::exists("npm"), &["nodejs", "npm"])
}

/// One of the console's scripts, such as `test`.
pub fn npm(script: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new("npm");
    command.args(["run", "--silent", script, "--"]).args(arguments).current_dir(console::folder());
    command
}

/// Runs one of the console's browser scripts with this hub.
pub fn run(script: &str, arguments: &[&str], program: &Path) -> Result<Ended, String> {
    let mut command = npm(script, arguments);
    command.env("MUSUBI_PROGRAM", program).env("MUSUBI_CHROMIUM", CHROMIUM);
    runner::run(command, |_| ())
}
