//! `musubi remove`.

use super::Context;
use crate::ask::Ask;
use crate::failure::{Exit, Failure};
use crate::store;
use musubi_engine::Hub;

const EXAMPLES: &str = "\
Examples:
  musubi remove tokyo-london            asks for the integration's name
  musubi remove tokyo-london --yes      for scripts

No record is deleted on either side. What is forgotten is the memory of which record belongs to which, the history and what waits
for a person: an integration set up anew finds its pairs by the match fields. `musubi pause` and `musubi deactivate` forget nothing.";

/// Remove an integration; the records stay on both sides.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The integration.
    name: String,
    /// Do not ask.
    #[arg(short, long)]
    yes: bool,
}

/// Says what is forgotten, asks, and removes.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Exit, Failure> {
    let opened = store::open_existing(&context.global).await?;
    let hub = Hub::offline(opened.store, opened.workspace.id);
    let Arguments { name, yes } = arguments;
    let status = hub.status().await?;
    let found = status.integrations.iter().find(|integration| integration.name == name);
    let links: u64 = found.iter().flat_map(|found| &found.modules).map(|module| module.links).sum();
    if !yes && found.is_some() {
        context.output.remark(&format!(
            "{links} links of {name} are forgotten, with its history. No record is deleted on either side."
        ));
        Ask::new(context.output).typed(&name)?;
    }
    hub.remove_integration(&name).await?;
    let report = serde_json::json!({"integration": name, "removed": true, "links_forgotten": links});
    context.output.report(&report, |_| format!("Removed {name}; the records stay on both sides."))?;
    Ok(Exit::Done)
}
