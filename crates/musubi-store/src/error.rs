//! What can go wrong in the store: a kind for callers; a code, a sentence and a hint for people.

use std::fmt;

/// What a caller may branch on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Another transaction is in the way; the same call may succeed in a moment.
    Busy,
    /// The disk, or the server's table space, is full. Nothing was changed.
    Full,
    /// The database may not be written to.
    ReadOnly,
    /// The file or a table is damaged.
    Corrupt,
    /// The database was written by a newer version of Musubi.
    NewerVersion,
    /// The file cannot be opened, or the server cannot be reached.
    Unreachable,
    /// The lease's epoch is not the one the caller holds. Nothing was changed (invariant I8).
    LeaseLost,
    /// A row that must be unique exists already; the code names which.
    Conflict,
    /// The secrets cannot be read with this key, or no key was given.
    WrongKey,
    /// The row asked for does not exist.
    Missing,
    /// Anything else: a defect, or a fault of the driver.
    Other,
}

/// A failure of the store. It never holds a value of a record or a secret (invariant I18).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreError {
    /// What a caller may branch on.
    pub kind: Kind,
    /// Stable and machine-readable, such as `store.newer_version`.
    pub code: &'static str,
    /// What happened, in one sentence.
    pub message: String,
    /// What a person can do about it.
    pub hint: &'static str,
}

impl StoreError {
    pub(crate) fn new(kind: Kind, message: impl Into<String>) -> StoreError {
        let (code, hint) = told(kind);
        StoreError { kind, code, message: message.into(), hint }
    }

    pub(crate) fn coded(self, code: &'static str, hint: &'static str) -> StoreError {
        StoreError { code, hint, ..self }
    }

    /// A unique row of `table` exists already.
    pub(crate) fn conflict(table: &str) -> StoreError {
        let (code, message) = match table {
            "link" => ("store.conflict_link", "one of the records is linked to another record already"),
            "reservation" => ("store.conflict_reservation", "a create with the same match key is under way"),
            "connection" => ("store.conflict_connection", "a connection of this name exists"),
            "integration" => ("store.conflict_integration", "an integration of this name exists"),
            "module_sync" => {
                ("store.conflict_module_sync", "this pair of modules is in the integration already")
            }
            _ => ("store.conflict", "a row that must be unique exists already"),
        };
        StoreError { code, ..StoreError::new(Kind::Conflict, message) }
    }

    pub(crate) fn lease_lost() -> StoreError {
        StoreError::new(Kind::LeaseLost, "another process holds this partition now")
    }

    pub(crate) fn missing(what: &str) -> StoreError {
        StoreError::new(Kind::Missing, format!("there is no such {what}"))
    }

    pub(crate) fn other(message: impl Into<String>) -> StoreError {
        StoreError::new(Kind::Other, message)
    }
}

fn told(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Busy => {
            ("store.busy", "try again; if it stays so, look for another program using this database")
        }
        Kind::Full => {
            ("store.full", "free some space; nothing was lost, and the work goes on when there is room")
        }
        Kind::ReadOnly => {
            ("store.read_only", "give the user that runs musubi the right to write to the database")
        }
        Kind::Corrupt => ("store.corrupt", "stop musubi and restore the latest backup with `musubi restore`"),
        Kind::NewerVersion => (
            "store.newer_version",
            "run the version of musubi that wrote this database, or restore a backup made by this one",
        ),
        Kind::Unreachable => (
            "store.unreachable",
            "check the --database argument, and that the server runs and the folder exists",
        ),
        Kind::LeaseLost => {
            ("store.lease_lost", "nothing to do: the process that holds the partition carries on")
        }
        Kind::Conflict => ("store.conflict", "read the current state and decide again"),
        Kind::WrongKey => ("store.wrong_key", "give the key this database's secrets were encrypted with"),
        Kind::Missing => ("store.missing", "check the name"),
        Kind::Other => ("store.failed", "see the message; if it stays so, report it"),
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for StoreError {}

/// The result of every call of the store.
pub type Result<T> = std::result::Result<T, StoreError>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conflict_names_what_exists() {
        assert_eq!(StoreError::conflict("link").code, "store.conflict_link");
        assert_eq!(StoreError::conflict("link").kind, Kind::Conflict);
        assert_eq!(StoreError::conflict("setting").code, "store.conflict");
    }
}
