//! What hangs on a record: its related lists.

use serde_json::json;

use super::{
    commit::Commit,
    context::{RequestContext, Version},
    fields, linked_rows, links,
    paging::Paging,
    record_id,
    render::{Columns, SystemKeys},
};
use crate::{
    http::{
        answer::Answer,
        error::{ApiError, Reply},
    },
    org::{
        State,
        kind::Kind,
        module::Module,
        record::{FieldNo, Record},
        value::Value,
    },
};

/// Modules whose records live and die with the record they hang on.
const OWNED: [&str; 2] = ["Notes", "Attachments"];

/// A related list: its name, the module its records are in, and the field that points back.
#[derive(Debug, Clone)]
pub struct RelatedList {
    /// Its API name.
    pub api_name: String,
    /// What users see.
    pub label: String,
    /// The number of the records' module.
    pub module: usize,
    /// The field of that module that points at the parent.
    pub field: FieldNo,
}

/// The related lists of a module, found from the lookups that point at it.
pub fn lists(state: &State, module: usize) -> Vec<RelatedList> {
    let name = &state.modules[module].meta.api_name;
    let mut found = Vec::new();
    for (no, child) in state.modules.iter().enumerate().filter(|(_, child)| child.meta.parent.is_none()) {
        for (field_no, field) in child.fields() {
            let points = match field.kind {
                Kind::Lookup => field.targets.first() == Some(name),
                Kind::MultiModuleLookup => {
                    let any = field.targets.first().is_some_and(|target| target == "*");
                    field.targets.contains(name) || (any && state.modules[module].meta.tab)
                }
                _ => false,
            };
            if !points {
                continue;
            }
            let own = child.meta.api_name == *name;
            let api_name =
                if own { field.api_name.clone() + "_Children" } else { fields::related_name(child, field) };
            let label = if own {
                format!("{} ({})", child.meta.plural, field.label)
            } else {
                child.meta.plural.clone()
            };
            if !found.iter().any(|list: &RelatedList| list.api_name == api_name) {
                found.push(RelatedList { api_name, label, module: no, field: field_no });
            }
        }
    }
    found
}

/// Whether a record's field points at this record of this module.
pub fn points_at(value: &Value, module: usize, id: i64) -> bool {
    match value {
        Value::Lookup(to) => *to == id,
        Value::ModuleLookup(to_module, to) => usize::from(*to_module) == module && *to == id,
        _ => false,
    }
}

/// The live records that point at a record through a field.
pub fn pointing<'a>(state: &'a State, list: &RelatedList, module: usize, id: i64) -> Vec<&'a Record> {
    let field = list.field;
    let candidates = state.modules[list.module].table.candidates(field, id);
    candidates
        .into_iter()
        .flatten()
        .filter(|record| record.get(field).is_some_and(|v| points_at(v, module, id)))
        .collect()
}

/// The modules whose records live and die with the records of a module: notes, attachments, rows of its subforms and
/// links. Each with the value by which its records point at a record.
pub fn owned(state: &State, module: usize, id: i64) -> Vec<(usize, FieldNo, Value)> {
    let name = &state.modules[module].meta.api_name;
    let linking = state.modules.iter().enumerate().flat_map(|(no, child)| {
        linked_rows::pointing_at(child, name).map(move |field| (no, field, Value::Lookup(id)))
    });
    let hangs = |(no, child): (usize, &Module)| {
        let value = if OWNED.contains(&child.meta.api_name.as_str()) {
            Value::ModuleLookup(module as u16, id)
        } else if child.meta.parent.as_ref() == Some(name) {
            Value::Lookup(id)
        } else {
            return None;
        };
        Some((no, child.field_no("Parent_Id")?, value))
    };
    state.modules.iter().enumerate().filter_map(hangs).chain(linking).collect()
}

/// Deletes what lives and dies with a record that was just deleted.
pub fn delete_children(state: &mut State, commit: &mut Commit<'_>, module: usize, id: i64) {
    for (no, field, value) in owned(state, module, id) {
        let table = &state.modules[no].table;
        let children: Vec<i64> = table
            .candidates(field, id)
            .into_iter()
            .flatten()
            .filter(|record| record.get(field) == Some(&value))
            .map(|record| record.id)
            .collect();
        for child in children {
            commit.delete(state, no, child);
        }
    }
}

/// The live records of an owned module that hang on a record.
pub fn children(state: &State, owned: &str, module: usize, id: i64) -> Vec<i64> {
    let Some(no) = state.module_no(owned) else { return Vec::new() };
    let Some(field) = state.modules[no].field_no("Parent_Id") else { return Vec::new() };
    let list = RelatedList { api_name: owned.to_owned(), label: owned.to_owned(), module: no, field };
    pointing(state, &list, module, id).iter().map(|record| record.id).collect()
}

