//! `POST /{module}/{id}/Notes`: notes on a record. The notes themselves are records of the module Notes.

use serde_json::{Value as Json, json};

use super::{context::RequestContext, record_id, write};
use crate::http::error::{ApiError, Reply};

/// Adds notes to a record: an ordinary insert with the parent filled in.
pub fn add(ctx: &RequestContext, module_name: &str, id: &str) -> Reply {
    let id = record_id(id, 1)?;
    {
        let state = ctx.org.read();
        let module = state.module(module_name).ok_or_else(ApiError::invalid_module)?;
        if module.table.get(id).is_none() {
            return Err(ApiError::invalid_id(1));
        }
    }
    let body = ctx.body()?;
    let mut body: Json = body.to_json();
    for note in body["data"].as_array_mut().into_iter().flatten() {
        note["Parent_Id"] = json!({"id": id.to_string(), "module": {"api_name": module_name}});
    }
    write::insert_body(ctx, "Notes", &body.to_string().into_bytes())
}
