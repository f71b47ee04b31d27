//! `/files`: files that file and image fields of records are made of, and every file by its id.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value as Json, json};

use super::{commit::Commit, context::RequestContext};
use crate::{
    http::{
        answer::{Answer, Payload},
        error::{ApiError, Reply},
        multipart::{self, Part},
    },
    log::Line,
    org::{State, state::StoredFile},
};

/// The largest file.
pub const LARGEST: usize = 20 * 1024 * 1024;
/// The most files of one call.
const MOST_FILES: usize = 10;

/// What clients call a file: 64 characters.
pub fn id_text(id: i64) -> String {
    format!("{id:064x}")
}

/// The file that clients call so.
pub fn find<'a>(state: &'a State, id: &str) -> Option<(i64, &'a StoredFile)> {
    let id = (id.len() == 64).then(|| i64::from_str_radix(id, 16).ok()).flatten()?;
    state.files.get(&id).map(|file| (id, file))
}

/// Serves files.
pub fn route(ctx: &RequestContext) -> Reply {
    match ctx.request.method.as_str() {
        "POST" => upload(ctx),
        "GET" => {
            ctx.require(&["files"], "READ")?;
            let id = ctx.required_param("id")?;
            let state = ctx.org.read();
            Ok(find(&state, id).map_or_else(Answer::no_content, |(_, file)| download(file)))
        }
        _ => Err(ApiError::invalid_method()),
    }
}

/// The files in a multipart body.
pub fn parts(ctx: &RequestContext) -> Vec<Part> {
    let content_type = ctx.request.header("content-type").unwrap_or("");
    let mut parts = multipart::parse(content_type, &ctx.request.body).unwrap_or_default();
    parts.retain(|part| part.file_name.is_some());
    parts
}

/// Keeps a file; gives its number.
pub fn keep(ctx: &RequestContext, state: &mut State, commit: &mut Commit<'_>, id: i64, part: Part) {
    let name = part.file_name.unwrap_or_default();
    let content_type = part.content_type.unwrap_or_else(|| "application/octet-stream".into());
    let number = ctx.org.profile.number;
    commit.line(Line::File(number, id, name.clone(), content_type.clone(), STANDARD.encode(&part.content)));
    state.files.insert(id, StoredFile { name, content_type, content: part.content });
}

fn upload(ctx: &RequestContext) -> Reply {
    ctx.require(&["files"], "CREATE")?;
    let parts = parts(ctx);
    if parts.is_empty() || parts.iter().any(|part| part.content.is_empty()) {
        let message = "Problem in uploading attachment. kindly upload the file properly";
        return Err(ApiError::new(400, "failure_in_attachment_handling", message, json!({})));
    }
    if parts.len() > MOST_FILES {
        return Err(ApiError::new(
            400,
            "INVALID_REQUEST",
            "unable to process your request. please verify whether you have entered proper method name, parameter and parameter values.",
            json!({}),
        ));
    }
    if parts.iter().any(|part| part.content.len() > LARGEST) {
        let message = "Please check if the size of the file is in the correct range";
        return Err(ApiError::new(415, "FILE_SIZE_MORE_THAN_ALLOWED_SIZE", message, json!({})));
    }
    let mut state = ctx.org.write();
    let mut commit = Commit::new(ctx);
    let mut entries: Vec<Json> = Vec::with_capacity(parts.len());
    for part in parts {
        let id = state.ids.fresh();
        let details = json!({"name": part.file_name, "id": id_text(id)});
        entries.push(json!({
            "code": "SUCCESS", "details": details, "status": "success",
            "message": format!("{} uploaded Succesfully", part.file_name.as_deref().unwrap_or_default()),
        }));
        keep(ctx, &mut state, &mut commit, id, part);
    }
    commit.finish(&mut state);
    Ok(Answer::json(200, &json!({"data": entries})))
}

/// A file as an answer.
pub fn download(file: &StoredFile) -> Answer {
    let name: String = url::form_urlencoded::byte_serialize(file.name.as_bytes()).collect();
    let answer = Answer {
        status: 200,
        content_type: file.content_type.clone(),
        headers: Vec::new(),
        body: Payload::Whole(file.content.to_vec()),
    };
    answer.with_header(
        "content-disposition",
        format!("attachment;filename*=UTF-8''{}", name.replace('+', "%20")),
    )
}
