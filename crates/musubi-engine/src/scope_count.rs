//! How many records a scope takes in, and who would enter or leave if it counted in place of the present one.

use crate::account::Account;
use crate::both;
use crate::config::{IntegrationConfig, ModuleConfig};
use crate::error::Result;
use crate::everything;
use crate::hub::Hub;
use crate::scope::{self, Counting};
use crate::sync::SideScope;
use crate::versions;
use musubi_connector::Projection;
use musubi_connector::gate::Lane;
use musubi_connector::{Priced, View};
use musubi_core::{
    Instant, Membership, ModuleName, Observation, Side, Sides,
    scope::{Criteria, Moment, evaluate},
};
use serde::Serialize;
use std::sync::Arc;
use tokio::sync::mpsc;
use utoipa::ToSchema;

/// Lots of records read ahead of what is counted.
const AHEAD: usize = 4;

/// What a scope takes in, per side.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ScopeCounts {
    /// The left side.
    pub left: SideCount,
    /// The right side.
    pub right: SideCount,
}

/// What the scope of one side takes in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SideScopeCount)]
pub struct SideCount {
    /// Records of the module.
    pub total: u64,
    /// Those that would take part.
    pub inside: u64,
    /// Those that would take part and do not at present.
    pub entering: u64,
    /// Those that take part at present and would not.
    pub leaving: u64,
    /// Credits that counting cost.
    pub credits: u64,
}

/// A list view of a module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ListView)]
pub struct ListView {
    /// The service's id.
    pub id: String,
    /// What people see.
    pub name: String,
    /// It came with the service.
    pub standard: bool,
}

impl Hub {
    /// Counts what the scope of this module pair would take in. Both sides are read completely where a scope is said or counts at present: by bulk where that is cheaper.
    pub async fn count_scope(&self, integration: &str, module: &ModuleConfig) -> Result<ScopeCounts> {
        let hub = &self.inner;
        let row = hub.integration(integration).await?;
        let accounts = hub.accounts(&both::connections(&row)).await?;
        let syncs = hub.store.module_syncs(row.id).await?;
        let present =
            syncs.iter().find(|sync| sync.left_module == module.left && sync.right_module == module.right);
        let counts = match present {
            Some(sync) => versions::counting(&hub.store, sync).await?.unwrap_or_default(),
            None => Counting::default(),
        };
        counted(module, &accounts, &counts).await
    }

    /// The same for a module pair that is thought out, and takes part with all its records until it is saved.
    pub async fn count_draft_scope(&self, config: &IntegrationConfig, at: usize) -> Result<ScopeCounts> {
        let draft = self.draft(config).await?;
        counted(draft.config_of(at)?, &draft.accounts, &Counting::default()).await
    }

    /// The list views of a connection's module.
    pub async fn views(&self, connection: i64, module: &str) -> Result<Vec<ListView>> {
        let account = self.inner.account(connection).await?;
        let module = ModuleName::new(module);
        account.schema(&module).await?;
        let views = account.ask(Lane::Interactive, Priced::Other, account.connector.views(&module)).await?;
        let told = |View { id, name, system_name }| ListView { id, name, standard: system_name.is_some() };
        Ok(views.into_iter().map(told).collect())
    }
}

async fn counted(
    module: &ModuleConfig,
    accounts: &Sides<Arc<Account>>,
    counts: &Counting,
) -> Result<ScopeCounts> {
    if let Some(scope) = &module.scope {
        scope.check()?;
    }
    let wanted = Counting::ask(module, accounts).await?;
    let of = |side: Side| -> Result<_> {
        let name = if side == Side::Left { &module.left } else { &module.right };
        let (then, before) = (Taking::of(&wanted, side)?, Taking::of(counts, side)?);
        Ok((ModuleName::new(name), then, before))
    };
    let (left, right) = (of(Side::Left)?, of(Side::Right)?);
    let (left, right) = tokio::try_join!(
        count(&accounts.left, left.0, left.1, left.2),
        count(&accounts.right, right.0, right.1, right.2)
    )?;
    Ok(ScopeCounts { left, right })
}

async fn count(
    account: &Account,
    module: ModuleName,
    wanted: Taking<'_>,
    counts: Taking<'_>,
) -> Result<SideCount> {
    let total = account.ask(Lane::Interactive, Priced::Other, account.connector.count(&module)).await?;
    let mut count = SideCount { total, inside: total, credits: 1, ..SideCount::default() };
    if wanted.is_everything() && counts.is_everything() {
        return Ok(count);
    }
    let (schema, users) = tokio::try_join!(account.schema(&module), account.users())?;
    let user = scope::by_address(&users);
    let mut fields = Vec::new();
    let mut judge = |criteria: Option<&Criteria>| {
        criteria.map(|one| scope::judge(one, &[], &mut fields, &schema, account, &user)).transpose()
    };
    let now = Instant::from_millis(account.now());
    let at = |scope: Option<SideScope>| scope.map(|scope| (Moment::new(now, &scope.zone), scope));
    let (ages, now) = ((wanted.age, counts.age), now);
    let (wanted, counts) = (at(judge(wanted.criteria)?), at(judge(counts.criteria)?));
    let (send, mut lots) = mpsc::channel(AHEAD);
    let projection = Arc::new(Projection { module, fields });
    let reading = everything::read(account, projection, total, send);
    (count.total, count.inside) = (0, 0);
    let counting = async {
        while let Some(rows) = lots.recv().await {
            for row in &rows {
                let young = |age: Option<i64>| is_young(age, now, row);
                let then = young(ages.0) && takes(wanted.as_ref(), row);
                let before = young(ages.1) && takes(counts.as_ref(), row);
                count.total += 1;
                count.inside += u64::from(then);
                count.entering += u64::from(then && !before);
                count.leaving += u64::from(before && !then);
            }
        }
    };
    let (spent, ()) = tokio::join!(reading, counting);
    count.credits += spent?.credits;
    Ok(count)
}

/// What a scope takes in of one side.
struct Taking<'a> {
    criteria: Option<&'a Criteria>,
    /// The creation window, in milliseconds.
    age: Option<i64>,
}

impl<'a> Taking<'a> {
    fn of(counting: &'a Counting, side: Side) -> Result<Taking<'a>> {
        let age = counting.window()?.map(|window| window.age);
        Ok(Taking { criteria: counting.criteria.get(side).as_ref(), age })
    }

    fn is_everything(&self) -> bool {
        self.criteria.is_none() && self.age.is_none()
    }
}

/// It was made within the window, if it began now.
fn is_young(age: Option<i64>, now: Instant, row: &Observation) -> bool {
    age.is_none_or(|age| row.created.is_none_or(|made| made >= now.plus_millis(-age)))
}

fn takes(scope: Option<&(Moment, SideScope)>, row: &Observation) -> bool {
    scope.is_none_or(|(moment, scope)| evaluate(&scope.test, &row.slots, moment) == Membership::Inside)
}
