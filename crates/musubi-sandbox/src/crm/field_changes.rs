//! Making, changing and deleting fields.

use serde_json::{Value as Json, json};

use super::{commit::Commit, context::RequestContext, fields, linked_rows, linking, modules::mixed_status};
use crate::{
    http::{
        answer::Answer,
        error::{ApiError, Reply},
        json_in::Node,
    },
    org::{
        State,
        field::{AutoNumber, CaseSensitive, External, Field, Pick},
        kind::Kind,
        layout::Placed,
        module::Module,
        setup,
    },
};

/// The longest label of a field made through the API.
pub const LONGEST_LABEL: usize = 25;
/// The most fields of one call.
const MOST_FIELDS: usize = 5;

/// Code, sentence and details of a refusal.
pub type Refusal = (&'static str, &'static str, Json);

fn wishes<'n, 'a>(body: &'n Node<'a>) -> Result<&'n [Node<'a>], ApiError> {
    let list = body.get("fields").and_then(Node::as_list).filter(|all| !all.is_empty());
    let list = list.ok_or_else(|| ApiError::mandatory("fields", "$.fields"))?;
    if list.len() > MOST_FIELDS { Err(ApiError::limit(MOST_FIELDS)) } else { Ok(list) }
}

fn entry(result: Result<i64, Refusal>, message: &str) -> Json {
    match result {
        Ok(id) => {
            json!({"code": "SUCCESS", "details": {"id": id.to_string()}, "message": message, "status": "success"})
        }
        Err((code, message, details)) => {
            json!({"code": code, "details": details, "message": message, "status": "error"})
        }
    }
}

/// The refusal of what is at a key of a wish.
pub fn refusal(code: &'static str, key: &str, at: usize) -> Refusal {
    let message = match code {
        "MANDATORY_NOT_FOUND" => "required field not found",
        "DUPLICATE_DATA" => "duplicate data",
        _ => "invalid data",
    };
    (code, message, json!({"api_name": key, "json_path": format!("$.fields[{at}].{key}")}))
}

/// `POST /settings/fields?module=`.
pub fn create(ctx: &RequestContext) -> Reply {
    ctx.require(&["settings", "fields"], "CREATE")?;
    let body = ctx.body()?;
    let wishes = wishes(&body)?;
    let mut state = ctx.org.write();
    let no = state.module_no(ctx.required_param("module")?).ok_or_else(ApiError::invalid_module_bare)?;
    let entries: Vec<Json> = wishes
        .iter()
        .enumerate()
        .map(|(at, wish)| entry(create_one(&mut state, no, wish, at), "field created"))
        .collect();
    keep(ctx, &mut state, no);
    Ok(Answer::json(mixed_status(&entries, 201), &json!({"fields": entries})))
}

/// Adds a field to a module, and to the first section of its layouts.
pub fn create_one(state: &mut State, no: usize, wish: &Node<'_>, at: usize) -> Result<i64, Refusal> {
    let label = wish.get("field_label").and_then(Node::as_str).map(str::trim).filter(|l| !l.is_empty());
    let label = label.ok_or_else(|| refusal("MANDATORY_NOT_FOUND", "field_label", at))?.to_owned();
    if label.chars().count() > LONGEST_LABEL {
        let (code, message, mut details) = refusal("INVALID_DATA", "field_label", at);
        details["maximum_length"] = json!(LONGEST_LABEL);
        return Err((code, message, details));
    }
    let kind = wish
        .get("data_type")
        .and_then(Node::as_str)
        .ok_or_else(|| refusal("MANDATORY_NOT_FOUND", "data_type", at))?;
    let kind = Kind::parse(kind)
        .filter(|kind| {
            !matches!(
                kind,
                Kind::OwnerLookup
                    | Kind::ProfileImage
                    | Kind::Rrule
                    | Kind::Alarm
                    | Kind::MultiReminder
                    | Kind::BigJson
                    | Kind::ConsentLookup
            )
        })
        .ok_or_else(|| refusal("INVALID_DATA", "data_type", at))?;
    let module = &state.modules[no];
    if module.fields().any(|(_, field)| field.label.eq_ignore_ascii_case(&label)) {
        return Err(refusal("DUPLICATE_DATA", "field_label", at));
    }
    let api_name = free_name(module, &api_name(&label), "");
    let mut field = Field::new(state.ids.fresh(), &api_name, &label, kind);
    field.custom = true;
    if kind == Kind::Lookup {
        let target = wish
            .get("lookup")
            .and_then(|l| l.get("module"))
            .and_then(|m| m.get("api_name"))
            .and_then(Node::as_str);
        let target = target
            .filter(|name| state.module(name).is_some())
            .ok_or_else(|| refusal("MANDATORY_NOT_FOUND", "lookup", at))?;
        field.targets = vec![target.to_owned()];
    }
    if kind == Kind::AutoNumber {
        let text = |key: &str| {
            wish.get("auto_number").and_then(|a| a.get(key)).and_then(Node::as_str).unwrap_or("").to_owned()
        };
        let start =
            wish.get("auto_number").and_then(|a| a.get("start_number")).and_then(Node::as_id).unwrap_or(1);
        field.auto_number = Some(AutoNumber { prefix: text("prefix"), next: start, suffix: text("suffix") });
    }
    change(state, &mut field, wish, at)?;
    if kind == Kind::Subform {
        field.targets = vec![add_subform(state, no, &field, wish, at)?];
    }
    if kind.is_linking() {
        linking::make(state, no, &mut field, wish, at)?;
    }
    if matches!(kind, Kind::Picklist | Kind::MultiPicklist) && field.picks.is_empty() {
        return Err(refusal("MANDATORY_NOT_FOUND", "pick_list_values", at));
    }
    Ok(put_in(&mut state.modules[no], field))
}

