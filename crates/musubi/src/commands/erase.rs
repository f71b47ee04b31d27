//! `musubi erase`: what the hub remembers of a person goes.

use super::Context;
use crate::ask::Ask;
use crate::decisions::{ACTOR, WAIT};
use crate::failure::{Exit, Failure};
use crate::store;
use jiff::Timestamp;
use musubi_core::Side;
use musubi_engine::Hub;
use musubi_engine::erasure::{Erasure, ErasureCounts, ErasureOf, ErasurePlan, ErasureRecord};

const EXAMPLES: &str = "\
Examples:
  musubi erase tokyo-london Contacts --left 3652397000000649013   one record and its counterpart: the plan, then asks
  musubi erase --email mori@example.com                           every record with this address, in all integrations
  musubi erase --email mori@example.com --yes                     for scripts
  musubi erase --list                                             what was erased: who asked, when, how much

Only what the hub itself remembers is erased: values of records, its journal, what failed and why. The services are not touched;
delete the records there as well if they shall go. What stays is the records' ids, so that they are not copied again while a
service still holds them: nothing is stored of them any more, whoever edits them. `musubi link` takes two records up again.
Backups made before still hold the data: when one is restored, what was erased in this database is erased again.";

/// Erase what is remembered of a person, or list what was erased.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
#[command(group(clap::ArgGroup::new("which").required(true).args(["left", "right", "email", "list"])))]
pub struct Arguments {
    /// The integration, for a record.
    #[arg(required_unless_present_any = ["email", "list"], conflicts_with_all = ["email", "list"])]
    name: Option<String>,
    /// The left module.
    #[arg(required_unless_present_any = ["email", "list"])]
    module: Option<String>,
    /// The left record's id.
    #[arg(long, value_name = "ID")]
    left: Option<String>,
    /// The right record's id.
    #[arg(long, value_name = "ID")]
    right: Option<String>,
    /// Every record that holds this address in a field. The address is not kept.
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// What was erased.
    #[arg(long)]
    list: bool,
    /// Do not ask.
    #[arg(short, long)]
    yes: bool,
}

/// Shows the plan, asks, and erases.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Exit, Failure> {
    let opened = store::open_existing(&context.global).await?;
    let hub = Hub::offline(opened.store, opened.workspace.id);
    let yes = arguments.yes;
    let Some(of) = chosen(arguments) else {
        context.output.report(&hub.erasures().await?, |all| listed(all))?;
        return Ok(Exit::Done);
    };
    let plan = hub.erasure_plan(&of).await?;
    if plan.is_empty() || (context.output.is_json() && !yes) {
        context.output.report(&plan, planned)?;
        return Ok(Exit::Done);
    }
    if !yes {
        context.output.remark(&planned(&plan));
        Ask::new(context.output).consent("Erase this? It cannot be brought back.")?;
    }
    let begun = hub.erase(&of, &plan.digest, ACTOR).await?;
    let erasure = hub.erased(begun.id, WAIT).await?;
    context.output.report(&erasure, ended)?;
    Ok(Exit::Done)
}

fn chosen(arguments: Arguments) -> Option<ErasureOf> {
    let Arguments { name, module, left, right, email, .. } = arguments;
    if let Some(address) = email {
        return Some(ErasureOf::Address(address));
    }
    let (side, id) = match (left, right) {
        (Some(id), _) => (Side::Left, id),
        (None, right) => (Side::Right, right?),
    };
    Some(ErasureOf::Record { integration: name?, module: module?, side, id })
}

fn planned(plan: &ErasurePlan) -> String {
    if plan.is_empty() {
        return "Nothing is remembered of that, or nothing any more.".to_owned();
    }
    let mut lines: Vec<String> = plan.records.iter().map(record).collect();
    lines.push(counted(&plan.counts));
    lines.join("\n")
}

fn record(record: &ErasureRecord) -> String {
    let id = |id: &Option<String>| id.clone().unwrap_or_else(|| "–".to_owned());
    let (left, right) = (id(&record.left_id), id(&record.right_id));
    format!("{} {}  {left} ↔ {right}", record.integration, record.module)
}

fn counted(counts: &ErasureCounts) -> String {
    let ErasureCounts { pairs, unlinked, journal, failures, decisions, intents } = counts;
    let mut text = format!(
        "Pairs: {pairs}; records without counterpart: {unlinked}; journal entries: {journal}; failures: {failures}; \
        decisions: {decisions}."
    );
    if *intents > 0 {
        text += &format!(" Writes without an answer, which are waited for: {intents}.");
    }
    text
}

fn ended(erasure: &Erasure) -> String {
    let counts = counted(&erasure.counts);
    match erasure.done_at {
        Some(_) => format!("Erased. {counts}"),
        None => format!(
            "Noted as erasure {}. {counts}\nIt is not done yet: an answer of a service is missing. A hub at work (`musubi serve`) goes on \
            with it; `musubi erase --list` tells when it is done.",
            erasure.id
        ),
    }
}

fn listed(all: &[Erasure]) -> String {
    if all.is_empty() {
        return "Nothing was erased.".to_owned();
    }
    let time =
        |at: i64| Timestamp::from_millisecond(at).map_or_else(|_| String::new(), |at| format!("{at:.0}"));
    let line = |one: &Erasure| {
        let done = one.done_at.map_or_else(|| "not done yet".to_owned(), |at| format!("done {}", time(at)));
        format!(
            "{:>4}  {}  by {}  {}  {done}\n      {}",
            one.id,
            time(one.at),
            one.by,
            one.kind.name(),
            counted(&one.counts)
        )
    };
    all.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use musubi_engine::erasure::ErasureKind;

    #[test]
    fn what_a_person_reads() {
        let counts =
            ErasureCounts { pairs: 1, unlinked: 1, journal: 12, failures: 2, decisions: 0, intents: 1 };
        let record = |left: Option<&str>, right: Option<&str>| ErasureRecord {
            integration: "tokyo-london".into(),
            module: "Contacts".into(),
            left_id: left.map(str::to_owned),
            right_id: right.map(str::to_owned),
        };
        let records = vec![record(Some("1"), Some("2")), record(None, Some("3"))];
        let kind = ErasureKind::Email;
        let plan = ErasurePlan { digest: "d".into(), kind, counts, records };
        insta::assert_snapshot!(planned(&plan), @"
        tokyo-london Contacts  1 ↔ 2
        tokyo-london Contacts  – ↔ 3
        Pairs: 1; records without counterpart: 1; journal entries: 12; failures: 2; decisions: 0. Writes without an answer, which are waited for: 1.
        ");
        let counts = ErasureCounts { intents: 0, ..counts };
        let done = Erasure {
            id: 3,
            at: 0,
            by: "ann@example.com".into(),
            kind,
            counts,
            records: Vec::new(),
            done_at: Some(1_000),
        };
        insta::assert_snapshot!(listed(&[done]), @"
           3  1970-01-01T00:00:00Z  by ann@example.com  email  done 1970-01-01T00:00:01Z
              Pairs: 1; records without counterpart: 1; journal entries: 12; failures: 2; decisions: 0.
        ");
    }
}
