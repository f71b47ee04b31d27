//! Our own programs as the Rust tests built them. Everything is built in one call: cargo chooses the features of dependencies by what it is asked for together,
//! so a call for one package alone would build half of them once more.

use super::runner;
use crate::{cargo, environment};
use std::path::PathBuf;

/// Builds everything, and says where `name` is: a program, or an example as `examples/NAME`.
pub fn built(name: &str) -> Result<PathBuf, String> {
    let built = runner::run(cargo::command(&["build", "--workspace", "--all-targets"]), |_| ())?;
    let path = environment::target().join("debug").join(name);
    match (built.success, path.exists()) {
        (true, true) => Ok(path),
        (true, false) => Err(format!("{} was not built", path.display())),
        (false, _) => Err(format!("{name} does not build, see above")),
    }
}
