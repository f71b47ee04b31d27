//! The store: which engine it is on, and how a transaction is run on it.

use crate::error::{Kind, Result};
use crate::pool::Pool;
use crate::schema;
use crate::secret::Keyring;
use crate::sql::Tx;
use crate::threads::Sqlite;
use crate::wake::Bell;
use crate::{postgres, sqlite};
use futures::future::BoxFuture;
use std::path::Path;
use std::sync::Arc;

/// How often a transaction that another one stood in the way of is run again before the caller is told.
const ATTEMPTS: usize = 5;

/// Everything durable. Cheap to clone; all clones are the same store.
#[derive(Clone)]
pub struct Store {
    pub(crate) inner: Arc<Inner>,
    pub(crate) keyring: Option<Arc<Keyring>>,
}

pub(crate) struct Inner {
    pub(crate) engine: Engine,
    pub(crate) bell: Bell,
}

pub(crate) enum Engine {
    Sqlite(Sqlite),
    Postgres(Box<Pool>),
}

impl Store {
    /// A store in memory that does everything at once on the caller's thread: its futures are ready at their first
    /// poll, and it needs no runtime.
    pub fn in_memory() -> Result<Store> {
        let mut connection = sqlite::open_memory()?;
        schema::copy_template(&mut connection)?;
        Ok(Store::over(connection))
    }

    /// Opens the SQLite database in this file, makes it if it is not there, and brings its tables up to date.
    pub fn open_file(path: &Path) -> Result<Store> {
        let connection = sqlite::open_writer(path)?;
        schema::migrate_sqlite(&connection)?;
        Ok(Store::with(Engine::Sqlite(Sqlite::threads(connection, path)?)))
    }

    /// Opens the PostgreSQL database at this address and brings its tables up to date. The database must exist.
    pub async fn open_postgres(url: &str) -> Result<Store> {
        let pool = Pool::new(url)?;
        schema::migrate_postgres(&pool).await?;
        Ok(Store::with(Engine::Postgres(Box::new(pool))))
    }

    /// Opens what a `--database` argument names: `postgres://…`, or `sqlite:` and a file's path.
    pub async fn open(database: &str) -> Result<Store> {
        if database.starts_with("postgres://") || database.starts_with("postgresql://") {
            return Store::open_postgres(database).await;
        }
        Store::open_file(Path::new(database.strip_prefix("sqlite:").unwrap_or(database)))
    }

    pub(crate) fn over(connection: rusqlite::Connection) -> Store {
        Store::with(Engine::Sqlite(Sqlite::inline(connection)))
    }

    fn with(engine: Engine) -> Store {
        Store { inner: Arc::new(Inner { engine, bell: Bell::default() }), keyring: None }
    }

    /// Whether other processes may work on the same database.
    pub fn is_shared(&self) -> bool {
        matches!(self.inner.engine, Engine::Postgres(_))
    }