/// Adds a new field to a module, and to the first section of its layouts; gives its id.
pub fn put_in(module: &mut Module, field: Field) -> i64 {
    let (id, indexed) = (field.id, field.indexed());
    let placed = Placed { field: id, required: false };
    for layout in &mut module.meta.layouts {
        if let Some(section) = layout.sections.first_mut() {
            section.fields.push(placed.clone());
        }
    }
    module.meta.fields.push(field);
    module.refresh_names();
    if indexed {
        module.table.index_field((module.meta.fields.len() - 1) as u16);
    }
    id
}

/// Makes the module for the rows of a new subform, with the fields named in `subform.fields`; gives its API name.
fn add_subform(
    state: &mut State,
    parent: usize,
    field: &Field,
    wish: &Node<'_>,
    at: usize,
) -> Result<String, Refusal> {
    let parent = state.modules[parent].meta.api_name.clone();
    let name = free_module_name(state, &field.api_name);
    let meta = setup::subform_module(&mut state.ids, &name, &field.label, &parent);
    state.modules.push(Module::new(meta));
    state.refresh_names();
    let no = state.modules.len() - 1;
    let fields = wish.get("subform").and_then(|subform| subform.get("fields")).and_then(Node::as_list);
    let made: Result<Vec<i64>, Refusal> =
        fields.unwrap_or(&[]).iter().map(|inner| create_one(state, no, inner, at)).collect();
    if let Err(refusal) = made {
        state.modules.pop();
        state.refresh_names();
        return Err(refusal);
    }
    Ok(name)
}

/// The API name for a new module: the wanted one, with a number behind it when there is such a module.
pub fn free_module_name(state: &State, wanted: &str) -> String {
    let numbered = (1..).map(|n| format!("{wanted}{n}"));
    let mut names = std::iter::once(wanted.to_owned()).chain(numbered);
    names.find(|name| state.module_no(name).is_none()).unwrap_or_default()
}

