//! All that a hub follows of its workspace, read at one moment: what is looked at each second is not asked for row by row.

use crate::connection::{self, ConnectionRow};
use crate::error::Result;
use crate::integration::{self, IntegrationRow};
use crate::module_sync::{self, ModuleSyncRow};
use crate::sql::args;
use crate::store::Store;
use crate::workspace;
use std::sync::Arc;

/// What is configured in a workspace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Configuration {
    /// The connections by name, each with its credential if it has one.
    pub connections: Vec<(ConnectionRow, Option<Vec<u8>>)>,
    /// The integrations by name, each with its module syncs in their order.
    pub integrations: Vec<(IntegrationRow, Vec<ModuleSyncRow>)>,
    /// The setting that was asked for.
    pub setting: Option<String>,
}

impl Store {
    /// What is configured in a workspace, and one of its settings.
    pub async fn configuration(&self, workspace: i64, setting: &str) -> Result<Configuration> {
        let name: Arc<str> = setting.into();
        let read = self.read(move |tx| {
            let name = Arc::clone(&name);
            Box::pin(async move {
                let of = args![workspace];
                let sealed = tx.rows(connection::WITH_SECRETS, &of, connection::with_sealed).await?;
                let integrations = tx.rows(integration::LIST, &of, integration::integration).await?;
                let syncs = tx.rows(module_sync::OF_WORKSPACE, &of, module_sync::module_sync).await?;
                let setting = tx.row(workspace::GET, &args![workspace, &*name], |row| row.text(0)).await?;
                Ok((sealed, integrations, syncs, setting))
            })
        });
        let (sealed, integrations, mut syncs, setting) = read.await?;
        let open = |(row, sealed): (ConnectionRow, Option<Vec<u8>>)| {
            let credential = sealed.map(|sealed| self.opened(row.id, &sealed)).transpose()?;
            Ok((row, credential))
        };
        let connections = sealed.into_iter().map(open).collect::<Result<_>>()?;
        let with_syncs = |row: IntegrationRow| {
            let own = syncs.extract_if(.., |sync| sync.integration == row.id).collect();
            (row, own)
        };
        Ok(Configuration {
            connections,
            integrations: integrations.into_iter().map(with_syncs).collect(),
            setting,
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::secret::Keyring;
    use crate::testing::{connection_row, each_engine, integration_row, module_sync_row};

    #[test]
    fn it_is_what_the_single_questions_give() {
        each_engine(async |store| {
            let store = store.unlock(Keyring::new(&[7; 32])).await.unwrap();
            let none = store.configuration(1, "wishes").await.unwrap();
            assert_eq!(none, super::Configuration::default());
            for name in ["tokyo", "london"] {
                let id = store.insert_connection(&connection_row(name), 1).await.unwrap();
                if name == "tokyo" {
                    store.set_secrets(id, b"credential").await.unwrap();
                }
            }
            for (name, modules) in [("second", ["Deals", "Accounts"]), ("first", ["Leads", "Contacts"])] {
                let integration = store.insert_integration(&integration_row(name), 1).await.unwrap();
                for (position, module) in modules.into_iter().enumerate() {
                    let position = i64::try_from(position).unwrap();
                    let row = crate::ModuleSyncRow { position, ..module_sync_row(integration, module) };
                    store.insert_module_sync(&row, 1).await.unwrap();
                }
            }
            store.set_setting(1, "wishes", "look").await.unwrap();
            let all = store.configuration(1, "wishes").await.unwrap();
            let mut connections = Vec::new();
            for row in store.connections(1).await.unwrap() {
                let credential = store.secrets(row.id).await.unwrap();
                connections.push((row, credential));
            }
            assert_eq!(all.connections, connections);
            assert_eq!(all.connections.iter().filter(|(_, credential)| credential.is_some()).count(), 1);
            let mut integrations = Vec::new();
            for row in store.integrations(1).await.unwrap() {
                let syncs = store.module_syncs(row.id).await.unwrap();
                integrations.push((row, syncs));
            }
            assert_eq!(all.integrations, integrations);
            assert_eq!(all.integrations[0].1[1].left_module, "Contacts");
            assert_eq!(all.setting.as_deref(), Some("look"));
            assert_eq!(store.configuration(2, "wishes").await.unwrap(), super::Configuration::default());
        });
    }
}
