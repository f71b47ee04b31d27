//! What a person typed, as a value of a field.

use crate::error::{HubError, Result};
use compact_str::CompactString;
use musubi_core::schema::{Field, FieldType};
use musubi_core::value::UserRef;
use musubi_core::{Instant, RemoteId, Value};
use serde_json::Value as Json;

/// The value, or what is wrong with it. `null` and the empty text clear a field.
pub(crate) fn value(field: &Field, json: &Json) -> Result<Value> {
    let wrong = |expected: &str| {
        HubError::new("field.value", format!("{} takes {expected}", field.name), "correct the value")
    };
    if json.is_null() || json.as_str().is_some_and(str::is_empty) {
        return Ok(Value::Blank);
    }
    let text = || json.as_str().ok_or_else(|| wrong("a text"));
    match &field.kind {
        FieldType::Text { max, .. }
        | FieldType::Email { max }
        | FieldType::Phone { max }
        | FieldType::Url { max } => {
            let text = text()?;
            if text.chars().count() > *max as usize {
                return Err(wrong(&format!("at most {max} characters")));
            }
            Ok(Value::text(text))
        }
        FieldType::Picklist { options } => {
            let text = text()?;
            one_of(options, text).then(|| Value::text(text)).ok_or_else(|| wrong("one of its options"))
        }
        FieldType::MultiPicklist { options } => {
            let all: Option<Vec<&str>> =
                json.as_array().and_then(|all| all.iter().map(Json::as_str).collect());
            let all = all.filter(|all| all.iter().all(|text| one_of(options, text)));
            all.map(Value::set).ok_or_else(|| wrong("a list of its options"))
        }
        FieldType::Tags { max } => {
            let all: Option<Vec<&str>> =
                json.as_array().and_then(|all| all.iter().map(Json::as_str).collect());
            let all = all.filter(|all| all.iter().all(|name| name.chars().count() <= *max as usize));
            all.map(Value::set)
                .ok_or_else(|| wrong(&format!("a list of tags of at most {max} characters each")))
        }
        FieldType::Integer | FieldType::Decimal { .. } => {
            let number = match json {
                Json::Number(number) => number.to_string().parse().ok(),
                Json::String(text) => text.trim().parse().ok(),
                _ => None,
            };
            let number: rust_decimal::Decimal = number.ok_or_else(|| wrong("a number"))?;
            if field.kind == FieldType::Integer && !number.is_integer() {
                return Err(wrong("a whole number"));
            }
            Ok(Value::Number(number))
        }
        FieldType::Bool => json.as_bool().map(Value::Bool).ok_or_else(|| wrong("true or false")),
        FieldType::Date => {
            let date = json.as_str().and_then(|text| text.parse().ok());
            date.map(Value::Date).ok_or_else(|| wrong("a date such as 2026-11-22"))
        }
        FieldType::DateTime => {
            let at = json.as_str().and_then(|text| text.parse::<jiff::Timestamp>().ok());
            let at = at.map(|at| Value::Instant(Instant::from_millis(at.as_millisecond())));
            at.ok_or_else(|| wrong("a time such as 2026-11-22T09:00:00Z"))
        }
        FieldType::Lookup { .. } => Ok(Value::Record(id(json).ok_or_else(|| wrong("a record's id"))?)),
        FieldType::AnyLookup { .. } => {
            let module = json.get("module").and_then(Json::as_str);
            let (Some(id), Some(module)) = (id(json), module) else {
                return Err(wrong(
                    "a record's id and module, such as {\"id\": \"1\", \"module\": \"Contacts\"}",
                ));
            };
            Ok(Value::Record(RemoteId::new(format!("{module}:{id}"))))
        }
        FieldType::User => {
            let id = id(json).ok_or_else(|| wrong("a user's id"))?;
            Ok(Value::User(Box::new(UserRef { id, email: None })))
        }
        FieldType::Rows { columns, links } => {
            let row = |row: &Json| {
                let cells = row.as_object().ok_or_else(|| wrong("a list of rows"))?;
                if let Some(name) =
                    cells.keys().find(|name| columns.iter().all(|column| column.name.as_str() != *name))
                {
                    return Err(wrong(&format!("rows without a column {name}")));
                }
                let cell =
                    |column: &Field| value(column, cells.get(column.name.as_str()).unwrap_or(&Json::Null));
                columns.iter().map(cell).collect::<Result<Box<[Value]>>>()
            };
            let rows = json.as_array().ok_or_else(|| wrong("a list of rows"))?;
            let rows = rows.iter().map(row).collect::<Result<Vec<_>>>()?;
            Ok(match (rows.is_empty(), links) {
                (true, _) => Value::Blank,
                (false, true) => Value::links(rows),
                (false, false) => Value::Rows(rows.into()),
            })
        }
        FieldType::NameOf | FieldType::Filled | FieldType::Through { .. } | FieldType::Other { .. } => {
            Err(wrong("nothing from here: change it in the service"))
        }
    }
}

