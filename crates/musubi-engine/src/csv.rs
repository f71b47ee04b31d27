//! What waits for a person as a table for spreadsheets (RFC 4180).

use crate::report::Failure;
use crate::skipped::SkippedRecord;

const HEADING: [&str; 12] = [
    "code",
    "what",
    "hint",
    "integration",
    "module",
    "left_id",
    "right_id",
    "label",
    "field",
    "since",
    "service_code",
    "service_message",
];

/// One line for each matter, ordered by reason.
pub fn failures(items: &[Failure]) -> String {
    let mut sorted: Vec<&Failure> = items.iter().collect();
    sorted.sort_by_key(|item| (&item.code, &item.integration, &item.module, item.since));
    let mut text = line(&HEADING);
    for item in sorted {
        let since = jiff::Timestamp::from_millisecond(item.since).map(|at| at.to_string());
        let or_none = |text: &Option<String>| text.clone().unwrap_or_default();
        let of_service = |key: &str| item.details[key].as_str().unwrap_or_default();
        text += &line(&[
            &item.code,
            &item.what,
            &item.hint,
            &item.integration,
            &item.module,
            &or_none(&item.left_id),
            &or_none(&item.right_id),
            &or_none(&item.label),
            &or_none(&item.field),
            &since.unwrap_or_default(),
            of_service("code"),
            of_service("message"),
        ]);
    }
    text
}

const SKIPPED_HEADING: [&str; 8] =
    ["code", "what", "integration", "module", "left_id", "right_id", "label", "since"];

/// The first line of a table of skipped records.
pub fn skipped_heading() -> String {
    line(&SKIPPED_HEADING)
}

/// One line for each record, in their order: a long table is made page by page.
pub fn skipped(integration: &str, items: &[SkippedRecord]) -> String {
    let row = |item: &SkippedRecord| {
        let since = jiff::Timestamp::from_millisecond(item.since).map(|at| at.to_string());
        let or_none = |text: &Option<String>| text.clone().unwrap_or_default();
        line(&[
            &item.code,
            &item.what,
            integration,
            &item.module,
            &or_none(&item.left_id),
            &or_none(&item.right_id),
            &or_none(&item.label),
            &since.unwrap_or_default(),
        ])
    };
    items.iter().map(row).collect()
}

fn line(cells: &[&str]) -> String {
    cells.iter().map(|text| cell(text)).collect::<Vec<_>>().join(",") + "\r\n"
}

/// A cell that no spreadsheet takes for a formula.
fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_skipped_record_is_one_line_under_its_heading() {
        let record = SkippedRecord {
            module: "Contacts".into(),
            left_id: None,
            right_id: Some("7".into()),
            label: Some("=森".into()),
            code: "skipped.scope".into(),
            what: "it is outside of the scope".into(),
            since: 1_795_334_400_000,
        };
        let cells = |text: &str| text.trim_end().split(',').count();
        let told = skipped("both", &[record]);
        assert_eq!(
            told,
            "skipped.scope,it is outside of the scope,both,Contacts,,7,'=森,2026-11-22T08:00:00Z\r\n"
        );
        assert_eq!(cells(&told), cells(&skipped_heading()));
    }

    #[test]
    fn cells_are_quoted_and_none_is_a_formula() {
        let item = |code: &str, label: &str| Failure {
            id: "1-1".into(),
            integration: "both".into(),
            module: "Contacts".into(),
            code: code.into(),
            left_id: Some("7".into()),
            right_id: None,
            label: Some(label.into()),
            field: None,
            since: 1_795_334_400_000,
            tries: 1,
            due: None,
            tries_most: None,
            what: "it failed, twice".into(),
            hint: "say \"please\"".into(),
            details: serde_json::Value::Null,
            conflict: None,
        };
        let refused = Failure {
            details: serde_json::json!({ "code": "INVALID_DATA", "message": "invalid data", "status": 200 }),
            ..item("write.refused", "=1+1")
        };
        let text = failures(&[refused, item("match.taken", "森 一郎")]);
        let lines: Vec<&str> = text.split_terminator("\r\n").collect();
        assert_eq!(lines[0], HEADING.join(","));
        let rest = "\"it failed, twice\",\"say \"\"please\"\"\",both,Contacts,7,,";
        assert_eq!(lines[1], format!("match.taken,{rest}森 一郎,,2026-11-22T08:00:00Z,,"));
        assert_eq!(
            lines[2],
            format!("write.refused,{rest}'=1+1,,2026-11-22T08:00:00Z,INVALID_DATA,invalid data")
        );
    }
}
