//! Plans, certificates, failures and retries over the sandbox.

use crate::world::{World, agree, each_engine, until};
use musubi_core::Side;
use musubi_engine::report::IntegrationState;
use musubi_engine::{FailureFilter, Hub};
use serde_json::json;

const MODULES: &str = r#"
[[integrations.both.modules]]
left = "Accounts"
right = "Accounts"
match = ["Account_Name"]
fields = [{ left = "Account_Name", right = "Account_Name" }, { left = "Phone", right = "Phone" }]

[[integrations.both.modules]]
left = "Contacts"
right = "Contacts"
match = ["Email"]
fields = [{ left = "Last_Name", right = "Last_Name" }, { left = "Email", right = "Email" },
  { left = "Account_Name", right = "Account_Name" }, { left = "Date_of_Birth", right = "Date_of_Birth" }]
"#;

// K-20
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_says_what_the_load_then_does() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        let account = tokyo.create("Accounts", json!({"Account_Name": "株式会社ムスビ", "Phone": "03"})).await;
        for n in 0..25 {
            let lookup = json!({"id": account});
            let record = json!({"Last_Name": format!("L{n}"), "Email": format!("l{n}@x.example"), "Account_Name": lookup});
            tokyo.create("Contacts", record).await;
        }
        for n in 20..27 {
            london.create("Contacts", json!({"Last_Name": format!("L{n}"), "Email": format!("L{n}@X.example")})).await;
        }
        // Two with one address: nobody can tell which of them is meant.
        let mut twins = Vec::new();
        for name in ["Twin", "Other twin"] {
            let record = json!({"Last_Name": name, "Email": "twin@x.example"});
            twins.push((london, london.create("Contacts", record).await));
        }
        let record = json!({"Last_Name": "Twin", "Email": "twin@x.example"});
        twins.push((tokyo, tokyo.create("Contacts", record).await));
        let workspace = world.set_up(&store, MODULES).await;
        let idle = musubi_engine::Hub::idle(musubi_engine::HubOptions {
            store: store.clone(),
            connect: std::sync::Arc::new(crate::world::Zoho(store.clone())),
            holder: "plan".into(),
            public_url: None,
            settings: crate::world::settings(),
            workspace,
        });
        let plan = idle.plan("both").await.unwrap();
        let again = idle.plan("both").await.unwrap();
        let digests = |plan: &musubi_engine::PlanReport| -> Vec<String> {
            plan.modules.iter().map(|module| module.digest.clone()).collect()
        };
        assert_eq!(digests(&plan), digests(&again), "I17: an unchanged world has one plan");
        let contacts = &plan.modules[1];
        assert_eq!((contacts.records.left, contacts.records.right), (26, 9), "{contacts:?}");
        let would = (contacts.would_link, contacts.would_create_right, contacts.would_create_left, contacts.ambiguous);
        // All three that share an address wait for a person.
        assert_eq!(would, (5, 20, 2, 3), "{contacts:?}");
        assert_eq!(london.all("Contacts", &["id"]).await.len(), 9, "a plan writes nothing");
        let makes = |operation: &&musubi_engine::report::PlannedOperation| {
            operation.kind == musubi_core::plan::Kind::Create && operation.side == Side::Right
        };
        let created = contacts.operations.iter().find(makes).unwrap();
        assert!(contacts.operations.iter().all(|operation| operation.label.is_some()), "{contacts:?}");
        let lookup = created.fields.iter().find(|field| field.field == "Account_Name").unwrap();
        assert_eq!((&lookup.before, &lookup.after), (&None, &None), "the account is yet to be made: {created:?}");
        for (org, id) in &twins {
            org.delete("Contacts", id).await;
        }

        let hub = world.hub(&store, workspace, None).await;
        let report = agree(&hub, 60).await;
        assert_eq!(report.added, 20 + 2 + 1, "{report:?}");
        assert_eq!(report.links, 1 + 27, "{report:?}");
        // Lookups lead to the counterpart, never to a foreign id.
        let other = london.all("Accounts", &["Account_Name", "id"]).await[0][1].clone();
        let rows = london.all("Contacts", &["Email", "Account_Name"]).await;
        // Whoever looks at a pair is told what its account is called, on both sides.
        let left = tokyo.all("Contacts", &["id", "Last_Name"]).await;
        let left = left.iter().find(|row| row[1] == "L0").unwrap()[0].as_str().unwrap().to_owned();
        let pair = hub.pair("both", "Contacts", &left).await.unwrap().unwrap();
        let field = pair.fields.iter().find(|field| field.left == "Account_Name").unwrap();
        let called = |id: &serde_json::Value| Some(json!({"id": id, "name": "株式会社ムスビ"}));
        let account = json!(account);
        assert_eq!((&field.left_value, &field.right_base), (&called(&account), &called(&other)), "{pair:?}");
        assert_eq!(rows.iter().filter(|row| row[1]["id"] == other).count(), 25, "{rows:?}");
        hub.stop().await;

        // Of a sync that ran, the plan shows what changed since, before and after.
        let rows = tokyo.all("Contacts", &["Email", "id", "Last_Name"]).await;
        tokyo.update("Contacts", rows[1][1].as_str().unwrap(), json!({"Last_Name": "Changed"})).await;
        let plan = idle.plan("both").await.unwrap();
        let contacts = &plan.modules[1];
        assert_eq!((contacts.would_update.right, contacts.operations.len()), (1, 1), "{contacts:?}");
        let field = &contacts.operations[0].fields[0];
        assert_eq!((field.field.as_str(), &field.after), ("Last_Name", &Some(json!("Changed"))), "{field:?}");
        assert_eq!(field.before.as_ref(), Some(&rows[1][2]), "{field:?}");
        assert_eq!(plan.modules[0].operations, []);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_tells_differences_and_repair_mends_them() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        world.generate(0, "Accounts", 40, 1).await;
        world.generate(0, "Contacts", 300, 1).await;
        let workspace = world.set_up(&store, MODULES).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        let whole = hub.verify("both", false, &mut |_| {}).await.unwrap();
        assert!(whole.agrees(), "{whole:?}");
        assert_eq!((whole.compared, whole.equal, whole.held), (340, 340, 0), "{whole:?}");

        // While nobody works on it, the sides drift apart.
        hub.pause("both").await.unwrap();
        until("paused", 10, async || {
            hub.status().await.unwrap().integrations[0].state == IntegrationState::Paused
        })
        .await;
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        let rows = tokyo.all("Contacts", &["Email", "id"]).await;
        let id = |at: usize| rows[at][1].as_str().unwrap();
        tokyo.update("Contacts", id(1), json!({"Date_of_Birth": "1999-12-31", "Last_Name": "Changed"})).await;
        tokyo.create("Contacts", json!({"Last_Name": "New", "Email": "new@verify.example"})).await;
        london.create("Accounts", json!({"Account_Name": "Only London"})).await;
        let drifted = hub.verify("both", true, &mut |_| {}).await.unwrap();
        assert_eq!(drifted.different.len(), 1, "{drifted:?}");
        let mut fields = drifted.different[0].fields.clone();
        fields.sort();
        assert_eq!(
            (drifted.different[0].left_id.as_str(), fields),
            (id(1), vec!["Date_of_Birth".into(), "Last_Name".into()])
        );
        assert_eq!((drifted.only_left.len(), drifted.only_right.len()), (1, 1), "{drifted:?}");
        assert_eq!(drifted.only_right[0].module, "Accounts");
        assert!(drifted.repair.is_some_and(|repair| repair.full_pass && repair.records == 4));

        hub.resume("both").await.unwrap();
        agree(&hub, 60).await;
        let mended = hub.verify("both", false, &mut |_| {}).await.unwrap();
        assert!(mended.agrees(), "{mended:?}");
        assert_eq!(mended.equal, 342, "{mended:?}");
        hub.stop().await;
    })
    .await;
}

