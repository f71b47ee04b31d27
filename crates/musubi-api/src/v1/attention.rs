//! What a person may settle.

use crate::access::Caller;
use crate::app::App;
use crate::input::{Body, Path, Query};
use crate::page::{Page, limit};
use crate::problem::Problem;
use crate::spreadsheet::{HEADERS, Reader};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderName;
use musubi_engine::report::Failure;
use musubi_engine::{FailureFilter, Retried, Retry};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

/// A page of what a person may settle.
#[derive(Serialize, ToSchema)]
#[schema(as = AttentionPage)]
pub(crate) struct Attention {
    pub items: Vec<Failure>,
    /// Give it as `cursor` to go on; `null` at the end.
    #[schema(required)]
    pub next: Option<String>,
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
    /// About this record, by its id on either side.
    #[serde(default)]
    record: Option<String>,
}

impl Matters {
    /// All of them.
    pub fn filter(self) -> FailureFilter {
        FailureFilter {
            module: self.module,
            code: self.code,
            record: self.record,
            ..FailureFilter::default()
        }
    }
}

/// What to try again. Without anything: all, but for deletions that wait for a decision (`delete.…`): those go only by their `ids` or their `code`.
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

/// Failures, conflicts, ambiguous matches, held deletes.
#[utoipa::path(get, path = "/integrations/{name}/attention", tag = "integrations", operation_id = "listAttention", params(("name" = String, Path), Matters, Page),
    responses((status = 200, body = Attention), (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn list(
    State(app): State<App>,
    Path(name): Path<String>,
    Query(matters): Query<Matters>,
    Query(page): Query<Page>,
) -> Result<Json<Attention>, Problem> {
    let limit = limit(page.limit)?;
    let after = page.cursor.as_deref().map(place).transpose()?;
    let filter = FailureFilter { after, limit: limit + 1, ..matters.filter() };
    let mut items = app.hub.failures(&name, &filter).await?;
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(|last| last.id.clone());
    Ok(Json(Attention { items, next }))
}

/// The same for a spreadsheet: a table of all of them, by reason.
#[utoipa::path(get, path = "/integrations/{name}/attention/csv", tag = "integrations", operation_id = "exportAttention", params(("name" = String, Path), Matters, Reader),
    responses((status = 200, body = String, content_type = "text/csv"), (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn export(
    State(app): State<App>,
    Path(name): Path<String>,
    Query(matters): Query<Matters>,
    Query(reader): Query<Reader>,
) -> Result<([(HeaderName, &'static str); 1], String), Problem> {
    let items = app.hub.failures(&name, &matters.filter()).await?;
    Ok((HEADERS, musubi_engine::csv::failures(&items, reader.language)))
}

/// A cursor: the id of the last matter of the page before.
fn place(cursor: &str) -> Result<String, Problem> {
    let number = |part: &str| part.parse().ok().filter(|number: &i64| number.to_string() == part);
    match cursor.split_once('-').map(|(sync, item)| (number(sync), number(item))) {
        Some((Some(_), Some(_))) => Ok(cursor.to_owned()),
        _ => Err(Problem::input("cursor", "not_a_cursor", "That is no cursor of this list.")),
    }
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
    app.audit(&caller.actor(), "attention.retry", json!({ "integration": name, "count": retried.retried }))
        .await;
    Ok(Json(retried))
}
