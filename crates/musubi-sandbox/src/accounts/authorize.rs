//! `/oauth/v2/auth`: the consent page in the browser, and what happens when the user decides.

use std::fmt::Write as _;

use super::{Consent, TOO_MANY};
use crate::{
    http::{
        answer::{Answer, Payload},
        request::{Query, Request},
    },
    world::World,
};

/// Shows what is asked for, or why it cannot be granted.
pub(super) fn page(world: &World, request: &Request) -> Answer {
    match check(world, &request.query) {
        Err(problem) => html(400, "Cannot continue", &format!("<p>{}</p>", escape(problem))),
        Ok((name, org_id, scopes)) => {
            html(200, "Allow access?", &form(world, request, &name, &org_id, &scopes))
        }
    }
}

/// Accept sends the browser back with a code, refuse with an error.
pub(super) fn decide(world: &World, request: &Request) -> Answer {
    let parameters = request.parameters();
    let (_, default_org, scopes) = match check(world, &parameters) {
        Ok(found) => found,
        Err(problem) => return html(400, "Cannot continue", &format!("<p>{}</p>", escape(problem))),
    };
    let redirect = parameters.get("redirect_uri").unwrap_or("").to_owned();
    let Ok(mut target) = url::Url::parse(&redirect) else {
        return html(400, "Cannot continue", "<p>invalid_redirect_uri</p>");
    };
    if parameters.get("decision") == Some("accept") {
        let org_id = parameters.get("org").unwrap_or(&default_org).to_owned();
        let Some(org) = world.org(&org_id) else {
            return html(400, "Cannot continue", "<p>The org is not there.</p>");
        };
        let user_id = org.read().users[0].id;
        let consent = Consent {
            client_id: parameters.get("client_id").unwrap_or("").to_owned(),
            org_id,
            user_id,
            scopes,
        };
        let offline = parameters.get("access_type") == Some("offline");
        let anew = parameters.get("prompt") == Some("consent");
        let granted = world.accounts().consent(consent, redirect, offline, anew, world.clock.now());
        // Harder: the browser stays here, and the client hears nothing.
        let Ok(code) = granted else {
            return html(400, "Cannot continue", &format!("<p>{TOO_MANY}</p>"));
        };
        target
            .query_pairs_mut()
            .append_pair("code", &code)
            .append_pair("location", &org.profile.data_centre)
            .append_pair("accounts-server", &world.base_url);
    } else {
        target.query_pairs_mut().append_pair("error", "access_denied");
    }
    if let Some(state) = parameters.get("state") {
        target.query_pairs_mut().append_pair("state", state);
    }
    Answer::empty(302).with_header("location", target.as_str())
}

/// The client's name, the org it belongs to and the scopes asked for.
fn check(world: &World, query: &Query) -> Result<(String, String, Vec<String>), &'static str> {
    let accounts = world.accounts();
    let client = accounts.client(query.get("client_id").unwrap_or("")).ok_or("invalid_client")?;
    if query.get("response_type") != Some("code") {
        return Err("invalid_response_type");
    }
    let redirect = query.get("redirect_uri").ok_or("invalid_redirect_uri")?;
    let known = client.redirect_uris.is_empty() || client.redirect_uris.iter().any(|uri| uri == redirect);
    if !known || url::Url::parse(redirect).is_err() {
        return Err("invalid_redirect_uri");
    }
    let scopes: Vec<String> = query
        .get("scope")
        .unwrap_or("")
        .split([',', ' '])
        .filter(|scope| !scope.is_empty())
        .map(str::to_owned)
        .collect();
    let well_formed = |scope: &String| scope.starts_with("Zoho") && scope.split('.').count() >= 2;
    if scopes.is_empty() || !scopes.iter().all(well_formed) {
        return Err("invalid_scope");
    }
    Ok((client.name.clone(), client.org_id.clone(), scopes))
}

fn form(world: &World, request: &Request, name: &str, org_id: &str, scopes: &[String]) -> String {
    let mut out = format!("<p><strong>{}</strong> asks to use your data:</p><ul>", escape(name));
    for scope in scopes {
        let _ = write!(out, "<li><code>{}</code></li>", escape(scope));
    }
    out.push_str("</ul><form method=\"post\" action=\"/oauth/v2/auth\">");
    for (key, value) in &request.query.0 {
        let _ = write!(out, "<input type=\"hidden\" name=\"{}\" value=\"{}\">", escape(key), escape(value));
    }
    out.push_str("<p><label for=\"org\">Organization</label> <select id=\"org\" name=\"org\">");
    for org in world.orgs() {
        let chosen = if org.profile.org_id == org_id { " selected" } else { "" };
        let _ = write!(
            out,
            "<option value=\"{0}\"{chosen}>{1} ({0})</option>",
            org.profile.org_id,
            escape(&org.profile.name)
        );
    }
    out.push_str(
        "</select></p><p><button name=\"decision\" value=\"accept\">Accept</button> \
         <button name=\"decision\" value=\"reject\">Reject</button></p></form>",
    );
    out
}

fn html(status: u16, title: &str, body: &str) -> Answer {
    let page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>{title}</title><style>body{{font:16px/1.5 system-ui;max-width:34rem;\
         margin:3rem auto;padding:0 1rem}}button{{font:inherit;padding:.5rem 1.25rem}}</style></head><body><main>\
         <h1>{title}</h1>{body}</main></body></html>"
    );
    Answer {
        status,
        content_type: "text/html;charset=UTF-8".into(),
        headers: Vec::new(),
        body: Payload::Whole(page.into_bytes()),
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
