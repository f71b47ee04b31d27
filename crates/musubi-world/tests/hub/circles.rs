//! Modules whose lookups lead round in a circle, over the real connector and the sandbox by HTTP.
#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

use crate::world::{Org, World, agree, each_engine, pause, until};
use musubi_engine::{Hub, Retry, sync::RunKind};
use musubi_store::Store;
use serde_json::{Value, json};
use std::time::Duration;

/// The contacts come first in the file, and the accounts none the less before them in the circle: contacts hang on accounts by a field of the service's own.
const BOTH: &str = r#"
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
fields = [{ left = "Account_Name", right = "Account_Name" }, { left = "Main_Person", right = "Main_Person" }]
"#;

async fn lookup(org: &Org, module: &str, label: &str, to: &str) {
    let field = json!({"field_label": label, "data_type": "lookup", "lookup": {"module": {"api_name": to}}});
    org.add_field(module, field).await;
}

async fn module(org: &Org, name: &str) {
    let profiles = org.call("GET", "settings/profiles", Value::Null).await;
    let profile = json!([{"id": profiles["profiles"][0]["id"]}]);
    let wish = json!({"modules": [{"api_name": name, "singular_label": name, "plural_label": name, "profiles": profile}]});
    let made = org.call("POST", "settings/modules", wish).await;
    assert_eq!(made["modules"][0]["code"], "SUCCESS", "{made}");
}

/// Accounts that have a main contact.
async fn with_main_person() -> World {
    let world = World::start().await;
    for org in &world.orgs {
        lookup(org, "Accounts", "Main Person", "Contacts").await;
    }
    world
}

/// An account and a contact that lead to each other.
async fn couple(org: &Org, name: &str) {
    let account = org.create("Accounts", json!({"Account_Name": format!("{name} K.K.")})).await;
    let mut person = json!({"Last_Name": name, "Email": format!("{name}@both.example")});
    person["Account_Name"] = json!({"id": account});
    let person = org.create("Contacts", person).await;
    org.update("Accounts", &account, json!({"Main_Person": {"id": person}})).await;
}

/// Every record by its name, with the name of what it leads to.
async fn ties(org: &Org, modules: &[(&str, &str, &str)]) -> Vec<(String, Vec<(Value, Value)>)> {
    let mut all = Vec::new();
    for (module, name, lookup) in modules {
        let rows = org.all(module, &[name, lookup]).await;
        all.push((
            (*module).to_owned(),
            rows.iter().map(|row| (row[0].clone(), row[1]["name"].clone())).collect(),
        ));
    }
    all
}

const FAMILY: [(&str, &str, &str); 2] =
    [("Accounts", "Account_Name", "Main_Person"), ("Contacts", "Last_Name", "Account_Name")];

/// Both sides are the same, every lookup of a couple is there, and nothing waits.
async fn all_is_tied(world: &World, store: &Store, hub: &Hub, workspace: i64, couples: usize) {
    let report = agree(hub, 60).await;
    assert_eq!((report.held_total, report.failed_total), (0, 0), "{report:?}");
    let left = ties(&world.orgs[0], &FAMILY).await;
    assert_eq!(left, ties(&world.orgs[1], &FAMILY).await);
    for (module, rows) in left {
        let tied = rows.iter().filter(|(_, to)| !to.is_null()).count();
        assert_eq!(tied, couples, "{module}: {rows:?}");
    }
    nothing_is_parked(store, workspace).await;
    let certificate = hub.verify("both", false, &mut |_| {}).await.unwrap();
    assert!(certificate.agrees(), "{certificate:?}");
}

async fn nothing_is_parked(store: &Store, workspace: i64) {
    let integration = store.integrations(workspace).await.unwrap().remove(0);
    for sync in store.module_syncs(integration.id).await.unwrap() {
        assert_eq!(store.parked(sync.id, 9).await.unwrap(), [], "{}", sync.left_module);
    }
}

