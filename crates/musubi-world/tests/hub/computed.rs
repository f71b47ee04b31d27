//! What a service works out by itself can be read, and is never written; over the real connector and the sandbox by HTTP.

use crate::world::{World, agree, each_engine};
use serde_json::json;

const NUMBERED: &str = r#"
[[integrations.both.modules]]
left = "Contacts"
right = "Contacts"
match = ["Email"]
fields = [{ left = "Last_Name", right = "Last_Name" }, { left = "Email", right = "Email" }, { left = "Serial", right = "Partner_No", direction = "left_to_right" }]
"#;

// K-26
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_of_the_services_own_arrives_as_a_text_and_never_goes_back() {
    each_engine(async |store| {
        let world = World::start().await;
        let [tokyo, london] = &world.orgs[..] else { panic!("two orgs") };
        let number = json!({"prefix": "P-", "start_number": 7});
        tokyo
            .add_field(
                "Contacts",
                json!({"field_label": "Serial", "data_type": "autonumber", "auto_number": number}),
            )
            .await;
        london
            .add_field("Contacts", json!({"field_label": "Partner_No", "data_type": "text", "length": 30}))
            .await;
        tokyo.create("Contacts", json!({"Last_Name": "森", "Email": "mori@example.com"})).await;
        // Said or not, it goes one way.
        let workspace = world.set_up(&store, &NUMBERED.replace(", direction = \"left_to_right\"", "")).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        let there = tokyo.all("Contacts", &["Last_Name", "Serial"]).await;
        assert_eq!(there[0][1], json!("P-7"), "{there:?}");
        assert_eq!(london.all("Contacts", &["Last_Name", "Partner_No"]).await, there);
        let id = london.all("Contacts", &["id"]).await[0][0].as_str().unwrap().to_owned();
        london.update("Contacts", &id, json!({"Partner_No": "mine", "Last_Name": "森田"})).await;
        let report = agree(&hub, 60).await;
        assert_eq!((report.failed_total, report.held_total), (0, 0), "{report:?}");
        assert_eq!(tokyo.all("Contacts", &["Last_Name", "Serial"]).await, [[json!("森田"), json!("P-7")]]);
        hub.stop().await;
    })
    .await;
}
