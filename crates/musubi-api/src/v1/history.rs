//! What was done, and what a person may settle.

use crate::access::Caller;
use crate::app::App;
use crate::input::{Body, Path, Query};
use crate::page::limit;
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use musubi_engine::report::{Failure, HistoryEntry};
use musubi_engine::sync::JournalKind;
use musubi_engine::{Before, HistoryFilter, Retry};
use serde::{Deserialize, Serialize};
use serde_json::json;
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

/// What a person may settle.
#[derive(Serialize, ToSchema)]
#[schema(as = AttentionList)]
pub(crate) struct Attention {
    items: Vec<Failure>,
}

/// Which matters.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Matters {
    /// Of this left module.
    #[serde(default)]
    module: Option<String>,
    /// With this code.
    #[serde(default)]
    code: Option<String>,
}

/// What to try again. Without anything: all.
#[derive(Deserialize, ToSchema)]
#[schema(as = RetryRequest)]
pub(crate) struct Again {
    /// These.
    #[serde(default)]
    ids: Option<Vec<String>>,
    /// Those with this code, if there are no `ids`.
    #[serde(default)]
    code: Option<String>,
}

/// How many were tried again.
#[derive(Serialize, ToSchema)]
pub(crate) struct Retried {
    retried: u64,
}

/// Failures, conflicts, ambiguous matches, held deletes.
#[utoipa::path(get, path = "/integrations/{name}/attention", tag = "integrations", operation_id = "listAttention", params(("name" = String, Path), Matters),
    responses((status = 200, body = Attention), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn attention(
    State(app): State<App>,
    Path(name): Path<String>,
    Query(matters): Query<Matters>,
) -> Result<Json<Attention>, Problem> {
    let mut items = app.hub.failures(&name).await?;
    items.retain(|item| {
        matters.module.as_ref().is_none_or(|module| item.module == *module)
            && matters.code.as_ref().is_none_or(|code| item.code == *code)
    });
    Ok(Json(Attention { items }))
}

/// Has them decided again.
#[utoipa::path(post, path = "/integrations/{name}/attention/retry", tag = "integrations", operation_id = "retryAttention", params(("name" = String, Path)), request_body = Again,
    responses((status = 200, body = Retried), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn retry(
    State(app): State<App>,
    caller: Caller,
    Path(name): Path<String>,
    Body(again): Body<Again>,
) -> Result<Json<Retried>, Problem> {
    let which = match (again.ids, again.code) {
        (Some(ids), _) => Retry::These(ids),
        (None, Some(code)) => Retry::Coded(code),
        (None, None) => Retry::All,
    };
    let retried = app.hub.retry(&name, which).await?;
    app.audit(&caller.actor(), "attention.retry", json!({ "integration": name, "count": retried })).await;
    Ok(Json(Retried { retried }))
}
