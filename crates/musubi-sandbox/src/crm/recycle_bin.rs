//! `/settings/recycle_bin`: looking into the bin, restoring, deleting for good.

use serde_json::{Value as Json, json};

use super::{
    commit::Commit, context::RequestContext, modules::mixed_status, paging::Paging, record_id, related,
};
use crate::{
    http::{
        answer::Answer,
        error::{ApiError, Reply},
        json_in::Node,
    },
    org::{State, events::Operation, table::Deleted},
};

/// Serves the recycle bin.
pub fn route(ctx: &RequestContext, method: &str, rest: &[&str]) -> Reply {
    ctx.require(&["settings", "recycle_bin"], if method == "GET" { "READ" } else { "DELETE" })?;
    match (method, rest) {
        ("GET", []) => list(ctx),
        ("GET", ["actions", "count"]) => {
            let state = ctx.org.read();
            Ok(Answer::json(200, &json!({"count": everything(ctx, &state).len()})))
        }
        ("POST", ["actions", "restore"]) => restore(ctx, &body_ids(ctx)?),
        ("POST", ["actions", "empty"]) => empty(ctx),
        ("POST", [id, "actions", "restore"]) => restore(ctx, &[record_id(id, 2)?]),
        ("GET", [id]) => one(ctx, id),
        ("DELETE", []) => {
            let ids = ctx.request.query.list("ids").ok_or_else(|| ApiError::missing_parameter("ids"))?;
            let ids: Result<Vec<i64>, ApiError> =
                ids.iter().map(|id| id.parse().map_err(|_| ApiError::invalid_parameter("ids"))).collect();
            purge(ctx, &ids?)
        }
        ("DELETE", [id]) => purge(ctx, &[record_id(id, 2)?]),
        (_, [] | [_]) => Err(ApiError::invalid_method()),
        _ => Err(ApiError::invalid_url()),
    }
}

/// What can still be restored: module, id, latest first.
fn everything(ctx: &RequestContext, state: &State) -> Vec<(usize, i64)> {
    let mut all: Vec<(i64, usize, i64)> = Vec::new();
    // Rows of subforms come and go with their record.
    for (no, module) in state.modules.iter().enumerate().filter(|(_, module)| module.meta.parent.is_none()) {
        let bin = module.table.deletions().iter().filter_map(|(_, slot)| module.table.deleted_at(slot));
        all.extend(
            bin.filter(|(_, deleted)| !deleted.is_permanent(ctx.now()))
                .map(|(id, deleted)| (deleted.time, no, id)),
        );
    }
    all.sort_unstable_by(|a, b| b.cmp(a));
    all.into_iter().map(|(_, no, id)| (no, id)).collect()
}

fn find<'a>(ctx: &RequestContext, state: &'a State, id: i64) -> Option<(usize, &'a Deleted)> {
    let found = state.modules.iter().enumerate().find_map(|(no, module)| {
        module.table.slot_of(id)?;
        module.table.deleted(id).map(|deleted| (no, deleted))
    })?;
    (!found.1.is_permanent(ctx.now())).then_some(found)
}

fn show(ctx: &RequestContext, state: &State, no: usize, id: i64) -> Option<Json> {
    let deleted = state.modules[no].table.deleted(id)?;
    let user = |id: i64| state.user(id).map(|u| json!({"name": u.full_name(), "id": u.id.to_string()}));
    Some(json!({
        "display_name": deleted.display_name, "deleted_time": ctx.org.time(deleted.time), "owner": user(deleted.owner),
        "module": state.modules[no].meta.api_name, "deleted_by": user(deleted.by), "id": id.to_string(),
    }))
}

fn list(ctx: &RequestContext) -> Reply {
    let state = ctx.org.read();
    let paging = Paging::read(ctx, "recycle_bin")?;
    let all = everything(ctx, &state);
    let rows: Vec<Json> = all
        .iter()
        .skip(paging.offset)
        .take(paging.per_page)
        .filter_map(|(no, id)| show(ctx, &state, *no, *id))
        .collect();
    if rows.is_empty() {
        return Ok(Answer::no_content());
    }
    let more = all.len() > paging.offset + paging.per_page;
    Ok(Answer::json(200, &json!({"recycle_bin": rows, "info": paging.plain_info(rows.len(), more)})))
}

