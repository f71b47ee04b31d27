//! Running another program while watching what it prints.

use super::Closing;
use crate::say;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

/// How a program ended.
pub struct Ended {
    /// Whether its exit code was 0.
    pub success: bool,
    /// The last line it printed that was not empty.
    pub last_line: String,
}

impl Ended {
    /// The closing of a step: this one if the program succeeded, the hint otherwise.
    pub fn then(&self, closing: Closing, hint: &str) -> Result<Closing, String> {
        if self.success { Ok(closing) } else { Err(hint.into()) }
    }
}

/// Runs a program with no input; its output is shown as it comes, and each line is handed to `watch`.
pub fn run(mut command: Command, mut watch: impl FnMut(&str)) -> Result<Ended, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("`{name}` could not be started: {error}"))?;
    let mut last_line = String::new();
    let output = child.stdout.take().expect("its output is piped to us");
    for line in BufReader::new(output).split(b'\n') {
        let bytes = line.map_err(|error| format!("the output of `{name}` broke off: {error}"))?;
        let line = String::from_utf8_lossy(&bytes);
        say::line(&line);
        watch(&line);
        if !line.trim().is_empty() {
            last_line = line.trim().to_string();
        }
    }
    let status = child.wait().map_err(|error| format!("`{name}` was lost: {error}"))?;
    Ok(Ended { success: status.success(), last_line })
}

/// Whether a program can be started at all.
pub fn exists(program: &str) -> bool {
    let mut probe = Command::new(program);
    probe.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    probe.status().is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn the_output_is_watched_and_the_end_is_known() {
        let mut seen = Vec::new();
        let ended =
            run(shell("echo one; echo two; echo; exit 3"), |line| seen.push(line.to_string())).unwrap();
        assert_eq!(seen, ["one", "two", ""]);
        assert!(!ended.success);
        assert_eq!(ended.last_line, "two");
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = run(Command::new("no-such-program-here"), |_| ()).err().unwrap();
        assert!(error.contains("no-such-program-here"));
        assert!(!exists("no-such-program-here"));
    }
}
