//! People of the workspace.

use super::session::Theme;
use crate::access::{Caller, Role};
use crate::app::App;
use crate::input::{Body, Path};
use crate::password;
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use musubi_engine::meaning::Language;
use musubi_store::MemberRow;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// A person.
#[derive(Serialize, ToSchema)]
pub(crate) struct Member {
    id: i64,
    name: String,
    email: String,
    role: Role,
    /// `null`: as the browser says.
    #[schema(required)]
    language: Option<Language>,
    theme: Theme,
    /// May log in.
    active: bool,
    /// In milliseconds since 1970.
    created_at: i64,
    /// In milliseconds since 1970.
    #[schema(required)]
    last_seen_at: Option<i64>,
}

impl From<MemberRow> for Member {
    fn from(row: MemberRow) -> Member {
        Member {
            role: Role::parse(&row.role),
            id: row.id,
            name: row.name,
            email: row.email,
            language: row.language.as_deref().and_then(Language::parse),
            theme: Theme::parse(&row.theme),
            active: row.active,
            created_at: row.created_at,
            last_seen_at: row.last_seen_at,
        }
    }
}

/// All people.
#[derive(Serialize, ToSchema)]
#[schema(as = MemberList)]
pub(crate) struct Members {
    items: Vec<Member>,
}

/// A new person.
#[derive(Deserialize, ToSchema)]
pub(crate) struct NewMember {
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    #[schema(min_length = 3, max_length = 200)]
    email: String,
    role: Role,
    /// At least 12 characters; they can change it themselves.
    #[schema(min_length = 12, max_length = 256)]
    password: String,
}

/// What changes about a person.
#[derive(Deserialize, ToSchema)]
pub(crate) struct MemberChange {
    #[serde(default)]
    #[schema(min_length = 1, max_length = 100)]
    name: Option<String>,
    #[serde(default)]
    role: Option<Role>,
    /// Whoever is not active cannot log in, and is logged out.
    #[serde(default)]
    active: Option<bool>,
    /// A new password; logs them out everywhere.
    #[serde(default)]
    #[schema(min_length = 12, max_length = 256)]
    password: Option<String>,
}

/// All people.
#[utoipa::path(get, path = "/members", tag = "people", operation_id = "listMembers",
    responses((status = 200, body = Members), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn list(State(app): State<App>) -> Result<Json<Members>, Problem> {
    let rows = app.store().members(app.workspace()).await?;
    Ok(Json(Members { items: rows.into_iter().map(Member::from).collect() }))
}

/// Makes an account for a person.
#[utoipa::path(post, path = "/members", tag = "people", operation_id = "addMember", request_body = NewMember,
    responses((status = 201, body = Member), (status = 401, body = Problem), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn add(
    State(app): State<App>,
    caller: Caller,
    Body(new): Body<NewMember>,
) -> Result<(StatusCode, Json<Member>), Problem> {
    may_make(&caller, new.role)?;
    let email = checked_email(&new.email)?;
    let name = checked_name(&new.name)?;
    password::check("password", &new.password)?;
    if app.store().member_by_email(app.workspace(), &email).await?.is_some() {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "member.exists",
            "Somebody has this address already.",
            "Change that person instead, or give another address.",
        ));
    }
    let row = MemberRow {
        id: 0,
        workspace: app.workspace(),
        name,
        email,
        role: new.role.name().to_owned(),
        password: password::digest(new.password).await?,
        language: None,
        theme: "auto".to_owned(),
        active: true,
        created_at: app.now(),
        last_seen_at: None,
    };
    let id = app.store().insert_member(&row).await?;
    app.audit(&caller.actor(), "member.add", json!({ "member": row.email, "role": row.role })).await;
    Ok((StatusCode::CREATED, Json(MemberRow { id, ..row }.into())))
}

/// Changes a person.
#[utoipa::path(patch, path = "/members/{id}", tag = "people", operation_id = "changeMember", request_body = MemberChange,
    params(("id" = i64, Path)),
    responses((status = 200, body = Member), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<i64>,
    Body(change): Body<MemberChange>,
) -> Result<Json<Member>, Problem> {
    let mut row = find(&app, id).await?;
    may_make(&caller, Role::parse(&row.role))?;
    if let Some(role) = change.role {
        may_make(&caller, role)?;
        if role < Role::Owner {
            keep_an_owner(&app, &row).await?;
        }
        row.role = role.name().to_owned();
    }
    if change.active == Some(false) {
        keep_an_owner(&app, &row).await?;
    }
    row.active = change.active.unwrap_or(row.active);
    if let Some(name) = &change.name {
        row.name = checked_name(name)?;
    }
    let new_password = change.password.is_some();
    if let Some(new) = change.password {
        password::check("password", &new)?;
        row.password = password::digest(new).await?;
    }
    app.store().update_member(&row).await?;
    if new_password || !row.active {
        app.store().delete_sessions_of(row.id).await?;
    }
    let details =
        json!({ "member": row.email, "role": row.role, "active": row.active, "password": new_password });
    app.audit(&caller.actor(), "member.change", details).await;
    Ok(Json(row.into()))
}

/// Removes a person with their sessions and tokens.
#[utoipa::path(delete, path = "/members/{id}", tag = "people", operation_id = "removeMember", params(("id" = i64, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<i64>,
) -> Result<StatusCode, Problem> {
    let row = find(&app, id).await?;
    may_make(&caller, Role::parse(&row.role))?;
    keep_an_owner(&app, &row).await?;
    app.store().delete_member(id).await?;
    app.audit(&caller.actor(), "member.remove", json!({ "member": row.email })).await;
    Ok(StatusCode::NO_CONTENT)
}

async fn find(app: &App, id: i64) -> Result<MemberRow, Problem> {
    let row = app.store().member(id).await?.filter(|row| row.workspace == app.workspace());
    row.ok_or_else(|| Problem::not_found("such person"))
}

/// Only owners make, change and remove owners.
fn may_make(caller: &Caller, role: Role) -> Result<(), Problem> {
    if role <= caller.role() {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::FORBIDDEN,
        "auth.forbidden",
        "Only owners make, change and remove owners.",
        "Ask an owner of the workspace.",
    ))
}

async fn keep_an_owner(app: &App, row: &MemberRow) -> Result<(), Problem> {
    let owner = |row: &MemberRow| row.active && Role::parse(&row.role) == Role::Owner;
    let others = app.store().members(app.workspace()).await?;
    if !owner(row) || others.iter().any(|other| other.id != row.id && owner(other)) {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::CONFLICT,
        "member.last_owner",
        "A workspace always has an owner, and this is the only one.",
        "Make somebody else an owner first.",
    ))
}

/// An address, in lower case.
pub(crate) fn checked_email(email: &str) -> Result<String, Problem> {
    let email = email.trim().to_lowercase();
    let plausible = email.split_once('@').is_some_and(|(local, host)| {
        !local.is_empty()
            && !host.is_empty()
            && !email.chars().any(|letter| letter.is_whitespace() || letter.is_control())
    });
    if plausible && email.len() <= 200 {
        return Ok(email);
    }
    Err(Problem::input("email", "not_an_address", "That is no e-mail address."))
}

/// A name that can be shown.
pub(crate) fn checked_name(name: &str) -> Result<String, Problem> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Problem::input("name", "empty", "A name is needed."));
    }
    if name.chars().count() > 100 || name.chars().any(char::is_control) {
        return Err(Problem::input("name", "not_a_name", "A name is one line of at most 100 characters."));
    }
    Ok(name.to_owned())
}
