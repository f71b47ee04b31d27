//! `PATCH /settings/layouts/{id}`: sections, fields on them, what a page requires.

use serde_json::json;

use super::{commit::Commit, context::RequestContext, field_changes};
use crate::{
    http::{
        answer::Answer,
        error::{ApiError, Reply},
        json_in::Node,
    },
    org::{
        State,
        layout::{Placed, Section},
    },
};

/// The most sections, and the most fields of a section, in one call.
const MOST: usize = 5;

/// Changes a layout.
pub fn update(ctx: &RequestContext, id: &str) -> Reply {
    ctx.require(&["settings", "layouts"], "UPDATE")?;
    let body = ctx.body()?;
    let wishes = body.get("layouts").and_then(Node::as_list).unwrap_or(&[]);
    let [wish] = wishes else { return Err(ApiError::mandatory("layouts", "$.layouts")) };
    let mut state = ctx.org.write();
    let no = state.module_no(ctx.required_param("module")?).ok_or_else(ApiError::invalid_module_parameter)?;
    let place = state.modules[no].meta.layouts.iter().position(|layout| layout.id.to_string() == id);
    let Some(place) = place else { return Err(ApiError::invalid_id(2)) };
    let sections = wish.get("sections").and_then(Node::as_list).unwrap_or(&[]);
    if sections.len() > MOST {
        return Err(ApiError::limit(MOST));
    }
    if let Some(name) = wish.get("name").and_then(Node::as_str) {
        state.modules[no].meta.layouts[place].name = name.to_owned();
    }
    for (at, section) in sections.iter().enumerate() {
        change_section(&mut state, no, place, section, at)?;
    }
    let layout = &mut state.modules[no].meta.layouts[place];
    layout.modified = Some(ctx.now());
    let id = layout.id.to_string();
    state.modules[no].refresh_names();
    let mut commit = Commit::new(ctx);
    commit.meta(&state, no);
    commit.finish(&mut state);
    Ok(Answer::json(
        200,
        &json!({"layouts": [
            {"code": "SUCCESS", "details": {"id": id}, "message": "layout updated successfully", "status": "success"}
        ]}),
    ))
}

fn change_section(
    state: &mut State,
    no: usize,
    place: usize,
    wish: &Node<'_>,
    at: usize,
) -> Result<(), ApiError> {
    let fields = wish.get("fields").and_then(Node::as_list).unwrap_or(&[]);
    if fields.len() > MOST {
        return Err(ApiError::limit(MOST));
    }
    let section = match wish.get("id").and_then(Node::as_id) {
        Some(id) => {
            let known =
                state.modules[no].meta.layouts[place].sections.iter().position(|section| section.id == id);
            known.ok_or_else(|| {
                ApiError::invalid_body("bigint", "id", &format!("$.layouts[0].sections[{at}].id"))
            })?
        }
        None => {
            let name = wish.get("display_label").or_else(|| wish.get("name")).and_then(Node::as_str);
            let name = name.ok_or_else(|| {
                ApiError::mandatory("display_label", &format!("$.layouts[0].sections[{at}].display_label"))
            })?;
            let section = Section {
                id: state.ids.fresh(),
                name: name.to_owned(),
                custom: true,
                columns: 2,
                fields: vec![],
            };
            let sections = &mut state.modules[no].meta.layouts[place].sections;
            sections.push(section);
            sections.len() - 1
        }
    };
    if wish.get("_delete").is_some() {
        state.modules[no].meta.layouts[place].sections.remove(section);
        return Ok(());
    }
    if let Some(Node::Int(columns @ 1..=2)) = wish.get("column_count") {
        state.modules[no].meta.layouts[place].sections[section].columns = *columns as u8;
    }
    for (field_at, field) in fields.iter().enumerate() {
        place_field(
            state,
            no,
            place,
            section,
            field,
            &format!("$.layouts[0].sections[{at}].fields[{field_at}]"),
        )?;
    }
    Ok(())
}

fn place_field(
    state: &mut State,
    no: usize,
    place: usize,
    section: usize,
    wish: &Node<'_>,
    path: &str,
) -> Result<(), ApiError> {
    let id = match wish.get("id").and_then(Node::as_id) {
        Some(id) if state.modules[no].meta.fields.iter().any(|field| field.id == id && !field.removed) => id,
        Some(_) => return Err(ApiError::invalid_body("bigint", "id", &format!("{path}.id"))),
        None => {
            let made = field_changes::create_one(state, no, wish, 0);
            made.map_err(|(code, message, _)| {
                ApiError::new(400, code, message, json!({"api_name": "fields", "json_path": path}))
            })?
        }
    };
    let sections = &mut state.modules[no].meta.layouts[place].sections;
    let before = sections
        .iter()
        .flat_map(|s| &s.fields)
        .find(|placed| placed.field == id)
        .map(|placed| placed.required);
    for other in sections.iter_mut() {
        other.fields.retain(|placed| placed.field != id);
    }
    if wish.get("_delete").is_none() {
        let required = match wish.get("required") {
            Some(Node::Bool(required)) => *required,
            _ => before.unwrap_or(false),
        };
        sections[section].fields.push(Placed { field: id, required });
    }
    Ok(())
}
