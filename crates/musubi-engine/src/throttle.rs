//! The gate of one connection, shared by all module syncs of this process that use it: who has to wait, waits here (I15).

use crate::sync::Urgency;
use musubi_connector::{
    Clock,
    gate::{Admit, Gate, Lane, Share},
};
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::Notify;

/// A gate that can be waited at.
pub(crate) struct Throttle {
    gate: Mutex<Gate>,
    freed: Notify,
    clock: Clock,
}

/// Leave to make one call; ends when dropped.
pub(crate) struct Pass {
    throttle: Arc<Throttle>,
    price: u32,
    cost: u32,
}

impl Throttle {
    pub fn new(share: Share, clock: Clock) -> Throttle {
        Throttle { gate: Mutex::new(Gate::new(share)), freed: Notify::new(), clock }
    }

    /// Waits until a call of this price may go; `None` when it may not until `deadline` (milliseconds since 1970).
    pub async fn enter(self: &Arc<Self>, lane: Lane, price: u32, deadline: i64) -> Option<Pass> {
        loop {
            let freed = self.freed.notified();
            tokio::pin!(freed);
            // Registered before asking, so that what is freed in between is not missed.
            freed.as_mut().enable();
            let now = self.clock.now().millis();
            let until = match self.lock().admit(now, lane, price) {
                Admit::Go => return Some(Pass { throttle: Arc::clone(self), price, cost: price }),
                Admit::WaitUntil(at) => at.min(deadline),
                Admit::WaitForSlot => deadline,
            };
            if now >= deadline {
                return None;
            }
            let wait = Duration::from_millis(u64::try_from(until - now).unwrap_or(0).max(1));
            tokio::select! {
                () = &mut freed => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// The service said 429.
    pub fn throttled(&self) {
        let now = self.clock.now().millis();
        // Processes that were refused together must not come back together; the clock's milliseconds differ enough.
        let jitter = u16::try_from(now.rem_euclid(1000)).unwrap_or(0);
        self.lock().throttled(now, jitter);
    }

    /// The service took a call.
    pub fn succeeded(&self) {
        self.lock().succeeded();
    }

    /// Calls under way, and credits counted in the rolling day.
    pub fn used(&self) -> (u32, u64) {
        let gate = self.lock();
        (gate.running(), gate.used())
    }

    fn lock(&self) -> MutexGuard<'_, Gate> {
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pass {
    /// What the call really cost.
    pub fn cost(&mut self, credits: u32) {
        self.cost = credits;
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        let now = self.throttle.clock.now().millis();
        self.throttle.lock().finished(now, self.cost.saturating_sub(self.price));
        self.throttle.freed.notify_waiters();
    }
}

/// The lane of a call.
pub(crate) fn lane(urgency: Urgency) -> Lane {
    match urgency {
        Urgency::Interactive => Lane::Interactive,
        Urgency::RealTime => Lane::RealTime,
        Urgency::Repair => Lane::Repair,
        Urgency::Poll => Lane::Poll,
        Urgency::Backfill => Lane::Backfill,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn throttle(concurrency: u32) -> Arc<Throttle> {
        let share = Share { concurrency, credits_per_day: None };
        Arc::new(Throttle::new(share, Clock::system()))
    }

    #[tokio::test]
    async fn the_next_goes_when_one_has_ended() {
        let throttle = throttle(1);
        let far = i64::MAX / 2;
        let first = throttle.enter(Lane::Poll, 1, far).await.unwrap();
        let waiting = throttle.enter(Lane::Poll, 1, far);
        tokio::pin!(waiting);
        let none = tokio::time::timeout(Duration::from_millis(20), &mut waiting).await;
        assert!(none.is_err(), "the only slot is taken");
        drop(first);
        assert!(tokio::time::timeout(Duration::from_secs(5), waiting).await.unwrap().is_some());
    }

    #[tokio::test]
    async fn waiting_ends_at_the_deadline() {
        let throttle = throttle(1);
        let _first = throttle.enter(Lane::Poll, 1, i64::MAX / 2).await.unwrap();
        let soon = Clock::system().now().millis() + 20;
        assert!(throttle.enter(Lane::Poll, 1, soon).await.is_none());
        assert_eq!(throttle.used().0, 1);
    }
}
