//! Integrations that are removed and set up again: which record belongs to which is remembered, over the real connector and the sandbox by HTTP.
#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

use crate::world::{Org, World, each_engine, until};
use musubi_core::Side;
use musubi_engine::erasure::ErasureOf;
use musubi_engine::report::Change;
use musubi_engine::runs::Run;
use musubi_engine::sync::RunKind;
use musubi_engine::{Config, FailureFilter, HistoryFilter, Hub};
use serde_json::{Value, json};
use std::time::Duration;

const CONTACTS: &str = r#"
[[integrations.both.modules]]
left = "Contacts"
right = "Contacts"
match = ["Email"]
fields = [
  { left = "Last_Name", right = "Last_Name" }, { left = "Email", right = "Email" }, { left = "Phone", right = "Phone" },
  { left = "Title", right = "Title" },
]
"#;

const LEADS: &str = r#"
[[integrations.both.modules]]
left = "Leads"
right = "Leads"
match = ["Last_Name"]
fields = [{ left = "Last_Name", right = "Last_Name" }, { left = "Company", right = "Company" }]
"#;

fn person(name: &str) -> Value {
    json!({"Last_Name": name, "Email": format!("{name}@both.example")})
}

async fn id(org: &Org, module: &str, name: &str) -> String {
    let rows = org.all(module, &["Last_Name", "id"]).await;
    let row = rows.iter().find(|row| row[0] == name).unwrap_or_else(|| panic!("no {name} in {rows:?}"));
    row[1].as_str().unwrap().to_owned()
}

/// The same configuration with the integration under another name.
fn renamed(config: &Config, name: &str) -> Config {
    let mut config = config.clone();
    let integration = config.integrations.remove("both").unwrap();
    config.integrations.insert(name.to_owned(), integration);
    config
}

async fn agree(hub: &Hub, name: &str) {
    let report = hub.run_until_agreed(name, Duration::from_secs(60), &mut |_| {}).await.unwrap();
    assert!(report.agreed, "{report:?}\n{:#?}", hub.status().await.unwrap());
}

/// Calls that write to this module, and those that make records.
async fn writes(world: &World, module: &str) -> (u64, u64) {
    let stats = world.stats().await;
    let count = |is_it: &dyn Fn(&str) -> bool| {
        let endpoints = stats["orgs"]
            .as_object()
            .unwrap()
            .values()
            .flat_map(|org| org["endpoints"].as_object().cloned().unwrap_or_default());
        endpoints.filter(|(name, _)| is_it(name)).map(|(_, count)| count["calls"].as_u64().unwrap()).sum()
    };
    let path = format!("/crm/v8/{module}");
    (
        count(&|name| !name.starts_with("GET ") && name.contains(&path)),
        count(&|name| name == format!("POST {path}")),
    )
}

fn details<'a>(changes: &'a [Change], name: &str) -> &'a [String] {
    let change = changes.iter().find(|change| change.name == name);
    &change.unwrap_or_else(|| panic!("no {name} in {changes:?}")).details
}

