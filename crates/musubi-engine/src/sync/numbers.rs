//! The numbers of journal entries.

use super::state::SyncState;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Gives the entries of one module sync their numbers: each once, ever higher.
///
/// The machine and the follower of attachments commit entries each by itself, while the same lease is held. So they share these, and a higher number may be durable before a lower one; a
/// number whose commit failed is left out.
#[derive(Clone, Debug)]
pub struct JournalNumbers(Arc<AtomicI64>);

impl Default for JournalNumbers {
    fn default() -> JournalNumbers {
        JournalNumbers::after(None, 0)
    }
}

impl JournalNumbers {
    /// Goes on after what is stored, which is to be read once the lease is held: nobody else adds an entry then. The state of the machine knows of entries that are forgotten
    /// by now, the `last` number in the journal of those that the machine did not add.
    pub fn after(state: Option<&[u8]>, last: i64) -> JournalNumbers {
        let known = state.map_or(1, |state| SyncState::decode(state).next_journal);
        JournalNumbers(Arc::new(AtomicI64::new(known.max(last + 1))))
    }

    /// The number of one more entry.
    pub fn take(&self) -> i64 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }

    /// The number that is given next.
    pub fn next(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_go_on_after_all_that_was_ever_given() {
        let state = SyncState { next_journal: 5, ..SyncState::default() }.encode();
        for (state, last, next) in [(None, 0, 1), (Some(&state[..]), 0, 5), (Some(&state[..]), 4, 5)] {
            assert_eq!(JournalNumbers::after(state, last).take(), next);
        }
        let numbers = JournalNumbers::after(Some(&state[..]), 8);
        assert_eq!((numbers.take(), numbers.clone().take(), numbers.next()), (9, 10, 11));
    }
}
