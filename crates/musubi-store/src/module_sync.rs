//! Module syncs: one module pair of an integration, and the versions of its mapping.

use crate::error::{Result, StoreError};
use crate::link::SyncId;
use crate::single::values;
use crate::sql::{Expect, Row, args};
use crate::store::Store;
use std::sync::Arc;

/// A module pair as it is configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleSyncRow {
    /// Its number, which is also its partition's; 0 before it is stored.
    pub id: SyncId,
    /// The workspace it belongs to.
    pub workspace: i64,
    /// The integration it belongs to; below 0 if it was taken out of one (`remembered.rs`).
    pub integration: i64,
    /// Its place among the integration's module syncs: parents before children.
    pub position: i64,
    /// The module on the left.
    pub left_module: String,
    /// The module on the right.
    pub right_module: String,
    /// Direction, matching, policies and fields as JSON.
    pub config: String,
    /// The version of the mapping that applies.
    pub mapping_version: i64,
    /// When the database was restored from a backup, as long as the consequences are not dealt with.
    pub restored_at: Option<i64>,
    /// Whether it takes part in the work.
    pub state: ModuleState,
    /// Until everything was compared after it was taken up again: who wins in what both sides changed meanwhile.
    pub meanwhile: Option<String>,
    /// When it was last taken up again; 0 if it never rested.
    pub activated_at: i64,
    /// A person paused it, whatever its integration does.
    pub paused: bool,
}

impl ModuleSyncRow {
    /// Whether anything is done for it while its integration is not paused.
    pub fn is_at_work(&self) -> bool {
        self.state == ModuleState::Active && !self.paused
    }
}

/// Whether a module pair takes part in the work of its integration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ModuleState {
    /// It does.
    #[default]
    Active,
    /// Nothing is read or written for it; what is remembered of its records stays.
    Inactive,
}

impl ModuleState {
    /// `active` or `inactive`.
    pub fn name(self) -> &'static str {
        match self {
            ModuleState::Active => "active",
            ModuleState::Inactive => "inactive",
        }
    }
}

const INSERT: &str = "insert into module_sync (id, workspace, integration, position, left_module, right_module, \
    config, mapping_version, restored_at, state, meanwhile, activated_at, paused, created_at) \
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
const UPDATE: &str = "update module_sync set position = $1, config = $2, mapping_version = $3 where id = $4";
const LIST: &str = "select id, workspace, integration, position, left_module, right_module, config, \
    mapping_version, restored_at, state, meanwhile, activated_at, paused from module_sync where integration = $1 order by position, id";
const ALL: &str = "select id, workspace, integration, position, left_module, right_module, config, \
    mapping_version, restored_at, state, meanwhile, activated_at, paused from module_sync where integration > $1 order by id";
pub(crate) const OF_WORKSPACE: &str = "select id, workspace, integration, position, left_module, right_module, config, \
    mapping_version, restored_at, state, meanwhile, activated_at, paused from module_sync \
    where workspace = $1 and integration > 0 order by integration, position, id";
const GET: &str = "select id, workspace, integration, position, left_module, right_module, config, \
    mapping_version, restored_at, state, meanwhile, activated_at, paused from module_sync where id = $1";
const SET_VERSION: &str = "update module_sync set mapping_version = $1 where id = $2 and activated_at = $3";
const REST: &str = "update module_sync set state = 'inactive', meanwhile = null where id = $1";
const PAUSE: &str = "update module_sync set paused = 1 where id = $1";
const RESUME: &str = "update module_sync set paused = 0 where id = $1";
const TAKE_UP: &str = "update module_sync set state = 'active', meanwhile = $1, activated_at = $2, mapping_version = 0 \
    where id = $3";
const MEANWHILE_OVER: &str = "update module_sync set meanwhile = null where id = $1 and activated_at = $2";
const SETTLED: &str = "update module_sync set restored_at = null where id = $1";
const PUT_MAPPING: &str = "insert into mapping_version (sync, version, slots, created_at) \
    values ($1, $2, $3, $4) on conflict (sync, version) do nothing";
const MAPPING: &str = "select slots from mapping_version where sync = $1 and version = $2";
const DELETE: [&str; 21] = [
    "delete from link where sync = $1",
    "delete from unlinked where sync = $1",
    "delete from match_key where sync = $1",
    "delete from intent where sync = $1",
    "delete from reservation where sync = $1",
    "delete from journal where sync = $1",
    "delete from run where sync = $1",
    "delete from run_outcome where sync = $1",
    "delete from attention where sync = $1",
    "delete from parked where sync = $1",
    "delete from attached where sync = $1",
    "delete from attachment where sync = $1",
    "delete from hint where sync = $1",
    "delete from decision where sync = $1",
    "delete from sync_state where sync = $1",
    "delete from mapping_version where sync = $1",
    "delete from parked where parent_sync = $1",
    "delete from remembered where sync = $1",
    "delete from approval where sync = $1",
    "update lease set epoch = epoch + 1, until = 0 where partition = $1",
    "delete from module_sync where id = $1",
];
pub(crate) const STATEMENTS: &[&str] = &[
    INSERT,
    UPDATE,
    LIST,
    ALL,
    OF_WORKSPACE,
    GET,
    SET_VERSION,
    SETTLED,
    PUT_MAPPING,
    MAPPING,
    REST,
    PAUSE,
    RESUME,
    TAKE_UP,
    MEANWHILE_OVER,
];
pub(crate) const DELETE_STATEMENTS: &[&str] = &DELETE;

