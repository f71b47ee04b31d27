//! Readings back that are owed: whatever we wrote is to be seen on its side before both sides are said to agree.
//!
//! A reading that shows just what was written changes nothing, so nothing is stored for it: which records are awaited is known in memory only. What an earlier
//! process wrote counts as read back when both sides were looked through from their settled cursors by this one.

use super::record_ids::RecordIds;
use musubi_core::{RemoteId, Side, Sides};

/// The records whose reading back is owed.
#[derive(Default, Debug)]
pub(super) struct Awaited {
    ids: Sides<RecordIds>,
    /// How many an earlier process left.
    before: i64,
    /// The sides that were looked through since.
    looked: Sides<bool>,
}

impl Awaited {
    /// After a start: so many were owed by then.
    pub fn new(before: i64) -> Awaited {
        Awaited { before, ..Awaited::default() }
    }

    /// We wrote this record.
    pub fn wrote(&mut self, side: Side, id: &RemoteId) {
        self.ids.get_mut(side).insert(id);
    }

    /// It was read, or nobody waits for that any more.
    pub fn saw(&mut self, side: Side, id: &RemoteId) {
        let ids = self.ids.get_mut(side);
        if !ids.is_empty() {
            ids.remove(id);
        }
    }

    /// Our write of this record was not read back yet.
    pub fn contains(&self, side: Side, id: &RemoteId) -> bool {
        self.ids.get(side).contains(id)
    }

    /// A settled look at this side is complete. `passed`: by now everything that we wrote to it must have been listed.
    pub fn looked(&mut self, side: Side, passed: bool) {
        if passed {
            *self.ids.get_mut(side) = RecordIds::default();
        }
        *self.looked.get_mut(side) = true;
        if self.looked.left && self.looked.right {
            self.before = 0;
        }
    }

    /// How many are owed.
    pub fn count(&self) -> i64 {
        self.before + self.ids.left.len() + self.ids.right.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_owed_until_it_is_read_or_passed() {
        let id = RemoteId::new;
        let mut awaited = Awaited::new(2);
        awaited.wrote(Side::Left, &id("1"));
        awaited.wrote(Side::Left, &id("1"));
        awaited.wrote(Side::Right, &id("1"));
        assert_eq!(awaited.count(), 4);
        awaited.saw(Side::Left, &id("1"));
        assert!(!awaited.contains(Side::Left, &id("1")) && awaited.contains(Side::Right, &id("1")));
        awaited.looked(Side::Left, false);
        assert_eq!(awaited.count(), 3, "what was left by an earlier process may be on either side");
        awaited.looked(Side::Right, false);
        assert_eq!(awaited.count(), 1);
        awaited.looked(Side::Right, true);
        assert_eq!(awaited.count(), 0);
    }
}
