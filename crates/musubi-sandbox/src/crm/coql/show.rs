//! Writes rows of an answer.

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::criteria::Cell;
use crate::org::zone::{write_date, write_time};

/// How a column's numbers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numbers {
    /// As JSON numbers.
    Plain,
    /// As strings: ids and big integers.
    Quoted,
}

/// Appends one value in JSON.
pub fn write_cell(out: &mut Vec<u8>, cell: &Cell<'_>, numbers: Numbers, zone: &TimeZone) {
    match cell {
        Cell::Null => out.extend_from_slice(b"null"),
        Cell::Text(text) => write_text(out, text),
        Cell::Integer(number) if numbers == Numbers::Quoted => write_text(out, &number.to_string()),
        Cell::Integer(number) => out.extend_from_slice(number.to_string().as_bytes()),
        Cell::Decimal(number) => out.extend_from_slice(number.normalize().to_string().as_bytes()),
        Cell::Bool(value) => out.extend_from_slice(if *value { b"true" } else { b"false" }),
        Cell::Date(date) => {
            out.push(b'"');
            write_date(out, *date);
            out.push(b'"');
        }
        Cell::Instant(second) => {
            out.push(b'"');
            write_time(out, zone, *second);
            out.push(b'"');
        }
        Cell::List(values) => {
            let values: Vec<Value> = values.iter().map(|value| json!(value)).collect();
            out.extend_from_slice(Value::Array(values).to_string().as_bytes());
        }
        // Harder: a query shows a lookup by its id alone, unlike a list.
        Cell::Reference { id, .. } => {
            out.extend_from_slice(b"{\"id\":\"");
            out.extend_from_slice(id.to_string().as_bytes());
            out.extend_from_slice(b"\"}");
        }
    }
}

/// Appends a text in JSON.
pub fn write_text(out: &mut Vec<u8>, text: &str) {
    serde_json::to_writer(out, text).expect("writing to memory does not fail");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_as_in_lists_but_lookups_by_id() {
        let check = |cell: Cell<'_>, numbers, expected: &str| {
            let mut out = Vec::new();
            write_cell(&mut out, &cell, numbers, &TimeZone::fixed(jiff::tz::offset(9)));
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        };
        check(Cell::Integer(7), Numbers::Plain, "7");
        check(Cell::Integer(7), Numbers::Quoted, "\"7\"");
        check(Cell::Decimal("10.50".parse().unwrap()), Numbers::Plain, "10.5");
        check(Cell::Text("a\"b".into()), Numbers::Plain, r#""a\"b""#);
        check(Cell::Instant(0), Numbers::Plain, "\"1970-01-01T09:00:00+09:00\"");
        check(Cell::Reference { id: 5, name: Some("x".into()) }, Numbers::Plain, r#"{"id":"5"}"#);
        check(Cell::List(vec!["a".into()]), Numbers::Plain, r#"["a"]"#);
    }
}
