//! What the pages of a service demand of new records, though its list of fields says nothing of it.

use crate::world::{World, agree, each_engine};
use musubi_engine::FailureFilter;
use serde_json::{Value, json};

/// Contacts with the name, the address, and these.
fn contacts(direction: &str, more: &str) -> String {
    format!(
        "[[integrations.both.modules]]\nleft = \"Contacts\"\nright = \"Contacts\"\nmatch = [\"Email\"]\ndirection = \"{direction}\"\n\
         fields = [{{ left = \"Last_Name\", right = \"Last_Name\" }}, {{ left = \"Email\", right = \"Email\" }}{more}]\n"
    )
}

const DEPARTMENT: &str = ", { left = \"Department\", right = \"Department\" }";
const DEMANDED: &str = "both: the pages of Contacts on the right demand custom fields that nothing fills, and without them no record can be made there: Rank";

// S2-30, AMB-26
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_page_demands_blocks_if_it_is_the_services_and_is_told_if_it_is_the_orgs_own() {
    each_engine(async |store| {
        let world = World::start().await;
        let london = &world.orgs[1];
        london.add_field("Contacts", json!({"field_label": "Rank", "data_type": "text", "length": 20})).await;
        london.require("Contacts", "Rank").await;
        london.require("Contacts", "Department").await;
        let workspace = world.set_up(&store, &contacts("left_to_right", "")).await;
        let idle = world.idle(&store, workspace);
        let error = idle.apply(&world.config(&contacts("both", "")), false).await.unwrap_err();
        assert_eq!(error.code, "mapping.mandatory_unfilled", "{error:?}");
        assert!(error.message.ends_with("demands fields that nothing fills: Department"), "{error:?}");
        let preview = idle.preview(&world.config(&contacts("both", "")).integrations["both"]).await.unwrap();
        assert_eq!(preview[0].required_missing.right, ["Department"]);
        let told = idle.apply(&world.config(&contacts("both", DEPARTMENT)), false).await.unwrap();
        assert!(told.warnings.iter().any(|warning| warning == DEMANDED), "{told:?}");
        // Nothing is made there, so nothing is demanded.
        let told = idle.apply(&world.config(&contacts("right_to_left", "")), false).await.unwrap();
        assert!(told.warnings.iter().all(|warning| !warning.contains("demand")), "{told:?}");

        // Without leave to see the pages the rest goes on.
        for (code, status, fields) in [("NO_PERMISSION", 403, ""), ("OAUTH_SCOPE_MISMATCH", 401, DEPARTMENT)] {
            let refusal = json!({"endpoint": "GET /crm/v8/settings/layouts", "kind": "status", "status": status, "code": code});
            world.control("faults", refusal).await;
            let idle = world.idle(&store, workspace);
            let told = idle.apply(&world.config(&contacts("both", fields)), false).await.unwrap();
            assert!(told.warnings.iter().all(|warning| !warning.contains("demand")), "{told:?}");
            world.clear_faults().await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_somebody_has_a_page_demand_later_stops_no_module_that_runs() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        let person = |name: &str| json!({"Last_Name": name, "Email": format!("{name}@both.example")});
        let hana = tokyo.create("Contacts", person("hana")).await;
        let workspace = world.set_up(&store, &contacts("both", "")).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        hub.stop().await;
        london.require("Contacts", "Department").await;
        let hub = world.hub(&store, workspace, None).await;
        let refused = tokyo.create("Contacts", person("jiro")).await;
        tokyo.update("Contacts", &hana, json!({"Last_Name": "hana2"})).await;
        agree(&hub, 60).await;
        assert_eq!(london.all("Contacts", &["Last_Name"]).await, [[Value::from("hana2")]]);
        let open = hub.failures("both", &FailureFilter::default()).await.unwrap();
        let open: Vec<_> = open.iter().map(|one| (one.code.as_str(), one.left_id.as_ref())).collect();
        assert_eq!(open, [("mandatory.refused", Some(&refused))]);
        hub.stop().await;
    })
    .await;
}
