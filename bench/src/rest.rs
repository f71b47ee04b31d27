//! What a hub costs in a day in which nothing happens: ten two-way modules of two orgs, in agreement, told of changes by webhooks.
//!
//! A day is not waited for. Every time that the hub waits by itself is made shorter by the same factor, so that it makes the same calls in the same order, and a part
//! of a day passes while it is watched; the sandbox counts. What hangs on the services' clock and not on the hub's – the renewal of the channels, every twelve hours –
//! is counted once, as it happens at the start, and added for its two times a day.

use crate::control::Account;
use crate::hub::{self, Job};
use crate::{Failure, lone, programs};
use musubi_engine::sync::Settings;
use serde::Serialize;
use std::path::Path;
use std::time::Duration;

/// The modules, with what their records are found by.
const MODULES: [(&str, &str); 10] = [
    ("Accounts", "Account_Name"),
    ("Contacts", "Email"),
    ("Leads", "Email"),
    ("Deals", "Deal_Name"),
    ("Products", "Product_Name"),
    ("Vendors", "Vendor_Name"),
    ("Campaigns", "Campaign_Name"),
    ("Tasks", "Subject"),
    ("Events", "Event_Title"),
    ("Calls", "Subject"),
];
/// So many times faster than it is.
const FASTER: i64 = 600;
/// How long it is watched: a sixth of a day.
const WATCHED: Duration = Duration::from_secs(24);
const WATCHED_A_DAY: f64 = 86_400.0 / FASTER as f64 / 24.0;
/// Channels are renewed at half of their life, which is a day.
const RENEWALS: u64 = 2;
/// After agreement, before it is watched.
const SETTLING: Duration = Duration::from_secs(8);
const PATIENCE: Duration = Duration::from_secs(120);

/// Credits of a quiet day.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Rest {
    /// Modules that are kept in agreement.
    pub modules: usize,
    /// Credits of the org that costs more.
    pub credits_per_day: f64,
    /// Of those, for renewing channels.
    pub renewals_per_day: u64,
}

/// The usual settings, so many times faster. How long a call takes is no wait of the hub.
fn faster(usual: &Settings) -> Settings {
    Settings {
        poll_min: usual.poll_min / FASTER,
        poll_max: usual.poll_max / FASTER,
        poll_watched: usual.poll_watched / FASTER,
        settle_every: usual.settle_every / FASTER,
        views_every: usual.views_every / FASTER,
        // Bounds on what a service may do late decide how far is looked back, not how often.
        ..usual.clone()
    }
}

/// Ten modules come into agreement, and the calls of a part of a day are counted.
pub async fn measure(program: &Path) -> Result<Rest, Failure> {
    let sandbox = programs::start_sandbox(program).await?;
    let control = &sandbox.control;
    let crm: Vec<Account> = control.orgs().await?.into_iter().filter(|org| org.service == "crm").collect();
    let [left, right, ..] = crm.as_slice() else {
        return Err(Failure("the sandbox has no two CRM orgs".into()));
    };
    let folder = tempfile::tempdir().map_err(|error| Failure::at("no folder for the measurement", error))?;
    let mut modules = String::new();
    for (module, key) in MODULES {
        modules += &format!(
            "[[integrations.{}.modules]]\nleft = \"{module}\"\nright = \"{module}\"\nmatch = [\"{key}\"]\n",
            hub::INTEGRATION
        );
    }
    let job = Job {
        base_url: control.base_url().to_owned(),
        source: left.clone(),
        target: right.clone(),
        database: format!("sqlite:{}", folder.path().join("musubi.db").display()),
        second_pass: false,
        bulk: hub::AUTO.to_owned(),
    };
    let prepared = hub::prepare(&job, &modules).await?;
    // Nothing happens, so nobody calls there.
    let started =
        hub::start(prepared, faster(&Settings::default()), Some("http://127.0.0.1:9".into())).await?;
    hub::agree(&started, PATIENCE).await?;
    tokio::time::sleep(SETTLING).await;
    let mut most = 0;
    let before = [lone::spent(control, &[left]).await?, lone::spent(control, &[right]).await?];
    tokio::time::sleep(WATCHED).await;
    for (org, before) in [left, right].into_iter().zip(before) {
        most = most.max(lone::spent(control, &[org]).await? - before);
    }
    started.stop().await;
    let renewals_per_day = RENEWALS * MODULES.len() as u64;
    let credits_per_day = most as f64 * WATCHED_A_DAY + renewals_per_day as f64;
    Ok(Rest { modules: MODULES.len(), credits_per_day, renewals_per_day })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sixth_of_a_day_is_watched() {
        assert!((WATCHED_A_DAY - 6.0).abs() < 1e-9);
        assert!((WATCHED.as_secs_f64() * WATCHED_A_DAY * FASTER as f64 - 86_400.0).abs() < 1e-6);
    }
}