/// An id by itself, or as records show it.
fn id(json: &Json) -> Option<RemoteId> {
    json.as_str().or_else(|| json.get("id")?.as_str()).filter(|id| !id.is_empty()).map(RemoteId::new)
}

/// A picklist without options takes any text.
fn one_of(options: &[CompactString], text: &str) -> bool {
    options.is_empty() || options.iter().any(|option| option == text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use musubi_core::schema::Access;
    use serde_json::json;

    fn field(kind: FieldType) -> Field {
        Field {
            name: "F".into(),
            label: "F".into(),
            kind,
            access: Access::Writable,
            mandatory: false,
            unique: false,
            custom: false,
        }
    }

    #[test]
    fn values_are_taken_by_their_fields_type() {
        let check = |kind: FieldType, typed: Json, expected: Option<Value>| {
            let taken = value(&field(kind.clone()), &typed);
            assert_eq!(taken.as_ref().ok(), expected.as_ref(), "{kind:?} {typed}");
            assert!(taken.is_ok() || taken.is_err_and(|error| error.code == "field.value"));
        };
        let text = FieldType::Text { max: 3, multiline: false };
        check(text.clone(), json!("abc"), Some(Value::text("abc")));
        check(text.clone(), json!("abcd"), None);
        check(text.clone(), json!(""), Some(Value::Blank));
        check(text, json!(5), None);
        check(FieldType::Integer, json!("7"), Some(Value::Number(7.into())));
        check(FieldType::Integer, json!(7.5), None);
        check(FieldType::Decimal { scale: 2 }, json!("7.50"), Some(Value::Number("7.50".parse().unwrap())));
        check(FieldType::Bool, json!(true), Some(Value::Bool(true)));
        check(FieldType::Bool, json!("true"), None);
        check(FieldType::Date, json!("2026-02-30"), None);
        check(FieldType::Date, json!("2026-02-28"), Some(Value::Date(jiff::civil::date(2026, 2, 28))));
        check(
            FieldType::DateTime,
            json!("1970-01-01T09:00:01+09:00"),
            Some(Value::Instant(Instant::from_millis(1000))),
        );
        let options = vec!["a".into(), "b".into()];
        check(FieldType::Picklist { options: options.clone() }, json!("c"), None);
        check(FieldType::MultiPicklist { options }, json!(["b", "a"]), Some(Value::set(["a", "b"])));
        let lookup = FieldType::Lookup { module: "Accounts".into() };
        check(lookup.clone(), json!({"id": "7", "name": null}), Some(Value::Record("7".into())));
        check(lookup, json!({"name": "x"}), None);
        let rows = FieldType::Rows { columns: vec![field(FieldType::Integer)], links: false };
        let row = |number: i64| vec![Value::Number(number.into())].into_boxed_slice();
        check(rows.clone(), json!([{"F": "1"}, {"F": 2}]), Some(Value::Rows([row(1), row(2)].into())));
        check(rows.clone(), json!([{}]), Some(Value::Rows([[Value::Blank].into()].into())));
        check(rows.clone(), json!([]), Some(Value::Blank));
        check(rows.clone(), json!([{"F": "x"}]), None);
        check(rows, json!([{"G": 1}]), None);
        check(FieldType::Other { name: "file".into() }, json!("x"), None);
    }
}
