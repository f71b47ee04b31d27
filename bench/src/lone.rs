//! What a lone edit costs: everything the hub asks of both orgs because of it, as the sandbox counts credits. Each edit is counted for itself and the one in the middle
//! is told: a look that was due anyway, because of the time, falls into one or two of them. It is told of records that nobody wrote for a while, and of the same ones
//! edited again: what the hub wrote to a target minutes ago may hide another change of that second, so the target is read first.

use crate::control::{Account, Control};
use crate::service::{self, Module};
use crate::usage::Usage;
use crate::{Failure, page, setup};
use std::time::Duration;

/// Credits of both orgs for the edit in the middle.
#[derive(Clone, Copy, Debug)]
pub struct Lone {
    /// Of records that nobody wrote for a while.
    pub first: f64,
    /// Of records that were edited, and carried over, moments before.
    pub again: f64,
}

/// How many edits, one after the other.
const EDITS: usize = 20;
/// After an edit has arrived the hub reads back what it wrote: all of that belongs to the edit.
const SETTLING: Duration = Duration::from_secs(3);
/// An edit that has not arrived by then is lost.
const PATIENCE: f64 = 60.0;

/// Edits the last records of the first page, which no other measurement touches, and then the same ones again.
pub async fn credits(control: &Control, source: &Account, target: &Account) -> Result<Lone, Failure> {
    let client = service::client()?;
    let (from, to) = (control.authorize(source).await?, control.authorize(target).await?);
    let (from, to) =
        (Module::new(client.clone(), &from, setup::MODULE), Module::new(client, &to, setup::MODULE));
    let records = page::read(&from.page(None).await?)?;
    let clock = Usage::start();
    let mut each = Vec::with_capacity(2 * EDITS);
    for number in 0..2 * EDITS {
        let record = records.iter().rev().nth(number % EDITS);
        let id = record.ok_or_else(|| Failure("there is nothing to edit".into()))?.id;
        let before = spent(control, &[source, target]).await?;
        let mark = format!("lone {}-{number}.", clock.mark());
        let began = clock.wall();
        from.change(format!(r#"{{"data":[{{"id":"{id}","Description":"{mark}"}}]}}"#).into_bytes()).await?;
        // What this measurement itself asks costs a credit each.
        let mut own = 1u64;
        loop {
            own += 1;
            if String::from_utf8_lossy(&to.newest().await?).contains(&mark) {
                break;
            }
            if clock.wall() - began > PATIENCE {
                return Err(Failure("an edit did not arrive".into()));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        tokio::time::sleep(SETTLING).await;
        each.push((spent(control, &[source, target]).await? - before).saturating_sub(own));
    }
    let (first, again) = each.split_at_mut(EDITS);
    Ok(Lone { first: middle(first), again: middle(again) })
}

fn middle(each: &mut [u64]) -> f64 {
    each.sort_unstable();
    let half = each.len() / 2;
    (each[half - 1] + each[half]) as f64 / 2.0
}

/// Credits that these orgs have counted so far.
pub async fn spent(control: &Control, orgs: &[&Account]) -> Result<u64, Failure> {
    let stats = control.stats().await?;
    let of = |org: &&Account| stats["orgs"][&org.org_id]["credits"].as_u64();
    let all: Option<Vec<u64>> = orgs.iter().map(of).collect();
    all.map(|each| each.into_iter().sum()).ok_or_else(|| Failure::at("the sandbox's credits", &stats))
}
