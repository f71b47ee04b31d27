//! From an edit in one org to its arrival in the other, by real notifications over HTTP.
use crate::world::{World, agree, each_engine, until};
use serde_json::json;
use std::{collections::BTreeMap, time::Duration};
use tokio::net::TcpListener;

const CONTACTS: &str = r#"
[[integrations.both.modules]]
left = "Contacts"
right = "Contacts"
match = ["Email"]
fields = [{ left = "Last_Name", right = "Last_Name" }, { left = "Email", right = "Email" }, { left = "Title", right = "Title" }]
"#;

/// Far beyond the bar, so that a busy machine does not fail it: a poll would take a minute.
const AT_MOST: Duration = Duration::from_millis(1_500);

/// A hub that webhooks reach, in agreement, whose polls are far apart; and what people do meanwhile.
async fn told_by_webhooks(store: musubi_store::Store, people: impl AsyncFnOnce(&World)) {
    let world = World::start().await;
    // Both know the same ones from before, so that nothing has to be written for a start.
    for org in 0..2 {
        world.generate(org, "Contacts", 20, 3).await;
    }
    world.control("clock", json!({"advance_s": 600})).await;
    let workspace = world.set_up(&store, CONTACTS).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let public_url = format!("http://{}", listener.local_addr().unwrap());
    let settings = musubi_engine::sync::Settings {
        poll_min: 60_000,
        poll_max: 60_000,
        poll_watched: 60_000,
        settle_every: 60_000,
        ..crate::world::settings()
    };
    let hub = world.hub_with(&store, workspace, Some(public_url), settings).await;
    let served = musubi_api::serve(
        listener,
        musubi_api::App::new(hub.clone(), musubi_api::Options::default()),
        None,
        std::future::pending(),
    );
    let told = async {
        agree(&hub, 30).await;
        until("the channels are open", 20, async || {
            let status = hub.status().await.unwrap();
            status.integrations[0].modules[0].watched == musubi_core::Sides { left: true, right: true }
        })
        .await;
        people(&world).await;
    };
    tokio::select! {
        served = served => panic!("the server ended: {served:?}"),
        () = told => {}
    }
    hub.stop().await;
}

// S0-4
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edit_arrives_by_webhook_long_before_a_poll() {
    each_engine(async |store| {
        told_by_webhooks(store, async |world| {
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
        })
        .await;
    })
    .await;
}

// S1-54: that a record came back is told by webhook, long before a poll, though its modified time stays as it was.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_out_of_the_recycle_bin_is_noticed_by_webhook() {
    each_engine(async |store| {
        told_by_webhooks(store, async |world| {
            let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
            // The one comes back at once, as after a mistake; the other one later than a list may be late.
            for (nth, wait) in [(0, 500), (1, 5_000)] {
                let row = tokyo.all("Contacts", &["Email", "id"]).await.remove(nth);
                let (email, id) = (row[0].as_str().unwrap(), row[1].as_str().unwrap());
                tokyo.delete("Contacts", id).await;
                tokio::time::sleep(Duration::from_millis(wait)).await;
                let path = format!("settings/recycle_bin/{id}/actions/restore");
                let restored = tokyo.call("POST", &path, serde_json::Value::Null).await;
                assert_eq!(restored["recycle_bin"][0]["code"], "SUCCESS", "{restored}");
                // As long as the record is taken for deleted, this goes nowhere.
                let rows = london.all("Contacts", &["Email", "id"]).await;
                let other = rows.iter().find(|row| row[0] == email).expect("the other record stays");
                let title = format!("After {wait}");
                london.update("Contacts", other[1].as_str().unwrap(), json!({"Title": title})).await;
                let arrived = async || {
                    let rows = tokyo.all("Contacts", &["Title", "id"]).await;
                    rows.iter().any(|row| row[0] == title.as_str() && row[1] == id)
                };
                let took = until("the two are a pair again", 20, arrived).await;
                println!("deleted for {wait} ms, noticed within {took:?}");
                assert_eq!(tokyo.all("Contacts", &["id"]).await.len(), 20);
                assert_eq!(london.all("Contacts", &["id"]).await.len(), 20);
            }
        })
        .await;
    })
    .await;
}

/// What each org was asked, and what it cost: calls and credits by endpoint.
async fn spent(world: &World) -> [BTreeMap<String, [u64; 2]>; 2] {
    let stats = world.stats().await;
    std::array::from_fn(|org| {
        let endpoints = stats["orgs"][&world.orgs[org].id]["endpoints"].as_object().unwrap();
        let figures =
            |usage: &serde_json::Value| ["calls", "credits"].map(|key| usage[key].as_u64().unwrap());
        endpoints.iter().map(|(name, usage)| (name.clone(), figures(usage))).collect()
    })
}

/// A lone edit costs a read of its source, a write on condition, and the reading back of which the webhook of its echo tells: three credits. (One more, if its target
/// was written moments before: whether somebody else did so too in that second can only be told by reading it.)
// K-20
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lone_edit_costs_three_calls() {
    each_engine(async |store| {
        told_by_webhooks(store, async |world| {
            let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
            let id = tokyo.all("Contacts", &["Email", "id"]).await[0][1].as_str().unwrap().to_owned();
            // What the agreement itself asked for is answered by then.
            tokio::time::sleep(Duration::from_secs(3)).await;
            let before = spent(world).await;
            tokyo.update("Contacts", &id, json!({"Title": "alone"})).await;
            let since = async || {
                let mut after = spent(world).await;
                for (org, before) in after.iter_mut().zip(&before) {
                    for (name, figures) in before {
                        let now = org.get_mut(name).unwrap();
                        *now = [now[0] - figures[0], now[1] - figures[1]];
                    }
                    org.retain(|_, figures| *figures != [0, 0]);
                }
                after
            };
            let calls =
                |org: &BTreeMap<String, [u64; 2]>| org.values().map(|figures| figures[0]).sum::<u64>();
            until("it is read back", 20, async || calls(&since().await[1]) >= 2).await;
            tokio::time::sleep(Duration::from_secs(4)).await;
            let [source, target] = since().await;
            let once = |names: [&str; 2]| BTreeMap::from(names.map(|name| (name.to_owned(), [1, 1])));
            // The edit itself, and the reading of it; the write, and the reading back.
            let calls = ["GET /crm/v8/Contacts", "PUT /crm/v8/Contacts/{id}"];
            assert_eq!(source, once(calls));
            assert_eq!(target, once(calls));
            let titles = london.all("Contacts", &["Title"]).await;
            assert_eq!(titles.iter().filter(|row| row[0] == "alone").count(), 1);
        })
        .await;
    })
    .await;
}
