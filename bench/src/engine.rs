//! The hub's first load and second pass, in a process of its own.

use crate::hub::{Job, Pass};
use crate::setup::Setup;
use crate::storage::Database;
use crate::{Failure, programs};
use serde::Serialize;
use std::path::Path;
use tokio::process::Command;

/// What the hub was measured at on the same work as the ceiling loop.
#[derive(Clone, Debug, Serialize)]
pub struct EngineFigures {
    /// Records.
    pub records: usize,
    /// The first load.
    pub first: Pass,
    /// A forced second pass in which nothing changed.
    pub second: Option<Second>,
    /// Bytes stored per link beyond the journal.
    pub bytes_per_link: f64,
}

/// A second pass, and how long the first one before it took.
#[derive(Clone, Debug, Serialize)]
pub struct Second {
    /// The pass.
    pub pass: Pass,
    /// Seconds from the beginning of the first load until both sides agreed.
    pub first_s: f64,
}

impl Second {
    /// How much faster it is than the first load, each from its beginning until both sides agree.
    pub fn to_first(&self) -> f64 {
        self.first_s / self.pass.agreed_s
    }
}

impl EngineFigures {
    /// Records per second of the first load, until everything was carried over and recorded.
    pub fn records_per_s(&self) -> f64 {
        self.records as f64 / self.first.loaded_s
    }

    /// The same for the second pass, until both sides agree.
    pub fn second_pass_records_per_s(&self) -> Option<f64> {
        self.second.as_ref().map(|second| self.records as f64 / second.pass.agreed_s)
    }

    /// Processor microseconds per record, until everything was carried over and recorded: the ceiling loop's work.
    pub fn cpu_us_per_record(&self) -> f64 {
        self.first.loaded_cpu_s * 1e6 / self.records.max(1) as f64
    }

    /// The same with the reading back, which the ceiling loop does not do.
    pub fn cpu_us_per_record_until_agreed(&self) -> f64 {
        self.first.cpu_s * 1e6 / self.records.max(1) as f64
    }
}

/// What is measured.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// Which way sides are read, as a configuration says it.
    pub bulk: &'static str,
    /// Whether everything is compared once more.
    pub second_pass: bool,
}

/// Runs the hub over the work.
pub async fn run_engine(
    program: &Path,
    setup: &Setup,
    database: &Database,
    load: Load,
) -> Result<EngineFigures, Failure> {
    let job = Job {
        base_url: setup.sandbox.control.base_url().to_owned(),
        source: setup.source.clone(),
        target: setup.target.clone(),
        database: database.argument(),
        second_pass: load.second_pass,
        bulk: load.bulk.to_owned(),
    };
    let text = serde_json::to_string(&job).map_err(|error| Failure::at("the job", error))?;
    let file = setup.folder.path().join("job.json");
    std::fs::write(&file, text).map_err(|error| Failure::at(file.display(), error))?;
    let mut command = Command::new(program);
    command.arg(&file);
    let mut passes = programs::lines(command).await?.into_iter().map(|line| {
        serde_json::from_value::<Pass>(line).map_err(|error| Failure::at("the hub's figures", error))
    });
    let first = passes.next().ok_or_else(|| Failure("the hub told nothing".into()))??;
    let second = passes.next().transpose()?.map(|pass| Second { pass, first_s: first.agreed_s });
    setup.check_arrived().await?;
    let bytes_per_link = database.bytes().await? / first.links.max(1) as f64;
    Ok(EngineFigures { records: setup.records, first, second, bytes_per_link })
}
