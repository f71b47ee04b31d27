//! `/actions/watch`: subscribe, change, end and list channels.

use serde_json::{Value, json};

use crate::crm::context::RequestContext;
use crate::http::answer::Answer;
use crate::http::error::{ApiError, Reply};
use crate::log::Line;
use crate::org::State;

use super::channel::{Channel, Watched, expiry};
use super::entry::Entry;

/// Entries of one request at most.
const MAX_ENTRIES: usize = 50;

/// Whether an entry makes a channel, replaces one or changes some of its keys.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Subscribe,
    Replace,
    Change,
}

/// Serves all methods.
pub fn handle(ctx: &RequestContext) -> Reply {
    let (operation, mode) = match ctx.request.method.as_str() {
        "GET" => ("READ", None),
        "DELETE" => ("DELETE", None),
        "POST" => ("CREATE", Some(Mode::Subscribe)),
        "PUT" => ("UPDATE", Some(Mode::Replace)),
        "PATCH" => ("UPDATE", Some(Mode::Change)),
        _ => return Err(ApiError::invalid_method()),
    };
    ctx.require(&["notifications"], operation)?;
    match mode {
        Some(mode) => write(ctx, mode),
        None if operation == "READ" => list(ctx),
        None => unsubscribe(ctx),
    }
}

fn write(ctx: &RequestContext, mode: Mode) -> Reply {
    let body: Value = serde_json::from_slice(&ctx.request.body)
        .map_err(|_| ApiError::new(400, "INVALID_DATA", "body is not a JSON object", json!({})))?;
    let entries = match body.get("watch") {
        Some(Value::Array(entries)) => entries.clone(),
        Some(_) => return Err(ApiError::invalid_body("jsonarray", "watch", "$.watch")),
        // A change may also stand alone.
        None if mode == Mode::Change && body.get("channel_id").is_some() => vec![body],
        None => return Err(ApiError::mandatory("watch", "$.watch")),
    };
    if entries.is_empty() {
        return Err(ApiError::mandatory("watch", "$.watch"));
    }
    if entries.len() > MAX_ENTRIES {
        return Err(ApiError::new(400, "LIMIT_REACHED", "too many channels in one request", json!({})));
    }
    let message = match mode {
        Mode::Subscribe => "Successfully subscribed for actions-watch of the given module",
        Mode::Replace | Mode::Change => {
            "Successfully updated the details for actions-watch of the given module"
        }
    };
    let mut state = ctx.org.write();
    let now = ctx.now();
    state.channels.retain(|channel| channel.expiry > now);
    let mut results = Vec::with_capacity(entries.len());
    for (at, json) in entries.iter().enumerate() {
        results.push(one(ctx, &mut state, mode, &Entry { json, at }, now));
    }
    save(ctx, &state);
    drop(state);
    let failed = results.iter().filter(|result| result.is_err()).count();
    let status = match failed {
        0 if mode == Mode::Subscribe => 201,
        0 => 200,
        _ if failed == results.len() => 400,
        _ => 207,
    };
    let shown: Vec<Value> = results
        .into_iter()
        .map(|result| match result {
            Ok(events) => json!({"code": "SUCCESS", "details": {"events": events}, "message": message, "status": "success"}),
            Err(error) => error.body(),
        })
        .collect();
    Ok(Answer::json(status, &json!({"watch": shown})))
}

/// Keeps the channels in the log.
fn save(ctx: &RequestContext, state: &State) {
    if let Some(log) = &ctx.world.log {
        log.write(&Line::Channels(ctx.org.profile.number, state.channels.clone()));
    }
}

fn one(
    ctx: &RequestContext,
    state: &mut State,
    mode: Mode,
    entry: &Entry<'_>,
    now: i64,
) -> Result<Value, ApiError> {
    // A new channel need not be named: the service names it then.
    let id = match entry.channel_id()? {
        Some(id) => id,
        None if mode == Mode::Subscribe => state.ids.fresh().to_string(),
        None => return Err(entry.missing("channel_id")),
    };
    let known = state.channels.iter().position(|channel| channel.id == id);
    if mode != Mode::Subscribe && known.is_none() {
        return Err(not_subscribed());
    }
    let url = entry.notify_url()?;
    let token = entry.token()?;
    let wish = entry.expiry()?;
    let (return_values, related) =
        (entry.flag("return_affected_field_values")?, entry.flag("notify_on_related_action")?);
    let watched = entry.events(state)?;
    let conditions = entry.conditions(state)?;
    let old = known.map(|at| state.channels[at].clone());
    let channel = match (mode, old) {
        (Mode::Change, Some(mut channel)) => {
            if let Some(watched) = watched {
                let removes = entry.flag("_delete_events")? == Some(true);
                merge(&mut channel.watched, &watched, !removes);
            }
            channel.notify_url = url.unwrap_or(channel.notify_url);
            channel.token = token.or(channel.token);
            channel.expiry = if wish.is_some() { expiry(wish, now) } else { channel.expiry };
            channel.return_values = return_values.unwrap_or(channel.return_values);
            channel.related = related.unwrap_or(channel.related);
            channel.conditions = conditions.unwrap_or(channel.conditions);
            channel
        }
        _ => Channel {
            id,
            watched: watched.ok_or_else(|| entry.missing("events"))?,
            notify_url: url.ok_or_else(|| entry.missing("notify_url"))?,
            token,
            expiry: expiry(wish, now),
            return_values: return_values.unwrap_or(false),
            related: related.unwrap_or(false),
            conditions: conditions.unwrap_or_default(),
        },
    };
    let events = channel
        .watched
        .iter()
        .map(|watched| {
            let mut event = resource(ctx, state, watched, &channel);
            event["channel_expiry"] = json!(ctx.org.time(channel.expiry));
            event
        })
        .collect();
    match known {
        // A channel that listens to nothing any more has ended.
        Some(at) if channel.watched.is_empty() => {
            state.channels.remove(at);
        }
        Some(at) => state.channels[at] = channel,
        None => state.channels.push(channel),
    }
    Ok(events)
}

