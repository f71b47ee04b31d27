//! Records that were erased on request. Of each there is left its id, so that it is not taken for new while a service still holds it: nothing of it is stored and
//! nothing is written because of it. Such a row never reaches any other decision; only a person who links it by hand takes it back.

use super::{
    Sync,
    came_out::{GONE, SKIPPED_ERASED},
    decision::{Decision, Order, Upshot},
    desk::{Draft, PageJob},
    known::{Erased, Known, Unlinked, UnlinkedRecord, encode_unlinked, link_state, unlinked_state},
    state::SyncState,
};
use musubi_connector::Deleted;
use musubi_core::{
    Instant, LinkBody, RemoteId, Side, Sides,
    codec::Damaged,
    link::{Memory, Outcome},
};
use musubi_store::{Loaded, MatchRow, OutcomeRow, UnlinkedRow};
use std::collections::BTreeMap;

/// What is left of a record: how it came out and when it was deleted, if it was, and no value.
fn tombstone(side: Side, id: &str, outcome: Outcome, gone: Option<Instant>) -> UnlinkedRow {
    let memory = Memory { seen: gone.unwrap_or(Instant::START), ..Memory::unknown(0) };
    let left = Unlinked { outcome: Some(outcome), ..Unlinked::new(unlinked_state::ERASED, memory) };
    UnlinkedRow {
        side,
        id: id.to_owned(),
        state: unlinked_state::ERASED,
        due: 0,
        body: encode_unlinked(&left, 0),
    }
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
        let mut gone: Vec<(Side, RemoteId, Instant)> = Vec::new();
        let mut links: Vec<usize> = Vec::new();
        for side in Side::BOTH {
            let Some(id) = ids.get(side) else { continue };
            records.push((side, id.clone()));
            if let Some(at) = known.link_at(side, id) {
                links.push(at);
                records.push((side.other(), known.links[at].ids.get(side.other()).clone()));
                let link = &known.links[at];
                let deleted = Side::BOTH.into_iter().filter_map(|of| Some((of, (*link.body.gone.get(of))?)));
                gone.extend(deleted.map(|(of, at)| (of, link.ids.get(of).clone(), at)));
            }
        }
        records.sort_unstable();
        records.dedup();
        links.dedup();
        let tied: Vec<(Side, RemoteId)> = links
            .iter()
            .flat_map(|at| Side::BOTH.map(|side| (side, known.links[*at].ids.get(side).clone())))
            .collect();
        let creating = records.iter().any(|(side, id)| self.flights.creating(*side, id).is_some());
        // It may be what a create made whose answer is still to come: who erased it would have it made once more (I4).
        let perhaps_made = records.iter().any(|(side, id)| {
            known.link_at(*side, id).is_none() && self.open_creates(*side).next().is_some()
        });
        if creating || perhaps_made || links.iter().any(|at| known.links[*at].in_flight) {
            return None;
        }
        for at in links {
            self.erase_link(at, known, draft);
        }
        for (side, id) in records {
            // Of what nothing is known it is not known either that it is there: it may have been deleted since somebody saw it.
            let is_known =
                known.unlinked.contains_key(&(side, id.clone())) || tied.contains(&(side, id.clone()));
            if let Some(unlinked) = known.unlinked.get_mut(&(side, id.clone())) {
                unlinked.gone = true;
                let keys: Vec<_> =
                    self.rules().mapping.match_keys(side, |slot| unlinked.memory.current(slot)).collect();
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
            let told = gone.iter().find(|(of, gone, _)| (*of, gone) == (side, &id)).map(|(.., at)| *at);
            match (told, is_known) {
                // It was erased before: what is left of it stays.
                _ if known.is_erased(side, &id) => {}
                (None, true) => self.erased_comes_out(side, &id, SKIPPED_ERASED, None, known, draft),
                (told, _) => self.erased_comes_out(side, &id, GONE, told, known, draft),
            }
        }
        self.count("erased");
        Some("erase.done".into())
    }

    fn erase_link(&mut self, at: usize, known: &mut Known, draft: &mut Draft) {
        draft.updates.retain(|update| update.link != at);
        let ids = known.links[at].ids.clone();
        self.owed -= i64::from(known.links[at].was == link_state::OWED);
        self.released.remove(&ids.left);
        (known.links[at].put, known.links[at].removed) = (false, true);
        draft.changes.links_delete.push(ids.left.to_string());
        for side in Side::BOTH {
            let keys = self.match_keys(&known.links[at], side);
            draft.changes.keys_delete.extend(rows(side, ids.get(side), keys));
            known.link_of.remove(&(side, ids.get(side).clone()));
            self.awaited.saw(side, ids.get(side));
        }
    }

    /// An erased record was read: what it holds is not looked at.
    pub(super) fn see_erased(&mut self, page: &PageJob, id: &RemoteId, known: &mut Known, draft: &mut Draft) {
        self.awaited.saw(page.side, id);
        self.count(SKIPPED_ERASED);
        let gone = known.erased.get(&(page.side, id.clone())).and_then(|left| left.gone);
        // Read well after it was deleted, it has come back from the recycle bin; before that a list may still show it.
        if gone.is_none_or(|gone| page.read_at.since(gone) > self.plan.settings.horizon + 1_000) {
            self.erased_comes_out(page.side, id, SKIPPED_ERASED, None, known, draft);
        }
    }

    /// An erased record was deleted: what is left of it stays, since it may come back.
    pub(super) fn erased_is_gone(&mut self, side: Side, row: &Deleted, known: &mut Known, draft: &mut Draft) {
        self.erased_comes_out(side, &row.id, GONE, Some(row.at), known, draft);
    }

    fn erased_comes_out(
        &mut self,
        side: Side,
        id: &RemoteId,
        code: &str,
        gone: Option<Instant>,
        known: &mut Known,
        draft: &mut Draft,
    ) {
        let Erased { outcome: before, gone: told } =
            known.erased.get(&(side, id.clone())).cloned().unwrap_or_default();
        if before.as_ref().is_some_and(|before| before.code == code) && told == gone {
            return;
        }
        self.begin_run_of_today(&mut draft.changes);
        let (run, at) = (self.state.run.id as u32, Instant::from_millis(self.now));
        let outcome = Outcome { run, at, code: code.into() };
        self.tally(before.as_ref(), Some(&outcome), id.as_str());
        draft.changes.unlinked_put.push(tombstone(side, id.as_str(), outcome.clone(), gone));
        known.erased.insert((side, id.clone()), Erased { outcome: Some(outcome), gone });
    }

    /// A person ties this record by hand: it is one like any other again, of which nothing is known yet.
    pub(super) fn take_back_erased(&self, side: Side, id: &RemoteId, known: &mut Known) {
        let key = (side, id.clone());
        if let Some(Erased { outcome, .. }) = known.erased.remove(&key) {
            let memory = Memory::unknown(self.rules().mapping.pairs.len());
            let unlinked = Unlinked::new(unlinked_state::IDLE, memory);
            known.unlinked.insert(key, Unlinked { was: Some(unlinked_state::ERASED), outcome, ..unlinked });
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

/// How the totals stand after an erasure that no driver carried out.
pub struct Totals {
    /// The state with them.
    pub state: SyncState,
    /// What they add to the run under way.
    pub rows: Vec<OutcomeRow>,
    /// What is left of the records.
    pub left: Vec<UnlinkedRow>,
}

/// Takes what was loaded out of the totals, and puts what is left of these records in.
pub fn totals(
    mut state: SyncState,
    loaded: &Loaded,
    records: &[(Side, String)],
    now: i64,
) -> Result<Totals, Damaged> {
    let (run, at) = (state.run.id, Instant::from_millis(now));
    let mut counts: BTreeMap<String, i64> = BTreeMap::new();
    let mut gone: BTreeMap<(Side, &str), Instant> = BTreeMap::new();
    let mut before: Vec<Option<Outcome>> = Vec::new();
    for link in &loaded.links {
        let body = LinkBody::decode(&link.body)?;
        gone.extend(
            Side::BOTH.into_iter().filter_map(|side| Some(((side, link.id(side)), (*body.gone.get(side))?))),
        );
        before.push(body.outcome);
    }
    for row in &loaded.unlinked {
        let record = UnlinkedRecord::decode(&row.body)?;
        if row.state == unlinked_state::ERASED && record.seen != Instant::START {
            gone.insert((row.side, &row.id), record.seen);
        }
        before.push(record.outcome);
    }
    for before in before.into_iter().flatten() {
        if state.takes_out(&before) {
            *counts.entry(before.code.to_string()).or_default() -= 1;
        }
    }
    let mut left = Vec::new();
    for (side, id) in records {
        let gone = gone.get(&(*side, id.as_str())).copied();
        let code = if gone.is_some() { GONE } else { SKIPPED_ERASED };
        let outcome = Outcome { run: run as u32, at, code: code.into() };
        state.puts_in(&outcome);
        *counts.entry(code.to_owned()).or_default() += 1;
        left.push(tombstone(*side, id, outcome, gone));
    }
    let row = |(code, count): (String, i64)| {
        let (outcome, reason) = code.split_once('.').unwrap_or((&code, ""));
        let (outcome, reason) = (outcome.to_owned(), reason.to_owned());
        OutcomeRow { run, outcome, reason, count, sample: Vec::new() }
    };
    let rows = counts.into_iter().filter(|(_, count)| *count != 0).map(row).collect();
    Ok(Totals { state, rows, left })
}
