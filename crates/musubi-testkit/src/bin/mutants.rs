//! Runs each deliberately wrong version until the simulator catches it, and shows the table.
//!
//! `mutants [--seeds N]`: at most N seeds for each. What is to be durable is also looked at in cycles that are crashed at each of their store calls.
#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use musubi_core::mutant::Mutant;
use musubi_testkit::campaign::{Engine, run_all};
use musubi_testkit::crashes;
use std::process::ExitCode;

/// Write cycles that are crashed everywhere.
const CYCLES: u64 = 40;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let at = arguments.iter().position(|argument| argument == "--seeds");
    let seeds = at.and_then(|at| arguments.get(at + 1)?.parse().ok()).unwrap_or(10_000);
    println!("{:<24} {:<6} {:<8} what the simulator saw", "wrong version", "breaks", "seed");
    let mut missed = 0;
    for mutant in Mutant::ALL {
        let mut failures = match mutant.invariant() {
            "I9" => crashes::enumerate(&Engine::Sqlite, 0..CYCLES, mutant, 2).1,
            _ => Vec::new(),
        };
        if failures.is_empty() {
            failures = run_all(&Engine::Sqlite, 0..seeds, mutant, 2, 1, |_| {});
        }
        let name = format!("{mutant:?}");
        match failures.first() {
            Some(failure) => {
                let what: String = failure.violation.to_string().chars().take(90).collect();
                println!("{name:<24} {:<6} {:<8} {what}", mutant.invariant(), failure.seed);
            }
            None => {
                missed += 1;
                println!("{name:<24} {:<6} {:<8} NOT CAUGHT in {seeds} seeds", mutant.invariant(), "-");
            }
        }
    }
    println!("{} passed, {missed} failed", Mutant::ALL.len() - missed);
    if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
