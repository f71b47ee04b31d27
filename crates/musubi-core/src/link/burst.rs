//! What tells two automations that undo each other's work through us (I6).

use crate::{Instant, Side, codec::Writer};

/// How often we wrote a value that we had written before: somebody had put it back meanwhile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Burst {
    /// When the count was last reduced.
    pub since: Instant,
    /// Repeated writes, less one for each window that passed.
    pub count: u16,
    /// Digests of what we wrote last.
    pub recent: Vec<u32>,
}

impl Burst {
    /// How many writes are remembered.
    const KEPT: usize = 8;

    /// Takes in that `assignments` are written to `side`.
    pub fn wrote(
        &mut self,
        side: Side,
        assignments: &[crate::reconcile::Assignment],
        now: Instant,
        window: i64,
    ) {
        let passed = now.since(self.since).div_euclid(window.max(1));
        if passed > 0 {
            self.count = self.count.saturating_sub(u16::try_from(passed).unwrap_or(u16::MAX));
            self.since = now;
        }
        let mut again = false;
        for assignment in assignments {
            let mut bytes = Writer::default();
            bytes.unsigned(u64::from(assignment.slot) * 2 + side.number() as u64);
            bytes.value(&assignment.value);
            let digest = xxhash_rust::xxh3::xxh3_64(&bytes.finish()) as u32;
            again |= self.recent.contains(&digest);
            self.recent.retain(|recent| *recent != digest);
            self.recent.push(digest);
        }
        self.count = self.count.saturating_add(u16::from(again));
        let surplus = self.recent.len().saturating_sub(Burst::KEPT);
        self.recent.drain(..surplus);
    }
}
