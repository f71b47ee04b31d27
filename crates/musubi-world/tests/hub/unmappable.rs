//! Fields that no pair can carry are told by the plan, with the reason.

use crate::world::{World, each_engine};
use serde_json::json;

const LIST: &str =
    "fields = [{ left = \"Last_Name\", right = \"Last_Name\" }, { left = \"Email\", right = \"Email\" }]\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_names_the_fields_that_cannot_be_mapped() {
    each_engine(async |store| {
        let world = World::start().await;
        for org in &world.orgs[..2] {
            org.add_field("Leads", json!({"field_label": "Score", "data_type": "formula"})).await;
            let number = json!({"prefix": "P-", "start_number": 1});
            org.add_field("Leads", json!({"field_label": "Serial", "data_type": "autonumber", "auto_number": number})).await;
            org.add_field("Leads", json!({"field_label": "Papers", "data_type": "fileupload"})).await;
            org.add_field("Leads", json!({"field_label": "Page", "data_type": "richtext"})).await;
        }
        let modules = |fields: &str| {
            format!("[[integrations.both.modules]]\nleft = \"Leads\"\nright = \"Leads\"\nmatch = [\"Email\"]\n{fields}")
        };
        let workspace = world.set_up(&store, &modules("")).await;
        for fields in ["", LIST] {
            let idle = world.idle(&store, workspace);
            idle.apply(&world.config(&modules(fields)), true).await.unwrap();
            let plan = idle.plan("both").await.unwrap().modules.remove(0);
            let reason = |name: &str| {
                let told: Vec<_> = plan.left_out.iter().filter(|out| out.field == name).collect();
                assert!(told.len() < 2, "{name} is told once: {told:?}");
                told.first().map(|out| out.reason)
            };
            assert_eq!(reason("Score"), Some("field.read_only"), "{fields}");
            assert_eq!(reason("Serial"), Some("field.read_only"), "{fields}");
            assert_eq!(reason("Papers"), Some("field.not_syncable"), "{fields}");
            assert_eq!(reason("Data_Processing_Basis_Details"), Some("field.not_syncable"), "{fields}");
            for own in ["id", "Created_Time", "Modified_Time", "Tag", "Page", "Company"] {
                assert_eq!(reason(own), None, "{own} {fields}");
            }
        }
    })
    .await;
}
