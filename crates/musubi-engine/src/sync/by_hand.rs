//! Pairs that a person makes or takes apart. What a person tied stays tied, whatever the match keys say; what a person took apart is not tied again by them.

use super::{
    Sync,
    decision::{Decision, Upshot},
    desk::{Draft, Job},
    journal::JournalKind,
    known::{Known, Unlinked, link_state, unlinked_state},
    unlinked::afresh,
};
use musubi_core::{LinkBody, RemoteId, Side, Sides, link::Memory};
use musubi_store::MatchRow;

/// Nobody has read one of the two.
const NOT_SEEN: &str = "link.not_seen";

impl Sync {
    /// These two are a pair from now on (I4: only if neither is one of another). `None`: a copy of one of them is being made, which comes first, or one was not
    /// read yet in the load under way.
    pub(super) fn link_by_hand(
        &mut self,
        ids: &Sides<RemoteId>,
        decision: &Decision,
        known: &mut Known,
        draft: &mut Draft,
    ) -> Option<Upshot> {
        if Side::BOTH.iter().any(|side| self.flights.creating(*side, ids.get(*side)).is_some()) {
            return None;
        }
        Side::BOTH.iter().for_each(|side| self.take_back_erased(*side, ids.get(*side), known));
        let why = why_not(ids, known);
        if why == Some(NOT_SEEN) && self.is_loading() {
            self.promised.extend(Side::BOTH.map(|side| (side, ids.get(side).clone())));
            return None;
        }
        let mut kept = Side::BOTH.map(|side| (side, ids.get(side).clone())).to_vec();
        kept.retain(|record| self.promised.remove(record) && known.unlinked.contains_key(record));
        if let Some(why) = why {
            if !kept.is_empty() {
                self.jobs.push_back(Job::Again { ids: kept, asked: false });
            }
            return Some(why.into());
        }
        let mut body = LinkBody::unknown(self.rules().version, self.rules().mapping.pairs.len());
        for side in Side::BOTH {
            let mut memory = free_memory(side, ids.get(side), known);
            // What is known of it may be old by now: both are read before anything is written.
            memory.doubted = true;
            *body.sides.get_mut(side) = memory;
        }
        for side in Side::BOTH {
            self.let_go_of_tombstone(side, ids, known, draft);
            let id = ids.get(side);
            if let Some(unlinked) = known.unlinked.get_mut(&(side, id.clone())) {
                unlinked.gone = true;
            }
            draft.changes.parked_delete.push((side, id.to_string()));
            self.read_again(side, id, 0);
        }
        let at = known.add_link(ids.clone(), link_state::SETTLED, body);
        known.links[at].state = link_state::OWED;
        known.links[at].put = true;
        for side in Side::BOTH {
            let keys = self.match_keys(&known.links[at], side);
            draft.changes.keys_put.extend(keys.into_iter().map(|key| MatchRow {
                side,
                key,
                id: ids.get(side).to_string(),
            }));
        }
        self.close_attention(ids, draft);
        self.comes_out(&mut known.links[at].came_out, "linked");
        self.journal_by(JournalKind::Linked, Side::Right, ids, Vec::new(), &decision.by, draft);
        Some("link.done".into())
    }

    /// A pair that was taken apart keeps its row, so that neither is taken for new. When one of the two gets another counterpart the row goes, and the record that
    /// is left over is like any other without one.
    fn let_go_of_tombstone(
        &mut self,
        side: Side,
        ids: &Sides<RemoteId>,
        known: &mut Known,
        draft: &mut Draft,
    ) {
        let Some(at) = known.link_at(side, ids.get(side)) else { return };
        let former = known.links[at].ids.clone();
        draft.changes.links_delete.push(former.left.to_string());
        (known.links[at].put, known.links[at].removed) = (false, true);
        for of in Side::BOTH {
            known.link_of.remove(&(of, former.get(of).clone()));
            self.awaited.saw(of, former.get(of));
        }
        let left_over = former.get(side.other());
        if left_over == ids.get(side.other()) || known.links[at].body.gone.get(side.other()).is_some() {
            return;
        }
        let memory = afresh(known.links[at].body.side(side.other()));
        let unlinked = Unlinked { put: true, ..Unlinked::new(unlinked_state::WAITING, memory) };
        known.unlinked.insert((side.other(), left_over.clone()), unlinked);
        self.read_again(side.other(), left_over, 0);
    }

    /// These two are no pair any more: also where one was deleted and the deletion of the other is held, which is refused by it. `None`: an operation is under way,
    /// which comes first.
    pub(super) fn unlink_by_hand(
        &mut self,
        ids: &Sides<RemoteId>,
        decision: &Decision,
        known: &mut Known,
        draft: &mut Draft,
    ) -> Option<Upshot> {
        let held = held_deletion(ids, known);
        let Some(at) = self.pair_at(ids, known).or(held) else { return Some("decision.no_pair".into()) };
        let link = &mut known.links[at];
        if link.in_flight {
            return None;
        }
        link.state = link_state::UNTIED;
        link.put = true;
        link.body.restore.clear();
        // What a person took apart is not tied again because a record takes part again.
        Side::BOTH.iter().for_each(|side| link.body.sides.get_mut(*side).outside = false);
        let apart = std::mem::take(&mut link.body.apart);
        self.close_skipped(ids, apart.into_iter(), draft);
        for side in Side::BOTH {
            draft.changes.parked_delete.push((side, ids.get(side).to_string()));
        }
        self.comes_out(&mut known.links[at].came_out, "untied");
        self.close_attention(ids, draft);
        self.journal_by(JournalKind::Unlinked, Side::Right, ids, Vec::new(), &decision.by, draft);
        Some("unlink.done".into())
    }
}

/// The pair of these two, if one was deleted and a person is to decide about the other.
fn held_deletion(ids: &Sides<RemoteId>, known: &Known) -> Option<usize> {
    let at = known.link_at(Side::Left, &ids.left)?;
    let link = &known.links[at];
    let held = link.state == link_state::HELD && link.body.gone != Sides::default();
    (link.ids.right == ids.right && held).then_some(at)
}

/// Why these two cannot be tied.
fn why_not(ids: &Sides<RemoteId>, known: &Known) -> Option<&'static str> {
    for side in Side::BOTH {
        let id = ids.get(side);
        if let Some(at) = known.link_at(side, id) {
            let link = &known.links[at];
            if link.state != link_state::UNTIED {
                return Some(if link.ids == *ids { "link.already" } else { "link.taken" });
            }
            if link.body.gone.get(side).is_some() {
                return Some("link.deleted");
            }
        } else if known.unlinked.get(&(side, id.clone())).is_none_or(|unlinked| unlinked.gone) {
            return Some(NOT_SEEN);
        }
    }
    None
}

/// What is known of a record without counterpart.
fn free_memory(side: Side, id: &RemoteId, known: &Known) -> Memory {
    match known.link_at(side, id) {
        Some(at) => afresh(known.links[at].body.side(side)),
        None => known.unlinked[&(side, id.clone())].memory.clone(),
    }
}
