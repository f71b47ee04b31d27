//! Integrations: two connections kept in agreement.

use crate::error::{Result, StoreError};
use crate::single::values;
use crate::sql::Row;
use crate::store::Store;

/// An integration as it is configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntegrationRow {
    /// Its number; 0 before it is stored.
    pub id: i64,
    /// The workspace it belongs to.
    pub workspace: i64,
    /// Unique in the workspace.
    pub name: String,
    /// The connection on the left.
    pub left_connection: i64,
    /// The connection on the right.
    pub right_connection: i64,
    /// Whether it works.
    pub state: IntegrationState,
    /// Its settings as JSON.
    pub config: String,
}

/// Whether an integration works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IntegrationState {
    /// It works.
    Active,
    /// It observes nothing and writes nothing (invariant I13).
    Paused,
}

impl IntegrationState {
    /// `active` or `paused`.
    pub fn name(self) -> &'static str {
        match self {
            IntegrationState::Active => "active",
            IntegrationState::Paused => "paused",
        }
    }
}

const INSERT: &str = "insert into integration \
    (id, workspace, name, left_connection, right_connection, state, config, created_at) \
    values ($1, $2, $3, $4, $5, $6, $7, $8)";
const UPDATE: &str = "update integration set name = $1, left_connection = $2, right_connection = $3, config = $4 \
    where id = $5";
const SET_STATE: &str = "update integration set state = $1 where id = $2";
pub(crate) const LIST: &str = "select id, workspace, name, left_connection, right_connection, state, config from integration \
    where workspace = $1 order by name";
const DELETE: &str = "delete from integration where id = $1";
pub(crate) const STATEMENTS: &[&str] = &[INSERT, UPDATE, SET_STATE, LIST, DELETE];

pub(crate) fn integration(row: &Row<'_>) -> Result<IntegrationRow> {
    let state = match row.text(5)?.as_str() {
        "active" => IntegrationState::Active,
        _ => IntegrationState::Paused,
    };
    Ok(IntegrationRow {
        id: row.int(0)?,
        workspace: row.int(1)?,
        name: row.text(2)?,
        left_connection: row.int(3)?,
        right_connection: row.int(4)?,
        state,
        config: row.text(6)?,
    })
}

impl Store {
    /// Stores a new integration and gives its number. A name that is taken is a conflict.
    pub async fn insert_integration(&self, row: &IntegrationRow, now: i64) -> Result<i64> {
        let id = self.next_number("integration").await?;
        let (left, right) = (row.left_connection, row.right_connection);
        let values = values![id, row.workspace, &row.name, left, right, row.state.name(), &row.config, now];
        self.change(INSERT, values).await?;
        Ok(id)
    }

    /// Changes everything but the number, the workspace and the state.
    pub async fn update_integration(&self, row: &IntegrationRow) -> Result<()> {
        let values = values![&row.name, row.left_connection, row.right_connection, &row.config, row.id];
        found(self.change(UPDATE, values).await?)
    }

    /// Pauses or resumes.
    pub async fn set_integration_state(&self, id: i64, state: IntegrationState) -> Result<()> {
        found(self.change(SET_STATE, values![state.name(), id]).await?)
    }

    /// The integrations of a workspace, by name.
    pub async fn integrations(&self, workspace: i64) -> Result<Vec<IntegrationRow>> {
        self.all(LIST, values![workspace], integration).await
    }

    /// Deletes an integration; its module syncs are deleted one by one before.
    pub async fn delete_integration(&self, id: i64) -> Result<()> {
        self.change(DELETE, values![id]).await.map(drop)
    }
}

fn found(rows: u64) -> Result<()> {
    if rows == 1 { Ok(()) } else { Err(StoreError::missing("integration")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{each_engine, integration_row};

    #[test]
    fn an_integration_is_stored_changed_paused_and_deleted() {
        each_engine(async |store| {
            let id = store.insert_integration(&integration_row("tokyo-london"), 1).await.unwrap();
            let taken = store.insert_integration(&integration_row("tokyo-london"), 1).await.unwrap_err();
            assert_eq!(taken.code, "store.conflict_integration");
            let changed = IntegrationRow { id, config: "{\"a\":1}".into(), ..integration_row("tl") };
            store.update_integration(&changed).await.unwrap();
            store.set_integration_state(id, IntegrationState::Paused).await.unwrap();
            let paused = IntegrationRow { state: IntegrationState::Paused, ..changed };
            assert_eq!(store.integrations(1).await.unwrap(), [paused]);
            store.delete_integration(id).await.unwrap();
            assert_eq!(store.integrations(1).await.unwrap(), []);
        });
    }
}
