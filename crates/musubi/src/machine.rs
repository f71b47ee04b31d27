//! This machine: the data folder, its disk, the database, the key.

use crate::cli::Global;
use crate::failure::Failure;
use crate::folders::{self, Database};
use crate::store::{self, Opened};
use musubi_engine::HubError;
use musubi_engine::checkup::{Check, State};
use std::path::Path;

/// Less free space than this is wrong, in bytes.
const NO_ROOM: u64 = 100 << 20;
/// Less than this is worth saying.
const LITTLE_ROOM: u64 = 1 << 30;

/// The data folder and the room left on its disk.
pub fn folder(global: &Global) -> Vec<Check> {
    let path = folders::data(global);
    if let Err(failure) = folders::make(&path) {
        return vec![failed("data folder", failure)];
    }
    let written = tempfile::Builder::new().prefix("doctor").tempfile_in(&path);
    let folder = match written {
        Ok(_) => Check::good("data folder", path.display().to_string()),
        Err(error) => Check::failed(
            "data folder",
            HubError::new(
                "data.read_only",
                format!("{} cannot be written to: {error}", path.display()),
                "give this user the right to it, or name another with --data",
            ),
        ),
    };
    let mut checks = vec![folder];
    checks.extend(room(&path).map(room_check));
    checks
}

#[cfg(unix)]
fn room(path: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(path).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(not(unix))]
fn room(_: &Path) -> Option<u64> {
    None
}

fn room_check(free: u64) -> Check {
    let message = format!("{:.1} GB free", free as f64 / 1e9);
    let hint = "each link takes about 1 KB, and each change some hundred bytes of history: make room";
    if free < NO_ROOM {
        return Check::failed("disk", HubError::new("data.full", message, hint));
    }
    if free < LITTLE_ROOM {
        return Check::warning("disk", HubError::new("data.little_room", message, hint));
    }
    Check::good("disk", message)
}

/// The database and its key.
pub async fn database(global: &Global) -> (Vec<Check>, Option<Opened>) {
    let named = match folders::database(global) {
        Ok(named) => named,
        Err(failure) => return (vec![failed("database", failure)], None),
    };
    let opened = match store::open_existing(global).await {
        Ok(opened) => opened,
        Err(failure) if failure.code == "store.none" => {
            return (vec![Check { state: State::Warning, ..failed("database", failure) }], None);
        }
        Err(failure) => return (vec![failed("database", failure)], None),
    };
    let mut checks = vec![Check::good("database", named.shown())];
    let key = match (&named, crate::environment::variable("MUSUBI_KEY")) {
        (_, Some(_)) => "from MUSUBI_KEY; it opens the stored secrets".to_owned(),
        (Database::Sqlite(_), None) => {
            let file = crate::key::file(&named).unwrap_or_default();
            format!("{}; it opens the stored secrets", file.display())
        }
        (Database::Postgres(_), None) => "none".to_owned(),
    };
    checks.push(Check::good("key", key));
    (checks, Some(opened))
}

fn failed(name: &str, failure: Failure) -> Check {
    let Failure { code, message, hint, .. } = failure;
    let (code, hint) = (Some(code.to_string()), hint.into_owned());
    Check { name: name.into(), state: State::Failed, code, message, hint }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_fills_in_steps() {
        assert_eq!(room_check(50 << 20).state, State::Failed);
        assert_eq!(room_check(500 << 20).state, State::Warning);
        assert_eq!(room_check(50 << 30).state, State::Good);
    }
}
