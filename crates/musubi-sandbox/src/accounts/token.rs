//! `POST /oauth/v2/token` and `/oauth/v2/token/revoke`. Failures are answered with HTTP 200 and an `error` key.

use serde_json::{Value as Json, json};

use super::{ACCESS_SECONDS, Accounts, Consent, TOO_MANY};
use crate::{
    http::{answer::Answer, request::Request},
    log::Line,
    world::World,
};

pub(super) fn token(world: &World, request: &Request) -> Answer {
    let parameters = request.parameters();
    let get = |name: &str| parameters.get(name).unwrap_or("");
    let now = world.clock.now();
    let mut accounts = world.accounts();
    match accounts.client(get("client_id")) {
        None => return refuse("invalid_client"),
        Some(client) if client.secret != get("client_secret") => return refuse("invalid_client_secret"),
        Some(_) => {}
    }
    let answer = match get("grant_type") {
        "authorization_code" => {
            by_code(world, &mut accounts, get("code"), get("client_id"), get("redirect_uri"), now)
        }
        "refresh_token" => {
            let token = get("refresh_token");
            if accounts.refresh.get(token).is_some_and(|r| r.consent.client_id != get("client_id")) {
                return refuse("invalid_code");
            }
            by_refresh(world, &mut accounts, token, None, now)
        }
        _ => refuse("unsupported_grant_type"),
    };
    if let Some(log) = &world.log {
        log.write(&Line::Accounts(Box::new(accounts.clone())));
    }
    answer
}

fn by_code(
    world: &World,
    accounts: &mut Accounts,
    code: &str,
    client: &str,
    redirect: &str,
    now: i64,
) -> Answer {
    // A code is used up by the attempt, also by a wrong one.
    let Some(grant) = accounts.grants.remove(code) else { return refuse("invalid_code") };
    if grant.expires <= now || grant.consent.client_id != client {
        return refuse("invalid_code");
    }
    if grant.redirect_uri.as_deref().is_some_and(|expected| expected != redirect) {
        return refuse("invalid_redirect_uri");
    }
    let refresh = accounts.issue_refresh(grant.consent);
    by_refresh(world, accounts, &refresh, grant.offline.then_some(refresh.as_str()), now)
}

fn by_refresh(world: &World, accounts: &mut Accounts, refresh: &str, show: Option<&str>, now: i64) -> Answer {
    match accounts.issue_access(refresh, now) {
        Ok(Some((access, consent))) => Answer::json(200, &body(world, &access, &consent, show)),
        Ok(None) => refuse("invalid_code"),
        Err(_) => Answer::json(
            400,
            &json!({"error_description": TOO_MANY, "error": "Access Denied", "status": "failure"}),
        ),
    }
}

fn body(world: &World, access: &str, consent: &Consent, refresh: Option<&str>) -> Json {
    let mut body = json!({
        "access_token": access,
        "scope": consent.scopes.join(" "),
        "api_domain": world.base_url,
        "token_type": "Bearer",
        "expires_in": ACCESS_SECONDS,
    });
    if let Some(refresh) = refresh {
        body["refresh_token"] = json!(refresh);
    }
    body
}

pub(super) fn revoke(world: &World, request: &Request) -> Answer {
    let parameters = request.parameters();
    let mut accounts = world.accounts();
    let done = accounts.revoke(parameters.get("token").unwrap_or(""));
    if let Some(log) = &world.log {
        log.write(&Line::Accounts(Box::new(accounts.clone())));
    }
    match done {
        true => Answer::json(200, &json!({"status": "success"})),
        false => refuse("invalid_token"),
    }
}

fn refuse(error: &str) -> Answer {
    Answer::json(200, &json!({"error": error}))
}
