//! `X-EXTERNAL: Module.Field`: a client's own keys in place of the service's ids.
//!
//! The request is translated before it is served: ids in the path, in `ids` and in the body become the service's.
//! What a key is not found for becomes the id 0, which no record has.

use serde_json::{Value as Json, json};

use super::{context::RequestContext, unique};
use crate::{
    http::error::ApiError,
    org::{State, kind::Kind, value::Value},
};

/// Words that stand where an id could stand.
const WORDS: [&str; 4] = ["upsert", "search", "deleted", "actions"];

/// One named field: the module's number and the field's.
struct Key {
    module: usize,
    name: String,
}

/// Translates a request that names external fields.
pub fn translate(ctx: &mut RequestContext) -> Result<(), ApiError> {
    let Some(header) = ctx.request.header("x-external") else { return Ok(()) };
    let state = ctx.org.read();
    let keys: Vec<Key> = header.split(',').map(|name| key(&state, name.trim())).collect::<Result<_, _>>()?;
    let module = ctx.request.path.get(2).and_then(|name| state.module_no(name));
    let own = module.and_then(|no| keys.iter().find(|key| key.module == no));
    if let (Some(key), Some(piece)) = (own, ctx.request.path.get_mut(3))
        && !WORDS.contains(&piece.as_str())
    {
        *piece = resolve(&state, key, piece);
    }
    if let Some(key) = own {
        for (_, value) in ctx.request.query.0.iter_mut().filter(|(name, _)| name == "ids") {
            let ids: Vec<String> = value.split(',').map(|value| resolve(&state, key, value.trim())).collect();
            *value = ids.join(",");
        }
    }
    if let Some(no) = module
        && let Ok(mut body) = serde_json::from_slice::<Json>(&ctx.request.body)
    {
        let upsert = ctx.request.path.get(3).is_some_and(|word| word == "upsert");
        if let Some(key) =
            own.filter(|_| upsert && body["duplicate_check_fields"].is_null() && body.is_object())
        {
            body["duplicate_check_fields"] = json!([key.name]);
        }
        let by_field = ctx.request.method == "PUT";
        for record in body["data"].as_array_mut().into_iter().flatten() {
            translate_record(&state, no, own, &keys, record, by_field);
        }
        ctx.request.body = body.to_string().into_bytes().into();
    }
    Ok(())
}

fn key(state: &State, name: &str) -> Result<Key, ApiError> {
    let wrong = || ApiError::new(400, "INVALID_DATA", "invalid data", json!({"api_name": "X-EXTERNAL"}));
    let (module, field) = name.split_once('.').ok_or_else(wrong)?;
    let no = state.module_no(module).ok_or_else(wrong)?;
    let known = state.modules[no].field(field).is_some_and(|field| field.external.is_some());
    if known { Ok(Key { module: no, name: field.to_owned() }) } else { Err(wrong()) }
}

/// The id of the record with this key.
fn resolve(state: &State, key: &Key, value: &str) -> String {
    let module = &state.modules[key.module];
    let found = module.field_no(&key.name).and_then(|no| {
        let is_number = matches!(module.meta.fields[usize::from(no)].kind, Kind::Integer | Kind::BigInt);
        let wanted = if is_number { Value::Int(value.parse().ok()?) } else { Value::Text(value.into()) };
        unique::holders(module, no, &wanted, false).next()
    });
    found.unwrap_or(0).to_string()
}

fn text(value: &Json) -> Option<String> {
    value.as_str().map(str::to_owned).or_else(|| value.as_i64().map(|number| number.to_string()))
}

fn translate_record(
    state: &State,
    no: usize,
    own: Option<&Key>,
    keys: &[Key],
    record: &mut Json,
    by_field: bool,
) {
    if let Some(key) = own {
        let given = text(&record["id"]).or_else(|| by_field.then(|| text(&record[&key.name])).flatten());
        if let (Some(given), Some(record)) = (given, record.as_object_mut()) {
            record.insert("id".into(), json!(resolve(state, key, &given)));
        }
    }
    for (_, field) in state.modules[no].fields().filter(|(_, field)| field.kind == Kind::Lookup) {
        let key =
            keys.iter().find(|key| Some(&state.modules[key.module].meta.api_name) == field.targets.first());
        let Some(value) = record.get_mut(&field.api_name) else { continue };
        let (Some(key), Some(given)) = (key, text(&value["id"])) else { continue };
        value["id"] = json!(resolve(state, key, &given));
    }
}
