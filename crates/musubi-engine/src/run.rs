//! Working until both sides agree, and saying what was done.

use crate::attached;
use crate::error::{HubError, Result};
use crate::hub::{Hub, Inner};
use crate::keeper;
use crate::live::{Live, Problem};
use crate::pairs;
use crate::pausing;
use crate::report::{Progress, Stage};
use crate::sync::{Phase, SyncState, link_state};
use musubi_core::{CountBySide, Side, Sides};
use musubi_store::{IntegrationRow, IntegrationState, ModuleState, ModuleSyncRow, SyncId};
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;
use utoipa::ToSchema;

/// How often is looked whether it is done. Other processes tell of themselves less often than that.
const LOOK: Duration = Duration::from_millis(10);
/// A sync that has nothing left to do but to look again is made to look so often, rather than at its next poll.
const NUDGE_EVERY: i64 = 250;
/// The same when another process drives it.
const WISH_EVERY: i64 = 3_000;
/// Progress is told so often.
const TELL_EVERY: i64 = 200;

/// What a run did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct RunReport {
    /// Both sides agree, but for what is held or skipped.
    pub agreed: bool,
    /// Records looked at, and those that waited already; a pair is one. The sum of everything below, since each comes out in one way.
    pub seen: u64,
    /// Records created, on either side.
    pub added: u64,
    /// Records changed, on either side.
    pub updated: u64,
    /// Records deleted, on either side.
    pub deleted: u64,
    /// Records left as they are, by reason; `unchanged` are those that agree already.
    pub skipped: BTreeMap<String, u64>,
    /// Records whose write the service refuses, by its code. As it now stands.
    pub failed: BTreeMap<String, u64>,
    /// Records that wait for a person or for their parent, by reason. As it now stands.
    pub held: BTreeMap<String, u64>,
    /// What became of files that hang on records, by code: `carried`, `skipped.…`, `failed.…`.
    pub attachments: BTreeMap<String, u64>,
    /// Sum of `skipped`.
    pub skipped_total: u64,
    /// Sum of `failed`.
    pub failed_total: u64,
    /// Sum of `held`.
    pub held_total: u64,
    /// Pairs.
    pub links: u64,
    /// Calls of both sides.
    pub calls: u64,
    /// Credits of both sides.
    pub credits: u64,
    /// Calls per side.
    pub calls_by_side: CountBySide,
    /// Credits per side.
    pub credits_by_side: CountBySide,
    /// Milliseconds.
    pub took_ms: u64,
    /// What keeps a module sync from working.
    pub problems: Vec<Problem>,
    /// Modules that are paused, by their left names, with the right one where that says which: nothing was done for them.
    pub paused: Vec<String>,
    /// Modules, named in the same way, of which a list view was changed in the service: its former conditions go on to count until a person takes the new ones over.
    pub views_changed: Vec<String>,
}

