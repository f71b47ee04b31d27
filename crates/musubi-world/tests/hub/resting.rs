//! Module pairs that rest and are taken up again, and which pairs need which; over the real connector and the sandbox by HTTP.
#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

use crate::world::{Org, World, agree, each_engine, until};
use musubi_engine::report::ModuleStatus;
use musubi_engine::resting::{Meanwhile, ModuleState, WithoutParents};
use musubi_engine::sync::RunKind;
use musubi_engine::{Config, Hub};
use serde_json::{Value, json};
use std::time::Duration;

const CONTACTS: &str = r#"
[[integrations.both.modules]]
left = "Contacts"
right = "Contacts"
match = ["Email"]
conflict = "hold"
fields = [
  { left = "Last_Name", right = "Last_Name" }, { left = "Email", right = "Email" }, { left = "Phone", right = "Phone" },
  { left = "Title", right = "Title", conflict = "hold" },
]
"#;

const FAMILY: &str = r#"
[[integrations.both.modules]]
left = "Contacts"
right = "Contacts"
match = ["Email"]
fields = [
  { left = "Last_Name", right = "Last_Name" }, { left = "Email", right = "Email" },
  { left = "Account_Name", right = "Account_Name" },
]
[[integrations.both.modules]]
left = "Accounts"
right = "Accounts"
match = ["Account_Name"]
fields = [{ left = "Account_Name", right = "Account_Name" }, { left = "Parent_Account", right = "Parent_Account" }]
"#;

fn person(name: &str) -> Value {
    json!({"Last_Name": name, "Email": format!("{name}@both.example")})
}

async fn one(org: &Org, name: &str) -> (String, Value, Value) {
    let rows = org.all("Contacts", &["Last_Name", "id", "Title", "Phone"]).await;
    let row = rows.iter().find(|row| row[0] == name).unwrap_or_else(|| panic!("no {name} in {rows:?}"));
    (row[1].as_str().unwrap().to_owned(), row[2].clone(), row[3].clone())
}

async fn titles(world: &World, name: &str) -> [Value; 2] {
    [one(&world.orgs[0], name).await.1, one(&world.orgs[1], name).await.1]
}

/// Both sides change the title, the right one later.
async fn both_change(world: &World, name: &str, titles: [&str; 2]) {
    for (org, title) in world.orgs.iter().zip(titles) {
        let (id, ..) = one(org, name).await;
        org.update("Contacts", &id, json!({"Title": title})).await;
        // The services tell whole seconds.
        tokio::time::sleep(Duration::from_millis(1_100)).await;
    }
}

async fn module(hub: &Hub, name: &str) -> ModuleStatus {
    let status = hub.status().await.unwrap();
    status.integrations[0].modules.iter().find(|module| module.left == name).unwrap().clone()
}

async fn calls(world: &World) -> Value {
    world.stats().await["orgs"].clone()
}

async fn is_at_rest(hub: &Hub, name: &str) {
    until("it rests", 10, async || module(hub, name).await.state == ModuleState::Inactive).await;
    // Calls under way may end.
    tokio::time::sleep(Duration::from_millis(1_500)).await;
}

// S2-47, S2-48, S2-49, S2-52, S2-53, S2-54, S2-55, S2-56, S2-57, S2-58, S2-59, S2-60, K-8
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_both_sides_changed_during_a_rest_is_decided_by_the_rule_given() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        tokyo.create("Contacts", person("mori")).await;
        tokyo.create("Contacts", person("hara")).await;
        let workspace = world.set_up(&store, CONTACTS).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        let rules = [
            (Meanwhile::Latest, [1, 1]),
            (Meanwhile::Left, [0, 0]),
            (Meanwhile::Right, [1, 1]),
            (Meanwhile::Skip, [0, 1]),
        ];
        for (number, (rule, expect)) in rules.into_iter().enumerate() {
            hub.deactivate("both", "Contacts").await.unwrap();
            hub.deactivate("both", "Contacts").await.unwrap();
            is_at_rest(&hub, "Contacts").await;
            let before = calls(&world).await;
            tokio::time::sleep(Duration::from_millis(1_500)).await;
            assert_eq!(calls(&world).await, before, "nothing is read while it rests");
            let changed = [format!("left {number}"), format!("right {number}")];
            both_change(&world, "mori", [&changed[0], &changed[1]]).await;
            let (id, ..) = one(london, "hara").await;
            london.update("Contacts", &id, json!({"Phone": format!("03-{number}")})).await;
            london.create("Contacts", person(&format!("new{number}"))).await;
            assert_ne!(
                one(tokyo, "hara").await.2,
                json!(format!("03-{number}")),
                "nothing is written either"
            );
            hub.activate("both", "Contacts", Some(rule), WithoutParents::Refuse).await.unwrap();
            assert_eq!(module(&hub, "Contacts").await.meanwhile, Some(rule));
            until("everything was compared", 60, async || module(&hub, "Contacts").await.meanwhile.is_none())
                .await;
            let report = agree(&hub, 60).await;
            assert_eq!((report.held_total, report.failed_total), (0, 0), "{rule:?}: {report:?}");
            assert_eq!(titles(&world, "mori").await, expect.map(|side| json!(changed[side])), "{rule:?}");
            // Changed on one side, or new: the rule is not about it.
            assert_eq!(one(tokyo, "hara").await.2, json!(format!("03-{number}")));
            one(tokyo, &format!("new{number}")).await;
        }
        assert_eq!(module(&hub, "Contacts").await.links, 6, "the links were kept");
        let certificate = hub.verify("both", false, &mut |_| {}).await.unwrap();
        assert!(certificate.agrees(), "what was skipped is left apart on purpose: {certificate:?}");

        // From then on the module's own rule counts.
        hub.pause("both").await.unwrap();
        is_paused(&hub).await;
        both_change(&world, "hara", ["3", "4"]).await;
        hub.resume("both").await.unwrap();
        let report = agree(&hub, 60).await;
        assert_eq!(report.held.get("conflict.held"), Some(&1), "{report:?}");
        // One that is active has nothing to be decided.
        let error = hub
            .activate("both", "Contacts", Some(Meanwhile::Left), WithoutParents::Refuse)
            .await
            .unwrap_err();
        assert_eq!(error.code, "module.active");
        hub.activate("both", "Contacts", None, WithoutParents::Refuse).await.unwrap();
        hub.stop().await;
    })
    .await;
}

