//! Notices: who is told of what, and what was told.

use crate::access::{Caller, Role};
use crate::app::App;
use crate::input::{Body, Query};
use crate::page::{Page, limit};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use musubi_engine::Secret;
use musubi_engine::notices::{Kept, Notice, NoticeSecret, Settings, Tried};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// Who is told of what, how, and with which secrets.
#[derive(Deserialize, ToSchema)]
pub(crate) struct NoticeChange {
    /// Who is told of what, and how: all of it, in place of what was.
    settings: Settings,
    /// The password at the mail server. Nothing: the one that is kept stays, unless the server, its port or the user is another one now;
    /// an empty text: none is kept.
    #[serde(default)]
    #[schema(max_length = 1000, format = Password, write_only)]
    smtp_password: Option<String>,
    /// What webhooks are signed with, 16 characters at the least. Nothing: the one that is kept stays; an empty text: none is kept.
    #[serde(default)]
    #[schema(max_length = 1000, format = Password, write_only)]
    webhook_secret: Option<String>,
}

/// What became of a test.
#[derive(Serialize, ToSchema)]
pub(crate) struct NoticeTests {
    /// For each receiver; empty when the settings name none.
    items: Vec<Tried>,
}

/// A page of notices.
#[derive(Serialize, ToSchema)]
#[schema(as = NoticePage)]
pub(crate) struct Notices {
    items: Vec<Notice>,
    /// Give it as `cursor` to go on; `null` at the end.
    #[schema(required)]
    next: Option<String>,
}

/// Who is told of what, and how; which secrets are kept beside it, but not the secrets.
#[utoipa::path(get, path = "/notices", tag = "workspace", operation_id = "getNotices",
    responses((status = 200, body = Kept), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn show(State(app): State<App>) -> Result<Json<Kept>, Problem> {
    Ok(Json(app.hub.notice_settings().await?))
}

/// Changes who is told of what, for what is told from now on.
#[utoipa::path(put, path = "/notices", tag = "workspace", operation_id = "changeNotices", request_body = NoticeChange,
    responses((status = 200, body = Kept), (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn change(
    State(app): State<App>,
    caller: Caller,
    Body(change): Body<NoticeChange>,
) -> Result<Json<Kept>, Problem> {
    let secrets = [
        (NoticeSecret::Smtp, change.smtp_password.map(Secret::new)),
        (NoticeSecret::Webhook, change.webhook_secret.map(Secret::new)),
    ];
    let given = |secret: &Secret| !secret.reveal().is_empty();
    for (which, secret) in &secrets {
        if let Some(secret) = secret.as_ref().filter(|secret| given(secret)) {
            which.check(secret)?;
        }
    }
    app.hub.set_notice_settings(&change.settings).await?;
    for (which, secret) in &secrets {
        if let Some(secret) = secret {
            app.hub.set_notice_secret(*which, Some(secret).filter(|secret| given(secret))).await?;
        }
    }
    let told = json!({
        "receivers": change.settings.smtp.as_ref().map_or(0, |smtp| smtp.to.len()),
        "smtp": change.settings.smtp.as_ref().map(|smtp| &smtp.server),
        "webhook": change.settings.webhook.is_some(),
        "secrets": secrets.iter().filter(|(_, secret)| secret.is_some()).count(),
    });
    app.audit(&caller.actor(), "notices.change", told).await;
    show(State(app)).await
}

/// Sends a test to everybody whom the settings name, and tells what their servers said. Nothing of it is tried again.
#[utoipa::path(post, path = "/notices/test", tag = "workspace", operation_id = "testNotices",
    responses((status = 200, body = NoticeTests), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn test(State(app): State<App>, caller: Caller) -> Result<Json<NoticeTests>, Problem> {
    app.audit(&caller.actor(), "notices.test", json!({})).await;
    Ok(Json(NoticeTests { items: app.hub.test_notices().await? }))
}

/// What was told, the newest first; administrators also see to whom, and how it went out.
#[utoipa::path(get, path = "/notices/sent", tag = "workspace", operation_id = "listNotices", params(Page),
    responses((status = 200, body = Notices), (status = 401, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(page): Query<Page>,
) -> Result<Json<Notices>, Problem> {
    let limit = limit(page.limit)?;
    let mut items = app.hub.notices(page.number()?, limit).await?;
    let next = items.last().filter(|_| items.len() == limit).map(|last| last.id.to_string());
    if caller.role() < Role::Admin {
        items.iter_mut().for_each(|notice| notice.deliveries.clear());
    }
    Ok(Json(Notices { items, next }))
}
