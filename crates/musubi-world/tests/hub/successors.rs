//! Records that something else took the place of: merged duplicates and converted leads, over the real connector and the sandbox by HTTP.
#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

use crate::world::{Org, World, agree, each_engine, until};
use musubi_core::Side;
use musubi_engine::report::HistoryEntry;
use musubi_engine::sync::JournalKind;
use musubi_engine::{FailureFilter, HistoryFilter, Hub};
use serde_json::{Value, json};

fn pair(module: &str, name: &str, more: &str) -> String {
    format!(
        "[[integrations.both.modules]]\nleft = \"{module}\"\nright = \"{module}\"\nmatch = [\"{name}\"]\n{more}\n\
         fields = [{{ left = \"{name}\", right = \"{name}\" }}, {{ left = \"Email\", right = \"Email\" }}, \
         {{ left = \"Phone\", right = \"Phone\" }}]\n"
    )
}

async fn find(org: &Org, module: &str, name: &str) -> Option<String> {
    let rows = org.all(module, &["Last_Name", "id"]).await;
    rows.iter().find(|row| row[0] == name).map(|row| row[1].as_str().unwrap().to_owned())
}

/// Why the record stands as it does.
async fn why(hub: &Hub, module: &str, side: Side, id: &str) -> Vec<String> {
    let told = hub.explain("both", module, side, id).await.unwrap();
    told.reasons.into_iter().map(|reason| reason.code).collect()
}

/// Waits until it is told.
async fn told(hub: &Hub, kind: JournalKind) -> HistoryEntry {
    let mut found = None;
    until("it is told", 30, async || {
        let filter = HistoryFilter { limit: 100, ..HistoryFilter::default() };
        found = hub.history("both", &filter).await.unwrap().into_iter().find(|entry| entry.kind == kind);
        found.is_some()
    })
    .await;
    found.unwrap()
}

async fn held(hub: &Hub, code: &str) -> Vec<musubi_engine::report::Failure> {
    let filter = FailureFilter { code: Some(code.to_owned()), ..FailureFilter::default() };
    let mut items = Vec::new();
    until("it waits for a person", 30, async || {
        items = hub.failures("both", &filter).await.unwrap();
        !items.is_empty()
    })
    .await;
    items
}

async fn merge(org: &Org, master: &str, other: &str) {
    let wish = json!({"merge": [{"data": [{"id": other, "_fields": [{"api_name": "Phone"}]}]}]});
    let answer = org.call("POST", &format!("Contacts/{master}/actions/merge"), wish).await;
    assert_eq!(answer["merge"][0]["code"], "SUCCESS", "{answer}");
}

