//! Why is this record not synced?

use crate::app::App;
use crate::input::{Path, Query};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use musubi_core::Side;
use musubi_engine::explain::Explanation;
use serde::Deserialize;
use utoipa::IntoParams;

/// Which record.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// Its side.
    side: Side,
    /// Its id.
    #[param(min_length = 1, max_length = 200)]
    id: String,
}

/// How a record stands and why, with what would change it. No call to a service is made.
#[utoipa::path(get, path = "/integrations/{name}/modules/{module}/explain", tag = "integrations", operation_id = "explainRecord",
    params(("name" = String, Path), ("module" = String, Path, description = "The left module"), Wanted),
    responses((status = 200, body = Explanation), (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn show(
    State(app): State<App>,
    Path((name, module)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Explanation>, Problem> {
    Ok(Json(app.hub.explain(&name, &module, wanted.side, &wanted.id).await?))
}
