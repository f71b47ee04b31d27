//! What failed or waits for a person, of all modules and integrations, in the order in which it came up (S1-86).

use crate::attention::{FailureFilter, Shown, number};
use crate::error::Result;
use crate::hub::{Hub, Inner};
use crate::report::Failure;
use musubi_store::{AttentionRow, ModuleSyncRow, SyncId};
use std::collections::BTreeMap;

/// So many are read of a module at a time.
const AT_ONCE: i64 = 200;

/// A matter's place in time. Modules number theirs by themselves, so the module belongs to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Since when, in milliseconds since 1970.
    pub since: i64,
    sync: SyncId,
    item: i64,
}

impl Place {
    /// By when it came up and by [`Failure::id`].
    pub fn new(since: i64, id: &str) -> Result<Place> {
        let (sync, item) = number(id)?;
        Ok(Place { since, sync, item })
    }

    /// The last time and number of this module that come before, in the order of time.
    fn within(place: Option<Place>, sync: SyncId) -> (i64, i64) {
        match place {
            None => (i64::MAX, i64::MAX),
            Some(place) if sync < place.sync => (place.since, i64::MAX),
            Some(place) if sync == place.sync => (place.since, place.item.saturating_sub(1)),
            Some(place) => (place.since.saturating_sub(1), i64::MAX),
        }
    }
}

/// One module's matters, the newest first, read as they are wanted.
struct Stream {
    integration: String,
    sync: ModuleSyncRow,
    /// The newest first, so taken from the front.
    rows: std::collections::VecDeque<AttentionRow>,
    next: Option<(i64, i64)>,
}

impl Stream {
    /// The newest one that is not taken yet and that the filter takes.
    async fn peek(&mut self, hub: &Inner, filter: &FailureFilter) -> Result<Option<Place>> {
        loop {
            if let Some(row) = self.rows.front() {
                return Ok(Some(Place { since: row.created_at, sync: self.sync.id, item: row.id }));
            }
            let Some((since, item)) = self.next else { return Ok(None) };
            let rows = hub.store.newest_attention(self.sync.id, since, item, AT_ONCE).await?;
            self.next = rows.last().map(|last| (last.created_at, last.id - 1));
            self.rows = rows.into_iter().filter(|row| filter.takes(row)).collect();
        }
    }
}

impl Hub {
    /// What a person may settle, of all integrations, the newest first: after this place, if one is given. [`FailureFilter::after`] means nothing here.
    pub async fn all_failures(&self, filter: &FailureFilter, after: Option<Place>) -> Result<Vec<Failure>> {
        let hub = &self.inner;
        let limit = if filter.limit == 0 { usize::MAX } else { filter.limit };
        let mut streams = Vec::new();
        for integration in hub.store.integrations(hub.workspace).await? {
            for sync in hub.store.module_syncs(integration.id).await? {
                if filter.module.as_ref().is_none_or(|module| *module == sync.left_module) {
                    let next = Some(Place::within(after, sync.id));
                    let integration = integration.name.clone();
                    streams.push(Stream { integration, sync, rows: Default::default(), next });
                }
            }
        }
        let mut chosen: Vec<(usize, AttentionRow)> = Vec::new();
        while chosen.len() < limit {
            let mut newest: Option<(Place, usize)> = None;
            for (at, stream) in streams.iter_mut().enumerate() {
                let place = stream.peek(hub, filter).await?;
                newest = newest.max(place.map(|place| (place, at)));
            }
            let Some((_, at)) = newest else { break };
            chosen.extend(streams[at].rows.pop_front().map(|row| (at, row)));
        }
        let mut shown: BTreeMap<usize, Shown<'_>> = BTreeMap::new();
        let mut failures = Vec::new();
        for (at, row) in chosen {
            let stream = &streams[at];
            let shown = shown.entry(at).or_insert_with(|| Shown::new(hub, &stream.integration, &stream.sync));
            failures.push(shown.failure(row).await?);
        }
        Ok(failures)
    }
}
