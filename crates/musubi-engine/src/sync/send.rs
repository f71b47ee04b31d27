//! Writes on their way out: when they go, and what is done when they do not arrive.

use super::{Asked, Call, Effect, Phase, Progress, Purpose, RunKind, Sync, Urgency, WriteCall, desk::Job};
use musubi_connector::{Automations, CallError, CallErrorKind, ItemOutcome, WriteKind};
use musubi_core::{Side, mutant::Mutant, policy::AutomationPolicy};

impl Sync {
    pub(super) fn send_writes(&mut self, out: &mut Vec<Effect>) {
        for side in Side::BOTH {
            let is_write =
                |asked: &&Asked| asked.side == side && matches!(asked.purpose, Purpose::Write { .. });
            let sent = self.calls.values().filter(is_write).count();
            let blind = self.rules().mutant.is(Mutant::IgnoreConcurrency);
            let mut free =
                if blind { usize::MAX } else { self.plan.settings.writes_at_once.saturating_sub(sent) };
            let ready: Vec<_> = self
                .batches
                .values()
                .filter(|batch| {
                    batch.side == side && matches!(batch.progress, Progress::Ready(at) if at <= self.now)
                })
                .map(|batch| batch.id)
                .filter(|id| !self.desk.commits.iter().any(|commit| commit.after.ready.contains(id))) // I9: the intent is durable before the request.
                .take(free)
                .collect();
            for id in ready {
                let old = |batch: &super::Batch| {
                    batch.kind != WriteKind::Create
                        && batch.condition.is_none()
                        && self.now - batch.at > self.plan.settings.look_back
                };
                if self.batches.get(&id).is_some_and(old) && !self.rules().mutant.is(Mutant::WriteBlind) {
                    self.decide_batch_again(id);
                    continue;
                }
                let load = self.state.phase != Phase::Steady;
                let of_load = self.batches.get(&id).is_some_and(|batch| batch.of_load);
                let automations = self.automations(of_load);
                let Some(batch) = self.batches.get_mut(&id) else { continue };
                batch.progress = Progress::Sent;
                let write = WriteCall {
                    kind: batch.kind,
                    items: batch.write_items(),
                    unmodified_since: batch.condition,
                    automations,
                };
                let call = Call::Write { batch: id, write };
                let urgency = if load { Urgency::Backfill } else { Urgency::RealTime };
                self.call(side, Purpose::Write { batch: id }, urgency, call, out);
                free = free.saturating_sub(1);
            }
        }
    }

    /// Whether what is written now runs the service's automations. A first load brings in what others have dealt with long ago.
    /// `of_load`: what is written belongs to it, even if it is over.
    fn automations(&self, of_load: bool) -> Automations {
        let first_load = of_load || self.state.run.kind == RunKind::FirstLoad;
        let mutant = self.rules().mutant;
        let run = match self.rules().policy.automations {
            AutomationPolicy::AfterLoad => !first_load || mutant.is(Mutant::AutomateTheLoad),
            AutomationPolicy::Always => !first_load || !mutant.is(Mutant::WithholdAutomations),
            AutomationPolicy::Never => mutant.is(Mutant::AutomateAnyway),
        };
        if run { Automations::Run } else { Automations::Skip }
    }

    pub(super) fn write_failed(&mut self, id: super::BatchId, error: CallError) {
        let pause = self.now + 1_000;
        let Some(batch) = self.batches.get_mut(&id) else { return };
        let side = batch.side;
        match error.kind {
            CallErrorKind::Unknown | CallErrorKind::CursorLost => self.write_unknown(id),
            CallErrorKind::NotSent | CallErrorKind::Throttled => {
                batch.tries += 1;
                batch.progress = Progress::Ready(pause + (500 << batch.tries.min(7)));
                if batch.kind != WriteKind::Create && (batch.condition.is_none() || batch.tries > 3) {
                    self.decide_batch_again(id);
                }
                let failures = self.batches.get(&id).map_or(1, |batch| batch.tries.min(7));
                self.listing.get_mut(side).retry_at = pause + (500 << failures);
            }
            CallErrorKind::Auth | CallErrorKind::SchemaChanged => {
                batch.progress = Progress::Sent;
                let outcomes = vec![ItemOutcome::ConditionFailed; batch.items.len()];
                self.jobs.push_back(Job::Outcome { batch: id, outcomes });
                self.problem = Some((self.now + 60_000, error));
            }
            CallErrorKind::Refused => {
                let mut error = error.service;
                if batch.items.len() > 1 {
                    error.field = None; // Said of the call: whose field that is, is not.
                }
                let outcomes = vec![ItemOutcome::Refused(error); batch.items.len()];
                self.jobs.push_back(Job::Outcome { batch: id, outcomes });
            }
        }
    }

    /// What was read for this batch is too old by now: its records are read and decided upon once more.
    pub(super) fn decide_batch_again(&mut self, id: super::BatchId) {
        let Some(batch) = self.batches.get_mut(&id) else { return };
        batch.progress = Progress::Sent;
        let outcomes = vec![ItemOutcome::ConditionFailed; batch.items.len()];
        self.jobs.push_back(Job::Outcome { batch: id, outcomes });
    }

    /// No writes from now on: what is not sent is decided again later (I13).
    pub(super) fn pause(&mut self) {
        self.state.paused = true;
        self.jobs.push_back(Job::Save);
        self.drop_unsent();
    }

    pub(super) fn drop_unsent(&mut self) {
        if self.rules().mutant.is(Mutant::WriteWhilePaused) {
            return;
        }
        let unsent: Vec<_> = self
            .batches
            .values()
            .filter(|batch| matches!(batch.progress, Progress::Ready(_)))
            .map(|batch| batch.id)
            .collect();
        for id in unsent {
            let Some(batch) = self.batches.get_mut(&id) else { continue };
            batch.progress = Progress::Sent;
            let outcomes = vec![ItemOutcome::ConditionFailed; batch.items.len()];
            self.jobs.push_back(Job::Outcome { batch: id, outcomes });
        }
    }

    /// As if everything that happened during the pause happened now.
    pub(super) fn resume(&mut self) {
        self.state.paused = false;
        self.take_up_again();
    }

    /// Both sides are looked at, then what is left to do is decided.
    pub(super) fn take_up_again(&mut self) {
        self.problem = None;
        for side in Side::BOTH {
            let looks = self.looks.get_mut(side);
            looks.wanted = true;
            looks.settled_at = None;
            looks.owed_after_look = self.owed > 0;
        }
        self.jobs.push_back(Job::Save);
    }
}
