//! Attachments of a record: files and links.

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use serde_json::{Value as Json, json};

use super::{
    commit::Commit, context::RequestContext, files, modules::mixed_status, paging::Paging, record_id,
    related, write,
};
use crate::{
    http::{
        answer::Answer,
        error::{ApiError, Reply},
        multipart,
    },
    log::Line,
    org::{State, events::Operation, record::Record, state::StoredFile, value::Value},
};

/// The media type under which links are kept.
const LINK: &str = "text/uri-list";

fn parent(
    ctx: &RequestContext,
    state: &State,
    module: &str,
    id: &str,
    operation: &str,
) -> Result<(usize, i64), ApiError> {
    ctx.require(&["modules", "Attachments"], operation)?;
    let no = state.module_no(module).ok_or_else(ApiError::invalid_module)?;
    let id = record_id(id, 1)?;
    match state.modules[no].table.get(id) {
        Some(_) => Ok((no, id)),
        None => Err(ApiError::invalid_id(1)),
    }
}

/// `GET /{module}/{id}/Attachments`.
pub fn list(ctx: &RequestContext, module: &str, id: &str) -> Reply {
    ctx.required_param("fields")?;
    let state = ctx.org.read();
    let (no, id) = parent(ctx, &state, module, id, "READ")?;
    let paging = Paging::read(ctx, &format!("{module}|{id}|attachments"))?;
    let mut ids = related::children(&state, "Attachments", no, id);
    ids.sort_unstable_by_key(|id| std::cmp::Reverse(*id));
    let rows: Vec<Json> = ids
        .iter()
        .skip(paging.offset)
        .take(paging.per_page)
        .filter_map(|attachment| show(ctx, &state, no, id, *attachment))
        .collect();
    if rows.is_empty() {
        return Ok(Answer::no_content());
    }
    let more = ids.len() > paging.offset + paging.per_page;
    let mut info = paging.plain_info(rows.len(), more);
    for key in ["next_page_token", "previous_page_token", "page_token_expiry"] {
        info[key] = Json::Null;
    }
    Ok(Answer::json(200, &json!({"data": rows, "info": info})))
}

fn show(ctx: &RequestContext, state: &State, no: usize, parent: i64, id: i64) -> Option<Json> {
    let module = state.module("Attachments")?;
    let record = module.table.get(id)?;
    let user = |id: i64| {
        state.user(id).map(|u| json!({"id": id.to_string(), "name": u.full_name(), "email": u.email}))
    };
    let parent_record = state.modules[no].table.get(parent)?;
    let size = module.field_no("Size").and_then(|f| record.get(f));
    let link = state.files.get(&id).filter(|file| file.content_type == LINK);
    Some(json!({
        "id": id.to_string(),
        "File_Name": module.text(record, "File_Name"),
        "Size": match size { Some(Value::Int(size)) if link.is_none() => size.to_string(), _ => "0".into() },
        "Created_Time": ctx.org.time(record.created),
        "Created_By": user(record.created_by),
        "Modified_Time": ctx.org.time(record.modified),
        "Modified_By": user(record.modified_by),
        "Owner": user(record.owner),
        "Parent_Id": {"id": parent.to_string(), "name": state.modules[no].display_name(parent_record)},
        "$field_states": null, "$editable": true,
        "$file_id": if link.is_some() { Json::Null } else { json!(files::id_text(id)) },
        "$type": if link.is_some() { "Link URL" } else { "Attachment" },
        "$se_module": state.modules[no].meta.api_name, "$state": "save",
        "$link_url": link.map(|link| String::from_utf8_lossy(&link.content)), "$sharing_permission": "full_access",
    }))
}

/// `POST /{module}/{id}/Attachments`: a multipart body with a file, or a link by `attachmentUrl` and `title`.
pub fn add(ctx: &RequestContext, module: &str, id: &str) -> Reply {
    ctx.require(&["modules", "Attachments"], "CREATE")?;
    let (name, content_type, content) = upload(ctx)?;
    if content.len() > files::LARGEST {
        let message = "Please check if the size of the file is in the correct range";
        return Err(ApiError::new(413, "FILE_SIZE_MORE_THAN_ALLOWED_SIZE", message, json!({})));
    }
    let mut state = ctx.org.write();
    let (no, parent) = parent(ctx, &state, module, id, "CREATE")?;
    let Some(target) = state.module_no("Attachments") else { return Err(ApiError::invalid_module()) };
    let now = ctx.now();
    let mut record = Record { id: state.ids.fresh(), ..Record::new(ctx.user_id, now) };
    let attachments = &state.modules[target];
    for (field, value) in [
        ("File_Name", Value::Text(name.as_str().into())),
        ("Size", Value::Int(content.len() as i64)),
        ("Parent_Id", Value::ModuleLookup(no as u16, parent)),
    ] {
        if let Some(field) = attachments.field_no(field) {
            record.set(field, Some(value));
        }
    }
    let attachment = record.id;
    let mut commit = Commit::new(ctx);
    commit.line(Line::File(
        ctx.org.profile.number,
        attachment,
        name.clone(),
        content_type.clone(),
        STANDARD.encode(&content),
    ));
    state.files.insert(attachment, StoredFile { name, content_type, content });
    // Harder: the documents do not say whether the record counts as modified by it; here it does not, so no list or notification of its module tells.
    commit.put(&mut state, target, record, Operation::Insert, vec![]);
    commit.finish(&mut state);
    let by = state.user(ctx.user_id).map(|u| json!({"id": u.id.to_string(), "name": u.full_name()}));
    Ok(Answer::json(
        200,
        &json!({"data": [{
            "code": "SUCCESS",
            "details": {
                "id": attachment.to_string(), "Modified_Time": ctx.org.time(now), "Created_Time": ctx.org.time(now),
                "Modified_By": by, "Created_By": by,
            },
            "message": "attachment uploaded successfully", "status": "success",
        }]}),
    ))
}

