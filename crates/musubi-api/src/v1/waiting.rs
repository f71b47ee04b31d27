//! Records that wait for the records they point to.

use crate::app::App;
use crate::input::{Path, Query};
use crate::page::{Page, limit};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use musubi_engine::waiting::{WaitingPage, WaitingPlace};
use serde::Deserialize;
use utoipa::IntoParams;

/// Which of them.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// Of this left module.
    #[serde(default)]
    module: Option<String>,
}

/// Records that wait until the record they point to has a counterpart, with what they wait for. They go on by themselves.
#[utoipa::path(get, path = "/integrations/{name}/waiting", tag = "integrations", operation_id = "listWaiting", params(("name" = String, Path), Wanted, Page),
    responses((status = 200, body = WaitingPage), (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn list(
    State(app): State<App>,
    Path(name): Path<String>,
    Query(wanted): Query<Wanted>,
    Query(page): Query<Page>,
) -> Result<Json<WaitingPage>, Problem> {
    let limit = limit(page.limit)?;
    let after = page.cursor.as_deref().map(place).transpose()?;
    Ok(Json(app.hub.waiting(&name, wanted.module.as_deref(), after.as_ref(), limit).await?))
}

fn place(cursor: &str) -> Result<WaitingPlace, Problem> {
    let wrong = || Problem::input("cursor", "not_a_cursor", "That is no cursor of this list.");
    WaitingPlace::parse(cursor).ok_or_else(wrong)
}
