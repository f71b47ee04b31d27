//! Connections: authorised accounts in the services.

use crate::access::Caller;
use crate::app::App;
use crate::input::Path;
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use musubi_engine::Reached;
use musubi_engine::report::ConnectionStatus;
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A connection, and what depends on it.
#[derive(Serialize, ToSchema)]
pub(crate) struct Connection {
    #[serde(flatten)]
    status: ConnectionStatus,
    /// Such as `jp`.
    #[schema(required)]
    data_centre: Option<String>,
    /// Where the service is, instead of a data centre.
    #[schema(required)]
    base_url: Option<String>,
    /// Its access token.
    token: AccessToken,
    /// Integrations that need it.
    integrations: Vec<String>,
}

/// A connection's access token: renewed by itself as long as the credential is good.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccessToken {
    state: TokenState,
    /// In milliseconds since 1970.
    #[schema(required)]
    expires_at: Option<i64>,
}

/// Whether the next call can use it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TokenState {
    /// It can.
    Fresh,
    /// The next call renews it.
    Expired,
    /// No call was made yet.
    None,
}

/// All connections.
#[derive(Serialize, ToSchema)]
#[schema(as = ConnectionList)]
pub(crate) struct Connections {
    items: Vec<Connection>,
}

/// All connections, by name.
#[utoipa::path(get, path = "/connections", tag = "connections", operation_id = "listConnections",
    responses((status = 200, body = Connections), (status = 401, body = Problem)))]
pub(crate) async fn list(State(app): State<App>) -> Result<Json<Connections>, Problem> {
    Ok(Json(Connections { items: all(&app).await? }))
}

/// One connection.
#[utoipa::path(get, path = "/connections/{name}", tag = "connections", operation_id = "getConnection", params(("name" = String, Path)),
    responses((status = 200, body = Connection), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn show(
    State(app): State<App>,
    Path(name): Path<String>,
) -> Result<Json<Connection>, Problem> {
    find(&app, &name).await.map(Json)
}

/// Asks the service whether the credential is good, and whose it is.
#[utoipa::path(post, path = "/connections/{name}/test", tag = "connections", operation_id = "testConnection", params(("name" = String, Path)),
    responses((status = 200, body = Reached), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 502, body = Problem)))]
pub(crate) async fn test(State(app): State<App>, Path(name): Path<String>) -> Result<Json<Reached>, Problem> {
    let connection = find(&app, &name).await?;
    Ok(Json(app.hub.reach(connection.status.id).await?))
}

/// Forgets a connection with its credential. Nothing may depend on it.
#[utoipa::path(delete, path = "/connections/{name}", tag = "connections", operation_id = "removeConnection", params(("name" = String, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    app.hub.remove_connection(&name).await?;
    app.audit(&caller.actor(), "connection.remove", json!({ "connection": name })).await;
    Ok(StatusCode::NO_CONTENT)
}

/// Forgets a stand-in: by its place among them, counted from 0.
#[utoipa::path(delete, path = "/connections/{name}/stand-ins/{place}", tag = "connections", operation_id = "removeStandIn", params(("name" = String, Path), ("place" = u32, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn remove_stand_in(
    State(app): State<App>,
    caller: Caller,
    Path((name, place)): Path<(String, u32)>,
) -> Result<StatusCode, Problem> {
    app.hub.remove_stand_in(&name, place as usize).await?;
    app.audit(&caller.actor(), "connection.remove_stand_in", json!({ "connection": name })).await;
    Ok(StatusCode::NO_CONTENT)
}

async fn all(app: &App) -> Result<Vec<Connection>, Problem> {
    let status = app.hub.status().await?;
    let rows = app.store().connections(app.workspace()).await?;
    let mut tokens = BTreeMap::new();
    for row in &rows {
        tokens.insert(row.id, app.store().token(row.id).await?);
    }
    let now = app.now();
    let token = |id: i64| match tokens.get(&id).and_then(Option::as_ref).filter(|token| token.expires_at > 0)
    {
        Some(token) => AccessToken {
            state: if token.expires_at > now { TokenState::Fresh } else { TokenState::Expired },
            expires_at: Some(token.expires_at),
        },
        None => AccessToken { state: TokenState::None, expires_at: None },
    };
    let connection = |one: ConnectionStatus| {
        let row = rows.iter().find(|row| row.id == one.id);
        let needs = |integration: &&musubi_engine::report::IntegrationStatus| {
            integration.left == one.name || integration.right == one.name
        };
        Connection {
            data_centre: row.and_then(|row| row.data_centre.clone()),
            base_url: row.and_then(|row| row.base_url.clone()),
            token: token(one.id),
            integrations: status.integrations.iter().filter(needs).map(|one| one.name.clone()).collect(),
            status: one,
        }
    };
    Ok(status.connections.iter().cloned().map(connection).collect())
}

async fn find(app: &App, name: &str) -> Result<Connection, Problem> {
    let found = all(app).await?.into_iter().find(|one| one.status.name == name);
    found.ok_or_else(|| Problem::not_found("such connection"))
}
