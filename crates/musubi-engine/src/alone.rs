//! What a plan leaves without a counterpart: each record for its one reason, so that they add up to the records seen.

use crate::error::{HubError, Result};
use crate::planned::{ModulePlan, ReasonsBySide};
use crate::sync::{UnlinkedRecord, link_state};
use musubi_core::Side;
use musubi_core::link::LinkBody;
use musubi_store::{Store, SyncId};

/// So many rows are read at once.
const PAGE: i64 = 500;

/// Counts them by what the rehearsal noted of each.
pub(crate) async fn count(scratch: &Store, sync: SyncId, module: &mut ModulePlan) -> Result<()> {
    let mut after = None;
    loop {
        let rows = scratch.scan_unlinked(sync, None, None, after, PAGE).await?;
        let Some(last) = rows.last() else { break };
        after = Some((last.side, last.id.clone()));
        for row in rows {
            let record = UnlinkedRecord::decode(&row.body).map_err(|_| HubError::damaged_pair())?;
            let code = record.outcome.map_or_else(Default::default, |outcome| outcome.code);
            match code.split_once('.') {
                Some(("skipped", reason)) => add(&mut module.skipped, row.side, reason),
                Some(("held" | "failed", reason)) => add(&mut module.waiting, row.side, reason),
                // What is left of it is not a record any more.
                _ => {}
            }
        }
    }
    let mut after = String::new();
    loop {
        let rows = scratch.links_in(sync, link_state::UNTIED, &after, PAGE).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after.clone_from(&last.left_id);
        for row in rows {
            let body = LinkBody::decode(&row.body).map_err(|_| HubError::damaged_pair())?;
            for side in Side::BOTH.into_iter().filter(|side| body.gone.get(*side).is_none()) {
                add(&mut module.skipped, side, "untied");
            }
        }
    }
}

fn add(reasons: &mut ReasonsBySide, side: Side, reason: &str) {
    let of = match side {
        Side::Left => &mut reasons.left,
        Side::Right => &mut reasons.right,
    };
    *of.entry(reason.to_owned()).or_default() += 1;
}
