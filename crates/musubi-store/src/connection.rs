//! Connections: authorised accounts in the services, and their encrypted credentials.

use crate::error::{Result, StoreError};
use crate::single::values;
use crate::sql::{Expect, Row, args};
use crate::store::Store;

/// An account in a service. Where it is: a data centre or, for a sandbox, an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionRow {
    /// Its number; 0 before it is stored.
    pub id: i64,
    /// The workspace it belongs to.
    pub workspace: i64,
    /// Unique in the workspace.
    pub name: String,
    /// Such as `crm`.
    pub service: String,
    /// Such as `jp`.
    pub data_centre: Option<String>,
    /// Where the service is, instead of a data centre.
    pub base_url: Option<String>,
    /// The org's id.
    pub org: String,
    /// A person said it; otherwise it is what the service told when it was connected.
    pub org_named: bool,
}

const INSERT: &str = "insert into connection (id, workspace, name, service, data_centre, base_url, org, org_named, created_at) \
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
const UPDATE: &str = "update connection set name = $1, service = $2, data_centre = $3, base_url = $4, org = $5, org_named = $6 \
    where id = $7";
const LIST: &str = "select id, workspace, name, service, data_centre, base_url, org, org_named from connection \
    where workspace = $1 order by name";
const GET: &str = "select id, workspace, name, service, data_centre, base_url, org, org_named from connection where id = $1";
pub(crate) const WITH_SECRETS: &str = "select id, workspace, name, service, data_centre, base_url, org, org_named, secrets \
    from connection where workspace = $1 order by name";
const SECRETS: &str = "select secrets from connection where id = $1";
const SET_SECRETS: &str = "update connection set secrets = $1 where id = $2";
const REPLACE_SECRETS: &str = "update connection set secrets = $1 where id = $2 and secrets = $3";
const DELETE: &str = "delete from connection where id = $1";
const DELETE_TOKEN: &str = "delete from token where connection = $1";
const DELETE_CHANNELS: &str = "delete from channel where connection = $1";
pub(crate) const STATEMENTS: &[&str] = &[
    INSERT,
    UPDATE,
    LIST,
    GET,
    WITH_SECRETS,
    SECRETS,
    SET_SECRETS,
    REPLACE_SECRETS,
    DELETE,
    DELETE_TOKEN,
    DELETE_CHANNELS,
];

fn connection(row: &Row<'_>) -> Result<ConnectionRow> {
    Ok(ConnectionRow {
        id: row.int(0)?,
        workspace: row.int(1)?,
        name: row.text(2)?,
        service: row.text(3)?,
        data_centre: row.text_or_null(4)?,
        base_url: row.text_or_null(5)?,
        org: row.text(6)?,
        org_named: row.int(7)? != 0,
    })
}

/// One with its credential, sealed.
pub(crate) fn with_sealed(row: &Row<'_>) -> Result<(ConnectionRow, Option<Vec<u8>>)> {
    Ok((connection(row)?, row.bytes_or_null(8)?))
}

fn bound_to(id: i64) -> String {
    format!("connection:{id}")
}

impl Store {
    /// Stores a new connection and gives its number. A name that is taken is a conflict.
    pub async fn insert_connection(&self, row: &ConnectionRow, now: i64) -> Result<i64> {
        let id = self.next_number("connection").await?;
        let values = values![
            id,
            row.workspace,
            &row.name,
            &row.service,
            &row.data_centre,
            &row.base_url,
            &row.org,
            i64::from(row.org_named),
            now
        ];
        self.change(INSERT, values).await?;
        Ok(id)
    }

    /// Changes everything but the number and the workspace.
    pub async fn update_connection(&self, row: &ConnectionRow) -> Result<()> {
        let values = values![
            &row.name,
            &row.service,
            &row.data_centre,
            &row.base_url,
            &row.org,
            i64::from(row.org_named),
            row.id
        ];
        found(self.change(UPDATE, values).await?)
    }

    /// The connections of a workspace, by name.
    pub async fn connections(&self, workspace: i64) -> Result<Vec<ConnectionRow>> {
        self.all(LIST, values![workspace], connection).await
    }

    /// One connection.
    pub async fn connection(&self, id: i64) -> Result<Option<ConnectionRow>> {
        self.one(GET, values![id], connection).await
    }

    /// Deletes a connection with its credentials, token and channels.
    pub async fn delete_connection(&self, id: i64) -> Result<()> {
        self.write(move |tx| {
            Box::pin(async move {
                for sql in [DELETE_TOKEN, DELETE_CHANNELS, DELETE] {
                    tx.queue(sql, &args![id], Expect::Any)?;
                }
                Ok(())
            })
        })
        .await
    }

