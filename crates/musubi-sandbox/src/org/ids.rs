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
        Ids { next: (5_725_767 + org_number * 1_602_628) * 1_000_000_000_000 + 26_001 }
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
