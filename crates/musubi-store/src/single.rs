//! Calls that are one statement each.

use crate::error::Result;
use crate::link::SyncId;
use crate::sql::{Arg, Row};
use crate::store::Store;
use std::sync::Arc;

/// An argument that can be sent to another thread.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Int(Option<i64>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
}

macro_rules! value_from {
    ($($from:ty => $variant:ident($convert:expr);)*) => {$(
        impl From<$from> for Value {
            fn from(value: $from) -> Value { Value::$variant($convert(value)) }
        }
    )*};
}
value_from! {
    i64 => Int(Some);
    Option<i64> => Int(std::convert::identity);
    SyncId => Int(|sync: SyncId| Some(sync.0));
    &str => Text(|text: &str| Some(text.to_owned()));
    String => Text(Some);
    &String => Text(|text: &String| Some(text.clone()));
    Option<String> => Text(std::convert::identity);
    &Option<String> => Text(Clone::clone);
    Vec<u8> => Bytes(Some);
    Option<Vec<u8>> => Bytes(std::convert::identity);
}

impl Value {
    pub(crate) fn arg(&self) -> Arg<'_> {
        match self {
            Value::Int(int) => Arg::Int(*int),
            Value::Text(text) => Arg::Text(text.as_deref()),
            Value::Bytes(bytes) => Arg::Bytes(bytes.as_deref()),
        }
    }
}

/// A list of owned arguments.
macro_rules! values {
    ($($value:expr),* $(,)?) => { vec![$($crate::single::Value::from($value)),*] };
}
pub(crate) use values;

type Make<T> = fn(&Row<'_>) -> Result<T>;

impl Store {
    /// Reads rows.
    pub(crate) async fn all<T: Send + 'static>(
        &self,
        sql: &'static str,
        values: Vec<Value>,
        make: Make<T>,
    ) -> Result<Vec<T>> {
        let values = Arc::new(values);
        self.read(move |tx| {
            let values = Arc::clone(&values);
            Box::pin(async move {
                let args: Vec<Arg<'_>> = values.iter().map(Value::arg).collect();
                tx.rows(sql, &args, make).await
            })
        })
        .await
    }

    /// Reads the first row, if there is one.
    pub(crate) async fn one<T: Send + 'static>(
        &self,
        sql: &'static str,
        values: Vec<Value>,
        make: Make<T>,
    ) -> Result<Option<T>> {
        Ok(self.all(sql, values, make).await?.into_iter().next())
    }

    /// Changes rows, and says how many.
    pub(crate) async fn change(&self, sql: &'static str, values: Vec<Value>) -> Result<u64> {
        let values = Arc::new(values);
        self.write(move |tx| {
            let values = Arc::clone(&values);
            Box::pin(async move {
                let args: Vec<Arg<'_>> = values.iter().map(Value::arg).collect();
                tx.run(sql, &args).await
            })
        })
        .await
    }
}