    /// Keeps a connection's credentials, encrypted.
    pub async fn set_secrets(&self, id: i64, secrets: &[u8]) -> Result<()> {
        let sealed = self.keyring()?.seal(&bound_to(id), secrets)?;
        found(self.change(SET_SECRETS, values![sealed, id]).await?)
    }

    /// Keeps other credentials in place of those there are, unless somebody was faster: then they are read, and amended, anew. `amend` gives nothing when nothing is
    /// to be changed; whether something was is told.
    pub async fn amend_secrets(&self, id: i64, amend: impl Fn(&[u8]) -> Option<Vec<u8>>) -> Result<bool> {
        loop {
            let sealed = self.one(SECRETS, values![id], |row| row.bytes_or_null(0)).await?.flatten();
            let Some(sealed) = sealed else { return Ok(false) };
            let Some(amended) = amend(&self.opened(id, &sealed)?) else {
                return Ok(false);
            };
            let amended = self.keyring()?.seal(&bound_to(id), &amended)?;
            if self.change(REPLACE_SECRETS, values![amended, id, sealed]).await? == 1 {
                return Ok(true);
            }
        }
    }

    /// A connection's credentials, if it has any.
    pub async fn secrets(&self, id: i64) -> Result<Option<Vec<u8>>> {
        let sealed = self.one(SECRETS, values![id], |row| row.bytes_or_null(0)).await?.flatten();
        sealed.map(|sealed| self.opened(id, &sealed)).transpose()
    }

    /// A connection's credentials, as they were before they were sealed.
    pub(crate) fn opened(&self, id: i64, sealed: &[u8]) -> Result<Vec<u8>> {
        self.keyring()?.open(&bound_to(id), sealed)
    }
}

fn found(rows: u64) -> Result<()> {
    if rows == 1 { Ok(()) } else { Err(StoreError::missing("connection")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;
    use crate::secret::Keyring;
    use crate::testing::{connection_row, each_engine};

    #[test]
    fn a_name_is_taken_once_per_workspace() {
        each_engine(async |store| {
            let id = store.insert_connection(&connection_row("tokyo"), 1).await.unwrap();
            let taken = store.insert_connection(&connection_row("tokyo"), 1).await.unwrap_err();
            assert_eq!((taken.kind, taken.code), (Kind::Conflict, "store.conflict_connection"));
            let elsewhere = ConnectionRow { workspace: 2, ..connection_row("tokyo") };
            store.insert_connection(&elsewhere, 1).await.unwrap();
            let changed = ConnectionRow { id, org: "9".into(), org_named: false, ..connection_row("tokyo") };
            store.update_connection(&changed).await.unwrap();
            assert_eq!(store.connections(1).await.unwrap(), std::slice::from_ref(&changed));
            assert_eq!(store.connection(id).await.unwrap(), Some(changed.clone()));
            let nobody = ConnectionRow { id: 99, ..changed };
            assert_eq!(store.update_connection(&nobody).await.unwrap_err().kind, Kind::Missing);
        });
    }

    #[test]
    fn credentials_are_encrypted_and_bound_to_their_connection() {
        each_engine(async |store| {
            let id = store.insert_connection(&connection_row("a"), 1).await.unwrap();
            let other = store.insert_connection(&connection_row("b"), 1).await.unwrap();
            assert_eq!(store.set_secrets(id, b"refresh").await.unwrap_err().code, "store.locked");
            let store = store.unlock(Keyring::new(&[7; 32])).await.unwrap();
            store.set_secrets(id, b"refresh").await.unwrap();
            assert_eq!(store.secrets(id).await.unwrap().unwrap(), b"refresh");
            assert_eq!(store.secrets(other).await.unwrap(), None);
            let stored = store.one(SECRETS, values![id], |row| row.bytes(0)).await.unwrap().unwrap();
            assert!(!stored.windows(7).any(|part| part == b"refresh"));
            store.change(SET_SECRETS, values![stored, other]).await.unwrap();
            assert_eq!(store.secrets(other).await.unwrap_err().kind, Kind::WrongKey);
            assert_eq!(store.unlock(Keyring::new(&[8; 32])).await.unwrap_err().kind, Kind::WrongKey);
            store.delete_connection(id).await.unwrap();
            assert_eq!(store.connection(id).await.unwrap(), None);
        });
    }
}
