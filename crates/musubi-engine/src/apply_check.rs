//! Module pairs of a configuration are looked over before they are kept – modules, mappings, scopes –, where the services can be asked what they have.

use crate::attached::Wanted;
use crate::both::connections_of;
use crate::compile;
use crate::config::{Config, ConnectionConfig, IntegrationConfig, ModuleConfig};
use crate::error::{HubError, Result};
use crate::findings::When;
use crate::hub::{Hub, Inner};
use crate::owners;
use crate::partition;
use crate::preview::siblings;
use crate::samples;
use crate::scope::{self, Counting};
use crate::step_options;
use musubi_core::Sides;
use musubi_store::ConnectionRow;

/// These say that the services cannot be asked now, and nothing about the configuration.
const MAY_PASS: [&str; 4] = ["connection.", "service.", "hub.", "store."];

impl Inner {
    /// Refuses mappings that must not be used, and gives what should be known of the others. Module pairs that are configured so already are not looked at again.
    pub(crate) async fn check_mappings(&self, config: &Config) -> Result<Vec<String>> {
        let mut warnings = Vec::new();
        if self.connect.is_none() {
            return Ok(warnings);
        }
        let stored = Hub::offline(self.store.clone(), self.workspace).export().await?;
        let rows = self.store.connections(self.workspace).await?;
        for (name, integration) in &config.integrations {
            let before = stored.integrations.get(name).map_or(&[][..], |before| before.modules.as_slice());
            // One that rests must not be kept from resting by what is wrong with it.
            let same = |module: &ModuleConfig| {
                before.iter().any(|old| old.without_state() == module.without_state())
            };
            let changed = |module: &&ModuleConfig| module.is_active() && !same(module);
            let modules: Vec<&ModuleConfig> = integration.modules.iter().filter(changed).collect();
            let old = stored.integrations.get(name);
            let other_owners = old.is_none_or(|old| old.owners != integration.owners);
            if modules.is_empty() && !other_owners {
                continue;
            }
            let same = |connection: &String| {
                let row = rows.iter().find(|row| row.name == *connection);
                match (config.connections.get(connection), stored.connections.get(connection)) {
                    // Naming the org that it is connected to is no change.
                    (Some(new), Some(old)) if new.org.is_some() && old.org.is_none() => {
                        let old = ConnectionConfig { org: row.map(|row| row.org.clone()), ..old.clone() };
                        *new == old
                    }
                    (new, old) => new == old,
                }
            };
            if !same(&integration.left) || !same(&integration.right) {
                warnings.push(format!("{name}: looked over when both accounts are connected"));
                continue;
            }
            if other_owners {
                match self.check_owners(integration, &rows).await {
                    Ok(unknown) => warnings.extend(unknown.into_iter().map(|one| format!("{name}: {one}"))),
                    Err(error) if MAY_PASS.iter().any(|group| error.code.starts_with(group)) => {}
                    Err(error) => {
                        let message = format!("integrations.{name}.owners: {}", error.message);
                        return Err(HubError { message, ..error });
                    }
                }
            }
            // Who cannot be asked is told of below.
            let dead_ends = self.dead_ends(integration, &modules, &rows).await.unwrap_or_default();
            warnings.extend(dead_ends.into_iter().map(|warning| format!("{name}: {warning}")));
            for module in modules {
                match self.check_mapping(integration, module, &rows).await {
                    Ok(found) => {
                        warnings.extend(found.into_iter().map(|warning| format!("{name}: {warning}")))
                    }
                    Err(error) if MAY_PASS.iter().any(|group| error.code.starts_with(group)) => {
                        warnings.push(format!(
                            "{name}: {} ↔ {} could not be looked over yet: {}",
                            module.left, module.right, error.message
                        ));
                    }
                    Err(error) => {
                        let message =
                            format!("{name}, {} ↔ {}: {}", module.left, module.right, error.message);
                        return Err(HubError { message, ..error });
                    }
                }
            }
        }
        Ok(warnings)
    }

    /// Refuses somebody who stands in and is not there: the field would silently be left out, of everybody. Gives who else is not there.
    async fn check_owners(
        &self,
        integration: &IntegrationConfig,
        rows: &[ConnectionRow],
    ) -> Result<Vec<String>> {
        if !integration.owners.names_people() {
            return Ok(Vec::new());
        }
        let accounts = self.accounts(&connections_of(integration, rows)?).await?;
        let (left, right) = tokio::try_join!(accounts.left.users(), accounts.right.users())?;
        owners::everybody_is_there(Sides { left: &left, right: &right }, &integration.owners)
    }

    async fn check_mapping(
        &self,
        integration: &IntegrationConfig,
        module: &ModuleConfig,
        rows: &[ConnectionRow],
    ) -> Result<Vec<String>> {
        let accounts = self.accounts(&connections_of(integration, rows)?).await?;
        let compiled =
            compile::mapping(module, &accounts, &siblings(integration), &integration.owners).await?;
        compiled.findings.allow(When::Beginning)?;
        if let Some(lossy) = samples::of(&compiled, &accounts).await?.lossy.first() {
            return Err(lossy.error());
        }
        scope::options_are_there(module, &accounts).await?;
        let counting = Counting::ask(module, &accounts).await?;
        let modules = &compiled.mapping.modules;
        let (left, right) =
            tokio::try_join!(accounts.left.schema(&modules.left), accounts.right.schema(&modules.right))?;
        step_options::are_there(module, Sides { left: &left, right: &right })?;
        partition::intake(&counting, &compiled, &Sides { left, right }, &accounts).await?;
        Wanted::of(module, &accounts)?;
        Ok(compiled.findings.warnings().map(|note| note.what).collect())
    }
}
