//! How many records belong to whom: asked for while the owners of an integration are thought out.

use crate::account::Account;
use crate::config::IntegrationConfig;
use crate::error::Result;
use crate::everything;
use crate::hub::Hub;
use crate::owners::is_owner;
use musubi_connector::Priced;
use musubi_connector::Projection;
use musubi_connector::gate::Lane;
use musubi_core::policy::Direction;
use musubi_core::{ModuleName, Side, Value};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tokio::sync::mpsc;
use utoipa::ToSchema;

/// Lots of records read ahead of what is counted.
const AHEAD: usize = 4;

/// How many records belong to whom, per side.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct OwnedBySide {
    /// On the left.
    pub left: Owned,
    /// On the right.
    pub right: Owned,
}

/// How many records of one side belong to whom.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Owned {
    /// Users who own something, by id.
    pub users: Vec<OwnedByUser>,
    /// Credits that counting cost.
    pub credits: u64,
}

/// What one user owns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct OwnedByUser {
    /// Their id in the service.
    pub id: String,
    /// Records of the modules that are carried over from this side.
    pub records: u64,
}

impl Hub {
    /// Counts the records of each user in the modules of a configuration that need not be saved. Each side is read completely where records are carried over from it: by
    /// bulk where that is cheaper.
    pub async fn count_owned(&self, config: &IntegrationConfig) -> Result<OwnedBySide> {
        let draft = self.draft(config).await?;
        let of = async |side: Side| -> Result<Owned> {
            let from = config.modules.iter().filter(|one| Direction::from(one.direction).allows_from(side));
            let names: BTreeSet<&String> =
                from.map(|one| if side == Side::Left { &one.left } else { &one.right }).collect();
            let (mut users, mut credits) = (BTreeMap::new(), 0);
            for name in names {
                credits += count(draft.accounts.get(side), ModuleName::new(name), &mut users).await?;
            }
            let users = users.into_iter().map(|(id, records)| OwnedByUser { id, records }).collect();
            Ok(Owned { users, credits })
        };
        let (left, right) = tokio::try_join!(of(Side::Left), of(Side::Right))?;
        Ok(OwnedBySide { left, right })
    }
}

/// Adds the owners of a module's records. Gives the credits that it cost.
async fn count(account: &Account, module: ModuleName, users: &mut BTreeMap<String, u64>) -> Result<u64> {
    let schema = account.schema(&module).await?;
    let Some(owner) = schema.fields.iter().find(|field| is_owner(&field.name)).cloned() else { return Ok(0) };
    let total = account.ask(Lane::Interactive, Priced::Other, account.connector.count(&module)).await?;
    let (send, mut lots) = mpsc::channel(AHEAD);
    let projection = Arc::new(Projection { module, fields: vec![owner] });
    let reading = everything::read(account, projection, total, send);
    let counting = async {
        while let Some(rows) = lots.recv().await {
            for row in &rows {
                if let Some(Some(Value::User(user))) = row.slots.first() {
                    *users.entry(user.id.to_string()).or_default() += 1;
                }
            }
        }
    };
    let (spent, ()) = tokio::join!(reading, counting);
    Ok(1 + spent?.credits)
}
