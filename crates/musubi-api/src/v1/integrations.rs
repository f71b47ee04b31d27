//! Integrations: what is kept in agreement, and how.

use crate::access::Caller;
use crate::app::App;
use crate::input::{Body, Path};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use musubi_engine::config::{CompareEvery, Config, IntegrationConfig, ModuleConfig, Owners};
use musubi_engine::owners::OwnersReport;
use musubi_engine::preview::ModulePreview;
use musubi_engine::report::{Cascade, Change, IntegrationState, IntegrationStatus};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// Two connections kept in agreement.
#[derive(Serialize, ToSchema)]
pub(crate) struct Integration {
    name: String,
    /// The left connection.
    left: String,
    /// The right connection.
    right: String,
    /// Whether it works.
    state: IntegrationState,
    /// Whose records become whose.
    owners: Owners,
    /// Everything is compared again after so many days; only when somebody asks, if there is nothing here.
    compare_every: Option<CompareEvery>,
    modules: Vec<ModuleConfig>,
}

/// All integrations.
#[derive(Serialize, ToSchema)]
#[schema(as = IntegrationList)]
pub(crate) struct Integrations {
    items: Vec<Integration>,
}

/// A new integration.
#[derive(Deserialize, ToSchema)]
pub(crate) struct NewIntegration {
    #[schema(min_length = 1, max_length = 60)]
    name: String,
    /// The left connection.
    left: String,
    /// The right connection.
    right: String,
    modules: Vec<ModuleConfig>,
    /// Whose records become whose.
    #[serde(default)]
    owners: Owners,
    /// Everything is compared again after so many days, such as `7d`; only when somebody asks, if nothing is said.
    compare_every: Option<CompareEvery>,
    /// It begins at once; otherwise it is paused until it is resumed.
    #[serde(default)]
    start: bool,
    /// The integration's name once more, if deletions shall take everything along that hangs on a record.
    confirm_deletion: Option<String>,
}

/// What changes about an integration.
#[derive(Deserialize, ToSchema)]
pub(crate) struct IntegrationChange {
    /// All of them: a pair that is left out is taken out. The records stay, and so does what is remembered of them.
    modules: Vec<ModuleConfig>,
    /// Whose records become whose; as before, if nothing is said.
    owners: Option<Owners>,
    /// Everything is compared again after so many days; `null`: only when somebody asks. As before, if nothing is said.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<CompareEvery>)]
    compare_every: Option<Option<CompareEvery>>,
    /// The integration's name once more, if deletions shall take everything along that hangs on a record and did not before.
    confirm_deletion: Option<String>,
}

/// What is said, `null` too: only what is left out is as before.
fn said<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<CompareEvery>>, D::Error> {
    Option::deserialize(from).map(Some)
}

impl IntegrationChange {
    /// The integration as it shall be; gives the module pairs that it had.
    fn make(self, integration: &mut IntegrationConfig) -> Vec<ModuleConfig> {
        if let Some(owners) = self.owners {
            integration.owners = owners;
        }
        if let Some(every) = self.compare_every {
            integration.compare_every = every;
        }
        std::mem::replace(&mut integration.modules, self.modules)
    }
}

/// All integrations, by name.
#[utoipa::path(get, path = "/integrations", tag = "integrations", operation_id = "listIntegrations",
    responses((status = 200, body = Integrations), (status = 401, body = Problem)))]
pub(crate) async fn list(State(app): State<App>) -> Result<Json<Integrations>, Problem> {
    Ok(Json(Integrations { items: all(&app).await? }))
}

/// One integration.
#[utoipa::path(get, path = "/integrations/{name}", tag = "integrations", operation_id = "getIntegration", params(("name" = String, Path)),
    responses((status = 200, body = Integration), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn show(
    State(app): State<App>,
    Path(name): Path<String>,
) -> Result<Json<Integration>, Problem> {
    find(&app, &name).await.map(Json)
}

/// Sets an integration up.
#[utoipa::path(post, path = "/integrations", tag = "integrations", operation_id = "addIntegration", request_body = NewIntegration,
    responses((status = 201, body = Integration), (status = 401, body = Problem), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn add(
    State(app): State<App>,
    caller: Caller,
    Body(new): Body<NewIntegration>,
) -> Result<(StatusCode, Json<Integration>), Problem> {
    let mut config = app.hub.export().await?;
    if config.integrations.contains_key(&new.name) {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "integration.exists",
            format!("There is an integration {} already.", new.name),
            "Choose another name, or change the one there is.",
        ));
    }
    let (owners, compare_every, modules) = (new.owners, new.compare_every, new.modules);
    let wanted = IntegrationConfig {
        left: new.left,
        right: new.right,
        owners,
        compare_every,
        paused: None,
        notes: false,
        activities: false,
        modules,
    };
    config.integrations.insert(new.name.clone(), wanted);
    confirmed(&app, &config, &new.name, new.confirm_deletion.as_deref()).await?;
    app.hub.add(&config, new.start).await.map_err(Problem::of_input)?;
    app.audit(&caller.actor(), "integration.add", json!({ "integration": new.name, "start": new.start }))
        .await;
    Ok((StatusCode::CREATED, Json(find(&app, &new.name).await?)))
}

