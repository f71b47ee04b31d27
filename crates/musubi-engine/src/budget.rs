//! The credits of one connection, drawn from the store in blocks: all processes together, and one that was restarted, keep to the
//! org's allowance over any 24 hours (I15).

use musubi_connector::{Clock, gate::Lane};
use musubi_store::{Store, StoreError};
use tokio::sync::Mutex;

/// Credits that a hub at work reserves at once: it asks the store once in so many.
pub(crate) const BLOCK: i64 = 200;
/// Each call is drawn by itself: nothing stays reserved when a command ends, however it ends.
pub(crate) const EACH: i64 = 0;
const HOUR: i64 = 3_600_000;

/// What this process may still spend of what it reserved.
pub(crate) struct Budget {
    store: Store,
    connection: i64,
    /// The org's allowance in 24 hours; `None`: no bound.
    limit: Option<i64>,
    /// How many credits are reserved at once, at the least.
    block: i64,
    clock: Clock,
    balance: Mutex<Balance>,
}

#[derive(Default)]
struct Balance {
    /// When it was reserved.
    at: i64,
    left: i64,
}

impl Budget {
    pub fn new((store, connection): (Store, i64), limit: Option<u64>, block: i64, clock: Clock) -> Budget {
        let limit = limit.map(|limit| i64::try_from(limit).unwrap_or(i64::MAX));
        Budget { store, connection, limit, block, clock, balance: Mutex::default() }
    }

    /// Draws what a call costs. False when the day's allowance of its lane is used up.
    pub async fn draw(&self, lane: Lane, price: u32) -> Result<bool, StoreError> {
        let Some(limit) = self.limit else { return Ok(true) };
        let price = i64::from(price);
        let mut balance = self.balance.lock().await;
        let now = self.clock.now().millis();
        if balance.at.div_euclid(HOUR) != now.div_euclid(HOUR) {
            // Credits count in the hour in which they were reserved, so they are not carried into another one.
            self.give_back(&mut balance).await?;
        }
        if balance.left < price {
            // Lower lanes leave a part of the day to the higher ones.
            let rank = Lane::ALL.iter().position(|other| *other == lane).unwrap_or(0) as i64;
            let allowed = limit - limit / 20 * rank;
            let block = (price - balance.left).max(self.block);
            let granted = self.store.reserve_credits(self.connection, now, block, allowed).await?;
            balance.at = now;
            balance.left += granted;
        }
        let enough = balance.left >= price;
        if enough {
            balance.left -= price;
        }
        Ok(enough)
    }

    /// The call cost more than it was thought to.
    pub async fn draw_more(&self, credits: u32) {
        if credits > 0 {
            self.balance.lock().await.left -= i64::from(credits);
        }
    }

    /// Gives back what was reserved and not spent.
    pub async fn close(&self) {
        let mut balance = self.balance.lock().await;
        if let Err(error) = self.give_back(&mut balance).await {
            tracing::warn!(connection = self.connection, code = error.code, "unspent credits stay reserved");
        }
    }

    async fn give_back(&self, balance: &mut Balance) -> Result<(), StoreError> {
        if balance.left != 0 {
            self.store.return_credits(self.connection, balance.at, balance.left).await?;
            balance.left = 0;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicI64, Ordering};

    #[tokio::test]
    async fn two_processes_and_a_restart_keep_to_one_allowance() {
        let store = Store::in_memory().unwrap();
        let now = Arc::new(AtomicI64::new(50 * HOUR));
        let budget = || Budget::new((store.clone(), 7), Some(1_000), BLOCK, Clock::manual(Arc::clone(&now)));
        let (one, other) = (budget(), budget());
        let mut spent = 0;
        for n in 0..600 {
            let process = if n % 2 == 0 { &one } else { &other };
            spent += if process.draw(Lane::Interactive, 3).await.unwrap() { 3 } else { 0 };
        }
        assert!((990..=1_000).contains(&spent), "{spent}");
        assert!(!budget().draw(Lane::Interactive, 3).await.unwrap(), "started anew, it remembers");
        now.store(76 * HOUR, Ordering::SeqCst);
        assert!(one.draw(Lane::Interactive, 3).await.unwrap(), "a day later they are there again");
    }

    // K-28
    #[tokio::test]
    async fn a_first_load_leaves_credits_to_people() {
        let store = Store::in_memory().unwrap();
        let budget = Budget::new((store, 7), Some(1_000), BLOCK, Clock::system());
        while budget.draw(Lane::Backfill, 10).await.unwrap() {}
        assert!(budget.draw(Lane::Interactive, 10).await.unwrap());
    }

    #[tokio::test]
    async fn what_is_not_spent_is_given_back() {
        let store = Store::in_memory().unwrap();
        let budget = Budget::new((store.clone(), 7), Some(1_000), BLOCK, Clock::system());
        assert!(budget.draw(Lane::Poll, 30).await.unwrap());
        budget.draw_more(5).await;
        budget.close().await;
        let now = Clock::system().now().millis();
        assert_eq!(store.credits_used(7, now).await.unwrap(), 35);
    }

    // K-28
    #[tokio::test]
    async fn what_draws_each_call_by_itself_keeps_nothing_reserved_even_if_it_is_killed() {
        let store = Store::in_memory().unwrap();
        let budget = Budget::new((store.clone(), 7), Some(1_000), EACH, Clock::system());
        for _ in 0..3 {
            assert!(budget.draw(Lane::Interactive, 2).await.unwrap());
        }
        drop(budget);
        let now = Clock::system().now().millis();
        assert_eq!(store.credits_used(7, now).await.unwrap(), 6);
    }
}
