//! Runs and how their records came out.

use super::history::place;
use crate::app::App;
use crate::input::{Path, Query};
use crate::page::{Page, limit};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use musubi_engine::runs::Run;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A page of runs.
#[derive(Serialize, ToSchema)]
#[schema(as = RunPage)]
pub(crate) struct Runs {
    items: Vec<Run>,
    /// Give it as `cursor` to go on; `null` at the end.
    #[schema(required)]
    next: Option<String>,
}

/// Which runs.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// That went on at this time or began later, in milliseconds since 1970.
    #[serde(default)]
    since: Option<i64>,
}

/// The runs of an integration, the newest first: first loads, comparisons of everything, and days of following changes.
#[utoipa::path(get, path = "/integrations/{name}/runs", tag = "integrations", operation_id = "listRuns", params(("name" = String, Path), Wanted, Page),
    responses((status = 200, body = Runs), (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn list(
    State(app): State<App>,
    Path(name): Path<String>,
    Query(wanted): Query<Wanted>,
    Query(page): Query<Page>,
) -> Result<Json<Runs>, Problem> {
    let limit = limit(page.limit)?;
    let before = page.cursor.as_deref().map(place).transpose()?;
    let mut items = app.hub.runs(&name, before.as_ref(), wanted.since, limit + 1).await?;
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items
        .last()
        .filter(|_| more)
        .map(|last| format!("{}-{}-{}", last.started_at, last.number, last.module));
    Ok(Json(Runs { items, next }))
}
