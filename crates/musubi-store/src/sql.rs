//! The seam between SQL text written once and the two engines. Rows and arguments are of four types: TEXT, BIGINT,
//! DOUBLE PRECISION and BYTEA. `sqlite.rs` and `postgres.rs` are the other two files that name a driver's types.
//!
//! A statement has placeholders `$1`, `$2` … in the order of their first appearance, and at most one marker:
//!
//! - `values /*rows*/ ($1, $2)`: run for many rows. SQLite runs the text as it stands for each row, PostgreSQL once
//!   with one array per column.
//! - `in (/*list*/ $3)`: run for a list; the list is the last argument. SQLite runs the text for each item,
//!   PostgreSQL once with an array.

use crate::error::Result;
use crate::postgres;
use crate::sqlite;
use musubi_core::Side;
use std::sync::atomic::{AtomicU64, Ordering};

/// An argument; the type is known even when the value is null.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Arg<'a> {
    Int(Option<i64>),
    Real(f64),
    Text(Option<&'a str>),
    Bytes(Option<&'a [u8]>),
}

impl From<i64> for Arg<'_> {
    fn from(value: i64) -> Self {
        Arg::Int(Some(value))
    }
}
impl From<Option<i64>> for Arg<'_> {
    fn from(value: Option<i64>) -> Self {
        Arg::Int(value)
    }
}
impl From<Side> for Arg<'_> {
    fn from(side: Side) -> Self {
        Arg::Int(Some(side.number()))
    }
}
impl From<f64> for Arg<'_> {
    fn from(value: f64) -> Self {
        Arg::Real(value)
    }
}
impl<'a> From<&'a str> for Arg<'a> {
    fn from(value: &'a str) -> Self {
        Arg::Text(Some(value))
    }
}
impl<'a> From<&'a String> for Arg<'a> {
    fn from(value: &'a String) -> Self {
        Arg::Text(Some(value))
    }
}
impl<'a> From<&'a Option<String>> for Arg<'a> {
    fn from(value: &'a Option<String>) -> Self {
        Arg::Text(value.as_deref())
    }
}
impl<'a> From<&'a [u8]> for Arg<'a> {
    fn from(value: &'a [u8]) -> Self {
        Arg::Bytes(Some(value))
    }
}
impl<'a> From<&'a Vec<u8>> for Arg<'a> {
    fn from(value: &'a Vec<u8>) -> Self {
        Arg::Bytes(Some(value))
    }
}
impl<'a> From<&'a [u8; 16]> for Arg<'a> {
    fn from(value: &'a [u8; 16]) -> Self {
        Arg::Bytes(Some(value))
    }
}
impl<'a> From<&'a Option<Vec<u8>>> for Arg<'a> {
    fn from(value: &'a Option<Vec<u8>>) -> Self {
        Arg::Bytes(value.as_deref())
    }
}

/// An array of arguments.
macro_rules! args {
    ($($value:expr),* $(,)?) => { [$($crate::sql::Arg::from($value)),*] };
}
pub(crate) use args;

/// One row of an answer; columns are counted from 0.
pub(crate) enum Row<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    Postgres(&'r tokio_postgres::Row),
}

/// One typed reading of a column, on either engine.
macro_rules! column {
    ($name:ident, $type:ty) => {
        pub(crate) fn $name(&self, column: usize) -> Result<$type> {
            match self {
                Row::Sqlite(row) => sqlite::column(row, column),
                Row::Postgres(row) => postgres::column(row, column),
            }
        }
    };
}

impl Row<'_> {
    column!(int, i64);
    column!(int_or_null, Option<i64>);
    column!(text, String);
    column!(text_or_null, Option<String>);
    column!(bytes, Vec<u8>);
    column!(bytes_or_null, Option<Vec<u8>>);

    pub(crate) fn side(&self, column: usize) -> Result<Side> {
        Ok(Side::from_number(self.int(column)?))
    }
}

/// What a queued statement must have done for the transaction to go on.
#[derive(Clone, Copy)]
pub(crate) enum Expect {
    Any,
    /// Exactly so many rows changed; otherwise this error.
    Rows(usize, fn() -> crate::error::StoreError),
}

impl Expect {
    pub(crate) fn check(self, changed: u64) -> Result<()> {
        match self {
            Expect::Rows(rows, error) if changed != rows as u64 => Err(error()),
            _ => Ok(()),
        }
    }
}

/// How many statements this process ran.
static RUN: AtomicU64 = AtomicU64::new(0);

/// Statements this process has run on any store so far; one that is run for many rows or a list counts once.
pub fn statements_run() -> u64 {
    RUN.load(Ordering::Relaxed)
}

fn count(sql: &'static str) {
    crate::statements::assert_listed(sql);
    RUN.fetch_add(1, Ordering::Relaxed);
}

/// One transaction, or a series of reads. Its owner (`store.rs`) begins and ends it.
pub(crate) enum Tx {
    Sqlite(sqlite::Tx),
    Postgres(Box<postgres::Tx>),
}

