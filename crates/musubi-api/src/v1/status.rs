//! How everything stands.

use crate::app::App;
use crate::input::Query;
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use musubi_engine::activity::Activity;
use musubi_engine::report::StatusReport;
use serde::Deserialize;
use utoipa::IntoParams;

/// How everything stands, now.
#[utoipa::path(get, path = "/status", tag = "status", operation_id = "getStatus",
    responses((status = 200, body = StatusReport), (status = 401, body = Problem)))]
pub(crate) async fn show(State(app): State<App>) -> Result<Json<StatusReport>, Problem> {
    Ok(Json(app.hub.status().await?))
}

/// Of when and of what.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Stretch {
    /// Of this integration only.
    #[serde(default)]
    integration: Option<String>,
    /// The last so many hours: up to 2 by five minutes, up to 48 by the hour, more by the day.
    #[serde(default)]
    #[param(minimum = 1, maximum = 744)]
    hours: Option<i64>,
}

/// How much was done lately, and which credits it took.
#[utoipa::path(get, path = "/activity", tag = "status", operation_id = "getActivity", params(Stretch),
    responses((status = 200, body = Activity), (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn activity(
    State(app): State<App>,
    Query(stretch): Query<Stretch>,
) -> Result<Json<Activity>, Problem> {
    let hours = stretch.hours.unwrap_or(24);
    if !(1..=744).contains(&hours) {
        return Err(Problem::input("hours", "out_of_range", "From 1 to 744 hours can be shown."));
    }
    Ok(Json(app.hub.activity(stretch.integration.as_deref(), hours).await?))
}
