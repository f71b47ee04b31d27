//! How much was done, over time: counted from the journal, so it says what was written and nothing else.

use crate::error::Result;
use crate::hub::Hub;
use crate::sync::JournalKind;
use musubi_store::{JournalRow, SyncId};
use serde::Serialize;
use utoipa::ToSchema;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

/// What was done in a stretch of time.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Activity {
    /// The length of a bucket in milliseconds.
    pub step_ms: i64,
    /// Where the first bucket begins, in milliseconds since 1970.
    pub from: i64,
    /// One after the other, empty ones too.
    pub buckets: Vec<Bucket>,
    /// API credits per connection.
    pub credits: Vec<CreditUse>,
}

/// What was done in one stretch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ActivityBucket)]
pub struct Bucket {
    /// Where it begins, in milliseconds since 1970.
    pub at: i64,
    /// Records created, on either side.
    pub created: u64,
    /// Records changed.
    pub updated: u64,
    /// Records deleted.
    pub deleted: u64,
    /// Existing records tied.
    pub linked: u64,
}

/// API credits of a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CreditUse {
    /// Its name.
    pub connection: String,
    /// Spent or reserved by the hour in the last 24 hours, the oldest first.
    pub used: Vec<u64>,
    /// The sum of it, by all processes.
    pub used_today: u64,
    /// What this hub may spend in 24 hours; `null` when the service has not told yet.
    #[schema(required)]
    pub limit: Option<u64>,
}

impl Hub {
    /// The last `hours`: up to two of them by five minutes, up to two days by the hour, else by the day; of one integration, or of all.
    pub async fn activity(&self, integration: Option<&str>, hours: i64) -> Result<Activity> {
        let (hub, now) = (&self.inner, self.now());
        let step_ms = match hours {
            ..=2 => 5 * MINUTE,
            3..=48 => HOUR,
            _ => 24 * HOUR,
        };
        let count = (hours * HOUR).div_euclid(step_ms).max(1);
        let from = (now.div_euclid(step_ms) + 1 - count) * step_ms;
        let bucket = |n| Bucket { at: from + n * step_ms, ..Bucket::default() };
        let mut buckets: Vec<Bucket> = (0..count).map(bucket).collect();
        let wanted = match integration {
            Some(name) => vec![hub.integration(name).await?],
            None => hub.store.integrations(hub.workspace).await?,
        };
        for row in wanted {
            for sync in hub.store.module_syncs(row.id).await? {
                let first = self.first_after(sync.id, |row| row.at < from).await?;
                for (at, kind, count) in hub.store.journal_counts(sync.id, first, from, step_ms).await? {
                    let Some(bucket) = usize::try_from(at).ok().and_then(|at| buckets.get_mut(at)) else {
                        continue;
                    };
                    let counter = match JournalKind::from_number(kind) {
                        Some(JournalKind::Created) => &mut bucket.created,
                        Some(JournalKind::Updated) => &mut bucket.updated,
                        Some(JournalKind::Deleted) => &mut bucket.deleted,
                        Some(JournalKind::Linked) => &mut bucket.linked,
                        _ => continue,
                    };
                    *counter += count.unsigned_abs();
                }
            }
        }
        Ok(Activity { step_ms, from, buckets, credits: self.credit_use().await? })
    }

    async fn credit_use(&self) -> Result<Vec<CreditUse>> {
        let hub = &self.inner;
        let open = hub.open_accounts();
        let mut all = Vec::new();
        for row in hub.store.connections(hub.workspace).await? {
            let account = open.iter().find(|(id, _)| *id == row.id);
            let hour = self.now().div_euclid(HOUR);
            let by_hour = hub.store.credits_by_hour(row.id, hour - 23).await?;
            let of =
                |hour: i64| by_hour.iter().filter(|(at, _)| *at == hour).map(|(_, used)| *used).sum::<i64>();
            all.push(CreditUse {
                used: (hour - 23..=hour).map(|hour| of(hour).max(0).unsigned_abs()).collect(),
                used_today: hub.store.credits_used(row.id, self.now()).await?.max(0).unsigned_abs(),
                limit: account.and_then(|(_, account)| account.connector.limits().credits_per_day),
                connection: row.name,
            });
        }
        Ok(all)
    }

    /// The first number of a sync's journal whose entry is not `before` some moment: within a sync times rise with numbers, so halving finds it.
    pub(crate) async fn first_after(
        &self,
        sync: SyncId,
        before: impl Fn(&JournalRow) -> bool + Send,
    ) -> Result<i64> {
        let store = &self.inner.store;
        let (mut low, mut high) = (0, store.journal_end(sync).await?);
        while low < high {
            let middle = low + (high - low) / 2;
            match store.journal_tail(sync, middle, 1).await?.first() {
                Some(row) if before(row) => low = row.seq,
                _ => high = middle,
            }
        }
        Ok(low + 1)
    }
}
