//! Related records: pages of them, those that were deleted, and several attachments at once.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod harness;

use harness::{Exchange, Harness};
use musubi_sandbox::Dataset;
use serde_json::{Value, json};

async fn made(h: &Harness, module: &str, record: Value) -> String {
    let answer = h.call("POST", &format!("/crm/v8/{module}"), json!({"data": [record]})).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.body["data"][0]["details"]["id"].as_str().unwrap().to_owned()
}

fn ids(answer: &Exchange) -> Vec<&str> {
    answer.body["data"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn deleted_records_of_a_related_list_are_shown_while_they_are_in_the_bin() {
    let h = Harness::start(Dataset::Empty).await;
    let account = made(&h, "Accounts", json!({"Account_Name": "King"})).await;
    let other = made(&h, "Accounts", json!({"Account_Name": "Other"})).await;
    let mut contacts = Vec::new();
    for (name, of) in [("A", &account), ("B", &account), ("C", &account), ("D", &other)] {
        let record = json!({"Last_Name": name, "Account_Name": {"id": of}});
        contacts.push(made(&h, "Contacts", record).await);
    }
    let target = format!("/crm/v8/Accounts/deleted/{account}/Contacts");
    assert_eq!(h.call("GET", &format!("{target}?fields=Last_Name"), Value::Null).await.status, 204);
    for contact in [&contacts[0], &contacts[1], &contacts[3]] {
        h.call("DELETE", &format!("/crm/v8/Contacts/{contact}"), Value::Null).await;
        h.control("/sandbox/clock", json!({"advance_s": 2})).await;
    }
    let all = h.call("GET", &format!("{target}?fields=Last_Name"), Value::Null).await;
    assert_eq!(ids(&all), [&contacts[1], &contacts[0]], "{}", all.body);
    assert_eq!(all.body["data"][0], json!({"Last_Name": "B", "id": contacts[1]}));
    let second = h.call("GET", &format!("{target}?fields=Last_Name&perPage=1&page=2"), Value::Null).await;
    assert_eq!(ids(&second), [&contacts[0]]);
    assert_eq!(second.body["info"], json!({"per_page": 1, "count": 1, "page": 2, "more_records": false}));
    let purge = format!("/crm/v8/settings/recycle_bin/{}", contacts[1]);
    assert_eq!(h.call("DELETE", &purge, Value::Null).await.status, 200);
    let left = h.call("GET", &format!("{target}?fields=Last_Name"), Value::Null).await;
    assert_eq!(ids(&left), [&contacts[0]]);

    let campaign = made(&h, "Campaigns", json!({"Campaign_Name": "Fair"})).await;
    let link = format!("/crm/v8/Contacts/{}/Campaigns", contacts[2]);
    assert_eq!(h.call("PUT", &link, json!({"data": [{"id": campaign}]})).await.status, 200);
    h.call("DELETE", &format!("/crm/v8/Campaigns/{campaign}"), Value::Null).await;
    let linked = format!("/crm/v8/Contacts/deleted/{}/Campaigns?fields=Campaign_Name", contacts[2]);
    let linked = h.call("GET", &linked, Value::Null).await;
    assert_eq!(linked.body["data"], json!([{"Campaign_Name": "Fair", "id": campaign}]));

    for (path, code, details) in [
        (target.clone(), "REQUIRED_PARAM_MISSING", json!({"param_name": "fields"})),
        (format!("/crm/v8/Accounts/deleted/{account}/Nope?fields=id"), "INVALID_DATA", at(3)),
        ("/crm/v8/Accounts/deleted/5/Contacts?fields=id".to_owned(), "INVALID_DATA", at(2)),
        (format!("/crm/v8/Nope/deleted/{account}/Contacts?fields=id"), "INVALID_MODULE", at(0)),
    ] {
        let answer = h.call("GET", &path, Value::Null).await;
        assert_eq!((answer.status, &answer.body["code"]), (400, &json!(code)), "{path}");
        assert_eq!(answer.body["details"], details, "{path}");
    }
    assert_eq!(h.call("DELETE", &target, Value::Null).await.status, 405);
}

fn at(index: usize) -> Value {
    json!({"resource_path_index": index})
}

#[tokio::test]
async fn the_size_of_a_page_of_related_records_has_two_names() {
    let h = Harness::start(Dataset::Empty).await;
    let account = made(&h, "Accounts", json!({"Account_Name": "King"})).await;
    for name in ["A", "B", "C"] {
        made(&h, "Contacts", json!({"Last_Name": name, "Account_Name": {"id": account}})).await;
    }
    for (size, rows) in [("perPage=2", 2), ("per_page=1", 1), ("per_page=1&perPage=2", 1)] {
        let target = format!("/crm/v8/Accounts/{account}/Contacts?fields=Last_Name&{size}");
        let page = h.call("GET", &target, Value::Null).await;
        assert_eq!(ids(&page).len(), rows, "{size}");
        assert_eq!(page.body["info"]["per_page"], rows, "{size}");
    }
    let records = h.call("GET", "/crm/v8/Contacts?fields=id&perPage=2", Value::Null).await;
    assert_eq!(ids(&records).len(), 3);
}

#[tokio::test]
async fn several_attachments_are_deleted_at_once() {
    let h = Harness::start(Dataset::Empty).await;
    let contact = made(&h, "Contacts", json!({"Last_Name": "A"})).await;
    let path = format!("/crm/v8/Contacts/{contact}/Attachments");
    let mut attached = Vec::new();
    for title in ["a", "b", "c"] {
        let query = format!("{path}?attachmentUrl=https://files.example/{title}&title={title}");
        let made = h.call("POST", &query, Value::Null).await;
        attached.push(made.body["data"][0]["details"]["id"].as_str().unwrap().to_owned());
    }
    let both = h.call("DELETE", &format!("{path}?ids={},{}", attached[0], attached[1]), Value::Null).await;
    assert_eq!(both.status, 200, "{}", both.body);
    let done = |id: &str| json!({"code": "SUCCESS", "details": {"id": id}, "message": "record deleted", "status": "success"});
    assert_eq!(both.body["data"], json!([done(&attached[0]), done(&attached[1])]));
    let mixed = h.call("DELETE", &format!("{path}?ids={},{}", attached[0], attached[2]), Value::Null).await;
    assert_eq!(mixed.status, 207, "{}", mixed.body);
    assert_eq!(mixed.body["data"][0]["details"], json!({"id": attached[0]}));
    assert_eq!(h.call("GET", &format!("{path}?fields=id"), Value::Null).await.status, 204);
    let missing = h.call("DELETE", &path, Value::Null).await;
    assert_eq!((missing.status, &missing.body["code"]), (400, &json!("REQUIRED_PARAM_MISSING")));
}
