//! Everything is compared again after so many days, though nothing tells of a change (K-25): what no webhook, look or list of deletions told is found, mended like
//! any change, and told.

use crate::error::Result;
use crate::export::settings;
use crate::hub::Inner;
use crate::keeper;
use crate::sync::{RunKind, is_done};
use musubi_store::{IntegrationRow, IntegrationState, ModuleSyncRow, RunRow, SyncId};

/// The last run that read everything.
async fn last_whole(hub: &Inner, sync: SyncId) -> Result<Option<RunRow>> {
    Ok(hub.store.last_run_but(sync, RunKind::Changes.number()).await?)
}

/// Asks for a comparison of everything wherever the last one was so long ago.
pub(crate) async fn wish_what_is_due(hub: &Inner) -> Result<()> {
    for integration in hub.store.integrations(hub.workspace).await? {
        let Some(every) = settings(&integration)?.compare_every else { continue };
        if integration.state == IntegrationState::Paused || !hub.drives(&integration.name) {
            continue;
        }
        let rows = hub.store.module_syncs(integration.id).await?;
        let mut last = keeper::full_pass_wished(hub, integration.id).await?;
        for row in rows.iter().filter(|row| row.is_at_work()) {
            // What is not read for the first time yet, or is compared just now, needs no wish.
            let run = last_whole(hub, row.id).await?;
            last = last.max(run.map_or(i64::MAX, |run| run.ended_at.unwrap_or(i64::MAX)));
        }
        if is_due(last, every.days() * hub.settings.day, hub.now()) {
            keeper::wish_full_pass(hub, integration.id).await?;
        }
    }
    Ok(())
}

fn is_due(last: i64, every: i64, now: i64) -> bool {
    last != i64::MAX && now.saturating_sub(last) >= every
}

/// What the last comparison of everything of a module found, if one is wanted from time to time: its number, when it ended, and how many records were not as the
/// other side, or as what was known.
pub(crate) async fn found(
    hub: &Inner,
    integration: &IntegrationRow,
    row: &ModuleSyncRow,
) -> Result<Option<(i64, i64, u64)>> {
    if settings(integration)?.compare_every.is_none() {
        return Ok(None);
    }
    let run = last_whole(hub, row.id).await?.filter(|run| run.kind == RunKind::FullPass.number());
    let Some((run, ended)) = run.and_then(|run| Some((run.id, run.ended_at?))) else { return Ok(None) };
    let outcomes = hub.store.outcomes(row.id, run).await?;
    let drifted = outcomes.iter().filter(|told| is_done(&told.outcome)).map(|told| told.count).sum::<i64>();
    Ok(Some((run, ended, u64::try_from(drifted).unwrap_or(0))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comparison_is_due_when_the_last_one_was_so_long_ago() {
        let week = 7 * 86_400_000;
        assert!(!is_due(0, week, week - 1));
        assert!(is_due(0, week, week));
        assert!(!is_due(i64::MAX, week, i64::MAX), "one is under way, or nothing was read yet");
    }
}
