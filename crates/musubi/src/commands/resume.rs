//! `musubi resume`.

use super::Context;
use crate::failure::{Exit, Failure};
use crate::{modules, store};
use musubi_engine::Hub;

const EXAMPLES: &str = "\
Examples:
  musubi resume tokyo-london
  musubi resume tokyo-london/Deals               one module

What happened in the orgs during the pause is carried over as if it had happened at once. A module that was paused by itself
stays so when its integration is resumed.";

/// Go on with a paused integration, or with one of its modules.
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
        None => hub.resume(&integration).await?,
        Some(module) => hub.resume_module(&integration, module).await?,
    }
    let report = serde_json::json!({"integration": integration, "module": module, "state": "active"});
    context.output.report(&report, |_| match &module {
        None => format!("Resumed {integration}: the net changes of the pause are carried over now."),
        Some(module) => {
            format!("Resumed {module} of {integration}: the net changes of the pause are carried over now.")
        }
    })?;
    Ok(Exit::Done)
}
