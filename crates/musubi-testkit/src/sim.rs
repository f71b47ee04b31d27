//! Runs a scenario: effects are performed in a drawn order, with drawn accidents, until everything rests.

use crate::{
    check,
    scenario::{Act, EMAIL, FIELDS, PARENT, STATUS, Scenario, TAG},
    service::{Service, Values},
    violation::Violation,
};
use musubi_connector::{CallError, CallErrorKind, WriteItem, WriteKind, Written};
use musubi_core::{Instant, LinkBody, RemoteId, Side, Sides, Value, mutant::Mutant};
use musubi_engine::sync::{Answer, Call, CallId, Effect, Event, Plan, Stored, Sync, SyncState};
use musubi_store::{Changes, HintRow, Store, SyncId};
use rand::{Rng, SeedableRng, rngs::SmallRng};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

const LEASE: i64 = 20_000;

enum Scheduled {
    Act(Act),
    Answer { generation: u64, id: CallId, result: Box<Result<Answer, CallError>> },
    LateWrite { side: Side, kind: WriteKind, items: Vec<WriteItem>, condition: Option<Instant> },
    Hints { side: Side, ids: Vec<RemoteId> },
}

struct Worker {
    sync: Sync,
    epoch: i64,
    lease_until: i64,
    generation: u64,
    effects: Vec<Effect>,
    writes: Sides<HashSet<CallId>>,
    reads: HashMap<CallId, Side>,
}

/// A world at work.
pub struct Sim<'a> {
    scenario: &'a Scenario,
    plan: Arc<Plan>,
    store: Store,
    runtime: &'a tokio::runtime::Runtime,
    rng: SmallRng,
    /// The two orgs.
    pub services: Sides<Service>,
    now: i64,
    calm_at: i64,
    queue: BTreeMap<(i64, u64), Scheduled>,
    next_scheduled: u64,
    worker: Option<Worker>,
    generation: u64,
    store_effects: usize,
    people: usize,
    cursors: Option<SyncState>,
    seen: HashMap<(String, Side), Instant>,
    /// The administrator wants it paused: told again to each new worker, as the hub does.
    paused: bool,
    trace: bool,
}

/// What a run came to.
#[derive(Debug)]
pub struct Report {
    /// The records of each side at the end: their values in tag order.
    pub records: Sides<Vec<Vec<String>>>,
    /// Store effects performed: where crashes can be put.
    pub store_effects: usize,
    /// Writes that were carried out.
    pub writes: usize,
}

/// Runs the scenario on this store, as this sync.
pub fn run(
    scenario: &Scenario,
    mutant: Mutant,
    store: &Store,
    sync: SyncId,
    runtime: &tokio::runtime::Runtime,
    trace: bool,
) -> Result<Report, Violation> {
    let mut sim = Sim::new(scenario, mutant, store.clone(), sync, runtime, trace);
    sim.run()
}

