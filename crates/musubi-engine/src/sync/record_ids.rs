//! Sets of records that may hold all of them: a million ids that are numbers, and nearly consecutive ones, take two megabytes here.

use foldhash::HashSet;
use musubi_core::RemoteId;
use roaring::RoaringTreemap;

/// Some records of one side.
#[derive(Default, Debug)]
pub(super) struct RecordIds {
    numbers: RoaringTreemap,
    others: HashSet<RemoteId>,
}

impl RecordIds {
    pub fn insert(&mut self, id: &RemoteId) {
        match number(id) {
            Some(number) => drop(self.numbers.insert(number)),
            None => drop(self.others.insert(id.clone())),
        }
    }

    pub fn remove(&mut self, id: &RemoteId) {
        match number(id) {
            Some(number) => drop(self.numbers.remove(number)),
            None => drop(self.others.remove(id)),
        }
    }

    pub fn contains(&self, id: &RemoteId) -> bool {
        match number(id) {
            Some(number) => self.numbers.contains(number),
            None => self.others.contains(id),
        }
    }

    pub fn len(&self) -> i64 {
        self.numbers.len() as i64 + self.others.len() as i64
    }

    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty() && self.others.is_empty()
    }
}

/// An id that is a number, written as numbers are.
fn number(id: &RemoteId) -> Option<u64> {
    let text = id.as_str();
    let plain = text.as_bytes().first().is_some_and(|first| (b'1'..=b'9').contains(first));
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_are_no_numbers_are_told_apart_as_well() {
        let mut ids = RecordIds::default();
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
