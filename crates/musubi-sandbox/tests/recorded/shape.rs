//! The shape of JSON: keys and types, lists by the union of their items.

use std::collections::BTreeMap;

use serde_json::Value;

/// What stands at a path: the types seen there.
type Shape = BTreeMap<String, Vec<&'static str>>;

/// Compares two answers; says what is missing, what is more, and what has another type.
pub fn compare(expected: &Value, found: &Value, differences: &mut Vec<String>) {
    let (expected, found) = (shape(expected), shape(found));
    for (path, types) in &expected {
        match found.get(path) {
            // A list of nothing says nothing about its items.
            None if under_empty(path, &found) => {}
            None => differences.push(format!("missing {path} ({})", types.join("|"))),
            Some(seen) => {
                let known =
                    |kind: &&'static str| *kind == "null" || types.contains(kind) || types == &["null"];
                if !seen.iter().all(known) {
                    differences.push(format!(
                        "type of {path}: {} instead of {}",
                        seen.join("|"),
                        types.join("|")
                    ));
                }
            }
        }
    }
    for path in found.keys() {
        if !expected.contains_key(path) && !under_empty(path, &expected) {
            differences.push(format!("more than recorded: {path}"));
        }
    }
}

/// Whether some part of the path is only ever null or an empty list on the other side.
fn under_empty(path: &str, other: &Shape) -> bool {
    let mut parts: Vec<&str> = path.split('.').collect();
    while parts.len() > 1 {
        parts.pop();
        if let Some(types) = other.get(&parts.join(".")) {
            let hollow = types.iter().all(|kind| matches!(*kind, "null" | "empty list" | "text"));
            return hollow;
        }
    }
    false
}

fn shape(value: &Value) -> Shape {
    let mut shape = Shape::new();
    walk(value, "$".to_owned(), &mut shape);
    shape
}

fn walk(value: &Value, path: String, shape: &mut Shape) {
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "text",
        Value::Array(items) if items.is_empty() => "empty list",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    };
    let kinds = shape.entry(path.clone()).or_default();
    if !kinds.contains(&kind) {
        kinds.push(kind);
    }
    match value {
        Value::Array(items) => items.iter().for_each(|item| walk(item, format!("{path}.#"), shape)),
        Value::Object(map) => map.iter().for_each(|(key, item)| walk(item, format!("{path}.{key}"), shape)),
        _ => {}
    }
}