pub(crate) fn module_sync(row: &Row<'_>) -> Result<ModuleSyncRow> {
    Ok(ModuleSyncRow {
        id: SyncId(row.int(0)?),
        workspace: row.int(1)?,
        integration: row.int(2)?,
        position: row.int(3)?,
        left_module: row.text(4)?,
        right_module: row.text(5)?,
        config: row.text(6)?,
        mapping_version: row.int(7)?,
        restored_at: row.int_or_null(8)?,
        state: match row.text(9)?.as_str() {
            "active" => ModuleState::Active,
            _ => ModuleState::Inactive,
        },
        meanwhile: row.text_or_null(10)?,
        activated_at: row.int(11)?,
        paused: row.int(12)? != 0,
    })
}

impl Store {
    /// Stores a new module sync and gives its number. A pair that is in the integration already is a conflict.
    pub async fn insert_module_sync(&self, row: &ModuleSyncRow, now: i64) -> Result<SyncId> {
        let id = SyncId(self.next_number("module_sync").await?);
        let values = values![
            id,
            row.workspace,
            row.integration,
            row.position,
            &row.left_module,
            &row.right_module,
            &row.config,
            row.mapping_version,
            row.restored_at,
            row.state.name(),
            &row.meanwhile,
            row.activated_at,
            i64::from(row.paused),
            now
        ];
        self.change(INSERT, values).await?;
        Ok(id)
    }

    /// Changes the position, the configuration and the version of the mapping.
    pub async fn update_module_sync(&self, row: &ModuleSyncRow) -> Result<()> {
        let values = values![row.position, &row.config, row.mapping_version, row.id];
        let found = self.change(UPDATE, values).await? == 1;
        if found { Ok(()) } else { Err(StoreError::missing("module sync")) }
    }

    /// The module syncs of an integration, in their order.
    pub async fn module_syncs(&self, integration: i64) -> Result<Vec<ModuleSyncRow>> {
        self.all(LIST, values![integration], module_sync).await
    }

    /// The module syncs of every workspace that belong to an integration: the partitions of the work.
    pub async fn all_module_syncs(&self) -> Result<Vec<ModuleSyncRow>> {
        self.all(ALL, values![0], module_sync).await
    }

    /// One module sync.
    pub async fn module_sync(&self, id: SyncId) -> Result<Option<ModuleSyncRow>> {
        self.one(GET, values![id], module_sync).await
    }

    /// Deletes a module sync and all it remembers; whoever works on it loses the lease.
    pub async fn delete_module_sync(&self, id: SyncId) -> Result<()> {
        self.write(move |tx| {
            Box::pin(async move {
                crate::lease::lock(tx, id)?;
                DELETE.iter().try_for_each(|sql| tx.queue(sql, &args![id], Expect::Any))
            })
        })
        .await
    }

    /// Notes the version of the mapping that everything was last compared under, unless it was taken up again since `activated_at`.
    pub async fn set_mapping_version(&self, id: SyncId, version: i64, activated_at: i64) -> Result<()> {
        self.change(SET_VERSION, values![version, id, activated_at]).await.map(drop)
    }

    /// Lets a module sync rest.
    pub async fn let_rest(&self, id: SyncId) -> Result<()> {
        let found = self.change(REST, values![id]).await? == 1;
        if found { Ok(()) } else { Err(StoreError::missing("module sync")) }
    }

    /// Pauses a module sync.
    pub async fn pause_module_sync(&self, id: SyncId) -> Result<()> {
        let found = self.change(PAUSE, values![id]).await? == 1;
        if found { Ok(()) } else { Err(StoreError::missing("module sync")) }
    }

    /// Lets a paused module sync go on.
    pub async fn resume_module_sync(&self, id: SyncId) -> Result<()> {
        let found = self.change(RESUME, values![id]).await? == 1;
        if found { Ok(()) } else { Err(StoreError::missing("module sync")) }
    }

    /// Takes a module sync up again: everything is compared, and until that is done `meanwhile` decides what both sides changed.
    pub async fn take_up(&self, id: SyncId, meanwhile: Option<&str>, now: i64) -> Result<()> {
        let found = self.change(TAKE_UP, values![meanwhile.map(str::to_owned), now, id]).await? == 1;
        if found { Ok(()) } else { Err(StoreError::missing("module sync")) }
    }

