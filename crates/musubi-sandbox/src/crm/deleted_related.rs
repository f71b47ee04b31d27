//! `GET /{module}/deleted/{id}/{list}`: the records of a related list that were deleted.

use super::{context::RequestContext, links, paging::Paging, record_id, related, render::Columns};
use crate::{
    http::{
        answer::Answer,
        error::{ApiError, Reply},
    },
    org::{State, record::Record, table::Deleted},
};

/// Serves a page of them, latest first. Harder: what left the recycle bin is not shown, as nothing is known of it any more.
pub fn list(ctx: &RequestContext, module_name: &str, id: &str, list: &str) -> Reply {
    let state = ctx.org.read();
    let module = state.module_no(module_name).ok_or_else(ApiError::invalid_module)?;
    let id = record_id(id, 2)?;
    if state.modules[module].table.get(id).is_none() {
        return Err(ApiError::invalid_id(2));
    }
    let (child, rows) = rows(ctx, &state, module, id, list).ok_or_else(|| related::unknown_list(3))?;
    let child = &state.modules[child];
    ctx.require(&["modules", &child.meta.api_name], "READ")?;
    ctx.required_param("fields")?;
    let names = ctx.request.query.list("fields").unwrap_or_default();
    let paging = Paging::by_number_sized(ctx, related::size_name(ctx))?;
    let page: Vec<&Record> = rows.iter().skip(paging.offset).take(paging.per_page).copied().collect();
    if page.is_empty() {
        return Ok(Answer::no_content());
    }
    let columns = Columns::of(&ctx.org, &state, child, &names, ctx.now());
    let mut out = b"{\"data\":[".to_vec();
    for (at, record) in page.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        columns.write(&mut out, record);
    }
    let more = rows.len() > paging.offset + page.len();
    out.extend_from_slice(b"],\"info\":");
    out.extend_from_slice(paging.plain_info(page.len(), more).to_string().as_bytes());
    out.push(b'}');
    Ok(Answer::json_bytes(200, out))
}

/// The module of a related list and what the recycle bin holds of it.
fn rows<'a>(
    ctx: &RequestContext,
    state: &'a State,
    module: usize,
    id: i64,
    list: &str,
) -> Option<(usize, Vec<&'a Record>)> {
    let by_lookup = related::lists(state, module).into_iter().find(|known| known.api_name == list);
    let by_link = links::lists(state, &state.modules[module].meta.api_name);
    let by_link = by_link.into_iter().find(|known| known.api_name == list);
    let child = by_lookup.as_ref().map(|list| list.module).or(by_link.as_ref().map(|list| list.module))?;
    let linked = by_link.map(|list| list.ids(state, id)).unwrap_or_default();
    let belongs = |record: &Record| match &by_lookup {
        Some(list) => record.get(list.field).is_some_and(|value| related::points_at(value, module, id)),
        None => linked.contains(&record.id),
    };
    let table = &state.modules[child].table;
    let bin = table.deletions().iter().filter_map(|(_, slot)| table.deleted_at(slot));
    let mut found: Vec<&Deleted> = bin
        .map(|(_, deleted)| deleted)
        .filter(|deleted| !deleted.is_permanent(ctx.now()) && deleted.record.as_ref().is_some_and(belongs))
        .collect();
    found.sort_by_key(|deleted| std::cmp::Reverse(deleted.time));
    Some((child, found.into_iter().filter_map(|deleted| deleted.record.as_ref()).collect()))
}
