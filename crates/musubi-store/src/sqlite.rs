//! SQLite: statements on one connection. Threads are in `threads.rs`.

use crate::error::{Kind, Result, StoreError};
use crate::sql::{Arg, Row};
use rusqlite::backup::{Backup, StepResult};
use rusqlite::config::DbConfig;
use rusqlite::types::{FromSql, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, ErrorCode, OpenFlags};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many compiled statements a connection keeps: all there are.
const STATEMENTS: usize = 256;

/// A connection with a transaction open on it, or one that only reads. The lock is never contended: whoever runs the
/// transaction has the connection to itself. It only makes the type shareable between the reads of one transaction.
#[derive(Clone)]
pub(crate) struct Tx {
    connection: Arc<Mutex<Connection>>,
}

impl Tx {
    pub(crate) fn new(connection: Connection) -> Tx {
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        Tx { connection: Arc::new(Mutex::new(connection)) }
    }

    pub(crate) fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The connection, if nobody else uses it.
    pub(crate) fn into_connection(self) -> Option<Connection> {
        Arc::into_inner(self.connection)?.into_inner().ok()
    }

    pub(crate) fn rows<T>(
        &self,
        sql: &'static str,
        args: &[Arg<'_>],
        mut make: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(sql).map_err(error)?;
        let mut out = Vec::new();
        bind(&mut statement, 0, args)?;
        step(&mut statement, &mut make, &mut out)?;
        Ok(out)
    }

    pub(crate) fn rows_in<T>(
        &self,
        sql: &'static str,
        args: &[Arg<'_>],
        list: &[Arg<'_>],
        mut make: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(sql).map_err(error)?;
        let mut out = Vec::with_capacity(list.len());
        bind(&mut statement, 0, args)?;
        for item in list {
            bind(&mut statement, args.len(), std::slice::from_ref(item))?;
            step(&mut statement, &mut make, &mut out)?;
        }
        Ok(out)
    }

    pub(crate) fn run(&self, sql: &'static str, args: &[Arg<'_>]) -> Result<u64> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(sql).map_err(error)?;
        bind(&mut statement, 0, args)?;
        change(&mut statement)
    }

    pub(crate) fn run_rows<'a, const N: usize>(
        &self,
        sql: &'static str,
        rows: impl Iterator<Item = [Arg<'a>; N]>,
    ) -> Result<u64> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(sql).map_err(error)?;
        let mut changed = 0;
        for row in rows {
            bind(&mut statement, 0, &row)?;
            changed += change(&mut statement)?;
        }
        Ok(changed)
    }

    pub(crate) fn run_in<'a>(
        &self,
        sql: &'static str,
        args: &[Arg<'_>],
        list: impl Iterator<Item = Arg<'a>>,
    ) -> Result<u64> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(sql).map_err(error)?;
        let mut changed = 0;
        bind(&mut statement, 0, args)?;
        for item in list {
            bind(&mut statement, args.len(), &[item])?;
            changed += change(&mut statement)?;
        }
        Ok(changed)
    }
}

fn bind(statement: &mut CachedStatement<'_>, from: usize, args: &[Arg<'_>]) -> Result<()> {
    for (i, arg) in args.iter().enumerate() {
        statement.raw_bind_parameter(from + i + 1, arg).map_err(error)?;
    }
    Ok(())
}

fn step<T>(
    statement: &mut CachedStatement<'_>,
    make: &mut impl FnMut(&Row<'_>) -> Result<T>,
    out: &mut Vec<T>,
) -> Result<()> {
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next().map_err(error)? {
        out.push(make(&Row::Sqlite(row))?);
    }
    Ok(())
}

/// Runs a statement to its end, whether or not it answers with rows.
fn change(statement: &mut CachedStatement<'_>) -> Result<u64> {
    statement.raw_execute().map(|rows| rows as u64).map_err(error)
}

impl ToSql for Arg<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let value = match self {
            Arg::Int(Some(int)) => ValueRef::Integer(*int),
            Arg::Real(real) => ValueRef::Real(*real),
            Arg::Text(Some(text)) => ValueRef::Text(text.as_bytes()),
            Arg::Bytes(Some(bytes)) => ValueRef::Blob(bytes),
            Arg::Int(None) | Arg::Text(None) | Arg::Bytes(None) => ValueRef::Null,
        };
        Ok(ToSqlOutput::Borrowed(value))
    }
}

/// Reads one column.
pub(crate) fn column<T: FromSql>(row: &rusqlite::Row<'_>, column: usize) -> Result<T> {
    row.get(column).map_err(error)
}

