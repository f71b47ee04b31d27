//! What a run tells of its records, over the real connector and the sandbox by HTTP.

use crate::world::{World, agree, each_engine, until};
use musubi_core::Side;
use musubi_engine::sync::RunKind;
use musubi_engine::{FailureFilter, Retry};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const CONTACTS: &str = r#"
[[integrations.both.modules]]
left = "Contacts"
right = "Contacts"
match = ["Email"]
direction = "left_to_right"
fields = [{ left = "Last_Name", right = "Last_Name" }, { left = "Email", right = "Email" }, { left = "Title", right = "Title" },
  { left = "Member_Number", right = "Member_Number" }]
"#;

fn person(name: &str, title: &str, number: Value) -> Value {
    json!({"Last_Name": name, "Email": format!("{name}@totals.example"), "Title": title, "Member_Number": number})
}

// K-7: what was added, updated, skipped and failed, each record once; and what failed is tried again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_tells_what_was_added_updated_skipped_and_failed() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        let unique = json!({"field_label": "Member Number", "data_type": "text", "length": 40, "unique": {"casesensitive": false}});
        for org in [tokyo, london] {
            org.add_field("Contacts", unique.clone()).await;
        }
        london.create("Contacts", person("same", "Owner", Value::Null)).await;
        london.create("Contacts", person("differs", "", Value::Null)).await;
        let taken = london.create("Contacts", person("stays", "Owner", json!("7"))).await;
        tokyo.create("Contacts", person("same", "Owner", Value::Null)).await;
        tokyo.create("Contacts", person("differs", "Owner", Value::Null)).await;
        for name in ["new", "newer"] {
            tokyo.create("Contacts", person(name, "Owner", Value::Null)).await;
        }
        tokyo.create("Contacts", person("refused", "Owner", json!("7"))).await;
        let workspace = world.set_up(&store, CONTACTS).await;
        let hub = world.hub(&store, workspace, None).await;
        let report = agree(&hub, 60).await;
        assert_eq!((report.seen, report.added, report.updated), (6, 2, 1), "{report:?}");
        assert_eq!((report.skipped_total, report.failed_total), (2, 1), "{report:?}");
        let runs = async || hub.runs("both", None, None, 50).await.unwrap();
        let all = runs().await;
        let updates = all.iter().flat_map(|run| &run.outcomes).filter(|one| one.outcome == "updated");
        let updates: u64 = updates.map(|one| one.count).sum();
        assert_eq!(updates, 1, "in one of the runs");
        let load = async || {
            runs().await.into_iter().find(|run| run.kind == RunKind::FirstLoad).unwrap()
        };
        let run = load().await;
        let mut told: BTreeMap<(&str, &str), u64> =
            run.outcomes.iter().map(|one| ((one.outcome.as_str(), one.reason.as_str()), one.count)).collect();
        assert_eq!(run.seen, told.values().sum::<u64>());
        // The pair that differs is written to at the end of the load, or in the run that follows.
        let updated = told.remove(&("updated", "right")).unwrap_or_default();
        let due = BTreeMap::from([
            (("added", "right"), 2),
            (("linked", ""), 2 - updated),
            (("skipped", "direction"), 1),
            (("failed", "duplicate.refused"), 1),
        ]);
        assert_eq!(told, due, "{run:?}");
        assert_eq!((run.written.right.added, run.written.right.updated), (2, updated));
        assert_eq!(run.written.left, Default::default());

        // What failed is tried again by a person, and has one outcome all the same.
        london.update("Contacts", &taken, json!({"Member_Number": "8"})).await;
        assert_eq!(hub.retry("both", Retry::All).await.unwrap().retried, 1);
        until("it is carried over", 30, async || london.all("Contacts", &["id"]).await.len() == 6).await;
        agree(&hub, 60).await;
        assert!(hub.failures("both", &FailureFilter::default()).await.unwrap().is_empty());
        let added = hub.history("both", &musubi_engine::HistoryFilter::default()).await.unwrap();
        let made = |entry: &&musubi_engine::report::HistoryEntry| {
            entry.kind == musubi_engine::sync::JournalKind::Created && entry.side == Side::Right
        };
        assert_eq!(added.iter().filter(made).count(), 3, "{added:?}");
        hub.stop().await;
    })
    .await;
}
