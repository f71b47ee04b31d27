//! `musubi retry`: has what failed tried again now.

use super::Context;
use crate::failure::{Exit, Failure};
use crate::store;
use musubi_engine::{Hub, Retry};

const EXAMPLES: &str = "\
Examples:
  musubi retry tokyo-london --all
  musubi retry tokyo-london 3-17 3-18        as `musubi failures` lists them
  musubi retry tokyo-london --code write.refused
  musubi retry tokyo-london --module Contacts --code value.not_an_option

The records are read and decided again by the hub at work; what the service still refuses comes back to the list.";

/// Try again what failed or is held.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The integration.
    name: String,
    /// What to try again, by the ids that `musubi failures` lists.
    #[arg(required_unless_present_any = ["all", "code", "module"], conflicts_with_all = ["all", "code", "module"])]
    ids: Vec<String>,
    /// Everything.
    #[arg(long, conflicts_with_all = ["code", "module"])]
    all: bool,
    /// Everything with this code.
    #[arg(long, value_name = "CODE")]
    code: Option<String>,
    /// Everything of this module, named as on the left.
    #[arg(long, value_name = "MODULE")]
    module: Option<String>,
}

/// Marks the items; whichever process does the work hears of it.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Exit, Failure> {
    let opened = store::open_existing(&context.global).await?;
    let which = match (arguments.module, arguments.code) {
        (Some(module), code) => Retry::Of(module, code),
        (None, Some(code)) => Retry::Coded(code),
        (None, None) if arguments.all => Retry::All,
        (None, None) => Retry::These(arguments.ids),
    };
    let retried = Hub::offline(opened.store, opened.workspace.id).retry(&arguments.name, which).await?;
    context.output.report(&serde_json::json!({"retried": retried}), |_| match retried {
        0 => "There was nothing to try again.".to_owned(),
        _ => format!(
            "{retried} will be tried again by the hub at work, or by `musubi run {}`.",
            arguments.name
        ),
    })?;
    Ok(Exit::Done)
}
