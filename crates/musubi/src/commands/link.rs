//! `musubi link`: two records belong together because a person says so.

use super::Context;
use crate::decisions::{self, ACTOR, WAIT};
use crate::failure::{Exit, Failure};
use crate::store;
use musubi_core::Sides;
use musubi_engine::Hub;

const EXAMPLES: &str = "\
Examples:
  musubi failures tokyo-london --code match.ambiguous            which records have the same match key
  musubi link tokyo-london Contacts 3652397000000649013 5544332000000120044

Neither may be one of another pair: `musubi unlink` first. A pair tied by hand stays one, whatever its match fields say later.
Both records are read, and then kept in agreement like any other pair; where both hold different values, the module's rule for
first meetings decides. The hub at work does it; without one `musubi run NAME` does.";

/// Tie two records by hand.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The integration.
    name: String,
    /// The left module.
    module: String,
    /// The left record.
    left_id: String,
    /// The right record.
    right_id: String,
}

/// Stores the decision, and waits a little for what becomes of it.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Exit, Failure> {
    let opened = store::open_existing(&context.global).await?;
    let hub = Hub::offline(opened.store, opened.workspace.id);
    let Arguments { name, module, left_id, right_id } = arguments;
    let ids = Sides { left: left_id.as_str(), right: right_id.as_str() };
    let made = hub.link(&name, &module, ids, ACTOR).await?;
    let found = hub.answered(&name, &[made.id], WAIT).await?;
    decisions::tell(&found, &name, context)
}
