//! `musubi plan`: what a first run would do. Writes nothing.

use super::Context;
use crate::failure::{Exit, Failure};
use crate::progress::Bar;
use crate::values::quoted;
use crate::words::Words;
use crate::{hub, left_out, output, plan_file, store, tasks};
use musubi_core::Side;
use musubi_core::plan::Kind;
use musubi_engine::reading::{Reading, ReadingWay};
use musubi_engine::report::{
    Lookalikes, MatchedBy, ModulePlan, OwnersReport, PlannedOperation, UnmatchedOwner,
};
use musubi_engine::{PlanReport, Progress, matter, reason};
use std::collections::BTreeMap;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  musubi plan tokyo-london
  musubi plan tokyo-london --json | jq '.modules[] | {left, would_create_right, ambiguous}'
  musubi plan tokyo-london --out first-load.plan     and then: musubi run tokyo-london --plan first-load.plan

It reads both sides and says how many records would be tied, created on either side, or be ambiguous, with samples by
id and the calls and credits the first run would cost. Nothing is written, neither to the orgs nor to the database.
The file is for `musubi run --plan`, which does exactly what the plan says or stops. It holds digests, no value of a record.";

/// Show what a run would do, and what it would cost.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The integration.
    name: String,
    /// Keep what it would do in this file, so that a run can be held to it.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Reads both sides and reports.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Exit, Failure> {
    let opened = store::open_existing(&context.global).await?;
    let hub = hub::reading(&opened, None)?;
    let bar = Bar::new(context.shows_progress());
    bar.show(0, None, "reading both sides".to_owned());
    let mut tell = |progress: &Progress| {
        bar.show(progress.scanned, Some(progress.expected), "reading both sides".to_owned());
    };
    let work = async {
        Ok(match &arguments.out {
            None => (hub.plan_telling(&arguments.name, &mut tell).await?, None),
            Some(path) => {
                let (report, approval) = hub.plan_to_approve(&arguments.name, &mut tell).await?;
                (report, Some((path, approval)))
            }
        })
    };
    let (report, kept) = tasks::or_stopped(work, std::future::ready(())).await?;
    bar.end();
    if let Some((path, approval)) = kept {
        plan_file::write(path, &approval)?;
    }
    context.output.report(&report, |report| text(report, context.output.words()))?;
    Ok(Exit::Done)
}

fn text(report: &PlanReport, words: Words) -> String {
    let heading =
        ["MODULE", "LEFT", "RIGHT", "TIED", "TO TIE", "NEW LEFT", "NEW RIGHT", "CHANGED", "DELETED", "ALONE"];
    let mut rows = vec![heading.map(str::to_owned).to_vec()];
    rows.extend(report.modules.iter().map(row));
    let mut text = output::table(&rows);
    for module in &report.modules {
        text.push_str(&reading(module));
        text.push_str(&matched_by(module));
        text.push_str(&not_carried(module));
        text.push_str(&noted(module));
        text.push_str(&attachments(module));
        text.push_str(&skipped(module, words));
        text.push_str(&held(module, words));
        text.push_str(&warnings(module));
        text.push_str(&lookalikes(&report.integration, module));
        text.push_str(&changes(module));
    }
    text.push_str(&owners(&report.owners));
    let both = |sides: &musubi_core::Sides<u64>| sides.left + sides.right;
    text.push_str(&format!(
        "\nA run would make about {} calls, cost about {} credits ({} left, {} right) and take about {}. Nothing was written.\n",
        both(&report.calls),
        both(&report.credits),
        report.credits.left,
        report.credits.right,
        time(report.seconds)
    ));
    text
}

/// A time as people say it.
fn time(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{} s", seconds.max(1)),
        60..7_200 => format!("{} min", seconds.div_ceil(60)),
        _ => format!("{} h", seconds.div_ceil(3_600)),
    }
}

