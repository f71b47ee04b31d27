//! `musubi failures`: what waits for a person.

use super::Context;
use crate::failure::{Exit, Failure};
use crate::values::quoted;
use crate::words::Words;
use crate::{output, skipped, store, waiting};
use jiff::Timestamp;
use musubi_engine::conflicts::{Conflict, ConflictSide};
use musubi_engine::meaning::Language;
use musubi_engine::report::Failure as Item;
use musubi_engine::skipped::SkippedFilter;
use musubi_engine::{FailureFilter, Hub};
use std::collections::BTreeMap;

const EXAMPLES: &str = "\
Examples:
  musubi failures                                                 of all integrations, the newest first
  musubi failures tokyo-london
  musubi failures tokyo-london --code match.ambiguous --limit 20
  musubi failures tokyo-london --record 3652397000000649013       about one record
  musubi failures tokyo-london --waiting                          records that wait for the record they point to
  musubi failures tokyo-london --waiting --csv > waiting.csv      the same as a table
  musubi failures tokyo-london --skipped                          records that are left as they are, and why
  musubi failures tokyo-london --skipped --code skipped.scope --csv > outside.csv
  musubi failures tokyo-london --csv > failures.csv               a table, by reason
  musubi failures tokyo-london --csv --language ja > failures.csv  for a person's spreadsheet, in Japanese
  musubi failures tokyo-london --json | jq -r '.[] | select(.code == \"write.refused\") | .id'

Everything that was refused by a service, matches several records, or is held. The first column is what
`musubi retry` and, for conflicts, `musubi decide` take.";

/// List what failed or is held, and why.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The integration; all of them, in the order of time, if not given.
    name: Option<String>,
    /// Only of this module, named as on the left.
    #[arg(long, value_name = "MODULE")]
    module: Option<String>,
    /// Only those with this code.
    #[arg(long, value_name = "CODE")]
    code: Option<String>,
    /// Only those about this record, by its id on either side.
    #[arg(long, value_name = "ID")]
    record: Option<String>,
    /// Only so many; all if not given. Of one integration module by module and the oldest first, of all the newest first.
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,
    /// List the records that wait for the record they point to instead, and what they wait for. They go on by themselves.
    #[arg(long, requires = "name", conflicts_with_all = ["code", "record"])]
    waiting: bool,
    /// List the records that are left as they are instead, each with its reason: outside of the scope, of a direction that makes no copies and the like. Nothing
    /// waits for anybody there.
    #[arg(long, requires = "name", conflicts_with_all = ["waiting", "record"])]
    skipped: bool,
    /// Print a table for spreadsheets instead.
    #[arg(long, conflicts_with = "json")]
    csv: bool,
}

/// Reads the open items and prints them.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Exit, Failure> {
    let opened = store::open_existing(&context.global).await?;
    let limit = arguments.limit.map_or(0, |limit| limit as usize);
    let hub = Hub::offline(opened.store, opened.workspace.id);
    let words = context.output.words();
    // Who says nothing of a language may be a program: the locale alone makes no other table.
    let spreadsheet = context.global.language.as_deref().and_then(Language::parse);
    let Arguments { name, module, code, record, .. } = arguments;
    if let Some(name) = name.as_deref().filter(|_| arguments.waiting) {
        let module = module.as_deref();
        if arguments.csv {
            waiting::print_csv(&hub, name, module, limit, context.output, spreadsheet).await?;
            return Ok(Exit::Done);
        }
        let records = waiting::read(&hub, name, module, limit).await?;
        context.output.report(&records, |records| waiting::text(records))?;
        return Ok(Exit::Done);
    }
    if let Some(name) = name.as_deref().filter(|_| arguments.skipped) {
        let filter = SkippedFilter { module, code };
        if arguments.csv {
            skipped::print_csv(&hub, name, &filter, limit, context.output, spreadsheet).await?;
            return Ok(Exit::Done);
        }
        let records = skipped::read(&hub, name, &filter, limit).await?;
        context.output.report(&records, |records| skipped::text(records, words))?;
        return Ok(Exit::Done);
    }
    let filter = FailureFilter { module, code, record, limit, ..FailureFilter::default() };
    let items = match &name {
        Some(name) => hub.failures(name, &filter).await?,
        None => hub.all_failures(&filter, None).await?,
    };
    if arguments.csv {
        context.output.text(&musubi_engine::csv::failures(&items, spreadsheet))?;
        return Ok(Exit::Done);
    }
    let one = name.is_some();
    context.output.report(&items, |items| text(items, if one { Of::One } else { Of::All }, words))?;
    Ok(Exit::Done)
}

/// Of how many integrations a table tells.
#[derive(Clone, Copy, PartialEq)]
enum Of {
    One,
    All,
}

