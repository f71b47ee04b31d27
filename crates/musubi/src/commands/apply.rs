//! `musubi apply`: configuration as code.

use super::Context;
use crate::ask::Ask;
use crate::failure::{Exit, Failure};
use crate::{configuration, hub, notice_secrets, registry, store};
use musubi_engine::report::Change;
use musubi_engine::{ApplyReport, Config, Hub, HubError, placed};
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  musubi apply musubi.toml            shows what would change, then asks
  musubi apply musubi.toml --yes      for scripts
  musubi apply - --yes < musubi.toml

A file:
  [connections.tokyo]
  service = \"crm\"
  data_centre = \"jp\"

  [connections.london]
  service = \"crm\"
  data_centre = \"uk\"

  [integrations.tokyo-london]
  left = \"tokyo\"
  right = \"london\"

  [[integrations.tokyo-london.modules]]
  left = \"Contacts\"
  right = \"Contacts\"
  match = [\"Email\"]

Secrets never stand in the file: `musubi connect`, or MUSUBI_CONNECTION_TOKYO_CLIENT_ID, …_CLIENT_SECRET, …_REFRESH_TOKEN,
which are stored, encrypted, when the file is applied.
The whole grammar: docs/guide/configuration.md";

/// Plan the difference to a configuration file, and carry it out.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The file; `-` is standard input.
    file: PathBuf,
    /// Do not ask.
    #[arg(short, long)]
    yes: bool,
}

/// Plans, asks, applies.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Exit, Failure> {
    let file = configuration::read(&arguments.file)?;
    let config = Config::parse(&file)?;
    let opened = store::open(&context.global).await?;
    let reading = hub::reading(&opened, None)?;
    let mut report = reading.apply(&config, false).await.map_err(|error| placed(&file, error))?;
    let changes = !report.changes.is_empty();
    if changes && !arguments.yes {
        context.output.remark(&text(&report));
        let ask = Ask::new(context.output);
        confirm_cascades(&opened, &mut report, context, ask).await?;
        ask.consent("Apply this?")?;
    }
    let offline = Hub::offline(opened.store.clone(), opened.workspace.id);
    if report.changes.iter().any(|change| change.what == "connection") {
        // What the services have can be asked only once their connections are there; then the rest is looked over like any other time.
        let connections = Config { connections: config.connections.clone(), ..Config::default() };
        offline.apply(&connections, true).await?;
        take_credentials(&opened, &config).await?;
        match reading.apply(&config, false).await {
            Ok(looked_over) => report.warnings = looked_over.warnings,
            Err(error) => {
                context.output.remark("note: the connections are kept; nothing else of the file was applied");
                return Err(placed(&file, error).into());
            }
        }
    }
    if changes {
        // It was looked over a moment ago.
        let ApplyReport { warnings, cascades, changes, .. } = report;
        report = ApplyReport { warnings, cascades, changes, ..offline.apply(&config, true).await? };
    }
    notice_secrets::take(&opened).await?;
    report.applied = true;
    let without = take_credentials(&opened, &config).await?;
    context.output.report(&report, text)?;
    for error in without {
        context.output.remark(&format!("note: {}\nhint: {}", error.message, error.hint));
    }
    for note in notice_secrets::lacking(&opened).await? {
        context.output.remark(&note);
    }
    Ok(Exit::Done)
}

/// Takes over what the environment holds of the credentials. Gives what says that there is none.
async fn take_credentials(opened: &store::Opened, config: &Config) -> Result<Vec<HubError>, Failure> {
    let connections = opened.store.connections(opened.workspace.id).await?;
    let mut without = Vec::new();
    for row in connections.iter().filter(|row| config.connections.contains_key(&row.name)) {
        match registry::secrets(&opened.store, row).await {
            Ok(_) => {}
            Err(error) if error.code == "connection.no_credential" => without.push(error),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(without)
}

/// Deletions that take everything along are agreed to by typing the integration's name, after it was counted what could go.
async fn confirm_cascades(
    opened: &store::Opened,
    report: &mut ApplyReport,
    context: &Context,
    ask: Ask,
) -> Result<(), Failure> {
    if report.cascades.iter().any(|cascade| cascade.records > 0) {
        let counted = match hub::reading(opened, None) {
            Ok(hub) => hub.count_cascades(&mut report.cascades).await.map_err(Failure::from),
            Err(error) => Err(error),
        };
        if counted.is_err() {
            context.output.remark("note: what hangs on those records cannot be counted now");
        }
    }
    let mut names: Vec<&str> = Vec::new();
    for cascade in &report.cascades {
        context.output.remark(&format!("  !  {}: {}", cascade.integration, cascade.sentence()));
        if !names.contains(&cascade.integration.as_str()) {
            names.push(&cascade.integration);
        }
    }
    names.into_iter().try_for_each(|name| ask.typed(name))
}

fn text(report: &ApplyReport) -> String {
    if report.changes.is_empty() {
        return "The workspace is as the file says: nothing to change.".to_owned();
    }
    let mut lines: Vec<String> = report.changes.iter().map(change).collect();
    lines.extend(report.kept.iter().map(|name| format!("  kept    {name}, which the file does not name")));
    lines.extend(report.warnings.iter().map(|warning| format!("  note    {warning}")));
    if report.applied {
        lines.push(
            "Applied. `musubi plan NAME` shows what a first run would do, `musubi run NAME` does it."
                .to_owned(),
        );
    }
    lines.join("\n")
}

fn change(change: &Change) -> String {
    let mark = match change.action {
        "create" => "+ create",
        "delete" => "- delete",
        _ => "~ update",
    };
    let details: String = change.details.iter().map(|detail| format!("\n      {detail}")).collect();
    format!("{mark}  {} {}{details}", change.what, change.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_reads() {
        let change = |action, what, name: &str, details: &[&str]| Change {
            action,
            what,
            name: name.to_owned(),
            details: details.iter().map(|detail| (*detail).to_owned()).collect(),
        };
        let report = ApplyReport {
            applied: false,
            changes: vec![
                change("create", "connection", "tokyo", &[]),
                change("update", "module", "tokyo-london: Leads", &["conflict: latest → left"]),
            ],
            kept: vec!["connection paris".to_owned()],
            warnings: vec![
                "tokyo-london: custom fields of Leads on the left are not mapped: Rank".to_owned(),
            ],
            cascades: Vec::new(),
        };
        insta::assert_snapshot!(text(&report), @r"
        + create  connection tokyo
        ~ update  module tokyo-london: Leads
              conflict: latest → left
          kept    connection paris, which the file does not name
          note    tokyo-london: custom fields of Leads on the left are not mapped: Rank
        ");
    }
}
