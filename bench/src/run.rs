//! One whole measurement: what is run, in which order.

use crate::bulk::{ByBulk, Ways};
use crate::engine::{EngineFigures, Load, run_engine};
use crate::figures::Figures;
use crate::hub;
use crate::idle::{self, Idle};
use crate::latency::{self, Rhythm};
use crate::lone;
use crate::report::{AtWork, Delayed, Report};
use crate::rest;
use crate::serve::{Program, Told};
use crate::setup::{MODULE, Setup};
use crate::storage::Database;
use crate::turn::{Turn, middle};
use crate::{Failure, process, programs};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::process::Command;

/// How often the hub is started to see how soon it is ready.
const STARTS: usize = 7;
/// Time for a hub that was just started to open its channels and to look once.
const SETTLING: Duration = Duration::from_secs(8);
/// How long a hub that looked once is watched at rest, in seconds.
const RESTING: u64 = 30;
/// Edits told by webhooks.
const WEBHOOK_EDITS: usize = 100;
/// Edits found by polls.
const POLL_EDITS: usize = 40;

/// The loads that are held against the ceiling loop, which lists.
const TWICE: Load = Load { bulk: hub::BY_LIST, second_pass: true };
const ONCE: Load = Load { bulk: hub::BY_LIST, second_pass: false };

/// What is to be measured.
pub struct Plan {
    /// Contacts.
    pub records: usize,
    /// How often the loads are made.
    pub repeat: usize,
    /// Milliseconds added to each call of a load of its own; 0 for none.
    pub delay: u64,
    /// Whether the hub is measured at work and at rest as well.
    pub at_work: bool,
    /// So many records are loaded by listing and in bulk besides.
    pub bulk: Option<usize>,
}

/// The built programs of a measurement.
pub struct Programs {
    musubi: PathBuf,
    hub: PathBuf,
    ceiling: PathBuf,
    postgres: Option<String>,
    databases: AtomicUsize,
    say: fn(&str),
}

impl Programs {
    /// The programs beside this one.
    pub fn built(postgres: Option<String>, say: fn(&str)) -> Result<Programs, Failure> {
        let (musubi, hub) = (programs::built("musubi")?, programs::built("hub")?);
        let (ceiling, databases) = (programs::built("ceiling")?, AtomicUsize::new(0));
        Ok(Programs { musubi, hub, ceiling, postgres, databases, say })
    }

    /// Measures everything planned. Ceiling and hub take turns, so that both meet the same machine.
    pub async fn measure(&self, plan: &Plan) -> Result<Report, Failure> {
        let mut turns = Vec::new();
        let mut loaded = None;
        for turn in 1..=plan.repeat {
            (self.say)(&format!("loads of {} contacts, {turn} of {}", plan.records, plan.repeat));
            let ceiling = self.run_ceiling(&Setup::new(&self.musubi, plan.records).await?).await?;
            let setup = Setup::new(&self.musubi, plan.records).await?;
            let database = self.database(&setup).await?;
            turns.push(Turn { ceiling, engine: run_engine(&self.hub, &setup, &database, TWICE).await? });
            if let Some((_, former)) = loaded.replace((setup, database)) {
                Database::drop(former).await?;
            }
        }
        let none = || Failure("no run was made".into());
        let Turn { ceiling, engine } = middle(turns).ok_or_else(none)?;
        let (setup, database) = loaded.ok_or_else(none)?;
        let delayed = if plan.delay > 0 { Some(self.delayed(plan).await?) } else { None };
        let at_work = if plan.at_work { Some(self.at_work(&setup, &database).await?) } else { None };
        database.drop().await?;
        let idle = if plan.at_work { Some(self.idle().await?) } else { None };
        let rest = if plan.at_work { Some(self.rest().await?) } else { None };
        let bulk = match plan.bulk {
            Some(records) => Some(self.by_bulk(records).await?),
            None => None,
        };
        Ok(Report { ceiling, engine, delayed, at_work, idle, rest, bulk, peak_before_mb: None })
    }

    /// What a hub costs that has nothing to do: nothing else is measured.
    pub async fn at_rest(&self) -> Result<(Idle, rest::Rest), Failure> {
        Ok((self.idle().await?, self.rest().await?))
    }

