//! The router, whole on one page, and the loop that serves it.

use crate::app::App;
use crate::problem::Problem;
use crate::tls::Certificate;
use crate::{console, health, hooks, metrics, v1};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{get, post};
use axum_server::Handle;
use musubi_engine::Hub;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;

/// A notification names at most some hundred records; nothing larger is read.
pub(crate) const LARGEST_BODY: usize = 1 << 20;

/// Said with every answer: nothing here is a page, a script or something to keep, unless the answer itself says so.
const HEADERS: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
];

/// Whoever came by https once comes by nothing else for half a year.
const BY_HTTPS: HeaderValue = HeaderValue::from_static("max-age=15552000");

/// The OpenAPI document of `/api/v1`.
pub fn document(app: &App) -> utoipa::openapi::OpenApi {
    v1::router(app).1
}

/// Every route there is.
pub fn router(app: App) -> Router {
    let https = app.options.https;
    let (api, document) = v1::router(&app);
    let document: axum::body::Bytes = document.to_json().unwrap_or_default().into();
    let shown = move || async move { ([(header::CONTENT_TYPE, "application/json")], document) };
    Router::new()
        .merge(outside().with_state(app.hub.clone()))
        .merge(api)
        .route("/api/v1/openapi.json", get(shown))
        .fallback_service(console::router(app))
        .method_not_allowed_fallback(not_so)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(middleware::from_fn_with_state(https, security_headers))
}

async fn not_so() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "input.method",
        "This address does not take this method.",
        "See /api/v1/openapi.json for what there is.",
    )
}

/// For services and monitors.
fn outside() -> Router<Hub> {
    Router::new()
        .route("/hooks/crm/{connection}/{secret}", post(hooks::crm))
        .route("/healthz", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::show))
}

/// Serves until `stop` ends, by HTTPS with a certificate; calls under way may end first.
pub async fn serve(
    listener: TcpListener,
    app: App,
    certificate: Option<Certificate>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let inner = Arc::clone(&app.inner);
    let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
    let done = match certificate {
        None => axum::serve(listener, service).with_graceful_shutdown(stop).await,
        Some(certificate) => {
            let handle = Handle::new();
            let server = axum_server::from_tcp_rustls(listener.into_std()?, certificate.config.clone())?
                .handle(handle.clone())
                .serve(service);
            let ask = async {
                stop.await;
                handle.graceful_shutdown(None);
                std::future::pending::<()>().await;
            };
            tokio::select! {
                done = server => done,
                () = ask => Ok(()),
                () = certificate.follow() => Ok(()),
            }
        }
    };
    inner.calls.stop().await;
    inner.jobs.stop().await;
    done
}

async fn security_headers(State(https): State<bool>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in HEADERS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    if https {
        response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, BY_HTTPS);
    }
    response
}
