//! Readings back that are owed: whatever we wrote is to be seen on its side before both sides are said to agree.
//!
//! A reading that shows just what was written changes nothing, so nothing is stored for it: which records are awaited is known in memory only. What an earlier
//! process wrote counts as read back when both sides were looked through from their settled cursors by this one.

use foldhash::HashSet;
use musubi_core::{RemoteId, Side, Sides};
use roaring::RoaringTreemap;

/// The records whose reading back is owed.
#[derive(Default, Debug)]
pub(super) struct Awaited {
    ids: Sides<Ids>,
    /// How many an earlier process left.
    before: i64,
    /// The sides that were looked through since.
    looked: Sides<bool>,
}

/// Some records of one side. After a load there are as many as records: a million ids that are numbers, and nearly consecutive ones, take two megabytes here.
#[derive(Default, Debug)]
struct Ids {
    numbers: RoaringTreemap,
    others: HashSet<RemoteId>,
}

impl Ids {
    fn insert(&mut self, id: &RemoteId) {
        match number(id) {
            Some(number) => drop(self.numbers.insert(number)),
            None => drop(self.others.insert(id.clone())),
        }
    }

    fn remove(&mut self, id: &RemoteId) {
        match number(id) {
            Some(number) => drop(self.numbers.remove(number)),
            None => drop(self.others.remove(id)),
        }
    }

    fn contains(&self, id: &RemoteId) -> bool {
        match number(id) {
            Some(number) => self.numbers.contains(number),
            None => self.others.contains(id),
        }
    }

    fn len(&self) -> i64 {
        self.numbers.len() as i64 + self.others.len() as i64
    }

    fn is_empty(&self) -> bool {
        self.numbers.is_empty() && self.others.is_empty()
    }
}

/// An id that is a number, written as numbers are.
fn number(id: &RemoteId) -> Option<u64> {
    let text = id.as_str();
    let plain = text.as_bytes().first().is_some_and(|first| (b'1'..=b'9').contains(first));
    plain.then(|| text.parse().ok()).flatten()
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
            *self.ids.get_mut(side) = Ids::default();
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

    #[test]
    fn ids_that_are_no_numbers_are_told_apart_as_well() {
        let mut ids = Ids::default();
        let several = ["1", "01", "+1", "18446744073709551616", "", "lead-1", "18446744073709551615"];
        for (at, id) in several.map(RemoteId::new).iter().enumerate() {
            assert!(!ids.contains(id), "{id}");
            ids.insert(id);
            assert_eq!((ids.contains(id), ids.len()), (true, at as i64 + 1));
        }
        several.map(RemoteId::new).iter().for_each(|id| ids.remove(id));
        assert!(ids.is_empty());
    }
}
