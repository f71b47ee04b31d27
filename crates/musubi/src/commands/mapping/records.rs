//! What the mapping makes of real records.

use crate::output;
use crate::values::called;
use musubi_engine::record_preview::{Carried, PreviewedField, PreviewedRecord, PreviewedSide};
use musubi_engine::record_sample::Tie;
use serde_json::Value;

/// A value is shown with so many characters.
const LONG: usize = 40;

pub(super) fn text(records: &[PreviewedRecord]) -> String {
    if records.is_empty() {
        return "\n  There is no record to try it on.\n".to_owned();
    }
    records.iter().map(of_record).collect()
}

fn of_record(record: &PreviewedRecord) -> String {
    let named = |side: &Option<PreviewedSide>| match side {
        None => "no counterpart".to_owned(),
        Some(side) => match &side.label {
            Some(label) => format!("{label} ({})", side.id),
            None => side.id.clone(),
        },
    };
    let tie = match record.tie {
        Tie::Linked => "a pair",
        Tie::Matched => "they match",
        Tie::Alone => "alone",
    };
    let heading = ["  FIELD", "LEFT", "RIGHT", "ON THE RIGHT IT WOULD BE", "ON THE LEFT IT WOULD BE"];
    let mut rows = vec![heading.map(str::to_owned).to_vec()];
    rows.extend(record.fields.iter().filter_map(|field| row(record, field)));
    format!("\n  {} ↔ {}: {tie}\n{}", named(&record.left), named(&record.right), output::table(&rows))
}

/// Of fields that hold nothing on either side there is nothing to tell.
fn row(record: &PreviewedRecord, field: &PreviewedField) -> Option<Vec<String>> {
    let held = |side: &Option<PreviewedSide>, name: &str| {
        side.as_ref().and_then(|side| side.values.get(name)).filter(|value| !value.is_null()).cloned()
    };
    let (left, right) = (held(&record.left, &field.left), held(&record.right, &field.right));
    if left.is_none() && right.is_none() {
        return None;
    }
    let name = if field.left == field.right {
        field.left.clone()
    } else {
        format!("{} ↔ {}", field.left, field.right)
    };
    let would = |carried: &Option<Carried>, there: &Option<Value>| match carried {
        None => String::new(),
        Some(Carried { problem: Some(problem), .. }) => format!("– ({problem})"),
        Some(_) if field.agrees == Some(true) => "the same".to_owned(),
        Some(Carried { value, .. }) if value == there => "the same".to_owned(),
        Some(Carried { value, .. }) => shown(value.as_ref()),
    };
    Some(vec![
        format!("  {name}"),
        shown(left.as_ref()),
        shown(right.as_ref()),
        would(&field.to_right, &right),
        would(&field.to_left, &left),
    ])
}

/// A value as a person writes it: the name of what is pointed to, the parts of a list.
fn shown(value: Option<&Value>) -> String {
    let text = match value {
        None | Some(Value::Null) => "–".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(parts)) => {
            parts.iter().map(|part| shown(Some(part))).collect::<Vec<_>>().join(", ")
        }
        Some(Value::Object(parts)) => {
            called(parts).map_or_else(|| Value::Object(parts.clone()).to_string(), str::to_owned)
        }
        Some(other) => other.to_string(),
    };
    let text = text.replace(char::is_control, " ");
    match text.char_indices().nth(LONG) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}
