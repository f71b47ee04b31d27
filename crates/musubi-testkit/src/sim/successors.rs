//! A person merges duplicates, or converts a record into one of another module: it is gone, and something else took its place (K-22).

use super::Sim;
use crate::{
    act::Act,
    check,
    scenario::{PARENT, Scenario, TAG},
    scopes::Scopes,
    service::Left,
    violation::Violation,
};
use musubi_core::{RemoteId, Side, Sides, Value, policy::ConvertedPolicy};
use musubi_engine::sync::link_state;
use musubi_store::LinkRow;
use rand::{Rng, rngs::SmallRng};

/// Drawn apart: in a third of the worlds records are merged and converted, while others edit and after that.
pub(crate) fn draw(scenario: &mut Scenario, rng: &mut SmallRng) {
    if scenario.before_engine || !rng.random_ratio(1, 3) {
        return;
    }
    let length = scenario.length();
    for _ in 0..rng.random_range(1..4) {
        let at = rng.random_range(1_000..length + 40_000);
        let side = if rng.random_ratio(1, 2) { Side::Left } else { Side::Right };
        let nth = rng.random_range(0..9);
        let act = match rng.random_ratio(2, 3) {
            true => Act::Merge { side, nth, master: rng.random_range(0..9) },
            false => Act::Convert { side, nth },
        };
        scenario.acts.push((at, act));
    }
    if rng.random_ratio(1, 2) {
        scenario.policy.converted = ConvertedPolicy::Hold;
    }
    scenario.acts.sort_by_key(|(at, _)| *at);
}

impl Sim<'_> {
    /// One record goes, another one takes over some of its values and whatever pointed to it.
    pub(super) fn somebody_merges(&mut self, side: Side, nth: usize, master: usize) -> Result<(), Violation> {
        let ids: Vec<RemoteId> = self.services.get(side).alive().map(|(id, _)| id.clone()).collect();
        if ids.len() < 2 {
            return Ok(());
        }
        let (gone, mut stays) = (nth % ids.len(), master % ids.len());
        if gone == stays {
            stays = (stays + 1) % ids.len();
        }
        let (gone, master) = (ids[gone].clone(), ids[stays].clone());
        let values = self.services.get(side).records[&gone].values().clone();
        self.leaves(side, &gone, Left::Merged(master.clone()))?;
        for (slot, value) in values.into_iter().enumerate() {
            let taken = slot != TAG && slot != PARENT && !value.is_blank() && (slot + nth).is_multiple_of(2);
            if taken && self.services.get(side).records[&master].values()[slot] != value {
                self.edits(side, &master, slot, value);
            }
        }
        for id in ids.iter().filter(|id| **id != gone) {
            if self.services.get(side).records[id].values()[PARENT] == Value::Record(gone.clone()) {
                self.edits(side, id, PARENT, Value::Record(master.clone()));
            }
        }
        Ok(())
    }

    /// One record goes; what it became is in no module that is looked at.
    pub(super) fn somebody_converts(&mut self, side: Side, nth: usize) -> Result<(), Violation> {
        let ids: Vec<RemoteId> = self.services.get(side).alive().map(|(id, _)| id.clone()).collect();
        match ids.get(nth % ids.len().max(1)) {
            Some(id) => self.leaves(side, id, Left::Converted),
            None => Ok(()),
        }
    }

    fn leaves(&mut self, side: Side, id: &RemoteId, left: Left) -> Result<(), Violation> {
        let tied = check::is_tied(self.runtime, &self.store, self.plan.sync, side, id)?;
        let now = self.now;
        self.services.get_mut(side).person_replaces(now, id, tied, left);
        Ok(())
    }
}

/// I10: where a person is to decide, a pair is not untied because one of the two was converted. Pairs that may be none for another reason tell nothing.
pub(crate) fn somebody_is_asked(
    links: &[LinkRow],
    services: &Sides<crate::service::Service>,
    scenario: &Scenario,
) -> Result<(), Violation> {
    let narrow = scenario.until_open.is_some();
    let other_reasons = narrow || scenario.restores || scenario.scopes != Scopes::default();
    if scenario.policy.converted != ConvertedPolicy::Hold || other_reasons {
        return Ok(());
    }
    for link in links.iter().filter(|link| link.state == link_state::UNTIED) {
        for side in Side::BOTH.into_iter().filter(|side| scenario.direction.allows_from(*side)) {
            let record = |side: Side| services.get(side).records.get(&RemoteId::new(link.id(side)));
            let (Some(own), Some(other)) = (record(side), record(side.other())) else { continue };
            if own.left == Some(Left::Converted)
                && other.deleted.is_none()
                && other.left.is_none()
                && other.undeleted.is_none()
            {
                let pair = format!("{}={}", link.left_id, link.right_id);
                return Err(Violation::new(
                    "I10",
                    format!("{pair}: one was converted, and nobody was asked"),
                ));
            }
        }
    }
    Ok(())
}

/// K-22: what was merged or converted is no reason to delete its counterpart.
pub(crate) fn keep_their_counterparts(
    links: &[LinkRow],
    services: &Sides<crate::service::Service>,
) -> Result<(), Violation> {
    for link in links {
        for side in Side::BOTH {
            let record = |side: Side| services.get(side).records.get(&RemoteId::new(link.id(side)));
            let (Some(own), Some(other)) = (record(side), record(side.other())) else { continue };
            if let (Some(left), Some((_, true))) = (&own.left, other.deleted) {
                let what = format!(
                    "{}={}: the counterpart of a record was deleted that was {left:?}",
                    link.left_id, link.right_id
                );
                return Err(Violation::new("K-22", what));
            }
        }
    }
    Ok(())
}
