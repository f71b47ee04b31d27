//! Everything is compared once more, at rest.

use super::Sim;
use crate::{check, outcomes, violation::Violation};
use musubi_engine::sync::Event;

impl Sim<'_> {
    /// Everything is compared once more, while nothing happens.
    pub(super) fn compare_everything(&mut self) -> Result<(), Violation> {
        let (asked_of, since) = (self.generation, self.now);
        self.compare_until_rest()?;
        let kept = check::Kept { runtime: self.runtime, store: &self.store, lost: &self.lost };
        let was_lost = self.generation != asked_of && !outcomes::was_compared(&kept, self.plan.sync, since)?;
        if was_lost {
            // The program crashed before it had noted the wish: whoever wished sees no comparison, and asks again.
            self.compare_until_rest()?;
        }
        let kept = check::Kept { runtime: self.runtime, store: &self.store, lost: &self.lost };
        outcomes::add_up(&kept, self.plan.sync)?;
        outcomes::all_are_seen(&kept, self.plan.sync, since, &self.services)
    }

    fn compare_until_rest(&mut self) -> Result<(), Violation> {
        self.tell(Event::FullPass)?;
        let begun = self.now;
        let is_over = |sim: &Sim<'_>| {
            let worker = sim.worker.as_ref();
            worker.and_then(|worker| worker.sync.quiet_since()).is_some_and(|at| at > begun)
        };
        while !is_over(self) {
            self.step()?;
            if self.now > begun + 1_800_000 {
                return Err(Violation::new("I1", "a comparison does not end"));
            }
        }
        Ok(())
    }
}
