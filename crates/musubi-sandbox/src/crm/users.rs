//! `/users`: who works in the org.

use serde_json::{Value as Json, json};

use super::{
    context::{RequestContext, Version},
    user_changes,
};
use crate::{
    http::{
        answer::Answer,
        error::{ApiError, Reply},
    },
    org::{State, people::User},
};

/// The lists of users there are.
const TYPES: [&str; 14] = [
    "AllUsers",
    "ActiveUsers",
    "DeactiveUsers",
    "ConfirmedUsers",
    "ActiveConfirmedUsers",
    "NotConfirmedUsers",
    "DeletedUsers",
    "AdminUsers",
    "ActiveConfirmedAdmins",
    "CurrentUser",
    "ActiveAndDeactive",
    "AllActiveUsers",
    "DeveloperUsers",
    "ActiveLiteUser",
];

/// Serves users.
pub fn route(ctx: &RequestContext, method: &str, rest: &[&str]) -> Reply {
    match (method, rest) {
        ("GET", []) => list(ctx),
        ("GET", [id]) => one(ctx, id),
        ("POST", []) => user_changes::create(ctx),
        ("PUT", []) => user_changes::update(ctx, None),
        ("PUT", [id]) => user_changes::update(ctx, Some(id)),
        ("DELETE", [id]) => user_changes::delete(ctx, id),
        (_, [] | [_]) => Err(ApiError::invalid_method()),
        _ => Err(ApiError::invalid_url()),
    }
}

fn list(ctx: &RequestContext) -> Reply {
    ctx.require(&["users"], "READ")?;
    let state = ctx.org.read();
    let page = ctx.number_param("page", 1, 1, 1_000_000)?;
    let per_page = ctx.number_param("per_page", 200, 1, 200)?;
    let is_admin = |user: &User| state.profiles.first().is_some_and(|profile| profile.id == user.profile);
    let kind = ctx.param("type").unwrap_or("AllUsers");
    if !TYPES.contains(&kind) {
        return Err(ApiError::invalid_parameter("type"));
    }
    let since = ctx.since()?;
    let chosen: Vec<&User> = state
        .users
        .iter()
        .filter(|user| since.is_none_or(|since| user.modified >= since))
        .filter(|user| match kind {
            "DeletedUsers" => user.deleted,
            _ if user.deleted => false,
            "ActiveUsers" | "AllActiveUsers" => user.active,
            // Every user here is a regular one.
            "DeveloperUsers" | "ActiveLiteUser" => false,
            "DeactiveUsers" => !user.active,
            "ConfirmedUsers" | "ActiveConfirmedUsers" => user.active && user.confirmed,
            "NotConfirmedUsers" => !user.confirmed,
            "AdminUsers" | "ActiveConfirmedAdmins" => user.active && is_admin(user),
            "CurrentUser" => user.id == ctx.user_id,
            _ => true,
        })
        .collect();
    let rows: Vec<Json> = chosen
        .iter()
        .skip((page - 1) * per_page)
        .take(per_page)
        .map(|user| show(ctx, &state, user))
        .collect();
    if rows.is_empty() {
        // A page past the end says nothing about what has changed.
        return Ok(if since.is_some() && page == 1 { Answer::empty(304) } else { Answer::no_content() });
    }
    let more = chosen.len() > page * per_page;
    let info = json!({"per_page": per_page, "count": rows.len(), "page": page, "more_records": more});
    Ok(Answer::json(200, &json!({"users": rows, "info": info})))
}

fn one(ctx: &RequestContext, id: &str) -> Reply {
    ctx.require(&["users"], "READ")?;
    let state = ctx.org.read();
    let id = super::record_id(id, 1)?;
    match state.user(id) {
        Some(user) => Ok(Answer::json(200, &json!({"users": [show(ctx, &state, user)]}))),
        None => Ok(Answer::no_content()),
    }
}

/// A user as the API shows one.
pub fn show(ctx: &RequestContext, state: &State, user: &User) -> Json {
    let org = &ctx.org.profile;
    let name_of = |id: i64, names: Vec<(i64, &str)>| {
        names
            .into_iter()
            .find(|(known, _)| *known == id)
            .map(|(_, name)| json!({"name": name, "id": id.to_string()}))
    };
    let role = name_of(user.role, state.roles.iter().map(|r| (r.id, r.name.as_str())).collect());
    let profile = name_of(user.profile, state.profiles.iter().map(|p| (p.id, p.name.as_str())).collect());
    let admin = state.users.first().unwrap_or(user);
    let by = json!({"name": admin.full_name(), "id": admin.id.to_string()});
    let (language, locale_country) = match org.country.as_str() {
        "JP" => ("ja_JP", "ja_JP"),
        "GB" => ("en_GB", "en_GB"),
        _ => ("en_US", "en_US"),
    };
    let mut shown = json!({
        "country": org.country, "language": language, "microsoft": false, "id": user.id.to_string(), "state": null,
        "fax": null, "country_locale": locale_country, "sandboxDeveloper": false, "Reporting_To": null, "zip": null,
        "decimal_separator": "Period", "number_separator": "Comma", "created_time": ctx.org.time(user.created),
        "time_format": "HH:mm", "profile": profile, "created_by": by, "zuid": user.zuid.to_string(),
        "full_name": user.full_name(), "phone": null, "dob": null, "status": if user.deleted { "deleted" } else if user.active { "active" } else { "disabled" },
        "role": role, "city": null, "signature": null, "locale": locale_country, "personal_account": false,
        "default_tab_group": "0", "Modified_By": by, "street": null, "alias": null,
        "theme": {
            "normal_tab": {"font_color": "#FFFFFF", "background": "#222222"},
            "selected_tab": {"font_color": "#FFFFFF", "background": "#222222"},
            "new_background": null, "background": "#F3F0EB", "screen": "fixed", "type": "default",
        },
        "customize_info": {"notes_desc": null, "show_right_panel": null, "bc_view": null, "show_home": false, "show_detail_view": true, "show_left_panel": true, "unpin_recent_item": null},
        "first_name": user.first_name, "email": user.email, "website": null, "Modified_Time": ctx.org.time(user.modified),
        "mobile": null, "last_name": user.last_name, "time_zone": org.time_zone, "confirm": user.confirmed,
        "date_format": "yyyy-MM-dd", "Current_Shift__s": null, "status_reason__s": null, "distance_preference__s": "Kilometers",
    });
    if ctx.version == Version::V8 {
        shown["name_format__s"] = json!("Salutation,First Name,Last Name");
        shown["sort_order_preference__s"] = json!("First Name,Last Name");
        shown["type__s"] = json!("Regular User");
    } else {
        let offset = ctx.org.zone.to_offset(crate::clock::instant(ctx.now())).seconds();
        shown["name_format"] = json!("Salutation,First Name,Last Name");
        shown["offset"] = json!(i64::from(offset) * 1000);
        shown["territories"] = json!([]);
        shown["Isonline"] = json!(true);
        shown["Next_Shift__s"] = Json::Null;
        shown["Shift_Effective_From__s"] = Json::Null;
    }
    shown
}
