//! The process that works: how it begins, keeps its lease, and dies.

use super::{LEASE, Scheduled, Sim, Worker, store};
use crate::violation::Violation;
use musubi_core::{Side, Sides};
use musubi_engine::sync::{Call, Effect, Event, JournalNumbers, Stored, Sync};
use rand::Rng;
use std::collections::HashMap;

impl Sim<'_> {
    pub(super) fn renew(&mut self) -> Result<(), Violation> {
        let now = self.now;
        let Some(worker) = &mut self.worker else { return Ok(()) };
        if worker.lease_until - now > LEASE / 2 {
            return Ok(());
        }
        let until = now + LEASE;
        let kept =
            self.runtime.block_on(self.store.renew(self.plan.sync, worker.epoch, until)).map_err(store)?;
        if kept {
            worker.lease_until = until;
            self.tell(Event::Lease(until))
        } else {
            self.crash("the lease is lost")
        }
    }

    pub(super) fn start_worker(&mut self) -> Result<(), Violation> {
        loop {
            let until = self.now + LEASE;
            let epoch = self
                .runtime
                .block_on(self.store.acquire(self.plan.sync, "sim", self.now, until))
                .map_err(store)?;
            let Some(epoch) = epoch else {
                self.now += 1_000;
                continue;
            };
            let sync = self.plan.sync;
            let stored = self.runtime.block_on(async {
                let state = self.store.sync_state(sync).await?;
                let last_entry = self.store.journal_end(sync).await?;
                Ok::<_, musubi_store::StoreError>(Stored {
                    numbers: JournalNumbers::after(state.as_deref(), last_entry),
                    state,
                    intents: self.store.open_intents(sync).await?,
                    owed: self.store.count_owed(sync).await?,
                    waiting: self.store.count_unlinked(sync, 1).await?,
                    links: self.store.count_links(sync).await?,
                    restored: self.restored,
                    compare: self.compares,
                })
            });
            self.generation += 1;
            let mut worker = Worker {
                sync: Sync::new(self.plan.clone(), epoch, until, stored.map_err(store)?, self.now),
                epoch,
                lease_until: until,
                generation: self.generation,
                effects: Vec::new(),
                writes: Sides::default(),
                reads: HashMap::new(),
                decision: 0,
            };
            for side in Side::BOTH {
                let watched = Event::Watched(side, self.scenario.weather.webhooks.then_some(i64::MAX));
                worker.sync.handle(self.now, watched, &mut worker.effects);
            }
            if worker.sync.state().paused != self.paused {
                let wish = if self.paused { Event::Pause } else { Event::Resume };
                worker.sync.handle(self.now, wish, &mut worker.effects);
            }
            if self.approved.is_some() {
                let bind = Event::Bind(self.approved.clone());
                worker.sync.handle(self.now, bind, &mut worker.effects);
            }
            self.worker = Some(worker);
            self.say(|| format!("worker of epoch {epoch} starts"));
            self.tell_decisions()?;
            // What was told to the one before it and not dealt with.
            let hints = self.runtime.block_on(self.store.hints(sync, 50)).map_err(store)?;
            return self.tell(if hints.is_empty() { Event::Tick } else { Event::Hints(hints) });
        }
    }

    /// It may die before and after whatever it does with the store. True when it did.
    pub(super) fn crashes_here(&mut self) -> Result<bool, Violation> {
        self.store_effects += 1;
        let exactly = self.scenario.crash_at == Some(self.store_effects);
        let chance = self.chance(self.scenario.weather.crash);
        if exactly || chance {
            self.crash("at a store effect")?;
        }
        Ok(exactly || chance)
    }

    /// The process dies. Requests that were about to be sent may still reach the service, late.
    pub(super) fn crash(&mut self, why: &str) -> Result<(), Violation> {
        self.say(|| format!("crash: {why}"));
        let Some(worker) = self.worker.take() else { return Ok(()) };
        let until = worker.lease_until;
        self.let_go(worker);
        self.now = self.now.max(until);
        self.start_worker()
    }

    /// A process is no more. What it was about to send may still reach the service.
    pub(super) fn let_go(&mut self, worker: Worker) {
        for effect in worker.effects {
            let Effect::Call { side, call: Call::Write { write, .. }, .. } = effect else { continue };
            if self.rng.random_ratio(1, 3) {
                let at = self.now + self.rng.random_range(0..self.plan.settings.lateness);
                self.schedule(at, Scheduled::LateWrite { side, write });
            }
        }
    }
}
