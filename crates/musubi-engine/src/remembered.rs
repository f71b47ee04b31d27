//! Which record belongs to which is remembered when a module pair, or its whole integration, is taken out (K-22): with its merges, conversions and deletions, its
//! history and what waits for people. Where the same two modules of the same two accounts are tied again, by whatever name, that memory is taken up, and everything
//! is compared. Otherwise it stays until a person forgets it.

use crate::config::ModuleConfig;
use crate::error::{HubError, Result};
use crate::hub::{Hub, Inner};
use musubi_core::{Side, Sides};
use musubi_store::{ConnectionRow, IntegrationRow, ModuleSyncRow, RememberedRow, Store, SyncId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is remembered of a module pair that was taken out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Remembered {
    /// By this it is forgotten.
    pub number: i64,
    /// The integration it was taken out of, as it was called then.
    pub integration: String,
    /// The left module.
    pub left: String,
    /// The right module.
    pub right: String,
    /// Pairs of records.
    pub pairs: u64,
    /// When it was taken out, in milliseconds since 1970.
    pub removed_at: i64,
}

/// An account of a service, as far as ids of records mean something in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Account {
    connection: i64,
    service: String,
    /// Its data centre or address.
    place: String,
    org: String,
}

impl Account {
    pub fn of(row: &ConnectionRow) -> Account {
        let place = row.data_centre.as_ref().or(row.base_url.as_ref());
        Account {
            connection: row.id,
            service: row.service.clone(),
            place: place.cloned().unwrap_or_default(),
            org: row.org.clone(),
        }
    }

    /// Whether ids of the one are ids of the other. A connection that was made anew is known by its org.
    fn is_same(&self, other: &Account) -> bool {
        let known = !self.org.is_empty() && self.place == other.place;
        self.service == other.service
            && self.org == other.org
            && (self.connection == other.connection || known)
    }
}

/// One side of what was tied.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Tied {
    account: Account,
    module: String,
}

fn tied(accounts: &Sides<Account>, modules: Sides<&str>) -> Sides<Tied> {
    Sides::from_fn(|side| Tied {
        account: accounts.get(side).clone(),
        module: (*modules.get(side)).to_owned(),
    })
}

/// Whether this side of the one is that side of the other.
fn meet(one: &Sides<Tied>, other: &Sides<Tied>, of: impl Fn(Side) -> Side) -> bool {
    Side::BOTH.into_iter().all(|side| {
        let (one, other) = (one.get(side), other.get(of(side)));
        one.module == other.module && one.account.is_same(&other.account)
    })
}

/// What is known of a module pair that is to be tied.
pub(crate) enum Known {
    /// It is taken up.
    Before {
        /// Its number.
        sync: SyncId,
        /// Pairs of records.
        pairs: i64,
        /// The integration it was taken out of.
        integration: String,
    },
    /// Left and right are exchanged: what is remembered of the one cannot become memory of the other.
    Reversed {
        /// Pairs of records.
        pairs: i64,
    },
}

impl Known {
    /// Pairs that are taken up.
    pub fn taken_up(&self) -> i64 {
        match self {
            Known::Before { pairs, .. } => *pairs,
            Known::Reversed { .. } => 0,
        }
    }

    /// In a sentence.
    pub fn told(&self) -> String {
        match self {
            Known::Before { pairs, integration, .. } => {
                format!("{pairs} pairs are known from before (as {integration}); everything is compared")
            }
            Known::Reversed { pairs } => {
                format!(
                    "{pairs} pairs are known from before with left and right exchanged; they are not taken up"
                )
            }
        }
    }
}

/// Takes a module pair out of its integration.
pub(crate) async fn keep(
    store: &Store,
    integration: &IntegrationRow,
    sync: &ModuleSyncRow,
    now: i64,
) -> Result<()> {
    let rows = store.connections(integration.workspace).await?;
    let account = |id: i64| rows.iter().find(|row| row.id == id).map(Account::of).unwrap_or_default();
    let accounts =
        Sides { left: account(integration.left_connection), right: account(integration.right_connection) };
    let tied = tied(&accounts, Sides { left: &sync.left_module, right: &sync.right_module });
    let row = RememberedRow {
        sync: sync.id,
        workspace: integration.workspace,
        integration: integration.name.clone(),
        removed_at: now,
        body: serde_json::to_string(&tied).expect("names always serialise"),
    };
    Ok(store.remember_module_sync(row).await?)
}

