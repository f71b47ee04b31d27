//! The time of day, as an argument.

use musubi_core::Instant;
use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Tells the local time. Only for the life of tokens and for pauses: cursors take the service's time from its answers.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Instant + Send + Sync>);

impl Clock {
    /// The machine's clock, without its steps back: nothing that waits for a time is held up when somebody sets it.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place of this crate that reads the machine's clock"
    )]
    pub fn system() -> Clock {
        let wall = || {
            let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
            since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
        };
        let steady = Mutex::new(Steady::starting(wall(), std::time::Instant::now()));
        Clock(Arc::new(move || {
            let mut steady = steady.lock().unwrap_or_else(PoisonError::into_inner);
            Instant::from_millis(steady.now(wall(), std::time::Instant::now()))
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

/// The time of day that never goes back, from one that may and from one that only runs while the machine is awake.
struct Steady {
    wall: i64,
    awake: std::time::Instant,
}

impl Steady {
    /// So far may the two clocks drift apart before the time of day is believed again.
    const DRIFT: i64 = 1_000;

    fn starting(wall: i64, awake: std::time::Instant) -> Steady {
        Steady { wall, awake }
    }

    fn now(&mut self, wall: i64, awake: std::time::Instant) -> i64 {
        let passed = i64::try_from(awake.duration_since(self.awake).as_millis()).unwrap_or(i64::MAX);
        let expected = self.wall.saturating_add(passed);
        if wall > expected + Steady::DRIFT {
            // Set forward, or the machine slept.
            *self = Steady { wall, awake };
            return wall;
        }
        expected
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "a place on the clock that runs, to count from")]
    fn it_follows_steps_forward_and_ignores_steps_back() {
        let begin = std::time::Instant::now();
        let after = |millis| begin + Duration::from_millis(millis);
        let mut steady = Steady::starting(1_000_000, begin);
        assert_eq!(steady.now(1_000_010, after(10)), 1_000_010);
        assert_eq!(steady.now(400_000, after(20)), 1_000_020, "set back by ten minutes");
        assert_eq!(steady.now(4_600_000, after(30)), 4_600_000, "slept for an hour");
        assert_eq!(steady.now(1_000_040, after(40)), 4_600_010, "and the hour was taken back");
    }
}
