//! A sandbox process for clients that are not ours.

use super::guard::{Ending, Guarded};
use super::programs;
use std::io::{BufRead, BufReader};
use std::process::{ChildStdout, Command};

/// A running sandbox; it ends with this value.
pub struct Sandbox {
    /// Where it listens.
    pub base_url: String,
    _process: Guarded,
    _output: BufReader<ChildStdout>,
}

impl Sandbox {
    /// Builds and starts one on a free port; its first line of output says where it listens.
    pub fn start() -> Result<Sandbox, String> {
        let mut program = Command::new(programs::built("examples/serve")?);
        program.args(["127.0.0.1:0", "demo"]);
        let (process, output) = Guarded::start(&program, Ending::Terminate, None, None)?;
        let mut output = BufReader::new(output);
        let mut line = String::new();
        output.read_line(&mut line).map_err(|error| format!("the sandbox says nothing: {error}"))?;
        Ok(Sandbox { base_url: base_url(&line)?, _process: process, _output: output })
    }
}

fn base_url(line: &str) -> Result<String, String> {
    let ready: Option<serde_json::Value> = serde_json::from_str(line).ok();
    ready
        .and_then(|ready| ready.get("base_url")?.as_str().map(str::to_string))
        .ok_or_else(|| format!("the sandbox did not say where it listens, but: {line:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ready_line_names_the_address() {
        assert_eq!(base_url("{\"base_url\": \"http://127.0.0.1:1\"}\n").as_deref(), Ok("http://127.0.0.1:1"));
        assert!(base_url("listening on 1\n").is_err());
        assert!(base_url("").is_err());
    }
}
