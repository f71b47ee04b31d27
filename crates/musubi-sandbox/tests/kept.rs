//! What a restart with `--data` brings back besides plain records.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod harness;

use harness::Harness;
use musubi_sandbox::{Dataset, Options, Sandbox};
use serde_json::{Value, json};

async fn id_of(h: &Harness, module: &str, record: Value) -> String {
    let answer = h.call("POST", &format!("/crm/v8/{module}"), json!({"data": [record]})).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.body["data"][0]["details"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn rows_files_relations_users_and_pipelines_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let start = async || {
        let options = Options {
            listen: "127.0.0.1:0".parse().unwrap(),
            data: Some(folder.path().to_owned()),
            dataset: Dataset::Empty,
            seed: 3,
        };
        Harness::around(Sandbox::start(options).await.unwrap()).await
    };
    let h = start().await;
    let subform = json!({"fields": [{"field_label": "Visits", "data_type": "subform", "subform": {"fields": [{"field_label": "Place", "data_type": "text"}]}}]});
    h.call("POST", "/crm/v8/settings/fields?module=Contacts", subform).await;
    let contact = id_of(&h, "Contacts", json!({"Last_Name": "A", "Visits": [{"Place": "Kyoto"}]})).await;
    let product = id_of(&h, "Products", json!({"Product_Name": "P"})).await;
    h.call("PUT", &format!("/crm/v8/Contacts/{contact}/Products/{product}"), Value::Null).await;
    let photo = b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\nPNG\r\n--b--\r\n";
    let form = [("content-type", "multipart/form-data; boundary=b")];
    h.send("POST", &format!("/crm/v8/Contacts/{contact}/photo"), &form, photo.to_vec()).await;
    let users = h.call("GET", "/crm/v8/users?type=ActiveUsers", Value::Null).await;
    let user = users.body["users"][2]["id"].as_str().unwrap().to_owned();
    h.call("DELETE", &format!("/crm/v8/users/{user}"), Value::Null).await;
    let layouts = h.call("GET", "/crm/v8/settings/layouts?module=Deals", Value::Null).await;
    let pipelines =
        format!("/crm/v8/settings/pipeline?layout_id={}", layouts.body["layouts"][0]["id"].as_str().unwrap());
    let shown = h.call("GET", &pipelines, Value::Null).await;
    let stage = &shown.body["pipeline"][0]["maps"][0]["id"];
    h.call("POST", &pipelines, json!({"pipeline": [{"display_value": "Second", "maps": [{"id": stage}]}]}))
        .await;
    let targets = [
        format!("/crm/v8/Contacts/{contact}"),
        format!("/crm/v8/Contacts/{contact}/Products?fields=Product_Name"),
        format!("/crm/v8/Contacts/{contact}/photo"),
        "/crm/v8/users?type=DeletedUsers".to_owned(),
        "/crm/v8/settings/fields?module=Visits".to_owned(),
        "/crm/v8/settings/fields?module=Deals".to_owned(),
        pipelines,
    ];
    let mut before = Vec::new();
    for target in &targets {
        let answer = h.call("GET", target, Value::Null).await;
        assert_eq!(answer.status, 200, "{target}");
        before.push(answer.bytes);
    }
    h.sandbox.stop().await;
    let h = start().await;
    for (target, before) in targets.iter().zip(before) {
        let after = h.call("GET", target, Value::Null).await;
        assert_eq!(String::from_utf8_lossy(&after.bytes), String::from_utf8_lossy(&before), "{target}");
    }
    let more = json!({"data": [{"Visits": [{"Place": "Nara"}]}]});
    assert_eq!(h.call("PUT", &format!("/crm/v8/Contacts/{contact}"), more).await.status, 200);
}
