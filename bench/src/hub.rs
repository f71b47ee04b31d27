//! What runs in the hub's own process: the whole engine over a database, through the real connector, until both sides agree.

use crate::control::Account;
use crate::usage::{Usage, peak_memory_mb};
use crate::{Failure, mapping, setup};
use async_trait::async_trait;
use musubi_connector::http::{HttpOptions, Pool};
use musubi_connector::{Clock, Connector, Place, Secret, Secrets, oauth::App};
use musubi_engine::report::Stage;
use musubi_engine::sync::Settings;
use musubi_engine::{Config, Connect, Hub, HubError, HubOptions, Progress, RunReport, StoredTokens};
use musubi_store::{ConnectionRow, Keyring, Store};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;

/// The integration's name in every measurement.
pub const INTEGRATION: &str = "source-target";
/// The key of the measurement's databases, so that the program can go on with them.
pub const KEY: [u8; 32] = [1; 32];
/// Longer than anything that works takes.
const PATIENCE: Duration = Duration::from_secs(3_600);

/// What the hub is to do.
#[derive(Serialize, Deserialize)]
pub struct Job {
    /// The origin of both orgs.
    pub base_url: String,
    /// Where the records are.
    pub source: Account,
    /// Where they go.
    pub target: Account,
    /// The database, as `--database` names it.
    pub database: String,
    /// Whether everything is compared once more after the first load.
    pub second_pass: bool,
    /// Which way sides are read the first time, as a configuration says it.
    pub bulk: String,
}

/// Page by page, however many records there are.
pub const BY_LIST: &str = "never";
/// In bulk, however few.
pub const IN_BULK: &str = "always";
/// What is cheaper.
pub const AUTO: &str = "auto";

/// One pass, as the hub's process tells it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pass {
    /// Seconds from the start of the hub (or the wish for the pass) until every record was carried over and recorded.
    pub loaded_s: f64,
    /// The same until both sides agreed: what was written is read back as well.
    pub agreed_s: f64,
    /// Processor seconds of the process until everything was carried over.
    pub loaded_cpu_s: f64,
    /// The same until both sides agreed.
    pub cpu_s: f64,
    /// The most memory held so far, in megabytes.
    pub peak_mb: f64,
    /// Calls, both orgs.
    pub calls: u64,
    /// Credits, both orgs.
    pub credits: u64,
    /// Records created.
    pub added: u64,
    /// Pairs.
    pub links: u64,
    /// Statements run on the database; one that is run for many rows at once counts once.
    pub statements: u64,
}

/// The configuration file of one integration.
fn configuration(job: &Job, modules: &str) -> String {
    connection("source", &job.base_url, &job.source)
        + &connection("target", &job.base_url, &job.target)
        + &format!("[integrations.{INTEGRATION}]\nleft = \"source\"\nright = \"target\"\n")
        + modules
}

/// One connection of a configuration file.
pub fn connection(name: &str, base_url: &str, account: &Account) -> String {
    format!(
        "[connections.{name}]\nservice = \"crm\"\nbase_url = \"{base_url}\"\norg = \"{}\"\n",
        account.org_id
    )
}

/// One integration of two connections: the module of the measurement.
pub fn integration(name: &str, left: &str, right: &str) -> String {
    format!("[integrations.{name}]\nleft = \"{left}\"\nright = \"{right}\"\n") + &module(name, BY_LIST)
}

/// The module of the measurement, one way, with its twenty fields.
fn module(name: &str, bulk: &str) -> String {
    let fields: Vec<String> = (0..mapping::COUNT)
        .map(|at| format!("{{ left = \"{0}\", right = \"{0}\" }}", mapping::name(at)))
        .collect();
    format!(
        "[[integrations.{name}.modules]]\nleft = \"{0}\"\nright = \"{0}\"\ndirection = \"left_to_right\"\n\
         match = [\"Email\"]\nbulk = \"{bulk}\"\nfields = [{1}]\n",
        setup::MODULE,
        fields.join(", ")
    )
}

/// Does the job; each pass is told as one line of JSON.
pub async fn run(job: &Job, mut tell: impl FnMut(String)) -> Result<(), Failure> {
    let prepared = prepare(job, &module(INTEGRATION, &job.bulk)).await?;
    let began = Usage::start();
    let hub = start(prepared, Settings::default(), None).await?;
    tell(pass(&hub, &began).await?);
    if job.second_pass {
        let began = Usage::start();
        hub.full_pass(INTEGRATION).await.map_err(failed)?;
        tell(pass(&hub, &began).await?);
    }
    hub.stop().await;
    Ok(())
}

/// A database with a workspace, its configuration and its credentials.
pub struct Prepared {
    store: Store,
    workspace: i64,
}

