//! `/settings/fields`: what fields a module has, and how each is described.

use serde_json::{Value as Json, json};

use super::{context::RequestContext, field_changes, linking, rows};
use crate::{
    http::{
        answer::Answer,
        error::{ApiError, Reply},
    },
    org::{
        State,
        field::{Field, Source},
        kind::Kind,
        module::Module,
    },
};

/// Serves fields.
pub fn route(ctx: &RequestContext, method: &str, rest: &[&str]) -> Reply {
    match (method, rest) {
        ("GET", []) => list(ctx),
        ("GET", [id]) => one(ctx, id),
        ("POST", []) => field_changes::create(ctx),
        ("PATCH", []) => field_changes::update(ctx, None),
        ("PATCH", [id]) => field_changes::update(ctx, Some(id)),
        ("DELETE", [id]) => field_changes::delete(ctx, id),
        ("GET", [id, "pick_list_values"]) => pick_list_values(ctx, id),
        (_, [] | [_]) => Err(ApiError::invalid_method()),
        _ => Err(ApiError::invalid_url()),
    }
}

fn list(ctx: &RequestContext) -> Reply {
    ctx.require(&["settings", "fields"], "READ")?;
    let state = ctx.org.read();
    let module =
        state.module(ctx.required_param("module")?).ok_or_else(ApiError::invalid_module_parameter)?;
    if ctx.param("type") == Some("unused") {
        return Ok(Answer::no_content());
    }
    let fields: Vec<Json> = module.fields().map(|(_, field)| show(ctx, &state, module, field)).collect();
    Ok(Answer::json(200, &json!({"fields": fields})))
}

/// A field of a module by id or API name.
pub fn find<'a>(module: &'a Module, id: &str) -> Option<&'a Field> {
    module.fields().map(|(_, field)| field).find(|field| field.api_name == id || field.id.to_string() == id)
}

fn one(ctx: &RequestContext, id: &str) -> Reply {
    ctx.require(&["settings", "fields"], "READ")?;
    let state = ctx.org.read();
    let module =
        state.module(ctx.required_param("module")?).ok_or_else(ApiError::invalid_module_parameter)?;
    match find(module, id) {
        Some(field) => Ok(Answer::json(200, &json!({"fields": [show(ctx, &state, module, field)]}))),
        None => Err(ApiError::invalid_id(2)),
    }
}

fn pick_list_values(ctx: &RequestContext, id: &str) -> Reply {
    ctx.require(&["settings", "fields"], "READ")?;
    let state = ctx.org.read();
    let module =
        state.module(ctx.required_param("module")?).ok_or_else(ApiError::invalid_module_parameter)?;
    let field = find(module, id).ok_or_else(|| ApiError::invalid_id(2))?;
    if field.picks.is_empty() {
        return Ok(Answer::no_content());
    }
    let values: Vec<Json> = picks(field)
        .into_iter()
        .map(|mut pick| {
            pick["colour_code"] = Json::Null;
            pick["layout_associations"] = module
                .meta
                .layouts
                .iter()
                .map(
                    |l| json!({"id": l.id.to_string(), "name": l.name, "api_name": l.name.replace(' ', "_")}),
                )
                .collect();
            pick
        })
        .collect();
    Ok(Answer::json(200, &json!({"pick_list_values": values})))
}

/// The values of a picklist as metadata shows them.
pub fn picks(field: &Field) -> Vec<Json> {
    field
        .picks
        .iter()
        .enumerate()
        .map(|(at, pick)| {
            json!({
                "display_value": pick.value, "sequence_number": at + 1, "reference_value": pick.value,
                "actual_value": pick.value, "id": pick.id.to_string(), "type": if pick.used { "used" } else { "unused" },
            })
        })
        .collect()
}

/// Whether records can be sorted by a field of this kind.
pub fn sortable(kind: Kind) -> bool {
    let holds_several =
        matches!(kind, Kind::Subform | Kind::MultiPicklist | Kind::TextArea | Kind::ConsentLookup);
    !holds_several && !kind.is_linking()
}

