//! Erasing what is remembered of a person, and what was erased.

use crate::access::Caller;
use crate::app::App;
use crate::input::Body;
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use musubi_core::Side;
use musubi_engine::erasure::{Erasure, ErasureOf, ErasurePlan};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use utoipa::ToSchema;

/// So long a call waits for it to be done.
const WAIT: Duration = Duration::from_secs(3);

/// Whose data: those of one record (`integration`, `module`, and `left_id` or `right_id`), or those of an `email` address.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ErasureRequest {
    /// The integration.
    #[serde(default)]
    integration: Option<String>,
    /// The left module.
    #[serde(default)]
    module: Option<String>,
    /// The left record.
    #[serde(default)]
    left_id: Option<String>,
    /// The right record.
    #[serde(default)]
    right_id: Option<String>,
    /// Every record that holds this address in a field, of all integrations. It is not kept.
    #[serde(default)]
    email: Option<String>,
    /// Only the plan.
    #[serde(default)]
    dry_run: bool,
    /// The plan's: nothing is done if the plan is another one by now.
    #[serde(default)]
    digest: Option<String>,
}

/// What would be erased, or is.
#[derive(Serialize, ToSchema)]
pub(crate) struct ErasureAnswer {
    /// Of a dry run.
    #[schema(required)]
    plan: Option<ErasurePlan>,
    /// As it stood soon after it was asked for. What is left then goes on by itself.
    #[schema(required)]
    erasure: Option<Erasure>,
}

/// What was erased, the newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct Erasures {
    items: Vec<Erasure>,
}

/// What was erased on request, the newest first: who asked, when, how much.
#[utoipa::path(get, path = "/erasures", tag = "people", operation_id = "listErasures",
    responses((status = 200, body = Erasures), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn list(State(app): State<App>) -> Result<Json<Erasures>, Problem> {
    Ok(Json(Erasures { items: app.hub.erasures().await? }))
}

/// Erases what the hub remembers of a person: with `dry_run` it says what that would be, with the `digest` of that plan it is done. The services are not touched.
#[utoipa::path(post, path = "/erasures", tag = "people", operation_id = "erase", request_body = ErasureRequest,
    responses((status = 200, body = ErasureAnswer), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn erase(
    State(app): State<App>,
    caller: Caller,
    Body(request): Body<ErasureRequest>,
) -> Result<Json<ErasureAnswer>, Problem> {
    let (dry_run, digest) = (request.dry_run, request.digest.clone());
    let of = chosen(request)?;
    if dry_run {
        let plan = app.hub.erasure_plan(&of).await.map_err(Problem::of_input)?;
        return Ok(Json(ErasureAnswer { plan: Some(plan), erasure: None }));
    }
    let Some(digest) = digest else {
        let what = "Send the digest of the plan that you looked at, or `dry_run` for the plan.";
        return Err(Problem::input("digest", "missing", what));
    };
    let begun = app.hub.erase(&of, &digest, &caller.actor()).await.map_err(Problem::of_input)?;
    let erasure = app.hub.erased(begun.id, WAIT).await?;
    app.inner.jobs.forget_ended();
    Ok(Json(ErasureAnswer { plan: None, erasure: Some(erasure) }))
}

fn chosen(request: ErasureRequest) -> Result<ErasureOf, Problem> {
    let ErasureRequest { integration, module, left_id, right_id, email, .. } = request;
    let (side, id) = match (left_id, right_id, email) {
        (None, None, Some(email)) => return Ok(ErasureOf::Address(email)),
        (Some(id), None, None) => (Side::Left, id),
        (None, Some(id), None) => (Side::Right, id),
        _ => {
            let what = "Choose one: a left record, a right record, or an e-mail address.";
            return Err(Problem::input("email", "choose_one", what));
        }
    };
    let (Some(integration), Some(module)) = (integration, module) else {
        let what = "A record is one of a module of an integration: name both.";
        return Err(Problem::input("integration", "missing", what));
    };
    Ok(ErasureOf::Record { integration, module, side, id })
}
