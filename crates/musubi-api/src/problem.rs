//! What goes wrong, as RFC 9457 problems with our stable codes. Every answer that is no success is one of these.

use crate::access::Role;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use musubi_engine::HubError;
use musubi_store::StoreError;
use serde::Serialize;
use utoipa::ToSchema;

/// What went wrong and how to mend it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`: the code tells what it is.
    #[serde(rename = "type")]
    kind: Blank,
    /// The status in words.
    title: &'static str,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// A stable code such as `auth.wrong`; see `docs/errors.md`.
    pub code: String,
    /// What happened, in a sentence.
    pub detail: Box<str>,
    /// What to do about it.
    pub hint: Box<str>,
    /// What is wrong with which field of the input.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    fields: Vec<FieldProblem>,
    #[serde(skip)]
    retry_after_s: Option<u64>,
}

/// The one type of problem there is.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub enum Blank {
    /// The code tells what it is.
    #[serde(rename = "about:blank")]
    AboutBlank,
}

/// What is wrong with one field.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FieldProblem {
    /// Its name in the input.
    pub field: String,
    /// A stable code such as `too_short`.
    pub code: &'static str,
    /// In a sentence.
    pub detail: String,
}

impl Problem {
    /// A problem with this status.
    pub fn new(
        status: StatusCode,
        code: impl Into<String>,
        detail: impl Into<String>,
        hint: impl Into<String>,
    ) -> Problem {
        Problem {
            kind: Blank::AboutBlank,
            title: status.canonical_reason().unwrap_or("Problem"),
            status: status.as_u16(),
            code: code.into(),
            detail: detail.into().into(),
            hint: hint.into().into(),
            fields: Vec::new(),
            retry_after_s: None,
        }
    }

    /// Only others may.
    pub fn forbidden(least: Role, own: Role) -> Problem {
        Problem::new(
            StatusCode::FORBIDDEN,
            "auth.forbidden",
            format!("This needs the role {}; yours is {}.", least.name(), own.name()),
            "Ask an owner of the workspace.",
        )
    }

    /// Nothing of this name is there.
    pub fn not_found(what: &str) -> Problem {
        Problem::new(
            StatusCode::NOT_FOUND,
            "not_found",
            format!("There is no {what}."),
            "It may have been removed meanwhile; look at the list.",
        )
    }

    /// One field of the input is not as the document says.
    pub fn shape(field: &str, detail: impl Into<String>) -> Problem {
        let detail = detail.into();
        Problem {
            fields: vec![FieldProblem { field: field.into(), code: "unusable", detail: detail.clone() }],
            ..Problem::new(
                StatusCode::BAD_REQUEST,
                "input.invalid",
                detail,
                "See /api/v1/openapi.json for what is expected.",
            )
        }
    }

    /// One field of the input is wrong, although it is as the document says.
    pub fn input(field: &str, code: &'static str, detail: impl Into<String>) -> Problem {
        let detail = detail.into();
        Problem {
            fields: vec![FieldProblem { field: field.into(), code, detail: detail.clone() }],
            ..Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "input.invalid",
                detail,
                "Correct the field and send it again.",
            )
        }
    }

    /// What was sent names something that is not there, or a credential that the service refuses: the input is wrong, not the address.
    pub fn of_input(error: impl Into<Problem>) -> Problem {
        let problem = error.into();
        if problem.status != 404 && problem.code != "connection.refused" {
            return problem;
        }
        Problem {
            fields: problem.fields,
            ..Problem::new(StatusCode::UNPROCESSABLE_ENTITY, problem.code, problem.detail, problem.hint)
        }
    }

    /// Come again after so many seconds.
    pub fn after(self, seconds: u64) -> Problem {
        Problem { retry_after_s: Some(seconds), ..self }
    }

    /// Its status.
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status(), Json(&self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == 401 {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"musubi\""));
        }
        response
    }
}

impl From<HubError> for Problem {
    fn from(error: HubError) -> Problem {
        Problem::new(status_of(error.code), error.code, error.message, error.hint)
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Problem {
        HubError::from(error).into()
    }
}

/// By where an error comes from, as `docs/errors.md` lists it.
fn status_of(code: &str) -> StatusCode {
    match code {
        "integration.unknown" | "connection.unknown" | "connection.no_stand_in" | "store.missing" => {
            StatusCode::NOT_FOUND
        }
        "record.unknown" | "module.unknown" | "decision.unknown" | "erasure.unknown"
        | "remembered.unknown" | "undo.no_run" | "undo.no_record" => StatusCode::NOT_FOUND,
        "connection.in_use" | "record.changed_meanwhile" | "undo.plan_changed" | "erasure.plan_changed" => {
            StatusCode::CONFLICT
        }
        // How things are stands against it, not how it was asked.
        "module.needed"
        | "module.parent_inactive"
        | "module.active"
        | "module.ambiguous"
        | "module.paused" => StatusCode::CONFLICT,
        "record.not_known" => StatusCode::BAD_GATEWAY,
        code if code.starts_with("store.conflict") => StatusCode::CONFLICT,
        _ => match code.split('.').next().unwrap_or_default() {
            "config" | "integration" | "module" | "field" | "record" | "mapping" | "scope" | "owner"
            | "plan" | "failure" | "undo" | "erasure" => StatusCode::UNPROCESSABLE_ENTITY,
            // The service behind us said no, or nothing.
            "connection" | "service" => StatusCode::BAD_GATEWAY,
            "store" => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_their_statuses() {
        assert_eq!(status_of("integration.unknown"), StatusCode::NOT_FOUND);
        assert_eq!(status_of("config.ring"), StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(status_of("scope.view"), StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(status_of("connection.refused"), StatusCode::BAD_GATEWAY);
        assert_eq!(status_of("store.conflict_member"), StatusCode::CONFLICT);
        assert_eq!(status_of("hub.offline"), StatusCode::INTERNAL_SERVER_ERROR);
    }
}
