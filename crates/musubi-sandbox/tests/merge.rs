//! Merging of duplicates over real HTTP: what stays, what goes, and what tells of it.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod harness;

use harness::Harness;
use musubi_sandbox::Dataset;
use serde_json::{Value, json};

async fn made(h: &Harness, module: &str, record: Value) -> String {
    let answer = h.call("POST", &format!("/crm/v8/{module}"), json!({"data": [record]})).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.body["data"][0]["details"]["id"].as_str().unwrap().to_owned()
}

async fn read(h: &Harness, module: &str, id: &str) -> Value {
    h.call("GET", &format!("/crm/v8/{module}/{id}"), Value::Null).await.body["data"][0].clone()
}

async fn timeline(h: &Harness, module: &str, id: &str) -> Vec<String> {
    let answer = h.call("GET", &format!("/crm/v8/{module}/{id}/__timeline"), Value::Null).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let entries = answer.body["__timeline"].as_array().unwrap();
    entries.iter().map(|entry| entry["action"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_master_takes_values_and_what_hung_on_the_others_and_they_look_deleted() {
    let h = Harness::start(Dataset::Empty).await;
    let master = made(&h, "Accounts", json!({"Account_Name": "Acme"})).await;
    let other = made(&h, "Accounts", json!({"Account_Name": "ACME Ltd", "Phone": "03-1"})).await;
    let contact = made(&h, "Contacts", json!({"Last_Name": "Mori", "Account_Name": {"id": other}})).await;
    let task =
        made(&h, "Tasks", json!({"Subject": "Call", "What_Id": {"id": other}, "$se_module": "Accounts"}))
            .await;
    assert_eq!(timeline(&h, "Accounts", &master).await, ["added"]);
    let wish = json!({"merge": [{"data": [{"id": other, "_fields": [{"api_name": "Phone"}]}]}]});
    let done = h.call("POST", &format!("/crm/v8/Accounts/{master}/actions/merge"), wish.clone()).await;
    assert_eq!(
        (done.status, &done.body["merge"][0]["details"]["id"]),
        (200, &json!(master)),
        "{}",
        done.body
    );
    let read_master = read(&h, "Accounts", &master).await;
    assert_eq!((&read_master["Account_Name"], &read_master["Phone"]), (&json!("Acme"), &json!("03-1")));
    assert_eq!(read(&h, "Contacts", &contact).await["Account_Name"]["id"], master.as_str());
    assert_eq!(read(&h, "Tasks", &task).await["What_Id"]["id"], master.as_str());
    let deleted = h.call("GET", "/crm/v8/Accounts/deleted?type=all", Value::Null).await;
    assert_eq!(
        (&deleted.body["data"][0]["id"], &deleted.body["data"][0]["type"]),
        (&json!(other), &json!("recycle"))
    );
    assert!(timeline(&h, "Accounts", &master).await.contains(&"find_and_merge_duplicate".to_owned()));
    let gone = h.call("GET", &format!("/crm/v8/Accounts/{other}/__timeline"), Value::Null).await;
    assert_eq!(gone.status, 400, "{}", gone.body);
    let again = h.call("POST", &format!("/crm/v8/Accounts/{master}/actions/merge"), wish).await;
    assert_eq!((again.status, again.body["merge"][0]["code"].as_str()), (400, Some("INVALID_DATA")));
}

#[tokio::test]
async fn what_cannot_be_merged_is_refused() {
    let h = Harness::start(Dataset::Empty).await;
    let master = made(&h, "Contacts", json!({"Last_Name": "Mori"})).await;
    let merge = async |module: &str, data: Value| {
        let wish = json!({"merge": [{"data": data}]});
        let answer = h.call("POST", &format!("/crm/v8/{module}/{master}/actions/merge"), wish).await;
        assert_eq!(answer.status, 400, "{}", answer.body);
        let code = answer.body["merge"][0]["code"].as_str().or(answer.body["code"].as_str());
        code.unwrap().to_owned()
    };
    assert_eq!(merge("Contacts", json!([])).await, "MANDATORY_NOT_FOUND");
    assert_eq!(merge("Contacts", json!([{"id": master}])).await, "INVALID_DATA");
    assert_eq!(merge("Contacts", json!([{"id": "1"}, {"id": "2"}, {"id": "3"}])).await, "LIMIT_EXCEEDED");
    assert_eq!(merge("Tasks", json!([{"id": "1"}])).await, "NOT_ALLOWED");
    assert_eq!(merge("Nothing", json!([{"id": "1"}])).await, "INVALID_MODULE");
}
