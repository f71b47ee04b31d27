//! The same change on many records: mass update, mass delete, change of owner.

use serde_json::{Value as Json, json};

use super::{
    commit::Commit,
    context::RequestContext,
    item::{Item, Outcome},
    modules::mixed_status,
    record_id, related, rules,
    validate::{ItemError, Place},
    views, write,
};
use crate::{
    criteria::{self, record::RecordRow},
    http::{
        answer::Answer,
        error::{ApiError, Reply},
        json_in::Node,
    },
    org::{
        State,
        events::Operation,
        state::{MassJob, MassKind},
    },
};

/// The most records of one call that names them.
const MOST: usize = 500;

/// Serves the state of a job.
pub fn status(ctx: &RequestContext, module: &str, kind: MassKind) -> Reply {
    match kind {
        MassKind::Update => ctx.require(&["mass_update", module], "READ")?,
        MassKind::Delete => ctx.require(&["mass_delete"], "READ")?,
        MassKind::Owner => ctx.require(&["change_owner"], "READ")?,
    }
    let id: Option<i64> = ctx.param("job_id").ok_or_else(|| job_missing(kind))?.parse().ok();
    let state = ctx.org.read();
    let Some(job) = state.mass_jobs.iter().find(|job| Some(job.id) == id && job.kind == kind) else {
        return if kind == MassKind::Owner { Ok(Answer::no_content()) } else { Err(job_unknown(kind)) };
    };
    let shown = match kind {
        MassKind::Delete => json!({
            "Status": "COMPLETED", "Total_Count": job.total, "Deleted_Count": job.done, "Failed_Count": job.total - job.done,
        }),
        MassKind::Update | MassKind::Owner => json!({
            "Status": "COMPLETED", "Total_Count": job.total, "Updated_Count": job.done, "Not_Updated_Count": 0,
            "Failed_Count": job.total - job.done,
        }),
    };
    Ok(Answer::json(200, &json!({"data": [shown]})))
}

/// The documents of mass updates allow no details.
fn about_job(kind: MassKind) -> Json {
    if kind == MassKind::Update { json!({}) } else { json!({"param_name": "job_id"}) }
}

fn job_missing(kind: MassKind) -> ApiError {
    match kind {
        MassKind::Owner => ApiError::missing_parameter("job_id"),
        _ => ApiError::new(400, "MANDATORY_NOT_FOUND", "mandatory param missing", about_job(kind)),
    }
}

fn job_unknown(kind: MassKind) -> ApiError {
    ApiError::new(400, "INVALID_DATA", "The jobid given seems to be invalid", about_job(kind))
}

/// Which records: by `ids`, or those of a list view, as a job.
enum Which {
    Ids(Vec<i64>),
    View(Vec<i64>),
}

fn which(ctx: &RequestContext, state: &State, no: usize, body: &Node<'_>) -> Result<Which, ApiError> {
    if let Some(list) = body.get("ids") {
        let ids: Option<Vec<i64>> = list.as_list().and_then(|list| list.iter().map(Node::as_id).collect());
        let ids = ids.ok_or_else(|| ApiError::invalid_body("jsonarray", "ids", "$.ids"))?;
        return if ids.len() > MOST { Err(ApiError::limit(MOST)) } else { Ok(Which::Ids(ids)) };
    }
    let missing = || {
        let details = json!({"api_name": "ids", "expected_data_type": "jsonarray"});
        ApiError::new(400, "MANDATORY_NOT_FOUND", "required field not found", details)
    };
    let id = body.get("cvid").map(Node::as_id).ok_or_else(missing)?;
    let module = &state.modules[no];
    let view = module.meta.views.iter().find(|view| Some(view.id) == id);
    let view = view.ok_or_else(|| ApiError::invalid_body("bigint", "cvid", "$.cvid"))?;
    let filter = views::criteria(ctx, view)?;
    let admitted = |record: &&crate::org::record::Record| {
        filter.as_ref().is_none_or(|filter| criteria::matches(filter, &RecordRow { state, module, record }))
    };
    Ok(Which::View(module.table.iter().filter(admitted).map(|record| record.id).collect()))
}

fn open(state: &State, module: &str) -> Result<usize, ApiError> {
    let no = state.module_no(module).ok_or_else(ApiError::invalid_module)?;
    state.modules[no].writable_alone()?;
    Ok(no)
}

