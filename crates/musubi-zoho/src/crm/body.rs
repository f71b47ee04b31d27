//! The bodies of writes, put together as text: no tree of values in between.

use super::rows::{self, Placed, Present, PresentRow};
use crate::time;
use musubi_connector::{Automations, CallError, CallErrorKind, Projection, WriteItem};
use musubi_core::schema::{Field, FieldType};
use musubi_core::value::Value;
use std::io::Write as _;

/// `{"data":[…],"trigger":[]}`. The empty trigger list is what keeps the service's automations from running; without any they all run.
pub(super) fn records(
    projection: &Projection,
    items: &[WriteItem],
    automations: Automations,
    present: &Present,
) -> Result<Vec<u8>, CallError> {
    let mut out = Vec::with_capacity(64 + items.len() * 512);
    out.extend_from_slice(b"{\"data\":[");
    let fields = &projection.fields;
    let shared: Vec<bool> = fields
        .iter()
        .map(|field| fields.iter().filter(|other| other.name == field.name).count() > 1)
        .collect();
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        record(&mut out, projection, &shared, item, present)?;
    }
    out.extend_from_slice(match automations {
        Automations::Run => b"]}",
        Automations::Skip => b"],\"trigger\":[]}",
    });
    Ok(out)
}

/// One record; `shared` tells for each slot whether another one has the same field.
fn record(
    out: &mut Vec<u8>,
    projection: &Projection,
    shared: &[bool],
    item: &WriteItem,
    present: &Present,
) -> Result<(), CallError> {
    out.push(b'{');
    let mut first = true;
    if let Some(id) = &item.id {
        out.extend_from_slice(b"\"id\":");
        text(out, id.as_str());
        first = false;
    }
    for (index, (slot, value)) in item.values.iter().enumerate() {
        let field = projection.fields.get(usize::from(*slot)).ok_or_else(|| unknown_slot(*slot))?;
        // One field may fill several slots; a key may stand only once, and the last value is the one meant.
        let later = &item.values[index + 1..];
        let is_shared = shared.get(usize::from(*slot)).copied().unwrap_or(false);
        if is_shared
            && later.iter().any(|(other, _)| {
                projection.fields.get(usize::from(*other)).is_some_and(|f| f.name == field.name)
            })
        {
            continue;
        }
        if !std::mem::take(&mut first) {
            out.push(b',');
        }
        match item.id.as_ref().and_then(|id| present.rows(id, &field.name)) {
            Some(rows) => rows_of(out, field, value, rows),
            None => cell(out, field, value),
        }
    }
    out.push(b'}');
    Ok(())
}

fn unknown_slot(slot: u16) -> CallError {
    CallError::new(CallErrorKind::NotSent, "UNKNOWN_SLOT", format!("the projection has no slot {slot}"))
}

fn cell(out: &mut Vec<u8>, field: &Field, value: &Value) {
    text(out, field.name.as_str());
    out.push(b':');
    match (&field.kind, value) {
        (FieldType::AnyLookup { .. }, Value::Record(named)) => any_lookup(out, field, named.as_str()),
        (kind, value) => json(out, kind, value),
    }
}

/// A lookup to one of several modules says which, in the way that each of these fields has: a note's parent inside, a related record beside it, and a contact or a lead
/// is known by its id.
fn any_lookup(out: &mut Vec<u8>, field: &Field, named: &str) {
    let (module, id) = match named.split_once(':') {
        Some((module, id)) => (Some(module), id),
        None => (None, named),
    };
    match (field.name.as_str(), module) {
        ("Who_Id", _) | (_, None) => by_id(out, id),
        ("Parent_Id", Some(module)) => {
            out.extend_from_slice(b"{\"id\":");
            text(out, id);
            out.extend_from_slice(b",\"module\":{\"api_name\":");
            text(out, module);
            out.extend_from_slice(b"}}");
        }
        (_, Some(module)) => {
            by_id(out, id);
            out.extend_from_slice(b",\"$se_module\":");
            text(out, module);
        }
    }
}

