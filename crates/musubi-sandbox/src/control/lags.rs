//! How far the sandbox's own slowness goes: the lag of the search index, the time a bulk job takes.

use serde_json::{Value as Json, json};

use super::Outcome;
use crate::world::World;

/// `{"search_ms", "bulk_ms"}`, both optional; answers what is in force.
pub fn set(world: &World, body: &Json) -> Outcome {
    if let Some(lag) = body["search_ms"].as_i64() {
        world.set_search_lag_ms(lag);
    }
    if let Some(delay) = body["bulk_ms"].as_i64() {
        world.bulk.set_delay_ms(delay);
    }
    Ok(json!({"search_ms": world.search_lag_ms(), "bulk_ms": world.bulk.delay_ms()}))
}
