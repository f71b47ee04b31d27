//! Records that wait for the records they point to, as a person or a spreadsheet reads them.

use crate::failure::Failure;
use crate::output::{self, Output};
use jiff::Timestamp;
use musubi_engine::meaning::Language;
use musubi_engine::waiting::{AwaitedRecord, WaitingPlace, WaitingRecord};
use musubi_engine::{Hub, Result, csv};

/// So many are read at a time.
const AT_ONCE: usize = 500;

/// Those of an integration; of this left module, if one is given. At most so many; 0 means all.
pub async fn read(
    hub: &Hub,
    integration: &str,
    module: Option<&str>,
    limit: usize,
) -> Result<Vec<WaitingRecord>> {
    let limit = if limit == 0 { usize::MAX } else { limit };
    let (mut records, mut after) = (Vec::new(), None);
    loop {
        let wanted = AT_ONCE.min(limit - records.len());
        let page = hub.waiting(integration, module, after.as_ref(), wanted).await?;
        records.extend(page.items);
        after = page.next.as_deref().and_then(WaitingPlace::parse);
        if after.is_none() || records.len() >= limit {
            return Ok(records);
        }
    }
}

/// Prints a table for spreadsheets, however long it is. At most so many; 0 means all.
pub async fn print_csv(
    hub: &Hub,
    integration: &str,
    module: Option<&str>,
    limit: usize,
    output: Output,
    language: Option<Language>,
) -> std::result::Result<(), Failure> {
    let (mut left, mut after) = (if limit == 0 { usize::MAX } else { limit }, None);
    let mut text = csv::waiting_heading(language);
    loop {
        let page = hub.waiting(integration, module, after.as_ref(), AT_ONCE.min(left)).await?;
        left -= page.items.len();
        text += &csv::waiting(integration, &page.items, language);
        if !text.is_empty() {
            output.text(&text)?;
        }
        text.clear();
        after = page.next.as_deref().and_then(WaitingPlace::parse);
        if after.is_none() || left == 0 {
            return Ok(());
        }
    }
}

/// A line for each.
pub fn text(records: &[WaitingRecord]) -> String {
    if records.is_empty() {
        return "Nothing waits for another record.".to_owned();
    }
    let heading = ["SINCE", "MODULE", "SIDE", "ID", "NAME", "WAITS FOR"];
    let mut rows = vec![heading.map(str::to_owned).to_vec()];
    rows.extend(records.iter().map(row));
    output::table(&rows)
        + "\nThey go on by themselves when what they wait for has a counterpart; `musubi explain` says why that has none."
}

fn row(record: &WaitingRecord) -> Vec<String> {
    let since = record.since.and_then(|at| Timestamp::from_millisecond(at).ok());
    let none = || "–".to_owned();
    vec![
        since.map_or_else(none, |at| at.strftime("%Y-%m-%d %H:%M").to_string()),
        record.module.clone(),
        record.side.name().to_owned(),
        record.id.clone(),
        record.label.clone().unwrap_or_else(none),
        record.parents.iter().map(parent).collect::<Vec<_>>().join(", "),
    ]
}

fn parent(parent: &AwaitedRecord) -> String {
    let label = parent.label.as_ref().map(|label| format!(" ({label})")).unwrap_or_default();
    match &parent.module {
        Some(module) => format!("{module} {}{label}", parent.id),
        None => format!("{}{label}", parent.id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_reads() {
        let parent = |module: Option<&str>, id: &str, label: Option<&str>| AwaitedRecord {
            module: module.map(str::to_owned),
            id: id.into(),
            label: label.map(str::to_owned),
        };
        let record = WaitingRecord {
            module: "Contacts".into(),
            side: musubi_core::Side::Left,
            id: "11".into(),
            label: Some("森 一郎".into()),
            since: Some(1_795_334_400_000),
            parents: vec![parent(Some("Accounts"), "7", Some("株式会社 花")), parent(None, "8", None)],
        };
        let nameless = WaitingRecord { id: "12".into(), label: None, since: None, ..record.clone() };
        insta::assert_snapshot!(text(&[record, nameless]), @r"
        SINCE             MODULE    SIDE  ID  NAME     WAITS FOR
        2026-11-22 08:00  Contacts  left  11  森 一郎  Accounts 7 (株式会社 花), 8
        –                 Contacts  left  12  –        Accounts 7 (株式会社 花), 8

        They go on by themselves when what they wait for has a counterpart; `musubi explain` says why that has none.
        ");
    }
}
