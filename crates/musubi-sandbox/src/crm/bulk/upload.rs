//! `POST /crm/v8/upload`: the file of a bulk write.

use serde_json::json;

use crate::crm::context::RequestContext;
use crate::http::answer::Answer;
use crate::http::error::{ApiError, Reply};
use crate::http::multipart;

use super::archive;
use super::jobs::Upload;

/// Longest file.
const MAX_BYTES: usize = 25 * 1024 * 1024;

fn refuse(code: &'static str, message: &str) -> ApiError {
    ApiError::new(400, code, message, json!({}))
}

/// Takes a ZIP file with one CSV in it.
pub fn handle(ctx: &RequestContext) -> Reply {
    ctx.require(&["upload"], "CREATE")?;
    if ctx.request.header("feature") != Some("bulk-write") {
        return Err(refuse("NOT_SUPPORTED_FEATURE", "The feature is not supported"));
    }
    if ctx.request.header("x-crm-org") != Some(ctx.org.profile.org_id.as_str()) {
        return Err(refuse("INVALID_DATA", "The organization id given is invalid"));
    }
    let content_type = ctx.request.header("content-type").unwrap_or_default();
    let parts = multipart::parse(content_type, &ctx.request.body).unwrap_or_default();
    let file = parts.into_iter().find(|part| part.name == "file" && part.file_name.is_some());
    let file = file.ok_or_else(|| refuse("MANDATORY_NOT_FOUND", "The file is missing"))?;
    if file.content.len() > MAX_BYTES {
        return Err(refuse("INVALID_DATA", "The file is too large"));
    }
    archive::unpack(&file.content)
        .map_err(|_| refuse("INVALID_FILE_FORMAT", "The file format is invalid"))?;
    let id = ctx.org.write().ids.fresh();
    ctx.world.bulk.upload(Upload { id, org_id: ctx.org.profile.org_id.clone(), zip: file.content });
    let details = json!({"file_id": id.to_string(), "created_time": ctx.org.time(ctx.now())});
    let body = json!({"status": "success", "code": "FILE_UPLOAD_SUCCESS", "message": "file uploaded.", "details": details});
    Ok(Answer::json(200, &body))
}
