//! Opening the database, with its key.

use crate::cli::Global;
use crate::environment;
use crate::failure::{Exit, Failure};
use crate::folders::{self, Database};
use crate::key;
use musubi_connector::Clock;
use musubi_store::{Store, WorkspaceRow};

/// The one workspace there is until there are members.
const WORKSPACE: &str = "default";

/// An open database and the workspace this process works in.
pub struct Opened {
    /// The database, unlocked.
    pub store: Store,
    /// The workspace.
    pub workspace: WorkspaceRow,
}

/// Opens the database the arguments name; an SQLite file that is not there is made.
pub async fn open(global: &Global) -> Result<Opened, Failure> {
    let database = folders::database(global)?;
    let keyring = key::find(&database, environment::variable("MUSUBI_KEY").as_deref())?;
    let store = match &database {
        Database::Sqlite(path) => Store::open_file(path)?,
        Database::Postgres(address) => Store::open_postgres(address).await?,
    };
    let store = store.unlock(keyring).await?;
    let workspace = store.ensure_workspace(WORKSPACE, now()).await?;
    Ok(Opened { store, workspace })
}

/// Opens the database for a command that only looks: nothing is made where there is nothing.
pub async fn open_existing(global: &Global) -> Result<Opened, Failure> {
    if let Database::Sqlite(path) = folders::database(global)?
        && !path.exists()
    {
        return Err(Failure::new(
            Exit::Store,
            "store.none",
            format!("there is no database at {}", path.display()),
            "begin with `musubi apply FILE` or `musubi demo`, or say where it is with --database or --data",
        ));
    }
    open(global).await
}

/// Now, in milliseconds since 1970.
pub fn now() -> i64 {
    Clock::system().now().millis()
}
