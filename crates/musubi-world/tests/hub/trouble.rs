//! Faults, pauses and stops: whatever happens, both sides agree in the end, and nothing is doubled or lost.

use crate::world::{World, agree, each_engine, on_postgres, until};
use musubi_engine::report::IntegrationState;
use musubi_store::LeaseRow;
use serde_json::json;
use std::time::Duration;

const CONTACTS: &str = r#"
[[integrations.both.modules]]
left = "Contacts"
right = "Contacts"
match = ["Email"]
fields = [{ left = "Last_Name", right = "Last_Name" }, { left = "Email", right = "Email" }, { left = "Title", right = "Title" }]
"#;
const FIELDS: [&str; 3] = ["Email", "Last_Name", "Title"];

/// Both sides hold the same records, each once.
async fn assert_same(world: &World, count: usize) {
    let (left, right) =
        (world.orgs[0].all("Contacts", &FIELDS).await, world.orgs[1].all("Contacts", &FIELDS).await);
    assert_eq!((left.len(), right.len()), (count, count));
    assert_eq!(left, right);
}

// K-28
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn faults_of_every_kind_end_in_agreement() {
    each_engine(async |store| {
        let world = World::start().await;
        world.generate(0, "Contacts", 700, 3).await;
        let share = |kind: serde_json::Value, probability: f64, seed: u64| {
            let mut fault = json!({"endpoint": "* /crm/v8/Contacts*", "probability": probability, "seed": seed, "count": 8});
            fault.as_object_mut().unwrap().extend(kind.as_object().unwrap().clone());
            fault
        };
        world
            .control(
                "faults",
                json!([
                    share(json!({"kind": "throttle"}), 0.05, 1),
                    share(json!({"kind": "status", "status": 500}), 0.1, 2),
                    share(json!({"kind": "lost_response"}), 0.15, 3),
                    share(json!({"kind": "lost_request"}), 0.1, 4),
                    share(json!({"kind": "garbage_body"}), 0.05, 5),
                    share(json!({"kind": "delay_ms", "ms": 150}), 0.2, 6),
                ]),
            )
            .await;
        let workspace = world.set_up(&store, CONTACTS).await;
        let hub = world.hub(&store, workspace, None).await;
        let report = agree(&hub, 120).await;
        assert_eq!((report.links, report.held_total), (700, 0), "{report:?}");
        world.clear_faults().await;
        let report = agree(&hub, 60).await;
        assert_eq!(report.failed_total, 0, "{report:?}");
        assert_same(&world, 700).await;
        let certificate = hub.verify("both", false, &mut |_| {}).await.unwrap();
        assert!(certificate.agrees() && certificate.equal == 700, "{certificate:?}");
        hub.stop().await;
    })
    .await;
}

