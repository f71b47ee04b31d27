//! Is the process there, and can it work.

use axum::extract::State;
use axum::http::StatusCode;
use musubi_engine::Hub;

/// `GET /healthz`: the process answers.
pub(crate) async fn live() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the store answers, so webhooks can be taken in.
pub(crate) async fn ready(State(hub): State<Hub>) -> (StatusCode, String) {
    match hub.store().workspaces().await {
        Ok(_) => (StatusCode::OK, "ready\n".to_owned()),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("{}\n", error.code)),
    }
}
