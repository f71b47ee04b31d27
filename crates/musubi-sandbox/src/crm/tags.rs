//! `/settings/tags` and the actions that put tags on records.

use serde_json::{Value as Json, json};

use super::{commit::Commit, context::RequestContext, modules::mixed_status, record_id, write};
use crate::{
    http::{
        answer::Answer,
        error::{ApiError, Reply},
        json_in::Node,
    },
    org::{
        State,
        events::Operation,
        module::Module,
        record::Record,
        tag::{self, Tag},
    },
};

/// Serves tags.
pub fn route(ctx: &RequestContext, method: &str, rest: &[&str]) -> Reply {
    match (method, rest) {
        ("GET", []) => list(ctx),
        ("POST", []) => create(ctx),
        ("PUT", []) => update(ctx, None),
        ("PUT", [id]) => update(ctx, Some(id)),
        ("DELETE", [id]) => delete(ctx, id),
        ("GET", [id, "actions", "records_count"]) => records_count(ctx, id),
        ("POST", [id, "actions", "merge"]) => merge(ctx, id),
        (_, [] | [_]) => Err(ApiError::invalid_method()),
        _ => Err(ApiError::invalid_url()),
    }
}

fn list(ctx: &RequestContext) -> Reply {
    ctx.require(&["settings", "tags"], "READ")?;
    let state = ctx.org.read();
    let module = state.module(module_name(ctx)?).ok_or_else(ApiError::invalid_module_bare)?;
    let tags: Vec<Json> = module.meta.tags.iter().map(|tag| show(ctx, &state, tag)).collect();
    Ok(Answer::json(200, &json!({"tags": tags, "info": {"count": tags.len(), "allowed_count": tag::MOST}})))
}

/// The module asked for. The documents of tags call the parameter that is missing `param` here …
fn module_name(ctx: &RequestContext) -> Result<&str, ApiError> {
    let missing = ApiError::missing_parameter("module");
    ctx.param("module").ok_or(ApiError { details: json!({"param": "module"}), ..missing })
}

/// … and `param_name`, with a message of its own, at the actions.
fn param_missing(name: &str) -> ApiError {
    ApiError { message: "One of the expected param is missing".into(), ..ApiError::missing_parameter(name) }
}

fn show(ctx: &RequestContext, state: &State, tag: &Tag) -> Json {
    let by = state.user(tag.by).map(|u| json!({"name": u.full_name(), "id": u.id.to_string()}));
    json!({
        "created_time": ctx.org.time(tag.created), "modified_time": ctx.org.time(tag.modified), "name": tag.name,
        "modified_by": by, "id": tag.id.to_string(), "created_by": by, "color_code": tag.color,
    })
}

fn wishes<'n, 'a>(body: &'n Node<'a>) -> Result<&'n [Node<'a>], ApiError> {
    body.get("tags")
        .and_then(Node::as_list)
        .filter(|all| !all.is_empty())
        .ok_or_else(|| ApiError::mandatory("tags", "$.tags"))
}

const FULL: &str = "tags edition limit exceeded";

/// Whether the module may have those of these tags that it does not know yet.
fn has_room(module: &Module, names: &[String]) -> bool {
    let tags = &module.meta.tags;
    let mut new: Vec<String> = names.iter().map(|name| name.to_ascii_lowercase()).collect();
    new.sort_unstable();
    new.dedup();
    new.retain(|name| tags.iter().all(|tag| !tag.name.eq_ignore_ascii_case(name)));
    tags.len() + new.len() <= tag::MOST
}

fn done(ctx: &RequestContext, state: &State, tag: &Tag, message: &str) -> Json {
    json!({"code": "SUCCESS", "details": show(ctx, state, tag), "message": message, "status": "success"})
}

fn refused(code: &str, message: &str, key: &str, at: usize) -> Json {
    json!({"code": code, "details": {"api_name": key, "json_path": format!("$.tags[{at}].{key}")}, "message": message, "status": "error"})
}

fn too_long(at: usize) -> Json {
    let mut entry = refused("INVALID_DATA", "invalid data", "name", at);
    entry["details"]["maximum_length"] = json!(tag::LONGEST);
    entry
}

