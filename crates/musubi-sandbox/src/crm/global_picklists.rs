//! `/settings/global_picklists`: values that several fields share.

use serde_json::{Value as Json, json};

use super::{commit::Commit, context::RequestContext, picklist_replace, record_id};
use crate::{
    http::{
        answer::Answer,
        error::{ApiError, Reply},
        json_in::Node,
    },
    org::{State, field::Pick, people::GlobalPicklist},
};

/// Serves global picklists.
pub fn route(ctx: &RequestContext, method: &str, rest: &[&str]) -> Reply {
    match (method, rest) {
        ("GET", []) => list(ctx),
        ("GET", [id]) => one(ctx, record_id(id, 2)?),
        ("POST", []) => create(ctx).or_else(about_the_entry),
        ("PATCH", [id]) => update(ctx, record_id(id, 2)?).or_else(about_the_entry),
        ("DELETE", [id]) => delete(ctx, record_id(id, 2)?),
        ("POST", [id, "actions", "replace_picklist_values"]) => {
            picklist_replace::replace(ctx, record_id(id, 2)?)
        }
        // A replacement is done at once: none is ever under way.
        ("GET", [_, "actions", "replaced_values"]) => Ok(Answer::no_content()),
        ("GET", [id, "actions", "associations"]) => associations(ctx, record_id(id, 2)?),
        (_, [] | [_]) => Err(ApiError::invalid_method()),
        _ => Err(ApiError::invalid_url()),
    }
}

/// What is wrong with the one picklist of a request is answered in its place.
fn about_the_entry(error: ApiError) -> Reply {
    match error.details["json_path"].as_str() {
        Some(_) => Ok(Answer::json(error.status, &json!({"global_picklists": [error.body()]}))),
        None => Err(error),
    }
}

fn users_of(
    state: &State,
    id: i64,
) -> impl Iterator<Item = (&crate::org::module::Module, &crate::org::field::Field)> {
    state.modules.iter().flat_map(move |module| {
        module
            .fields()
            .filter(move |(_, field)| field.global_picklist == Some(id))
            .map(move |(_, field)| (module, field))
    })
}

fn show(ctx: &RequestContext, state: &State, list: &GlobalPicklist) -> Json {
    let by = state.user(list.by).map(|u| json!({"name": u.full_name(), "id": u.id.to_string()}));
    let values: Vec<Json> = list
        .picks
        .iter()
        .enumerate()
        .map(|(at, pick)| {
            json!({
                "type": if pick.used { "used" } else { "unused" }, "id": pick.id.to_string(), "sequence_number": at + 1,
                "display_value": pick.value, "reference_value": pick.value, "actual_value": pick.value,
            })
        })
        .collect();
    json!({
        "display_label": list.label, "source": "crm", "api_name": list.api_name, "created_time": ctx.org.time(list.created),
        "modified_time": ctx.org.time(list.modified), "id": list.id.to_string(), "actual_label": list.label,
        "description": list.description, "associated_fields_count": users_of(state, list.id).count(), "modified_by": by,
        "created_by": by, "presence": true, "customizable": true, "pick_list_values_sorted_lexically": false,
        "pick_list_values": values,
    })
}

fn list(ctx: &RequestContext) -> Reply {
    ctx.require(&["settings", "global_picklist"], "READ")?;
    let state = ctx.org.read();
    if state.global_picklists.is_empty() {
        return Ok(Answer::no_content());
    }
    let lists: Vec<Json> = state.global_picklists.iter().map(|list| show(ctx, &state, list)).collect();
    Ok(Answer::json(200, &json!({"global_picklists": lists})))
}

fn one(ctx: &RequestContext, id: i64) -> Reply {
    ctx.require(&["settings", "global_picklist"], "READ")?;
    let state = ctx.org.read();
    match state.global_picklists.iter().find(|list| list.id == id) {
        Some(list) => Ok(Answer::json(200, &json!({"global_picklists": [show(ctx, &state, list)]}))),
        None => Ok(Answer::no_content()),
    }
}

fn wish<'n, 'a>(body: &'n Node<'a>) -> Result<&'n Node<'a>, ApiError> {
    let first = body.get("global_picklists").and_then(Node::as_list).and_then(<[_]>::first);
    first.ok_or_else(|| ApiError::mandatory("global_picklists", "$.global_picklists"))
}

fn done(id: i64, message: &str) -> Json {
    json!({"global_picklists": [{"code": "SUCCESS", "details": {"id": id.to_string()}, "message": message, "status": "success"}]})
}