fn one(ctx: &RequestContext, id: &str) -> Reply {
    let id = record_id(id, 2)?;
    let state = ctx.org.read();
    let found = find(ctx, &state, id).map(|(no, _)| no);
    match found.and_then(|no| show(ctx, &state, no, id)) {
        Some(mut entry) => {
            // One alone names its module by an object, and comes with the info of a list.
            let module = found.map(|no| &state.modules[no].meta);
            entry["module"] =
                json!({"api_name": entry["module"], "id": module.map(|meta| meta.id.to_string())});
            let info = json!({"per_page": 1, "count": 1, "page": 1, "more_records": false});
            Ok(Answer::json(200, &json!({"recycle_bin": [entry], "info": info})))
        }
        None => Err(ApiError::invalid_id(2)),
    }
}

fn body_ids(ctx: &RequestContext) -> Result<Vec<i64>, ApiError> {
    let body = ctx.body()?;
    let list = body
        .get("recycle_bin")
        .and_then(Node::as_list)
        .ok_or_else(|| ApiError::mandatory("recycle_bin", "$.recycle_bin"))?;
    Ok(list.iter().filter_map(|wish| wish.get("id").and_then(Node::as_id)).collect())
}

/// Brings records back, each with the notes and attachments that were deleted with it.
fn restore(ctx: &RequestContext, ids: &[i64]) -> Reply {
    let mut state = ctx.org.write();
    let mut commit = Commit::new(ctx);
    let entries: Vec<Json> = ids
        .iter()
        .map(|&id| match find(ctx, &state, id).map(|(no, deleted)| (no, deleted.time)) {
            Some((no, time)) => {
                bring_back(&mut state, &mut commit, no, id);
                for (child_no, child) in children_in_bin(ctx, &state, no, id, time) {
                    bring_back(&mut state, &mut commit, child_no, child);
                }
                json!({"code": "SUCCESS", "details": {"id": id.to_string()}, "message": "record restored successfully", "status": "success"})
            }
            None => json!({"code": "INVALID_DATA", "details": {"id": id.to_string()}, "message": "the id given seems to be invalid", "status": "error"}),
        })
        .collect();
    commit.finish(&mut state);
    Ok(Answer::json(mixed_status(&entries, 200), &json!({"recycle_bin": entries})))
}

/// A restored record comes back as it was: its modified time does not move. (Harder: a list by modified time
/// does not show that it is back.)
fn bring_back(state: &mut State, commit: &mut Commit<'_>, no: usize, id: i64) {
    let Some(record) = state.modules[no].table.deleted(id).and_then(|deleted| deleted.record.clone()) else {
        return;
    };
    let changed = record.cells.iter().map(|cell| cell.field).collect();
    commit.put(state, no, record, Operation::Insert, changed);
}

fn children_in_bin(
    ctx: &RequestContext,
    state: &State,
    parent_no: usize,
    parent: i64,
    time: i64,
) -> Vec<(usize, i64)> {
    let mut found = Vec::new();
    for (no, field, hangs) in related::owned(state, parent_no, parent) {
        let module = &state.modules[no];
        let bin = module.table.deletions().slots(time).filter_map(|slot| module.table.deleted_at(slot));
        found.extend(
            bin.filter(|(_, deleted)| !deleted.is_permanent(ctx.now()))
                .filter(|(_, deleted)| deleted.record.as_ref().is_some_and(|r| r.get(field) == Some(&hangs)))
                .map(|(id, _)| (no, id)),
        );
    }
    found
}

fn purge(ctx: &RequestContext, ids: &[i64]) -> Reply {
    let mut state = ctx.org.write();
    let mut commit = Commit::new(ctx);
    let entries: Vec<Json> = ids
        .iter()
        .map(|&id| match find(ctx, &state, id).map(|(no, _)| no) {
            Some(no) => {
                commit.purge(&mut state, no, id);
                json!({"code": "SUCCESS", "details": {"id": id.to_string()}, "message": "record deleted permanently", "status": "success"})
            }
            None => json!({"code": "INVALID_DATA", "details": {"id": id.to_string()}, "message": "the id given seems to be invalid", "status": "error"}),
        })
        .collect();
    commit.finish(&mut state);
    Ok(Answer::json(mixed_status(&entries, 200), &json!({"recycle_bin": entries})))
}

fn empty(ctx: &RequestContext) -> Reply {
    let mut state = ctx.org.write();
    let mut commit = Commit::new(ctx);
    for (no, id) in everything(ctx, &state) {
        commit.purge(&mut state, no, id);
    }
    commit.finish(&mut state);
    Ok(Answer::json(
        200,
        &json!({"code": "SUCCESS", "details": {}, "message": "recyclebin is cleared", "status": "success"}),
    ))
}
