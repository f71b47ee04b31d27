//! `musubi status`: how everything stands.

use super::{Context, views};
use crate::failure::{Exit, Failure};
use crate::words::Words;
use crate::{output, progress, store};
use musubi_engine::report::{IntegrationStatus, ModuleStatus, SyncPhase};
use musubi_engine::resting::ModuleState;
use musubi_engine::{Hub, StatusReport};

const EXAMPLES: &str = "\
Examples:
  musubi status
  musubi status --json | jq '.integrations[].modules[] | {left, links, held}'

It reads the database alone: it works with and without a hub running, and calls no service.";

/// Show how every integration stands.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {}

/// Reads the store and reports.
pub async fn run(_: Arguments, context: &Context) -> Result<Exit, Failure> {
    let opened = store::open_existing(&context.global).await?;
    let report = Hub::offline(opened.store, opened.workspace.id).status().await?;
    let now = store::now();
    context.output.report(&report, |report| text(report, now, context.output.words()))?;
    Ok(Exit::Done)
}

fn text(report: &StatusReport, now: i64, words: Words) -> String {
    let mut text = String::new();
    if report.integrations.is_empty() {
        text.push_str("There is no integration yet: `musubi apply FILE` makes one.\n");
    }
    for integration in &report.integrations {
        text.push_str(&of_integration(integration, now, words));
        text.push('\n');
    }
    for connection in &report.connections {
        let credential = match (connection.has_credential, connection.refused_at) {
            (false, _) => "no credential: `musubi connect`".to_owned(),
            (true, Some(_)) => format!("refused by the service: `musubi connect {}` again", connection.name),
            (true, None) => "connected".to_owned(),
        };
        let ready = connection.stand_ins.iter().filter(|other| other.refused_at.is_none()).count();
        let refused = connection.stand_ins.len() - ready;
        let mut others = String::new();
        if ready > 0 {
            others += &format!(", {ready} more ready to take over");
        }
        if refused > 0 {
            others += &format!(", {refused} refused: `musubi connect {}` again", connection.name);
        }
        text.push_str(&format!(
            "connection {}: {} {} {} ({credential}{others})\n",
            connection.name, connection.service, connection.place, connection.org
        ));
    }
    text.push_str(&match report.processes.len() {
        0 => "No process is at work: `musubi serve` keeps everything in agreement.\n".to_owned(),
        1 => "One process is at work.\n".to_owned(),
        many => format!("{many} processes share the work.\n"),
    });
    if report.undelivered_notices > 0 {
        let count = report.undelivered_notices;
        text.push_str(&format!("Notices that have not arrived: {count}. `musubi notices` says why.\n"));
    }
    text
}

fn of_integration(integration: &IntegrationStatus, now: i64, words: Words) -> String {
    let heading = ["  MODULE", "STATE", "PAIRS", "OPEN", "HELD", "FAILED", "IN STEP"];
    let mut rows = vec![heading.map(str::to_owned).to_vec()];
    let mut problems = String::new();
    for module in &integration.modules {
        let name = if module.left == module.right {
            module.left.clone()
        } else {
            format!("{} ↔ {}", module.left, module.right)
        };
        rows.push(vec![
            format!("  {name}"),
            state(module),
            module.links.to_string(),
            module.open.to_string(),
            module.held.values().sum::<u64>().to_string(),
            module.failed.values().sum::<u64>().to_string(),
            in_step(module, now),
        ]);
        if let Some(problem) = &module.problem {
            problems.push_str(&format!("  {name}: {}\n", words.problem_of_module(problem)));
        }
        if module.views_changed {
            let integration = &integration.name;
            problems.push_str(&format!("  {name}: {}: `musubi views {integration}`\n", views::CHANGED));
        }
    }
    format!(
        "{} ({}): {} ⇄ {}\n{}{problems}",
        integration.name,
        integration.state.name(),
        integration.left,
        integration.right,
        output::table(&rows)
    )
}

