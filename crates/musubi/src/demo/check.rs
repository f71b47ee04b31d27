//! `musubi demo --check`: the whole thing without anybody watching. First load, a few hundred edits on both sides while the service
//! misbehaves, agreement, and a comparison of every record, twice: by the hub, and by a plain client that knows nothing of it.

use super::edits::{Dice, MODULES};
use super::office::Office;
use super::opinion::{self, Opinion};
use super::start::{INTEGRATION, Stage};
use crate::failure::Failure;
use crate::progress::Bar;
use musubi_engine::report::Certificate;
use musubi_engine::{Progress, RunReport};
use serde::Serialize;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// Agreement takes seconds; what takes this long does not come.
const PATIENCE: Duration = Duration::from_secs(240);

/// What the check found.
#[derive(Debug, Serialize)]
pub struct Summary {
    /// Both sides agreed in time, before the edits and after.
    pub agreed: bool,
    /// Records, connections and fields that do not agree, as far as either comparison found.
    pub disagreements: usize,
    /// Records by org and module.
    pub records: BTreeMap<String, BTreeMap<String, u64>>,
    /// Pairs kept in agreement.
    pub links: u64,
    /// Edits people made, and how many of them met another one at the same field of the same record.
    pub edits: u64,
    /// See [`Summary::edits`].
    pub edits_at_the_same_time: u64,
    /// Records the hub created or changed.
    pub writes: u64,
    /// Fields both sides had changed, decided by the policy.
    pub conflicts: u64,
    /// Fields that differed when two existing records were tied, decided by the policy.
    pub conflicts_at_first_load: u64,
    /// Calls and credits by org, without those of the people.
    pub api: BTreeMap<String, Calls>,
    /// The faults, and how often each struck.
    pub faults: Vec<Json>,
    /// What a person would have to look at.
    pub held: BTreeMap<String, u64>,
    /// What the service refused.
    pub failed: BTreeMap<String, u64>,
    /// The hub's own comparison.
    pub certificate: Certificate,
    /// The comparison by a plain client.
    pub second_opinion: Opinion,
    /// Milliseconds of the first load, of the edits, and from the last edit to agreement.
    pub took_ms: [u64; 3],
}

/// Calls and credits of one org.
#[derive(Debug, Serialize)]
pub struct Calls {
    /// API calls.
    pub calls: u64,
    /// Credits.
    pub credits: u64,
}

impl Summary {
    /// Nothing disagrees and nothing was left undone.
    pub fn is_good(&self) -> bool {
        self.agreed && self.disagreements == 0
    }
}

/// Carries the check out.
pub async fn run(stage: &Stage, seed: u64, edits: u64, bar: &Bar) -> Result<Summary, Failure> {
    let first = agree(stage, bar, "first load").await?;
    let at_first = conflicts(stage).await?;
    let mut offices = Vec::new();
    for org in &stage.people {
        let mut office = Office::new(stage.sandbox.base_url(), org.clone())?;
        office.look_around().await?;
        offices.push(office);
    }
    let [Some(mut right), Some(mut left)] = [offices.pop(), offices.pop()] else {
        return Err(Failure::other("demo.orgs", "the sandbox does not have the two orgs of the demo"));
    };
    stage.control.add_faults(faults(seed)).await?;
    let began = tokio::time::Instant::now();
    let together = work(&mut left, &mut right, seed, edits, bar).await?;
    let edited = began.elapsed();
    let last = agree(stage, bar, "agreeing").await?;
    let faults = struck(stage.control.faults().await?);
    stage.control.clear_faults().await?;

    bar.show(0, None, "comparing every record".to_owned());
    let hub = stage.serving.hub();
    let certificate = hub.verify(INTEGRATION, false, &mut |_| ()).await?;
    let own = [(left.person.calls, left.person.credits), (right.person.calls, right.person.credits)];
    let counts = stage.control.counts().await?;
    let second_opinion = opinion::ask(&mut left.person, &mut right.person).await?;
    let conflicts = conflicts(stage).await?;
    let certified = certificate.different.len() + certificate.only_left.len() + certificate.only_right.len();
    let mut summary = Summary {
        agreed: first.agreed && last.agreed,
        disagreements: certified.max(second_opinion.disagreements()),
        records: BTreeMap::new(),
        links: last.links,
        edits,
        edits_at_the_same_time: together,
        writes: [&first, &last].iter().map(|run| run.added + run.updated).sum(),
        conflicts: conflicts.saturating_sub(at_first),
        conflicts_at_first_load: at_first,
        api: BTreeMap::new(),
        faults,
        held: last.held,
        failed: last.failed,
        certificate,
        second_opinion,
        took_ms: [first.took_ms, u64::try_from(edited.as_millis()).unwrap_or(0), last.took_ms],
    };
    for (org, (calls, credits)) in stage.orgs.iter().zip(own) {
        let count = counts.get(&org.org_id).cloned().unwrap_or_default();
        let records =
            count.records.iter().filter(|(name, _)| MODULES.iter().any(|module| module.name == **name));
        summary
            .records
            .insert(org.name.clone(), records.map(|(name, count)| (name.clone(), *count)).collect());
        let hubs = Calls {
            calls: count.calls.saturating_sub(calls),
            credits: count.credits.saturating_sub(credits),
        };
        summary.api.insert(org.name.clone(), hubs);
    }
    Ok(summary)
}

