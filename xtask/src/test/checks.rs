//! The steps that only read: the rules of the house, the format, the lints.

use super::Closing;
use super::runner;
use super::stage::Stage;
use crate::{cargo, tidy};

/// The rules of the house.
pub fn tidy(_stage: &mut Stage) -> Result<Closing, String> {
    tidy::check().map(Closing::Passed)
}

/// Whether every file has the common format.
pub fn format(_stage: &mut Stage) -> Result<Closing, String> {
    let ended = runner::run(cargo::command(&["fmt", "--all", "--check"]), |_| ())?;
    ended.then(Closing::Passed("every file formatted".into()), "run `cargo fmt --all`")
}

/// The lints, over tests and examples too.
pub fn clippy(_stage: &mut Stage) -> Result<Closing, String> {
    let arguments = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
    let ended = runner::run(cargo::command(&arguments), |_| ())?;
    ended.then(Closing::Passed("no warning".into()), "clippy has something to say, see above")
}
