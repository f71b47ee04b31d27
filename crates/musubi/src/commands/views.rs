//! `musubi views`.

use super::Context;
use crate::failure::{Exit, Failure};
use crate::{hub, output, store, tasks};
use musubi_engine::scope_count::{ScopeCounts, SideCount};
use serde::Serialize;

const EXAMPLES: &str = "\
Examples:
  musubi views tokyo-london            who would enter or leave, if what the list views show now counted
  musubi views tokyo-london --take     let it count

When somebody changes the conditions of a list view in the service, the former ones go on to count until a person says
otherwise (or at once, with view_changes = \"apply\"). Nothing is deleted when records leave a scope.";

/// What `musubi run` and `musubi status` say of a module of which that happened.
pub(super) const CHANGED: &str =
    "a list view was changed in the service, and its former conditions go on to count";

/// Show what changed list views would mean, and take them over.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The integration.
    name: String,
    /// What the views show now counts from now on.
    #[arg(long)]
    take: bool,
}

/// What the views of a module pair take in now.
#[derive(Serialize)]
struct Module {
    left: String,
    right: String,
    counts: ScopeCounts,
}

#[derive(Serialize)]
struct Report {
    modules: Vec<Module>,
    /// Modules for which something new counts.
    taken: usize,
}

/// Counts, and takes over if asked to.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Exit, Failure> {
    let opened = store::open_existing(&context.global).await?;
    let hub = hub::reading(&opened, None)?;
    let work = async {
        let config = hub.export().await?;
        let mut modules = Vec::new();
        let known = config.integrations.get(&arguments.name);
        for module in known.map(|known| known.modules.as_slice()).unwrap_or_default() {
            let counts = hub.count_scope(&arguments.name, module).await?;
            modules.push(Module { left: module.left.clone(), right: module.right.clone(), counts });
        }
        // Also tells of an integration that there is not.
        let taken = match (arguments.take, known) {
            (false, Some(_)) => 0,
            _ => hub.take_views_over(&arguments.name).await?,
        };
        Ok(Report { modules, taken })
    };
    let report = tasks::or_stopped(work, std::future::ready(())).await?;
    context.output.report(&report, |report| text(report, &arguments))?;
    Ok(Exit::Done)
}

fn text(report: &Report, arguments: &Arguments) -> String {
    let heading = ["MODULE", "SIDE", "RECORDS", "TAKE PART", "ENTER", "LEAVE"];
    let mut rows = vec![heading.map(str::to_owned).to_vec()];
    for module in &report.modules {
        let name = format!("{} ↔ {}", module.left, module.right);
        rows.push(row(name, "left", &module.counts.left));
        rows.push(row(String::new(), "right", &module.counts.right));
    }
    let mut text = output::table(&rows);
    let counts = report.modules.iter().flat_map(|module| [&module.counts.left, &module.counts.right]);
    let moves = counts.map(|count| count.entering + count.leaving).sum::<u64>();
    text.push_str(&match (arguments.take, report.taken, moves) {
        (true, 0, _) => "\nWhat the views show is what counted already.\n".to_owned(),
        (true, taken, _) => format!("\nTaken over for {taken} of them: everything is judged again now.\n"),
        (false, _, 0) => "\nNobody would enter or leave.\n".to_owned(),
        (false, ..) => format!("\n`musubi views {} --take` lets that count.\n", arguments.name),
    });
    text
}

fn row(name: String, side: &str, count: &SideCount) -> Vec<String> {
    let numbers = [count.total, count.inside, count.entering, count.leaving];
    [name, side.to_owned()].into_iter().chain(numbers.map(|number| number.to_string())).collect()
}
