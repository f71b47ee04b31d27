//! `musubi run`: works until both sides of an integration agree.

use super::{Context, views};
use crate::bounds::Bounds;
use crate::failure::{Exit, Failure};
use crate::progress::Bar;
use crate::words::Words;
use crate::{duration, folders, hub, plan_file, progress, store, tasks};
use musubi_engine::decisions::DecisionState;
use musubi_engine::{DecisionReport, Hub, Problem, Progress, RunReport};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;
use tokio::sync::mpsc;

const EXAMPLES: &str = "\
Examples:
  musubi run tokyo-london                                    until both sides agree
  musubi run tokyo-london --until-agreed --timeout 60s --json
  musubi run tokyo-london --plan first-load.plan             exactly what `musubi plan --out` said

It prints what was seen, added, updated, skipped, failed and held, with calls and credits. Everything changed before it
was started has arrived when it ends with 0; what failed or is held for a person is listed by `musubi failures`.
What became of decisions that waited (`musubi decide`, `link`, `unlink`, `undo`) is told as well.
It ends with 3 when the two sides do not agree in time. Stopped at any moment, nothing is lost: run it again.
With --plan it does what the plan says and nothing else. At the first thing that changed since, it stops and ends with 3;
`musubi failures` says what, and nothing more is done, here or by `musubi serve`, until a new plan is run or
`musubi resume` lets it go on without one.";

/// Work on an integration until both sides agree.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The integration.
    name: String,
    /// End as soon as both sides agree. This is what it does anyway; scripts may spell it out.
    #[arg(long)]
    until_agreed: bool,
    /// Give up after this long: 500ms, 60s, 5m, 2h.
    #[arg(long, value_name = "TIME", default_value = "24h", value_parser = duration::parse)]
    timeout: Duration,
    /// Do only what this plan says, made by `musubi plan --out`.
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
    #[command(flatten)]
    bounds: Bounds,
}

/// What a run did, and what became of what persons had decided before it.
#[derive(Serialize)]
struct Told {
    #[serde(flatten)]
    report: RunReport,
    decisions: Vec<DecisionReport>,
}

/// A problem told so many times more often (five in a second) than it was not told is not a passing one.
const STAYS: u32 = 10;

/// Runs the hub in this process until it is done; another process at work on the same database may do the work just as well.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Exit, Failure> {
    let opened = store::open_existing(&context.global).await?;
    let offline = Hub::offline(opened.store.clone(), opened.workspace.id);
    let waited = offline.waiting_decisions(&arguments.name).await?;
    if let Some(path) = &arguments.plan {
        offline.approve(&arguments.name, &plan_file::read(path)?).await?;
    }
    let data = folders::data(&context.global);
    let working = hub::start_for(&arguments.name, &opened, &data, arguments.bounds.settings()).await?;
    let bar = Bar::new(context.shows_progress());
    let (tell, mut told) = mpsc::unbounded_channel();
    let mut watch = Watch::default();
    let mut progress = |progress: &Progress| {
        bar.show(progress.scanned, Some(progress.expected), line(progress));
        if let Some(problem) = watch.hopeless(progress) {
            let _ = tell.send(problem);
        }
    };
    let work = async {
        tokio::select! {
            ended = working.hub.run_until_agreed(&arguments.name, arguments.timeout, &mut progress) => {
                let mut decisions = working.hub.decisions(&arguments.name, &waited).await?;
                decisions.retain(|decision| decision.state != DecisionState::Waiting);
                Ok(Told { report: ended?, decisions })
            }
            Some(problem) = told.recv() => Err(hopeless(problem)),
        }
    };
    let ended = tasks::or_stopped(work, working.hub.stop()).await;
    bar.end();
    let told = ended?;
    if told.report.agreed {
        // It was carried out: what comes from now on is not in it.
        offline.release(&arguments.name).await?;
    }
    context.output.report(&told, |told| text(told, &arguments.name, context.output.words()))?;
    Ok(if told.report.agreed { Exit::Done } else { Exit::Differs })
}

/// Notices what waiting cannot mend.
#[derive(Default)]
struct Watch {
    seen: BTreeMap<String, u32>,
}

impl Watch {
    fn hopeless(&mut self, progress: &Progress) -> Option<Problem> {
        let needs_a_person = |problem: &&Problem| {
            matches!(
                problem.code.as_str(),
                "connection.refused"
                    | "connection.no_credential"
                    | "connection.credential_damaged"
                    | "connection.schema_changed"
                    | "store.full"
                    | "store.read_only"
                    | "store.corrupt"
                    | "store.newer_version"
                    | "store.wrong_key"
                    | "plan.changed"
                    | "module.parent_paused"
            ) || problem.code.starts_with("config.")
        };
        let found: Vec<&Problem> = progress.problems.iter().filter(needs_a_person).collect();
        // Each new try looks well for a moment: what is not told this time counts less, not nothing.
        self.seen.retain(|code, times| {
            if found.iter().all(|problem| problem.code != *code) {
                *times -= 1;
            }
            *times > 0
        });
        found
            .into_iter()
            .find(|problem| {
                let times = self.seen.entry(problem.code.clone()).or_default();
                *times += 1;
                *times >= STAYS
            })
            .cloned()
    }
}

fn hopeless(problem: Problem) -> Failure {
    Failure {
        code: problem.code.clone().into(),
        ..Failure::new(hub::exit_of(&problem.code), "", problem.message, problem.hint)
    }
}

