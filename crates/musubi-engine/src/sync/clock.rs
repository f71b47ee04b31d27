//! A service's clock, as its answers tell it. Somebody may set it forward: what was stamped before that, and is listed late, lies far behind what it says now.
//! A cursor that believed the new time at once would pass it by, so for the bound on lag the old time is gone on with (I7).

/// What is known of one service's clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ServiceClock {
    /// How far ahead of our own it was a step ago, and when it was first seen to be further ahead since.
    stepped: Option<(i64, i64)>,
}

impl ServiceClock {
    /// An answer said `said` at our time `now`. `offset` is how far the service was ahead of us before, if it is known. Gives what it is now taken to be.
    pub fn hear(&mut self, said: i64, now: i64, offset: Option<i64>, slack: i64, lag: i64) -> i64 {
        let ahead = said - now;
        let Some(before) = offset else { return ahead };
        if ahead - before <= slack {
            self.stepped = None;
            return ahead;
        }
        let (_, since) = *self.stepped.get_or_insert((before, now));
        if now - since < lag {
            return before;
        }
        self.stepped = None;
        ahead
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_forward_is_believed_after_the_bound_on_lag() {
        let mut clock = ServiceClock::default();
        let mut hear = |said, now, offset| clock.hear(said, now, offset, 3_000, 12_000);
        assert_eq!(hear(5_000, 4_000, None), 1_000);
        assert_eq!(hear(6_000, 5_500, Some(1_000)), 500, "noise");
        assert_eq!(hear(97_000, 6_000, Some(500)), 500, "a step");
        assert_eq!(hear(108_000, 17_000, Some(500)), 500, "not yet");
        assert_eq!(hear(110_000, 19_000, Some(500)), 91_000);
        assert_eq!(hear(19_000, 20_000, Some(91_000)), -1_000, "a step back is believed at once");
    }
}
