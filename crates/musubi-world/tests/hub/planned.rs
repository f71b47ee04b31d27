//! What a person reads in the plan before anything is written: what becomes of every single record, over the real connector and the sandbox by HTTP.
#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

use crate::world::{World, agree, each_engine};
use musubi_core::plan::Kind;
use musubi_core::{Side, Sides};
use musubi_engine::report::ModulePlan;
use musubi_engine::{Hub, PlanReport};
use musubi_store::Store;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A hub that reads and does nothing by itself, and its workspace.
async fn idle(world: &World, store: &Store, modules: &str) -> (Hub, i64) {
    let workspace = world.set_up(store, modules).await;
    (world.idle(store, workspace), workspace)
}

async fn plan(world: &World, store: &Store, modules: &str) -> PlanReport {
    let (hub, _) = idle(world, store, modules).await;
    hub.plan("both").await.unwrap()
}

fn reasons(of: &[(&str, u64)]) -> BTreeMap<String, u64> {
    of.iter().map(|(code, count)| ((*code).to_owned(), *count)).collect()
}

/// Every record of each side is told of once.
fn adds_up(module: &ModulePlan) {
    let sum = |reasons: &BTreeMap<String, u64>| reasons.values().sum::<u64>();
    let pairs = module.links + module.would_link;
    let left = pairs + module.would_create_right + sum(&module.skipped.left) + sum(&module.waiting.left);
    let right = pairs + module.would_create_left + sum(&module.skipped.right) + sum(&module.waiting.right);
    assert_eq!((left, right), (module.records.left, module.records.right), "{module:#?}");
}

fn lead(name: &str, city: &str) -> Value {
    json!({"Last_Name": name, "Company": "結", "Email": format!("{name}@plan.example"), "City": city})
}

const DIRTY: &str = r#"
[[integrations.both.modules]]
left = "Accounts"
right = "Accounts"
match = ["Account_Name"]
direction = "left_to_right"
fields = [{ left = "Account_Name", right = "Account_Name" }]

[[integrations.both.modules]]
left = "Leads"
right = "Leads"
match = ["Email"]
fields = [{ left = "Last_Name", right = "Last_Name" }, { left = "Email", right = "Email" }]
scope = { created_within = "365d", left = { criteria = { field = "City", comparator = "not_equal", value = "Osaka" } } }
"#;

// K-20, K-24
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_record_of_both_sides_is_told_of_in_the_plan_once_with_its_reason() {
    each_engine(async |store| {
        let mut world = World::start().await;
        world.orgs[0].create("Leads", lead("old", "Tokyo")).await;
        world.control("clock", json!({"advance_s": 400 * 86_400})).await;
        world.log_in_again().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        tokyo.create("Accounts", json!({"Account_Name": "Both"})).await;
        tokyo.create("Accounts", json!({"Account_Name": "Left"})).await;
        for name in ["Both", "Right", "Right too"] {
            london.create("Accounts", json!({ "Account_Name": name })).await;
        }
        for org in [tokyo, london] {
            org.create("Leads", lead("both", "Kobe")).await;
            org.create("Leads", lead("far", "Osaka")).await;
            org.create("Leads", lead("twin", "Kobe")).await;
        }
        london.create("Leads", lead("twin", "Kobe")).await;
        tokyo.create("Leads", lead("farther", "Osaka")).await;
        tokyo.create("Leads", lead("left", "Kobe")).await;
        london.create("Leads", lead("right", "Kobe")).await;
        london.create("Leads", json!({"Last_Name": "nameless", "Company": "結"})).await;
        let plan = plan(&world, &store, DIRTY).await;
        let (accounts, leads) = (&plan.modules[0], &plan.modules[1]);
        adds_up(accounts);
        assert_eq!(accounts.skipped.right, reasons(&[("direction", 2)]), "{accounts:#?}");
        adds_up(leads);
        assert_eq!(leads.skipped.left, reasons(&[("scope", 2), ("window", 1)]), "{leads:#?}");
        assert_eq!(leads.skipped.right, reasons(&[("counterpart_scope", 1)]), "{leads:#?}");
        assert_eq!(leads.waiting.left, reasons(&[("match.ambiguous", 1)]), "{leads:#?}");
        assert_eq!(leads.waiting.right, reasons(&[("match.ambiguous", 2)]), "{leads:#?}");
        assert_eq!(
            (leads.would_link, leads.would_create_left, leads.would_create_right),
            (1, 2, 1),
            "{leads:#?}"
        );
    })
    .await;
}

const ACCOUNTS: &str = r#"
[[integrations.both.modules]]
left = "Accounts"
right = "Accounts"
match = ["Account_Name"]
fields = [{ left = "Account_Name", right = "Account_Name" }, { left = "Phone", right = "Phone" }]
"#;