/// The refusal of one record as the documents of mass updates have it: they name no field.
fn briefly(mut error: ItemError, id: i64, there: bool) -> ItemError {
    const KEYS: [&str; 4] = ["limit", "maximum_length", "maximum_decimal_place", "range"];
    if error.code == "INVALID_DATA"
        && let Some(details) = error.details.as_object_mut()
    {
        details.retain(|key, _| KEYS.contains(&key.as_str()));
        if !there {
            details.insert("id".to_owned(), json!(id.to_string()));
        }
    }
    error
}

fn scheduled(state: &mut State, kind: MassKind, total: usize, done: usize) -> i64 {
    let id = state.ids.fresh();
    state.mass_jobs.push(MassJob { id, kind, total, done });
    id
}

/// `POST /{module}/actions/mass_update`.
pub fn update(ctx: &RequestContext, module: &str) -> Reply {
    ctx.require(&["mass_update", module], "UPDATE")?;
    let body = ctx.body()?;
    let mut state = ctx.org.write();
    let no = open(&state, module)?;
    let wish = body.get("data").and_then(Node::as_list).and_then(<[_]>::first);
    let wish = wish.ok_or_else(|| ApiError::mandatory("data", "$.data"))?;
    let which = which(ctx, &state, no, &body)?;
    let ids = match &which {
        Which::Ids(ids) | Which::View(ids) => ids,
    };
    // It is an update of many; a deletion of many costs what most calls do.
    ctx.charge((ids.len() as u64).div_ceil(10).max(1));
    let mut commit = Commit::new(ctx);
    let (mut out, mut done) = (b"{\"data\":[".to_vec(), 0);
    for (at, id) in ids.iter().enumerate() {
        let there = state.modules[no].table.get(*id).is_some();
        let result = write::update_one(ctx, &mut state, &mut commit, no, *id, wish, Place(0))
            .map(Item::Updated)
            .map_err(|error| briefly(error, *id, there));
        done += usize::from(result.is_ok());
        if at > 0 {
            out.push(b',');
        }
        Outcome { org: &ctx.org, state: &state, result: &result }.write(&mut out);
    }
    out.extend_from_slice(b"]}");
    // This answer does not tell the state of approval.
    let out = String::from_utf8_lossy(&out).replace(",\"$approval_state\":\"approved\"", "").into_bytes();
    rules::run(ctx, &mut state, &mut commit);
    commit.finish(&mut state);
    Ok(match which {
        Which::Ids(ids) => {
            let status = if done == ids.len() {
                200
            } else if done == 0 {
                400
            } else {
                207
            };
            Answer::json_bytes(status, out)
        }
        Which::View(ids) => {
            let job = scheduled(&mut state, MassKind::Update, ids.len(), done);
            let entry = json!({"code": "SCHEDULED", "details": {"job_id": job.to_string()}, "message": "mass update scheduled successfully", "status": "success"});
            Answer::json(202, &json!({"data": [entry]}))
        }
    })
}

/// `POST /{module}/actions/mass_delete`.
pub fn delete(ctx: &RequestContext, module: &str) -> Reply {
    ctx.require(&["mass_delete"], "DELETE")?;
    let body = ctx.body()?;
    let mut state = ctx.org.write();
    let no = open(&state, module)?;
    let which = which(ctx, &state, no, &body)?;
    let ids = match &which {
        Which::View(ids) if ids.is_empty() => {
            return Err(ApiError::new(400, "NO_RECORDS_FOUND", "no record found to update", json!({})));
        }
        Which::Ids(ids) | Which::View(ids) => ids.clone(),
    };
    let mut commit = Commit::new(ctx);
    let mut entries: Vec<Json> = Vec::with_capacity(ids.len());
    let mut done = 0;
    for id in &ids {
        let details = json!({"id": id.to_string()});
        entries.push(match state.modules[no].table.get(*id).is_some() {
            true => {
                commit.delete(&mut state, no, *id);
                related::delete_children(&mut state, &mut commit, no, *id);
                done += 1;
                json!({"code": "SUCCESS", "details": details, "message": "record is deleted", "status": "success"})
            }
            false => {
                json!({"code": "INVALID_DATA", "details": details, "message": "the id given seems to be invalid", "status": "error"})
            }
        });
    }
    commit.finish(&mut state);
    Ok(match which {
        // When none of them is there, the request is refused as a whole, by the first.
        Which::Ids(ids) if done == 0 && !ids.is_empty() => {
            let details = json!({"api_name": "ids", "json_path": "$.ids[0]", "id": ids[0].to_string()});
            return Err(ApiError::new(400, "INVALID_DATA", "the id given seems to be invalid", details));
        }
        Which::Ids(_) => Answer::json(mixed_status(&entries, 200), &json!({"data": entries})),
        Which::View(_) => {
            let job = scheduled(&mut state, MassKind::Delete, ids.len(), done);
            let entry = json!({"code": "SUCCESS", "details": {"job_id": job.to_string()}, "message": "mass delete scheduled successfully", "status": "success"});
            Answer::json(200, &json!({"data": [entry]}))
        }
    })
}

