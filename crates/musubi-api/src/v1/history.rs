//! What was done.

use crate::app::App;
use crate::input::{Path, Query};
use crate::page::limit;
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use musubi_engine::report::HistoryEntry;
use musubi_engine::sync::JournalKind;
use musubi_engine::{Before, HistoryFilter};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which entries.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// Of this module, named as on either side.
    #[serde(default)]
    module: Option<String>,
    /// Of this record, by its id on either side.
    #[serde(default)]
    record: Option<String>,
    /// What happened at this time or later, in milliseconds since 1970.
    #[serde(default)]
    since: Option<i64>,
    /// What happened before this time, in milliseconds since 1970.
    #[serde(default)]
    until: Option<i64>,
    /// Of this kind.
    #[serde(default)]
    kind: Option<JournalKind>,
    /// The `next` of the page before.
    #[serde(default)]
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// At most so many.
    #[serde(default)]
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
}

/// A page of the journal.
#[derive(Serialize, ToSchema)]
#[schema(as = HistoryPage)]
pub(crate) struct History {
    items: Vec<HistoryEntry>,
    /// Give it as `cursor` to go on; `null` at the end.
    #[schema(required)]
    next: Option<String>,
}

/// The journal of an integration, the newest first.
#[utoipa::path(get, path = "/integrations/{name}/history", tag = "integrations", operation_id = "listHistory", params(("name" = String, Path), Wanted),
    responses((status = 200, body = History), (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn list(
    State(app): State<App>,
    Path(name): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<History>, Problem> {
    let limit = limit(wanted.limit)?;
    let before = wanted.cursor.as_deref().map(place).transpose()?;
    let filter = HistoryFilter {
        module: wanted.module,
        record: wanted.record,
        kind: wanted.kind,
        since: wanted.since,
        until: wanted.until,
        before,
        limit: limit + 1,
    };
    let mut items = app.hub.history(&name, &filter).await?;
    let more = items.len() > limit;
    items.truncate(limit);
    let next =
        items.last().filter(|_| more).map(|last| format!("{}-{}-{}", last.at, last.number, last.module));
    Ok(Json(History { items, next }))
}

/// A cursor: time, number, module.
pub(super) fn place(cursor: &str) -> Result<Before, Problem> {
    let mut parts = cursor.splitn(3, '-');
    let mut number = || parts.next()?.parse().ok();
    let parsed = number().zip(number());
    let place = parsed.zip(parts.next()).map(|((at, number), module)| Before {
        at,
        number,
        module: module.to_owned(),
    });
    place.ok_or_else(|| Problem::input("cursor", "not_a_cursor", "That is no cursor of this list."))
}