    /// Everything was compared since it was taken up again at `activated_at`.
    pub async fn meanwhile_is_over(&self, id: SyncId, activated_at: i64) -> Result<()> {
        self.change(MEANWHILE_OVER, values![id, activated_at]).await.map(drop)
    }

    /// The complete comparison after a restore is done: creates and deletes are as always again.
    pub async fn restore_settled(&self, id: SyncId) -> Result<()> {
        self.change(SETTLED, values![id]).await.map(drop)
    }

    /// Keeps a version of the mapping; a version that is kept already stays as it is.
    pub async fn put_mapping_version(&self, sync: SyncId, version: i64, slots: &str, now: i64) -> Result<()> {
        self.change(PUT_MAPPING, values![sync, version, slots, now]).await.map(drop)
    }

    /// A version of the mapping.
    pub async fn mapping_version(&self, sync: SyncId, version: i64) -> Result<Option<String>> {
        self.one(MAPPING, values![sync, version], |row| row.text(0)).await
    }

    /// Changes the configuration and keeps the version of the mapping it names, together.
    pub async fn apply_module_sync(&self, row: ModuleSyncRow, slots: String, now: i64) -> Result<()> {
        let row = Arc::new((row, slots));
        self.write(move |tx| {
            let row = Arc::clone(&row);
            Box::pin(async move {
                let (row, slots) = (&row.0, &row.1);
                let missing = Expect::Rows(1, || StoreError::missing("module sync"));
                tx.queue(UPDATE, &args![row.position, &row.config, row.mapping_version, row.id], missing)?;
                tx.queue(PUT_MAPPING, &args![row.id, row.mapping_version, slots, now], Expect::Any)
            })
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;
    use crate::testing::{each_engine, lease, link, links, module_sync_row};

    #[test]
    fn a_module_sync_is_stored_changed_and_deleted_with_all_it_remembers() {
        each_engine(async |store| {
            let id = store.insert_module_sync(&module_sync_row(3, "Contacts"), 1).await.unwrap();
            let taken = store.insert_module_sync(&module_sync_row(3, "Contacts"), 1).await.unwrap_err();
            assert_eq!(taken.code, "store.conflict_module_sync");
            let other = store.insert_module_sync(&module_sync_row(3, "Accounts"), 1).await.unwrap();
            assert_ne!(id, other);
            let changed =
                ModuleSyncRow { id, mapping_version: 2, position: 9, ..module_sync_row(3, "Contacts") };
            store.apply_module_sync(changed.clone(), "[]".into(), 5).await.unwrap();
            assert_eq!(store.mapping_version(id, 2).await.unwrap().as_deref(), Some("[]"));
            let listed = store.module_syncs(3).await.unwrap();
            assert_eq!(listed.last(), Some(&changed));
            assert_eq!(store.all_module_syncs().await.unwrap().len(), 2);

            store.pause_module_sync(id).await.unwrap();
            let paused = ModuleSyncRow { paused: true, ..changed.clone() };
            assert_eq!(store.module_sync(id).await.unwrap(), Some(paused));
            store.resume_module_sync(id).await.unwrap();
            assert_eq!(store.module_sync(id).await.unwrap(), Some(changed.clone()));

            store.let_rest(id).await.unwrap();
            assert_eq!(store.module_sync(id).await.unwrap().unwrap().state, ModuleState::Inactive);
            store.take_up(id, Some("left"), 50).await.unwrap();
            let taken = ModuleSyncRow {
                meanwhile: Some("left".into()),
                activated_at: 50,
                mapping_version: 0,
                ..changed
            };
            // What was begun before it rested says nothing of what came after.
            store.set_mapping_version(id, 2, 0).await.unwrap();
            store.meanwhile_is_over(id, 0).await.unwrap();
            assert_eq!(store.module_sync(id).await.unwrap(), Some(taken.clone()));
            store.set_mapping_version(id, 2, 50).await.unwrap();
            store.meanwhile_is_over(id, 50).await.unwrap();
            let over = ModuleSyncRow { meanwhile: None, mapping_version: 2, ..taken };
            assert_eq!(store.module_sync(id).await.unwrap(), Some(over));

            let epoch = lease(&store, id).await;
            store.commit(id, epoch, 1, links(vec![link("1", 0)])).await.unwrap();
            store.delete_module_sync(id).await.unwrap();
            assert_eq!(store.module_sync(id).await.unwrap(), None);
            assert_eq!(store.scan_links(id, "", 9).await.unwrap(), []);
            let lost = store.commit(id, epoch, 1, links(vec![link("1", 0)])).await.unwrap_err();
            assert_eq!(lost.kind, Kind::LeaseLost);
        });
    }
}
