//! `POST /settings/global_picklists/{id}/actions/replace_picklist_values`: one value in place of another, on every record.

use serde_json::{Value as Json, json};

use super::{commit::Commit, context::RequestContext, modules::mixed_status};
use crate::{
    http::{
        answer::Answer,
        error::{ApiError, Reply},
        json_in::Node,
    },
    org::{State, events::Operation, people::GlobalPicklist, record::FieldNo, record::Record, value::Value},
};

/// Replaces values; it is done by the time it is answered.
pub fn replace(ctx: &RequestContext, id: i64) -> Reply {
    ctx.require(&["settings", "global_picklist"], "UPDATE")?;
    let key = "replace_picklist_values";
    let body = ctx.body()?;
    let wishes = body.get(key).and_then(Node::as_list).filter(|all| !all.is_empty());
    let wishes = wishes.ok_or_else(|| ApiError::mandatory(key, "$.replace_picklist_values"))?;
    let mut state = ctx.org.write();
    let list = state.global_picklists.iter().find(|list| list.id == id).cloned();
    let list = list.ok_or_else(|| ApiError::invalid_id(2))?;
    let mut commit = Commit::new(ctx);
    let entries: Vec<Json> = wishes
        .iter()
        .enumerate()
        .map(|(at, wish)| match (value(&list, wish, "old_value"), value(&list, wish, "new_value")) {
            (Some(old), Some(new)) if old != new => {
                replace_one(ctx, &mut state, &mut commit, id, &old, &new);
                json!({"code": "SUCCESS", "details": {}, "message": "picklist values replaced", "status": "success"})
            }
            _ => {
                let details = json!({"api_name": "old_value", "json_path": format!("$.{key}[{at}].old_value")});
                json!({"code": "INVALID_DATA", "details": details, "message": "invalid data", "status": "error"})
            }
        })
        .collect();
    commit.finish(&mut state);
    Ok(Answer::json(mixed_status(&entries, 200), &json!({key: entries})))
}

/// A value of the picklist, named by id or by itself.
fn value(list: &GlobalPicklist, wish: &Node<'_>, key: &str) -> Option<String> {
    let node = wish.get(key)?;
    let (id, text) = (node.get("id").and_then(Node::as_id), node.get("display_value").and_then(Node::as_str));
    let fits = |pick: &&crate::org::field::Pick| {
        Some(pick.id) == id || (id.is_none() && Some(pick.value.as_str()) == text)
    };
    list.picks.iter().find(fits).map(|pick| pick.value.clone())
}

fn replace_one(
    ctx: &RequestContext,
    state: &mut State,
    commit: &mut Commit<'_>,
    id: i64,
    old: &str,
    new: &str,
) {
    for no in 0..state.modules.len() {
        let fields: Vec<FieldNo> = state.modules[no]
            .fields()
            .filter(|(_, field)| field.global_picklist == Some(id))
            .map(|(field, _)| field)
            .collect();
        for field in fields {
            let holding: Vec<Record> = state.modules[no]
                .table
                .iter()
                .filter(|record| match record.get(field) {
                    Some(Value::Text(text)) => text == old,
                    Some(Value::Many(values)) => values.iter().any(|value| value == old),
                    _ => false,
                })
                .cloned()
                .collect();
            for mut record in holding {
                let changed = match record.get(field) {
                    Some(Value::Many(values)) => {
                        let mut kept: Vec<_> =
                            values.iter().filter(|v| *v != old && *v != new).cloned().collect();
                        kept.push(new.into());
                        Value::Many(kept.into_boxed_slice())
                    }
                    _ => Value::Text(new.into()),
                };
                record.set(field, Some(changed));
                (record.modified, record.modified_by) = (ctx.now(), ctx.user_id);
                commit.put(state, no, record, Operation::Update, vec![field]);
            }
        }
    }
}
