//! The tables, in numbered steps of one SQL text, and the rule that a newer version's database is refused.

use crate::error::{Kind, Result, StoreError};
use crate::pool::Pool;
use crate::postgres;
use crate::sqlite;
use rusqlite::Connection;
use std::sync::{Mutex, PoisonError};

/// Every step there has ever been; none is changed once it has been released.
const STEPS: &[&str] = &[
    include_str!("../migrations/0001.sql"),
    include_str!("../migrations/0002.sql"),
    include_str!("../migrations/0003.sql"),
    include_str!("../migrations/0004.sql"),
    include_str!("../migrations/0005.sql"),
    include_str!("../migrations/0006.sql"),
    include_str!("../migrations/0007.sql"),
    include_str!("../migrations/0008.sql"),
    include_str!("../migrations/0009.sql"),
    include_str!("../migrations/0010.sql"),
    include_str!("../migrations/0011.sql"),
];

/// The one difference between the engines' tables: on SQLite a row lives in its primary key's tree.
const WITHOUT_ROWID: &str = "/*without rowid*/";

const VERSION_TABLE: &str = "create table if not exists schema_version (version BIGINT not null primary key)";
const READ_VERSION: &str = "select coalesce(max(version), 0) from schema_version";

/// One process at a time changes the tables of a database.
const ONE_AT_A_TIME: &str = "begin; select pg_advisory_xact_lock(77210011)";

/// The version this program's tables have.
pub(crate) const VERSION: i64 = STEPS.len() as i64;

fn steps_after(version: i64) -> Result<impl Iterator<Item = (i64, &'static str)>> {
    if version > VERSION {
        return Err(StoreError::new(
            Kind::NewerVersion,
            format!("the database has version {version} of the tables; this program knows {VERSION}"),
        ));
    }
    Ok((1..).zip(STEPS.iter().copied()).filter(move |(number, _)| *number > version))
}

fn sqlite_text(step: &str) -> String {
    step.replace(WITHOUT_ROWID, "without rowid")
}

fn record(number: i64) -> String {
    format!("insert into schema_version (version) values ({number})")
}

/// Makes all tables in an empty database in memory.
pub(crate) fn create_in_memory(connection: &Connection) -> Result<()> {
    static SCRIPT: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
        let steps: Vec<String> = (1..)
            .zip(STEPS)
            .map(|(number, step)| format!("{} {};", sqlite_text(step), record(number)))
            .collect();
        format!("begin; {VERSION_TABLE}; {} commit", steps.concat())
    });
    connection.execute_batch(&SCRIPT).map_err(sqlite::error)
}

/// Makes all tables in an empty database in memory by copying the pages of one that has them, which is faster.
pub(crate) fn copy_template(connection: &mut Connection) -> Result<()> {
    static TEMPLATE: Mutex<Option<Connection>> = Mutex::new(None);
    let mut template = TEMPLATE.lock().unwrap_or_else(PoisonError::into_inner);
    if template.is_none() {
        let made = sqlite::open_memory()?;
        create_in_memory(&made)?;
        *template = Some(made);
    }
    template.as_ref().map_or(Ok(()), |template| sqlite::copy_pages(template, connection))
}

/// Brings a SQLite file up to date.
pub(crate) fn migrate_sqlite(connection: &Connection) -> Result<()> {
    let run = |sql: &str| connection.execute_batch(sql).map_err(sqlite::error);
    run("begin immediate")?;
    let done = (|| {
        run(VERSION_TABLE)?;
        let version = connection.query_row(READ_VERSION, [], |row| row.get(0)).map_err(sqlite::error)?;
        for (number, step) in steps_after(version)? {
            run(&sqlite_text(step))?;
            run(&record(number))?;
        }
        run("commit")
    })();
    if done.is_err() && !connection.is_autocommit() {
        run("rollback")?;
    }
    done
}

/// Brings a PostgreSQL database up to date. Dropping the connection on an error rolls everything back.
pub(crate) async fn migrate_postgres(pool: &Pool) -> Result<()> {
    let session = pool.checkout().await?;
    let run = async |sql: &str| session.client.batch_execute(sql).await.map_err(postgres::error);
    run(ONE_AT_A_TIME).await?;
    run(VERSION_TABLE).await?;
    let row = session.client.query_one(READ_VERSION, &[]).await.map_err(postgres::error)?;
    for (number, step) in steps_after(postgres::column(&row, 0)?)? {
        run(step).await?;
        run(&record(number)).await?;
    }
    run("commit").await?;
    session.finish();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_version_is_refused() {
        let connection = sqlite::open_memory().unwrap();
        create_in_memory(&connection).unwrap();
        connection.execute_batch(&record(VERSION + 1)).unwrap();
        let refused = migrate_sqlite(&connection).unwrap_err();
        assert_eq!((refused.kind, refused.code), (Kind::NewerVersion, "store.newer_version"));
    }

    #[test]
    fn migrating_twice_changes_nothing() {
        let connection = sqlite::open_memory().unwrap();
        migrate_sqlite(&connection).unwrap();
        migrate_sqlite(&connection).unwrap();
        let version: i64 = connection.query_row(READ_VERSION, [], |row| row.get(0)).unwrap();
        assert_eq!(version, VERSION);
    }
}
