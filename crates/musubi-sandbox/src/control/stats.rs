//! `/sandbox/stats`: calls and credits per org and endpoint, counted exactly.

use std::sync::{PoisonError, atomic::Ordering};

use serde_json::{Map, Value as Json, json};

use crate::{
    http::credits::{Due, Usage},
    log::Line,
    world::World,
};

/// Everything counted since the start or the last clearing.
pub fn show(world: &World) -> Json {
    let now_ms = world.clock.now_ms();
    let mut orgs = Map::new();
    for org in world.orgs() {
        let mut credits = org.credits.lock().unwrap_or_else(PoisonError::into_inner);
        let mut total = Usage::default();
        for usage in credits.endpoints.values() {
            total.add(*usage);
        }
        orgs.insert(org.profile.org_id.clone(), json!({
            "name": org.profile.name,
            "calls": total.calls,
            "credits": total.credits,
            "errors": total.errors,
            "credits_used_24h": credits.used(now_ms),
            "credits_allowed_24h": credits.allowance,
            "endpoints": credits.endpoints,
            "records": org.read().modules.iter().map(|m| (m.meta.api_name.clone(), json!(m.table.len()))).collect::<Map<String, Json>>(),
        }));
    }
    let posted = &world.post.counts;
    json!({"orgs": orgs, "notifications": {
        "delivered": posted.delivered.load(Ordering::Relaxed), "failed": posted.failed.load(Ordering::Relaxed),
        "lost": posted.lost.load(Ordering::Relaxed),
    }})
}

/// Starts counting at zero; the rolling day of credits goes on.
pub fn clear(world: &World) -> Json {
    for org in world.orgs() {
        world.keep_credits(&org, Due::Now);
        org.credits.lock().unwrap_or_else(PoisonError::into_inner).endpoints.clear();
        if let Some(log) = &world.log {
            log.write(&Line::Uncounted(org.profile.number));
        }
    }
    json!({"cleared": true})
}
