//! Deletes records: to the recycle bin, one or up to a hundred.

use serde_json::{Value as Json, json};

use super::{commit::Commit, context::RequestContext, record_id, related, write::allowed};
use crate::http::{
    answer::Answer,
    error::{ApiError, Reply},
};

/// `DELETE /{module}?ids=`.
pub fn many(ctx: &RequestContext, module: &str) -> Reply {
    allowed(ctx, module, "DELETE")?;
    let Some(ids) = ctx.request.query.list("ids") else { return Err(ApiError::missing_parameter("ids")) };
    if ids.len() > 100 {
        return Err(ApiError::new(
            400,
            "LIMIT_EXCEEDED",
            "the number of ids is over the limit",
            json!({"limit": 100, "param_name": "ids"}),
        ));
    }
    let ids: Result<Vec<i64>, ApiError> =
        ids.iter().map(|id| id.parse().map_err(|_| ApiError::invalid_parameter("ids"))).collect();
    delete(ctx, module, &ids?)
}

/// `DELETE /{module}/{id}`; one that is not there is refused as a whole.
pub fn one(ctx: &RequestContext, module: &str, id: &str) -> Reply {
    allowed(ctx, module, "DELETE")?;
    let id = record_id(id, 1)?;
    let known = ctx.org.read().module(module).map(|target| target.table.get(id).is_some());
    // The documents of notes name the place in the path, those of other records leave it open.
    if known == Some(false) && module == "Notes" {
        return Err(ApiError::invalid_id(1));
    }
    if known == Some(false) {
        return Err(ApiError::new(
            400,
            "INVALID_DATA",
            "the id given seems to be invalid",
            json!({"id": id.to_string()}),
        ));
    }
    delete(ctx, module, &[id])
}

fn delete(ctx: &RequestContext, module_name: &str, ids: &[i64]) -> Reply {
    let mut commit = Commit::new(ctx);
    let mut state = ctx.org.write();
    let module = state.module_no(module_name).ok_or_else(ApiError::invalid_module)?;
    state.modules[module].writable_alone()?;
    let mut entries: Vec<Json> = Vec::with_capacity(ids.len());
    let mut done = 0;
    for &id in ids {
        let there = state.modules[module].table.get(id).is_some();
        if there {
            commit.delete(&mut state, module, id);
            related::delete_children(&mut state, &mut commit, module, id);
            done += 1;
        }
        entries.push(if there {
            json!({"code": "SUCCESS", "details": {"id": id.to_string()}, "message": "record deleted", "status": "success"})
        } else {
            json!({"code": "INVALID_DATA", "details": {"id": id.to_string()}, "message": "the id given seems to be invalid", "status": "error"})
        });
    }
    commit.finish(&mut state);
    let status = match done {
        0 => 400,
        n if n == entries.len() => 200,
        _ => 207,
    };
    Ok(Answer::json(status, &json!({"data": entries})))
}
