//! `/{module}/{id}/Notes`: notes on a record. The notes themselves are records of the module Notes.

use serde_json::{Value as Json, json};

use super::{context::RequestContext, get, record_id, related, remove, write};
use crate::http::{
    answer::Answer,
    error::{ApiError, Reply},
};

/// The record that notes hang on.
fn parent(ctx: &RequestContext, module: &str, id: &str) -> Result<(usize, i64), ApiError> {
    let id = record_id(id, 1)?;
    let state = ctx.org.read();
    let no = state.module_no(module).ok_or_else(ApiError::invalid_module)?;
    match state.modules[no].table.get(id) {
        Some(_) => Ok((no, id)),
        None => Err(ApiError::invalid_id(1)),
    }
}

/// Serves one note of a record; a note of another record is not there.
pub fn one(ctx: &RequestContext, module: &str, id: &str, note: &str) -> Reply {
    let operation = match ctx.request.method.as_str() {
        "GET" => "READ",
        "PUT" => "UPDATE",
        "DELETE" => "DELETE",
        _ => return Err(ApiError::invalid_method()),
    };
    ctx.require(&["modules", "Notes"], operation)?;
    let (no, parent) = parent(ctx, module, id)?;
    let note_id = record_id(note, 3)?;
    if !related::children(&ctx.org.read(), "Notes", no, parent).contains(&note_id) {
        return match ctx.request.method.as_str() {
            "GET" => Ok(Answer::no_content()),
            _ => Err(ApiError::invalid_id(3)),
        };
    }
    match ctx.request.method.as_str() {
        "GET" => get::one(ctx, "Notes", note),
        "PUT" => write::update(ctx, "Notes", Some(note_id)),
        "DELETE" => remove::one(ctx, "Notes", note),
        _ => Err(ApiError::invalid_method()),
    }
}

/// Changes or deletes several notes of a record.
pub fn many(ctx: &RequestContext, module: &str, id: &str) -> Reply {
    let operation = if ctx.request.method == "PUT" { "UPDATE" } else { "DELETE" };
    ctx.require(&["modules", "Notes"], operation)?;
    parent(ctx, module, id)?;
    match ctx.request.method.as_str() {
        "PUT" => write::update(ctx, "Notes", None),
        _ => remove::many(ctx, "Notes"),
    }
}

/// Adds notes to a record: an ordinary insert with the parent filled in.
pub fn add(ctx: &RequestContext, module_name: &str, id: &str) -> Reply {
    ctx.require(&["modules", "Notes"], "CREATE")?;
    let (_, id) = parent(ctx, module_name, id)?;
    let body = ctx.body()?;
    let mut body: Json = body.to_json();
    for note in body["data"].as_array_mut().into_iter().flatten() {
        note["Parent_Id"] = json!({"id": id.to_string(), "module": {"api_name": module_name}});
    }
    write::insert_body(ctx, "Notes", &body.to_string().into_bytes())
}
