//! `POST /__composite_requests`: up to five calls in one, each served as if it had come alone.

use serde_json::{Map, Value as Json, json};

use super::context::RequestContext;
use crate::http::{
    answer::{Answer, Payload},
    error::{ApiError, Reply},
    request::{Query, Request, split_path},
};

/// The most calls in one.
const MOST: usize = 5;

/// Serves the calls in order. Harder: nothing is rolled back; a request that asks for it is refused.
pub fn handle(ctx: &RequestContext, route: fn(&RequestContext) -> Reply) -> Reply {
    ctx.require(&["composite_requests"], "CUSTOM")?;
    ctx.body()?;
    let body: Json = serde_json::from_slice(&ctx.request.body).unwrap_or_default();
    let key = "__composite_requests";
    let list = body.get(key).ok_or_else(|| {
        let details =
            json!({"api_name": key, "json_path": "$.__composite_requests", "expected_data_type": "jsonarray"});
        ApiError::new(400, "MANDATORY_NOT_FOUND", "required field not found", details)
    })?;
    let list = list.as_array().filter(|list| !list.is_empty());
    let list = list.ok_or_else(|| ApiError::invalid_body("jsonarray", key, "$.__composite_requests"))?;
    if list.len() > MOST {
        let details = json!({"api_name": key, "json_path": "$.__composite_requests", "maximum_length": MOST});
        return Err(ApiError::new(400, "INVALID_DATA", "invalid data", details));
    }
    if body["rollback_on_fail"] == true {
        return Err(ApiError::new(400, "NOT_SUPPORTED", "rollback is not supported", json!({})));
    }
    let mut done: Vec<(String, Json)> = Vec::new();
    let (mut entries, mut failed, mut credits) = (Vec::new(), 0, 0);
    for (at, wish) in list.iter().enumerate() {
        let id = wish["sub_request_id"].as_str().map_or_else(|| (at + 1).to_string(), str::to_owned);
        if done.iter().any(|(known, _)| *known == id) {
            let path = format!("$.__composite_requests[{at}].sub_request_id");
            let details = json!({"api_name": "sub_request_id", "json_path": path});
            return Err(ApiError::new(400, "DUPLICATE_DATA", "duplicate data", details));
        }
        let sub = ctx.with_request(request(ctx, wish, &done, at)?);
        let answer = route(&sub).unwrap_or_else(|error| error.answer());
        credits += sub.charged();
        let shown = show(&answer);
        failed += usize::from(answer.status >= 400);
        entries.push(entry(answer.status, &shown));
        done.push((id, shown["body"].clone()));
    }
    ctx.charge(credits.max(1));
    Ok(Answer::json(if failed == 0 { 200 } else { 207 }, &json!({key: entries})))
}

fn entry(status: u16, response: &Json) -> Json {
    let (code, message, word) = match status {
        400.. => (response["body"]["code"].as_str().unwrap_or("INVALID_DATA"), "sub request failed", "error"),
        _ => ("SUCCESS", "sub request executed successfully", "success"),
    };
    json!({"code": code, "message": message, "status": word, "details": {"response": response}})
}

fn show(answer: &Answer) -> Json {
    let mut headers = Map::new();
    if !answer.content_type.is_empty() {
        headers.insert("Content-Type".into(), json!(answer.content_type));
    }
    let body = match &answer.body {
        Payload::Whole(bytes) => serde_json::from_slice(bytes).unwrap_or_else(|_| json!({})),
        Payload::Stream(_) => json!({}),
    };
    json!({"headers": headers, "body": body, "status_code": answer.status})
}

/// The request of one call, with what it takes from earlier answers filled in.
fn request(
    ctx: &RequestContext,
    wish: &Json,
    done: &[(String, Json)],
    at: usize,
) -> Result<Request, ApiError> {
    let wrong =
        |name: &str| ApiError::invalid_body("string", name, &format!("$.__composite_requests[{at}].{name}"));
    let wish = fill(wish, done)
        .ok_or_else(|| ApiError::new(400, "INVALID_REFERENCE", "the reference is invalid", json!({})))?;
    let method =
        wish["method"].as_str().and_then(|method| method.parse().ok()).ok_or_else(|| wrong("method"))?;
    let uri = wish["uri"].as_str().ok_or_else(|| wrong("uri"))?;
    let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
    let path_pieces = split_path(path);
    let nested = path_pieces.iter().any(|piece| piece == "__composite_requests" || piece == "upload");
    if path_pieces.first().is_none_or(|first| first != "crm") || nested {
        return Err(wrong("uri"));
    }
    let mut query = Query::parse(query);
    for (name, value) in wish["params"].as_object().into_iter().flatten() {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        query.0.push((name.clone(), text));
    }
    let mut request = Request {
        method,
        path: path_pieces,
        raw_path: path.to_owned(),
        query,
        headers: ctx.request.headers.clone(),
        body: if wish["body"].is_null() {
            Default::default()
        } else {
            wish["body"].to_string().into_bytes().into()
        },
    };
    for (name, value) in wish["headers"].as_object().into_iter().flatten() {
        let name = axum::http::HeaderName::try_from(name.as_str());
        if let (Ok(name), Some(Ok(value))) = (name, value.as_str().map(TryInto::try_into)) {
            request.headers.insert(name, value);
        }
    }
    Ok(request)
}

/// Puts values of earlier answers in place of `@{sub_request_id:$.path}`; `None` when one is not there.
fn fill(node: &Json, done: &[(String, Json)]) -> Option<Json> {
    Some(match node {
        Json::String(text) => Json::String(fill_text(text, done)?),
        Json::Array(items) => Json::Array(items.iter().map(|item| fill(item, done)).collect::<Option<_>>()?),
        Json::Object(map) => {
            let filled = map.iter().map(|(key, value)| Some((key.clone(), fill(value, done)?)));
            Json::Object(filled.collect::<Option<_>>()?)
        }
        other => other.clone(),
    })
}

fn fill_text(text: &str, done: &[(String, Json)]) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("@{") {
        let (reference, tail) = after.split_once('}')?;
        let (id, path) = reference.split_once(':')?;
        let (_, body) = done.iter().find(|(known, _)| known == id)?;
        let pointer = path.strip_prefix('$')?.replace('[', "/").replace(']', "").replace('.', "/");
        out.push_str(before);
        match body.pointer(&pointer)? {
            Json::String(value) => out.push_str(value),
            value => out.push_str(&value.to_string()),
        }
        rest = tail;
    }
    out.push_str(rest);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_take_values_of_earlier_answers() {
        let done = [("a".to_owned(), json!({"data": [{"details": {"id": "7", "n": 3}}]}))];
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(fill_text(text, &done).as_deref(), expected, "{text}");
        };
        check("/crm/v8/Contacts/@{a:$.data[0].details.id}", Some("/crm/v8/Contacts/7"));
        check("@{a:$.data[0].details.n} of @{a:$.data[0].details.id}", Some("3 of 7"));
        check("plain", Some("plain"));
        check("@{b:$.data}", None);
        check("@{a:$.nothing}", None);
    }
}
