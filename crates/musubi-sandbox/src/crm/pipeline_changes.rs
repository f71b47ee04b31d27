//! Making, changing and deleting pipelines. Once there are several, deals have a field that says which one.

use serde_json::{Value as Json, json};

use super::{commit::Commit, context::RequestContext, modules::mixed_status, pipelines};
use crate::{
    http::{
        answer::Answer,
        error::{ApiError, Reply},
        json_in::Node,
    },
    org::{
        State,
        events::Operation,
        field::{Field, Pick},
        kind::Kind,
        layout::Pipeline,
        record::Record,
        value::Value,
    },
};

type Refusal = (&'static str, &'static str, Json);

fn refusal(code: &'static str, message: &'static str, key: &str, at: usize) -> Refusal {
    (code, message, json!({"api_name": key, "json_path": format!("$.pipeline[{at}].{key}")}))
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

/// The pipelines of the layout a request names, made real if they were only implied, with the layout's place.
fn open(ctx: &RequestContext, state: &mut State) -> Result<(usize, usize), ApiError> {
    let wanted = ctx.required_param("layout_id")?;
    let deals = state.module_no("Deals").ok_or_else(ApiError::invalid_module)?;
    let layouts = &state.modules[deals].meta.layouts;
    let place = layouts.iter().position(|layout| layout.id.to_string() == wanted);
    let place = place.ok_or_else(|| ApiError::invalid_parameter("layout_id"))?;
    let all = pipelines::of(state, &layouts[place]);
    state.modules[deals].meta.layouts[place].pipelines = all;
    Ok((deals, place))
}

/// `POST /settings/pipeline`.
pub fn create(ctx: &RequestContext) -> Reply {
    ctx.require(&["settings", "pipeline"], "CREATE")?;
    let body = ctx.body()?;
    let wishes = wishes(&body)?;
    let mut state = ctx.org.write();
    let (deals, layout) = open(ctx, &mut state)?;
    let entries: Vec<Json> = wishes
        .iter()
        .enumerate()
        .map(|(at, wish)| entry(make(&mut state, deals, layout, wish, at), "pipeline created"))
        .collect();
    keep(ctx, &mut state, deals, layout);
    Ok(Answer::json(mixed_status(&entries, 201), &json!({"pipeline": entries})))
}

fn wishes<'n, 'a>(body: &'n Node<'a>) -> Result<&'n [Node<'a>], ApiError> {
    let list = body.get("pipeline").and_then(Node::as_list).filter(|all| !all.is_empty());
    list.ok_or_else(|| ApiError::mandatory("pipeline", "$.pipeline"))
}

fn make(state: &mut State, deals: usize, layout: usize, wish: &Node<'_>, at: usize) -> Result<i64, Refusal> {
    let missing = |key| refusal("MANDATORY_NOT_FOUND", "required field not found", key, at);
    let name =
        wish.get("display_value").and_then(Node::as_str).map(str::trim).filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| missing("display_value"))?.to_owned();
    let maps = wish.get("maps").and_then(Node::as_list).filter(|maps| !maps.is_empty());
    let maps = maps.ok_or_else(|| missing("maps"))?;
    let known = stages(state, deals);
    let stages: Option<Vec<i64>> = maps
        .iter()
        .map(|stage| stage.get("id").and_then(Node::as_id).filter(|id| known.contains(id)))
        .collect();
    let stages = stages.ok_or_else(|| refusal("INVALID_DATA", "invalid data", "maps", at))?;
    let all = &state.modules[deals].meta.layouts[layout].pipelines;
    if all.iter().any(|pipeline| pipeline.name.eq_ignore_ascii_case(&name)) {
        return Err(refusal("DUPLICATE_DATA", "duplicate data", "display_value", at));
    }
    let id = state.ids.fresh();
    let default = wish.get("default") == Some(&Node::Bool(true));
    let all = &mut state.modules[deals].meta.layouts[layout].pipelines;
    if default {
        all.iter_mut().for_each(|pipeline| pipeline.default = false);
    }
    all.push(Pipeline { id, name, default, stages });
    Ok(id)
}

