//! Seconds in which more records were modified than a page holds. They can only be gone through by page tokens, and a token is a place in a list that moves:
//! a record that was passed and is then modified leaves its place, and the one behind the next token slips through. The record that left shows it: it comes
//! again, later in the list, modified while the second was gone through, or among the deletions. Then that second is read once more (I7).

use foldhash::{HashMap, fast::RandomState};
use musubi_connector::Deleted;
use musubi_core::{Instant, Observation, RemoteId};
use std::hash::BuildHasher;

/// One second that was gone through by page tokens.
#[derive(Clone, Copy, Debug)]
struct Second {
    second: Instant,
    /// What was modified before this had its place when the reading began.
    from: Instant,
    /// What was modified after this was passed undisturbed.
    until: Instant,
    poll: u64,
}

/// The overfull seconds of the last polls.
#[derive(Default, Debug)]
pub(super) struct Overfull {
    seconds: Vec<Second>,
    /// Digests of the ids that were passed: where they stood.
    passed: HashMap<u64, u32>,
    hasher: RandomState,
    poll: u64,
}

impl Overfull {
    /// A page of this second was read, and a token follows it. `lag`: how late the list may show what it is.
    pub fn pass(&mut self, second: Instant, rows: &[Observation], read_at: Instant, lag: i64) {
        let known = self.seconds.last().is_some_and(|last| last.second == second && last.poll == self.poll);
        if !known {
            let from = read_at.plus_millis(-lag);
            self.seconds.push(Second { second, from, until: read_at, poll: self.poll });
        }
        let at = self.seconds.len() as u32 - 1;
        for row in rows.iter().filter(|row| row.modified.floor_second() == second) {
            self.passed.insert(self.hasher.hash_one(&row.id), at);
        }
        self.reach(second, read_at);
    }

    /// The second was still being gone through then.
    pub fn reach(&mut self, second: Instant, read_at: Instant) {
        if let Some(last) = self.seconds.last_mut().filter(|last| last.second == second) {
            last.until = read_at.floor_second().plus_millis(1_000);
        }
    }

    /// The earliest second from which one of these rows moved away while it was gone through.
    pub fn left_by(&mut self, rows: &[Observation]) -> Option<Instant> {
        rows.iter()
            .filter_map(|row| {
                self.left(&row.id, row.modified, |second| row.modified.floor_second() != second)
            })
            .min()
    }

    /// The earliest second from which one of these was deleted while it was gone through.
    pub fn left_by_deleted(&mut self, rows: &[Deleted]) -> Option<Instant> {
        rows.iter().filter_map(|row| self.left(&row.id, row.at, |_| true)).min()
    }

    fn left(&mut self, id: &RemoteId, at: Instant, moved: impl Fn(Instant) -> bool) -> Option<Instant> {
        // Most rows are of another time, which costs less to tell than where they stood.
        let within = |second: &Second| at >= second.from && at <= second.until;
        if !self.seconds.iter().any(within) {
            return None;
        }
        let digest = self.hasher.hash_one(id);
        let second = self.seconds[*self.passed.get(&digest)? as usize];
        if !moved(second.second) {
            return None;
        }
        self.passed.remove(&digest);
        within(&second).then_some(second.second)
    }

    /// The earliest second that the present poll went through.
    pub fn earliest(&self) -> Option<Instant> {
        self.seconds.iter().filter(|second| second.poll == self.poll).map(|second| second.second).min()
    }

    /// A settled poll is complete: what the polls before it passed has shown by now whether it moved.
    pub fn settled(&mut self) {
        let poll = self.poll;
        self.poll += 1;
        if self.seconds.iter().all(|second| second.poll < poll) {
            self.seconds.clear();
            self.passed.clear();
        } else {
            let seconds = &self.seconds;
            self.passed.retain(|_, at| seconds[*at as usize].poll == poll);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: &str, modified: i64) -> Observation {
        let modified = Instant::from_seconds(modified);
        Observation {
            id: id.into(),
            modified,
            created: None,
            created_by: None,
            modified_by: None,
            member: musubi_core::Membership::Inside,
            slots: Vec::new().into(),
        }
    }

    #[test]
    fn a_row_that_left_its_second_while_it_was_read_is_told_once() {
        let at = Instant::from_seconds;
        let mut overfull = Overfull::default();
        overfull.pass(at(25), &[row("1", 25), row("2", 25)], at(47), 12_000);
        overfull.reach(at(25), at(48));
        assert_eq!(overfull.left_by(&[row("3", 46), row("1", 25)]), None);
        assert_eq!(overfull.left_by(&[row("1", 60)]), None, "modified after the second was read");
        assert_eq!(overfull.left_by(&[row("2", 46)]), Some(at(25)));
        assert_eq!(overfull.left_by(&[row("2", 46)]), None);
    }

    #[test]
    fn a_row_that_was_deleted_while_its_second_was_read_is_told_once() {
        let at = Instant::from_seconds;
        let mut overfull = Overfull::default();
        overfull.pass(at(45), &[row("1", 45), row("2", 45), row("3", 45)], at(47), 12_000);
        assert_eq!(overfull.earliest(), Some(at(45)));
        let gone = |id: &str, seconds| Deleted {
            id: id.into(),
            at: at(seconds),
            by: None,
            created_by: None,
            converted: None,
        };
        assert_eq!(
            overfull.left_by_deleted(&[gone("1", 20), gone("9", 46)]),
            None,
            "before, or never passed"
        );
        assert_eq!(
            overfull.left_by_deleted(&[gone("2", 45)]),
            Some(at(45)),
            "in its own second, and the list lags"
        );
        assert_eq!(overfull.left_by_deleted(&[gone("2", 45)]), None);
        overfull.settled();
        assert_eq!(overfull.earliest(), None);
        assert_eq!(overfull.left_by_deleted(&[gone("3", 47)]), Some(at(45)), "told after the poll");
    }

    #[test]
    fn it_is_forgotten_after_the_next_settled_poll() {
        let at = Instant::from_seconds;
        let mut overfull = Overfull::default();
        overfull.pass(at(25), &[row("1", 25), row("2", 25)], at(47), 12_000);
        overfull.settled();
        assert_eq!(overfull.left_by(&[row("1", 46)]), Some(at(25)), "the next poll may show it");
        overfull.settled();
        assert_eq!(overfull.left_by(&[row("2", 46)]), None);
    }
}
