//! Which rows a decision needs: asked for in a few rounds, each for everything the job is about at once.

use super::{
    Batch, BatchId, Sync,
    desk::Job,
    known::{Known, link_state},
    state::Phase,
    translate::want_refs,
};
use musubi_connector::{ItemOutcome, WriteKind};
use musubi_core::{Observation, RemoteId, Side};
use musubi_store::{MatchKey, Want};

impl Sync {
    /// First: the links and unlinked rows of the records the job is about.
    pub(super) fn first_want(&self, job: &Job) -> Want {
        let linked_too = matches!(job, Job::Sweep { .. });
        let mut want = Want { linked_too, ..Want::default() };
        let mut ask = |side: Side, id: &RemoteId| want.ids.push((side, id.as_str().to_owned()));
        match job {
            Job::Page(page) => {
                page.rows.iter().for_each(|row| ask(page.side, &row.id));
                page.absent.iter().for_each(|id| ask(page.side, id));
            }
            Job::Gone { side, rows, .. } => rows.iter().for_each(|row| ask(*side, &row.id)),
            Job::Again { ids, .. } => ids.iter().for_each(|(side, id)| ask(*side, id)),
            Job::Decided(decisions) => {
                decisions.iter().flat_map(|one| one.order.records()).for_each(|(side, id)| ask(side, id));
            }
            Job::Missing { side, ids } => ids.iter().for_each(|id| ask(*side, id)),
            Job::Sweep { rows, .. } => {
                rows.iter().for_each(|row| ask(row.side, &RemoteId::new(&row.id)));
            }
            Job::Outcome { batch, outcomes } => self.ids_of_outcome(*batch, outcomes, &mut ask),
            Job::Resolve { batch } => self.left_ids(*batch, &mut ask),
            Job::Outcomes(all) => {
                all.iter().for_each(|(batch, outcomes)| self.ids_of_outcome(*batch, outcomes, &mut ask));
            }
            Job::Owed { .. } | Job::Held { .. } | Job::StageDone(_) | Job::Save => {}
        }
        if matches!(job, Job::Decided(_)) {
            // Several decisions may be about one pair.
            want.ids.sort_unstable();
            want.ids.dedup();
        }
        want
    }

    fn keys_of_row<'a>(&'a self, side: Side, row: &'a Observation) -> impl Iterator<Item = MatchKey> + 'a {
        let value = |slot: u16| row.slots.get(usize::from(slot)).and_then(Option::as_ref);
        self.rules().mapping.match_keys(side, value)
    }

    /// The links that a batch is about, and records that were read before the answer said that we made them.
    fn ids_of_outcome(
        &self,
        batch: BatchId,
        outcomes: &[ItemOutcome],
        ask: &mut impl FnMut(Side, &RemoteId),
    ) {
        self.left_ids(batch, ask);
        let creates = self.batches.get(&batch).filter(|batch| batch.kind == WriteKind::Create);
        let Some(Batch { side, recovered, .. }) = creates else { return };
        for outcome in outcomes {
            if let ItemOutcome::Done { id, .. } = outcome
                && (*recovered || self.waiting.get(*side).contains_key(id))
            {
                ask(*side, id);
            }
        }
    }

    /// The links that a batch is about; creates have none yet.
    fn left_ids(&self, batch: BatchId, ask: &mut impl FnMut(Side, &RemoteId)) {
        let batch = self.batches.get(&batch).filter(|batch| batch.kind != WriteKind::Create);
        for item in batch.iter().flat_map(|batch| &batch.items) {
            item.ids.left.iter().for_each(|id| ask(Side::Left, id));
        }
    }

    /// Then: who else has the match keys of the unlinked ones, and the counterparts that lookups point to; then the same for those found.
    pub(super) fn more_want(&self, job: &Job, known: &Known, round: u8) -> Want {
        let mut want = Want::default();
        if let Job::Gone { .. } = job {
            // Who was not copied because of a record outside the scope may be, when that is gone.
            for ((side, _), unlinked) in known.unlinked.iter().filter(|(_, unlinked)| unlinked.memory.outside)
            {
                let keys = self.rules().mapping.match_keys(*side, |slot| unlinked.memory.current(slot));
                want.keys.extend(keys.map(|key| (side.other(), key)));
            }
            for ((side, _), ids) in &known.matches {
                let unknown = |id: &&RemoteId| !known.unlinked.contains_key(&(*side, (*id).clone()));
                want.ids.extend(ids.iter().filter(unknown).map(|id| (*side, id.to_string())));
            }
            return want;
        }
        if !matches!(
            job,
            Job::Page(_) | Job::Again { .. } | Job::Decided(_) | Job::Sweep { .. } | Job::Owed { .. }
        ) {
            return want;
        }
        let parents = self.plan.parents.iter().any(|parents| !parents.is_empty());
        if parents {
            for link in known.links.iter().filter(|link| link.state != link_state::UNTIED) {
                Side::BOTH
                    .iter()
                    .for_each(|side| want_refs(&self.plan, link.body.side(*side), *side, &mut want));
            }
            for ((side, _), unlinked) in &known.unlinked {
                want_refs(&self.plan, &unlinked.memory, *side, &mut want);
            }
        }
        if round == 2 {
            let known_id = |side: Side, id: &RemoteId| {
                known.link_at(side, id).is_some() || known.unlinked.contains_key(&(side, id.clone()))
            };
            for ((side, _), ids) in &known.matches {
                want.ids.extend(
                    ids.iter().filter(|id| !known_id(*side, id)).map(|id| (*side, id.as_str().to_owned())),
                );
            }
            want.ids.sort_unstable();
            want.ids.dedup();
        }
        let mapping = &self.rules().mapping;
        let both = matches!(self.state.phase, Phase::Sweep | Phase::Steady);
        let mut keys_of = |side: Side, keys: &mut dyn Iterator<Item = [u8; 16]>| {
            for key in keys {
                want.keys.push((side.other(), key));
                if both {
                    want.keys.push((side, key)); // Who else has it?
                }
            }
        };
        if round == 1 {
            for ((side, _), unlinked) in &known.unlinked {
                keys_of(*side, &mut mapping.match_keys(*side, |slot| unlinked.memory.current(slot)));
                let copies = self.perhaps_copies(*side, &unlinked.memory);
                want.ids.extend(copies.iter().map(|id| (side.other(), id.to_string())));
            }
        }
        if let Job::Page(page) = job {
            let linked = |id| known.same.contains(id) || known.link_at(page.side, id).is_some();
            for row in page.rows.iter().filter(|row| !linked(&row.id)) {
                if round == 1 {
                    keys_of(page.side, &mut self.keys_of_row(page.side, row));
                }
            }
            if parents {
                for row in page.rows.iter().filter(|row| !known.same.contains(&row.id)) {
                    let as_of = page.as_of(self.plan.settings.horizon);
                    let memory = musubi_core::reconcile::first_sight(row, as_of, self.rules());
                    want_refs(&self.plan, &memory, page.side, &mut want);
                }
            }
        }
        want.refs.retain(|(sync, side, id)| !known.refs.contains_key(&(*sync, *side, RemoteId::new(id))));
        want.refs.sort_unstable();
        want.refs.dedup();
        want
    }
}
