//! `/settings/profiles`: profiles are made by cloning one.

use serde_json::{Value as Json, json};

use super::{commit::Commit, context::RequestContext, permissions, record_id};
use crate::{
    http::{
        answer::Answer,
        error::{ApiError, Reply},
        json_in::Node,
    },
    org::{State, people::Profile},
};

/// Serves profiles.
pub fn route(ctx: &RequestContext, method: &str, rest: &[&str]) -> Reply {
    match (method, rest) {
        ("GET", []) => list(ctx),
        ("GET", [id]) => one(ctx, id),
        ("POST", [id, "actions", "clone"]) => clone(ctx, record_id(id, 2)?),
        ("PUT", [id]) => update(ctx, record_id(id, 2)?),
        ("DELETE", [id]) => delete(ctx, record_id(id, 2)?),
        (_, [] | [_]) => Err(ApiError::invalid_method()),
        _ => Err(ApiError::invalid_url()),
    }
}

fn show(profile: &Profile) -> Json {
    json!({
        "api_name": profile.name.replace(|c: char| !c.is_ascii_alphanumeric(), "_"), "id": profile.id.to_string(),
        "created_time": null, "modified_time": null, "name": profile.name, "display_label": profile.name,
        "modified_by": null, "description": profile.description, "created_by": null, "custom": profile.custom,
        "type": "normal_profile",
    })
}

fn list(ctx: &RequestContext) -> Reply {
    ctx.require(&["settings", "profiles"], "READ")?;
    let state = ctx.org.read();
    let profiles: Vec<Json> = state.profiles.iter().map(show).collect();
    Ok(Answer::json(200, &json!({"profiles": profiles})))
}

fn one(ctx: &RequestContext, id: &str) -> Reply {
    ctx.require(&["settings", "profiles"], "READ")?;
    let state = ctx.org.read();
    match state.profiles.iter().find(|profile| profile.id.to_string() == id) {
        Some(profile) => {
            let mut shown = show(profile);
            shown["permissions_details"] = permissions::show(&state, profile);
            Ok(Answer::json(200, &json!({"profiles": [shown]})))
        }
        None => Ok(Answer::no_content()),
    }
}

fn clone(ctx: &RequestContext, id: i64) -> Reply {
    ctx.require(&["settings", "profiles"], "CREATE")?;
    let body = ctx.body()?;
    let wish = body.get("profiles").and_then(Node::as_list).and_then(<[_]>::first);
    let wish = wish.ok_or_else(|| ApiError::mandatory("profiles", "$.profiles"))?;
    let name = wish.get("name").and_then(Node::as_str).map(str::trim).filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| ApiError::mandatory("name", "$.profiles[0].name"))?.to_owned();
    let mut state = ctx.org.write();
    let source = state.profiles.iter().find(|profile| profile.id == id).cloned();
    let source = source.ok_or_else(|| ApiError::invalid_id(2))?;
    if state.profiles.iter().any(|profile| profile.name.eq_ignore_ascii_case(&name)) {
        return Err(ApiError::new(
            400,
            "DUPLICATE_DATA",
            "duplicate data",
            json!({"api_name": "name", "json_path": "$.profiles[0].name"}),
        ));
    }
    let made = Profile {
        id: state.ids.fresh(),
        name,
        custom: true,
        description: wish.get("description").and_then(Node::as_str).map(str::to_owned),
        denied: source.denied,
    };
    let made_id = made.id;
    state.profiles.push(made);
    keep(ctx, &mut state);
    Ok(Answer::json(
        201,
        &json!({"profiles": [
            {"code": "SUCCESS", "details": {"id": made_id.to_string()}, "message": "profile cloned successfully", "status": "success"}
        ]}),
    ))
}

