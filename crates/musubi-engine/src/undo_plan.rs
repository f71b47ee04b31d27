//! Whether there is what an undo names: an id or a number that was mistyped must not look like one of which nothing was written.

use crate::error::{HubError, Result};
use crate::history::syncs;
use crate::hub::Hub;
use crate::pairs::not_synced;
use crate::undo::{UndoOf, Writes};
use musubi_core::Side;
use musubi_store::{ModuleSyncRow, Want};

impl Hub {
    /// Refuses an undo that names a module, a record or a run that there is not. To be asked before its plan.
    pub async fn undo_names_something(&self, integration: &str, of: &UndoOf) -> Result<()> {
        let mut rows = syncs(&self.inner, integration).await?;
        if let Some(module) = &of.module {
            rows.retain(|sync| sync.left_module == *module);
            if rows.is_empty() {
                return Err(not_synced(integration, module));
            }
        }
        let missing = match &of.writes {
            Writes::Between(..) => return Ok(()),
            Writes::Run(number) => HubError::new(
                "undo.no_run",
                format!("{integration} has no run {number} of this module"),
                "`musubi history NAME --runs` lists the runs, with their numbers",
            ),
            Writes::Record(id) => HubError::new(
                "undo.no_record",
                format!("{integration} knows no record {id} of either side"),
                "check the id; `musubi history NAME` shows what was written, and to which records",
            ),
        };
        for sync in &rows {
            if self.knows(sync, &of.writes).await? {
                return Ok(());
            }
        }
        Err(missing)
    }

    /// Whether this module sync has, or had, that run or record.
    async fn knows(&self, sync: &ModuleSyncRow, writes: &Writes) -> Result<bool> {
        let store = &self.inner.store;
        match writes {
            Writes::Between(..) => Ok(true),
            Writes::Run(number) => {
                let runs = store.runs(sync.id, number.saturating_add(1), 1).await?;
                Ok(runs.first().is_some_and(|run| run.id == *number))
            }
            Writes::Record(id) => {
                let ids = Side::BOTH.map(|side| (side, id.clone())).to_vec();
                let loaded = store.load(sync.id, Want { ids, ..Want::default() }).await?;
                let mut known = !loaded.links.is_empty() || !loaded.unlinked.is_empty();
                for side in Side::BOTH {
                    // What was written stays in the history when the pair is none any more.
                    known = known || !store.journal_of(sync.id, side, id).await?.is_empty();
                }
                Ok(known)
            }
        }
    }
}