// K-20, C-11
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_would_be_overwritten_is_shown_however_much_is_created() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        for n in 0..150 {
            tokyo.create("Accounts", json!({"Account_Name": format!("New {n}")})).await;
        }
        for n in 0..10 {
            london.create("Accounts", json!({"Account_Name": format!("Both {n}"), "Phone": "03-0000"})).await;
            tokyo.create("Accounts", json!({"Account_Name": format!("Both {n}"), "Phone": "03-1111"})).await;
        }
        let plan = plan(&world, &store, ACCOUNTS).await;
        let module = &plan.modules[0];
        assert_eq!(
            (module.would_create_right, module.would_update.left + module.would_update.right),
            (150, 10)
        );
        let changes = module.operations.iter().take(10);
        for operation in changes {
            assert_eq!(operation.kind, Kind::Update, "{operation:?}");
            let field = &operation.fields[0];
            let told =
                [field.before.as_ref(), field.after.as_ref()].map(|value| value.and_then(Value::as_str));
            assert!(told.iter().all(Option::is_some) && told[0] != told[1], "{operation:?}");
        }
        let of = |kind: Kind| module.operations.iter().filter(move |operation| operation.kind == kind);
        assert_eq!((of(Kind::Update).count(), of(Kind::Link).count()), (10, 10), "{module:?}");
        assert_eq!(of(Kind::Create).filter(|created| created.side == Side::Right).count(), 20, "{module:?}");
    })
    .await;
}

const FAMILY: &str = r#"
[[integrations.both.modules]]
left = "Accounts"
right = "Accounts"
match = ["Account_Name"]
fields = [{ left = "Account_Name", right = "Account_Name" }]

[[integrations.both.modules]]
left = "Contacts"
right = "Contacts"
match = ["Email"]
fields = [{ left = "Last_Name", right = "Last_Name" }, { left = "First_Name", right = "First_Name" },
  { left = "Email", right = "Email" }, { left = "Phone", right = "Phone" }, { left = "Account_Name", right = "Account_Name" }]
"#;

// AMB-8, S1-52
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_that_look_like_one_are_told_and_only_a_person_ties_them() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        let mut contacts = Vec::new();
        for (org, taro, last, phone) in
            [(tokyo, "太郎", "Smith", "03-1234-5678"), (london, "太 郎", "SMITH", "+81 3 1234 5678")]
        {
            let account = json!({"id": org.create("Accounts", json!({"Account_Name": "結商事"})).await});
            let taro = json!({"Last_Name": "山田", "First_Name": taro, "Phone": phone});
            contacts.push(org.create("Contacts", taro).await);
            let anna = json!({"Last_Name": last, "First_Name": "Anna", "Account_Name": account});
            contacts.push(org.create("Contacts", anna).await);
            // A name alone says nothing.
            org.create("Contacts", json!({"Last_Name": "Brown", "First_Name": "Carl"})).await;
        }
        let (hub, workspace) = idle(&world, &store, FAMILY).await;
        let before = hub.plan("both").await.unwrap();
        let module = &before.modules[1];
        adds_up(module);
        assert_eq!(
            (module.would_link, module.would_create_left, module.would_create_right),
            (0, 3, 3),
            "{module:#?}"
        );
        assert_eq!(module.lookalikes.count, 2, "{module:#?}");
        let samples: Vec<_> = module.lookalikes.samples.iter().collect();
        assert_eq!((&samples[0].left_id, &samples[0].right_id), (&contacts[0], &contacts[2]), "{samples:#?}");
        assert_eq!(
            (samples[0].score, &samples[0].agrees[..]),
            (85, &["Last_Name", "First_Name", "Phone"].map(String::from)[..])
        );
        assert_eq!(
            (samples[0].left_label.as_deref(), samples[0].right_label.as_deref()),
            (Some("太郎 山田"), Some("太 郎 山田"))
        );
        assert_eq!((&samples[1].left_id, &samples[1].right_id), (&contacts[1], &contacts[3]), "{samples:#?}");
        assert_eq!(
            (samples[1].score, samples[1].agrees.last().map(String::as_str)),
            (75, Some("Account_Name"))
        );
        // A person ties one of the two before anything is written.
        let ids = Sides { left: contacts[0].as_str(), right: contacts[2].as_str() };
        hub.link("both", "Contacts", ids, "somebody").await.unwrap();
        let after = hub.plan("both").await.unwrap();
        let module = &after.modules[1];
        adds_up(module);
        assert_eq!(
            (module.would_link, module.would_create_left, module.would_create_right),
            (1, 2, 2),
            "{module:#?}"
        );
        assert_eq!(module.lookalikes.count, 1, "{module:#?}");
        let hub = world.hub(&store, workspace, None).await;
        let report = agree(&hub, 60).await;
        assert_eq!((report.added, report.links), (4, 6), "{report:?}");
        for org in [tokyo, london] {
            let names = org.all("Contacts", &["Last_Name"]).await;
            assert_eq!(names.iter().filter(|row| row[0] == "山田").count(), 1, "{names:?}");
            assert_eq!(names.len(), 5, "{names:?}");
        }
        hub.stop().await;
    })
    .await;
}

// K-20
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_module_that_is_done_costs_nothing_more_while_the_plan_waits_for_another() {
    each_engine(async |store| {
        let world = World::start().await;
        for org in &world.orgs {
            org.create("Accounts", json!({"Account_Name": "結商事"})).await;
            org.create("Contacts", json!({"Last_Name": "山田", "Email": "taro@plan.example"})).await;
        }
        let (hub, _) = idle(&world, &store, FAMILY).await;
        let at_once = hub.plan("both").await.unwrap();
        // Longer than a hub lets pass without asking for changes.
        let late = json!({"kind": "delay_ms", "ms": 4_000, "endpoint": "GET /crm/v8/Contacts", "count": 1});
        world.control("faults", late).await;
        let waited = hub.plan("both").await.unwrap();
        assert!(waited.seconds >= 4, "{waited:#?}");
        assert_eq!(waited.modules[0].calls, at_once.modules[0].calls);
    })
    .await;
}
