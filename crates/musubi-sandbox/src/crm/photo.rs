//! `/{module}/{id}/photo`: the picture of a person, company or product.

use serde_json::json;

use super::{commit::Commit, context::RequestContext, files, record_id};
use crate::{
    http::{
        answer::Answer,
        error::{ApiError, Reply},
    },
    org::{
        State,
        events::Operation,
        kind::Kind,
        record::{FieldNo, Record},
        value::Value,
    },
};

/// The largest picture.
const LARGEST: usize = 10 * 1024 * 1024;

/// Serves a record's photo.
pub fn route(ctx: &RequestContext, module: &str, id: &str) -> Reply {
    match ctx.request.method.as_str() {
        "GET" => get(ctx, module, id),
        "POST" => set(ctx, module, id),
        "DELETE" => remove(ctx, module, id),
        _ => Err(ApiError::invalid_method()),
    }
}

/// The module, its field for the photo, and the record.
fn find<'a>(state: &'a State, module: &str, id: &str) -> Result<(usize, FieldNo, &'a Record), ApiError> {
    let no = state.module_no(module).ok_or_else(ApiError::invalid_module)?;
    let target = &state.modules[no];
    let field = target.fields().find(|(_, field)| field.kind == Kind::ProfileImage);
    let (field, _) = field.ok_or_else(ApiError::invalid_module)?;
    let record = target.table.get(record_id(id, 1)?).ok_or_else(|| {
        ApiError::new(400, "INVALID_DATA", "the id given seems to be invalid", json!({"id": id}))
    })?;
    Ok((no, field, record))
}

fn get(ctx: &RequestContext, module: &str, id: &str) -> Reply {
    ctx.require(&["modules", module], "READ")?;
    let state = ctx.org.read();
    let (_, field, record) = find(&state, module, id)?;
    let file = record.get(field).and_then(Value::as_text).and_then(|id| files::find(&state, id));
    Ok(file.map_or_else(Answer::no_content, |(_, file)| files::download(file)))
}

fn set(ctx: &RequestContext, module: &str, id: &str) -> Reply {
    ctx.require(&["modules", module], "UPDATE")?;
    let refuse = || ApiError::new(400, "INVALID_DATA", "invalid data", json!({}));
    let [part] = <[_; 1]>::try_from(files::parts(ctx)).map_err(|_| refuse())?;
    let is_picture = part.content_type.as_deref().is_some_and(|kind| kind.starts_with("image/"));
    if !is_picture || part.content.is_empty() || part.content.len() > LARGEST {
        return Err(refuse());
    }
    let mut state = ctx.org.write();
    let (no, field, record) = find(&state, module, id)?;
    let mut record = record.clone();
    let mut commit = Commit::new(ctx);
    let file = state.ids.fresh();
    files::keep(ctx, &mut state, &mut commit, file, part);
    record.set(field, Some(Value::Text(files::id_text(file).into())));
    change(ctx, &mut state, commit, no, field, record);
    Ok(done("photo uploaded successfully"))
}

fn remove(ctx: &RequestContext, module: &str, id: &str) -> Reply {
    ctx.require(&["modules", module], "UPDATE")?;
    let mut state = ctx.org.write();
    let (no, field, record) = find(&state, module, id)?;
    let mut record = record.clone();
    if record.set(field, None) {
        change(ctx, &mut state, Commit::new(ctx), no, field, record);
    }
    Ok(done("Photo deleted"))
}

fn change(
    ctx: &RequestContext,
    state: &mut State,
    mut commit: Commit<'_>,
    no: usize,
    field: FieldNo,
    mut record: Record,
) {
    (record.modified, record.modified_by) = (ctx.now(), ctx.user_id);
    commit.put(state, no, record, Operation::Update, vec![field]);
    commit.finish(state);
}

fn done(message: &str) -> Answer {
    Answer::json(200, &json!({"message": message, "details": {}, "status": "success", "code": "SUCCESS"}))
}
