//! `/settings/recycle_bin`: looking into the bin, restoring, deleting for good.

use serde_json::{Value as Json, json};

use super::{
    commit::Commit,
    context::RequestContext,
    linked_rows,
    modules::mixed_status,
    paging::Paging,
    record_id, related, unique,
    validate::{ItemError, Place},
};
use crate::{
    http::{
        answer::Answer,
        error::{ApiError, Reply},
        json_in::Node,
    },
    org::{State, events::Operation, table::Deleted, value::Value},
};

/// Serves the recycle bin.
pub fn route(ctx: &RequestContext, method: &str, rest: &[&str]) -> Reply {
    let operation = match method {
        "GET" => "READ",
        "POST" => "UPDATE",
        _ => "DELETE",
    };
    ctx.require(&["settings", "recycle_bin"], operation)?;
    match (method, rest) {
        ("GET", []) => list(ctx),
        ("GET", ["actions", "count"]) => {
            let state = ctx.org.read();
            Ok(Answer::json(200, &json!({"count": everything(ctx, &state).len()})))
        }
        ("POST", ["actions", "restore"]) => match wanted(ctx)? {
            Wanted::Ids(ids) => several(&ids, restore(ctx, &ids)),
            Wanted::Filter(filter) => restore_later(ctx, &filter),
        },
        ("POST", ["actions", "empty"]) => empty(ctx),
        ("POST", [id, "actions", "restore"]) => alone(&restore(ctx, &[record_id(id, 2)?])),
        ("GET", [id]) => one(ctx, id),
        ("DELETE", []) => match (ctx.request.query.list("ids"), ctx.param("filters")) {
            (Some(ids), _) => {
                let ids = ids.iter().map(|id| id.parse().map_err(|_| ApiError::invalid_parameter("ids")));
                let ids = ids.collect::<Result<Vec<i64>, ApiError>>()?;
                several(&ids, purge(ctx, &ids))
            }
            (None, Some(text)) => {
                let json = serde_json::from_str(text).map_err(|_| ApiError::invalid_parameter("filters"))?;
                let filter = Filter::read(&json).ok_or_else(|| ApiError::invalid_parameter("filters"))?;
                let ids = filter.ids(ctx, &ctx.org.read());
                several(&ids, purge(ctx, &ids))
            }
            (None, None) => Err(ApiError::missing_parameter("ids")),
        },
        ("DELETE", [id]) => alone(&purge(ctx, &[record_id(id, 2)?])),
        (_, [] | [_] | ["actions", "count" | "restore" | "empty"] | [_, "actions", "restore"]) => {
            Err(ApiError::invalid_method())
        }
        _ => Err(ApiError::invalid_url()),
    }
}

/// Several records: when all are refused, the first refusal stands for the request; when some are, each entry also
/// says beside its code which record it is about.
fn several(ids: &[i64], mut entries: Vec<Json>) -> Reply {
    let status = mixed_status(&entries, 200);
    if status == 400
        && let Some(first) = entries.first()
    {
        return Ok(Answer::json(400, first));
    }
    if status == 207 {
        for (entry, id) in entries.iter_mut().zip(ids) {
            entry["id"] = json!(id.to_string());
        }
    }
    Ok(Answer::json(status, &json!({"recycle_bin": entries})))
}

/// A record that the path names is refused as a whole.
fn alone(entries: &[Json]) -> Reply {
    match entries.iter().find(|entry| entry["status"] == "error") {
        Some(refused) => Ok(Answer::json(400, refused)),
        None => Ok(Answer::json(200, &json!({"recycle_bin": entries}))),
    }
}

