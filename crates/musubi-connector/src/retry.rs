//! What to do after a failed call: decided here, apart from the request that failed. Pure.

use crate::{CallError, CallErrorKind};
use std::time::Duration;

/// What kind of call failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// It changes nothing.
    Read,
    /// It may have changed something.
    Write,
}

/// What the caller shall do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Next {
    /// The same call again after [`call_delay`].
    Again,
    /// The same call again when the gate lets it; tell the gate that the service throttled us.
    Slower,
    /// Whether it was done is not known: find out by reading, never by repeating (DESIGN §2.7).
    Resolve,
    /// Start the listing again.
    Restart,
    /// Read the schema again, then decide.
    Describe,
    /// Only a person can help.
    Stop,
}

/// Decides from the kind of the error and the kind of the call alone.
pub fn next(error: &CallError, effect: Effect) -> Next {
    match (error.kind, effect) {
        (CallErrorKind::NotSent, _) | (CallErrorKind::Unknown, Effect::Read) => Next::Again,
        (CallErrorKind::Unknown, Effect::Write) => Next::Resolve,
        (CallErrorKind::Throttled, _) => Next::Slower,
        (CallErrorKind::CursorLost, _) => Next::Restart,
        (CallErrorKind::SchemaChanged, _) => Next::Describe,
        (CallErrorKind::Auth | CallErrorKind::Refused, _) => Next::Stop,
    }
}

const fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

/// When a record that failed is tried again, counted from its last failure.
pub const ITEM_SCHEDULE: [Duration; 10] = [
    seconds(5),
    seconds(30),
    seconds(2 * 60),
    seconds(10 * 60),
    seconds(30 * 60),
    seconds(3600),
    seconds(3 * 3600),
    seconds(6 * 3600),
    seconds(12 * 3600),
    seconds(24 * 3600),
];

/// The pause after so many failures of one record (1 for the first); `None` when the schedule is used up and a person has to look.
pub fn item_delay(failures: u32) -> Option<Duration> {
    let index = usize::try_from(failures.checked_sub(1)?).ok()?;
    ITEM_SCHEDULE.get(index).copied()
}

/// The pause before a call is repeated after so many failures in a row (1 for the first): 200 ms, doubling to 30 s, scaled by `jitter`
/// between one half (0) and the whole (1,000).
pub fn call_delay(failures: u32, jitter_per_mille: u16) -> Duration {
    let full = 200u64.saturating_mul(1 << failures.saturating_sub(1).min(20)).min(30_000);
    let jitter = u64::from(jitter_per_mille.min(1000));
    Duration::from_millis(full / 2 + full / 2 * jitter / 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_that_may_have_happened_is_never_repeated() {
        let error = |kind| CallError::new(kind, "X", "x");
        for kind in [
            CallErrorKind::NotSent,
            CallErrorKind::Unknown,
            CallErrorKind::Throttled,
            CallErrorKind::Auth,
            CallErrorKind::Refused,
            CallErrorKind::SchemaChanged,
            CallErrorKind::CursorLost,
        ] {
            let repeats = matches!(next(&error(kind), Effect::Write), Next::Again | Next::Slower);
            assert_eq!(
                repeats,
                matches!(kind, CallErrorKind::NotSent | CallErrorKind::Throttled),
                "{kind:?}"
            );
        }
        assert_eq!(next(&error(CallErrorKind::Unknown), Effect::Read), Next::Again);
    }

    #[test]
    fn the_schedule_grows_and_ends() {
        let delays: Vec<_> = (1..).map_while(item_delay).collect();
        assert_eq!(delays.len(), 10);
        assert!(delays.is_sorted());
        assert_eq!(item_delay(0), None);
        assert_eq!(item_delay(11), None);
    }

    #[test]
    fn calls_back_off_within_bounds() {
        assert_eq!(call_delay(1, 1000), Duration::from_millis(200));
        assert_eq!(call_delay(1, 0), Duration::from_millis(100));
        assert_eq!(call_delay(u32::MAX, 1000), Duration::from_secs(30));
        assert_eq!(call_delay(u32::MAX, u16::MAX), Duration::from_secs(30));
    }
}
