//! Lets calls of one connection through: never over the concurrency allowed nor the credit share (I15). Pure: time and jitter are arguments.
//!
//! The caller asks [`Gate::admit`] before each call and reports [`Gate::finished`] after it. Lower lanes leave a reserve of slots and of credits to
//! the higher ones, so a first load never keeps a person or a fresh edit waiting.

use std::collections::VecDeque;

const HOUR: i64 = 3_600_000;
/// A bucket counts until its last millisecond is a full day old, so the sum over the buckets is never less than the rolling day's.
const BUCKETS: i64 = 25;
const SHORTEST_PAUSE: i64 = 1_000;
const LONGEST_PAUSE: i64 = 5 * 60_000;

/// Why a call is made, the most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Lane {
    /// A person waits for the answer.
    Interactive,
    /// A change just heard of.
    RealTime,
    /// Something that failed or is not known.
    Repair,
    /// Looking for changes.
    Poll,
    /// First load.
    Backfill,
    /// Comparing everything.
    Verification,
}

impl Lane {
    /// All lanes, the most urgent first.
    pub const ALL: [Lane; 6] =
        [Lane::Interactive, Lane::RealTime, Lane::Repair, Lane::Poll, Lane::Backfill, Lane::Verification];

    const fn rank(self) -> u64 {
        self as u64
    }
}

/// What this process may use of one connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// Calls at once.
    pub concurrency: u32,
    /// Credits in a rolling day; `None`: no bound.
    pub credits_per_day: Option<u64>,
}

/// The answer to a call that wants to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admit {
    /// Go now; report [`Gate::finished`].
    Go,
    /// Ask again at this time, in milliseconds since 1970.
    WaitUntil(i64),
    /// Ask again when a running call has finished.
    WaitForSlot,
}

/// The state of admission to one connection.
#[derive(Clone, Debug)]
pub struct Gate {
    share: Share,
    running: u32,
    /// Credits by hour since 1970, oldest first.
    hours: VecDeque<(i64, u64)>,
    throttles_in_a_row: u32,
    paused_until: i64,
}

impl Gate {
    /// An open gate.
    pub fn new(share: Share) -> Gate {
        Gate { share, running: 0, hours: VecDeque::new(), throttles_in_a_row: 0, paused_until: i64::MIN }
    }

    /// Changes the share, as when the edition becomes known. What runs goes on.
    pub fn set_share(&mut self, share: Share) {
        self.share = share;
    }

    /// Credits remembered from before a restart.
    pub fn remember(&mut self, hours: impl IntoIterator<Item = (i64, u64)>) {
        self.hours.extend(hours);
        self.hours.make_contiguous().sort_unstable();
    }

    /// May a call of this lane that costs so many credits go now?
    pub fn admit(&mut self, now_millis: i64, lane: Lane, cost: u32) -> Admit {
        if now_millis < self.paused_until {
            return Admit::WaitUntil(self.paused_until);
        }
        self.forget(now_millis);
        if self.running >= self.slots(lane) {
            return Admit::WaitForSlot;
        }
        if let Some(until) = self.credit_wait(lane, u64::from(cost)) {
            return Admit::WaitUntil(until);
        }
        self.running += 1;
        self.charge(now_millis, u64::from(cost));
        Admit::Go
    }

    /// A call that was let through has ended; `extra` is what it cost beyond what [`Gate::admit`] was told.
    pub fn finished(&mut self, now_millis: i64, extra: u32) {
        self.running = self.running.saturating_sub(1);
        if extra > 0 {
            self.charge(now_millis, u64::from(extra));
        }
    }

    /// The service took a call: the next throttle starts with a short pause again.
    pub fn succeeded(&mut self) {
        self.throttles_in_a_row = 0;
    }

    /// The service said 429: nothing goes for a while, twice as long each time, scaled by `jitter` between one half (0) and the whole (1,000).
    pub fn throttled(&mut self, now_millis: i64, jitter_per_mille: u16) -> i64 {
        // Calls that were under way together are refused together: they count as one throttle.
        if now_millis >= self.paused_until {
            let full = SHORTEST_PAUSE.saturating_mul(1 << self.throttles_in_a_row.min(20)).min(LONGEST_PAUSE);
            let jitter = i64::from(jitter_per_mille.min(1000));
            self.paused_until = now_millis.saturating_add(full / 2 + full / 2 * jitter / 1000);
            self.throttles_in_a_row = self.throttles_in_a_row.saturating_add(1);
        }
        self.paused_until
    }

    /// Calls under way.
    pub fn running(&self) -> u32 {
        self.running
    }

    /// Credits counted in the rolling day, at most an hour too many.
    pub fn used(&self) -> u64 {
        self.hours.iter().map(|(_, used)| used).sum()
    }