    /// Runs `work` in one transaction: all of it stands, or nothing. It may run more than once, each time from the
    /// start, when another transaction stood in the way.
    pub(crate) async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> Fn(&'t Tx) -> BoxFuture<'t, Result<T>> + Send + 'static,
    {
        let pool = match &self.inner.engine {
            Engine::Sqlite(sqlite) => return sqlite.write(work).await,
            Engine::Postgres(pool) => pool,
        };
        let mut attempt = 1;
        loop {
            let tx = Box::new(postgres::Tx::new(pool.checkout().await?));
            tx.queue_plain("begin");
            let tx = Tx::Postgres(tx);
            let done: Result<T> = async {
                let value = work(&tx).await?;
                tx.settle().await?;
                Ok(value)
            }
            .await;
            let Tx::Postgres(tx) = tx else { unreachable!("it was made above") };
            tx.queue_plain(if done.is_ok() { "commit" } else { "rollback" });
            let ended = tx.settle().await;
            if ended.is_ok() {
                tx.finish();
            }
            match done {
                Err(failure) if failure.kind == Kind::Busy && attempt < ATTEMPTS => attempt += 1,
                Err(failure) => return Err(failure),
                Ok(value) => return ended.map(|()| value),
            }
        }
    }

    /// Runs `work`, which only reads. Its statements may see different states on PostgreSQL; a partition's own rows
    /// do not change under the holder of its lease.
    pub(crate) async fn read<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> Fn(&'t Tx) -> BoxFuture<'t, Result<T>> + Send + 'static,
    {
        match &self.inner.engine {
            Engine::Sqlite(sqlite) => sqlite.read(work).await,
            Engine::Postgres(pool) => {
                let tx = Tx::Postgres(Box::new(postgres::Tx::new(pool.checkout().await?)));
                let done = work(&tx).await;
                if done.is_ok()
                    && let Tx::Postgres(tx) = tx
                {
                    tx.finish();
                }
                done
            }
        }
    }
}

impl Store {
    /// Like `read`, for what is read before each commit.
    pub(crate) async fn read_hot<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> Fn(&'t Tx) -> BoxFuture<'t, Result<T>> + Send + 'static,
    {
        match &self.inner.engine {
            Engine::Sqlite(sqlite) => sqlite.read_hot(work).await,
            Engine::Postgres(_) => self.read(work).await,
        }
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.is_shared() { "Store(postgres)" } else { "Store(sqlite)" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commit::Changes;
    use crate::load::Want;
    use crate::testing::{SYNC, lease, link, links, on_postgres};
    use futures::FutureExt;

    #[test]
    fn in_memory_everything_is_ready_at_once() {
        let store = Store::in_memory().unwrap();
        let epoch = lease(&store, SYNC).now_or_never().unwrap();
        store.commit(SYNC, epoch, 1, links(vec![link("1", 0)])).now_or_never().unwrap().unwrap();
        assert_eq!(store.load(SYNC, Want::default()).now_or_never().unwrap().unwrap().links, []);
        store.add_hints(vec![]).now_or_never().unwrap().unwrap();
        store.counts(SYNC).now_or_never().unwrap().unwrap();
    }

    #[test]
    fn what_was_committed_is_there_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("musubi.db");
        futures::executor::block_on(async {
            let store = Store::open_file(&path).unwrap();
            let epoch = lease(&store, SYNC).await;
            store.commit(SYNC, epoch, 1, links(vec![link("1", 0)])).await.unwrap();
            drop(store);
            let store = Store::open(&format!("sqlite:{}", path.display())).await.unwrap();
            assert_eq!(store.scan_links(SYNC, "", 9).await.unwrap(), [link("1", 0)]);
        });
    }

    #[test]
    fn a_full_disk_loses_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open_file(&folder.path().join("musubi.db")).unwrap();
        let limit = |pages: &'static str| {
            let Engine::Sqlite(engine) = &store.inner.engine else { unreachable!("opened as a file") };
            engine.with_connection(crate::threads::Which::Writer, move |connection| {
                connection.execute_batch(pages).map_err(sqlite::error)
            })
        };
        futures::executor::block_on(async {
            let epoch = lease(&store, SYNC).await;
            store.commit(SYNC, epoch, 1, links(vec![link("1", 0)])).await.unwrap();
            limit("pragma max_page_count = 60").await.unwrap();
            let many: Vec<_> = (0..5000).map(|i| link(&i.to_string(), 0)).collect();
            let full = store.commit(SYNC, epoch, 1, links(many.clone())).await.unwrap_err();
            assert_eq!(full.kind, Kind::Full);
            assert_eq!(store.scan_links(SYNC, "", 9).await.unwrap(), [link("1", 0)]);
            limit("pragma max_page_count = 100000").await.unwrap();
            store.commit(SYNC, epoch, 1, links(many)).await.unwrap();
            assert_eq!(store.counts(SYNC).await.unwrap().all_links(), 5000);
        });
    }

    #[test]
    fn a_server_that_is_not_there_is_unreachable() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let failed = runtime.block_on(Store::open("postgres://nobody@127.0.0.1:1/none")).unwrap_err();
        assert_eq!(failed.kind, Kind::Unreachable);
        let failed = runtime.block_on(Store::open("postgres://host:port/")).unwrap_err();
        assert_eq!(failed.code, "store.bad_address");
    }

    #[test]
    fn a_lost_connection_is_replaced() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(on_postgres(async |url| {
            let store = Store::open_postgres(&url).await.unwrap();
            let epoch = lease(&store, SYNC).await;
            let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
            let kill = "select pg_terminate_backend(pid) from pg_stat_activity \
                where datname = current_database() and pid <> pg_backend_pid()";
            futures::pin_mut!(connection);
            futures::future::select(Box::pin(client.batch_execute(kill)), connection).await;
            let mut tries = 0;
            while let Err(failure) = store.commit(SYNC, epoch, 1, links(vec![link("1", 0)])).await {
                assert_eq!(failure.kind, Kind::Unreachable, "{failure:?}");
                tries += 1;
                assert!(tries < 10);
            }
            assert_eq!(store.scan_links(SYNC, "", 9).await.unwrap(), [link("1", 0)]);
        }));
    }

    #[test]
    fn the_store_can_be_used_from_any_thread() {
        fn send<T: Send>(_: T) {}
        let store = Store::in_memory().unwrap();
        send(store.load(SYNC, Want::default()));
        send(store.commit(SYNC, 1, 1, Changes::default()));
        send(store.backup(Path::new("x")));
        send(store.restore(Path::new("x"), 1));
        send(store.hear_others());
        send(store.unlock(Keyring::new(&[1; 32])));
    }
}
