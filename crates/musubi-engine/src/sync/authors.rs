//! Who changed a record last, as its service told: for the journal, which says why something was written.

use foldhash::HashMap;
use musubi_core::{Observation, RemoteId, Side};

/// So many are remembered at most: from the reading of a change until the answer to what it caused.
const KEPT: usize = 2_000;

/// Names, by record.
#[derive(Default, Debug)]
pub(super) struct Authors(HashMap<(Side, RemoteId), Box<str>>);

impl Authors {
    /// A record was seen to have changed.
    pub fn saw(&mut self, side: Side, row: &Observation) {
        match &row.modified_by {
            Some(name) => {
                if self.0.len() >= KEPT {
                    self.0.clear();
                }
                self.0.insert((side, row.id.clone()), name.clone());
            }
            None if self.0.is_empty() => {}
            // Whoever it was before, it may have been another now.
            None => drop(self.0.remove(&(side, row.id.clone()))),
        }
    }

    /// Who changed it last, if that was told.
    pub fn of(&self, side: Side, id: &RemoteId) -> Option<&str> {
        if self.0.is_empty() {
            return None; // In a load nobody is asked for: nothing is copied to look.
        }
        self.0.get(&(side, id.clone())).map(AsRef::as_ref)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use musubi_core::Instant;

    #[test]
    fn the_last_one_counts_and_nobody_is_blamed_for_another() {
        let row = |by: Option<&str>| Observation {
            id: "1".into(),
            modified: Instant::START,
            created: None,
            created_by: None,
            modified_by: by.map(Into::into),
            member: musubi_core::Membership::Inside,
            slots: Vec::new().into(),
        };
        let mut authors = Authors::default();
        authors.saw(Side::Left, &row(Some("Suzuki")));
        authors.saw(Side::Left, &row(Some("Sato")));
        assert_eq!(authors.of(Side::Left, &"1".into()), Some("Sato"));
        assert_eq!(authors.of(Side::Right, &"1".into()), None);
        authors.saw(Side::Left, &row(None));
        assert_eq!(authors.of(Side::Left, &"1".into()), None);
    }
}
