//! The control API under `/sandbox`: what no real service has. Described in `docs/sandbox.md`.

pub mod clock;
pub mod faults;
pub mod generate;
pub mod lags;
pub mod orgs;
pub mod reset;
pub mod stats;
pub mod switches;

use std::sync::Arc;

use serde_json::{Value as Json, json};

use crate::{
    http::{answer::Answer, request::Request},
    world::World,
};

/// Why a control call was refused: a status and a sentence.
pub type Refusal = (u16, String);

/// What a control call gives.
pub type Outcome = Result<Json, Refusal>;

/// Serves a control call.
pub fn handle(world: &Arc<World>, request: &Request) -> Answer {
    let body: Json = if request.body.is_empty() {
        json!({})
    } else {
        match serde_json::from_slice(&request.body) {
            Ok(body) => body,
            Err(error) => {
                return Answer::json(400, &json!({"error": format!("the body is not JSON: {error}")}));
            }
        }
    };
    match route(world, request, body) {
        Ok(json) => Answer::json(200, &json),
        Err((status, error)) => Answer::json(status, &json!({"error": error})),
    }
}

fn route(world: &Arc<World>, request: &Request, body: Json) -> Outcome {
    match (request.method.as_str(), &request.segments()[1..]) {
        ("GET", ["orgs"]) => Ok(orgs::list(world)),
        ("POST", ["orgs"]) => orgs::create(world, &body),
        ("POST", ["orgs", org, "generate"]) => generate::run(world, org, &body),
        ("POST", ["orgs", org, "self_client"]) => orgs::self_client(world, org, &body),
        ("POST", ["orgs", org, "users"]) => orgs::add_user(world, org, &body),
        ("POST", ["orgs", org, "rules"]) => switches::add_rule(world, org, body),
        ("DELETE", ["orgs", org, "rules"]) => switches::clear_rules(world, org),
        ("POST", ["orgs", org, "views"]) => switches::add_view(world, org, &body),
        ("DELETE", ["orgs", org, "views"]) => switches::remove_view(world, org, &body),
        ("POST", ["orgs", org, "layouts"]) => switches::add_layout(world, org, &body),
        ("POST", ["orgs", org, "limits"]) => switches::limits(world, org, &body),
        ("POST", ["orgs", org, "expire_tokens"]) => switches::expire_tokens(world, org),
        ("POST", ["accounts"]) => switches::accounts(world, &body),
        ("POST", ["lags"]) => lags::set(world, &body),
        ("GET", ["stats"]) => Ok(stats::show(world)),
        ("DELETE", ["stats"]) => Ok(stats::clear(world)),
        ("POST", ["faults"]) => faults::add(world, body),
        ("GET", ["faults"]) => faults::list(world),
        ("DELETE", ["faults"]) => Ok(faults::clear(world)),
        ("DELETE", ["faults", id]) => faults::remove(world, id),
        ("GET", ["clock"]) => Ok(clock::show(world)),
        ("POST", ["clock"]) => clock::set(world, &body),
        ("POST", ["reset"]) => Ok(reset::run(world)),
        _ => Err((404, "no such control call".into())),
    }
}

/// The org of a path, or the refusal.
fn find_org(world: &World, org_id: &str) -> Result<Arc<crate::org::Org>, Refusal> {
    world.org(org_id).ok_or_else(|| (404, format!("no org {org_id}")))
}
