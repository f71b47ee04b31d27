//! Pairs of records, and what is remembered of them.

use crate::app::App;
use crate::input::{Path, Query};
use crate::page::limit;
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use musubi_engine::pairs::{PairDetail, Pairs};
use serde::Deserialize;
use utoipa::IntoParams;

/// Which pairs.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// Part of an id or a name.
    #[serde(default)]
    #[param(max_length = 200)]
    search: Option<String>,
    /// The `next` of the page before.
    #[serde(default)]
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// At most so many.
    #[serde(default)]
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
}

/// The pairs of a module.
#[utoipa::path(get, path = "/integrations/{name}/modules/{module}/links", tag = "integrations", operation_id = "listLinks",
    params(("name" = String, Path), ("module" = String, Path, description = "The left module"), Wanted),
    responses((status = 200, body = Pairs), (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn list(
    State(app): State<App>,
    Path((name, module)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Pairs>, Problem> {
    let limit = limit(wanted.limit)?;
    let cursor = wanted.cursor.unwrap_or_default();
    Ok(Json(app.hub.pairs(&name, &module, wanted.search.as_deref(), &cursor, limit).await?))
}

/// One pair: both sides field by field, and its whole journal.
#[utoipa::path(get, path = "/integrations/{name}/modules/{module}/links/{left_id}", tag = "integrations", operation_id = "getLink",
    params(("name" = String, Path), ("module" = String, Path), ("left_id" = String, Path)),
    responses((status = 200, body = PairDetail), (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn show(
    State(app): State<App>,
    Path((name, module, left_id)): Path<(String, String, String)>,
) -> Result<Json<PairDetail>, Problem> {
    let pair = app.hub.pair(&name, &module, &left_id).await?;
    pair.map(Json).ok_or_else(|| Problem::not_found("such pair"))
}
