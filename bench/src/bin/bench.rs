//! `cargo xtask bench`: both contenders on the same work in one run.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool")]

use clap::Parser;
use musubi_bench::engine::run_engine;
use musubi_bench::figures::{Figures, median};
use musubi_bench::report::Report;
use musubi_bench::setup::{MODULE, Setup};
use musubi_bench::{Failure, programs};
use serde_json::Value;
use std::path::PathBuf;
use std::process::ExitCode;
use tokio::process::Command;

/// The usual work; the long run is told beside it.
const RECORDS: usize = 20_000;
/// From here on a run is the long one: its figures stand under `million`, and it is made once.
const LONG: usize = 1_000_000;

/// Measures the hub's first load against a plain ceiling loop, each in a process of its own, over a fresh sandbox.
#[derive(Parser)]
struct Arguments {
    /// How many contacts; from 1,000,000 on the usual 20,000 are measured first, and both are told.
    #[arg(long, default_value_t = RECORDS)]
    records: usize,
    /// How often the shorter runs are made; the one in the middle counts.
    #[arg(long, default_value_t = 3)]
    repeat: usize,
    /// Print one JSON object instead of the table.
    #[arg(long)]
    json: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(&Arguments::parse()).await {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<String, Failure> {
    let programs = Programs {
        sandbox: programs::build("musubi-sandbox", "--example", "serve").await?,
        ceiling: programs::build("musubi-bench", "--bin", "ceiling").await?,
    };
    let is_long = arguments.records >= LONG;
    let usual = if is_long { RECORDS } else { arguments.records };
    let report = programs.measure(usual, arguments.repeat.max(1)).await?;
    let (mut object, mut tables) = (report.json(), vec![report.table()]);
    if is_long {
        let long = programs.measure(arguments.records, 1).await?;
        object.insert("million".into(), Value::Object(long.json()));
        tables.push(long.table());
    }
    Ok(if arguments.json { Value::Object(object).to_string() } else { tables.join("\n\n") })
}

/// The built programs of a measurement.
struct Programs {
    sandbox: PathBuf,
    ceiling: PathBuf,
}

impl Programs {
    async fn measure(&self, records: usize, repeat: usize) -> Result<Report, Failure> {
        let mut runs = Vec::new();
        for _ in 0..repeat {
            runs.push(self.run_ceiling(&Setup::new(&self.sandbox, records).await?).await?);
        }
        let ceiling = median(runs).ok_or_else(|| Failure("no run was made".into()))?;
        let engine = run_engine(&Setup::new(&self.sandbox, records).await?).await?;
        Ok(Report { ceiling, engine })
    }

    async fn run_ceiling(&self, setup: &Setup) -> Result<Figures, Failure> {
        let control = &setup.sandbox.control;
        let source = control.authorize(&setup.source).await?;
        let target = control.authorize(&setup.target).await?;
        let mut command = Command::new(&self.ceiling);
        command.args(["--module", MODULE, "--source", &source.base_url, "--source-token", &source.token]);
        command.args(["--target", &target.base_url, "--target-token", &target.token]);
        command.arg("--store").arg(setup.folder.path().join("ceiling.db"));
        let line = programs::last_line(command).await?;
        let figures =
            serde_json::from_value(line).map_err(|error| Failure::at("the ceiling's figures", error))?;
        setup.check_arrived().await?;
        Ok(figures)
    }
}
