//! What is different between two configurations of a module pair, in the words of the configuration.

use crate::config::{FieldPair, Fields, ModuleConfig};
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// One line per key that is different; the list of fields pair by pair.
pub(crate) fn module_differences(old: &ModuleConfig, new: &ModuleConfig) -> Vec<String> {
    let mut lines = keys_that_differ(&members(old), &members(new), &["fields", "state", "paused"]);
    let (was, is) = (old.state.unwrap_or_default(), new.state.unwrap_or_default());
    if was != is {
        lines.insert(0, format!("state: {} → {}", was.name(), is.name()));
    }
    let is_paused = |module: &ModuleConfig| module.paused == Some(true);
    if is_paused(old) != is_paused(new) {
        lines.insert(0, format!("paused: {} → {}", is_paused(old), is_paused(new)));
    }
    lines.extend(fields(&old.fields, &new.fields));
    lines
}

/// One line per key that is different between two tables of the configuration.
pub(crate) fn table_differences(old: &impl Serialize, new: &impl Serialize) -> Vec<String> {
    keys_that_differ(&members(old), &members(new), &[])
}

fn fields(old: &Fields, new: &Fields) -> Vec<String> {
    let named = |pair: &FieldPair| format!("{} ↔ {}", pair.left, pair.right);
    let (old, new) = match (old, new) {
        (Fields::List(old), Fields::List(new)) => (old, new),
        (Fields::Named(_), Fields::Named(_)) => return Vec::new(),
        (Fields::Named(_), Fields::List(new)) => {
            return vec![format!("fields: same_name → a list of {}", new.len())];
        }
        (Fields::List(old), Fields::Named(_)) => {
            return vec![format!("fields: a list of {} → same_name", old.len())];
        }
    };
    let find = |list: &[FieldPair], pair: &FieldPair| {
        list.iter().find(|one| one.left == pair.left && one.right == pair.right).cloned()
    };
    let mut lines = Vec::new();
    for pair in new {
        match find(old, pair) {
            None => lines.push(format!("fields: {} is added", named(pair))),
            Some(before) => {
                let changed = keys_that_differ(&members(&before), &members(pair), &["left", "right"]);
                lines.extend(changed.into_iter().map(|line| format!("fields: {}: {line}", named(pair))));
            }
        }
    }
    let gone = old.iter().filter(|pair| find(new, pair).is_none());
    lines.extend(gone.map(|pair| format!("fields: {} is taken out", named(pair))));
    lines
}

fn members(config: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(config) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    }
}

/// A value of the configuration as a file writes it; a plain text without its quotes.
pub(crate) fn in_words(value: &impl Serialize) -> String {
    said(serde_json::to_value(value).ok().as_ref())
}

fn said(value: Option<&Value>) -> String {
    match value {
        // A key that stands nowhere has its default.
        None | Some(Value::Null) => "(default)".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => written(other),
    }
}

fn written(value: &Value) -> String {
    let all = |parts: Vec<String>| parts.join(", ");
    match value {
        Value::Array(items) => format!("[{}]", all(items.iter().map(written).collect())),
        Value::Object(members) => {
            let members = members.iter().filter(|(_, value)| !value.is_null());
            format!(
                "{{ {} }}",
                all(members.map(|(key, value)| format!("{key} = {}", written(value))).collect())
            )
        }
        other => other.to_string(),
    }
}

fn keys_that_differ(old: &Map<String, Value>, new: &Map<String, Value>, but: &[&str]) -> Vec<String> {
    let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let differing =
        keys.into_iter().filter(|key| !but.contains(&key.as_str()) && old.get(*key) != new.get(*key));
    differing.map(|key| format!("{key}: {} → {}", said(old.get(key)), said(new.get(key)))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn module(rest: &str) -> ModuleConfig {
        let text = format!(
            "[connections.a]\nservice = \"crm\"\ndata_centre = \"eu\"\n[connections.b]\nservice = \"crm\"\ndata_centre = \"eu\"\n\
             [integrations.i]\nleft = \"a\"\nright = \"b\"\n[[integrations.i.modules]]\nleft = \"Leads\"\nright = \"Leads\"\n{rest}\n"
        );
        Config::parse(&text).unwrap().integrations["i"].modules[0].clone()
    }

    fn check(old: &str, new: &str, expect: &[&str]) {
        assert_eq!(module_differences(&module(old), &module(new)), expect, "{old} → {new}");
    }

    #[test]
    fn each_key_is_told_in_the_words_of_the_configuration() {
        check("", "", &[]);
        check("conflict = \"hold\"", "conflict = \"left\"", &["conflict: hold → left"]);
        check("", "blank = \"keep\"", &["blank: (default) → keep"]);
        check(
            "match = [\"Email\"]",
            "match = [\"Email\", \"Phone\"]",
            &["match: [\"Email\"] → [\"Email\", \"Phone\"]"],
        );
    }

    #[test]
    fn fields_are_told_pair_by_pair() {
        let list = |pairs: &str| format!("fields = [{pairs}]");
        let email = "{ left = \"Email\", right = \"Mail\" }";
        check("", &list(email), &["fields: same_name → a list of 1"]);
        check(&list(email), "", &["fields: a list of 1 → same_name"]);
        let other = "{ left = \"City\", right = \"City\" }";
        check(
            &list(email),
            &list(other),
            &["fields: City ↔ City is added", "fields: Email ↔ Mail is taken out"],
        );
        let held = "{ left = \"Email\", right = \"Mail\", conflict = \"hold\" }";
        check(&list(email), &list(held), &["fields: Email ↔ Mail: conflict: (default) → hold"]);
    }
}