impl Hub {
    /// Waits until everything that was changed before this call agrees on both sides, at most for `timeout`. The hub, or another
    /// process on the same database, does the work.
    pub async fn run_until_agreed(
        &self,
        integration: &str,
        timeout: Duration,
        progress: &mut (dyn FnMut(&Progress) + Send),
    ) -> Result<RunReport> {
        let hub = &self.inner;
        let row = hub.integration(integration).await?;
        let rows = hub.store.module_syncs(row.id).await?;
        can_work(&row, &rows)?;
        let syncs: Vec<SyncId> = rows.iter().filter(|row| row.is_at_work()).map(|row| row.id).collect();
        let started = hub.now();
        let end = started.saturating_add(i64::try_from(timeout.as_millis()).unwrap_or(i64::MAX));
        let before = lives(hub, &syncs).await?;
        keeper::wish_look(hub, row.id).await?;
        let (mut told_at, mut nudged_at, mut wished_at) = (0, started, started);
        let mut told_stage = None;
        let (agreed, after) = loop {
            let lives = lives(hub, &syncs).await?;
            let quiet = |live: &Live| live.driven && live.quiet_since.is_some_and(|at| at >= started);
            let mut agreed = !syncs.is_empty() && syncs.iter().all(|sync| lives.get(sync).is_some_and(quiet));
            for sync in &syncs {
                // A child that was woken and has not been told yet has work to do.
                agreed = agreed && hub.store.hints(*sync, 1).await?.is_empty();
            }
            for row in rows.iter().filter(|row| syncs.contains(&row.id)) {
                agreed = agreed && !attached::has_work(hub, row).await?;
            }
            let now = hub.now();
            let stage = stage(&lives, agreed);
            if now - told_at >= TELL_EVERY || told_stage != Some(stage) {
                told_at = now;
                told_stage = Some(stage);
                progress(&describe(&lives, &before, agreed));
            }
            if agreed || now >= end {
                break (agreed, lives);
            }
            let idle: Vec<SyncId> = lives
                .iter()
                .filter(|(_, live)| !quiet(live) && only_looks(live))
                .map(|(sync, _)| *sync)
                .collect();
            if !idle.is_empty() && now - nudged_at >= NUDGE_EVERY {
                nudged_at = now;
                for partition in hub.partitions().values().filter(|partition| idle.contains(&partition.sync))
                {
                    partition.wishes.send_modify(|wishes| wishes.nudges += 1);
                }
                let elsewhere = idle
                    .iter()
                    .any(|sync| !hub.partitions().get(sync).is_some_and(|own| own.live.borrow().driven));
                if elsewhere && now - wished_at >= WISH_EVERY {
                    wished_at = now;
                    keeper::wish_look(hub, row.id).await?;
                }
            }
            tokio::time::sleep(LOOK).await;
        };
        let asked = |row: &&ModuleSyncRow| after.get(&row.id).is_some_and(|live| live.views_changed);
        let views_changed = rows.iter().filter(asked).map(|row| pairs::name_among(&rows, row)).collect();
        let mut report = RunReport { views_changed, ..report(&before, &after) };
        report.agreed = agreed;
        let paused = rows.iter().filter(|row| row.state == ModuleState::Active && row.paused);
        report.paused = paused.map(|row| pairs::name_among(&rows, row)).collect();
        report.took_ms = u64::try_from(hub.now() - started).unwrap_or(0);
        for sync in &syncs {
            let counts = hub.store.counts(*sync).await?;
            stand(&mut report, hub.store.sync_state(*sync).await?.as_deref());
            let untied: i64 = counts
                .links
                .iter()
                .filter(|(state, _)| *state == link_state::UNTIED)
                .map(|(_, count)| count)
                .sum();
            report.links += (counts.all_links() - untied) as u64;
        }
        report.skipped_total = report.skipped.values().sum();
        report.failed_total = report.failed.values().sum();
        report.held_total = report.held.values().sum();
        report.seen = report.added
            + report.updated
            + report.deleted
            + report.skipped_total
            + report.failed_total
            + report.held_total;
        Ok(report)
    }

    /// Asks for a comparison of every record of both sides.
    pub async fn full_pass(&self, integration: &str) -> Result<()> {
        let row = self.inner.integration(integration).await?;
        keeper::wish_full_pass(&self.inner, row.id).await.map(drop)
    }
}

/// Whether anything would be done at all.
pub(crate) fn can_work(row: &IntegrationRow, rows: &[ModuleSyncRow]) -> Result<()> {
    let integration = &row.name;
    if let Some(first) = rows.first()
        && rows.iter().all(|row| row.state != ModuleState::Active)
    {
        return Err(HubError::new(
            "integration.nothing_active",
            format!("every module of {integration} is inactive"),
            format!("`musubi activate {integration}/{}`", first.left_module),
        ));
    }
    if row.state == IntegrationState::Paused {
        return Err(HubError::new(
            "integration.paused",
            format!("{integration} is paused: nothing is carried over until it goes on"),
            format!("`musubi resume {integration}`"),
        ));
    }
    match rows.iter().find(|row| row.state == ModuleState::Active) {
        Some(first) if !rows.iter().any(ModuleSyncRow::is_at_work) => {
            Err(pausing::all_paused(integration, rows, first))
        }
        _ => Ok(()),
    }
}

/// Nothing is left to do but to look: at least to read our own writes back.
fn only_looks(live: &Live) -> bool {
    live.driven && live.resting && live.phase == Some(Phase::Steady) && live.open[..3] == [0; 3]
}

/// Where these module syncs stand: from memory when they are driven here, otherwise from what the driving process tells.
async fn lives(hub: &Inner, syncs: &[SyncId]) -> Result<BTreeMap<SyncId, Live>> {
    let mut lives = hub.lives();
    lives.retain(|sync, _| syncs.contains(sync));
    if syncs.iter().any(|sync| !lives.get(sync).is_some_and(|live| live.driven)) {
        for (sync, (_, live)) in keeper::everywhere(hub).await? {
            if syncs.contains(&sync) {
                lives.insert(sync, live);
            }
        }
    }
    Ok(lives)
}

/// What waits and what is refused, each record for one reason.
fn stand(report: &mut RunReport, state: Option<&[u8]>) {
    let standing = state.map(SyncState::decode).unwrap_or_default().standing;
    for (code, count) in standing {
        let Some((what, reason)) = code.split_once('.') else { continue };
        let of = match what {
            "held" => &mut report.held,
            "failed" => &mut report.failed,
            _ => continue,
        };
        *of.entry(reason.to_owned()).or_default() += count.unsigned_abs();
    }
}

