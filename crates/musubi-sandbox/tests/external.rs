//! External ids over real HTTP: a client's own keys in place of the service's ids.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod harness;

use harness::{Exchange, Harness};
use musubi_sandbox::Dataset;
use serde_json::{Value, json};

const HEADER: (&str, &str) = ("x-external", "Contacts.Shop_No,Accounts.Firm_No");

async fn with_keys() -> Harness {
    let h = Harness::start(Dataset::Empty).await;
    for (module, label) in [("Contacts", "Shop No"), ("Accounts", "Firm No")] {
        let field = json!({"fields": [{"field_label": label, "data_type": "text", "external": {"type": "org", "show": true}}]});
        let made = h.call("POST", &format!("/crm/v8/settings/fields?module={module}"), field).await;
        assert_eq!(made.status, 201, "{}", made.body);
    }
    h
}

async fn send(h: &Harness, method: &str, target: &str, body: Value) -> Exchange {
    let body = if body.is_null() { vec![] } else { body.to_string().into_bytes() };
    h.send(method, target, &[HEADER], body).await
}

#[tokio::test]
async fn keys_stand_for_ids_in_path_query_and_body() {
    let h = with_keys().await;
    let firm = json!({"data": [{"Account_Name": "山田", "Firm_No": "F-1"}]});
    assert_eq!(send(&h, "POST", "/crm/v8/Accounts", firm).await.status, 201);
    let people = json!({"data": [
        {"Last_Name": "A", "Shop_No": "S-1", "Account_Name": {"id": "F-1"}}, {"Last_Name": "B", "Shop_No": "S-2"}]});
    let made = send(&h, "POST", "/crm/v8/Contacts", people).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let id = made.body["data"][0]["details"]["id"].clone();
    let read = send(&h, "GET", "/crm/v8/Contacts/s-1", Value::Null).await;
    assert_eq!(
        (&read.body["data"][0]["id"], &read.body["data"][0]["Account_Name"]["name"]),
        (&id, &json!("山田"))
    );
    assert_eq!(send(&h, "GET", "/crm/v8/Contacts/S-9", Value::Null).await.status, 204);
    let change = json!({"data": [{"id": "S-1", "Title": "x"}, {"Shop_No": "S-2", "Title": "y"}, {"id": "S-9", "Title": "z"}]});
    let changed = send(&h, "PUT", "/crm/v8/Contacts", change).await;
    assert_eq!(changed.status, 207, "{}", changed.body);
    assert_eq!(changed.body["data"][2]["code"], "INVALID_DATA");
    let both = send(&h, "GET", "/crm/v8/Contacts?fields=Title&ids=S-1,S-2", Value::Null).await;
    let titles: Vec<&Value> = both.body["data"].as_array().unwrap().iter().map(|r| &r["Title"]).collect();
    assert_eq!(titles, ["x", "y"]);
    let deleted = send(&h, "DELETE", "/crm/v8/Contacts?ids=S-2", Value::Null).await;
    assert_eq!(deleted.status, 200, "{}", deleted.body);
}

#[tokio::test]
async fn an_upsert_goes_by_the_key_and_the_key_is_unique() {
    let h = with_keys().await;
    let upsert = |name: &str| json!({"data": [{"Last_Name": name, "Shop_No": "S-1"}]});
    let first = send(&h, "POST", "/crm/v8/Contacts/upsert", upsert("A")).await;
    let second = send(&h, "POST", "/crm/v8/Contacts/upsert", upsert("B")).await;
    assert_eq!(first.body["data"][0]["action"], "insert");
    assert_eq!(
        (&second.body["data"][0]["action"], &second.body["data"][0]["duplicate_field"]),
        (&json!("update"), &json!("Shop_No"))
    );
    let twin = h.call("POST", "/crm/v8/Contacts", upsert("C")).await;
    assert_eq!(twin.body["data"][0]["code"], "DUPLICATE_DATA");
    let fields = h.call("GET", "/crm/v8/settings/fields?module=Contacts", Value::Null).await;
    let field =
        fields.body["fields"].as_array().unwrap().iter().find(|f| f["api_name"] == "Shop_No").unwrap();
    assert_eq!(field["external"], json!({"type": "org", "show": true}));
}

#[tokio::test]
async fn a_field_that_holds_no_keys_is_refused() {
    let h = with_keys().await;
    for name in ["Contacts.Email", "Contacts", "Nothing.Shop_No", "Contacts.Nothing"] {
        let answer = h.send("GET", "/crm/v8/Contacts/1", &[("x-external", name)], vec![]).await;
        assert_eq!((answer.status, answer.body["code"].as_str()), (400, Some("INVALID_DATA")), "{name}");
    }
}
