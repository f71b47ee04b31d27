//! Values as CRM and Bigin write them, in JSON and in the CSV of bulk reads. Exact: numbers are taken from their digits, never through a float.
//!
//! What cannot be understood is `None` – not known – and never blank: absence is not evidence.

use crate::time;
use musubi_core::schema::{Field, FieldType};
use musubi_core::value::UserRef;
use musubi_core::{RemoteId, Value};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A picklist's way to say that nothing is chosen.
const NONE: &str = "-None-";

/// Reads the JSON text of one value.
pub(crate) fn from_json(kind: &FieldType, raw: &str) -> Option<Value> {
    if raw == "null" || raw == "\"\"" {
        return readable(kind).then_some(Value::Blank);
    }
    match kind {
        FieldType::Filled => Some(if is_nothing(raw) { Value::Blank } else { Value::Bool(true) }),
        FieldType::MultiPicklist { .. } => match serde_json::from_str::<Vec<Cow<'_, str>>>(raw) {
            Ok(items) => Some(Value::set(items.iter().filter(|item| is_choice(item)))),
            Err(_) => from_text(kind, &string(raw)?),
        },
        // Of what is read of another record, the record that is to be looked at.
        FieldType::Lookup { .. } | FieldType::AnyLookup { .. } | FieldType::Through { .. } => {
            reference(raw).map(|(id, _)| Value::Record(id))
        }
        FieldType::User => reference(raw)
            .map(|(id, email)| Value::User(Box::new(UserRef { id, email: email.map(Into::into) }))),
        FieldType::Rows { columns, links } => rows(columns, *links, raw),
        FieldType::Tags { .. } => {
            let tags = serde_json::from_str::<Vec<Named<'_>>>(raw).ok()?;
            Some(Value::set(tags.iter().map(|tag| &tag.name)))
        }
        FieldType::NameOf => name(raw).map(Value::text),
        _ => match raw.as_bytes().first()? {
            b'"' => from_text(kind, &string(raw)?),
            // Numbers and booleans read as their own text; an object or a list is nothing that fits here.
            b'{' | b'[' => None,
            _ => from_text(kind, raw),
        },
    }
}

/// Reads a value from bare text: the inside of a JSON string, or a CSV cell.
pub(crate) fn from_text(kind: &FieldType, text: &str) -> Option<Value> {
    if text.is_empty() {
        return readable(kind).then_some(Value::Blank);
    }
    match kind {
        FieldType::Text { .. }
        | FieldType::Email { .. }
        | FieldType::Phone { .. }
        | FieldType::Url { .. } => Some(Value::text(text)),
        FieldType::Picklist { .. } => Some(if is_choice(text) { Value::text(text) } else { Value::Blank }),
        FieldType::MultiPicklist { .. } => Some(Value::set(text.split(';').filter(|item| is_choice(item)))),
        FieldType::Integer | FieldType::Decimal { .. } => number(text).map(Value::Number),
        FieldType::Bool => match text {
            "true" => Some(Value::Bool(true)),
            "false" => Some(Value::Bool(false)),
            _ => None,
        },
        FieldType::Date => text.parse().ok().filter(|_| text.len() == 10).map(Value::Date),
        FieldType::DateTime => time::parse(text).map(Value::Instant),
        FieldType::Lookup { .. } | FieldType::AnyLookup { .. } => {
            is_id(text).then(|| Value::Record(RemoteId::new(text)))
        }
        FieldType::User => {
            is_id(text).then(|| Value::User(Box::new(UserRef { id: RemoteId::new(text), email: None })))
        }
        // Of these bare text is not what they hold: names with a separator between them, or an id.
        FieldType::Tags { .. } | FieldType::NameOf | FieldType::Through { .. } => None,
        FieldType::Filled => Some(Value::Bool(true)),
        FieldType::Rows { .. } | FieldType::Other { .. } => None,
    }
}

/// False for what is never synced: of those nothing is ever known.
fn readable(kind: &FieldType) -> bool {
    !matches!(kind, FieldType::Other { .. })
}

