//! I4: what a record is found by is what it holds, or else it is doubled, or held because of a value that nobody has any more.

use crate::{
    check::{Kept, wait},
    violation::Violation,
};
use musubi_core::{LinkBody, Side, link::Memory};
use musubi_engine::sync::{Plan, link_state};
use musubi_store::{LinkRow, MatchKey, Want};
use std::collections::HashSet;

/// Checks the records of all pairs. What was stored by other rules is found by those until it is read again.
pub(crate) fn are_those_of_the_records(
    kept: &Kept<'_>,
    plan: &Plan,
    links: &[LinkRow],
) -> Result<(), Violation> {
    let mut expected: HashSet<(Side, MatchKey, String)> = HashSet::new();
    let mut records: HashSet<(Side, String)> = HashSet::new();
    for link in links.iter().filter(|link| link.state != link_state::UNTIED) {
        let body = LinkBody::decode(&link.body).map_err(|_| Violation::new("I9", "a link cannot be read"))?;
        if body.mapping != plan.rules.version {
            continue;
        }
        for side in Side::BOTH.into_iter().filter(|side| body.gone.get(*side).is_none()) {
            let id = link.id(side).to_owned();
            let keys = keys_of(plan, side, body.side(side));
            expected.extend(keys.into_iter().map(|key| (side, key, id.clone())));
            records.insert((side, id));
        }
    }
    let keys: HashSet<(Side, MatchKey)> = expected.iter().map(|(side, key, _)| (*side, *key)).collect();
    let want = Want { keys: keys.into_iter().collect(), ..Want::default() };
    let found = wait(kept.runtime, kept.store.load(plan.sync, want))?.matches;
    let found: HashSet<(Side, MatchKey, String)> =
        found.into_iter().map(|row| (row.side, row.key, row.id)).collect();
    if let Some((side, _, id)) = expected.difference(&found).next() {
        let what = format!("{} {id} is not found by what it holds", side.name());
        return Err(Violation::new("I4", what));
    }
    let stale = |(side, _, id): &&(Side, MatchKey, String)| records.contains(&(*side, id.clone()));
    if let Some((side, _, id)) = found.difference(&expected).find(stale) {
        let what = format!("{} {id} is found by what it does not hold", side.name());
        return Err(Violation::new("I4", what));
    }
    Ok(())
}

fn keys_of(plan: &Plan, side: Side, memory: &Memory) -> Vec<MatchKey> {
    plan.rules.mapping.match_keys(side, |slot| memory.current(slot)).collect()
}
