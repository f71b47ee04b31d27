//! Calls that are carried through even when whoever made them goes away.

use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

/// When the server stops, calls under way have so long to end.
const GRACE: Duration = Duration::from_secs(10);

/// The calls under way.
#[derive(Default)]
pub struct Calls {
    tasks: Mutex<JoinSet<()>>,
}

impl Calls {
    /// Carries the work through and gives what it gave; `None` if it broke.
    pub async fn carry<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Option<T> {
        let (tell, told) = oneshot::channel();
        {
            let mut tasks = self.tasks();
            while tasks.try_join_next().is_some() {}
            tasks.spawn(async move {
                // Whoever asked may be gone.
                let _ = tell.send(work.await);
            });
        }
        told.await.ok()
    }

    /// Lets what is under way end, and cuts off what takes too long.
    pub async fn stop(&self) {
        let mut tasks = std::mem::take(&mut *self.tasks());
        let all = async { while tasks.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(GRACE, all).await;
        tasks.shutdown().await;
    }

    fn tasks(&self) -> MutexGuard<'_, JoinSet<()>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[tokio::test(start_paused = true)]
    async fn a_call_whose_caller_goes_away_is_carried_through() {
        let (calls, done) = (Calls::default(), Arc::new(AtomicU32::new(0)));
        let work = |for_ms: u64| {
            let done = Arc::clone(&done);
            async move {
                tokio::time::sleep(Duration::from_millis(for_ms)).await;
                done.fetch_add(1, Ordering::Relaxed) + 1
            }
        };
        assert_eq!(calls.carry(work(1)).await, Some(1));
        assert!(tokio::time::timeout(Duration::from_millis(5), calls.carry(work(100))).await.is_err());
        calls.stop().await;
        assert_eq!(done.load(Ordering::Relaxed), 2);
        assert!(tokio::time::timeout(Duration::from_millis(5), calls.carry(work(60_000))).await.is_err());
        calls.stop().await;
        assert_eq!(done.load(Ordering::Relaxed), 2, "what hangs does not hold the server");
    }
}
