//! The audit log.

use crate::app::App;
use crate::input::Query;
use crate::page::{Page, limit};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// Something that somebody did.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditEntry {
    id: i64,
    /// In milliseconds since 1970.
    at: i64,
    /// Their address.
    actor: String,
    /// A stable word such as `integration.pause`.
    action: String,
    /// What it was done to.
    #[schema(value_type = Object)]
    details: Value,
}

/// A page of the audit log.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditPage)]
pub(crate) struct AuditLog {
    items: Vec<AuditEntry>,
    /// Give it as `cursor` to go on; `null` at the end.
    #[schema(required)]
    next: Option<String>,
}

/// What was done, the newest first.
#[utoipa::path(get, path = "/audit", tag = "people", operation_id = "listAudit", params(Page),
    responses((status = 200, body = AuditLog), (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn list(
    State(app): State<App>,
    Query(page): Query<Page>,
) -> Result<Json<AuditLog>, Problem> {
    let limit = limit(page.limit)?;
    let before = page.number()?.unwrap_or(i64::MAX);
    let rows = app.store().audited(app.workspace(), before, limit as i64).await?;
    let next = rows.last().filter(|_| rows.len() == limit).map(|row| row.id.to_string());
    let items = rows
        .into_iter()
        .map(|row| AuditEntry {
            id: row.id,
            at: row.at,
            actor: row.actor,
            action: row.action,
            details: serde_json::from_str(&row.body).unwrap_or_default(),
        })
        .collect();
    Ok(Json(AuditLog { items, next }))
}
