//! PostgreSQL: statements on one connection. Connections are made and kept in `pool.rs`.

use crate::error::{Kind, Result, StoreError};
use crate::sql::{Arg, Expect, Row, many_items, many_rows};
use futures::{FutureExt, StreamExt};
use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use std::task::Poll;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Client, Statement};

/// One connection and the statements prepared on it.
pub(crate) struct Session {
    pub(crate) client: Client,
    prepared: Mutex<HashMap<(&'static str, Shape), Statement>>,
}

/// How a text is turned into what the server gets.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Shape {
    /// As it stands, prepared.
    One,
    /// Many rows: one array per column.
    Rows,
    /// A list: one array at the end.
    List,
    /// As it stands, not prepared: begin, commit.
    Plain,
}

/// A transaction under way, and what it has still to send.
pub(crate) struct Tx {
    session: crate::pool::Checkout,
    queue: Mutex<Vec<Queued>>,
}

struct Queued {
    sql: &'static str,
    shape: Shape,
    /// The types of the columns for many rows, of the items for a list.
    types: Vec<&'static str>,
    args: Vec<Encoded>,
    expect: Expect,
}

/// An argument in the binary form the protocol wants; `None` is null.
#[derive(Debug)]
pub(crate) struct Encoded(Option<Vec<u8>>);

impl Session {
    pub(crate) fn new(client: Client) -> Session {
        Session { client, prepared: Mutex::default() }
    }

    async fn prepare(&self, sql: &'static str, shape: Shape, types: &[&str]) -> Result<Statement> {
        let kept = self.prepared.lock().unwrap_or_else(PoisonError::into_inner).get(&(sql, shape)).cloned();
        if let Some(statement) = kept {
            return Ok(statement);
        }
        let statement = match shape {
            Shape::Rows => self.client.prepare(&many_rows(sql, types)).await,
            Shape::List => self.client.prepare(&many_items(sql, types[0])).await,
            Shape::One | Shape::Plain => self.client.prepare(sql).await,
        }
        .map_err(error)?;
        let mut prepared = self.prepared.lock().unwrap_or_else(PoisonError::into_inner);
        prepared.insert((sql, shape), statement.clone());
        Ok(statement)
    }

    async fn query<T>(
        &self,
        statement: &Statement,
        args: &[Encoded],
        mut make: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut rows = pin!(self.client.query_raw(statement, args).await.map_err(error)?);
        let mut out = Vec::new();
        while let Some(row) = rows.next().await {
            out.push(make(&Row::Postgres(&row.map_err(error)?))?);
        }
        Ok(out)
    }
}

impl Tx {
    pub(crate) fn new(session: crate::pool::Checkout) -> Tx {
        Tx { session, queue: Mutex::default() }
    }

    /// The connection goes back to the pool: nothing is open on it any more.
    pub(crate) fn finish(self) {
        self.session.finish();
    }

    pub(crate) async fn rows<T>(
        &self,
        sql: &'static str,
        args: &[Arg<'_>],
        make: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let args: Vec<Encoded> = args.iter().map(|arg| encode(*arg)).collect();
        self.settle().await?;
        let statement = self.session.prepare(sql, Shape::One, &[]).await?;
        self.session.query(&statement, &args, make).await
    }

    pub(crate) async fn rows_in<T>(
        &self,
        sql: &'static str,
        args: &[Arg<'_>],
        list: &[Arg<'_>],
        make: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let kind = name_and_oid(&list[0]).0;
        let args = with_list(args, list.iter().copied());
        self.settle().await?;
        let statement = self.session.prepare(sql, Shape::List, &[kind]).await?;
        self.session.query(&statement, &args, make).await
    }

    pub(crate) async fn run(&self, sql: &'static str, args: &[Arg<'_>]) -> Result<u64> {
        let args: Vec<Encoded> = args.iter().map(|arg| encode(*arg)).collect();
        self.settle().await?;
        let statement = self.session.prepare(sql, Shape::One, &[]).await?;
        self.session.client.execute_raw(&statement, &args).await.map_err(error)
    }

    /// Queues begin or the like.
    pub(crate) fn queue_plain(&self, sql: &'static str) {
        self.push(Queued {
            sql,
            shape: Shape::Plain,
            types: Vec::new(),
            args: Vec::new(),
            expect: Expect::Any,
        });
    }

    pub(crate) fn queue(&self, sql: &'static str, args: &[Arg<'_>], expect: Expect) {
        let args = args.iter().map(|arg| encode(*arg)).collect();
        self.push(Queued { sql, shape: Shape::One, types: Vec::new(), args, expect });
    }

    pub(crate) fn queue_rows<'a, const N: usize>(
        &self,
        sql: &'static str,
        rows: impl Iterator<Item = [Arg<'a>; N]>,
        expect: Expect,
    ) {
        let mut columns: [Array; N] = std::array::from_fn(|_| Array::default());
        let mut types = Vec::new();
        for row in rows {
            if types.is_empty() {
                types = row.iter().map(|arg| name_and_oid(arg).0).collect();
            }
            for (column, arg) in columns.iter_mut().zip(row) {
                column.push(arg);
            }
        }
        let args = columns.into_iter().map(Array::finish).collect();
        self.push(Queued { sql, shape: Shape::Rows, types, args, expect });
    }

    pub(crate) fn queue_in<'a>(
        &self,
        sql: &'static str,
        args: &[Arg<'_>],
        list: impl Iterator<Item = Arg<'a>>,
    ) {
        let mut list = list.peekable();
        let types = list.peek().map(|item| name_and_oid(item).0).into_iter().collect();
        let args = with_list(args, list);
        self.push(Queued { sql, shape: Shape::List, types, args, expect: Expect::Any });
    }

    fn push(&self, queued: Queued) {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).push(queued);
    }

