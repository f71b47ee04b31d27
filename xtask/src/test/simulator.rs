//! The simulator's seeds, its enumerated crashes and its mutants.

use super::stage::Stage;
use super::{Closing, programs, runner};
use std::process::Command;

/// Worlds on the embedded database.
const SQLITE_SEEDS: &str = "10000";
/// Worlds on the shared database; each costs a round trip per step.
const POSTGRES_SEEDS: &str = "300";

/// Write cycles that are crashed at every one of their store calls.
const CRASHED_SEEDS: &str = "6";

/// Runs the seeds on both databases.
pub fn seeds(stage: &mut Stage) -> Result<Closing, String> {
    let sqlite = run("simulate", &["--seeds", SQLITE_SEEDS])?;
    let crashes = run("simulate", &["--crashes", CRASHED_SEEDS])?;
    let url = stage.postgres()?;
    let postgres = run("simulate", &["--seeds", POSTGRES_SEEDS, "--postgres", &url])?;
    Ok(Closing::Passed(format!("SQLite: {sqlite}; crashes: {crashes}; PostgreSQL: {postgres}")))
}

/// Runs the mutants.
pub fn mutants(_stage: &mut Stage) -> Result<Closing, String> {
    run("mutants", &[]).map(Closing::Passed)
}

/// Runs one program of the test kit; its last line is the closing line.
fn run(binary: &str, arguments: &[&str]) -> Result<String, String> {
    let mut command = Command::new(programs::built(binary)?);
    command.args(arguments);
    let ended = runner::run(command, |_| ())?;
    if ended.success { Ok(ended.last_line) } else { Err(format!("{binary}: {}", ended.last_line)) }
}
