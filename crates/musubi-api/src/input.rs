//! Bodies and queries of calls: what cannot be read is a problem that says where.

use crate::problem::Problem;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

/// A body of JSON.
pub(crate) struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Body<T>, Problem> {
        let bytes = axum::body::Bytes::from_request(request, state)
            .await
            .map_err(|rejection| unreadable(rejection.status()))?;
        let text = serde_json::from_slice(&bytes).map_err(|error| {
            let status =
                if error.is_data() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::BAD_REQUEST };
            let code = if error.is_data() { "input.invalid" } else { "input.no_json" };
            Problem::new(
                status,
                code,
                format!("The body cannot be used: {error}."),
                "See /api/v1/openapi.json for what is expected.",
            )
        })?;
        Ok(Body(text))
    }
}

/// The body did not arrive whole, or is larger than anything that is taken here.
pub(crate) fn unreadable(status: StatusCode) -> Problem {
    let code = match status {
        StatusCode::PAYLOAD_TOO_LARGE => "input.too_large",
        _ => "input.unreadable",
    };
    Problem::new(status, code, "The body could not be read.", "Send less at once.")
}

/// What stands after the question mark.
pub(crate) struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Query<T>, Problem> {
        match axum::extract::Query::<T>::from_request_parts(parts, state).await {
            Ok(query) => Ok(Query(query.0)),
            Err(error) => Err(Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "input.invalid",
                format!("The query cannot be used: {}.", error.body_text()),
                "See /api/v1/openapi.json for what is expected.",
            )),
        }
    }
}

/// Parts of the path.
pub(crate) struct Path<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Path<T>, Problem> {
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(path) => Ok(Path(path.0)),
            // A number that is none names nothing.
            Err(_) => Err(Problem::not_found("such thing")),
        }
    }
}
