//! The one place of the benchmark that reads the environment.

use crate::Failure;
use std::path::PathBuf;

/// The folder of the built programs, ours among them.
pub fn built() -> Result<PathBuf, Failure> {
    let own = std::env::current_exe().map_err(|error| Failure::at("our own path", error))?;
    own.parent().map(PathBuf::from).ok_or_else(|| Failure("our own program is in no folder".into()))
}
