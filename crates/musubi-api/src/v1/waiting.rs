//! Records that wait for the records they point to.

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
use musubi_engine::waiting::{WaitingPage, WaitingPlace};
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

/// The same for a spreadsheet: a table of all of them.
#[utoipa::path(get, path = "/integrations/{name}/waiting/csv", tag = "integrations", operation_id = "exportWaiting", params(("name" = String, Path), Wanted, Reader),
    responses((status = 200, body = String, content_type = "text/csv"), (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn export(
    State(app): State<App>,
    Path(name): Path<String>,
    Query(Wanted { module }): Query<Wanted>,
    Query(Reader { language }): Query<Reader>,
) -> Result<Response, Problem> {
    // What is wrong with the question is told before anything is sent.
    let first = app.hub.waiting(&name, module.as_deref(), None, AT_ONCE).await?;
    let begin = csv::waiting_heading(language) + &csv::waiting(&name, &first.items, language);
    let rest = Rest { app, name, module, language, next: first.next };
    let lines = stream::once(ready(Ok(begin))).chain(stream::try_unfold(rest, Rest::more));
    Ok((HEADERS, Body::from_stream(lines)).into_response())
}

/// What of a table was not sent yet.
struct Rest {
    app: App,
    name: String,
    module: Option<String>,
    language: Option<Language>,
    next: Option<String>,
}

impl Rest {
    async fn more(mut self) -> Result<Option<(String, Rest)>, HubError> {
        let Some(after) = self.next.as_deref().and_then(WaitingPlace::parse) else { return Ok(None) };
        let module = self.module.as_deref();
        let page = self.app.hub.waiting(&self.name, module, Some(&after), AT_ONCE).await?;
        self.next = page.next;
        Ok(Some((csv::waiting(&self.name, &page.items, self.language), self)))
    }
}

fn place(cursor: &str) -> Result<WaitingPlace, Problem> {
    let wrong = || Problem::input("cursor", "not_a_cursor", "That is no cursor of this list.");
    WaitingPlace::parse(cursor).ok_or_else(wrong)
}
