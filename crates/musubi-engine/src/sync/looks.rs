//! When a side is looked at again, and which of its records are read.

use super::{CallId, rereads::Rereads};
use musubi_core::{Instant, RemoteId};
use musubi_store::HintRow;

/// When to look at a side again, and which records of it to read.
#[derive(Default, Debug)]
pub(super) struct Looks {
    pub wanted: bool,
    /// The service tells of changes by itself until this local time.
    pub watched: Option<i64>,
    /// Local time at which the last complete look began.
    pub looked_at: Option<i64>,
    /// The call number at which it began.
    pub look_call: CallId,
    /// Local time at which the last complete settled look began.
    pub settled_at: Option<i64>,
    pub deleted_wanted: bool,
    /// The next look is to be a settled one.
    pub settle_wanted: bool,
    pub deleted_asked: bool,
    pub interval: i64,
    pub next_at: i64,
    /// Decide the owed links after the next look.
    pub owed_after_look: bool,
    /// Hints not read yet.
    pub hints: Vec<HintRow>,
    /// Records to read again, and when.
    pub rereads: Rereads,
    pub reading: usize,
    /// Records that did not come when asked for.
    pub missing: Vec<Missing>,
    /// Local time at which the last complete question for deletions was asked.
    pub deleted_at: Option<i64>,
    /// Local time at which deletions were asked for.
    pub deleted_since: i64,
    /// From which time on deletions were asked for.
    pub deleted_from: Instant,
    /// The call number at which deletions were asked for.
    pub deleted_call: CallId,
    /// The page of deletions to ask for next.
    pub deleted_page: u32,
}

/// A record that did not come when it was asked for.
#[derive(Clone, Debug)]
pub(super) struct Missing {
    pub id: RemoteId,
    /// The call number then.
    pub call: CallId,
    /// It was there at that time: if it was deleted, then later, whatever the cursor of deletions has passed.
    pub seen: Instant,
}

impl Looks {
    /// The service tells of changes by itself until then. Whenever that becomes another time – the channel was opened, renewed or lost – something may have slipped
    /// through: the next look comes soon, and after one that was opened or lost the looks grow rarer step by step again.
    pub fn hear_watched(&mut self, until: Option<i64>, now: i64, soon: i64) {
        let before = std::mem::replace(&mut self.watched, until);
        if before == until {
            return;
        }
        if before.is_some() != until.is_some() {
            self.interval = self.interval.min(soon);
        }
        self.next_at = self.next_at.min(now + soon);
    }

    pub fn is_quiet(&self) -> bool {
        !self.wanted
            && self.hints.is_empty()
            && self.rereads.is_empty()
            && self.reading == 0
            && !self.deleted_asked
            && !self.deleted_wanted
    }
}