/// What was counted since: a process that started anew counts from nothing.
fn report(before: &BTreeMap<SyncId, Live>, after: &BTreeMap<SyncId, Live>) -> RunReport {
    let mut report = RunReport::default();
    let nothing = Live::default();
    for (sync, now) in after {
        let then = before.get(sync).filter(|then| then.seen <= now.seen).unwrap_or(&nothing);
        report.seen += now.seen - then.seen;
        for side in Side::BOTH {
            let calls = |live: &Live| live.calls.get(side) + live.attachments.calls.get(side);
            let credits = |live: &Live| live.credits.get(side) + live.attachments.credits.get(side);
            let calls = calls(now).saturating_sub(calls(then));
            let credits = credits(now).saturating_sub(credits(then));
            *report.calls_by_side.get_mut(side) += calls;
            *report.credits_by_side.get_mut(side) += credits;
            report.calls += calls;
            report.credits += credits;
        }
        for (code, count) in &now.attachments.outcomes {
            let count = count.saturating_sub(then.attachments.outcomes.get(code).copied().unwrap_or(0));
            if count > 0 {
                *report.attachments.entry(code.clone()).or_default() += count;
            }
        }
        for (code, count) in &now.records {
            let count = (count - then.records.get(code).copied().unwrap_or(0)).max(0) as u64;
            let (what, reason) = code.split_once('.').unwrap_or((code, ""));
            match what {
                _ if count == 0 => {}
                "added" => report.added += count,
                "updated" | "undone" => report.updated += count,
                "deleted" => report.deleted += count,
                // As it stands at the end.
                "held" | "failed" => {}
                "skipped" => *report.skipped.entry(reason.to_owned()).or_default() += count,
                "untied" => *report.skipped.entry("untied".to_owned()).or_default() += count,
                _ => *report.skipped.entry("unchanged".to_owned()).or_default() += count,
            }
        }
        report.problems.extend(now.problem.clone());
    }
    report
}

fn describe(lives: &BTreeMap<SyncId, Live>, before: &BTreeMap<SyncId, Live>, agreed: bool) -> Progress {
    let counted = report(before, lives);
    let sum = |of: fn(&Live) -> &Sides<u64>| -> u64 {
        lives.values().map(|live| of(live).left + of(live).right).sum()
    };
    let open: i64 = lives.values().map(|live| live.open.iter().sum::<i64>()).sum();
    Progress {
        stage: stage(lives, agreed),
        scanned: sum(|live| &live.scanned),
        expected: sum(|live| &live.expected),
        seconds_left: seconds_left(lives),
        seen: counted.seen,
        added: counted.added,
        updated: counted.updated,
        open: u64::try_from(open).unwrap_or(0),
        problems: counted.problems,
    }
}

/// About how long all loads under way still take: they go on side by side. One that does not begin yet cannot be told.
fn seconds_left(lives: &BTreeMap<SyncId, Live>) -> Option<u64> {
    let loads = |live: &&Live| live.phase.is_some_and(|phase| phase != Phase::Steady);
    let waits = |live: &&Live| live.waits_for.is_some();
    let under_way = lives.values().filter(|live| loads(live) || waits(live));
    let left: Option<Vec<u64>> = under_way.map(|live| live.seconds_left).collect();
    left?.into_iter().max()
}

/// How far the least advanced module sync is.
fn stage(lives: &BTreeMap<SyncId, Live>, agreed: bool) -> Stage {
    let any = |wanted: fn(&Phase) -> bool| lives.values().any(|live| live.phase.as_ref().is_some_and(wanted));
    if agreed {
        Stage::Agreed
    } else if !lives.values().any(|live| live.driven) {
        Stage::Waiting
    } else if any(|phase| matches!(phase, Phase::Count)) {
        Stage::Counting
    } else if any(|phase| matches!(phase, Phase::ScanFirst { .. } | Phase::ScanSecond { .. })) {
        Stage::Reading
    } else if any(|phase| matches!(phase, Phase::Sweep)) {
        Stage::Deciding
    } else {
        Stage::Settling
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left_is_that_of_the_slowest_load_and_unknown_while_one_has_not_begun() {
        let load = |seconds_left| Live { phase: Some(Phase::Sweep), seconds_left, ..Live::default() };
        let steady = Live { phase: Some(Phase::Steady), ..Live::default() };
        let waits = Live { waits_for: Some("Accounts".into()), ..Live::default() };
        let left = |lives: &[&Live]| {
            let numbered = (1..).map(SyncId).zip(lives.iter().map(|live| (*live).clone()));
            seconds_left(&numbered.collect())
        };
        assert_eq!(left(&[&load(Some(30)), &load(Some(90)), &steady]), Some(90));
        assert_eq!(left(&[&load(Some(30)), &load(None)]), None);
        assert_eq!(left(&[&load(Some(30)), &waits]), None);
        assert_eq!(left(&[&steady]), None);
    }
}
