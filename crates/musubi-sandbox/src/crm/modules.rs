//! `/settings/modules`: what modules there are; making and renaming them.

use serde_json::{Value as Json, json};

use super::{
    commit::Commit,
    context::{RequestContext, Version},
};
use crate::{
    http::{
        answer::Answer,
        error::{ApiError, Reply},
        json_in::Node,
    },
    org::{State, module::Module, setup},
};

/// What a module can be, for the parameter `status`.
const STATUSES: [&str; 4] = ["visible", "scheduled_for_deletion", "user_hidden", "system_hidden"];

/// Serves modules.
pub fn route(ctx: &RequestContext, method: &str, rest: &[&str]) -> Reply {
    match (method, rest) {
        ("GET", []) => list(ctx),
        ("POST", []) => create(ctx).or_else(about_the_entry),
        ("PUT", []) => update(ctx, None),
        ("GET", [name]) => one(ctx, name),
        ("PUT", [name]) => update(ctx, Some(name)),
        (_, [] | [_]) => Err(ApiError::invalid_method()),
        _ => Err(ApiError::invalid_url()),
    }
}

/// 200 or 201 when all entries succeeded, 207 when some did, 400 when none did.
pub fn mixed_status(entries: &[Json], all_done: u16) -> u16 {
    let failed = entries.iter().filter(|entry| entry["status"] == "error").count();
    match failed {
        0 => all_done,
        n if n == entries.len() => 400,
        _ => 207,
    }
}

fn list(ctx: &RequestContext) -> Reply {
    ctx.require(&["settings", "modules"], "READ")?;
    let statuses = ctx.request.query.list("status");
    let unknown = |wanted: &Vec<&str>| wanted.iter().position(|status| !STATUSES.contains(status));
    if let Some(index) = statuses.as_ref().and_then(unknown) {
        let details = json!({"index": index, "supported_values": STATUSES, "param_name": "status"});
        return Err(ApiError::new(400, "INVALID_DATA", "invalid data", details));
    }
    let state = ctx.org.read();
    let modules: Vec<Json> = state
        .modules
        .iter()
        .enumerate()
        .map(|(no, module)| show(ctx, &state, module, no))
        .filter(|module| {
            statuses.as_ref().is_none_or(|wanted| wanted.iter().any(|status| module["status"] == *status))
        })
        .collect();
    match modules.is_empty() {
        true => Ok(Answer::no_content()),
        false => Ok(Answer::json(200, &json!({"modules": modules}))),
    }
}

fn find(state: &State, name: &str) -> Option<usize> {
    state.module_no(name).or_else(|| {
        let id: i64 = name.parse().ok()?;
        state.modules.iter().position(|module| module.meta.id == id)
    })
}

fn one(ctx: &RequestContext, name: &str) -> Reply {
    ctx.require(&["settings", "modules"], "READ")?;
    let state = ctx.org.read();
    let unknown = || ApiError { details: json!({"resource_path_index": 2}), ..ApiError::invalid_module() };
    let no = find(&state, name).ok_or_else(unknown)?;
    let module = &state.modules[no];
    let mut shown = show(ctx, &state, module, no);
    if ctx.version == Version::V2 {
        shown["fields"] =
            module.fields().map(|(_, field)| super::fields::show(ctx, &state, module, field)).collect();
    }
    Ok(Answer::json(200, &json!({"modules": [shown]})))
}

fn show(ctx: &RequestContext, state: &State, module: &Module, no: usize) -> Json {
    let meta = &module.meta;
    let by = state.users.first().map(|user| json!({"name": user.full_name(), "id": user.id.to_string()}));
    json!({
        "global_search_supported": true,
        "public_fields_configured": false,
        "recycle_bin_on_delete": true,
        "has_more_profiles": false,
        "sub_menu_available": meta.tab,
        "lookupable": meta.tab,
        "profile_count": state.profiles.len(),
        "module_type": "ENTITIES",
        "cc_enabled": false,
        "deletable": true,
        "description": null,
        "creatable": true,
        "inventory_template_supported": false,
        "modified_time": meta.modified.map(|at| ctx.org.time(at)),
        "presence_sub_menu": meta.tab,
        "triggers_supported": true,
        "id": meta.id.to_string(),
        "api_name": meta.api_name,
        "plural_label": meta.plural,
        "actual_plural_label": meta.plural,
        "actual_singular_label": meta.singular,
        "singular_label": meta.singular,
        "isBlueprintSupported": meta.tab,
        "visibility": 1,
        "convertable": meta.api_name == "Leads",
        "editable": true,
        "emailTemplate_support": meta.tab,
        "email_parser_supported": meta.tab,
        "filter_supported": meta.tab,
        "show_as_tab": meta.tab,
        "web_link": null,
        "viewable": true,
        "api_supported": true,
        "quick_create": meta.tab,
        "generated_type": match (&meta.parent, meta.custom) {
            _ if meta.linking.is_some() => "linking",
            (Some(_), _) => "subform",
            (None, true) => "custom",
            (None, false) => "default",
        },
        "feeds_required": false,
        "scoring_supported": meta.tab,
        "webform_supported": meta.tab,
        "arguments": [],
        "module_name": if meta.linking.is_some() {
            format!("LinkingModule{no}")
        } else if meta.custom {
            format!("CustomModule{no}")
        } else {
            meta.plural.clone()
        },
        "business_card_field_limit": if meta.tab { 5 } else { 0 },
        "access_type": "org_based",
        "private_profile": null,
        "track_current_data": false,
        "modified_by": meta.modified.and(by),
        "profiles": state.profiles.iter().map(|p| json!({"name": p.name, "id": p.id.to_string()})).collect::<Vec<_>>(),
        "parent_module": match meta.parent.as_deref().and_then(|name| state.module(name)) {
            Some(parent) => json!({"api_name": parent.meta.api_name, "id": parent.meta.id.to_string()}),
            None => json!({}),
        },
        "status": if meta.tab { "visible" } else { "system_hidden" },
        "sequence_number": no + 1,
    })
}

