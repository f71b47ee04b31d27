//! Records that a comparison found without a counterpart, and why that may be right.

use super::{Found, Work, count};
use crate::error::Result;
use crate::report::Certificate;
use crate::sync::{SKIPPED_WINDOW, UnlinkedRecord, unlinked_state};
use musubi_core::{Membership, RemoteId, Side};
use musubi_store::Want;
use std::collections::{HashMap, HashSet};

impl Work<'_> {
    /// Records that seem to be alone: those that are gone by now, or were linked meanwhile, are not.
    pub(super) async fn settle_alone(
        &self,
        side: Side,
        ids: Vec<String>,
        found: &mut Found,
        certificate: &mut Certificate,
    ) -> Result<()> {
        if !self.plan.creates_from(side) {
            ids.iter().for_each(|_| count(certificate, "direction"));
            return Ok(());
        }
        for ids in ids.chunks(self.plan.batch.get(side).read.max(1)) {
            let want = Want { ids: ids.iter().map(|id| (side, id.clone())).collect(), ..Want::default() };
            let loaded = self.load(want).await?;
            let linked: HashSet<&str> = loaded.links.iter().map(|link| link.id(side)).collect();
            // It was made before the creation window, or took no part when it was read.
            let outside: HashMap<&str, &str> = loaded
                .unlinked
                .iter()
                .filter_map(|row| {
                    let record = UnlinkedRecord::decode(&row.body).ok().filter(|record| record.outside)?;
                    let code = record.outcome.map(|outcome| outcome.code);
                    let too_old = code.is_some_and(|code| code == SKIPPED_WINDOW);
                    Some((row.id.as_str(), if too_old { "window" } else { "scope" }))
                })
                .collect();
            // Its counterpart does not take part: that is why nothing was made of it.
            let stands_back: HashSet<&str> = loaded
                .unlinked
                .iter()
                .filter(|row| {
                    row.state == unlinked_state::IDLE
                        && (self.plan.intake.get(side.other()).scope.is_some() || self.plan.window.is_some())
                })
                .map(|row| row.id.as_str())
                .collect();
            let left: Vec<RemoteId> =
                ids.iter().filter(|id| !linked.contains(id.as_str())).map(RemoteId::new).collect();
            for (id, row) in self.read(side, &left, certificate).await? {
                if row.member == Membership::Outside {
                    count(certificate, "scope");
                } else if let Some(reason) = outside.get(id.as_str()) {
                    count(certificate, reason);
                } else if stands_back.contains(id.as_str()) {
                    count(certificate, "counterpart_scope");
                } else if self.plan.hangs_on_nothing(&row.slots) {
                    count(certificate, "no_parent");
                } else {
                    found.alone.get_mut(side).push(id);
                }
            }
        }
        found.alone.get_mut(side).sort_unstable();
        Ok(())
    }
}
