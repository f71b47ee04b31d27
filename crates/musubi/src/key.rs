//! The key that the secrets in the database are encrypted with: `MUSUBI_KEY`, or a file made on first start.

use crate::failure::{Exit, Failure};
use crate::folders::{self, Database};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rand::TryRngCore;
use std::io::Write;
use std::path::Path;

/// The name of the key file, beside an SQLite database.
const FILE: &str = "musubi.key";
const EXPLAIN: &str = "MUSUBI_KEY must be 32 bytes in base64; make one with `openssl rand -base64 32`";

/// Finds the key. On SQLite a missing one is made; on a shared database every process must be given the same.
pub fn find(database: &Database, from_environment: Option<&str>) -> Result<[u8; 32], Failure> {
    if let Some(text) = from_environment {
        return decode(text)
            .ok_or_else(|| Failure::configuration("key.invalid", "the key in MUSUBI_KEY cannot be used", EXPLAIN));
    }
    match database {
        Database::Sqlite(path) => of_file(&path.with_file_name(FILE)),
        Database::Postgres(_) => Err(Failure::configuration(
            "key.missing",
            "this database is shared, and this process was given no key for its secrets",
            "set MUSUBI_KEY to the same key for every process; make one with `openssl rand -base64 32`",
        )),
    }
}

fn of_file(path: &Path) -> Result<[u8; 32], Failure> {
    match std::fs::read_to_string(path) {
        Ok(text) => {
            guarded(path)?;
            decode(&text).ok_or_else(|| {
                Failure::configuration(
                    "key.invalid",
                    format!("the key file {} does not hold a key", path.display()),
                    "put the file back from a copy, or set MUSUBI_KEY",
                )
            })
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => make(path),
        Err(error) => Err(unusable(path, &error)),
    }
}

/// Makes the key file. Two processes that start at once agree on the one that came first.
fn make(path: &Path) -> Result<[u8; 32], Failure> {
    if let Some(folder) = path.parent() {
        folders::make(folder)?;
    }
    let mut key = [0; 32];
    rand::rngs::OsRng
        .try_fill_bytes(&mut key)
        .map_err(|_| Failure::other("key.random", "the system gives no random numbers"))?;
    // Written whole under another name first: nobody ever reads half a key.
    let made = tempfile::Builder::new()
        .prefix(".musubi-key")
        .tempfile_in(path.parent().unwrap_or(Path::new(".")))
        .and_then(|mut file| {
            writeln!(file, "{}", STANDARD.encode(key))?;
            file.as_file().sync_all()?;
            Ok(file)
        })
        .map_err(|error| unusable(path, &error))?;
    match made.persist_noclobber(path) {
        Ok(_) => Ok(key),
        Err(refused) if refused.error.kind() == std::io::ErrorKind::AlreadyExists => of_file(path),
        Err(refused) => Err(unusable(path, &refused.error)),
    }
}

/// Refuses a key file that others can read.
#[cfg(unix)]
fn guarded(path: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path).map_err(|error| unusable(path, &error))?.permissions().mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(Failure::configuration(
        "key.open_to_others",
        format!("the key file {} can be read by other users of this machine", path.display()),
        format!("run `chmod 600 {}`", path.display()),
    ))
}

#[cfg(not(unix))]
fn guarded(_: &Path) -> Result<(), Failure> {
    Ok(())
}

fn unusable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(
        Exit::Store,
        "key.file",
        format!("the key file {} cannot be used: {error}", path.display()),
        "give this user the right to it, or set MUSUBI_KEY",
    )
}

fn decode(text: &str) -> Option<[u8; 32]> {
    STANDARD.decode(text.trim()).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_file_is_made_once_and_only_for_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::Sqlite(folder.path().join("deep/musubi.db"));
        let first = find(&database, None).unwrap();
        assert_eq!(find(&database, None).unwrap(), first);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let path = folder.path().join("deep").join(FILE);
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
            assert_eq!(find(&database, None).unwrap_err().code, "key.open_to_others");
        }
    }

    #[test]
    fn a_shared_database_needs_a_key_that_was_given() {
        let shared = Database::Postgres("postgres://h/d".into());
        assert_eq!(find(&shared, None).unwrap_err().code, "key.missing");
        assert_eq!(find(&shared, Some("short")).unwrap_err().code, "key.invalid");
        assert_eq!(find(&shared, Some(&STANDARD.encode([7; 32]))).unwrap(), [7; 32]);
    }
}
