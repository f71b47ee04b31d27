//! Calls and webhooks on their way, and what may befall them.

use super::{Scheduled, Sim, trace::brief};
use crate::violation::Violation;
use musubi_connector::{CallError, CallErrorKind, Written};
use musubi_core::{RemoteId, Side};
use musubi_engine::sync::{Answer, Call, CallId, WriteCall};
use rand::Rng;

impl Sim<'_> {
    pub(super) fn call(&mut self, id: CallId, side: Side, call: Call) -> Result<(), Violation> {
        let weather = self.scenario.weather.clone();
        let error = |kind| Box::new(Err(CallError::new(kind, "SIMULATED", "an accident")));
        let generation = self.generation;
        let soon = self.now + self.rng.random_range(1..300);
        let gave_up = self.now + self.plan.settings.call_timeout;
        if self.chance(weather.throttled) {
            self.schedule(
                soon,
                Scheduled::Answer { generation, id, result: error(CallErrorKind::Throttled) },
            );
            return Ok(());
        }
        if self.chance(weather.failed) {
            let kind =
                if self.rng.random_ratio(1, 2) { CallErrorKind::NotSent } else { CallErrorKind::Unknown };
            self.schedule(soon, Scheduled::Answer { generation, id, result: error(kind) });
            return Ok(());
        }
        let is_write = matches!(call, Call::Write { .. });
        let lost = self.chance(weather.lost) || (is_write && self.chance(weather.lost_writes));
        if let Call::Write { write, batch } = call {
            let WriteCall { kind, items, .. } = &write;
            self.say(|| {
                format!(
                    "{} {kind:?} of batch {batch}: {items:?}{}",
                    side.name(),
                    if lost { ", answer lost" } else { "" }
                )
            });
            if self.chance(weather.late) {
                let at = gave_up + self.rng.random_range(0..self.plan.settings.lateness);
                self.schedule(
                    gave_up,
                    Scheduled::Answer { generation, id, result: error(CallErrorKind::Unknown) },
                );
                self.schedule(at, Scheduled::LateWrite { side, write });
                return Ok(());
            }
            let now = self.now;
            let item = if now < self.calm_at { weather.item } else { 0 };
            let rng = &mut self.rng;
            let refuse = || item > 0 && rng.random_range(0..1000) < item;
            let mut outcomes = self.services.get_mut(side).carry_out(now, &write, refuse)?;
            self.note_creation(write.kind, &outcomes);
            if self.chance(weather.lost / 2) && outcomes.len() > 1 {
                outcomes.pop(); // A short answer.
            }
            self.say(|| format!("    {outcomes:?}"));
            let meta = self.services.get(side).meta(now);
            let written = Answer::Written(Written { meta, outcomes });
            let result = if lost { error(CallErrorKind::Unknown) } else { Box::new(Ok(written)) };
            self.schedule(soon, Scheduled::Answer { generation, id, result });
            return Ok(());
        }
        let answer = self.read(side, &call);
        self.note_reading(side, &answer);
        self.say(|| format!("{} {call:?} → {}", side.name(), brief(&answer)));
        let result = if lost { error(CallErrorKind::Unknown) } else { Box::new(Ok(answer)) };
        self.schedule(soon, Scheduled::Answer { generation, id, result });
        Ok(())
    }

    pub(super) fn read(&mut self, side: Side, call: &Call) -> Answer {
        let lag = if self.scenario.weather.list_lag > 0 {
            self.rng.random_range(0..=self.scenario.weather.list_lag)
        } else {
            0
        };
        if let Some(answer) = self.read_bulk(side, lag, call) {
            return answer;
        }
        let service = self.services.get(side);
        match call {
            Call::List { since, order, position } => {
                Answer::Page(service.list(self.now, lag, *since, *order, position, self.scenario.page))
            }
            Call::Read(ids) => Answer::Page(service.read(self.now, ids)),
            Call::Deleted { since, page } => {
                let rows = service.deletions(self.now, lag, *since);
                let from = (*page as usize - 1) * self.scenario.page;
                let more = rows.len() > from + self.scenario.page;
                let rows = rows.into_iter().skip(from).take(self.scenario.page).collect();
                Answer::Deleted { meta: service.meta(self.now), rows, more }
            }
            Call::Related(id) => {
                Answer::Related { meta: service.meta(self.now), count: service.children(id, self.now) as u64 }
            }
            Call::Merged(deleted) => Answer::Merged {
                meta: service.meta(self.now),
                masters: service.merged(self.now, lag, deleted),
            },
            Call::Count
            | Call::BulkStart { .. }
            | Call::BulkState(_)
            | Call::BulkRows { .. }
            | Call::Write { .. } => {
                Answer::Count { meta: service.meta(self.now), count: service.alive().count() as u64 }
            }
        }
    }

    pub(super) fn webhooks(&mut self, side: Side) {
        let ids: Vec<RemoteId> = std::mem::take(&mut self.services.get_mut(side).changed);
        if ids.is_empty() || !self.scenario.weather.webhooks {
            return;
        }
        let lost = self.scenario.weather.webhook_lost;
        let times = if self.chance(lost) { 0 } else { 1 + usize::from(self.chance(lost)) };
        for _ in 0..times {
            let at = self.now + self.rng.random_range(5..2_000);
            self.schedule(at, Scheduled::Hints { side, ids: ids.clone() });
        }
    }
}
