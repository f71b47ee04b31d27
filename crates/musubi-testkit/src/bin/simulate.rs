//! Runs seeds of the simulated world; prints, shrinks and replays what fails.
//!
//! `simulate --seeds N [--from S] [--postgres URL] [--threads T]`, `simulate --seed S` replays one with a trace, `simulate --crashes N` crashes the write
//! cycles of N seeds at every one of their store calls.
#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use musubi_core::mutant::Mutant;
use musubi_testkit::{
    campaign::{Engine, Ground, open_seeds, run_all},
    crashes,
    scenario::Scenario,
};
use std::{
    process::ExitCode,
    sync::atomic::{AtomicU64, Ordering},
};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let value = |name: &str| {
        arguments.iter().position(|argument| argument == name).and_then(|at| arguments.get(at + 1))
    };
    let number = |name: &str| value(name).and_then(|text| text.parse::<u64>().ok());
    let engine = value("--postgres").map_or(Engine::Sqlite, |url| Engine::Postgres(url.clone()));
    let mutant = value("--mutant")
        .and_then(|name| Mutant::ALL.into_iter().find(|mutant| format!("{mutant:?}") == *name));
    let mutant = mutant.unwrap_or_default();
    if let Some(seed) = number("--seed") {
        return replay(&engine, seed, mutant);
    }
    let threads = number("--threads").unwrap_or(2) as usize;
    if let Some(seeds) = number("--crashes") {
        return crash(&engine, number("--from").unwrap_or(0), seeds, mutant, threads);
    }
    let (from, seeds) = (number("--from").unwrap_or(0), number("--seeds").unwrap_or(1_000));
    let done = AtomicU64::new(0);
    let tick = |_| {
        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
        if done.is_multiple_of(1_000) {
            println!("{done} of {seeds} seeds");
        }
    };
    let failures =
        run_all(&engine, from..from + seeds, mutant, threads, number("--most").unwrap_or(5) as usize, tick);
    let open = open_seeds();
    let (known, failures): (Vec<_>, Vec<_>) =
        failures.into_iter().partition(|failure| open.contains(&failure.seed));
    for failure in &known {
        println!("OPEN seed {} (not mended yet, see open-seeds.txt): {}", failure.seed, failure.violation);
    }
    for failure in &failures {
        println!("seed {}: {}", failure.seed, failure.violation);
    }
    if let Some(first) = failures.first() {
        let shrunk = Ground::new(&engine, 900_000_000).shrink(first.seed, mutant, first.violation.invariant);
        println!("seed {} shrunk: {} acts, {:?}", first.seed, shrunk.acts.len(), shrunk.weather);
        shrunk.acts.iter().for_each(|(at, act)| println!("  {at:>7} ms  {act:?}"));
        println!("replay it: cargo xtask simulate --seed {}", first.seed);
    }
    let passed = done.into_inner() as usize - failures.len() - known.len();
    println!("{passed} passed, {} failed, {} skipped", failures.len(), known.len());
    if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn crash(engine: &Engine, from: u64, seeds: u64, mutant: Mutant, threads: usize) -> ExitCode {
    let (worlds, failures) = crashes::enumerate(engine, from..from + seeds, mutant, threads);
    for failure in &failures {
        println!("seed {}: {}", failure.seed, failure.violation);
    }
    println!("{} passed, {} failed: {seeds} write cycles crashed at each store call", worlds, failures.len());
    if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn replay(engine: &Engine, seed: u64, mutant: Mutant) -> ExitCode {
    println!("{:#?}", Scenario::draw(seed));
    match Ground::new(engine, 800_000_000).run_seed(seed, mutant, true) {
        Ok(report) => {
            println!("seed {seed} holds: {} writes, {} store effects", report.writes, report.store_effects);
            ExitCode::SUCCESS
        }
        Err(violation) => {
            println!("seed {seed}: {violation}");
            ExitCode::FAILURE
        }
    }
}
