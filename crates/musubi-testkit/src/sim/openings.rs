//! An administrator opens a way: what went one way goes both.

use super::Sim;
use crate::{act::Act, scenario::Scenario, violation::Violation};
use musubi_core::{Side, policy::Direction};
use rand::{Rng, rngs::SmallRng};
use std::sync::Arc;

/// Drawn apart: in a sixth of the worlds it went one way at first, and is opened while others edit or after that. A backup would bring the narrow way back.
pub(crate) fn draw(scenario: &mut Scenario, rng: &mut SmallRng) {
    if scenario.before_engine || scenario.restores || !rng.random_ratio(1, 6) {
        return;
    }
    let ways = [Direction::LeftToRight, Direction::RightToLeft];
    scenario.until_open = Some(ways[rng.random_range(0..2)]);
    scenario.direction = Direction::Both;
    // Steps that lead one way only are other steps once there is a way back.
    scenario.steps = Default::default();
    let at = rng.random_range(1_000..scenario.length() + 40_000);
    scenario.acts.push((at, Act::Open));
    scenario.acts.sort_by_key(|(at, _)| *at);
}

impl Sim<'_> {
    /// As the hub does: the sync is taken up anew by another version of its mapping, and everything is compared.
    pub(super) fn open(&mut self) -> Result<(), Violation> {
        let mutant = self.plan.rules.mutant;
        self.plan = Arc::new(self.scenario.opened(self.plan.sync, mutant));
        self.allow_the_plan();
        self.compares = true;
        self.crash("it is set up anew")
    }

    /// Who writes against the plan's directions is caught by the services.
    pub(super) fn allow_the_plan(&mut self) {
        for side in Side::BOTH {
            let service = self.services.get_mut(side);
            service.may_create = self.plan.direction.allows_from(side.other());
            for (slot, pair) in self.plan.rules.mapping.pairs.iter().enumerate() {
                service.may_write[slot] = pair.direction.allows_from(side.other());
            }
        }
    }
}