fn stages(state: &State, deals: usize) -> Vec<i64> {
    let field = state.modules[deals].field("Stage");
    field.into_iter().flat_map(|field| field.picks.iter().map(|pick| pick.id)).collect()
}

/// `PUT` and `PATCH /settings/pipeline[/{id}]`.
pub fn update(ctx: &RequestContext, path_id: Option<&str>) -> Reply {
    ctx.require(&["settings", "pipeline"], "UPDATE")?;
    let body = ctx.body()?;
    let wishes = wishes(&body)?;
    let mut state = ctx.org.write();
    let (deals, layout) = open(ctx, &mut state)?;
    let entries: Vec<Json> = wishes
        .iter()
        .enumerate()
        .map(|(at, wish)| {
            let id = path_id.and_then(|id| id.parse().ok()).or_else(|| wish.get("id").and_then(Node::as_id));
            entry(change(&mut state, deals, layout, id, wish, at), "pipeline updated")
        })
        .collect();
    keep(ctx, &mut state, deals, layout);
    Ok(Answer::json(mixed_status(&entries, 200), &json!({"pipeline": entries})))
}

fn change(
    state: &mut State,
    deals: usize,
    layout: usize,
    id: Option<i64>,
    wish: &Node<'_>,
    at: usize,
) -> Result<i64, Refusal> {
    let known = stages(state, deals);
    let all = &mut state.modules[deals].meta.layouts[layout].pipelines;
    let place = all.iter().position(|pipeline| Some(pipeline.id) == id);
    let place = place.ok_or_else(|| refusal("INVALID_DATA", "the id given seems to be invalid", "id", at))?;
    let id = all[place].id;
    if wish.get("_delete").is_some() {
        if all[place].default {
            return Err(refusal("CANNOT_DELETE", "the default pipeline cannot be deleted", "_delete", at));
        }
        all.remove(place);
        return Ok(id);
    }
    if let Some(name) = wish.get("display_value").and_then(Node::as_str) {
        if all.iter().any(|other| other.id != id && other.name.eq_ignore_ascii_case(name)) {
            return Err(refusal("DUPLICATE_DATA", "duplicate data", "display_value", at));
        }
        all[place].name = name.to_owned();
    }
    if wish.get("default") == Some(&Node::Bool(true)) {
        all.iter_mut().for_each(|pipeline| pipeline.default = pipeline.id == id);
    }
    for stage in wish.get("maps").and_then(Node::as_list).unwrap_or(&[]) {
        let stage_id = stage.get("id").and_then(Node::as_id).filter(|id| known.contains(id));
        let stage_id = stage_id.ok_or_else(|| refusal("INVALID_DATA", "invalid data", "maps", at))?;
        let stages = &mut all[place].stages;
        stages.retain(|known| *known != stage_id);
        if stage.get("_delete").is_none() {
            let last = stages.len();
            let sequence = match stage.get("sequence_number") {
                Some(Node::Int(number)) => usize::try_from(*number - 1).unwrap_or(0).min(last),
                _ => last,
            };
            stages.insert(sequence, stage_id);
        }
    }
    Ok(id)
}