fn create(ctx: &RequestContext) -> Reply {
    ctx.require(&["settings", "tags"], "CREATE")?;
    let body = ctx.body()?;
    let mut state = ctx.org.write();
    let no = state.module_no(module_name(ctx)?).ok_or_else(ApiError::invalid_module_bare)?;
    let mut entries = Vec::new();
    for (at, wish) in wishes(&body)?.iter().enumerate() {
        let name = wish.get("name").and_then(Node::as_str).map(str::trim).unwrap_or("").to_owned();
        let taken = state.modules[no]
            .meta
            .tags
            .iter()
            .find(|tag| tag.name.eq_ignore_ascii_case(&name))
            .map(|tag| tag.id);
        entries.push(if name.is_empty() {
            refused("MANDATORY_NOT_FOUND", "required field not found", "name", at)
        } else if name.chars().count() > tag::LONGEST {
            too_long(at)
        } else if let Some(taken) = taken {
            let mut entry = refused("DUPLICATE_DATA", "duplicate data", "name", at);
            entry["details"]["id"] = json!(taken.to_string());
            entry
        } else if !has_room(&state.modules[no], std::slice::from_ref(&name)) {
            json!({"code": "LICENSE_LIMIT_EXCEEDED", "details": {}, "message": FULL, "status": "error"})
        } else {
            let color = wish.get("color_code").and_then(Node::as_str).map(str::to_owned);
            let tag = Tag {
                id: state.ids.fresh(),
                name,
                color,
                created: ctx.now(),
                modified: ctx.now(),
                by: ctx.user_id,
            };
            let entry = done(ctx, &state, &tag, "tags created successfully");
            state.modules[no].meta.tags.push(tag);
            entry
        });
    }
    keep(ctx, &mut state, no);
    Ok(Answer::json(mixed_status(&entries, 201), &json!({"tags": entries})))
}

fn update(ctx: &RequestContext, path_id: Option<&str>) -> Reply {
    ctx.require(&["settings", "tags"], "UPDATE")?;
    let body = ctx.body()?;
    let mut state = ctx.org.write();
    let no = state.module_no(module_name(ctx)?).ok_or_else(ApiError::invalid_module_bare)?;
    let mut entries = Vec::new();
    for (at, wish) in wishes(&body)?.iter().enumerate() {
        let id = path_id.and_then(|id| id.parse().ok()).or_else(|| wish.get("id").and_then(Node::as_id));
        let place = state.modules[no].meta.tags.iter().position(|tag| Some(tag.id) == id);
        let Some(place) = place else {
            entries.push(refused("INVALID_DATA", "invalid tag id", "id", at));
            continue;
        };
        let name = wish.get("name").and_then(Node::as_str);
        if name.is_some_and(|name| name.chars().count() > tag::LONGEST) {
            entries.push(too_long(at));
            continue;
        }
        let tag = &mut state.modules[no].meta.tags[place];
        if let Some(name) = name {
            tag.name = name.to_owned();
        }
        if let Some(color) = wish.get("color_code") {
            tag.color = color.as_str().map(str::to_owned);
        }
        tag.modified = ctx.now();
        let tag = tag.clone();
        entries.push(done(ctx, &state, &tag, "tags updated successfully"));
    }
    keep(ctx, &mut state, no);
    Ok(Answer::json(mixed_status(&entries, 200), &json!({"tags": entries})))
}

/// A tag's id alone says which module it is of.
fn delete(ctx: &RequestContext, id: &str) -> Reply {
    ctx.require(&["settings", "tags"], "DELETE")?;
    let id = record_id(id, 2)?;
    let mut state = ctx.org.write();
    let Some((no, at)) = place(&state, id) else {
        return Err(ApiError::new(400, "INVALID_DATA", "invalid tag id", json!({"id": id.to_string()})));
    };
    let tag = state.modules[no].meta.tags.remove(at);
    let entry = done(ctx, &state, &tag, "tags deleted successfully");
    keep(ctx, &mut state, no);
    Ok(Answer::json(200, &json!({"tags": [entry]})))
}

/// The module and place of a tag.
fn place(state: &State, id: i64) -> Option<(usize, usize)> {
    let tags = |(no, module): (usize, &Module)| {
        module.meta.tags.iter().position(|tag| tag.id == id).map(|at| (no, at))
    };
    state.modules.iter().enumerate().find_map(tags)
}