    /// Sends all that is queued in one round. Statements are prepared before the first is sent, because the order on
    /// the wire is the order of the calls only if none has to wait.
    pub(crate) async fn settle(&self) -> Result<()> {
        let queue = std::mem::take(&mut *self.queue.lock().unwrap_or_else(PoisonError::into_inner));
        let mut running = Vec::with_capacity(queue.len());
        for queued in &queue {
            let statement = match queued.shape {
                Shape::Plain => None,
                shape => Some(self.session.prepare(queued.sql, shape, &queued.types).await?),
            };
            let client = &self.session.client;
            running.push(
                async move {
                    let changed = match statement {
                        None => client.batch_execute(queued.sql).await.map(|()| 0),
                        Some(statement) => client.execute_raw(&statement, &queued.args).await,
                    };
                    queued.expect.check(changed.map_err(error)?)
                }
                .boxed()
                .fuse(),
            );
        }
        let mut results: Vec<Option<Result<()>>> = running.iter().map(|_| None).collect();
        poll_fn(|context| {
            let mut waiting = false;
            for (future, result) in running.iter_mut().zip(&mut results) {
                if result.is_none() {
                    match future.poll_unpin(context) {
                        Poll::Ready(done) => *result = Some(done),
                        Poll::Pending => waiting = true,
                    }
                }
            }
            if waiting { Poll::Pending } else { Poll::Ready(()) }
        })
        .await;
        // The first failure in the order of the calls is the cause; those behind it only say that it failed.
        results.into_iter().flatten().collect()
    }

    /// Tells whoever listens on the channel, if the transaction is committed.
    pub(crate) fn notify(&self, channel: &'static str, text: &str) {
        self.queue("select pg_notify($1, $2)", &[Arg::from(channel), Arg::from(text)], Expect::Any);
    }
}

fn with_list<'a>(args: &[Arg<'_>], list: impl Iterator<Item = Arg<'a>>) -> Vec<Encoded> {
    let mut array = Array::default();
    list.for_each(|item| array.push(item));
    args.iter().map(|arg| encode(*arg)).chain([array.finish()]).collect()
}

/// The type's name and its number in the protocol.
fn name_and_oid(arg: &Arg<'_>) -> (&'static str, u32) {
    match arg {
        Arg::Int(_) => ("bigint", Type::INT8.oid()),
        Arg::Real(_) => ("double precision", Type::FLOAT8.oid()),
        Arg::Text(_) => ("text", Type::TEXT.oid()),
        Arg::Bytes(_) => ("bytea", Type::BYTEA.oid()),
    }
}

fn encode(arg: Arg<'_>) -> Encoded {
    Encoded(match arg {
        Arg::Int(int) => int.map(|int| int.to_be_bytes().to_vec()),
        Arg::Real(real) => Some(real.to_be_bytes().to_vec()),
        Arg::Text(text) => text.map(|text| text.as_bytes().to_vec()),
        Arg::Bytes(bytes) => bytes.map(<[u8]>::to_vec),
    })
}

/// A one-dimensional array in the protocol's binary form: dimensions, has-nulls, type, length, first index, items.
#[derive(Default)]
struct Array {
    oid: u32,
    items: i32,
    bytes: Vec<u8>,
}