/// A hub at work on it.
pub async fn start(
    prepared: Prepared,
    settings: Settings,
    public_url: Option<String>,
) -> Result<Hub, Failure> {
    let Prepared { store, workspace } = prepared;
    let pool = Pool::new(HttpOptions::default())
        .map_err(|error| Failure::at("the HTTP client", error.service.message))?;
    let connect = Arc::new(Zoho(store.clone(), pool));
    let options = HubOptions { store, connect, holder: "bench".into(), public_url, settings, workspace };
    Hub::start(options).await.map_err(failed)
}

/// Works until both sides agree.
pub async fn agree(hub: &Hub, patience: Duration) -> Result<(), Failure> {
    let report = hub.run_until_agreed(INTEGRATION, patience, &mut |_| {}).await.map_err(failed)?;
    if report.agreed { Ok(()) } else { Err(disagreed(&report)) }
}

fn disagreed(report: &RunReport) -> Failure {
    Failure(format!("the hub did not bring both sides into agreement: {report:?}"))
}

/// Workspace, configuration and credentials: what a person set up before.
pub async fn prepare(job: &Job, modules: &str) -> Result<Prepared, Failure> {
    let store = Store::open(&job.database).await.map_err(|error| Failure::at("the database", error))?;
    let store = store.unlock(Keyring::new(&KEY)).await.map_err(|error| Failure::at("the database", error))?;
    let text = configuration(job, modules);
    let workspace =
        store.ensure_workspace("default", 1).await.map_err(|error| Failure::at("the database", error))?.id;
    let config = Config::parse(&text).map_err(failed)?;
    Hub::offline(store.clone(), workspace).apply(&config, true).await.map_err(failed)?;
    let rows = store.connections(workspace).await.map_err(|error| Failure::at("the database", error))?;
    for row in rows {
        let account = if row.name == "source" { &job.source } else { &job.target };
        let app = App {
            client_id: account.client_id.clone(),
            client_secret: Secret::new(account.client_secret.clone()),
        };
        let secrets = Secrets { app, refresh_token: Secret::new(account.refresh_token.clone()) };
        musubi_engine::save_credential(&store, row.id, &secrets).await.map_err(failed)?;
    }
    Ok(Prepared { store, workspace })
}

/// Works until both sides agree. Everything counts as carried over at the first moment at which nothing is left to be read for the first
/// time, decided or written; what follows is reading back.
async fn pass(hub: &Hub, began: &Usage) -> Result<String, Failure> {
    let before = musubi_store::statements_run();
    let mut loaded = None;
    let mut progress = |progress: &Progress| match progress.stage {
        Stage::Settling | Stage::Agreed => drop(loaded.get_or_insert_with(|| (began.wall(), began.cpu()))),
        _ => loaded = None,
    };
    let report = hub.run_until_agreed(INTEGRATION, PATIENCE, &mut progress).await.map_err(failed)?;
    let (loaded_s, loaded_cpu_s) = loaded.unwrap_or((began.wall(), began.cpu()));
    if !report.agreed {
        return Err(disagreed(&report));
    }
    let pass = Pass {
        loaded_s,
        loaded_cpu_s,
        agreed_s: began.wall(),
        cpu_s: began.cpu(),
        peak_mb: peak_memory_mb()?,
        calls: report.calls,
        credits: report.credits,
        added: report.added,
        links: report.links,
        statements: musubi_store::statements_run() - before,
    };
    serde_json::to_string(&pass).map_err(|error| Failure::at("the figures", error))
}

fn failed(error: HubError) -> Failure {
    Failure::at(error.code, error.message)
}

/// Makes connectors as the program does.
struct Zoho(Store, Pool);

#[async_trait]
impl Connect for Zoho {
    async fn connect(&self, row: &ConnectionRow) -> Result<Arc<dyn Connector>, HubError> {
        let missing = || HubError::new("bench.set_up", "the connection is not set up", "start over");
        let secrets = musubi_engine::credential(&self.0, row.id).await?.ok_or_else(missing)?;
        let place = Place::base_url(row.base_url.as_deref().unwrap_or_default())
            .map_err(|error| HubError::of_call(&row.name, &error))?;
        let settings = musubi_zoho::Settings {
            service: row.service.clone(),
            place,
            org: Some(row.org.clone()),
            secrets,
            tokens: Arc::new(StoredTokens::new(self.0.clone(), row.id)),
            clock: Clock::system(),
            options: musubi_zoho::crm::CallOptions { timeout: Duration::from_secs(30) },
            pool: self.1.clone(),
        };
        musubi_zoho::connect(settings).map_err(|error| HubError::of_call(&row.name, &error))
    }
}
