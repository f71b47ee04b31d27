//! Every Rust test, on SQLite and on PostgreSQL.

use super::counts::Counts;
use super::stage::Stage;
use super::{Closing, runner};
use crate::cargo;
use std::num::NonZero;
use std::thread::available_parallelism;

/// Tests of the hub wait for services more than they work: four times as many at once as there are processors.
fn threads() -> usize {
    4 * available_parallelism().map_or(1, NonZero::get)
}

/// Runs `cargo test` over the workspace; a failing test program does not keep the others from running.
pub fn run(stage: &mut Stage) -> Result<Closing, String> {
    let mut command = cargo::command(&["test", "--workspace", "--no-fail-fast"]);
    command.env("MUSUBI_TEST_POSTGRES", stage.postgres()?);
    command.env("RUST_TEST_THREADS", threads().to_string());
    stage.add_vendor_files(&mut command);
    let mut counts = Counts::default();
    let ended = runner::run(command, |line| counts.read(line))?;
    match (ended.success, counts.failed) {
        (true, _) => Ok(Closing::Passed(counts.closing())),
        (false, 0) => {
            Err(format!("{}, and something did not build or broke off, see above", counts.closing()))
        }
        (false, _) => Err(counts.closing()),
    }
}
