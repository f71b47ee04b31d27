//! `cargo xtask screenshots`: a picture of every page of the console, in every state, both languages, both themes, both widths.

use crate::test::{debian, programs};
use crate::{browser, environment, say};
use std::process::{Command, ExitCode};

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
    // Without one the browser draws a box for each letter, and nobody is told.
    debian::ensure("a font with Japanese letters", draws_japanese, &["fontconfig", "fonts-noto-cjk"])?;
    let program = programs::built("musubi")?;
    let folder = environment::root().join(PICTURES);
    let ended = browser::run("screenshots", &[&folder.to_string_lossy()], &program)?;
    if ended.success { Ok(()) } else { Err(ended.last_line) }
}

fn draws_japanese() -> bool {
    let listed = Command::new("fc-list").arg(":lang=ja").output();
    listed.is_ok_and(|listed| listed.status.success() && !listed.stdout.is_empty())
}