/// How many records carry a tag.
fn records_count(ctx: &RequestContext, id: &str) -> Reply {
    ctx.require(&["settings", "tags"], "READ")?;
    let state = ctx.org.read();
    let module = state.module(ctx.param("module").ok_or_else(|| param_missing("module"))?);
    let module = module.ok_or_else(ApiError::invalid_module_bare)?;
    let id = record_id(id, 2)?;
    if !module.meta.tags.iter().any(|tag| tag.id == id) {
        return Err(ApiError::new(400, "TAG_ID_NOT_FOUND", "invalid tag id", json!({})));
    }
    let count = module.table.iter().filter(|record| record.tags.contains(&id)).count();
    Ok(Answer::json(200, &json!({"count": count.to_string()})))
}

/// Puts the tag of the path in place of the one in `conflict_id`, on every record, and deletes that one.
fn merge(ctx: &RequestContext, id: &str) -> Reply {
    ctx.require(&["settings", "tags"], "UPDATE")?;
    let id = record_id(id, 2)?;
    let body = ctx.body()?;
    let wish = wishes(&body)?.first().ok_or_else(|| ApiError::mandatory("tags", "$.tags"))?;
    let mut state = ctx.org.write();
    let other = wish.get("conflict_id").and_then(Node::as_id).filter(|other| *other != id);
    let places = (place(&state, id), other.and_then(|other| place(&state, other)));
    let (Some((no, at)), Some((other_no, _)), Some(other)) = (places.0, places.1, other) else {
        return Ok(Answer::json(
            400,
            &json!({"tags": [refused("INVALID_DATA", "invalid data", "conflict_id", 0)]}),
        ));
    };
    if no != other_no {
        return Ok(Answer::json(
            400,
            &json!({"tags": [refused("INVALID_DATA", "invalid data", "conflict_id", 0)]}),
        ));
    }
    let carrying: Vec<Record> =
        state.modules[no].table.iter().filter(|record| record.tags.contains(&other)).cloned().collect();
    let field: Vec<u16> = state.modules[no].field_no("Tag").into_iter().collect();
    let mut commit = Commit::new(ctx);
    for mut record in carrying {
        let mut tags = record.tags.to_vec();
        tags.retain(|tag| *tag != other && *tag != id);
        tags.push(id);
        record.tags = tags.into_boxed_slice();
        (record.modified, record.modified_by) = (ctx.now(), ctx.user_id);
        commit.put(&mut state, no, record, Operation::Update, field.clone());
    }
    state.modules[no].meta.tags[at].modified = ctx.now();
    let tag = state.modules[no].meta.tags[at].clone();
    state.modules[no].meta.tags.retain(|tag| tag.id != other);
    commit.meta(&state, no);
    commit.finish(&mut state);
    let mut entry = done(ctx, &state, &tag, "tags merged successfully");
    if let Some(details) = entry["details"].as_object_mut() {
        details.remove("name");
    }
    Ok(Answer::json(200, &json!({"tags": [entry]})))
}

fn keep(ctx: &RequestContext, state: &mut State, no: usize) {
    let mut commit = Commit::new(ctx);
    commit.meta(state, no);
    commit.finish(state);
}

/// Whether an action adds tags or takes them away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// `add_tags`.
    Add,
    /// `remove_tags`.
    Remove,
}

