//! What a mapping would be, before anything is set up.

use crate::compile::{LeftOut, Sibling, mapping};
use crate::config::{IntegrationConfig, ModuleConfig};
use crate::error::{HubError, Result};
use crate::findings::LossyPair;
use crate::hub::Hub;
use crate::samples::{self, Sample};
use musubi_core::{ModuleName, NamesBySide, Sides};
use musubi_store::SyncId;
use serde::Serialize;
use utoipa::ToSchema;

/// What a module pair's mapping would be.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ModulePreview {
    /// Left module.
    pub left: String,
    /// Right module.
    pub right: String,
    /// Fields that would be kept in agreement.
    pub mapped: Vec<MappedField>,
    /// Fields that both sides have and that would not be.
    pub left_out: Vec<LeftOut>,
    /// Fields that a new record of a side needs and that nothing would fill, per side.
    pub required_missing: NamesBySide,
    /// The org's own fields that nothing is mapped to, per side.
    pub custom_unmapped: NamesBySide,
    /// Fields that cannot be kept in agreement both ways, and why; an integration with one of them is refused.
    pub lossy: Vec<LossyPair>,
}

/// Two fields that would hold the same.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MappedField {
    /// Left field.
    pub left: String,
    /// Right field.
    pub right: String,
    /// What people call the left one.
    pub label_left: String,
    /// What people call the right one.
    pub label_right: String,
    /// It identifies records.
    pub matches: bool,
    /// What its steps would make of some values that are there; none where it has no steps.
    pub samples: Vec<Sample>,
}

impl Hub {
    /// The mappings of an integration that is not set up yet. Asks the services for their fields, and for a few records where values are changed on their way.
    pub async fn preview(&self, config: &IntegrationConfig) -> Result<Vec<ModulePreview>> {
        let hub = &self.inner;
        let rows = hub.store.connections(hub.workspace).await?;
        let id = |name: &str| {
            let found = rows.iter().find(|row| row.name == name).map(|row| row.id);
            found.ok_or_else(|| {
                HubError::new(
                    "connection.unknown",
                    format!("there is no connection {name}"),
                    "connect it first",
                )
            })
        };
        let accounts = Sides {
            left: hub.account(id(&config.left)?).await?,
            right: hub.account(id(&config.right)?).await?,
        };
        let siblings = siblings(config);
        let mut previews = Vec::new();
        for module in &config.modules {
            let compiled = mapping(module, &accounts, &siblings, &config.owners).await?;
            let samples = samples::of(&compiled, &accounts).await?;
            let pairs = (0..).zip(&compiled.mapping.pairs).zip(samples);
            let mapped = pairs.map(|((slot, pair), samples)| MappedField {
                left: pair.fields.left.name.to_string(),
                right: pair.fields.right.name.to_string(),
                label_left: pair.fields.left.label.to_string(),
                label_right: pair.fields.right.label.to_string(),
                matches: compiled.mapping.matches.iter().any(|rule| rule.slot == slot),
                samples,
            });
            previews.push(ModulePreview {
                left: module.left.clone(),
                right: module.right.clone(),
                mapped: mapped.collect(),
                left_out: compiled.left_out.clone(),
                required_missing: compiled.findings.unfilled.clone(),
                custom_unmapped: compiled.findings.custom.clone(),
                lossy: compiled.findings.lossy.clone(),
            });
        }
        Ok(previews)
    }
}

/// The module pairs of an integration that need not be set up yet, for lookups.
pub(crate) fn siblings(config: &IntegrationConfig) -> Vec<Sibling> {
    let sibling = |(number, module): (i64, &ModuleConfig)| Sibling {
        sync: SyncId(number),
        modules: Sides { left: ModuleName::new(&module.left), right: ModuleName::new(&module.right) },
    };
    (1..).zip(&config.modules).map(sibling).collect()
}
