//! `musubi pause`.

use super::Context;
use crate::failure::{Exit, Failure};
use crate::store;
use musubi_engine::Hub;

const EXAMPLES: &str = "\
Examples:
  musubi pause tokyo-london

Any process may say so; the hub that does the work hears it within a second. What happens meanwhile in the orgs is caught up
with when it is resumed, as if it had happened at once.";

/// Stop calls and writes of an integration, until it is resumed.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The integration.
    name: String,
}

/// Says so in the store; whichever process does the work obeys.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Exit, Failure> {
    let opened = store::open_existing(&context.global).await?;
    Hub::offline(opened.store, opened.workspace.id).pause(&arguments.name).await?;
    let report = serde_json::json!({"integration": arguments.name, "state": "paused"});
    context.output.report(&report, |_| {
        format!("Paused {}: no calls and no writes until `musubi resume`.", arguments.name)
    })?;
    Ok(Exit::Done)
}