/// Which sides are read in bulk, and why a large one is not. That a small module is listed goes without saying.
fn reading(module: &ModulePlan) -> String {
    let sides = [("left", &module.reading.left), ("right", &module.reading.right)];
    let line = |(side, reading): (&str, &Reading)| {
        let how = match (reading.way, reading.why) {
            (ReadingWay::Bulk, "setting") => "is read in bulk, as the configuration says",
            (ReadingWay::Bulk, _) => "is read in bulk, which costs less than listing it",
            (ReadingWay::List, "fields") => "is listed: a bulk read does not tell some of its fields",
            (ReadingWay::List, "too_many_fields") => "is listed: a bulk read tells 200 fields at most",
            (ReadingWay::List, "module") => {
                "is listed: a bulk read of this module may tell other records than a list"
            }
            (ReadingWay::List, "failed") => "is listed: the service's bulk read failed",
            (ReadingWay::List, _) => return String::new(),
        };
        format!("\n{}: the {side} {how}", name(module))
    };
    sides.into_iter().map(line).collect()
}

/// Who made a record and who changed it last belongs to each org alone: nobody misses it.
const OWN: [&str; 2] = ["Created_By", "Modified_By"];

/// How records are recognised.
fn matched_by(module: &ModulePlan) -> String {
    let field = |key: &MatchedBy| match key.left == key.right {
        true => key.left.clone(),
        false => format!("{} ↔ {}", key.left, key.right),
    };
    let keys: Vec<String> = module.matched_by.iter().map(field).collect();
    match module.matched_by.first() {
        None => format!("\n{}: nothing tells which records are the same: each is copied", name(module)),
        Some(MatchedBy { is_default: true, .. }) => {
            format!("\n{}: records are recognised by {} (the default)", name(module), keys.join(", then "))
        }
        Some(_) => format!("\n{}: records are recognised by {}", name(module), keys.join(", then ")),
    }
}

/// What looking for attachments costs.
fn attachments(module: &ModulePlan) -> String {
    let Some(planned) = &module.attachments else { return String::new() };
    let (left, right) = (planned.calls.left, planned.calls.right);
    let days = if planned.days == 1 { "a day".to_owned() } else { format!("{} days", planned.days) };
    format!(
        "\n{}: looking for attachments at every pair takes {} calls ({left} left, {right} right) within {days}, over and over; each file read or made takes one more",
        name(module),
        left + right
    )
}

/// What is not carried over, one line for each reason.
fn not_carried(module: &ModulePlan) -> String {
    let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for out in module.left_out.iter().filter(|out| !OWN.contains(&out.field.as_str())) {
        reasons.entry(out.reason).or_default().push(&out.field);
    }
    let line = |(reason, fields): (&str, Vec<&str>)| {
        let why = left_out::why(reason);
        format!("\n{}: not carried over: {} ({why})", name(module), fields.join(", "))
    };
    reasons.into_iter().map(line).collect()
}

/// What should be known of the mapping.
fn noted(module: &ModulePlan) -> String {
    module.warnings.iter().map(|note| format!("\n{}: {}", name(module), note.what)).collect()
}

/// What would get no counterpart, by side and reason.
fn skipped(module: &ModulePlan, words: Words) -> String {
    let sides = [("left", &module.skipped.left), ("right", &module.skipped.right)];
    let line = |side: &str, (code, count): (&String, &u64)| {
        let known = reason::SKIPPED.iter().find(|(known, _)| known == code);
        let why = words.what(&format!("skipped.{code}"), known.map_or(code.as_str(), |(_, why)| why));
        format!("\n{}: {count} of the {side} would get no counterpart: {why}", name(module))
    };
    sides.into_iter().flat_map(|(side, reasons)| reasons.iter().map(move |each| line(side, each))).collect()
}

/// Records without counterpart that would get none.
fn alone(module: &ModulePlan) -> u64 {
    module.skipped.left.values().chain(module.skipped.right.values()).sum()
}

