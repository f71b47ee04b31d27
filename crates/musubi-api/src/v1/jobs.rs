//! Long work: plans, verifications, check-ups.

use crate::access::{Caller, Role};
use crate::app::App;
use crate::input::{Body, Path};
use crate::jobs::{Job, JobKind, JobResult};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use futures::FutureExt;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// Jobs of the process that answers.
#[derive(Serialize, ToSchema)]
pub(crate) struct JobList {
    items: Vec<Job>,
}

/// What to do with differences.
#[derive(Default, Deserialize, ToSchema)]
#[schema(as = VerifyRequest)]
pub(crate) struct Verify {
    /// Has what differs decided again. An admin may.
    #[serde(default)]
    repair: bool,
}

/// Jobs, the newest first.
#[utoipa::path(get, path = "/jobs", tag = "jobs", operation_id = "listJobs",
    responses((status = 200, body = JobList), (status = 401, body = Problem)))]
pub(crate) async fn list(State(app): State<App>) -> Json<JobList> {
    Json(JobList { items: app.inner.jobs.all() })
}

/// One job.
#[utoipa::path(get, path = "/jobs/{id}", tag = "jobs", operation_id = "getJob", params(("id" = String, Path)),
    responses((status = 200, body = Job), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn show(State(app): State<App>, Path(id): Path<u64>) -> Result<Json<Job>, Problem> {
    app.inner.jobs.get(id).map(Json).ok_or_else(|| Problem::not_found("such job"))
}

/// Finds out what a run would do. Nothing is written.
#[utoipa::path(post, path = "/integrations/{name}/plan", tag = "jobs", operation_id = "planIntegration", params(("name" = String, Path)),
    responses((status = 202, body = Job), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn plan(
    State(app): State<App>,
    Path(name): Path<String>,
) -> Result<(StatusCode, Json<Job>), Problem> {
    exists(&app, &name).await?;
    let hub = app.hub.clone();
    let job = app.start(JobKind::Plan, Some(name.clone()), |teller| {
        async move {
            let mut tell = |progress: &musubi_engine::report::Progress| {
                teller.tell(progress.stage, progress.scanned, progress.expected)
            };
            let report = hub.plan_telling(&name, &mut tell).await?;
            Ok(JobResult::Plan(report))
        }
        .boxed()
    });
    Ok((StatusCode::ACCEPTED, Json(job)))
}

/// Compares both sides completely.
#[utoipa::path(post, path = "/integrations/{name}/verify", tag = "jobs", operation_id = "verifyIntegration", params(("name" = String, Path)), request_body = Verify,
    responses((status = 202, body = Job), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn verify(
    State(app): State<App>,
    caller: Caller,
    Path(name): Path<String>,
    Body(verify): Body<Verify>,
) -> Result<(StatusCode, Json<Job>), Problem> {
    exists(&app, &name).await?;
    if verify.repair && caller.role() < Role::Admin {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "auth.forbidden",
            "Mending differences writes records, which an admin may.",
            "Verify without mending, or ask an admin.",
        ));
    }
    let details = json!({ "integration": name, "repair": verify.repair });
    app.audit(&caller.actor(), "integration.verify", details).await;
    let hub = app.hub.clone();
    let job = app.start(JobKind::Verify, Some(name.clone()), |teller| {
        async move {
            let mut tell = |progress: &musubi_engine::report::Progress| {
                teller.tell(progress.stage, progress.scanned, progress.expected)
            };
            let certificate = hub.verify(&name, verify.repair, &mut tell).await?;
            Ok(JobResult::Verify(certificate))
        }
        .boxed()
    });
    Ok((StatusCode::ACCEPTED, Json(job)))
}

/// Checks what the hub needs: its processes, its address from outside, every connection. Changes nothing; a connection costs three credits at the most.
#[utoipa::path(post, path = "/checkup", tag = "jobs", operation_id = "checkUp",
    responses((status = 202, body = Job), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn check_up(State(app): State<App>) -> (StatusCode, Json<Job>) {
    let hub = app.hub.clone();
    let job = app.start(JobKind::Checkup, None, |_| {
        async move { Ok(JobResult::Checkup(hub.check_up().await?)) }.boxed()
    });
    (StatusCode::ACCEPTED, Json(job))
}

async fn exists(app: &App, name: &str) -> Result<(), Problem> {
    let rows = app.store().integrations(app.workspace()).await?;
    match rows.iter().any(|row| row.name == *name) {
        true => Ok(()),
        false => Err(Problem::not_found("such integration")),
    }
}
