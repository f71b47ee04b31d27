//! Who calls, and what they may do: decided here alone, before any handler runs.

use crate::app::App;
use crate::cookie;
use crate::problem::Problem;
use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use musubi_store::MemberRow;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use subtle::ConstantTimeEq;
use utoipa::ToSchema;

/// A session ends when it was not used for so long, in milliseconds.
pub const IDLE: i64 = 12 * 3_600_000;
/// A session ends after so long, however much it is used.
pub const LONGEST: i64 = 7 * 24 * 3_600_000;
/// That somebody was there is noted this often.
const NOTED: i64 = 60_000;
/// The header that a page of ours sends with every change.
const CSRF: &str = "x-musubi-csrf";

/// What a person may do; the later may what the earlier may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Looks, plans, verifies and retries.
    User,
    /// Changes connections, integrations, records and people.
    Admin,
    /// Besides: makes owners, sets how long things are kept, backs up.
    Owner,
}

impl Role {
    /// As it is stored.
    pub fn name(self) -> &'static str {
        match self {
            Role::User => "user",
            Role::Admin => "admin",
            Role::Owner => "owner",
        }
    }

    /// From how it is stored; what is unknown may the least.
    pub fn parse(name: &str) -> Role {
        match name {
            "owner" => Role::Owner,
            "admin" => Role::Admin,
            _ => Role::User,
        }
    }
}

/// What an API token may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Reading.
    Read,
    /// Also what a user may change.
    Write,
    /// All that its person may do.
    Admin,
}

impl Scope {
    /// As it is stored.
    pub fn name(self) -> &'static str {
        match self {
            Scope::Read => "read",
            Scope::Write => "write",
            Scope::Admin => "admin",
        }
    }

    /// From how it is stored; what is unknown may the least.
    pub fn parse(name: &str) -> Scope {
        match name {
            "admin" => Scope::Admin,
            "write" => Scope::Write,
            _ => Scope::Read,
        }
    }
}

/// Who calls.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The person.
    pub member: MemberRow,
    /// How they showed who they are.
    pub by: By,
}

/// How a caller showed who they are.
#[derive(Clone, Debug)]
pub enum By {
    /// A session of a browser, with its digest and when it ends.
    Session {
        /// Of the cookie.
        digest: Vec<u8>,
        /// What the browser must send with changes.
        csrf: String,
        /// In milliseconds since 1970.
        expires_at: i64,
    },
    /// An API token.
    Token(Scope),
}

impl Caller {
    /// What they may do.
    pub fn role(&self) -> Role {
        Role::parse(&self.member.role)
    }

    /// How the audit log names them.
    pub fn actor(&self) -> String {
        match self.by {
            By::Session { .. } => self.member.email.clone(),
            By::Token(_) => format!("{} (token)", self.member.email),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Caller, Problem> {
        parts.extensions.get::<Caller>().cloned().ok_or_else(nobody)
    }
}

/// Lets through who may; whoever may not is told, and nothing is done.
pub(crate) async fn require(
    State((app, least)): State<(App, Role)>,
    mut request: Request,
    next: Next,
) -> Response {
    match admit(&app, least, request.method(), request.headers()).await {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(problem) => problem.into_response(),
    }
}

async fn admit(app: &App, least: Role, method: &Method, headers: &HeaderMap) -> Result<Caller, Problem> {
    let caller = recognise(app, headers).await?;
    let changes = !matches!(*method, Method::GET | Method::HEAD);
    match &caller.by {
        By::Session { csrf, .. } if changes => check_csrf(csrf, headers)?,
        By::Session { .. } => {}
        By::Token(scope) => {
            let needed = match (changes, least) {
                (false, _) => Scope::Read,
                (true, Role::User) => Scope::Write,
                (true, _) => Scope::Admin,
            };
            if *scope < needed {
                return Err(Problem::new(
                    StatusCode::FORBIDDEN,
                    "auth.scope",
                    format!("This needs a token of scope {}; yours has {}.", needed.name(), scope.name()),
                    "Make a token of that scope in the settings.",
                ));
            }
        }
    }
    if caller.role() < least {
        return Err(Problem::forbidden(least, caller.role()));
    }
    Ok(caller)
}

async fn recognise(app: &App, headers: &HeaderMap) -> Result<Caller, Problem> {
    let now = app.now();
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let token = value.to_str().ok().and_then(|value| value.strip_prefix("Bearer ")).ok_or_else(nobody)?;
        let row = app.store().api_token(&digest(token), now).await?.ok_or_else(nobody)?;
        let member = active(app, row.member).await?;
        if row.used_at.is_none_or(|at| now - at > NOTED) {
            app.store().api_token_used(row.id, now).await?;
        }
        return Ok(Caller { member, by: By::Token(Scope::parse(&row.scope)) });
    }
    let cookie = cookie::session(headers).ok_or_else(nobody)?;
    let digest = digest(cookie);
    let row = app.store().session(&digest, now).await?.ok_or_else(nobody)?;
    let member = active(app, row.member).await?;
    let mut expires_at = row.expires_at;
    if now - row.seen_at > NOTED {
        expires_at = (now + IDLE).min(row.created_at + LONGEST);
        app.store().touch_session(&digest, now, expires_at).await?;
        app.store().member_seen(member.id, now).await?;
    }
    Ok(Caller { member, by: By::Session { digest, csrf: csrf(cookie), expires_at } })
}

async fn active(app: &App, member: i64) -> Result<MemberRow, Problem> {
    let member = app.store().member(member).await?;
    member.filter(|member| member.active && member.workspace == app.workspace()).ok_or_else(nobody)
}

fn nobody() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "auth.required",
        "Nobody is logged in here.",
        "Log in, or send an API token as `Authorization: Bearer …`.",
    )
}

fn check_csrf(csrf: &str, headers: &HeaderMap) -> Result<(), Problem> {
    let sent = headers.get(CSRF).map(|value| value.as_bytes()).unwrap_or_default();
    if bool::from(csrf.as_bytes().ct_eq(sent)) {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::FORBIDDEN,
        "auth.csrf",
        "The change did not come from a page of this hub.",
        "Load the page again; a program uses an API token instead of a cookie.",
    ))
}

/// What is stored of a secret: enough to know it again, not enough to use it.
pub(crate) fn digest(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// What a browser's page must send with changes: known to whoever reads answers of ours, not to whoever makes a browser send a request.
pub(crate) fn csrf(cookie: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(format!("csrf:{cookie}")))
}

/// Where a call comes from.
pub(crate) struct Place(pub IpAddr);

impl FromRequestParts<App> for Place {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Place, Self::Rejection> {
        let direct = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let forwarded = parts.headers.get_all("x-forwarded-for").iter().next_back();
        let forwarded =
            forwarded.and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
        let told = forwarded.filter(|_| app.options.trusts_proxy);
        Ok(Place(told.or(direct).unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))))
    }
}
