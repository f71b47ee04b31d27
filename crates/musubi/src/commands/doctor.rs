//! `musubi doctor`: checks what the hub needs, one line each.

use super::Context;
use crate::doctor::{Check, State, connections, machine};
use crate::environment::variable;
use crate::failure::{Exit, Failure};
use crate::output;
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
    healthy: bool,
    checks: Vec<Check>,
}

/// Runs every check, whatever the ones before it say.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Exit, Failure> {
    let mut checks = machine::folder(&context.global);
    let (database, opened) = machine::database(&context.global).await;
    checks.extend(database);
    if let Some(opened) = &opened {
        checks.push(machine::processes(&opened.store).await);
        checks.extend(connections::all(opened).await);
    }
    let public_url = arguments.public_url.or_else(|| variable("MUSUBI_PUBLIC_URL"));
    checks.push(machine::public_url(public_url.as_deref()).await);
    let healthy = checks.iter().all(|check| check.state != State::Failed);
    let report = Report { version: env!("CARGO_PKG_VERSION"), healthy, checks };
    context.output.report(&report, text)?;
    Ok(if healthy { Exit::Done } else { Exit::Differs })
}

fn text(report: &Report) -> String {
    let rows: Vec<Vec<String>> = report
        .checks
        .iter()
        .map(|check| vec![check.state.mark().to_owned(), check.name.clone(), check.message.clone()])
        .collect();
    let mut text = format!("Musubi {}\n{}", report.version, output::table(&rows));
    for check in report.checks.iter().filter(|check| !check.hint.is_empty()) {
        text.push_str(&format!("\n{}: {}", check.name, check.hint));
    }
    text.push_str(if report.healthy {
        "\nNothing is wrong.\n"
    } else {
        "\nSomething is wrong: see the hints.\n"
    });
    text
}
