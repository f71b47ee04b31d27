//! Many seeds, in parallel; and what to do with one that fails.

use crate::{scenario::Scenario, sim, violation::Violation};
use musubi_core::mutant::Mutant;
use musubi_store::{Store, SyncId};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::atomic::{AtomicU64, Ordering},
};
use tokio::runtime::{Builder, Runtime};

/// Where worlds keep their memory.
#[derive(Clone, Debug)]
pub enum Engine {
    /// A SQLite database in memory for each.
    Sqlite,
    /// One PostgreSQL database for all, a sync for each.
    Postgres(String),
}

/// A seed that failed.
#[derive(Debug)]
pub struct Failure {
    /// Its number.
    pub seed: u64,
    /// What did not hold.
    pub violation: Violation,
}

/// One thread's means to run worlds.
pub struct Ground {
    engine: Engine,
    runtime: Runtime,
    shared: Option<Store>,
    next_sync: i64,
}

impl Ground {
    /// For one thread. `first_sync`: numbers of syncs used on a shared database, `first_sync` and up.
    pub fn new(engine: &Engine, first_sync: i64) -> Ground {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime for one thread can always be had");
        let shared = match engine {
            Engine::Sqlite => None,
            Engine::Postgres(url) => {
                Some(runtime.block_on(Store::open_postgres(url)).expect("the database given can be opened"))
            }
        };
        Ground { engine: engine.clone(), runtime, shared, next_sync: first_sync }
    }

    /// Runs a scenario.
    pub fn run(
        &mut self,
        scenario: &Scenario,
        mutant: Mutant,
        trace: bool,
    ) -> Result<sim::Report, Violation> {
        let (store, sync) = self.memory();
        let work = || sim::run(scenario, mutant, &store, sync, &self.runtime, trace);
        catch_unwind(AssertUnwindSafe(work))
            .unwrap_or_else(|_| Err(Violation::new("panic", "the program panicked")))
    }

    /// Where the next world keeps its memory.
    fn memory(&mut self) -> (Store, SyncId) {
        match (&self.engine, &self.shared) {
            (Engine::Postgres(_), Some(store)) => {
                self.next_sync += 1;
                (store.clone(), SyncId(self.next_sync))
            }
            _ => (Store::in_memory().expect("a store in memory can always be had"), SyncId(1)),
        }
    }

    /// Plans, then carries the plan out: in the world it was made for, and in one that somebody changed meanwhile (I17).
    fn run_planned(
        &mut self,
        scenario: &Scenario,
        mutant: Mutant,
        free: &sim::Report,
        trace: bool,
    ) -> Result<(), Violation> {
        for world in [sim::plan::World::Unchanged, sim::plan::World::Changed] {
            let (store, sync) = self.memory();
            let work = || sim::plan::run(scenario, world, mutant, (&store, sync), &self.runtime, free, trace);
            catch_unwind(AssertUnwindSafe(work))
                .unwrap_or_else(|_| Err(Violation::new("panic", "the program panicked")))?;
        }
        Ok(())
    }

    /// Runs a seed: the world itself, and, where the edits came before the engine, a second order of work (I16).
    pub fn run_seed(&mut self, seed: u64, mutant: Mutant, trace: bool) -> Result<sim::Report, Violation> {
        let scenario = Scenario::draw(seed);
        let report = self.run(&scenario, mutant, trace)?;
        if scenario.before_engine {
            let other = Scenario { order: scenario.order ^ 0x9e37_79b9, ..scenario.clone() };
            let second = self.run(&other, mutant, trace)?;
            if second.records != report.records {
                let what = format!(
                    "two orders of work end differently: {:?} and {:?}",
                    report.records, second.records
                );
                return Err(Violation::new("I16", what));
            }
            if matches!(mutant, Mutant::None | Mutant::ExceedPlan) {
                self.run_planned(&scenario, mutant, &report, trace)?;
            }
        }
        Ok(report)
    }

    /// The smallest scenario found that breaks the same promise.
    pub fn shrink(&mut self, seed: u64, mutant: Mutant, invariant: &str) -> Scenario {
        let mut best = Scenario::draw(seed);
        let mut fails = |scenario: &Scenario| {
            self.run(scenario, mutant, false).is_err_and(|found| found.invariant == invariant)
        };
        if !fails(&best) {
            return best;
        }
        let mut at = 0;
        while at < best.acts.len() {
            let mut smaller = best.clone();
            smaller.acts.remove(at);
            if fails(&smaller) { best = smaller } else { at += 1 }
        }
        type Calm = fn(&mut Scenario);
        let calms: [Calm; 9] = [
            |s| s.weather.crash = 0,
            |s| s.weather.lost = 0,
            |s| s.weather.late = 0,
            |s| s.weather.failed = 0,
            |s| s.weather.throttled = 0,
            |s| s.weather.item = 0,
            |s| s.weather.webhooks = false,
            |s| s.weather.list_lag = 0,
            |s| s.hostile = musubi_core::Sides::default(),
        ];
        for calm in calms {
            let mut calmer = best.clone();
            calm(&mut calmer);
            if fails(&calmer) {
                best = calmer;
            }
        }
        best
    }
}

/// Seeds that found something which is not mended yet, each with its line in the file. They are run and told, and fail nothing.
pub fn open_seeds() -> std::collections::BTreeSet<u64> {
    let lines = include_str!("../open-seeds.txt").lines();
    lines.filter_map(|line| line.split_whitespace().next()?.parse().ok()).collect()
}

/// Runs the seeds on `threads` threads until `most` of them failed (open ones apart); gives the failures, lowest seeds first. `tick` is called after each seed.
pub fn run_all(
    engine: &Engine,
    seeds: std::ops::Range<u64>,
    mutant: Mutant,
    threads: usize,
    most: usize,
    tick: impl Fn(u64) + Sync,
) -> Vec<Failure> {
    let next = AtomicU64::new(seeds.start);
    let failed = AtomicU64::new(0);
    let open = open_seeds();
    let mut failures: Vec<Failure> = std::thread::scope(|scope| {
        let work = |thread: usize| {
            let (next, failed, tick, open) = (&next, &failed, &tick, &open);
            let end = seeds.end;
            move || {
                let mut ground = Ground::new(engine, 1_000_000 * (thread as i64 + 1));
                let mut found = Vec::new();
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= end || failed.load(Ordering::Relaxed) >= most as u64 {
                        return found;
                    }
                    if let Err(violation) = ground.run_seed(seed, mutant, false) {
                        failed.fetch_add(u64::from(!open.contains(&seed)), Ordering::Relaxed);
                        found.push(Failure { seed, violation });
                    }
                    tick(seed);
                }
            }
        };
        let threads: Vec<_> = (0..threads).map(|thread| scope.spawn(work(thread))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap_or_default()).collect()
    });
    failures.sort_by_key(|failure| failure.seed);
    failures
}
