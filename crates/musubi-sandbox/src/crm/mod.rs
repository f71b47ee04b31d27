//! The CRM's API: which path is served by which file.

pub mod attachments;
pub mod bulk;
pub mod bulk_insert;
pub mod commit;
pub mod composite;
pub mod consent;
pub mod context;
pub mod convert;
pub mod copy;
pub mod coql;
pub mod count;
pub mod deleted;
pub mod deleted_related;
pub mod external;
pub mod field_changes;
pub mod fields;
pub mod file_fields;
pub mod files;
pub mod full_data;
pub mod get;
pub mod global_picklists;
pub mod item;
pub mod layout_changes;
pub mod layout_status;
pub mod layouts;
pub mod linked_rows;
pub mod linking;
pub mod links;
pub mod list;
pub mod mass;
pub mod merge;
pub mod modules;
pub mod notes;
pub mod notify;
pub mod org_info;
pub mod paging;
pub mod participants;
pub mod permissions;
pub mod photo;
pub mod picklist_replace;
pub mod pipeline_changes;
pub mod pipelines;
pub mod profiles;
pub mod recycle_bin;
pub mod related;
pub mod related_lists;
pub mod remove;
pub mod render;
pub mod roles;
pub mod rows;
pub mod rules;
pub mod search;
pub mod tags;
pub mod timeline;
pub mod unique;
pub mod upkeep;
pub mod user_changes;
pub mod users;
pub mod validate;
pub mod views;
pub mod write;

use std::sync::PoisonError;

use crate::http::{
    answer::Answer,
    credits::Due,
    error::{ApiError, Reply},
    faults::FaultKind,
};

use crate::org::state::MassKind;
pub use context::RequestContext;
use tags::Change;

/// Serves a call that was opened, and books it.
pub fn run(mut ctx: RequestContext, hits: &[FaultKind]) -> Answer {
    for hit in hits {
        match hit {
            FaultKind::ReadLagS { seconds } => ctx.read_lag_s = Some(*seconds),
            FaultKind::ItemError { code, every } => ctx.item_fault = Some((*code, *every)),
            _ => {}
        }
    }
    // An injected delay may lie between the opening and now: what is done is stamped when it is done.
    ctx.now_ms = ctx.world.clock.now_ms();
    let translated = external::translate(&mut ctx);
    let mut answer = translated.and_then(|()| route(&ctx)).unwrap_or_else(|error| error.answer());
    let left = {
        let mut credits = ctx.org.credits.lock().unwrap_or_else(PoisonError::into_inner);
        credits.book(&context::endpoint(&ctx.request), ctx.charged(), answer.status >= 400, ctx.now_ms);
        credits.remaining_to_tell()
    };
    ctx.world.keep_credits(&ctx.org, Due::InTime);
    if let Some(left) = left {
        answer.headers.push(("x-api-credits-remaining", left.to_string()));
    }
    answer.headers.push(("x-accesstoken-reset", ctx.org.time(ctx.token_expires)));
    answer
}

