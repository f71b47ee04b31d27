//! How long what is over is remembered: the journal, runs, settled matters, the audit log. What is open or current is never forgotten.

use crate::error::{HubError, Result};
use crate::hub::{Hub, Inner};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const DAY: i64 = 24 * 3_600_000;
/// Where it is kept.
const SETTING: &str = "retention";
/// At the shortest, in days: a person must be able to see what went wrong before the weekend.
const SHORTEST: u32 = 7;
/// At the longest, in days.
const LONGEST: u32 = 3_650;

/// What a call was answered is remembered so long, to tell it to whoever sends the call again; so is what became of a person's decision.
const ANSWERS_DAYS: u32 = 1;

/// How many days are remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Retention {
    /// Of the journal, values included.
    #[schema(minimum = 7, maximum = 3650)]
    pub journal_days: u32,
    /// Of runs, settled matters, notices and the audit log.
    #[schema(minimum = 7, maximum = 3650)]
    pub runs_days: u32,
}

impl Default for Retention {
    fn default() -> Retention {
        Retention { journal_days: 365, runs_days: 365 }
    }
}

impl Hub {
    /// How long what is over is remembered.
    pub async fn retention(&self) -> Result<Retention> {
        retention(&self.inner).await
    }

    /// Sets it; what is older is forgotten within the hour.
    pub async fn set_retention(&self, retention: Retention) -> Result<()> {
        for (name, days) in [("journal_days", retention.journal_days), ("runs_days", retention.runs_days)] {
            if !(SHORTEST..=LONGEST).contains(&days) {
                return Err(HubError::new(
                    "config.retention",
                    format!("{name} is {days}"),
                    format!("set it to {SHORTEST} to {LONGEST} days"),
                ));
            }
        }
        let text = serde_json::to_string(&retention).expect("numbers always serialise");
        Ok(self.inner.store.set_setting(self.inner.workspace, SETTING, &text).await?)
    }
}

/// Forgets what is older than it may be. Gives the number of journal entries forgotten.
pub(crate) async fn forget(hub: &Inner) -> Result<u64> {
    let Retention { journal_days, runs_days } = retention(hub).await?;
    let before = |days: u32| hub.now() - i64::from(days) * DAY;
    hub.store.forget_answers(before(ANSWERS_DAYS)).await?;
    hub.store.forget_decisions(before(ANSWERS_DAYS)).await?;
    hub.store.forget_notices(before(runs_days)).await?;
    Ok(hub.store.forget(before(journal_days), before(runs_days)).await?)
}

async fn retention(hub: &Inner) -> Result<Retention> {
    let text = hub.store.setting(hub.workspace, SETTING).await?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use musubi_store::Store;

    // AMB-17
    #[tokio::test]
    async fn what_is_older_than_it_may_be_is_forgotten() {
        let store = Store::in_memory().unwrap();
        let hub = Hub::offline(store.clone(), 1);
        assert_eq!(hub.retention().await.unwrap(), Retention { journal_days: 365, runs_days: 365 });
        let short = Retention { journal_days: 1, runs_days: 30 };
        assert_eq!(hub.set_retention(short).await.unwrap_err().code, "config.retention");
        let month = Retention { journal_days: 30, runs_days: 30 };
        hub.set_retention(month).await.unwrap();
        assert_eq!(hub.retention().await.unwrap(), month);
        for days in [1, 40] {
            store.audit(1, hub.now() - days * DAY, "ann", "session.begin", "{}").await.unwrap();
        }
        forget(&hub.inner).await.unwrap();
        assert_eq!(store.audited(1, i64::MAX, 9).await.unwrap().len(), 1);
    }
}
