//! `musubi decide`: whose value counts where both sides changed a field.

use super::Context;
use crate::decisions::{self, ACTOR, WAIT};
use crate::failure::{Exit, Failure};
use crate::store;
use musubi_core::Side;
use musubi_engine::{Conflicts, Hub};

const EXAMPLES: &str = "\
Examples:
  musubi failures tokyo-london --code conflict.held      both values, what both last agreed on, who changed what when
  musubi decide tokyo-london 3-17 --left                 the left value counts, and is written to the right
  musubi decide tokyo-london --all --field Phone --right
  musubi decide tokyo-london 3-17 --left --for-ever      and from now on, whenever both sides change that field

The decision is about the two values as they are listed now: if one of them is changed before it is carried out, nothing is
done. The value that gives way stays in the history, and `musubi undo` brings it back. The hub at work carries decisions out;
without one `musubi run NAME` does.";

/// Decide conflicts: the value of one side counts.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
#[command(group(clap::ArgGroup::new("winner").required(true).args(["left", "right"])))]
pub struct Arguments {
    /// The integration.
    name: String,
    /// Which conflicts, by the ids that `musubi failures` lists.
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    ids: Vec<String>,
    /// The left value counts.
    #[arg(long)]
    left: bool,
    /// The right value counts.
    #[arg(long)]
    right: bool,
    /// Every open conflict, as far as --module, --code and --field let it.
    #[arg(long)]
    all: bool,
    /// With --all: only of this module, named as on the left.
    #[arg(long, value_name = "MODULE", requires = "all")]
    module: Option<String>,
    /// With --all: only conflict.held, or only conflict.skipped.
    #[arg(long, value_name = "CODE", requires = "all")]
    code: Option<String>,
    /// With --all: only about this field, named as on the left.
    #[arg(long, value_name = "FIELD", requires = "all")]
    field: Option<String>,
    /// That side wins in these fields from now on: changes the integration.
    #[arg(long)]
    for_ever: bool,
}

/// Stores the decisions, and waits a little for what becomes of them.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Exit, Failure> {
    let opened = store::open_existing(&context.global).await?;
    let hub = Hub::offline(opened.store, opened.workspace.id);
    let Arguments { name, ids, right, all, module, code, field, for_ever, .. } = arguments;
    let winner = if right { Side::Right } else { Side::Left };
    let which = match all {
        true => Conflicts::All { module, code, field },
        false => Conflicts::These(ids.into_iter().map(|id| (id, None)).collect()),
    };
    let made = hub.decide(&name, &which, winner, ACTOR).await?;
    if for_ever {
        let fields = hub.decide_for_ever(&name, &which, winner).await?;
        for (module, fields) in fields {
            let fields: Vec<String> = fields.into_iter().collect();
            let side = winner.name();
            context
                .output
                .remark(&format!("From now on the {side} side wins in {module}: {}.", fields.join(", ")));
        }
    }
    let ids: Vec<String> = made.into_iter().map(|decision| decision.id).collect();
    let found = hub.answered(&name, &ids, WAIT).await?;
    decisions::tell(&found, &name, context)
}
