//! `GET /{module}/{id}/__timeline`: what happened to a record, latest first.
//!
//! No history of values is kept: it tells of the record's making, its last change, its conversion, and of merges into it, which name no record that was merged.

use serde_json::{Value as Json, json};

use super::{context::RequestContext, record_id};
use crate::http::{
    answer::Answer,
    error::{ApiError, Reply},
};

/// Serves it; a record that is not there has none.
pub fn list(ctx: &RequestContext, module_name: &str, id: &str) -> Reply {
    ctx.require(&["modules", module_name], "READ")?;
    let id = record_id(id, 1)?;
    let state = ctx.org.read();
    let no = state.module_no(module_name).ok_or_else(ApiError::invalid_module)?;
    let module = &state.modules[no];
    let record = module.table.get(id).ok_or_else(|| ApiError::invalid_id(1))?;
    let mut told: Vec<(i64, i64, &str, &str)> = vec![(record.created, record.created_by, "added", "crm_api")];
    if record.modified > record.created {
        told.push((record.modified, record.modified_by, "updated", "crm_api"));
    }
    if let Some(conversion) = &record.converted {
        told.push((conversion.time, record.modified_by, "converted", "convert"));
    }
    let merges = state.merges.iter().filter(|merge| merge.module == no && merge.master == id);
    told.extend(merges.map(|merge| (merge.time, merge.by, "find_and_merge_duplicate", "findandmerge")));
    told.sort_by_key(|(at, ..)| *at);
    if ctx.param("sort_order") != Some("asc") {
        told.reverse();
    }
    let name = module.display_name(record);
    let entries: Vec<Json> = told
        .iter()
        .enumerate()
        .map(|(number, (at, by, action, source))| {
            let user = state.user(*by).map(|user| json!({"name": user.full_name(), "id": by.to_string()}));
            json!({
                "audited_time": ctx.org.time(*at), "action": action, "source": source, "type": "timeline",
                "id": format!("{id}{number:02}"), "done_by": user, "extension": null, "related_record": null,
                "automation_details": null, "field_history": null, "converted_record": null,
                "record": {"name": name, "id": id.to_string(),
                    "module": {"api_name": module_name, "id": module.meta.id.to_string()}},
            })
        })
        .collect();
    Ok(Answer::json(
        200,
        &json!({"__timeline": entries, "info": {
            "per_page": 200, "next_page_token": null, "count": entries.len(), "page": 1, "previous_page_token": null,
            "more_records": false,
        }}),
    ))
}
