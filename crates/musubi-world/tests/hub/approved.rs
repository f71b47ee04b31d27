//! A run that is held to the plan that a person looked at (I17), over the real connector and the sandbox by HTTP.
#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

use crate::world::{World, agree, each_engine, until};
use musubi_engine::approval::Approval;
use musubi_engine::{FailureFilter, Hub, PlanReport};
use musubi_store::Store;
use serde_json::{Value, json};
use std::time::Duration;

/// Accounts point to their parents, so some are made in two steps; contacts point to accounts.
const MODULES: &str = r#"
[[integrations.both.modules]]
left = "Accounts"
right = "Accounts"
match = ["Account_Name"]
fields = [{ left = "Account_Name", right = "Account_Name" }, { left = "Phone", right = "Phone" }, { left = "Parent_Account", right = "Parent_Account" }]

[[integrations.both.modules]]
left = "Contacts"
right = "Contacts"
match = ["Email"]
fields = [{ left = "Last_Name", right = "Last_Name" }, { left = "Email", right = "Email" }, { left = "Phone", right = "Phone" }, { left = "Account_Name", right = "Account_Name" }]
"#;

fn contact(name: &str, phone: &str) -> Value {
    json!({"Last_Name": name, "Email": format!("{name}@approved.example"), "Phone": phone})
}

/// Something to tie, to change, to make on either side, and lookups that go round.
async fn people(world: &World) -> Vec<String> {
    let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
    let mut ids = Vec::new();
    for name in ["one", "two", "three"] {
        ids.push(tokyo.create("Accounts", json!({"Account_Name": name, "Phone": "1"})).await);
    }
    for (child, parent) in [(0, 1), (1, 2), (2, 0)] {
        tokyo.update("Accounts", &ids[child], json!({"Parent_Account": {"id": ids[parent]}})).await;
    }
    london.create("Accounts", json!({"Account_Name": "two", "Phone": "2"})).await;
    for name in ["anna", "ben"] {
        let mut record = contact(name, "1");
        record["Account_Name"] = json!({"id": ids[0]});
        tokyo.create("Contacts", record).await;
    }
    london.create("Contacts", contact("ben", "2")).await;
    london.create("Contacts", contact("cora", "2")).await;
    ids
}

async fn planned(world: &World, store: &Store) -> (i64, PlanReport, Approval) {
    let workspace = world.set_up(store, MODULES).await;
    let hub = world.idle(store, workspace);
    let (report, approval) = hub.plan_to_approve("both", &mut |_| {}).await.unwrap();
    let plain = hub.plan("both").await.unwrap();
    assert_eq!(
        report.modules.iter().map(|module| &module.digest).collect::<Vec<_>>(),
        plain.modules.iter().map(|module| &module.digest).collect::<Vec<_>>()
    );
    let text = serde_json::to_string(&approval).unwrap();
    assert!(!text.contains("anna") && !text.contains("approved.example"), "no value of a record: {text}");
    (workspace, report, Approval::read(&text).unwrap())
}

async fn phones(world: &World, org: usize) -> Vec<Vec<Value>> {
    world.orgs[org].all("Contacts", &["Last_Name", "Phone"]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_an_unchanged_world_exactly_the_plan_is_done_and_then_anything_again() {
    each_engine(async |store| {
        let world = World::start().await;
        people(&world).await;
        let (workspace, plan, approval) = planned(&world, &store).await;
        let offline = Hub::offline(store.clone(), workspace);
        offline.approve("both", &approval).await.unwrap();
        let hub = world.hub(&store, workspace, None).await;
        let report = agree(&hub, 30).await;
        let made: u64 = plan.modules.iter().map(|one| one.would_create_left + one.would_create_right).sum();
        assert_eq!(made, 4, "{plan:#?}");
        // Two accounts are made first and get their lookups then: each comes out once, as added. Two pairs differ.
        assert_eq!((report.added, report.updated), (made, 2), "{report:#?}");
        assert!(offline.failures("both", &FailureFilter::default()).await.unwrap().is_empty());

        assert!(offline.release("both").await.unwrap());
        assert!(!offline.release("both").await.unwrap(), "there is nothing to release any more");
        world.orgs[0].create("Contacts", contact("dora", "4")).await;
        until("what comes later is carried over", 20, async || phones(&world, 1).await.len() == 4).await;
        agree(&hub, 30).await;
        hub.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_changed_world_it_stops_says_what_changed_and_goes_on_when_a_person_says_so() {
    each_engine(async |store| {
        let world = World::start().await;
        people(&world).await;
        let (workspace, _, approval) = planned(&world, &store).await;
        let offline = Hub::offline(store.clone(), workspace);
        // Someone was quicker: what the plan would have replaced is not there any more.
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        let dora = tokyo.create("Contacts", contact("dora", "4")).await;
        offline.approve("both", &approval).await.unwrap();
        let hub = world.hub(&store, workspace, None).await;
        until("it stops", 30, async || {
            let told = offline.failures("both", &FailureFilter::default()).await.unwrap();
            told.iter().any(|one| one.code == "plan.changed")
        })
        .await;
        let told = offline.failures("both", &FailureFilter::default()).await.unwrap();
        assert_eq!(told.len(), 1, "{told:#?}");
        assert_eq!(told[0].left_id.as_deref(), Some(&*dora));
        assert_eq!(told[0].details["operation"], "create", "{told:#?}");
        let problems = || async {
            let status = hub.status().await.unwrap();
            let modules = status.integrations.into_iter().flat_map(|one| one.modules);
            modules.filter_map(|module| module.problem).map(|problem| problem.code).collect::<Vec<_>>()
        };
        until("the status says it", 10, async || problems().await == ["plan.changed"]).await;
        let why = hub.explain("both", "Contacts", musubi_core::Side::Left, &dora).await.unwrap().reasons;
        assert!(why.iter().any(|reason| reason.code == "explain.plan_stopped"), "{why:?}");
        // Not even what the plan says, and nothing that happens from now on.
        let before = phones(&world, 1).await;
        tokyo.create("Contacts", contact("emma", "5")).await;
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        assert_eq!(phones(&world, 1).await, before);
        // Another process that begins meanwhile is bound as well.
        hub.stop().await;
        let hub = world.hub(&store, workspace, None).await;
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        assert_eq!(phones(&world, 1).await, before);
        offline.resume("both").await.unwrap();
        agree(&hub, 30).await;
        assert_eq!(london.all("Contacts", &["Last_Name"]).await.len(), 5);
        assert_eq!(phones(&world, 0).await, phones(&world, 1).await);
        let told = offline.failures("both", &FailureFilter::default()).await.unwrap();
        assert!(told.is_empty(), "{told:#?}");
        hub.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_counts_only_for_what_it_was_made_of() {
    each_engine(async |store| {
        let world = World::start().await;
        people(&world).await;
        let (workspace, _, approval) = planned(&world, &store).await;
        let offline = Hub::offline(store.clone(), workspace);
        let refused = async |approval: &Approval| offline.approve("both", approval).await.unwrap_err().code;
        let mut other = approval.clone();
        other.integration = "other".into();
        assert_eq!(refused(&other).await, "plan.other_integration");
        let mut less = approval.clone();
        less.modules.pop();
        assert_eq!(refused(&less).await, "plan.other_modules");
        offline.deactivate("both", "Contacts").await.unwrap();
        assert_eq!(refused(&approval).await, "plan.other_modules");
        offline.pause("both").await.unwrap();
        assert_eq!(refused(&approval).await, "integration.paused");
        assert!(!offline.release("both").await.unwrap(), "nothing was approved");
    })
    .await;
}
