//! Runs the program as a person or a script would, each test in a folder of its own.

#![allow(dead_code, reason = "each test binary uses a part of it")]

pub mod database;
pub mod http;
pub mod service;

use serde_json::Value as Json;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// What a run of the program gave.
pub struct Ended {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ended {
    /// Standard output as JSON.
    #[track_caller]
    pub fn json(&self) -> Json {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}\n{}", self.stdout, self.stderr))
    }
}

/// A folder with a hub's data in it.
pub struct Home {
    pub folder: tempfile::TempDir,
    variables: Vec<(String, String)>,
}

impl Home {
    pub fn new() -> Home {
        Home { folder: tempfile::tempdir().unwrap(), variables: Vec::new() }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Sets a variable for all further runs.
    pub fn set(&mut self, name: &str, value: &str) {
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_musubi"));
        command
            .args(arguments)
            .current_dir(self.path())
            .env_clear()
            .env("MUSUBI_DATA", self.path().join("data"));
        command.envs(self.variables.iter().map(|(name, value)| (name, value))).stdin(Stdio::null());
        command
    }

    /// Runs the program to its end.
    pub fn run(&self, arguments: &[&str]) -> Ended {
        let output = self.command(arguments).output().unwrap();
        Ended {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Starts the program and leaves it alone.
    pub fn spawn(&self, arguments: &[&str]) -> Running {
        Running(self.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }

    /// Starts the program with everything it says going to a file, and waits for nothing.
    pub fn spawn_logging(&self, arguments: &[&str], log: &Path) -> Running {
        let open = || std::fs::OpenOptions::new().create(true).append(true).open(log).unwrap();
        Running(self.command(arguments).stdout(open()).stderr(open()).spawn().unwrap())
    }

    /// Starts the program to talk with it while it waits.
    pub fn wait_for(&self, arguments: &[&str]) -> Waiting {
        let mut child =
            self.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        Waiting { child: Running(child), stderr, said: String::new() }
    }

    /// Starts the program and waits for its first line.
    pub fn start(&self, arguments: &[&str]) -> (Running, String) {
        let mut child = self.command(arguments).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut line).unwrap();
        (Running(child), line)
    }
}

/// A program that waits for something the test does.
pub struct Waiting {
    child: Running,
    stderr: BufReader<std::process::ChildStderr>,
    said: String,
}

impl Waiting {
    /// The next line on stderr that is meant.
    #[track_caller]
    pub fn line_on_stderr(&mut self, meant: impl Fn(&str) -> bool) -> String {
        loop {
            let mut line = String::new();
            let read = self.stderr.read_line(&mut line).unwrap();
            self.said.push_str(&line);
            assert!(read > 0, "it ended: {}", self.said);
            if meant(&line) {
                return line;
            }
        }
    }

    /// Waits for its end.
    pub fn end(mut self) -> Ended {
        use std::io::Read;
        let mut stdout = String::new();
        self.child.0.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
        self.stderr.read_to_string(&mut self.said).unwrap();
        Ended { code: self.child.0.wait().unwrap().code().unwrap_or(-1), stdout, stderr: self.said }
    }
}

/// A program that runs beside the test; ended when this is dropped.
pub struct Running(Child);

impl Running {
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// Ends it without warning: SIGKILL.
    pub fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    /// Asks it to stop, as Ctrl-C does, and gives its exit code.
    pub fn interrupt(mut self) -> i32 {
        let asked = Command::new("kill").args(["-INT", &self.id().to_string()]).status().unwrap();
        assert!(asked.success());
        self.0.wait().unwrap().code().unwrap_or(-1)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
