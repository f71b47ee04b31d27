//! `musubi activate`.

use super::Context;
use crate::failure::{Exit, Failure};
use crate::{hub, modules, store};
use clap::ValueEnum;
use musubi_engine::resting::{Meanwhile, WithoutParents};

const EXAMPLES: &str = "\
Examples:
  musubi activate tokyo-london/Deals --conflict left             what both sides changed meanwhile: the left value counts
  musubi activate tokyo-london/Deals                             as the module's own rule for conflicts says

Every record of both sides is compared. What was changed on one side is carried over, new records too; --conflict is only about
fields that were changed on both sides while the module rested, and only until everything was compared.";

/// Take a module up again after a rest.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The integration and its module, named as on the left; where that one is tied to several, both: `NAME/Contacts:Leads`.
    #[arg(value_name = "NAME/MODULE")]
    module: modules::Named,
    /// Which value counts where both sides changed a field meanwhile; `skip` leaves both as they are.
    #[arg(long, value_name = "RULE")]
    conflict: Option<Rule>,
    /// Begin even though a module that it needs is inactive.
    #[arg(long)]
    without_parents: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Rule {
    Latest,
    Left,
    Right,
    Skip,
}

impl From<Rule> for Meanwhile {
    fn from(rule: Rule) -> Meanwhile {
        match rule {
            Rule::Latest => Meanwhile::Latest,
            Rule::Left => Meanwhile::Left,
            Rule::Right => Meanwhile::Right,
            Rule::Skip => Meanwhile::Skip,
        }
    }
}

/// Says so in the store; whichever process does the work obeys.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Exit, Failure> {
    let opened = store::open_existing(&context.global).await?;
    let hub = hub::reading(&opened, None)?;
    let modules::Named { integration, module } = arguments.module;
    let without = if arguments.without_parents { WithoutParents::Allow } else { WithoutParents::Refuse };
    let meanwhile = arguments.conflict.map(Meanwhile::from);
    hub.activate(&integration, &module, meanwhile, without).await?;
    let report = serde_json::json!({
        "integration": integration, "module": module, "state": "active", "meanwhile": meanwhile
    });
    context.output.report(&report, |_| {
        format!(
            "Activated {module} of {integration}: both sides are compared, then changes are followed again."
        )
    })?;
    Ok(Exit::Done)
}
