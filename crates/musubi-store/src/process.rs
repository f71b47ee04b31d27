//! The processes that work on this database, as far as they tell.

use crate::error::Result;
use crate::single::values;
use crate::store::Store;

/// A process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessRow {
    /// The name its leases bear.
    pub name: String,
    /// When it was last heard of, in milliseconds since 1970.
    pub heartbeat: i64,
    /// What it tells of itself, as JSON.
    pub body: String,
}

const BEAT: &str = "insert into process (name, heartbeat, body) values ($1, $2, $3) \
    on conflict (name) do update set heartbeat = excluded.heartbeat, body = excluded.body";
const LIST: &str = "select name, heartbeat, body from process order by name";
const FORGET: &str = "delete from process where heartbeat < $1";
const LEAVE: &str = "delete from process where name = $1";
pub(crate) const STATEMENTS: &[&str] = &[BEAT, LIST, FORGET, LEAVE];

impl Store {
    /// This process lives.
    pub async fn heartbeat(&self, name: &str, now: i64, body: &str) -> Result<()> {
        self.change(BEAT, values![name, now, body]).await.map(drop)
    }

    /// Every process heard of.
    pub async fn processes(&self) -> Result<Vec<ProcessRow>> {
        let make = |row: &crate::sql::Row<'_>| {
            Ok(ProcessRow { name: row.text(0)?, heartbeat: row.int(1)?, body: row.text(2)? })
        };
        self.all(LIST, values![], make).await
    }

    /// Forgets the processes not heard of since then.
    pub async fn forget_processes(&self, before: i64) -> Result<u64> {
        self.change(FORGET, values![before]).await
    }

    /// This process ends.
    pub async fn leave(&self, name: &str) -> Result<()> {
        self.change(LEAVE, values![name]).await.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::each_engine;

    #[test]
    fn processes_come_and_go() {
        each_engine(async |store| {
            store.heartbeat("a", 1, "{}").await.unwrap();
            store.heartbeat("b", 5, "{}").await.unwrap();
            store.heartbeat("a", 4, "{}").await.unwrap();
            assert_eq!(store.forget_processes(5).await.unwrap(), 1);
            let left: Vec<_> = store.processes().await.unwrap().into_iter().map(|row| row.name).collect();
            assert_eq!(left, ["b"]);
            store.leave("b").await.unwrap();
            assert_eq!(store.processes().await.unwrap(), []);
        });
    }
}
