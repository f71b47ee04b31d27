//! Bulk read and bulk write: jobs over ZIP files of CSV.

mod archive;
pub mod jobs;
mod mapping;
mod query;
mod read;
mod rows;
mod snapshot;
mod upload;
mod write;

pub use jobs::Bulk;
pub use upload::handle as upload;

use crate::crm::context::RequestContext;
use crate::http::error::{ApiError, Reply};

/// Serves `/crm/bulk/v8/…`; `path` is what follows the version.
pub fn handle(ctx: &RequestContext, path: &[&str]) -> Reply {
    match (ctx.request.method.as_str(), path) {
        ("POST", ["read"]) => read::create(ctx),
        ("GET", ["read", id]) => read::details(ctx, id),
        ("GET", ["read", id, "result"]) => read::result(ctx, id),
        ("POST", ["write"]) => write::create(ctx),
        ("GET", ["write", id]) => write::details(ctx, id),
        ("GET", ["write", id, "result"]) => write::result(ctx, id),
        (_, ["read" | "write"] | ["read" | "write", _] | ["read" | "write", _, "result"]) => {
            Err(ApiError::invalid_method())
        }
        _ => Err(ApiError::invalid_url()),
    }
}
