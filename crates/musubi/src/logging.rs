//! Logs: to stderr, filtered, as text or JSON. They name ids, counts and codes, never a record's value (I18).

use crate::cli::{Global, LogFormat};
use crate::environment;
use crate::failure::{Exit, Failure};
use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// Starts logging as the arguments say; warnings and errors when they say nothing.
pub fn start(global: &Global) -> Result<(), Failure> {
    let wanted = global.log.clone().or_else(|| environment::variable("MUSUBI_LOG"));
    let quiet = if global.quiet { "error" } else { "warn" };
    let filter = EnvFilter::try_new(wanted.as_deref().unwrap_or(quiet)).map_err(|error| {
        Failure::new(
            Exit::Usage,
            "usage.log",
            format!("the log filter cannot be read: {error}"),
            "examples: --log info, --log debug, --log warn,musubi_engine=debug",
        )
    })?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // Only a second start in one process fails, and there is none.
    let _ = match global.log_format {
        LogFormat::Json => builder.json().try_init(),
        LogFormat::Text => builder.with_ansi(std::io::stderr().is_terminal()).try_init(),
    };
    Ok(())
}