/// What is remembered of these two modules of these two accounts; of several memories the last one.
pub(crate) async fn find(
    store: &Store,
    workspace: i64,
    accounts: &Sides<Account>,
    module: &ModuleConfig,
) -> Result<Option<Known>> {
    let wanted = tied(accounts, Sides { left: &module.left, right: &module.right });
    let mut reversed = None;
    for row in store.remembered(workspace).await? {
        let Ok(before) = serde_json::from_str::<Sides<Tied>>(&row.body) else { continue };
        if meet(&wanted, &before, |side| side) {
            let pairs = store.count_links(row.sync).await?;
            let RememberedRow { sync, integration, .. } = row;
            return Ok(Some(Known::Before { sync, pairs, integration }));
        }
        if reversed.is_none() && meet(&wanted, &before, Side::other) {
            reversed = Some(Known::Reversed { pairs: store.count_links(row.sync).await? });
        }
    }
    Ok(reversed)
}

/// The module syncs that were taken out, with the names of the integrations they were in.
pub(crate) async fn syncs(hub: &Inner) -> Result<Vec<(String, ModuleSyncRow)>> {
    let mut syncs = Vec::new();
    for row in hub.store.remembered(hub.workspace).await? {
        syncs.extend(hub.store.module_sync(row.sync).await?.map(|sync| (row.integration, sync)));
    }
    Ok(syncs)
}

/// The module sync that was taken out of this integration, the last one if there are several.
pub(crate) async fn of_name(hub: &Inner, integration: &str, module: &str) -> Result<Option<SyncId>> {
    let mut syncs = syncs(hub).await?.into_iter();
    let found = syncs.find(|(name, sync)| name == integration && sync.left_module == module);
    Ok(found.map(|(_, sync)| sync.id))
}

impl Hub {
    /// What is remembered of module pairs that were taken out, the last one first.
    pub async fn remembered(&self) -> Result<Vec<Remembered>> {
        let hub = &self.inner;
        let mut all = Vec::new();
        for row in hub.store.remembered(hub.workspace).await? {
            let Some(sync) = hub.store.module_sync(row.sync).await? else { continue };
            all.push(Remembered {
                number: row.sync.0,
                integration: row.integration,
                left: sync.left_module,
                right: sync.right_module,
                pairs: u64::try_from(hub.store.count_links(row.sync).await?).unwrap_or(0),
                removed_at: row.removed_at,
            });
        }
        Ok(all)
    }

    /// Forgets what is remembered of a module pair that was taken out, for good. The records stay.
    pub async fn forget_remembered(&self, number: i64) -> Result<()> {
        let hub = &self.inner;
        let rows = hub.store.remembered(hub.workspace).await?;
        let Some(row) = rows.into_iter().find(|row| row.sync.0 == number) else {
            return Err(HubError::new(
                "remembered.unknown",
                format!("nothing that was taken out has the number {number}"),
                "`musubi forget` lists what is remembered",
            ));
        };
        Ok(hub.store.delete_module_sync(row.sync).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(connection: i64, place: &str, org: &str) -> Account {
        Account { connection, service: "crm".into(), place: place.into(), org: org.into() }
    }

    // K-22, C-6
    #[test]
    fn an_account_is_known_again_by_its_org_or_its_connection() {
        let check = |one: Account, other: Account, expect: bool| {
            assert_eq!(one.is_same(&other), expect, "{one:?} {other:?}");
            assert_eq!(other.is_same(&one), expect, "{one:?} {other:?}");
        };
        check(account(1, "jp", "600"), account(1, "jp", "600"), true);
        check(account(1, "jp", "600"), account(2, "jp", "600"), true);
        check(account(1, "jp", "600"), account(2, "eu", "600"), false);
        check(account(1, "jp", "600"), account(1, "jp", "601"), false);
        // A sandbox at another port is the same one, as long as its connection says so.
        check(account(1, "http://a:1", "600"), account(1, "http://a:2", "600"), true);
        // Where no org is named, nothing but the connection tells.
        check(account(1, "jp", ""), account(1, "jp", ""), true);
        check(account(1, "jp", ""), account(2, "jp", ""), false);
    }
}