const HEAD: usize = 20;

impl Array {
    fn push(&mut self, arg: Arg<'_>) {
        if self.bytes.is_empty() {
            self.oid = name_and_oid(&arg).1;
            self.bytes.resize(HEAD, 0);
        }
        self.items += 1;
        let mut put = |item: Option<&[u8]>| match item {
            Some(item) => {
                self.bytes.extend_from_slice(&(item.len() as i32).to_be_bytes());
                self.bytes.extend_from_slice(item);
            }
            None => self.bytes.extend_from_slice(&(-1i32).to_be_bytes()),
        };
        match arg {
            Arg::Int(int) => put(int.map(i64::to_be_bytes).as_ref().map(|b| b.as_slice())),
            Arg::Real(real) => put(Some(&real.to_be_bytes())),
            Arg::Text(text) => put(text.map(str::as_bytes)),
            Arg::Bytes(bytes) => put(bytes),
        }
    }

    fn finish(mut self) -> Encoded {
        for (at, value) in [1i32, 1, self.oid as i32, self.items, 1].into_iter().enumerate() {
            self.bytes[at * 4..at * 4 + 4].copy_from_slice(&value.to_be_bytes());
        }
        Encoded(Some(self.bytes))
    }
}

impl ToSql for Encoded {
    fn to_sql(
        &self,
        _: &Type,
        out: &mut BytesMut,
    ) -> std::result::Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match &self.0 {
            None => Ok(IsNull::Yes),
            Some(bytes) => {
                out.extend_from_slice(bytes);
                Ok(IsNull::No)
            }
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// Reads one column.
pub(crate) fn column<T: for<'r> FromSql<'r>>(row: &tokio_postgres::Row, column: usize) -> Result<T> {
    row.try_get(column).map_err(error)
}

/// What the driver's failure means. The server's detail, which may hold values, is left out (invariant I18).
pub(crate) fn error(failure: tokio_postgres::Error) -> StoreError {
    let Some(answer) = failure.as_db_error() else {
        let cause = std::error::Error::source(&failure).map(|cause| format!(": {cause}")).unwrap_or_default();
        let text = format!("the database server: {failure}{cause}");
        let error = StoreError::new(Kind::Unreachable, &*text);
        // The driver has no other way to say which of its failures it is.
        return if text.contains("TLS") { error.coded("store.tls", crate::tls::HINT) } else { error };
    };
    let code = answer.code();
    if *code == SqlState::UNIQUE_VIOLATION {
        return StoreError::conflict(answer.table().unwrap_or_default());
    }
    let kind = match code.code() {
        "40001" | "40P01" | "55P03" => Kind::Busy,
        "53100" => Kind::Full,
        "25006" | "42501" => Kind::ReadOnly,
        "XX001" | "XX002" => Kind::Corrupt,
        "57P01" | "57P02" | "57P03" | "53300" | "3D000" | "28P01" | "28000" => Kind::Unreachable,
        code if code.starts_with("08") => Kind::Unreachable,
        _ => Kind::Other,
    };
    StoreError::new(kind, format!("the database server answered: {} ({})", answer.message(), code.code()))
}

/// Runs a statement that takes one array per column and is not kept.
pub(crate) async fn insert_columns(session: &Session, sql: &str, columns: Vec<Vec<Arg<'_>>>) -> Result<()> {
    let encode_column = |column: Vec<Arg<'_>>| {
        let mut array = Array::default();
        column.into_iter().for_each(|arg| array.push(arg));
        array.finish()
    };
    let args: Vec<Encoded> = columns.into_iter().map(encode_column).collect();
    let statement = session.client.prepare(sql).await.map_err(error)?;
    session.client.execute_raw(&statement, &args).await.map(drop).map_err(error)
}

/// Prepares a statement in every shape it has, and gives the names of its parameters' types.
#[cfg(test)]
pub(crate) async fn check(session: &Session, sql: &'static str) -> Result<Vec<String>> {
    let one = session.prepare(sql, Shape::One, &[]).await?;
    let names: Vec<String> = one.params().iter().map(|t| t.name().to_owned()).collect();
    if sql.contains(crate::sql::ROWS) {
        let types: Vec<&str> = one.params().iter().map(Type::name).collect();
        session.prepare(sql, Shape::Rows, &types).await?;
    }
    if sql.contains(crate::sql::LIST) {
        let kind = one.params().last().map_or("", Type::name);
        session.prepare(sql, Shape::List, &[kind]).await?;
    }
    Ok(names)
}
