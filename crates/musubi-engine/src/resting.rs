//! Module pairs that rest (S2-47): nothing is read or written for them until they are taken up again. What is remembered of their records stays.

use crate::config::ModuleConfig;
use crate::error::{HubError, Result};
use crate::hub::Hub;
use crate::{pairs, prerequisites};
use musubi_core::policy::ConflictPolicy;
use musubi_store::ModuleSyncRow;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whether a module pair takes part in the work of its integration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ModuleState {
    /// It does.
    #[default]
    Active,
    /// Nothing is read or written for it; what was carried over stays, and so do the links.
    Inactive,
}

impl ModuleState {
    /// As it is told.
    pub fn name(self) -> &'static str {
        match self {
            ModuleState::Active => "active",
            ModuleState::Inactive => "inactive",
        }
    }
}

impl From<musubi_store::ModuleState> for ModuleState {
    fn from(state: musubi_store::ModuleState) -> ModuleState {
        match state {
            musubi_store::ModuleState::Active => ModuleState::Active,
            musubi_store::ModuleState::Inactive => ModuleState::Inactive,
        }
    }
}

/// Who wins in what both sides changed while a module pair rested (S2-53). New records are in no conflict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Meanwhile {
    /// The later change.
    Latest,
    /// The left side.
    Left,
    /// The right side.
    Right,
    /// Nobody: each side stays as it is, and the conflict is recorded.
    Skip,
}

impl Meanwhile {
    /// As it is told.
    pub fn name(self) -> &'static str {
        match self {
            Meanwhile::Latest => "latest",
            Meanwhile::Left => "left",
            Meanwhile::Right => "right",
            Meanwhile::Skip => "skip",
        }
    }

    /// From its name.
    pub fn named(name: &str) -> Option<Meanwhile> {
        let all = [Meanwhile::Latest, Meanwhile::Left, Meanwhile::Right, Meanwhile::Skip];
        all.into_iter().find(|one| one.name() == name)
    }
}

impl From<Meanwhile> for ConflictPolicy {
    fn from(meanwhile: Meanwhile) -> ConflictPolicy {
        match meanwhile {
            Meanwhile::Latest => ConflictPolicy::Latest,
            Meanwhile::Left => ConflictPolicy::Left,
            Meanwhile::Right => ConflictPolicy::Right,
            Meanwhile::Skip => ConflictPolicy::Skip,
        }
    }
}

/// Whether a module pair may begin though one that it needs rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WithoutParents {
    /// No: it is an error that names them.
    Refuse,
    /// Yes: records that point to something without a counterpart wait for it.
    Allow,
}

impl Hub {
    /// Lets a module pair rest, from the next second on in every process. A pair that others need cannot rest before them (S2-50).
    pub async fn deactivate(&self, integration: &str, module: &str) -> Result<()> {
        let hub = &self.inner;
        let sync = pairs::sync(hub, integration, module).await?;
        if sync.state == musubi_store::ModuleState::Inactive {
            return Ok(());
        }
        let wanted = self.with_state(integration, &sync, ModuleState::Inactive).await?;
        prerequisites::check(hub, &wanted).await?;
        hub.store.let_rest(sync.id).await?;
        hub.poke.notify_one();
        Ok(())
    }

    /// Takes a module pair up again (S2-52): every record is compared, and until that is done `meanwhile` decides what both sides changed, in place of what the
    /// module says otherwise. One that is active stays as it is.
    pub async fn activate(
        &self,
        integration: &str,
        module: &str,
        meanwhile: Option<Meanwhile>,
        without_parents: WithoutParents,
    ) -> Result<()> {
        let hub = &self.inner;
        let sync = pairs::sync(hub, integration, module).await?;
        if sync.state == musubi_store::ModuleState::Active {
            return match meanwhile {
                None => Ok(()),
                Some(_) => Err(HubError::new(
                    "module.active",
                    format!("{module} of {integration} is active: nothing is to be compared once more"),
                    "set its conflict rule, or deactivate it first",
                )),
            };
        }
        let wanted = self.with_state(integration, &sync, ModuleState::Active).await?;
        let missing = prerequisites::check(hub, &wanted).await?;
        if without_parents == WithoutParents::Refuse
            && let Some(first) = missing.into_iter().next()
        {
            return Err(HubError::new(
                "module.parent_inactive",
                first,
                "activate that one first, or say that it shall begin without it (`--without-parents`)",
            ));
        }
        hub.store.take_up(sync.id, meanwhile.map(Meanwhile::name), hub.now()).await?;
        hub.poke.notify_one();
        Ok(())
    }

    /// The workspace, with one module pair in this state.
    async fn with_state(
        &self,
        integration: &str,
        sync: &ModuleSyncRow,
        state: ModuleState,
    ) -> Result<crate::Config> {
        let mut config = self.export().await?;
        let modules =
            config.integrations.get_mut(integration).into_iter().flat_map(|found| &mut found.modules);
        let is_it =
            |pair: &&mut ModuleConfig| pair.left == sync.left_module && pair.right == sync.right_module;
        modules.filter(is_it).for_each(|pair| pair.set_state(state));
        Ok(config)
    }
}

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

    #[tokio::test]
    async fn a_module_that_is_tied_twice_is_named_with_its_other_side() {
        let hub = Hub::offline(Store::in_memory().unwrap(), 1);
        hub.apply(&Config::parse(FILE).unwrap(), true).await.unwrap();
        let error = hub.deactivate("i", "Contacts").await.unwrap_err();
        assert_eq!(error.code, "module.ambiguous");
        assert!(error.message.ends_with("Contacts:Contacts, Contacts:Leads"), "{}", error.message);
        hub.deactivate("i", "Contacts:Leads").await.unwrap();
        let modules = hub.export().await.unwrap().integrations["i"].modules.clone();
        assert_eq!(modules.iter().map(ModuleConfig::is_active).collect::<Vec<_>>(), [true, false]);
        assert_eq!(hub.deactivate("i", "Contacts:Deals").await.unwrap_err().code, "module.unknown");
    }
}
