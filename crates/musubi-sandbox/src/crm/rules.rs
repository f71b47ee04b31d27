//! Runs workflow rules after a commit: the org's own automations, which a sync must live with.

use serde_json::{Map, Value as Json, json};

use super::{
    commit::Commit,
    context::RequestContext,
    upkeep,
    validate::{self, Place},
};
use crate::{
    criteria::{self, record::RecordRow},
    http::{error::ApiError, json_in::Node},
    org::{
        State,
        events::{Operation, RecordEvent},
        rule::{Rule, Trigger},
    },
};

/// The automations a write may name.
const TRIGGERS: [&str; 5] = ["workflow", "approval", "blueprint", "pathfinder", "orchestration"];

/// Whether a write wants the workflow rules to run: unless its `trigger` leaves them out.
pub fn wanted(body: &Node<'_>) -> Result<bool, ApiError> {
    let Some(list) = body.get("trigger").filter(|list| **list != Node::Null) else { return Ok(true) };
    let list = list.as_list().ok_or_else(|| ApiError::invalid_body("jsonarray", "trigger", "$.trigger"))?;
    // Harder: a name that is no automation is refused, not passed over.
    for (at, name) in list.iter().enumerate() {
        if !name.as_str().is_some_and(|name| TRIGGERS.contains(&name)) {
            return Err(ApiError::new(
                400,
                "INVALID_DATA",
                "invalid data",
                json!({"api_name": "trigger", "json_path": format!("$.trigger[{at}]"), "supported_values": TRIGGERS}),
            ));
        }
    }
    Ok(list.iter().any(|name| name.as_str() == Some("workflow")))
}

/// Runs the rules that the commit's events set off. What a rule changes sets off no further rule.
pub fn run(ctx: &RequestContext, state: &mut State, commit: &mut Commit<'_>) {
    if state.rules.is_empty() {
        return;
    }
    let (rules, events) = (state.rules.clone(), commit.events.clone());
    for event in &events {
        for rule in &rules {
            if state.module_no(&rule.module) == Some(event.module) && applies(ctx, state, rule, event) {
                update(ctx, state, commit, rule, event);
            }
        }
    }
}

fn applies(ctx: &RequestContext, state: &State, rule: &Rule, event: &RecordEvent) -> bool {
    let right_moment = match event.operation {
        Operation::Insert => rule.on != Trigger::Edit,
        Operation::Update => rule.on != Trigger::Create,
        Operation::Delete => false,
    };
    let module = &state.modules[event.module];
    let right_field = rule.fields.is_empty()
        || event
            .changed_fields
            .iter()
            .any(|no| rule.fields.contains(&module.meta.fields[*no as usize].api_name));
    if !right_moment || !right_field {
        return false;
    }
    let Some(record) = module.table.get(event.id) else { return false };
    if rule.when.is_empty() {
        return true;
    }
    let view = serde_json::json!({"group_operator": "and", "group": rule.when.iter().map(|when| serde_json::json!({
        "field": {"api_name": when.field}, "comparator": when.comparator, "type": "value", "value": when.value,
    })).collect::<Vec<_>>()});
    let setting = super::views::setting(ctx);
    criteria::parse_view(&view, &setting)
        .is_ok_and(|tree| criteria::matches(&tree, &RecordRow { state, module, record }))
}

fn update(
    ctx: &RequestContext,
    state: &mut State,
    commit: &mut Commit<'_>,
    rule: &Rule,
    event: &RecordEvent,
) {
    let module = &state.modules[event.module];
    let Some(old) = module.table.get(event.id) else { return };
    let values: Map<String, Json> = rule
        .set
        .iter()
        .map(|(key, value)| match value {
            Json::String(text) => {
                (key.clone(), Json::String(fill(text, |name| module.text(old, name).to_owned())))
            }
            other => (key.clone(), other.clone()),
        })
        .collect();
    let values = Json::Object(values);
    let Ok(draft) = validate::draft(state, event.module, &Node::from_json(&values), Place(0)) else { return };
    let mut record = old.clone();
    let changed: Vec<u16> =
        draft.sets.into_iter().filter_map(|(no, value)| record.set(no, value).then_some(no)).collect();
    if let Some(owner) = draft.owner {
        record.owner = owner;
    }
    record.modified = ctx.now();
    record.modified_by = event.by_user;
    upkeep::derive(&state.modules[event.module], &mut record, ctx.now());
    commit.put(state, event.module, record, Operation::Update, changed);
}

/// Puts field texts in place of `{Field_Name}`.
fn fill(template: &str, text_of: impl Fn(&str) -> String) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        match after.split_once('}') {
            Some((name, tail)) => {
                out.push_str(&text_of(name));
                rest = tail;
            }
            None => {
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates() {
        assert_eq!(fill("{A}-x-{B}{", |name| name.to_lowercase()), "a-x-b{");
    }
}