/// Renames a custom profile, and switches its permissions.
fn update(ctx: &RequestContext, id: i64) -> Reply {
    ctx.require(&["settings", "profiles"], "UPDATE")?;
    let body = ctx.body()?;
    let wish = body.get("profiles").and_then(Node::as_list).and_then(<[_]>::first);
    let wish = wish.ok_or_else(|| ApiError::mandatory("profiles", "$.profiles"))?;
    let refuse = |code, message: &str, key: &str| {
        let details = json!({"api_name": key, "json_path": format!("$.profiles[0].{key}")});
        ApiError::new(400, code, message, details)
    };
    let mut state = ctx.org.write();
    let place = state.profiles.iter().position(|profile| profile.id == id);
    let Some(place) = place else { return Err(ApiError::invalid_id(2)) };
    let mut profile = state.profiles[place].clone();
    if !profile.custom {
        return Err(ApiError::new(
            400,
            "NOT_ALLOWED",
            "System profile cannot be updated",
            json!({"resource_path_index": 2}),
        ));
    }
    if let Some(name) = wish.get("name").and_then(Node::as_str) {
        if state.profiles.iter().any(|other| other.id != id && other.name.eq_ignore_ascii_case(name)) {
            return Err(refuse("DUPLICATE_DATA", "duplicate data", "name"));
        }
        profile.name = name.to_owned();
    }
    if let Some(text) = wish.get("description") {
        profile.description = text.as_str().map(str::to_owned);
    }
    let known: Vec<i64> = permissions::all(&state).iter().map(|permission| permission.id).collect();
    for switch in wish.get("permissions_details").and_then(Node::as_list).unwrap_or(&[]) {
        let permission = switch.get("id").and_then(Node::as_id).filter(|id| known.contains(id));
        let (Some(permission), Some(Node::Bool(enabled))) = (permission, switch.get("enabled")) else {
            return Err(refuse("INVALID_DATA", "Invalid permission ID", "permissions_details"));
        };
        profile.denied.retain(|denied| *denied != permission);
        if !enabled {
            profile.denied.push(permission);
        }
    }
    state.profiles[place] = profile;
    keep(ctx, &mut state);
    Ok(Answer::json(
        200,
        &json!({"profiles": [
            {"code": "SUCCESS", "details": {"id": id.to_string()}, "message": "profile updated successfully", "status": "success"}
        ]}),
    ))
}

/// The documents of profiles name no parameter here.
fn bad_transfer() -> ApiError {
    ApiError::new(400, "INVALID_DATA", "invalid data", json!({}))
}

fn delete(ctx: &RequestContext, id: i64) -> Reply {
    ctx.require(&["settings", "profiles"], "DELETE")?;
    // Documents name the parameter both ways.
    let transfer = ctx.param("transfer_to").or_else(|| ctx.param("transfer_to_id"));
    let missing = || ApiError::new(400, "MANDATORY_NOT_FOUND", "required field not found", json!({}));
    let transfer: i64 = transfer.ok_or_else(missing)?.parse().map_err(|_| bad_transfer())?;
    let mut state = ctx.org.write();
    let custom = state.profiles.iter().find(|profile| profile.id == id).map(|profile| profile.custom);
    match custom {
        None => return Err(ApiError { details: json!({"id": id.to_string()}), ..ApiError::invalid_id(2) }),
        Some(false) => {
            return Err(ApiError::new(
                400,
                "NOT_ALLOWED",
                "default profiles cannot be deleted",
                json!({"resource_path_index": 2}),
            ));
        }
        Some(true) if transfer == id || !state.profiles.iter().any(|p| p.id == transfer) => {
            return Err(bad_transfer());
        }
        Some(true) => {}
    }
    state.profiles.retain(|profile| profile.id != id);
    state.users.iter_mut().filter(|user| user.profile == id).for_each(|user| user.profile = transfer);
    keep(ctx, &mut state);
    let body = json!({"code": "SUCCESS", "details": {"id": id.to_string()}, "message": "profile deleted successfully", "status": "success"});
    Ok(Answer::json(200, &body))
}

fn keep(ctx: &RequestContext, state: &mut State) {
    let mut commit = Commit::new(ctx);
    commit.people(state);
    commit.finish(state);
}
