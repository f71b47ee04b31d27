//! `/crm/bulk/v8/read`: make a job, ask for its state, download its result.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use serde_json::{Value, json};

use crate::crm::context::RequestContext;
use crate::crm::coql::setting;
use crate::crm::notify::post::Delivery;
use crate::http::answer::{Answer, Payload};
use crate::http::error::{ApiError, Reply};
use crate::org::Org;
use crate::world::World;

use super::archive;
use super::jobs::{Done, Job, Phase};
use super::query::{self, PER_PAGE, ReadQuery};
use super::snapshot::{self, Extent};

/// Credits a job costs.
const CREDITS: u64 = 50;

/// Makes a job. Its rows are read at once, however long it then takes to be done.
pub fn create(ctx: &RequestContext) -> Reply {
    ctx.require(&["bulk"], "READ")?;
    let setting = setting(ctx);
    let (query, created_by) = {
        let state = ctx.org.read();
        let query = query::read(&ctx.request.body, &state, &setting)?;
        ctx.require(&["modules", &state.modules[query.module].meta.api_name], "READ")?;
        let user = state.user(ctx.user_id).map(|user| user.full_name()).unwrap_or_default();
        (query, (ctx.user_id, user))
    };
    ctx.charge(CREDITS);
    let id = ctx.org.write().ids.fresh();
    let shown = json!({
        "id": id.to_string(), "operation": "read", "query": query.shown,
        "created_by": {"id": created_by.0.to_string(), "name": created_by.1},
        "created_time": ctx.org.time(ctx.now()), "file_type": "csv",
    });
    let mut details = shown.clone();
    if let Some(details) = details.as_object_mut() {
        details.remove("query");
        details.remove("file_type");
    }
    details["state"] = json!("ADDED");
    let org_id = ctx.org.profile.org_id.clone();
    ctx.world.bulk.add(id, Job { org_id, created_ms: ctx.now_ms, created_by, shown, done: None });
    begin(&ctx.world, &ctx.org, id, query);
    let entry = json!({"status": "success", "code": "ADDED_SUCCESSFULLY", "message": "Added successfully.", "details": details});
    Ok(Answer::json(201, &json!({"data": [entry], "info": {}})))
}

fn begin(world: &Arc<World>, org: &Arc<Org>, id: i64, query: ReadQuery) {
    let callback = query.callback.clone();
    let (working_world, working_org) = (Arc::clone(world), Arc::clone(org));
    let work = move || {
        let done = run(&working_org, id, &query);
        working_world.bulk.finish(id, done);
    };
    let (world, org_id) = (Arc::clone(world), org.profile.org_id.clone());
    world.clone().bulk.run(work, async move {
        let Some(url) = callback else { return };
        tokio::time::sleep(Duration::from_millis(world.bulk.delay_ms().unsigned_abs())).await;
        let Some(job) = world.bulk.get(id, &org_id, world.clock.now_ms()) else { return };
        let failed = job.done.as_ref().is_none_or(|done| done.failed);
        let result = job.done.map_or(Value::Null, |done| done.shown);
        let state = if failed { "FAILURE" } else { "COMPLETED" };
        let body = json!({"job_id": id.to_string(), "operation": "read", "state": state, "query": job.shown["query"], "result": result});
        world.post.send(Delivery { url, body: body.to_string().into_bytes(), delay: Duration::ZERO });
    });
}

fn run(org: &Org, id: i64, query: &ReadQuery) -> Done {
    let skip = if query.after > 0 { 0 } else { (query.page - 1) * PER_PAGE };
    let extent = Extent {
        module: query.module,
        fields: &query.fields,
        filter: &query.filter,
        after: query.after,
        skip,
        limit: PER_PAGE,
    };
    // The lock is held while rows become text, a quarter of a second for a full page; packing happens without it.
    let snapshot = snapshot::take(&org.read(), &extent, &org.zone);
    let mut shown = json!({
        "page": query.page, "per_page": PER_PAGE, "count": snapshot.count, "more_records": snapshot.more,
        "download_url": format!("/crm/bulk/v8/read/{id}/result"),
    });
    if snapshot.more {
        shown["next_page_token"] = json!(query::token(query.page, snapshot.last_id));
    }
    match archive::pack(&format!("{id}.csv"), &snapshot.csv) {
        Ok(file) => Done { shown, file: file.into(), failed: false },
        Err(_) => Done { shown, file: Bytes::new(), failed: true },
    }
}

/// 404 about a job or result that is not there.
pub fn not_found() -> ApiError {
    ApiError::new(
        404,
        "RESOURCE_NOT_FOUND",
        "The requested resource doesn't exist.",
        json!({"resource": "job"}),
    )
}

/// The details of a job.
pub fn details(ctx: &RequestContext, id: &str) -> Reply {
    ctx.require(&["bulk"], "READ")?;
    let job = job(ctx, id)?;
    let mut shown = job.shown.clone();
    shown["state"] = match ctx.world.bulk.phase(&job, ctx.now_ms) {
        Phase::Added => json!("ADDED"),
        Phase::Queued => json!("QUEUED"),
        Phase::InProgress => json!("IN PROGRESS"),
        Phase::Completed => json!("COMPLETED"),
        Phase::Failed => json!("FAILURE"),
    };
    if shown["state"] == "COMPLETED"
        && let Some(done) = &job.done
    {
        shown["result"] = done.shown.clone();
    }
    Ok(Answer::json(200, &json!({"data": [shown]})))
}

fn job(ctx: &RequestContext, id: &str) -> Result<Job, ApiError> {
    let job = id.parse().ok().and_then(|id| ctx.world.bulk.get(id, &ctx.org.profile.org_id, ctx.now_ms));
    job.filter(|job| job.shown["operation"] == "read").ok_or_else(not_found)
}

/// The file of a job that is done.
pub fn result(ctx: &RequestContext, id: &str) -> Reply {
    ctx.require(&["bulk"], "READ")?;
    let job = job(ctx, id)?;
    match (ctx.world.bulk.phase(&job, ctx.now_ms), job.done) {
        (Phase::Completed, Some(done)) => Ok(download(done.file, &format!("{id}.zip"))),
        _ => Err(not_found()),
    }
}

/// A ZIP file to download.
pub fn download(file: Bytes, name: &str) -> Answer {
    Answer {
        status: 200,
        content_type: "application/zip".into(),
        headers: vec![("content-disposition", format!("attachment; filename=\"{name}\""))],
        body: Payload::Stream(Body::from(file)),
    }
}
