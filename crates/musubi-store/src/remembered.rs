//! Module syncs that were taken out: all that they remember stays until they are taken up again, or forgotten by a person (K-22).

use crate::error::{Result, StoreError};
use crate::link::SyncId;
use crate::module_sync::ModuleSyncRow;
use crate::single::values;
use crate::sql::{Expect, Row, args};
use crate::store::Store;
use std::sync::Arc;

/// A module sync that was taken out; `body` is the engine's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RememberedRow {
    /// Its number, under which everything stands.
    pub sync: SyncId,
    /// The workspace it belongs to.
    pub workspace: i64,
    /// The name of the integration it was taken out of.
    pub integration: String,
    /// When, in milliseconds since 1970.
    pub removed_at: i64,
    /// The accounts and modules it tied.
    pub body: String,
}

const ADD: &str =
    "insert into remembered (sync, workspace, integration, removed_at, body) values ($1, $2, $3, $4, $5)";
/// It belongs to no integration any more.
const DETACH: &str = "update module_sync set integration = 0 - id where id = $1 and integration > 0";
const LOSE_LEASE: &str = "update lease set epoch = epoch + 1, until = 0 where partition = $1";
/// What somebody decided about two values is not carried out after who knows how long.
const DROP_DECISIONS: &str = "delete from decision where sync = $1";
const LIST: &str = "select sync, workspace, integration, removed_at, body from remembered where workspace = $1 \
    order by removed_at desc, sync desc";
const TAKE_UP: &str = "update module_sync set integration = $1, position = $2, config = $3, state = $4, meanwhile = null, \
    activated_at = $5, mapping_version = 0, paused = $6 where id = $7 and integration < 0";
const DELETE: &str = "delete from remembered where sync = $1";
pub(crate) const STATEMENTS: &[&str] = &[ADD, DETACH, LOSE_LEASE, DROP_DECISIONS, LIST, TAKE_UP, DELETE];

fn remembered(row: &Row<'_>) -> Result<RememberedRow> {
    Ok(RememberedRow {
        sync: SyncId(row.int(0)?),
        workspace: row.int(1)?,
        integration: row.text(2)?,
        removed_at: row.int(3)?,
        body: row.text(4)?,
    })
}

impl Store {
    /// Takes a module sync out of its integration; whoever works on it loses the lease. All that it remembers stays.
    pub async fn remember_module_sync(&self, row: RememberedRow) -> Result<()> {
        let row = Arc::new(row);
        self.write(move |tx| {
            let row = Arc::clone(&row);
            Box::pin(async move {
                crate::lease::lock(tx, row.sync)?;
                let missing = Expect::Rows(1, || StoreError::missing("module sync"));
                tx.queue(DETACH, &args![row.sync], missing)?;
                tx.queue(LOSE_LEASE, &args![row.sync], Expect::Any)?;
                tx.queue(DROP_DECISIONS, &args![row.sync], Expect::Any)?;
                let args = args![row.sync, row.workspace, &row.integration, row.removed_at, &row.body];
                tx.queue(ADD, &args, Expect::Any)
            })
        })
        .await
    }

    /// The module syncs of a workspace that were taken out, the last one first.
    pub async fn remembered(&self, workspace: i64) -> Result<Vec<RememberedRow>> {
        self.all(LIST, values![workspace], remembered).await
    }

    /// Takes a module sync up again, as this row says: in its integration, its place, its configuration and its state. Everything is compared then.
    pub async fn take_up_remembered(&self, row: &ModuleSyncRow, now: i64) -> Result<()> {
        let row = Arc::new(row.clone());
        self.write(move |tx| {
            let row = Arc::clone(&row);
            Box::pin(async move {
                let missing = Expect::Rows(1, || StoreError::missing("module sync"));
                let (state, paused) = (row.state.name(), i64::from(row.paused));
                let args = args![row.integration, row.position, &row.config, state, now, paused, row.id];
                tx.queue(TAKE_UP, &args, missing)?;
                tx.queue(DELETE, &args![row.id], Expect::Any)
            })
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;
    use crate::module_sync::ModuleState;
    use crate::testing::{each_engine, lease, link, links, module_sync_row};

    // K-22
    #[test]
    fn what_was_taken_out_remembers_its_links_and_is_taken_up_or_forgotten() {
        each_engine(async |store| {
            let mut ids = Vec::new();
            // The same pair of modules can be taken out of several integrations.
            for integration in [3, 4] {
                let id =
                    store.insert_module_sync(&module_sync_row(integration, "Contacts"), 1).await.unwrap();
                let epoch = lease(&store, id).await;
                store.commit(id, epoch, 1, links(vec![link("1", 0)])).await.unwrap();
                let row = RememberedRow {
                    sync: id,
                    workspace: 1,
                    integration: format!("i{integration}"),
                    removed_at: integration,
                    body: "{}".into(),
                };
                store.remember_module_sync(row.clone()).await.unwrap();
                let twice = store.remember_module_sync(row).await.unwrap_err();
                assert_eq!(twice.kind, Kind::Missing);
                assert_eq!(store.module_syncs(integration).await.unwrap(), []);
                let lost = store.commit(id, epoch, 1, links(vec![link("2", 0)])).await.unwrap_err();
                assert_eq!(lost.kind, Kind::LeaseLost);
                ids.push(id);
            }
            assert_eq!(store.all_module_syncs().await.unwrap(), []);
            let listed: Vec<_> = store.remembered(1).await.unwrap().into_iter().map(|row| row.sync).collect();
            assert_eq!(listed, [ids[1], ids[0]]);
            assert_eq!(store.remembered(2).await.unwrap(), []);

            let row =
                ModuleSyncRow { id: ids[0], config: "{\"a\":1}".into(), ..module_sync_row(9, "Contacts") };
            store.take_up_remembered(&row, 50).await.unwrap();
            let taken = ModuleSyncRow { mapping_version: 0, activated_at: 50, ..row.clone() };
            assert_eq!(store.module_syncs(9).await.unwrap(), [taken]);
            assert_eq!(store.count_links(ids[0]).await.unwrap(), 1);
            assert_eq!(store.take_up_remembered(&row, 51).await.unwrap_err().kind, Kind::Missing);

            store.delete_module_sync(ids[1]).await.unwrap();
            assert_eq!(store.remembered(1).await.unwrap(), []);
            assert_eq!(store.count_links(ids[1]).await.unwrap(), 0);
            assert_eq!(store.module_sync(ids[0]).await.unwrap().unwrap().state, ModuleState::Active);
        });
    }
}
