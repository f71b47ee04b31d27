//! Activating, deactivating and deleting layouts.

use serde_json::{Value as Json, json};

use super::{commit::Commit, context::RequestContext};
use crate::{
    http::{
        answer::Answer,
        error::{ApiError, Reply},
    },
    org::State,
};

fn find(ctx: &RequestContext, state: &State, id: &str) -> Result<(usize, usize), ApiError> {
    let no = state.module_no(ctx.required_param("module")?).ok_or_else(ApiError::invalid_module_parameter)?;
    let place = state.modules[no].meta.layouts.iter().position(|layout| layout.id.to_string() == id);
    place.map(|place| (no, place)).ok_or_else(|| ApiError::invalid_id(2))
}

/// The layout that takes over: another one that is active.
fn transfer_to(ctx: &RequestContext, state: &State, no: usize, place: usize) -> Result<(), ApiError> {
    let wanted = ctx.required_param("transfer_to")?;
    let fits = |(at, layout): (usize, &crate::org::layout::Layout)| {
        at != place && !layout.inactive && layout.id.to_string() == wanted
    };
    match state.modules[no].meta.layouts.iter().enumerate().any(fits) {
        true => Ok(()),
        false => Err(ApiError::invalid_parameter("transfer_to")),
    }
}

fn done(id: i64, message: &str) -> Answer {
    let entry: Json = json!({"code": "SUCCESS", "details": {"id": id.to_string()}, "message": message, "status": "success"});
    Answer::json(200, &json!({"layouts": [entry]}))
}

fn keep(ctx: &RequestContext, state: &mut State, no: usize) {
    state.modules[no].refresh_names();
    let mut commit = Commit::new(ctx);
    commit.meta(state, no);
    commit.finish(state);
}

fn already(code: &'static str, message: &str) -> ApiError {
    ApiError::new(400, code, message, json!({"resource_path_index": 2}))
}

/// `POST /settings/layouts/{id}/actions/activate`.
pub fn activate(ctx: &RequestContext, id: &str) -> Reply {
    ctx.require(&["settings", "layouts"], "CREATE")?;
    ctx.body()?;
    let mut state = ctx.org.write();
    let (no, place) = find(ctx, &state, id)?;
    let layout = &mut state.modules[no].meta.layouts[place];
    if !layout.inactive {
        return Err(already("ALREADY_ACTIVATED", "the layout is already activated"));
    }
    (layout.inactive, layout.modified) = (false, Some(ctx.now()));
    let id = layout.id;
    keep(ctx, &mut state, no);
    Ok(done(id, "layout activated successfully"))
}

/// `DELETE /settings/layouts/{id}/actions/activate?transfer_to=`.
pub fn deactivate(ctx: &RequestContext, id: &str) -> Reply {
    ctx.require(&["settings", "layouts"], "DELETE")?;
    let mut state = ctx.org.write();
    let (no, place) = find(ctx, &state, id)?;
    if state.modules[no].meta.layouts[place].inactive {
        return Err(already("ALREADY_DEACTIVATED", "the layout is already deactivated"));
    }
    transfer_to(ctx, &state, no, place)?;
    let layout = &mut state.modules[no].meta.layouts[place];
    (layout.inactive, layout.modified) = (true, Some(ctx.now()));
    let id = layout.id;
    keep(ctx, &mut state, no);
    Ok(done(id, "layout deactivated successfully"))
}

/// `DELETE /settings/layouts/{id}?transfer_to=`: a custom layout only.
pub fn delete(ctx: &RequestContext, id: &str) -> Reply {
    ctx.require(&["settings", "layouts"], "DELETE")?;
    let mut state = ctx.org.write();
    let (no, place) = find(ctx, &state, id)?;
    let layout = &state.modules[no].meta.layouts[place];
    if layout.created.is_none() {
        let details = json!({"id": layout.id.to_string()});
        return Err(ApiError::new(400, "NOT_ALLOWED", "the standard layout cannot be deleted", details));
    }
    if !layout.inactive {
        transfer_to(ctx, &state, no, place)?;
    }
    let layout = state.modules[no].meta.layouts.remove(place);
    keep(ctx, &mut state, no);
    Ok(done(layout.id, "layout deleted successfully"))
}