/// `POST /{module}[/{id}]/actions/add_tags|remove_tags`.
pub fn change(ctx: &RequestContext, module_name: &str, path_id: Option<&str>, change: Change) -> Reply {
    ctx.require(&["settings", "tags"], "UPDATE")?;
    let body = Node::parse(&ctx.request.body).unwrap_or(Node::Null);
    let ids: Vec<i64> = match path_id {
        Some(id) => vec![record_id(id, 1)?],
        None => match (body.get("ids").and_then(Node::as_list), ctx.request.query.list("ids")) {
            (Some(ids), _) => ids.iter().filter_map(Node::as_id).collect(),
            (None, Some(ids)) => ids.iter().filter_map(|id| id.parse().ok()).collect(),
            _ => return Err(param_missing("ids")),
        },
    };
    if ids.len() > 500 {
        return Err(ApiError::limit(500));
    }
    ctx.charge((ids.len() as u64).div_ceil(50));
    let from_query: Vec<String> =
        ctx.request.query.list("tag_names").unwrap_or_default().iter().map(|n| (*n).to_owned()).collect();
    let names: Vec<String> = match body.get("tags").and_then(Node::as_list) {
        Some(tags) => {
            tags.iter().filter_map(|t| t.get("name").and_then(Node::as_str)).map(str::to_owned).collect()
        }
        None => from_query,
    };
    if names.is_empty() {
        return Err(match (change, path_id) {
            (Change::Add, None) => param_missing("tags"),
            // The documents of the other paths know no code for what is missing, only this one with a message of any kind.
            _ => {
                let details = json!({"api_name": "tags", "json_path": "$.tags"});
                ApiError::new(400, "INVALID_DATA", "required field not found", details)
            }
        });
    }
    if let Some(at) = names.iter().position(|name| name.chars().count() > tag::LONGEST) {
        return Ok(Answer::json(400, &too_long(at)));
    }
    let overwrite =
        body.get("over_write") == Some(&Node::Bool(true)) || ctx.param("over_write") == Some("true");
    let mut state = ctx.org.write();
    let no = state.module_no(module_name).ok_or_else(ApiError::invalid_module_bare)?;
    if change == Change::Add && !has_room(&state.modules[no], &names) {
        return Err(ApiError::new(400, "LICENSE_LIMIT_EXCEEDED", FULL, json!({})));
    }
    let mut commit = Commit::new(ctx);
    let tags: Vec<i64> = match change {
        Change::Add => names.iter().map(|name| write::tag_id(ctx, &mut state, no, name)).collect(),
        Change::Remove => {
            let known = &state.modules[no].meta.tags;
            known
                .iter()
                .filter(|tag| names.iter().any(|n| n.eq_ignore_ascii_case(&tag.name)))
                .map(|tag| tag.id)
                .collect()
        }
    };
    let entries: Vec<Json> = ids
        .iter()
        .map(|id| change_one(ctx, &mut state, &mut commit, no, *id, &tags, change, overwrite))
        .collect();
    commit.finish(&mut state);
    let success = entries.iter().filter(|entry| entry["status"] == "success").count();
    let mut answer = json!({"data": entries, "locked_count": "0"});
    if change == Change::Add {
        answer["success_count"] = json!(success.to_string());
    }
    Ok(Answer::json(if success == 0 { 400 } else { 200 }, &answer))
}

#[expect(clippy::too_many_arguments, reason = "one step of the loop above, nothing else")]
fn change_one(
    ctx: &RequestContext,
    state: &mut State,
    commit: &mut Commit<'_>,
    no: usize,
    id: i64,
    tags: &[i64],
    change: Change,
    overwrite: bool,
) -> Json {
    let Some(old) = state.modules[no].table.get(id) else {
        return json!({"code": "INVALID_DATA", "details": {"id": id.to_string()}, "message": "invalid data", "status": "error"});
    };
    let mut record = old.clone();
    let mut all: Vec<i64> = if overwrite { Vec::new() } else { record.tags.to_vec() };
    match change {
        Change::Add => tags.iter().for_each(|tag| {
            if !all.contains(tag) {
                all.push(*tag)
            }
        }),
        Change::Remove => all.retain(|tag| !tags.contains(tag)),
    }
    record.tags = all.into_boxed_slice();
    record.modified = ctx.now();
    record.modified_by = ctx.user_id;
    let module = &state.modules[no];
    let shown: Vec<Json> = record
        .tags
        .iter()
        .filter_map(|id| module.meta.tags.iter().find(|tag| tag.id == *id))
        .map(|tag| json!({"name": tag.name, "id": tag.id.to_string(), "color_code": tag.color}))
        .collect();
    let field = module.field_no("Tag").into_iter().collect();
    commit.put(state, no, record, Operation::Update, field);
    json!({
        "code": "SUCCESS",
        "details": {"modifiedTime": ctx.org.time(ctx.now()), "id": id.to_string(), "tags": shown},
        "message": "tags updated successfully", "status": "success",
    })
}
