//! What others see of a module sync while it is driven.

use super::{Drive, TELL_EVERY};

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
        self.own.live.send_modify(|live| {
            live.look = look;
            live.seen = seen;
            live.hear(&self.sync, &self.before);
        });
    }
}
