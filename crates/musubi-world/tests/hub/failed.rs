//! What failed, of all modules and integrations, in the order of time; over the real connector and the sandbox by HTTP.
#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

use crate::world::{Org, World, each_engine, pause, until};
use musubi_engine::{Failure, FailureFilter, Hub, Place};
use serde_json::json;
use std::time::Duration;

const MODULES: &str = r#"
[[integrations.both.modules]]
left = "Contacts"
right = "Contacts"
match = ["Last_Name"]
conflict = "hold"
fields = [{ left = "Last_Name", right = "Last_Name" }, { left = "Phone", right = "Phone" }]
[[integrations.both.modules]]
left = "Leads"
right = "Leads"
match = ["Last_Name"]
conflict = "hold"
fields = [{ left = "Last_Name", right = "Last_Name" }, { left = "Company", right = "Company" }, { left = "Phone", right = "Phone" }]
"#;

fn filter() -> FailureFilter {
    FailureFilter { code: Some("conflict.held".into()), ..FailureFilter::default() }
}

async fn id(org: &Org, module: &str, name: &str) -> String {
    let rows = org.all(module, &["Last_Name", "id"]).await;
    let found = rows.iter().find(|row| row[0] == name).map(|row| row[1].as_str().unwrap().to_owned());
    found.unwrap_or_else(|| panic!("no {name} in {rows:?}"))
}

/// Where each matter is, the newest first.
async fn places(hub: &Hub, filter: FailureFilter) -> Vec<(String, String)> {
    let all = hub.all_failures(&filter, None).await.unwrap();
    assert!(all.is_sorted_by(|one, next| one.since >= next.since), "{all:?}");
    all.into_iter().map(|failure| (failure.integration, failure.module)).collect()
}

// S1-86
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn failures_of_all_integrations_are_told_in_the_order_of_time() {
    each_engine(async |store| {
        let world = World::start().await;
        let workspace = world.set_up(&store, MODULES).await;
        // The modules belong to two integrations.
        let mut config = world.config(MODULES);
        let mut leads = config.integrations["both"].clone();
        leads.modules.retain(|module| module.left == "Leads");
        config.integrations.get_mut("both").unwrap().modules.retain(|module| module.left == "Contacts");
        config.integrations.insert("leads".into(), leads);
        Hub::offline(store.clone(), workspace).apply(&config, true).await.unwrap();
        let people = [("both", "Contacts", "mori"), ("leads", "Leads", "hara"), ("both", "Contacts", "sato")];
        for (_, module, name) in people {
            world.orgs[0].create(module, json!({"Last_Name": name, "Company": "Acme", "Phone": "1"})).await;
        }
        let hub = world.hub(&store, workspace, None).await;
        let agree = async |integration: &str| {
            let wait = Duration::from_secs(60);
            assert!(hub.run_until_agreed(integration, wait, &mut |_| {}).await.unwrap().agreed);
        };
        agree("both").await;
        agree("leads").await;

        // Both sides change one field, at three times.
        let mut expect: Vec<(String, String)> = Vec::new();
        for (integration, module, name) in people {
            pause(&hub, integration).await;
            let left = id(&world.orgs[0], module, name).await;
            world.orgs[0].update(module, &left, json!({"Phone": "2"})).await;
            let right = id(&world.orgs[1], module, name).await;
            world.orgs[1].update(module, &right, json!({"Phone": "3"})).await;
            hub.resume(integration).await.unwrap();
            expect.insert(0, (integration.to_owned(), module.to_owned()));
            until("it is told", 60, async || places(&hub, filter()).await.len() == expect.len()).await;
            assert_eq!(places(&hub, filter()).await, expect);
            let of_record = FailureFilter { record: Some(left), ..filter() };
            assert_eq!(places(&hub, of_record).await, expect[..1]);
        }
        let of_module = FailureFilter { module: Some("Leads".into()), ..filter() };
        assert_eq!(places(&hub, of_module).await, expect[1..2]);

        // Page by page it is the same list.
        // When a value was changed is told by our own clock: how far the service's is ahead is measured again with each answer, in whole seconds.
        let told = |mut of: Vec<Failure>| {
            for conflict in of.iter_mut().filter_map(|failure| failure.conflict.as_mut()) {
                (conflict.left.changed_at, conflict.right.changed_at) = (None, None);
            }
            of
        };
        let all = hub.all_failures(&filter(), None).await.unwrap();
        for size in 1..=4 {
            let (mut paged, mut after) = (Vec::new(), None);
            loop {
                let page = FailureFilter { limit: size, ..filter() };
                let some = hub.all_failures(&page, after).await.unwrap();
                let Some(last) = some.last() else { break };
                after = Some(Place::new(last.since, &last.id).unwrap());
                paged.extend(some);
            }
            assert_eq!(told(paged), told(all.clone()), "{size} at a time");
        }
        assert!(all.iter().all(|failure| failure.conflict.is_some() && !failure.what.is_empty()));
        hub.stop().await;
    })
    .await;
}

/// Of a record without a counterpart one thing is told: what was in its way before is not in its way any more.
// K-24
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_that_is_held_for_another_reason_is_not_told_for_the_former_one_as_well() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        let text = json!({"field_label": "Member Number", "data_type": "text", "length": 40});
        tokyo.add_field("Contacts", text.clone()).await;
        let mut unique = text;
        unique["unique"] = json!({"casesensitive": false});
        london.add_field("Contacts", unique).await;
        london.create("Contacts", json!({"Last_Name": "owner of the number", "Member_Number": "M1"})).await;
        let modules = r#"
[[integrations.both.modules]]
left = "Contacts"
right = "Contacts"
direction = "left_to_right"
match = ["Email"]
fields = [{ left = "Last_Name", right = "Last_Name" }, { left = "Email", right = "Email" }, { left = "Member_Number", right = "Member_Number" }]
"#;
        let workspace = world.set_up(&store, modules).await;
        let hub = world.hub(&store, workspace, None).await;
        tokyo.create("Contacts", json!({"Last_Name": "abe", "Email": "a@x.example"})).await;
        crate::world::agree(&hub, 60).await;
        let other = tokyo.create("Contacts", json!({"Last_Name": "two", "Email": "a@x.example"})).await;
        let codes = async || -> Vec<String> {
            let open = hub.failures("both", &FailureFilter::default()).await.unwrap();
            open.into_iter().map(|failure| failure.code).collect()
        };
        until("the address is taken", 60, async || codes().await == ["match.taken"]).await;
        tokyo.update("Contacts", &other, json!({"Email": "b@x.example", "Member_Number": "M1"})).await;
        until("the number is taken instead", 60, async || codes().await == ["duplicate.refused"]).await;
        tokyo.update("Contacts", &other, json!({"Email": "a@x.example"})).await;
        until("the address is taken again", 60, async || codes().await == ["match.taken"]).await;
        tokyo.update("Contacts", &other, json!({"Email": "b@x.example", "Member_Number": "M2"})).await;
        until("nothing is in its way", 60, async || codes().await.is_empty()).await;
        crate::world::agree(&hub, 60).await;
        assert_eq!(london.all("Contacts", &["Last_Name"]).await.len(), 3);
        hub.stop().await;
    })
    .await;
}
