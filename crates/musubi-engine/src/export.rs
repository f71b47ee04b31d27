//! What is stored, as the configuration that says it.

use crate::config::{
    CompareEvery, Config, ConnectionConfig, IntegrationConfig, ModuleConfig, Owners, Service,
};
use crate::error::{HubError, Result};
use crate::hub::Hub;
use crate::notices;
use crate::retention::Retention;
use musubi_store::{ConnectionRow, IntegrationRow, IntegrationState, ModuleSyncRow};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

impl Hub {
    /// The workspace as a configuration.
    pub async fn export(&self) -> Result<Config> {
        let inner = &self.inner;
        let mut config = Config::default();
        let mut names = BTreeMap::new();
        for row in inner.store.connections(inner.workspace).await? {
            names.insert(row.id, row.name.clone());
            config.connections.insert(row.name.clone(), connection_config(&row)?);
        }
        for row in inner.store.integrations(inner.workspace).await? {
            let name = |id: i64| names.get(&id).cloned().unwrap_or_default();
            let syncs = inner.store.module_syncs(row.id).await?;
            let modules = syncs.iter().map(module_config).collect::<Result<Vec<_>>>()?;
            let (left, right) = (name(row.left_connection), name(row.right_connection));
            let IntegrationSettings { owners, compare_every } = settings(&row)?;
            config.integrations.insert(
                row.name,
                IntegrationConfig {
                    left,
                    right,
                    owners,
                    compare_every,
                    paused: (row.state == IntegrationState::Paused).then_some(true),
                    notes: false,
                    activities: false,
                    modules,
                },
            );
        }
        let notices = self.notice_settings().await?.settings;
        config.notices = (notices != notices::Settings::default()).then_some(notices);
        let retention = self.retention().await?;
        config.retention = (retention != Retention::default()).then_some(retention);
        Ok(config)
    }
}

/// What is said of a whole integration, as it is stored beside its two connections.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct IntegrationSettings {
    #[serde(default)]
    pub owners: Owners,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compare_every: Option<CompareEvery>,
}

pub(crate) fn settings(row: &IntegrationRow) -> Result<IntegrationSettings> {
    serde_json::from_str(&row.config).map_err(|error| unreadable(&error))
}

pub(crate) fn module_config(row: &ModuleSyncRow) -> Result<ModuleConfig> {
    let mut config: ModuleConfig = serde_json::from_str(&row.config).map_err(|error| unreadable(&error))?;
    config.set_state(row.state.into());
    config.set_paused(row.paused);
    Ok(config)
}

fn unreadable(error: &serde_json::Error) -> HubError {
    HubError::new("store.config", format!("a stored configuration cannot be read: {error}"), "apply it again")
}

fn connection_config(row: &ConnectionRow) -> Result<ConnectionConfig> {
    let all = [Service::Crm, Service::Desk, Service::Bigin, Service::Campaigns];
    let service = all.into_iter().find(|service| service.name() == row.service).ok_or_else(|| {
        HubError::new("store.config", format!("{} is of an unknown service", row.name), "apply it again")
    })?;
    // What the service told when it was connected is no part of what was asked for: the file is good for other orgs too.
    let org = Some(row.org.clone()).filter(|org| row.org_named && !org.is_empty());
    Ok(ConnectionConfig {
        service,
        data_centre: row.data_centre.clone(),
        base_url: row.base_url.clone(),
        org,
    })
}
