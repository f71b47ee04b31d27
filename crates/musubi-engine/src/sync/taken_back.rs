//! What an undo of some entries of a pair's journal wants back: a calculation that the hub and the simulator share.

use super::journal::{Entry, JournalKind};
use musubi_core::{Side, Value};

/// A value that is to come back.
#[derive(Clone, Debug, PartialEq)]
pub struct TakenBack {
    /// The side that we wrote to.
    pub side: Side,
    /// The slot, in the present mapping.
    pub slot: u16,
    /// What we wrote last.
    pub wrote: Value,
    /// What was there before us.
    pub back: Value,
}

/// What undoing these entries, the oldest first, wants back. `slot`: where a slot of an earlier mapping stands now.
///
/// Going back from the last write, a value is followed as long as it is one that we wrote: what a person wrote in between is what comes back.
pub fn taken_back(entries: &[Entry], slot: impl Fn(u32, u16) -> Option<u16>) -> Vec<TakenBack> {
    let mut found: Vec<TakenBack> = Vec::new();
    let writes = |entry: &&Entry| matches!(entry.kind, JournalKind::Updated | JournalKind::Undone);
    for entry in entries.iter().filter(writes) {
        for (was, before, after) in &entry.changes {
            let (Some(slot), Some(before)) = (slot(entry.mapping, *was), before) else { continue };
            let known = found.iter_mut().find(|one| (one.side, one.slot) == (entry.side, slot));
            match known {
                Some(known) => {
                    if known.wrote != *before {
                        known.back = before.clone();
                    }
                    known.wrote = after.clone();
                }
                None => found.push(TakenBack {
                    side: entry.side,
                    slot,
                    wrote: after.clone(),
                    back: before.clone(),
                }),
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::journal::Cause;
    use musubi_core::Sides;

    fn entry(kind: JournalKind, before: &str, after: &str) -> Entry {
        let changes = vec![(0, Some(Value::text(before)), Value::text(after))];
        let ids = Sides { left: Some("l".into()), right: Some("r".into()) };
        Entry { kind, side: Side::Right, ids, mapping: 1, changes, cause: Cause::default() }
    }

    fn back(entries: &[Entry]) -> Option<(Value, Value)> {
        let found = taken_back(entries, |_, slot| Some(slot));
        found.into_iter().next().map(|one| (one.wrote, one.back))
    }

    #[test]
    fn our_own_values_are_followed_back_and_a_persons_is_not_passed() {
        use JournalKind::Updated;
        let texts = |wrote: &str, back: &str| Some((Value::text(wrote), Value::text(back)));
        let ours = [entry(Updated, "old", "1"), entry(Updated, "1", "2")];
        assert_eq!(back(&ours), texts("2", "old"));
        let between = [entry(Updated, "old", "1"), entry(Updated, "person", "2")];
        assert_eq!(back(&between), texts("2", "person"));
        assert_eq!(back(&[entry(JournalKind::Decided, "a", "b")]), None);
        let undone = [entry(Updated, "old", "1"), entry(JournalKind::Undone, "1", "old")];
        assert_eq!(back(&undone), texts("old", "old"));
    }
}
