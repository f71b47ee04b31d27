//! What helps to think a mapping out: which fields go together, what would become of real records, what could be mapped.

use crate::app::App;
use crate::input::Body;
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use musubi_core::Side;
use musubi_engine::config::{IntegrationConfig, ModuleConfig, Owners};
use musubi_engine::fitting::Fit;
use musubi_engine::owned::OwnedBySide;
use musubi_engine::owners::OwnersReport;
use musubi_engine::record_preview::PreviewedRecord;
use musubi_engine::suggest::Suggestion;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A module pair as it is thought out, among the others of its integration. Nothing needs to be saved.
#[derive(Deserialize, ToSchema)]
pub(crate) struct MappingDraft {
    /// The left connection.
    left: String,
    /// The right connection.
    right: String,
    /// Whose records become whose.
    #[serde(default)]
    owners: Owners,
    modules: Vec<ModuleConfig>,
    /// Which of `modules` it is about, counted from 0.
    #[serde(default)]
    #[schema(maximum = 1000)]
    at: usize,
}

impl MappingDraft {
    pub(super) fn config(self) -> (IntegrationConfig, usize) {
        let MappingDraft { left, right, owners, modules, at } = self;
        (IntegrationConfig::thought_out(left, right, owners, modules), at)
    }
}

/// The owners of an integration as they are thought out.
#[derive(Deserialize, ToSchema)]
pub(crate) struct OwnersDraft {
    /// The left connection.
    left: String,
    /// The right connection.
    right: String,
    /// Whose records become whose.
    #[serde(default)]
    owners: Owners,
}

/// A field of a module pair as it is thought out.
#[derive(Deserialize, ToSchema)]
pub(crate) struct FieldDraft {
    /// The left connection.
    left: String,
    /// The right connection.
    right: String,
    /// Whose records become whose.
    #[serde(default)]
    owners: Owners,
    modules: Vec<ModuleConfig>,
    /// Which of `modules` it is about, counted from 0.
    #[serde(default)]
    #[schema(maximum = 1000)]
    at: usize,
    /// The side of the field.
    side: Side,
    /// Its API name.
    #[schema(min_length = 1, max_length = 100)]
    field: String,
}

/// The fields of the other side.
#[derive(Serialize, ToSchema)]
#[schema(as = FitList)]
pub(crate) struct Fits {
    items: Vec<Fit>,
}

/// Some records, and what the mapping makes of them.
#[derive(Serialize, ToSchema)]
#[schema(as = PreviewedRecordList)]
pub(crate) struct Previewed {
    items: Vec<PreviewedRecord>,
}

/// What could be mapped.
#[derive(Serialize, ToSchema)]
#[schema(as = SuggestionList)]
pub(crate) struct Suggestions {
    items: Vec<Suggestion>,
}

/// The fields of the other side that a field can be mapped to, and what speaks against the rest.
#[utoipa::path(post, path = "/mapping/fits", tag = "integrations", operation_id = "previewFits", request_body = FieldDraft,
    responses((status = 200, body = Fits), (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem), (status = 502, body = Problem)))]
pub(crate) async fn fits(
    State(app): State<App>,
    Body(FieldDraft { left, right, owners, modules, at, side, field }): Body<FieldDraft>,
) -> Result<Json<Fits>, Problem> {
    let config = IntegrationConfig::thought_out(left, right, owners, modules);
    let items = app.hub.fits(&config, at, side, &field).await.map_err(Problem::of_input)?;
    Ok(Json(Fits { items }))
}

/// What the mapping of one module pair makes of some real records of both sides. Nothing is written.
#[utoipa::path(post, path = "/mapping/records", tag = "integrations", operation_id = "previewRecords", request_body = MappingDraft,
    responses((status = 200, body = Previewed), (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem), (status = 502, body = Problem)))]
pub(crate) async fn records(
    State(app): State<App>,
    Body(draft): Body<MappingDraft>,
) -> Result<Json<Previewed>, Problem> {
    let (config, at) = draft.config();
    Ok(Json(Previewed { items: app.hub.preview_records(&config, at).await.map_err(Problem::of_input)? }))
}

/// What the fields that are in no pair could be mapped to, by their names and by what records hold. Nothing is mapped by it.
#[utoipa::path(post, path = "/mapping/suggestions", tag = "integrations", operation_id = "suggestMapping", request_body = MappingDraft,
    responses((status = 200, body = Suggestions), (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem), (status = 502, body = Problem)))]
pub(crate) async fn suggestions(
    State(app): State<App>,
    Body(draft): Body<MappingDraft>,
) -> Result<Json<Suggestions>, Problem> {
    let (config, at) = draft.config();
    Ok(Json(Suggestions { items: app.hub.suggestions(&config, at).await.map_err(Problem::of_input)? }))
}

/// How the owners would be matched, and whose records would fall to somebody else.
#[utoipa::path(post, path = "/mapping/owners", tag = "integrations", operation_id = "previewOwners", request_body = OwnersDraft,
    responses((status = 200, body = OwnersReport), (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem), (status = 502, body = Problem)))]
pub(crate) async fn owners(
    State(app): State<App>,
    Body(OwnersDraft { left, right, owners }): Body<OwnersDraft>,
) -> Result<Json<OwnersReport>, Problem> {
    let config = IntegrationConfig::thought_out(left, right, owners, Vec::new());
    Ok(Json(app.hub.draft_owners(&config).await.map_err(Problem::of_input)?))
}

/// How many records belong to whom, in the modules as they are thought out. Each side that records come from is read completely, by bulk where that is cheaper.
#[utoipa::path(post, path = "/mapping/owners/records", tag = "integrations", operation_id = "countOwned", request_body = MappingDraft,
    responses((status = 200, body = OwnedBySide), (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem), (status = 502, body = Problem)))]
pub(crate) async fn owned(
    State(app): State<App>,
    Body(draft): Body<MappingDraft>,
) -> Result<Json<OwnedBySide>, Problem> {
    let (config, _) = draft.config();
    Ok(Json(app.hub.count_owned(&config).await.map_err(Problem::of_input)?))
}