impl<'a> Sim<'a> {
    fn new(
        scenario: &'a Scenario,
        mutant: Mutant,
        store: Store,
        sync: SyncId,
        runtime: &'a tokio::runtime::Runtime,
        trace: bool,
    ) -> Sim<'a> {
        let plan = Arc::new(scenario.plan(sync, mutant));
        let service = |side: Side| {
            let mut service = Service::new(side, *scenario.skew.get(side), *scenario.hostile.get(side));
            service.may_create = scenario.direction.allows_from(side.other());
            for (slot, pair) in scenario.plan(sync, Mutant::None).rules.mapping.pairs.iter().enumerate() {
                service.may_write[slot] = pair.direction.allows_from(side.other());
            }
            service
        };
        let mut sim = Sim {
            scenario,
            plan,
            store,
            runtime,
            rng: SmallRng::seed_from_u64(scenario.order),
            services: Sides::from_fn(service),
            now: 1_000_000_000_000,
            calm_at: 0,
            queue: BTreeMap::new(),
            next_scheduled: 0,
            worker: None,
            generation: 0,
            store_effects: 0,
            people: 0,
            cursors: None,
            seen: HashMap::new(),
            paused: false,
            trace,
        };
        let start = sim.now + if scenario.before_engine { 0 } else { 10 };
        for (at, act) in &scenario.acts {
            sim.schedule(start + at, Scheduled::Act(act.clone()));
        }
        sim.calm_at = start + scenario.length() + 30_000;
        sim
    }

    fn schedule(&mut self, at: i64, what: Scheduled) {
        self.queue.insert((at, self.next_scheduled), what);
        self.next_scheduled += 1;
    }

    fn say(&self, what: impl FnOnce() -> String) {
        if self.trace {
            #[expect(clippy::print_stderr, reason = "a trace is asked for by a person who replays a seed")]
            {
                eprintln!("{:>9.3} {}", (self.now - 1_000_000_000_000) as f64 / 1000.0, what());
            }
        }
    }

    fn chance(&mut self, per_mille: u32) -> bool {
        per_mille > 0 && self.now < self.calm_at && self.rng.random_range(0..1000) < per_mille
    }

    fn run(&mut self) -> Result<Report, Violation> {
        if self.scenario.before_engine {
            while let Some((key, _)) = self.queue.first_key_value() {
                self.now = self.now.max(key.0);
                self.next_due()?;
            }
            self.now += 60_000;
            self.calm_at = self.now;
        }
        self.start_worker()?;
        let rested = self.until_rest()?;
        self.say(|| "everything rests".to_owned());
        check::at_rest(self.runtime, &self.store, &self.plan, &self.services, self.scenario)?;
        let writes = self.our_writes();
        // I5: no writes once everything agrees.
        let quiet = if self.scenario.seed.is_multiple_of(100) { 86_400_000 } else { 300_000 };
        self.until(rested + quiet)?;
        if self.our_writes() != writes {
            return Err(Violation::new(
                "I5",
                format!("{} writes after everything agreed", self.our_writes() - writes),
            ));
        }
        let acts = self.scenario.acts.len();
        let hostile = if self.scenario.hostile == Sides::default() { 0 } else { 14 * (acts + 10) };
        if writes > 30 + 8 * acts + hostile {
            return Err(Violation::new("I6", format!("{writes} writes for {acts} acts")));
        }
        let records = Sides::from_fn(|side| {
            let translate = |value: &Value| match value {
                Value::Record(id) => {
                    let parent = self.services.get(side).records.get(id);
                    format!("→{:?}", parent.map(|parent| parent.values()[TAG].clone()))
                }
                value => format!("{value:?}"),
            };
            let mut records: Vec<Vec<String>> = self
                .services
                .get(side)
                .alive()
                .map(|(_, record)| record.values().iter().map(translate).collect())
                .collect();
            records.sort();
            records
        });
        Ok(Report { records, store_effects: self.store_effects, writes })
    }

    fn our_writes(&self) -> usize {
        self.services.left.our_writes + self.services.right.our_writes
    }

    /// Goes on until nothing is left to do after the weather calmed down.
    fn until_rest(&mut self) -> Result<i64, Violation> {
        let limit = self.calm_at + 1_800_000;
        let mut looked = false;
        let mut steps = 0u32;
        loop {
            steps += 1;
            self.step()?;
            if self.now >= self.calm_at && !looked {
                looked = true;
                self.tell(Event::Look)?;
            }
            let quiet = self.worker.as_ref().and_then(|worker| worker.sync.quiet_since());
            let pending = self.queue.values().any(|what| !matches!(what, Scheduled::Hints { .. }));
            let flows =
                self.services.left.workflow_at().is_some() || self.services.right.workflow_at().is_some();
            if !pending
                && !flows
                && quiet.is_some_and(|at| {
                    at > self.calm_at + 15_000
                        && at > self.services.left.last_change.max(self.services.right.last_change) + 3_500
                })
            {
                return Ok(self.now);
            }
            if self.now > limit || steps > 60_000 {
                let state = self.worker.as_ref().map(|worker| {
                    (worker.sync.open_work(), worker.sync.state().clone(), worker.sync.describe())
                });
                return Err(Violation::new("I1", format!("does not come to rest: {state:?}")));
            }
        }
    }

    fn until(&mut self, end: i64) -> Result<(), Violation> {
        while self.now < end {
            self.step()?;
        }
        Ok(())
    }

    /// One thing happens.
    fn step(&mut self) -> Result<(), Violation> {
        for side in Side::BOTH {
            let now = self.now;
            self.services.get_mut(side).run_workflows(now);
            self.webhooks(side);
        }
        if self.queue.first_key_value().is_some_and(|(key, _)| key.0 <= self.now)
            && self.rng.random_ratio(2, 3)
        {
            return self.next_due();
        }
        let pending = self.worker.as_ref().map_or(0, |worker| worker.effects.len());
        if pending > 0 {
            let at = self.rng.random_range(0..pending);
            let effect = self.worker.as_mut().map(|worker| worker.effects.remove(at));
            return effect.map_or(Ok(()), |effect| self.perform(effect));
        }
        if self.queue.first_key_value().is_some_and(|(key, _)| key.0 <= self.now) {
            return self.next_due();
        }
        // Nothing to do now: time passes.
        let wake = self
            .worker
            .as_ref()
            .map_or(i64::MAX, |worker| worker.sync.next_wake().min(worker.lease_until - LEASE / 2));
        let flow = Side::BOTH
            .iter()
            .filter_map(|side| self.services.get(*side).workflow_at())
            .min()
            .unwrap_or(i64::MAX);
        let due = self.queue.first_key_value().map_or(i64::MAX, |(key, _)| key.0);
        self.now = wake.min(due).min(flow).max(self.now + 1).min(self.now + 3_600_000);
        self.renew()?;
        self.tell(Event::Tick)
    }

    fn renew(&mut self) -> Result<(), Violation> {
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

    /// Delivers an event to the worker, and looks at what it asks for.
    fn tell(&mut self, event: Event) -> Result<(), Violation> {
        let Some(worker) = &mut self.worker else { return Ok(()) };
        let before = worker.effects.len();
        worker.sync.handle(self.now, event, &mut worker.effects);
        let paused = worker.sync.state().paused;
        for effect in &worker.effects[before..] {
            let Effect::Call { id, side, call, .. } = effect else { continue };
            if let Call::Write { .. } = call {
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
        Ok(())
    }

    fn start_worker(&mut self) -> Result<(), Violation> {
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
                Ok::<_, musubi_store::StoreError>(Stored {
                    state: self.store.sync_state(sync).await?,
                    intents: self.store.open_intents(sync).await?,
                    owed: self.store.count_owed(sync).await?,
                    waiting: self.store.count_unlinked(sync, 1).await?,
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
            };
            for side in Side::BOTH {
                let watched = Event::Watched(side, self.scenario.weather.webhooks);
                worker.sync.handle(self.now, watched, &mut worker.effects);
            }
            if worker.sync.state().paused != self.paused {
                let wish = if self.paused { Event::Pause } else { Event::Resume };
                worker.sync.handle(self.now, wish, &mut worker.effects);
            }
            self.worker = Some(worker);
            self.say(|| format!("worker of epoch {epoch} starts"));
            return self.tell(Event::Tick);
        }
    }

    /// The process dies. Requests that were about to be sent may still reach the service, late.
    fn crash(&mut self, why: &str) -> Result<(), Violation> {
        self.say(|| format!("crash: {why}"));
        let Some(worker) = self.worker.take() else { return Ok(()) };
        for effect in worker.effects {
            let Effect::Call {
                side, call: Call::Write { kind, items, unmodified_since: condition, .. }, ..
            } = effect
            else {
                continue;
            };
            if self.rng.random_ratio(1, 3) {
                let at = self.now + self.rng.random_range(0..self.plan.settings.lateness);
                self.schedule(at, Scheduled::LateWrite { side, kind, items, condition });
            }
        }
        self.now = self.now.max(worker.lease_until);
        self.start_worker()
    }

    fn next_due(&mut self) -> Result<(), Violation> {
        let Some((_, what)) = self.queue.pop_first() else { return Ok(()) };
        match what {
            Scheduled::Act(act) => self.act(act),
            Scheduled::Answer { generation, id, result } => {
                if let Some(worker) = self.worker.as_mut().filter(|worker| worker.generation == generation) {
                    Side::BOTH.iter().for_each(|side| drop(worker.writes.get_mut(*side).remove(&id)));
                    worker.reads.remove(&id);
                    self.tell(Event::Answered { id, result: *result })?;
                }
                Ok(())
            }
            Scheduled::LateWrite { side, kind, items, condition } => {
                self.say(|| format!("late write on {}", side.name()));
                let now = self.now;
                self.services.get_mut(side).carry_out(now, kind, &items, condition, || false).map(drop)
            }
            Scheduled::Hints { side, ids } => {
                let hints = ids
                    .into_iter()
                    .map(|id| HintRow { side, id: id.as_str().to_owned(), at: self.now })
                    .collect();
                self.tell(Event::Hints(hints))
            }
        }
    }

    fn perform(&mut self, effect: Effect) -> Result<(), Violation> {
        match effect {
            Effect::Call { id, side, call, .. } => self.call(id, side, call),
            Effect::Load(want) => {
                if self.crashes_here()? {
                    return Ok(());
                }
                let loaded = self.runtime.block_on(self.store.load(self.plan.sync, want)).map_err(store)?;
                self.tell(Event::Loaded(loaded))
            }
            Effect::Waiting { after, limit } => {
                let rows = self.store.scan_unlinked(self.plan.sync, None, Some(1), after, limit as i64);
                let rows = self.runtime.block_on(rows).map_err(store)?;
                self.tell(Event::Waiting(rows))
            }
            Effect::Owed { after, limit } => {
                let rows =
                    self.store.owed_links(self.plan.sync, after.as_deref().unwrap_or(""), limit as i64);
                let rows = self.runtime.block_on(rows).map_err(store)?;
                self.tell(Event::Owed(rows))
            }
            Effect::Commit(changes) => {
                if self.crashes_here()? {
                    return Ok(());
                }
                self.check_monotonic(&changes)?;
                let epoch = self.worker.as_ref().map_or(0, |worker| worker.epoch);
                self.say(|| describe(&changes));
                let done =
                    self.runtime.block_on(self.store.commit(self.plan.sync, epoch, self.now, *changes));
                let committed = done.map_err(store)?;
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

    /// I8: cursors and the newest state seen of a record never go back.
    fn check_monotonic(&mut self, changes: &Changes) -> Result<(), Violation> {
        if let Some(bytes) = &changes.state {
            let state = SyncState::decode(bytes);
            for side in Side::BOTH {
                let new = state.sides.get(side);
                let old = self.cursors.as_ref().map(|old| *old.sides.get(side)).unwrap_or_default();
                if new.fast < old.fast || new.settled < old.settled || new.deleted < old.deleted {
                    return Err(Violation::new(
                        "I8",
                        format!("a cursor of the {} side goes back", side.name()),
                    ));
                }
            }
            self.cursors = Some(state);
        }
        for left in &changes.links_delete {
            Side::BOTH.iter().for_each(|side| drop(self.seen.remove(&(left.clone(), *side))));
        }
        for link in &changes.links_put {
            let body = LinkBody::decode(&link.body)
                .map_err(|_| Violation::new("I9", "a link is stored that cannot be read"))?;
            for side in Side::BOTH {
                let seen = self.seen.entry((link.left_id.clone(), side)).or_default();
                if body.side(side).seen < *seen {
                    return Err(Violation::new(
                        "I8",
                        format!("{} is known by an older reading than before", link.id(side)),
                    ));
                }
                *seen = body.side(side).seen;
            }
        }
        Ok(())
    }

    fn crashes_here(&mut self) -> Result<bool, Violation> {
        self.store_effects += 1;
        let exactly = self.scenario.crash_at == Some(self.store_effects);
        let chance = self.chance(self.scenario.weather.crash);
        if exactly || chance {
            self.crash("at a store effect")?;
        }
        Ok(exactly || chance)
    }

    fn call(&mut self, id: CallId, side: Side, call: Call) -> Result<(), Violation> {
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
        let lost = self.chance(weather.lost);
        if let Call::Write { kind, items, unmodified_since, batch } = call {
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
                self.schedule(at, Scheduled::LateWrite { side, kind, items, condition: unmodified_since });
                return Ok(());
            }
            let now = self.now;
            let item = if now < self.calm_at { weather.item } else { 0 };
            let rng = &mut self.rng;
            let refuse = || item > 0 && rng.random_range(0..1000) < item;
            let mut outcomes =
                self.services.get_mut(side).carry_out(now, kind, &items, unmodified_since, refuse)?;
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
        self.say(|| format!("{} {call:?} → {}", side.name(), brief(&answer)));
        let result = if lost { error(CallErrorKind::Unknown) } else { Box::new(Ok(answer)) };
        self.schedule(soon, Scheduled::Answer { generation, id, result });
        Ok(())
    }

    fn read(&mut self, side: Side, call: &Call) -> Answer {
        let lag = if self.scenario.weather.list_lag > 0 {
            self.rng.random_range(0..=self.scenario.weather.list_lag)
        } else {
            0
        };
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
            Call::Count | Call::Write { .. } => {
                Answer::Count { meta: service.meta(self.now), count: service.alive().count() as u64 }
            }
        }
    }

    fn webhooks(&mut self, side: Side) {
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

    fn act(&mut self, act: Act) -> Result<(), Violation> {
        let busy = self.worker.as_ref().is_some_and(|worker| {
            !worker.effects.is_empty() || !worker.reads.is_empty() || worker.writes != Sides::default()
        });
        if self.scenario.lone_updates == 0 && busy && matches!(act, Act::Edit { .. }) {
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
                    Side::BOTH
                        .iter()
                        .for_each(|side| drop(self.services.get_mut(*side).twins.insert(tag.clone())));
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
                let id = &ids[nth % ids.len()];
                let value = value_of(slot, value, &ids);
                self.services.get_mut(side).person_edits(now, id, slot, value);
            }
            Act::Delete { side, nth } => {
                let ids: Vec<RemoteId> = self.services.get(side).alive().map(|(id, _)| id.clone()).collect();
                if !ids.is_empty() {
                    let id = &ids[nth % ids.len()];
                    let tied = check::is_tied(self.runtime, &self.store, self.plan.sync, side, id)?;
                    self.services.get_mut(side).person_deletes(now, id, tied);
                }
            }
            Act::Pause => {
                self.paused = true;
                self.tell(Event::Pause)?;
            }
            Act::Resume => {
                self.paused = false;
                self.tell(Event::Resume)?;
            }
            Act::FullPass => self.tell(Event::FullPass)?,
            Act::TakeOver => self.take_over()?,
        }
        Ok(())
    }

    /// The worker hangs until its lease is over; another one takes the partition; then the first one wakes and tries to commit.
    fn take_over(&mut self) -> Result<(), Violation> {
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
                Effect::Call {
                    side,
                    call: Call::Write { kind, items, unmodified_since: condition, .. },
                    ..
                } => {
                    let at = self.now + self.rng.random_range(0..self.plan.settings.lateness / 2);
                    self.schedule(at, Scheduled::LateWrite { side, kind, items, condition });
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// Value number `n` of a field.
fn value_of(slot: usize, n: usize, ids: &[RemoteId]) -> Value {
    if n == 0 && slot != TAG {
        return Value::Blank;
    }
    match slot {
        EMAIL => Value::text(format!("pii.Person{n}@Example.com")),
        STATUS => Value::text(["Open", "Closed", "Closed", "Weird"][n % 4]),
        PARENT => Value::Record(ids[n % ids.len()].clone()),
        3 if n == 11 => Value::text("pii bad number"),
        3 => Value::text(format!("+81 3-{n:04}")),
        _ => Value::text(format!("pii {}  Text{n}", FIELDS[slot])),
    }
}

fn store(error: musubi_store::StoreError) -> Violation {
    Violation::new("I9", format!("the store refuses: {error}"))
}

fn brief(answer: &Answer) -> String {
    match answer {
        Answer::Page(page) => {
            let rows: Vec<String> = page
                .rows
                .iter()
                .map(|row| format!("{}@{}", row.id, row.modified.second() % 10_000))
                .collect();
            format!(
                "[{}] next {:?} at {}",
                rows.join(" "),
                page.next,
                page.meta.server_time.second() % 10_000
            )
        }
        Answer::Deleted { rows, .. } => format!("{:?}", rows.iter().map(|row| &row.id).collect::<Vec<_>>()),
        other => format!("{other:?}"),
    }
}

fn describe(changes: &Changes) -> String {
    let links: Vec<String> = changes
        .links_put
        .iter()
        .map(|link| format!("{}={}:{}", link.left_id, link.right_id, link.state))
        .collect();
    let unlinked: Vec<String> =
        changes.unlinked_put.iter().map(|row| format!("{}:{}", row.id, row.state)).collect();
    let gone: Vec<&String> = changes.unlinked_delete.iter().map(|(_, id)| id).collect();
    let intents: Vec<i64> = changes.intents_put.iter().map(|row| row.id).collect();
    let attention: Vec<&str> = changes.attention_put.iter().map(|row| row.code.as_str()).collect();
    let phase = changes.state.as_deref().map(|bytes| SyncState::decode(bytes).phase);
    format!(
        "    commit links {links:?} unlinked {unlinked:?} gone {gone:?} intents {intents:?} done {:?} attention {attention:?} {phase:?}",
        changes.intents_delete
    )
}