/// What would wait for a person, by reason.
fn held(module: &ModulePlan, words: Words) -> String {
    let line = |(code, count): (&String, &u64)| {
        let what = matter::explain(code).map_or("", |matter| matter.what);
        // These go on by themselves when what they lead to is there.
        let whom = if code == "lookup.parent_not_linked" { "other records" } else { "you" };
        format!("\n{}: would wait for {whom}: {count} × {code}: {}", name(module), words.what(code, what))
    };
    module.held.iter().map(line).collect()
}

/// What somebody should look at before it is started.
fn warnings(module: &ModulePlan) -> String {
    let mut text = String::new();
    for (side, duplicates) in [("left", &module.duplicates.left), ("right", &module.duplicates.right)] {
        if duplicates.groups > 0 {
            let samples: Vec<String> = duplicates.samples.iter().map(|group| group.join(" = ")).collect();
            text += &format!(
                "\n{}: {} records of the {side} share {} match keys: {}",
                name(module),
                duplicates.records,
                duplicates.groups,
                samples.join("; ")
            );
        }
    }
    for side in Side::BOTH {
        let (gone, along) = (module.would_delete.get(side), module.would_delete_related.get(side));
        if *along > 0 {
            text += &format!(
                "\n{}: {along} related records would go along with the {gone} deleted on the {}",
                name(module),
                side.name()
            );
        }
        let replaced = module.would_replace_email.get(side);
        if *replaced > 0 {
            text += &format!(
                "\n{}: {replaced} e-mail addresses on the {} would be replaced by those of the other side",
                name(module),
                side.name()
            );
        }
    }
    text
}

/// Records that would be created and look like one that is there, with the command that ties them.
fn lookalikes(integration: &str, module: &ModulePlan) -> String {
    let Lookalikes { count, samples, cut } = &module.lookalikes;
    if *count == 0 {
        return String::new();
    }
    let more = if *cut { " (not all could be compared)" } else { "" };
    let mut text = format!(
        "\n{}: {count} that would be created look like one of the other side{more}; a person may tie them before:",
        name(module)
    );
    for alike in samples.iter().take(ALIKE) {
        let called = |label: &Option<String>| label.clone().unwrap_or_default();
        text += &format!(
            "\n  musubi link {integration} {} {} {}   {} = {} ({}, by {})",
            module.left,
            alike.left_id,
            alike.right_id,
            called(&alike.left_label),
            called(&alike.right_label),
            alike.score,
            alike.agrees.join(", ")
        );
    }
    text
}

/// Who has no counterpart, and who owns their records.
pub(super) fn owners(report: &OwnersReport) -> String {
    let mut text = String::new();
    let sides = [
        ("left", &report.unmatched_left, &report.fallback_right),
        ("right", &report.unmatched_right, &report.fallback_left),
    ];
    for (side, unmatched, fallback) in sides.into_iter().filter(|(_, unmatched, _)| !unmatched.is_empty()) {
        let name = |user: &UnmatchedOwner| match (user.active, user.email.as_str()) {
            (true, email) => email.to_owned(),
            (false, "") => format!("{} (inactive)", user.name),
            (false, email) => format!("{email} (inactive)"),
        };
        let people: Vec<String> = unmatched.iter().map(name).collect();
        let then = match fallback {
            Some(fallback) => format!("what they own belongs to {fallback} on the other side"),
            None => "what they own belongs to the connected user there, and its owner is not carried over"
                .to_owned(),
        };
        text += &format!("\nOwners of the {side} without counterpart: {} ({then})", people.join(", "));
    }
    for address in &report.unknown {
        text += &format!("\nNo user has the address that the configuration names: {address}");
    }
    text
}

/// So many records that look alike are shown.
const ALIKE: usize = 10;
/// So many changes of existing records are shown of each side, each with so many fields; `--json` has more of them.
const SHOWN: usize = 3;

