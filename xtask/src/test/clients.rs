//! Clients we did not write: the service's official SDKs, run against the sandbox.
//!
//! Each has a folder below `crates/musubi-sandbox/tests/clients` with its pinned packages and one program, which takes
//! the sandbox's address and closes with `N passed, N failed`. Packages are installed below the build folder.

use super::sandbox::Sandbox;
use super::stage::Stage;
use super::{Closing, debian, runner};
use crate::environment;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const FOLDER: &str = "crates/musubi-sandbox/tests/clients";

/// The Python SDK, in a virtual environment of its own.
pub fn python(_stage: &mut Stage) -> Result<Closing, String> {
    let Some(client) = Client::find("python", &["py"], "requirements.txt") else {
        return Ok(missing("python"));
    };
    debian::ensure("Python with venv", has_venv, &["python3", "python3-venv"])?;
    let own = client.place.join("venv/bin/python");
    client.install(|| {
        let mut make = Command::new("python3");
        make.args(["-m", "venv", "--clear", "venv"]).current_dir(&client.place);
        step(make, "python3 -m venv")?;
        let mut install = Command::new(&own);
        install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]);
        install.arg(client.place.join("requirements.txt"));
        step(install, "pip install")
    })?;
    client.run(Command::new(&own))
}

/// The Node SDK, with its locked packages.
pub fn node(_stage: &mut Stage) -> Result<Closing, String> {
    let Some(client) = Client::find("node", &["mjs", "js", "cjs"], "package-lock.json") else {
        return Ok(missing("node"));
    };
    debian::ensure("Node with npm", || runner::exists("node") && runner::exists("npm"), &["nodejs", "npm"])?;
    client.install(|| {
        let mut install = Command::new("npm");
        install.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(&client.place);
        step(install, "npm ci")
    })?;
    client.run(Command::new("node"))
}

/// One client's program and the place where it is installed.
struct Client {
    place: PathBuf,
    program: String,
    lock: String,
}

impl Client {
    /// Finds a client's folder and copies it to where it is installed; nothing if there is no such client.
    fn find(name: &str, endings: &[&str], lock: &str) -> Option<Client> {
        let source = environment::root().join(FOLDER).join(name);
        let place = environment::target().join("clients").join(name);
        let program = program(&source, endings)?;
        source.join(lock).exists().then_some(())?;
        copy(&source, &place).ok()?;
        Some(Client { place, program, lock: lock.into() })
    }

    /// Installs the packages, unless the same ones are installed already.
    fn install(&self, how: impl FnOnce() -> Result<(), String>) -> Result<(), String> {
        let wanted = fs::read_to_string(self.place.join(&self.lock)).unwrap_or_default();
        let stamp = self.place.join("installed");
        if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
            return Ok(());
        }
        how()?;
        fs::write(&stamp, wanted).map_err(|error| format!("{} cannot be written: {error}", stamp.display()))
    }

    /// Runs the program against a fresh sandbox; its last line is the closing line.
    fn run(&self, mut interpreter: Command) -> Result<Closing, String> {
        let sandbox = Sandbox::start()?;
        interpreter.arg(self.place.join(&self.program)).arg(&sandbox.base_url).current_dir(&self.place);
        let ended = runner::run(interpreter, |_| ())?;
        close(ended.success, ended.last_line)
    }
}

/// A client counts as passed only if it says so: an empty run shows nothing.
fn close(success: bool, last_line: String) -> Result<Closing, String> {
    let says_passed = last_line
        .split_once(" passed, ")
        .is_some_and(|(passed, _)| passed.parse::<u32>().is_ok_and(|passed| passed > 0));
    match (success, says_passed) {
        (true, true) => Ok(Closing::Passed(last_line)),
        (true, false) => Err(format!("the client did not close with `N passed, N failed`, but: {last_line}")),
        (false, _) => Err(last_line),
    }
}

/// The one program of a folder, by its ending.
fn program(folder: &Path, endings: &[&str]) -> Option<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .ok()?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.rsplit_once('.').is_some_and(|(_, ending)| endings.contains(&ending)))
        .collect();
    names.sort_by_key(|name| (!name.starts_with("accept"), name.clone()));
    names.into_iter().next()
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

/// Debian has Python without the module that makes environments.
fn has_venv() -> bool {
    let mut probe = Command::new("python3");
    probe.args(["-c", "import venv, ensurepip"]).stderr(std::process::Stdio::null());
    probe.status().is_ok_and(|status| status.success())
}

fn step(command: Command, what: &str) -> Result<(), String> {
    let ended = runner::run(command, |_| ())?;
    if ended.success { Ok(()) } else { Err(format!("{what} failed, see above")) }
}

fn missing(name: &str) -> Closing {
    Closing::Skipped(format!("{FOLDER}/{name} is not there: NOTHING WAS CHECKED"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(success: bool, line: &str) -> bool {
        close(success, line.into()).is_ok()
    }

    #[test]
    fn a_client_must_say_that_it_passed() {
        assert!(passes(true, "12 passed, 0 failed"));
        assert!(!passes(true, "0 passed, 0 failed"));
        assert!(!passes(true, "done"));
        assert!(!passes(false, "11 passed, 1 failed"));
    }
}