/// The new owner, who must be an active user.
fn owner(state: &State, body: &Node<'_>) -> Result<i64, ApiError> {
    let owner = body.get("owner").ok_or_else(|| ApiError::mandatory("owner", "$.owner"))?;
    let id = owner.get("id").and_then(Node::as_id);
    id.filter(|id| state.user(*id).is_some_and(|user| user.active))
        .ok_or_else(|| ApiError::invalid_body("bigint", "id", "$.owner.id"))
}

fn give(
    ctx: &RequestContext,
    state: &mut State,
    commit: &mut Commit<'_>,
    no: usize,
    ids: &[i64],
    to: i64,
) -> usize {
    let field: Vec<u16> = state.modules[no].field_no("Owner").into_iter().collect();
    let mut done = 0;
    for id in ids {
        let Some(mut record) = state.modules[no].table.get(*id).cloned() else { continue };
        record.owner = to;
        (record.modified, record.modified_by) = (ctx.now(), ctx.user_id);
        commit.put(state, no, record, Operation::Update, field.clone());
        done += 1;
    }
    done
}

/// `POST /{module}/actions/mass_change_owner`.
pub fn change_owner_of_view(ctx: &RequestContext, module: &str) -> Reply {
    ctx.require(&["change_owner"], "CREATE")?;
    let body = ctx.body()?;
    let mut state = ctx.org.write();
    let no = open(&state, module)?;
    let to = owner(&state, &body)?;
    body.get("cvid").ok_or_else(|| ApiError::mandatory("cvid", "$.cvid"))?;
    let (Which::Ids(ids) | Which::View(ids)) = which(ctx, &state, no, &body)?;
    let mut commit = Commit::new(ctx);
    let done = give(ctx, &mut state, &mut commit, no, &ids, to);
    commit.finish(&mut state);
    let job = scheduled(&mut state, MassKind::Owner, ids.len(), done);
    let entry = json!({"status": "success", "code": "SCHEDULED", "message": "change owner is successfully scheduled", "details": {"job_id": job.to_string()}});
    Ok(Answer::json(202, &json!({"data": [entry]})))
}

/// `POST /{module}[/{id}]/actions/change_owner`.
pub fn change_owner(ctx: &RequestContext, module: &str, path_id: Option<&str>) -> Reply {
    ctx.require(&["change_owner"], "CREATE")?;
    let body = ctx.body()?;
    let mut state = ctx.org.write();
    let no = open(&state, module)?;
    let to = owner(&state, &body)?;
    let ids = match path_id {
        Some(id) => vec![record_id(id, 1)?],
        None => match which(ctx, &state, no, &body)? {
            Which::Ids(ids) | Which::View(ids) => ids,
        },
    };
    let missing = ids.iter().find(|id| state.modules[no].table.get(**id).is_none());
    if let Some(missing) = missing {
        let details = json!({"id": missing.to_string()});
        return Err(ApiError::new(400, "INVALID_DATA", "the id given seems to be invalid", details));
    }
    let mut commit = Commit::new(ctx);
    give(ctx, &mut state, &mut commit, no, &ids, to);
    commit.finish(&mut state);
    let first = ids.first().map(|id| id.to_string());
    let entry = json!({"code": "SUCCESS", "details": {"id": first}, "message": "Owner updated successfully", "status": "success"});
    Ok(Answer::json(200, &entry))
}
