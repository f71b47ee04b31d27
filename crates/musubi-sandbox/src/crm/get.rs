//! `GET /{module}/{id}`: one whole record.

use super::{
    context::{RequestContext, Version},
    record_id,
    render::{Columns, SystemKeys},
};
use crate::http::{
    answer::Answer,
    error::{ApiError, Reply},
};

/// Serves one record, 204 when it is not there.
pub fn one(ctx: &RequestContext, module_name: &str, id: &str) -> Reply {
    let state = ctx.org.read();
    let module = state.module(module_name).ok_or_else(ApiError::invalid_module)?;
    ctx.require(&["modules", module_name], "READ")?;
    let id = record_id(id, 1)?;
    let Some(record) = ctx.record(&module.table, id) else { return Ok(Answer::no_content()) };
    let since = ctx.since()?;
    if since.is_some_and(|since| record.modified < since) {
        return Ok(Answer::empty(304));
    }
    let columns = match ctx.request.query.list("fields") {
        Some(names) => Columns::of(&ctx.org, &state, module, &names, ctx.now()),
        None => Columns::all(&ctx.org, &state, module, SystemKeys::With, ctx.now()),
    };
    let columns = if ctx.version == Version::V2 { columns.without_parent_modules() } else { columns };
    let mut out = Vec::with_capacity(2_000);
    out.extend_from_slice(b"{\"data\":[");
    columns.write(&mut out, record);
    out.extend_from_slice(b"]}");
    Ok(Answer::json_bytes(200, out))
}
