//! `musubi pause`.

use super::Context;
use crate::failure::{Exit, Failure};
use crate::{modules, store};
use musubi_engine::Hub;

const EXAMPLES: &str = "\
Examples:
  musubi pause tokyo-london
  musubi pause tokyo-london/Deals                one module; the others go on

Any process may say so; the hub that does the work hears it within a second. What happens meanwhile in the orgs is caught up
with when it is resumed, as if it had happened at once. A module may be paused though others need it: what leads to its records
waits for those that are not carried over yet. An integration and its modules are paused and resumed each for itself.";

/// Stop calls and writes of an integration, or of one of its modules, until it is resumed.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The integration, or one of its modules, named as on the left; where that one is tied to several, both: `NAME/Contacts:Leads`.
    #[arg(value_name = "NAME[/MODULE]")]
    name: modules::Whole,
}

/// Says so in the store; whichever process does the work obeys.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Exit, Failure> {
    let opened = store::open_existing(&context.global).await?;
    let hub = Hub::offline(opened.store, opened.workspace.id);
    let modules::Whole { integration, module } = arguments.name;
    match &module {
        None => hub.pause(&integration).await?,
        Some(module) => hub.pause_module(&integration, module).await?,
    }
    let report = serde_json::json!({"integration": integration, "module": module, "state": "paused"});
    context.output.report(&report, |_| match &module {
        None => format!("Paused {integration}: no calls and no writes until `musubi resume`."),
        Some(module) => format!(
            "Paused {module} of {integration}: no calls and no writes for it until `musubi resume {integration}/{module}`."
        ),
    })?;
    Ok(Exit::Done)
}
