//! Attachments: files that hang on both records of a pair.
//!
//! A follower of its own beside the machine of the module sync: the commit of a pair says that its attachments are to be looked at, in the same transaction, and the
//! follower of whoever holds the lease works that off. `decide` says what to do next, `follow` does it. Why so: `docs/decisions/0005-attachments.md`.

mod decide;
mod follow;
mod item;
mod planned;
mod told;

#[cfg(test)]
mod tests;

pub(crate) use follow::Follower;
pub(crate) use item::State;
pub use planned::PlannedAttachments;
pub(crate) use planned::{at_once, planned};
pub(crate) use told::{IS_ABOUT_ATTACHMENTS, Told};

use crate::account::Account;
use crate::config::{ModuleConfig, Way};
use crate::error::{HubError, Result};
use crate::hub::Inner;
use decide::Rules;
use item::Item;
use musubi_core::{Side, Sides, policy::Direction};
use musubi_store::ModuleSyncRow;
use std::sync::Arc;

const DAY: i64 = 24 * 3_600_000;

/// What is asked for, of one module pair.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    rules: Rules,
    /// So many pairs that were not changed may be looked at in 24 hours.
    looks_a_day: i64,
}

impl Wanted {
    /// What the configuration asks for, if it does; refused where a service has no attachments.
    pub fn of(config: &ModuleConfig, accounts: &Sides<Arc<Account>>) -> Result<Option<Wanted>> {
        let Some(limits) = config.attachments.limits() else { return Ok(None) };
        let mut most = u64::from(limits.max_mb) << 20;
        for side in Side::BOTH {
            let Some(service) = accounts.get(side).connector.attachments() else {
                let what = format!("attachments of {}, but the {} side has none", config.left, side.name());
                return Err(HubError::new(
                    "mapping.attachments",
                    what,
                    "leave attachments out of this module pair",
                ));
            };
            most = most.min(service.largest());
        }
        let sources = sources(config.direction);
        Ok(Some(Wanted { rules: Rules { sources, most }, looks_a_day: looks_a_day(config) }))
    }
}

/// From which sides files are carried over.
fn sources(way: Way) -> Sides<bool> {
    Sides::from_fn(|side| Direction::from(way).allows_from(side))
}

/// One look is a call for each side that is a source: the other one is listed only if there is something to carry over.
pub(crate) fn calls_a_look(config: &ModuleConfig) -> Sides<u64> {
    let sources = sources(config.direction);
    Sides::from_fn(|side| u64::from(*sources.get(side)))
}

fn looks_a_day(config: &ModuleConfig) -> i64 {
    let calls = calls_a_look(config);
    let limit = config.attachments.limits().map_or(0, |limits| i64::from(limits.calls_a_day));
    limit / (calls.left + calls.right).max(1) as i64
}

/// Whether there are attachments to be looked at now, as far as the day's calls go.
pub(crate) async fn has_work(hub: &Inner, row: &ModuleSyncRow) -> Result<bool> {
    let config = crate::export::module_config(row)?;
    if config.attachments.limits().is_none() {
        return Ok(false);
    }
    let now = hub.now();
    // An upload whose answer is missing is something to be done, though there is nothing to do but to wait; what failed is tried again later than that.
    let until = now + 2 * hub.settings.call_timeout + hub.settings.lateness + hub.settings.horizon;
    let (due, never) = hub.store.count_attached(row.id, until).await?;
    Ok(due > 0 || (never > 0 && hub.store.count_looked(row.id, now - DAY).await? < looks_a_day(&config)))
}

/// Files of a pair that are on one of its records only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct LeftSo {
    /// One was deleted on the other record.
    pub deleted: bool,
    /// One is a link.
    pub link: bool,
}

/// What is left so on purpose.
pub(crate) async fn left_so(hub: &Inner, row: &ModuleSyncRow, left_id: &str) -> Result<LeftSo> {
    let config = crate::export::module_config(row)?;
    if config.attachments.limits().is_none() {
        return Ok(LeftSo::default());
    }
    let items: Vec<Item> =
        hub.store.attachments_of(row.id, left_id).await?.into_iter().map(Item::read).collect();
    let sources = sources(config.direction);
    let is_copy = |item: &Item| {
        let other = |other: &Item| other.side != item.side && Some(&other.id) == item.other.as_ref();
        items.iter().any(|one| other(one) && one.state == State::Tied)
    };
    let deleted = items.iter().any(|item| item.state == State::Gone && is_copy(item));
    let link = items.iter().any(|item| item.state == State::Link && *sources.get(item.side));
    Ok(LeftSo { deleted, link })
}
