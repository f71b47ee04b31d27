//! `/sandbox/faults`.

use serde_json::{Value as Json, json};

use super::{Outcome, Refusal};
use crate::{http::faults::Fault, world::World};

/// Adds one fault, or a list of them.
pub fn add(world: &World, body: Json) -> Outcome {
    let all = match body {
        Json::Array(all) => all,
        one => vec![one],
    };
    let count = all.len();
    let parse = |(number, one): (usize, Json)| {
        serde_json::from_value::<Fault>(one).map_err(|error| match count {
            1 => (400, format!("not a fault: {error}")),
            _ => (400, format!("number {number} of {count} is not a fault: {error}")),
        })
    };
    let parsed: Vec<Fault> = (1..).zip(all).map(parse).collect::<Result<_, Refusal>>()?;
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

/// Takes all faults away.
pub fn clear(world: &World) -> Json {
    world.faults().clear();
    keep_history(world);
    json!({"cleared": true})
}

/// Takes one fault away.
pub fn remove(world: &World, id: &str) -> Outcome {
    let removed = id.parse().is_ok_and(|id| world.faults().remove(id));
    if !removed {
        return Err((404, format!("there is no fault {id}; GET /sandbox/faults lists them with their ids")));
    }
    keep_history(world);
    Ok(json!({"cleared": true}))
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