// K-22, C-6
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_counterpart_of_a_merged_record_is_never_deleted_and_a_person_is_asked() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        for (name, phone) in [("mori", "1"), ("Mori K.", "2"), ("gone", "3")] {
            tokyo.create("Contacts", json!({"Last_Name": name, "Phone": phone})).await;
        }
        let workspace = world.set_up(&store, &pair("Contacts", "Last_Name", "deletion = \"delete\"")).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        let id = async |org: &Org, name: &str| find(org, "Contacts", name).await.unwrap();
        let (master, other) = (id(tokyo, "mori").await, id(tokyo, "Mori K.").await);
        let counterpart = id(london, "Mori K.").await;
        merge(tokyo, &master, &other).await;
        let entry = told(&hub, JournalKind::Merged).await;
        assert_eq!((entry.left_id.as_ref(), entry.right_id.as_ref()), (Some(&other), Some(&counterpart)));
        assert_eq!((entry.became[0].module.as_str(), &entry.became[0].id), ("Contacts", &master));
        let items = held(&hub, "merge.counterpart").await;
        assert_eq!(items.len(), 1);
        assert_eq!(why(&hub, "Contacts", Side::Left, &other).await, ["merge.counterpart"]);
        // What was deleted is deleted as ever; what the master took over goes to its own counterpart.
        let gone = id(tokyo, "gone").await;
        tokyo.delete("Contacts", &gone).await;
        until("the deletion is carried over", 30, async || find(london, "Contacts", "gone").await.is_none())
            .await;
        let phone = async |org: &Org, id: &str| {
            org.call("GET", &format!("Contacts/{id}"), Value::Null).await["data"][0]["Phone"].clone()
        };
        let twin = id(london, "mori").await;
        until("the value arrives", 30, async || phone(london, &twin).await == "2").await;
        // Nothing is made again, whatever is compared, and the counterpart stays.
        london.update("Contacts", &counterpart, json!({"Phone": "9"})).await;
        hub.full_pass("both").await.unwrap();
        agree(&hub, 60).await;
        assert_eq!(tokyo.all("Contacts", &["Last_Name"]).await.len(), 1);
        assert_eq!(phone(london, &counterpart).await, "9");
        // When it is merged on the other side as well, nobody is asked any more.
        merge(london, &twin, &counterpart).await;
        until("it is settled", 30, async || {
            hub.failures("both", &FailureFilter::default()).await.unwrap().is_empty()
        })
        .await;
        agree(&hub, 60).await;
        assert_eq!(london.all("Contacts", &["Last_Name"]).await.len(), 1);
        hub.stop().await;
    })
    .await;
}

// K-22
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_merged_record_that_is_restored_is_one_of_its_pair_again() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        let master = tokyo.create("Contacts", json!({"Last_Name": "mori"})).await;
        let other = tokyo.create("Contacts", json!({"Last_Name": "Mori K.", "Phone": "2"})).await;
        let workspace = world.set_up(&store, &pair("Contacts", "Last_Name", "")).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        merge(tokyo, &master, &other).await;
        held(&hub, "merge.counterpart").await;
        tokio::time::sleep(std::time::Duration::from_millis(2_500)).await;
        tokyo.call("POST", &format!("settings/recycle_bin/{other}/actions/restore"), Value::Null).await;
        tokyo.update("Contacts", &other, json!({"Phone": "77"})).await;
        told(&hub, JournalKind::Revived).await;
        agree(&hub, 60).await;
        assert_eq!(hub.failures("both", &FailureFilter::default()).await.unwrap(), Vec::new());
        let rows = london.all("Contacts", &["Last_Name", "Phone"]).await;
        assert!(rows.contains(&vec![json!("Mori K."), json!("77")]), "{rows:?}");
        hub.stop().await;
    })
    .await;
}

// K-22
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_takes_a_merged_pair_apart_keeps_both_and_is_told_why_they_are_none() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        let master = tokyo.create("Contacts", json!({"Last_Name": "mori"})).await;
        let other = tokyo.create("Contacts", json!({"Last_Name": "Mori K."})).await;
        let workspace = world.set_up(&store, &pair("Contacts", "Last_Name", "")).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        let counterpart = find(london, "Contacts", "Mori K.").await.unwrap();
        merge(tokyo, &master, &other).await;
        held(&hub, "merge.counterpart").await;
        let apart = hub.unlink("both", "Contacts", &other, "Ann").await.unwrap();
        let answered = hub.answered("both", &[apart.id], std::time::Duration::from_secs(20)).await.unwrap();
        assert_eq!(answered[0].code.as_deref(), Some("unlink.done"), "{answered:?}");
        agree(&hub, 60).await;
        assert_eq!(why(&hub, "Contacts", Side::Left, &other).await, ["explain.merged"]);
        assert_eq!(why(&hub, "Contacts", Side::Right, &counterpart).await, ["explain.other_merged"]);
        assert_eq!(london.all("Contacts", &["Last_Name"]).await.len(), 2);
        hub.stop().await;
    })
    .await;
}

