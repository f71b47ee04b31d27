//! The server: takes a request in, finds who serves it, lets the faults act, sends the answer.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request as HttpRequest},
    http::{HeaderName, HeaderValue, StatusCode},
    response::Response,
};
use tokio::{net::TcpListener, sync::oneshot, task::JoinSet};

use super::{
    answer::{Answer, Payload},
    error::ApiError,
    faults::{FaultKind, Target},
    listener::{Cut, Listener},
    request::{Query, Request, split_path},
};
use crate::{clock, control, crm, world::World};

/// The longest body taken, a bulk file with its wrapping.
const LONGEST_BODY: usize = 120 * 1024 * 1024;

/// The running server.
pub struct Server {
    stop: Option<oneshot::Sender<()>>,
    tasks: JoinSet<()>,
}

impl Server {
    /// Starts serving.
    pub fn start(listener: TcpListener, world: Arc<World>) -> Server {
        let (stop, stopped) = oneshot::channel::<()>();
        let app = Router::new().fallback(move |ConnectInfo(cut): ConnectInfo<Cut>, request: HttpRequest| {
            let world = Arc::clone(&world);
            async move { Ok::<_, Infallible>(answer(&world, &cut, request).await) }
        });
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let service = app.into_make_service_with_connect_info::<Cut>();
            let serve = axum::serve(Listener(listener), service);
            let _ = serve.with_graceful_shutdown(async { _ = stopped.await }).await;
        });
        Server { stop: Some(stop), tasks }
    }

    /// Stops; open connections get two seconds to finish their call.
    pub async fn stop(mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        let _ = tokio::time::timeout(Duration::from_secs(2), self.tasks.join_next()).await;
        self.tasks.shutdown().await;
    }
}

async fn answer(world: &Arc<World>, cut: &Cut, request: HttpRequest) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, LONGEST_BODY).await else {
        return respond(
            world,
            ApiError::new(413, "INVALID_DATA", "the request is too large", serde_json::json!({})).answer(),
        );
    };
    let request = Request {
        path: split_path(head.uri.path()),
        raw_path: head.uri.path().to_owned(),
        query: Query::parse(head.uri.query().unwrap_or("")),
        method: head.method,
        headers: head.headers,
        body,
    };
    let answer = match request.path.first().map(String::as_str) {
        Some("sandbox") => control::handle(world, &request),
        Some("oauth") => {
            with_faults(world, cut, "accounts", request, None, |request, _| {
                crate::accounts::handle(world, &request)
            })
            .await
        }
        Some("crm") => match crm::context::open(world, request) {
            Ok(call) => {
                let org = Arc::clone(&call.org);
                let (seen, weight) = (call.request.clone(), call.weight);
                let answer = with_faults(world, cut, "crm", seen, Some(&org.profile.org_id), |_, hits| {
                    crm::run(call, hits)
                })
                .await;
                crm::context::close(&org, weight);
                answer
            }
            Err(error) => error.answer(),
        },
        _ => ApiError::invalid_url().answer(),
    };
    respond(world, answer)
}

/// Runs a call with the faults that hit it; `work` is told of those that it must act on itself.
async fn with_faults(
    world: &Arc<World>,
    cut: &Cut,
    service: &str,
    request: Request,
    org: Option<&str>,
    work: impl FnOnce(Request, &[FaultKind]) -> Answer,
) -> Answer {
    let hits = world.hit(
        Target { service, method: request.method.as_str(), path: &request.raw_path, org },
        |kind| {
            !matches!(
                kind,
                FaultKind::DropWebhook | FaultKind::DuplicateWebhook | FaultKind::DelayWebhook { .. }
            )
        },
    );
    for hit in &hits {
        match hit {
            FaultKind::DelayMs { ms } => tokio::time::sleep(Duration::from_millis(*ms)).await,
            FaultKind::LostRequest => {
                cut.now();
                return Answer::empty(500);
            }
            FaultKind::Throttle => return ApiError::throttled().answer(),
            FaultKind::Status { status, code } => return injected_status(*status, code.as_deref()),
            _ => {}
        }
    }
    let answer = work(request, &hits);
    if hits.contains(&FaultKind::LostResponse) {
        cut.now();
    }
    if hits.contains(&FaultKind::GarbageBody) {
        return Answer {
            status: 200,
            content_type: "text/html;charset=UTF-8".into(),
            headers: Vec::new(),
            body: Payload::Whole(b"<html><body>upstream {\"data\":[{\"id\": </body>".to_vec()),
        };
    }
    answer
}

fn injected_status(status: u16, code: Option<&str>) -> Answer {
    let (usual, message) = match status {
        400 => ("INVALID_DATA", "invalid data"),
        401 => ("INVALID_TOKEN", "invalid oauth token"),
        403 => ("NO_PERMISSION", "permission denied"),
        404 => ("INVALID_URL_PATTERN", "Please check if the URL trying to access is a correct one"),
        412 => ("ALREADY_MODIFIED", "the record was changed since"),
        429 => ("TOO_MANY_REQUESTS", "too many requests"),
        _ => ("INTERNAL_ERROR", "Internal server error occurred."),
    };
    let code = code.unwrap_or(usual);
    Answer::json(
        status,
        &serde_json::json!({"code": code, "details": {}, "message": message, "status": "error"}),
    )
}

fn respond(world: &World, answer: Answer) -> Response {
    let mut response = Response::new(match answer.body {
        Payload::Whole(bytes) => Body::from(bytes),
        Payload::Stream(body) => body,
    });
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    let mut set = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    set("date", &clock::http_date(world.clock.now()));
    set("server", "ZGS");
    if !answer.content_type.is_empty() {
        set("content-type", &answer.content_type);
    }
    for (name, value) in &answer.headers {
        set(name, value);
    }
    response
}