// S1-97, K-7
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_record_is_listed_and_goes_through_when_it_is_retried() {
    each_engine(async |store| {
        let world = World::start().await;
        let workspace = world.set_up(&store, MODULES).await;
        for name in ["Stubborn", "Obstinate", "Contrary"] {
            world.orgs[0].create("Accounts", json!({ "Account_Name": name })).await;
        }
        let fault =
            json!({"endpoint": "POST /crm/v8/Accounts", "kind": "item_error", "code": "INVALID_DATA"});
        world.control("faults", fault).await;
        let hub = world.hub(&store, workspace, None).await;
        let report = agree(&hub, 60).await;
        assert_eq!((report.failed_total, report.links), (3, 0), "{report:?}");
        let failures = hub.failures("both", &FailureFilter::default()).await.unwrap();
        assert_eq!((failures.len(), failures[0].code.as_str()), (3, "parameter.refused"), "{failures:?}");
        assert_eq!(failures[0].details["code"], "INVALID_DATA");
        // A spreadsheet says in the service's own words why.
        let table = musubi_engine::csv::failures(&failures, None);
        let lines: Vec<&str> = table.split_terminator("\r\n").collect();
        assert!(lines[0].ends_with(",since,service_code,service_message"), "{table}");
        assert!(lines[1..].iter().all(|line| line.contains("Z,INVALID_DATA,")), "{table}");
        let ids: Vec<&str> = failures.iter().map(|each| each.id.as_str()).collect();
        assert_eq!(in_pages(&hub, &FailureFilter { limit: 2, ..FailureFilter::default() }).await, ids);
        let of = |code: &str, module: &str| FailureFilter {
            code: Some(code.to_owned()),
            module: Some(module.to_owned()),
            limit: 1,
            ..FailureFilter::default()
        };
        assert_eq!(in_pages(&hub, &of("parameter.refused", "Accounts")).await, ids);
        assert_eq!(in_pages(&hub, &of("write.refused", "Accounts")).await, [""; 0]);
        assert_eq!(in_pages(&hub, &of("parameter.refused", "Contacts")).await, [""; 0]);
        // S1-95: one record by itself, by its id on either side.
        let of = FailureFilter { record: failures[1].left_id.clone(), limit: 9, ..FailureFilter::default() };
        assert_eq!(in_pages(&hub, &of).await, [ids[1]]);
        world.clear_faults().await;
        let retried =
            hub.retry("both", musubi_engine::Retry::These(vec![failures[0].id.clone()])).await.unwrap();
        assert_eq!(retried.retried, 1);
        until("it is created", 20, async || world.orgs[1].all("Accounts", &["id"]).await.len() == 1).await;
        let report = agree(&hub, 60).await;
        assert_eq!((report.failed_total, report.links), (2, 1), "{report:?}");
        assert_eq!(hub.retry("both", musubi_engine::Retry::All).await.unwrap().retried, 2);
        until("they are", 20, async || world.orgs[1].all("Accounts", &["id"]).await.len() == 3).await;
        hub.stop().await;
    })
    .await;
}

