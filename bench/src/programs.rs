//! The other processes of a measurement: each contender and the sandbox has its own, so that each one's time and
//! memory are its own.

use crate::control::Control;
use crate::{Failure, environment};
use serde_json::Value;
use std::path::PathBuf;
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

/// Builds a program in release beside this one, and says where it is. Cargo shows its progress on standard error.
pub async fn build(package: &str, kind: &str, name: &str) -> Result<PathBuf, Failure> {
    let mut cargo = Command::new(environment::cargo());
    cargo.args(["build", "--release", "--quiet", "-p", package, kind, name]).current_dir(environment::root());
    let status = cargo.stdin(Stdio::null()).status().await.map_err(|error| Failure::at("cargo", error))?;
    if !status.success() {
        return Err(Failure(format!("{package} does not build")));
    }
    let folder = environment::built()?;
    Ok(if kind == "--example" { folder.join("examples").join(name) } else { folder.join(name) })
}

/// Starts a sandbox with empty orgs on a free port; its first line says where it listens.
pub async fn start_sandbox(program: &PathBuf) -> Result<SandboxProcess, Failure> {
    let at = |error: std::io::Error| Failure::at(program.display(), error);
    let mut child = Command::new(program)
        .args(["127.0.0.1:0", "empty"])
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

/// Runs a program to its end and reads its last line as JSON.
pub async fn last_line(mut command: Command) -> Result<Value, Failure> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output().await;
    let output = output.map_err(|error| Failure::at("a program could not be started", error))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
    if !output.status.success() {
        return Err(Failure(format!("a program ended with {}: {line}", output.status)));
    }
    serde_json::from_str(line)
        .map_err(|error| Failure::at(format_args!("not the expected line: {line}"), error))
}
