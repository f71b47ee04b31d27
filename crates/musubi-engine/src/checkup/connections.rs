//! A connection: its service answers, its clock is near ours, its credential is taken, its scopes reach.

use super::{Asked, Check};
use crate::error::{HubError, Result};
use crate::hub::Hub;
use musubi_connector::{CallError, Connector};
use musubi_core::Instant;
use musubi_store::ConnectionRow;

/// Clocks that differ by more are worth saying, in milliseconds: tokens and logs go by ours, everything else by the service's.
const SKEW: i64 = 5_000;

pub(super) async fn check(hub: &Hub, row: &ConnectionRow) -> Vec<Check> {
    let name = format!("connection {}", row.name);
    let reached: Result<_> = async {
        let connect = hub.connect()?;
        Ok((connect.clock(row).await?, connect.connect(row).await?))
    }
    .await;
    let (asked, connector) = match reached {
        Ok(reached) => reached,
        Err(error) => return vec![Check::failed(name, error)],
    };
    let org = match connector.org().await {
        Ok(org) => org,
        Err(error) => return vec![failed(&name, row, "reading the org", &error)],
    };
    let edition = org.edition.as_deref().unwrap_or("edition unknown");
    let credits =
        connector.limits().credits_per_day.map_or("unlimited".to_owned(), |daily| daily.to_string());
    let found = format!("{} ({edition}, org {}, {credits} credits a day)", org.name, org.id);
    let mut checks = vec![Check::good(&name, found)];
    checks.extend(asked.as_ref().and_then(skew).map(|off| {
        Check::warning(
            "clock",
            HubError::new(
                "clock.skewed",
                format!("{} s away from {}'s", off / 1_000, row.name),
                "let this machine's clock be set by the network (NTP)",
            ),
        )
    }));
    checks.extend(scopes(&name, row, connector.as_ref()).await);
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

/// How far the service's whole second lies outside the time the question took, if far.
fn skew(asked: &Asked) -> Option<i64> {
    if asked.service == Instant::START {
        return None;
    }
    let service = asked.service.millis();
    let off = if service + 1_000 < asked.before {
        service + 1_000 - asked.before
    } else {
        (service - asked.after).max(0)
    };
    (off.abs() > SKEW).then_some(off)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_within_the_call_is_right() {
        let off =
            |before, after, service| skew(&Asked { before, after, service: Instant::from_millis(service) });
        assert_eq!(off(10_500, 10_700, 10_000), None);
        assert_eq!(off(10_500, 10_700, 70_000), Some(59_300));
        assert_eq!(off(100_500, 100_700, 10_000), Some(-89_500));
        assert_eq!(skew(&Asked { before: 99_000, after: 99_001, service: Instant::START }), None);
    }
}
