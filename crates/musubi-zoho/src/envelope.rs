//! The envelope in which CRM and Bigin refuse: `{code, details, message, status}`.

use musubi_connector::http::Answer;
use musubi_connector::{CallError, CallErrorKind, ServiceError, redact};
use musubi_core::RemoteId;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// One refusal or success, of the whole request or of one record.
#[derive(Debug, Deserialize)]
pub(crate) struct Entry<'a> {
    #[serde(borrow, default)]
    pub(crate) code: Cow<'a, str>,
    #[serde(borrow, default)]
    pub(crate) message: Cow<'a, str>,
    #[serde(borrow, default)]
    pub(crate) details: Option<&'a RawValue>,
}

/// The parts of `details` that say where and which.
#[derive(Debug, Default, Deserialize)]
struct Details {
    api_name: Option<String>,
    json_path: Option<String>,
    param_name: Option<String>,
    id: Option<String>,
    duplicate_record: Option<Double>,
}

#[derive(Debug, Deserialize)]
struct Double {
    id: String,
}

impl Entry<'_> {
    fn details(&self) -> Details {
        // Details of an unforeseen shape say nothing; the code still does.
        self.details.and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default()
    }

    /// The error in the form callers know.
    pub(crate) fn error(&self, status: u16) -> ServiceError {
        let details = self.details();
        let double = details.duplicate_record.map(|double| double.id);
        let id = if self.code == "DUPLICATE_DATA" { double.or(details.id) } else { None };
        ServiceError {
            code: redact::sentence(&self.code),
            message: redact::sentence(&self.message),
            field: details
                .api_name
                .or(details.param_name)
                .or_else(|| details.json_path.as_deref().and_then(last_key)),
            duplicate_of: id.map(RemoteId::from),
            status,
        }
    }
}

/// `$.data[0].Email` → `Email`.
fn last_key(path: &str) -> Option<String> {
    path.rsplit(['.', ']']).next().filter(|key| !key.is_empty()).map(str::to_owned)
}

/// What a refused request means for the caller.
pub(crate) fn refusal(answer: &Answer) -> CallError {
    let status = answer.status;
    let entry = std::str::from_utf8(&answer.body).ok().and_then(parse_entry);
    let Some(entry) = entry else {
        let kind = match status {
            401 => CallErrorKind::Auth,
            429 => CallErrorKind::Throttled,
            400 | 403..=407 | 409..=428 | 300..=399 => CallErrorKind::Refused,
            _ => CallErrorKind::Unknown,
        };
        return CallError { kind, service: unreadable(status) };
    };
    let service = entry.error(status);
    CallError { kind: kind(status, &service), service }
}

/// The error object itself, or the first entry of the array that some calls wrap it in.
fn parse_entry(body: &str) -> Option<Entry<'_>> {
    let entry: Entry<'_> = serde_json::from_str(body).ok()?;
    if !entry.code.is_empty() {
        return Some(entry);
    }
    let wrapped: std::collections::BTreeMap<Cow<'_, str>, &RawValue> = serde_json::from_str(body).ok()?;
    let first = wrapped.values().find(|raw| raw.get().starts_with('['))?.get();
    let entries: Vec<Entry<'_>> = serde_json::from_str(first).ok()?;
    entries.into_iter().find(|entry| !entry.code.is_empty())
}