/// What is to be previewed.
#[derive(Deserialize, ToSchema)]
#[schema(as = IntegrationDraft)]
pub(crate) struct Draft {
    /// The left connection.
    left: String,
    /// The right connection.
    right: String,
    /// Whose records become whose.
    #[serde(default)]
    owners: Owners,
    modules: Vec<ModuleConfig>,
}

/// What the mappings would be.
#[derive(Serialize, ToSchema)]
pub(crate) struct Preview {
    modules: Vec<ModulePreview>,
}

/// The mappings that an integration would have. Nothing is set up.
#[utoipa::path(post, path = "/integrations/preview", tag = "integrations", operation_id = "previewIntegration", request_body = Draft,
    responses((status = 200, body = Preview), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem), (status = 502, body = Problem)))]
pub(crate) async fn preview(
    State(app): State<App>,
    Body(draft): Body<Draft>,
) -> Result<Json<Preview>, Problem> {
    let wanted = IntegrationConfig::thought_out(draft.left, draft.right, draft.owners, draft.modules);
    Ok(Json(Preview { modules: app.hub.preview(&wanted).await.map_err(Problem::of_input)? }))
}

/// Changes an integration's module pairs.
#[utoipa::path(patch, path = "/integrations/{name}", tag = "integrations", operation_id = "changeIntegration", request_body = IntegrationChange, params(("name" = String, Path)),
    responses((status = 200, body = Integration), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(name): Path<String>,
    Body(change): Body<IntegrationChange>,
) -> Result<Json<Integration>, Problem> {
    let mut config: Config = app.hub.export().await?;
    let integration = config.integrations.get_mut(&name);
    let integration = integration.ok_or_else(|| Problem::not_found("such integration"))?;
    let typed = change.confirm_deletion.clone();
    change.make(integration);
    confirmed(&app, &config, &name, typed.as_deref()).await?;
    let report = app.hub.apply(&config, true).await.map_err(Problem::of_input)?;
    let changes: Vec<_> = report
        .changes
        .iter()
        .map(|change| json!({ "action": change.action, "name": change.name, "details": change.details }))
        .collect();
    app.audit(&caller.actor(), "integration.change", json!({ "integration": name, "changes": changes }))
        .await;
    find(&app, &name).await.map(Json)
}

/// What a change would do.
#[derive(Serialize, ToSchema)]
pub(crate) struct ChangePreview {
    /// What would be different; empty when nothing would, or when it cannot be saved.
    changes: Vec<Change>,
    /// The mappings of the module pairs that would be new or different, with what is wrong with them.
    modules: Vec<ModulePreview>,
    /// Deletions that would take everything along and did not before: saving them needs the integration's name in `confirm_deletion`.
    cascades: Vec<Cascade>,
}

/// What a change of an integration's module pairs would do. Nothing is changed.
#[utoipa::path(post, path = "/integrations/{name}/preview-change", tag = "integrations", operation_id = "previewChange", request_body = IntegrationChange, params(("name" = String, Path)),
    responses((status = 200, body = ChangePreview), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem), (status = 502, body = Problem)))]
pub(crate) async fn preview_change(
    State(app): State<App>,
    Path(name): Path<String>,
    Body(change): Body<IntegrationChange>,
) -> Result<Json<ChangePreview>, Problem> {
    let mut config: Config = app.hub.export().await?;
    let found = config.integrations.get_mut(&name);
    let integration = found.ok_or_else(|| Problem::not_found("such integration"))?;
    let before = change.make(integration);
    let wanted = integration.clone();
    let report = app.hub.apply(&config, false).await;
    let previews = app.hub.preview(&wanted).await.map_err(Problem::of_input)?;
    // One preview for each module pair, in their order.
    let differs = |(module, _): &(&ModuleConfig, ModulePreview)| !before.contains(module);
    let different = wanted.modules.iter().zip(previews).filter(differs);
    let modules: Vec<ModulePreview> = different.map(|(_, preview)| preview).collect();
    let wrong = |module: &ModulePreview| {
        let missing = &module.required_missing;
        !(module.problems.is_empty() && missing.left.is_empty() && missing.right.is_empty())
    };
    let (changes, mut cascades) = match report {
        Ok(report) => (report.changes, report.cascades),
        // What is wrong is told field by field.
        Err(_) if modules.iter().any(wrong) => (Vec::new(), Vec::new()),
        Err(error) => return Err(Problem::of_input(error)),
    };
    // What cannot be counted now is told as not looked at.
    let _ = app.hub.count_cascades(&mut cascades).await;
    Ok(Json(ChangePreview { changes, modules, cascades }))
}

