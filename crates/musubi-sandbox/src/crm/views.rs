//! `/settings/custom_views`: list views, and their filters as criteria.

use serde_json::{Value as Json, json};

use super::context::RequestContext;
use crate::{
    clock,
    criteria::{self, Criteria, Setting},
    http::{
        answer::Answer,
        error::{ApiError, Reply},
        json_in::Node,
    },
    org::{State, module::Module, view::View},
};

/// Serves list views.
pub fn route(ctx: &RequestContext, method: &str, rest: &[&str]) -> Reply {
    match (method, rest) {
        ("GET", []) => list(ctx),
        ("GET", [id]) => one(ctx, id),
        ("PUT", ["actions", "change_sort"]) => change_sort(ctx, None),
        ("PUT", [id, "actions", "change_sort"]) => change_sort(ctx, Some(id)),
        (_, [] | [_]) => Err(ApiError::invalid_method()),
        _ => Err(ApiError::invalid_url()),
    }
}

/// What literals such as `${TODAY}` mean for this call.
pub fn setting(ctx: &RequestContext) -> Setting {
    Setting { now: clock::instant(ctx.now()), zone: ctx.org.zone.clone(), user_id: ctx.user_id }
}

/// The filter of a view.
pub fn criteria(ctx: &RequestContext, view: &View) -> Result<Option<Criteria>, ApiError> {
    let Some(json) = &view.criteria else { return Ok(None) };
    let parsed = criteria::parse_view(json, &setting(ctx));
    parsed
        .map(Some)
        .map_err(|_| ApiError::new(500, "INTERNAL_ERROR", "Internal server error occurred.", json!({})))
}

fn list(ctx: &RequestContext) -> Reply {
    ctx.require(&["settings", "custom_views"], "READ")?;
    let state = ctx.org.read();
    let module = state.module(ctx.required_param("module")?).ok_or_else(ApiError::invalid_module_bare)?;
    let views: Vec<Json> = module.meta.views.iter().map(|view| show(ctx, &state, module, view)).collect();
    if views.is_empty() {
        return Ok(Answer::no_content());
    }
    let default = module.meta.views.iter().find(|view| view.default).or(module.meta.views.first());
    Ok(Answer::json(
        200,
        &json!({
            "custom_views": views,
            "info": {
                "per_page": 200, "count": views.len(), "page": 1, "more_records": false,
                "default": default.map(|view| view.id.to_string()),
                "translation": {
                    "public_views": "Public Views", "other_users_views": "Other Users Views",
                    "shared_with_me": "Shared with me", "created_by_me": "Created By Me",
                },
            },
        }),
    ))
}

fn one(ctx: &RequestContext, id: &str) -> Reply {
    ctx.require(&["settings", "custom_views"], "READ")?;
    let state = ctx.org.read();
    let module = state.module(ctx.required_param("module")?).ok_or_else(ApiError::invalid_module_bare)?;
    let id: i64 = id.parse().map_err(|_| {
        ApiError::new(
            400,
            "UNABLE_TO_PARSE_DATA_TYPE",
            "either the request body or parameters is in wrong format",
            json!({}),
        )
    })?;
    let Some(view) = module.meta.views.iter().find(|view| view.id == id) else {
        return Ok(Answer::no_content());
    };
    Ok(Answer::json(
        200,
        &json!({
            "custom_views": [show(ctx, &state, module, view)],
            "info": {"translation": {
                "public_views": "Public Views", "other_users_views": "Other Users Views",
                "shared_with_me": "Shared with me", "created_by_me": "Created By Me",
            }},
        }),
    ))
}

fn show(ctx: &RequestContext, state: &State, module: &Module, view: &View) -> Json {
    let field = |name: &str| module.field(name).map(|f| json!({"api_name": name, "id": f.id.to_string()}));
    let mut shown = json!({
        "id": view.id.to_string(),
        "name": view.name,
        "display_value": view.name,
        "system_name": view.system_name,
        "system_defined": view.system_name.is_some(),
        "default": view.default,
        "access_type": "public",
        "shared_to": null,
        "category": if view.system_name.is_some() { "public_views" } else { "created_by_me" },
        "fields": view.fields.iter().filter_map(|name| field(name)).map(|mut f| { f["_pin"] = json!(false); f }).collect::<Vec<_>>(),
        "sort_by": view.sort_by.as_deref().and_then(field),
        "sort_order": view.sort_by.as_ref().map(|_| if view.ascending { "asc" } else { "desc" }),
        "favorite": null,
        "locked": false,
        "offline": true,
        "module": {"api_name": module.meta.api_name, "id": module.meta.id.to_string()},
    });
    if let Some(criteria) = &view.criteria {
        shown["criteria"] = criteria.clone();
    }
    // The views a module came with count as made by the owner, when the org was made.
    let at = view.created.unwrap_or(ctx.org.profile.created);
    if let Some(user) = state.users.first() {
        let by = json!({"id": user.id.to_string(), "name": user.full_name()});
        shown["created_time"] = json!(ctx.org.time(at));
        shown["modified_time"] = json!(ctx.org.time(at));
        shown["created_by"] = by.clone();
        shown["modified_by"] = by;
    }
    shown
}

fn change_sort(ctx: &RequestContext, path_id: Option<&str>) -> Reply {
    ctx.require(&["settings", "custom_views"], "UPDATE")?;
    let body = ctx.body()?;
    let wishes = body
        .get("custom_views")
        .and_then(Node::as_list)
        .ok_or_else(|| ApiError::mandatory("custom_views", "$.custom_views"))?;
    let mut state = ctx.org.write();
    let no = state.module_no(ctx.required_param("module")?).ok_or_else(ApiError::invalid_module_bare)?;
    let mut entries = Vec::new();
    for (at, wish) in wishes.iter().enumerate() {
        let id = path_id.and_then(|id| id.parse().ok()).or_else(|| wish.get("id").and_then(Node::as_id));
        let sort = wish
            .get("sort_by")
            .and_then(|sort| sort.get("api_name"))
            .and_then(Node::as_str)
            .map(str::to_owned);
        let known = sort.as_deref().is_none_or(|name| state.modules[no].field(name).is_some());
        let view = state.modules[no].meta.views.iter_mut().find(|view| Some(view.id) == id);
        entries.push(match view {
            Some(view) if known => {
                view.sort_by = sort;
                view.ascending = wish.get("sort_order").and_then(Node::as_str) == Some("asc");
                json!({"status": "success", "code": "SUCCESS", "message": "Custom View updated successfully", "details": {"id": view.id.to_string()}})
            }
            _ => json!({
                "status": "error", "code": "INVALID_DATA", "message": "invalid data",
                "details": {"api_name": if known { "id" } else { "sort_by" }, "json_path": format!("$.custom_views[{at}].{}", if known { "id" } else { "sort_by" })},
            }),
        });
    }
    let mut commit = super::commit::Commit::new(ctx);
    commit.meta(&state, no);
    commit.finish(&mut state);
    Ok(Answer::json(super::modules::mixed_status(&entries, 200), &json!({"custom_views": entries})))
}
