//! About how long a load still takes, by the pace of the last half minute.

/// So far back the pace is looked at, in milliseconds.
const WINDOW: i64 = 30_000;
/// The marks are so far apart, at least.
const APART: i64 = 500;
/// What was done in less time says nothing yet.
const LEAST: i64 = 2_000;

/// How many records were read by when.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    marks: Vec<(i64, u64)>,
}

impl Pace {
    /// So many records are read now, of so many. Gives the seconds that are left, where that can be told.
    pub fn look(&mut self, now: i64, scanned: u64, expected: u64) -> Option<u64> {
        if self.marks.last().is_some_and(|(_, last)| *last > scanned) {
            // A smaller number is a new load.
            self.marks.clear();
        }
        self.marks.retain(|(at, _)| now - at < WINDOW);
        if self.marks.last().is_none_or(|(at, last)| *last != scanned && now - at >= APART) {
            self.marks.push((now, scanned));
        }
        let (began, first) = *self.marks.first()?;
        let (spent, done) = (now - began, scanned - first);
        if spent < LEAST || done == 0 || expected <= scanned {
            return None;
        }
        let millis = u128::from(expected - scanned) * u128::from(spent.unsigned_abs()) / u128::from(done);
        u64::try_from(millis.div_ceil(1_000)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(marks: &[(i64, u64)], expected: u64, left: Option<u64>) {
        let mut pace = Pace::default();
        let told = marks.iter().map(|(at, scanned)| pace.look(*at, *scanned, expected)).last().flatten();
        assert_eq!(told, left);
    }

    #[test]
    fn the_time_left_is_told_by_the_pace_and_only_when_there_is_one() {
        check(&[(0, 0), (10_000, 100)], 300, Some(20));
        check(&[(0, 0), (500, 100)], 300, None);
        check(&[(0, 5), (9_000, 5)], 300, None);
        check(&[(0, 0), (10_000, 300)], 300, None);
        check(&[(0, 0)], 300, None);
        // What was done long ago does not count, and a load that stands still takes longer.
        check(&[(0, 0), (40_000, 100), (50_000, 200)], 300, Some(10));
        check(&[(0, 0), (10_000, 100), (20_000, 100)], 300, Some(40));
        // A new load begins.
        check(&[(0, 0), (10_000, 100), (11_000, 3)], 300, None);
    }
}
