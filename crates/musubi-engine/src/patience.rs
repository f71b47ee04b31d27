//! How long a module pair that cannot be worked on waits before it is tried again: each try asks the services what they have, and costs credits.

use std::time::Duration;

/// After the first failure.
const FIRST: Duration = Duration::from_secs(2);
/// After this long at work, what failed before counts no more.
const MENDED: Duration = Duration::from_secs(60);

/// Counts the failures in a row.
#[derive(Default)]
pub(crate) struct Patience {
    failures: u32,
}

impl Patience {
    /// Somebody changed what it may have failed at.
    pub fn anew(&mut self) {
        self.failures = 0;
    }

    /// It was worked on for so long, whatever came then.
    pub fn tried(&mut self, long: Duration) {
        if long >= MENDED {
            self.anew();
        }
    }

    /// It failed with this code. Gives how long to wait: twice as long each time.
    pub fn failed(&mut self, code: &str) -> Duration {
        let wait = FIRST.saturating_mul(1 << self.failures.min(10)).min(longest(code));
        self.failures = self.failures.saturating_add(1);
        wait
    }
}

/// A database or a network comes back by itself, and costs nothing to ask. A field or a list view that is gone needs a person.
fn longest(code: &str) -> Duration {
    match code.split_once('.') {
        Some(("store", _)) => Duration::from_secs(5),
        Some(("connection", what)) if what != "schema_changed" => Duration::from_secs(15),
        _ => Duration::from_secs(300),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_needs_a_person_is_asked_for_less_and_less_often() {
        let mut patience = Patience::default();
        let ten: Vec<u64> = (0..10).map(|_| patience.failed("scope.view").as_secs()).collect();
        assert_eq!(ten, [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
        assert_eq!(patience.failed("connection.refused").as_secs(), 15);
        assert_eq!(patience.failed("store.unavailable").as_secs(), 5);
        patience.tried(Duration::from_secs(59));
        assert_eq!(patience.failed("mapping.invalid").as_secs(), 300);
        patience.tried(Duration::from_secs(60));
        assert_eq!(patience.failed("mapping.invalid").as_secs(), 2);
        assert_eq!(patience.failed("mapping.invalid").as_secs(), 4);
        patience.anew();
        assert_eq!(patience.failed("mapping.invalid").as_secs(), 2);
        assert!((0..100).all(|_| patience.failed("mapping.invalid").as_secs() <= 300));
    }
}
