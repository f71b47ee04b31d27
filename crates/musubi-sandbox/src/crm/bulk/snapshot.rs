//! One page of a module as CSV, taken in one moment.

use std::io::Write as _;

use jiff::tz::TimeZone;

use crate::criteria::{Cell, Criteria, RecordRow, Row};
use crate::crm::coql::execute::candidates;
use crate::crm::coql::plan;
use crate::crm::coql::query::{Direction, Order};
use crate::org::State;
use crate::org::field::Source;
use crate::org::kind::Kind;
use crate::org::module::Module;
use crate::org::record::{FieldNo, Record};
use crate::org::value::Value;
use crate::org::zone::{write_date, write_time};

/// What a page holds.
pub struct Extent<'a> {
    /// The module.
    pub module: usize,
    /// Columns; the id comes first in any case.
    pub fields: &'a [FieldNo],
    /// Which records.
    pub filter: &'a Criteria,
    /// Only ids above this one.
    pub after: i64,
    /// Skip so many records.
    pub skip: usize,
    /// At most so many records.
    pub limit: usize,
}

/// A page as CSV text.
pub struct Snapshot {
    /// The file's content.
    pub csv: Vec<u8>,
    /// How many records.
    pub count: usize,
    /// Whether more follow.
    pub more: bool,
    /// The last id in it.
    pub last_id: i64,
}

/// Writes a page, in order of ids. The caller holds the org's lock for as long as this takes.
pub fn take(state: &State, extent: &Extent<'_>, zone: &TimeZone) -> Snapshot {
    let module = &state.modules[extent.module];
    let mut csv = Vec::with_capacity(1 << 16);
    header(&mut csv, module, extent.fields);
    let by_id = [Order { path: "id".into(), direction: Direction::Ascending }];
    let (access, walk) = plan::choose(extent.filter, &by_id, module);
    let found = candidates(state, module, extent.filter, &access, walk);
    // What is not walked in order of ids is put in order first.
    let found: Box<dyn Iterator<Item = &Record>> = match walk {
        Some(_) => found,
        None => {
            let mut all: Vec<&Record> = found.collect();
            all.sort_unstable_by_key(|record| record.id);
            Box::new(all.into_iter())
        }
    };
    let mut rest = found.filter(|record| record.id > extent.after).skip(extent.skip);
    let (mut count, mut last_id) = (0, extent.after);
    for record in rest.by_ref().take(extent.limit) {
        row(&mut csv, state, module, extent.fields, record, zone);
        count += 1;
        last_id = record.id;
    }
    Snapshot { csv, count, more: rest.next().is_some(), last_id }
}

fn header(csv: &mut Vec<u8>, module: &Module, fields: &[FieldNo]) {
    csv.extend_from_slice(b"id");
    for field in fields {
        csv.push(b',');
        csv.extend_from_slice(module.meta.fields[usize::from(*field)].api_name.as_bytes());
    }
    csv.push(b'\n');
}

fn row(
    csv: &mut Vec<u8>,
    state: &State,
    module: &Module,
    fields: &[FieldNo],
    record: &Record,
    zone: &TimeZone,
) {
    number(csv, record.id);
    for no in fields {
        csv.push(b',');
        let field = &module.meta.fields[usize::from(*no)];
        match &field.source {
            Source::Cell => match record.get(*no) {
                Some(value) => write_value(csv, value, zone),
                // A checkbox is never blank.
                None if field.kind == Kind::Boolean => csv.extend_from_slice(b"false"),
                None => {}
            },
            Source::Owner => number(csv, record.owner),
            Source::CreatedBy => number(csv, record.created_by),
            Source::ModifiedBy => number(csv, record.modified_by),
            Source::CreatedTime => write_time(csv, zone, record.created),
            Source::ModifiedTime => write_time(csv, zone, record.modified),
            _ => write_cell(csv, RecordRow { state, module, record }.cell(&field.api_name), zone),
        }
    }
    csv.push(b'\n');
}

/// Lookups and users are their ids.
fn write_value(csv: &mut Vec<u8>, value: &Value, zone: &TimeZone) {
    match value {
        Value::Text(text) => write_text(csv, text),
        Value::Bool(value) => csv.extend_from_slice(if *value { b"true" } else { b"false" }),
        Value::Int(value) => number(csv, *value),
        Value::Decimal(value) => write_text(csv, &value.normalize().to_string()),
        Value::Date(date) => write_date(csv, *date),
        Value::Instant(second) => write_time(csv, zone, *second),
        Value::Lookup(id) | Value::User(id) | Value::ModuleLookup(_, id) => number(csv, *id),
        Value::Many(values) => {
            let values: Vec<&str> = values.iter().map(|value| value.as_str()).collect();
            write_text(csv, &values.join(";"));
        }
        Value::Json(json) => write_text(csv, &json.to_string()),
    }
}

fn write_cell(csv: &mut Vec<u8>, cell: Option<Cell<'_>>, zone: &TimeZone) {
    match cell {
        Some(Cell::Text(text)) => write_text(csv, &text),
        Some(Cell::Integer(value)) => number(csv, value),
        Some(Cell::Instant(second)) => write_time(csv, zone, second),
        Some(Cell::List(values)) => write_text(csv, &values.join(";")),
        // Nothing else comes from outside a record's own cells.
        _ => {}
    }
}

fn number(csv: &mut Vec<u8>, value: i64) {
    write!(csv, "{value}").expect("writing to memory does not fail");
}

/// A text, in quotes where it has to be.
fn write_text(csv: &mut Vec<u8>, text: &str) {
    if !text.bytes().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r')) {
        csv.extend_from_slice(text.as_bytes());
        return;
    }
    csv.push(b'"');
    csv.extend_from_slice(text.replace('"', "\"\"").as_bytes());
    csv.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_quoted_only_where_needed() {
        let check = |text: &str, expected: &str| {
            let mut csv = Vec::new();
            write_text(&mut csv, text);
            assert_eq!(String::from_utf8(csv).unwrap(), expected);
        };
        check("plain", "plain");
        check("a,b", "\"a,b\"");
        check("say \"hi\"", "\"say \"\"hi\"\"\"");
        check("two\nlines", "\"two\nlines\"");
    }
}
