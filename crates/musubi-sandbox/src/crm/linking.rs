//! Linking modules: making one for a multi-select or multi-user lookup, and how such a field is described.
//!
//! The vendor's documents show how a multi-select lookup is asked for, but not a multi-user lookup: its `multiuserlookup`
//! may name the linking module and grant access to the record, and may be left out.

use serde_json::{Value as Json, json};

use super::{
    field_changes::{self, Refusal, api_name, free_name},
    fields, related_lists,
};
use crate::{
    http::json_in::Node,
    org::{
        State,
        field::{Field, Links, Source},
        kind::Kind,
        module::Module,
        setup,
    },
};

/// Modules whose records cannot be given several users.
const WITHOUT_USERS: [&str; 3] = ["Tasks", "Events", "Calls"];

fn refusal(code: &'static str, path: &str, at: usize) -> Refusal {
    let (code, message, mut details) = field_changes::refusal(code, path, at);
    details["api_name"] = json!(path.rsplit('.').next());
    (code, message, details)
}

/// What is at a path of a wish.
fn find<'n, 'a>(wish: &'n Node<'a>, path: &str) -> Option<&'n Node<'a>> {
    path.split('.').try_fold(wish, |node, key| node.get(key))
}

/// A label at a path of a wish; `None` when there is none.
fn label(wish: &Node<'_>, path: &str, at: usize) -> Result<Option<String>, Refusal> {
    let text = find(wish, path).and_then(Node::as_str).map(str::trim).filter(|text| !text.is_empty());
    if text.is_some_and(|text| text.chars().count() > field_changes::LONGEST_LABEL) {
        let (code, message, mut details) = refusal("INVALID_DATA", path, at);
        details["maximum_length"] = json!(field_changes::LONGEST_LABEL);
        return Err((code, message, details));
    }
    Ok(text.map(str::to_owned))
}

/// Makes the linking module of a new field, and the field on the other side. Nothing is made when it is refused.
pub fn make(
    state: &mut State,
    no: usize,
    field: &mut Field,
    wish: &Node<'_>,
    at: usize,
) -> Result<(), Refusal> {
    let meta = &state.modules[no].meta;
    let users = field.kind == Kind::MultiUserLookup;
    if !meta.tab || (users && WITHOUT_USERS.contains(&meta.api_name.as_str())) {
        return Err(refusal("INVALID_DATA", "data_type", at));
    }
    if users {
        make_for_users(state, no, field, wish, at)
    } else {
        make_for_records(state, no, field, wish, at)
    }
}

fn make_for_records(
    state: &mut State,
    no: usize,
    field: &mut Field,
    wish: &Node<'_>,
    at: usize,
) -> Result<(), Refusal> {
    let missing = |path: &str| refusal("MANDATORY_NOT_FOUND", path, at);
    let path = "multiselectlookup.connected_details.module.api_name";
    let name = find(wish, path).and_then(Node::as_str).ok_or_else(|| missing(path))?;
    let connected = state.module_no(name).filter(|connected| state.modules[*connected].meta.tab);
    let connected = connected.ok_or_else(|| refusal("INVALID_DATA", path, at))?;
    let path = "multiselectlookup.connected_details.field.field_label";
    let mirror_label = label(wish, path, at)?.ok_or_else(|| missing(path))?;
    let taken = state.modules[connected].fields().any(|(_, f)| f.label.eq_ignore_ascii_case(&mirror_label));
    if taken || (connected == no && field.label.eq_ignore_ascii_case(&mirror_label)) {
        return Err(refusal("DUPLICATE_DATA", path, at));
    }
    let path = "multiselectlookup.linking_details.module.plural_label";
    let linking_label = label(wish, path, at)?.ok_or_else(|| missing(path))?;

    // On either side the key inside a row has the name of the field itself.
    let reserved = if connected == no { field.api_name.as_str() } else { "" };
    let mirror_name = free_name(&state.modules[connected], &api_name(&mirror_label), reserved);
    let (own_name, other_name) = (end_name(&mirror_name, &field.api_name), field.api_name.clone());
    let mut own = Field::new(state.ids.fresh(), &own_name, &mirror_label, Kind::Lookup);
    own.targets = vec![state.modules[no].meta.api_name.clone()];
    let mut other = Field::new(state.ids.fresh(), &other_name, &field.label, Kind::Lookup);
    other.targets = vec![state.modules[connected].meta.api_name.clone()];
    let linking = add_module(state, &linking_label, [own, other]);

    let mut mirror = Field::new(state.ids.fresh(), &mirror_name, &mirror_label, Kind::MultiSelectLookup);
    mirror.custom = true;
    mirror.targets = vec![linking.clone()];
    mirror.source =
        Source::Links(Links { own: other_name.clone(), other: own_name.clone(), record_access: false });
    field.targets = vec![linking];
    field.source = Source::Links(Links { own: own_name, other: other_name, record_access: false });
    field_changes::put_in(&mut state.modules[connected], mirror);
    Ok(())
}

