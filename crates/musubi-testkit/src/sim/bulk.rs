//! Bulk reads in the simulated world: which sides are read so, what befalls their jobs, and what may not be done on the strength of their rows.

use super::Sim;
use crate::{scenario::Scenario, service::bulk::Fate, violation::Violation};
use musubi_connector::{ItemOutcome, Meta, WriteKind};
use musubi_core::{Side, Sides};
use musubi_engine::sync::{Answer, Batch, ByBulk, Call, Phase};
use musubi_store::IntentRow;
use rand::{Rng, rngs::SmallRng};

/// Drawn apart: half of the sides are read in bulk, if there is anything on them.
pub(crate) fn draw(scenario: &mut Scenario, rng: &mut SmallRng) {
    scenario.bulk = Sides::from_fn(|_| match rng.random_ratio(1, 2) {
        true => ByBulk::From(rng.random_range(1..5)),
        false => ByBulk::Never("setting"),
    });
}

impl Sim<'_> {
    /// Answers a call about a bulk read: half of its jobs take longer than anything else, and some come to nothing.
    pub(super) fn read_bulk(&mut self, side: Side, lag: i64, call: &Call) -> Option<Answer> {
        let (now, page) = (self.now, self.scenario.page);
        let meta = self.services.get(side).meta(now);
        Some(match call {
            Call::BulkStart { page: token } => {
                let calm = self.scenario.before_engine;
                let takes = if calm { 10 } else { self.rng.random_range(10..20_000) };
                let fails = self.chance(self.scenario.weather.failed);
                let service = self.services.get_mut(side);
                let fate = Fate { takes, fails };
                let job = service.bulk_start(now, lag, token.as_deref(), 3 * page, fate);
                Answer::BulkStarted { meta, job }
            }
            Call::BulkState(job) => {
                let state = self.services.get(side).bulk_state(now, job);
                Answer::BulkState { meta, state }
            }
            Call::BulkRows { job, from } => {
                let (rows, next) = self.services.get(side).bulk_rows(job, *from, page);
                // They are at hand mostly: no clock, no call.
                let meta = if *from == 0 { meta } else { Meta::default() };
                Answer::BulkRows { meta, rows, next }
            }
            _ => return None,
        })
    }

    /// Notes which records were told otherwise than by rows of bulk reads.
    pub(super) fn note_reading(&mut self, side: Side, answer: &Answer) {
        if let Answer::Page(page) = answer {
            self.listed.get_mut(side).extend(page.rows.iter().map(|row| row.id.clone()));
        }
    }

    /// Notes which records the engine made: what their creation left out, such as a lookup to a record that was yet to be made, follows without another reading.
    pub(super) fn note_creation(&mut self, kind: WriteKind, outcomes: &[ItemOutcome]) {
        for outcome in outcomes {
            if let (WriteKind::Create, ItemOutcome::Done { id, .. }) = (kind, outcome) {
                self.made.insert(id.clone());
            }
        }
    }

    /// In a load, what only rows of bulk reads show is no reason to change a record (DESIGN §2.5, I8). Where nothing happens beside the engine, both of a pair were read by
    /// id before; elsewhere one of them may have been changed meanwhile, which is a reason of its own.
    pub(super) fn check_dated(&self, new: &[&IntentRow]) -> Result<(), Violation> {
        let state = self.worker.as_ref().map(|worker| worker.sync.state());
        if state.is_none_or(|state| state.phase == Phase::Steady) {
            return Ok(()); // The looks since the load began have told of everything that was changed.
        }
        let least = if self.scenario.before_engine { 2 } else { 1 };
        for batch in new.iter().filter_map(|intent| Batch::recover(intent, 0).ok()) {
            if batch.kind != WriteKind::Update {
                continue;
            }
            for item in &batch.items {
                let ids = |side: &Side| item.ids.get(*side).as_ref().map(|id| (*side, id));
                let ids: Vec<_> = Side::BOTH.iter().filter_map(ids).collect();
                let known = ids.iter().filter(|(side, id)| self.listed.get(*side).contains(*id)).count();
                if known < least && !ids.iter().any(|(_, id)| self.made.contains(*id)) {
                    return Err(Violation::new(
                        "I8",
                        "a record is changed because of what a bulk read showed",
                    ));
                }
            }
        }
        Ok(())
    }
}
