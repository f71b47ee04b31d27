//! Two processes that both believe to hold the partition: the clock of the second one is ahead.

use super::{Sim, store};
use crate::violation::Violation;
use musubi_connector::{CallError, CallErrorKind, Written};
use musubi_core::Side;
use musubi_engine::sync::{Answer, Call, Effect, Event};
use rand::Rng;

impl Sim<'_> {
    /// Another process takes the partition before the lease of the first one is over; the first one works on until a commit of it is refused.
    pub(super) fn begin_rivalry(&mut self) -> Result<(), Violation> {
        if self.rival.is_some() {
            return Ok(());
        }
        let Some(old) = self.worker.take() else { return Ok(()) };
        self.say(|| "another process takes over too early".to_owned());
        let until = old.lease_until;
        // To its clock the lease is over. The bound on lateness covers what the other one still sends.
        let early = (until - self.now).min(self.plan.settings.lateness);
        let now = self.now;
        self.now = until;
        self.start_worker_ahead(now.max(until - early))?;
        self.rival = Some(old);
        Ok(())
    }

    fn start_worker_ahead(&mut self, really: i64) -> Result<(), Violation> {
        self.start_worker()?;
        self.now = really;
        Ok(())
    }

    /// The first process does one thing.
    pub(super) fn rival_step(&mut self) -> Result<(), Violation> {
        let Some(mut rival) = self.rival.take() else { return Ok(()) };
        if self.now >= rival.lease_until {
            self.let_go(rival);
            return Ok(());
        }
        if rival.effects.is_empty() {
            rival.sync.handle(self.now, Event::Tick, &mut rival.effects);
        }
        if rival.effects.is_empty() {
            self.let_go(rival);
            return Ok(());
        }
        let at = self.rng.random_range(0..rival.effects.len());
        match rival.effects.remove(at) {
            Effect::Call { id, side, call, .. } => {
                let result = self.rival_call(side, call)?;
                rival.sync.handle(self.now, Event::Answered { id, result }, &mut rival.effects);
            }
            Effect::Load(id, want) => {
                let rows = self.runtime.block_on(self.store.load(self.plan.sync, want)).map_err(store)?;
                rival.sync.handle(self.now, Event::Loaded(id, rows), &mut rival.effects);
            }
            Effect::Commit(changes) => {
                let (sync, epoch) = (self.plan.sync, rival.epoch);
                let done = self.runtime.block_on(self.store.commit(sync, epoch, self.now, *changes));
                if done.is_ok() {
                    return Err(Violation::new("I8", "a worker that was taken over could still commit"));
                }
                self.say(|| "the first process finds that it was taken over".to_owned());
                self.let_go(rival);
                return Ok(());
            }
            // It would find out by its next commit as well.
            Effect::Waiting { .. } | Effect::Links { .. } => {
                self.let_go(rival);
                return Ok(());
            }
        }
        self.rival = Some(rival);
        Ok(())
    }

    fn rival_call(&mut self, side: Side, call: Call) -> Result<Result<Answer, CallError>, Violation> {
        if self.chance(100) {
            return Ok(Err(CallError::new(CallErrorKind::Unknown, "SIMULATED", "an accident")));
        }
        let Call::Write { write, .. } = call else {
            return Ok(Ok(self.read(side, &call)));
        };
        self.say(|| format!("the first process still writes on {}: {:?}", side.name(), write.items));
        let now = self.now;
        let service = self.services.get_mut(side);
        let outcomes = service.carry_out(now, &write, || false)?;
        Ok(Ok(Answer::Written(Written { meta: service.meta(now), outcomes })))
    }
}
