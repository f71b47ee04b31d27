//! `POST /sandbox/orgs/{org_id}/generate`.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::{Outcome, find_org};
use crate::{
    crm::bulk_insert,
    generate::{links, records},
    world::World,
};

/// Makes `count` records of a module by `seed`, numbered from `from`. They point at records that are there already,
/// unless `links` is false.
pub fn run(world: &Arc<World>, org_id: &str, body: &Json) -> Outcome {
    let org = find_org(world, org_id)?;
    let module = body["module"].as_str().unwrap_or("Contacts").to_owned();
    let count = body["count"].as_u64().ok_or((400, "count is missing".to_owned()))?;
    let seed = body["seed"].as_u64().unwrap_or(world.seed);
    let from = body["from"].as_u64().unwrap_or(0);
    if org.read().module(&module).is_none() {
        return Err((404, format!("no module {module}")));
    }
    let linked = body["links"].as_bool().unwrap_or(true);
    let done = bulk_insert::insert_made(world, &org, &module, count, |state, n| {
        let Some(target) = state.module(&module) else { return Json::Null };
        let mut record = records::record(state, target, seed, from + n);
        if linked {
            links::fill(state, &module, &mut record, from + n);
        }
        record
    });
    Ok(json!({"module": module, "count": done}))
}
