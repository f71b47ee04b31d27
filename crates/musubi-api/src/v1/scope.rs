//! Scopes: list views to choose from, how many records would take part, and views that were changed in the service.

use crate::access::Caller;
use crate::app::App;
use crate::input::{Body, Path};
use crate::problem::Problem;
use crate::v1::mapping::MappingDraft;
use axum::Json;
use axum::extract::State;
use musubi_engine::config::ModuleConfig;
use musubi_engine::scope_count::{ListView, ScopeCounts};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

/// The list views of a module.
#[derive(Serialize, ToSchema)]
#[schema(as = ListViewList)]
pub(crate) struct Views {
    items: Vec<ListView>,
}

/// What was taken over.
#[derive(Serialize, ToSchema)]
#[schema(as = ViewsTaken)]
pub(crate) struct Taken {
    /// Modules for which what their views show is something new.
    modules: usize,
}

/// The list views of a module.
#[utoipa::path(get, path = "/connections/{name}/modules/{module}/views", tag = "records", operation_id = "listViews",
    params(("name" = String, Path), ("module" = String, Path)),
    responses((status = 200, body = Views), (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem), (status = 502, body = Problem)))]
pub(crate) async fn views(
    State(app): State<App>,
    Path((name, module)): Path<(String, String)>,
) -> Result<Json<Views>, Problem> {
    let connection = super::records::number(&app, &name).await?;
    Ok(Json(Views { items: app.hub.views(connection, &module).await? }))
}

/// How many records a module pair's scope would take in, and who would enter or leave. Reads the sides that have a scope completely, and saves nothing.
#[utoipa::path(post, path = "/integrations/{name}/scope-count", tag = "integrations", operation_id = "countScope", request_body = ModuleConfig, params(("name" = String, Path)),
    responses((status = 200, body = ScopeCounts), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem), (status = 502, body = Problem)))]
pub(crate) async fn count(
    State(app): State<App>,
    Path(name): Path<String>,
    Body(module): Body<ModuleConfig>,
) -> Result<Json<ScopeCounts>, Problem> {
    app.hub.count_scope(&name, &module).await.map(Json).map_err(Problem::of_input)
}

/// How many records the scope of a module pair would take in that is thought out and not saved. Reads the sides that have a scope completely.
#[utoipa::path(post, path = "/mapping/scope-count", tag = "integrations", operation_id = "countDraftScope", request_body = MappingDraft,
    responses((status = 200, body = ScopeCounts), (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem), (status = 502, body = Problem)))]
pub(crate) async fn count_draft(
    State(app): State<App>,
    Body(draft): Body<MappingDraft>,
) -> Result<Json<ScopeCounts>, Problem> {
    let (config, at) = draft.config();
    app.hub.count_draft_scope(&config, at).await.map(Json).map_err(Problem::of_input)
}

/// What the list views of an integration show now counts from now on, where it was changed in the service.
#[utoipa::path(post, path = "/integrations/{name}/take-views", tag = "integrations", operation_id = "takeViews", params(("name" = String, Path)),
    responses((status = 200, body = Taken), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 502, body = Problem)))]
pub(crate) async fn take(
    State(app): State<App>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Json<Taken>, Problem> {
    let modules = app.hub.take_views_over(&name).await?;
    app.audit(&caller.actor(), "integration.take_views", json!({ "integration": name, "modules": modules }))
        .await;
    Ok(Json(Taken { modules }))
}