/// What the file's connections agree on. FULL: a commit is on the disk before anything is sent (invariant I9).
const WRITER: &str = "pragma journal_mode = wal; pragma synchronous = full; pragma busy_timeout = 5000;
    pragma foreign_keys = off; pragma cache_size = -10000; pragma journal_size_limit = 67108864;
    pragma temp_store = memory; pragma wal_autocheckpoint = 16000";
// What a reader has kept is void after each commit, so it keeps little.
const READER: &str = "pragma busy_timeout = 5000; pragma cache_size = -512; pragma query_only = on";
const NAMELESS: &str = "pragma foreign_keys = off; pragma synchronous = off; pragma cache_size = -64000; pragma journal_mode = memory";
const MEMORY: &str = "pragma foreign_keys = off; pragma synchronous = off; pragma temp_store = memory";

pub(crate) fn open_writer(path: &Path) -> Result<Connection> {
    open_with(path, WRITER)
}

pub(crate) fn open_reader(path: &Path) -> Result<Connection> {
    open_with(path, READER)
}

pub(crate) fn open_memory() -> Result<Connection> {
    prepared(Connection::open_in_memory().map_err(error)?, MEMORY)
}

/// A database of its own in a temporary file without a name, which ends with the connection.
pub(crate) fn open_nameless() -> Result<Connection> {
    open_with(Path::new(""), NAMELESS)
}

fn open_with(path: &Path, pragmas: &str) -> Result<Connection> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    prepared(Connection::open_with_flags(path, flags).map_err(error)?, pragmas)
}

fn prepared(connection: Connection, pragmas: &str) -> Result<Connection> {
    connection.execute_batch(pragmas).map_err(error)?;
    // A plan is made once. Otherwise a statement with `limit $1` is planned anew each time that it is bound, as the number might change its plan.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(error)?;
    Ok(connection)
}

/// All pages in one step: what others commit meanwhile is not in it, and nobody waits for it.
pub(crate) fn copy_pages(from: &Connection, to: &mut Connection) -> Result<()> {
    let backup = Backup::new(from, to).map_err(error)?;
    match backup.step(-1).map_err(error)? {
        StepResult::Done => Ok(()),
        _ => Err(StoreError::new(Kind::Busy, "the database was in use by another program during the copy")),
    }
}

/// What the driver's failure means. Its message names tables and columns, never values (invariant I18).
pub(crate) fn error(failure: rusqlite::Error) -> StoreError {
    let rusqlite::Error::SqliteFailure(cause, message) = &failure else {
        return StoreError::other(format!("the database driver failed: {failure}"));
    };
    let kind = match cause.code {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Kind::Busy,
        ErrorCode::DiskFull => Kind::Full,
        // The file that the processes share beside the database is made longer before anything is written.
        ErrorCode::SystemIoFailure if cause.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE => {
            Kind::Full
        }
        ErrorCode::ReadOnly | ErrorCode::PermissionDenied => Kind::ReadOnly,
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Kind::Corrupt,
        ErrorCode::CannotOpen => Kind::Unreachable,
        ErrorCode::ConstraintViolation => {
            let table = message.as_deref().and_then(|m| m.split_once("failed: ")).map_or("", |(_, at)| at);
            return StoreError::conflict(table.split('.').next().unwrap_or_default());
        }
        _ => Kind::Other,
    };
    StoreError::new(
        kind,
        format!(
            "the database answered: {} ({})",
            message.as_deref().unwrap_or("an unknown failure"),
            cause.extended_code
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::StatementStatus;

    #[test]
    fn a_full_disk_is_told_apart() {
        let connection = open_memory().unwrap();
        connection.execute_batch("create table t (b BYTEA); pragma max_page_count = 3").unwrap();
        let full = connection.execute("insert into t values (zeroblob(100000))", []).unwrap_err();
        assert_eq!(error(full).kind, Kind::Full);
    }

    #[test]
    fn a_plan_is_made_once() {
        let connection = open_memory().unwrap();
        connection.execute_batch("create table t (a BIGINT primary key)").unwrap();
        let mut walk = connection.prepare("select a from t where a >= $1 order by a limit $2").unwrap();
        for limit in 1..5 {
            assert_eq!(walk.query_map([limit, limit], |row| row.get::<_, i64>(0)).unwrap().count(), 0);
        }
        assert_eq!(walk.get_status(StatementStatus::RePrepare), 0);
    }

    #[test]
    fn a_file_that_is_no_database_is_corrupt() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.db");
        std::fs::write(&path, vec![7; 5000]).unwrap();
        assert_eq!(open_writer(&path).unwrap_err().kind, Kind::Corrupt);
    }

    #[test]
    fn a_folder_that_is_not_there_is_unreachable() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(open_writer(&folder.path().join("no/x.db")).unwrap_err().kind, Kind::Unreachable);
    }
}
