//! The API against its own document, by Schemathesis: whatever the document allows is sent, and so is what it forbids.

use super::client::Client;
use super::stage::Stage;
use super::{Closing, programs};
use std::process::Command;

const FOLDER: &str = "crates/musubi-api/tests/conformance";

/// Over a real hub and a real sandbox, with pinned packages, checks and seed.
pub fn run(_stage: &mut Stage) -> Result<Closing, String> {
    let client = Client::find(FOLDER, "conformance", &["py"], "requirements.txt")
        .ok_or_else(|| format!("{FOLDER} is not there"))?;
    let own = client.install_python()?;
    let program = programs::built("musubi")?;
    client.run(Command::new(own), &program.to_string_lossy())
}
