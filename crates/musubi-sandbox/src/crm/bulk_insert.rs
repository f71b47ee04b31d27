//! Adds many records at once, outside any call: generated data.

use std::sync::Arc;

use serde_json::Value as Json;

use super::{commit::Commit, context::RequestContext, validate::Place, write};
use crate::{http::json_in::Node, org::Org, world::World};

/// Records written under one lock.
const BATCH: usize = 500;

/// Inserts records as the org's administrator; gives how many went in.
pub fn insert_all(world: &Arc<World>, org: &Arc<Org>, module: &str, records: &[Json]) -> usize {
    insert_made(world, org, module, records.len() as u64, |_, n| records[n as usize].clone())
}

/// Inserts records that are made one by one; gives how many went in.
pub fn insert_made(
    world: &Arc<World>,
    org: &Arc<Org>,
    module: &str,
    count: u64,
    mut make: impl FnMut(&crate::org::State, u64) -> Json,
) -> usize {
    let ctx = RequestContext::internal(world, org);
    let mut done = 0;
    let mut next = 0;
    while next < count {
        let mut state = org.write();
        let Some(no) = state.module_no(module) else { return done };
        let mut commit = Commit::new(&ctx);
        for n in next..count.min(next + BATCH as u64) {
            let record = make(&state, n);
            let made =
                write::insert_one(&ctx, &mut state, &mut commit, no, &Node::from_json(&record), Place(0));
            done += usize::from(made.is_ok());
        }
        commit.finish(&mut state);
        next += BATCH as u64;
    }
    done
}
