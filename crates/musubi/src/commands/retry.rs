//! `musubi retry`: has what failed tried again now.

use super::Context;
use crate::ask::Ask;
use crate::failure::{Exit, Failure};
use crate::store;
use musubi_engine::{Hub, Retried, Retry};

const EXAMPLES: &str = "\
Examples:
  musubi retry tokyo-london --all
  musubi retry tokyo-london 3-17 3-18        as `musubi failures` lists them
  musubi retry tokyo-london --code write.refused
  musubi retry tokyo-london --module Contacts --code value.not_an_option
  musubi retry tokyo-london --code delete.breaker       says how many records are deleted, and asks

The records are read and decided again by the hub at work; what the service still refuses comes back to the list. Deletions
that wait for a decision (delete.…) are not among --all and --module: only their ids, or --code, let them go.";

/// Try again what failed or is held.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The integration.
    name: String,
    /// What to try again, by the ids that `musubi failures` lists.
    #[arg(required_unless_present_any = ["all", "code", "module"], conflicts_with_all = ["all", "code", "module"])]
    ids: Vec<String>,
    /// Everything, but for deletions that wait for a decision.
    #[arg(long, conflicts_with_all = ["code", "module"])]
    all: bool,
    /// Everything with this code.
    #[arg(long, value_name = "CODE")]
    code: Option<String>,
    /// Everything of this module, named as on the left; without --code, but for deletions that wait for a decision.
    #[arg(long, value_name = "MODULE")]
    module: Option<String>,
    /// Do not ask before records are deleted.
    #[arg(short, long)]
    yes: bool,
}

/// Asks if records are deleted by it, and marks the items; whichever process does the work hears of it.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Exit, Failure> {
    let opened = store::open_existing(&context.global).await?;
    let hub = Hub::offline(opened.store, opened.workspace.id);
    let Arguments { name, ids, all, code, module, yes } = arguments;
    let which = match (module, code) {
        (Some(module), code) => Retry::Of(module, code),
        (None, Some(code)) => Retry::Coded(code),
        (None, None) if all => Retry::All,
        (None, None) => Retry::These(ids),
    };
    let deletions = hub.deletions_of(&name, &which).await?;
    if deletions > 0 && !yes {
        context.output.remark(&format!("This deletes records of the other side: {deletions}."));
        Ask::new(context.output).consent("Delete them?")?;
    }
    let retried = hub.retry(&name, which).await?;
    context.output.report(&retried, |retried| text(retried, &name))?;
    Ok(Exit::Done)
}

fn text(told: &Retried, name: &str) -> String {
    let again = match told.retried {
        0 => "There was nothing to try again.".to_owned(),
        retried => format!("{retried} will be tried again by the hub at work, or by `musubi run {name}`."),
    };
    let left_out = told.left_out.iter().map(|(code, count)| {
        format!("\nLeft out: {count} × {code}, which delete records. `musubi retry {name} --code {code}` lets them go.")
    });
    std::iter::once(again).chain(left_out).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_left_out_is_told_with_the_way_to_let_it_go() {
        let left_out = [("delete.breaker".to_owned(), 4)].into();
        insta::assert_snapshot!(text(&Retried { retried: 2, left_out }, "tl"), @r"
        2 will be tried again by the hub at work, or by `musubi run tl`.
        Left out: 4 × delete.breaker, which delete records. `musubi retry tl --code delete.breaker` lets them go.
        ");
        insta::assert_snapshot!(text(&Retried::default(), "tl"), @"There was nothing to try again.");
    }
}