/// The JSON text of one value.
pub(crate) fn json(out: &mut Vec<u8>, kind: &FieldType, value: &Value) {
    match value {
        Value::Blank => out.extend_from_slice(match kind {
            // A check box is never empty; a subform is emptied by an empty list.
            FieldType::Bool => b"false",
            FieldType::Rows { .. } | FieldType::Tags { .. } => b"[]",
            _ => b"null",
        }),
        Value::Text(value) => text(out, value),
        Value::Number(value) => write(out, value),
        Value::Bool(value) => write(out, value),
        Value::Date(date) => write(out, format_args!("\"{date}\"")),
        Value::Instant(at) => text(out, &time::text(*at)),
        Value::Set(items) if matches!(kind, FieldType::Tags { .. }) => {
            list(out, items.iter(), |out, name| {
                out.extend_from_slice(b"{\"name\":");
                text(out, name);
                out.push(b'}');
            })
        }
        Value::Set(items) => list(out, items.iter(), |out, item| text(out, item)),
        Value::Record(id) => by_id(out, id.as_str()),
        Value::User(user) => by_id(out, user.id.as_str()),
        Value::Rows(rows) => {
            let columns = columns(kind);
            list(out, rows.iter(), |out, cells| row(out, columns, cells, None));
        }
    }
}

fn columns(kind: &FieldType) -> &[Field] {
    match kind {
        FieldType::Rows { columns, .. } => columns,
        _ => &[],
    }
}

/// One row, with its own id if it is there already.
fn row(out: &mut Vec<u8>, columns: &[Field], cells: &[Value], id: Option<&str>) {
    out.push(b'{');
    let mut first = true;
    if let Some(id) = id {
        out.extend_from_slice(b"\"id\":");
        text(out, id);
        first = false;
    }
    for (column, value) in columns.iter().zip(cells) {
        if !std::mem::take(&mut first) {
            out.push(b',');
        }
        cell(out, column, value);
    }
    out.push(b'}');
}

/// Rows that take the place of those that are there: what stays keeps its id, and with it the cells that are not synced; what is too much is taken away by name.
fn rows_of(out: &mut Vec<u8>, field: &Field, value: &Value, present: &[PresentRow]) {
    text(out, field.name.as_str());
    out.push(b':');
    let columns = columns(&field.kind);
    let wanted = match value {
        Value::Rows(rows) => &rows[..],
        _ => &[],
    };
    let links = matches!(field.kind, FieldType::Rows { links: true, .. });
    let placed = rows::place(wanted, present, links);
    list(out, placed.iter(), |out, placed| match placed {
        Placed::Row(cells, id) => row(out, columns, cells, *id),
        Placed::Gone(id) => {
            out.extend_from_slice(b"{\"id\":");
            text(out, id);
            out.extend_from_slice(b",\"_delete\":null}");
        }
    });
}

fn by_id(out: &mut Vec<u8>, id: &str) {
    out.extend_from_slice(b"{\"id\":");
    text(out, id);
    out.push(b'}');
}

fn list<T>(out: &mut Vec<u8>, items: impl Iterator<Item = T>, mut each: impl FnMut(&mut Vec<u8>, T)) {
    out.push(b'[');
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.push(b',');
        }
        each(out, item);
    }
    out.push(b']');
}

/// A JSON string. Most texts hold nothing that is to be escaped.
pub(crate) fn text(out: &mut Vec<u8>, text: &str) {
    if text.bytes().all(|byte| byte >= 0x20 && byte != b'"' && byte != b'\\') {
        out.push(b'"');
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
        return;
    }
    serde_json::to_writer(out, text).expect("writing text to memory cannot fail");
}

