//! `Idempotency-Key`: a call that starts something and is sent again, because its answer was lost, starts nothing and is answered as before.

use crate::access::Caller;
use crate::app::App;
use crate::input::unreadable;
use crate::problem::Problem;
use crate::server::LARGEST_BODY;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use musubi_store::AnswerRow;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use subtle::ConstantTimeEq;
use utoipa::openapi::path::{ParameterBuilder, ParameterIn};
use utoipa::openapi::{ContentBuilder, ObjectBuilder, OpenApi, Ref, RefOr, ResponseBuilder, Type};

/// What the caller names the call by.
pub(crate) const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Says that an answer was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// So long a key may be.
pub(crate) const LONGEST: usize = 255;
/// The headers that are part of the answer.
const KEPT: [HeaderName; 2] = [header::CONTENT_TYPE, header::LOCATION];

/// Runs a call that has a key once. Runs inside of what lets callers in.
pub(crate) async fn once(State(app): State<App>, request: Request, next: Next) -> Response {
    let (Some(key), &Method::POST) = (request.headers().get(KEY), request.method()) else {
        return next.run(request).await;
    };
    let Some(caller) = request.extensions().get::<Caller>() else { return next.run(request).await };
    let call = match name(key) {
        Ok(name) => Call { app, member: caller.member.id, name },
        Err(problem) => return problem.into_response(),
    };
    call.answer(request, next).await.unwrap_or_else(IntoResponse::into_response)
}

fn name(key: &HeaderValue) -> Result<String, Problem> {
    let visible = |text: &&str| text.bytes().all(|byte| byte.is_ascii_graphic());
    let usable = |text: &&str| !text.is_empty() && text.len() <= LONGEST && visible(text);
    key.to_str().ok().filter(usable).map(str::to_owned).ok_or_else(|| {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "input.idempotency_key",
            format!("The Idempotency-Key must have 1 to {LONGEST} visible ASCII characters."),
            "Send a new random UUID with each new call, and the same one when you send a call again.",
        )
    })
}

struct Call {
    app: App,
    member: i64,
    name: String,
}

impl Call {
    async fn answer(self, request: Request, next: Next) -> Result<Response, Problem> {
        let (parts, body) = request.into_parts();
        let body =
            to_bytes(body, LARGEST_BODY).await.map_err(|_| unreadable(StatusCode::PAYLOAD_TOO_LARGE))?;
        let asked = digest(&parts.method, &parts.uri.to_string(), &body);
        let known = self.app.store().begin_answer(self.member, &self.name, &asked, self.app.now()).await?;
        if let Some(known) = known {
            return again(&known, &asked);
        }
        let request = Request::from_parts(parts, Body::from(body));
        // What was begun is ended and noted even when the caller goes away meanwhile.
        let app = self.app.clone();
        let work = async move {
            let response = next.run(request).await;
            self.keep(response).await
        };
        app.inner.calls.carry(work).await.ok_or_else(|| {
            Problem::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "hub.broken",
                "The call ended before it had an answer.",
                "Look whether what you asked for was done; the log of the hub says more.",
            )
        })
    }

    /// Every answer is kept, failures too: one that came late may have done what was asked before it failed.
    async fn keep(&self, response: Response) -> Response {
        let status = response.status();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
        let mut kept: BTreeMap<&str, &str> = BTreeMap::new();
        for name in &KEPT {
            if let Some(value) = parts.headers.get(name).and_then(|value| value.to_str().ok()) {
                kept.insert(name.as_str(), value);
            }
        }
        let text = String::from_utf8_lossy(&body);
        let answer = serde_json::to_vec(&(kept, text)).unwrap_or_default();
        let kept =
            self.app.store().keep_answer(self.member, &self.name, status.as_u16().into(), &answer).await;
        if let Err(error) = kept {
            // The caller has the answer; sent again, the call would be told to be unknown, which is true.
            tracing::warn!(code = error.code, "an answer could not be kept: {error}");
        }
        Response::from_parts(parts, Body::from(body))
    }
}

/// The answer to a call that was begun before.
fn again(known: &AnswerRow, asked: &[u8]) -> Result<Response, Problem> {
    if !bool::from(known.request.ct_eq(asked)) {
        return Err(Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "idempotency.reused",
            "This Idempotency-Key was used for another call.",
            "Send a new random UUID with each new call, and the same one only when you send the very same call again.",
        ));
    }
    let status = known.status.and_then(|status| StatusCode::from_u16(u16::try_from(status).ok()?).ok());
    let read = || serde_json::from_slice::<(BTreeMap<String, String>, String)>(&known.body).ok();
    let Some((status, (headers, body))) = status.zip(read()) else {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "idempotency.running",
            "This call was begun and has no answer yet.",
            "Ask again in a moment. If it stays so, the hub was stopped meanwhile: look whether what you asked for was done, and send it with a new key if not.",
        )
        .after(1));
    };
    let mut response = (status, body).into_response();
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    Ok(response)
}

fn digest(method: &Method, uri: &str, body: &Bytes) -> Vec<u8> {
    let mut hash = Sha256::new();
    for part in [method.as_str().as_bytes(), uri.as_bytes()] {
        hash.update(part);
        hash.update([0]);
    }
    hash.update(body);
    hash.finalize().to_vec()
}

/// What the key itself may be refused with.
const REFUSALS: [(&str, &str); 3] = [
    ("400", "The Idempotency-Key is none."),
    ("409", "The call that has this Idempotency-Key has no answer yet."),
    ("422", "The Idempotency-Key was used for another call."),
];

/// Tells of the key in the document, at every call that may have one.
pub(crate) fn describe(document: &mut OpenApi) {
    let key = ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .description(Some(
            "Names this call, best by a random UUID. Sent again with the same key within a day, it starts nothing and is answered as before.",
        ))
        .schema(Some(
            ObjectBuilder::new()
                .schema_type(Type::String)
                .min_length(Some(1))
                .max_length(Some(LONGEST))
                .pattern(Some("^[!-~]+$")),
        ))
        .build();
    for post in document.paths.paths.values_mut().filter_map(|item| item.post.as_mut()) {
        post.parameters.get_or_insert_default().push(key.clone().into());
        for (status, why) in REFUSALS {
            let body = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
            let response = ResponseBuilder::new().description(why).content("application/json", body).build();
            post.responses.responses.entry(status.into()).or_insert(RefOr::T(response));
        }
    }
}