fn kind(status: u16, error: &ServiceError) -> CallErrorKind {
    let field = error.field.as_deref();
    match (error.code.as_str(), status) {
        ("TOO_MANY_REQUESTS" | "RATE_LIMIT_EXCEEDED", _) | (_, 429) => CallErrorKind::Throttled,
        ("INVALID_TOKEN" | "AUTHENTICATION_FAILURE" | "OAUTH_SCOPE_MISMATCH" | "INVALID_OAUTH", _)
        | (_, 401) => CallErrorKind::Auth,
        (_, 408 | 500..) => CallErrorKind::Unknown,
        ("EXPIRED_VALUE" | "TOKEN_BOUND_DATA_MISMATCH", _) => CallErrorKind::CursorLost,
        ("INVALID_DATA", _) if field == Some("page_token") => CallErrorKind::CursorLost,
        (
            "INVALID_MODULE"
            | "MODULE_NOT_AVAILABLE"
            | "MODULE_NOT_SUPPORTED"
            | "FIELD_NOT_AVAILABLE"
            | "INVALID_FIELD",
            _,
        ) => CallErrorKind::SchemaChanged,
        ("INVALID_DATA", _) if matches!(field, Some("fields" | "module" | "sort_by")) => {
            CallErrorKind::SchemaChanged
        }
        _ => CallErrorKind::Refused,
    }
}

fn unreadable(status: u16) -> ServiceError {
    ServiceError {
        code: "UNREADABLE_ANSWER".to_owned(),
        message: format!("the service answered {status} with something unreadable"),
        status,
        ..ServiceError::default()
    }
}

/// An answer that should have been readable and is not.
pub(crate) fn garbage(status: u16) -> CallError {
    CallError { kind: CallErrorKind::Unknown, service: unreadable(status) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use musubi_core::Instant;

    fn check(status: u16, body: &str, kind: CallErrorKind, code: &str) {
        let answer = Answer {
            status,
            server_time: Instant::START,
            headers: reqwest::header::HeaderMap::new(),
            body: body.to_owned().into(),
        };
        let error = refusal(&answer);
        assert_eq!((error.kind, error.service.code.as_str()), (kind, code), "{body}");
    }

    #[test]
    fn codes_become_kinds() {
        use CallErrorKind::{Auth, CursorLost, Refused, SchemaChanged, Throttled, Unknown};
        let body = |code: &str, details: &str| {
            format!("{{\"code\":\"{code}\",\"details\":{details},\"message\":\"m\",\"status\":\"error\"}}")
        };
        check(401, &body("INVALID_TOKEN", "{}"), Auth, "INVALID_TOKEN");
        check(401, &body("OAUTH_SCOPE_MISMATCH", "{}"), Auth, "OAUTH_SCOPE_MISMATCH");
        check(429, &body("TOO_MANY_REQUESTS", "{}"), Throttled, "TOO_MANY_REQUESTS");
        check(400, &body("INVALID_MODULE", "{}"), SchemaChanged, "INVALID_MODULE");
        check(400, &body("EXPIRED_VALUE", "{}"), CursorLost, "EXPIRED_VALUE");
        check(400, &body("INVALID_DATA", r#"{"param_name":"page_token"}"#), CursorLost, "INVALID_DATA");
        check(400, &body("INVALID_DATA", r#"{"param_name":"ids"}"#), Refused, "INVALID_DATA");
        check(500, &body("INTERNAL_ERROR", "{}"), Unknown, "INTERNAL_ERROR");
        check(403, &body("NO_PERMISSION", r#"{"permissions":["x"]}"#), Refused, "NO_PERMISSION");
        check(502, "<html>Bad Gateway</html>", Unknown, "UNREADABLE_ANSWER");
        check(400, "<html>", Refused, "UNREADABLE_ANSWER");
        check(200, "", Unknown, "UNREADABLE_ANSWER");
        check(
            400,
            r#"{"watch":[{"code":"INVALID_DATA","details":{"api_name":"events"},"message":"m","status":"error"}]}"#,
            Refused,
            "INVALID_DATA",
        );
    }

    #[test]
    fn the_double_is_named() {
        let entry: Entry<'_> = serde_json::from_str(
            r#"{"code":"DUPLICATE_DATA","details":{"api_name":"Email","json_path":"$.data[0].Email","duplicate_record":{"id":"7","module":{"api_name":"Contacts"}}},"message":"duplicate data","status":"error"}"#,
        )
        .unwrap();
        let error = entry.error(400);
        assert_eq!((error.field.as_deref(), error.duplicate_of), (Some("Email"), Some(RemoteId::from("7"))));
    }
}
