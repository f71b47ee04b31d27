//! What a person decides: conflicts, and pairs tied or taken apart by hand.

use crate::access::{Caller, Role};
use crate::app::App;
use crate::input::{Body, Path};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use musubi_core::{Side, Sides};
use musubi_engine::candidates::Candidates;
use musubi_engine::{Conflicts, DecisionReport};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use utoipa::ToSchema;

/// So long a call waits for what becomes of a decision; whoever works on the module takes it up at once unless it is paused.
const WAIT: Duration = Duration::from_secs(3);

/// Which conflicts, and whose value counts.
#[derive(Deserialize, ToSchema)]
pub(crate) struct DecideRequest {
    /// The side whose value counts.
    winner: Side,
    /// These.
    #[serde(default)]
    ids: Option<Vec<String>>,
    /// The versions that were seen, by id: if the values are others by now, nothing is done. Without one the values count that the list shows now.
    #[serde(default)]
    seen: BTreeMap<String, String>,
    /// Without `ids`: those of this left module.
    #[serde(default)]
    module: Option<String>,
    /// Without `ids`: those with this code.
    #[serde(default)]
    code: Option<String>,
    /// Without `ids`: those about this left field.
    #[serde(default)]
    field: Option<String>,
    /// From now on that side's value counts in these fields whenever both sides change one. Needs the role admin: it changes the integration.
    #[serde(default)]
    for_ever: bool,
}

/// What was decided.
#[derive(Serialize, ToSchema)]
pub(crate) struct Decided {
    /// Each decision and what became of it, as far as that was known soon.
    decisions: Vec<DecisionReport>,
    /// Fields whose conflicts are decided so from now on, by left module.
    for_ever: BTreeMap<String, BTreeSet<String>>,
}

/// Two records that belong together.
#[derive(Deserialize, ToSchema)]
pub(crate) struct LinkRequest {
    #[schema(min_length = 1, max_length = 200)]
    left_id: String,
    #[schema(min_length = 1, max_length = 200)]
    right_id: String,
}

/// Decides conflicts: the value of one side counts, and is written to the other.
#[utoipa::path(post, path = "/integrations/{name}/attention/decide", tag = "integrations", operation_id = "decideConflicts", params(("name" = String, Path)), request_body = DecideRequest,
    responses((status = 200, body = Decided), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn decide(
    State(app): State<App>,
    caller: Caller,
    Path(name): Path<String>,
    Body(wanted): Body<DecideRequest>,
) -> Result<Json<Decided>, Problem> {
    let DecideRequest { winner, ids, mut seen, module, code, field, for_ever } = wanted;
    if for_ever && caller.role() < Role::Admin {
        return Err(Problem::forbidden(Role::Admin, caller.role()));
    }
    let which = match ids {
        Some(ids) => Conflicts::These(
            ids.into_iter()
                .map(|id| {
                    let version = seen.remove(&id);
                    (id, version)
                })
                .collect(),
        ),
        None => Conflicts::All { module, code, field },
    };
    let by = &caller.member.name;
    let decisions = app.hub.decide(&name, &which, winner, by).await.map_err(Problem::of_input)?;
    let fields = match for_ever {
        true => app.hub.decide_for_ever(&name, &which, winner).await?,
        false => BTreeMap::new(),
    };
    let told = json!({ "integration": name, "winner": winner, "count": decisions.len(), "for_ever": fields });
    app.audit(&caller.actor(), "conflict.decide", told).await;
    let ids: Vec<String> = decisions.into_iter().map(|decision| decision.id).collect();
    let decisions = app.hub.answered(&name, &ids, WAIT).await?;
    Ok(Json(Decided { decisions, for_ever: fields }))
}

/// A decision and what became of it. It is remembered for a day.
#[utoipa::path(get, path = "/integrations/{name}/decisions/{id}", tag = "integrations", operation_id = "getDecision", params(("name" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = DecisionReport), (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn show(
    State(app): State<App>,
    Path((name, id)): Path<(String, String)>,
) -> Result<Json<DecisionReport>, Problem> {
    Ok(Json(app.hub.decision(&name, &id).await?))
}

/// The records that have the same match key, side by side.
#[utoipa::path(get, path = "/integrations/{name}/attention/{id}/candidates", tag = "integrations", operation_id = "listCandidates", params(("name" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = Candidates), (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn candidates(
    State(app): State<App>,
    Path((name, id)): Path<(String, String)>,
) -> Result<Json<Candidates>, Problem> {
    Ok(Json(app.hub.candidates(&name, &id).await?))
}

/// Ties two records by hand.
#[utoipa::path(post, path = "/integrations/{name}/modules/{module}/links", tag = "integrations", operation_id = "addLink",
    params(("name" = String, Path), ("module" = String, Path, description = "The left module")), request_body = LinkRequest,
    responses((status = 200, body = DecisionReport), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn link(
    State(app): State<App>,
    caller: Caller,
    Path((name, module)): Path<(String, String)>,
    Body(ids): Body<LinkRequest>,
) -> Result<Json<DecisionReport>, Problem> {
    let LinkRequest { left_id, right_id } = ids;
    let both = Sides { left: left_id.as_str(), right: right_id.as_str() };
    let decision = app.hub.link(&name, &module, both, &caller.member.name).await?;
    let told = json!({ "integration": name, "module": module, "left_id": left_id, "right_id": right_id });
    app.audit(&caller.actor(), "link.add", told).await;
    answered(&app, &name, decision).await
}

/// Takes a pair apart by hand. Both records stay, and neither is copied.
#[utoipa::path(delete, path = "/integrations/{name}/modules/{module}/links/{left_id}", tag = "integrations", operation_id = "removeLink",
    params(("name" = String, Path), ("module" = String, Path), ("left_id" = String, Path)),
    responses((status = 200, body = DecisionReport), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn unlink(
    State(app): State<App>,
    caller: Caller,
    Path((name, module, left_id)): Path<(String, String, String)>,
) -> Result<Json<DecisionReport>, Problem> {
    let decision = app.hub.unlink(&name, &module, &left_id, &caller.member.name).await?;
    let told = json!({ "integration": name, "module": module, "left_id": left_id });
    app.audit(&caller.actor(), "link.remove", told).await;
    answered(&app, &name, decision).await
}

async fn answered(app: &App, name: &str, decision: DecisionReport) -> Result<Json<DecisionReport>, Problem> {
    let found = app.hub.answered(name, std::slice::from_ref(&decision.id), WAIT).await?;
    Ok(Json(found.into_iter().next().unwrap_or(decision)))
}
