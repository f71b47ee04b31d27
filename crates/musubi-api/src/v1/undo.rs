//! Undo: what was written is taken back, as a plan that is shown first.

use crate::access::Caller;
use crate::app::App;
use crate::input::{Body, Path};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use musubi_engine::DecisionReport;
use musubi_engine::undo::{UndoOf, UndoPlan, Writes};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::time::Duration;
use utoipa::ToSchema;

/// So long a call waits for what becomes of it.
const WAIT: Duration = Duration::from_secs(3);

/// Which writes: those to one `record`, those of one `run` (with its `module`), or those from `since` on and before `until`.
#[derive(Deserialize, ToSchema)]
pub(crate) struct UndoSelection {
    /// Of this left module only.
    #[serde(default)]
    module: Option<String>,
    /// A record's id, on either side.
    #[serde(default)]
    record: Option<String>,
    /// A run's number.
    #[serde(default)]
    run: Option<i64>,
    /// In milliseconds since 1970.
    #[serde(default)]
    since: Option<i64>,
    /// In milliseconds since 1970; now, if it is not told.
    #[serde(default)]
    until: Option<i64>,
}

/// An undo that was looked at.
#[derive(Deserialize, ToSchema)]
pub(crate) struct UndoRequest {
    #[serde(flatten)]
    of: UndoSelection,
    /// The plan's: nothing is done if the plan is another one by now.
    digest: String,
}

/// What was ordered.
#[derive(Serialize, ToSchema)]
pub(crate) struct Undone {
    /// For each pair what became of it, as far as that was known soon.
    decisions: Vec<DecisionReport>,
}

/// What an undo would do: each field with what it holds and what it would hold, or why it stays.
#[utoipa::path(post, path = "/integrations/{name}/undo/plan", tag = "integrations", operation_id = "planUndo", params(("name" = String, Path)), request_body = UndoSelection,
    responses((status = 200, body = UndoPlan), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn plan(
    State(app): State<App>,
    Path(name): Path<String>,
    Body(of): Body<UndoSelection>,
) -> Result<Json<UndoPlan>, Problem> {
    let of = chosen(of)?;
    app.hub.undo_names_something(&name, &of).await?;
    Ok(Json(app.hub.undo_plan(&name, &of).await?))
}

/// Takes back what the plan said, as far as nobody changes it meanwhile.
#[utoipa::path(post, path = "/integrations/{name}/undo", tag = "integrations", operation_id = "undo", params(("name" = String, Path)), request_body = UndoRequest,
    responses((status = 200, body = Undone), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn undo(
    State(app): State<App>,
    caller: Caller,
    Path(name): Path<String>,
    Body(request): Body<UndoRequest>,
) -> Result<Json<Undone>, Problem> {
    let of = chosen(request.of)?;
    app.hub.undo_names_something(&name, &of).await?;
    let made = app.hub.undo(&name, &of, Some(&request.digest), &caller.member.name).await?;
    app.audit(&caller.actor(), "undo", json!({ "integration": name, "pairs": made.len() })).await;
    let ids: Vec<String> = made.into_iter().map(|decision| decision.id).collect();
    Ok(Json(Undone { decisions: app.hub.answered(&name, &ids, WAIT).await? }))
}

fn chosen(of: UndoSelection) -> Result<UndoOf, Problem> {
    let UndoSelection { module, record, run, since, until } = of;
    let writes = match (record, run, since) {
        (Some(record), None, None) => Writes::Record(record),
        (None, Some(run), None) if module.is_some() => Writes::Run(run),
        (None, Some(_), None) => {
            return Err(Problem::input("module", "missing", "A run is one of a module: name it."));
        }
        (None, None, Some(since)) => Writes::Between(since, until.unwrap_or(i64::MAX)),
        _ => {
            let what = "Choose one: a record, a run, or a time since when.";
            return Err(Problem::input("record", "choose_one", what));
        }
    };
    Ok(UndoOf { module, writes })
}
