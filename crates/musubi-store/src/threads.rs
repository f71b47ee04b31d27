//! SQLite on its own threads: one that writes and a few that read, so that nobody waits for a disk on a thread that
//! serves others, and one file is never written by two at once. Or inline: everything at once on the caller's thread,
//! for the simulator, which runs tens of thousands of stores.

use crate::error::{Kind, Result, StoreError};
use crate::sql::Tx;
use crate::sqlite;
use futures::FutureExt;
use futures::channel::oneshot;
use futures::future::BoxFuture;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

const READERS: usize = 2;

/// A writer without work for so long lets its cache of pages go. Reading the few pages of the next transaction anew costs less than a hub at rest should hold.
const IDLE: Duration = Duration::from_secs(2);

type Job = Box<dyn FnOnce(&Tx) + Send>;

/// A SQLite database and whoever works on it.
pub(crate) enum Sqlite {
    /// The one connection, and a lock that one transaction holds from its begin to its end.
    Inline {
        tx: Tx,
        gate: Mutex<()>,
    },
    Threads {
        write: Worker,
        read: Worker,
    },
}

/// Threads that take jobs from one queue. They end, and close their connections, when it is dropped.
pub(crate) struct Worker {
    jobs: Option<Sender<Job>>,
    threads: Vec<JoinHandle<()>>,
}

impl Sqlite {
    pub(crate) fn inline(connection: rusqlite::Connection) -> Sqlite {
        Sqlite::Inline { tx: Tx::Sqlite(sqlite::Tx::new(connection)), gate: Mutex::new(()) }
    }

    /// Takes over the writing connection and opens the reading ones.
    pub(crate) fn threads(writer: rusqlite::Connection, path: &Path) -> Result<Sqlite> {
        let readers = (0..READERS).map(|_| sqlite::open_reader(path)).collect::<Result<Vec<_>>>()?;
        Ok(Sqlite::Threads { write: Worker::start(vec![writer])?, read: Worker::start(readers)? })
    }

    /// Runs `work` in a transaction that is committed if it succeeds.
    pub(crate) async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> Fn(&'t Tx) -> BoxFuture<'t, Result<T>> + Send + 'static,
    {
        match self {
            Sqlite::Inline { tx, gate } => {
                let _gate = gate.lock().unwrap_or_else(PoisonError::into_inner);
                transact(tx, "begin immediate", &work)
            }
            Sqlite::Threads { write, .. } => {
                write.ask(move |tx| transact(tx, "begin immediate", &work)).await
            }
        }
    }

    /// Runs `work`, which only reads, on one state of the database.
    pub(crate) async fn read<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> Fn(&'t Tx) -> BoxFuture<'t, Result<T>> + Send + 'static,
    {
        match self {
            Sqlite::Inline { tx, gate } => {
                let _gate = gate.lock().unwrap_or_else(PoisonError::into_inner);
                at_once(work(tx))
            }
            Sqlite::Threads { read, .. } => read.ask(move |tx| transact(tx, "begin", &work)).await,
        }
    }

    /// Runs `work`, which only reads, on the writing connection: it alone keeps its cache of pages from one transaction
    /// to the next, so what a partition reads before each commit is read here.
    pub(crate) async fn read_hot<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> Fn(&'t Tx) -> BoxFuture<'t, Result<T>> + Send + 'static,
    {
        match self {
            Sqlite::Inline { .. } => self.read(work).await,
            Sqlite::Threads { write, .. } => write.ask(move |tx| transact(tx, "begin", &work)).await,
        }
    }

    /// Runs `work` with a reading connection (writers go on) or the writing one, and no transaction.
    pub(crate) async fn with_connection<T, F>(&self, which: Which, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut rusqlite::Connection) -> Result<T> + Send + 'static,
    {
        let run = move |tx: &Tx| match tx {
            Tx::Sqlite(tx) => work(&mut tx.connection()),
            Tx::Postgres(_) => Err(StoreError::other("a SQLite thread got a transaction of PostgreSQL")),
        };
        match (self, which) {
            (Sqlite::Inline { tx, gate }, _) => {
                let _gate = gate.lock().unwrap_or_else(PoisonError::into_inner);
                run(tx)
            }
            (Sqlite::Threads { read, .. }, Which::Reader) => read.ask(run).await,
            (Sqlite::Threads { write, .. }, Which::Writer) => write.ask(run).await,
        }
    }
}

/// Which connection something needs.
#[derive(Clone, Copy)]
pub(crate) enum Which {
    Reader,
    Writer,
}

/// Everything SQLite does is done when it returns, so a transaction's future is ready at its first poll.
fn at_once<T>(work: BoxFuture<'_, Result<T>>) -> Result<T> {
    work.now_or_never()
        .unwrap_or_else(|| Err(StoreError::other("a transaction waited for something on SQLite")))
}

fn transact<T>(
    tx: &Tx,
    begin: &'static str,
    work: &impl for<'t> Fn(&'t Tx) -> BoxFuture<'t, Result<T>>,
) -> Result<T> {
    let Tx::Sqlite(connection) = tx else {
        return Err(StoreError::other("a SQLite thread got a transaction of PostgreSQL"));
    };
    connection.run(begin, &[])?;
    let done = at_once(work(tx)).and_then(|value| connection.run("commit", &[]).map(|_| value));
    // A full disk may have ended the transaction already; then there is nothing left to roll back.
    if done.is_err() && !connection.connection().is_autocommit() {
        connection.run("rollback", &[])?;
    }
    done
}

impl Worker {
    fn start(connections: Vec<rusqlite::Connection>) -> Result<Worker> {
        let (jobs, queue) = channel::<Job>();
        let queue = Arc::new(Mutex::new(queue));
        let mut worker = Worker { jobs: Some(jobs), threads: Vec::new() };
        for connection in connections {
            let queue = Arc::clone(&queue);
            let thread = std::thread::Builder::new()
                .name("musubi-store".into())
                .spawn(move || work_off(&queue, Tx::Sqlite(sqlite::Tx::new(connection))))
                .map_err(|e| StoreError::other(format!("no thread for the database: {e}")))?;
            worker.threads.push(thread);
        }
        Ok(worker)
    }

    async fn ask<T, F>(&self, job: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Tx) -> Result<T> + Send + 'static,
    {
        let (answer, wait) = oneshot::channel();
        let stopped = || StoreError::new(Kind::Other, "the database thread has stopped after a defect");
        let job: Job = Box::new(move |tx| {
            // Nobody waits any more: the transaction stands all the same.
            let _ = answer.send(job(tx));
        });
        self.jobs.as_ref().ok_or_else(stopped)?.send(job).map_err(|_| stopped())?;
        wait.await.unwrap_or_else(|_| Err(stopped()))
    }
}

fn work_off(queue: &Mutex<Receiver<Job>>, tx: Tx) {
    let queue = || queue.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        let next = queue().recv_timeout(IDLE);
        let next = match next {
            Err(RecvTimeoutError::Timeout) => {
                let_go(&tx);
                queue().recv().ok()
            }
            next => next.ok(),
        };
        match next {
            Some(job) => job(&tx),
            None => return,
        }
    }
}

/// What the connection holds for the next transaction only.
fn let_go(tx: &Tx) {
    if let Tx::Sqlite(tx) = tx {
        // If it cannot be let go of now, it is after the next work.
        let _ = tx.connection().execute_batch("pragma shrink_memory");
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.jobs = None;
        for thread in self.threads.drain(..) {
            // A thread that panicked has told its caller already.
            let _ = thread.join();
        }
    }
}
