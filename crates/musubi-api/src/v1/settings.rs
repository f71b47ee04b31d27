//! The workspace and the hub themselves.

use crate::access::Caller;
use crate::app::App;
use crate::input::Body;
use crate::jobs::{BackupReport, Job, JobKind, JobResult};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use futures::FutureExt;
use musubi_engine::retention::Retention;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// The workspace and this hub.
#[derive(Serialize, ToSchema)]
pub(crate) struct Settings {
    /// How long what is over is remembered.
    retention: Retention,
    /// Where services reach this hub from outside; `null`: it asks them.
    #[schema(required)]
    public_url: Option<String>,
    /// The hub's version.
    version: &'static str,
    /// What it keeps everything in.
    database: Database,
    /// When the process that answers started, in milliseconds since 1970.
    started_at: i64,
    /// Processes at work.
    processes: Vec<String>,
}

/// What the hub keeps everything in.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Database {
    /// A file beside it.
    Sqlite,
    /// A server, which several processes may share.
    Postgresql,
}

/// What changes.
#[derive(Deserialize, ToSchema)]
pub(crate) struct SettingsChange {
    /// How long what is over is remembered.
    #[serde(deserialize_with = "Retention::read")]
    retention: Retention,
}

/// The workspace and this hub.
#[utoipa::path(get, path = "/settings", tag = "workspace", operation_id = "getSettings",
    responses((status = 200, body = Settings), (status = 401, body = Problem)))]
pub(crate) async fn show(State(app): State<App>) -> Result<Json<Settings>, Problem> {
    let status = app.hub.status().await?;
    Ok(Json(Settings {
        retention: app.hub.retention().await?,
        public_url: app.hub.public_url(),
        version: env!("CARGO_PKG_VERSION"),
        database: if app.store().is_shared() { Database::Postgresql } else { Database::Sqlite },
        started_at: app.inner.started_at,
        processes: status.processes,
    }))
}

/// Changes how long what is over is remembered.
#[utoipa::path(patch, path = "/settings", tag = "workspace", operation_id = "changeSettings", request_body = SettingsChange,
    responses((status = 200, body = Settings), (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn change(
    State(app): State<App>,
    caller: Caller,
    Body(change): Body<SettingsChange>,
) -> Result<Json<Settings>, Problem> {
    app.hub.set_retention(change.retention).await?;
    app.audit(&caller.actor(), "settings.change", json!({ "retention": change.retention })).await;
    show(State(app)).await
}

/// Writes everything into a file beside the database, which goes on working. The key is not in it.
#[utoipa::path(post, path = "/backup", tag = "workspace", operation_id = "backUp",
    responses((status = 202, body = Job), (status = 401, body = Problem), (status = 403, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn back_up(
    State(app): State<App>,
    caller: Caller,
) -> Result<(StatusCode, Json<Job>), Problem> {
    let folder = app.options.backups.clone().ok_or_else(|| {
        Problem::new(
            StatusCode::CONFLICT,
            "backup.nowhere",
            "This hub has no folder for backups.",
            "Run `musubi backup FILE` where it runs.",
        )
    })?;
    let file = folder.join(format!("musubi-{}.backup", app.now()));
    app.audit(&caller.actor(), "workspace.backup", json!({})).await;
    let store = app.store().clone();
    let job = app.start(JobKind::Backup, None, |_| {
        async move {
            let failed = |error: std::io::Error| {
                Problem::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "backup.folder",
                    format!("The folder for backups cannot be used: {error}."),
                    "See that the hub may write to its data folder, and that the disk is not full.",
                )
            };
            std::fs::create_dir_all(&folder).map_err(failed)?;
            store.backup(&file).await?;
            let bytes = std::fs::metadata(&file).map_err(failed)?.len();
            Ok(JobResult::Backup(BackupReport { file: file.to_string_lossy().into_owned(), bytes }))
        }
        .boxed()
    });
    Ok((StatusCode::ACCEPTED, Json(job)))
}

/// The workspace as a configuration file.
#[derive(Serialize, ToSchema)]
pub(crate) struct Exported {
    /// What `musubi apply` reads: connections and integrations, without secrets and without anything remembered of records.
    toml: String,
}

/// Connections and integrations as a configuration file. Applied to this workspace it changes nothing.
#[utoipa::path(get, path = "/export", tag = "workspace", operation_id = "exportConfiguration",
    responses((status = 200, body = Exported), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn export(State(app): State<App>) -> Result<Json<Exported>, Problem> {
    Ok(Json(Exported { toml: app.hub.export().await?.to_toml() }))
}