/// Conflicts decided so far.
async fn conflicts(stage: &Stage) -> Result<u64, Failure> {
    let status = stage.serving.hub().status().await?;
    let modules = status.integrations.iter().flat_map(|integration| &integration.modules);
    let decided = modules.filter_map(|module| module.outcomes.get("conflict.decided")).sum::<i64>();
    Ok(u64::try_from(decided).unwrap_or(0))
}

async fn agree(stage: &Stage, bar: &Bar, what: &str) -> Result<RunReport, Failure> {
    let mut progress = |progress: &Progress| {
        let done = format!(
            "{what}: {} ({} added, {} updated)",
            progress.stage.name(),
            progress.added,
            progress.updated
        );
        bar.show(progress.scanned, Some(progress.expected), done);
    };
    Ok(stage.serving.hub().run_until_agreed(INTEGRATION, PATIENCE, &mut progress).await?)
}

/// Both people work at once; now and then both change the same field of the same record. Gives how often.
async fn work(
    left: &mut Office,
    right: &mut Office,
    seed: u64,
    edits: u64,
    bar: &Bar,
) -> Result<u64, Failure> {
    let mut dice = [Dice::new(seed), Dice::new(seed.wrapping_add(1))];
    let mut together = 0;
    let mut done = 0;
    while done < edits {
        bar.show(done, Some(edits), "people edit both sides while the service misbehaves".to_owned());
        if dice[0].chance(12)
            && let Some((module, here, there)) = meeting(left, right, &mut dice[0])
        {
            let change = |value: &str| json!({"Title": value});
            let (mine, theirs) = (change("部長"), change("Head of Sales"));
            let (a, b) = tokio::join!(left.change(module, here, &mine), right.change(module, there, &theirs));
            a.and(b)?;
            together += 1;
        } else {
            let [mine, theirs] = &mut dice;
            let (a, b) = tokio::join!(left.work(mine), right.work(theirs));
            a.and(b)?;
        }
        done += 2;
    }
    Ok(together)
}

/// A contact both people know, by its places in their lists.
fn meeting(left: &Office, right: &Office, dice: &mut Dice) -> Option<(usize, usize, usize)> {
    const CONTACTS: usize = 1;
    let here = dice.below(left.count(CONTACTS))?;
    let there = right.place(CONTACTS, left.knows(CONTACTS, here)?)?;
    Some((CONTACTS, here, there))
}

/// Everything a service does wrong on a bad day, some of it in every call.
fn faults(seed: u64) -> Json {
    json!([
        {"service": "crm", "kind": "throttle", "probability": 0.05, "seed": seed},
        {"service": "crm", "kind": "status", "status": 503, "probability": 0.03, "seed": seed + 1},
        {"service": "crm", "endpoint": "POST *", "kind": "lost_response", "probability": 0.04, "seed": seed + 2},
        {"service": "crm", "endpoint": "PUT *", "kind": "lost_response", "probability": 0.04, "seed": seed + 3},
        {"service": "crm", "endpoint": "GET *", "kind": "garbage_body", "probability": 0.01, "seed": seed + 4},
        {"service": "crm", "kind": "delay_ms", "ms": 40, "probability": 0.2, "seed": seed + 5},
        {"kind": "drop_webhook", "probability": 0.2, "seed": seed + 6},
        {"kind": "duplicate_webhook", "probability": 0.2, "seed": seed + 7},
        {"kind": "delay_webhook", "ms": 300, "probability": 0.2, "seed": seed + 8}
    ])
}

/// What a reader wants of the list of faults.
fn struck(faults: Vec<Json>) -> Vec<Json> {
    faults
        .into_iter()
        .map(|fault| json!({"kind": fault["kind"], "endpoint": fault["endpoint"], "hits": fault["hits"]}))
        .collect()
}