// S1-98, S1-100, S1-101
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn paused_means_nothing_is_written_and_resuming_catches_up() {
    each_engine(async |store| {
        let world = World::start().await;
        world.generate(0, "Contacts", 30, 3).await;
        let workspace = world.set_up(&store, CONTACTS).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        // Any process may say so: this one drives nothing.
        let other = musubi_engine::Hub::offline(store.clone(), workspace);
        other.pause("both").await.unwrap();
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        let id = world.orgs[0].all("Contacts", &["Email", "id"]).await[4][1].as_str().unwrap().to_owned();
        world.orgs[0].update("Contacts", &id, json!({"Title": "While paused"})).await;
        world.orgs[0].update("Contacts", &id, json!({"Title": "While paused, again"})).await;
        let there = async |org: usize| world.orgs[org].all("Contacts", &FIELDS).await;
        let before = [there(0).await, there(1).await];
        world.orgs[1].create("Contacts", json!({"Last_Name": "New", "Email": "new@pause.example"})).await;
        tokio::time::sleep(Duration::from_millis(2_500)).await;
        // Neither the new record nor the edit goes anywhere.
        assert_eq!(there(0).await, before[0]);
        let mut right = there(1).await;
        right.retain(|row| row[1] != "New");
        assert_eq!(right, before[1]);
        assert!(before[0].iter().any(|row| row[2] == "While paused, again"));
        assert!(!right.iter().any(|row| row[2].as_str().is_some_and(|title| title.starts_with("While"))));
        assert_eq!(other.status().await.unwrap().integrations[0].state, IntegrationState::Paused);
        other.resume("both").await.unwrap();
        until("resumed", 10, async || {
            other.status().await.unwrap().integrations[0].state == IntegrationState::Active
        })
        .await;
        agree(&hub, 60).await;
        assert_same(&world, 31).await;
        hub.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_that_is_dropped_in_the_middle_is_taken_up_again() {
    each_engine(async |store| {
        let world = World::start().await;
        world.generate(0, "Contacts", 1_500, 3).await;
        world.generate(1, "Contacts", 200, 98).await;
        let workspace = world.set_up(&store, CONTACTS).await;
        let mut settings = crate::world::settings();
        // Its lease is waited for.
        settings.call_timeout = 1_000;
        for wait in [60, 150, 400] {
            let hub = world.hub_with(&store, workspace, None, settings.clone()).await;
            tokio::time::sleep(Duration::from_millis(wait)).await;
            hub.abort().await;
        }
        let hub = world.hub_with(&store, workspace, None, settings).await;
        let report = agree(&hub, 120).await;
        assert_eq!((report.links, report.held_total), (1_700, 0), "{report:?}");
        assert_same(&world, 1_700).await;
        hub.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hubs_on_one_database_share_the_work_and_survive_each_other() {
    on_postgres(async |url| {
        let key = || musubi_store::Keyring::new(&[1; 32]);
        let one = musubi_store::Store::open_postgres(&url).await.unwrap().unlock(key()).await.unwrap();
        let other = musubi_store::Store::open_postgres(&url).await.unwrap().unlock(key()).await.unwrap();
        let world = World::start().await;
        let modules: String = ["Contacts", "Leads", "Accounts", "Vendors"]
            .iter()
            .map(|module| {
                let key = match *module {
                    "Accounts" => "Account_Name",
                    "Vendors" => "Vendor_Name",
                    _ => "Last_Name",
                };
                format!(
                    "[[integrations.both.modules]]\nleft = \"{module}\"\nright = \"{module}\"\nmatch = [\"{key}\"]\n\
                     fields = [{{ left = \"{key}\", right = \"{key}\" }}, {{ left = \"Phone\", right = \"Phone\" }}]\n"
                )
            })
            .collect();
        let workspace = world.set_up(&one, &modules).await;
        let mut settings = crate::world::settings();
        settings.call_timeout = 1_500;
        let first = world.hub_with(&one, workspace, None, settings.clone()).await;
        let second = world.hub_with(&other, workspace, None, settings).await;
        let is_of_a_sync = |lease: &LeaseRow| lease.until > now() && lease.partition.0 > 0;
        let holders = async || {
            let leases = one.leases().await.unwrap();
            let mut names: Vec<String> =
                leases.into_iter().filter(is_of_a_sync).map(|lease| lease.holder).collect();
            names.sort();
            names
        };
        until("the work is shared", 40, async || {
            let names = holders().await;
            names.len() == 4 && names[1] != names[2]
        })
        .await;
        world.orgs[0].create("Leads", json!({"Last_Name": "First", "Company": "X"})).await;
        agree(&second, 60).await;
        // One is dropped as by a crash: the other one takes over when its leases have run out.
        first.abort().await;
        until("the leases are taken over", 30, async || {
            let names = holders().await;
            names.len() == 4 && names[0] == names[3]
        })
        .await;
        world.orgs[1].create("Accounts", json!({"Account_Name": "After", "Phone": "1"})).await;
        agree(&second, 60).await;
        assert_eq!(world.orgs[0].all("Accounts", &["Account_Name"]).await.len(), 1);
        assert_eq!(world.orgs[1].all("Leads", &["Last_Name"]).await.len(), 1);
        second.stop().await;
    })
    .await;
}

fn now() -> i64 {
    musubi_connector::Clock::system().now().millis()
}
