//! Readings back that are owed: whatever we wrote is to be seen on its side before both sides are said to agree.
//!
//! A reading that shows just what was written changes nothing, so nothing is stored for it: which records are awaited is known in memory only. What an earlier
//! process wrote counts as read back when the settled cursors have passed it.

use foldhash::{HashSet, fast::RandomState};
use musubi_core::{RemoteId, Side, Sides};
use std::hash::BuildHasher;

/// The records whose reading back is owed.
#[derive(Default, Debug)]
pub(super) struct Awaited {
    /// Digests of their ids: after a load there are as many as records.
    ids: Sides<HashSet<u64>>,
    /// How many an earlier process left.
    before: i64,
    hasher: RandomState,
}

impl Awaited {
    /// After a start: so many were owed by then.
    pub fn new(before: i64) -> Awaited {
        Awaited { before, ..Awaited::default() }
    }

    /// We wrote this record.
    pub fn wrote(&mut self, side: Side, id: &RemoteId) {
        let digest = self.hasher.hash_one(id);
        self.ids.get_mut(side).insert(digest);
    }

    /// It was read, or nobody waits for that any more.
    pub fn saw(&mut self, side: Side, id: &RemoteId) {
        let ids = self.ids.get_mut(side);
        if !ids.is_empty() {
            ids.remove(&self.hasher.hash_one(id));
        }
    }

    /// Our write of this record was not read back yet.
    pub fn contains(&self, side: Side, id: &RemoteId) -> bool {
        self.ids.get(side).contains(&self.hasher.hash_one(id))
    }

    /// Everything we wrote to these sides was listed.
    pub fn passed(&mut self, sides: Sides<bool>) {
        for side in Side::BOTH {
            if *sides.get(side) {
                self.ids.get_mut(side).clear();
            }
        }
        if sides.left && sides.right {
            self.before = 0;
        }
    }

    /// How many are owed.
    pub fn count(&self) -> i64 {
        self.before + self.ids.left.len() as i64 + self.ids.right.len() as i64
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
        awaited.passed(Sides { left: true, right: false });
        assert_eq!(awaited.count(), 3, "what was left by an earlier process may be on either side");
        awaited.passed(Sides { left: true, right: true });
        assert_eq!(awaited.count(), 0);
    }
}
