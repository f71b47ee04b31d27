//! What is remembered of module pairs that were taken out, and forgetting it.

use crate::access::Caller;
use crate::app::App;
use crate::input::Path;
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use musubi_engine::remembered::Remembered;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

/// What is remembered, the last one taken out first.
#[derive(Serialize, ToSchema)]
pub(crate) struct RememberedList {
    items: Vec<Remembered>,
}

/// What is remembered of module pairs that were taken out, or whose integration was removed: where the same modules of the same accounts are tied again, it is
/// taken up.
#[utoipa::path(get, path = "/remembered", tag = "integrations", operation_id = "listRemembered",
    responses((status = 200, body = RememberedList), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn list(State(app): State<App>) -> Result<Json<RememberedList>, Problem> {
    Ok(Json(RememberedList { items: app.hub.remembered().await? }))
}

/// Forgets which records belonged to which, their history and what waited for people. The records stay on both sides.
#[utoipa::path(delete, path = "/remembered/{number}", tag = "integrations", operation_id = "forgetRemembered", params(("number" = i64, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn forget(
    State(app): State<App>,
    caller: Caller,
    Path(number): Path<i64>,
) -> Result<StatusCode, Problem> {
    app.hub.forget_remembered(number).await?;
    app.audit(&caller.actor(), "remembered.forget", json!({ "number": number })).await;
    Ok(StatusCode::NO_CONTENT)
}
