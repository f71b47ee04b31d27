//! Every connection: its service answers, its clock is near ours, its credential is taken, its scopes reach.

use super::Check;
use crate::failure::{Exit, Failure};
use crate::registry::{self, Registry};
use crate::store::{self, Opened};
use musubi_connector::http::{Http, HttpOptions, Request};
use musubi_connector::{CallError, Connector};
use musubi_core::Instant;
use musubi_engine::{Connect as _, HubError};
use musubi_store::ConnectionRow;
use reqwest::Method;
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(20);
/// Clocks that differ by more are worth saying, in milliseconds: tokens and logs go by ours, everything else by the service's.
const SKEW: i64 = 5_000;

/// Checks them all.
pub async fn all(opened: &Opened) -> Vec<Check> {
    let rows = match opened.store.connections(opened.workspace.id).await {
        Ok(rows) => rows,
        Err(error) => return vec![Check::failed("connections", error)],
    };
    let mut checks = Vec::new();
    for row in rows {
        checks.extend(one(opened, &row).await);
    }
    checks
}

async fn one(opened: &Opened, row: &ConnectionRow) -> Vec<Check> {
    let name = format!("connection {}", row.name);
    let mut checks = Vec::new();
    match clock(row).await {
        Ok(check) => checks.extend(check),
        Err(failure) => return vec![Check::failed(name, failure)],
    }
    let connected = async { Registry::new(opened.store.clone(), TIMEOUT)?.connect(row).await };
    let connector = match connected.await {
        Ok(connector) => connector,
        Err(error) => return vec![Check::failed(name, error)],
    };
    match connector.org().await {
        Err(error) => checks.push(failed(&name, row, "reading the org", &error)),
        Ok(org) => {
            let edition = org.edition.as_deref().unwrap_or("edition unknown");
            let credits = connector
                .limits()
                .credits_per_day
                .map_or("unlimited".to_owned(), |credits| credits.to_string());
            checks.insert(
                0,
                Check::good(
                    &name,
                    format!("{} ({edition}, org {}, {credits} credits a day)", org.name, org.id),
                ),
            );
            checks.extend(scopes(&name, row, connector.as_ref()).await);
        }
    }
    checks
}

/// Two harmless calls beside reading the org.
async fn scopes(name: &str, row: &ConnectionRow, connector: &dyn Connector) -> Vec<Check> {
    let modules =
        connector.modules().await.err().map(|error| failed(name, row, "reading the modules", &error));
    let users = connector.users().await.err().map(|error| failed(name, row, "reading the users", &error));
    modules.into_iter().chain(users).collect()
}

fn failed(name: &str, row: &ConnectionRow, what: &str, error: &CallError) -> Check {
    let told = HubError::of_call(&row.name, error);
    Check::failed(name, HubError { message: format!("{what} failed: {error}"), ..told })
}

/// The accounts server answers, and its clock is near ours.
async fn clock(row: &ConnectionRow) -> Result<Option<Check>, Failure> {
    let place = registry::place(&row.name, row.data_centre.as_deref(), row.base_url.as_deref())?;
    let http = Http::new(HttpOptions::default(), &place)?;
    let before = store::now();
    let answer = http.send(Request::new(Method::GET, place.accounts(), TIMEOUT)).await.map_err(|error| {
        let hint = "check the network, a firewall, and the data centre or base_url of the connection";
        Failure::new(Exit::Service, "connection.unreachable", format!("{}: {error}", row.name), hint)
    })?;
    let after = store::now();
    if answer.server_time == Instant::START {
        return Ok(None);
    }
    Ok(skew(before, after, answer.server_time.millis()).map(|off| {
        let hint = "let this machine's clock be set by the network (NTP)";
        Check::warning("clock", format!("{} s away from {}'s", off / 1_000, row.name), hint)
    }))
}

/// How far the service's whole second lies outside the time the call took, if far.
fn skew(before: i64, after: i64, service: i64) -> Option<i64> {
    let off = if service + 1_000 < before { service + 1_000 - before } else { (service - after).max(0) };
    (off.abs() > SKEW).then_some(off)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_within_the_call_is_right() {
        assert_eq!(skew(10_500, 10_700, 10_000), None);
        assert_eq!(skew(10_500, 10_700, 70_000), Some(59_300));
        assert_eq!(skew(100_500, 100_700, 10_000), Some(-89_500));
    }
}