/// Puts rows in the order that a request asks for.
fn order(ctx: &RequestContext, rows: &mut [&Record]) -> Result<(), ApiError> {
    let key: fn(&Record) -> i64 = match ctx.param("sort_by") {
        None | Some("id") => |record| record.id,
        Some("Created_Time") => |record| record.created,
        Some("Modified_Time") => |record| record.modified,
        Some(_) => return Err(ApiError::invalid_parameter("sort_by")),
    };
    rows.sort_unstable_by_key(|record| (key(record), record.id));
    match ctx.param("sort_order") {
        None | Some("desc") => rows.reverse(),
        Some("asc") => {}
        Some(_) => return Err(ApiError::invalid_parameter("sort_order")),
    }
    Ok(())
}

/// What the size of a page is called: the documents of related records write `perPage`, those of other lists `per_page`.
pub fn size_name(ctx: &RequestContext) -> &'static str {
    if ctx.param("per_page").is_none() { "perPage" } else { "per_page" }
}

/// The refusal of a related list that is not there.
pub fn unknown_list(path_index: usize) -> ApiError {
    ApiError::new(
        400,
        "INVALID_DATA",
        "the relation name given seems to be invalid",
        json!({"resource_path_index": path_index}),
    )
}

/// The module of a related list and the records in it.
fn rows<'a>(
    state: &'a State,
    module: usize,
    id: i64,
    related: &str,
) -> Result<(usize, Vec<&'a Record>), ApiError> {
    if let Some(list) = lists(state, module).into_iter().find(|list| list.api_name == related) {
        return Ok((list.module, pointing(state, &list, module, id)));
    }
    let linked = links::lists(state, &state.modules[module].meta.api_name);
    let list = linked.into_iter().find(|list| list.api_name == related).ok_or_else(|| unknown_list(2))?;
    let table = &state.modules[list.module].table;
    Ok((list.module, list.ids(state, id).into_iter().filter_map(|id| table.get(id)).collect()))
}

/// `GET /{module}/{id}/{related}[/{record}]`.
pub fn list(ctx: &RequestContext, module_name: &str, id: &str, related: &str, one: Option<&str>) -> Reply {
    let state = ctx.org.read();
    let module = state.module_no(module_name).ok_or_else(ApiError::invalid_module)?;
    let id = record_id(id, 1)?;
    if state.modules[module].table.get(id).is_none() {
        return Err(ApiError::invalid_id(1));
    }
    let (child, mut rows) = rows(&state, module, id, related)?;
    let child = &state.modules[child];
    ctx.require(&["modules", &child.meta.api_name], "READ")?;
    let names = ctx.request.query.list("fields");
    if names.is_none() && ctx.version == Version::V8 {
        return Err(ApiError::missing_parameter("fields"));
    }
    let bound = format!("{module_name}|{id}|{related}|{names:?}");
    let paging = Paging::read_sized(ctx, &bound, size_name(ctx))?;
    order(ctx, &mut rows)?;
    if let Some(one) = one {
        let one = record_id(one, 3)?;
        rows.retain(|record| record.id == one);
    }
    if let Some(ids) = ctx.request.query.list("ids") {
        rows.retain(|record| ids.contains(&record.id.to_string().as_str()));
    }
    let since = ctx.since()?;
    rows.retain(|record| since.is_none_or(|since| record.modified >= since));
    let more = rows.len() > paging.offset + paging.per_page;
    let page: Vec<&Record> = rows.into_iter().skip(paging.offset).take(paging.per_page).collect();
    if page.is_empty() {
        return Ok(paging.nothing(since));
    }
    let columns = match &names {
        Some(names) => Columns::of(&ctx.org, &state, child, names, ctx.now()),
        None => Columns::all(&ctx.org, &state, child, SystemKeys::With, ctx.now()),
    };
    let mut out = b"{\"data\":[".to_vec();
    for (at, record) in page.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        columns.write(&mut out, record);
    }
    if one.is_some() {
        out.extend_from_slice(b"]}");
        return Ok(Answer::json_bytes(200, out));
    }
    let mut info = paging.info(ctx, page.len(), more, "id", "desc");
    if let Some(keys) = info.as_object_mut() {
        keys.retain(|key, _| !matches!(key.as_str(), "sort_by" | "sort_order" | "call" | "email"));
    }
    out.extend_from_slice(b"],\"info\":");
    out.extend_from_slice(info.to_string().as_bytes());
    out.push(b'}');
    Ok(Answer::json_bytes(200, out))
}
