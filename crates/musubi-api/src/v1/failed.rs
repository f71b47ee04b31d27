//! What a person may settle, of all integrations, in the order of time.

use super::attention::{Attention, Matters};
use crate::app::App;
use crate::input::Query;
use crate::page::{Page, limit};
use crate::problem::Problem;
use crate::spreadsheet::{HEADERS, Reader};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderName;
use musubi_engine::report::Failure;
use musubi_engine::{FailureFilter, Place};

/// Failures, conflicts, ambiguous matches, held deletes of all integrations, the newest first.
#[utoipa::path(get, path = "/attention", tag = "integrations", operation_id = "listAllAttention", params(Matters, Page),
    responses((status = 200, body = Attention), (status = 401, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn list(
    State(app): State<App>,
    Query(matters): Query<Matters>,
    Query(page): Query<Page>,
) -> Result<Json<Attention>, Problem> {
    let limit = limit(page.limit)?;
    let filter = FailureFilter { limit: limit + 1, ..matters.filter() };
    let after = page.cursor.as_deref().map(place).transpose()?;
    let mut items = app.hub.all_failures(&filter, after).await?;
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(cursor);
    Ok(Json(Attention { items, next }))
}

/// The same for a spreadsheet: a table of all of them, by reason.
#[utoipa::path(get, path = "/attention/csv", tag = "integrations", operation_id = "exportAllAttention", params(Matters, Reader),
    responses((status = 200, body = String, content_type = "text/csv"), (status = 401, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn export(
    State(app): State<App>,
    Query(matters): Query<Matters>,
    Query(reader): Query<Reader>,
) -> Result<([(HeaderName, &'static str); 1], String), Problem> {
    let items = app.hub.all_failures(&matters.filter(), None).await?;
    Ok((HEADERS, musubi_engine::csv::failures(&items, reader.language)))
}

fn cursor(last: &Failure) -> String {
    format!("{}.{}", last.since, last.id)
}

fn place(cursor: &str) -> Result<Place, Problem> {
    let parts = cursor.split_once('.').and_then(|(since, id)| Some((since.parse().ok()?, id)));
    let place = parts.and_then(|(since, id)| Place::new(since, id).ok());
    place.ok_or_else(|| Problem::input("cursor", "not_a_cursor", "That is no cursor of this list."))
}
