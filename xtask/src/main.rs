//! What a developer does with this repository, each thing by one command: `cargo xtask NAME`.
//!
//! One command, one file. This one holds the list of them.

mod bench;
mod browser;
mod cargo;
mod console;
mod demo;
mod environment;
mod help;
mod mutants;
mod say;
mod screenshots;
mod simulate;
mod test;
mod tidy;

use std::process::ExitCode;

/// One command of `cargo xtask`.
struct Command {
    name: &'static str,
    arguments: &'static str,
    summary: &'static str,
    run: fn(&[String]) -> ExitCode,
}

/// Every command, in the order the help shows them.
const COMMANDS: &[Command] = &[
    Command {
        name: "demo",
        arguments: "[--check …]",
        summary: "build everything and show the hub at work on sample orgs",
        run: demo::run,
    },
    Command {
        name: "test",
        arguments: "[STEP …]",
        summary: "run every test there is, or only the named steps (`test --list`)",
        run: test::run,
    },
    Command {
        name: "ci",
        arguments: "",
        summary: "what continuous integration runs: the same as test",
        run: test::run,
    },
    Command {
        name: "console",
        arguments: "",
        summary: "build the web console, which the next build of the hub carries",
        run: console::run,
    },
    Command {
        name: "screenshots",
        arguments: "",
        summary: "take pictures of every page of the console, for docs/images/console",
        run: screenshots::run,
    },
    Command {
        name: "tidy",
        arguments: "",
        summary: "check the rules of the house: dependencies, sizes, words, behaviours",
        run: tidy::run,
    },
    Command {
        name: "simulate",
        arguments: "[--seeds N] [--seed N]",
        summary: "drive the real engine through N hostile worlds, or replay one exactly",
        run: simulate::run,
    },
    Command {
        name: "mutants",
        arguments: "",
        summary: "show, for every invariant, a broken engine that the simulator catches",
        run: mutants::run,
    },
    Command {
        name: "bench",
        arguments: "[--console] [--records N] [--json]",
        summary: "measure the engine against a plain ceiling loop; or the console in a browser",
        run: bench::run,
    },
];

/// The exit code of a command line that names nothing we know.
const USAGE_ERROR: u8 = 2;

fn main() -> ExitCode {
    let arguments = environment::arguments();
    let Some(name) = arguments.first() else {
        help::show();
        return ExitCode::SUCCESS;
    };
    if matches!(name.as_str(), "help" | "-h" | "--help") {
        help::show();
        return ExitCode::SUCCESS;
    }
    match COMMANDS.iter().find(|command| command.name == name) {
        Some(command) => (command.run)(&arguments[1..]),
        None => {
            say::error(&format!("there is no task `{name}`; these are the tasks:\n\n{}", help::list()));
            ExitCode::from(USAGE_ERROR)
        }
    }
}
