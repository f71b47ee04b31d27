//! What a lone edit costs: everything the hub asks of both orgs because of it, as the sandbox counts credits. Each edit is counted for itself and the one in the middle
//! is told: a look that was due anyway, because of the time, falls into one or two of them.

use crate::control::{Account, Control};
use crate::service::{self, Module};
use crate::usage::Usage;
use crate::{Failure, page, setup};
use std::time::Duration;

/// How many edits, one after the other.
const EDITS: usize = 20;
/// After an edit has arrived the hub reads back what it wrote: all of that belongs to the edit.
const SETTLING: Duration = Duration::from_secs(3);
/// An edit that has not arrived by then is lost.
const PATIENCE: f64 = 60.0;

/// Credits of both orgs for the edit in the middle.
pub async fn credits(control: &Control, source: &Account, target: &Account) -> Result<f64, Failure> {
    let client = service::client()?;
    let (from, to) = (control.authorize(source).await?, control.authorize(target).await?);
    let (from, to) =
        (Module::new(client.clone(), &from, setup::MODULE), Module::new(client, &to, setup::MODULE));
    let records = page::read(&from.page(None).await?)?;
    let clock = Usage::start();
    let mut each = Vec::with_capacity(EDITS);
    for number in 0..EDITS {
        let record = records.get(number * 7 % records.len().max(1));
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
    each.sort_unstable();
    Ok((each[EDITS / 2 - 1] + each[EDITS / 2]) as f64 / 2.0)
}

/// Credits that these orgs have counted so far.
pub async fn spent(control: &Control, orgs: &[&Account]) -> Result<u64, Failure> {
    let stats = control.stats().await?;
    let of = |org: &&Account| stats["orgs"][&org.org_id]["credits"].as_u64();
    let all: Option<Vec<u64>> = orgs.iter().map(of).collect();
    all.map(|each| each.into_iter().sum()).ok_or_else(|| Failure::at("the sandbox's credits", &stats))
}
