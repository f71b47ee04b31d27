//! What people do, and what befalls the process that works for them.

use super::{Scheduled, Sim};
use crate::{
    act::Act,
    check, owners,
    scenario::{EMAIL, FIELDS, NAME, OWNER, PARENT, STATUS, TAG},
    service::Values,
    violation::Violation,
};
use musubi_core::{RemoteId, Side, Sides, Value};
use musubi_engine::retries::Retries;
use musubi_engine::sync::{Call, Effect, Event};
use rand::Rng;

impl Sim<'_> {
    /// What is there before anybody looks.
    pub(super) fn begin(&mut self) {
        self.allow_the_plan();
        for first in &self.scenario.bounds.first {
            let mut values: Values = std::array::from_fn(|_| Value::Blank);
            values[TAG] = Value::text(format!("pii-{}", first.person));
            values[NAME] = Value::text(format!("pii Name {}", first.person));
            if first.with_email {
                values[EMAIL] = Value::text(format!("pii.Person{}@example.com", first.person));
            }
            let then = self.now - first.age;
            let service = self.services.get_mut(first.side);
            let id = service.person_creates(then, values);
            if first.leads_to_itself {
                let itself = Value::Record(id.clone());
                service.person_edits(then, &id, PARENT, itself);
            }
        }
    }

    pub(super) fn act(&mut self, act: Act) -> Result<(), Violation> {
        let busy = self.worker.as_ref().is_some_and(|worker| {
            !worker.effects.is_empty() || !worker.reads.is_empty() || worker.writes != Sides::default()
        });
        if self.scenario.lone_updates == 0 && busy && matches!(act, Act::Edit { .. } | Act::Merge { .. }) {
            // Batches have a window between their last reading and their writing (see the specification); edits fall outside of it here.
            let at = self.now + 40;
            self.schedule(at, Scheduled::Act(act));
            return Ok(());
        }
        self.say(|| format!("{act:?}"));
        let now = self.now;
        match act {
            Act::Create { side, person, with_email } => {
                self.people += 1;
                let tag = if person < 10 {
                    format!("pii-{person}")
                } else {
                    format!("pii-{person}-{}", self.people)
                };
                let mut values: Values = std::array::from_fn(|_| Value::Blank);
                let other = self.services.get(side.other());
                let twin = other.records.values().any(|record| record.values()[TAG].as_text() == Some(&tag));
                if twin && self.scenario.weather.list_lag > 0 {
                    for side in Side::BOTH {
                        self.services.get_mut(side).twins.insert(tag.clone());
                    }
                }
                values[TAG] = Value::text(tag);
                values[1] = Value::text(format!("pii  Name {person}"));
                if with_email {
                    let at = if side == Side::Left { "pii.Person" } else { "PII.person" };
                    values[EMAIL] = Value::text(format!("{at}{person}@example.com"));
                }
                self.services.get_mut(side).person_creates(now, values);
            }
            Act::Edit { side, nth, slot, value } => {
                let ids: Vec<RemoteId> = self.services.get(side).alive().map(|(id, _)| id.clone()).collect();
                if ids.is_empty() {
                    return Ok(());
                }
                let id = ids[nth % ids.len()].clone();
                let value = value_of(side, slot, value, &ids);
                self.edits(side, &id, slot, value);
            }
            Act::Delete { side, nth } => {
                let ids: Vec<RemoteId> = self.services.get(side).alive().map(|(id, _)| id.clone()).collect();
                if !ids.is_empty() {
                    let id = &ids[nth % ids.len()];
                    let tied = check::is_tied(self.runtime, &self.store, self.plan.sync, side, id)?;
                    self.services.get_mut(side).person_deletes(now, id, tied);
                }
            }
            Act::Undelete { side, nth } => self.somebody_undeletes(side, nth),
            Act::Merge { side, nth, master } => self.somebody_merges(side, nth, master)?,
            Act::Convert { side, nth } => self.somebody_converts(side, nth)?,
            Act::Decide { nth, winner } => self.somebody_decides(nth, winner)?,
            Act::Undo { side, nth } => self.somebody_undoes(side, nth)?,
            Act::Erase { side, nth } => self.somebody_erases(side, nth)?,
            Act::Pause => {
                self.paused = true;
                self.tell(Event::Pause)?;
            }
            Act::Resume => {
                self.paused = false;
                self.tell(Event::Resume)?;
            }
            Act::Open => self.open()?,
            Act::ChangeViews => self.views_change()?,
            Act::TakeViewsOver => self.take_views_over()?,
            Act::FullPass => self.tell(Event::FullPass)?,
            Act::TakeOver => self.take_over()?,
            Act::Rival => self.begin_rivalry()?,
            Act::ClockStep { side, by } => self.services.get_mut(side).step_clock(by),
            Act::Backup => self.back_up()?,
            Act::Restore => self.restore()?,
        }
        Ok(())
    }

    /// A person changes a field.
    pub(super) fn edits(&mut self, side: Side, id: &RemoteId, slot: usize, value: Value) {
        if slot == EMAIL
            && let Some(tag) = self.services.get(side).records[id].values()[TAG].as_text()
        {
            // Whoever has a twin on the other side is no longer told to be the same by the address.
            let tag = tag.to_owned();
            let both = Side::BOTH.iter().all(|at| self.services.get(*at).has_by_people(&tag));
            for side in Side::BOTH.iter().filter(|_| both) {
                self.services.get_mut(*side).twins.insert(tag.clone());
            }
        }
        let now = self.now;
        self.services.get_mut(side).person_edits(now, id, slot, value);
    }

    /// As the hub does: what is due is taken, and tried again.
    pub(super) fn retry(&mut self) -> Result<(), Violation> {
        let waits = self.plan.settings.retries;
        let take = Retries::take(&self.store, self.plan.sync, self.now, &waits, i64::MAX);
        let due = self.runtime.block_on(take).map_err(super::store)?.due;
        if due.is_empty() {
            return Ok(());
        }
        // Should this worker die before it has tried, it is due once more.
        let longest = waits.into_iter().max().unwrap_or(0);
        self.schedule(self.now + longest, Scheduled::Retries);
        self.tell(Event::Retry(due))
    }

    /// The worker hangs until its lease is over; another one takes the partition; then the first one wakes and tries to commit.
    pub(super) fn take_over(&mut self) -> Result<(), Violation> {
        let Some(old) = self.worker.take() else { return Ok(()) };
        self.say(|| "the worker hangs, another one takes over".to_owned());
        self.now = self.now.max(old.lease_until);
        self.start_worker()?;
        for effect in old.effects {
            match effect {
                Effect::Commit(changes) => {
                    let done = self.runtime.block_on(self.store.commit(
                        self.plan.sync,
                        old.epoch,
                        self.now,
                        *changes,
                    ));
                    if done.is_ok() {
                        return Err(Violation::new(
                            "I8",
                            "a worker whose lease was taken over could still commit",
                        ));
                    }
                }
                Effect::Call { side, call: Call::Write { write, .. }, .. } => {
                    let at = self.now + self.rng.random_range(0..self.plan.settings.lateness / 2);
                    self.schedule(at, Scheduled::LateWrite { side, write });
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// Value number `n` of a field.
fn value_of(side: Side, slot: usize, n: usize, ids: &[RemoteId]) -> Value {
    if n == 0 && slot != TAG {
        return Value::Blank;
    }
    match slot {
        EMAIL => Value::text(format!("pii.Person{n}@Example.com")),
        STATUS => Value::text(["Open", "Closed", "Closed", "Weird"][n % 4]),
        PARENT => Value::Record(ids[n % ids.len()].clone()),
        OWNER => owners::owner(side, n),
        3 if n == 11 => Value::text("pii bad number"),
        3 => Value::text(format!("+81 3-{n:04}")),
        _ => Value::text(format!("pii {}  Text{n}", FIELDS[slot])),
    }
}
