//! What switching on deletions that take everything along would mean: counted before it is asked for.

use crate::error::Result;
use crate::hub::Hub;
use crate::verify::connections;
use musubi_connector::gate::Lane;
use musubi_connector::{Counting, Priced};
use musubi_core::{ModuleName, RemoteId, Side, Sides};
use serde::Serialize;
use utoipa::ToSchema;

/// So many records are looked at.
const LOOKED_AT: i64 = 20;

/// A way in which deletions would carry over with all that hangs on the other record, and did not before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Cascade {
    /// The integration.
    pub integration: String,
    /// Left module.
    pub left: String,
    /// Right module.
    pub right: String,
    /// A deletion on this side deletes on the other one.
    pub deleted_on: Side,
    /// Pairs there are: so many records could go.
    pub records: u64,
    /// Of so many of them it was counted what hangs on them.
    pub looked_at: u64,
    /// So many of those have anything.
    pub with_related: u64,
    /// So many records hang on those.
    pub related: u64,
}

impl Cascade {
    /// What it means, in words.
    pub fn sentence(&self) -> String {
        let other = if self.deleted_on == Side::Left { &self.right } else { &self.left };
        let mut text = format!(
            "a record deleted on the {} takes its {other} record on the {} along, with everything that hangs on it",
            self.deleted_on.name(),
            self.deleted_on.other().name()
        );
        text += &match (self.records, self.looked_at) {
            (0, _) => ". There is no pair yet".to_owned(),
            (records, 0) => format!(". There are {records} pairs"),
            (records, looked_at) => format!(
                ". There are {records} pairs; of {looked_at} looked at, {} have {} related records in all",
                self.with_related, self.related
            ),
        };
        text
    }
}

impl Hub {
    /// Counts what hangs on some of the records that could go.
    pub async fn count_cascades(&self, cascades: &mut [Cascade]) -> Result<()> {
        let hub = &self.inner;
        for cascade in cascades.iter_mut().filter(|cascade| cascade.records > 0) {
            let (id, connections) = connections(hub, &cascade.integration).await?;
            let side = cascade.deleted_on.other();
            let module = if side == Side::Left { &cascade.left } else { &cascade.right };
            let module = ModuleName::new(module);
            let account = hub.account(*connections.get(side)).await?;
            let syncs = hub.store.module_syncs(id).await?;
            let own = Sides { left: &cascade.left, right: &cascade.right };
            let is_it = |sync: &&musubi_store::ModuleSyncRow| {
                sync.left_module == *own.left && sync.right_module == *own.right
            };
            let Some(sync) = syncs.iter().find(is_it) else { continue };
            for link in hub.store.scan_links(sync.id, "", LOOKED_AT).await? {
                let record = RemoteId::new(link.id(side));
                let related = account.connector.related(&module, &record, Counting::All);
                // Who is gone by now, or hidden, is left out of the sample.
                let Ok(related) = account.call(Lane::Interactive, Priced::Other, related).await else {
                    continue;
                };
                cascade.looked_at += 1;
                cascade.with_related += u64::from(related.count() > 0);
                cascade.related += related.count();
            }
        }
        Ok(())
    }
}
