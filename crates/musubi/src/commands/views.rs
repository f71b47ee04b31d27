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
    /// Modules of which a changed list view waits to be taken over; it is not looked at where they are taken over.
    waiting: usize,
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
        // Both also tell of an integration that there is not.
        let (waiting, taken) = match arguments.take {
            false => (hub.views_waiting(&arguments.name).await?, 0),
            true => (0, hub.take_views_over(&arguments.name).await?),
        };
        Ok(Report { modules, waiting, taken })
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
    let name = &arguments.name;
    // What is configured otherwise waits for nobody.
    let by_itself = format!(
        "\nNo changed view waits to be taken over: that counts from the next `musubi run {name}` on, or once `musubi serve` takes it up.\n"
    );
    text.push_str(&match (arguments.take, report.taken, report.waiting, moves) {
        (true, 0, _, 0) => "\nWhat the views show is what counted already.\n".to_owned(),
        (true, 0, ..) | (false, _, 0, 1..) => by_itself,
        (true, taken, ..) => format!("\nTaken over for {taken} of them: everything is judged again now.\n"),
        (false, .., 0) => "\nNobody would enter or leave.\n".to_owned(),
        (false, ..) => format!("\n`musubi views {name} --take` lets that count.\n"),
    });
    text
}

fn row(name: String, side: &str, count: &SideCount) -> Vec<String> {
    let numbers = [count.total, count.inside, count.entering, count.leaving];
    [name, side.to_owned()].into_iter().chain(numbers.map(|number| number.to_string())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(take: bool, waiting: usize, taken: usize, entering: u64) -> String {
        let left = SideCount { total: 9, inside: 4, entering, ..SideCount::default() };
        let counts = ScopeCounts { left, right: SideCount::default() };
        let module = Module { left: "Leads".into(), right: "Leads".into(), counts };
        let report = Report { modules: vec![module], waiting, taken };
        let text = text(&report, &Arguments { name: "a".into(), take });
        text.lines().last().unwrap().to_owned()
    }

    #[test]
    fn taking_over_is_offered_where_a_changed_view_waits_for_it() {
        let takes = "`musubi views a --take` lets that count.";
        let by_itself = "No changed view waits to be taken over: that counts from the next `musubi run a` on, \
            or once `musubi serve` takes it up.";
        for (take, waiting, taken, entering, says) in [
            (false, 1, 0, 3, takes),
            (false, 0, 0, 3, by_itself),
            (false, 0, 0, 0, "Nobody would enter or leave."),
            (true, 0, 1, 3, "Taken over for 1 of them: everything is judged again now."),
            (true, 0, 0, 3, by_itself),
            (true, 0, 0, 0, "What the views show is what counted already."),
        ] {
            assert_eq!(told(take, waiting, taken, entering), says, "{take} {waiting} {taken} {entering}");
        }
    }
}
