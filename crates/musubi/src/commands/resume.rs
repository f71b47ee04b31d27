//! `musubi resume`.

use super::Context;
use crate::failure::{Exit, Failure};
use crate::store;
use musubi_engine::Hub;

const EXAMPLES: &str = "\
Examples:
  musubi resume tokyo-london

What happened in the orgs during the pause is carried over as if it had happened at once.";

/// Go on with a paused integration.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The integration.
    name: String,
}

/// Says so in the store; whichever process does the work obeys.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Exit, Failure> {
    let opened = store::open_existing(&context.global).await?;
    Hub::offline(opened.store, opened.workspace.id).resume(&arguments.name).await?;
    let report = serde_json::json!({"integration": arguments.name, "state": "active"});
    context.output.report(&report, |_| {
        format!("Resumed {}: the net changes of the pause are carried over now.", arguments.name)
    })?;
    Ok(Exit::Done)
}
