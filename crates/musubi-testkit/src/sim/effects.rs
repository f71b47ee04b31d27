//! Between the engine and the world: events are told to the worker, and what it asks for is carried out, each checked as it passes.

use super::{Scheduled, Sim, store, trace};
use crate::{policies, violation::Violation};
use musubi_connector::WriteKind;
use musubi_engine::sync::{Call, Effect, Event};
use musubi_store::{Changes, IntentRow};

impl Sim<'_> {
    /// Delivers an event to the worker, and looks at what it asks for.
    pub(super) fn tell(&mut self, event: Event) -> Result<(), Violation> {
        let Some(worker) = &mut self.worker else { return Ok(()) };
        let before = worker.effects.len();
        worker.sync.handle(self.now, event, &mut worker.effects);
        let paused = worker.sync.state().paused;
        let mut deletions = Vec::new();
        for effect in &worker.effects[before..] {
            let Effect::Call { id, side, call, .. } = effect else { continue };
            if let Call::Write { write, .. } = call {
                policies::automations(write, worker.sync.state(), &self.plan)?;
                if write.kind == WriteKind::Delete {
                    deletions.push((*side, write.clone()));
                }
                if paused {
                    return Err(Violation::new("I13", "a write goes out during a pause"));
                }
                let writes = worker.writes.get_mut(*side);
                writes.insert(*id);
                if writes.len() > self.plan.settings.writes_at_once {
                    return Err(Violation::new("I15", format!("{} writes at once", writes.len())));
                }
            } else {
                worker.reads.insert(*id, *side);
            }
            if self.now + self.plan.settings.call_timeout > worker.lease_until {
                return Err(Violation::new("I8", "a request may outlive the lease"));
            }
        }
        deletions.iter().try_for_each(|(side, write)| self.check_deletions(*side, write))
    }

    pub(super) fn perform(&mut self, effect: Effect) -> Result<(), Violation> {
        match effect {
            Effect::Call { id, side, call, .. } => self.call(id, side, call),
            Effect::Load(id, want) => {
                if self.crashes_here()? {
                    return Ok(());
                }
                let loaded = self.runtime.block_on(self.store.load(self.plan.sync, want)).map_err(store)?;
                self.tell(Event::Loaded(id, loaded))
            }
            Effect::Waiting { after, limit } => {
                let rows = self.store.scan_unlinked(self.plan.sync, None, Some(1), after, limit as i64);
                let rows = self.runtime.block_on(rows).map_err(store)?;
                self.tell(Event::Waiting(rows))
            }
            Effect::Links { state, after, limit } => {
                let after = after.as_deref().unwrap_or("");
                let rows = self.store.links_in(self.plan.sync, state, after, limit as i64);
                let rows = self.runtime.block_on(rows).map_err(store)?;
                self.tell(Event::Links(rows))
            }
            Effect::Commit(changes) => {
                if self.crashes_here()? {
                    return Ok(());
                }
                self.say(|| trace::describe(&changes));
                self.check_monotonic(&changes)?;
                self.check_policies(&changes)?;
                self.check_decisions(&changes)?;
                self.check_erased(&changes)?;
                let epoch = self.worker.as_ref().map_or(0, |worker| worker.epoch);
                for due in changes.attention_put.iter().map(|item| item.due).filter(|due| *due != i64::MAX) {
                    self.schedule(due, Scheduled::Retries);
                }
                let done =
                    self.runtime.block_on(self.store.commit(self.plan.sync, epoch, self.now, *changes));
                let committed = done.map_err(store)?;
                (self.restored, self.compares) = (false, false);
                if self.crashes_here()? {
                    return Ok(());
                }
                let woken = committed.woken.contains(&self.plan.sync);
                self.tell(Event::Committed(committed))?;
                if woken {
                    let hints = self.runtime.block_on(self.store.hints(self.plan.sync, 50)).map_err(store)?;
                    self.tell(Event::Hints(hints))?;
                }
                Ok(())
            }
        }
    }

    /// Every write that is stored for the first time is one that the policies allow.
    fn check_policies(&mut self, changes: &Changes) -> Result<(), Violation> {
        let new: Vec<&IntentRow> = changes
            .intents_put
            .iter()
            .filter(|intent| self.intents.insert(intent.id) && intent.state == 0)
            .collect();
        self.check_dated(&new)?;
        policies::check(changes, new.into_iter(), &self.plan, &self.scenario.scopes, self.scenario.owners)
    }
}
