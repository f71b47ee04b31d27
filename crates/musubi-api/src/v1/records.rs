//! Modules, fields and records of a connection.

use crate::access::Caller;
use crate::app::App;
use crate::input::{Body, Path, Query};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use musubi_engine::browse::{Module, Record, Records};
use musubi_engine::fields::FieldInfo;
use musubi_engine::references::OrgUser;
use musubi_engine::value_schema::FieldValue;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

/// The modules of a connection.
#[derive(Serialize, ToSchema)]
#[schema(as = ModuleList)]
pub(crate) struct Modules {
    items: Vec<Module>,
}

/// The users of an org.
#[derive(Serialize, ToSchema)]
#[schema(as = OrgUserList)]
pub(crate) struct Users {
    items: Vec<OrgUser>,
}

/// The fields of a module.
#[derive(Serialize, ToSchema)]
#[schema(as = FieldList)]
pub(crate) struct Fields {
    items: Vec<FieldInfo>,
}

/// Which records.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// The `next` of the page before.
    #[serde(default)]
    #[param(max_length = 2000)]
    cursor: Option<String>,
    /// Part of a name or an address, or the id. What is looked for is one page of the newest.
    #[serde(default)]
    #[param(max_length = 200)]
    search: Option<String>,
}

/// What a record shall hold.
#[derive(Deserialize, ToSchema)]
pub(crate) struct NewRecord {
    /// Field by field, as records show it.
    #[schema(value_type = BTreeMap<String, FieldValue>)]
    values: BTreeMap<String, Value>,
}

/// What changes in a record.
#[derive(Deserialize, ToSchema)]
pub(crate) struct RecordChange {
    /// Field by field, as records show it; `null` clears.
    #[schema(value_type = BTreeMap<String, FieldValue>)]
    values: BTreeMap<String, Value>,
    /// Only if nobody changed it since: its `modified_at` when it was looked at.
    #[serde(default)]
    unmodified_since: Option<i64>,
}

/// The modules that the connection's user sees.
#[utoipa::path(get, path = "/connections/{name}/modules", tag = "records", operation_id = "listModules", params(("name" = String, Path)),
    responses((status = 200, body = Modules), (status = 401, body = Problem), (status = 404, body = Problem), (status = 502, body = Problem)))]
pub(crate) async fn modules(
    State(app): State<App>,
    Path(name): Path<String>,
) -> Result<Json<Modules>, Problem> {
    let connection = number(&app, &name).await?;
    Ok(Json(Modules { items: app.hub.modules(connection).await? }))
}

/// The users of the connection's org: who can own records.
#[utoipa::path(get, path = "/connections/{name}/users", tag = "records", operation_id = "listUsers", params(("name" = String, Path)),
    responses((status = 200, body = Users), (status = 401, body = Problem), (status = 404, body = Problem), (status = 502, body = Problem)))]
pub(crate) async fn users(State(app): State<App>, Path(name): Path<String>) -> Result<Json<Users>, Problem> {
    let connection = number(&app, &name).await?;
    Ok(Json(Users { items: app.hub.org_users(connection).await? }))
}

/// The fields of a module.
#[utoipa::path(get, path = "/connections/{name}/modules/{module}/fields", tag = "records", operation_id = "listFields",
    params(("name" = String, Path), ("module" = String, Path)),
    responses((status = 200, body = Fields), (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem), (status = 502, body = Problem)))]
pub(crate) async fn fields(
    State(app): State<App>,
    Path((name, module)): Path<(String, String)>,
) -> Result<Json<Fields>, Problem> {
    let connection = number(&app, &name).await?;
    Ok(Json(Fields { items: app.hub.fields(connection, &module).await? }))
}

/// Records, the newest first.
#[utoipa::path(get, path = "/connections/{name}/modules/{module}/records", tag = "records", operation_id = "listRecords",
    params(("name" = String, Path), ("module" = String, Path), Wanted),
    responses((status = 200, body = Records), (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem), (status = 502, body = Problem)))]
