//! Ids: decimal int64 numbers, increasing, never the same in two orgs.

use serde::{Deserialize, Serialize};

/// The id counter of one org.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Ids {
    next: i64,
}

impl Ids {
    /// A counter for the org of this number; orgs are seven leading digits apart, as real ones are.
    pub fn new(org_number: i64) -> Ids {
        // Seven digits for any number of orgs: the step and the range meet again after two million of them.
        let leading = 1_000_000 + (4_725_767 + org_number * 1_602_628).rem_euclid(8_000_000);
        Ids { next: leading * 1_000_000_000_000 + 26_001 }
    }

    /// A fresh id.
    pub fn fresh(&mut self) -> i64 {
        self.next += 1;
        self.next - 1
    }

    /// Makes sure that ids seen in a replayed log are not handed out again.
    pub fn skip_past(&mut self, id: i64) {
        self.next = self.next.max(id + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_org_has_leading_digits_of_its_own() {
        let leading = |number| Ids::new(number).fresh() / 1_000_000_000_000;
        assert_eq!([leading(0), leading(1), leading(2)], [5_725_767, 7_328_395, 8_931_023]);
        let all: HashSet<i64> = (0..10_000).map(leading).collect();
        assert!(all.len() == 10_000 && all.iter().all(|leading| (1_000_000..9_000_000).contains(leading)));
    }
}
