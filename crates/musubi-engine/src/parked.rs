//! Records that wait for what they need not wait for any more: since the mapping of another module changed, their lookup closes a circle and is written later (I12).

use crate::error::Result;
use crate::hub::Inner;
use crate::sync::Plan;
use crate::sync::unlinked_state;
use musubi_core::Side;
use musubi_store::{HintRow, SyncId};
use std::collections::BTreeSet;

/// Has such records looked at again. There are none but after such a change: what is written later is not waited for.
pub(crate) async fn wake(hub: &Inner, plan: &Plan) -> Result<()> {
    let mut hints = Vec::new();
    for side in Side::BOTH {
        let later = plan.later.get(side).iter().flat_map(|slot| plan.parents_at(*slot));
        let parents: BTreeSet<SyncId> = later.map(|parent| parent.sync).collect();
        for parent in parents.into_iter().filter(|parent| *parent != plan.sync) {
            let ids = hub.store.alone_for((plan.sync, side), parent, unlinked_state::PARKED).await?;
            let hint = |id| (plan.sync, HintRow { side, id, at: hub.now() });
            hints.extend(ids.into_iter().map(hint));
        }
    }
    if !hints.is_empty() {
        hub.store.add_hints(hints).await?;
    }
    Ok(())
}
