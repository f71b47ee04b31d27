//! Notification channels: what a service was asked to tell us of, and the token by which we know its calls.

use crate::error::Result;
use crate::single::values;
use crate::store::Store;

/// A channel.
#[derive(Clone, PartialEq, Eq)]
pub struct ChannelRow {
    /// The connection that asked.
    pub connection: i64,
    /// The channel's id in the service.
    pub id: String,
    /// The module it tells of.
    pub module: String,
    /// What the service sends with each call; kept encrypted.
    pub token: Vec<u8>,
    /// When it ends, in milliseconds since 1970.
    pub until: i64,
}

const PUT: &str = "insert into channel (connection, id, module, token, until) values ($1, $2, $3, $4, $5) \
    on conflict (connection, id) do update set module = excluded.module, token = excluded.token, \
    until = excluded.until";
const LIST: &str = "select connection, id, module, token, until from channel where connection >= $1 \
    and connection <= $2 order by connection, id";
const DELETE: &str = "delete from channel where connection = $1 and id = $2";
pub(crate) const STATEMENTS: &[&str] = &[PUT, LIST, DELETE];

fn bound_to(connection: i64, id: &str) -> String {
    format!("channel:{connection}:{id}")
}

impl Store {
    /// Keeps a channel, new or renewed.
    pub async fn put_channel(&self, row: &ChannelRow) -> Result<()> {
        let sealed = self.keyring()?.seal(&bound_to(row.connection, &row.id), &row.token)?;
        self.change(PUT, values![row.connection, &row.id, &row.module, sealed, row.until]).await.map(drop)
    }

    /// The channels of a connection, or of all.
    pub async fn channels(&self, connection: Option<i64>) -> Result<Vec<ChannelRow>> {
        let (from, to) = connection.map_or((0, i64::MAX), |id| (id, id));
        let rows = self
            .all(LIST, values![from, to], |row| {
                Ok(ChannelRow {
                    connection: row.int(0)?,
                    id: row.text(1)?,
                    module: row.text(2)?,
                    token: row.bytes(3)?,
                    until: row.int(4)?,
                })
            })
            .await?;
        let open = |row: ChannelRow| {
            let token = self.keyring()?.open(&bound_to(row.connection, &row.id), &row.token)?;
            Ok(ChannelRow { token, ..row })
        };
        rows.into_iter().map(open).collect()
    }

    /// Forgets a channel.
    pub async fn delete_channel(&self, connection: i64, id: &str) -> Result<()> {
        self.change(DELETE, values![connection, id]).await.map(drop)
    }
}

impl std::fmt::Debug for ChannelRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ChannelRow {{ connection: {}, id: {}, until: {} }}", self.connection, self.id, self.until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Keyring;
    use crate::testing::each_engine;

    #[test]
    fn a_channel_is_kept_renewed_and_forgotten() {
        each_engine(async |store| {
            let store = store.unlock(Keyring::new(&[3; 32])).await.unwrap();
            let row = ChannelRow {
                connection: 4,
                id: "c".into(),
                module: "Leads".into(),
                token: vec![9],
                until: 5,
            };
            store.put_channel(&row).await.unwrap();
            let renewed = ChannelRow { until: 8, ..row };
            store.put_channel(&renewed).await.unwrap();
            assert_eq!(store.channels(None).await.unwrap(), std::slice::from_ref(&renewed));
            assert_eq!(store.channels(Some(5)).await.unwrap(), []);
            assert!(!format!("{renewed:?}").contains('9'));
            store.delete_channel(4, "c").await.unwrap();
            assert_eq!(store.channels(Some(4)).await.unwrap(), []);
        });
    }
}
