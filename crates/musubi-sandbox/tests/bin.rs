//! The recycle bin over real HTTP: what comes back, what does not, and when it is too late.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod harness;

use harness::{Exchange, Harness};
use musubi_sandbox::Dataset;
use serde_json::{Value, json};

const BIN: &str = "/crm/v8/settings/recycle_bin";

async fn id_of(h: &Harness, module: &str, record: Value) -> String {
    let answer = h.call("POST", &format!("/crm/v8/{module}"), json!({"data": [record]})).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.body["data"][0]["details"]["id"].as_str().unwrap().to_owned()
}

async fn restore(h: &Harness, body: Value) -> Exchange {
    h.call("POST", &format!("{BIN}/actions/restore"), body).await
}

#[tokio::test]
async fn a_record_does_not_come_back_while_its_key_is_taken() {
    let h = Harness::start(Dataset::Empty).await;
    let field =
        json!({"fields": [{"field_label": "Key", "data_type": "text", "unique": {"case_sensitive": false}}]});
    h.call("POST", "/crm/v8/settings/fields?module=Contacts", field).await;
    let old = id_of(&h, "Contacts", json!({"Last_Name": "A", "Key": "k"})).await;
    h.call("DELETE", &format!("/crm/v8/Contacts/{old}"), Value::Null).await;
    let new = id_of(&h, "Contacts", json!({"Last_Name": "B", "Key": "K"})).await;
    let refused = restore(&h, json!({"ids": [old, "5"]})).await;
    assert_eq!(refused.status, 400, "{}", refused.body);
    assert_eq!(refused.body["code"], "DUPLICATE_DATA");
    let free = id_of(&h, "Contacts", json!({"Last_Name": "C"})).await;
    h.call("DELETE", &format!("/crm/v8/Contacts/{free}"), Value::Null).await;
    let mixed = restore(&h, json!({"ids": [old, "5", free]})).await;
    let entry = |at: usize| (&mixed.body["recycle_bin"][at]["id"], &mixed.body["recycle_bin"][at]["code"]);
    assert_eq!(mixed.status, 207, "{}", mixed.body);
    assert_eq!(entry(0), (&json!(old), &json!("DUPLICATE_DATA")));
    assert_eq!(entry(1), (&json!("5"), &json!("INVALID_DATA")));
    assert_eq!(entry(2), (&json!(free), &json!("SUCCESS")));
    h.call("DELETE", &format!("/crm/v8/Contacts/{new}"), Value::Null).await;
    assert_eq!(restore(&h, json!({"ids": [old]})).await.status, 200);
}

#[tokio::test]
async fn a_note_comes_back_with_its_record_and_not_without() {
    let h = Harness::start(Dataset::Empty).await;
    let contact = id_of(&h, "Contacts", json!({"Last_Name": "A"})).await;
    let note = json!({"Note_Content": "x", "Parent_Id": {"id": contact, "module": {"api_name": "Contacts"}}});
    let note = id_of(&h, "Notes", note).await;
    h.call("DELETE", &format!("/crm/v8/Contacts/{contact}"), Value::Null).await;
    let alone = restore(&h, json!({"ids": [note]})).await;
    assert_eq!(alone.status, 400, "{}", alone.body);
    h.call("POST", &format!("{BIN}/{contact}/actions/restore"), Value::Null).await;
    assert_eq!(h.call("GET", &format!("/crm/v8/Notes/{note}"), Value::Null).await.status, 200);
}

#[tokio::test]
async fn pages_of_deletions_go_on_to_the_end() {
    let h = Harness::start(Dataset::Empty).await;
    for batch in 0..21 {
        let data: Vec<Value> = (0..100).map(|n| json!({"Vendor_Name": format!("V{batch}-{n}")})).collect();
        let made = h.call("POST", "/crm/v8/Vendors", json!({"data": data})).await;
        let id = |entry: &Value| entry["details"]["id"].as_str().unwrap().to_owned();
        let ids: Vec<String> = made.body["data"].as_array().unwrap().iter().map(id).collect();
        let gone = h.call("DELETE", &format!("/crm/v8/Vendors?ids={}", ids.join(",")), Value::Null).await;
        assert_eq!(gone.status, 200, "{}", gone.body);
    }
    for (path, key) in [("/crm/v8/Vendors/deleted", "data"), (BIN, "recycle_bin")] {
        let mut found = std::collections::BTreeSet::new();
        for page in 1..=11 {
            let answer = h.call("GET", &format!("{path}?page={page}&per_page=200"), Value::Null).await;
            assert_eq!((answer.status, &answer.body["info"]["more_records"]), (200, &json!(page < 11)));
            let rows = answer.body[key].as_array().unwrap();
            found.extend(rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()));
        }
        assert_eq!(found.len(), 2_100, "{path}");
        assert_eq!(h.call("GET", &format!("{path}?page=12"), Value::Null).await.status, 204);
    }
}

#[tokio::test]
async fn filters_restore_and_delete_and_time_runs_out() {
    let h = Harness::start(Dataset::Empty).await;
    for (module, record) in [
        ("Contacts", json!({"Last_Name": "A"})),
        ("Contacts", json!({"Last_Name": "B"})),
        ("Vendors", json!({"Vendor_Name": "V"})),
    ] {
        let id = id_of(&h, module, record).await;
        h.call("DELETE", &format!("/crm/v8/{module}/{id}"), Value::Null).await;
    }
    let count = async |h: &Harness| {
        h.call("GET", &format!("{BIN}/actions/count"), Value::Null).await.body["count"].clone()
    };
    assert_eq!(count(&h).await, 3);
    let vendors = json!({"field": {"api_name": "module"}, "comparator": "equal", "value": "Vendors"});
    let scheduled = restore(&h, json!({"filters": {"group_operator": "AND", "group": [vendors]}})).await;
    assert_eq!(
        (scheduled.status, scheduled.body["recycle_bin"][0]["code"].as_str()),
        (202, Some("SCHEDULED"))
    );
    assert_eq!(count(&h).await, 2);
    let named = "%7B%22field%22%3A%7B%22api_name%22%3A%22display_name%22%7D%2C%22comparator%22%3A%22equal%22%2C%22value%22%3A%22A%22%7D";
    let deleted = h.call("DELETE", &format!("{BIN}?filters={named}"), Value::Null).await;
    assert_eq!(deleted.status, 200, "{}", deleted.body);
    assert_eq!(count(&h).await, 1);
    let listed = h.call("GET", BIN, Value::Null).await;
    let id = listed.body["recycle_bin"][0]["id"].as_str().unwrap().to_owned();
    h.control("/sandbox/clock", json!({"advance_s": 60 * 86_400 + 1})).await;
    let h = h.renewed().await;
    assert_eq!(h.call("GET", BIN, Value::Null).await.status, 204);
    assert_eq!(restore(&h, json!({"ids": [id]})).await.status, 400);
    let nothing = restore(&h, json!({})).await;
    assert_eq!(nothing.body["code"], "MANDATORY_NOT_FOUND");
}
