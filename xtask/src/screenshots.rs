//! `cargo xtask screenshots`: a picture of every page of the console, in every state, both languages, both themes, both widths.

use crate::test::programs;
use crate::{browser, environment, say};
use std::process::ExitCode;

/// Where the pictures go; `README.md` there shows them all.
const PICTURES: &str = "docs/images/console";

/// Builds what it takes, and takes them.
pub fn run(_arguments: &[String]) -> ExitCode {
    match take() {
        Ok(()) => {
            say::line(&format!("{PICTURES}/README.md shows them all"));
            ExitCode::SUCCESS
        }
        Err(why) => {
            say::error(&why);
            ExitCode::FAILURE
        }
    }
}

fn take() -> Result<(), String> {
    browser::prepare()?;
    let program = programs::built("musubi")?;
    let folder = environment::root().join(PICTURES);
    let ended = browser::run("screenshots", &[&folder.to_string_lossy()], &program)?;
    if ended.success { Ok(()) } else { Err(ended.last_line) }
}
