//! A person takes a record out of the recycle bin: what its deletion was to do to the other record must not be done any more (I3).

use super::{Sim, store};
use crate::{act::Act, scenario::Scenario, violation::Violation};
use musubi_core::{RemoteId, Side, policy::DeletionPolicy};
use musubi_engine::sync::WriteCall;
use rand::{Rng, rngs::SmallRng};

/// Drawn apart: in an eighth of the worlds a record is deleted and comes back, often while the sync pauses.
pub(crate) fn draw(scenario: &mut Scenario, rng: &mut SmallRng) {
    if scenario.before_engine || scenario.restores || !rng.random_ratio(1, 8) {
        return;
    }
    let length = scenario.length();
    for _ in 0..rng.random_range(1..3) {
        let at = length + rng.random_range(1_000..40_000);
        let side = if rng.random_ratio(1, 2) { Side::Left } else { Side::Right };
        let nth = rng.random_range(0..9);
        let away = rng.random_range(100..30_000);
        if rng.random_ratio(1, 2) {
            scenario.acts.push((at - 200, Act::Pause));
            scenario.acts.push((at + away + rng.random_range(100..40_000), Act::Resume));
        }
        scenario.acts.push((at, Act::Delete { side, nth }));
        scenario.acts.push((at + away, Act::Undelete { side, nth: rng.random_range(0..9) }));
    }
    if rng.random_ratio(1, 2) {
        scenario.policy.deletion.left = DeletionPolicy::Delete;
        scenario.policy.deletion.right = DeletionPolicy::Delete;
    }
    scenario.acts.sort_by_key(|(at, _)| *at);
    // It is as old as it was: where nobody tells of it, a comparison of everything finds it.
    scenario.acts.push((scenario.length() + 15_000, Act::FullPass));
}

impl Sim<'_> {
    pub(super) fn somebody_undeletes(&mut self, side: Side, nth: usize) {
        let service = self.services.get(side);
        let in_the_bin = service
            .records
            .iter()
            .filter(|(_, record)| record.left.is_none() && record.deleted.is_some_and(|(_, by_us)| !by_us));
        let ids: Vec<RemoteId> = in_the_bin.map(|(id, _)| id.clone()).collect();
        if let Some(id) = ids.get(nth % ids.len().max(1)) {
            let now = self.now;
            self.services.get_mut(side).person_undeletes(now, id);
        }
    }

    /// I3: a record is not deleted for the sake of one that is there again, unless it came back just now.
    pub(super) fn check_deletions(&self, target: Side, write: &WriteCall) -> Result<(), Violation> {
        let source = target.other();
        let links =
            self.runtime.block_on(self.store.scan_links(self.plan.sync, "", 10_000)).map_err(store)?;
        for id in write.items.iter().filter_map(|item| item.id.as_ref()) {
            let Some(link) = links.iter().find(|link| link.id(target) == id.as_str()) else { continue };
            let Some(record) = self.services.get(source).records.get(&RemoteId::new(link.id(source))) else {
                continue;
            };
            let long_ago = |at: i64| self.now - at > self.plan.settings.absence_counts();
            if record.deleted.is_none() && record.undeleted.is_some_and(long_ago) {
                let what = format!("{id} is deleted, and {} is there again", link.id(source));
                return Err(Violation::new("I3", what));
            }
        }
        Ok(())
    }
}
