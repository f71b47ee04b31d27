//! Nothing is overwritten or deleted without an entry in the journal from which it can be brought back: after a random day, both orgs are set back to how
//! people had left them, by a client that has nothing but the journal.
#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

use crate::world::{Org, World, agree, each_engine, until};
use musubi_core::Side;
use musubi_engine::report::HistoryEntry;
use musubi_engine::sync::JournalKind;
use musubi_engine::{HistoryFilter, Hub};
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

const FIELDS: [&str; 7] =
    ["Email", "Last_Name", "Title", "Phone", "Department", "Date_of_Birth", "Email_Opt_Out"];
const MODULE: &str = r#"
[[integrations.both.modules]]
left = "Contacts"
right = "Contacts"
match = ["Email"]
deletion = "delete"
conflict = "latest"
"#;
/// People at work until the hub looks, so many times.
const HOURS: usize = 5;
const ACTS: usize = 30;

/// A side's records: their mapped fields by id.
type Records = BTreeMap<String, Map<String, Value>>;

async fn records(org: &Org) -> Records {
    let fields: Vec<&str> = std::iter::once("id").chain(FIELDS).collect();
    let rows = org.all("Contacts", &fields).await;
    let record = |row: Vec<Value>| {
        let fields = FIELDS.iter().map(|field| (*field).to_owned()).zip(row[1..].iter().cloned());
        (row[0].as_str().unwrap().to_owned(), fields.collect())
    };
    rows.into_iter().map(record).collect()
}

/// Without ids, which nobody can give back.
fn contents(records: &Records) -> Vec<String> {
    let mut all: Vec<String> = records.values().map(|record| json!(record).to_string()).collect();
    all.sort();
    all
}

fn value(field: &str, random: &mut SmallRng) -> Value {
    let number = random.random_range(0..40);
    match field {
        "Date_of_Birth" => json!(format!("19{:02}-0{}-1{}", 60 + number, 1 + number % 9, number % 9)),
        "Email_Opt_Out" => json!(number % 2 == 0),
        "Last_Name" => json!(format!("森 {number}")),
        _ if number % 5 == 0 => Value::Null,
        _ => json!(format!("{field} {number}")),
    }
}

/// Somebody does something.
async fn act(org: &Org, side: usize, number: usize, random: &mut SmallRng) {
    let present: Vec<String> = records(org).await.into_keys().collect();
    match random.random_range(0..10) {
        0 => {
            let email = format!("new-{side}-{number}@both.example");
            org.create("Contacts", json!({"Last_Name": "新規", "Email": email, "Title": "new"})).await;
        }
        1 => org.delete("Contacts", present.choose(random).unwrap()).await,
        _ => {
            let field = FIELDS[1..].choose(random).unwrap();
            // A few records get most of the attention, so that both sides change the same ones.
            let few = &present[..present.len().min(8)];
            let id = few.choose(random).unwrap();
            org.update("Contacts", id, json!({*field: value(field, random)})).await;
        }
    }
}

/// The journal of this long, the newest first.
async fn journal(hub: &Hub, since: i64) -> Vec<HistoryEntry> {
    let filter = HistoryFilter { since: Some(since), limit: 10_000, ..HistoryFilter::default() };
    hub.history("both", &filter).await.unwrap()
}

/// What stood in the fields that are compared.
fn before(entry: &HistoryEntry) -> impl Iterator<Item = (String, Value)> {
    let compared = entry.changes.iter().filter(|change| FIELDS.contains(&change.field.as_str()));
    compared.map(|change| (change.field.clone(), change.before.clone().unwrap_or(Value::Null)))
}

/// Takes back what an entry says was done to its side.
fn take_back(entry: &HistoryEntry, sides: &mut [Records; 2]) {
    let at = usize::from(entry.side == Side::Right);
    let id = [&entry.left_id, &entry.right_id][at].clone();
    let Some(id) = id else { return };
    match entry.kind {
        JournalKind::Created => drop(sides[at].remove(&id)),
        JournalKind::Deleted => {
            let mut record: Map<String, Value> =
                FIELDS.iter().map(|field| ((*field).to_owned(), Value::Null)).collect();
            record.extend(before(entry));
            sides[at].insert(id, record);
        }
        JournalKind::Updated => {
            if let Some(record) = sides[at].get_mut(&id) {
                record.extend(before(entry));
            }
        }
        _ => {}
    }
}

/// Makes the org's records these, as a person with a spreadsheet would.
async fn bring_about(org: &Org, wanted: &Records) {
    let present = records(org).await;
    for id in present.keys().filter(|id| !wanted.contains_key(*id)) {
        org.delete("Contacts", id).await;
    }
    for (id, record) in wanted {
        match present.get(id) {
            Some(now) if now == record => {}
            Some(_) => org.update("Contacts", id, json!(record)).await,
            None => drop(org.create("Contacts", json!(record)).await),
        }
    }
}

// K-20, K-23
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_random_day_everything_is_brought_back_from_the_journal() {
    each_engine(async |store| {
        let seed = 7;
        let mut random = SmallRng::seed_from_u64(seed);
        let world = World::start().await;
        for number in 0..25 {
            for (side, org) in world.orgs.iter().enumerate() {
                // Some are known to both from the start, and differ.
                let email =
                    format!("both-{}@both.example", if number < 12 { number } else { number + 20 * side });
                org.create("Contacts", json!({"Last_Name": format!("初 {side}"), "Email": email})).await;
            }
        }
        let workspace = world.set_up(&store, MODULE).await;
        let hub = world.hub(&store, workspace, None).await;
        for hour in 0..HOURS {
            hub.pause("both").await.unwrap();
            // What is under way ends first.
            tokio::time::sleep(Duration::from_secs(1)).await;
            for number in 0..ACTS {
                let side = random.random_range(0..2);
                act(&world.orgs[side], side, hour * ACTS + number, &mut random).await;
            }
            let left_so = [records(&world.orgs[0]).await, records(&world.orgs[1]).await];
            let since = journal(&hub, 0).await.first().map_or(0, |entry| entry.at + 1);
            // Entries of the same millisecond are of before.
            tokio::time::sleep(Duration::from_millis(5)).await;
            hub.resume("both").await.unwrap();
            agree(&hub, 90).await;
            let mut back = [records(&world.orgs[0]).await, records(&world.orgs[1]).await];
            let entries = journal(&hub, since).await;
            entries.iter().for_each(|entry| take_back(entry, &mut back));
            for side in 0..2 {
                assert_eq!(back[side], left_so[side], "seed {seed}, hour {hour}, side {side}: {entries:#?}");
            }
            if hour + 1 == HOURS {
                hub.pause("both").await.unwrap();
                for side in 0..2 {
                    bring_about(&world.orgs[side], &back[side]).await;
                    until("it is as it was", 30, async || {
                        contents(&records(&world.orgs[side]).await) == contents(&left_so[side])
                    })
                    .await;
                }
            }
        }
        hub.stop().await;
    })
    .await;
}
