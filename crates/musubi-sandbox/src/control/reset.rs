//! `POST /sandbox/reset`.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::orgs;
use crate::{generate, world::World};

/// Back to the first moment: clock, orgs, credentials, records; faults are gone.
pub fn run(world: &Arc<World>) -> Json {
    if let Some(log) = &world.log {
        log.clear();
    }
    world.clear();
    generate::dataset(world);
    json!({"orgs": orgs::list(world)})
}
