//! `musubi history`: what the hub did, with the values before and after.

use super::Context;
use crate::failure::{Exit, Failure};
use crate::period::{Period, Stretch};
use crate::values::called;
use crate::{runs, store};
use jiff::Timestamp;
use musubi_engine::report::FieldChange;
use musubi_engine::sync::{CarriedFile, JournalKind};
use musubi_engine::{HistoryEntry, HistoryFilter, Hub};

const EXAMPLES: &str = "\
Examples:
  musubi history tokyo-london
  musubi history tokyo-london --module Contacts --limit 20
  musubi history tokyo-london --record 3652397000000649013      everything that happened to one record
  musubi history tokyo-london --runs --module Contacts --limit 10   run by run; `musubi undo --run` takes their numbers
  musubi history tokyo-london --since 2026-11-01 --until 2026-12-01
  musubi history tokyo-london --all --json

The last seven days, the newest first; of one record, everything. A value that lost a conflict is here too: it stands as the value before. A run is the first load, a comparison
of everything, or a day of following changes; each record that it saw came out in one way, so that the counts add up.";

/// Show what was done, the newest first.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The integration.
    name: String,
    /// Only this module.
    #[arg(long)]
    module: Option<String>,
    /// Only this record, by its id on either side.
    #[arg(long, value_name = "ID")]
    record: Option<String>,
    /// Show the runs instead: their numbers, when they were, and how their records came out.
    #[arg(long, conflicts_with = "record")]
    runs: bool,
    #[command(flatten)]
    period: Period,
    /// At most so many entries.
    #[arg(long, value_name = "NUMBER", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
}

/// Reads the journal and prints it.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Exit, Failure> {
    let opened = store::open_existing(&context.global).await?;
    let hub = Hub::offline(opened.store, opened.workspace.id);
    let limit = arguments.limit as usize;
    let stretch = match arguments.record {
        Some(_) => arguments.period.or_all(store::now()),
        None => arguments.period.seen_from(store::now()),
    };
    if arguments.runs {
        let module = arguments.module.as_deref();
        let runs = runs::read(&hub, &arguments.name, module, stretch, limit).await?;
        context.output.report(&runs, |runs| runs::text(runs, stretch))?;
        return Ok(Exit::Done);
    }
    let filter = HistoryFilter {
        module: arguments.module,
        record: arguments.record,
        since: stretch.since,
        until: stretch.until,
        limit,
        ..HistoryFilter::default()
    };
    let entries = hub.history(&arguments.name, &filter).await?;
    context.output.report(&entries, |entries| text(entries, stretch))?;
    Ok(Exit::Done)
}

fn text(entries: &[HistoryEntry], stretch: Stretch) -> String {
    match stretch {
        Stretch { usual: true, .. } if entries.is_empty() => {
            return "Nothing happened in the last seven days; `--all` shows what was before.".to_owned();
        }
        _ if entries.is_empty() => return "Nothing happened.".to_owned(),
        _ => {}
    }
    entries.iter().map(entry).collect::<Vec<_>>().join("\n")
}

fn entry(entry: &HistoryEntry) -> String {
    let at = Timestamp::from_millisecond(entry.at).map(|at| at.strftime("%Y-%m-%d %H:%M:%S").to_string());
    let id = |id: &Option<String>| id.clone().unwrap_or_else(|| "–".to_owned());
    // Nothing was written: its two values are those of the two sides.
    let stays = entry.kind == JournalKind::ConflictSkipped;
    let told: fn(&FieldChange) -> String = if stays { both } else { change };
    let changes: String = entry.changes.iter().map(told).collect();
    let by = entry.by.as_ref().map(|name| format!(", changed by {name}")).unwrap_or_default();
    let erased = if entry.erased { ", erased on request" } else { "" };
    let done = match &entry.file {
        Some(file) => format!("{} {}", entry.kind.name(), called_and_sized(file)),
        None => entry.kind.name().to_owned(),
    };
    let what = match stays {
        true => format!("{done}, nothing was written"),
        false => format!("{done} on the {}", entry.side.name()),
    };
    format!(
        "{}  {what}: {} {} ↔ {}{by}{erased}{changes}",
        at.unwrap_or_default(),
        entry.module,
        id(&entry.left_id),
        id(&entry.right_id)
    )
}

/// A file's name, in which a terminal finds nothing to obey, and its size.
fn called_and_sized(file: &CarriedFile) -> String {
    let digits = file.size.to_string();
    let mut size = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            size.push(',');
        }
        size.push(digit);
    }
    format!("{:?} ({size} {})", file.name, if file.size == 1 { "byte" } else { "bytes" })
}

fn value(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Null => "(empty)".to_owned(),
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Object(parts) => called(parts).map_or_else(|| value.to_string(), str::to_owned),
        other => other.to_string(),
    }
}

/// The two values of a field that stay beside each other.
fn both(change: &FieldChange) -> String {
    let left = change.before.as_ref().map_or_else(|| "(unknown)".to_owned(), value);
    format!("\n    {}: left {left}, right {}", change.field, value(&change.after))
}

fn change(change: &FieldChange) -> String {
    match &change.before {
        Some(before) => format!("\n    {}: {} → {}", change.field, value(before), value(&change.after)),
        None => format!("\n    {}: {}", change.field, value(&change.after)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_reads() {
        let entry = HistoryEntry {
            at: 1_795_334_400_000,
            module: "Contacts".into(),
            number: 1,
            kind: JournalKind::Updated,
            side: musubi_core::Side::Right,
            left_id: Some("1".into()),
            right_id: Some("2".into()),
            label: Some("佐藤 雪".into()),
            changes: vec![
                FieldChange { field: "Title".into(), before: Some("Buyer".into()), after: "部長".into() },
                FieldChange { field: "Fax".into(), before: None, after: serde_json::Value::Null },
            ],
            by: Some("Suzuki".into()),
            became: Vec::new(),
            caused_at: None,
            file: None,
            erased: false,
        };
        insta::assert_snapshot!(text(std::slice::from_ref(&entry), Stretch::default()), @r"
        2026-11-22 08:00:00  updated on the right: Contacts 1 ↔ 2, changed by Suzuki
            Title: Buyer → 部長
            Fax: (empty)
        ");
        let skipped = HistoryEntry { kind: JournalKind::ConflictSkipped, by: None, ..entry.clone() };
        insta::assert_snapshot!(text(std::slice::from_ref(&skipped), Stretch::default()), @r"
        2026-11-22 08:00:00  conflict_skipped, nothing was written: Contacts 1 ↔ 2
            Title: left Buyer, right 部長
            Fax: left (unknown), right (empty)
        ");
        let mut file = CarriedFile { name: "請求書.pdf".into(), size: 12_345 };
        let attached = HistoryEntry { kind: JournalKind::Attached, by: None, changes: Vec::new(), ..entry };
        let told = |file| text(&[HistoryEntry { file, ..attached.clone() }], Stretch::default());
        insta::assert_snapshot!(
            told(Some(file.clone())),
            @r#"2026-11-22 08:00:00  attached "請求書.pdf" (12,345 bytes) on the right: Contacts 1 ↔ 2"#
        );
        insta::assert_snapshot!(told(None), @"2026-11-22 08:00:00  attached on the right: Contacts 1 ↔ 2");
        let sizes = [(0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (20_971_520, "20,971,520 bytes")];
        for (size, shown) in sizes {
            file.size = size;
            assert!(told(Some(file.clone())).contains(shown), "{shown}");
        }
    }
}