// K-22, C-16, X-83
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_converted_lead_is_told_as_such_and_its_counterpart_stays() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        for name in ["mori", "sato"] {
            tokyo.create("Leads", json!({"Last_Name": name, "Company": "Acme", "Phone": "1"})).await;
        }
        // One that was converted before is no lead any more.
        let early = tokyo.create("Leads", json!({"Last_Name": "early", "Company": "Acme"})).await;
        let convert = async |id: &str| {
            let answer =
                tokyo.call("POST", &format!("Leads/{id}/actions/convert"), json!({"data": [{}]})).await;
            let contact = answer["data"][0]["details"]["Contacts"]["id"].as_str();
            contact.unwrap_or_else(|| panic!("{answer}")).to_owned()
        };
        convert(&early).await;
        let workspace = world.set_up(&store, &pair("Leads", "Last_Name", "deletion = \"delete\"")).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        assert_eq!(london.all("Leads", &["Last_Name"]).await.len(), 2);
        let lead = find(tokyo, "Leads", "mori").await.unwrap();
        let contact = convert(&lead).await;
        let entry = told(&hub, JournalKind::Converted).await;
        assert_eq!(entry.left_id.as_ref(), Some(&lead));
        let became: Vec<_> = entry.became.iter().map(|one| one.module.as_str()).collect();
        assert_eq!((became, &entry.became[0].id), (vec!["Contacts", "Accounts"], &contact));
        // Its counterpart stays, is left alone, and nothing is made again.
        let other = find(london, "Leads", "mori").await.unwrap();
        assert_eq!(why(&hub, "Leads", Side::Left, &lead).await, ["explain.converted"]);
        assert_eq!(why(&hub, "Leads", Side::Right, &other).await, ["explain.other_converted"]);
        london.update("Leads", &other, json!({"Phone": "9"})).await;
        hub.full_pass("both").await.unwrap();
        agree(&hub, 60).await;
        assert_eq!(london.all("Leads", &["Last_Name"]).await.len(), 2);
        assert_eq!(tokyo.all("Leads", &["Last_Name"]).await, [[json!("sato")]]);
        assert_eq!(hub.failures("both", &FailureFilter::default()).await.unwrap(), Vec::new());
        // On request a person is asked.
        let asks = pair("Leads", "Last_Name", "deletion = \"delete\"\nconverted = \"hold\"");
        hub.apply(&world.config(&asks), true).await.unwrap();
        convert(&find(tokyo, "Leads", "sato").await.unwrap()).await;
        held(&hub, "lead.converted").await;
        assert!(find(london, "Leads", "sato").await.is_some());
        hub.stop().await;
    })
    .await;
}

// K-22
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lead_that_was_converted_stays_so_although_the_service_shows_it_to_who_asks_by_id() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        let lead = tokyo.create("Leads", json!({"Last_Name": "mori", "Company": "Acme", "Phone": "1"})).await;
        let workspace = world.set_up(&store, &pair("Leads", "Last_Name", "")).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        hub.stop().await;
        // Converted while nobody looks, and the counterpart changed after that: what that leads to is a write to the lead, and a reading by its id.
        tokyo.call("POST", &format!("Leads/{lead}/actions/convert"), json!({"data": [{}]})).await;
        tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
        let other = find(london, "Leads", "mori").await.unwrap();
        london.update("Leads", &other, json!({"Phone": "9"})).await;
        let hub = world.hub(&store, workspace, None).await;
        told(&hub, JournalKind::Converted).await;
        // Longer than a list may lag.
        tokio::time::sleep(std::time::Duration::from_secs(4)).await;
        agree(&hub, 60).await;
        let history = hub.history("both", &HistoryFilter::default()).await.unwrap();
        assert!(history.iter().all(|entry| entry.kind != JournalKind::Revived), "{history:?}");
        assert_eq!(why(&hub, "Leads", Side::Left, &lead).await, ["explain.converted"]);
        assert_eq!(hub.failures("both", &FailureFilter::default()).await.unwrap(), Vec::new());
        hub.stop().await;
    })
    .await;
}
