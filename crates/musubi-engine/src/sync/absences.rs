//! Whether records that were told to be deleted are really not there. Between the deletion and what it does to the other record time passes: a merge has to be
//! ruled out, a person to be asked. Whoever restores the record meanwhile undoes the deletion, and a record that is back tells nobody but who asks for it (I3).

use super::Sync;
use foldhash::HashMap;
use musubi_core::{RemoteId, Side, mutant::Mutant};

#[derive(Clone, Copy, Debug)]
enum Seen {
    /// It was not there at this time.
    Absent(i64),
    /// It was there, by a reading so soon after the deletion that it may tell of the time before: read again at this time.
    There(i64),
}

/// What was seen of the records of one side.
#[derive(Debug, Default)]
pub(super) struct Absences(HashMap<RemoteId, Seen>);

impl Absences {
    /// A reading by id did not find it.
    pub fn saw(&mut self, id: &RemoteId, now: i64) {
        self.0.insert(id.clone(), Seen::Absent(now));
    }

    /// A reading by id found it, which counts only if it does so again at this time.
    pub fn doubt(&mut self, id: &RemoteId, again: i64) {
        self.0.insert(id.clone(), Seen::There(again));
    }

    /// What was seen counts no more: it is there again, the deletion is carried over, or waits for a person.
    pub fn forget(&mut self, id: &RemoteId) {
        self.0.remove(id);
    }
}

impl Sync {
    /// In how many milliseconds the record is to be read before anything is done upon its deletion; `None`: just now it was not there.
    pub(super) fn doubts_deletion(&self, side: Side, id: &RemoteId) -> Option<i64> {
        if self.rules().mutant.is(Mutant::DeleteRestored) {
            return None;
        }
        match self.absences.get(side).0.get(id) {
            Some(Seen::Absent(at)) if self.now - at <= self.plan.settings.absence_counts() => None,
            Some(Seen::There(again)) => Some((again - self.now).max(0)),
            _ => Some(0),
        }
    }
}
