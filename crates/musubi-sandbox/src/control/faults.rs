//! `/sandbox/faults`.

use serde_json::{Value as Json, json};

use super::Outcome;
use crate::{http::faults::Fault, world::World};

/// Adds one fault, or a list of them.
pub fn add(world: &World, body: Json) -> Outcome {
    let all = match body {
        Json::Array(all) => all,
        one => vec![one],
    };
    let parsed: Result<Vec<Fault>, serde_json::Error> = all.into_iter().map(serde_json::from_value).collect();
    let parsed = parsed.map_err(|error| (400, format!("not a fault: {error}")))?;
    let ids: Vec<u64> = {
        let mut faults = world.faults();
        parsed.into_iter().map(|fault| faults.add(fault)).collect()
    };
    keep_history(world);
    Ok(json!({"ids": ids, "id": ids.first()}))
}

/// The faults in force with how often each hit.
pub fn list(world: &World) -> Outcome {
    serde_json::to_value(world.faults().list()).map_err(|error| (500, error.to_string()))
}

/// Takes away one fault, or all.
pub fn clear(world: &World, id: Option<u64>) -> Json {
    world.faults().clear(id);
    keep_history(world);
    json!({"cleared": true})
}

/// Reads can lag only as far back as changes are remembered: from the moment such a fault is set.
fn keep_history(world: &World) {
    let keep = world.faults().any_read_lag();
    for org in world.orgs() {
        for module in &mut org.write().modules {
            module.table.keep_history(keep);
        }
    }
}