fn make_for_users(
    state: &mut State,
    no: usize,
    field: &mut Field,
    wish: &Node<'_>,
    at: usize,
) -> Result<(), Refusal> {
    let key = if wish.get("multiuserlookup").is_some() { "multiuserlookup" } else { "multiselectlookup" };
    let meta = &state.modules[no].meta;
    let (module, singular) = (meta.api_name.clone(), meta.singular.clone());
    let usual = || format!("{} X Users", meta.plural).chars().take(field_changes::LONGEST_LABEL).collect();
    let linking_label =
        label(wish, &format!("{key}.linking_details.module.plural_label"), at)?.unwrap_or_else(usual);
    let record_access = find(wish, &format!("{key}.record_access")) == Some(&Node::Bool(true));

    let (own_name, other_name) = (end_name(&module, &field.api_name), field.api_name.clone());
    let mut own = Field::new(state.ids.fresh(), &own_name, &singular, Kind::Lookup);
    own.targets = vec![module];
    let other = Field::new(state.ids.fresh(), &other_name, &field.label, Kind::UserLookup);
    field.targets = vec![add_module(state, &linking_label, [own, other])];
    field.source = Source::Links(Links { own: own_name, other: other_name, record_access });
    Ok(())
}

/// The name of one end of a linking module, which must not be that of the other.
fn end_name(wanted: &str, other: &str) -> String {
    if wanted == other { format!("{wanted}1") } else { wanted.to_owned() }
}

/// Adds a linking module between what these fields point at; gives its API name.
fn add_module(state: &mut State, label: &str, mut ends: [Field; 2]) -> String {
    for end in &mut ends {
        // A row without one of them would link nothing.
        (end.custom, end.mandatory) = (true, true);
    }
    let name = field_changes::free_module_name(state, &api_name(label));
    let meta = setup::linking_module(&mut state.ids, &name, label, ends);
    state.modules.push(Module::new(meta));
    state.refresh_names();
    name
}

/// The modules, besides itself, whose metadata change with a field of this module that links: linking modules, and those
/// on their other side.
pub fn touched(state: &State, module: &str) -> Vec<usize> {
    let targets = |linking: &Module| -> Vec<String> {
        let lookups = linking.fields().filter(|(_, field)| field.kind == Kind::Lookup);
        lookups.flat_map(|(_, field)| field.targets.clone()).collect()
    };
    let mut touched = Vec::new();
    for (no, linking) in state.modules.iter().enumerate().filter(|(_, m)| m.meta.linking.is_some()) {
        let targets = targets(linking);
        if targets.iter().any(|target| target == module) {
            let others = targets.iter().filter(|target| *target != module);
            touched.extend(others.filter_map(|target| state.module_no(target)));
            touched.push(no);
        }
    }
    touched.sort_unstable();
    touched.dedup();
    touched
}

/// The field on the other side of a multi-select lookup: its module, and the field.
pub fn mirror<'a>(state: &'a State, field: &Field) -> Option<(usize, &'a Field)> {
    let (links, linking) = (field.links()?, state.module(field.targets.first()?)?);
    let connected = state.module_no(linking.field(&links.other)?.targets.first()?)?;
    let mirrors = |other: &&Field| {
        other.targets == field.targets && other.links().is_some_and(|other| other.own == links.other)
    };
    let fields = state.modules[connected].fields().map(|(_, field)| field);
    fields.into_iter().find(mirrors).map(|mirror| (connected, mirror))
}

/// Adds what metadata say of a field that links.
pub fn describe(state: &State, module: &Module, field: &Field, shown: &mut Json) {
    let Some(links) = field.links() else { return };
    let Some(linking) = field.targets.first().and_then(|name| state.module(name)) else { return };
    let named = |field: &Field| json!({"api_name": field.api_name, "field_label": field.label, "id": field.id.to_string()});
    let end = |name: &str| linking.field(name).map(named);
    let meta = &linking.meta;
    let mut details = json!({
        "module": {"plural_label": meta.plural, "api_name": meta.api_name, "id": meta.id.to_string()},
        "lookup_field": end(&links.own), "connected_lookup_field": end(&links.other),
    });
    if field.kind == Kind::MultiUserLookup {
        shown["multiuserlookup"] = json!({"linking_details": details, "record_access": links.record_access});
        return;
    }
    details["module"]["visibility"] = json!(1);
    shown["multiselectlookup"] = json!({"linking_details": details});
    let Some((connected, mirror)) = mirror(state, field) else { return };
    let connected = &state.modules[connected].meta;
    let layouts: Vec<Json> = connected
        .layouts
        .iter()
        .map(|layout| json!({"api_name": api_name(&layout.name), "id": layout.id.to_string()}))
        .collect();
    shown["multiselectlookup"]["connected_details"] = json!({
        "field": named(mirror), "layouts": layouts,
        "module": {"plural_label": connected.plural, "api_name": connected.api_name, "id": connected.id.to_string()},
    });
    if let Some(own) = linking.field(&links.own) {
        shown["multiselectlookup"]["related_list"] = json!({
            "display_label": meta.plural, "api_name": fields::related_name(linking, own),
            "id": related_lists::id(module, own),
        });
    }
}
