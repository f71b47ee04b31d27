//! How often a service is asked when it does not tell by itself. A program of its own: it measures time, and others beside it would take some.

use musubi_engine::sync::Settings;
use musubi_world::{World, agree, each_engine, settings};
use serde_json::json;
use std::time::Duration;

const CONTACTS: &str = r#"
[[integrations.both.modules]]
left = "Contacts"
right = "Contacts"
match = ["Email"]
fields = [{ left = "Last_Name", right = "Last_Name" }, { left = "Email", right = "Email" }, { left = "Title", right = "Title" }]
"#;

/// Between two polls while there is something to find.
const POLL: u64 = 1_000;
const EDITS: u64 = 16;

/// A poll that was answered and is not decided yet was due all the while: it was made twice, and the second, which found nothing, put off the next.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_poll_is_made_once_and_on_time() {
    each_engine(async |store| {
        let world = World::start().await;
        world.generate(0, "Contacts", EDITS, 3).await;
        let workspace = world.set_up(&store, CONTACTS).await;
        let poll_min = i64::try_from(POLL).unwrap();
        let settings = Settings { poll_min, poll_max: 60_000, settle_every: 3_600_000, ..settings() };
        let hub = world.hub_with(&store, workspace, None, settings).await;
        agree(&hub, 30).await;
        let tokyo = &world.orgs[0];
        let ids: Vec<String> = tokyo
            .all("Contacts", &["id"])
            .await
            .iter()
            .map(|row| row[0].as_str().unwrap().to_owned())
            .collect();
        let asked = async || {
            let stats = world.stats().await;
            stats["orgs"][&tokyo.id]["endpoints"]["GET /crm/v8/Contacts"]["calls"].as_u64().unwrap()
        };
        // The first edit finds the intervals grown long.
        tokyo.update("Contacts", &ids[0], json!({"Title": "first"})).await;
        agree(&hub, 30).await;
        let before = asked().await;
        let began = tokio::time::Instant::now();
        for (n, id) in ids.iter().enumerate() {
            tokyo.update("Contacts", id, json!({"Title": format!("edit {n}")})).await;
            tokio::time::sleep(Duration::from_millis(POLL / 2)).await;
        }
        let polls = began.elapsed().as_millis() as u64 / POLL + 2;
        let made = asked().await - before;
        let arrived = world.orgs[1].all("Contacts", &["Title"]).await;
        hub.stop().await;
        let arrived = arrived
            .iter()
            .filter(|row| row[0].as_str().is_some_and(|title| title.starts_with("edit")))
            .count() as u64;
        assert!((polls / 2..=polls).contains(&made), "{made} polls in the time of {polls}");
        // All but those of the last interval or two.
        assert!(arrived + 5 >= EDITS, "{arrived} of {EDITS} edits arrived");
    })
    .await;
}