/// Removes an integration. The records stay on both sides, and so does what is remembered of them.
#[utoipa::path(delete, path = "/integrations/{name}", tag = "integrations", operation_id = "removeIntegration", params(("name" = String, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    app.hub.remove_integration(&name).await?;
    app.audit(&caller.actor(), "integration.remove", json!({ "integration": name })).await;
    Ok(StatusCode::NO_CONTENT)
}

/// No calls and no writes until it is resumed.
#[utoipa::path(post, path = "/integrations/{name}/pause", tag = "integrations", operation_id = "pauseIntegration", params(("name" = String, Path)),
    responses((status = 200, body = IntegrationStatus), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn pause(
    State(app): State<App>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Json<IntegrationStatus>, Problem> {
    app.hub.pause(&name).await?;
    app.audit(&caller.actor(), "integration.pause", json!({ "integration": name })).await;
    standing(&app, &name).await
}

/// Goes on, as if everything that happened during the pause had happened now.
#[utoipa::path(post, path = "/integrations/{name}/resume", tag = "integrations", operation_id = "resumeIntegration", params(("name" = String, Path)),
    responses((status = 200, body = IntegrationStatus), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn resume(
    State(app): State<App>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Json<IntegrationStatus>, Problem> {
    app.hub.resume(&name).await?;
    app.audit(&caller.actor(), "integration.resume", json!({ "integration": name })).await;
    standing(&app, &name).await
}

/// Has every record of both sides compared again, whatever is remembered of them.
#[utoipa::path(post, path = "/integrations/{name}/full-pass", tag = "integrations", operation_id = "compareAll", params(("name" = String, Path)),
    responses((status = 200, body = IntegrationStatus), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn full_pass(
    State(app): State<App>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Json<IntegrationStatus>, Problem> {
    app.hub.full_pass(&name).await?;
    app.audit(&caller.actor(), "integration.full_pass", json!({ "integration": name })).await;
    standing(&app, &name).await
}

/// How the owners of both sides are matched, and whose records fall to somebody else.
#[utoipa::path(get, path = "/integrations/{name}/owners", tag = "integrations", operation_id = "listOwners", params(("name" = String, Path)),
    responses((status = 200, body = OwnersReport), (status = 401, body = Problem), (status = 404, body = Problem), (status = 502, body = Problem)))]
pub(crate) async fn owners(
    State(app): State<App>,
    Path(name): Path<String>,
) -> Result<Json<OwnersReport>, Problem> {
    Ok(Json(app.hub.owners(&name).await?))
}

/// Deletions that take everything along have to be agreed to by the integration's name.
async fn confirmed(app: &App, config: &Config, name: &str, typed: Option<&str>) -> Result<(), Problem> {
    let mut cascades = app.hub.apply(config, false).await.map_err(Problem::of_input)?.cascades;
    if cascades.is_empty() || typed == Some(name) {
        return Ok(());
    }
    // What cannot be counted now is left out of the sentence; the question stays.
    let _ = app.hub.count_cascades(&mut cascades).await;
    let sentences: Vec<String> = cascades.iter().map(Cascade::sentence).collect();
    Err(Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "deletion.unconfirmed",
        format!("Deletions would go further than before: {}.", sentences.join("; ")),
        format!("Send \"confirm_deletion\": \"{name}\" if that is meant."),
    ))
}

pub(crate) async fn standing(app: &App, name: &str) -> Result<Json<IntegrationStatus>, Problem> {
    let status = app.hub.status().await?;
    let found = status.integrations.into_iter().find(|one| one.name == name);
    found.map(Json).ok_or_else(|| Problem::not_found("such integration"))
}

async fn all(app: &App) -> Result<Vec<Integration>, Problem> {
    let config = app.hub.export().await?;
    let rows = app.store().integrations(app.workspace()).await?;
    let state = |name: &str| {
        rows.iter().find(|row| row.name == name).map_or(IntegrationState::Paused, |row| row.state.into())
    };
    let integration = |(name, one): (String, IntegrationConfig)| Integration {
        state: state(&name),
        name,
        left: one.left,
        right: one.right,
        owners: one.owners,
        compare_every: one.compare_every,
        modules: one.modules,
    };
    Ok(config.integrations.into_iter().map(integration).collect())
}

async fn find(app: &App, name: &str) -> Result<Integration, Problem> {
    let found = all(app).await?.into_iter().find(|one| one.name == name);
    found.ok_or_else(|| Problem::not_found("such integration"))
}
