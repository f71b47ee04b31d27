//! Records that are left as they are, as a person or a spreadsheet reads them.

use crate::failure::Failure;
use crate::output::{self, Output};
use crate::words::Words;
use jiff::Timestamp;
use musubi_engine::meaning::Language;
use musubi_engine::skipped::{SkippedFilter, SkippedPlace, SkippedRecord};
use musubi_engine::{Hub, Result, csv};

/// So many are read at a time.
const AT_ONCE: usize = 500;

/// Those of an integration, page by page.
struct Pages<'a> {
    hub: &'a Hub,
    integration: &'a str,
    filter: &'a SkippedFilter,
    /// So many are still wanted.
    left: usize,
    after: Option<SkippedPlace>,
    ended: bool,
}

impl<'a> Pages<'a> {
    /// At most so many; 0 means all.
    fn of(hub: &'a Hub, integration: &'a str, filter: &'a SkippedFilter, limit: usize) -> Pages<'a> {
        let left = if limit == 0 { usize::MAX } else { limit };
        Pages { hub, integration, filter, left, after: None, ended: false }
    }

    async fn next(&mut self) -> Result<Option<Vec<SkippedRecord>>> {
        if self.ended {
            return Ok(None);
        }
        let wanted = AT_ONCE.min(self.left);
        let page = self.hub.skipped(self.integration, self.filter, self.after.as_ref(), wanted).await?;
        self.left -= page.items.len();
        self.after = page.next.as_deref().and_then(SkippedPlace::parse);
        self.ended = self.after.is_none() || self.left == 0;
        Ok(Some(page.items))
    }
}

/// All of them; at most so many, 0 means all.
pub async fn read(
    hub: &Hub,
    integration: &str,
    filter: &SkippedFilter,
    limit: usize,
) -> Result<Vec<SkippedRecord>> {
    let mut pages = Pages::of(hub, integration, filter, limit);
    let mut records = Vec::new();
    while let Some(some) = pages.next().await? {
        records.extend(some);
    }
    Ok(records)
}

/// Prints a table for spreadsheets, however long it is.
pub async fn print_csv(
    hub: &Hub,
    integration: &str,
    filter: &SkippedFilter,
    limit: usize,
    output: Output,
    language: Option<Language>,
) -> std::result::Result<(), Failure> {
    let mut pages = Pages::of(hub, integration, filter, limit);
    let mut text = csv::skipped_heading(language);
    while let Some(some) = pages.next().await? {
        text += &csv::skipped(integration, &some, language);
        if !text.is_empty() {
            output.text(&text)?;
        }
        text.clear();
    }
    Ok(())
}

/// A line for each.
pub fn text(records: &[SkippedRecord], words: Words) -> String {
    if records.is_empty() {
        return "Nothing is skipped.".to_owned();
    }
    let heading = ["SINCE", "MODULE", "LEFT", "RIGHT", "NAME", "WHY"];
    let mut rows = vec![heading.map(str::to_owned).to_vec()];
    rows.extend(records.iter().map(|record| row(record, words)));
    output::table(&rows) + "\n`musubi explain` says more of each, and what would change it."
}

fn row(record: &SkippedRecord, words: Words) -> Vec<String> {
    let since = Timestamp::from_millisecond(record.since);
    let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "–".to_owned());
    vec![
        since.map(|at| at.strftime("%Y-%m-%d %H:%M").to_string()).unwrap_or_default(),
        record.module.clone(),
        or_none(&record.left_id),
        or_none(&record.right_id),
        or_none(&record.label),
        format!("{}: {}", record.code, words.what(&record.code, &record.what)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_reads() {
        let record = SkippedRecord {
            module: "Contacts".into(),
            left_id: None,
            right_id: Some("11".into()),
            label: Some("森 一郎".into()),
            code: "skipped.direction".into(),
            what: "records of this side are not created on the other one".into(),
            since: 1_795_334_400_000,
        };
        insta::assert_snapshot!(text(&[record], Words::default()), @r"
        SINCE             MODULE    LEFT  RIGHT  NAME     WHY
        2026-11-22 08:00  Contacts  –     11     森 一郎  skipped.direction: records of this side are not created on the other one.

        `musubi explain` says more of each, and what would change it.
        ");
    }
}
