//! Every CRM body that was recorded from the real service is read and typed as expected.
//!
//! The file is not ours to publish: its place is given by `MUSUBI_ZOHO_RECORDED`, or it lies beside the workspace. In continuous integration it must be there.

use super::field::tests::field;
use super::{columns::Columns, parse, write};
use musubi_connector::{ItemOutcome, Projection};
use musubi_core::Value;
use musubi_core::schema::FieldType;
use serde_json::Value as Json;
use std::path::PathBuf;

/// The recorded exchanges with the CRM; `None` when the file is not there and need not be.
#[expect(
    clippy::disallowed_methods,
    reason = "where the vendor's files are is for the one who runs the test to say"
)]
fn exchanges() -> Option<Vec<Json>> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/zoho/recorded/nango_recorded.jsonl");
    let named = std::env::var("MUSUBI_ZOHO_RECORDED").map(PathBuf::from);
    let mut path = named.unwrap_or_else(|_| PathBuf::from(beside));
    if path.is_dir() {
        path.push("nango_recorded.jsonl");
    }
    let Ok(text) = std::fs::read_to_string(&path) else {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{} must be there", path.display());
        println!("skipped: {} is not there (set MUSUBI_ZOHO_RECORDED)", path.display());
        return None;
    };
    let all = text.lines().map(|line| serde_json::from_str::<Json>(line).unwrap());
    Some(all.filter(|exchange| exchange["path"].as_str().unwrap().starts_with("/crm/v2/")).collect())
}

/// A projection of all fields of a recorded record, typed by their names and values as the metadata would type them.
fn projection(record: &Json) -> Projection {
    let text = FieldType::Text { max: 32_000, multiline: true };
    let kind = |name: &str, value: &Json| match value {
        _ if name.starts_with('$') => None,
        Json::Object(object) if object.contains_key("email") => Some(FieldType::User),
        Json::Object(object) if object.contains_key("id") => Some(FieldType::Lookup { module: "Any".into() }),
        Json::Bool(_) => Some(FieldType::Bool),
        Json::Number(_) => Some(FieldType::Decimal { scale: 9 }),
        Json::String(value) if value.len() == 25 && value.as_bytes()[10] == b'T' => Some(FieldType::DateTime),
        Json::String(value) if value.len() == 10 && value.as_bytes()[4] == b'-' => Some(FieldType::Date),
        Json::String(_) | Json::Null => Some(text.clone()),
        _ => None,
    };
    let fields =
        record.as_object().unwrap().iter().filter_map(|(name, value)| Some(field(name, kind(name, value)?)));
    Projection { module: "Any".into(), fields: fields.collect() }
}

fn agrees(value: &Value, recorded: &Json) -> bool {
    match (value, recorded) {
        (Value::Blank, recorded) => recorded.is_null() || recorded == "" || recorded == "-None-",
        (Value::Text(text), Json::String(recorded)) => text == recorded,
        (Value::Number(number), Json::Number(recorded)) => number.to_string() == recorded.to_string(),
        (Value::Bool(value), Json::Bool(recorded)) => value == recorded,
        (Value::Date(date), Json::String(recorded)) => date.to_string() == *recorded,
        (Value::Instant(at), Json::String(recorded)) => musubi_core::Instant::parse(recorded) == Some(*at),
        (Value::Record(id), recorded) => recorded["id"] == id.as_str(),
        (Value::User(user), recorded) => {
            recorded["id"] == user.id.as_str() && recorded["email"].as_str() == user.email.as_deref()
        }
        _ => false,
    }
}

#[test]
fn recorded_records_are_read_field_by_field() {
    let Some(exchanges) = exchanges() else { return };
    let (mut pages, mut records, mut values) = (0, 0, 0);
    for exchange in &exchanges {
        let path = exchange["path"].as_str().unwrap();
        if exchange["method"] != "GET" || path.contains("/users") || exchange["response"]["data"].is_null() {
            continue;
        }
        let body = exchange["response"].to_string();
        let data = exchange["response"]["data"].as_array().unwrap();
        // Each record with its own types: one field is null in one record and a text in the next.
        for (index, recorded) in data.iter().enumerate() {
            let projection = projection(recorded);
            let parsed = parse::page(body.as_bytes(), &Columns::new(&projection)).unwrap();
            assert_eq!(parsed.rows.len(), data.len(), "{path}");
            let row = &parsed.rows[index];
            assert_eq!(recorded["id"], row.id.as_str());
            assert_eq!(
                Some(row.modified),
                musubi_core::Instant::parse(recorded["Modified_Time"].as_str().unwrap())
            );
            assert_eq!(recorded["Created_By"]["id"].as_str(), row.created_by.as_ref().map(|id| id.as_str()));
            for (slot, field) in projection.fields.iter().enumerate() {
                let recorded = &recorded[field.name.as_str()];
                let known = row.slots[slot].as_ref().is_some_and(|value| agrees(value, recorded));
                assert!(known, "{path}: {} is {:?}, recorded as {recorded}", field.name, row.slots[slot]);
                values += 1;
            }
            records += 1;
        }
        pages += 1;
    }
    println!("{pages} pages, {records} records, {values} values");
    assert!(pages >= 20 && values > 1_000, "{pages} pages, {values} values");
}

#[test]
fn recorded_writes_are_read_record_by_record() {
    let Some(exchanges) = exchanges() else { return };
    let mut answers = 0;
    for exchange in &exchanges {
        let path = exchange["path"].as_str().unwrap();
        let method = exchange["method"].as_str().unwrap();
        if method == "GET" || path.ends_with("/convert") {
            continue;
        }
        let body = exchange["response"].to_string();
        let status = u16::try_from(exchange["status"].as_u64().unwrap()).unwrap();
        let outcomes = write::tests::read_recorded(method, status, &body);
        let details = &exchange["response"]["data"][0]["details"];
        let [ItemOutcome::Done { id, modified }] = &outcomes[..] else { panic!("{path}: {outcomes:?}") };
        assert_eq!(details["id"], id.as_str(), "{path}");
        if method != "DELETE" {
            assert_eq!(
                Some(*modified),
                musubi_core::Instant::parse(details["Modified_Time"].as_str().unwrap())
            );
        }
        answers += 1;
    }
    println!("{answers} answers to writes");
    assert!(answers >= 25, "{answers}");
}
