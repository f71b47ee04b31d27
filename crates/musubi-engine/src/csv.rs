//! What waits for a person as a table for spreadsheets (RFC 4180).

use crate::matter;
use crate::meaning::{Language, of_record};
use crate::report::Failure;
use crate::skipped::SkippedRecord;
use crate::waiting::{AwaitedRecord, WaitingRecord};
use musubi_core::Side;

const HEADING: [(&str, &str); 12] = [
    ("code", "コード"),
    ("what", "内容"),
    ("hint", "対処方法"),
    ("integration", "連携"),
    ("module", "タブ"),
    ("left_id", "左のID"),
    ("right_id", "右のID"),
    ("label", "名前"),
    ("field", "項目"),
    ("since", "発生日時"),
    ("service_code", "サービスのコード"),
    ("service_message", "サービスの回答"),
];

/// One line for each matter, ordered by reason. With a language it is for a person's spreadsheet, without for programs.
pub fn failures(items: &[Failure], language: Option<Language>) -> String {
    let mut sorted: Vec<&Failure> = items.iter().collect();
    sorted.sort_by_key(|item| (&item.code, &item.integration, &item.module, item.since));
    let mut text = heading(&HEADING, language);
    for item in sorted {
        let since = jiff::Timestamp::from_millisecond(item.since).map(|at| at.to_string());
        let or_none = |text: &Option<String>| text.clone().unwrap_or_default();
        let of_service = |key: &str| item.details[key].as_str().unwrap_or_default();
        let meaning = of_record(&item.code, language.unwrap_or_default());
        text += &line(&[
            &item.code,
            meaning.map_or(&item.what, |meaning| &meaning.what),
            meaning.map_or(&item.hint, |meaning| &meaning.hint),
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

const SKIPPED_HEADING: [(&str, &str); 8] = [
    ("code", "コード"),
    ("what", "内容"),
    ("integration", "連携"),
    ("module", "タブ"),
    ("left_id", "左のID"),
    ("right_id", "右のID"),
    ("label", "名前"),
    ("since", "発生日時"),
];

/// The first line of a table of skipped records.
pub fn skipped_heading(language: Option<Language>) -> String {
    heading(&SKIPPED_HEADING, language)
}

/// One line for each record, in their order: a long table is made page by page.
pub fn skipped(integration: &str, items: &[SkippedRecord], language: Option<Language>) -> String {
    let row = |item: &SkippedRecord| {
        let since = jiff::Timestamp::from_millisecond(item.since).map(|at| at.to_string());
        let or_none = |text: &Option<String>| text.clone().unwrap_or_default();
        let meaning = of_record(&item.code, language.unwrap_or_default());
        line(&[
            &item.code,
            meaning.map_or(&item.what, |meaning| &meaning.what),
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

const WAITING_HEADING: [(&str, &str); 10] = [
    ("what", "内容"),
    ("integration", "連携"),
    ("module", "タブ"),
    ("side", "左右"),
    ("id", "ID"),
    ("label", "名前"),
    ("waits_for_module", "待っているデータのタブ"),
    ("waits_for_id", "待っているデータのID"),
    ("waits_for_label", "待っているデータの名前"),
    ("since", "待機開始日時"),
];
/// What they wait for is told under this code elsewhere.
const WAITS: &str = "lookup.parent_not_linked";

/// The first line of a table of records that wait for others.
pub fn waiting_heading(language: Option<Language>) -> String {
    heading(&WAITING_HEADING, language)
}

/// One line for each record, in their order. What it waits for stands in one line, in the same order in each column.
pub fn waiting(integration: &str, items: &[WaitingRecord], language: Option<Language>) -> String {
    let english = matter::explain(WAITS).map_or("", |matter| matter.what);
    let meaning = of_record(WAITS, language.unwrap_or_default());
    let what = meaning.map_or(english, |meaning| meaning.what.as_str());
    let row = |item: &WaitingRecord| {
        let since = item.since.and_then(|at| jiff::Timestamp::from_millisecond(at).ok());
        let side = match (item.side, language) {
            (Side::Left, Some(Language::Ja)) => "左",
            (Side::Right, Some(Language::Ja)) => "右",
            (side, _) => side.name(),
        };
        let parents = |told: fn(&AwaitedRecord) -> Option<&str>| {
            let told = item.parents.iter().map(|parent| told(parent).unwrap_or_default());
            told.collect::<Vec<_>>().join("; ")
        };
        line(&[
            what,
            integration,
            &item.module,
            side,
            &item.id,
            item.label.as_deref().unwrap_or_default(),
            &parents(|parent| parent.module.as_deref()),
            &parents(|parent| Some(parent.id.as_str())),
            &parents(|parent| parent.label.as_deref()),
            &since.map(|at| at.to_string()).unwrap_or_default(),
        ])
    };
    items.iter().map(row).collect()
}

/// Spreadsheets take a file for UTF-8 that begins with this.
const MARK: char = '\u{feff}';

/// The names of the columns. Programs are given no mark: they would take it for a part of the first name.
fn heading(columns: &[(&'static str, &'static str)], language: Option<Language>) -> String {
    let name = |(en, ja): &(&'static str, &'static str)| match language {
        Some(Language::Ja) => *ja,
        Some(Language::En) | None => *en,
    };
    let mark = language.map(|_| MARK.to_string()).unwrap_or_default();
    mark + &line(&columns.iter().map(name).collect::<Vec<_>>())
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
        let told = skipped("both", std::slice::from_ref(&record), None);
        assert_eq!(
            told,
            "skipped.scope,it is outside of the scope,both,Contacts,,7,'=森,2026-11-22T08:00:00Z\r\n"
        );
        assert_eq!(cells(&told), cells(&skipped_heading(None)));
        let japanese = skipped("both", &[record], Some(Language::Ja));
        assert_eq!(
            japanese,
            "skipped.scope,同期の範囲に含まれていません。,both,Contacts,,7,'=森,2026-11-22T08:00:00Z\r\n"
        );
        assert!(skipped_heading(Some(Language::Ja)).starts_with("\u{feff}コード,内容,連携,"));
    }

    #[test]
    fn a_record_that_waits_is_one_line_whatever_it_waits_for() {
        let parent = |module: Option<&str>, id: &str, label: Option<&str>| AwaitedRecord {
            module: module.map(str::to_owned),
            id: id.into(),
            label: label.map(str::to_owned),
        };
        let record = WaitingRecord {
            module: "Contacts".into(),
            side: Side::Right,
            id: "11".into(),
            label: Some("森 一郎".into()),
            since: Some(1_795_334_400_000),
            parents: vec![parent(Some("Accounts"), "7", Some("株式会社 花")), parent(None, "8", None)],
        };
        let told = waiting("both", std::slice::from_ref(&record), None);
        let what = "the record that a lookup points to has no counterpart yet";
        let rest = "森 一郎,Accounts; ,7; 8,株式会社 花; ,2026-11-22T08:00:00Z\r\n";
        assert_eq!(told, format!("{what},both,Contacts,right,11,{rest}"));
        assert_eq!(told.split(',').count(), waiting_heading(None).split(',').count());
        let japanese = waiting("both", &[record], Some(Language::Ja));
        let what = "ルックアップ項目が指すデータに、まだ相手側のデータがありません。";
        assert_eq!(japanese, format!("{what},both,Contacts,右,11,{rest}"));
        assert!(waiting_heading(Some(Language::Ja)).starts_with("\u{feff}内容,連携,タブ,左右,"));
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
        let items = [refused, item("match.taken", "森 一郎")];
        let text = failures(&items, None);
        let lines: Vec<&str> = text.split_terminator("\r\n").collect();
        assert_eq!(lines[0], HEADING.map(|(name, _)| name).join(","));
        let rest = "\"it failed, twice\",\"say \"\"please\"\"\",both,Contacts,7,,";
        assert_eq!(lines[1], format!("match.taken,{rest}森 一郎,,2026-11-22T08:00:00Z,,"));
        assert_eq!(
            lines[2],
            format!("write.refused,{rest}'=1+1,,2026-11-22T08:00:00Z,INVALID_DATA,invalid data")
        );
        let japanese = failures(&items, Some(Language::Ja));
        let lines: Vec<&str> = japanese.split_terminator("\r\n").collect();
        assert!(lines[0].starts_with("\u{feff}コード,内容,対処方法,"), "{japanese}");
        let meaning = of_record("write.refused", Language::Ja).expect("it has its Japanese");
        assert!(lines[2].starts_with(&format!("write.refused,{},{},both,", meaning.what, meaning.hint)));
    }
}
