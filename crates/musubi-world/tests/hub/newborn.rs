//! A record whose fields could not all go along when its counterpart was made: what the service puts there by itself is nobody's word against them.
//! Over the real connector and the sandbox by HTTP.

use crate::world::{World, agree, each_engine};
use musubi_engine::FailureFilter;
use serde_json::{Value, json};
use std::time::Duration;

/// Reorder_Level is 0 in every new product, whoever makes it.
fn products(policy: &str) -> String {
    format!(
        r#"
[[integrations.both.modules]]
left = "Products"
right = "Products"
match = ["Product_Name"]
{policy}
fields = [{{ left = "Product_Name", right = "Product_Name" }}, {{ left = "Remark", right = "Reorder_Level" }}, {{ left = "Amount", right = "Qty_in_Stock" }}]
"#
    )
}

const POLICIES: [&str; 6] = [
    "conflict = \"latest\"",
    "conflict = \"right\"",
    "conflict = \"hold\"",
    "conflict = \"skip\"",
    "initial = \"right\"",
    "initial = \"latest\"",
];

// AMB-22: nobody but the service wrote the other value.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_services_default_does_not_win_against_a_value_that_could_not_go_along() {
    for policy in POLICIES {
        each_engine(async |store| {
            let world = World::start().await;
            let [tokyo, london] = &world.orgs[..] else { panic!("two orgs") };
            for name in ["Remark", "Amount"] {
                let text = json!({"field_label": name, "data_type": "text", "length": 30});
                tokyo.add_field("Products", text).await;
            }
            // Of the first, the text is no number. The second is one that the service refuses.
            let (word, huge) = (json!("abc"), json!("99999999999999999999"));
            tokyo.create("Products", json!({"Product_Name": "word", "Remark": word, "Amount": "5"})).await;
            tokyo.create("Products", json!({"Product_Name": "huge", "Remark": "7", "Amount": huge})).await;
            tokio::time::sleep(Duration::from_millis(1_100)).await;
            let workspace = world.set_up(&store, &products(policy)).await;
            let hub = world.hub(&store, workspace, None).await;
            let report = agree(&hub, 60).await;
            let left = async || rows(tokyo.all("Products", &["Product_Name", "Remark", "Amount"]).await);
            let right = async || {
                rows(london.all("Products", &["Product_Name", "Reorder_Level", "Qty_in_Stock"]).await)
            };
            let before = [json!(["huge", "7", huge]), json!(["word", word, "5"])];
            assert_eq!(left().await, before, "{policy}");
            let there = right().await;
            assert_eq!(
                there.len(),
                2,
                "{policy}: {report:?} {:?}",
                hub.failures("both", &FailureFilter::default()).await
            );
            assert_eq!((&there[0][1], &there[1][2]), (&json!(7), &json!(5)), "{policy}: {there:?}");
            let mut codes: Vec<String> = hub
                .failures("both", &FailureFilter::default())
                .await
                .unwrap()
                .into_iter()
                .map(|failure| failure.code)
                .collect();
            codes.sort();
            assert_eq!(codes, ["value.not_convertible", "value.refused"], "{policy}");
            // Once it can go, it goes.
            let id = tokyo.all("Products", &["Product_Name", "id"]).await;
            let id = id.iter().find(|row| row[0] == "word").unwrap()[1].as_str().unwrap();
            tokyo.update("Products", id, json!({"Remark": "9"})).await;
            agree(&hub, 60).await;
            assert_eq!(right().await[1][1], json!(9), "{policy}");
            assert_eq!(left().await[1], json!(["word", "9", "5"]), "{policy}");
            hub.stop().await;
        })
        .await;
    }
}

fn rows(rows: Vec<Vec<Value>>) -> Vec<Value> {
    let mut rows: Vec<Value> = rows.into_iter().map(Value::from).collect();
    rows.sort_by_key(|row| row[0].as_str().map(str::to_owned));
    rows
}
