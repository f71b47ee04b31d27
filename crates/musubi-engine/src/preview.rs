//! What a mapping would be, before anything is set up.

use crate::compile::{LeftOut, Sibling, mapping};
use crate::config::IntegrationConfig;
use crate::error::{HubError, Result};
use crate::hub::Hub;
use musubi_core::{ModuleName, NamesBySide, Side, Sides};
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
}

impl Hub {
    /// The mappings of an integration that is not set up yet. Asks the services for their fields only.
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
        let siblings: Vec<Sibling> = (1..)
            .zip(&config.modules)
            .map(|(n, module)| Sibling {
                sync: SyncId(n),
                modules: Sides { left: ModuleName::new(&module.left), right: ModuleName::new(&module.right) },
            })
            .collect();
        let mut previews = Vec::new();
        for module in &config.modules {
            let compiled = mapping(module, &accounts, &siblings).await?;
            let direction = musubi_core::policy::Direction::from(module.direction);
            let mut required_missing = Sides::<Vec<String>>::default();
            for side in Side::BOTH.into_iter().filter(|side| direction.allows_from(side.other())) {
                let name = match side {
                    Side::Left => &module.left,
                    Side::Right => &module.right,
                };
                let schema = accounts.get(side).schema(&ModuleName::new(name)).await?;
                let filled = |field: &musubi_core::FieldName| {
                    compiled.mapping.pairs.iter().any(|pair| {
                        pair.fields.get(side).name == *field && pair.direction.allows_from(side.other())
                    })
                };
                let missing = schema.fields.iter().filter(|field| field.mandatory && !filled(&field.name));
                *required_missing.get_mut(side) = missing.map(|field| field.name.to_string()).collect();
            }
            let mapped = (0..).zip(&compiled.mapping.pairs).map(|(slot, pair)| MappedField {
                left: pair.fields.left.name.to_string(),
                right: pair.fields.right.name.to_string(),
                label_left: pair.fields.left.label.to_string(),
                label_right: pair.fields.right.label.to_string(),
                matches: compiled.mapping.match_slots.contains(&slot),
            });
            previews.push(ModulePreview {
                left: module.left.clone(),
                right: module.right.clone(),
                mapped: mapped.collect(),
                left_out: compiled.left_out.clone(),
                required_missing,
            });
        }
        Ok(previews)
    }
}
