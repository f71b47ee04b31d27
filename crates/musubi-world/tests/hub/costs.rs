//! What it costs to carry over many changes at once, by the calls and credits that the services count. Over the real connector and the sandbox by HTTP.
#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

use crate::world::{World, agree, each_engine, settings, until};
use musubi_engine::Hub;
use musubi_engine::sync::Settings;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

const CONTACTS: &str = r#"
[[integrations.both.modules]]
left = "Contacts"
right = "Contacts"
match = ["Email"]
fields = [{ left = "Last_Name", right = "Last_Name" }, { left = "Email", right = "Email" }, { left = "Title", right = "Title" }]
"#;
/// As many as one call writes.
const MANY: u64 = 100;
/// Records in a page of a list.
const PAGE: u64 = 200;

const LIST: &str = "GET /crm/v8/Contacts";
const DELETED: &str = "GET /crm/v8/Contacts/deleted";
const UPDATE: &str = "PUT /crm/v8/Contacts";

/// It looks when it is asked to, and at no other time. What was read stays good for writing on a slow machine.
fn when_asked() -> Settings {
    let never = 3_600_000;
    Settings { poll_min: never, poll_max: never, settle_every: never, look_back: 10_000, ..settings() }
}

/// Calls and credits, by endpoint.
type Spent = BTreeMap<String, (u64, u64)>;

async fn spent(world: &World) -> [Spent; 2] {
    let stats = world.stats().await;
    [0, 1].map(|org| {
        let endpoints = stats["orgs"][&world.orgs[org].id]["endpoints"].as_object().unwrap().iter();
        endpoints.map(|(name, usage)| (name.clone(), counted(usage))).collect()
    })
}

fn counted(usage: &Value) -> (u64, u64) {
    let count = |what: &str| usage[what].as_u64().unwrap();
    (count("calls"), count("credits"))
}

/// What was spent since then.
async fn since(world: &World, before: &[Spent; 2]) -> [Spent; 2] {
    let mut after = spent(world).await;
    for (after, before) in after.iter_mut().zip(before) {
        for (endpoint, (calls, credits)) in before {
            let now = after.get_mut(endpoint).unwrap();
            *now = (now.0 - calls, now.1 - credits);
        }
        after.retain(|_, (calls, _)| *calls > 0);
    }
    after
}

/// Asks for one look at both sides, and does not wait for it.
async fn look(hub: &Hub) {
    hub.run_until_agreed("both", Duration::from_millis(1), &mut |_| {}).await.unwrap();
}

/// No endpoint but these was called, and none of them more often or for more credits.
fn within(spent: &Spent, most: &[(&str, u64, u64)]) {
    for (endpoint, (calls, credits)) in spent {
        let known = most.iter().find(|(name, ..)| name == endpoint);
        let (_, most_calls, most_credits) = known.unwrap_or_else(|| panic!("{endpoint}: {spent:?}"));
        assert!(calls <= most_calls && credits <= most_credits, "{endpoint}: {spent:?}");
    }
}

// K-28
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_changes_are_read_in_a_page_written_in_one_call_and_read_back_in_another() {
    each_engine(async |store| {
        let world = World::start().await;
        world.generate(0, "Contacts", MANY, 3).await;
        let workspace = world.set_up(&store, CONTACTS).await;
        let first = world.hub(&store, workspace, None).await;
        agree(&first, 60).await;
        first.stop().await;
        let hub = world.hub_with(&store, workspace, None, when_asked()).await;
        agree(&hub, 60).await;

        let tokyo = &world.orgs[0];
        let ids = tokyo.all("Contacts", &["id"]).await;
        let changes: Vec<Value> = ids.iter().map(|row| json!({"id": row[0], "Title": "changed"})).collect();
        let done = tokyo.call("PUT", "Contacts", json!({ "data": changes })).await;
        assert_eq!(done["data"].as_array().map(Vec::len), Some(ids.len()), "{done}");
        let before = spent(&world).await;
        look(&hub).await;
        until("they are written", 60, async || {
            since(&world, &before).await[1].get(UPDATE).is_some_and(|(calls, _)| *calls > 0)
        })
        .await;
        // By then the service lists what we wrote.
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        look(&hub).await;
        until("they are read back", 60, async || {
            hub.status().await.unwrap().integrations[0].modules[0].agreed_since.is_some()
        })
        .await;

        let [source, target] = since(&world, &before).await;
        // Both looks ask for deletions as well.
        let looks = 2;
        let pages = MANY.div_ceil(PAGE);
        // Besides, what was changed a moment ago is listed once more when no list can lag any more.
        let reads = 2 * looks + pages;
        within(&source, &[(LIST, reads, reads), (DELETED, looks, 2 * looks)]);
        // The looks, once more before the batch is written, and what is read back.
        let reads = 2 * looks + 1 + pages;
        within(&target, &[(LIST, reads, reads), (DELETED, looks, 2 * looks), (UPDATE, 1, 10)]);
        hub.stop().await;
        let titles = world.orgs[1].all("Contacts", &["Title"]).await;
        assert!(titles.len() as u64 == MANY && titles.iter().all(|row| row[0] == "changed"), "{titles:?}");
    })
    .await;
}
