//! The demo's records: two companies that know partly the same people, and partly disagree about them.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::records;
use crate::{
    crm::bulk_insert,
    org::{Org, State},
    world::World,
};

/// How many records of each module the first org gets, parents first.
const PLAN: &[(&str, u64)] =
    &[("Accounts", 40), ("Contacts", 120), ("Products", 12), ("Deals", 45), ("Leads", 36), ("Tasks", 24)];

/// Fills both orgs; the second has two of three of the first's records, some with differences.
pub fn fill(world: &Arc<World>, first: &Arc<Org>, second: &Arc<Org>) {
    for (module, count) in PLAN {
        let all: Vec<Json> = {
            let state = first.read();
            let Some(target) = state.module(module) else { continue };
            (0..*count).map(|n| records::record(&state, target, world.seed, n)).collect()
        };
        put(world, first, module, &all);
        let shared: Vec<Json> = all
            .into_iter()
            .enumerate()
            .filter(|(n, _)| n % 3 != 2)
            .map(|(n, record)| if n % 4 == 1 { differing(module, record) } else { record })
            .collect();
        put(world, second, module, &shared);
    }
}

fn put(world: &Arc<World>, org: &Arc<Org>, module: &str, all: &[Json]) {
    let linked: Vec<Json> = {
        let state = org.read();
        all.iter().enumerate().map(|(n, record)| with_parent(&state, module, record.clone(), n)).collect()
    };
    bulk_insert::insert_all(world, org, module, &linked);
}

/// Points children at a parent in the same org.
fn with_parent(state: &State, module: &str, mut record: Json, n: usize) -> Json {
    let nth = |parent: &str| {
        let table = &state.module(parent)?.table;
        table.iter().nth(n * 7 % table.len().max(1)).map(|found| found.id.to_string())
    };
    match module {
        "Contacts" => record["Account_Name"] = json!({"id": nth("Accounts")}),
        "Deals" => {
            record["Account_Name"] = json!({"id": nth("Accounts")});
            record["Contact_Name"] = json!({"id": nth("Contacts")});
        }
        "Tasks" => {
            record["Who_Id"] = json!({"id": nth("Contacts")});
        }
        _ => {}
    }
    record
}

/// The same record as the other company sees it.
fn differing(module: &str, mut record: Json) -> Json {
    match module {
        "Contacts" | "Leads" => record["Phone"] = json!("+44 161 496 0123"),
        "Accounts" => record["Employees"] = json!(77),
        "Deals" => record["Next_Step"] = json!("Waiting for the customer"),
        _ => {}
    }
    record
}
