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
  musubi remove tokyo --connection      a connection that no integration needs any more, with its credential

No record is deleted on either side. It stays known which record belongs to which, with the history and what waits for a person: where
the same modules of the same two accounts are tied again, by whatever name, that is taken up. `musubi forget` forgets it for good.";

/// Remove an integration, or a connection that none needs; the records stay on both sides.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The integration; with --connection, the connection.
    name: String,
    /// The name is that of a connection: a script that removes an integration a second time must not meet one of the same name.
    #[arg(long)]
    connection: bool,
    /// Do not ask.
    #[arg(short, long)]
    yes: bool,
}

/// Says what stays, asks, and removes.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Exit, Failure> {
    let opened = store::open_existing(&context.global).await?;
    let hub = Hub::offline(opened.store, opened.workspace.id);
    if arguments.connection {
        return connection(&hub, arguments, context).await;
    }
    let Arguments { name, yes, .. } = arguments;
    let status = hub.status().await?;
    let found = status.integrations.iter().find(|integration| integration.name == name);
    let links: u64 = found.iter().flat_map(|found| &found.modules).map(|module| module.links).sum();
    if found.is_none() && status.connections.iter().any(|connection| connection.name == name) {
        return Err(Failure::configuration(
            "integration.unknown",
            format!("there is no integration {name}, but a connection"),
            format!("`musubi remove {name} --connection`, if that is meant"),
        ));
    }
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

async fn connection(hub: &Hub, arguments: Arguments, context: &Context) -> Result<Exit, Failure> {
    let Arguments { name, yes, .. } = arguments;
    let status = hub.status().await?;
    let is_needed = status.integrations.iter().any(|one| one.left == name || one.right == name);
    let is_there = status.connections.iter().any(|connection| connection.name == name);
    // What cannot be removed is not asked about.
    if !yes && is_there && !is_needed {
        context.output.remark(&format!(
            "The credential of {name} is forgotten here; whoever wants to use the account again connects it anew."
        ));
        Ask::new(context.output).typed(&name)?;
    }
    hub.remove_connection(&name).await?;
    let report = serde_json::json!({"connection": name, "removed": true});
    context.output.report(&report, |_| format!("Removed the connection {name}, with its credential."))?;
    Ok(Exit::Done)
}
