//! `musubi verify`: compares both sides completely and prints an agreement certificate; plans and carries out the mending.

use super::Context;
use crate::ask::Ask;
use crate::bounds::Bounds;
use crate::failure::{Exit, Failure};
use crate::progress::Bar;
use crate::store::Opened;
use crate::{duration, folders, hub, store, tasks};
use musubi_engine::report::{Difference, Mending};
use musubi_engine::{Certificate, Hub, Progress};
use serde::Serialize;
use std::time::Duration;

const EXAMPLES: &str = "\
Examples:
  musubi verify tokyo-london
  musubi verify tokyo-london --json > certificate.json
  musubi verify tokyo-london --repair             what would be done about it; asks before it is done
  musubi verify tokyo-london --repair --yes       for scripts

Both sides are read completely (in bulk, which is cheap) and compared through the mapping, pair by pair. A difference
is read again by id before it is reported. Ends with 0 when nothing disagrees, with 3 when something does.

With --repair it plans the mending: which fields would be written where, which records tied or created. When that is
confirmed (--yes confirms it beforehand) the records are read and decided again, by the hub at work or by this command,
and both sides compared once more: it ends with 0 when nothing disagrees any more, with 3 when something still does.
Without anybody to ask and without --yes the plan is all it does.";

/// Compare both sides record by record.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The integration.
    name: String,
    /// Plan the mending of what differs, and carry it out when that is confirmed.
    #[arg(long)]
    repair: bool,
    /// With --repair: do not ask.
    #[arg(short, long, requires = "repair")]
    yes: bool,
    /// With --repair: give up after this long.
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = duration::parse, requires = "repair")]
    timeout: Duration,
    #[command(flatten)]
    bounds: Bounds,
}

/// The certificate, and what became of the mending.
#[derive(Serialize)]
struct Report {
    #[serde(flatten)]
    certificate: Certificate,
    /// The comparison after the mending, if it was carried out.
    after: Option<Box<Certificate>>,
}

/// Compares and reports; mends when that was asked for.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Exit, Failure> {
    let opened = store::open_existing(&context.global).await?;
    let hub = hub::reading(&opened, None)?;
    let certificate = compare(&hub, &arguments.name, context).await?;
    let ask = Ask::new(context.output);
    let agrees = certificate.agrees();
    let mends = arguments.repair && !agrees && (arguments.yes || ask.is_possible());
    let mut report = Report { certificate, after: None };
    if !mends {
        let plans = arguments.repair && !agrees;
        context.output.report(&report, |report| text(&report.certificate, arguments.repair))?;
        if plans {
            context.output.remark("Nothing was done: --yes has it carried out.");
        }
        return Ok(if agrees { Exit::Done } else { Exit::Differs });
    }
    if !context.output.is_json() {
        context.output.text(&text(&report.certificate, true))?;
    }
    if !arguments.yes {
        ask.consent("Mend it?")?;
    }
    mend(&arguments, &opened, &hub, &mut report.certificate, context).await?;
    let after = compare(&hub, &arguments.name, context).await?;
    let mended = after.agrees();
    report.after = Some(Box::new(after));
    context.output.report(&report, |report| {
        report
            .after
            .as_ref()
            .map_or_else(String::new, |after| format!("After the mending: {}", text(after, false)))
    })?;
    Ok(if mended { Exit::Done } else { Exit::Differs })
}

async fn compare(hub: &Hub, name: &str, context: &Context) -> Result<Certificate, Failure> {
    let bar = Bar::new(context.shows_progress());
    let mut progress = |progress: &Progress| {
        bar.show(progress.scanned, Some(progress.expected), progress.stage.name().to_owned())
    };
    let work = async { Ok(hub.verify(name, false, &mut progress).await?) };
    let certificate = tasks::or_stopped(work, std::future::ready(())).await;
    bar.end();
    certificate
}

/// Has the records decided again, and works until both sides agree, beside a hub that may be at work already.
async fn mend(
    arguments: &Arguments,
    opened: &Opened,
    hub: &Hub,
    certificate: &mut Certificate,
    context: &Context,
) -> Result<(), Failure> {
    hub.repair(&arguments.name, certificate).await?;
    let settings = arguments.bounds.settings();
    let data = folders::data(&context.global);
    let working = hub::start_for(&arguments.name, opened, &data, settings).await?;
    let bar = Bar::new(context.shows_progress());
    let mut progress = |progress: &Progress| bar.show(0, None, format!("mending: {} open", progress.open));
    let work =
        async { Ok(working.hub.run_until_agreed(&arguments.name, arguments.timeout, &mut progress).await?) };
    let ended = tasks::or_stopped(work, working.hub.stop()).await;
    bar.end();
    ended.map(drop)
}

/// So many of each kind are shown; `--json` has them all.
const SHOWN: usize = 20;

