//! `musubi doctor`: checks what the hub needs, one line each.

use super::Context;
use crate::environment::variable;
use crate::failure::{Exit, Failure};
use crate::{hub, machine, output};
use musubi_engine::checkup::{Check, Checkup, State};
use serde::Serialize;

const EXAMPLES: &str = "\
Examples:
  musubi doctor
  musubi doctor --json
  musubi doctor --public-url https://musubi.example.com     is that address answered by this hub?

It changes nothing. Each connection costs three credits at the most. Ends with 3 when something is wrong.";

/// Check the machine, the database, the key and every connection.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// Check that the hub answers under this address [default: MUSUBI_PUBLIC_URL].
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
}

#[derive(Serialize)]
struct Report {
    version: &'static str,
    #[serde(flatten)]
    found: Checkup,
}

/// Runs every check, whatever the ones before it say.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Exit, Failure> {
    let mut checks = machine::folder(&context.global);
    let (database, opened) = machine::database(&context.global).await;
    checks.extend(database);
    if let Some(opened) = &opened {
        let public_url = arguments.public_url.or_else(|| variable("MUSUBI_PUBLIC_URL"));
        match hub::reading(opened, public_url)?.check_up().await {
            Ok(found) => checks.extend(found.checks),
            Err(error) => checks.push(Check::failed("hub", error)),
        }
    }
    let report = Report { version: env!("CARGO_PKG_VERSION"), found: Checkup::of(checks) };
    context.output.report(&report, text)?;
    Ok(if report.found.healthy { Exit::Done } else { Exit::Differs })
}

fn mark(state: State) -> &'static str {
    match state {
        State::Good => "ok",
        State::Warning => "note",
        State::Failed => "WRONG",
    }
}

fn line(check: &Check) -> Vec<String> {
    let message = match check.code.as_ref().filter(|_| check.state == State::Failed) {
        Some(code) => format!("{} [{code}]", check.message),
        None => check.message.clone(),
    };
    vec![mark(check.state).to_owned(), check.name.clone(), message]
}

fn text(report: &Report) -> String {
    let checks = &report.found.checks;
    let rows: Vec<Vec<String>> = checks.iter().map(line).collect();
    let mut text = format!("Musubi {}\n{}", report.version, output::table(&rows));
    for check in checks.iter().filter(|check| !check.hint.is_empty()) {
        text.push_str(&format!("\n{}: {}", check.name, check.hint));
    }
    text.push_str(if report.found.healthy {
        "\nNothing is wrong.\n"
    } else {
        "\nSomething is wrong: see the hints.\n"
    });
    text
}