/// How often an org was asked to make and to change records of a module.
async fn writes(world: &World, org: usize, module: &str) -> [u64; 2] {
    let stats = world.stats().await;
    let endpoints = &stats["orgs"][&world.orgs[org].id]["endpoints"];
    ["POST", "PUT"].map(|method| {
        let path = format!("{method} /crm/v8/{module}");
        let all = endpoints.as_object().unwrap().iter().filter(|(name, _)| name.starts_with(&path));
        all.map(|(_, count)| count["calls"].as_u64().unwrap()).sum()
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_of_two_modules_that_lead_to_each_other_are_made_and_then_tied() {
    each_engine(async |store| {
        let world = with_main_person().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        for number in 0..8 {
            couple(tokyo, &format!("mori{number}")).await;
        }
        tokyo.create("Accounts", json!({"Account_Name": "Alone K.K."})).await;
        tokyo.create("Contacts", json!({"Last_Name": "alone", "Email": "alone@both.example"})).await;
        let before = [writes(&world, 0, "Accounts").await, writes(&world, 0, "Contacts").await];
        let workspace = world.set_up(&store, BOTH).await;
        let hub = world.hub(&store, workspace, None).await;
        all_is_tied(&world, &store, &hub, workspace, 8).await;

        // The first in the circle is loaded first; only what it leads to is written a second time, all in one call.
        assert_eq!(writes(&world, 1, "Accounts").await, [1, 1]);
        assert_eq!(writes(&world, 1, "Contacts").await, [1, 0]);
        let after = [writes(&world, 0, "Accounts").await, writes(&world, 0, "Contacts").await];
        assert_eq!(after, before, "nothing is written where everything came from");
        let runs = hub.runs("both", None, None, 50).await.unwrap();
        let load = |module: &str| {
            runs.iter().find(|run| run.module == module && run.kind == RunKind::FirstLoad).unwrap().clone()
        };
        assert!(load("Accounts").ended_at.unwrap() <= load("Contacts").started_at, "{runs:?}");

        // On both sides at once, and seen only when they lead to each other already.
        pause(&hub, "both").await;
        for number in 0..3 {
            couple(tokyo, &format!("hara{number}")).await;
            couple(london, &format!("brown{number}")).await;
        }
        hub.resume("both").await.unwrap();
        all_is_tied(&world, &store, &hub, workspace, 14).await;

        // The process ends when the accounts are made and their contacts are not all tied.
        pause(&hub, "both").await;
        for number in 0..3 {
            couple(tokyo, &format!("ueda{number}")).await;
            couple(london, &format!("green{number}")).await;
        }
        hub.resume("both").await.unwrap();
        until("some are made", 30, async || london.all("Accounts", &["id"]).await.len() > 18).await;
        hub.stop().await;
        let hub = world.hub(&store, workspace, None).await;
        all_is_tied(&world, &store, &hub, workspace, 20).await;
        hub.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_circle_that_a_configuration_closes_is_written_in_two_phases_from_then_on() {
    each_engine(async |store| {
        let world = with_main_person().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        let open = BOTH.replace(", { left = \"Main_Person\", right = \"Main_Person\" }", "");
        let workspace = world.set_up(&store, &open).await;
        let hub = world.hub(&store, workspace, None).await;
        couple(tokyo, "mori").await;
        agree(&hub, 60).await;
        assert_eq!(london.all("Accounts", &["Main_Person"]).await, [[Value::Null]]);
        pause(&hub, "both").await;
        couple(tokyo, "hara").await;
        couple(london, "brown").await;
        let told = hub.apply(&world.config(BOTH), true).await.unwrap();
        assert!(told.applied && told.warnings.is_empty(), "{told:?}");
        hub.resume("both").await.unwrap();
        all_is_tied(&world, &store, &hub, workspace, 3).await;
        hub.stop().await;
    })
    .await;
}

const ROUND: [(&str, &str, &str); 3] =
    [("Ships", "Name", "Crew"), ("Crews", "Name", "Port"), ("Ports", "Name", "Ship")];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_modules_in_a_circle_have_one_lookup_that_is_written_later() {
    each_engine(async |store| {
        let world = World::start().await;
        let tokyo = &world.orgs[0];
        for org in &world.orgs {
            for (name, ..) in ROUND {
                module(org, name).await;
            }
            for (name, label, to) in [("Ships", "Crew", "Crews"), ("Crews", "Port", "Ports"), ("Ports", "Ship", "Ships")] {
                lookup(org, name, label, to).await;
            }
        }
        for number in 0..6 {
            let ship = tokyo.create("Ships", json!({"Name": format!("ship {number}")})).await;
            let port = tokyo.create("Ports", json!({"Name": format!("port {number}"), "Ship": {"id": ship}})).await;
            let crew = tokyo.create("Crews", json!({"Name": format!("crew {number}"), "Port": {"id": port}})).await;
            tokyo.update("Ships", &ship, json!({"Crew": {"id": crew}})).await;
        }
        let text: String = ROUND.iter().fold(String::new(), |text, (name, _, lookup)| {
            format!(
                "{text}[[integrations.both.modules]]\nleft = \"{name}\"\nright = \"{name}\"\nmatch = [\"Name\"]\n\
                 fields = [{{ left = \"Name\", right = \"Name\" }}, {{ left = \"{lookup}\", right = \"{lookup}\" }}]\n"
            )
        });
        let workspace = world.set_up(&store, &text).await;
        let hub = world.hub(&store, workspace, None).await;
        let report = agree(&hub, 60).await;
        assert_eq!((report.held_total, report.failed_total, report.links), (0, 0, 18), "{report:?}");
        let left = ties(tokyo, &ROUND).await;
        assert_eq!(left, ties(&world.orgs[1], &ROUND).await);
        assert!(left.iter().flat_map(|(_, rows)| rows).all(|(_, to)| !to.is_null()), "{left:?}");
        nothing_is_parked(&store, workspace).await;
        // The ships are made first, then the ports that lead to them, then the crews; only the ships are written again.
        for (module, expect) in [("Ships", [1, 1]), ("Ports", [1, 0]), ("Crews", [1, 0])] {
            assert_eq!(writes(&world, 1, module).await, expect, "{module}");
        }
        hub.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_circle_that_the_services_close_is_known_to_all_its_modules() {
    each_engine(async |store| {
        let world = World::start().await;
        for (org, length) in world.orgs.iter().zip([40, 5]) {
            module(org, "Crews").await;
            module(org, "Ships").await;
            lookup(org, "Crews", "Ship", "Ships").await;
            let grade = json!({"field_label": "Grade", "data_type": "text", "length": length});
            org.call("POST", "settings/fields?module=Ships", json!({"fields": [grade]})).await;
        }
        let tokyo = &world.orgs[0];
        let same = |name: &str| {
            format!(
                "[[integrations.both.modules]]\nleft = \"{name}\"\nright = \"{name}\"\nmatch = [\"Name\"]\n"
            )
        };
        let workspace = world.set_up(&store, &(same("Crews") + &same("Ships"))).await;
        let hub = world.hub(&store, workspace, None).await;
        tokyo.create("Ships", json!({"Name": "old", "Grade": "much too long"})).await;
        let report = agree(&hub, 60).await;
        assert_eq!(report.held.get("value.too_long"), Some(&1), "{report:?}");

        // The ships are prepared anew because a person asks for them, and the crews, whose lookup it is that follows from then on, because of that.
        for org in &world.orgs {
            lookup(org, "Ships", "Crew", "Crews").await;
        }
        hub.retry("both", Retry::All).await.unwrap();
        tokio::time::sleep(Duration::from_secs(4)).await;
        pause(&hub, "both").await;
        for number in 0..3 {
            let ship = tokyo.create("Ships", json!({"Name": format!("ship {number}")})).await;
            let crew = json!({"Name": format!("crew {number}"), "Ship": {"id": ship}});
            let crew = tokyo.create("Crews", crew).await;
            tokyo.update("Ships", &ship, json!({"Crew": {"id": crew}})).await;
        }
        hub.resume("both").await.unwrap();
        until("all are tied", 60, async || {
            let there = ties(&world.orgs[1], &[("Ships", "Name", "Crew"), ("Crews", "Name", "Ship")]).await;
            there.iter().flat_map(|(_, rows)| rows).filter(|(_, to)| !to.is_null()).count() == 6
        })
        .await;
        agree(&hub, 60).await;
        nothing_is_parked(&store, workspace).await;
        hub.stop().await;
    })
    .await;
}
