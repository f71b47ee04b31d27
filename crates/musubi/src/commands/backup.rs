//! `musubi backup`: the whole database in one file, consistent while everything runs.

use super::Context;
use crate::failure::{Exit, Failure};
use crate::progress::Bar;
use crate::{store, tasks};
use serde::Serialize;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  musubi backup musubi-2026-11-22.backup
  musubi backup --database postgres://musubi@db/musubi /backups/musubi.backup

The hub may go on working meanwhile. The file holds everything but the key: keep a copy of the key (musubi.key in the
data folder, or MUSUBI_KEY) in another place. A backup of PostgreSQL can be restored to SQLite and the other way round.";

/// Write everything into one file, while the hub runs.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The file to make; it must not exist yet.
    file: PathBuf,
}

#[derive(Serialize)]
struct Report {
    file: PathBuf,
    bytes: u64,
}

/// Makes the backup; it appears whole or not at all.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Exit, Failure> {
    let opened = store::open_existing(&context.global).await?;
    if arguments.file.exists() {
        return Err(Failure::new(
            Exit::Usage,
            "backup.exists",
            format!("{} exists already", arguments.file.display()),
            "choose another name: a backup never replaces an older one",
        ));
    }
    let bar = Bar::new(context.shows_progress());
    bar.show(0, None, "backing up".to_owned());
    let work = async { Ok(opened.store.backup(&arguments.file).await?) };
    tasks::or_stopped(work, std::future::ready(())).await?;
    bar.end();
    let bytes = std::fs::metadata(&arguments.file).map_or(0, |file| file.len());
    let report = Report { file: arguments.file, bytes };
    context.output.report(&report, |report| {
        format!(
            "Everything is in {} ({} KB). The key is not in it.",
            report.file.display(),
            report.bytes.div_ceil(1024)
        )
    })?;
    Ok(Exit::Done)
}
