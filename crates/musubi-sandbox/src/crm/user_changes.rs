//! Making, changing and deleting users.

use serde_json::{Value as Json, json};

use super::{commit::Commit, context::RequestContext, record_id};
use crate::{
    http::{
        answer::Answer,
        error::{ApiError, Reply},
        json_in::Node,
    },
    org::{State, people::User, table::text_key},
};

/// Users of the free edition.
const FREE_USERS: usize = 3;

type Refusal = (&'static str, &'static str, Json);

fn refusal(code: &'static str, message: &'static str, key: &str) -> Refusal {
    (code, message, json!({"api_name": key, "json_path": format!("$.users[0].{key}")}))
}

fn answer(result: Result<(i64, u16, &str), Refusal>) -> Answer {
    let (status, entry) = match result {
        Ok((id, status, message)) => (
            status,
            json!({"code": "SUCCESS", "details": {"id": id.to_string()}, "message": message, "status": "success"}),
        ),
        Err((code, message, details)) => {
            (400, json!({"code": code, "details": details, "message": message, "status": "error"}))
        }
    };
    Answer::json(status, &json!({"users": [entry]}))
}

/// The one user of a request.
fn wish<'n, 'a>(body: &'n Node<'a>) -> Result<&'n Node<'a>, ApiError> {
    match body.get("users").and_then(Node::as_list) {
        Some([one]) => Ok(one),
        Some([_, ..]) => Err(ApiError::limit(1)),
        _ => Err(ApiError::mandatory("users", "$.users")),
    }
}

fn text<'n>(wish: &'n Node<'_>, key: &str) -> Option<&'n str> {
    wish.get(key).and_then(Node::as_str).map(str::trim).filter(|text| !text.is_empty())
}

/// A role or profile, by `{"id"}` or the bare id.
fn reference(wish: &Node<'_>, key: &str, known: impl Fn(i64) -> bool) -> Result<Option<i64>, Refusal> {
    let Some(value) = wish.get(key) else { return Ok(None) };
    let id = value.get("id").or(Some(value)).and_then(Node::as_id).filter(|id| known(*id));
    id.map(Some).ok_or_else(|| refusal("INVALID_DATA", "invalid data", key))
}

/// `POST /users`: invites one.
pub fn create(ctx: &RequestContext) -> Reply {
    ctx.require(&["users"], "CREATE")?;
    let body = ctx.body()?;
    let wish = wish(&body)?;
    let mut state = ctx.org.write();
    let made = made(ctx, &mut state, wish);
    let result = made.map(|user| {
        let id = user.id;
        state.users.push(user);
        keep(ctx, &mut state);
        (id, 201, "User added")
    });
    Ok(answer(result))
}

fn made(ctx: &RequestContext, state: &mut State, wish: &Node<'_>) -> Result<User, Refusal> {
    let missing = |key: &str| refusal("MANDATORY_NOT_FOUND", "required field not found", key);
    let last_name = text(wish, "last_name").ok_or_else(|| missing("last_name"))?.to_owned();
    let email = text(wish, "email").ok_or_else(|| missing("email"))?.to_owned();
    let role = reference(wish, "role", |id| state.roles.iter().any(|role| role.id == id))?;
    let profile = reference(wish, "profile", |id| state.profiles.iter().any(|profile| profile.id == id))?;
    let (role, profile) = (role.ok_or_else(|| missing("role"))?, profile.ok_or_else(|| missing("profile"))?);
    if !email.contains('@') {
        return Err(refusal("INVALID_DATA", "invalid data", "email"));
    }
    if taken(state, &email, 0) {
        return Err(refusal(
            "DUPLICATE_DATA",
            "Failed to add user since same email id is already present",
            "email",
        ));
    }
    let present = state.users.iter().filter(|user| user.active && !user.deleted).count();
    if ctx.org.profile.edition == "free" && present >= FREE_USERS {
        return Err((
            "LICENSE_LIMIT_EXCEEDED",
            "Request exceeds your license limit. Need to upgrade in order to add a user",
            json!({}),
        ));
    }
    Ok(User {
        id: state.ids.fresh(),
        zuid: 924_000_000 + i64::from(text_key(&email) as u32 % 900_000),
        first_name: text(wish, "first_name").unwrap_or("").to_owned(),
        last_name,
        email,
        role,
        profile,
        active: true,
        // Until the invitation is accepted.
        confirmed: false,
        deleted: false,
        created: ctx.now(),
        modified: ctx.now(),
    })
}

