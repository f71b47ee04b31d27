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

No record is deleted on either side. It stays known which record belongs to which, with the history and what waits for a person: where
the same modules of the same two accounts are tied again, by whatever name, that is taken up. `musubi forget` forgets it for good.";

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

/// Says what stays, asks, and removes.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Exit, Failure> {
    let opened = store::open_existing(&context.global).await?;
    let hub = Hub::offline(opened.store, opened.workspace.id);
    let Arguments { name, yes } = arguments;
    let status = hub.status().await?;
    let found = status.integrations.iter().find(|integration| integration.name == name);
    let links: u64 = found.iter().flat_map(|found| &found.modules).map(|module| module.links).sum();
    if !yes && found.is_some() {
        context.output.remark(&format!(
            "Nothing of {name} is synced any more. Its {links} pairs stay known, and no record is deleted on either side."
        ));
        Ask::new(context.output).typed(&name)?;
    }
    hub.remove_integration(&name).await?;
    let report = serde_json::json!({"integration": name, "removed": true, "links_kept": links});
    context.output.report(&report, |_| format!("Removed {name}; the records stay on both sides."))?;
    Ok(Exit::Done)
}
