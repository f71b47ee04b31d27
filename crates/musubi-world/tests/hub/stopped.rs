//! What is not gone on with for ever: automations that undo each other, a record that can be read and not be written to, calls for which no credit is left.
#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

use crate::world::{Org, World, agree, each_engine, until};
use musubi_engine::{Failure, FailureFilter, Hub, Retry};
use serde_json::{Value, json};

const CONTACTS: &str = r#"
[[integrations.both.modules]]
left = "Contacts"
right = "Contacts"
match = ["Email"]
fields = [
  { left = "Last_Name", right = "Last_Name" }, { left = "Email", right = "Email" },
  { left = "Title", right = "Title" }, { left = "Phone", right = "Phone" },
]
"#;

async fn failures(hub: &Hub) -> Vec<Failure> {
    hub.failures("both", &FailureFilter::default()).await.unwrap()
}

/// The id of the only contact, and a field of it.
async fn only(org: &Org, field: &str) -> (String, Value) {
    let mut rows = org.all("Contacts", &["id", field]).await;
    assert_eq!(rows.len(), 1, "{rows:?}");
    let row = rows.remove(0);
    (row[0].as_str().unwrap().to_owned(), row[1].clone())
}

async fn writes(world: &World) -> u64 {
    let stats = world.stats().await;
    let calls = |org: &Org| -> u64 {
        let endpoints = stats["orgs"][&org.id]["endpoints"].as_object().unwrap();
        let puts = endpoints.iter().filter(|(name, _)| name.starts_with("PUT /crm/v8/Contacts"));
        puts.map(|(_, count)| count["calls"].as_u64().unwrap()).sum()
    };
    world.orgs.iter().map(calls).sum()
}

// K-21
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn automations_that_undo_each_other_are_stopped_and_the_field_is_named() {
    each_engine(async |store| {
        let world = World::start().await;
        let tokyo = &world.orgs[0];
        let id = tokyo.create("Contacts", json!({"Last_Name": "Mori", "Email": "mori@x.example"})).await;
        let workspace = world.set_up(&store, CONTACTS).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        for (org, title) in world.orgs.iter().zip(["of tokyo", "of london"]) {
            let rule =
                json!({"module": "Contacts", "on": "edit", "fields": ["Title"], "set": {"Title": title}});
            world.control(&format!("orgs/{}/rules", org.id), rule).await;
        }
        tokyo.update("Contacts", &id, json!({"Title": "of nobody"})).await;
        until("it is stopped", 120, async || !failures(&hub).await.is_empty()).await;
        let [stopped] = &failures(&hub).await[..] else { panic!("{:?}", failures(&hub).await) };
        assert_eq!((stopped.code.as_str(), stopped.left_id.as_deref()), ("oscillation", Some(id.as_str())));
        assert_eq!(stopped.details, json!({"fields": ["Title"]}));
        agree(&hub, 60).await;
        // A stopped pair is not written to, whatever happens on either side.
        let before = writes(&world).await;
        tokio::time::sleep(std::time::Duration::from_secs(3)).await;
        assert_eq!(writes(&world).await, before);
        // With one of the rules gone it ends by itself.
        world.control_away(&format!("orgs/{}/rules", world.orgs[1].id), Value::Null).await;
        hub.retry("both", Retry::All).await.unwrap();
        agree(&hub, 60).await;
        assert_eq!(failures(&hub).await, Vec::new());
        assert_eq!(only(tokyo, "Title").await.1, only(&world.orgs[1], "Title").await.1);
        hub.stop().await;
    })
    .await;
}

// K-28
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_that_can_be_read_and_not_be_written_to_is_told_and_not_tried_for_ever() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        let id = tokyo.create("Contacts", json!({"Last_Name": "Mori", "Email": "mori@x.example"})).await;
        let workspace = world.set_up(&store, CONTACTS).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        let refusal = json!({"endpoint": "PUT /crm/v8/Contacts*", "org": london.id, "kind": "item_error",
            "code": "RECORD_NOT_FOUND", "every": 1, "count": 1000});
        world.control("faults", refusal).await;
        tokyo.update("Contacts", &id, json!({"Phone": "1"})).await;
        until("it is told", 60, async || !failures(&hub).await.is_empty()).await;
        let [missing] = &failures(&hub).await[..] else { panic!("{:?}", failures(&hub).await) };
        assert_eq!(
            (missing.code.as_str(), missing.left_id.as_deref()),
            ("record.missing", Some(id.as_str()))
        );
        assert_eq!(missing.details, json!({"side": "right"}));
        let before = writes(&world).await;
        tokio::time::sleep(std::time::Duration::from_secs(3)).await;
        assert_eq!(writes(&world).await, before);
        world.clear_faults().await;
        hub.retry("both", Retry::All).await.unwrap();
        agree(&hub, 60).await;
        assert_eq!(failures(&hub).await, Vec::new());
        assert_eq!(only(london, "Phone").await.1, "1");
        hub.stop().await;
    })
    .await;
}

// K-28
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_no_credit_left_is_told_so_and_the_service_is_not_asked() {
    each_engine(async |store| {
        let world = World::start().await;
        let workspace = world.set_up(&store, CONTACTS).await;
        let now = musubi_connector::Clock::system().now().millis();
        for connection in store.connections(workspace).await.unwrap() {
            store.reserve_credits(connection.id, now, i64::MAX / 4, i64::MAX / 2).await.unwrap();
        }
        let hub = world.idle(&store, workspace);
        let refused = hub.plan("both").await.unwrap_err();
        assert_eq!(refused.code, "connection.over_budget", "{refused}");
        assert!(
            refused.message.starts_with("tokyo: ") || refused.message.starts_with("london: "),
            "{refused}"
        );
        assert!(refused.hint.contains("by the hour"), "{refused}");
    })
    .await;
}