fn taken(state: &State, email: &str, but: i64) -> bool {
    state.users.iter().any(|user| !user.deleted && user.id != but && user.email.eq_ignore_ascii_case(email))
}

/// `PUT /users` and `PUT /users/{id}`.
pub fn update(ctx: &RequestContext, path_id: Option<&str>) -> Reply {
    ctx.require(&["users"], "UPDATE")?;
    let body = ctx.body()?;
    let wish = wish(&body)?;
    let id = match path_id {
        Some(id) => Some(record_id(id, 1)?),
        None => wish.get("id").and_then(Node::as_id),
    };
    let mut state = ctx.org.write();
    let result = match id {
        None => Err(refusal("MANDATORY_NOT_FOUND", "required field not found", "id")),
        Some(id) => changed(ctx, &state, id, wish).map(|user| {
            if let Some(place) = state.users.iter().position(|known| known.id == id) {
                state.users[place] = user;
            }
            keep(ctx, &mut state);
            (id, 200, "User updated")
        }),
    };
    Ok(answer(result))
}

fn changed(ctx: &RequestContext, state: &State, id: i64, wish: &Node<'_>) -> Result<User, Refusal> {
    let unknown = || refusal("INVALID_DATA", "the id given seems to be invalid", "id");
    let mut user = state.user(id).cloned().ok_or_else(unknown)?;
    if user.deleted {
        return Err(refusal("CANNOT_UPDATE_DELETED_USER", "Deleted user cannot be updated", "id"));
    }
    if let Some(name) = text(wish, "first_name") {
        user.first_name = name.to_owned();
    }
    if let Some(name) = text(wish, "last_name") {
        user.last_name = name.to_owned();
    }
    if let Some(email) = text(wish, "email").filter(|email| *email != user.email) {
        if user.confirmed {
            let message = "Cannot update email of a confirmed CRM User";
            return Err(refusal("EMAIL_UPDATE_NOT_ALOWED", message, "email"));
        }
        if taken(state, email, id) {
            return Err(refusal("DUPLICATE_DATA", "Email already exists", "email"));
        }
        user.email = email.to_owned();
    }
    let role = reference(wish, "role", |id| state.roles.iter().any(|role| role.id == id))?;
    let profile = reference(wish, "profile", |id| state.profiles.iter().any(|profile| profile.id == id))?;
    user.role = role.unwrap_or(user.role);
    user.profile = profile.unwrap_or(user.profile);
    match text(wish, "status") {
        None => {}
        Some("active") if user.active => {
            return Err(refusal("ID_ALREADY_ACTIVE", "User is already active", "status"));
        }
        Some("active") => user.active = true,
        Some("inactive" | "deactive" | "disabled") if !user.active => {
            return Err(refusal("ID_ALREADY_DEACTIVATED", "User is already deactivated", "status"));
        }
        Some("inactive" | "deactive" | "disabled") if is_primary(state, id) => {
            return Err(refusal("NOT_ALLOWED", "Primary Contact cannot be deactivated", "status"));
        }
        Some("inactive" | "deactive" | "disabled") => user.active = false,
        Some(_) => return Err(refusal("INVALID_DATA", "invalid data", "status")),
    }
    user.modified = ctx.now();
    Ok(user)
}

/// The org belongs to its first user.
fn is_primary(state: &State, id: i64) -> bool {
    state.users.first().is_some_and(|user| user.id == id)
}

/// `DELETE /users/{id}`. What the user owns stays with them.
pub fn delete(ctx: &RequestContext, id: &str) -> Reply {
    ctx.require(&["users"], "DELETE")?;
    let id = record_id(id, 1)?;
    let mut state = ctx.org.write();
    let primary = is_primary(&state, id);
    let Some(user) = state.users.iter_mut().find(|user| user.id == id) else {
        return Err(ApiError::invalid_id(1));
    };
    if user.deleted || primary {
        let (code, message) = match primary {
            true => ("NOT_ALLOWED", "Primary contact cannot be deleted"),
            false => ("ID_ALREADY_DELETED", "User is already deleted"),
        };
        return Ok(answer(Err((code, message, json!({"json_path": "$.users[0].id"})))));
    }
    (user.deleted, user.active, user.modified) = (true, false, ctx.now());
    keep(ctx, &mut state);
    Ok(answer(Ok((id, 200, "User deleted"))))
}

fn keep(ctx: &RequestContext, state: &mut State) {
    let mut commit = Commit::new(ctx);
    commit.people(state);
    commit.finish(state);
}
