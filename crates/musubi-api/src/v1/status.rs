//! How everything stands.

use crate::app::App;
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use musubi_engine::report::StatusReport;

/// How everything stands, now.
#[utoipa::path(get, path = "/status", tag = "status", operation_id = "getStatus",
    responses((status = 200, body = StatusReport), (status = 401, body = Problem)))]
pub(crate) async fn show(State(app): State<App>) -> Result<Json<StatusReport>, Problem> {
    Ok(Json(app.hub.status().await?))
}