/// What can still be restored: module, id, latest first.
fn everything(ctx: &RequestContext, state: &State) -> Vec<(usize, i64)> {
    let mut all: Vec<(i64, usize, i64)> = Vec::new();
    // Rows come and go with the record they are shown in.
    for (no, module) in state.modules.iter().enumerate().filter(|(_, module)| !module.meta.holds_rows()) {
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
    let paging = Paging::by_number(ctx)?;
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

/// Which records a request is about.
enum Wanted {
    Ids(Vec<i64>),
    Filter(Filter),
}

/// Conditions that must all hold: API name, comparator, value.
struct Filter(Vec<(String, String, String)>);

impl Filter {
    fn read(json: &Json) -> Option<Filter> {
        let group = match json.get("group") {
            Some(group) => group.as_array()?.as_slice(),
            None => std::slice::from_ref(json),
        };
        let condition = |node: &Json| {
            let value = match &node["value"] {
                Json::String(text) => text.clone(),
                other => other["api_name"].as_str()?.to_owned(),
            };
            let text = |node: &Json| node.as_str().map(str::to_owned);
            Some((text(&node["field"]["api_name"])?, text(&node["comparator"])?, value))
        };
        group.iter().map(condition).collect::<Option<Vec<_>>>().map(Filter)
    }

    fn admits(&self, module: &str, deleted: &Deleted) -> bool {
        self.0.iter().all(|(field, comparator, value)| {
            let held = match field.as_str() {
                "module" => module.to_owned(),
                "display_name" => deleted.display_name.clone(),
                "deleted_by" => deleted.by.to_string(),
                "owner" => deleted.owner.to_string(),
                _ => return false,
            };
            match comparator.as_str() {
                "equal" => held == *value,
                "not_equal" => held != *value,
                "contains" => held.contains(value.as_str()),
                "starts_with" => held.starts_with(value.as_str()),
                _ => false,
            }
        })
    }

    fn ids(&self, ctx: &RequestContext, state: &State) -> Vec<i64> {
        let admitted = |(no, id): &(usize, i64)| {
            let module = &state.modules[*no];
            module.table.deleted(*id).is_some_and(|deleted| self.admits(&module.meta.api_name, deleted))
        };
        everything(ctx, state).into_iter().filter(admitted).map(|(_, id)| id).collect()
    }
}

/// `ids`, `filters` or `restore_all_records`: one of them.
fn wanted(ctx: &RequestContext) -> Result<Wanted, ApiError> {
    let body = ctx.body()?;
    if let Some(list) = body.get("ids") {
        let list = list.as_list().ok_or_else(|| ApiError::invalid_body("jsonarray", "ids", "$.ids"))?;
        return Ok(Wanted::Ids(list.iter().map(|id| id.as_id().unwrap_or(0)).collect()));
    }
    if let Some(filters) = body.get("filters") {
        let filter = Filter::read(&filters.to_json());
        let wrong = || ApiError::invalid_body("jsonobject", "filters", "$.filters");
        return filter.map(Wanted::Filter).ok_or_else(wrong);
    }
    if body.get("restore_all_records") == Some(&Node::Bool(true)) {
        return Ok(Wanted::Filter(Filter(Vec::new())));
    }
    Err(ApiError::mandatory("ids", "$.ids"))
}

/// Records named by a filter come back as a job, which is done by the time it is answered.
fn restore_later(ctx: &RequestContext, filter: &Filter) -> Reply {
    let ids = filter.ids(ctx, &ctx.org.read());
    restore(ctx, &ids);
    let job = ctx.org.write().ids.fresh();
    let entry = json!({
        "code": "SCHEDULED", "details": {"job_id": job.to_string()}, "message": "restore is scheduled", "status": "success",
    });
    Ok(Answer::json(202, &json!({"recycle_bin": [entry]})))
}

/// Brings records back, each with the notes, attachments and rows that were deleted with it.
fn restore(ctx: &RequestContext, ids: &[i64]) -> Vec<Json> {
    let mut state = ctx.org.write();
    let mut commit = Commit::new(ctx);
    let entries: Vec<Json> = ids
        .iter()
        .map(|&id| {
            let Some((no, time)) = find(ctx, &state, id).map(|(no, deleted)| (no, deleted.time)) else {
                return json!({"code": "INVALID_DATA", "details": {"id": id.to_string()}, "message": "the id given seems to be invalid", "status": "error"});
            };
            if let Err(error) = may_come_back(&state, no, id) {
                return json!({"code": error.code, "details": error.details, "message": error.message, "status": "error"});
            }
            bring_back(&mut state, &mut commit, no, id);
            for (child_no, child) in children_in_bin(ctx, &state, no, id, time) {
                // Harder: a link comes back only with the record that took it along, and only if it may at that moment.
                if may_come_back(&state, child_no, child).is_ok() {
                    bring_back(&mut state, &mut commit, child_no, child);
                }
            }
            json!({"code": "SUCCESS", "details": {"id": id.to_string()}, "message": "record restored successfully", "status": "success"})
        })
        .collect();
    commit.finish(&mut state);
    entries
}

/// Harder: a record does not come back while another holds the value of its unique field, nor a note without its record,
/// nor a link without what it links.
fn may_come_back(state: &State, no: usize, id: i64) -> Result<(), ItemError> {
    let module = &state.modules[no];
    let Some(record) = module.table.deleted(id).and_then(|deleted| deleted.record.as_ref()) else {
        return Ok(());
    };
    let hangs_on_nothing = match module.field_no("Parent_Id").and_then(|field| record.get(field)) {
        Some(Value::ModuleLookup(to, parent)) => state.modules[usize::from(*to)].table.get(*parent).is_none(),
        _ => !linked_rows::ends_are_there(state, module, record),
    };
    if hangs_on_nothing {
        return Err(ItemError {
            code: "INVALID_DATA",
            message: "the related record is deleted",
            details: json!({"id": id.to_string()}),
        });
    }
    unique::check(module, record, Place(0))
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

fn purge(ctx: &RequestContext, ids: &[i64]) -> Vec<Json> {
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
    entries
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