    /// Slots this lane may fill: all for a person; each lane below leaves a twentieth more free, at least one stays.
    fn slots(&self, lane: Lane) -> u32 {
        let reserve = u64::from(self.share.concurrency) * lane.rank() / 20;
        self.share
            .concurrency
            .saturating_sub(u32::try_from(reserve).unwrap_or(u32::MAX))
            .max(1)
            .min(self.share.concurrency)
    }

    /// Credits this lane may reach: all for a person; each lane below leaves a further twentieth.
    fn allowance(&self, lane: Lane) -> Option<u64> {
        self.share.credits_per_day.map(|credits| credits - credits / 20 * lane.rank())
    }

    fn credit_wait(&self, lane: Lane, cost: u64) -> Option<i64> {
        let allowance = self.allowance(lane)?;
        let mut used = self.used();
        if used + cost <= allowance {
            return None;
        }
        for &(hour, credits) in &self.hours {
            used -= credits;
            if used + cost <= allowance {
                return Some((hour + BUCKETS) * HOUR);
            }
        }
        // A call that can never be paid: ask again when the day has turned, the share may have changed.
        Some(self.hours.back().map_or(i64::MAX, |(hour, _)| (hour + BUCKETS) * HOUR))
    }

    fn charge(&mut self, now_millis: i64, credits: u64) {
        let hour = now_millis.div_euclid(HOUR);
        match self.hours.back_mut() {
            // A clock that stepped back must not make the past cheaper: charge the newest hour.
            Some((last, used)) if *last >= hour => *used += credits,
            _ => self.hours.push_back((hour, credits)),
        }
    }

    fn forget(&mut self, now_millis: i64) {
        while self.hours.front().is_some_and(|(hour, _)| (hour + BUCKETS) * HOUR <= now_millis) {
            self.hours.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn gate(concurrency: u32, credits: Option<u64>) -> Gate {
        Gate::new(Share { concurrency, credits_per_day: credits })
    }

    #[test]
    fn lower_lanes_leave_slots_to_higher_ones() {
        let mut gate = gate(20, None);
        let mut through = 0;
        while gate.admit(0, Lane::Backfill, 1) == Admit::Go {
            through += 1;
        }
        assert_eq!(through, 16);
        assert_eq!(gate.admit(0, Lane::Interactive, 1), Admit::Go);
        gate.finished(1, 0);
        gate.finished(1, 0);
        assert_eq!(gate.admit(1, Lane::Backfill, 1), Admit::Go);
    }

    #[test]
    fn a_single_slot_serves_every_lane() {
        for lane in Lane::ALL {
            assert_eq!(gate(1, None).admit(0, lane, 1), Admit::Go, "{lane:?}");
        }
    }

    #[test]
    fn spent_credits_come_back_after_a_day() {
        let mut gate = gate(5, Some(100));
        assert_eq!(gate.admit(0, Lane::Interactive, 100), Admit::Go);
        gate.finished(0, 0);
        let Admit::WaitUntil(at) = gate.admit(HOUR, Lane::Interactive, 1) else { panic!("over the share") };
        assert_eq!(at, 25 * HOUR);
        assert_eq!(gate.admit(at, Lane::Interactive, 1), Admit::Go);
    }

    #[test]
    fn throttling_pauses_longer_each_time() {
        let mut gate = gate(5, None);
        assert_eq!(gate.throttled(0, 1000), 1_000);
        assert_eq!(gate.throttled(500, 1000), 1_000, "refused together, counted once");
        assert_eq!(gate.admit(999, Lane::Interactive, 1), Admit::WaitUntil(1_000));
        assert_eq!(gate.throttled(1_000, 1000), 3_000);
        gate.succeeded();
        assert_eq!(gate.throttled(3_000, 0), 3_500);
    }

    proptest! {
        /// I15: whatever is asked in whatever order, no rolling day holds more than the share and no more calls run at once than allowed.
        #[test]
        fn never_over_the_share(
            concurrency in 1u32..8,
            credits in 1u64..200,
            steps in prop::collection::vec((0i64..4 * HOUR, 0usize..6, 1u32..30, any::<bool>()), 1..200),
        ) {
            let mut gate = gate(concurrency, Some(credits));
            let (mut now, mut running) = (0, 0u32);
            let mut spent: Vec<(i64, u64)> = Vec::new();
            for (wait, lane, cost, finish) in steps {
                now += wait;
                if finish && running > 0 {
                    gate.finished(now, 0);
                    running -= 1;
                }
                match gate.admit(now, Lane::ALL[lane], cost) {
                    Admit::Go => {
                        running += 1;
                        spent.push((now, u64::from(cost)));
                    }
                    Admit::WaitUntil(at) => prop_assert!(at > now),
                    Admit::WaitForSlot => prop_assert!(running > 0),
                }
                prop_assert!(running <= concurrency);
                let day: u64 = spent.iter().filter(|(at, _)| *at > now - 24 * HOUR).map(|(_, cost)| cost).sum();
                prop_assert!(day <= credits);
            }
        }
    }
}
