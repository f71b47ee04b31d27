//! `POST /{module}/{id}/actions/merge`: one or two duplicates are merged into a master record.
//!
//! The master takes the values that are asked for and everything that hung on the duplicates, which go to the recycle bin like any deleted record. Notifications tell of
//! an update and of deletions; nothing but the master's timeline says what happened. It is done by the time it is answered: no job is made.

use serde_json::json;

use super::{commit::Commit, context::RequestContext, linked_rows, record_id, rules, validate::Place};
use crate::{
    http::{
        answer::Answer,
        error::{ApiError, Reply},
        json_in::Node,
    },
    org::{
        State,
        events::Operation,
        kind::Kind,
        record::{FieldNo, Record},
        state::Merge,
        value::Value,
    },
};

/// Modules whose records can be merged; so can those of custom modules.
const MODULES: [&str; 7] = ["Accounts", "Contacts", "Leads", "Deals", "Cases", "Campaigns", "Vendors"];

/// Merges records.
pub fn merge(ctx: &RequestContext, module_name: &str, master: &str) -> Reply {
    ctx.require(&["modules", module_name], "CREATE")?;
    let master = record_id(master, 1)?;
    let body = ctx.body()?;
    let wish = body.get("merge").and_then(Node::as_list).and_then(<[_]>::first);
    let children = wish.and_then(|wish| wish.get("data")).and_then(Node::as_list);
    let children = children
        .filter(|list| !list.is_empty())
        .ok_or_else(|| ApiError::mandatory("data", "$.merge[0].data"))?;
    if children.len() > 2 {
        return refuse(
            "LIMIT_EXCEEDED",
            "more records than can be merged",
            json!({"json_path": "$.merge[0].data"}),
        );
    }
    let mut state = ctx.org.write();
    let module = state.module_no(module_name).ok_or_else(ApiError::invalid_module)?;
    if !(MODULES.contains(&module_name) || state.modules[module].meta.custom) {
        return refuse("NOT_ALLOWED", "the records of this module cannot be merged", json!({}));
    }
    let Some(mut record) = state.modules[module].table.get(master).cloned() else {
        return Err(ApiError::invalid_id(1));
    };
    let (mut merged, mut changed) = (Vec::new(), Vec::new());
    for (at, child) in children.iter().enumerate() {
        let path = format!("$.merge[0].data[{at}].id");
        let id = child.get("id").and_then(Node::as_id).filter(|id| *id != master && !merged.contains(id));
        let Some(loser) = id.and_then(|id| state.modules[module].table.get(id).cloned()) else {
            return refuse("INVALID_DATA", "invalid data", json!({"api_name": "id", "json_path": path}));
        };
        for field in child.get("_fields").and_then(Node::as_list).unwrap_or(&[]) {
            let name = field.get("api_name").and_then(Node::as_str).unwrap_or_default();
            let Some(no) = state.modules[module].field_no(name) else {
                return refuse("INVALID_DATA", "invalid data", json!({"api_name": name, "json_path": path}));
            };
            if record.set(no, loser.get(no).cloned()) {
                changed.push(no);
            }
        }
        merged.push(loser.id);
    }
    let mut commit = Commit::new(ctx);
    // First they go: a unique value that the master takes over is free then.
    for loser in &merged {
        commit.delete(&mut state, module, *loser);
        hand_over(ctx, &mut state, &mut commit, module, *loser, master);
    }
    (record.modified, record.modified_by) = (ctx.now(), ctx.user_id);
    commit.put(&mut state, module, record, Operation::Update, changed);
    state.merges.push(Merge { module, master, merged, time: ctx.now(), by: ctx.user_id });
    rules::run(ctx, &mut state, &mut commit);
    commit.finish(&mut state);
    Ok(Answer::json(
        200,
        &json!({"merge": [{
            "code": "SUCCESS", "details": {"id": master.to_string()}, "message": "Records merged successfully", "status": "success"
        }]}),
    ))
}

fn refuse(code: &str, message: &str, details: serde_json::Value) -> Reply {
    let error = json!({"code": code, "details": details, "message": message, "status": "error"});
    Ok(Answer::json(400, &json!({"merge": [error]})))
}

/// Whatever pointed to the record points to the other one from now on: notes, activities, attachments, records of all modules.
fn hand_over(
    ctx: &RequestContext,
    state: &mut State,
    commit: &mut Commit<'_>,
    module: usize,
    from: i64,
    to: i64,
) {
    let name = state.modules[module].meta.api_name.clone();
    let mut pointing: Vec<(usize, FieldNo, Value)> = Vec::new();
    for (no, other) in state.modules.iter().enumerate() {
        for (field, told) in other.fields() {
            match told.kind {
                Kind::Lookup if told.targets.contains(&name) => pointing.push((no, field, Value::Lookup(to))),
                Kind::MultiModuleLookup => pointing.push((no, field, Value::ModuleLookup(module as u16, to))),
                _ => {}
            }
        }
    }
    for (no, field, value) in pointing {
        let old = match &value {
            Value::Lookup(_) => Value::Lookup(from),
            _ => Value::ModuleLookup(module as u16, from),
        };
        let table = &state.modules[no].table;
        let hanging: Vec<Record> = table
            .candidates(field, from)
            .into_iter()
            .flatten()
            .filter(|one| one.get(field) == Some(&old))
            .cloned()
            .collect();
        for mut one in hanging {
            one.set(field, Some(value.clone()));
            one.modified = ctx.now();
            if linked_rows::check_alone(&state.modules[no], &one, Place(0)).is_err() {
                // The master is linked with that one already.
                commit.delete(state, no, one.id);
                continue;
            }
            commit.put(state, no, one, Operation::Update, vec![field]);
        }
    }
}
