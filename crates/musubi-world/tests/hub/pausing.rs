//! Single module pairs that a person pauses; over the real connector and the sandbox by HTTP.
#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

use crate::world::{Org, World, agree, each_engine, until};
use musubi_core::Side;
use musubi_engine::Hub;
use musubi_engine::report::ModuleStatus;
use serde_json::{Value, json};
use std::time::Duration;

const FAMILY: &str = r#"
[[integrations.both.modules]]
left = "Contacts"
right = "Contacts"
match = ["Email"]
fields = [
  { left = "Last_Name", right = "Last_Name" }, { left = "Email", right = "Email" }, { left = "Title", right = "Title" },
  { left = "Account_Name", right = "Account_Name" },
]
[[integrations.both.modules]]
left = "Accounts"
right = "Accounts"
match = ["Account_Name"]
fields = [{ left = "Account_Name", right = "Account_Name" }, { left = "Phone", right = "Phone" }]
"#;

async fn module(hub: &Hub, name: &str) -> ModuleStatus {
    let status = hub.status().await.unwrap();
    status.integrations[0].modules.iter().find(|module| module.left == name).unwrap().clone()
}

fn person(name: &str, account: &str) -> Value {
    json!({"Last_Name": name, "Email": format!("{name}@both.example"), "Account_Name": {"id": account}})
}

/// It is heard within a second, and calls under way may end.
async fn heard() {
    tokio::time::sleep(Duration::from_millis(1_800)).await;
}

async fn accounts(org: &Org) -> Vec<(Value, Value)> {
    let rows = org.all("Accounts", &["Account_Name", "Phone"]).await;
    let mut rows: Vec<_> = rows.into_iter().map(|row| (row[0].clone(), row[1].clone())).collect();
    rows.sort_by_key(|(name, _)| name.to_string());
    rows
}

// S1-98, S1-100, K-8
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_paused_module_is_left_alone_and_catches_up_while_the_others_go_on() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        let mori = tokyo.create("Accounts", json!({"Account_Name": "Mori", "Phone": "1"})).await;
        tokyo.create("Contacts", person("mori", &mori)).await;
        let workspace = world.set_up(&store, FAMILY).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        // Others need it: that is no reason against a pause.
        hub.pause_module("both", "Accounts").await.unwrap();
        heard().await;
        assert!(module(&hub, "Accounts").await.paused && !module(&hub, "Contacts").await.paused);

        for phone in ["2", "3"] {
            tokyo.update("Accounts", &mori, json!({"Phone": phone})).await;
        }
        let hara = tokyo.create("Accounts", json!({"Account_Name": "Hara"})).await;
        tokyo.create("Contacts", person("hara", &hara)).await;
        tokyo.create("Contacts", person("ueda", &mori)).await;
        let before = module(&hub, "Accounts").await.calls;
        let report = agree(&hub, 60).await;
        assert_eq!(report.paused, ["Accounts"]);
        assert_eq!(report.held.get("lookup.parent_not_linked"), Some(&1), "hara waits: {report:?}");
        assert_eq!(accounts(london).await, [(json!("Mori"), json!("1"))], "nothing was written");
        assert_eq!(module(&hub, "Accounts").await.calls, before, "nothing was read either");
        let told = hub.explain("both", "Accounts", Side::Left, &mori).await.unwrap();
        assert_eq!(told.reasons[0].code, "explain.module_paused", "{told:?}");
        assert!(!told.synced);

        // The integration's own pause comes and goes without it.
        hub.pause("both").await.unwrap();
        heard().await;
        hub.resume("both").await.unwrap();
        heard().await;
        assert!(module(&hub, "Accounts").await.paused);
        assert_eq!(module(&hub, "Accounts").await.calls, before, "it stays paused");

        hub.resume_module("both", "Accounts").await.unwrap();
        until("the child goes on", 60, async || {
            let rows = london.all("Contacts", &["Last_Name", "Account_Name"]).await;
            rows.len() == 3 && rows.iter().all(|row| !row[1].is_null())
        })
        .await;
        let report = agree(&hub, 60).await;
        assert!(report.paused.is_empty() && report.held.is_empty(), "{report:?}");
        assert_eq!(accounts(london).await, [(json!("Hara"), Value::Null), (json!("Mori"), json!("3"))]);
        let runs = hub.runs("both", None, None, 50).await.unwrap();
        let of_accounts = runs.iter().filter(|run| run.module == "Accounts");
        let whole = of_accounts.filter(|run| run.kind != musubi_engine::sync::RunKind::Changes).count();
        assert_eq!(whole, 1, "after the first load nothing was compared anew: {runs:?}");
        hub.stop().await;
    })
    .await;
}

// S1-98, S2-17
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_load_that_waits_for_a_paused_parent_says_so() {
    each_engine(async |store| {
        let world = World::start().await;
        let tokyo = &world.orgs[0];
        let mori = tokyo.create("Accounts", json!({"Account_Name": "Mori"})).await;
        tokyo.create("Contacts", person("mori", &mori)).await;
        let workspace = world.set_up(&store, FAMILY).await;
        Hub::offline(store.clone(), workspace).pause_module("both", "Accounts").await.unwrap();
        let hub = world.hub(&store, workspace, None).await;
        until("the child says what it waits for", 20, async || {
            let told = module(&hub, "Contacts").await;
            told.waits_for.as_deref() == Some("Accounts")
                && told.problem.is_some_and(|problem| problem.code == "module.parent_paused")
        })
        .await;
        let report = hub.run_until_agreed("both", Duration::from_secs(1), &mut |_| {}).await.unwrap();
        assert!(!report.agreed);
        assert_eq!(report.problems[0].hint, "`musubi resume both/Accounts`", "{report:?}");
        hub.resume_module("both", "Accounts").await.unwrap();
        agree(&hub, 60).await;
        let told = module(&hub, "Contacts").await;
        assert_eq!((told.links, told.problem, told.waits_for), (1, None, None));
        hub.stop().await;
    })
    .await;
}
