//! What both apps hold already is carried over in the background after the set-up: over the real hub, its API and two real orgs of the sandbox.

use crate::hub::{Api, served};
use crate::world::{World, each_engine, until};
use musubi_api::Options;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

const LEADS: &str =
    "[[integrations.both.modules]]\nleft = \"Leads\"\nright = \"Leads\"\nmatch = [\"Email\"]\n";
/// In the left org; so many of them in the right one as well.
const THERE: (u64, u64) = (1_500, 300);
/// So long each call that makes records takes meanwhile.
const SLOW_MS: u64 = 1_500;

async fn module(api: &Api, who: &crate::hub::Who) -> Value {
    let (status, shown) = api.status(who, Method::GET, "/status", None).await;
    assert_eq!(status, 200, "{shown}");
    let integrations = shown["integrations"].as_array().unwrap();
    let people = integrations.iter().find(|one| one["name"] == "people").unwrap();
    people["modules"][0].clone()
}

// S2-33
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_both_hold_is_carried_over_in_the_background_while_the_console_answers() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        // The same seed makes the same people: some are in both orgs already.
        world.generate(0, "Contacts", THERE.0, 3).await;
        world.generate(1, "Contacts", THERE.1, 3).await;
        let workspace = world.set_up(&store, LEADS).await;
        let first = world.hub(&store, workspace, None).await;
        let slow = json!({"endpoint": "POST /crm/v8/Contacts", "kind": "delay_ms", "ms": SLOW_MS, "count": 100_000});
        world.control("faults", slow).await;
        let mut who = crate::hub::Who::default();
        let mut pairs = 0;
        served(&first, Options::default(), async |api| {
            who = api.owner().await;
            let modules = json!([{"left": "Contacts", "right": "Contacts", "match": ["Email"]}]);
            let new = json!({"name": "people", "left": "tokyo", "right": "london", "modules": modules, "start": true});
            // Setting it up does not wait for the load.
            let answer = api.status(&who, Method::POST, "/integrations", Some(new));
            let (status, made) = tokio::time::timeout(Duration::from_secs(10), answer).await.unwrap();
            assert_eq!((status, &made["state"]), (201, &json!("active")), "{made}");
            // Meanwhile the API tells how far it is.
            until("it is on its way", 60, async || {
                pairs = module(&api, &who).await["links"].as_u64().unwrap();
                pairs >= THERE.1 + 200
            })
            .await;
            let shown = module(&api, &who).await;
            assert_ne!(shown["phase"], "steady", "{shown}");
            assert!(shown["expected"]["left"].as_u64() == Some(THERE.0), "{shown}");
        })
        .await;
        first.stop().await;
        let made = london.all("Contacts", &["id"]).await.len() as u64;
        assert!(made > THERE.1 && made < THERE.0, "{made}: it was stopped on its way");

        // Another process goes on where that one was.
        world.clear_faults().await;
        let second = world.hub(&store, workspace, None).await;
        served(&second, Options::default(), async |api| {
            until("it is done", 120, async || module(&api, &who).await["phase"] == "steady").await;
        })
        .await;
        let agreed = second.run_until_agreed("people", Duration::from_secs(60), &mut |_| {}).await.unwrap();
        assert!(agreed.agreed, "{agreed:?}");
        let emails = async |org: &crate::world::Org| {
            let rows = org.all("Contacts", &["Email"]).await;
            (rows.len() as u64, rows.into_iter().map(|row| row[0].to_string()).collect::<BTreeSet<_>>())
        };
        let (left, right) = (emails(tokyo).await, emails(london).await);
        assert_eq!((left.0, right.0), (THERE.0, THERE.0), "nothing is lost, nothing doubled");
        assert_eq!(left.1, right.1);
        second.stop().await;
    })
    .await;
}
