//! `/settings/pipeline`: the one pipeline of deals, read from the picklist `Stage`.

use serde_json::{Value as Json, json};

use super::context::RequestContext;
use crate::{
    http::{
        answer::Answer,
        error::{ApiError, Reply},
    },
    org::{State, layout::Layout},
};

/// Serves pipelines.
pub fn route(ctx: &RequestContext, method: &str, rest: &[&str]) -> Reply {
    if method != "GET" {
        return Err(ApiError::invalid_method());
    }
    ctx.require(&["settings", "pipeline"], "READ")?;
    let layout: i64 =
        ctx.required_param("layout_id")?.parse().map_err(|_| ApiError::invalid_parameter("layout_id"))?;
    let state = ctx.org.read();
    let layout = state.module("Deals").and_then(|deals| deals.meta.layouts.iter().find(|l| l.id == layout));
    let layout = layout.ok_or_else(|| ApiError::invalid_parameter("layout_id"))?;
    let pipeline = show(&state, layout);
    match rest {
        [] => Ok(Answer::json(200, &json!({"pipeline": [pipeline]}))),
        [id] if pipeline["id"] == *id => Ok(Answer::json(200, &json!({"pipeline": [pipeline]}))),
        [_] => Ok(Answer::no_content()),
        _ => Err(ApiError::invalid_url()),
    }
}

fn show(state: &State, layout: &Layout) -> Json {
    let stages = state.module("Deals").and_then(|deals| deals.field("Stage"));
    let maps: Vec<Json> = stages
        .into_iter()
        .flat_map(|field| field.picks.iter().filter(|pick| pick.used))
        .enumerate()
        .map(|(at, pick)| {
            let (category, kind) = match pick.value.as_str() {
                "Closed Won" => ("Closed", "Closed Won"),
                "Closed Lost" | "Closed Lost to Competition" => ("Omitted", "Closed Lost"),
                _ => ("Pipeline", "Open"),
            };
            json!({
                "display_value": pick.value, "sequence_number": at + 1, "colour_code": "#FFFFFF",
                "forecast_category": {"name": category, "id": (pick.id + 1_000_000).to_string()},
                "actual_value": pick.value, "id": pick.id.to_string(), "forecast_type": kind,
            })
        })
        .collect();
    // One pipeline per layout, so the layout's id with an offset names it.
    json!({
        "display_value": "Standard (Standard)", "default": true, "maps": maps, "actual_value": "Standard (Standard)",
        "id": (layout.id + 2_000_000).to_string(),
    })
}
