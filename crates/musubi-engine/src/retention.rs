//! How long what is over is remembered: the journal, runs, settled matters, the audit log. For ever, unless told otherwise. What is open or current is never forgotten.

use crate::error::{HubError, Result};
use crate::hub::{Hub, Inner};
use crate::table::WordOrTable;
use serde::{Deserialize, Deserializer, Serialize};
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

/// How many days are remembered; everything is, unless told otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub struct Retention {
    /// Of the journal, values included; `null`: for ever.
    #[schema(minimum = 7, maximum = 3650)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub journal_days: Option<u32>,
    /// Of runs, settled matters, notices and the audit log; `null`: for ever.
    #[schema(minimum = 7, maximum = 3650)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runs_days: Option<u32>,
}

impl Retention {
    /// Reads a table, and no list: what would stand where in it is for nobody to guess.
    pub fn read<'de, D: Deserializer<'de>, R: From<Retention>>(from: D) -> std::result::Result<R, D::Error> {
        WordOrTable::<(), Retention, R> { expecting: "a table", word: None, table: R::from, switch: None }
            .read(from)
    }

    /// Neither too short nor too long.
    pub(crate) fn check(self) -> Result<()> {
        for (name, days) in [("journal_days", self.journal_days), ("runs_days", self.runs_days)] {
            let Some(days) = days.filter(|days| !(SHORTEST..=LONGEST).contains(days)) else { continue };
            return Err(HubError::new(
                "config.retention",
                format!("{name} is {days}"),
                format!("set it to {SHORTEST} to {LONGEST} days, or leave it out: then everything is kept"),
            ));
        }
        Ok(())
    }
}

impl Hub {
    /// How long what is over is remembered.
    pub async fn retention(&self) -> Result<Retention> {
        retention(&self.inner).await
    }

    /// Sets it; what is older is forgotten within the hour.
    pub async fn set_retention(&self, retention: Retention) -> Result<()> {
        retention.check()?;
        let text = serde_json::to_string(&retention).expect("numbers always serialise");
        Ok(self.inner.store.set_setting(self.inner.workspace, SETTING, &text).await?)
    }
}

/// Forgets what is older than it may be. Gives the number of journal entries forgotten.
pub(crate) async fn forget(hub: &Inner) -> Result<u64> {
    let Retention { journal_days, runs_days } = retention(hub).await?;
    let ago = |days: u32| hub.now() - i64::from(days) * DAY;
    hub.store.forget_answers(ago(ANSWERS_DAYS)).await?;
    hub.store.forget_decisions(ago(ANSWERS_DAYS)).await?;
    // For ever: nothing is older than the beginning of time.
    let before = |days: Option<u32>| days.map_or(i64::MIN, ago);
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

    #[test]
    fn a_list_is_no_retention() {
        let read = |text: &str| {
            Retention::read::<_, Option<Retention>>(serde_json::from_str::<serde_json::Value>(text).unwrap())
        };
        assert_eq!(
            read("{\"runs_days\": 30}").unwrap(),
            Some(Retention { journal_days: None, runs_days: Some(30) })
        );
        assert!(read("[null, 30]").unwrap_err().to_string().contains("expected a table"));
    }

    // AMB-17
    #[tokio::test]
    async fn what_is_older_than_it_may_be_is_forgotten() {
        let store = Store::in_memory().unwrap();
        let hub = Hub::offline(store.clone(), 1);
        assert_eq!(hub.retention().await.unwrap(), Retention { journal_days: None, runs_days: None });
        for days in [1, 40, 40_000] {
            store.audit(1, hub.now() - days * DAY, "ann", "session.begin", "{}").await.unwrap();
        }
        let kept = async || store.audited(1, i64::MAX, 9).await.unwrap().len();
        forget(&hub.inner).await.unwrap();
        assert_eq!(kept().await, 3, "everything is kept unless told otherwise");
        let short = Retention { journal_days: Some(1), runs_days: Some(30) };
        assert_eq!(hub.set_retention(short).await.unwrap_err().code, "config.retention");
        let month = Retention { journal_days: None, runs_days: Some(30) };
        hub.set_retention(month).await.unwrap();
        assert_eq!(hub.retention().await.unwrap(), month);
        forget(&hub.inner).await.unwrap();
        assert_eq!(kept().await, 1);
    }
}