/// A list or an object without anything in it.
fn is_nothing(raw: &str) -> bool {
    let inside = raw.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let inside = inside.or_else(|| raw.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')));
    inside.is_some_and(|inside| inside.trim().is_empty())
}

fn is_choice(text: &str) -> bool {
    !text.is_empty() && text != NONE
}

fn is_id(text: &str) -> bool {
    !text.is_empty() && text.len() <= 40 && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The exact number; `None` when it has more digits than can be kept.
fn number(text: &str) -> Option<Decimal> {
    if text.bytes().any(|byte| matches!(byte, b'e' | b'E')) {
        return Decimal::from_scientific(text).ok();
    }
    Decimal::from_str_exact(text).ok()
}

/// The inside of a JSON string, borrowed unless it holds escapes.
pub(crate) fn string(raw: &str) -> Option<Cow<'_, str>> {
    let inside = raw.strip_prefix('"')?.strip_suffix('"')?;
    if inside.contains('\\') {
        return serde_json::from_str(raw).ok().map(Cow::Owned);
    }
    Some(Cow::Borrowed(inside))
}

#[derive(Deserialize)]
struct Reference<'a> {
    #[serde(borrow)]
    id: &'a RawValue,
    #[serde(borrow, default)]
    email: Option<&'a RawValue>,
}

/// `{"name": …, "id": "…", "email": …}`, or the bare id.
pub(crate) fn reference(raw: &str) -> Option<(RemoteId, Option<Cow<'_, str>>)> {
    let bare = |raw: &str| -> Option<RemoteId> {
        let text = if raw.starts_with('"') { string(raw)? } else { Cow::Borrowed(raw) };
        is_id(&text).then(|| RemoteId::new(text))
    };
    if !raw.starts_with('{') {
        return bare(raw).map(|id| (id, None));
    }
    let found: Reference<'_> = serde_json::from_str(raw).ok()?;
    let email = found.email.and_then(|email| string(email.get())).filter(|email| !email.is_empty());
    bare(found.id.get()).map(|id| (id, email))
}

#[derive(Deserialize)]
struct Named<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
}

/// What somebody is called: `{"name": …}`.
pub(crate) fn name(raw: &str) -> Option<Box<str>> {
    let found: Named<'_> = serde_json::from_str(raw).ok()?;
    (!found.name.is_empty()).then(|| found.name.into())
}

/// Subform rows; a row with one unreadable cell makes the whole not known, for a part of a value is no value.
fn rows(columns: &[Field], links: bool, raw: &str) -> Option<Value> {
    let rows: Vec<Keys<'_>> = serde_json::from_str(raw).ok()?;
    let rows = rows.iter().map(|row| cells(columns, row)).collect::<Option<Vec<_>>>()?;
    Some(match (rows.is_empty(), links) {
        (true, _) => Value::Blank,
        (false, true) => Value::links(rows),
        (false, false) => Value::Rows(rows.into()),
    })
}

/// A record or a row as it came.
pub(super) type Keys<'a> = BTreeMap<Cow<'a, str>, &'a RawValue>;