/// Applies the keys of a wish that a field may be made or changed with.
fn change(state: &mut State, field: &mut Field, wish: &Node<'_>, at: usize) -> Result<(), Refusal> {
    if let Some(Node::Int(length)) = wish.get("length") {
        let longest = if matches!(field.kind, Kind::TextArea | Kind::RichText) {
            50_000
        } else {
            field.kind.default_length()
        };
        let fits = *length >= 1 && *length <= i64::from(longest);
        field.length = fits.then_some(*length as u32).ok_or_else(|| refusal("INVALID_DATA", "length", at))?;
    }
    if let Some(size) = wish.get("textarea").and_then(|t| t.get("type")).and_then(Node::as_str) {
        field.length = if size == "small" {
            2_000
        } else if size == "large" {
            32_000
        } else {
            50_000
        };
    }
    let precision =
        wish.get("decimal_place").or_else(|| wish.get("currency").and_then(|c| c.get("precision")));
    if let Some(Node::Int(places)) = precision {
        field.decimal_place = u32::try_from(*places)
            .ok()
            .filter(|p| *p <= 9)
            .ok_or_else(|| refusal("INVALID_DATA", "decimal_place", at))?;
    }
    if let Some(unique) = wish.get("unique") {
        let wanted = match unique {
            Node::Null => None,
            other => Some(CaseSensitive(
                other.get("case_sensitive").or_else(|| other.get("casesensitive")) == Some(&Node::Bool(true)),
            )),
        };
        field.unique = match wanted {
            Some(_) if *unique == Node::Object(vec![]) => None,
            other => other,
        };
    }
    if let Some(external) = wish.get("external").filter(|external| **external != Node::Null) {
        let kind = external.get("type").and_then(Node::as_str).unwrap_or_default();
        let fits = ["user", "org", "external_lookup"].contains(&kind)
            && matches!(field.kind, Kind::Text | Kind::Email | Kind::Integer | Kind::BigInt);
        if !fits {
            return Err(refusal("INVALID_DATA", "external", at));
        }
        field.external =
            Some(External { kind: kind.to_owned(), show: external.get("show") == Some(&Node::Bool(true)) });
        // Harder: no two records have the same key, whosever key it is.
        field.unique = field.unique.or(Some(CaseSensitive(false)));
    }
    if let Some(text) = wish.get("tooltip").and_then(|t| t.get("value")).and_then(Node::as_str) {
        field.tooltip = Some(text.to_owned());
    }
    if let Some(id) = wish.get("global_picklist").and_then(|g| g.get("id")).and_then(Node::as_id) {
        let list = state
            .global_picklists
            .iter()
            .find(|list| list.id == id)
            .ok_or_else(|| refusal("INVALID_DATA", "global_picklist", at))?;
        field.picks = list.picks.clone();
        field.global_picklist = Some(id);
    }
    if let Some(values) = wish.get("pick_list_values").and_then(Node::as_list) {
        for value in values {
            change_pick(state, field, value)
                .ok_or_else(|| refusal("INVALID_DATA", "pick_list_values", at))?;
        }
    }
    if let Some(default) = wish.get("default_value").filter(|_| !field.kind.is_linking()) {
        let value = default.get("value").unwrap_or(default);
        field.default = (*value != Node::Null).then(|| value.to_json());
    }
    Ok(())
}

fn change_pick(state: &mut State, field: &mut Field, value: &Node<'_>) -> Option<()> {
    let text = value
        .get("display_value")
        .or_else(|| value.get("actual_value"))
        .and_then(Node::as_str)
        .map(str::to_owned);
    let id = value.get("id").and_then(Node::as_id);
    let unused = value.get("type").and_then(Node::as_str) == Some("unused") || value.get("_delete").is_some();
    match field
        .picks
        .iter_mut()
        .find(|pick| Some(pick.id) == id || (id.is_none() && Some(&pick.value) == text.as_ref()))
    {
        Some(pick) => {
            pick.used = !unused;
            if let Some(text) = text {
                pick.value = text;
            }
        }
        None if id.is_none() => field.picks.push(Pick {
            id: state.ids.fresh(),
            value: text.filter(|t| t.len() <= 120)?,
            used: true,
        }),
        None => return None,
    }
    Some(())
}

/// `PATCH /settings/fields[/{id}]?module=`.
pub fn update(ctx: &RequestContext, path_id: Option<&str>) -> Reply {
    ctx.require(&["settings", "fields"], "UPDATE")?;
    let body = ctx.body()?;
    let wishes = wishes(&body)?;
    let mut state = ctx.org.write();
    let no = state.module_no(ctx.required_param("module")?).ok_or_else(ApiError::invalid_module_bare)?;
    let entries: Vec<Json> = wishes
        .iter()
        .enumerate()
        .map(|(at, wish)| {
            let id = path_id
                .map(str::to_owned)
                .or_else(|| wish.get("id").and_then(Node::as_id).map(|id| id.to_string()));
            entry(update_one(&mut state, no, id.as_deref(), wish, at), "field updated successfully")
        })
        .collect();
    keep(ctx, &mut state, no);
    Ok(Answer::json(mixed_status(&entries, 200), &json!({"fields": entries})))
}