/// Adds or takes away events.
fn merge(have: &mut Vec<Watched>, change: &[Watched], add: bool) {
    for change in change {
        match have.iter_mut().find(|watched| watched.module == change.module) {
            Some(watched) => {
                let set = |flag: &mut bool, named: bool| *flag = if named { add } else { *flag };
                set(&mut watched.create, change.create);
                set(&mut watched.edit, change.edit);
                set(&mut watched.delete, change.delete);
            }
            None if add => have.push(change.clone()),
            None => {}
        }
    }
    have.retain(|watched| watched.create || watched.edit || watched.delete);
}

fn not_subscribed() -> ApiError {
    ApiError::new(400, "NOT_SUBSCRIBED", "The given channel is not subscribed", json!({}))
}

fn resource(ctx: &RequestContext, state: &State, watched: &Watched, channel: &Channel) -> Value {
    json!({
        "resource_uri": format!("{}/crm/v8/{}", ctx.world.base_url, watched.api_name),
        "resource_id": state.modules[watched.module].meta.id.to_string(),
        "resource_name": watched.api_name,
        "channel_id": channel.id,
    })
}

fn list(ctx: &RequestContext) -> Reply {
    let page = ctx.number_param("page", 1, 1, usize::MAX)?;
    let per_page = ctx.number_param("per_page", 200, 1, 200)?;
    let state = ctx.org.read();
    if let Some(module) = ctx.param("module")
        && state.module(module).is_none()
    {
        return Err(ApiError::new(
            400,
            "INVALID_MODULE",
            "the module name given seems to be invalid",
            json!({}),
        ));
    }
    let mut shown = Vec::new();
    for channel in state.channels.iter().filter(|channel| channel.expiry > ctx.now()) {
        if ctx.param("channel_id").is_some_and(|id| id != channel.id) {
            continue;
        }
        for watched in &channel.watched {
            if ctx.param("module").is_some_and(|module| module != watched.api_name) {
                continue;
            }
            let conditions: Vec<&Value> =
                channel.conditions.iter().filter(|c| c.module == watched.module).map(|c| &c.shown).collect();
            let mut entry = resource(ctx, &state, watched, channel);
            entry["notify_on_related_action"] = json!(channel.related);
            entry["channel_expiry"] = json!(ctx.org.time(channel.expiry));
            entry["return_affected_field_values"] = json!(channel.return_values);
            entry["notify_url"] = json!(channel.notify_url);
            entry["fields"] = Value::Null;
            entry["notification_condition"] =
                if conditions.is_empty() { Value::Null } else { json!(conditions) };
            entry["events"] = json!(watched.events());
            entry["token"] = json!(channel.token);
            shown.push(entry);
        }
    }
    let skip = (page - 1).saturating_mul(per_page);
    let more = shown.len() > skip.saturating_add(per_page);
    let shown: Vec<Value> = shown.into_iter().skip(skip).take(per_page).collect();
    if shown.is_empty() {
        return Ok(Answer::no_content());
    }
    let info = json!({"per_page": per_page, "count": shown.len(), "page": page, "more_records": more});
    Ok(Answer::json(200, &json!({"watch": shown, "info": info})))
}

fn unsubscribe(ctx: &RequestContext) -> Reply {
    let ids = ctx.request.query.list("channel_ids").filter(|ids| !ids.is_empty());
    let ids = ids.ok_or_else(|| {
        ApiError::new(400, "EXPECTED_PARAM_MISSING", "One of the expected parameter is missing", json!({}))
    })?;
    let mut state = ctx.org.write();
    let now = ctx.now();
    state.channels.retain(|channel| channel.expiry > now);
    let mut results = Vec::new();
    let mut failed = 0;
    for id in &ids {
        let Some(at) = state.channels.iter().position(|channel| channel.id == *id) else {
            failed += 1;
            results.push(not_subscribed().body());
            continue;
        };
        let channel = state.channels.remove(at);
        for watched in &channel.watched {
            let mut details = resource(ctx, &state, watched, &channel);
            if let Some(details) = details.as_object_mut() {
                details.remove("resource_name");
            }
            results.push(json!({
                "code": "SUCCESS", "details": details, "message": "Successfully un-subscribed from actions-watch",
                "status": "success",
            }));
        }
    }
    save(ctx, &state);
    let status = match failed {
        0 => 200,
        _ if failed == ids.len() => 400,
        _ => 207,
    };
    Ok(Answer::json(status, &json!({"watch": results})))
}
