//! A new integration, over the real hub and two real orgs of the sandbox.

use crate::hub::Api;
use crate::world::{World, each_engine, until};
use musubi_api::{App, Options};
use reqwest::{Client, Method};
use serde_json::json;
use std::time::Duration;
use tokio::net::TcpListener;

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
        let app = App::new(hub.clone(), Options::default());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let api = Api {
            base: format!("http://{}", listener.local_addr().unwrap()),
            code: app.setup_code().to_owned(),
            http: Client::builder().no_proxy().build().unwrap(),
        };
        let served = musubi_api::serve(listener, app, None, std::future::pending());
        let people = async {
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
        };
        tokio::select! {
            served = served => panic!("the server ended: {served:?}"),
            () = people => {}
        }
        hub.stop().await;
    })
    .await;
}
