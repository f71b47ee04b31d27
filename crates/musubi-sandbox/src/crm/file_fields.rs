//! Values of file and image fields: a list of files that were uploaded before.

use serde_json::{Map, Value as Json, json};

use super::files;
use crate::org::{State, field::Field, kind::Kind, value::Value};

/// Whether an entry a client sent names a file that is there, or one that the record has.
pub fn is_entry(state: &State, entry: &Json) -> bool {
    match entry["File_Id__s"].as_str() {
        Some(id) => files::find(state, id).is_some(),
        None => entry["id"].is_string(),
    }
}

/// What a field holds after a write: files are added to those it has, and taken away by `{id, _delete}`.
pub fn merge(state: &mut State, field: &Field, old: Option<&Value>, sent: Value) -> Option<Value> {
    let Value::Json(sent) = sent else { return Some(sent) };
    let mut all: Vec<Json> = match old {
        Some(Value::Json(old)) => old.as_array().cloned().unwrap_or_default(),
        _ => Vec::new(),
    };
    for entry in sent.as_array().into_iter().flatten() {
        if entry.get("_delete").is_some() {
            all.retain(|known| known["id"] != entry["id"]);
            continue;
        }
        let Some(id) = entry["File_Id__s"].as_str() else { continue };
        if all.iter().any(|known| known["File_Id__s"] == id) {
            continue;
        }
        let Some((_, file)) = files::find(state, id) else { continue };
        let mut shown = Map::new();
        shown.insert("File_Id__s".into(), json!(id));
        shown.insert("File_Name__s".into(), json!(file.name));
        shown.insert("Size__s".into(), json!(file.content.len().to_string()));
        shown.insert("id".into(), json!(state.ids.fresh().to_string()));
        if field.kind == Kind::ImageUpload {
            shown.insert("Sequence_Number__s".into(), json!(all.len() + 1));
            shown.insert("Preview_Id__s".into(), json!(id));
            shown.insert("Description__s".into(), entry["Description__s"].clone());
        }
        all.push(Json::Object(shown));
    }
    (!all.is_empty()).then(|| Value::Json(Box::new(Json::Array(all))))
}
