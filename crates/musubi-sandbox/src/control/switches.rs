//! What tests switch: limits, workflow rules, list views, token life.

use std::sync::PoisonError;

use serde_json::{Value as Json, json};

use super::{Outcome, find_org};
use crate::{
    log::Line,
    org::{Org, State, module::Module, rule::Rule, view::View},
    world::World,
};

fn keep_settings(world: &World, org: &Org, state: &State) {
    if let Some(log) = &world.log {
        log.write(&Line::Settings(org.profile.number, state.global_picklists.clone(), state.rules.clone()));
    }
}

/// Adds a workflow rule.
pub fn add_rule(world: &World, org_id: &str, body: Json) -> Outcome {
    let org = find_org(world, org_id)?;
    let mut rule: Rule =
        serde_json::from_value(body).map_err(|error| (400, format!("not a rule: {error}")))?;
    let mut state = org.write();
    let module = state.module(&rule.module).ok_or_else(|| (404, format!("no module {}", rule.module)))?;
    if let Some(name) = rule.set.keys().chain(&rule.fields).find(|name| module.field(name).is_none()) {
        return Err((400, format!("{} has no field {name}", rule.module)));
    }
    rule.id = state.ids.fresh();
    let id = rule.id;
    state.rules.push(rule);
    keep_settings(world, &org, &state);
    Ok(json!({"id": id.to_string()}))
}

/// Takes all workflow rules away.
pub fn clear_rules(world: &World, org_id: &str) -> Outcome {
    let org = find_org(world, org_id)?;
    let mut state = org.write();
    state.rules.clear();
    keep_settings(world, &org, &state);
    Ok(json!({"cleared": true}))
}

/// Adds a list view, which the real API cannot: `{"module", "name", "criteria", "fields"}`. One of that name that people made gets these criteria.
pub fn add_view(world: &World, org_id: &str, body: &Json) -> Outcome {
    let org = find_org(world, org_id)?;
    let module = body["module"].as_str().unwrap_or_default();
    let mut criteria = (!body["criteria"].is_null()).then(|| body["criteria"].clone());
    if let Some(json) = &criteria {
        let setting = crate::criteria::Setting {
            now: crate::clock::instant(world.clock.now()),
            zone: org.zone.clone(),
            user_id: 0,
        };
        crate::criteria::parse_view(json, &setting).map_err(|error| (400, error.to_string()))?;
    }
    let mut state = org.write();
    let no = state.module_no(module).ok_or_else(|| (404, format!("no module {module}")))?;
    let name = body["name"].as_str().unwrap_or("New view");
    if let Some(criteria) = &mut criteria {
        name_fields(criteria, &state.modules[no]);
    }
    let views = &mut state.modules[no].meta.views;
    if let Some(view) = views.iter_mut().find(|view| view.name == name && view.system_name.is_none()) {
        view.criteria = criteria;
        let id = view.id;
        if let Some(log) = &world.log {
            log.write(&Line::Module(org.profile.number, no, Box::new(state.modules[no].meta.clone())));
        }
        return Ok(json!({"id": id.to_string()}));
    }
    let id = state.ids.fresh();
    let fields: Vec<String> = match body["fields"].as_array() {
        Some(names) => names.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect(),
        None => state.modules[no].meta.views.first().map(|view| view.fields.clone()).unwrap_or_default(),
    };
    state.modules[no].meta.views.push(View {
        id,
        name: name.to_owned(),
        system_name: None,
        criteria,
        fields,
        sort_by: None,
        ascending: false,
        default: false,
        created: Some(world.clock.now()),
    });
    if let Some(log) = &world.log {
        log.write(&Line::Module(org.profile.number, no, Box::new(state.modules[no].meta.clone())));
    }
    Ok(json!({"id": id.to_string()}))
}

