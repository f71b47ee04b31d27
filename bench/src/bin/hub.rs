//! The hub's contender as a process of its own: carries one module from one org to another with the real engine, store and connector,
//! compares everything once more, and prints one JSON line per pass.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool")]

use clap::Parser;
use musubi_bench::hub::{self, Job};
use musubi_engine::workers;
use std::path::PathBuf;
use std::process::ExitCode;
use tokio::runtime::Builder;

/// Brings two CRM orgs into agreement as the hub does, and measures it.
#[derive(Parser)]
struct Arguments {
    /// A file that says which orgs, which database and which passes.
    job: PathBuf,
}

fn main() -> ExitCode {
    // As the program itself does.
    musubi_memory::set_up();
    let arguments = Arguments::parse();
    match Builder::new_multi_thread().worker_threads(workers()).enable_all().build() {
        Ok(runtime) => runtime.block_on(run(&arguments)),
        Err(error) => {
            eprintln!("error: the threads cannot be started: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> ExitCode {
    let job: Result<Job, String> = std::fs::read(&arguments.job)
        .map_err(|error| error.to_string())
        .and_then(|bytes| serde_json::from_slice(&bytes).map_err(|error| error.to_string()));
    let ended = match job {
        Ok(job) => hub::run(&job, |pass| println!("{pass}")).await.map_err(|failure| failure.to_string()),
        Err(error) => Err(error),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