pub(crate) async fn list(
    State(app): State<App>,
    Path((name, module)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Records>, Problem> {
    let connection = number(&app, &name).await?;
    let page = app.hub.records(connection, &module, wanted.cursor, wanted.search.as_deref()).await;
    page.map(Json).map_err(|error| match error.code {
        "connection.cursor_lost" => {
            Problem::input("cursor", "not_a_cursor", "The service knows no such place in this list.")
        }
        _ => error.into(),
    })
}

/// One record.
#[utoipa::path(get, path = "/connections/{name}/modules/{module}/records/{id}", tag = "records", operation_id = "getRecord",
    params(("name" = String, Path), ("module" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = Record), (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem), (status = 502, body = Problem)))]
pub(crate) async fn show(
    State(app): State<App>,
    Path((name, module, id)): Path<(String, String, String)>,
) -> Result<Json<Record>, Problem> {
    let connection = number(&app, &name).await?;
    look(&app, connection, &module, &id).await.map(Json)
}

/// Makes a record.
#[utoipa::path(post, path = "/connections/{name}/modules/{module}/records", tag = "records", operation_id = "addRecord",
    params(("name" = String, Path), ("module" = String, Path)), request_body = NewRecord,
    responses((status = 201, body = Record), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem), (status = 502, body = Problem)))]
pub(crate) async fn add(
    State(app): State<App>,
    caller: Caller,
    Path((name, module)): Path<(String, String)>,
    Body(new): Body<NewRecord>,
) -> Result<(StatusCode, Json<Record>), Problem> {
    let connection = number(&app, &name).await?;
    let id = app.hub.create_record(connection, &module, &new.values).await?;
    note(&app, &caller, "record.add", &name, &module, &id).await;
    Ok((StatusCode::CREATED, Json(look(&app, connection, &module, &id).await?)))
}

/// Changes a record.
#[utoipa::path(patch, path = "/connections/{name}/modules/{module}/records/{id}", tag = "records", operation_id = "changeRecord",
    params(("name" = String, Path), ("module" = String, Path), ("id" = String, Path)), request_body = RecordChange,
    responses((status = 200, body = Record), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem), (status = 502, body = Problem)))]
pub(crate) async fn change(
    State(app): State<App>,
    caller: Caller,
    Path((name, module, id)): Path<(String, String, String)>,
    Body(change): Body<RecordChange>,
) -> Result<Json<Record>, Problem> {
    let connection = number(&app, &name).await?;
    app.hub.change_record(connection, &module, &id, &change.values, change.unmodified_since).await?;
    note(&app, &caller, "record.change", &name, &module, &id).await;
    look(&app, connection, &module, &id).await.map(Json)
}

/// Puts a record into the service's recycle bin.
#[utoipa::path(delete, path = "/connections/{name}/modules/{module}/records/{id}", tag = "records", operation_id = "removeRecord",
    params(("name" = String, Path), ("module" = String, Path), ("id" = String, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem), (status = 502, body = Problem)))]
pub(crate) async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path((name, module, id)): Path<(String, String, String)>,
) -> Result<StatusCode, Problem> {
    let connection = number(&app, &name).await?;
    app.hub.delete_record(connection, &module, &id).await?;
    note(&app, &caller, "record.remove", &name, &module, &id).await;
    Ok(StatusCode::NO_CONTENT)
}

/// Ids stand in the audit log, values never (I18).
async fn note(app: &App, caller: &Caller, action: &str, connection: &str, module: &str, id: &str) {
    let details = json!({ "connection": connection, "module": module, "record": id });
    app.audit(&caller.actor(), action, details).await;
}

async fn look(app: &App, connection: i64, module: &str, id: &str) -> Result<Record, Problem> {
    let record = app.hub.record(connection, module, id).await?;
    record.ok_or_else(|| Problem::not_found("such record"))
}

pub(super) async fn number(app: &App, name: &str) -> Result<i64, Problem> {
    let rows = app.store().connections(app.workspace()).await?;
    let row = rows.into_iter().find(|row| row.name == *name);
    row.map(|row| row.id).ok_or_else(|| Problem::not_found("such connection"))
}
