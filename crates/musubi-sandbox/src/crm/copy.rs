//! `POST /{module}/{id}/actions/clone`: the same record once more.

use super::{
    commit::Commit,
    context::RequestContext,
    item::{Item, Outcome},
    record_id, rows, unique,
    validate::{self, Place},
};
use crate::{
    http::{
        answer::Answer,
        error::{ApiError, Reply},
        json_in::Node,
    },
    org::events::Operation,
};

/// The same cells once more, with what the body changes.
pub fn clone(ctx: &RequestContext, module_name: &str, id: &str) -> Reply {
    let mut state = ctx.org.write();
    let no = state.module_no(module_name).ok_or_else(ApiError::invalid_module)?;
    ctx.require(&["modules", module_name], "CREATE")?;
    let id = record_id(id, 1)?;
    let Some(old) = state.modules[no].table.get(id) else { return Err(ApiError::invalid_id(1)) };
    let mut record = old.clone();
    let body = Node::parse(&ctx.request.body).unwrap_or(Node::Null);
    let changes = body.get("data").and_then(Node::as_list).and_then(<[_]>::first);
    let made = changes
        .map_or_else(|| Ok(validate::Draft::default()), |node| validate::draft(&state, no, node, Place(0)));
    let made = made.and_then(|draft| {
        for (field, value) in draft.sets {
            record.set(field, value);
        }
        record.owner = draft.owner.unwrap_or(record.owner);
        record.id = 0;
        unique::check(&state.modules[no], &record, Place(0))
    });
    let result = match made {
        Ok(()) => {
            record.id = state.ids.fresh();
            (record.created, record.modified) = (ctx.now(), ctx.now());
            (record.created_by, record.modified_by) = (ctx.user_id, ctx.user_id);
            (record.converted, record.activity) = (None, None);
            let mut commit = Commit::new(ctx);
            let changed = record.cells.iter().map(|cell| cell.field).collect();
            let stamp = record.stamp();
            commit.put(&mut state, no, record, Operation::Insert, changed);
            rows::copy(ctx, &mut state, &mut commit, no, id, stamp.id);
            commit.finish(&mut state);
            Ok(Item::Inserted(stamp))
        }
        Err(error) => Err(error),
    };
    let mut out = b"{\"data\":[".to_vec();
    Outcome { org: &ctx.org, state: &state, result: &result }.write(&mut out);
    out.extend_from_slice(b"]}");
    Ok(Answer::json_bytes(if result.is_ok() { 201 } else { 400 }, out))
}
