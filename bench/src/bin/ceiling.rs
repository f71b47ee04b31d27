//! The ceiling loop as a process of its own: carries one module from one org to another and prints one JSON line.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool")]

use clap::Parser;
use musubi_bench::ceiling::{self, Job};
use musubi_bench::service::Org;
use std::path::PathBuf;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Carries a module from one CRM org to another as fast as a plain, crash-safe loop can.
#[derive(Parser)]
struct Arguments {
    /// The address of the source.
    #[arg(long)]
    source: String,
    /// An access token of the source.
    #[arg(long)]
    source_token: String,
    /// The address of the target.
    #[arg(long)]
    target: String,
    /// An access token of the target.
    #[arg(long)]
    target_token: String,
    /// The module on both sides.
    #[arg(long, default_value = "Contacts")]
    module: String,
    /// The file that remembers what was sent; a second run over the same file sends only what changed.
    #[arg(long)]
    store: PathBuf,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let job = Job {
        source: Org { base_url: arguments.source, token: arguments.source_token },
        target: Org { base_url: arguments.target, token: arguments.target_token },
        module: arguments.module,
        store: arguments.store,
    };
    let line = match ceiling::run(&job).await {
        Ok(figures) => serde_json::to_string(&figures).map_err(|error| error.to_string()),
        Err(failure) => Err(failure.to_string()),
    };
    match line {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
