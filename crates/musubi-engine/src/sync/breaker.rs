//! The breaker for deletions: more than a limit within a while are held, and a person is asked once (DESIGN §2.8).
//!
//! They are counted when they are told, before any of them is carried over: so many at once are all held, not only those beyond the limit.

use super::Sync;
use musubi_core::{Side, mutant::Mutant};
use serde::{Deserialize, Serialize};

/// How many deletions may be carried over within a while before a person is asked. Both must hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeletionLimit {
    /// So many records; [`super::Settings::delete_breaker`] if neither is said.
    pub records: Option<u64>,
    /// So many of a hundred pairs.
    pub percent: Option<u8>,
}

/// The deletions told within the present while. Kept with the state: a process that takes over goes on counting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deletions {
    /// When the first of them was told.
    pub since: i64,
    /// How many were.
    pub count: u64,
}

impl Sync {
    /// A deletion was told on this side.
    pub(super) fn count_deletion(&mut self, side: Side) {
        let deletes = self.plan.rules.policy.deletion.get(side).deletes();
        if !deletes || !self.plan.direction.allows_from(side) {
            return;
        }
        let deletions = &mut self.state.deletions;
        if self.now - deletions.since > self.plan.settings.burst_window {
            *deletions = Deletions { since: self.now, count: 0 };
        }
        deletions.count += 1;
    }

    /// More were told than may be carried over without asking.
    pub(super) fn too_many_deletions(&self) -> bool {
        self.state.deletions.count > self.deletion_limit() && !self.rules().mutant.is(Mutant::NoDeleteBreaker)
    }

    /// A person let them go: what is told from now on is counted afresh.
    pub(super) fn let_deletions_go(&mut self) {
        self.state.deletions.count = 0;
    }

    fn deletion_limit(&self) -> u64 {
        let DeletionLimit { records, percent } = self.plan.deletion_limit;
        let percent = percent.filter(|_| !self.rules().mutant.is(Mutant::IgnoreShare));
        let share = percent.map(|percent| {
            // Those that were there when this process began, and what became pairs since.
            let made = |code: &&str| self.totals.outcomes.get(*code).copied().unwrap_or(0);
            let links = self.links + ["added.left", "added.right", "linked"].iter().map(made).sum::<i64>();
            u64::try_from(links).unwrap_or(0) * u64::from(percent) / 100
        });
        let default = share.is_none().then_some(self.plan.settings.delete_breaker as u64);
        records.or(default).into_iter().chain(share).min().unwrap_or(u64::MAX)
    }
}
