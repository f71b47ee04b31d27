//! `cargo xtask bench`: both contenders on the same work in one run.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool")]

use clap::Parser;
use musubi_bench::Failure;
use musubi_bench::report::Report;
use musubi_bench::run::{Plan, Programs};
use serde_json::{Value, json};
use std::process::ExitCode;

/// The usual work; the long run is told beside it.
const RECORDS: usize = 20_000;
/// What is loaded by listing and in bulk: bulk reads pay off where there is much to read, and one job gives 200,000 records.
const IN_BULK: usize = 200_000;
/// From here on a run is the long one: its figures stand under `million`, and it is made once.
const LONG: usize = 1_000_000;
/// Milliseconds that a call takes longer where nothing else is said.
const DELAY: u64 = 200;

/// Measures the hub's first load against a plain ceiling loop, each in a process of its own, over a fresh sandbox; and the hub at work and at rest.
#[derive(Parser)]
struct Arguments {
    /// How many contacts; 20,000 if not said, and 200,000 for the loads in bulk; from 1,000,000 on the usual ones are measured first, and both are told.
    #[arg(long, value_name = "N")]
    records: Option<usize>,
    /// How often the loads are made; the turn in the middle counts.
    #[arg(long, default_value_t = 5)]
    repeat: usize,
    /// Milliseconds added to each call for the load that waits for calls; 200 if not said, and none with --quick; 0 leaves it out.
    #[arg(long, value_name = "MS")]
    delay: Option<u64>,
    /// Measure the hub on this PostgreSQL server instead of on SQLite files; a database is made and dropped for each run (needs psql).
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
    /// Only the loads: no delays, no latency, no rest. Takes seconds.
    #[arg(long)]
    quick: bool,
    /// With --quick: the loads by listing and in bulk as well.
    #[arg(long)]
    bulk: bool,
    /// Only the hub at rest, as one JSON object. Takes a minute and a half.
    #[arg(long, conflicts_with_all = ["quick", "bulk", "records", "repeat", "delay"])]
    at_rest: bool,
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
    let programs = Programs::built(arguments.postgres.clone(), |line| eprintln!("{line}"))?;
    if arguments.at_rest {
        let (idle, rest) = programs.at_rest().await?;
        return Ok(json!({ "idle": idle, "rest": rest }).to_string());
    }
    let long = arguments.records.filter(|records| *records >= LONG);
    let asked = arguments.records.filter(|records| *records < LONG);
    let usual = Plan {
        records: asked.unwrap_or(RECORDS),
        repeat: arguments.repeat.max(1),
        delay: arguments.delay.unwrap_or(if arguments.quick { 0 } else { DELAY }),
        at_work: !arguments.quick,
        bulk: (arguments.bulk || !arguments.quick).then(|| asked.unwrap_or(IN_BULK)),
    };
    let report = programs.measure(&usual).await?;
    let mut object = report.json();
    let mut tables = vec![report.table()];
    if let Some(records) = long {
        let plan = Plan { records, repeat: 1, delay: 0, at_work: false, bulk: None };
        let long = Report { peak_before_mb: Some(report.peak_mb()), ..programs.measure(&plan).await? };
        object.insert("million".into(), Value::Object(long.json()));
        tables.push(long.table());
    }
    Ok(if arguments.json { Value::Object(object).to_string() } else { tables.join("\n\n") })
}
