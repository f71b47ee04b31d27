//! The key that the secrets in the database are encrypted with: `MUSUBI_KEY`, or a file made on first start.

use crate::failure::{Exit, Failure};
use crate::folders::{self, Database};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use musubi_store::Keyring;
use std::path::{Path, PathBuf};

/// The name of the key file, beside an SQLite database.
const FILE: &str = "musubi.key";

/// Finds the key. On SQLite a missing one is made; on a shared database every process must be given the same.
pub fn find(database: &Database, from_environment: Option<&str>) -> Result<Keyring, Failure> {
    if let Some(text) = from_environment {
        return decode(text).map(|key| Keyring::new(&key)).ok_or_else(|| {
            Failure::configuration(
                "key.invalid",
                "the key in MUSUBI_KEY is not 32 bytes in base64",
                "make one with `openssl rand -base64 32`, and keep it: stored secrets can be read with it alone",
            )
        });
    }
    let Some(path) = file(database) else {
        return Err(Failure::configuration(
            "key.missing",
            "this database is shared, and this process was given no key for its secrets",
            "set MUSUBI_KEY to the same key for every process; make one with `openssl rand -base64 32`",
        ));
    };
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        folders::make(folder)?;
    }
    guarded(&path)?;
    Ok(musubi_store::key_file(&path)?)
}

/// Where the key of this database lies, if it has a file.
pub fn file(database: &Database) -> Option<PathBuf> {
    match database {
        Database::Sqlite(path) => Some(path.with_file_name(FILE)),
        Database::Postgres(_) => None,
    }
}

/// Refuses a key file that others can read.
#[cfg(unix)]
fn guarded(path: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt;
    let mode = match std::fs::metadata(path) {
        Ok(metadata) => metadata.permissions().mode(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => {
            return Err(Failure::new(
                Exit::Store,
                "key.file",
                format!("the key file {} cannot be used: {error}", path.display()),
                "give this user the right to it, or set MUSUBI_KEY",
            ));
        }
    };
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

fn decode(text: &str) -> Option<[u8; 32]> {
    STANDARD.decode(text.trim()).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_file_is_made_only_for_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::Sqlite(folder.path().join("deep/musubi.db"));
        find(&database, None).unwrap();
        find(&database, None).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let path = file(&database).unwrap();
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
        assert!(find(&shared, Some(&STANDARD.encode([7; 32]))).is_ok());
    }
}