fn write(out: &mut Vec<u8>, value: impl std::fmt::Display) {
    write!(out, "{value}").expect("writing to memory cannot fail");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crm::field::tests::field;
    use crate::crm::value::from_json;
    use compact_str::CompactString;
    use musubi_core::value::UserRef;
    use musubi_core::{Instant, RemoteId};
    use proptest::prelude::*;
    use rust_decimal::Decimal;

    fn shown(kind: &FieldType, value: &Value) -> String {
        let mut out = Vec::new();
        json(&mut out, kind, value);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_batch_runs_no_automations() {
        let projection = Projection {
            module: "Contacts".into(),
            fields: vec![
                field("Last_Name", FieldType::Text { max: 80, multiline: false }),
                field("Amount", FieldType::Integer),
            ],
        };
        let items = [
            WriteItem {
                id: Some("7".into()),
                values: vec![(0, Value::text("結 \"び\"\n")), (1, Value::Blank)],
            },
            WriteItem { id: None, values: vec![(1, Value::Number(Decimal::new(12300, 2)))] },
        ];
        assert_eq!(
            String::from_utf8(records(&projection, &items, Automations::Skip, &Present::default()).unwrap())
                .unwrap(),
            r#"{"data":[{"id":"7","Last_Name":"結 \"び\"\n","Amount":null},{"Amount":123.00}],"trigger":[]}"#
        );
    }

    #[test]
    fn a_field_in_two_slots_is_written_once() {
        let text = || field("Phone", FieldType::Phone { max: 30 });
        let projection = Projection { module: "Contacts".into(), fields: vec![text(), text()] };
        let items = [WriteItem { id: None, values: vec![(0, Value::text("1")), (1, Value::text("2"))] }];
        assert_eq!(
            String::from_utf8(records(&projection, &items, Automations::Skip, &Present::default()).unwrap())
                .unwrap(),
            r#"{"data":[{"Phone":"2"}],"trigger":[]}"#
        );
        let beyond = [WriteItem { id: None, values: vec![(2, Value::Blank)] }];
        assert_eq!(
            records(&projection, &beyond, Automations::Skip, &Present::default()).unwrap_err().kind,
            CallErrorKind::NotSent
        );
    }

    fn texts() -> impl Strategy<Value = String> {
        prop_oneof!["\\PC{1,20}", "[ -~\\n\\t\"\\\\]{1,20}", "[あ-ん漢字🙂]{1,8}"]
    }

    fn options() -> Vec<CompactString> {
        Vec::new()
    }

    fn scalar() -> impl Strategy<Value = (FieldType, Value)> {
        let seconds = -60_000_000_000i64..250_000_000_000;
        prop_oneof![
            texts().prop_map(|text| (FieldType::Text { max: 255, multiline: true }, Value::text(text))),
            texts().prop_map(|text| (FieldType::Picklist { options: options() }, Value::text(text))),
            (any::<i64>(), 0u32..18).prop_map(|(digits, scale)| {
                (FieldType::Decimal { scale }, Value::Number(Decimal::new(digits, scale)))
            }),
            any::<i64>().prop_map(|digits| (FieldType::Integer, Value::Number(digits.into()))),
            any::<bool>().prop_map(|value| (FieldType::Bool, Value::Bool(value))),
            (1i16..=9999, 1i8..=12, 1i8..=28)
                .prop_map(|(y, m, d)| (FieldType::Date, Value::Date(jiff::civil::date(y, m, d)))),
            seconds.prop_map(|second| (FieldType::DateTime, Value::Instant(Instant::from_seconds(second)))),
            prop::collection::vec(texts(), 1..5)
                .prop_map(|items| (FieldType::MultiPicklist { options: options() }, Value::set(items))),
            prop::collection::vec(texts(), 1..5)
                .prop_map(|items| (FieldType::Tags { max: 25 }, Value::set(items))),
            "[0-9]{1,19}".prop_map(|id| {
                (FieldType::Lookup { module: "Accounts".into() }, Value::Record(RemoteId::from(id)))
            }),
            "[0-9]{1,19}".prop_map(|id| (
                FieldType::User,
                Value::User(Box::new(UserRef { id: RemoteId::from(id), email: None }))
            )),
        ]
    }

    fn any_value() -> impl Strategy<Value = (FieldType, Value)> {
        let rows = (prop::collection::vec(scalar(), 1..4), 1usize..4).prop_map(|(cells, count)| {
            let columns = cells
                .iter()
                .enumerate()
                .map(|(i, (kind, _))| field(&format!("C{i}"), kind.clone()))
                .collect();
            let row: Box<[Value]> = cells.into_iter().map(|(_, value)| value).collect();
            (FieldType::Rows { columns, links: false }, Value::Rows(vec![row; count].into()))
        });
        prop_oneof![9 => scalar(), 1 => rows]
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back((kind, value) in any_value()) {
            let text = shown(&kind, &value);
            prop_assert_eq!(from_json(&kind, &text), Some(value), "{}", text);
        }

        #[test]
        fn blank_is_read_back_as_blank((kind, _) in any_value()) {
            let read = from_json(&kind, &shown(&kind, &Value::Blank));
            let expected = if kind == FieldType::Bool { Value::Bool(false) } else { Value::Blank };
            prop_assert_eq!(read, Some(expected));
        }

        #[test]
        fn garbage_is_never_a_panic((kind, _) in any_value(), text in "\\PC{0,30}", raw in prop_oneof![
            Just("{}"), Just("[]"), Just("[1]"), Just("{\"id\":null}"), Just("{\"id\":{}}"), Just("1e400"), Just("\"\\u0000\""),
            Just("[{\"C0\":[]}]"), Just("\""), Just("1e-300"), Just("123456789012345678901234567890.123456789"),
        ]) {
            let _ = from_json(&kind, &text);
            let _ = from_json(&kind, raw);
            let _ = crate::crm::value::from_text(&kind, &text);
        }
    }
}