async fn is_paused(hub: &Hub) {
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(hub.status().await.unwrap().integrations[0].state.name(), "paused");
}

// S2-53: the comparison is resumed by whoever comes next, with the rule it began with.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_rule_survives_the_process_that_was_told_it() {
    each_engine(async |store| {
        let world = World::start().await;
        world.orgs[0].create("Contacts", person("mori")).await;
        let workspace = world.set_up(&store, CONTACTS).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        hub.deactivate("both", "Contacts").await.unwrap();
        is_at_rest(&hub, "Contacts").await;
        both_change(&world, "mori", ["1", "2"]).await;
        let offline = Hub::offline(store.clone(), workspace);
        hub.abort().await;
        offline.activate("both", "Contacts", Some(Meanwhile::Left), WithoutParents::Refuse).await.unwrap();
        for _ in 0..2 {
            let hub = world.hub(&store, workspace, None).await;
            tokio::time::sleep(Duration::from_millis(60)).await;
            hub.abort().await;
            store.release_all("hub-0").await.unwrap();
        }
        let hub = world.hub(&store, workspace, None).await;
        until("everything was compared", 60, async || module(&hub, "Contacts").await.meanwhile.is_none())
            .await;
        agree(&hub, 60).await;
        assert_eq!(titles(&world, "mori").await, [json!("1"), json!("1")]);
        hub.stop().await;
    })
    .await;
}

// S2-17, S2-50
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_module_that_others_need_cannot_rest_before_them() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        let account = tokyo.create("Accounts", json!({"Account_Name": "Mori K.K."})).await;
        tokyo.create("Contacts", with_account("mori", &account)).await;
        let workspace = world.set_up(&store, FAMILY).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        let offline = Hub::offline(store.clone(), workspace);
        for hub in [&hub, &offline] {
            let error = hub.deactivate("both", "Accounts").await.unwrap_err();
            assert_eq!(error.code, "module.needed");
            assert!(
                error.message.contains("needed by Contacts, whose field Account_Name"),
                "{}",
                error.message
            );
            assert!(error.hint.contains("musubi deactivate both/Contacts"), "{}", error.hint);
            // Nor can it be taken out.
            let mut without = hub.export().await.unwrap();
            without.integrations.get_mut("both").unwrap().modules.retain(|pair| pair.left != "Accounts");
            assert_eq!(hub.apply(&without, true).await.unwrap_err().code, "module.needed");
        }
        // With the lookup taken out of its fields, the contacts need no accounts.
        let text = FAMILY.replace("  { left = \"Account_Name\", right = \"Account_Name\" },\n", "");
        let alone =
            world.config(&text.replace("left = \"Accounts\"", "left = \"Accounts\"\nstate = \"inactive\""));
        assert!(hub.apply(&alone, false).await.is_ok());

        hub.deactivate("both", "Contacts").await.unwrap();
        hub.deactivate("both", "Accounts").await.unwrap();
        assert_eq!(
            hub.run_until_agreed("both", Duration::from_secs(1), &mut |_| {}).await.unwrap_err().code,
            "integration.nothing_active"
        );
        let parentless = hub.activate("both", "Contacts", None, WithoutParents::Refuse).await.unwrap_err();
        assert_eq!(parentless.code, "module.parent_inactive");
        assert!(parentless.message.contains("Contacts begins while Accounts is inactive"), "{parentless:?}");
        hub.activate("both", "Contacts", None, WithoutParents::Allow).await.unwrap();
        let second = tokyo.create("Accounts", json!({"Account_Name": "Hara K.K."})).await;
        tokyo.create("Contacts", with_account("hara", &second)).await;
        tokyo.create("Contacts", with_account("ueda", &account)).await;
        let report = agree(&hub, 60).await;
        // What was carried over before is still known; what was not waits.
        assert_eq!(report.held.get("lookup.parent_not_linked"), Some(&1), "{report:?}");
        assert_eq!(london.all("Accounts", &["Account_Name"]).await.len(), 1);
        hub.activate("both", "Accounts", None, WithoutParents::Refuse).await.unwrap();
        until("the child goes on", 60, async || {
            let rows = london.all("Contacts", &["Last_Name", "Account_Name"]).await;
            rows.len() == 3 && rows.iter().all(|row| !row[1].is_null())
        })
        .await;
        agree(&hub, 60).await;
        hub.stop().await;
    })
    .await;
}