fn upload(ctx: &RequestContext) -> Result<(String, String, Bytes), ApiError> {
    let content_type = ctx.request.header("content-type").unwrap_or("");
    let parts = multipart::parse(content_type, &ctx.request.body).unwrap_or_default();
    if let Some(file) = parts.iter().find(|part| part.file_name.is_some()) {
        let media = file.content_type.clone().unwrap_or_else(|| "application/octet-stream".into());
        return Ok((file.file_name.clone().unwrap_or_default(), media, file.content.clone()));
    }
    let parameters = ctx.request.parameters();
    let url = parameters.get("attachmentUrl").ok_or_else(|| ApiError::missing_parameter("file"))?;
    let title = parameters.get("title").unwrap_or(url);
    Ok((title.to_owned(), LINK.into(), Bytes::from(url.to_owned())))
}

/// `GET /{module}/{id}/Attachments/{attachment}`.
pub fn download(ctx: &RequestContext, module: &str, id: &str, attachment: &str) -> Reply {
    let state = ctx.org.read();
    let (no, parent) = parent(ctx, &state, module, id, "READ")?;
    let attachment = record_id(attachment, 3)?;
    let there = related::children(&state, "Attachments", no, parent).contains(&attachment);
    let Some(file) = state.files.get(&attachment).filter(|_| there) else { return Ok(Answer::no_content()) };
    if file.content_type == LINK {
        let message = "As it is a linked attachment, you can not download it";
        return Err(ApiError::new(400, "DOWNLOAD_NOT_ALLOWED", message, json!({})));
    }
    Ok(files::download(file))
}

/// `DELETE /{module}/{id}/Attachments/{attachment}`; one that is not there is refused as a whole.
pub fn delete(ctx: &RequestContext, module: &str, id: &str, attachment: &str) -> Reply {
    let mut state = ctx.org.write();
    let (no, parent) = parent(ctx, &state, module, id, "DELETE")?;
    let attachment = record_id(attachment, 3)?;
    if !related::children(&state, "Attachments", no, parent).contains(&attachment) {
        let message = "the related id given seems to be invalid".to_owned();
        return Err(ApiError { message, ..ApiError::invalid_id(3) });
    }
    Ok(remove(ctx, &mut state, no, parent, &[attachment]))
}

/// `DELETE /{module}/{id}/Attachments?ids=`.
pub fn delete_many(ctx: &RequestContext, module: &str, id: &str) -> Reply {
    let mut state = ctx.org.write();
    let (no, parent) = parent(ctx, &state, module, id, "DELETE")?;
    ctx.required_param("ids")?;
    let ids = ctx.request.query.list("ids").unwrap_or_default();
    if ids.len() > write::MOST_RECORDS {
        return Err(ApiError::limit(write::MOST_RECORDS));
    }
    let ids: Result<Vec<i64>, ApiError> =
        ids.iter().map(|id| id.parse().map_err(|_| ApiError::invalid_parameter("ids"))).collect();
    Ok(remove(ctx, &mut state, no, parent, &ids?))
}

fn remove(ctx: &RequestContext, state: &mut State, no: usize, parent: i64, ids: &[i64]) -> Answer {
    let mut commit = Commit::new(ctx);
    let mut entries: Vec<Json> = Vec::with_capacity(ids.len());
    for id in ids {
        let there = related::children(state, "Attachments", no, parent).contains(id);
        let target = state.module_no("Attachments").filter(|_| there);
        if let Some(target) = target {
            commit.delete(state, target, *id);
        }
        let (code, message, status) = match target {
            Some(_) => ("SUCCESS", "record deleted", "success"),
            None => ("INVALID_DATA", "the related id given seems to be invalid", "error"),
        };
        let details = json!({"id": id.to_string()});
        entries.push(json!({"code": code, "details": details, "message": message, "status": status}));
    }
    commit.finish(state);
    Answer::json(mixed_status(&entries, 200), &json!({"data": entries}))
}
