//! `/settings/layouts`: page layouts of a module.

use serde_json::{Value as Json, json};

use super::{context::RequestContext, fields, layout_changes, layout_status};
use crate::{
    http::{
        answer::Answer,
        error::{ApiError, Reply},
    },
    org::{
        State,
        layout::{Layout, Section},
        module::Module,
    },
};

/// Serves layouts.
pub fn route(ctx: &RequestContext, method: &str, rest: &[&str]) -> Reply {
    match (method, rest) {
        ("GET", []) => list(ctx),
        ("GET", [id]) => one(ctx, id),
        ("PATCH", [id]) => layout_changes::update(ctx, id),
        ("DELETE", [id]) => layout_status::delete(ctx, id),
        ("POST", [id, "actions", "activate"]) => layout_status::activate(ctx, id),
        ("DELETE", [id, "actions", "activate"]) => layout_status::deactivate(ctx, id),
        (_, [] | [_]) => Err(ApiError::invalid_method()),
        _ => Err(ApiError::invalid_url()),
    }
}

fn list(ctx: &RequestContext) -> Reply {
    ctx.require(&["settings", "layouts"], "READ")?;
    let state = ctx.org.read();
    let module =
        state.module(ctx.required_param("module")?).ok_or_else(ApiError::invalid_module_parameter)?;
    let layouts: Vec<Json> =
        module.meta.layouts.iter().map(|layout| show(ctx, &state, module, layout)).collect();
    Ok(Answer::json(200, &json!({"layouts": layouts})))
}

fn one(ctx: &RequestContext, id: &str) -> Reply {
    ctx.require(&["settings", "layouts"], "READ")?;
    let state = ctx.org.read();
    let module =
        state.module(ctx.required_param("module")?).ok_or_else(ApiError::invalid_module_parameter)?;
    match module.meta.layouts.iter().find(|layout| layout.id.to_string() == id) {
        Some(layout) => Ok(Answer::json(200, &json!({"layouts": [show(ctx, &state, module, layout)]}))),
        None => Ok(Answer::no_content()),
    }
}

fn show(ctx: &RequestContext, state: &State, module: &Module, layout: &Layout) -> Json {
    let view = json!({"name": layout.name, "id": layout.id.to_string(), "type": "layout"});
    let profiles: Vec<Json> = state
        .profiles
        .iter()
        .enumerate()
        .map(|(at, profile)| {
            json!({
                "_default_assignment_view": view, "default": at == 0, "name": profile.name, "id": profile.id.to_string(),
                "_default_view": view, "type": "normal_profile",
            })
        })
        .collect();
    let by = state.users.first().map(|user| json!({"name": user.full_name(), "id": user.id.to_string()}));
    json!({
        "has_more_profiles": false,
        "created_time": layout.created.map(|at| ctx.org.time(at)),
        "modified_time": layout.modified.map(|at| ctx.org.time(at)),
        "convert_mapping": null,
        "visible": true,
        "created_for": null,
        "profiles": profiles,
        "source": "crm",
        "created_by": layout.created.and(by.clone()),
        "modified_by": layout.modified.and(by),
        "sections": layout.sections.iter().enumerate().map(|(at, section)| show_section(ctx, state, module, section, at)).collect::<Vec<_>>(),
        "show_business_card": true,
        "actions_allowed": {"edit": true, "rename": true, "clone": true, "downgrade": false, "delete": layout.created.is_some(), "deactivate": false, "set_layout_permissions": true},
        "display_label": layout.name,
        "name": layout.name,
        "status": if layout.inactive { "inactive" } else { "active" },
        "id": layout.id.to_string(),
        "generated_type": if layout.created.is_some() { "custom" } else { "system" },
        "api_name": layout.name.replace(' ', "_"),
    })
}

fn show_section(ctx: &RequestContext, state: &State, module: &Module, section: &Section, at: usize) -> Json {
    let fields: Vec<Json> = section
        .fields
        .iter()
        .enumerate()
        .filter_map(|(place, placed)| {
            let field = module.meta.fields.iter().find(|field| field.id == placed.field && !field.removed)?;
            let mut shown = fields::show(ctx, state, module, field);
            for key in ["sortable", "email_parser", "display_field", "additional_column"] {
                shown.as_object_mut().map(|keys| keys.remove(key));
            }
            for pick in shown["pick_list_values"].as_array_mut().into_iter().flatten() {
                pick["maps"] = json!([]);
            }
            shown["required"] = json!(placed.required);
            shown["sequence_number"] = json!(place + 1);
            shown["section_id"] = json!(at + 1);
            shown["default_value"] = field.default.clone().unwrap_or(Json::Null);
            Some(shown)
        })
        .collect();
    json!({
        "isSubformSection": false,
        "type": "used",
        "display_label": section.name,
        "mode": "all",
        "sequence_number": at + 1,
        "actions_allowed": {
            "add_field": true, "rename": true, "change_tab_traversal": true, "reorder": true,
            "delete": section.custom, "remove_field": true, "change_column_count": true,
        },
        "tab_traversal": "left_to_right",
        "api_name": section.name.replace(|c: char| !c.is_ascii_alphanumeric(), "_"),
        "column_count": section.columns,
        "name": section.name,
        "generated_type": if section.custom { "custom" } else { "default" },
        "id": section.id.to_string(),
        "fields": fields,
        "properties": null,
    })
}
