//! Values of fields as a person reads them at a terminal.

use serde_json::{Map, Value};

/// As JSON says it; what is pointed to by its name.
pub fn quoted(value: &Value) -> String {
    match value {
        Value::Object(parts) => called(parts).map_or_else(|| value.to_string(), |name| format!("{name:?}")),
        value => value.to_string(),
    }
}

/// What people call a record or a user that is pointed to, else its id.
pub fn called(parts: &Map<String, Value>) -> Option<&str> {
    ["name", "id"].iter().find_map(|key| parts.get(*key)?.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_pointed_to_goes_by_its_name() {
        assert_eq!(quoted(&json!({"id": "7", "name": "三陸海運"})), "\"三陸海運\"");
        assert_eq!(quoted(&json!({"id": "7", "name": null})), "\"7\"");
        assert_eq!(quoted(&json!("text")), "\"text\"");
        assert_eq!(quoted(&json!(null)), "null");
    }
}
