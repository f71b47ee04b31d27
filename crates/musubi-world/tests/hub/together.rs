//! A company and its people are deleted in one go, over the real connector and the sandbox by HTTP.

use crate::world::{Org, World, agree, each_engine, until};
use musubi_engine::HistoryFilter;
use musubi_engine::sync::JournalKind;
use serde_json::{Value, json};

const FAMILY: &str = r#"
[[integrations.both.modules]]
left = "Accounts"
right = "Accounts"
match = ["Account_Name"]
deletion = "delete"
fields = [{ left = "Account_Name", right = "Account_Name" }]

[[integrations.both.modules]]
left = "Contacts"
right = "Contacts"
match = ["Email"]
deletion = "delete"
fields = [
  { left = "Last_Name", right = "Last_Name" },
  { left = "Email", right = "Email" },
  { left = "Account_Name", right = "Account_Name" },
]
"#;

async fn names(org: &Org, module: &str, field: &str) -> Vec<Value> {
    let rows = org.all(module, &[field]).await;
    rows.into_iter().map(|row| row[0].clone()).collect()
}

/// A service empties the lookups to what is deleted: that is nobody's edit, which would keep the record.
// S1-59, K-6, C-15
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_lost_the_company_to_our_own_deletion_was_not_edited() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        let company = tokyo.create("Accounts", json!({"Account_Name": "森商事"})).await;
        let person =
            json!({"Last_Name": "森", "Email": "mori@both.example", "Account_Name": {"id": company}});
        let person = tokyo.create("Contacts", person).await;
        let workspace = world.set_up(&store, FAMILY).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        // Of the two deletions the company's is carried over first.
        hub.pause_module("both", "Contacts").await.unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
        tokyo.delete("Contacts", &person).await;
        tokyo.delete("Accounts", &company).await;
        until("the company is deleted", 30, async || {
            names(london, "Accounts", "Account_Name").await.is_empty()
        })
        .await;
        let left = london.all("Contacts", &["Last_Name", "Account_Name"]).await;
        assert_eq!(left, [[json!("森"), Value::Null]], "the service has emptied the lookup");
        hub.resume_module("both", "Contacts").await.unwrap();
        until("the person is deleted", 30, async || names(london, "Contacts", "Last_Name").await.is_empty())
            .await;
        agree(&hub, 60).await;
        let entries =
            hub.history("both", &HistoryFilter { limit: 100, ..HistoryFilter::default() }).await.unwrap();
        let kinds: Vec<_> = entries.iter().map(|entry| entry.kind).collect();
        assert_eq!(kinds.iter().filter(|kind| **kind == JournalKind::Deleted).count(), 2, "{kinds:?}");
        assert!(!kinds.contains(&JournalKind::UntiedEdited), "{kinds:?}");
        hub.stop().await;
    })
    .await;
}
