//! The connections of an integration, and both of its accounts.

use crate::account::Account;
use crate::config::IntegrationConfig;
use crate::error::{HubError, Result};
use crate::hub::Inner;
use musubi_core::Sides;
use musubi_store::{ConnectionRow, IntegrationRow};
use std::sync::Arc;

/// The connections that a configuration names.
pub(crate) fn connections_of(config: &IntegrationConfig, rows: &[ConnectionRow]) -> Result<Sides<i64>> {
    let id = |name: &str| {
        let found = rows.iter().find(|row| row.name == name).map(|row| row.id);
        found.ok_or_else(|| {
            HubError::new("connection.unknown", format!("there is no connection {name}"), "connect it first")
        })
    };
    Ok(Sides { left: id(&config.left)?, right: id(&config.right)? })
}

/// Those of an integration that is set up.
pub(crate) fn connections(integration: &IntegrationRow) -> Sides<i64> {
    Sides { left: integration.left_connection, right: integration.right_connection }
}

impl Inner {
    /// Both accounts.
    pub(crate) async fn accounts(&self, of: &Sides<i64>) -> Result<Sides<Arc<Account>>> {
        let (left, right) = tokio::try_join!(self.account(of.left), self.account(of.right))?;
        Ok(Sides { left, right })
    }
}
