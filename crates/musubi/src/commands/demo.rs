//! `musubi demo`: see it at work.

use super::Context;
use crate::demo::check::Summary;
use crate::demo::start::Stage;
use crate::demo::{check, live};
use crate::failure::{Exit, Failure};
use crate::progress::Bar;
use crate::tasks;

const EXAMPLES: &str = "\
Examples:
  musubi demo                          two CRM orgs, live; q or Ctrl-C ends it
  musubi demo --seconds 60 | cat       as lines of text
  musubi demo --check                  without anybody watching, with faults; prints a JSON summary

Everything runs on this machine: stand-ins for two Zoho CRM orgs with sample records, and the hub that keeps them in
agreement. Nothing is sent anywhere, and nothing is left behind.

--check makes the orgs, loads them, has people edit both sides while the service answers 429 and 503, loses answers
after doing the work, and drops, doubles and delays its webhooks; waits for agreement; compares every record, once by the
hub and once by a plain client. It ends with 0 only if nothing disagrees.";

const NEXT: &str = "
What to try next:
  musubi demo --check              the same while the service misbehaves, compared record by record
  musubi sandbox                   the stand-ins alone, for your own scripts
  musubi connect --help            how to connect your own Zoho org
  musubi apply --help              what a configuration looks like";

/// Two CRM orgs with sample data, kept in agreement before your eyes.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// Run headless, with faults, and check that everything agrees in the end.
    #[arg(long)]
    check: bool,
    /// With --check: how many edits people make.
    #[arg(long, value_name = "NUMBER", default_value_t = 400, requires = "check")]
    edits: u64,
    /// End by itself after so many seconds.
    #[arg(long, value_name = "NUMBER", conflicts_with = "check")]
    seconds: Option<u64>,
    /// Seed of the sample data and of what people do.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
}

/// Sets the stage in a temporary folder, plays, and clears it away.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Exit, Failure> {
    let folder = tempfile::Builder::new().prefix("musubi-demo").tempdir().map_err(|error| {
        Failure::other("demo.folder", format!("a temporary folder cannot be made: {error}"))
    })?;
    let stage = Stage::set(folder.path(), arguments.seed).await?;
    let ended = if arguments.check {
        tasks::or_stopped(checked(&stage, &arguments, context), std::future::ready(())).await
    } else {
        shown(&stage, &arguments, context).await
    };
    tasks::settled(stage.strike()).await;
    ended
}

async fn checked(stage: &Stage, arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    let bar = Bar::new(context.shows_progress());
    let summary: Summary = check::run(stage, arguments.seed, arguments.edits, &bar).await?;
    bar.end();
    // A summary for programs in either case; people can read it too.
    context.output.report(&summary, |summary| serde_json::to_string_pretty(summary).unwrap_or_default())?;
    Ok(if summary.is_good() { Exit::Done } else { Exit::Differs })
}

async fn shown(stage: &Stage, arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    // Ctrl-C is one of the ways to end the demo, not a failure.
    let play = live::run(stage, arguments.seed, arguments.seconds, context.output);
    tokio::select! {
        ended = play => ended?,
        () = tasks::stop_asked() => {}
    }
    context.output.text(NEXT)?;
    Ok(Exit::Done)
}
