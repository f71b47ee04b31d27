//! The router, whole on one page, and the loop that serves it.

use crate::{health, hooks, metrics};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{get, post};
use musubi_engine::Hub;
use std::future::Future;
use std::io;
use tokio::net::TcpListener;

/// A notification names at most some hundred records; nothing larger is read.
const LARGEST_BODY: usize = 1 << 20;

/// Said with every answer: nothing here is a page, a script or something to keep.
const HEADERS: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
];

/// Every route there is.
pub fn router(hub: Hub) -> Router {
    Router::new()
        .route("/hooks/crm/{connection}/{secret}", post(hooks::crm))
        .route("/healthz", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::show))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(middleware::from_fn(security_headers))
        .with_state(hub)
}

/// Serves until `stop` ends; calls under way may end first.
pub async fn serve(
    listener: TcpListener,
    hub: Hub,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    axum::serve(listener, router(hub)).with_graceful_shutdown(stop).await
}

async fn security_headers(request: axum::extract::Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
