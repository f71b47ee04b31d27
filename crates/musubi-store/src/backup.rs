//! A backup: one consistent state of everything in one SQLite file, whatever the engine, while work goes on.

use crate::copy;
use crate::error::{Kind, Result, StoreError};
use crate::pool::Pool;
use crate::store::{Engine, Store};
use crate::threads::Which;
use crate::{postgres, schema, sqlite};
use rusqlite::Connection;
use std::path::{Path, PathBuf};

const SNAPSHOT: &str = "begin isolation level repeatable read, read only";

impl Store {
    /// Writes everything into this file, which must not exist yet. It appears whole or not at all.
    pub async fn backup(&self, path: &Path) -> Result<()> {
        if path.exists() {
            return Err(StoreError::new(Kind::Conflict, format!("{} exists already", path.display()))
                .coded("store.backup_exists", "give a file that does not exist yet"));
        }
        let part = part_of(path);
        let done = match &self.inner.engine {
            Engine::Sqlite(sqlite) => {
                let to = part.clone();
                sqlite.with_connection(Which::Reader, move |from| copy_file(from, &to)).await
            }
            Engine::Postgres(pool) => export(pool, &part).await,
        };
        let done = done.and_then(|()| {
            let failed =
                |e| StoreError::other(format!("the backup could not be put at {}: {e}", path.display()));
            std::fs::File::open(&part).and_then(|file| file.sync_all()).map_err(failed)?;
            std::fs::rename(&part, path).map_err(failed)
        });
        if done.is_err() {
            // Nothing to say if there is none; the first failure is told.
            let _ = std::fs::remove_file(&part);
        }
        done
    }

    /// Another store in memory that holds what this one in memory holds now.
    pub async fn duplicate(&self) -> Result<Store> {
        let Engine::Sqlite(engine) = &self.inner.engine else {
            return Err(StoreError::other("only a store in memory can be duplicated"));
        };
        let connection = engine
            .with_connection(Which::Reader, |from| {
                let mut to = sqlite::open_memory()?;
                sqlite::copy_pages(from, &mut to)?;
                Ok(to)
            })
            .await?;
        Ok(Store { keyring: self.keyring.clone(), ..Store::over(connection) })
    }
}

fn part_of(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    path.with_file_name(name)
}

fn copy_file(from: &Connection, path: &Path) -> Result<()> {
    let mut to = open_new(path)?;
    sqlite::copy_pages(from, &mut to)?;
    // One file, without a log beside it.
    to.execute_batch("pragma journal_mode = delete; delete from process").map_err(sqlite::error)
}

fn open_new(path: &Path) -> Result<Connection> {
    if path.exists() {
        // What an interrupted backup left.
        std::fs::remove_file(path).map_err(|e| StoreError::other(format!("{}: {e}", path.display())))?;
    }
    Connection::open(path).map_err(sqlite::error)
}

async fn export(pool: &Pool, path: &Path) -> Result<()> {
    export_into(pool, &sqlite::Tx::new(open_new(path)?)).await
}

/// One state of everything, into an empty database.
pub(crate) async fn export_into(pool: &Pool, to: &sqlite::Tx) -> Result<()> {
    schema::create_in_memory(&to.connection())?;
    let batch = |sql: &str| to.connection().execute_batch(sql).map_err(sqlite::error);
    batch("begin")?;
    let session = pool.checkout().await?;
    session.client.batch_execute(SNAPSHOT).await.map_err(postgres::error)?;
    for table in copy::tables()? {
        copy::read_postgres(&session, &table, |row| copy::write_sqlite(&to.connection(), &table, row))
            .await?;
    }
    session.client.batch_execute("commit").await.map_err(postgres::error)?;
    session.finish();
    batch("commit")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commit::Changes;
    use crate::secret::Keyring;
    use crate::testing::{
        SYNC, connection_row, each_engine, journal_row, lease, link, links, module_sync_row,
    };

    #[test]
    fn a_backup_is_one_state_and_restores_on_every_engine() {
        let folder = tempfile::tempdir().unwrap();
        let number = std::sync::atomic::AtomicUsize::new(0);
        each_engine(async |store| {
            let turn = number.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let file = folder.path().join(format!("{turn}.backup"));
            let store = store.unlock(Keyring::new(&[1; 32])).await.unwrap();
            let connection = store.insert_connection(&connection_row("tokyo"), 1).await.unwrap();
            store.set_secrets(connection, b"refresh").await.unwrap();
            let sync = store.insert_module_sync(&module_sync_row(1, "Contacts"), 1).await.unwrap();
            let epoch = lease(&store, sync).await;
            let all: Vec<_> = (0..1200).map(|i| link(&format!("{i:04}"), i)).collect();
            let change =
                Changes { journal: vec![journal_row(1, 1)], state: Some(vec![4]), ..links(all.clone()) };
            store.commit(sync, epoch, 1, change).await.unwrap();
            store.backup(&file).await.unwrap();
            assert_eq!(store.backup(&file).await.unwrap_err().code, "store.backup_exists");
            store.commit(sync, epoch, 2, links(vec![link("late", 0)])).await.unwrap();

            each_engine_inside(async |other| {
                other.restore(&file, 77).await.unwrap();
                assert_eq!(other.scan_links(sync, "", 5000).await.unwrap(), all);
                assert_eq!(other.sync_state(sync).await.unwrap(), Some(vec![4]));
                assert_eq!(other.module_sync(sync).await.unwrap().unwrap().restored_at, Some(77));
                assert_eq!(other.journal_of(sync, musubi_core::Side::Left, "l1").await.unwrap().len(), 1);
                let other = other.unlock(Keyring::new(&[1; 32])).await.unwrap();
                assert_eq!(other.secrets(connection).await.unwrap().unwrap(), b"refresh");
                // The lease of the backup's time is nobody's, and its epoch is over.
                assert!(lease(&other, sync).await > epoch);
            })
            .await;
            store.restore(&file, 78).await.unwrap();
            assert_eq!(store.counts(sync).await.unwrap().all_links(), 1200);
            let lost = store.commit(sync, epoch, 3, links(vec![])).await.unwrap_err();
            assert_eq!(lost.kind, Kind::LeaseLost);
            store.restore_settled(sync).await.unwrap();
            assert_eq!(store.module_sync(sync).await.unwrap().unwrap().restored_at, None);
        });
    }

    /// Like `each_engine`, from inside one.
    async fn each_engine_inside(promise: impl AsyncFn(Store)) {
        promise(Store::in_memory().unwrap()).await;
        let folder = tempfile::tempdir().unwrap();
        promise(Store::open_file(&folder.path().join("other.db")).unwrap()).await;
        if tokio::runtime::Handle::try_current().is_ok() {
            let on = async |url: String| promise(Store::open_postgres(&url).await.unwrap()).await;
            crate::testing::on_postgres(on).await;
        }
    }

    #[test]
    fn a_duplicate_is_independent() {
        let store = Store::in_memory().unwrap();
        futures::executor::block_on(async {
            let epoch = lease(&store, SYNC).await;
            store.commit(SYNC, epoch, 1, links(vec![link("1", 0)])).await.unwrap();
            let copy = store.duplicate().await.unwrap();
            copy.commit(SYNC, epoch, 1, links(vec![link("2", 0)])).await.unwrap();
            assert_eq!(copy.counts(SYNC).await.unwrap().all_links(), 2);
            assert_eq!(store.counts(SYNC).await.unwrap().all_links(), 1);
        });
    }
}
