//! First start, logging in and out, and one's own settings.

use super::members::{Member, checked_email, checked_name};
use crate::access::{By, Caller, IDLE, Place, Role, csrf, digest};
use crate::app::{App, secret};
use crate::input::Body;
use crate::problem::Problem;
use crate::{cookie, password};
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use musubi_engine::meaning::Language;
use musubi_store::MemberRow;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use utoipa::ToSchema;

/// Whether somebody is there yet.
#[derive(Serialize, ToSchema)]
#[schema(as = SetupState)]
pub(crate) struct Setup {
    /// Nobody is there yet: the first person becomes the owner.
    needed: bool,
}

/// The first person.
#[derive(Deserialize, ToSchema)]
pub(crate) struct NewOwner {
    /// The code that the hub printed when it started.
    #[schema(max_length = 64)]
    code: String,
    /// What people call them.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// An e-mail address.
    #[schema(min_length = 3, max_length = 200)]
    email: String,
    /// At least 12 characters.
    #[schema(min_length = 12, max_length = 256)]
    password: String,
    /// The language of the pages.
    #[serde(default)]
    language: Option<Language>,
}

/// Light or dark.
#[derive(Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Theme {
    /// Light.
    Light,
    /// Dark.
    Dark,
    /// As the browser says.
    Auto,
}

impl Theme {
    /// From how it is stored.
    pub fn parse(name: &str) -> Theme {
        match name {
            "light" => Theme::Light,
            "dark" => Theme::Dark,
            _ => Theme::Auto,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Theme::Light => "light",
            Theme::Dark => "dark",
            Theme::Auto => "auto",
        }
    }
}

/// Who wants to log in.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Credentials {
    /// The address.
    #[schema(max_length = 200)]
    email: String,
    /// The password.
    #[schema(max_length = 256)]
    password: String,
}

/// Who is logged in, and what a page needs to know.
#[derive(Serialize, ToSchema)]
pub(crate) struct Session {
    member: Member,
    workspace: Workspace,
    /// To be sent as `X-Musubi-CSRF` with every change. Empty for an API token, which needs none.
    csrf: String,
    /// In milliseconds since 1970; `null` for an API token.
    #[schema(required)]
    expires_at: Option<i64>,
    /// The hub's version.
    version: &'static str,
    /// It is the demo: made-up data, and nobody needs a password.
    demo: bool,
}

/// The tenant.
#[derive(Serialize, ToSchema)]
pub(crate) struct Workspace {
    id: i64,
    name: String,
}

/// What one may change about oneself.
#[derive(Deserialize, ToSchema)]
#[schema(as = ProfileChange)]
pub(crate) struct OwnChange {
    #[serde(default)]
    #[schema(min_length = 1, max_length = 100)]
    name: Option<String>,
    #[serde(default)]
    language: Option<Language>,
    #[serde(default)]
    theme: Option<Theme>,
    /// Needed for a new password.
    #[serde(default)]
    #[schema(max_length = 256)]
    current_password: Option<String>,
    /// Ends all other sessions.
    #[serde(default)]
    #[schema(min_length = 12, max_length = 256)]
    new_password: Option<String>,
}

/// Is somebody there yet?
#[utoipa::path(get, path = "/setup", tag = "session", operation_id = "getSetup", responses((status = 200, body = Setup)))]
pub(crate) async fn setup(State(app): State<App>) -> Result<Json<Setup>, Problem> {
    let needed = app.store().count_members(app.workspace()).await? == 0;
    Ok(Json(Setup { needed }))
}

/// The first person becomes the owner.
#[utoipa::path(post, path = "/setup", tag = "session", operation_id = "setUp", request_body = NewOwner,
    responses((status = 201, body = Session), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn set_up(
    State(app): State<App>,
    Place(place): Place,
    Body(new): Body<NewOwner>,
) -> Result<Response, Problem> {
    if app.store().count_members(app.workspace()).await? > 0 {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "setup.done",
            "This hub has its owner already.",
            "Log in, or have an owner make an account for you.",
        ));
    }
    if let Some(seconds) = app.inner.guard.wait(place, "setup", app.now()) {
        return Err(slow_down(seconds));
    }
    let code: String =
        new.code.chars().filter(|letter| letter.is_ascii_alphanumeric()).collect::<String>().to_uppercase();
    let right = app.setup_code().replace('-', "");
    if !bool::from(code.as_bytes().ct_eq(right.as_bytes())) {
        app.inner.guard.failed(place, "setup", app.now());
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "setup.wrong_code",
            "That is not the code that the hub printed.",
            "Look at the terminal or the log of `musubi serve`: it prints the code when it starts.",
        ));
    }
    password::check("password", &new.password)?;
    let row = MemberRow {
        id: 0,
        workspace: app.workspace(),
        name: checked_name(&new.name)?,
        email: checked_email(&new.email)?,
        role: Role::Owner.name().to_owned(),
        password: password::digest(new.password).await?,
        language: new.language.map(|language| language.code().to_owned()),
        theme: "auto".to_owned(),
        active: true,
        created_at: app.now(),
        last_seen_at: None,
    };
    let id = app.store().insert_member(&row).await?;
    let row = MemberRow { id, ..row };
    app.audit(&row.email, "workspace.set_up", serde_json::json!({})).await;
    enter(&app, row, StatusCode::CREATED).await
}

