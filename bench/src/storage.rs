//! How much the hub's database holds, by table.

use crate::Failure;
use rusqlite::{Connection, OpenFlags};
use std::path::PathBuf;
use std::process::Stdio;
use tokio::process::Command;

const SQLITE: &str = "select coalesce(sum(pgsize), 0) from dbstat where name not like '%journal%'";
const POSTGRES: &str = "select coalesce(sum(pg_total_relation_size(oid)), 0) from pg_class \
    where relkind = 'r' and relnamespace = 'public'::regnamespace and relname <> 'journal'";

/// Where a contender's database is.
pub enum Database {
    /// A file.
    File(PathBuf),
    /// A database of its own on a PostgreSQL server; dropped by [`Database::drop`].
    Postgres {
        /// The server, as it was named.
        server: String,
        /// The database's name.
        name: String,
        /// Its address.
        url: String,
    },
}

impl Database {
    /// A new database on the server.
    pub async fn on(server: &str, number: usize) -> Result<Database, Failure> {
        let name = format!("musubi_bench_{}_{number}", std::process::id());
        psql(server, &format!("create database {name}")).await?;
        let host = server.find("://").map_or(0, |at| at + 3);
        let (base, options) = server.split_once('?').map_or((server, ""), |(base, options)| (base, options));
        let base = base[host..].find('/').map_or(base, |at| &base[..host + at]);
        let separator = if options.is_empty() { "" } else { "?" };
        let url = format!("{base}/{name}{separator}{options}");
        Ok(Database::Postgres { server: server.to_owned(), name, url })
    }

    /// As `--database` names it.
    pub fn argument(&self) -> String {
        match self {
            Database::File(path) => format!("sqlite:{}", path.display()),
            Database::Postgres { url, .. } => url.clone(),
        }
    }

    /// Bytes of all tables and their indexes, without the journal.
    pub async fn bytes(&self) -> Result<f64, Failure> {
        match self {
            Database::File(path) => {
                let size =
                    |connection: Connection| connection.query_row(SQLITE, [], |row| row.get::<_, i64>(0));
                let opened = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE);
                let bytes =
                    opened.and_then(size).map_err(|error| Failure::at("the database's size", error))?;
                Ok(bytes as f64)
            }
            Database::Postgres { url, .. } => {
                let text = psql(url, POSTGRES).await?;
                text.trim().parse().map_err(|error| Failure::at("the database's size", error))
            }
        }
    }

    /// Takes away what is not in the contender's folder.
    pub async fn drop(self) -> Result<(), Failure> {
        match self {
            Database::File(_) => Ok(()),
            Database::Postgres { server, name, .. } => {
                psql(&server, &format!("drop database {name} with (force)")).await.map(drop)
            }
        }
    }
}

async fn psql(url: &str, statement: &str) -> Result<String, Failure> {
    let mut command = Command::new("psql");
    command.args([url, "-qAt", "-c", statement]).stdin(Stdio::null());
    let output = command.output().await.map_err(|error| Failure::at("psql", error))?;
    if !output.status.success() {
        return Err(Failure::at("psql", String::from_utf8_lossy(&output.stderr)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
