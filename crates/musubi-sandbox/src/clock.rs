//! The sandbox's clock: real time plus an offset that the control API moves.
//!
//! Every time the sandbox stores, prints or compares comes from here, the `Date` header included, so a client
//! that takes its time from the server can be walked through weeks in a test.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{Timestamp, tz::TimeZone};

/// A clock that runs at the speed of real time, shifted by a settable offset.
#[derive(Debug, Default)]
pub struct Clock {
    offset_ms: AtomicI64,
}

impl Clock {
    /// The present instant in milliseconds since 1970.
    pub fn now_ms(&self) -> i64 {
        real_now_ms() + self.offset_ms.load(Ordering::Relaxed)
    }

    /// The present instant in whole seconds, as the services stamp records.
    pub fn now(&self) -> i64 {
        self.now_ms().div_euclid(1000)
    }

    /// The offset against real time in milliseconds.
    pub fn offset_ms(&self) -> i64 {
        self.offset_ms.load(Ordering::Relaxed)
    }

    /// Sets the offset against real time.
    pub fn set_offset_ms(&self, offset: i64) {
        self.offset_ms.store(offset, Ordering::Relaxed);
    }

    /// Moves the clock by some milliseconds, backwards too.
    pub fn advance_ms(&self, by: i64) {
        self.offset_ms.fetch_add(by, Ordering::Relaxed);
    }

    /// Makes the clock show this instant now; it keeps running.
    pub fn set_ms(&self, instant_ms: i64) {
        self.set_offset_ms(instant_ms - real_now_ms());
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads real time")]
fn real_now_ms() -> i64 {
    Timestamp::now().as_millisecond()
}

/// An HTTP date (`Sun, 22 Nov 2026 08:00:00 GMT`).
pub fn http_date(seconds: i64) -> String {
    instant(seconds).to_zoned(TimeZone::UTC).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// The instant of a count of seconds; out-of-range counts are clamped.
pub fn instant(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds.clamp(-300_000_000_000, 250_000_000_000)).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Parses an ISO date-time with offset or `Z` to whole seconds. A `+` that a query string turned into a space is taken back.
pub fn parse_instant(text: &str) -> Option<i64> {
    let text = text.trim();
    let parsed: Result<Timestamp, _> = text.parse();
    match parsed {
        Ok(t) => Some(t.as_second()),
        Err(_) if text.contains(' ') => {
            text.replacen(' ', "+", 1).parse::<Timestamp>().ok().map(|t| t.as_second())
        }
        Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moves_and_keeps_running() {
        let clock = Clock::default();
        let before = clock.now();
        clock.advance_ms(86_400_000);
        assert!(clock.now() >= before + 86_400);
        clock.set_ms(1_000_000_000_000);
        assert!((1_000_000_000..1_000_000_005).contains(&clock.now()));
    }

    #[test]
    fn prints_and_parses() {
        assert_eq!(http_date(784_111_777), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(parse_instant("2026-05-14T12:53:58+03:00"), Some(1_778_752_438));
        assert_eq!(parse_instant("2026-05-14T09:53:58Z"), Some(1_778_752_438));
        assert_eq!(parse_instant("2026-05-14T12:53:58 03:00"), Some(1_778_752_438));
        assert_eq!(parse_instant("Tomorrow"), None);
    }
}