/// Logs in.
#[utoipa::path(post, path = "/session", tag = "session", operation_id = "logIn", request_body = Credentials,
    responses((status = 200, body = Session), (status = 401, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn log_in(
    State(app): State<App>,
    Place(place): Place,
    Body(given): Body<Credentials>,
) -> Result<Response, Problem> {
    let email = given.email.trim().to_lowercase();
    if let Some(seconds) = app.inner.guard.wait(place, &email, app.now()) {
        return Err(slow_down(seconds));
    }
    let row = app.store().member_by_email(app.workspace(), &email).await?.filter(|row| row.active);
    if !password::is_right(given.password, row.as_ref().map(|row| row.password.clone())).await? {
        app.inner.guard.failed(place, &email, app.now());
        if let Some(row) = row {
            app.audit(&row.email, "session.refused", serde_json::json!({ "from": place.to_string() })).await;
        }
        return Err(wrong());
    }
    let row = row.ok_or_else(wrong)?;
    app.inner.guard.succeeded(place, &email);
    app.audit(&row.email, "session.begin", serde_json::json!({ "from": place.to_string() })).await;
    enter(&app, row, StatusCode::OK).await
}

/// Who is logged in.
#[utoipa::path(get, path = "/session", tag = "session", operation_id = "getSession",
    responses((status = 200, body = Session), (status = 401, body = Problem)))]
pub(crate) async fn show(State(app): State<App>, caller: Caller) -> Result<Json<Session>, Problem> {
    let (csrf, expires_at) = match caller.by {
        By::Session { csrf, expires_at, .. } => (csrf, Some(expires_at)),
        By::Token(_) => (String::new(), None),
    };
    Ok(Json(session(&app, caller.member, csrf, expires_at).await?))
}

/// Logs out.
#[utoipa::path(delete, path = "/session", tag = "session", operation_id = "logOut",
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn log_out(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    if let By::Session { digest, .. } = &caller.by {
        app.store().delete_session(digest).await?;
        app.audit(&caller.actor(), "session.end", serde_json::json!({})).await;
    }
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie::clear(&app.options))]).into_response())
}

/// Changes one's own settings.
#[utoipa::path(patch, path = "/session/member", tag = "session", operation_id = "changeMe", request_body = OwnChange,
    responses((status = 200, body = Member), (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn change_me(
    State(app): State<App>,
    caller: Caller,
    Body(change): Body<OwnChange>,
) -> Result<Response, Problem> {
    let mut row = caller.member.clone();
    if let Some(name) = &change.name {
        row.name = checked_name(name)?;
    }
    if let Some(language) = change.language {
        row.language = Some(language.code().to_owned());
    }
    if let Some(theme) = change.theme {
        row.theme = theme.name().to_owned();
    }
    let Some(new) = change.new_password else {
        app.store().update_member(&row).await?;
        return Ok(Json(Member::from(row)).into_response());
    };
    password::check("new_password", &new)?;
    let current = change.current_password.unwrap_or_default();
    if !password::is_right(current, Some(row.password.clone())).await? {
        let problem = Problem::input("current_password", "wrong", "That is not your password.");
        return Err(problem);
    }
    row.password = password::digest(new).await?;
    app.store().update_member(&row).await?;
    app.store().delete_sessions_of(row.id).await?;
    app.audit(&caller.actor(), "member.password", serde_json::json!({})).await;
    // Whoever had stolen a session has it no more; this browser gets a new one.
    let cookie = begin(&app, &row).await?;
    let set = cookie::set(&app.options, &cookie);
    Ok(([(header::SET_COOKIE, set)], Json(Member::from(row))).into_response())
}

/// The demo's owner comes in: nobody's password, as nobody knows it.
pub(crate) async fn demo(app: &App) -> Result<String, Problem> {
    const EMAIL: &str = "you@demo.invalid";
    if let Some(row) = app.store().member_by_email(app.workspace(), EMAIL).await? {
        return begin(app, &row).await;
    }
    let row = MemberRow {
        id: 0,
        workspace: app.workspace(),
        name: "Demo".to_owned(),
        email: EMAIL.to_owned(),
        role: Role::Owner.name().to_owned(),
        password: password::digest(secret()).await?,
        language: None,
        theme: "auto".to_owned(),
        active: true,
        created_at: app.now(),
        last_seen_at: None,
    };
    let id = app.store().insert_member(&row).await?;
    begin(app, &MemberRow { id, ..row }).await
}

async fn enter(app: &App, row: MemberRow, status: StatusCode) -> Result<Response, Problem> {
    let cookie = begin(app, &row).await?;
    let set = cookie::set(&app.options, &cookie);
    let session = session(app, row, csrf(&cookie), Some(app.now() + IDLE)).await?;
    Ok((status, [(header::SET_COOKIE, set)], Json(session)).into_response())
}

/// Opens a session and gives its secret.
pub(crate) async fn begin(app: &App, row: &MemberRow) -> Result<String, Problem> {
    let (cookie, now) = (secret(), app.now());
    app.store().insert_session(&digest(&cookie), row.id, now, now + IDLE).await?;
    app.store().member_seen(row.id, now).await?;
    Ok(cookie)
}

async fn session(
    app: &App,
    row: MemberRow,
    csrf: String,
    expires_at: Option<i64>,
) -> Result<Session, Problem> {
    let all = app.store().workspaces().await?;
    let name = all.into_iter().find(|one| one.id == app.workspace()).map(|one| one.name).unwrap_or_default();
    Ok(Session {
        member: row.into(),
        workspace: Workspace { id: app.workspace(), name },
        csrf,
        expires_at,
        version: env!("CARGO_PKG_VERSION"),
        demo: app.options.demo,
    })
}

fn wrong() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "auth.wrong",
        "The address or the password is wrong.",
        "Check both; an owner can set a new password for you.",
    )
}

fn slow_down(seconds: u64) -> Problem {
    Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        "auth.slow_down",
        format!("There were too many tries; the next one is possible in {seconds} seconds."),
        "Wait, then try again.",
    )
    .after(seconds)
}