// K-22, C-6
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_removed_integration_that_is_set_up_again_knows_its_pairs() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        for name in ["mori", "hara", "sato", "gone"] {
            tokyo.create("Contacts", person(name)).await;
        }
        for name in ["lead", "converted"] {
            tokyo.create("Leads", json!({"Last_Name": name, "Company": "Acme"})).await;
        }
        let both = format!("{CONTACTS}{LEADS}");
        let workspace = world.set_up(&store, &both).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, "both").await;
        // One of a pair is deleted, which unties it; a lead is converted.
        tokyo.delete("Contacts", &id(tokyo, "Contacts", "gone").await).await;
        let lead = id(tokyo, "Leads", "converted").await;
        let answer =
            tokyo.call("POST", &format!("Leads/{lead}/actions/convert"), json!({"data": [{}]})).await;
        assert_eq!(answer["data"][0]["code"], "SUCCESS", "{answer}");
        agree(&hub, "both").await;
        let told = async |integration: &str, module: &str, side: Side, id: &str| {
            let explained = hub.explain(integration, module, side, id).await.unwrap();
            explained.reasons.into_iter().map(|reason| reason.code).collect::<Vec<_>>()
        };
        let counterpart = id(london, "Leads", "converted").await;
        until("the conversion is told", 30, async || {
            let filter = HistoryFilter { record: Some(lead.clone()), ..HistoryFilter::default() };
            hub.history("both", &filter).await.unwrap().iter().any(|entry| !entry.became.is_empty())
        })
        .await;
        let before = told("both", "Leads", Side::Right, &counterpart).await;

        // What the lead became is a contact, and synced like any other.
        until("the deletion is told, and the new contact is there", 30, async || {
            let contacts = hub.status().await.unwrap().integrations[0].modules[0].links;
            contacts == 4 && london.all("Contacts", &["id"]).await.len() == 5
        })
        .await;
        agree(&hub, "both").await;
        hub.remove_integration("both").await.unwrap();
        assert!(hub.status().await.unwrap().integrations.is_empty());
        let kept = hub.remembered().await.unwrap();
        let mut modules: Vec<_> = kept.iter().map(|one| (one.left.as_str(), one.pairs)).collect();
        modules.sort_unstable();
        assert_eq!(modules, [("Contacts", 4), ("Leads", 1)]);
        assert!(kept.iter().all(|one| one.integration == "both" && one.removed_at > 0), "{kept:?}");

        // Meanwhile everything that a match could go by is changed, on either side, and one record is deleted.
        tokyo.update("Contacts", &id(tokyo, "Contacts", "mori").await, person("mori2")).await;
        let title = json!({"Title": "Botanist"});
        london.update("Contacts", &id(london, "Contacts", "mori").await, title).await;
        london.delete("Contacts", &id(london, "Contacts", "hara").await).await;
        tokyo.create("Contacts", person("new")).await;
        let (written, _) = writes(&world, "Leads").await;

        // Under another name: what is known is told first.
        let config = renamed(&world.config(&both), "again");
        let planned = hub.apply(&config, false).await.unwrap();
        let expect = "4 pairs are known from before (as both); everything is compared";
        assert_eq!(details(&planned.changes, "again: Contacts ↔ Contacts"), [expect]);
        assert_eq!(hub.remembered().await.unwrap(), kept);
        let done = hub.apply(&config, true).await.unwrap();
        assert_eq!(done.changes, planned.changes);
        assert_eq!(hub.remembered().await.unwrap(), []);
        agree(&hub, "again").await;
        until("all is quiet", 30, async || {
            let runs = hub.runs("again", None, None, 50).await.unwrap();
            let done = |run: &&Run| run.kind == RunKind::FullPass && run.ended_at.is_some();
            runs.iter().filter(done).count() == 2
        })
        .await;
        agree(&hub, "again").await;

        let left = tokyo.all("Contacts", &["Last_Name", "Email", "Title"]).await;
        let right = london.all("Contacts", &["Last_Name", "Email", "Title"]).await;
        let row = |name: &str, title: Value| vec![json!(name), json!(format!("{name}@both.example")), title];
        let (mori, new, sato) =
            (row("mori2", json!("Botanist")), row("new", Value::Null), row("sato", Value::Null));
        let (gone, hara) = (row("gone", Value::Null), row("hara", Value::Null));
        let converted = vec![json!("converted"), Value::Null, Value::Null];
        // Both changes met in the one pair; what was deleted before and meanwhile was not copied back.
        assert_eq!(left, [converted.clone(), hara, mori.clone(), new.clone(), sato.clone()]);
        assert_eq!(right, [converted, gone, mori, new, sato]);
        assert_eq!(writes(&world, "Leads").await.0, written, "what agrees is not written");
        assert_eq!(told("again", "Leads", Side::Right, &counterpart).await, before);
        assert!(tokyo.all("Leads", &["Last_Name"]).await.len() == 1, "what was converted does not come back");
        // Its history came with it.
        let filter = HistoryFilter { record: Some(lead), ..HistoryFilter::default() };
        assert!(!hub.history("again", &filter).await.unwrap().is_empty());
        assert_eq!(hub.failures("again", &FailureFilter::default()).await.unwrap(), []);
        hub.stop().await;
    })
    .await;
}

