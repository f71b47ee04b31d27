//! `GET /metrics`: Prometheus text. Names of integrations, modules and connections, and numbers; nothing of any record (I18).

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use musubi_engine::{Hub, report::StatusReport};
use std::fmt::Write;

pub(crate) async fn show(State(hub): State<Hub>) -> Response {
    match hub.status().await {
        Ok(status) => {
            let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
            (kind, render(&status)).into_response()
        }
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("{}\n", error.code)).into_response(),
    }
}

/// One family of numbers.
struct Family {
    name: &'static str,
    lines: String,
    head: String,
}

impl Family {
    fn new(name: &'static str, kind: &str, help: &str) -> Family {
        Family { name, lines: String::new(), head: format!("# HELP {name} {help}\n# TYPE {name} {kind}\n") }
    }

    fn add(&mut self, labels: &[(&str, &str)], value: impl std::fmt::Display) {
        let labels: Vec<String> =
            labels.iter().map(|(name, value)| format!("{name}=\"{}\"", escaped(value))).collect();
        let _ = writeln!(self.lines, "{}{{{}}} {value}", self.name, labels.join(","));
    }
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

fn render(status: &StatusReport) -> String {
    let mut outcomes = Family::new("musubi_outcomes_total", "counter", "Records by what became of them.");
    let mut calls = Family::new("musubi_calls_total", "counter", "Calls to a service.");
    let mut credits = Family::new("musubi_credits_total", "counter", "API credits spent.");
    let mut seen = Family::new("musubi_records_read_total", "counter", "Records read.");
    let mut links = Family::new("musubi_links", "gauge", "Pairs of records.");
    let mut open = Family::new("musubi_open_work", "gauge", "Operations and records that are not settled.");
    let mut held = Family::new("musubi_held", "gauge", "What waits for a person or a parent record.");
    let mut failed = Family::new("musubi_failed", "gauge", "Records whose write the service refuses.");
    let mut agreed =
        Family::new("musubi_agreed_since_seconds", "gauge", "When both sides were last known to agree.");
    let mut behind =
        Family::new("musubi_seen_until_seconds", "gauge", "Everything changed before this was seen.");
    let mut working =
        Family::new("musubi_problem", "gauge", "1 while something keeps a module from working.");
    let mut used = Family::new("musubi_connection_credits_used", "gauge", "Credits in the rolling day.");
    let mut running = Family::new("musubi_connection_calls_under_way", "gauge", "Calls under way.");
    for integration in &status.integrations {
        for module in &integration.modules {
            let labels = [("integration", integration.name.as_str()), ("module", module.left.as_str())];
            let with = |name: &'static str, value: &str, family: &mut Family, number: String| {
                family.add(&[labels[0], labels[1], (name, value)], number);
            };
            for (code, count) in &module.outcomes {
                with("outcome", code, &mut outcomes, count.to_string());
            }
            for (side, value) in [("left", module.calls.left), ("right", module.calls.right)] {
                with("side", side, &mut calls, value.to_string());
            }
            for (side, value) in [("left", module.credits.left), ("right", module.credits.right)] {
                with("side", side, &mut credits, value.to_string());
            }
            for (side, value) in [("left", module.seen_until.left), ("right", module.seen_until.right)] {
                with("side", side, &mut behind, (value / 1000).to_string());
            }
            for (code, count) in &module.held {
                with("reason", code, &mut held, count.to_string());
            }
            for (code, count) in &module.failed {
                with("reason", code, &mut failed, count.to_string());
            }
            seen.add(&labels, module.seen);
            links.add(&labels, module.links);
            open.add(&labels, module.open);
            working.add(&labels, u8::from(module.problem.is_some()));
            if let Some(since) = module.agreed_since {
                agreed.add(&labels, since / 1000);
            }
        }
    }
    for connection in &status.connections {
        let labels = [("connection", connection.name.as_str()), ("service", connection.service.as_str())];
        if let Some(credits) = connection.credits_used {
            used.add(&labels, credits);
        }
        if let Some(calls) = connection.calls_under_way {
            running.add(&labels, calls);
        }
    }
    let mut undelivered =
        Family::new("musubi_notices_undelivered", "gauge", "Notices of the last week that have not arrived.");
    undelivered.add(&[], status.undelivered_notices);
    [
        outcomes,
        calls,
        credits,
        seen,
        links,
        open,
        held,
        failed,
        agreed,
        behind,
        working,
        used,
        running,
        undelivered,
    ]
    .into_iter()
    .filter(|family| !family.lines.is_empty())
    .map(|family| family.head + &family.lines)
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use musubi_engine::report::{IntegrationStatus, ModuleStatus};

    #[test]
    fn numbers_come_with_their_names() {
        let module = ModuleStatus {
            left: "Contacts".into(),
            links: 3,
            outcomes: [("held.conflict".to_owned(), 2)].into(),
            ..ModuleStatus::default()
        };
        let integration =
            IntegrationStatus { name: "a\"b".into(), modules: vec![module], ..IntegrationStatus::default() };
        let text = render(&StatusReport { integrations: vec![integration], ..StatusReport::default() });
        assert!(
            text.contains(
                "# TYPE musubi_links gauge\nmusubi_links{integration=\"a\\\"b\",module=\"Contacts\"} 3\n"
            ),
            "{text}"
        );
        assert!(text.contains(
            "musubi_outcomes_total{integration=\"a\\\"b\",module=\"Contacts\",outcome=\"held.conflict\"} 2\n"
        ));
        assert!(!text.contains("musubi_failed"), "families without numbers are left out");
    }
}
