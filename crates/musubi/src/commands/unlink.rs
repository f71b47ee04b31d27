//! `musubi unlink`: two records do not belong together.

use super::Context;
use crate::decisions::{self, ACTOR, WAIT};
use crate::failure::{Exit, Failure};
use crate::store;
use musubi_engine::Hub;

const EXAMPLES: &str = "\
Examples:
  musubi unlink tokyo-london Contacts 3652397000000649013

Both records stay as they are and neither follows the other any more. They are not tied again by their match fields, and neither
is copied, until one of them is linked by hand: `musubi link`.";

/// Take a pair apart by hand.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The integration.
    name: String,
    /// The left module.
    module: String,
    /// The pair's left record.
    left_id: String,
}

/// Stores the decision, and waits a little for what becomes of it.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Exit, Failure> {
    let opened = store::open_existing(&context.global).await?;
    let hub = Hub::offline(opened.store, opened.workspace.id);
    let made = hub.unlink(&arguments.name, &arguments.module, &arguments.left_id, ACTOR).await?;
    let found = hub.answered(&arguments.name, &[made.id], WAIT).await?;
    decisions::tell(&found, &arguments.name, context)
}
