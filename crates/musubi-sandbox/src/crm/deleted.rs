//! `GET /{module}/deleted`: what was deleted, latest first.

use serde_json::{Value as Json, json};

use super::{context::RequestContext, paging::Paging};
use crate::http::{
    answer::Answer,
    error::{ApiError, Reply},
};

/// Serves a page of deletions; 204 when there are none, or none new enough: the documents have no 304 here.
pub fn list(ctx: &RequestContext, module_name: &str) -> Reply {
    ctx.charge(2);
    let state = ctx.org.read();
    let module = state.module(module_name).ok_or_else(ApiError::invalid_module)?;
    ctx.require(&["modules", module_name], "READ")?;
    let kind = match ctx.param("type").unwrap_or("all") {
        kind @ ("all" | "recycle" | "permanent") => kind,
        _ => return Err(ApiError::invalid_parameter("type")),
    };
    let paging = Paging::by_number(ctx)?;
    let since = ctx.since()?;
    let deletions = module.table.deletions();
    let first = since.map_or(0, |since| deletions.rank((since, 0)));
    let rows: Vec<Json> = deletions
        .descending_before(deletions.len())
        .take(deletions.len() - first)
        .filter_map(|(_, slot)| module.table.deleted_at(slot))
        .filter(|(_, deleted)| kind == "all" || (kind == "permanent") == deleted.is_permanent(ctx.now()))
        .skip(paging.offset)
        .take(paging.per_page + 1)
        .map(|(id, deleted)| {
            let user = |id: i64| {
                state.user(id).map_or(Json::Null, |u| json!({"name": u.full_name(), "id": id.to_string()}))
            };
            json!({
                "deleted_by": user(deleted.by),
                "id": id.to_string(),
                "display_name": deleted.display_name,
                "type": if deleted.is_permanent(ctx.now()) { "permanent" } else { "recycle" },
                "created_by": user(deleted.created_by),
                "deleted_time": ctx.org.time(deleted.time),
            })
        })
        .collect();
    if rows.is_empty() {
        return Ok(Answer::no_content());
    }
    let more = rows.len() > paging.per_page;
    let count = rows.len().min(paging.per_page);
    Ok(Answer::json(200, &json!({"data": &rows[..count], "info": paging.plain_info(count, more)})))
}
