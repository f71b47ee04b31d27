//! The hub as people run it: `musubi serve`, in a process of its own.

use crate::control::Account;
use crate::storage::Database;
use crate::usage::Usage;
use crate::{Failure, hub, service};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::process::{Child, Command};

/// [`hub::KEY`] as the program takes it.
const KEY: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
/// A hub that is not ready by then will not be.
const PATIENCE: f64 = 20.0;

/// The program with its data folder, database and credentials.
pub struct Program {
    path: PathBuf,
    folder: PathBuf,
    database: String,
    credentials: Vec<(String, String)>,
}

/// A hub at work; it ends with this value.
pub struct Serving {
    /// Its process.
    pub process: u32,
    /// Milliseconds from its start until it answered that it is ready.
    pub ready_ms: f64,
    child: Child,
}

/// Whether services can tell the hub of changes.
#[derive(Clone, Copy, PartialEq)]
pub enum Told {
    /// They post webhooks.
    ByWebhook,
    /// It asks them.
    ByPoll,
}

impl Program {
    /// The program over a database.
    pub fn new(path: &Path, folder: &Path, database: &Database) -> Program {
        debug_assert_eq!(hub::KEY, [1; 32]);
        let (path, folder) = (path.to_owned(), folder.to_owned());
        Program { path, folder, database: database.argument(), credentials: Vec::new() }
    }

    /// Gives it the credential of a connection.
    pub fn credential(&mut self, connection: &str, account: &Account) {
        let parts = [
            ("CLIENT_ID", &account.client_id),
            ("CLIENT_SECRET", &account.client_secret),
            ("REFRESH_TOKEN", &account.refresh_token),
        ];
        for (part, value) in parts {
            let name = format!("MUSUBI_CONNECTION_{}_{part}", connection.to_uppercase());
            self.credentials.push((name, value.clone()));
        }
    }

    /// Applies a configuration.
    pub async fn apply(&self, configuration: &str) -> Result<(), Failure> {
        let file = self.folder.join("musubi.toml");
        std::fs::write(&file, configuration).map_err(|error| Failure::at(file.display(), error))?;
        let mut command = self.command();
        command.arg("apply").arg(&file).args(["--yes", "--quiet"]).stdout(Stdio::null());
        let status = command.status().await.map_err(|error| Failure::at("musubi apply", error))?;
        if status.success() { Ok(()) } else { Err(Failure(format!("musubi apply ended with {status}"))) }
    }

    /// Whether every module of every integration is in agreement.
    pub async fn is_agreed(&self) -> Result<bool, Failure> {
        let mut command = self.command();
        let output = command.args(["status", "--json"]).output().await;
        let output = output.map_err(|error| Failure::at("musubi status", error))?;
        let status: serde_json::Value =
            serde_json::from_slice(&output.stdout).map_err(|error| Failure::at("musubi status", error))?;
        let integrations = status["integrations"].as_array().map(Vec::as_slice).unwrap_or_default();
        let mut modules = integrations.iter().flat_map(|one| one["modules"].as_array().into_iter().flatten());
        Ok(!integrations.is_empty() && modules.all(|module| !module["agreed_since"].is_null()))
    }

    /// Starts it and waits until it says that it is ready.
    pub async fn serve(&self, told: Told) -> Result<Serving, Failure> {
        let client = service::client()?;
        let free = TcpListener::bind("127.0.0.1:0").await.and_then(|listener| listener.local_addr());
        let address = free.map_err(|error| Failure::at("no free port", error))?.to_string();
        let mut command = self.command();
        command.args(["serve", "--quiet", "--listen", &address]).stdout(Stdio::null());
        if told == Told::ByWebhook {
            command.args(["--public-url", &format!("http://{address}")]);
        }
        let began = Usage::start();
        let child = command.spawn().map_err(|error| Failure::at("musubi serve", error))?;
        let process = child.id().ok_or_else(|| Failure("musubi serve ended at once".into()))?;
        let url = format!("http://{address}/readyz");
        loop {
            let answer = client.get(&url).send().await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(Serving { process, ready_ms: began.wall() * 1e3, child });
            }
            if began.wall() > PATIENCE {
                return Err(Failure("musubi serve does not become ready".into()));
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.path);
        command.env_clear().env("MUSUBI_DATA", &self.folder).env("MUSUBI_DATABASE", &self.database);
        command.env("MUSUBI_KEY", KEY).envs(self.credentials.iter().cloned());
        command.stdin(Stdio::null()).kill_on_drop(true);
        command
    }
}

impl Serving {
    /// Ends it at once: everything it knows is durable.
    pub async fn end(mut self) -> Result<(), Failure> {
        self.child.kill().await.map_err(|error| Failure::at("musubi serve", error))
    }
}
