//! The other processes of a measurement: each contender and the sandbox has its own, so that each one's time and
//! memory are its own.

use crate::control::Control;
use crate::{Failure, environment};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};

/// A running sandbox; it ends with this value.
pub struct SandboxProcess {
    /// Its control API.
    pub control: Control,
    _child: Child,
    _output: BufReader<ChildStdout>,
}

/// A program built beside this one.
pub fn built(name: &str) -> Result<PathBuf, Failure> {
    let path = environment::built()?.join(name);
    if path.exists() {
        return Ok(path);
    }
    Err(Failure(format!("{} is not built: use `cargo xtask bench`, which builds everything", path.display())))
}

/// Starts a sandbox with empty orgs on a free port; its first line says where it listens.
pub async fn start_sandbox(program: &Path) -> Result<SandboxProcess, Failure> {
    let at = |error: std::io::Error| Failure::at(program.display(), error);
    let mut child = Command::new(program)
        .args(["sandbox", "--listen", "127.0.0.1:0", "--dataset", "empty"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(at)?;
    let output = child.stdout.take().expect("its output is piped to us");
    let mut output = BufReader::new(output);
    let mut line = String::new();
    output.read_line(&mut line).await.map_err(at)?;
    let ready: Option<Value> = serde_json::from_str(&line).ok();
    let base_url = ready.as_ref().and_then(|ready| ready.get("base_url")?.as_str());
    let base_url =
        base_url.ok_or_else(|| Failure(format!("the sandbox did not say where it listens: {line:?}")))?;
    Ok(SandboxProcess { control: Control::new(base_url)?, _child: child, _output: output })
}

/// Runs a program to its end and reads every line as JSON.
pub async fn lines(mut command: Command) -> Result<Vec<Value>, Failure> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output().await;
    let output = output.map_err(|error| Failure::at("a program could not be started", error))?;
    let text = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        return Err(Failure(format!("a program ended with {}: {text}", output.status)));
    }
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let value = |line: &str| {
        serde_json::from_str(line)
            .map_err(|error| Failure::at(format_args!("not the expected line: {line}"), error))
    };
    lines.map(value).collect()
}

/// Runs a program to its end and reads its last line as JSON.
pub async fn last_line(command: Command) -> Result<Value, Failure> {
    lines(command).await?.pop().ok_or_else(|| Failure("a program told nothing".into()))
}
