//! API tokens: what programs use in a person's name.

use crate::access::{Caller, Role, Scope, digest};
use crate::app::{App, secret};
use crate::input::{Body, Path};
use crate::problem::Problem;
use crate::v1::members::checked_name;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use musubi_store::ApiTokenRow;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// In milliseconds.
const DAY: i64 = 24 * 3_600_000;
/// No token lives longer, in days.
const LONGEST: i64 = 366;

/// A token, without its secret.
#[derive(Serialize, ToSchema)]
pub(crate) struct Token {
    id: i64,
    /// What it is for.
    name: String,
    scope: Scope,
    /// The address of the person in whose name it works.
    member: String,
    /// In milliseconds since 1970.
    created_at: i64,
    /// In milliseconds since 1970.
    expires_at: i64,
    /// In milliseconds since 1970, to the minute.
    #[schema(required)]
    last_used_at: Option<i64>,
}

impl Token {
    fn of(row: ApiTokenRow, member: &str) -> Token {
        Token {
            id: row.id,
            scope: Scope::parse(&row.scope),
            name: row.name,
            member: member.to_owned(),
            created_at: row.created_at,
            expires_at: row.expires_at,
            last_used_at: row.used_at,
        }
    }
}

/// Tokens.
#[derive(Serialize, ToSchema)]
#[schema(as = TokenList)]
pub(crate) struct Tokens {
    items: Vec<Token>,
}

/// What a new token is for.
#[derive(Deserialize, ToSchema)]
pub(crate) struct NewToken {
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    scope: Scope,
    /// It ends after so many days.
    #[schema(minimum = 1, maximum = 366)]
    expires_in_days: i64,
}

/// A new token.
#[derive(Serialize, ToSchema)]
pub(crate) struct MadeToken {
    #[serde(flatten)]
    token: Token,
    /// To be sent as `Authorization: Bearer …`. It is told this once only.
    secret: String,
}

/// One's own tokens; an admin sees everybody's.
#[utoipa::path(get, path = "/tokens", tag = "people", operation_id = "listTokens",
    responses((status = 200, body = Tokens), (status = 401, body = Problem)))]
pub(crate) async fn list(State(app): State<App>, caller: Caller) -> Result<Json<Tokens>, Problem> {
    let rows = app.store().api_tokens(app.workspace()).await?;
    let people = app.store().members(app.workspace()).await?;
    let email = |id: i64| people.iter().find(|one| one.id == id).map_or("", |one| one.email.as_str());
    let items = rows.into_iter().filter(|row| concerns(&caller, row));
    let items = items.map(|row| Token::of(row.clone(), email(row.member))).collect();
    Ok(Json(Tokens { items }))
}

/// Makes a token.
#[utoipa::path(post, path = "/tokens", tag = "people", operation_id = "addToken", request_body = NewToken,
    responses((status = 201, body = MadeToken), (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn add(
    State(app): State<App>,
    caller: Caller,
    Body(new): Body<NewToken>,
) -> Result<(StatusCode, Json<MadeToken>), Problem> {
    if !(1..=LONGEST).contains(&new.expires_in_days) {
        let detail = format!("A token lives from 1 to {LONGEST} days.");
        return Err(Problem::input("expires_in_days", "out_of_range", detail));
    }
    let secret = format!("musubi_{}", secret());
    let row = ApiTokenRow {
        id: 0,
        member: caller.member.id,
        name: checked_name(&new.name)?,
        scope: new.scope.name().to_owned(),
        created_at: app.now(),
        expires_at: app.now() + new.expires_in_days * DAY,
        used_at: None,
    };
    let id = app.store().insert_api_token(app.workspace(), &row, &digest(&secret)).await?;
    let details = json!({ "token": row.name, "scope": row.scope, "days": new.expires_in_days });
    app.audit(&caller.actor(), "token.add", details).await;
    let token = Token::of(ApiTokenRow { id, ..row }, &caller.member.email);
    Ok((StatusCode::CREATED, Json(MadeToken { token, secret })))
}

/// Ends a token.
#[utoipa::path(delete, path = "/tokens/{id}", tag = "people", operation_id = "removeToken", params(("id" = i64, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<i64>,
) -> Result<StatusCode, Problem> {
    let rows = app.store().api_tokens(app.workspace()).await?;
    let row = rows.into_iter().find(|row| row.id == id && concerns(&caller, row));
    let row = row.ok_or_else(|| Problem::not_found("such token"))?;
    app.store().delete_api_token(app.workspace(), id).await?;
    app.audit(&caller.actor(), "token.remove", json!({ "token": row.name })).await;
    Ok(StatusCode::NO_CONTENT)
}

fn concerns(caller: &Caller, row: &ApiTokenRow) -> bool {
    row.member == caller.member.id || caller.role() >= Role::Admin
}
