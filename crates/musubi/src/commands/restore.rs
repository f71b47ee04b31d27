//! `musubi restore`: back to a backup. What is restored is an old memory, and is treated as one.

use super::Context;
use crate::ask::Ask;
use crate::environment;
use crate::failure::{Exit, Failure};
use crate::folders::{self, Database};
use crate::progress::Bar;
use crate::{key, store};
use musubi_engine::Hub;
use musubi_store::Store;
use serde::Serialize;
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  musubi restore musubi-2026-11-22.backup
  musubi restore --database postgres://musubi@db/musubi --yes musubi.backup

Everything in the database is replaced. Stop the hub first. The key must be the one the backup's secrets were encrypted
with: put musubi.key back first, or set MUSUBI_KEY.

Afterwards the hub knows that its memory is old: it looks for changes since the backup's time, makes no new records
until it has compared everything, and deletes nothing because of what it remembers. What was erased on request in this
database is erased again.";

/// A process heard of within so many milliseconds is at work.
const AT_WORK: i64 = 6_000;

/// Replace the database by a backup.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The backup.
    file: PathBuf,
    /// Do not ask.
    #[arg(short, long)]
    yes: bool,
}

#[derive(Serialize)]
struct Report {
    file: PathBuf,
    integrations: usize,
}

/// Restores. The backup and its key are tried before anything is replaced.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Exit, Failure> {
    if !arguments.file.is_file() {
        return Err(Failure::new(
            Exit::Usage,
            "restore.no_file",
            format!("there is no file {}", arguments.file.display()),
            "name a file that `musubi backup` made",
        ));
    }
    let database = folders::database(&context.global)?;
    let folder = folders::data(&context.global);
    folders::make(&folder)?;
    try_key(&arguments.file, &database, &folder).await?;
    let store = open(&database).await?;
    let now = store::now();
    if store.processes().await?.iter().any(|process| now - process.heartbeat < AT_WORK) {
        return Err(Failure::new(
            Exit::Store,
            "restore.at_work",
            "a hub is at work on this database",
            "stop `musubi serve` first; a hub that was killed is forgotten after a few seconds",
        ));
    }
    if !arguments.yes {
        Ask::new(context.output).consent(&format!("Replace everything in {}?", database.shown()))?;
    }
    let bar = Bar::new(context.shows_progress());
    bar.show(0, None, "restoring".to_owned());
    // Not to be interrupted half-way by a first Ctrl-C: it is one transaction, and a second one ends the program.
    store.restore(&arguments.file, now).await?;
    bar.end();
    let opened = store::open(&context.global).await?;
    // What was erased on request does not come back with an old memory.
    Hub::offline(opened.store, opened.workspace.id).resume_erasures().await?;
    let integrations = store.integrations(opened.workspace.id).await?.len();
    context.output.report(&Report { file: arguments.file, integrations }, |report| {
        format!(
            "Restored {} with {} integrations. Start the hub: it compares everything before it makes new records.",
            report.file.display(),
            report.integrations
        )
    })?;
    Ok(Exit::Done)
}

/// Opens a copy of the backup with the key; the backup itself is not touched.
async fn try_key(file: &Path, database: &Database, folder: &Path) -> Result<(), Failure> {
    let keyring = key::find(database, environment::variable("MUSUBI_KEY").as_deref())?;
    let copied = tempfile::Builder::new().prefix("restore").tempdir_in(folder).and_then(|room| {
        let copy = room.path().join("copy.db");
        std::fs::copy(file, &copy)?;
        Ok((room, copy))
    });
    let (_room, copy) = copied.map_err(|error| {
        Failure::new(
            Exit::Store,
            "restore.copy",
            format!("the backup cannot be copied into {}: {error}", folder.display()),
            "make room there, or name another folder with --data",
        )
    })?;
    Store::open_file(&copy)?.unlock(keyring).await?;
    Ok(())
}

async fn open(database: &Database) -> Result<Store, Failure> {
    Ok(match database {
        Database::Sqlite(path) => Store::open_file(path)?,
        Database::Postgres(address) => Store::open_postgres(address).await?,
    })
}