    /// The same loads by listing and in bulk.
    async fn by_bulk(&self, records: usize) -> Result<ByBulk, Failure> {
        Ok(ByBulk {
            empty: self.both_ways(records, false).await?,
            same: self.both_ways(records, true).await?,
        })
    }

    async fn both_ways(&self, records: usize, both: bool) -> Result<Ways, Failure> {
        let list = self.one_way(records, both, hub::BY_LIST).await?;
        Ok(Ways { list, bulk: self.one_way(records, both, hub::IN_BULK).await? })
    }

    async fn one_way(
        &self,
        records: usize,
        both: bool,
        bulk: &'static str,
    ) -> Result<EngineFigures, Failure> {
        let where_to = if both { "between two orgs that hold the same" } else { "into an empty org" };
        let how = if bulk == hub::IN_BULK { "in bulk" } else { "by listing" };
        (self.say)(&format!("a load of {records} contacts {how}, {where_to}"));
        let setup = Setup::new(&self.musubi, records).await?;
        if both {
            setup.fill_target().await?;
        }
        let database = self.database(&setup).await?;
        let engine = run_engine(&self.hub, &setup, &database, Load { bulk, second_pass: false }).await?;
        database.drop().await?;
        Ok(engine)
    }

    async fn rest(&self) -> Result<rest::Rest, Failure> {
        (self.say)("ten modules at rest: what a quiet day costs");
        rest::measure(&self.musubi).await
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

    async fn delayed(&self, plan: &Plan) -> Result<Delayed, Failure> {
        (self.say)(&format!("a load with {} ms added to each call", plan.delay));
        let setup = Setup::new(&self.musubi, plan.records).await?;
        setup.sandbox.control.delay(plan.delay).await?;
        let database = self.database(&setup).await?;
        let engine = run_engine(&self.hub, &setup, &database, ONCE).await?;
        database.drop().await?;
        Ok(Delayed { delay_ms: plan.delay, engine })
    }

    async fn at_work(&self, setup: &Setup, database: &Database) -> Result<AtWork, Failure> {
        (self.say)("the hub at work: starts, edits told by webhooks, edits found by polls");
        let program = Program::new(&self.musubi, setup.folder.path(), database);
        let mut ready = Vec::new();
        for _ in 0..STARTS {
            let serving = program.serve(Told::ByPoll).await?;
            ready.push(serving.ready_ms);
            serving.end().await?;
        }
        ready.sort_by(f64::total_cmp);
        let control = &setup.sandbox.control;
        let (source, target) =
            (control.authorize(&setup.source).await?, control.authorize(&setup.target).await?);
        // Polls come first: while a channel of an earlier start lives, a hub believes that it will be told.
        let serving = program.serve(Told::ByPoll).await?;
        tokio::time::sleep(SETTLING).await;
        let idle_mb = process::resting_memory_mb(serving.process, RESTING).await?;
        let poll = latency::measure(&source, &target, POLL_EDITS, Rhythm::Every(1_000)).await?;
        serving.end().await?;
        let serving = program.serve(Told::ByWebhook).await?;
        tokio::time::sleep(SETTLING).await;
        let webhook = latency::measure(&source, &target, WEBHOOK_EDITS, Rhythm::OneByOne).await?;
        let memory_mb = process::memory_mb(serving.process)?;
        tokio::time::sleep(SETTLING).await;
        (self.say)("lone edits: what each costs");
        let edit = lone::credits(control, &setup.source, &setup.target).await?;
        serving.end().await?;
        Ok(AtWork { edit, ready_ms: ready[ready.len() / 2], idle_mb, memory_mb, webhook, poll })
    }

    async fn idle(&self) -> Result<Idle, Failure> {
        (self.say)("the hub at rest");
        let folder =
            tempfile::tempdir().map_err(|error| Failure::at("no folder for the measurement", error))?;
        let database = self.database_in(folder.path()).await?;
        let idle = idle::measure(&self.musubi, &database).await;
        database.drop().await?;
        idle
    }

    async fn database(&self, setup: &Setup) -> Result<Database, Failure> {
        self.database_in(setup.folder.path()).await
    }

    async fn database_in(&self, folder: &std::path::Path) -> Result<Database, Failure> {
        match &self.postgres {
            Some(server) => Database::on(server, self.databases.fetch_add(1, Ordering::Relaxed)).await,
            None => Ok(Database::File(folder.join("musubi.db"))),
        }
    }
}