fn with_account(name: &str, account: &str) -> Value {
    let mut person = person(name);
    person["Account_Name"] = json!({"id": account});
    person
}

// S2-17
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parents_are_loaded_first_and_pairs_that_need_each_other_one_after_the_other() {
    each_engine(async |store| {
        let world = World::start().await;
        world.generate(0, "Accounts", 250, 3).await;
        world.generate(0, "Contacts", 250, 4).await;
        let workspace = world.set_up(&store, FAMILY).await;
        let hub = world.hub(&store, workspace, None).await;
        until("the child waits", 20, async || {
            module(&hub, "Contacts").await.waits_for.as_deref() == Some("Accounts")
        })
        .await;
        agree(&hub, 120).await;
        assert_eq!(module(&hub, "Contacts").await.waits_for, None);
        let runs = hub.runs("both", None, None, 50).await.unwrap();
        let load = |module: &str| {
            runs.iter().find(|run| run.module == module && run.kind == RunKind::FirstLoad).unwrap().clone()
        };
        let (parent, child) = (load("Accounts"), load("Contacts"));
        assert!(parent.ended_at.unwrap() <= child.started_at, "{parent:?} {child:?}");
        // S1-82, S1-84: which way, and how many.
        assert_eq!((parent.written.right.added, parent.written.left.added), (250, 0), "{parent:?}");
        // S1-80: what ended before a time is left out.
        let after = parent.ended_at.unwrap() + 1;
        let late = hub.runs("both", None, Some(after), 50).await.unwrap();
        assert!(late.iter().all(|run| run.ended_at.is_none_or(|ended| ended >= after)), "{late:?}");
        assert!(late.len() < runs.len() && !late.is_empty(), "{late:?}");
        hub.stop().await;
    })
    .await;
    each_engine(async |store| {
        let world = World::start().await;
        for org in &world.orgs {
            let lookup = json!({"field_label": "Main Person", "data_type": "lookup", "lookup": {"module": {"api_name": "Contacts"}}});
            let made = org.call("POST", "settings/fields?module=Accounts", json!({"fields": [lookup]})).await;
            assert_eq!(made["fields"][0]["status"], "success", "{made}");
        }
        let tokyo = &world.orgs[0];
        let account = tokyo.create("Accounts", json!({"Account_Name": "Mori K.K."})).await;
        tokyo.create("Contacts", with_account("mori", &account)).await;
        let text = FAMILY.replace(
            "{ left = \"Parent_Account\"",
            "{ left = \"Main_Person\", right = \"Main_Person\" }, { left = \"Parent_Account\"",
        );
        let workspace = world.set_up(&store, &text).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        assert_eq!(module(&hub, "Contacts").await.links, 1);
        let error = hub.deactivate("both", "Contacts").await.unwrap_err();
        assert_eq!(error.code, "module.needed", "each needs the other: both rest together, by a file");
        let both = text.replace("right = \"Contacts\"\n", "right = \"Contacts\"\nstate = \"inactive\"\n");
        let both = both.replace("right = \"Accounts\"\n", "right = \"Accounts\"\nstate = \"inactive\"\n");
        hub.apply(&world.config(&both), true).await.unwrap();
        is_at_rest(&hub, "Contacts").await;
        // A file that says nothing of it changes nothing about it.
        assert!(hub.apply(&world.config(&text), true).await.unwrap().changes.is_empty());
        let told = hub.apply(&world.config(&both.replace("inactive", "active")), true).await.unwrap();
        assert_eq!(told.changes[0].details, ["state: inactive → active"]);
        agree(&hub, 60).await;
        hub.stop().await;
    })
    .await;
}

// S2-49, S2-61, S2-62, S2-63, S1-102, S1-103, K-8
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_removed_integration_leaves_the_records_and_syncs_nothing_any_more() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        tokyo.create("Contacts", person("mori")).await;
        let workspace = world.set_up(&store, CONTACTS).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        hub.remove_integration("both").await.unwrap();
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        let (id, ..) = one(tokyo, "mori").await;
        tokyo.update("Contacts", &id, json!({"Title": "new"})).await;
        tokyo.create("Contacts", person("hara")).await;
        tokio::time::sleep(Duration::from_secs(3)).await;
        assert_eq!(london.all("Contacts", &["Last_Name"]).await, [vec![json!("mori")]]);
        assert_eq!(one(london, "mori").await.1, Value::Null);
        assert_eq!(hub.export().await.unwrap().integrations, Config::default().integrations);
        hub.stop().await;
    })
    .await;
}
