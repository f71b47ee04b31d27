//! What became of records that are told to be deleted (K-22). Merged ones are told like deleted ones, and their counterparts must not be deleted for it: so before anything is made of a
//! deletion, it is asked whether it was a merge, as soon as that can be told for sure. The answer is kept with the pair.

use super::{
    Asked, Call, Effect, Purpose, Sync, Urgency,
    desk::{Draft, Job},
    journal::{Cause, Entry, JournalKind},
    known::{Known, link_state},
};
use foldhash::HashMap;
use musubi_connector::{CallError, CallErrorKind};
use musubi_core::{
    Instant, RemoteId, Side, Sides,
    link::{Fate, Successor},
    mutant::Mutant,
    policy::ConvertedPolicy,
};
use std::collections::{BTreeMap, BTreeSet};

/// What is known of the deletions of one side, and what is asked.
#[derive(Debug, Default)]
pub(super) struct Fates {
    /// When each may be asked about, and when it was deleted.
    wanted: BTreeMap<RemoteId, (i64, Instant)>,
    asked: BTreeSet<RemoteId>,
    /// The record that each was merged into, if it was.
    told: HashMap<RemoteId, Option<RemoteId>>,
}

impl Fates {
    /// When the next one may be asked about.
    pub fn next_due(&self) -> Option<i64> {
        let due = self.wanted.values().map(|(due, _)| *due).min();
        due.filter(|_| self.asked.is_empty())
    }

    /// It is there again.
    pub fn forget(&mut self, id: &RemoteId) {
        self.wanted.remove(id);
        self.told.remove(id);
    }
}

impl Sync {
    /// Whether it is known how the record of the side left its module. If not, it is asked, and the pair decided upon when that is told.
    pub(super) fn knows_fate(&mut self, at: usize, side: Side, known: &mut Known, draft: &mut Draft) -> bool {
        let link = &known.links[at];
        let Some(gone) = *link.body.gone.get(side) else { return false };
        if link.body.fate.get(side).is_some() || !self.plan.tells_merged.get(side) {
            return true;
        }
        let id = link.ids.get(side).clone();
        if let Some(master) = self.fates.get_mut(side).told.remove(&id) {
            let module = self.rules().mapping.modules.get(side).clone();
            let fate = master.map_or(Fate::Deleted, |id| Fate::Merged(Successor { module, id }));
            self.note_fate(at, side, fate, known, draft);
            return true;
        }
        // A list shows what the merge did to the other record when it may lag no longer: so long after the deletion was told, or after it was made, by a clock
        // that may have been set.
        let settings = &self.plan.settings;
        let lags = settings.horizon + 1_000;
        let age = self.clock.get(side).since(gone);
        let due = self.now + (lags + settings.clock_slack - age).clamp(0, lags);
        let fates = self.fates.get_mut(side);
        if !fates.asked.contains(&id) {
            fates.wanted.entry(id).or_insert((due, gone));
        }
        let link = &mut known.links[at];
        (link.state, link.put) = (link_state::OWED, true);
        false
    }

    /// The record left its module like this: it is kept with the pair, and told if something took its place.
    pub(super) fn note_fate(
        &mut self,
        at: usize,
        side: Side,
        fate: Fate,
        known: &mut Known,
        draft: &mut Draft,
    ) {
        let kind = match &fate {
            Fate::Deleted => None,
            Fate::Merged(_) => Some(JournalKind::Merged),
            Fate::Converted(_) => Some(JournalKind::Converted),
        };
        let link = &mut known.links[at];
        let became = fate.successors().to_vec();
        (*link.body.fate.get_mut(side), link.put) = (Some(fate), true);
        let Some(kind) = kind else { return };
        let ids = Sides { left: Some(link.ids.left.clone()), right: Some(link.ids.right.clone()) };
        let cause = Cause { became, ..Cause::default() };
        self.journal(
            &Entry { kind, side, ids, mapping: self.rules().version, changes: Vec::new(), cause },
            draft,
        );
    }

    /// The record of the side is not deleted: what took its place is another one. Its counterpart stays, whatever is said about deletions.
    pub(super) fn decide_replaced(
        &mut self,
        at: usize,
        side: Side,
        fate: &Fate,
        known: &mut Known,
        draft: &mut Draft,
    ) {
        let (code, kind, asks) = match fate {
            Fate::Converted(_) => {
                let asks = self.rules().policy.converted == ConvertedPolicy::Hold
                    && !self.rules().mutant.is(Mutant::ConvertUnasked);
                ("lead.converted", JournalKind::Converted, asks)
            }
            Fate::Merged(_) | Fate::Deleted => ("merge.counterpart", JournalKind::Merged, true),
        };
        if !(asks && self.is_heard(&known.links[at], side)) {
            return self.untie(at, side, kind, known, draft);
        }
        let link = &mut known.links[at];
        (link.state, link.put) = (link_state::HELD, true);
        let became: Vec<_> = fate
            .successors()
            .iter()
            .map(|one| serde_json::json!({"module": one.module, "id": one.id}))
            .collect();
        let details = serde_json::json!({"side": side.name(), "became": became}).to_string();
        self.attention(code, at, -1, &details, known, draft);
    }

    /// Asks about what may be asked by now.
    pub(super) fn ask_fates(&mut self, side: Side, out: &mut Vec<Effect>) {
        let (now, most) = (self.now, self.plan.batch.get(side).read);
        let fates = self.fates.get_mut(side);
        if now < self.listing.get(side).retry_at || !fates.asked.is_empty() {
            return;
        }
        let due = fates.wanted.iter().filter(|(_, (due, _))| *due <= now).take(most);
        let deleted: Vec<(RemoteId, Instant)> = due.map(|(id, (_, at))| (id.clone(), *at)).collect();
        if deleted.is_empty() {
            return;
        }
        for (id, _) in &deleted {
            fates.wanted.remove(id);
            fates.asked.insert(id.clone());
        }
        let purpose = Purpose::Merged { deleted: deleted.clone() };
        self.call(side, purpose, Urgency::RealTime, Call::Merged(deleted), out);
    }

    /// It was told what they were merged into, if they were.
    pub(super) fn told_fates(
        &mut self,
        side: Side,
        deleted: Vec<(RemoteId, Instant)>,
        masters: Vec<Option<RemoteId>>,
    ) {
        let fates = self.fates.get_mut(side);
        let mut masters = masters.into_iter();
        let ids: Vec<(Side, RemoteId)> = deleted.into_iter().map(|(id, _)| (side, id)).collect();
        for (_, id) in &ids {
            fates.asked.remove(id);
            fates.told.insert(id.clone(), masters.next().flatten());
        }
        self.jobs.push_back(Job::Again { ids, asked: false });
    }

    /// It could not be told. True when it was asked about this.
    pub(super) fn fates_failed(&mut self, asked: &Asked, error: &CallError) -> bool {
        let Purpose::Merged { deleted } = &asked.purpose else { return false };
        if matches!(error.kind, CallErrorKind::Refused | CallErrorKind::SchemaChanged) {
            // This service tells of no merges after all.
            self.told_fates(asked.side, deleted.clone(), Vec::new());
            return true;
        }
        let now = self.now;
        let fates = self.fates.get_mut(asked.side);
        for (id, at) in deleted {
            fates.asked.remove(id);
            fates.wanted.insert(id.clone(), (now, *at));
        }
        false
    }
}
