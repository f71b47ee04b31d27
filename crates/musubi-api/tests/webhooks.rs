//! From an edit in one org to its arrival in the other, by real notifications over HTTP.

#[path = "../../musubi-engine/tests/world/mod.rs"]
mod world;

use serde_json::json;
use std::time::Duration;
use tokio::net::TcpListener;
use world::{World, agree, each_engine, until};

const CONTACTS: &str = r#"
[[integrations.both.modules]]
left = "Contacts"
right = "Contacts"
match = ["Email"]
fields = [{ left = "Last_Name", right = "Last_Name" }, { left = "Email", right = "Email" }, { left = "Title", right = "Title" }]
"#;

/// Far beyond the bar, so that a busy machine does not fail it: a poll would take a minute.
const AT_MOST: Duration = Duration::from_millis(1_500);

// S0-4
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edit_arrives_by_webhook_long_before_a_poll() {
    each_engine(async |store| {
        let world = World::start().await;
        world.generate(0, "Contacts", 20, 3).await;
        let workspace = world.set_up(&store, CONTACTS).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let public_url = format!("http://{}", listener.local_addr().unwrap());
        let settings = musubi_engine::sync::Settings {
            poll_min: 60_000,
            poll_max: 60_000,
            poll_watched: 60_000,
            settle_every: 60_000,
            ..world::settings()
        };
        let hub = world.hub_with(&store, workspace, Some(public_url), settings).await;
        let served = musubi_api::serve(
            listener,
            musubi_api::App::new(hub.clone(), musubi_api::Options::default()),
            None,
            std::future::pending(),
        );
        let people = async {
            agree(&hub, 30).await;
            until("the channels are open", 20, async || {
                let status = hub.status().await.unwrap();
                status.integrations[0].modules[0].watched == musubi_core::Sides { left: true, right: true }
            })
            .await;
            let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
            let rows = tokyo.all("Contacts", &["Email", "id"]).await;
            let mut times = Vec::new();
            for (n, row) in rows.iter().take(10).enumerate() {
                let (email, id) = (row[0].as_str().unwrap(), row[1].as_str().unwrap());
                let title = format!("Title {n}");
                tokyo.update("Contacts", id, json!({"Title": title})).await;
                let arrived = async || {
                    london
                        .all("Contacts", &["Email", "Title"])
                        .await
                        .iter()
                        .any(|row| row[0] == email && row[1] == title.as_str())
                };
                times.push(until("the edit arrives", 10, arrived).await);
            }
            let id =
                london.create("Contacts", json!({"Last_Name": "New", "Email": "new@webhook.example"})).await;
            let arrived = async || tokyo.all("Contacts", &["Email"]).await.len() == 21;
            until("the new record arrives", 10, arrived).await;
            london.delete("Contacts", &id).await;
            times.sort();
            println!(
                "edit to arrival: median {:?}, slowest {:?}",
                times[times.len() / 2],
                times[times.len() - 1]
            );
            assert!(times[times.len() / 2] < AT_MOST, "{times:?}");
        };
        tokio::select! {
            served = served => panic!("the server ended: {served:?}"),
            () = people => {}
        }
        hub.stop().await;
    })
    .await;
}
