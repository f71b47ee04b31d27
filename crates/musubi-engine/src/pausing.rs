//! Module pairs that a person pauses: no calls and no writes for them until they are resumed (I13). Unlike after a rest nothing is compared anew, and a pair that
//! others need may be paused: what leads to its records waits for those that are not carried over yet.

use crate::error::{HubError, Result};
use crate::hub::Hub;
use crate::{keeper, pairs};
use musubi_store::ModuleSyncRow;

impl Hub {
    /// No calls and no writes for this module pair until it is resumed, whatever its integration does. Any process may say so.
    pub async fn pause_module(&self, integration: &str, module: &str) -> Result<()> {
        let hub = &self.inner;
        let sync = pairs::sync(hub, integration, module).await?;
        hub.store.pause_module_sync(sync.id).await?;
        hub.poke.notify_one();
        Ok(())
    }

    /// As if everything that happened during the pause had happened at once (I13). A paused integration, and a pair that rests, stay as they are. What it was bound
    /// to (I17) does not count any more.
    pub async fn resume_module(&self, integration: &str, module: &str) -> Result<()> {
        let hub = &self.inner;
        let sync = pairs::sync(hub, integration, module).await?;
        if hub.store.unbind(sync.id).await? {
            keeper::wish_afresh(hub, sync.integration).await?;
        }
        hub.store.resume_module_sync(sync.id).await?;
        hub.poke.notify_one();
        Ok(())
    }
}

/// Nothing is left to work on.
pub(crate) fn all_paused(integration: &str, rows: &[ModuleSyncRow], first: &ModuleSyncRow) -> HubError {
    HubError::new(
        "module.paused",
        format!("every active module of {integration} is paused: nothing is carried over until one goes on"),
        format!("`musubi resume {integration}/{}`", pairs::name_among(rows, first)),
    )
}

/// Why a first load does not begin.
pub(crate) fn parent_paused(integration: &str, child: &str, parent: &str) -> HubError {
    HubError::new(
        PARENT_PAUSED,
        format!("the first load of {child} begins after that of {parent}, which is paused"),
        format!("`musubi resume {integration}/{parent}`"),
    )
}

/// The code of [`parent_paused`].
pub(crate) const PARENT_PAUSED: &str = "module.parent_paused";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Config;
    use musubi_store::Store;

    const FILE: &str = "[connections.a]\nservice = \"crm\"\ndata_centre = \"eu\"\n\
        [connections.b]\nservice = \"crm\"\ndata_centre = \"jp\"\n\
        [integrations.i]\nleft = \"a\"\nright = \"b\"\n\
        [[integrations.i.modules]]\nleft = \"Contacts\"\nright = \"Contacts\"\n\
        [[integrations.i.modules]]\nleft = \"Contacts\"\nright = \"Leads\"\ndirection = \"left_to_right\"\n";

    async fn paused(hub: &Hub) -> Vec<Option<bool>> {
        let config = hub.export().await.unwrap();
        config.integrations["i"].modules.iter().map(|module| module.paused).collect()
    }

    // S1-98, K-8
    #[tokio::test]
    async fn a_file_pauses_a_module_and_one_that_says_nothing_of_it_leaves_it_so() {
        let hub = Hub::offline(Store::in_memory().unwrap(), 1);
        hub.apply(&Config::parse(FILE).unwrap(), true).await.unwrap();
        assert_eq!(hub.pause_module("i", "Contacts").await.unwrap_err().code, "module.ambiguous");
        hub.pause_module("i", "Contacts:Leads").await.unwrap();
        assert_eq!(paused(&hub).await, [None, Some(true)]);
        assert!(hub.apply(&Config::parse(FILE).unwrap(), true).await.unwrap().changes.is_empty());
        assert_eq!(paused(&hub).await, [None, Some(true)]);

        let other = |said: &str| {
            Config::parse(&FILE.replace("\"Leads\"\n", &format!("\"Leads\"\npaused = {said}\n"))).unwrap()
        };
        let told = hub.apply(&other("false"), true).await.unwrap();
        assert_eq!(told.changes[0].details, ["paused: true → false"]);
        assert_eq!(paused(&hub).await, [None, None]);
        hub.apply(&other("true"), true).await.unwrap();
        assert_eq!(paused(&hub).await, [None, Some(true)]);

        // Each pause is ended by itself.
        hub.pause("i").await.unwrap();
        hub.resume("i").await.unwrap();
        assert_eq!(paused(&hub).await, [None, Some(true)]);
        hub.pause("i").await.unwrap();
        hub.resume_module("i", "Contacts:Leads").await.unwrap();
        let config = hub.export().await.unwrap();
        assert_eq!((config.integrations["i"].paused, paused(&hub).await), (Some(true), vec![None, None]));
    }

    #[tokio::test]
    async fn a_run_with_nothing_but_paused_modules_says_so() {
        let hub = Hub::offline(Store::in_memory().unwrap(), 1);
        hub.apply(&Config::parse(FILE).unwrap(), true).await.unwrap();
        hub.pause_module("i", "Contacts:Contacts").await.unwrap();
        hub.pause_module("i", "Contacts:Leads").await.unwrap();
        let wait = std::time::Duration::from_millis(1);
        let error = hub.run_until_agreed("i", wait, &mut |_| {}).await.unwrap_err();
        assert_eq!(
            (error.code, error.hint.as_str()),
            ("module.paused", "`musubi resume i/Contacts:Contacts`")
        );
    }
}
