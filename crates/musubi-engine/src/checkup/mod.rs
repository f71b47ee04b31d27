//! Checks of what a hub needs: the processes at work, the address from outside, every connection. They change nothing.

mod connections;

use crate::error::{HubError, Result};
use crate::hub::Hub;
use musubi_core::Instant;
use serde::Serialize;
use utoipa::ToSchema;

/// A process heard of within so many milliseconds is at work.
const AT_WORK: i64 = 6_000;

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CheckState)]
pub enum State {
    /// As it should be.
    Good,
    /// Works, but somebody should know.
    Warning,
    /// Does not work.
    Failed,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Check {
    /// What was checked: `data folder`, `disk`, `database`, `key`, `hub`, `webhooks`, `clock`, or `connection` and its name.
    pub name: String,
    /// How it ended.
    pub state: State,
    /// Stable and machine-readable, where it did not end well.
    #[schema(required)]
    pub code: Option<String>,
    /// What was found.
    pub message: String,
    /// What to do about it; empty when there is nothing to do.
    pub hint: String,
}

impl Check {
    /// As it should be.
    pub fn good(name: impl Into<String>, message: impl Into<String>) -> Check {
        let (message, hint) = (message.into(), String::new());
        Check { name: name.into(), state: State::Good, code: None, message, hint }
    }

    /// Works, but somebody should know.
    pub fn warning(name: impl Into<String>, error: HubError) -> Check {
        Check { state: State::Warning, ..Check::failed(name, error) }
    }

    /// Does not work.
    pub fn failed(name: impl Into<String>, error: impl Into<HubError>) -> Check {
        let HubError { code, message, hint } = error.into();
        Check { name: name.into(), state: State::Failed, code: Some(code.to_owned()), message, hint }
    }
}

/// What the checks found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Checkup {
    /// Nothing failed.
    pub healthy: bool,
    /// Every check.
    pub checks: Vec<Check>,
}

impl Checkup {
    /// What these found.
    pub fn of(checks: Vec<Check>) -> Checkup {
        Checkup { healthy: checks.iter().all(|check| check.state != State::Failed), checks }
    }
}

impl Hub {
    /// Checks what this hub needs. Each connection costs three credits at the most.
    pub async fn check_up(&self) -> Result<Checkup> {
        let mut checks = vec![self.processes().await?];
        for row in self.store().connections(self.workspace()).await? {
            checks.extend(connections::check(self, &row).await);
        }
        checks.push(self.webhooks().await?);
        Ok(Checkup::of(checks))
    }

    async fn processes(&self) -> Result<Check> {
        let now = self.now();
        let rows = self.store().processes().await?;
        Ok(match rows.iter().filter(|row| now - row.heartbeat < AT_WORK).count() {
            0 => Check::warning(
                "hub",
                HubError::new(
                    "hub.not_running",
                    "no process is at work on this database",
                    "start `musubi serve`; until then nothing is kept in agreement",
                ),
            ),
            1 => Check::good("hub", "one process is at work"),
            many => Check::good("hub", format!("{many} processes share the work")),
        })
    }

    /// Whether a hub answers under the address the services are told.
    async fn webhooks(&self) -> Result<Check> {
        let Some(url) = self.public_url() else {
            let told = "no public address: changes are found by asking, at the next look";
            return Ok(Check::good("webhooks", told));
        };
        Ok(match self.connect()?.answers(&url).await {
            Ok(()) if url.starts_with("http://") => Check::warning(
                "webhooks",
                HubError::new(
                    "webhooks.unencrypted",
                    format!("{url} is answered by a hub, without encryption"),
                    "Zoho calls https addresses: put a proxy with a certificate before the hub",
                ),
            ),
            Ok(()) => Check::good("webhooks", format!("{url} is answered by a hub")),
            Err(error) => Check::failed("webhooks", error),
        })
    }
}

/// The answer to the question what time it is at a service.
pub struct Asked {
    /// Our time before the question, in milliseconds since 1970.
    pub before: i64,
    /// And after the answer.
    pub after: i64,
    /// The service's clock, in whole seconds; unknown where it does not tell.
    pub service: Instant,
}
