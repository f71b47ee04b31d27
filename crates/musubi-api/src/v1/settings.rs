//! The workspace and the hub themselves.

use crate::app::App;
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

/// About this hub.
#[derive(Serialize, ToSchema)]
pub(crate) struct About {
    /// Its version.
    version: &'static str,
    /// `sqlite` or `postgresql`.
    database: &'static str,
    /// When the process that answers started, in milliseconds since 1970.
    started_at: i64,
    /// Processes at work.
    processes: Vec<String>,
}

/// About this hub.
#[utoipa::path(get, path = "/about", tag = "status", operation_id = "getAbout",
    responses((status = 200, body = About), (status = 401, body = Problem)))]
pub(crate) async fn about(State(app): State<App>) -> Result<Json<About>, Problem> {
    let status = app.hub.status().await?;
    Ok(Json(About {
        version: env!("CARGO_PKG_VERSION"),
        database: if app.store().is_shared() { "postgresql" } else { "sqlite" },
        started_at: app.inner.started_at,
        processes: status.processes,
    }))
}
