//! Which records are to be read again, and when. There may be hundreds of thousands of them, so the next one due is found without looking at the others.

use musubi_core::RemoteId;
use std::collections::{BTreeMap, BTreeSet};

/// Records to read again, by id and by the time they are due.
#[derive(Default, Debug)]
pub(super) struct Rereads {
    due: BTreeMap<RemoteId, i64>,
    order: BTreeSet<(i64, RemoteId)>,
}

impl Rereads {
    /// Reads `id` again at `due`, or earlier if that was wanted before.
    pub fn want(&mut self, id: &RemoteId, due: i64) {
        match self.due.get_mut(id) {
            Some(before) if *before <= due => return,
            Some(before) => {
                self.order.remove(&(*before, id.clone()));
                *before = due;
            }
            None => {
                self.due.insert(id.clone(), due);
            }
        }
        self.order.insert((due, id.clone()));
    }

    /// It was read.
    pub fn read(&mut self, id: &RemoteId) {
        if let Some(due) = self.due.remove(id) {
            self.order.remove(&(due, id.clone()));
        }
    }

    /// Those that are due at `now`, the longest due first.
    pub fn due(&self, now: i64) -> impl Iterator<Item = &RemoteId> {
        self.order.iter().take_while(move |(due, _)| *due <= now).map(|(_, id)| id)
    }

    /// When the next one is due after `now`.
    pub fn next_after(&self, now: i64) -> Option<i64> {
        self.order.range((now + 1, RemoteId::new(""))..).next().map(|(due, _)| *due)
    }

    pub fn contains(&self, id: &RemoteId) -> bool {
        self.due.contains_key(id)
    }

    pub fn is_empty(&self) -> bool {
        self.due.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earlier_time_counts_and_what_was_read_is_forgotten() {
        let [a, b] = ["a", "b"].map(RemoteId::new);
        let mut rereads = Rereads::default();
        rereads.want(&a, 30);
        rereads.want(&b, 20);
        rereads.want(&a, 10);
        rereads.want(&a, 40);
        assert_eq!(rereads.due(20).collect::<Vec<_>>(), [&a, &b]);
        assert_eq!(rereads.due(15).collect::<Vec<_>>(), [&a]);
        assert_eq!(
            (rereads.next_after(9), rereads.next_after(10), rereads.next_after(20)),
            (Some(10), Some(20), None)
        );
        rereads.read(&a);
        assert!(!rereads.contains(&a));
        assert_eq!(rereads.due(100).collect::<Vec<_>>(), [&b]);
        rereads.read(&b);
        assert!(rereads.is_empty() && rereads.next_after(0).is_none());
    }
}
