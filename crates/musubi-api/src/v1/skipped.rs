//! Records that are left as they are, each with the reason.

use crate::app::App;
use crate::input::{Path, Query};
use crate::page::{Page, limit};
use crate::problem::Problem;
use crate::spreadsheet::{HEADERS, Reader};
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use futures::stream::{self, StreamExt};
use musubi_engine::meaning::Language;
use musubi_engine::skipped::{SkippedFilter, SkippedPage, SkippedPlace};
use musubi_engine::{HubError, csv};
use serde::Deserialize;
use std::future::ready;
use utoipa::IntoParams;

/// So many are read at a time for a table.
const AT_ONCE: usize = 500;

/// Which of them.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// Of this left module; where it is tied to several, with the right one: `Contacts:Leads`.
    #[serde(default)]
    module: Option<String>,
    /// For this reason, such as `skipped.scope`.
    #[serde(default)]
    code: Option<String>,
}

impl Wanted {
    fn filter(self) -> SkippedFilter {
        SkippedFilter { module: self.module, code: self.code }
    }
}

/// Records that runs count as skipped, as they now stand, with the reason: outside of the scope, of a direction that makes no copies, untied and the like. A page may
/// be empty though `next` says that there are more to look through.
#[utoipa::path(get, path = "/integrations/{name}/skipped", tag = "integrations", operation_id = "listSkipped", params(("name" = String, Path), Wanted, Page),
    responses((status = 200, body = SkippedPage), (status = 401, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn list(
    State(app): State<App>,
    Path(name): Path<String>,
    Query(wanted): Query<Wanted>,
    Query(page): Query<Page>,
) -> Result<Json<SkippedPage>, Problem> {
    let limit = limit(page.limit)?;
    let after = page.cursor.as_deref().map(place).transpose()?;
    Ok(Json(app.hub.skipped(&name, &wanted.filter(), after.as_ref(), limit).await?))
}

/// The same for a spreadsheet: a table of all of them.
#[utoipa::path(get, path = "/integrations/{name}/skipped/csv", tag = "integrations", operation_id = "exportSkipped", params(("name" = String, Path), Wanted, Reader),
    responses((status = 200, body = String, content_type = "text/csv"), (status = 401, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn export(
    State(app): State<App>,
    Path(name): Path<String>,
    Query(wanted): Query<Wanted>,
    Query(Reader { language }): Query<Reader>,
) -> Result<Response, Problem> {
    let filter = wanted.filter();
    // What is wrong with the question is told before anything is sent.
    let first = app.hub.skipped(&name, &filter, None, AT_ONCE).await?;
    let begin = csv::skipped_heading(language) + &csv::skipped(&name, &first.items, language);
    let rest = Rest { app, name, filter, language, next: first.next };
    let lines = stream::once(ready(Ok(begin))).chain(stream::try_unfold(rest, Rest::more));
    Ok((HEADERS, Body::from_stream(lines)).into_response())
}

/// What of a table was not sent yet.
struct Rest {
    app: App,
    name: String,
    filter: SkippedFilter,
    language: Option<Language>,
    next: Option<String>,
}

impl Rest {
    async fn more(mut self) -> Result<Option<(String, Rest)>, HubError> {
        let Some(after) = self.next.as_deref().and_then(SkippedPlace::parse) else { return Ok(None) };
        let page = self.app.hub.skipped(&self.name, &self.filter, Some(&after), AT_ONCE).await?;
        self.next = page.next;
        Ok(Some((csv::skipped(&self.name, &page.items, self.language), self)))
    }
}

fn place(cursor: &str) -> Result<SkippedPlace, Problem> {
    let wrong = || Problem::input("cursor", "not_a_cursor", "That is no cursor of this list.");
    SkippedPlace::parse(cursor).ok_or_else(wrong)
}
