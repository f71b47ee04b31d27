//! The console: pages that were built into the program. Every address that is no file of theirs is the page itself, which knows what to show.

use crate::access::digest;
use crate::app::App;
use crate::cookie;
use crate::problem::Problem;
use crate::v1::session;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};
use tower_http::compression::CompressionLayer;

/// What `npm run build` made in `console/`; without it the hub works and says how to build it.
#[derive(RustEmbed)]
#[folder = "../../console/dist"]
#[allow_missing = true]
struct Built;

/// Nothing but what comes from this hub: no script in a page, no other host.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
    connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Musubi</title>\
    <body style=\"font-family:sans-serif;max-width:40em;margin:4em auto\"><h1>Musubi</h1><p>The hub is at work, but this program was built \
    without its console.</p><p>Build it with <code>cargo xtask console</code> (it needs Node.js), then build the program again.</p>\
    <p>The API is at <a href=\"/api/v1/openapi.json\">/api/v1</a>.</p></body></html>";

/// Files and pages.
pub(crate) fn router(app: App) -> Router {
    let pages = Router::new().fallback(show);
    match app.options.demo {
        true => pages.layer(from_fn_with_state(app, welcome)),
        false => pages,
    }
    .layer(CompressionLayer::new())
}

/// In the demo, whoever opens a page on this machine is its owner. The address must be this machine's by name too, so that no page of another site can come in.
async fn welcome(State(app): State<App>, request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
    let here = matches!(host, "127.0.0.1" | "localhost" | "[::1]");
    let known = match cookie::session(request.headers()) {
        Some(secret) => app.store().session(&digest(secret), app.now()).await.ok().flatten().is_some(),
        None => false,
    };
    let mut response = next.run(request).await;
    let is_page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if here && !known && is_page {
        match session::demo(&app).await {
            Ok(secret) => {
                response.headers_mut().insert(header::SET_COOKIE, cookie::set(&app.options, &secret));
            }
            Err(problem) => return problem.into_response(),
        }
    }
    response
}

async fn show(method: Method, uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    // What programs ask for is answered for programs.
    let program = ["api/", "hooks/"].iter().any(|start| path.starts_with(start));
    if program || !matches!(method, Method::GET | Method::HEAD) {
        return Problem::not_found("such address").into_response();
    }
    if let Some(file) = Built::get(path).filter(|_| path != "index.html") {
        return answer(path, file);
    }
    // A file's name that is none is no page.
    if path.rsplit('/').next().is_some_and(|last| path.starts_with("assets/") || last.ends_with(".js")) {
        return Problem::not_found("such file").into_response();
    }
    match Built::get("index.html") {
        Some(page) => answer("index.html", page),
        None => {
            let headers = [
                (header::CONTENT_TYPE, "text/html; charset=utf-8"),
                (header::CONTENT_SECURITY_POLICY, POLICY),
            ];
            (StatusCode::OK, headers, NOT_BUILT).into_response()
        }
    }
}

fn answer(path: &str, file: EmbeddedFile) -> Response {
    let kind = file.metadata.mimetype().to_owned();
    // Built files carry a digest in their names, so they never change.
    let keep = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers = [
        (header::CONTENT_TYPE, kind.as_str()),
        (header::CACHE_CONTROL, keep),
        (header::CONTENT_SECURITY_POLICY, POLICY),
    ];
    (headers, file.data).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn programs_get_problems_and_people_get_the_page() {
        let get = async |path: &'static str| show(Method::GET, Uri::from_static(path)).await;
        for (path, status) in
            [("/api/v1/nothing", 404), ("/hooks/x", 404), ("/assets/old.js", 404), ("/", 200)]
        {
            assert_eq!(get(path).await.status().as_u16(), status, "{path}");
        }
        let page = get("/integrations/tokyo-london").await;
        assert_eq!(page.status(), StatusCode::OK);
        assert!(page.headers()[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/html"));
        assert!(
            page.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().contains("script-src 'self'")
        );
        assert_eq!(show(Method::POST, Uri::from_static("/")).await.status(), StatusCode::NOT_FOUND);
    }
}
