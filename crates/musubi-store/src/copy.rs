//! Copying whole tables between a SQLite connection and a PostgreSQL session, whatever their columns.

use crate::error::{Kind, Result, StoreError};
use crate::postgres::{self, Session};
use crate::sql::Arg;
use crate::{schema, sqlite};
use futures::StreamExt;
use rusqlite::Connection;
use rusqlite::types::{Value, ValueRef};
use std::pin::pin;

/// Rows sent to PostgreSQL at once.
const BATCH: usize = 500;

/// A table and its columns with their types.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) name: String,
    columns: Vec<(String, String)>,
}

impl Table {
    pub(crate) fn column_list(&self) -> String {
        self.columns.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ")
    }

    fn placeholders(&self) -> String {
        (1..=self.columns.len()).map(|i| format!("${i}")).collect::<Vec<_>>().join(", ")
    }

    fn insert(&self) -> String {
        format!(
            "insert into {} ({}) {}{})",
            self.name,
            self.column_list(),
            crate::sql::ROWS,
            self.placeholders()
        )
    }
}

/// The tables a backup holds: all but the schema's version and the list of living processes.
pub(crate) fn tables() -> Result<Vec<Table>> {
    let connection = sqlite::open_memory()?;
    schema::create_in_memory(&connection)?;
    let sql = "select m.name, c.name, c.type from sqlite_schema m join pragma_table_info(m.name) c \
        where m.type = 'table' and m.name not in ('schema_version', 'process') order by m.name, c.cid";
    let mut statement = connection.prepare(sql).map_err(sqlite::error)?;
    let mut rows = statement.query([]).map_err(sqlite::error)?;
    let mut tables: Vec<Table> = Vec::new();
    while let Some(row) = rows.next().map_err(sqlite::error)? {
        let name: String = sqlite::column(row, 0)?;
        if tables.last().is_none_or(|table| table.name != name) {
            tables.push(Table { name, columns: Vec::new() });
        }
        if let Some(table) = tables.last_mut() {
            table.columns.push((sqlite::column(row, 1)?, sqlite::column(row, 2)?));
        }
    }
    Ok(tables)
}

/// Reads a table of PostgreSQL, row by row as the server sends them.
pub(crate) async fn read_postgres(
    session: &Session,
    table: &Table,
    mut each: impl FnMut(Vec<Value>) -> Result<()>,
) -> Result<()> {
    let sql = format!("select {} from {}", table.column_list(), table.name);
    let none: [&str; 0] = [];
    let mut rows = pin!(session.client.query_raw(&sql, none).await.map_err(postgres::error)?);
    while let Some(row) = rows.next().await {
        let row = row.map_err(postgres::error)?;
        let mut values = Vec::with_capacity(table.columns.len());
        for (i, (_, kind)) in table.columns.iter().enumerate() {
            values.push(match kind.as_str() {
                "BIGINT" => postgres::column::<Option<i64>>(&row, i)?.map_or(Value::Null, Value::Integer),
                "TEXT" => postgres::column::<Option<String>>(&row, i)?.map_or(Value::Null, Value::Text),
                "BYTEA" => postgres::column::<Option<Vec<u8>>>(&row, i)?.map_or(Value::Null, Value::Blob),
                _ => postgres::column::<Option<f64>>(&row, i)?.map_or(Value::Null, Value::Real),
            });
        }
        each(values)?;
    }
    Ok(())
}

/// Writes one row into SQLite.
pub(crate) fn write_sqlite(connection: &Connection, table: &Table, values: Vec<Value>) -> Result<()> {
    let mut statement = connection.prepare_cached(&table.insert()).map_err(sqlite::error)?;
    statement.execute(rusqlite::params_from_iter(values)).map(drop).map_err(sqlite::error)
}

/// Reads a table of SQLite, some rows at a time, until `each` answers false.
pub(crate) fn read_sqlite(
    connection: &Connection,
    table: &Table,
    mut each: impl FnMut(Vec<Vec<Value>>) -> bool,
) -> Result<()> {
    let sql = format!("select {} from {}", table.column_list(), table.name);
    let mut statement = connection.prepare(&sql).map_err(sqlite::error)?;
    let mut rows = statement.query([]).map_err(sqlite::error)?;
    let mut some = Vec::new();
    while let Some(row) = rows.next().map_err(sqlite::error)? {
        let values = (0..table.columns.len())
            .map(|i| row.get_ref(i).map(Value::try_from))
            .collect::<rusqlite::Result<Vec<_>>>();
        let values = values.map_err(sqlite::error)?.into_iter().collect::<std::result::Result<_, _>>();
        some.push(values.map_err(|_| StoreError::new(Kind::Corrupt, "a text in the backup is not UTF-8"))?);
        if some.len() == BATCH && !each(std::mem::take(&mut some)) {
            return Ok(());
        }
    }
    if !some.is_empty() {
        each(some);
    }
    Ok(())
}

/// Writes rows into PostgreSQL.
pub(crate) async fn write_postgres(session: &Session, table: &Table, rows: &[Vec<Value>]) -> Result<()> {
    let types: Vec<&str> = table.columns.iter().map(|(_, kind)| kind.as_str()).collect();
    let mut columns: Vec<Vec<Arg<'_>>> = types.iter().map(|_| Vec::with_capacity(rows.len())).collect();
    for row in rows {
        for ((column, value), kind) in columns.iter_mut().zip(row).zip(&types) {
            column.push(arg(value, kind)?);
        }
    }
    postgres::insert_columns(session, &crate::sql::many_rows(&table.insert(), &types), columns).await
}

fn arg<'v>(value: &'v Value, kind: &str) -> Result<Arg<'v>> {
    let strange = || StoreError::new(Kind::Corrupt, "a backup holds a value of the wrong type");
    let text = |bytes: &'v [u8]| std::str::from_utf8(bytes).map_err(|_| strange());
    Ok(match (ValueRef::from(value), kind) {
        (ValueRef::Integer(int), "BIGINT") => Arg::Int(Some(int)),
        (ValueRef::Text(bytes), "TEXT") => Arg::Text(Some(text(bytes)?)),
        (ValueRef::Blob(bytes), "BYTEA") => Arg::Bytes(Some(bytes)),
        (ValueRef::Real(real), _) => Arg::Real(real),
        (ValueRef::Null, "BIGINT") => Arg::Int(None),
        (ValueRef::Null, "TEXT") => Arg::Text(None),
        (ValueRef::Null, "BYTEA") => Arg::Bytes(None),
        _ => return Err(strange()),
    })
}
