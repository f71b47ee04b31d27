//! `musubi deactivate`.

use super::Context;
use crate::failure::{Exit, Failure};
use crate::{modules, store};
use musubi_engine::Hub;

const EXAMPLES: &str = "\
Examples:
  musubi deactivate tokyo-london/Deals
  musubi activate tokyo-london/Deals --conflict latest           later

Nothing is read or written for the module from then on. What was carried over stays on both sides, and which record belongs to
which is remembered. A module that others need cannot rest before them: contacts that lead to accounts need the accounts.";

/// Let a module of an integration rest; nothing is deleted.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The integration and its module, named as on the left; where that one is tied to several, both: `NAME/Contacts:Leads`.
    #[arg(value_name = "NAME/MODULE")]
    module: modules::Named,
}

/// Says so in the store; whichever process does the work obeys.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Exit, Failure> {
    let opened = store::open_existing(&context.global).await?;
    let modules::Named { integration, module } = arguments.module;
    // Which modules need it stands in the store, as it was last read from the services.
    Hub::offline(opened.store, opened.workspace.id).deactivate(&integration, &module).await?;
    let report = serde_json::json!({"integration": integration, "module": module, "state": "inactive"});
    context.output.report(&report, |_| {
        format!("Deactivated {module} of {integration}: nothing is read or written for it, and nothing was deleted.")
    })?;
    Ok(Exit::Done)
}