fn update_one(
    state: &mut State,
    no: usize,
    id: Option<&str>,
    wish: &Node<'_>,
    at: usize,
) -> Result<i64, Refusal> {
    let place = id
        .and_then(|id| fields::find(&state.modules[no], id))
        .and_then(|field| state.modules[no].field_no(&field.api_name))
        .ok_or_else(|| refusal("INVALID_DATA", "id", at))?;
    let mut field = state.modules[no].meta.fields[usize::from(place)].clone();
    if let Some(label) = wish.get("field_label").or_else(|| wish.get("display_label")).and_then(Node::as_str)
    {
        field.label = label.to_owned();
    }
    change(state, &mut field, wish, at)?;
    let module = &mut state.modules[no];
    let newly_indexed = field.indexed() && module.table.field_index(place).is_none();
    module.meta.fields[usize::from(place)] = field;
    if newly_indexed {
        module.table.index_field(place);
    }
    Ok(module.meta.fields[usize::from(place)].id)
}

/// `DELETE /settings/fields/{id}?module=`.
pub fn delete(ctx: &RequestContext, id: &str) -> Reply {
    ctx.require(&["settings", "fields"], "DELETE")?;
    let mut state = ctx.org.write();
    let no = state.module_no(ctx.required_param("module")?).ok_or_else(ApiError::invalid_module_bare)?;
    let found = fields::find(&state.modules[no], id).cloned();
    let Some(field) = found else { return Err(ApiError::invalid_id(2)) };
    let id = field.id;
    if !field.custom || linked_rows::is_end(&state.modules[no], &field.api_name) {
        return Err(ApiError::new(
            400,
            "NOT_ALLOWED",
            "system field cannot be deleted",
            json!({"id": id.to_string()}),
        ));
    }
    // Harder: the field on the other side goes as well. Their linking module stays, with its rows.
    let mirror = linking::mirror(&state, &field).map(|(other, mirror)| (other, mirror.id));
    for (no, id) in std::iter::once((no, id)).chain(mirror) {
        take_out(&mut state.modules[no], id);
    }
    keep(ctx, &mut state, no);
    Ok(Answer::json(200, &json!({"fields": [entry(Ok(id), "field deleted successfully")]})))
}

fn take_out(module: &mut Module, id: i64) {
    for field in module.meta.fields.iter_mut().filter(|field| field.id == id) {
        field.removed = true;
    }
    for section in module.meta.layouts.iter_mut().flat_map(|layout| &mut layout.sections) {
        section.fields.retain(|placed| placed.field != id);
    }
    module.refresh_names();
}

fn keep(ctx: &RequestContext, state: &mut State, no: usize) {
    state.modules[no].meta.modified = Some(ctx.now());
    let mut commit = Commit::new(ctx);
    commit.meta(state, no);
    // A subform that was made with a field has a module of its own; a lookup of several records has two more.
    let name = state.modules[no].meta.api_name.clone();
    let linked = linking::touched(state, &name);
    for (child, module) in state.modules.iter().enumerate() {
        if module.meta.parent.as_ref() == Some(&name) || linked.contains(&child) {
            commit.meta(state, child);
        }
    }
    commit.finish(state);
}

/// The API name a label gives: ASCII letters and digits, everything else an underscore.
pub fn api_name(label: &str) -> String {
    let mut out = String::new();
    for c in label.chars() {
        match c {
            c if c.is_ascii_alphanumeric() => out.push(c),
            _ if out.ends_with('_') || out.is_empty() => {}
            _ => out.push('_'),
        }
    }
    let out = out.trim_end_matches('_').to_owned();
    if out.starts_with(|c: char| c.is_ascii_alphabetic()) {
        out
    } else {
        format!("Field_{out}").trim_end_matches('_').to_owned()
    }
}

/// The API name for a new field: the wanted one, with a number behind it when it is taken or reserved.
pub fn free_name(module: &Module, wanted: &str, reserved: &str) -> String {
    let taken =
        |name: &str| name == reserved || module.meta.fields.iter().any(|field| field.api_name == name);
    if !taken(wanted) {
        return wanted.to_owned();
    }
    (1..).map(|n| format!("{wanted}{n}")).find(|name| !taken(name)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_labels() {
        assert_eq!(api_name("Customer Tier (new)"), "Customer_Tier_new");
        assert_eq!(api_name("会社名"), "Field");
        assert_eq!(api_name("2nd Phone"), "Field_2nd_Phone");
    }
}
