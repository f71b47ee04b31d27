//! How far a journal was followed by its numbers, though they do not become durable in their order.

use musubi_store::JournalRow;
use std::collections::BTreeMap;

/// So many looks a number that was passed over is waited for: it is on its way, or its commit failed.
const LOOKS: u32 = 40;

/// How far the journal of one module sync was followed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tailed {
    /// The highest number that was seen.
    last: i64,
    /// Lower ones that were not there yet, and for how many more looks they are waited for: two add entries, each by itself (`sync/numbers.rs`).
    missing: BTreeMap<i64, u32>,
}

impl From<i64> for Tailed {
    fn from(last: i64) -> Tailed {
        Tailed { last, missing: BTreeMap::new() }
    }
}

impl Tailed {
    /// After which number the journal that ends at `end` is to be read, at most its last `most` entries; `None`: there is nothing new.
    pub fn after(&self, end: i64, most: i64) -> Option<i64> {
        let missing = self.missing.first_key_value().map(|(number, _)| number - 1);
        (missing.is_some() || self.last < end).then(|| missing.unwrap_or(self.last).max(end - most))
    }

    /// Takes in what was read after that number; gives what was not seen before.
    pub fn take(&mut self, after: i64, rows: Vec<JournalRow>) -> Vec<JournalRow> {
        self.missing.retain(|number, looks| {
            *looks -= 1;
            *number > after
        });
        self.last = self.last.max(after);
        let mut fresh = Vec::with_capacity(rows.len());
        for row in rows {
            let is_new = row.seq > self.last;
            if is_new {
                self.missing.extend((self.last + 1..row.seq).map(|number| (number, LOOKS)));
                self.last = row.seq;
            }
            if self.missing.remove(&row.seq).is_some() || is_new {
                fresh.push(row);
            }
        }
        self.missing.retain(|_, looks| *looks > 0);
        fresh
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use musubi_core::Side;

    fn row(seq: i64) -> JournalRow {
        let (left_id, right_id) = (None, None);
        JournalRow { seq, at: 0, side: Side::Left, left_id, right_id, kind: 0, body: Vec::new() }
    }

    /// Looks at a journal of these numbers: what is told.
    fn look(tailed: &mut Tailed, journal: &[i64], most: i64) -> Vec<i64> {
        let Some(after) = tailed.after(journal.last().copied().unwrap_or(0), most) else { return Vec::new() };
        let rows = journal.iter().filter(|seq| **seq > after).map(|seq| row(*seq)).collect();
        tailed.take(after, rows).into_iter().map(|row| row.seq).collect()
    }

    #[test]
    fn what_becomes_durable_late_is_told_once() {
        let mut tailed = Tailed::from(2);
        assert_eq!(look(&mut tailed, &[1, 2, 5], 9), [5]);
        assert_eq!(look(&mut tailed, &[1, 2, 4, 5], 9), [4]);
        assert_eq!(look(&mut tailed, &[1, 2, 4, 5, 6], 9), [6]);
        assert_eq!(look(&mut tailed, &[1, 2, 3, 4, 5, 6], 9), [3]);
        assert_eq!(tailed.after(6, 9), None, "nothing is waited for any more");
    }

    #[test]
    fn what_never_comes_is_not_waited_for_for_ever_nor_what_is_too_far_back() {
        let mut tailed = Tailed::default();
        assert_eq!(look(&mut tailed, &[1, 3], 9), [1, 3]);
        for _ in 0..LOOKS {
            assert_eq!(look(&mut tailed, &[1, 3], 9), [0_i64; 0]);
        }
        assert_eq!(tailed.after(3, 9), None);
        assert_eq!(look(&mut tailed, &[1, 3, 5, 20, 21], 2), [20, 21]);
        assert_eq!(tailed.after(21, 2), None);
    }
}
