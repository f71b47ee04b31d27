//! Restoring a backup: an old memory takes the place of the present one (DESIGN §2.14). Every module sync is marked,
//! no lease of the past or the present goes on, and epochs do not go back (invariant I8).

use crate::copy::{self, Table};
use crate::error::{Kind, Result, StoreError};
use crate::pool::Pool;
use crate::store::{Engine, Store};
use crate::threads::Which;
use crate::{postgres, schema, sqlite};
use futures::SinkExt;
use futures::StreamExt;
use futures::channel::mpsc;
use rusqlite::Connection;
use rusqlite::types::Value;
use std::path::Path;

/// Batches read ahead of what is written.
const AHEAD: usize = 4;

const KEEP_EPOCHS: &str = "create temporary table kept_lease as select partition, epoch from lease";
const DROP_KEPT: &str = "drop table kept_lease";
/// After the tables are filled: the highest epoch of both times, raised once more.
const RAISE_EPOCHS: &str = "update lease set holder = '', until = 0, epoch = 1 + case \
    when (select k.epoch from kept_lease k where k.partition = lease.partition) > epoch \
    then (select k.epoch from kept_lease k where k.partition = lease.partition) else epoch end";
const KEEP_UNKNOWN_LEASES: &str = "insert into lease (partition, holder, epoch, until) \
    select k.partition, '', k.epoch + 1, 0 from kept_lease k \
    where not exists (select 1 from lease l where l.partition = k.partition)";
/// What was erased on request is erased again in what comes back, also where the backup does not know of it.
const KEEP_ERASURES: &str = "create temporary table kept_erasure as select * from erasure";
const DROP_KEPT_ERASURES: &str = "drop table kept_erasure";
const ERASE_AGAIN: &str = "insert into erasure select * from kept_erasure k where not exists \
    (select 1 from erasure e where e.workspace = k.workspace and e.id = k.id); update erasure set done_at = null";
const UNCLAIM: &str = "update token set claimed_until = 0";

fn mark(now: i64) -> String {
    format!("update module_sync set restored_at = {now}")
}

impl Store {
    /// Replaces everything by what the backup holds. Nothing else should be at work on this database; what is, loses
    /// its leases. The backup's secrets need the key they were encrypted with.
    pub async fn restore(&self, path: &Path, now: i64) -> Result<()> {
        let from = open_backup(path)?;
        match &self.inner.engine {
            Engine::Sqlite(engine) => {
                engine.with_connection(Which::Writer, move |to| import_sqlite(&from, to, now)).await
            }
            Engine::Postgres(pool) => import_postgres(from, pool, now).await,
        }
    }
}

/// A copy of the backup in a file of its own, brought up to this version; the backup itself is not touched.
fn open_backup(path: &Path) -> Result<Connection> {
    if !path.is_file() {
        return Err(StoreError::new(Kind::Missing, format!("there is no file {}", path.display()))
            .coded("store.no_backup", "give a file that `musubi backup` wrote"));
    }
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
    let backup = Connection::open_with_flags(path, flags).map_err(sqlite::error)?;
    let known = backup.prepare("select version from schema_version").is_ok();
    if !known {
        return Err(StoreError::new(Kind::Corrupt, format!("{} is not a backup of musubi", path.display()))
            .coded("store.not_a_backup", "give a file that `musubi backup` wrote"));
    }
    // An empty name is a temporary file that SQLite deletes itself.
    let mut copy = Connection::open("").map_err(sqlite::error)?;
    sqlite::copy_pages(&backup, &mut copy)?;
    schema::migrate_sqlite(&copy)?;
    Ok(copy)
}

fn import_sqlite(from: &Connection, to: &Connection, now: i64) -> Result<()> {
    let run = |sql: &str| to.execute_batch(sql).map_err(sqlite::error);
    run("begin immediate")?;
    let done = (|| {
        run(KEEP_EPOCHS)?;
        run(KEEP_ERASURES)?;
        for table in copy::tables()? {
            run(&format!("delete from {}", table.name))?;
            let mut written = Ok(());
            copy::read_sqlite(from, &table, |rows| {
                written = rows.into_iter().try_for_each(|row| copy::write_sqlite(to, &table, row));
                written.is_ok()
            })?;
            written?;
        }
        run(RAISE_EPOCHS)?;
        run(KEEP_UNKNOWN_LEASES)?;
        run(UNCLAIM)?;
        run(&mark(now))?;
        run(ERASE_AGAIN)?;
        run(DROP_KEPT)?;
        run(DROP_KEPT_ERASURES)?;
        run("commit")
    })();
    if done.is_err() && !to.is_autocommit() {
        run("rollback")?;
    }
    done
}

async fn import_postgres(from: Connection, pool: &Pool, now: i64) -> Result<()> {
    let tables = copy::tables()?;
    let session = pool.checkout().await?;
    let run = async |sql: &str| session.client.batch_execute(sql).await.map_err(postgres::error);
    // Nobody acquires, renews or commits until the end; then every epoch is a later one.
    run("begin; lock table lease in access exclusive mode").await?;
    run(KEEP_EPOCHS).await?;
    run(KEEP_ERASURES).await?;
    for table in &tables {
        run(&format!("delete from {}", table.name)).await?;
    }
    let (send, mut rows) = mpsc::channel(AHEAD);
    let names = copy::tables()?;
    let reader = std::thread::spawn(move || read_all(&from, &names, send));
    while let Some((table, rows)) = rows.next().await {
        copy::write_postgres(&session, &tables[table], &rows).await?;
    }
    reader.join().map_err(|_| StoreError::other("the backup's reader stopped after a defect"))??;
    run(RAISE_EPOCHS).await?;
    run(KEEP_UNKNOWN_LEASES).await?;
    run(UNCLAIM).await?;
    run(&mark(now)).await?;
    run(ERASE_AGAIN).await?;
    run(DROP_KEPT).await?;
    run(DROP_KEPT_ERASURES).await?;
    run("commit").await?;
    session.finish();
    Ok(())
}

type Batch = (usize, Vec<Vec<Value>>);

/// Sends every row of every table, some at a time, until nobody wants more.
fn read_all(from: &Connection, tables: &[Table], mut send: mpsc::Sender<Batch>) -> Result<()> {
    for (number, table) in tables.iter().enumerate() {
        copy::read_sqlite(from, table, |rows| {
            futures::executor::block_on(send.send((number, rows))).is_ok()
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_backup_is_restored() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        assert_eq!(open_backup(&path).unwrap_err().code, "store.no_backup");
        std::fs::write(&path, vec![9; 9000]).unwrap();
        assert_eq!(open_backup(&path).unwrap_err().code, "store.not_a_backup");
    }

    #[test]
    fn a_backup_of_a_newer_version_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        let connection = Connection::open(&path).unwrap();
        schema::create_in_memory(&connection).unwrap();
        connection.execute_batch("insert into schema_version (version) values (999)").unwrap();
        drop(connection);
        assert_eq!(open_backup(&path).unwrap_err().kind, Kind::NewerVersion);
    }
}
