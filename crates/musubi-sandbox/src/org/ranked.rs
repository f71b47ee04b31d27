//! An ordered set that also answers "which entry is the n-th": the one index structure of the sandbox.
//!
//! Entries are `(key, slot)` pairs in chunks of bounded size, so an insert moves a few kilobytes at most, and the
//! n-th entry is found by adding up chunk lengths. It serves as list order (by id, by time), as look-up by hash
//! (many slots per key) and as child list of a lookup.

const CHUNK: usize = 512;

/// One entry: what it is ordered by, and the record's slot.
pub type Entry = (i64, u32);

/// The ordered set. See the module's description.
#[derive(Debug, Default, Clone)]
pub struct Ranked {
    chunks: Vec<Vec<Entry>>,
    lasts: Vec<Entry>,
    len: usize,
}

impl Ranked {
    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Adds an entry; an entry already there stays single.
    pub fn insert(&mut self, entry: Entry) {
        let Some(last_chunk) = self.chunks.len().checked_sub(1) else {
            self.chunks.push(vec![entry]);
            self.lasts.push(entry);
            self.len = 1;
            return;
        };
        let at = self.lasts.partition_point(|last| *last < entry).min(last_chunk);
        let chunk = &mut self.chunks[at];
        match chunk.binary_search(&entry) {
            Ok(_) => return,
            Err(place) => chunk.insert(place, entry),
        }
        self.len += 1;
        if chunk.len() > CHUNK {
            // An append-only order leaves full chunks behind, any other one half-full ones.
            let keep = if at == last_chunk && chunk.last() == Some(&entry) { CHUNK } else { CHUNK / 2 };
            let rest = chunk.split_off(keep);
            self.lasts[at] = self.chunks[at][keep - 1];
            self.lasts.insert(at + 1, rest[rest.len() - 1]);
            self.chunks.insert(at + 1, rest);
        } else {
            self.lasts[at] = chunk[chunk.len() - 1];
        }
    }

    /// Takes an entry out; says whether it was there.
    pub fn remove(&mut self, entry: Entry) -> bool {
        let at = self.lasts.partition_point(|last| *last < entry);
        let Some(chunk) = self.chunks.get_mut(at) else { return false };
        let Ok(place) = chunk.binary_search(&entry) else { return false };
        chunk.remove(place);
        self.len -= 1;
        match chunk.last() {
            Some(last) => self.lasts[at] = *last,
            None => {
                self.chunks.remove(at);
                self.lasts.remove(at);
            }
        }
        true
    }

    /// How many entries are smaller than this one.
    pub fn rank(&self, entry: Entry) -> usize {
        let at = self.lasts.partition_point(|last| *last < entry);
        let before: usize = self.chunks[..at].iter().map(Vec::len).sum();
        before + self.chunks.get(at).map_or(0, |chunk| chunk.partition_point(|e| *e < entry))
    }

    /// The entries from the n-th on, ascending.
    pub fn ascending_from(&self, mut nth: usize) -> impl Iterator<Item = Entry> + '_ {
        let mut at = 0;
        while at < self.chunks.len() && nth >= self.chunks[at].len() {
            nth -= self.chunks[at].len();
            at += 1;
        }
        let first = self.chunks.get(at).map_or(&[][..], |chunk| &chunk[nth..]);
        let rest = self.chunks.get(at + 1..).unwrap_or(&[]);
        first.iter().chain(rest.iter().flatten()).copied()
    }

    /// The entries before the n-th (counted ascending), descending; with `len()` that is all of them.
    pub fn descending_before(&self, nth: usize) -> impl Iterator<Item = Entry> + '_ {
        let mut left = nth.min(self.len);
        let mut at = 0;
        while at < self.chunks.len() && left > self.chunks[at].len() {
            left -= self.chunks[at].len();
            at += 1;
        }
        let first = self.chunks.get(at).map_or(&[][..], |chunk| &chunk[..left]);
        first.iter().rev().chain(self.chunks[..at].iter().rev().flat_map(|c| c.iter().rev())).copied()
    }

    /// The slots that have this key, ascending.
    pub fn slots(&self, key: i64) -> impl Iterator<Item = u32> + '_ {
        let from = self.rank((key, 0));
        self.ascending_from(from).take_while(move |e| e.0 == key).map(|e| e.1)
    }

    /// All entries, ascending.
    pub fn iter(&self) -> impl Iterator<Item = Entry> + '_ {
        self.ascending_from(0)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn behaves_as_an_ordered_set(steps in prop::collection::vec((any::<bool>(), 0i64..900, 0u32..3), 0..3000)) {
            let mut ranked = Ranked::default();
            let mut model = BTreeSet::new();
            for (add, key, slot) in steps {
                if add {
                    ranked.insert((key, slot));
                    model.insert((key, slot));
                } else {
                    prop_assert_eq!(ranked.remove((key, slot)), model.remove(&(key, slot)));
                }
            }
            let all: Vec<Entry> = model.iter().copied().collect();
            prop_assert_eq!(ranked.len(), all.len());
            prop_assert_eq!(ranked.iter().collect::<Vec<_>>(), all.clone());
            for n in [0, 1, all.len() / 2, all.len()] {
                prop_assert_eq!(ranked.ascending_from(n).collect::<Vec<_>>(), all[n.min(all.len())..].to_vec());
                let mut reversed = all[..n.min(all.len())].to_vec();
                reversed.reverse();
                prop_assert_eq!(ranked.descending_before(n).collect::<Vec<_>>(), reversed);
            }
            for key in [0i64, 450, 899] {
                prop_assert_eq!(ranked.rank((key, 0)), all.iter().filter(|e| **e < (key, 0)).count());
            }
        }
    }

    #[test]
    fn appending_keeps_chunks_full() {
        let mut ranked = Ranked::default();
        for i in 0..10_000 {
            ranked.insert((i, 0));
        }
        assert!(ranked.chunks.len() <= 10_000 / CHUNK + 1);
    }
}
