//! One write cycle, crashed once at every place where the store is called.

use crate::{
    act::Act,
    campaign::{Engine, Failure, Ground},
    scenario::Scenario,
};
use musubi_core::mutant::Mutant;
use std::sync::atomic::{AtomicU64, Ordering};

/// Acts of such a world: a first load, and a few changes after it.
const ACTS: usize = 8;

/// The world of this seed in short, where nothing but our own end can go wrong.
pub fn cycle(seed: u64) -> Scenario {
    let mut scenario = Scenario { before_engine: false, restores: false, ..Scenario::draw(seed) };
    let accident = |act: &Act| matches!(act, Act::TakeOver | Act::Rival | Act::Restore | Act::Backup);
    scenario.acts.retain(|(_, act)| !accident(act));
    scenario.acts.truncate(ACTS);
    if scenario.acts.iter().filter(|(_, act)| matches!(act, Act::Pause | Act::Resume)).count() % 2 == 1 {
        scenario.acts.push((scenario.length() + 100, Act::Resume));
    }
    let weather = &mut scenario.weather;
    (weather.crash, weather.lost, weather.late, weather.failed) = (0, 0, 0, 0);
    (weather.throttled, weather.item, weather.webhook_lost) = (0, 0, 0);
    scenario
}

/// Crashes the cycles of these seeds at each of their store calls in turn. Gives how many worlds that were, and which failed.
pub fn enumerate(
    engine: &Engine,
    seeds: std::ops::Range<u64>,
    mutant: Mutant,
    threads: usize,
) -> (u64, Vec<Failure>) {
    let (next, runs) = (AtomicU64::new(seeds.start), AtomicU64::new(0));
    let mut failures: Vec<Failure> = std::thread::scope(|scope| {
        let (next, runs, end) = (&next, &runs, seeds.end);
        let work = |thread: usize| {
            move || {
                let mut ground = Ground::new(engine, 500_000_000 + 1_000_000 * thread as i64);
                let mut found = Vec::new();
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= end {
                        return found;
                    }
                    runs.fetch_add(
                        crash_everywhere(&mut ground, seed, mutant, &mut found),
                        Ordering::Relaxed,
                    );
                }
            }
        };
        let threads: Vec<_> = (0..threads).map(|thread| scope.spawn(work(thread))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap_or_default()).collect()
    });
    failures.sort_by_key(|failure| failure.seed);
    (runs.into_inner(), failures)
}

fn crash_everywhere(ground: &mut Ground, seed: u64, mutant: Mutant, found: &mut Vec<Failure>) -> u64 {
    let scenario = cycle(seed);
    let mut at = 0;
    loop {
        let crash_at = (at > 0).then_some(at);
        match ground.run(&Scenario { crash_at, ..scenario.clone() }, mutant, false) {
            Ok(report) if at >= report.store_effects => return at as u64 + 1,
            Ok(_) => at += 1,
            Err(mut violation) => {
                violation.what = format!("crashed at store call {at}: {}", violation.what);
                found.push(Failure { seed, violation });
                return at as u64 + 1;
            }
        }
    }
}
