//! `GET /{module}/actions/count`: how many records there are, in a list view, or that a search finds.

use serde_json::json;

use super::{context::RequestContext, search, views};
use crate::{
    criteria::{self, record::RecordRow},
    http::{
        answer::Answer,
        error::{ApiError, Reply},
    },
    org::{State, module::Module, record::Record},
};

/// Serves the count.
pub fn handle(ctx: &RequestContext, module_name: &str) -> Reply {
    let state = ctx.org.read();
    let module = state.module(module_name).ok_or_else(ApiError::invalid_module)?;
    ctx.require(&["modules", module_name], "READ")?;
    let searched = ["criteria", "email", "phone", "word"].iter().any(|name| ctx.param(name).is_some());
    let count = match (ctx.param("cvid"), searched) {
        (Some(_), true) => {
            return Err(ApiError::new(
                400,
                "AMBIGUITY_DURING_PROCESSING",
                "Please use either Cvid or Search Params. Combination of both the params is not allowed",
                json!({"ambiguity_due_to": [{"param_name": "cvid"}]}),
            ));
        }
        (Some(id), false) => in_view(ctx, &state, module, id)?,
        (None, true) => search::count(ctx, &state, module)?,
        (None, false) => everything(ctx, module)?,
    };
    Ok(Answer::json(200, &json!({"count": count})))
}

/// Which records count by what became of them: leads that were converted do not, unless asked for.
fn shown(ctx: &RequestContext) -> Result<impl Fn(&Record) -> bool + use<>, ApiError> {
    let wanted = match ctx.param("converted") {
        None | Some("false") => Some(false),
        Some("true") => Some(true),
        Some("both") => None,
        Some(_) => return Err(ApiError::invalid_parameter("converted")),
    };
    Ok(move |record: &Record| wanted.is_none_or(|wanted| record.converted.is_some() == wanted))
}

fn everything(ctx: &RequestContext, module: &Module) -> Result<usize, ApiError> {
    let shown = shown(ctx)?;
    Ok(match module.meta.api_name.as_str() {
        "Leads" => module.table.iter().filter(|record| shown(record)).count(),
        _ => module.table.len(),
    })
}

fn in_view(ctx: &RequestContext, state: &State, module: &Module, id: &str) -> Result<usize, ApiError> {
    let shown = shown(ctx)?;
    let view = module.meta.views.iter().find(|view| view.id.to_string() == id);
    let view = view.ok_or_else(|| ApiError::invalid_parameter("cvid"))?;
    let filter = views::criteria(ctx, view)?;
    let admitted = |record: &&Record| {
        shown(record)
            && filter
                .as_ref()
                .is_none_or(|filter| criteria::matches(filter, &RecordRow { state, module, record }))
    };
    Ok(module.table.iter().filter(admitted).count())
}
