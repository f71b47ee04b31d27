//! Numbers for new rows, given once and never again.

use crate::error::{Result, StoreError};
use crate::sql::{Tx, args};
use crate::store::Store;

const NEXT: &str = "insert into counter (name, value) values ($1, 1) \
    on conflict (name) do update set value = counter.value + 1 returning value";
pub(crate) const STATEMENTS: &[&str] = &[NEXT];

/// The next number of this kind, from 1, in a transaction that goes on.
pub(crate) async fn next(tx: &Tx, kind: &'static str) -> Result<i64> {
    let next = tx.row(NEXT, &args![kind], |row| row.int(0)).await?;
    next.ok_or_else(|| StoreError::other("the counter gave no number"))
}

impl Store {
    /// The next number of this kind, from 1.
    pub(crate) async fn next_number(&self, kind: &'static str) -> Result<i64> {
        self.write(move |tx| Box::pin(next(tx, kind))).await
    }
}