/// `POST /settings/pipeline/actions/transfer`: moves the deals of a pipeline to another, and deletes it.
pub fn transfer(ctx: &RequestContext) -> Reply {
    ctx.require(&["settings", "pipeline"], "CREATE")?;
    let body = ctx.body()?;
    let wish = body.get("transfer_pipeline").and_then(Node::as_list).and_then(<[_]>::first);
    let wish = wish.ok_or_else(|| ApiError::mandatory("transfer_pipeline", "$.transfer_pipeline"))?;
    let id = |node: Option<&Node<'_>>, key: &str| node.and_then(|node| node.get(key)).and_then(Node::as_id);
    let mut state = ctx.org.write();
    let (deals, layout) = open(ctx, &mut state)?;
    let all = state.modules[deals].meta.layouts[layout].pipelines.clone();
    let find = |key: &str| {
        let wanted = id(wish.get("pipeline"), key);
        let found = all.iter().find(|pipeline| Some(pipeline.id) == wanted);
        found.ok_or_else(|| {
            ApiError::invalid_body("bigint", key, &format!("$.transfer_pipeline[0].pipeline.{key}"))
        })
    };
    let (from, to) = (find("from")?, find("to")?);
    if from.id == to.id || from.default {
        return Err(ApiError::invalid_body("bigint", "from", "$.transfer_pipeline[0].pipeline.from"));
    }
    let names: Vec<(i64, String)> = state.modules[deals]
        .field("Stage")
        .into_iter()
        .flat_map(|field| field.picks.iter().map(|pick| (pick.id, pick.value.clone())))
        .collect();
    let name =
        |id: Option<i64>| names.iter().find(|(known, _)| Some(*known) == id).map(|(_, name)| name.clone());
    let moves: Vec<(String, String)> = wish
        .get("stages")
        .and_then(Node::as_list)
        .unwrap_or(&[])
        .iter()
        .filter_map(|stage| Some((name(id(Some(stage), "from"))?, name(id(Some(stage), "to"))?)))
        .collect();
    let mut commit = Commit::new(ctx);
    if let (Some(pipeline), Some(stage)) =
        (state.modules[deals].field_no("Pipeline"), state.modules[deals].field_no("Stage"))
    {
        let text =
            |record: &Record, field: u16| record.get(field).and_then(Value::as_text).map(str::to_owned);
        let moved: Vec<Record> = state.modules[deals]
            .table
            .iter()
            .filter(|record| text(record, pipeline).as_deref() == Some(&from.name))
            .cloned()
            .collect();
        for mut record in moved {
            record.set(pipeline, Some(Value::Text(to.name.as_str().into())));
            if let Some((_, new)) = moves.iter().find(|(old, _)| Some(old) == text(&record, stage).as_ref()) {
                record.set(stage, Some(Value::Text(new.as_str().into())));
            }
            (record.modified, record.modified_by) = (ctx.now(), ctx.user_id);
            commit.put(&mut state, deals, record, Operation::Update, vec![pipeline, stage]);
        }
    }
    commit.finish(&mut state);
    state.modules[deals].meta.layouts[layout].pipelines.retain(|pipeline| pipeline.id != from.id);
    let job = state.ids.fresh();
    keep(ctx, &mut state, deals, layout);
    let entry = json!({"code": "SUCCESS", "details": {"job_id": job.to_string()}, "message": "transferred successfully", "status": "success"});
    Ok(Answer::json(200, &json!({"transfer_pipeline": [entry]})))
}

/// Keeps the field `Pipeline` of deals in step with the pipelines there are, and writes the log.
fn keep(ctx: &RequestContext, state: &mut State, deals: usize, layout: usize) {
    let all = state.modules[deals].meta.layouts[layout].pipelines.clone();
    let default = all.iter().find(|pipeline| pipeline.default).map(|pipeline| json!(pipeline.name));
    let picks = |old: &[Pick]| -> Vec<Pick> {
        let gone = old.iter().filter(|pick| !all.iter().any(|pipeline| pipeline.id == pick.id));
        let used = all.iter().map(|p| Pick { id: p.id, value: p.name.clone(), used: true });
        used.chain(gone.map(|pick| Pick { used: false, ..pick.clone() })).collect()
    };
    match state.modules[deals].field_no("Pipeline") {
        Some(no) => {
            let field = &mut state.modules[deals].meta.fields[usize::from(no)];
            field.picks = picks(&field.picks);
            field.default = default;
        }
        None if all.len() > 1 => {
            let mut field = Field::new(state.ids.fresh(), "Pipeline", "Pipeline", Kind::Picklist);
            field.picks = picks(&[]);
            field.default = default;
            state.modules[deals].meta.fields.push(field);
            state.modules[deals].refresh_names();
        }
        None => {}
    }
    let mut commit = Commit::new(ctx);
    commit.meta(state, deals);
    commit.finish(state);
}
