//! The time of day, as an argument.

use musubi_core::Instant;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Tells the local time. Only for the life of tokens and for pauses: cursors take the service's time from its answers.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Instant + Send + Sync>);

impl Clock {
    /// The machine's clock.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place of this crate that reads the machine's clock"
    )]
    pub fn system() -> Clock {
        Clock(Arc::new(|| {
            let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
            Instant::from_millis(
                since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX)),
            )
        }))
    }

    /// A clock that stands still until it is moved, in milliseconds since 1970.
    pub fn manual(millis: Arc<AtomicI64>) -> Clock {
        Clock(Arc::new(move || Instant::from_millis(millis.load(Ordering::SeqCst))))
    }

    /// The time now.
    pub fn now(&self) -> Instant {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}