// K-22
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_module_that_is_taken_out_and_a_connection_made_anew_are_known_again() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        tokyo.create("Contacts", person("mori")).await;
        tokyo.create("Leads", json!({"Last_Name": "lead", "Company": "Acme"})).await;
        let both = format!("{CONTACTS}{LEADS}");
        let workspace = world.set_up(&store, &both).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, "both").await;
        let report = hub.apply(&world.config(LEADS), true).await.unwrap();
        let expect = "the records stay, and its 1 pairs stay known";
        assert_eq!(details(&report.changes, "both: Contacts ↔ Contacts"), [expect]);
        tokyo.update("Contacts", &id(tokyo, "Contacts", "mori").await, person("mori2")).await;
        hub.apply(&world.config(&both), true).await.unwrap();
        agree(&hub, "both").await;
        until("the change arrives", 30, async || {
            london.all("Contacts", &["Last_Name"]).await[0][0] == "mori2"
        })
        .await;
        assert_eq!(london.all("Contacts", &["id"]).await.len(), 1);

        // The accounts are connected anew, under other names, and the sides are not what they were.
        hub.remove_integration("both").await.unwrap();
        hub.stop().await;
        let hub = Hub::offline(store.clone(), workspace);
        for row in store.connections(workspace).await.unwrap() {
            store.delete_connection(row.id).await.unwrap();
        }
        let config = world.config(&both);
        let mut anew = Config::default();
        for (name, connection) in &config.connections {
            anew.connections.insert(format!("new-{name}"), connection.clone());
        }
        let mut integration = config.integrations["both"].clone();
        (integration.left, integration.right) = ("new-london".into(), "new-tokyo".into());
        anew.integrations.insert("anew".into(), integration.clone());
        let reversed = hub.apply(&anew, false).await.unwrap();
        let told = details(&reversed.changes, "anew: Contacts ↔ Contacts");
        assert_eq!(
            told,
            ["1 pairs are known from before with left and right exchanged; they are not taken up"]
        );
        (integration.left, integration.right) = ("new-tokyo".into(), "new-london".into());
        anew.integrations.insert("anew".into(), integration);
        tokyo.update("Contacts", &id(tokyo, "Contacts", "mori2").await, person("mori3")).await;
        let done = hub.apply(&anew, true).await.unwrap();
        let told = details(&done.changes, "anew: Contacts ↔ Contacts");
        assert_eq!(told, ["1 pairs are known from before (as both); everything is compared"]);
        for row in store.connections(workspace).await.unwrap() {
            let org = world.orgs.iter().find(|org| org.id == row.org).unwrap();
            musubi_engine::save_credential(&store, row.id, &org.secrets).await.unwrap();
        }
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, "anew").await;
        until("the change arrives", 30, async || {
            london.all("Contacts", &["Last_Name"]).await[0][0] == "mori3"
        })
        .await;
        assert_eq!(london.all("Contacts", &["id"]).await.len(), 1);
        hub.stop().await;
    })
    .await;
}

// K-22
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_remembered_is_forgotten_on_request_and_erased_with_a_person() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        for name in ["mori", "hara"] {
            tokyo.create("Contacts", person(name)).await;
        }
        let workspace = world.set_up(&store, CONTACTS).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, "both").await;
        hub.remove_integration("both").await.unwrap();

        // By address or by record, an erasure reaches what is only remembered.
        let left = id(tokyo, "Contacts", "mori").await;
        let (integration, module) = ("both".to_owned(), "Contacts".to_owned());
        let record = ErasureOf::Record { integration, module, side: Side::Left, id: left.clone() };
        let address = ErasureOf::Address("mori@both.example".into());
        let plan = hub.erasure_plan(&address).await.unwrap();
        assert_eq!((plan.counts.pairs, plan.records[0].integration.as_str()), (1, "both"));
        assert_eq!(hub.erasure_plan(&record).await.unwrap().counts, plan.counts);
        let begun = hub.erase(&address, &plan.digest, "ann").await.unwrap();
        let done = hub.erased(begun.id, Duration::from_secs(20)).await.unwrap();
        assert!(done.done_at.is_some(), "{done:?}");
        assert_eq!(hub.remembered().await.unwrap()[0].pairs, 1);

        // Set up again, what was erased stays erased: it is not copied once more.
        hub.apply(&world.config(CONTACTS), true).await.unwrap();
        agree(&hub, "both").await;
        tokyo.update("Contacts", &left, json!({"Phone": "1"})).await;
        agree(&hub, "both").await;
        let explained = hub.explain("both", "Contacts", Side::Left, &left).await.unwrap();
        assert_eq!(explained.reasons[0].code, "explain.erased");
        for org in [tokyo, london] {
            assert_eq!(org.all("Contacts", &["id"]).await.len(), 2);
        }

        // What is forgotten is found by its match fields only.
        hub.remove_integration("both").await.unwrap();
        let number = hub.remembered().await.unwrap()[0].number;
        hub.forget_remembered(number).await.unwrap();
        assert_eq!(hub.forget_remembered(number).await.unwrap_err().code, "remembered.unknown");
        assert_eq!(hub.remembered().await.unwrap(), []);
        tokyo.update("Contacts", &id(tokyo, "Contacts", "hara").await, person("other")).await;
        let report = hub.apply(&world.config(CONTACTS), true).await.unwrap();
        assert!(details(&report.changes, "both: Contacts ↔ Contacts").is_empty());
        agree(&hub, "both").await;
        assert_eq!(london.all("Contacts", &["id"]).await.len(), 3);
        hub.stop().await;
    })
    .await;
}