/// Takes a list view away that people made, as they do in the app: `{"module", "name"}`.
pub fn remove_view(world: &World, org_id: &str, body: &Json) -> Outcome {
    let org = find_org(world, org_id)?;
    let module = body["module"].as_str().unwrap_or_default();
    let mut state = org.write();
    let no = state.module_no(module).ok_or_else(|| (404, format!("no module {module}")))?;
    let views = &mut state.modules[no].meta.views;
    let before = views.len();
    views.retain(|view| body["name"] != *view.name || view.system_name.is_some());
    if views.len() == before {
        return Err((404, format!("{module} has no such view")));
    }
    if let Some(log) = &world.log {
        log.write(&Line::Module(org.profile.number, no, Box::new(state.modules[no].meta.clone())));
    }
    Ok(json!({"removed": true}))
}

/// Gives every field that criteria name its id, as list views show it.
fn name_fields(node: &mut Json, module: &Module) {
    for node in node.get_mut("group").and_then(Json::as_array_mut).into_iter().flatten() {
        name_fields(node, module);
    }
    let field = node["field"]["api_name"].as_str().and_then(|name| module.field(name));
    if let Some(id) = field.map(|field| field.id.to_string()) {
        node["field"]["id"] = json!(id);
    }
}

/// Adds a layout, which the real API cannot: a copy of the module's first, `{"module", "name"}`.
pub fn add_layout(world: &World, org_id: &str, body: &Json) -> Outcome {
    let org = find_org(world, org_id)?;
    let mut state = org.write();
    let module = body["module"].as_str().unwrap_or_default();
    let no = state.module_no(module).ok_or_else(|| (404, format!("no module {module}")))?;
    let first = state.modules[no].meta.layouts.first().cloned();
    let mut layout = first.ok_or_else(|| (400, format!("{module} has no layout")))?;
    layout.id = state.ids.fresh();
    layout.sections.iter_mut().for_each(|section| section.id = state.ids.fresh());
    layout.name = body["name"].as_str().unwrap_or("New layout").to_owned();
    layout.pipelines.clear();
    (layout.created, layout.modified) = (Some(world.clock.now()), None);
    let id = layout.id;
    state.modules[no].meta.layouts.push(layout);
    if let Some(log) = &world.log {
        log.write(&Line::Module(org.profile.number, no, Box::new(state.modules[no].meta.clone())));
    }
    Ok(json!({"id": id.to_string()}))
}

/// Sets `{"credits", "concurrency", "sub_concurrency", "enforce_concurrency"}` of an org.
pub fn limits(world: &World, org_id: &str, body: &Json) -> Outcome {
    let org = find_org(world, org_id)?;
    let mut credits = org.credits.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(value) = body.get("credits") {
        credits.allowance = value.as_u64();
    }
    if let Some(value) = body["concurrency"].as_u64() {
        credits.concurrency = value as u32;
    }
    if let Some(value) = body["sub_concurrency"].as_u64() {
        credits.sub_concurrency = value as u32;
    }
    if let Some(value) = body["enforce_concurrency"].as_bool() {
        credits.enforce_concurrency = value;
    }
    if let Some(log) = &world.log {
        log.write(&Line::Limits(org.profile.number, credits.limits()));
    }
    Ok(json!({
        "credits": credits.allowance, "concurrency": credits.concurrency,
        "sub_concurrency": credits.sub_concurrency, "enforce_concurrency": credits.enforce_concurrency,
    }))
}

/// Ends all access tokens of an org at once.
pub fn expire_tokens(world: &World, org_id: &str) -> Outcome {
    find_org(world, org_id)?;
    world.accounts().expire_access(org_id);
    Ok(json!({"expired": true}))
}

/// Switches of the accounts server: `{"throttle_refresh": bool, "throttle_grants": bool}`.
pub fn accounts(world: &World, body: &Json) -> Outcome {
    let mut accounts = world.accounts();
    if let Some(value) = body["throttle_refresh"].as_bool() {
        accounts.throttle_refresh = value;
    }
    if let Some(value) = body["throttle_grants"].as_bool() {
        accounts.throttle_grants = value;
    }
    Ok(json!({"throttle_refresh": accounts.throttle_refresh, "throttle_grants": accounts.throttle_grants}))
}