/// A field as metadata shows it.
pub fn show(_ctx: &RequestContext, state: &State, module: &Module, field: &Field) -> Json {
    let kind = field.kind;
    let writable = field.writable();
    let profiles: Vec<Json> = state
        .profiles
        .iter()
        .map(|p| json!({"permission_type": if writable { "read_write" } else { "read_only" }, "name": p.name, "id": p.id.to_string()}))
        .collect();
    let mut shown = json!({
        "associated_module": null,
        "webhook": true,
        "operation_type": {"web_update": writable, "api_create": writable, "web_create": writable, "api_update": writable},
        "colour_code_enabled_by_system": false,
        "field_label": field.label,
        "tooltip": field.tooltip.as_ref().map(|text| json!({"name": "static_text", "value": text})),
        "type": "used",
        "field_read_only": field.read_only,
        "display_label": field.label,
        "read_only": field.read_only,
        "association_details": null,
        "businesscard_supported": !field.hidden,
        "multi_module_lookup": {},
        "id": field.id.to_string(),
        "created_time": null,
        "filterable": !field.hidden && !matches!(kind, Kind::Subform | Kind::ProfileImage | Kind::ConsentLookup) && !kind.is_linking(),
        "visible": !field.hidden,
        "profiles": profiles,
        "view_type": {"view": !field.hidden, "edit": writable && !field.hidden, "quick_create": field.mandatory, "create": writable && !field.hidden},
        "separator": kind.is_decimal() || kind == Kind::Integer,
        "searchable": !field.hidden,
        "history_tracking_enabled": false,
        "external": field.external,
        "api_name": field.api_name,
        "unique": match field.unique { Some(unique) => json!({"case_sensitive": unique.0}), None => json!({}) },
        "enable_colour_code": false,
        "pick_list_values": picks(field),
        "system_mandatory": field.mandatory,
        "virtual_field": false,
        "json_type": if field.source == Source::Tag { "jsonarray" } else { kind.json_type() },
        "crypt": null,
        "range": null,
        "created_source": "default",
        "display_type": 0,
        "ui_type": kind.ui_type(),
        "modified_time": null,
        "public": false,
        "email_parser": {"fields_update_supported": writable, "record_operations_supported": writable},
        "currency": if kind == Kind::Currency { json!({"rounding_option": "normal", "precision": field.decimal_place}) } else { json!({}) },
        "custom_field": field.custom,
        "lookup": {},
        "convert_mapping": {"Contacts": null, "Deals": null, "Accounts": null},
        "rollup_summary": {},
        "length": field.length,
        "display_field": field.api_name == module.meta.name_field,
        "pick_list_values_sorted_lexically": false,
        "sortable": sortable(kind),
        "global_picklist": null,
        "history_tracking": null,
        "data_type": kind.name(),
        "formula": {},
        "additional_column": null,
        "decimal_place": if kind.is_decimal() { json!(field.decimal_place) } else { Json::Null },
        "mass_update": writable && !field.hidden,
        "multiselectlookup": {},
        "auto_number": match &field.auto_number {
            Some(count) => json!({"prefix": count.prefix, "start_number": count.next, "suffix": count.suffix}),
            None => json!({}),
        },
        "private": null,
    });
    if let Some(target) =
        field.targets.first().filter(|_| kind == Kind::Lookup).and_then(|name| state.module(name))
    {
        shown["lookup"] = json!({
            "display_label": module.meta.plural, "revalidate_filter_during_edit": false,
            "api_name": related_name(module, field),
            "module": {"api_name": target.meta.api_name, "crypt": false, "id": target.meta.id.to_string()},
            "id": field.id.to_string(), "query_details": {"system_query_id": null},
        });
    }
    if let Some((no, _)) = rows::module_of(state, field).filter(|_| kind == Kind::Subform) {
        let meta = &state.modules[no].meta;
        shown["associated_module"] = json!({"module": meta.api_name, "id": meta.id.to_string()});
    }
    if kind == Kind::Subform
        && let Some(keys) = shown.as_object_mut()
    {
        // The service tells no length of a subform; a 0 makes its own Node SDK take the field for an empty one.
        keys.remove("length");
    }
    linking::describe(state, module, field, &mut shown);
    if kind == Kind::MultiModuleLookup {
        let modules: Vec<Json> = state
            .modules
            .iter()
            .filter(|m| m.meta.tab && field.targets.iter().any(|t| t == "*" || *t == m.meta.api_name))
            .map(|m| json!({"api_name": m.meta.api_name, "module_name": m.meta.plural, "id": m.meta.id.to_string()}))
            .collect();
        shown["multi_module_lookup"] =
            json!({"display_label": field.label, "api_name": field.api_name, "modules": modules});
    }
    if let Some(list) =
        field.global_picklist.and_then(|id| state.global_picklists.iter().find(|list| list.id == id))
    {
        shown["global_picklist"] = json!({"api_name": list.api_name, "id": list.id.to_string()});
    }
    if matches!(kind, Kind::TextArea | Kind::RichText) {
        let size = if field.is_rich_text() {
            "rich_text"
        } else if field.length > 2_000 {
            "large"
        } else {
            "small"
        };
        shown["textarea"] = json!({"type": size});
    }
    shown
}

/// The related list that a lookup makes on the other side.
pub fn related_name(module: &Module, field: &Field) -> String {
    if let Some(ends) = &module.meta.linking {
        // Both sides need one, for a module may be linked with itself.
        let second = if field.api_name == ends.second { "_2" } else { "" };
        return format!("{}{second}", module.meta.api_name);
    }
    if field.custom || module.meta.custom {
        format!("{}_{}", module.meta.api_name, field.api_name)
    } else {
        module.meta.api_name.clone()
    }
}
