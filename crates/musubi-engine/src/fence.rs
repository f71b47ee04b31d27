//! What may still be sent: a request leaves only if it will have ended before the lease does (DESIGN §2.13), and not after a stop.

use musubi_connector::Clock;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tokio::sync::watch;

/// Shared by the driver and the calls it started.
#[derive(Clone)]
pub(crate) struct Fence {
    until: Arc<AtomicI64>,
    closed: Arc<watch::Sender<bool>>,
    clock: Clock,
}

impl Fence {
    pub fn new(until: i64, clock: Clock) -> Fence {
        Fence { until: Arc::new(AtomicI64::new(until)), closed: Arc::new(watch::Sender::new(false)), clock }
    }

    /// The lease holds until then.
    pub fn extend(&self, until: i64) {
        self.until.fetch_max(until, Ordering::Release);
    }

    /// Calls that wait at the gate are not sent any more.
    pub fn close(&self) {
        self.closed.send_replace(true);
    }

    /// The local time.
    pub fn now(&self) -> musubi_core::Instant {
        self.clock.now()
    }

    /// Ends when nothing may be sent any more.
    pub async fn closed(&self) {
        let mut closed = self.closed.subscribe();
        if closed.wait_for(|closed| *closed).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// May a request that takes up to `timeout` milliseconds go now?
    pub fn lets_through(&self, timeout: i64) -> bool {
        let ends = self.clock.now().millis() + timeout;
        !*self.closed.borrow() && ends <= self.until.load(Ordering::Acquire)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_that_would_outlive_the_lease_does_not_go() {
        let now = Arc::new(AtomicI64::new(1_000));
        let fence = Fence::new(5_000, Clock::manual(Arc::clone(&now)));
        assert!(fence.lets_through(4_000));
        assert!(!fence.lets_through(4_001));
        fence.extend(9_000);
        assert!(fence.lets_through(8_000));
        fence.close();
        assert!(!fence.lets_through(1));
    }
}
