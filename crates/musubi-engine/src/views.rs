//! List views that decide what takes part are looked after: somebody may change them in the service.

use crate::both;
use crate::error::Result;
use crate::export::module_config;
use crate::hub::{Hub, Inner};
use crate::keeper;
use crate::partition::Partition;
use crate::scope::Counting;
use crate::scope_config::Conditions;
use crate::versions;
use musubi_core::mutant::Mutant;
use musubi_store::{IntegrationRow, ModuleSyncRow, SyncId};
use std::sync::Arc;
use std::time::Duration;

/// How often the store is asked whether it is time.
const LOOK: Duration = Duration::from_secs(1);

impl Hub {
    /// What the list views of an integration show now counts from now on. Gives for how many modules that is something new.
    pub async fn take_views_over(&self, integration: &str) -> Result<usize> {
        let hub = &self.inner;
        let row = hub.integration(integration).await?;
        let (mut taken, mut over, mut failed) = (0, Vec::new(), None);
        for sync in hub.store.module_syncs(row.id).await? {
            // One module's view may be gone: those of the others count all the same.
            match take_over(hub, &row, &sync).await {
                Ok(new) => {
                    taken += usize::from(new);
                    over.push(sync.id);
                }
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        if taken > 0 {
            keeper::wish_afresh(hub, row.id).await?;
        }
        for sync in over {
            note(hub, sync, false).await?;
        }
        match failed {
            Some(error) if taken == 0 => Err(error),
            _ => Ok(taken),
        }
    }

    /// For how many modules of an integration a person is to say that what the list views show now counts.
    pub async fn views_waiting(&self, integration: &str) -> Result<usize> {
        let hub = &self.inner;
        let row = hub.integration(integration).await?;
        let mut waiting = 0;
        for sync in hub.store.module_syncs(row.id).await? {
            let Some(shown) = shown(hub, &row, &sync).await? else { continue };
            let before = versions::counting(&hub.store, &sync).await?;
            let (_, asked) = shown.settle(before.as_ref())?;
            waiting += usize::from(asked.is_some());
        }
        Ok(waiting)
    }
}

async fn take_over(hub: &Inner, integration: &IntegrationRow, sync: &ModuleSyncRow) -> Result<bool> {
    let Some(shown) = shown(hub, integration, sync).await? else { return Ok(false) };
    versions::take_over(&hub.store, sync, shown, hub.now()).await
}

/// Keeps whether a person is to say that what the views show now counts: it is told where no process is at work, too.
pub(crate) async fn note(hub: &Inner, sync: SyncId, changed: bool) -> Result<()> {
    if noted(hub, sync).await? != changed {
        hub.store.set_setting(hub.workspace, &name(sync), if changed { "1" } else { "0" }).await?;
    }
    Ok(())
}

/// What was kept of it when somebody last looked.
pub(crate) async fn noted(hub: &Inner, sync: SyncId) -> Result<bool> {
    Ok(hub.store.setting(hub.workspace, &name(sync)).await?.as_deref() == Some("1"))
}

fn name(sync: SyncId) -> String {
    format!("views.changed.{}", sync.0)
}

/// Looks at the views of what this process drives, again and again.
pub(crate) async fn watch(hub: Arc<Inner>) {
    let mut due = hub.now() + hub.settings.views_every;
    while !hub.is_stopping() {
        tokio::time::sleep(LOOK).await;
        if hub.now() < due {
            continue;
        }
        due = hub.now() + hub.settings.views_every;
        if let Err(error) = look(&hub).await {
            tracing::warn!(code = error.code, "list views could not be looked at: {error}");
        }
    }
}

/// One module's views may be gone, or its services out of reach: those of the others are looked at all the same.
async fn look(hub: &Arc<Inner>) -> Result<()> {
    for integration in hub.store.integrations(hub.workspace).await? {
        for sync in hub.store.module_syncs(integration.id).await? {
            let Some(partition) = hub.partitions().get(&sync.id).cloned() else { continue };
            if !partition.live.borrow().driven || partition.wishes.borrow().paused {
                continue;
            }
            if let Err(error) = look_at(hub, &integration, &sync, &partition).await {
                let module = &sync.left_module;
                tracing::warn!(code = error.code, "list views of {module} could not be looked at: {error}");
                if is_of_views(error.code) {
                    // Who prepares the module anew finds the same, and tells it until it is mended.
                    partition.wishes.send_modify(|wishes| wishes.yields += 1);
                }
            }
        }
    }
    Ok(())
}

async fn look_at(
    hub: &Inner,
    integration: &IntegrationRow,
    sync: &ModuleSyncRow,
    partition: &Partition,
) -> Result<()> {
    let Some(shown) = shown(hub, integration, sync).await? else { return Ok(()) };
    let before = versions::counting(&hub.store, sync).await?;
    let new = before.as_ref().is_some_and(|counts| *counts != shown);
    match shown.config.view_changes.count(Mutant::None) {
        Conditions::New if new => {
            keeper::wish_afresh(hub, integration.id).await?;
        }
        _ => {
            let (_, asked) = shown.settle(before.as_ref())?;
            let changed = asked.is_some();
            partition.live.send_modify(|live| live.views_changed = changed);
            note(hub, sync.id, changed).await?;
        }
    }
    Ok(())
}

/// A view is gone, or is one by which nothing can be judged; a connection that cannot be reached says nothing of it.
fn is_of_views(code: &str) -> bool {
    code.starts_with("scope.")
}

/// What the views of a module sync show now; `None` when it names none.
async fn shown(hub: &Inner, integration: &IntegrationRow, sync: &ModuleSyncRow) -> Result<Option<Counting>> {
    let config = module_config(sync)?;
    let names = config.scope.as_ref().is_some_and(crate::scope_config::ScopeConfig::names_views);
    if !names {
        return Ok(None);
    }
    let accounts = hub.accounts(&both::connections(integration)).await?;
    Counting::ask(&config, &accounts).await.map(Some)
}