fn state(module: &ModuleStatus) -> String {
    if module.state == ModuleState::Inactive {
        return "inactive".to_owned();
    }
    if module.paused {
        return "paused".to_owned();
    }
    if let Some(parent) = &module.waits_for {
        return format!("after {parent}");
    }
    let done = module.scanned.left + module.scanned.right;
    match (module.phase, module.expected.left + module.expected.right) {
        (SyncPhase::Steady, _) => "steady".to_owned(),
        (SyncPhase::New, 0) => "new".to_owned(),
        (SyncPhase::Count, 0) => "count".to_owned(),
        (SyncPhase::ScanFirst, 0) => "scan first".to_owned(),
        (SyncPhase::ScanSecond, 0) => "scan second".to_owned(),
        (SyncPhase::Sweep, 0) => "sweep".to_owned(),
        (_, expected) => {
            let left = progress::left(module.seconds_left);
            format!("loading {} %{left}", done * 100 / expected.max(1))
        }
    }
}

fn in_step(module: &ModuleStatus, now: i64) -> String {
    if module.state == ModuleState::Inactive || module.paused {
        return "–".to_owned();
    }
    match (module.agreed_since, &module.process) {
        (Some(at), _) => format!("{} s ago", (now - at).max(0) / 1_000),
        (None, Some(_)) => "working".to_owned(),
        (None, None) => "nobody at work".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use musubi_core::CountBySide;
    use musubi_engine::report::{ConnectionStatus, IntegrationState};

    #[test]
    fn a_load_says_how_far_it_is_and_how_long_it_still_takes() {
        let loading = ModuleStatus {
            phase: SyncPhase::ScanFirst,
            scanned: CountBySide { left: 40, right: 0 },
            expected: CountBySide { left: 100, right: 60 },
            seconds_left: Some(90),
            ..ModuleStatus::default()
        };
        assert_eq!(state(&loading), "loading 25 %, about 90 s left");
    }

    #[test]
    fn a_connection_says_whether_its_credential_is_refused() {
        let connection = |refused_at: Option<i64>| ConnectionStatus {
            name: "london".into(),
            service: "crm".into(),
            place: "eu".into(),
            org: "600123".into(),
            has_credential: true,
            refused_at,
            ..ConnectionStatus::default()
        };
        let connections = vec![connection(None), connection(Some(5_000))];
        let told = text(&StatusReport { connections, ..StatusReport::default() }, 8_000, Words::default());
        let lines: Vec<&str> = told.lines().filter(|line| line.starts_with("connection")).collect();
        assert_eq!(
            lines,
            [
                "connection london: crm eu 600123 (connected)",
                "connection london: crm eu 600123 (refused by the service: `musubi connect london` again)",
            ]
        );
    }

    #[test]
    fn what_a_person_reads() {
        let module = ModuleStatus {
            left: "Contacts".into(),
            right: "Contacts".into(),
            phase: SyncPhase::Steady,
            process: Some("p".into()),
            agreed_since: Some(5_000),
            links: 120,
            views_changed: true,
            ..ModuleStatus::default()
        };
        let paused = ModuleStatus {
            left: "Deals".into(),
            right: "Deals".into(),
            paused: true,
            ..ModuleStatus::default()
        };
        let integration = IntegrationStatus {
            name: "tokyo-london".into(),
            state: IntegrationState::Active,
            left: "tokyo".into(),
            right: "london".into(),
            modules: vec![module, paused],
        };
        let report = StatusReport { integrations: vec![integration], ..StatusReport::default() };
        insta::assert_snapshot!(text(&report, 8_000, Words::default()), @r"
        tokyo-london (active): tokyo ⇄ london
          MODULE    STATE   PAIRS  OPEN  HELD  FAILED  IN STEP
          Contacts  steady  120    0     0     0       3 s ago
          Deals     paused  0      0     0     0       –
          Contacts: a list view was changed in the service, and its former conditions go on to count: `musubi views tokyo-london`

        No process is at work: `musubi serve` keeps everything in agreement.
        ");
    }
}