/// The first changes of records that exist already, of each side: what stands there now, and what would.
fn changes(module: &ModulePlan) -> String {
    let mut text = String::new();
    for side in Side::BOTH {
        let here =
            |operation: &&PlannedOperation| matches!(operation.kind, Kind::Update) && operation.side == side;
        let existing = module
            .operations
            .iter()
            .filter(here)
            .filter_map(|operation| operation.target_id.as_deref().map(|id| (operation, id)));
        let mut told = 0;
        for (operation, id) in existing.take(SHOWN) {
            text += &format!("\n{}: {}", name(module), change(operation, id));
            told += 1;
        }
        let more = module.would_update.get(side).saturating_sub(told);
        if more > 0 {
            text += &format!("\n{}: would change {more} more on the {}", name(module), side.name());
        }
    }
    text
}

fn change(operation: &PlannedOperation, id: &str) -> String {
    let value = |value: &Option<serde_json::Value>| match value {
        None | Some(serde_json::Value::Null) => "nothing".to_owned(),
        Some(value) => quoted(value),
    };
    let fields = operation.fields.iter().take(SHOWN);
    let mut fields: Vec<String> = fields
        .map(|field| match (&field.before, &field.after) {
            // What it will lead to has no id yet.
            (None, None) => format!("{} → a new record", field.field),
            (before, after) => format!("{} {} → {}", field.field, value(before), value(after)),
        })
        .collect();
    if operation.fields.len() > SHOWN {
        fields.push(format!("and {} more", operation.fields.len() - SHOWN));
    }
    let target = operation.label.as_ref().map_or_else(|| id.to_owned(), |label| format!("{label} ({id})"));
    format!("would change {target} on the {}: {}", operation.side.name(), fields.join(", "))
}

fn name(module: &ModulePlan) -> String {
    if module.left == module.right {
        module.left.clone()
    } else {
        format!("{} ↔ {}", module.left, module.right)
    }
}

