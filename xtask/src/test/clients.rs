//! Clients we did not write: the service's official SDKs, run against the sandbox.

use super::client::{Client, step};
use super::sandbox::Sandbox;
use super::stage::Stage;
use super::{Closing, debian, runner};
use std::process::Command;

const FOLDER: &str = "crates/musubi-sandbox/tests/clients";

/// The Python SDK, in a virtual environment of its own.
pub fn python(_stage: &mut Stage) -> Result<Closing, String> {
    let Some(client) = Client::find(&folder("python"), "python", &["py"], "requirements.txt") else {
        return Ok(missing("python"));
    };
    let own = client.install_python()?;
    client.run(Command::new(own), &Sandbox::start()?.base_url)
}

/// The Node SDK, with its locked packages.
pub fn node(_stage: &mut Stage) -> Result<Closing, String> {
    let Some(client) = Client::find(&folder("node"), "node", &["mjs", "js", "cjs"], "package-lock.json")
    else {
        return Ok(missing("node"));
    };
    debian::ensure("Node with npm", || runner::exists("node") && runner::exists("npm"), &["nodejs", "npm"])?;
    client.install(|| {
        let mut install = Command::new("npm");
        install.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(&client.place);
        step(install, "npm ci")
    })?;
    client.run(Command::new("node"), &Sandbox::start()?.base_url)
}

fn folder(name: &str) -> String {
    format!("{FOLDER}/{name}")
}

fn missing(name: &str) -> Closing {
    Closing::Skipped(format!("{FOLDER}/{name} is not there: NOTHING WAS CHECKED"))
}