fn line(progress: &Progress) -> String {
    let problem =
        progress.problems.first().map_or(String::new(), |problem| format!("  ({})", problem.message));
    format!(
        "{}: {} added, {} updated, {} open{}{problem}",
        progress.stage.name(),
        progress.added,
        progress.updated,
        progress.open,
        progress::left(progress.seconds_left)
    )
}

fn text(Told { report, decisions }: &Told, integration: &str, words: Words) -> String {
    let seconds = report.took_ms as f64 / 1000.0;
    let mut text = match report.agreed {
        true => format!("Both sides agree after {seconds:.1} s: {} pairs.\n", report.links),
        false => {
            format!("Not agreed after {seconds:.1} s; the work goes on where it was when you run it again.\n")
        }
    };
    let unchanged = report.skipped.get("unchanged").copied().unwrap_or(0);
    let deleted = if report.deleted == 0 { String::new() } else { format!("{} deleted, ", report.deleted) };
    text.push_str(&format!(
        "{} records: {} added, {} updated, {deleted}{unchanged} unchanged, {} skipped, {} failed, {} held; {} calls, {} credits.\n",
        report.seen,
        report.added,
        report.updated,
        report.skipped_total - unchanged,
        report.failed_total,
        report.held_total,
        report.calls,
        report.credits
    ));
    for (what, reasons) in [("skipped", &report.skipped), ("failed", &report.failed), ("held", &report.held)]
    {
        for (reason, count) in reasons.iter().filter(|(reason, _)| *reason != "unchanged") {
            text.push_str(&format!("  {what}: {count} × {reason}\n"));
        }
    }
    for (code, count) in &report.attachments {
        text.push_str(&format!("  attachments: {count} × {code}\n"));
    }
    if !decisions.is_empty() {
        let told = crate::decisions::text(decisions, integration, words);
        text.push_str(&format!("Decided by persons:\n{told}\n"));
    }
    for module in &report.paused {
        text.push_str(&format!("  paused: {module} (`musubi resume {integration}/{module}`)\n"));
    }
    for module in &report.views_changed {
        text.push_str(&format!("  {module}: {}: `musubi views {integration}`\n", views::CHANGED));
    }
    for problem in &report.problems {
        text.push_str(&format!("  problem: {}\n", words.problem_of_module(problem)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn telling(code: &str) -> Progress {
        let problem = Problem { code: code.into(), message: "m".into(), hint: "h".into() };
        Progress { problems: vec![problem], ..Progress::default() }
    }

    #[test]
    fn the_bar_says_how_long_it_still_takes() {
        let told = Progress { added: 3, seconds_left: Some(240), ..Progress::default() };
        assert!(line(&told).ends_with(": 3 added, 0 updated, 0 open, about 4 min left"), "{}", line(&told));
    }

    #[test]
    fn a_refused_credential_ends_the_waiting_and_a_pause_of_the_service_does_not() {
        let mut watch = Watch::default();
        for _ in 1..STAYS {
            assert_eq!(watch.hopeless(&telling("connection.refused")), None);
        }
        assert!(watch.hopeless(&telling("connection.refused")).is_some());
        let mut watch = Watch::default();
        assert!((0..1000).all(|_| watch.hopeless(&telling("connection.throttled")).is_none()));
    }

    #[test]
    fn a_full_disk_ends_the_waiting_although_each_try_begins_well() {
        let mut watch = Watch::default();
        let told = (0..100).find(|turn| {
            let now = if turn % 4 == 3 { Progress::default() } else { telling("store.full") };
            watch.hopeless(&now).is_some()
        });
        assert_eq!(told, Some(17));
        let mut watch = Watch::default();
        let rare =
            |turn: u32| if turn.is_multiple_of(3) { telling("store.full") } else { Progress::default() };
        assert!((0..1000).all(|turn| watch.hopeless(&rare(turn)).is_none()), "it passes by itself");
    }

    #[test]
    fn what_a_person_reads() {
        let refused = DecisionReport {
            id: "1-2".into(),
            module: "Contacts".into(),
            at: 1,
            by: "the command line".into(),
            state: DecisionState::NotDone,
            code: Some("link.taken".into()),
            what: Some("nothing was done: one of the two records belongs to another one".into()),
            hint: Some("unlink it first".into()),
            fields: Vec::new(),
        };
        let report = RunReport {
            agreed: true,
            seen: 214,
            added: 12,
            skipped: [("scope".to_owned(), 3), ("unchanged".to_owned(), 197)].into(),
            skipped_total: 200,
            links: 200,
            calls: 30,
            credits: 22,
            took_ms: 1_234,
            held: [("match.ambiguous".to_owned(), 2)].into(),
            held_total: 2,
            paused: vec!["Deals".to_owned()],
            views_changed: vec!["Leads".to_owned()],
            ..RunReport::default()
        };
        insta::assert_snapshot!(text(&Told { report, decisions: vec![refused] }, "a", Words::default()), @r"
        Both sides agree after 1.2 s: 200 pairs.
        214 records: 12 added, 0 updated, 197 unchanged, 3 skipped, 0 failed, 2 held; 30 calls, 22 credits.
          skipped: 3 × scope
          held: 2 × match.ambiguous
        Decided by persons:
           1 × nothing was done: one of the two records belongs to another one.
            What to do: unlink it first.
          paused: Deals (`musubi resume a/Deals`)
          Leads: a list view was changed in the service, and its former conditions go on to count: `musubi views a`
        ");
    }
}