/// The cells of one row; `None` if one of them cannot be read.
pub(super) fn cells(columns: &[Field], row: &Keys<'_>) -> Option<Box<[Value]>> {
    let cell = |column: &Field| match row.get(column.name.as_str()) {
        Some(raw) => from_json(&column.kind, raw.get()),
        None => Some(Value::Blank),
    };
    columns.iter().map(cell).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: FieldType = FieldType::Text { max: 255, multiline: false };

    fn check(kind: &FieldType, raw: &str, expected: Option<Value>) {
        assert_eq!(from_json(kind, raw), expected, "{raw}");
    }

    fn number_of(text: &str) -> Option<Value> {
        Some(Value::Number(text.parse().unwrap()))
    }

    #[test]
    fn numbers_are_exact() {
        check(&FieldType::Integer, "9223372036854775807", number_of("9223372036854775807"));
        check(&FieldType::Integer, "\"9223372036854775807\"", number_of("9223372036854775807"));
        check(&FieldType::Decimal { scale: 2 }, "0.1", number_of("0.1"));
        check(
            &FieldType::Decimal { scale: 9 },
            "123456789012345.123456789",
            number_of("123456789012345.123456789"),
        );
        check(&FieldType::Decimal { scale: 2 }, "1.5E7", number_of("15000000"));
        check(&FieldType::Decimal { scale: 2 }, "-2e-3", number_of("-0.002"));
    }

    #[test]
    fn what_cannot_be_kept_exactly_is_not_known() {
        check(&FieldType::Decimal { scale: 2 }, "1234567890123456789012345678901234567890", None);
        check(&FieldType::Decimal { scale: 2 }, "\"12,5\"", None);
        check(&FieldType::Date, "\"14/05/2026\"", None);
        check(&FieldType::DateTime, "\"2026-05-14\"", None);
        check(&FieldType::Bool, "1", None);
        check(&TEXT, "{\"a\":1}", None);
    }

    #[test]
    fn nothing_chosen_is_blank() {
        let picklist = FieldType::Picklist { options: Vec::new() };
        let multi = FieldType::MultiPicklist { options: Vec::new() };
        for raw in ["null", "\"\"", "\"-None-\""] {
            check(&picklist, raw, Some(Value::Blank));
            check(&multi, raw, Some(Value::Blank));
        }
        check(&multi, "[\"b\",\"-None-\",\"a\"]", Some(Value::set(["a", "b"])));
        check(&multi, "[]", Some(Value::Blank));
        assert_eq!(from_text(&multi, "b;a"), Some(Value::set(["a", "b"])));
    }

    #[test]
    fn references_are_known_by_their_id() {
        let lookup = FieldType::Lookup { module: "Accounts".into() };
        check(&lookup, r#"{"name":"King \"K\"","id":"732"}"#, Some(Value::Record("732".into())));
        check(&lookup, r#"{"name":"no id"}"#, None);
        check(&lookup, "null", Some(Value::Blank));
        let user = from_json(&FieldType::User, r#"{"name":"N","id":"7","email":"n@example.com"}"#);
        let Some(Value::User(user)) = user else { panic!("{user:?}") };
        assert_eq!(user.email.as_deref(), Some("n@example.com"));
    }

    #[test]
    fn tags_are_a_set_of_names_and_a_lookup_tells_the_name_of_its_record() {
        let tags = FieldType::Tags { max: 25 };
        let raw = r##"[{"name":"顧客","id":"2","color_code":null},{"name":"VIP","id":"1","color_code":"#F17574"}]"##;
        check(&tags, raw, Some(Value::set(["VIP", "顧客"])));
        check(&tags, "[]", Some(Value::Blank));
        check(&tags, "null", Some(Value::Blank));
        check(&tags, r#"[{"id":"1"}]"#, None);
        assert_eq!(from_text(&tags, "VIP,顧客"), None);
        check(&FieldType::NameOf, r#"{"name":"King \"K\"","id":"732"}"#, Some(Value::text("King \"K\"")));
        check(&FieldType::NameOf, "null", Some(Value::Blank));
        check(&FieldType::NameOf, r#"{"id":"732"}"#, None);
        assert_eq!(from_text(&FieldType::NameOf, "732"), None);
    }

    #[test]
    fn of_any_field_it_can_be_told_whether_there_is_anything_in_it() {
        for raw in ["null", "\"\"", "[]", "[ ]", "{}"] {
            check(&FieldType::Filled, raw, Some(Value::Blank));
        }
        for raw in ["\"photo.png\"", r#"[{"File_Id__s":"x"}]"#, r#"{"id":"1"}"#, "0"] {
            check(&FieldType::Filled, raw, Some(Value::Bool(true)));
        }
        assert_eq!(from_text(&FieldType::Filled, "photo.png"), Some(Value::Bool(true)));
    }

    #[test]
    fn what_is_never_synced_is_never_known() {
        let other = FieldType::Other { name: "fileupload".into() };
        for raw in ["null", "\"\"", "[]", "\"x\"", "1"] {
            check(&other, raw, None);
        }
    }
}
