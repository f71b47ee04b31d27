//! `musubi export`: the workspace as a configuration file.

use super::Context;
use crate::failure::{Exit, Failure};
use crate::store;
use musubi_engine::Hub;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  musubi export                        prints the file
  musubi export musubi.toml            writes it
  musubi export | ssh other musubi apply - --yes

Connections, integrations, modules, fields and rules, as `musubi apply` reads them; applied where it came from it changes nothing.
Neither secrets nor what is remembered of records stand in it.";

/// Write connections and integrations as a configuration file.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The file; printed if none is named.
    file: Option<PathBuf>,
}

/// Reads the workspace and writes it.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Exit, Failure> {
    let opened = store::open_existing(&context.global).await?;
    let config = Hub::offline(opened.store, opened.workspace.id).export().await?;
    let Some(path) = arguments.file else {
        context.output.report(&config, |config| config.to_toml())?;
        return Ok(Exit::Done);
    };
    std::fs::write(&path, config.to_toml()).map_err(|error| {
        Failure::configuration(
            "config.file",
            format!("{} cannot be written: {error}", path.display()),
            "name a file that this user may write",
        )
    })?;
    let report = serde_json::json!({ "file": path, "integrations": config.integrations.len() });
    context.output.report(&report, |_| format!("Written to {}.", path.display()))?;
    Ok(Exit::Done)
}
