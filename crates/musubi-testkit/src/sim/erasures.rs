//! A person has what is remembered of a record erased: from then on nothing of it is stored, and nothing is written because of it.

use super::{Sim, store};
use crate::{act::Act, scenario::Scenario, violation::Violation};
use musubi_core::{RemoteId, Side, Sides};
use musubi_engine::sync::{Batch, Order, UnlinkedRecord, Upshot};
use musubi_store::{Changes, Want};
use rand::{Rng, rngs::SmallRng};
use std::collections::{HashMap, HashSet};

/// What is kept about erasures.
#[derive(Default)]
pub(super) struct Erasures {
    /// The records that are to be erased, by the numbers of the decisions.
    ordered: HashMap<i64, Vec<(Side, String)>>,
    /// Those that were.
    done: HashSet<(Side, String)>,
}

/// Drawn apart: in a sixth of the worlds records are erased, while others edit and after that.
pub(crate) fn draw(scenario: &mut Scenario, rng: &mut SmallRng) {
    if scenario.before_engine || !rng.random_ratio(1, 6) {
        return;
    }
    let length = scenario.length();
    for _ in 0..rng.random_range(1..4) {
        let at = rng.random_range(1_000..length + 40_000);
        let side = if rng.random_ratio(1, 2) { Side::Left } else { Side::Right };
        scenario.acts.push((at, Act::Erase { side, nth: rng.random_range(0..9) }));
    }
    scenario.acts.sort_by_key(|(at, _)| *at);
}

impl Sim<'_> {
    /// A person has a record erased, and its counterpart with it.
    pub(super) fn somebody_erases(&mut self, side: Side, nth: usize) -> Result<(), Violation> {
        let ids: Vec<RemoteId> = self.services.get(side).alive().map(|(id, _)| id.clone()).collect();
        if ids.is_empty() {
            return Ok(());
        }
        let id = ids[nth % ids.len()].to_string();
        let want = Want { ids: vec![(side, id.clone())], ..Want::default() };
        let loaded = self.runtime.block_on(self.store.load(self.plan.sync, want)).map_err(store)?;
        let of_pair = |at: Side| loaded.links.first().map(|link| link.id(at).to_owned());
        let ids = Sides::from_fn(|at| of_pair(at).or_else(|| (at == side).then(|| id.clone())));
        let order = Order::Erase { ids: Sides::from_fn(|at| ids.get(at).as_deref().map(RemoteId::new)) };
        let number = self.order(&order)?;
        let records = Side::BOTH.into_iter().filter_map(|at| Some((at, ids.get(at).clone()?)));
        self.erasures.ordered.insert(number, records.collect());
        Ok(())
    }

    /// A restored memory knows of none of it; the hub has it erased again.
    pub(super) fn forget_erasures(&mut self) {
        self.erasures = Erasures::default();
    }

    /// I10: what was erased is neither stored nor written any more.
    pub(super) fn check_erased(&mut self, changes: &Changes) -> Result<(), Violation> {
        for (number, text) in &changes.answers {
            let done = Upshot::decode(text).is_some_and(|upshot| upshot.code == "erase.done");
            let records = self.erasures.ordered.get(number).filter(|_| done);
            self.erasures.done.extend(records.into_iter().flatten().cloned());
        }
        let done = &self.erasures.done;
        if done.is_empty() {
            return Ok(());
        }
        let is_erased = |side: Side, id: &str| done.contains(&(side, id.to_owned()));
        let wrong = |what: &str, id: &str| Err(Violation::new("I10", format!("{id} was erased, and {what}")));
        for link in &changes.links_put {
            if let Some(side) = Side::BOTH.into_iter().find(|side| is_erased(*side, link.id(*side))) {
                return wrong("is a pair", link.id(side));
            }
        }
        for row in changes.unlinked_put.iter().filter(|row| is_erased(row.side, &row.id)) {
            let kept = UnlinkedRecord::decode(&row.body).is_ok_and(|record| !record.values.is_empty());
            if kept {
                return wrong("values of it are kept", &row.id);
            }
        }
        if let Some((_, id)) = changes.unlinked_delete.iter().find(|(side, id)| {
            is_erased(*side, id) && !changes.unlinked_put.iter().any(|row| (row.side, &row.id) == (*side, id))
        }) {
            return wrong("is forgotten", id);
        }
        if let Some(row) = changes.keys_put.iter().find(|row| is_erased(row.side, &row.id)) {
            return wrong("is found by a key", &row.id);
        }
        for batch in changes.intents_put.iter().filter_map(|row| Batch::recover(row, 0).ok()) {
            for item in &batch.items {
                for side in Side::BOTH {
                    let id = item.ids.get(side).as_ref().map(RemoteId::as_str);
                    if let Some(id) = id.filter(|id| is_erased(side, id)) {
                        return wrong("something is written because of it", id);
                    }
                }
            }
        }
        Ok(())
    }
}
