//! K-24: every record that a run looked at has one outcome, and the totals are what the rows say.

use crate::{
    check::{Kept, wait},
    service::Service,
    violation::Violation,
};
use musubi_core::{LinkBody, RemoteId, Side, Sides, link::Outcome};
use musubi_engine::sync::{RunKind, SyncState, UnlinkedRecord};
use musubi_store::{RunRow, SyncId};
use std::collections::{BTreeMap, HashSet};

fn wrong(what: impl Into<String>) -> Violation {
    Violation::new("K-24", what)
}

/// The totals are the sums of what stands in the rows.
pub fn add_up(kept: &Kept<'_>, sync: SyncId) -> Result<(), Violation> {
    let Kept { runtime, store, .. } = *kept;
    let state = wait(runtime, store.sync_state(sync))?;
    let state = state.as_deref().map(SyncState::decode).unwrap_or_default();
    let (mut standing, mut counts): (BTreeMap<String, i64>, BTreeMap<String, i64>) = Default::default();
    let mut take = |name: String, outcome: Option<Outcome>| {
        let Some(Outcome { run, code, .. }) = outcome else {
            return Err(wrong(format!("{name} has no outcome")));
        };
        *standing.entry(code.to_string()).or_default() += 1;
        if i64::from(run) == state.run.id {
            *counts.entry(code.to_string()).or_default() += 1;
        }
        Ok(())
    };
    for link in wait(runtime, store.scan_links(sync, "", 10_000))? {
        let body = LinkBody::decode(&link.body).map_err(|_| wrong("a link cannot be read"))?;
        take(format!("{}={}", link.left_id, link.right_id), body.outcome)?;
    }
    for row in wait(runtime, store.scan_unlinked(sync, None, None, None, 10_000))? {
        let record = UnlinkedRecord::decode(&row.body).map_err(|_| wrong("a record cannot be read"))?;
        take(format!("{} {}", row.side.name(), row.id), record.outcome)?;
    }
    if standing != state.standing {
        return Err(wrong(format!("the rows say {standing:?}, the totals {:?}", state.standing)));
    }
    if counts != state.run.counts {
        return Err(wrong(format!("of this run the rows say {counts:?}, the totals {:?}", state.run.counts)));
    }
    let told = wait(runtime, store.outcomes(sync, state.run.id))?;
    let told = told.into_iter().filter(|row| row.count != 0);
    let told: BTreeMap<String, i64> = told
        .map(|row| (format!("{}.{}", row.outcome, row.reason).trim_end_matches('.').to_owned(), row.count))
        .collect();
    if told != counts {
        return Err(wrong(format!("the run tells {told:?}, its rows say {counts:?}")));
    }
    Ok(())
}

fn comparison_since(kept: &Kept<'_>, sync: SyncId, since: i64) -> Result<Option<RunRow>, Violation> {
    let runs = wait(kept.runtime, kept.store.runs(sync, i64::MAX, 10))?;
    let compares =
        |run: &RunRow| RunKind::from_number(run.kind) == Some(RunKind::FullPass) && run.started_at >= since;
    Ok(runs.into_iter().find(compares))
}

/// A run tells of a comparison of everything that began since then.
pub fn was_compared(kept: &Kept<'_>, sync: SyncId, since: i64) -> Result<bool, Violation> {
    comparison_since(kept, sync, since).map(|run| run.is_some())
}

/// A comparison of everything, in which nothing happened, tells of as many records as there are; those of a pair are one.
pub fn all_are_seen(
    kept: &Kept<'_>,
    sync: SyncId,
    since: i64,
    services: &Sides<Service>,
) -> Result<(), Violation> {
    let Kept { runtime, store, .. } = *kept;
    let Some(run) = comparison_since(kept, sync, since)? else {
        return Err(wrong("no run tells of the comparison"));
    };
    let outcomes = wait(runtime, store.outcomes(sync, run.id))?;
    let told: i64 = outcomes.iter().map(|row| row.count).sum();
    let links = wait(runtime, store.scan_links(sync, "", 10_000))?;
    let alive: Sides<HashSet<&RemoteId>> =
        Sides::from_fn(|side| services.get(side).alive().map(|(id, _)| id).collect());
    let is_alive = |side: Side, id: &str| alive.get(side).contains(&RemoteId::new(id));
    let pairs = links.iter().filter(|link| Side::BOTH.iter().any(|side| is_alive(*side, link.id(*side))));
    let of_links: usize = links
        .iter()
        .map(|link| Side::BOTH.iter().filter(|side| is_alive(**side, link.id(**side))).count())
        .sum();
    let all = pairs.count() + alive.left.len() + alive.right.len() - of_links;
    if told != all as i64 {
        return Err(wrong(format!(
            "{all} records are there, and the comparison tells of {told}: {outcomes:?}"
        )));
    }
    Ok(())
}