fn create(ctx: &RequestContext) -> Reply {
    ctx.require(&["settings", "global_picklist"], "CREATE")?;
    let body = ctx.body()?;
    let wish = wish(&body)?;
    let label =
        wish.get("display_label").and_then(Node::as_str).map(str::trim).filter(|text| !text.is_empty());
    let label = label
        .ok_or_else(|| ApiError::mandatory("display_label", "$.global_picklists[0].display_label"))?
        .to_owned();
    let mut state = ctx.org.write();
    if state.global_picklists.iter().any(|list| list.label.eq_ignore_ascii_case(&label)) {
        return Err(ApiError::new(
            400,
            "DUPLICATE_DATA",
            "duplicate data",
            json!({"api_name": "display_label", "json_path": "$.global_picklists[0].display_label"}),
        ));
    }
    let mut list = GlobalPicklist {
        id: state.ids.fresh(),
        api_name: label.replace(|c: char| !c.is_ascii_alphanumeric(), "_"),
        label,
        description: wish.get("description").and_then(Node::as_str).map(str::to_owned),
        picks: Vec::new(),
        created: ctx.now(),
        modified: ctx.now(),
        by: ctx.user_id,
    };
    change_values(&mut state, &mut list, wish);
    if list.picks.is_empty() {
        return Err(ApiError::mandatory("pick_list_values", "$.global_picklists[0].pick_list_values"));
    }
    let id = list.id;
    state.global_picklists.push(list);
    keep(ctx, &mut state, id);
    Ok(Answer::json(201, &done(id, "global picklist created successfully")))
}

fn change_values(state: &mut State, list: &mut GlobalPicklist, wish: &Node<'_>) {
    for value in wish.get("pick_list_values").and_then(Node::as_list).unwrap_or(&[]) {
        let text = value.get("display_value").or_else(|| value.get("actual_value")).and_then(Node::as_str);
        let id = value.get("id").and_then(Node::as_id);
        let unused =
            value.get("type").and_then(Node::as_str) == Some("unused") || value.get("_delete").is_some();
        let known = list
            .picks
            .iter_mut()
            .find(|pick| Some(pick.id) == id || (id.is_none() && Some(pick.value.as_str()) == text));
        match (known, text) {
            (Some(pick), text) => {
                pick.used = !unused;
                if let Some(text) = text {
                    pick.value = text.to_owned();
                }
            }
            (None, Some(text)) => {
                list.picks.push(Pick { id: state.ids.fresh(), value: text.to_owned(), used: true })
            }
            (None, None) => {}
        }
    }
}

fn update(ctx: &RequestContext, id: i64) -> Reply {
    ctx.require(&["settings", "global_picklist"], "UPDATE")?;
    let body = ctx.body()?;
    let wish = wish(&body)?;
    let mut state = ctx.org.write();
    let Some(place) = state.global_picklists.iter().position(|list| list.id == id) else {
        return Err(ApiError::invalid_id(2));
    };
    let mut list = state.global_picklists[place].clone();
    if let Some(label) = wish.get("display_label").and_then(Node::as_str) {
        list.label = label.to_owned();
    }
    if let Some(text) = wish.get("description") {
        list.description = text.as_str().map(str::to_owned);
    }
    change_values(&mut state, &mut list, wish);
    list.modified = ctx.now();
    let picks = list.picks.clone();
    state.global_picklists[place] = list;
    for field in state
        .modules
        .iter_mut()
        .flat_map(|module| &mut module.meta.fields)
        .filter(|f| f.global_picklist == Some(id))
    {
        field.picks.clone_from(&picks);
    }
    keep(ctx, &mut state, id);
    Ok(Answer::json(200, &done(id, "global picklist updated successfully")))
}

fn delete(ctx: &RequestContext, id: i64) -> Reply {
    ctx.require(&["settings", "global_picklist"], "DELETE")?;
    let mut state = ctx.org.write();
    if !state.global_picklists.iter().any(|list| list.id == id) {
        return Err(ApiError::invalid_id(2));
    }
    if users_of(&state, id).next().is_some() {
        return Err(ApiError::new(
            400,
            "ASSOCIATIONS_EXIST",
            "fields use this picklist",
            json!({"id": id.to_string()}),
        ));
    }
    state.global_picklists.retain(|list| list.id != id);
    let job = state.ids.fresh();
    keep(ctx, &mut state, id);
    Ok(Answer::json(
        202,
        &json!({"global_picklists": [
            {"code": "SCHEDULED", "message": "global picklist deletion is scheduled", "details": {"job_id": job.to_string()}, "status": "success"}
        ]}),
    ))
}

fn associations(ctx: &RequestContext, id: i64) -> Reply {
    ctx.require(&["settings", "global_picklist"], "READ")?;
    let state = ctx.org.read();
    let rows: Vec<Json> = users_of(&state, id)
        .map(|(module, field)| {
            json!({
                "module": {"api_name": module.meta.api_name, "id": module.meta.id.to_string(), "plural_label": module.meta.plural},
                "field": {"api_name": field.api_name, "id": field.id.to_string(), "display_label": field.label},
                "layouts": module.meta.layouts.iter().map(|l| json!({"id": l.id.to_string(), "name": l.name})).collect::<Vec<_>>(),
            })
        })
        .collect();
    match rows.is_empty() {
        true => Ok(Answer::no_content()),
        false => Ok(Answer::json(200, &json!({"associations": rows}))),
    }
}

fn keep(ctx: &RequestContext, state: &mut State, id: i64) {
    let mut commit = Commit::new(ctx);
    commit.settings(state);
    let users: Vec<usize> = state
        .modules
        .iter()
        .enumerate()
        .filter(|(_, module)| module.meta.fields.iter().any(|field| field.global_picklist == Some(id)))
        .map(|(no, _)| no)
        .collect();
    for no in users {
        commit.meta(state, no);
    }
    commit.finish(state);
}
