//! A new integration, over the real hub and two real orgs of the sandbox.

use crate::hub::served;
use crate::world::{World, each_engine, until};
use musubi_api::Options;
use reqwest::Method;
use serde_json::json;
use std::time::Duration;

const LEADS: &str =
    "[[integrations.both.modules]]\nleft = \"Leads\"\nright = \"Leads\"\nmatch = [\"Email\"]\n";

// S1-35, S1-44
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_written_before_a_person_starts_it() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        tokyo.create("Accounts", json!({"Account_Name": "株式会社ムスビ"})).await;
        tokyo.create("Products", json!({"Product_Name": "Rack 19"})).await;
        let workspace = world.set_up(&store, LEADS).await;
        let hub = world.hub(&store, workspace, None).await;
        served(&hub, Options::default(), async |api| {
            let who = api.owner().await;
            let pair = |module: &str, key: &str| json!({"left": module, "right": module, "match": [key]});
            let modules = json!([pair("Accounts", "Account_Name"), pair("Products", "Product_Name")]);
            let new = json!({"name": "sales", "left": "tokyo", "right": "london", "modules": modules});
            let (status, made) = api.status(&who, Method::POST, "/integrations", Some(new)).await;
            assert_eq!((status, &made["state"]), (201, &json!("paused")), "{made}");
            let there = async |module: &str| london.all(module, &["id"]).await.len();
            tokio::time::sleep(Duration::from_secs(2)).await;
            assert_eq!((there("Accounts").await, there("Products").await), (0, 0));
            let (status, started) = api.status(&who, Method::POST, "/integrations/sales/resume", None).await;
            assert_eq!((status, &started["state"]), (200, &json!("active")), "{started}");
            until("both modules are carried over", 60, async || {
                (there("Accounts").await, there("Products").await) == (1, 1)
            })
            .await;
        })
        .await;
        hub.stop().await;
    })
    .await;
}
