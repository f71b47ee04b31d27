//! Ids that follow one another, as a listing in the order of the ids brings them: one walk along the index finds what is stored of them, instead of a look for each.

use foldhash::HashSet;

/// From so many ids on a walk is worth its while.
const WORTH_A_WALK: usize = 50;

/// Ids that a walk may find.
pub(crate) struct Stretch<'a> {
    /// The first id.
    pub first: &'a str,
    /// The last one.
    pub last: &'a str,
    /// A walk that finds so many rows meets too much that was not asked for: look for each id.
    pub limit: i64,
    wanted: HashSet<&'a str>,
}

impl<'a> Stretch<'a> {
    /// If these ids are one: numbers of one length, which every collation sorts alike, in order.
    pub fn of(ids: &[&'a str]) -> Option<Stretch<'a>> {
        let (first, last) = (*ids.first()?, *ids.last()?);
        let in_order = ids.is_sorted() || ids.is_sorted_by(|a, b| a >= b);
        let alike = |id: &&str| id.len() == first.len() && id.bytes().all(|byte| byte.is_ascii_digit());
        if ids.len() < WORTH_A_WALK || !in_order || !ids.iter().all(alike) {
            return None;
        }
        let wanted = ids.iter().copied().collect();
        Some(Stretch { first: first.min(last), last: first.max(last), limit: 2 * ids.len() as i64, wanted })
    }

    /// What was asked for of the rows that a walk found; nothing if it met too many.
    pub fn take<T>(&self, mut rows: Vec<T>, id: impl Fn(&T) -> &str) -> Option<Vec<T>> {
        if rows.len() as i64 >= self.limit {
            return None;
        }
        rows.retain(|row| self.wanted.contains(id(row)));
        Some(rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_of_one_length_in_order_are_walked() {
        let ids = |from: u32, step: u32| -> Vec<String> {
            (0..60).map(|n| (from + n * step).to_string()).collect()
        };
        let walked = |ids: &[String]| {
            let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
            Stretch::of(&ids).map(|stretch| (stretch.first.to_owned(), stretch.last.to_owned()))
        };
        let forth = ids(1_000, 3);
        let back: Vec<String> = forth.iter().rev().cloned().collect();
        assert_eq!(walked(&forth), Some(("1000".into(), "1177".into())));
        assert_eq!(walked(&back), walked(&forth));
        assert_eq!(walked(&ids(990, 3)), None, "of two lengths");
        assert_eq!(walked(&forth[..40]), None, "too few");
        let mut mixed = forth;
        mixed.swap(3, 30);
        assert_eq!(walked(&mixed), None);
        mixed.swap(3, 30);
        mixed[5] = "10a5".into();
        assert_eq!(walked(&mixed), None);
    }

    #[test]
    fn a_walk_gives_what_was_asked_for_or_gives_up() {
        let ids: Vec<String> = (100..160).map(|n| n.to_string()).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let stretch = Stretch::of(&ids).unwrap();
        assert_eq!(stretch.take(vec!["100", "099", "130"], |id| id), Some(vec!["100", "130"]));
        assert_eq!(stretch.take(vec!["100"; 120], |id| id), None);
    }
}
