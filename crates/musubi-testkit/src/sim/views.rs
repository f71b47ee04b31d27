//! Somebody changes list views in a service: what they show now counts at once, or when an administrator takes it over.

use super::Sim;
use crate::{act::Act, scenario::Scenario, scopes::Scopes, violation::Violation};
use musubi_engine::scope_config::{Conditions, ViewChanges};
use rand::{Rng, rngs::SmallRng};
use std::{borrow::Cow, sync::Arc};

/// Drawn apart: in half of the worlds with a scope. A backup would bring the former scope back, and a way that is opened another version.
pub(crate) fn draw(scenario: &mut Scenario, rng: &mut SmallRng) {
    let fixed = scenario.before_engine || scenario.restores || scenario.until_open.is_some();
    let scopes = scenario.scopes.changed(rng);
    if fixed || scopes == scenario.scopes || rng.random_ratio(1, 2) {
        return;
    }
    let policy = if rng.random_ratio(1, 2) { ViewChanges::Ask } else { ViewChanges::Apply };
    let at = rng.random_range(1_000..scenario.length() + 40_000);
    scenario.acts.push((at, Act::ChangeViews));
    if policy == ViewChanges::Ask && rng.random_ratio(1, 2) {
        scenario.acts.push((at + rng.random_range(0..30_000), Act::TakeViewsOver));
    }
    scenario.acts.sort_by_key(|(at, _)| *at);
    scenario.views = Some((scopes, policy));
}

impl Sim<'_> {
    /// The hub finds that the views show something else.
    pub(super) fn views_change(&mut self) -> Result<(), Violation> {
        let Some((scopes, policy)) = self.scenario.views.clone() else { return Ok(()) };
        // Held against what the policy says, whatever the engine makes of it.
        if policy == ViewChanges::Apply {
            self.expect(scopes.clone());
        }
        match policy.count(self.plan.rules.mutant) {
            Conditions::Former => Ok(()),
            Conditions::New => self.judge_by(&scopes),
        }
    }

    pub(super) fn take_views_over(&mut self) -> Result<(), Violation> {
        let Some((scopes, _)) = self.scenario.views.clone() else { return Ok(()) };
        self.expect(scopes.clone());
        self.judge_by(&scopes)
    }

    fn expect(&mut self, scopes: Scopes) {
        self.scenario = Cow::Owned(Scenario { scopes, ..self.scenario.clone().into_owned() });
    }

    /// As the hub does: the sync is taken up anew by another version, and everything is compared.
    fn judge_by(&mut self, scopes: &Scopes) -> Result<(), Violation> {
        self.plan = Arc::new(self.scenario.judged_by(scopes, self.plan.sync, self.plan.rules.mutant));
        self.compares = true;
        self.crash("what its list views show now counts")
    }
}