/// The ids of all failures, page by page.
#[expect(clippy::unwrap_used, reason = "a failing test is told by its panic")]
async fn in_pages(hub: &Hub, filter: &FailureFilter) -> Vec<String> {
    let (mut ids, mut filter) = (Vec::new(), filter.clone());
    loop {
        let page = hub.failures("both", &filter).await.unwrap();
        assert!(page.len() <= filter.limit, "{page:?}");
        filter.after = page.last().map(|last| last.id.clone());
        ids.extend(page.into_iter().map(|each| each.id));
        if filter.after.is_none() {
            return ids;
        }
    }
}

// K-24
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_that_a_run_sees_and_then_finds_deleted_counts_once() {
    each_engine(async |store| {
        let world = World::start().await;
        world.generate(0, "Accounts", 6, 1).await;
        let workspace = world.set_up(&store, MODULES).await;
        let hub = world.hub(&store, workspace, None).await;
        let report = agree(&hub, 60).await;
        assert_eq!((report.added, report.seen), (6, 6), "{report:?}");
        let id = world.orgs[0].all("Accounts", &["id"]).await[0][0].as_str().unwrap().to_owned();
        world.orgs[0].delete("Accounts", &id).await;
        hub.full_pass("both").await.unwrap();
        let report = agree(&hub, 60).await;
        assert_eq!((report.seen, report.skipped.get("unchanged")), (6, Some(&5)), "{report:?}");
        hub.stop().await;
    })
    .await;
}

/// Who is made before the record that a lookup of it leads to is written once more. What the plan calls new is what the run calls added.
// K-24, C-48
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_that_is_made_and_then_written_once_more_is_added() {
    each_engine(async |store| {
        let world = World::start().await;
        let boss = json!({"field_label": "Boss", "data_type": "lookup", "lookup": {"module": {"api_name": "Contacts"}}});
        for org in &world.orgs {
            org.add_field("Contacts", boss.clone()).await;
        }
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        let mut ids = Vec::new();
        for name in ["mori", "hayashi", "sato", "ito"] {
            let person = json!({"Last_Name": name, "Email": format!("{name}@both.example")});
            ids.push(tokyo.create("Contacts", person).await);
        }
        for (person, boss) in [(0, 1), (2, 3)] {
            tokyo.update("Contacts", &ids[person], json!({"Boss": {"id": ids[boss]}})).await;
        }
        let contacts = "[[integrations.both.modules]]\nleft = \"Contacts\"\nright = \"Contacts\"\nmatch = [\"Email\"]\n\
            fields = [{ left = \"Last_Name\", right = \"Last_Name\" }, { left = \"Email\", right = \"Email\" }, { left = \"Boss\", right = \"Boss\" }]\n";
        let workspace = world.set_up(&store, contacts).await;
        let hub = world.hub(&store, workspace, None).await;
        let report = agree(&hub, 60).await;
        assert_eq!((report.seen, report.added, report.updated), (4, 4, 0), "{report:?}");
        let led = london.all("Contacts", &["Boss"]).await;
        assert_eq!(led.iter().filter(|row| !row[0].is_null()).count(), 2, "{led:?}");
        hub.stop().await;
    })
    .await;
}
