//! Programs that are not Rust: each has a folder with its pinned packages and one program, is installed below the build folder, and closes with
//! `N passed, N failed`.

use super::{Closing, debian, runner};
use crate::environment;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// One program and the place where it is installed.
pub struct Client {
    /// Where it is installed.
    pub place: PathBuf,
    program: String,
    lock: String,
}

impl Client {
    /// Finds a program's folder and copies it to where it is installed; nothing if there is no such program.
    pub fn find(folder: &str, name: &str, endings: &[&str], lock: &str) -> Option<Client> {
        let source = environment::root().join(folder);
        let place = environment::target().join("clients").join(name);
        let program = program(&source, endings)?;
        source.join(lock).exists().then_some(())?;
        copy(&source, &place).ok()?;
        Some(Client { place, program, lock: lock.into() })
    }

    /// Installs the packages, unless the same ones are installed already.
    pub fn install(&self, how: impl FnOnce() -> Result<(), String>) -> Result<(), String> {
        let wanted = fs::read_to_string(self.place.join(&self.lock)).unwrap_or_default();
        let stamp = self.place.join("installed");
        if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
            return Ok(());
        }
        how()?;
        fs::write(&stamp, wanted).map_err(|error| format!("{} cannot be written: {error}", stamp.display()))
    }

    /// Installs the packages into a virtual environment of its own, and gives its Python.
    pub fn install_python(&self) -> Result<PathBuf, String> {
        debian::ensure("Python with venv", has_venv, &["python3", "python3-venv"])?;
        let own = self.place.join("venv/bin/python");
        self.install(|| {
            let mut make = Command::new("python3");
            make.args(["-m", "venv", "--clear", "venv"]).current_dir(&self.place);
            step(make, "python3 -m venv")?;
            let mut install = Command::new(&own);
            install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]);
            install.arg(self.place.join("requirements.txt"));
            step(install, "pip install")
        })?;
        Ok(own)
    }

    /// Runs the program with this argument; its last line is the closing line.
    pub fn run(&self, mut interpreter: Command, argument: &str) -> Result<Closing, String> {
        interpreter.arg(self.place.join(&self.program)).arg(argument).current_dir(&self.place);
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

/// One command of an installation.
pub fn step(command: Command, what: &str) -> Result<(), String> {
    let ended = runner::run(command, |_| ())?;
    if ended.success { Ok(()) } else { Err(format!("{what} failed, see above")) }
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