fn row(module: &ModulePlan) -> Vec<String> {
    let numbers = [
        module.records.left,
        module.records.right,
        module.links,
        module.would_link,
        module.would_create_left,
        module.would_create_right,
        module.would_update.left + module.would_update.right,
        module.would_delete.left + module.would_delete.right,
        alone(module),
    ];
    std::iter::once(name(module)).chain(numbers.iter().map(ToString::to_string)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use musubi_core::plan::Why;
    use musubi_engine::LeftOut;
    use musubi_engine::report::{Lookalike, PlannedField, ReasonsBySide};

    #[test]
    fn what_would_be_changed_and_what_would_wait() {
        let field = |name: &str, before: &str, after: &str| PlannedField {
            field: name.to_owned(),
            before: Some(before.into()),
            after: Some(after.into()),
            why: Why::Changed,
        };
        let operation = PlannedOperation {
            kind: Kind::Update,
            side: musubi_core::Side::Right,
            source_id: "11".into(),
            label: Some("Yuki Sato".into()),
            target_id: Some("22".into()),
            fields: vec![field("Phone", "03", "04"), field("Title", "", "Owner")],
        };
        let module = ModulePlan {
            left: "Contacts".into(),
            right: "Contacts".into(),
            skipped: ReasonsBySide { left: [("scope".to_owned(), 3)].into(), ..ReasonsBySide::default() },
            held: [("match.ambiguous".to_owned(), 2)].into(),
            would_update: musubi_core::CountBySide { left: 0, right: 4 },
            operations: vec![operation],
            ..ModulePlan::default()
        };
        insta::assert_snapshot!((skipped(&module, Words::default()) + &held(&module, Words::default()) + &changes(&module)).trim_start(), @r#"
        Contacts: 3 of the left would get no counterpart: it is outside of the scope.
        Contacts: would wait for you: 2 × match.ambiguous: several records have the same match key, so nobody can tell which belongs to which.
        Contacts: would change Yuki Sato (22) on the right: Phone "03" → "04", Title "" → "Owner"
        Contacts: would change 3 more on the right
        "#);
    }

    #[test]
    fn changes_of_both_sides_are_shown_however_many_one_has() {
        let operation = |side: Side, id: usize| PlannedOperation {
            kind: Kind::Update,
            side,
            source_id: format!("{id}"),
            label: None,
            target_id: Some(format!("{}{id}", side.name())),
            fields: Vec::new(),
        };
        let left = (1..=4).map(|id| operation(Side::Left, id));
        let module = ModulePlan {
            left: "Contacts".into(),
            right: "Contacts".into(),
            would_update: musubi_core::CountBySide { left: 9, right: 1 },
            operations: left.chain([operation(Side::Right, 1)]).collect(),
            ..ModulePlan::default()
        };
        let told = changes(&module);
        let lines: Vec<&str> = told.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
        assert_eq!(lines.len(), 5, "{told}");
        assert_eq!(lines[3], "Contacts: would change 6 more on the left");
        assert!(lines[4].contains("right1 on the right"), "{told}");
    }

    // S1-30
    #[test]
    fn it_says_by_what_records_are_recognised() {
        let key =
            |right: &str, is_default| MatchedBy { left: "Email".into(), right: right.into(), is_default };
        let told = |matched_by: Vec<MatchedBy>| {
            matched_by_of(ModulePlan {
                left: "Contacts".into(),
                right: "Contacts".into(),
                matched_by,
                ..ModulePlan::default()
            })
        };
        insta::assert_snapshot!(told(vec![key("Email", true)]), @"Contacts: records are recognised by Email (the default)");
        insta::assert_snapshot!(
            told(vec![key("Mail", false), key("Email", false)]),
            @"Contacts: records are recognised by Email ↔ Mail, then Email"
        );
        insta::assert_snapshot!(told(Vec::new()), @"Contacts: nothing tells which records are the same: each is copied");
    }

    // AMB-8
    #[test]
    fn what_looks_alike_is_told_with_the_command_that_ties_it() {
        let alike = Lookalike {
            left_id: "11".into(),
            left_label: Some("Anna Smith".into()),
            right_id: "22".into(),
            right_label: Some("ANNA SMITH".into()),
            agrees: vec!["Last_Name".into(), "Phone".into()],
            score: 85,
        };
        let module = ModulePlan {
            left: "Contacts".into(),
            right: "Contacts".into(),
            lookalikes: Lookalikes { count: 1, samples: vec![alike], cut: false },
            ..ModulePlan::default()
        };
        insta::assert_snapshot!(lookalikes("tokyo-london", &module).trim_start(), @r"
        Contacts: 1 that would be created look like one of the other side; a person may tie them before:
          musubi link tokyo-london Contacts 11 22   Anna Smith = ANNA SMITH (85, by Last_Name, Phone)
        ");
    }

    fn matched_by_of(module: ModulePlan) -> String {
        matched_by(&module).trim_start().to_owned()
    }

    #[test]
    fn what_a_person_reads() {
        let out = |field: &str, reason| LeftOut { field: field.to_owned(), reason };
        let module = ModulePlan {
            left: "Contacts".into(),
            right: "Contacts".into(),
            left_out: vec![
                out("Owner", "owner.unknown"),
                out("Created_By", "owner.unknown"),
                out("Modified_By", "owner.unknown"),
                out("Account_Name", "lookup.parent_not_synced"),
                out("Vendor_Name", "lookup.parent_not_synced"),
            ],
            ..ModulePlan::default()
        };
        insta::assert_snapshot!(not_carried(&module).trim_start(), @r"
        Contacts: not carried over: Account_Name, Vendor_Name (they point to modules that are not tied in this integration)
        Contacts: not carried over: Owner (not every user has the same e-mail address in both orgs)
        ");
    }
}
