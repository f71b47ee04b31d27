//! `/{module}[/{id}]/actions/fetch_full_data`: rich text fields in full.

use serde_json::{Map, Value as Json, json};

use super::{context::RequestContext, record_id};
use crate::{
    http::{
        answer::Answer,
        error::{ApiError, Reply},
    },
    org::{module::Module, record::Record},
};

/// The most records of one call.
const MOST: usize = 200;

/// Serves the rich text of one record, or of those in `ids`.
pub fn handle(ctx: &RequestContext, module_name: &str, path_id: Option<&str>) -> Reply {
    let state = ctx.org.read();
    let module = state.module(module_name).ok_or_else(ApiError::invalid_module)?;
    ctx.require(&["modules", module_name], "READ")?;
    let ids = match path_id {
        Some(id) => vec![record_id(id, 1)?],
        None => {
            ctx.required_param("ids")?;
            let ids = ctx.request.query.list("ids").unwrap_or_default();
            let ids: Option<Vec<i64>> = ids.iter().map(|id| id.parse().ok()).collect();
            ids.filter(|ids| ids.len() <= MOST).ok_or_else(invalid)?
        }
    };
    let names = ctx.request.query.list("fields");
    if let Some(names) = &names
        && names.iter().any(|name| !module.field(name).is_some_and(|field| field.is_rich_text()))
    {
        return Err(invalid());
    }
    let wanted = |name: &str| names.as_ref().is_none_or(|names| names.contains(&name));
    let rows: Vec<Json> = ids
        .into_iter()
        .filter_map(|id| module.table.get(id))
        .map(|record| show(module, record, &wanted))
        .collect();
    Ok(if rows.is_empty() { Answer::no_content() } else { Answer::json(200, &json!({"data": rows})) })
}

fn show(module: &Module, record: &Record, wanted: &impl Fn(&str) -> bool) -> Json {
    let mut shown = Map::new();
    shown.insert("id".into(), json!(record.id.to_string()));
    for (_, field) in module.fields().filter(|(_, field)| field.is_rich_text() && wanted(&field.api_name)) {
        shown.insert(field.api_name.clone(), json!(module.text(record, &field.api_name)));
    }
    Json::Object(shown)
}

fn invalid() -> ApiError {
    ApiError::new(400, "INVALID_REQUEST", "unable to process your request", json!({}))
}
