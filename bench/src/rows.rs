//! The one row store of the ceiling loop: SQLite, every commit on the disk, on a thread of its own.

use crate::Failure;
use crate::page::{HASH_BYTES, Hashes};
use rusqlite::{Connection, OptionalExtension};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use tokio::sync::oneshot;

const TABLES: &str = "
    create table if not exists row(source integer primary key, target integer not null, hashes blob not null) strict;
    create table if not exists outbox(id integer primary key, body blob not null) strict;";
const LOOK: &str = "select target, hashes from row where source = ?1";
const PUT: &str = "insert into row(source, target, hashes) values (?1, ?2, ?3)
    on conflict (source) do update set target = excluded.target, hashes = excluded.hashes";
const ANNOUNCE: &str = "insert into outbox(body) values (?1)";
const FORGET: &str = "delete from outbox where id between ?1 and ?2";

/// What is remembered of one record.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The id in the source.
    pub source: i64,
    /// The id in the target.
    pub target: i64,
    /// The values as last sent.
    pub hashes: Hashes,
}

/// The entries of the outbox that belong to one page: the first and the last, both with it.
#[derive(Clone, Copy, Debug)]
pub struct Announced(i64, i64);

enum Job {
    Look(Vec<i64>, Reply<Vec<Option<Row>>>),
    Announce(Vec<Vec<u8>>, Reply<Announced>),
    Finish(Vec<Row>, Announced, Reply<()>),
}

type Reply<T> = oneshot::Sender<rusqlite::Result<T>>;

/// The store; clones share one thread, which ends with the last of them.
#[derive(Clone)]
pub struct Rows(SyncSender<Job>);

impl Rows {
    /// Opens a store, making it if need be.
    pub fn open(path: &Path) -> Result<Rows, Failure> {
        let open = || -> rusqlite::Result<Connection> {
            let connection = Connection::open(path)?;
            connection.pragma_update(None, "journal_mode", "WAL")?;
            connection.pragma_update(None, "synchronous", "FULL")?;
            connection.execute_batch(TABLES)?;
            Ok(connection)
        };
        let connection = open().map_err(|error| Failure::at(path.display(), error))?;
        let (jobs, queue) = sync_channel(64);
        thread::spawn(move || work(connection, &queue));
        Ok(Rows(jobs))
    }

    /// What is remembered of these records, in their order.
    pub async fn look(&self, sources: Vec<i64>) -> Result<Vec<Option<Row>>, Failure> {
        self.ask(|reply| Job::Look(sources, reply)).await
    }

    /// Keeps what is about to be sent; returns when it is on the disk.
    pub async fn announce(&self, bodies: Vec<Vec<u8>>) -> Result<Announced, Failure> {
        self.ask(|reply| Job::Announce(bodies, reply)).await
    }

    /// Remembers what was sent and forgets the announcement, in one transaction.
    pub async fn finish(&self, rows: Vec<Row>, announced: Announced) -> Result<(), Failure> {
        self.ask(|reply| Job::Finish(rows, announced, reply)).await
    }

    async fn ask<T>(&self, job: impl FnOnce(Reply<T>) -> Job) -> Result<T, Failure> {
        let (reply, answer) = oneshot::channel();
        let gone = || Failure("the row store's thread is gone".into());
        self.0.send(job(reply)).map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?.map_err(|error| Failure::at("the row store", error))
    }
}

fn work(mut connection: Connection, queue: &Receiver<Job>) {
    // Whoever no longer waits for an answer needs none.
    while let Ok(job) = queue.recv() {
        match job {
            Job::Look(sources, reply) => drop(reply.send(look(&connection, &sources))),
            Job::Announce(bodies, reply) => drop(reply.send(announce(&mut connection, &bodies))),
            Job::Finish(rows, announced, reply) => {
                drop(reply.send(finish(&mut connection, &rows, &announced)))
            }
        }
    }
}

fn look(connection: &Connection, sources: &[i64]) -> rusqlite::Result<Vec<Option<Row>>> {
    let mut statement = connection.prepare_cached(LOOK)?;
    let mut one = |source: &i64| {
        let row = statement.query_row([source], |row| {
            let hashes: [u8; HASH_BYTES] = row.get(1)?;
            Ok(Row { source: *source, target: row.get(0)?, hashes })
        });
        row.optional()
    };
    sources.iter().map(&mut one).collect()
}

fn announce(connection: &mut Connection, bodies: &[Vec<u8>]) -> rusqlite::Result<Announced> {
    let transaction = connection.transaction()?;
    let mut announced = Announced(i64::MAX, 0);
    {
        let mut statement = transaction.prepare_cached(ANNOUNCE)?;
        for body in bodies {
            let id = statement.insert([body])?;
            announced = Announced(announced.0.min(id), id);
        }
    }
    transaction.commit()?;
    Ok(announced)
}

fn finish(connection: &mut Connection, rows: &[Row], announced: &Announced) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    {
        let mut put = transaction.prepare_cached(PUT)?;
        for row in rows {
            put.execute((row.source, row.target, &row.hashes[..]))?;
        }
        transaction.prepare_cached(FORGET)?.execute((announced.0, announced.1))?;
    }
    transaction.commit()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_was_finished_is_remembered_and_no_longer_announced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.db");
        let rows = Rows::open(&path).unwrap();
        let row = Row { source: 7, target: 70, hashes: [3; HASH_BYTES] };
        let announced = rows.announce(vec![b"one".to_vec(), b"two".to_vec()]).await.unwrap();
        let kept = |path: &Path| -> i64 {
            Connection::open(path)
                .unwrap()
                .query_row("select count(*) from outbox", [], |row| row.get(0))
                .unwrap()
        };
        assert_eq!(kept(&path), 2);
        rows.finish(vec![row.clone()], announced).await.unwrap();
        assert_eq!(kept(&path), 0);
        assert_eq!(rows.look(vec![6, 7]).await.unwrap(), [None, Some(row.clone())]);
        let again = Row { target: 71, ..row };
        rows.finish(vec![again.clone()], Announced(0, 0)).await.unwrap();
        assert_eq!(rows.look(vec![7]).await.unwrap(), [Some(again)]);
    }
}
