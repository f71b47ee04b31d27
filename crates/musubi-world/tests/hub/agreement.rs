//! Two orgs are brought into agreement and kept in it, over the real connector and the sandbox by HTTP.

use crate::world::{World, agree, each_engine};
use musubi_engine::sync::JournalKind;
use serde_json::json;

const CONTACTS: &str = r#"
[[integrations.both.modules]]
left = "Contacts"
right = "Contacts"
match = ["Email"]
fields = [{ left = "Last_Name", right = "Last_Name" }, { left = "First_Name", right = "First_Name" },
  { left = "Email", right = "Email" }, { left = "Phone", right = "Phone" }, { left = "Title", right = "Title" }]
"#;

const FIELDS: [&str; 5] = ["Email", "Last_Name", "First_Name", "Phone", "Title"];

// K-4, S0-2, S0-3, S0-18, S0-19, S0-45, S0-47, S0-53, S0-57, S0-58, S1-50, S1-61, S2-18, S2-19, S2-34, AMB-5, AMB-15
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_orgs_agree_and_stay_in_agreement() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (world.orgs[0].clone(), world.orgs[1].clone());
        world.generate(0, "Contacts", 450, 1).await;
        tokyo
            .create("Contacts", json!({"Last_Name": "Mori", "Email": "mori@both.example", "Title": "CEO"}))
            .await;
        london
            .create("Contacts", json!({"Last_Name": "Mori", "Email": "Mori@both.example", "Phone": "+44 1"}))
            .await;
        london.create("Contacts", json!({"Last_Name": "Only London", "Email": "london@only.example"})).await;

        let workspace = world.set_up(&store, CONTACTS).await;
        let hub = world.hub(&store, workspace, None).await;
        let report = agree(&hub, 60).await;
        assert_eq!(report.links, 452, "{report:?}");
        assert_eq!((report.added, report.held_total, report.failed_total), (451, 0, 0), "{report:?}");
        let same = async || {
            let (left, right) = (tokyo.all("Contacts", &FIELDS).await, london.all("Contacts", &FIELDS).await);
            assert_eq!(left.len(), 452);
            assert_eq!(left, right);
        };
        same().await;

        // Edits on both sides, of different records and of different fields of one record.
        let left = tokyo.all("Contacts", &["Email", "id"]).await;
        let right = london.all("Contacts", &["Email", "id"]).await;
        let id = |rows: &[Vec<serde_json::Value>], at: usize| rows[at][1].as_str().unwrap().to_owned();
        tokyo.update("Contacts", &id(&left, 3), json!({"Title": "Manager", "Phone": null})).await;
        london.update("Contacts", &id(&right, 7), json!({"Last_Name": "森", "Phone": "123"})).await;
        tokyo.update("Contacts", &id(&left, 9), json!({"Title": "Left"})).await;
        london.update("Contacts", &id(&right, 9), json!({"First_Name": "Right"})).await;
        let report = agree(&hub, 60).await;
        assert_eq!(report.added, 0, "{report:?}");
        same().await;

        // A deletion unties; the other record stays and is not made again.
        tokyo.delete("Contacts", &id(&left, 20)).await;
        until_untied(&hub).await;
        agree(&hub, 60).await;
        assert_eq!(tokyo.all("Contacts", &["Email"]).await.len(), 451);
        assert_eq!(london.all("Contacts", &["Email"]).await.len(), 452);

        // At rest nothing is written.
        let quiet = agree(&hub, 60).await;
        assert_eq!((quiet.added, quiet.updated), (0, 0), "{quiet:?}");
        let history = hub.history("both", &Default::default()).await.unwrap();
        assert!(history.iter().any(|entry| entry.kind == JournalKind::Untied), "{history:?}");
        hub.stop().await;
        assert!(store.leases().await.unwrap().iter().all(|lease| lease.until == 0));
    })
    .await;
}

async fn until_untied(hub: &musubi_engine::Hub) {
    crate::world::until("the deletion is seen", 20, async || {
        let history = hub.history("both", &Default::default()).await.expect("the store answers");
        history.iter().any(|entry| entry.kind == JournalKind::Untied)
    })
    .await;
}
