//! Bodies and queries of calls: what cannot be read is a problem that says where.

use crate::problem::Problem;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A body of JSON.
pub(crate) struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Body<T>, Problem> {
        let bytes = axum::body::Bytes::from_request(request, state)
            .await
            .map_err(|rejection| unreadable(rejection.status()))?;
        let mut value: Value = serde_json::from_slice(&bytes).map_err(|error| {
            Problem::new(
                StatusCode::BAD_REQUEST,
                "input.no_json",
                format!("The body is no JSON: {error}."),
                "See /api/v1/openapi.json for what is expected.",
            )
        })?;
        if !value.is_object() {
            return Err(Problem::new(
                StatusCode::BAD_REQUEST,
                "input.invalid",
                "The body is no JSON object.",
                "See /api/v1/openapi.json for what is expected.",
            ));
        }
        whole_numbers(&mut value);
        let body = serde_path_to_error::deserialize(value).map_err(|error| {
            let (field, why) = (error.path().to_string(), error.inner().to_string());
            Problem::shape(&field, format!("{field} cannot be used: {why}."))
        })?;
        Ok(Body(body))
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

/// JSON has one kind of number: 7.0 is as whole as 7.
fn whole_numbers(value: &mut Value) {
    const EXACT: f64 = (1_u64 << 53) as f64;
    match value {
        Value::Number(number) => {
            let whole = number
                .as_f64()
                .filter(|float| number.is_f64() && float.fract() == 0.0 && float.abs() < EXACT);
            if let Some(float) = whole {
                *value = Value::from(float as i64);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(whole_numbers),
        Value::Object(members) => members.values_mut().for_each(whole_numbers),
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

/// What stands after the question mark.
pub(crate) struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Query<T>, Problem> {
        match axum::extract::Query::<T>::from_request_parts(parts, state).await {
            Ok(query) => Ok(Query(query.0)),
            Err(error) => Err(Problem::new(
                StatusCode::BAD_REQUEST,
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
