//! `/settings/pipeline`: the pipelines of deals. Until others are made there is one, with all values of `Stage`.

use serde_json::{Value as Json, json};

use super::{
    context::RequestContext,
    pipeline_changes,
    validate::{ItemError, Place},
};
use crate::{
    http::{
        answer::Answer,
        error::{ApiError, Reply},
    },
    org::{
        State,
        layout::{Layout, Pipeline},
        module::Module,
        record::Record,
    },
};

/// Serves pipelines.
pub fn route(ctx: &RequestContext, method: &str, rest: &[&str]) -> Reply {
    match (method, rest) {
        ("GET", [] | [_]) => {}
        ("POST", []) => return pipeline_changes::create(ctx),
        ("PUT" | "PATCH", []) => return pipeline_changes::update(ctx, None),
        ("PUT" | "PATCH", [id]) => return pipeline_changes::update(ctx, Some(id)),
        ("POST", ["actions", "transfer"]) => return pipeline_changes::transfer(ctx),
        (_, [] | [_]) => return Err(ApiError::invalid_method()),
        _ => return Err(ApiError::invalid_url()),
    }
    ctx.require(&["settings", "pipeline"], "READ")?;
    let layout: i64 =
        ctx.required_param("layout_id")?.parse().map_err(|_| ApiError::invalid_parameter("layout_id"))?;
    let state = ctx.org.read();
    let layout = state.module("Deals").and_then(|deals| deals.meta.layouts.iter().find(|l| l.id == layout));
    let layout = layout.ok_or_else(|| ApiError::invalid_parameter("layout_id"))?;
    let wanted = rest.first();
    let shown: Vec<Json> = of(&state, layout)
        .iter()
        .filter(|pipeline| wanted.is_none_or(|id| pipeline.id.to_string() == **id))
        .map(|pipeline| show(&state, pipeline))
        .collect();
    match shown.is_empty() {
        true => Ok(Answer::no_content()),
        false => Ok(Answer::json(200, &json!({"pipeline": shown}))),
    }
}

/// The pipelines of a layout.
pub fn of(state: &State, layout: &Layout) -> Vec<Pipeline> {
    if !layout.pipelines.is_empty() {
        return layout.pipelines.clone();
    }
    let stages = state.module("Deals").and_then(|deals| deals.field("Stage"));
    let used = stages.into_iter().flat_map(|field| field.picks.iter().filter(|pick| pick.used));
    vec![Pipeline {
        // The layout's id with an offset names the pipeline that nobody made.
        id: layout.id + 2_000_000,
        name: "Standard (Standard)".into(),
        default: true,
        stages: used.map(|pick| pick.id).collect(),
    }]
}

/// Refuses a deal whose stage is not one of its pipeline's.
pub fn check(module: &Module, record: &Record, place: Place) -> Result<(), ItemError> {
    let (pipeline, stage) = (module.text(record, "Pipeline"), module.text(record, "Stage"));
    let pipeline = module.meta.layouts.iter().flat_map(|l| &l.pipelines).find(|p| p.name == pipeline);
    let Some(pipeline) = pipeline else { return Ok(()) };
    let id = module.field("Stage").and_then(|field| field.picks.iter().find(|pick| pick.value == stage));
    match id {
        Some(pick) if !pipeline.stages.contains(&pick.id) => Err(ItemError {
            code: "INVALID_DATA",
            message: "the stage is not one of the pipeline's",
            details: json!({"api_name": "Stage", "json_path": place.path("Stage")}),
        }),
        _ => Ok(()),
    }
}

fn show(state: &State, pipeline: &Pipeline) -> Json {
    let picks =
        state.module("Deals").and_then(|deals| deals.field("Stage")).map(|field| field.picks.as_slice());
    let picks = picks.unwrap_or(&[]);
    let maps: Vec<Json> = pipeline
        .stages
        .iter()
        .filter_map(|id| picks.iter().find(|pick| pick.id == *id))
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
    json!({
        "display_value": pipeline.name, "default": pipeline.default, "maps": maps, "actual_value": pipeline.name,
        "id": pipeline.id.to_string(),
    })
}