fn text(items: &[Item], of: Of, words: Words) -> String {
    if items.is_empty() {
        return "Nothing failed and nothing is held.".to_owned();
    }
    let heading = ["ID", "SINCE", "INTEGRATION", "MODULE", "LEFT", "RIGHT", "WHAT"];
    let mut rows = vec![heading.map(str::to_owned).to_vec()];
    rows.extend(items.iter().map(row));
    if of == Of::One {
        rows.iter_mut().for_each(|row| drop(row.remove(2)));
    }
    // Two long ids leave no room for a column more: names and details stand beneath.
    let beneath = std::iter::once(None).chain(items.iter().map(beneath));
    let mut text = String::new();
    for (row, beneath) in output::table(&rows).lines().zip(beneath) {
        text += &format!("{row}\n");
        text.extend(beneath.map(|beneath| format!("    {beneath}\n")));
    }
    let meanings: BTreeMap<&str, &Item> = items.iter().map(|item| (item.code.as_str(), item)).collect();
    for (code, item) in meanings.iter().filter(|(_, item)| !item.what.is_empty()) {
        let hint = words.hint(code, "What to do", &item.hint).unwrap_or_default();
        text += &format!("\n\n{code}: {}\n  {hint}", words.what(code, &item.what));
    }
    text
}

fn time(millis: i64) -> String {
    let at = Timestamp::from_millisecond(millis);
    at.map(|at| at.strftime("%Y-%m-%d %H:%M").to_string()).unwrap_or_default()
}

fn row(item: &Item) -> Vec<String> {
    let id = |id: &Option<String>| id.clone().unwrap_or_else(|| "–".to_owned());
    let what = match &item.field {
        Some(field) => format!("{} ({field})", item.code),
        None => item.code.clone(),
    };
    let what = match item.due.map(time) {
        Some(due) => format!("{what}; tried {}×, again at {due}", item.tries),
        None => what,
    };
    vec![
        item.id.clone(),
        time(item.since),
        item.integration.clone(),
        item.module.clone(),
        id(&item.left_id),
        id(&item.right_id),
        what,
    ]
}

/// What people call the record, and the details.
fn beneath(item: &Item) -> Option<String> {
    let details = match &item.conflict {
        Some(conflict) => Some(both(conflict)),
        None => Some(item.details.to_string()).filter(|_| !item.details.is_null()),
    };
    let parts: Vec<String> = item.label.iter().cloned().chain(details).collect();
    (!parts.is_empty()).then(|| parts.join(": "))
}

/// The two values, who wrote them when as far as that is known, and what both last agreed on.
fn both(Conflict { left, right, first, .. }: &Conflict) -> String {
    let agreed = match first {
        true => "they never agreed".to_owned(),
        false => format!("agreed on {} and {}", quoted(&left.base), quoted(&right.base)),
    };
    let value = |side: &ConflictSide| {
        let known: Vec<String> = side.changed_by.iter().cloned().chain(side.changed_at.map(time)).collect();
        let known = if known.is_empty() { String::new() } else { format!(" ({})", known.join(", ")) };
        format!("{}{known}", quoted(&side.value))
    };
    format!("left {}, right {}; {agreed}", value(left), value(right))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// 2026-11-30 18:20.
    const EVENING: i64 = 1_796_062_800_000;

    #[test]
    fn values_that_met_for_the_first_time_are_not_said_to_have_agreed() {
        let side = |value: &str, base: Value| ConflictSide {
            field: "Fax".into(),
            value: json!(value),
            base,
            changed_at: None,
            changed_by: None,
        };
        let conflict = |first: bool, base: Value| Conflict {
            left: side("1", base.clone()),
            right: side("2", base),
            first,
            version: "0".into(),
        };
        assert_eq!(both(&conflict(true, Value::Null)), r#"left "1", right "2"; they never agreed"#);
        assert_eq!(both(&conflict(false, json!("0"))), r#"left "1", right "2"; agreed on "0" and "0""#);
    }

    #[test]
    fn a_conflict_tells_whose_record_it_is_and_who_changed_what_when() {
        let side = |value: &str, by: Option<&str>, at: Option<i64>| ConflictSide {
            field: "Fax".into(),
            value: json!(value),
            base: json!("0"),
            changed_at: at,
            changed_by: by.map(str::to_owned),
        };
        let item = |label: Option<&str>, conflict: Option<Conflict>| Item {
            id: "3-17".into(),
            integration: "tokyo-london".into(),
            module: "Contacts".into(),
            code: "conflict.held".into(),
            left_id: Some("1001".into()),
            right_id: Some("2001".into()),
            label: label.map(str::to_owned),
            field: Some("Fax".into()),
            since: EVENING,
            tries: 0,
            due: None,
            tries_most: None,
            what: String::new(),
            hint: String::new(),
            details: Value::Null,
            conflict,
        };
        let conflict = Conflict {
            left: side("1", Some("Ann"), Some(EVENING)),
            right: side("2", None, Some(EVENING + 60_000)),
            first: false,
            version: "0".into(),
        };
        let told = text(&[item(Some("Mori"), Some(conflict)), item(None, None)], Of::One, Words::default());
        let lines: Vec<&str> = told.lines().collect();
        assert_eq!(
            lines,
            [
                "ID    SINCE             MODULE    LEFT  RIGHT  WHAT",
                "3-17  2026-11-30 18:20  Contacts  1001  2001   conflict.held (Fax)",
                r#"    Mori: left "1" (Ann, 2026-11-30 18:20), right "2" (2026-11-30 18:21); agreed on "0" and "0""#,
                "3-17  2026-11-30 18:20  Contacts  1001  2001   conflict.held (Fax)",
            ]
        );
    }
}