fn wishes<'n, 'a>(body: &'n Node<'a>) -> Result<&'n [Node<'a>], ApiError> {
    body.get("modules")
        .and_then(Node::as_list)
        .filter(|all| !all.is_empty())
        .ok_or_else(|| ApiError::mandatory("modules", "$.modules"))
}

/// What is wrong with the one module of a request is answered in its place.
fn about_the_entry(error: ApiError) -> Reply {
    match error.details["json_path"].as_str() {
        Some(path) if path.starts_with("$.modules[") => {
            Ok(Answer::json(error.status, &json!({"modules": [error.body()]})))
        }
        _ => Err(error),
    }
}

fn create(ctx: &RequestContext) -> Reply {
    ctx.require(&["settings", "modules"], "CREATE")?;
    let body = ctx.body()?;
    let [wish] = wishes(&body)? else { return Err(ApiError::limit(1)) };
    let text = |key: &str, longest: usize| -> Result<String, ApiError> {
        let path = format!("$.modules[0].{key}");
        let value = wish.get(key).ok_or_else(|| ApiError::mandatory(key, &path))?;
        let value =
            value.as_str().map(str::trim).ok_or_else(|| ApiError::invalid_body("text", key, &path))?;
        let fits = !value.is_empty() && value.chars().count() <= longest;
        fits.then(|| value.to_owned()).ok_or_else(|| {
            ApiError::new(
                400,
                "INVALID_DATA",
                "invalid data",
                json!({"api_name": key, "json_path": path, "maximum_length": longest}),
            )
        })
    };
    let (singular, plural, api_name) =
        (text("singular_label", 25)?, text("plural_label", 25)?, text("api_name", 50)?);
    if wish.get("profiles").and_then(Node::as_list).is_none_or(<[_]>::is_empty) {
        return Err(ApiError::mandatory("profiles", "$.modules[0].profiles"));
    }
    if !api_name.starts_with(|c: char| c.is_ascii_alphabetic())
        || !api_name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    {
        return Err(ApiError::invalid_body("text", "api_name", "$.modules[0].api_name"));
    }
    let label = wish
        .get("display_field")
        .and_then(|f| f.get("field_label"))
        .and_then(Node::as_str)
        .unwrap_or("Name")
        .to_owned();
    let mut state = ctx.org.write();
    if state.module_no(&api_name).is_some() {
        return Err(ApiError::new(
            400,
            "DUPLICATE_DATA",
            "duplicate data",
            json!({"api_name": "api_name", "json_path": "$.modules[0].api_name"}),
        ));
    }
    ctx.charge(500);
    let meta = setup::custom_module(&mut state.ids, &api_name, &singular, &plural, &label, ctx.now());
    let id = meta.id;
    state.modules.push(Module::new(meta));
    state.refresh_names();
    let no = state.modules.len() - 1;
    let mut commit = Commit::new(ctx);
    commit.meta(&state, no);
    commit.finish(&mut state);
    Ok(Answer::json(
        201,
        &json!({"modules": [
            {"code": "SUCCESS", "details": {"id": id.to_string()}, "message": "module created successfully", "status": "success"}
        ]}),
    ))
}

fn update(ctx: &RequestContext, name: Option<&str>) -> Reply {
    ctx.require(&["settings", "modules"], "UPDATE")?;
    let body = ctx.body()?;
    let mut state = ctx.org.write();
    let mut entries = Vec::new();
    for (at, wish) in wishes(&body)?.iter().enumerate() {
        let id = wish.get("id").and_then(Node::as_id).map(|id| id.to_string());
        let found = name
            .or(id.as_deref())
            .or_else(|| wish.get("api_name").and_then(Node::as_str))
            .and_then(|name| find(&state, name));
        let Some(no) = found else {
            entries.push(json!({"code": "INVALID_DATA", "details": {"api_name": "id", "json_path": format!("$.modules[{at}].id")}, "message": "the id given seems to be invalid", "status": "error"}));
            continue;
        };
        let meta = &mut state.modules[no].meta;
        if let Some(label) = wish.get("singular_label").and_then(Node::as_str) {
            meta.singular = label.to_owned();
        }
        if let Some(label) = wish.get("plural_label").and_then(Node::as_str) {
            meta.plural = label.to_owned();
        }
        meta.modified = Some(ctx.now());
        entries.push(json!({"code": "SUCCESS", "details": {"id": meta.id.to_string()}, "message": "module updated successfully", "status": "success"}));
        let mut commit = Commit::new(ctx);
        commit.meta(&state, no);
        commit.finish(&mut state);
    }
    Ok(Answer::json(mixed_status(&entries, 200), &json!({"modules": entries})))
}
