//! Module pairs that rest or are paused, and are taken up again.

use super::integrations::standing;
use crate::access::Caller;
use crate::app::App;
use crate::input::{Body, Path};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use musubi_engine::report::IntegrationStatus;
use musubi_engine::resting::{Meanwhile, WithoutParents};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

/// How a module pair is taken up again.
#[derive(Deserialize, ToSchema)]
#[schema(as = ModuleActivation)]
pub(crate) struct Activation {
    /// Who wins in what both sides changed while it rested, until everything was compared; as the module says, if nothing is said.
    conflict: Option<Meanwhile>,
    /// It begins even though a module pair that it needs is inactive.
    #[serde(default)]
    without_parents: bool,
}

/// Lets a module pair rest, by its left module: nothing is read or written for it. What was carried over stays on both sides, and the links stay remembered.
#[utoipa::path(post, path = "/integrations/{name}/modules/{module}/deactivate", tag = "integrations", operation_id = "deactivateModule",
    params(("name" = String, Path), ("module" = String, Path)),
    responses((status = 200, body = IntegrationStatus), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn deactivate(
    State(app): State<App>,
    caller: Caller,
    Path((name, module)): Path<(String, String)>,
) -> Result<Json<IntegrationStatus>, Problem> {
    app.hub.deactivate(&name, &module).await?;
    let about = json!({ "integration": name, "module": module });
    app.audit(&caller.actor(), "module.deactivate", about).await;
    standing(&app, &name).await
}

/// No calls and no writes for a module pair, by its left module, until it is resumed. The others go on, and one that they need may be paused.
#[utoipa::path(post, path = "/integrations/{name}/modules/{module}/pause", tag = "integrations", operation_id = "pauseModule",
    params(("name" = String, Path), ("module" = String, Path)),
    responses((status = 200, body = IntegrationStatus), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn pause(
    State(app): State<App>,
    caller: Caller,
    Path((name, module)): Path<(String, String)>,
) -> Result<Json<IntegrationStatus>, Problem> {
    app.hub.pause_module(&name, &module).await?;
    app.audit(&caller.actor(), "module.pause", json!({ "integration": name, "module": module })).await;
    standing(&app, &name).await
}

/// A module pair goes on, as if everything that happened during its pause had happened now. A paused integration stays paused.
#[utoipa::path(post, path = "/integrations/{name}/modules/{module}/resume", tag = "integrations", operation_id = "resumeModule",
    params(("name" = String, Path), ("module" = String, Path)),
    responses((status = 200, body = IntegrationStatus), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn resume(
    State(app): State<App>,
    caller: Caller,
    Path((name, module)): Path<(String, String)>,
) -> Result<Json<IntegrationStatus>, Problem> {
    app.hub.resume_module(&name, &module).await?;
    app.audit(&caller.actor(), "module.resume", json!({ "integration": name, "module": module })).await;
    standing(&app, &name).await
}

/// Takes a module pair up again after a rest, by its left module: every record is compared.
#[utoipa::path(post, path = "/integrations/{name}/modules/{module}/activate", tag = "integrations", operation_id = "activateModule", request_body = Activation,
    params(("name" = String, Path), ("module" = String, Path)),
    responses((status = 200, body = IntegrationStatus), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn activate(
    State(app): State<App>,
    caller: Caller,
    Path((name, module)): Path<(String, String)>,
    Body(activation): Body<Activation>,
) -> Result<Json<IntegrationStatus>, Problem> {
    let Activation { conflict, without_parents } = activation;
    let without = if without_parents { WithoutParents::Allow } else { WithoutParents::Refuse };
    app.hub.activate(&name, &module, conflict, without).await?;
    let about = json!({ "integration": name, "module": module, "conflict": conflict });
    app.audit(&caller.actor(), "module.activate", about).await;
    standing(&app, &name).await
}
