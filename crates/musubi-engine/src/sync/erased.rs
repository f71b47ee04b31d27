//! Records that were erased on request. Of each there is left its id, so that it is not taken for new while a service still holds it: nothing of it is stored and
//! nothing is written because of it. Such a row never reaches any other decision; only a person who links it by hand takes it back.

use super::{
    Sync,
    decision::{Decision, Order, Upshot},
    desk::Draft,
    known::{Known, Unlinked, encode_memory, link_state, unlinked_state},
};
use musubi_core::{RemoteId, Side, Sides, link::Memory};
use musubi_store::{MatchRow, UnlinkedRow};

/// The state of what is left of a record.
pub const STATE: i64 = unlinked_state::ERASED;

/// What is left of a record.
pub fn tombstone(side: Side, id: &str) -> UnlinkedRow {
    let body = encode_memory(&Memory::unknown(0), false, 0);
    UnlinkedRow { side, id: id.to_owned(), state: STATE, due: 0, body }
}

impl Order {
    /// It only takes away from what is remembered, which needs no work with the services.
    pub(super) fn erases(&self) -> bool {
        matches!(self, Order::Erase { .. })
    }
}

impl Sync {
    /// Erases what these records left behind here, and their counterparts with them. `None`: an operation is under way, which comes first: of what it may have
    /// done the other service has to be asked.
    pub(super) fn erase(
        &mut self,
        ids: &Sides<Option<RemoteId>>,
        known: &mut Known,
        draft: &mut Draft,
    ) -> Option<Upshot> {
        let mut records: Vec<(Side, RemoteId)> = Vec::new();
        let mut links: Vec<usize> = Vec::new();
        for side in Side::BOTH {
            let Some(id) = ids.get(side) else { continue };
            records.push((side, id.clone()));
            if let Some(at) = known.link_at(side, id) {
                links.push(at);
                records.push((side.other(), known.links[at].ids.get(side.other()).clone()));
            }
        }
        records.sort_unstable();
        records.dedup();
        links.dedup();
        let creating = records.iter().any(|(side, id)| self.flights.creating(*side, id).is_some());
        if creating || links.iter().any(|at| known.links[*at].in_flight) {
            return None;
        }
        for at in links {
            self.erase_link(at, known, draft);
        }
        for (side, id) in records {
            if let Some(unlinked) = known.unlinked.get_mut(&(side, id.clone())) {
                unlinked.gone = true;
                let keys: Vec<_> =
                    self.rules().mapping.match_keys(|slot| unlinked.memory.current(slot)).collect();
                if unlinked.memory.outside {
                    self.stand_aside(side, &keys, known);
                }
                draft.changes.keys_delete.extend(rows(side, &id, keys));
            }
            self.forget_tries(side, &id);
            let text = id.to_string();
            draft.changes.parked_delete.push((side, text.clone()));
            draft.changes.attention_close_of.push((side, text.clone()));
            // What hangs on it is told that it gets no counterpart.
            draft.changes.stuck.push((side, text.clone()));
            draft.changes.unlinked_put.push(tombstone(side, &text));
            known.erased.insert((side, id));
        }
        self.count("erased");
        Some("erase.done".into())
    }

    fn erase_link(&mut self, at: usize, known: &mut Known, draft: &mut Draft) {
        draft.updates.retain(|update| update.link != at);
        let ids = known.links[at].ids.clone();
        self.owed -= i64::from(known.links[at].was == link_state::OWED);
        self.released.remove(&ids.left);
        known.links[at].put = false;
        draft.changes.links_delete.push(ids.left.to_string());
        for side in Side::BOTH {
            let keys = self.match_keys(&known.links[at], side);
            draft.changes.keys_delete.extend(rows(side, ids.get(side), keys));
            known.link_of.remove(&(side, ids.get(side).clone()));
            self.awaited.saw(side, ids.get(side));
        }
    }

    /// An erased record was read: what it holds is not looked at.
    pub(super) fn see_erased(&mut self, side: Side, id: &RemoteId) -> bool {
        self.awaited.saw(side, id);
        self.count_record("skipped.erased", id.as_str());
        false
    }

    /// A person ties this record by hand: it is one like any other again, of which nothing is known yet.
    pub(super) fn take_back_erased(&self, side: Side, id: &RemoteId, known: &mut Known) {
        let key = (side, id.clone());
        if known.erased.remove(&key) {
            let memory = Memory::unknown(self.rules().mapping.pairs.len());
            let (state, was) = (unlinked_state::IDLE, Some(STATE));
            known.unlinked.insert(key, Unlinked { state, was, memory, put: false, gone: false, ours: false });
        }
    }

    /// Those that erase, and the others.
    pub(super) fn sort_erasures(decisions: Vec<Decision>) -> (Vec<Decision>, Vec<Decision>) {
        decisions.into_iter().partition(|decision| decision.order.erases())
    }
}

fn rows<'a>(side: Side, id: &'a RemoteId, keys: Vec<[u8; 16]>) -> impl Iterator<Item = MatchRow> + use<'a> {
    keys.into_iter().map(move |key| MatchRow { side, key, id: id.to_string() })
}
