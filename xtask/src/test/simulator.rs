//! The simulator's seeds and its mutants, in release: there are thousands of worlds to live through.

use super::stage::Stage;
use super::{Closing, runner};
use crate::{cargo, environment};

/// Worlds on the embedded database.
const SQLITE_SEEDS: &str = "10000";
/// Worlds on the shared database; each costs a round trip per step.
const POSTGRES_SEEDS: &str = "300";

/// Runs the seeds on both databases.
pub fn seeds(stage: &mut Stage) -> Result<Closing, String> {
    if let Some(skipped) = missing("simulate") {
        return Ok(skipped);
    }
    let sqlite = run("simulate", &["--seeds", SQLITE_SEEDS])?;
    let url = stage.postgres()?;
    let postgres = run("simulate", &["--seeds", POSTGRES_SEEDS, "--postgres", &url])?;
    Ok(Closing::Passed(format!("SQLite: {sqlite}; PostgreSQL: {postgres}")))
}

/// Runs the mutants.
pub fn mutants(_stage: &mut Stage) -> Result<Closing, String> {
    match missing("mutants") {
        Some(skipped) => Ok(skipped),
        None => run("mutants", &[]).map(Closing::Passed),
    }
}

/// Runs one program of the test kit; its last line is the closing line.
fn run(binary: &str, arguments: &[&str]) -> Result<String, String> {
    let mut command = cargo::command(&["run", "--release", "-p", "musubi-testkit", "--bin", binary, "--"]);
    command.args(arguments);
    let ended = runner::run(command, |_| ())?;
    if ended.success { Ok(ended.last_line) } else { Err(format!("{binary}: {}", ended.last_line)) }
}

/// The test kit may not have the program yet; then the step says so and does not count as run.
fn missing(binary: &str) -> Option<Closing> {
    let folder = environment::root().join("crates/musubi-testkit/src/bin");
    let there = folder.join(format!("{binary}.rs")).exists() || folder.join(binary).join("main.rs").exists();
    (!there)
        .then(|| Closing::Skipped(format!("musubi-testkit has no program `{binary}`: NOTHING WAS CHECKED")))
}
