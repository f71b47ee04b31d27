//! What a hub costs that has nothing to do: ten integrations in agreement, webhooks on.

use crate::serve::{Program, Told};
use crate::setup::MODULE;
use crate::storage::Database;
use crate::usage::Usage;
use crate::{Failure, hub, process, programs};
use serde::Serialize;
use std::path::Path;
use std::time::Duration;

/// How many integrations.
const INTEGRATIONS: usize = 10;
/// Contacts on each left side.
const RECORDS: usize = 200;
/// How long it is watched, in seconds.
const WATCHED: u64 = 30;
/// After agreement, before it is watched, in seconds.
const SETTLING: u64 = 10;
/// Agreement comes within this many seconds.
const PATIENCE: f64 = 300.0;

/// A hub with nothing to do.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Idle {
    /// Integrations in agreement.
    pub integrations: usize,
    /// Memory held, in megabytes.
    pub memory_mb: f64,
    /// Processor time in percent of one core.
    pub cpu_percent: f64,
}

/// Sets ten integrations up between twenty orgs, waits until all agree, and watches.
pub async fn measure(program: &Path, database: &Database) -> Result<Idle, Failure> {
    let sandbox = programs::start_sandbox(program).await?;
    let folder = tempfile::tempdir().map_err(|error| Failure::at("no folder for the measurement", error))?;
    let mut program = Program::new(program, folder.path(), database);
    let mut accounts: Vec<_> =
        sandbox.control.orgs().await?.into_iter().filter(|org| org.service == "crm").collect();
    while accounts.len() < 2 * INTEGRATIONS {
        accounts.push(sandbox.control.create_org().await?);
    }
    let (mut connections, mut integrations) = (String::new(), String::new());
    for (at, pair) in accounts.chunks_exact(2).take(INTEGRATIONS).enumerate() {
        let names = [format!("left{at}"), format!("right{at}")];
        for (name, account) in names.iter().zip(pair) {
            connections += &hub::connection(name, sandbox.control.base_url(), account);
            program.credential(name, account);
        }
        integrations += &hub::integration(&format!("pair{at}"), &names[0], &names[1]);
        sandbox.control.generate(&pair[0], MODULE, RECORDS, at as u64).await?;
    }
    sandbox.control.advance(900).await?;
    program.apply(&(connections + &integrations)).await?;
    let serving = program.serve(Told::ByWebhook).await?;
    let began = Usage::start();
    while !program.is_agreed().await? {
        if began.wall() > PATIENCE {
            return Err(Failure("the integrations did not come into agreement".into()));
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    tokio::time::sleep(Duration::from_secs(SETTLING)).await;
    let (began, before) = (Usage::start(), process::cpu_seconds(serving.process)?);
    let memory_mb = process::resting_memory_mb(serving.process, WATCHED).await?;
    let used = process::cpu_seconds(serving.process)? - before;
    let cpu_percent = used / began.wall() * 100.0;
    serving.end().await?;
    Ok(Idle { integrations: INTEGRATIONS, memory_mb, cpu_percent })
}