/// The route table. The order matters only where a fixed word stands beside a module's name.
fn route(ctx: &RequestContext) -> Reply {
    let method = ctx.request.method.as_str();
    let segments = ctx.request.segments();
    if let [_, "bulk", version, path @ ..] = segments.as_slice() {
        return if version.starts_with('v') { bulk::handle(ctx, path) } else { Err(ApiError::invalid_url()) };
    }
    let [_, version, path @ ..] = segments.as_slice() else { return Err(ApiError::invalid_url()) };
    if !matches!(*version, "v8" | "v7" | "v6" | "v5" | "v4" | "v3" | "v2.1" | "v2") {
        return Err(ApiError::invalid_url());
    }
    match (method, path) {
        ("GET", ["org"]) => org_info::get(ctx),
        ("POST", ["coql"]) => coql::handle(ctx),
        ("POST", ["upload"]) => bulk::upload(ctx),
        ("POST", ["__composite_requests"]) => composite::handle(ctx, route),
        (_, ["files"]) => files::route(ctx),
        (_, ["coql" | "upload" | "__composite_requests"]) => Err(ApiError::invalid_method()),
        (_, ["actions", "watch"]) => notify::watch::handle(ctx),
        (_, ["users", rest @ ..]) => users::route(ctx, method, rest),
        (_, ["settings", "modules", rest @ ..]) => modules::route(ctx, method, rest),
        (_, ["settings", "fields", rest @ ..]) => fields::route(ctx, method, rest),
        (_, ["settings", "layouts", rest @ ..]) => layouts::route(ctx, method, rest),
        (_, ["settings", "custom_views", rest @ ..]) => views::route(ctx, method, rest),
        (_, ["settings", "roles", rest @ ..]) => roles::route(ctx, method, rest),
        (_, ["settings", "profiles", rest @ ..]) => profiles::route(ctx, method, rest),
        (_, ["settings", "pipeline", rest @ ..]) => pipelines::route(ctx, method, rest),
        (_, ["settings", "global_picklists", rest @ ..]) => global_picklists::route(ctx, method, rest),
        (_, ["settings", "tags", rest @ ..]) => tags::route(ctx, method, rest),
        (_, ["settings", "recycle_bin", rest @ ..]) => recycle_bin::route(ctx, method, rest),
        ("GET", ["settings", "related_lists"]) => related_lists::list(ctx),
        (_, ["org"] | ["settings", "related_lists"]) => Err(ApiError::invalid_method()),
        (_, ["org" | "settings" | "__apis" | "__features", ..]) => Err(ApiError::invalid_url()),
        ("GET", [module]) => list::list(ctx, module),
        ("POST", [module]) => write::insert(ctx, module),
        ("PUT", [module]) => write::update(ctx, module, None),
        ("DELETE", [module]) => remove::many(ctx, module),
        ("POST", [module, "upsert"]) => write::upsert(ctx, module),
        ("GET", [module, "search"]) => search::handle(ctx, module),
        ("GET", [module, "deleted"]) => deleted::list(ctx, module),
        ("GET", [module, "deleted", id, list]) => deleted_related::list(ctx, module, id, list),
        (_, [_, "upsert" | "search" | "deleted"] | [_, "deleted", _, _]) => Err(ApiError::invalid_method()),
        ("GET", [module, "actions", "count"]) => count::handle(ctx, module),
        ("POST", [module, "actions", "add_tags"]) => tags::change(ctx, module, None, Change::Add),
        ("POST", [module, "actions", "remove_tags"]) => tags::change(ctx, module, None, Change::Remove),
        ("POST", [module, id, "actions", "add_tags"]) => tags::change(ctx, module, Some(id), Change::Add),
        ("POST", [module, id, "actions", "remove_tags"]) => {
            tags::change(ctx, module, Some(id), Change::Remove)
        }
        ("POST", [module, "actions", "mass_update"]) => mass::update(ctx, module),
        ("GET", [module, "actions", "mass_update"]) => mass::status(ctx, module, MassKind::Update),
        ("POST", [module, "actions", "mass_delete"]) => mass::delete(ctx, module),
        ("GET", [module, "actions", "mass_delete"]) => mass::status(ctx, module, MassKind::Delete),
        ("POST", [module, "actions", "mass_change_owner"]) => mass::change_owner_of_view(ctx, module),
        ("GET", [module, "actions", "mass_change_owner"]) => mass::status(ctx, module, MassKind::Owner),
        ("POST", [module, "actions", "change_owner"]) => mass::change_owner(ctx, module, None),
        ("POST", [module, id, "actions", "change_owner"]) => mass::change_owner(ctx, module, Some(id)),
        ("GET", [module, "actions", "fetch_full_data"]) => full_data::handle(ctx, module, None),
        ("GET", [module, id, "actions", "fetch_full_data"]) => full_data::handle(ctx, module, Some(id)),
        (_, [module, id, "photo"]) => photo::route(ctx, module, id),
        ("POST", [module, id, "actions", "clone"]) => copy::clone(ctx, module, id),
        ("POST", ["Leads", id, "actions", "convert"]) => convert::convert(ctx, id),
        ("POST", [module, id, "actions", "merge"]) => merge::merge(ctx, module, id),
        ("GET", [module, id, "__timeline"]) => timeline::list(ctx, module, id),
        (_, [_, "actions", "count" | "mass_update" | "mass_delete" | "mass_change_owner"])
        | (_, [_, "actions", "add_tags" | "remove_tags" | "change_owner" | "fetch_full_data"])
        | (_, [_, _, "actions", "add_tags" | "remove_tags" | "change_owner" | "fetch_full_data"])
        | (_, [_, _, "actions", "clone" | "merge"] | ["Leads", _, "actions", "convert"]) => {
            Err(ApiError::invalid_method())
        }
        (_, [_, "actions", ..] | [_, _, "actions", ..]) => Err(ApiError::invalid_url()),
        ("GET", [module, id, "Attachments"]) => attachments::list(ctx, module, id),
        ("POST", [module, id, "Attachments"]) => attachments::add(ctx, module, id),
        ("DELETE", [module, id, "Attachments"]) => attachments::delete_many(ctx, module, id),
        ("GET", [module, id, "Attachments", file]) => attachments::download(ctx, module, id, file),
        ("DELETE", [module, id, "Attachments", file]) => attachments::delete(ctx, module, id, file),
        (_, [_, _, "Attachments"] | [_, _, "Attachments", _]) => Err(ApiError::invalid_method()),
        ("POST", [module, id, "Notes"]) => notes::add(ctx, module, id),
        (_, [module, id, "Notes", note]) => notes::one(ctx, module, id, note),
        ("PUT" | "DELETE", [module, id, "Notes"]) => notes::many(ctx, module, id),
        (_, [_, _, "Notes"]) if method != "GET" => Err(ApiError::invalid_method()),
        ("GET", [module, id, list]) => related::list(ctx, module, id, list, None),
        ("GET", [module, id, list, record]) => related::list(ctx, module, id, list, Some(record)),
        ("PUT" | "DELETE", [module, id, list]) => links::change(ctx, module, id, list, None),
        ("PUT" | "DELETE", [module, id, list, record]) => links::change(ctx, module, id, list, Some(record)),
        ("GET", [module, id]) => get::one(ctx, module, id),
        ("PUT", [module, id]) => write::update_in_path(ctx, module, id),
        ("DELETE", [module, id]) => remove::one(ctx, module, id),
        (_, [_] | [_, _]) => Err(ApiError::invalid_method()),
        _ => Err(ApiError::invalid_url()),
    }
}

/// A record's id in the path: digits alone.
pub fn record_id(text: &str, path_index: usize) -> Result<i64, ApiError> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits).ok_or_else(|| ApiError::invalid_id(path_index))
}
