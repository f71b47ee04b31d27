//! The web console: its lints and own tests, and a real browser over the real hub.

use super::stage::Stage;
use super::{Closing, programs, runner};
use crate::{browser, console};

/// Lints, types, component tests, and the build.
pub fn own(stage: &mut Stage) -> Result<Closing, String> {
    browser::node()?;
    console::install()?;
    step("lint", "the console's lints have something to say, see above")?;
    step("test", "a test of the console failed, see above")?;
    step("build", "the console does not build, see above")?;
    stage.has_console = true;
    Ok(Closing::Passed("lints, component tests and build".into()))
}

/// First start to agreement, every page in every state, edits that arrive live, the tour: in Debian's Chromium.
pub fn browser(stage: &mut Stage) -> Result<Closing, String> {
    browser::ensure()?;
    // Built once more, it would have the hub built once more as well.
    if !stage.has_console {
        console::build()?;
    }
    let program = programs::built("musubi")?;
    let ended = browser::run("browser", &[], &program)?;
    match ended.success {
        true => Ok(Closing::Passed(ended.last_line)),
        false => Err(ended.last_line),
    }
}

fn step(script: &str, failed: &str) -> Result<(), String> {
    match runner::run(browser::npm(script, &[]), |_| ())?.success {
        true => Ok(()),
        false => Err(failed.into()),
    }
}
