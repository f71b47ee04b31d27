//! `musubi forget`.

use super::Context;
use crate::ask::Ask;
use crate::failure::{Exit, Failure};
use crate::{output, store};
use jiff::Timestamp;
use musubi_engine::Hub;
use musubi_engine::remembered::Remembered;

const EXAMPLES: &str = "\
Examples:
  musubi forget                 lists what is remembered
  musubi forget 7               asks for the name of the integration it was taken out of
  musubi forget 7 --yes         for scripts

When an integration is removed, or a module pair is taken out of one, it stays known which record belongs to which. Where the same
modules of the same two accounts are tied again, that is taken up, whatever the integration is called then. What is forgotten does
not come back: set up anew, records are found by the match fields. No record is deleted on either side.";

/// Forget what is remembered of a module pair that was taken out.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// Its number in the list; without one, the list is printed.
    number: Option<i64>,
    /// Do not ask.
    #[arg(short, long, requires = "number")]
    yes: bool,
}

/// Lists what is remembered, or says what is forgotten, asks, and forgets.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Exit, Failure> {
    let opened = store::open_existing(&context.global).await?;
    let hub = Hub::offline(opened.store, opened.workspace.id);
    let all = hub.remembered().await?;
    let Some(number) = arguments.number else {
        context.output.report(&all, |all| list(all))?;
        return Ok(Exit::Done);
    };
    let found = all.iter().find(|one| one.number == number);
    if let Some(Remembered { integration, left, right, pairs, .. }) = found.filter(|_| !arguments.yes) {
        context.output.remark(&format!(
            "{pairs} pairs of {left} ↔ {right}, with their history, are forgotten. No record is deleted on either side."
        ));
        Ask::new(context.output).typed(integration)?;
    }
    hub.forget_remembered(number).await?;
    let pairs = found.map_or(0, |one| one.pairs);
    let report = serde_json::json!({"number": number, "forgotten": true, "pairs": pairs});
    context.output.report(&report, |_| format!("Forgot {pairs} pairs; the records stay on both sides."))?;
    Ok(Exit::Done)
}

fn list(all: &[Remembered]) -> String {
    if all.is_empty() {
        return "Nothing was taken out whose pairs would be remembered.".to_owned();
    }
    let heading = ["NUMBER", "REMOVED", "INTEGRATION", "MODULES", "PAIRS"];
    let mut rows = vec![heading.map(str::to_owned).to_vec()];
    rows.extend(all.iter().map(|one| {
        vec![
            one.number.to_string(),
            Timestamp::from_millisecond(one.removed_at)
                .map(|at| at.strftime("%Y-%m-%d %H:%M").to_string())
                .unwrap_or_default(),
            one.integration.clone(),
            format!("{} ↔ {}", one.left, one.right),
            one.pairs.to_string(),
        ]
    }));
    output::table(&rows)
}
