//! A comparison of everything that is made from time to time: what nothing has told of is found, mended and told. Over the real connector and the sandbox by HTTP.

use crate::world::{World, agree, each_engine, until};
use musubi_engine::notices::Event;
use musubi_engine::sync::Settings;
use serde_json::json;
use std::time::Duration;

const DAILY: &str = r#"
compare_every = "1d"
[[integrations.both.modules]]
left = "Contacts"
right = "Contacts"
match = ["Email"]
fields = [{ left = "Last_Name", right = "Last_Name" }, { left = "Email", right = "Email" }]
"#;

/// Days of four seconds, in which nobody looks for changes.
fn short_days() -> Settings {
    let never = 3_600_000;
    Settings {
        day: 4_000,
        notices_every: 100,
        poll_min: never,
        poll_max: never,
        settle_every: never,
        ..crate::world::settings()
    }
}

// K-25
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nothing_told_of_is_found_by_the_comparison_of_the_day_and_told() {
    each_engine(async |store| {
        let world = World::start().await;
        let [tokyo, london] = [&world.orgs[0], &world.orgs[1]];
        let person = json!({"Last_Name": "Mori", "Email": "mori@both.example"});
        let left = tokyo.create("Contacts", person).await;
        let workspace = world.set_up(&store, DAILY).await;
        let first = world.hub(&store, workspace, None).await;
        agree(&first, 60).await;
        first.stop().await;

        let hub = world.hub_with(&store, workspace, None, short_days()).await;
        // Its first looks are over then.
        tokio::time::sleep(Duration::from_secs(3)).await;
        tokyo.update("Contacts", &left, json!({"Last_Name": "Mori-Sato"})).await;
        until("it is on the other side", 60, async || {
            london.all("Contacts", &["Last_Name"]).await == [[json!("Mori-Sato")]]
        })
        .await;
        let mut drift = Vec::new();
        until("it is told", 60, async || {
            let told = hub.notices(None, 50).await.unwrap();
            drift = told.into_iter().filter(|notice| notice.event == Event::Drift).collect();
            !drift.is_empty()
        })
        .await;
        let matters: Vec<_> =
            drift[0].matters.iter().map(|matter| (matter.code.as_str(), matter.count)).collect();
        assert_eq!((drift[0].integration.as_deref(), matters), (Some("both"), vec![("drift", 1)]));

        // The comparisons of the next days find nothing, and say nothing.
        tokio::time::sleep(Duration::from_secs(9)).await;
        let told = hub.notices(None, 50).await.unwrap();
        assert_eq!(told.iter().filter(|notice| notice.event == Event::Drift).count(), 1, "{told:?}");
        hub.stop().await;
    })
    .await;
}
