//! Runs a scenario: effects are performed in a drawn order, with drawn accidents, until everything rests.

pub(crate) mod bulk;
mod comparison;
mod decisions;
mod effects;
pub(crate) mod erasures;
mod monotonic;
mod network;
pub(crate) mod openings;
mod people;
pub mod plan;
#[cfg(test)]
mod rest;
mod restores;
mod rivals;
pub(crate) mod successors;
mod trace;
pub(crate) mod undeletes;
pub(crate) mod views;
mod worker;

use crate::{
    act::Act,
    check, outcomes,
    scenario::{Scenario, TAG},
    service::Service,
    violation::Violation,
};
use musubi_connector::CallError;
use musubi_core::{
    Instant, RemoteId, Side, Sides, Value, mutant::Mutant, plan::Approved, policy::DeletionPolicy,
};
use musubi_engine::sync::{Answer, CallId, Effect, Event, Plan, Sync, SyncState, WriteCall};
use musubi_store::{HintRow, Store, SyncId};
use rand::{Rng, SeedableRng, rngs::SmallRng};
use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

const LEASE: i64 = 20_000;

enum Scheduled {
    Act(Act),
    Answer {
        generation: u64,
        id: CallId,
        result: Box<Result<Answer, CallError>>,
    },
    LateWrite {
        side: Side,
        write: WriteCall,
    },
    Hints {
        side: Side,
        ids: Vec<RemoteId>,
    },
    /// What was refused for now may be due again.
    Retries,
    Decisions,
}

struct Worker {
    sync: Sync,
    epoch: i64,
    lease_until: i64,
    generation: u64,
    effects: Vec<Effect>,
    writes: Sides<HashSet<CallId>>,
    reads: HashMap<CallId, Side>,
    /// The last decision of a person that it was told.
    decision: i64,
}

/// A world at work.
pub struct Sim<'a> {
    scenario: Cow<'a, Scenario>,
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
    /// Intents that were stored before.
    intents: HashSet<i64>,
    people: usize,
    cursors: Option<SyncState>,
    seen: HashMap<(String, Side), Instant>,
    /// A worker that does not know yet that another one took over.
    rival: Option<Worker>,
    /// The memory as it was backed up.
    backup: Option<Store>,
    /// The store comes from a backup, and no worker has noted that yet.
    restored: bool,
    /// It was told otherwise, and no worker has noted yet that everything is compared.
    compares: bool,
    /// What the journal told before a restore.
    lost: HashSet<check::Replaced>,
    /// The administrator wants it paused: told again to each new worker, as the hub does.
    paused: bool,
    /// What persons decided.
    decisions: decisions::Decisions,
    erasures: erasures::Erasures,
    /// Records that were told otherwise than by rows of bulk reads.
    listed: Sides<HashSet<RemoteId>>,
    /// Records that the engine made.
    made: HashSet<RemoteId>,
    /// The plan that a person approved: told to each new worker.
    approved: Option<Arc<Approved>>,
    trace: bool,
}

/// What a run came to.
#[derive(Debug, Default)]
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
            service.shared = scenario.shared;
            service.stubborn = scenario.stubborn;
            service.beside = scenario.scopes.beside(side);
            service.spares_parents =
                *scenario.policy.deletion.get(side.other()) == DeletionPolicy::DeleteIfUnrelated;
            service
        };
        let mut sim = Sim {
            scenario: Cow::Borrowed(scenario),
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
            intents: HashSet::new(),
            people: 0,
            cursors: None,
            seen: HashMap::new(),
            rival: None,
            backup: None,
            restored: false,
            compares: false,
            lost: HashSet::new(),
            paused: false,
            decisions: decisions::Decisions::default(),
            erasures: erasures::Erasures::default(),
            listed: Sides::default(),
            made: HashSet::new(),
            approved: None,
            trace,
        };
        let start = sim.now + if scenario.before_engine { 0 } else { 10 };
        for (at, act) in &scenario.acts {
            sim.schedule(start + at, Scheduled::Act(act.clone()));
        }
        sim.begin();
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
            self.before_engine()?;
        }
        self.work()
    }

    /// Everything that people do is done before anybody looks.
    fn before_engine(&mut self) -> Result<(), Violation> {
        while let Some((key, _)) = self.queue.first_key_value() {
            self.now = self.now.max(key.0);
            self.next_due()?;
        }
        self.now += 60_000;
        self.calm_at = self.now;
        Ok(())
    }

    /// The engine works until everything rests.
    fn work(&mut self) -> Result<Report, Violation> {
        self.start_worker()?;
        let rested = self.until_rest()?;
        if self.is_stopped() {
            return Ok(Report::default());
        }
        self.say(|| "everything rests".to_owned());
        let store = check::Kept { runtime: self.runtime, store: &self.store, lost: &self.lost };
        check::at_rest(&store, &self.plan, &self.services, &self.scenario)?;
        outcomes::add_up(&store, self.plan.sync)?;
        self.check_undone()?;
        let writes = self.our_writes();
        // I5: no writes once everything agrees.
        let long = self.scenario.seed.is_multiple_of(100) && self.scenario.crash_at.is_none();
        let quiet = if long { 86_400_000 } else { 60_000 };
        self.until(rested + quiet)?;
        if self.scenario.seed.is_multiple_of(5) {
            self.compare_everything()?;
        }
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
        // The fast looks may miss what a list shows late; the settled one that follows does not.
        let settles = self.plan.settings.horizon + self.plan.settings.settle_every;
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
            let quiet = if self.is_stopped() { Some(i64::MAX) } else { quiet };
            let pending = self.queue.values().any(|what| !matches!(what, Scheduled::Hints { .. }));
            let flows =
                self.services.left.workflow_at().is_some() || self.services.right.workflow_at().is_some();
            if !pending
                && !flows
                && quiet.is_some_and(|at| {
                    at > self.calm_at + 15_000
                        && at > self.services.left.last_change.max(self.services.right.last_change) + settles
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
        if self.rival.is_some() && self.rng.random_ratio(1, 3) {
            return self.rival_step();
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

    fn next_due(&mut self) -> Result<(), Violation> {
        let Some((_, what)) = self.queue.pop_first() else { return Ok(()) };
        match what {
            Scheduled::Act(act) => self.act(act),
            Scheduled::Answer { generation, id, result } => {
                if let Some(worker) = self.worker.as_mut().filter(|worker| worker.generation == generation) {
                    for side in Side::BOTH {
                        worker.writes.get_mut(side).remove(&id);
                    }
                    worker.reads.remove(&id);
                    self.tell(Event::Answered { id, result: *result })?;
                }
                Ok(())
            }
            Scheduled::Retries => self.retry(),
            Scheduled::LateWrite { side, write } => {
                self.say(|| format!("late write on {}", side.name()));
                let now = self.now;
                self.services.get_mut(side).carry_out(now, &write, || false).map(drop)
            }
            Scheduled::Decisions => self.tell_decisions(),
            Scheduled::Hints { side, ids } => {
                let hints = ids
                    .into_iter()
                    .map(|id| HintRow { side, id: id.as_str().to_owned(), at: self.now })
                    .collect();
                self.tell(Event::Hints(hints))
            }
        }
    }
}

fn store(error: musubi_store::StoreError) -> Violation {
    Violation::new("I9", format!("the store refuses: {error}"))
}
