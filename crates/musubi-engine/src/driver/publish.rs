//! What others see of a module sync while it is driven.

use super::{Drive, TELL_EVERY};
use crate::pace::Pace;
use crate::sync::Phase;

impl Drive<'_> {
    pub(super) fn publish(&mut self, now: i64) {
        let quiet_since = self.sync.quiet_since();
        let told = {
            let live = self.own.live.borrow();
            live.quiet_since.is_some() == quiet_since.is_some() && live.phase == Some(self.sync.state().phase)
        };
        if now - self.told_at < TELL_EVERY && told {
            self.untold = true;
            return;
        }
        self.untold = false;
        self.told_at = now;
        let (seen, look) = (self.before.seen + self.seen, self.wishes.look);
        let seconds_left = self.seconds_left(now);
        self.own.live.send_modify(|live| {
            live.look = look;
            live.seen = seen;
            live.hear(&self.sync, &self.before);
            live.seconds_left = seconds_left;
        });
    }

    /// About how long the load under way still takes.
    fn seconds_left(&mut self, now: i64) -> Option<u64> {
        let state = self.sync.state();
        if state.phase == Phase::Steady {
            self.pace = Pace::default();
            return None;
        }
        let sides = [&state.sides.left, &state.sides.right];
        let scanned = sides.iter().map(|side| side.scanned).sum();
        let expected = sides.iter().map(|side| side.expected.unwrap_or(0).max(side.scanned)).sum();
        self.pace.look(now, scanned, expected)
    }
}