fn text(certificate: &Certificate, plans: bool) -> String {
    let apart = match certificate.left_apart {
        0 => String::new(),
        count => format!(", {count} left apart"),
    };
    let mut text = format!(
        "{} pairs compared, {} equal{apart}, {} different, {} only on the left, {} only on the right, {} held.\n",
        certificate.compared,
        certificate.equal,
        certificate.different.len(),
        certificate.only_left.len(),
        certificate.only_right.len(),
        certificate.held
    );
    for (reason, count) in &certificate.skipped {
        text.push_str(&format!("  {count} have no counterpart and shall have none: {reason}\n"));
    }
    if certificate.resting > 0 {
        text.push_str(&format!("  {} pairs rest: outside of the scope\n", certificate.resting));
    }
    let samples = certificate.left_apart_samples.iter().take(SHOWN);
    let told = samples.len() as u64;
    for found in samples {
        text.push_str(&of_pair("left apart", found));
    }
    if certificate.left_apart > told {
        text.push_str(&format!("  left apart  … and {} more\n", certificate.left_apart - told));
    }
    if certificate.left_apart > 0 {
        text.push_str("  left apart: a direction, a policy, a decision or an undo lets these fields differ; `musubi explain` says which\n");
    }
    for found in certificate.different.iter().take(SHOWN) {
        text.push_str(&of_pair("different ", found));
    }
    text.push_str(&more("different ", certificate.different.len()));
    for (what, alone) in [("only left ", &certificate.only_left), ("only right", &certificate.only_right)] {
        for record in alone.iter().take(SHOWN) {
            text.push_str(&format!("  {what} {}  {}\n", record.module, record.id));
        }
        text.push_str(&more(what, alone.len()));
    }
    if certificate.agrees() {
        text.push_str("Nothing disagrees.\n");
    } else if plans {
        text.push_str("To mend it:\n");
        certificate.mending.iter().take(SHOWN).for_each(|step| text.push_str(&of_step(step)));
        text.push_str(&more("", certificate.mending.len()));
    } else {
        text.push_str("`--repair` plans the mending.\n");
    }
    text
}

/// What is said of those that are not shown.
fn more(what: &str, count: usize) -> String {
    match count.saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!("  {what} … and {more} more; --json lists them all\n"),
    }
}

fn of_pair(what: &str, pair: &Difference) -> String {
    let Difference { module, left_id, right_id, label, fields } = pair;
    let called = label.as_ref().map_or(String::new(), |label| format!("  {label}"));
    format!("  {what} {module}  {left_id} ↔ {right_id}{called}  {}\n", fields.join(", "))
}

fn of_step(step: &Mending) -> String {
    let id = |id: &Option<String>| id.clone().unwrap_or_else(|| "–".to_owned());
    let mut line = format!("  {}  {} ↔ {} ", step.module, id(&step.left_id), id(&step.right_id));
    if let Some(side) = step.create {
        line.push_str(&format!(" tie to its match on the {}, or create it there", side.name()));
    }
    for (what, fields) in [
        ("write to the left:", &step.write_left),
        ("write to the right:", &step.write_right),
        ("stays as it is, by the policy or because it cannot be carried over:", &step.stay),
    ] {
        if !fields.is_empty() {
            line.push_str(&format!(" {what} {};", fields.join(", ")));
        }
    }
    format!("{}\n", line.trim_end_matches(';'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use musubi_engine::report::Alone;

    #[test]
    fn what_a_person_reads() {
        let certificate = Certificate {
            compared: 3,
            equal: 2,
            different: vec![Difference {
                module: "Contacts".into(),
                left_id: "1".into(),
                right_id: "2".into(),
                label: Some("佐藤 結衣".into()),
                fields: vec!["Phone".into()],
            }],
            only_left: vec![Alone { module: "Leads".into(), id: "9".into() }],
            ..Certificate::default()
        };
        insta::assert_snapshot!(text(&certificate, false), @r"
        3 pairs compared, 2 equal, 1 different, 1 only on the left, 0 only on the right, 0 held.
          different  Contacts  1 ↔ 2  佐藤 結衣  Phone
          only left  Leads  9
        `--repair` plans the mending.
        ");
        let mending = vec![
            Mending {
                module: "Contacts".into(),
                left_id: Some("1".into()),
                right_id: Some("2".into()),
                write_right: vec!["Phone".into()],
                stay: vec!["Fax".into()],
                ..Mending::default()
            },
            Mending {
                module: "Leads".into(),
                left_id: Some("9".into()),
                create: Some(musubi_core::Side::Right),
                ..Mending::default()
            },
        ];
        let planned = text(&Certificate { mending, ..certificate }, true);
        assert_eq!(
            planned.split_once("To mend it:
").unwrap().1,
            "  Contacts  1 ↔ 2  write to the right: Phone; stays as it is, by the policy or because it cannot be carried over: Fax
  \
             Leads  9 ↔ –  tie to its match on the right, or create it there
"
        );
    }

    #[test]
    fn pairs_that_rest_are_told_apart_and_what_is_cut_is_said() {
        let pair = |id: usize| Difference {
            module: "Leads".into(),
            left_id: id.to_string(),
            right_id: id.to_string(),
            label: None,
            fields: vec!["Fax".into()],
        };
        let certificate = Certificate {
            left_apart: 219,
            left_apart_samples: (0..40).map(pair).collect(),
            different: (0..23).map(pair).collect(),
            resting: 23,
            skipped: [("scope".to_owned(), 1)].into(),
            ..Certificate::default()
        };
        let said = text(&certificate, false);
        for line in [
            "  1 have no counterpart and shall have none: scope\n  23 pairs rest: outside of the scope\n",
            "  left apart  … and 199 more\n",
            "  different  … and 3 more; --json lists them all\n",
        ] {
            assert!(said.contains(line), "{line:?} is not in\n{said}");
        }
        assert!(!text(&Certificate::default(), false).contains("rest"), "nothing is said of none");
    }
}
