//! `cargo xtask test`: everything there is to test, in one command that starts what it needs.
//!
//! The steps go on after a failure, so that one run tells everything; each closes with one line, and all closing
//! lines stand together at the end.

mod checks;
mod client;
mod clients;
mod conformance;
mod console;
mod counts;
pub mod debian;
mod guard;
mod identity;
mod postgres;
pub mod programs;
pub mod runner;
mod rust_tests;
mod sandbox;
mod simulator;
mod stage;

use crate::{environment, say};
use stage::Stage;
use std::process::ExitCode;
use std::time::Duration;

/// One runner.
struct Step {
    name: &'static str,
    summary: &'static str,
    run: fn(&mut Stage) -> Result<Closing, String>,
}

/// How a runner that did not fail ended; an error is the closing line of one that did.
pub enum Closing {
    /// Everything held.
    Passed(String),
    /// It could not run, and this says loudly why.
    Skipped(String),
}

/// In the order of what fails fastest.
const STEPS: &[Step] = &[
    Step { name: "tidy", summary: "the rules of the house", run: checks::tidy },
    Step { name: "format", summary: "cargo fmt --check", run: checks::format },
    Step { name: "clippy", summary: "lints of all targets, warnings are errors", run: checks::clippy },
    Step { name: "console", summary: "lints, component tests and build of the console", run: console::own },
    Step { name: "rust", summary: "cargo test, with a throw-away PostgreSQL", run: rust_tests::run },
    Step { name: "python", summary: "the official Python SDK against the sandbox", run: clients::python },
    Step { name: "node", summary: "the official Node SDK against the sandbox", run: clients::node },
    Step { name: "api", summary: "the API against its own document, by Schemathesis", run: conformance::run },
    Step {
        name: "browser",
        summary: "the console in a real browser over the real hub",
        run: console::browser,
    },
    Step { name: "simulator", summary: "10,000 seeds on SQLite, 300 on PostgreSQL", run: simulator::seeds },
    Step { name: "mutants", summary: "every broken engine is caught", run: simulator::mutants },
];

/// Runs all steps, or those named.
pub fn run(arguments: &[String]) -> ExitCode {
    if arguments.iter().any(|argument| matches!(argument.as_str(), "--list" | "--help" | "-h")) {
        say::line(&list());
        return ExitCode::SUCCESS;
    }
    if let Some(unknown) = arguments.iter().find(|name| !STEPS.iter().any(|step| step.name == name.as_str()))
    {
        say::error(&format!("there is no step `{unknown}`\n\n{}", list()));
        return ExitCode::from(crate::USAGE_ERROR);
    }
    let chosen =
        STEPS.iter().filter(|step| arguments.is_empty() || arguments.iter().any(|name| name == step.name));
    let mut stage = Stage::new();
    let mut lines = Vec::new();
    let mut failed = false;
    let start = environment::now();
    for step in chosen {
        say::heading(&format!("{}: {}", step.name, step.summary));
        let began = environment::now();
        let outcome = (step.run)(&mut stage);
        let line = closing_line(step.name, &outcome, began.elapsed());
        say::line(&line);
        failed |= outcome.is_err();
        lines.push(line);
    }
    // Ends the database before the verdict, so that nothing runs on after the last line.
    drop(stage);
    say::heading(&format!("all steps, {}", seconds(start.elapsed())));
    say::line(&lines.join("\n"));
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn list() -> String {
    let steps: String = STEPS.iter().map(|step| format!("  {:10} {}\n", step.name, step.summary)).collect();
    format!("The steps of `cargo xtask test [STEP …]`; without a name, all of them run:\n\n{steps}")
}

fn closing_line(name: &str, outcome: &Result<Closing, String>, took: Duration) -> String {
    let (mark, text) = match outcome {
        Ok(Closing::Passed(text)) => ("ok     ", text),
        Ok(Closing::Skipped(text)) => ("SKIPPED", text),
        Err(text) => ("FAILED ", text),
    };
    format!("{mark} {name:10} {text} ({})", seconds(took))
}

fn seconds(took: Duration) -> String {
    let whole = took.as_secs();
    if whole < 60 {
        format!("{:.1} s", took.as_secs_f64())
    } else {
        format!("{} min {:02} s", whole / 60, whole % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closing_line_says_how_it_ended() {
        let line = |outcome| closing_line("rust", &outcome, Duration::from_millis(61_500));
        assert_eq!(line(Ok(Closing::Passed("9 passed".into()))), "ok      rust       9 passed (1 min 01 s)");
        assert_eq!(line(Ok(Closing::Skipped("no file".into()))), "SKIPPED rust       no file (1 min 01 s)");
        assert_eq!(line(Err("1 failed".into())), "FAILED  rust       1 failed (1 min 01 s)");
    }

    #[test]
    fn a_step_is_listed() {
        for step in STEPS {
            assert!(list().contains(step.summary));
        }
    }
}