impl Tx {
    /// Reads rows.
    pub(crate) async fn rows<T>(
        &self,
        sql: &'static str,
        args: &[Arg<'_>],
        make: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        count(sql);
        match self {
            Tx::Sqlite(tx) => tx.rows(sql, args, make),
            Tx::Postgres(tx) => tx.rows(sql, args, make).await,
        }
    }

    /// Reads the first row, if there is one.
    pub(crate) async fn row<T>(
        &self,
        sql: &'static str,
        args: &[Arg<'_>],
        make: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        Ok(self.rows(sql, args, make).await?.into_iter().next())
    }

    /// Reads the rows of a statement with a list; the list is its last argument. An empty list asks nothing.
    pub(crate) async fn rows_in<T>(
        &self,
        sql: &'static str,
        args: &[Arg<'_>],
        list: &[Arg<'_>],
        make: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        if list.is_empty() {
            return Ok(Vec::new());
        }
        count(sql);
        match self {
            Tx::Sqlite(tx) => tx.rows_in(sql, args, list, make),
            Tx::Postgres(tx) => tx.rows_in(sql, args, list, make).await,
        }
    }

    /// Runs a statement now and says how many rows it changed.
    pub(crate) async fn run(&self, sql: &'static str, args: &[Arg<'_>]) -> Result<u64> {
        count(sql);
        match self {
            Tx::Sqlite(tx) => tx.run(sql, args),
            Tx::Postgres(tx) => tx.run(sql, args).await,
        }
    }

    /// Runs a statement at the latest when the transaction settles, in the order of the calls; on PostgreSQL all
    /// that is queued goes to the server in one round.
    pub(crate) fn queue(&self, sql: &'static str, args: &[Arg<'_>], expect: Expect) -> Result<()> {
        count(sql);
        match self {
            Tx::Sqlite(tx) => expect.check(tx.run(sql, args)?),
            Tx::Postgres(tx) => {
                tx.queue(sql, args, expect);
                Ok(())
            }
        }
    }

    /// Queues a statement for many rows. No rows: nothing.
    pub(crate) fn queue_rows<'a, const N: usize>(
        &self,
        sql: &'static str,
        rows: impl ExactSizeIterator<Item = [Arg<'a>; N]>,
        expect: Expect,
    ) -> Result<()> {
        if rows.len() == 0 {
            return Ok(());
        }
        count(sql);
        match self {
            Tx::Sqlite(tx) => expect.check(tx.run_rows(sql, rows)?),
            Tx::Postgres(tx) => {
                tx.queue_rows(sql, rows, expect);
                Ok(())
            }
        }
    }

    /// Queues a statement with a list; the list is its last argument. An empty list: nothing.
    pub(crate) fn queue_in<'a>(
        &self,
        sql: &'static str,
        args: &[Arg<'_>],
        list: impl ExactSizeIterator<Item = Arg<'a>>,
    ) -> Result<()> {
        if list.len() == 0 {
            return Ok(());
        }
        count(sql);
        match self {
            Tx::Sqlite(tx) => tx.run_in(sql, args, list).map(drop),
            Tx::Postgres(tx) => {
                tx.queue_in(sql, args, list);
                Ok(())
            }
        }
    }

    /// Waits for all that is queued, and checks what it was to do in the order of the calls.
    pub(crate) async fn settle(&self) -> Result<()> {
        match self {
            Tx::Sqlite(_) => Ok(()),
            Tx::Postgres(tx) => tx.settle().await,
        }
    }
}

/// Where the marker for repeated rows stands and how many columns a row has.
pub(crate) const ROWS: &str = "values /*rows*/ (";
/// The marker for a list.
pub(crate) const LIST: &str = "in (/*list*/ ";

/// The text PostgreSQL gets for many rows whose columns have these types.
pub(crate) fn many_rows(sql: &str, types: &[&str]) -> String {
    let (head, rest) = sql.split_once(ROWS).expect("a statement run for many rows has the marker");
    let (_, tail) = rest.split_once(')').expect("the row ends with a bracket");
    let arrays: Vec<String> = types.iter().enumerate().map(|(i, t)| format!("${}::{t}[]", i + 1)).collect();
    format!("{head}select * from unnest({}){tail}", arrays.join(", "))
}

/// The text PostgreSQL gets for a list whose items have this type: one look into the index for each item, whatever the
/// planner believes of the table. `= any($1)` would be shorter, but its plan, once made while the table was small, reads
/// the whole partition. `offset 0` keeps the planner from turning the inner query into a join of its own making.
pub(crate) fn many_items(sql: &str, kind: &str) -> String {
    let (head, rest) = sql.split_once(LIST).expect("a statement run for a list has the marker");
    let (list, tail) = rest.split_once(')').expect("the list ends with a bracket");
    let one = format!("{head}= item.value{tail}");
    let items = format!("unnest({list}::{kind}[]) item (value)");
    if sql.starts_with("select") {
        return format!("select found.* from {items} cross join lateral ({one} offset 0) found");
    }
    let (action, condition) = one.split_once(" where ").expect("a change for a list has a condition");
    let table = action.trim_start_matches("delete from ").trim_start_matches("update ");
    let table = table.split(' ').next().unwrap_or_default();
    format!(
        "{action} where ctid = any(array(select found.ctid from {items} \
        cross join lateral (select ctid from {table} where {condition} offset 0) found))"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_text_serves_many_rows_and_lists() {
        assert_eq!(
            many_rows(
                "insert into t (a, b) values /*rows*/ ($1, $2) on conflict (a) do nothing",
                &["bigint", "text"]
            ),
            "insert into t (a, b) select * from unnest($1::bigint[], $2::text[]) on conflict (a) do nothing"
        );
        assert_eq!(
            many_items("select c from t where a = $1 and b in (/*list*/ $2)", "text"),
            "select found.* from unnest($2::text[]) item (value) \
            cross join lateral (select c from t where a = $1 and b = item.value offset 0) found"
        );
        assert_eq!(
            many_items("update t set c = $1 where a = $2 and b in (/*list*/ $3)", "text"),
            "update t set c = $1 where ctid = any(array(select found.ctid from unnest($3::text[]) item (value) \
            cross join lateral (select ctid from t where a = $2 and b = item.value offset 0) found))"
        );
    }
}
