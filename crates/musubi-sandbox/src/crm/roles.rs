//! `/settings/roles`.

use serde_json::{Value as Json, json};

use super::{commit::Commit, context::RequestContext, modules::mixed_status, record_id};
use crate::{
    http::{
        answer::Answer,
        error::{ApiError, Reply},
        json_in::Node,
    },
    org::{State, people::Role},
};

/// Serves roles.
pub fn route(ctx: &RequestContext, method: &str, rest: &[&str]) -> Reply {
    match (method, rest) {
        ("GET", []) => list(ctx),
        ("GET", [id]) => one(ctx, id),
        ("POST", []) => create(ctx),
        ("PUT", []) => update(ctx, None),
        ("PUT", [id]) => update(ctx, Some(record_id(id, 2)?)),
        ("DELETE", [id]) => delete(ctx, record_id(id, 2)?),
        (_, [] | [_]) => Err(ApiError::invalid_method()),
        _ => Err(ApiError::invalid_url()),
    }
}

fn show(state: &State, role: &Role) -> Json {
    let above = role.reports_to.and_then(|id| state.roles.iter().find(|r| r.id == id));
    json!({
        "display_label": role.name, "forecast_manager": null,
        "reporting_to": above.map(|r| json!({"id": r.id.to_string(), "name": r.name})),
        "share_with_peers": role.share_with_peers, "description": role.description, "id": role.id.to_string(),
        "name": role.name, "api_name": role.name.replace(' ', "_"), "created_by__s": null, "modified_by__s": null,
        "modified_time__s": null, "created_time__s": null,
    })
}

fn list(ctx: &RequestContext) -> Reply {
    ctx.require(&["settings", "roles"], "READ")?;
    let state = ctx.org.read();
    let roles: Vec<Json> = state.roles.iter().map(|role| show(&state, role)).collect();
    Ok(Answer::json(200, &json!({"roles": roles})))
}

fn one(ctx: &RequestContext, id: &str) -> Reply {
    ctx.require(&["settings", "roles"], "READ")?;
    let state = ctx.org.read();
    match state.roles.iter().find(|role| role.id.to_string() == id) {
        Some(role) => Ok(Answer::json(200, &json!({"roles": [show(&state, role)]}))),
        None => Ok(Answer::no_content()),
    }
}

fn done(id: i64, message: &str) -> Json {
    json!({"code": "SUCCESS", "details": {"id": id.to_string()}, "message": message, "status": "success"})
}

fn refused(code: &str, message: &str, key: &str, at: usize) -> Json {
    json!({"code": code, "details": {"api_name": key, "json_path": format!("$.roles[{at}].{key}")}, "message": message, "status": "error"})
}

fn wishes<'n, 'a>(body: &'n Node<'a>) -> Result<&'n [Node<'a>], ApiError> {
    body.get("roles")
        .and_then(Node::as_list)
        .filter(|all| !all.is_empty())
        .ok_or_else(|| ApiError::mandatory("roles", "$.roles"))
}

fn above(state: &State, wish: &Node<'_>) -> Option<i64> {
    let id = wish.get("reporting_to").and_then(|r| r.get("id")).and_then(Node::as_id)?;
    state.roles.iter().any(|role| role.id == id).then_some(id)
}

fn create(ctx: &RequestContext) -> Reply {
    ctx.require(&["settings", "roles"], "CREATE")?;
    let body = ctx.body()?;
    let mut state = ctx.org.write();
    let mut entries = Vec::new();
    let name = |wish: &Node<'_>| wish.get("name").and_then(Node::as_str).unwrap_or("").trim().to_owned();
    if wishes(&body)?.iter().any(|wish| name(wish).is_empty()) {
        let details = json!({"api_name": "name"});
        return Err(ApiError::new(400, "MANDATORY_PARAM_MISSING", "mandatory param missing", details));
    }
    for (at, wish) in wishes(&body)?.iter().enumerate() {
        let name = name(wish);
        let taken = state.roles.iter().any(|role| role.name.eq_ignore_ascii_case(&name));
        entries.push(match above(&state, wish) {
            _ if taken => refused("DUPLICATE_DATA", "duplicate data", "name", at),
            None => refused("INVALID_DATA", "invalid data", "reporting_to", at),
            Some(above) => {
                let id = state.ids.fresh();
                state.roles.push(Role {
                    id,
                    name,
                    reports_to: Some(above),
                    share_with_peers: wish.get("share_with_peers") == Some(&Node::Bool(true)),
                    description: wish.get("description").and_then(Node::as_str).map(str::to_owned),
                });
                done(id, "Role added")
            }
        });
    }
    keep(ctx, &mut state);
    Ok(Answer::json(mixed_status(&entries, 201), &json!({"roles": entries})))
}

fn update(ctx: &RequestContext, path_id: Option<i64>) -> Reply {
    ctx.require(&["settings", "roles"], "UPDATE")?;
    let body = ctx.body()?;
    let mut state = ctx.org.write();
    let mut entries = Vec::new();
    for (at, wish) in wishes(&body)?.iter().enumerate() {
        let id = path_id.or_else(|| wish.get("id").and_then(Node::as_id));
        let above = above(&state, wish);
        let Some(role) = state.roles.iter_mut().find(|role| Some(role.id) == id) else {
            entries.push(refused("INVALID_DATA", "the id given seems to be invalid", "id", at));
            continue;
        };
        if let Some(name) = wish.get("name").and_then(Node::as_str) {
            role.name = name.to_owned();
        }
        if let Some(text) = wish.get("description") {
            role.description = text.as_str().map(str::to_owned);
        }
        if let Some(Node::Bool(share)) = wish.get("share_with_peers") {
            role.share_with_peers = *share;
        }
        if above.is_some_and(|above| above != role.id) {
            role.reports_to = above;
        }
        entries.push(done(role.id, "Role updated"));
    }
    keep(ctx, &mut state);
    Ok(Answer::json(mixed_status(&entries, 200), &json!({"roles": entries})))
}

fn delete(ctx: &RequestContext, id: i64) -> Reply {
    ctx.require(&["settings", "roles"], "DELETE")?;
    let transfer: i64 = ctx
        .required_param("transfer_to_id")?
        .parse()
        .map_err(|_| ApiError::invalid_parameter("transfer_to_id"))?;
    let mut state = ctx.org.write();
    let known = |wanted: i64| state.roles.iter().any(|role| role.id == wanted);
    if !known(id) {
        return Err(ApiError::invalid_id(2));
    }
    if !known(transfer) || transfer == id {
        return Err(ApiError::invalid_parameter("transfer_to_id"));
    }
    state.roles.retain(|role| role.id != id);
    state.users.iter_mut().filter(|user| user.role == id).for_each(|user| user.role = transfer);
    state
        .roles
        .iter_mut()
        .filter(|role| role.reports_to == Some(id))
        .for_each(|role| role.reports_to = Some(transfer));
    keep(ctx, &mut state);
    Ok(Answer::json(200, &json!({"roles": [done(id, "Role Deleted")]})))
}

fn keep(ctx: &RequestContext, state: &mut State) {
    let mut commit = Commit::new(ctx);
    commit.people(state);
    commit.finish(state);
}
