//! Who is the counterpart of a record that has none? Match keys in their order, each an injection (DESIGN §2.10).

use super::{
    Sync,
    desk::PageJob,
    known::{Known, link_state},
    state::Phase,
};
use foldhash::{HashMap, HashMapExt};
use musubi_core::{Membership, Observation, RemoteId, Side, Sides};

/// What the match keys say.
pub(super) enum Match {
    None,
    /// A create that is under way will have this key: wait for it.
    Soon,
    One(RemoteId),
    /// Only records match that do not take part.
    Outside,
    /// Nobody can tell which of these belong together.
    Several(Sides<Vec<RemoteId>>),
    /// The one that matches has a counterpart already.
    Taken(RemoteId),
}

/// The record and those of its side that are found by the same key, beside those of the other side.
fn several(side: Side, id: &RemoteId, rivals: Vec<RemoteId>, others: Vec<RemoteId>) -> Match {
    let mut own = vec![id.clone()];
    own.extend(rivals);
    Match::Several(match side {
        Side::Left => Sides { left: own, right: others },
        Side::Right => Sides { left: others, right: own },
    })
}

impl Sync {
    /// Looks for the counterpart among what was loaded.
    pub(super) fn find_match(&self, side: Side, id: &RemoteId, keys: &[[u8; 16]], known: &Known) -> Match {
        let other = side.other();
        for key in keys {
            if self.flights.is_reserved(other, key) {
                return Match::Soon;
            }
            let Some(found) = known.matches.get(&(other, *key)) else { continue };
            let (found, outside): (Vec<&RemoteId>, Vec<&RemoteId>) = found
                .iter()
                .filter(|found| self.exists(other, found, known))
                .partition(|found| !self.stands_back(other, found, known));
            match found.as_slice() {
                [] if outside.is_empty() => {}
                [] => return Match::Outside,
                [one] => {
                    let pair = known.link_at(other, one).map(|at| &known.links[at]);
                    let rivals = self.rivals(side, id, key, known);
                    if pair.is_none() && !rivals.is_empty() {
                        return several(side, id, rivals, vec![(*one).clone()]);
                    }
                    return match pair {
                        Some(pair)
                            if pair.state == link_state::UNTIED && pair.body.gone.get(side).is_some() =>
                        {
                            Match::One((*one).clone())
                        }
                        Some(pair) if pair.ids.get(side) == id => Match::One((*one).clone()),
                        Some(_) => Match::Taken((*one).clone()),
                        None => Match::One((*one).clone()),
                    };
                }
                found => {
                    let rivals = self.rivals(side, id, key, known);
                    return several(side, id, rivals, found.iter().copied().cloned().collect());
                }
            }
        }
        Match::None
    }

    /// Records of a page are decided upon one after the other. Which of them compete for a counterpart has to be known before the first of them takes it.
    pub(super) fn expect_rivals(&self, page: &PageJob, known: &mut Known) {
        if !self.heeds_rivals() || page.rows.len() < 2 {
            return;
        }
        let side = page.side;
        let alone = |row: &&Observation| {
            let known_better = known.unlinked.get(&(side, row.id.clone()));
            known.link_at(side, &row.id).is_none()
                && !known.same.contains(&row.id)
                && !known.is_erased(side, &row.id)
                && self.flights.creating(side, &row.id).is_none()
                && known_better.is_none_or(|unlinked| row.modified > unlinked.memory.seen)
                && row.member == Membership::Inside
                && !self.is_too_old(side, row)
        };
        let mut arriving: HashMap<_, Vec<RemoteId>> = HashMap::new();
        for row in page.rows.iter().filter(alone) {
            let value = |slot: u16| row.slots.get(usize::from(slot)).and_then(Option::as_ref);
            for key in self.rules().mapping.match_keys(side, value) {
                arriving.entry((side, key)).or_default().push(row.id.clone());
            }
        }
        known.arriving = arriving;
    }

    /// Until everything was read once, the first of several records is the one that is meant.
    fn heeds_rivals(&self) -> bool {
        matches!(self.state.phase, Phase::Sweep | Phase::Steady)
    }

    /// Records without counterpart that have this key on the same side: which of them is meant, nobody can tell.
    fn rivals(&self, side: Side, id: &RemoteId, key: &[u8; 16], known: &Known) -> Vec<RemoteId> {
        if !self.heeds_rivals() {
            return Vec::new();
        }
        let unlinked = |rival: &&RemoteId| {
            *rival != id
                && known.link_at(side, rival).is_none()
                && known.unlinked.get(&(side, (*rival).clone())).is_some_and(|unlinked| !unlinked.gone)
                && !is_outside(side, rival, known)
        };
        let mut rivals: Vec<RemoteId> =
            known.matches.get(&(side, *key)).into_iter().flatten().filter(unlinked).cloned().collect();
        let undecided = |rival: &&RemoteId| {
            *rival != id
                && !rivals.contains(rival)
                && known.link_at(side, rival).is_none()
                && known.unlinked.get(&(side, (*rival).clone())).is_none_or(|unlinked| !unlinked.gone)
        };
        let arriving = known.arriving.get(&(side, *key)).into_iter().flatten();
        let more: Vec<RemoteId> = arriving.filter(undecided).cloned().collect();
        rivals.extend(more);
        rivals
    }

    /// A record without counterpart that does not take part, and is not tied while it does not.
    fn stands_back(&self, side: Side, id: &RemoteId, known: &Known) -> bool {
        let receives = !self.rules().policy.hears_outside(true);
        let unlinked = known.unlinked.get(&(side, id.clone()));
        unlinked.is_some_and(|unlinked| unlinked.memory.outside && (!receives || unlinked.is_too_old()))
    }

    /// A record found by key that is still there.
    fn exists(&self, side: Side, id: &RemoteId, known: &Known) -> bool {
        let unlinked = known.unlinked.get(&(side, id.clone())).is_some_and(|unlinked| !unlinked.gone);
        let linked = known.link_at(side, id).is_some_and(|at| known.links[at].body.gone.get(side).is_none());
        unlinked || linked
    }
}

/// A record without counterpart that does not take part.
fn is_outside(side: Side, id: &RemoteId, known: &Known) -> bool {
    known.unlinked.get(&(side, id.clone())).is_some_and(|unlinked| unlinked.memory.outside)
}

/// So many candidates of a side are named.
const NAMED: usize = 20;

/// Who may belong together, for a person to choose: ids only.
pub(super) fn candidates(found: &Sides<Vec<RemoteId>>) -> String {
    let some = |side: Side| found.get(side).iter().take(NAMED).map(RemoteId::as_str).collect::<Vec<_>>();
    let all = found.left.len().max(found.right.len());
    serde_json::json!({ "candidates": all, "left": some(Side::Left), "right": some(Side::Right) }).to_string()
}
