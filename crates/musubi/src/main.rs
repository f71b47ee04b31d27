//! The Musubi program: arguments, configuration, wiring, exit codes. Everything else is in the other crates.
//!
//! Read first: `cli.rs` (what can be asked), `commands/` (one file per command), `failure.rs` (how it ends).

mod ask;
mod bounds;
mod cli;
mod commands;
mod configuration;
mod consent;
mod credential;
mod decisions;
mod demo;
mod duration;
mod environment;
mod failure;
mod folders;
mod holder;
mod hub;
mod key;
mod left_out;
mod logging;
mod machine;
mod modules;
mod notice_secrets;
mod output;
mod period;
mod plan_file;
mod progress;
mod reach;
mod registry;
mod runs;
mod skipped;
mod store;
mod tasks;
mod terminal;
mod tryout;
mod values;
mod waiting;
mod words;

use failure::Failure;
use std::process::ExitCode;

fn main() -> ExitCode {
    musubi_memory::set_up();
    let cli = match cli::parse() {
        Ok(cli) => cli,
        Err(ended) => return ended,
    };
    let output = output::Output::new(cli.global.json, words::language(cli.global.language.as_deref()));
    let ended = logging::start(&cli.global).and_then(|()| {
        let mut threads = tokio::runtime::Builder::new_multi_thread();
        // A sandbox has no store whose threads it shares the processors with.
        if !matches!(cli.command, cli::Command::Demo(_) | cli::Command::Sandbox(_)) {
            threads.worker_threads(musubi_engine::workers());
        }
        let runtime = threads.enable_all().build().map_err(|error| {
            Failure::other("program.start", format!("the program cannot start its threads: {error}"))
        })?;
        let ended = runtime.block_on(commands::run(cli, output));
        // What still runs now is at most a blocking read of the terminal; nothing durable waits for it.
        runtime.shutdown_background();
        ended
    });
    match ended {
        Ok(exit) => exit.into(),
        Err(failure) => {
            output.failure(&failure);
            failure.exit.into()
        }
    }
}
