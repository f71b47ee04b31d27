//! A first load beside the looks at what it writes to.
//!
//! A record may be created only where somebody looked lately: a person may have made its twin there meanwhile. The looks at a side that is being filled read
//! back all that we write, and are slower than the writing of it; so they are few, and the load waits for them rather than running away from them.

use super::{Sync, state::Phase};
use musubi_core::{Instant, RemoteId, Side};

impl Sync {
    /// How long ago (in milliseconds of the service's clock) the last look at `side` was; one that is under way counts as far as it has come.
    fn look_lag(&self, side: Side) -> i64 {
        let state = self.state.sides.get(side);
        let looked = self.listing.get(side).read_up_to().map_or(state.fast, |read| read.max(state.fast));
        let clock = state.ahead.map_or(*self.clock.get(side), |ahead| Instant::from_millis(self.now + ahead));
        clock.millis() - looked.millis()
    }

    /// True when the other side was looked at after this record was first seen, or, in a load, lately enough: nobody made its twin there meanwhile.
    pub(super) fn has_looked(&self, side: Side, id: &RemoteId) -> bool {
        let lately = || self.look_lag(side.other()) <= self.plan.settings.load_freshness;
        let looked = self.looks.get(side.other()).look_call;
        (self.state.phase != Phase::Steady && lately())
            || self.waiting.get(side).get(id).is_some_and(|since| *since <= looked)
    }

    /// True while `side` is being filled and was looked at so lately that looking again would only read back what we wrote.
    pub(super) fn looks_can_wait(&self, side: Side) -> bool {
        let fills = matches!(self.state.phase, Phase::ScanSecond { first } if first == side);
        fills
            && self.plan.creates_from(side.other())
            && (-self.plan.settings.clock_slack..=self.plan.settings.load_freshness / 2)
                .contains(&self.look_lag(side))
    }

    /// True when no more is to be read from `side`, because what is read could not be created: the looks at the other side have fallen behind.
    pub(super) fn load_waits_for_looks(&self, side: Side) -> bool {
        let fills = matches!(self.state.phase, Phase::ScanSecond { first } if first != side);
        fills
            && self.plan.creates_from(side)
            && self.look_lag(side.other()) > self.plan.settings.load_freshness / 4 * 3
    }
}
