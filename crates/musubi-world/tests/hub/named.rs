//! What values point to goes by the name that people know, wherever a person reads values; over the real connector and the sandbox by HTTP.
#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

use crate::world::{Org, World, agree, each_engine, pause, until};
use musubi_engine::sync::JournalKind;
use musubi_engine::undo::{UndoOf, Writes};
use musubi_engine::{FailureFilter, HistoryFilter};
use serde_json::{Value, json};

const MODULES: &str = r#"
[[integrations.both.modules]]
left = "Accounts"
right = "Accounts"
match = ["Account_Name"]
fields = [{ left = "Account_Name", right = "Account_Name" }]
[[integrations.both.modules]]
left = "Contacts"
right = "Contacts"
match = ["Email"]
fields = [
  { left = "Last_Name", right = "Last_Name" }, { left = "Email", right = "Email" },
  { left = "Account_Name", right = "Account_Name", conflict = "hold" },
]
"#;

async fn account(org: &Org, name: &str) -> String {
    let rows = org.all("Accounts", &["Account_Name", "id"]).await;
    let found = rows.iter().find(|row| row[0] == name).unwrap_or_else(|| panic!("no {name}: {rows:?}"));
    found[1].as_str().unwrap().to_owned()
}

async fn person(org: &Org) -> String {
    org.all("Contacts", &["id"]).await[0][0].as_str().unwrap().to_owned()
}

async fn work_for(org: &Org, name: &str) {
    let id = account(org, name).await;
    org.update("Contacts", &person(org).await, json!({"Account_Name": {"id": id}})).await;
}

/// A value that points to the account of this name.
async fn pointing(org: &Org, name: &str) -> Value {
    json!({"id": account(org, name).await, "name": name})
}

// K-20, K-23, S1-79
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_value_points_to_is_named_in_the_plan_the_history_a_conflict_and_an_undo() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        for org in &world.orgs {
            for name in ["三陸海運", "Harbour & Sons", "Acme"] {
                org.create("Accounts", json!({"Account_Name": name})).await;
            }
            org.create("Contacts", json!({"Last_Name": "Mori", "Email": "mori@x.example"})).await;
        }
        work_for(tokyo, "三陸海運").await;
        work_for(london, "Acme").await;
        let workspace = world.set_up(&store, MODULES).await;
        let idle = world.idle(&store, workspace);
        let plan = idle.plan("both").await.unwrap();
        let contacts = plan.modules.iter().find(|module| module.left == "Contacts").unwrap();
        let changes = contacts.operations.iter().flat_map(|operation| &operation.fields);
        let fields: Vec<_> = changes.filter(|field| field.field == "Account_Name").collect();
        // At the first meeting nobody decided yet: what differs is held.
        assert_eq!(fields.len(), 0, "{fields:?}");
        let listed = MODULES
            .replace(", conflict = \"hold\"", "")
            .replace("match = [\"Email\"]", "match = [\"Email\"]\ninitial = \"left\"");
        idle.apply(&world.config(&listed), true).await.unwrap();
        let plan = idle.plan("both").await.unwrap();
        let contacts = plan.modules.iter().find(|module| module.left == "Contacts").unwrap();
        let changes = contacts.operations.iter().flat_map(|operation| &operation.fields);
        let fields: Vec<_> = changes.filter(|field| field.field == "Account_Name").collect();
        let [field] = fields[..] else { panic!("{fields:?}") };
        assert_eq!(field.before, Some(pointing(london, "Acme").await));
        assert_eq!(field.after, Some(pointing(london, "三陸海運").await));

        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        let written = async || {
            let filter = HistoryFilter { module: Some("Contacts".into()), ..HistoryFilter::default() };
            let mut entries = hub.history("both", &filter).await.unwrap();
            entries.retain(|entry| entry.kind == JournalKind::Updated);
            entries
        };
        assert_eq!(written().await[0].changes[0].after, pointing(london, "三陸海運").await);
        work_for(tokyo, "Harbour & Sons").await;
        until("it is written", 30, async || written().await.len() == 2).await;
        let change = &written().await[0].changes[0];
        assert_eq!(change.before, Some(pointing(london, "三陸海運").await));
        assert_eq!(change.after, pointing(london, "Harbour & Sons").await);
        agree(&hub, 60).await;

        let writes = Writes::Record(person(tokyo).await);
        let undo = hub.undo_plan("both", &UndoOf { module: None, writes }).await.unwrap();
        let field = undo.items[0].fields.iter().find(|field| field.code == "undo.ready").unwrap();
        assert_eq!(field.now, pointing(london, "Harbour & Sons").await, "{undo:?}");
        assert_eq!(field.back, pointing(london, "Acme").await, "what london held at first");

        hub.apply(&world.config(MODULES), true).await.unwrap();
        agree(&hub, 60).await;
        pause(&hub, "both").await;
        work_for(tokyo, "三陸海運").await;
        work_for(london, "Acme").await;
        hub.resume("both").await.unwrap();
        let held = async || hub.failures("both", &FailureFilter::default()).await.unwrap();
        until("it is held", 30, async || !held().await.is_empty()).await;
        let conflict = held().await[0].conflict.clone().unwrap();
        assert_eq!(conflict.left.value, pointing(tokyo, "三陸海運").await);
        assert_eq!(conflict.right.value, pointing(london, "Acme").await);
        assert_eq!(conflict.left.base, pointing(tokyo, "Harbour & Sons").await);
        hub.stop().await;
    })
    .await;
}
