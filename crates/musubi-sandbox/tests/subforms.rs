//! Subforms over real HTTP: rows with ids of their own that live and die with their record.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod harness;

use harness::Harness;
use musubi_sandbox::Dataset;
use serde_json::{Value, json};

async fn rows(h: &Harness, id: &str) -> Vec<Value> {
    let read = h.call("GET", &format!("/crm/v8/Contacts/{id}"), Value::Null).await;
    read.body["data"][0]["Visits"].as_array().unwrap_or_else(|| panic!("{}", read.body)).clone()
}

async fn with_subform() -> Harness {
    let h = Harness::start(Dataset::Empty).await;
    let field = json!({"fields": [{"field_label": "Visits", "data_type": "subform", "subform": {"fields": [
        {"field_label": "Place", "data_type": "text", "length": 20}, {"field_label": "Day", "data_type": "date"},
        {"field_label": "Seller", "data_type": "lookup", "lookup": {"module": {"api_name": "Vendors"}}},
    ]}}]});
    let made = h.call("POST", "/crm/v8/settings/fields?module=Contacts", field).await;
    assert_eq!(made.status, 201, "{}", made.body);
    h
}

#[tokio::test]
async fn a_subform_is_a_module_whose_fields_are_described() {
    let h = with_subform().await;
    let fields = h.call("GET", "/crm/v8/settings/fields?module=Contacts", Value::Null).await;
    let field = fields.body["fields"].as_array().unwrap().iter().find(|f| f["api_name"] == "Visits").unwrap();
    assert_eq!(
        (field["data_type"].as_str(), field["json_type"].as_str()),
        (Some("subform"), Some("jsonarray"))
    );
    let module = field["associated_module"]["module"].as_str().unwrap();
    let inner = h.call("GET", &format!("/crm/v8/settings/fields?module={module}"), Value::Null).await;
    let names: Vec<&str> =
        inner.body["fields"].as_array().unwrap().iter().map(|f| f["api_name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Parent_Id", "Created_Time", "Modified_Time", "id", "Place", "Day", "Seller"]);
    let modules = h.call("GET", &format!("/crm/v8/settings/modules/{module}"), Value::Null).await;
    let described = &modules.body["modules"][0];
    assert_eq!(described["generated_type"], "subform");
    assert_eq!(described["parent_module"]["api_name"], "Contacts");
    let tag = fields.body["fields"].as_array().unwrap().iter().find(|f| f["api_name"] == "Tag").unwrap();
    assert_eq!((tag["data_type"].as_str(), tag["json_type"].as_str()), (Some("text"), Some("jsonarray")));
}

#[tokio::test]
async fn a_write_sends_every_row_to_keep() {
    let h = with_subform().await;
    let vendor = h.call("POST", "/crm/v8/Vendors", json!({"data": [{"Vendor_Name": "丸山商店"}]})).await;
    let vendor = vendor.body["data"][0]["details"]["id"].clone();
    let record = json!({"Last_Name": "A", "Visits": [
        {"Place": " Kyoto ", "Day": "2026-11-01", "Seller": {"id": vendor}}, {"Place": "Nara"}, {"Place": "Kobe"}]});
    let made = h.call("POST", "/crm/v8/Contacts", json!({"data": [record]})).await;
    let id = made.body["data"][0]["details"]["id"].as_str().unwrap().to_owned();
    let before = rows(&h, &id).await;
    assert_eq!(before.len(), 3);
    assert_eq!(before[0]["Place"], "Kyoto");
    assert_eq!(before[0]["Seller"], json!({"name": "丸山商店", "id": vendor}));
    assert_eq!(before[0]["Parent_Id"]["id"], id.as_str());
    let row = |at: usize| before[at]["id"].clone();
    let change = json!([{"id": row(0), "Place": "Otsu"}, {"id": row(1), "_delete": null}, {"Place": "Uji"}]);
    let update = h.call("PUT", "/crm/v8/Contacts", json!({"data": [{"id": id, "Visits": change}]})).await;
    assert_eq!(update.status, 200, "{}", update.body);
    let after = rows(&h, &id).await;
    let places: Vec<&Value> = after.iter().map(|row| &row["Place"]).collect();
    assert_eq!(places, ["Otsu", "Uji"], "the row left out is gone as well");
    assert_eq!((&after[0]["id"], &after[0]["Day"]), (&row(0), &json!("2026-11-01")));
    h.call("PUT", "/crm/v8/Contacts", json!({"data": [{"id": id, "Title": "x"}]})).await;
    assert_eq!(rows(&h, &id).await.len(), 2, "a write without the subform leaves it");
    h.call("PUT", "/crm/v8/Contacts", json!({"data": [{"id": id, "Visits": []}]})).await;
    assert_eq!(rows(&h, &id).await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_bad_row_refuses_the_whole_record() {
    let h = with_subform().await;
    for (row, path) in [
        (json!({"Place": "x".repeat(21)}), "$.data[0].Visits[1].Place"),
        (json!({"Day": "tomorrow"}), "$.data[0].Visits[1].Day"),
        (json!({"id": "5", "Place": "x"}), "$.data[0].Visits[1].id"),
    ] {
        let record = json!({"Last_Name": "A", "Visits": [{"Place": "Good"}, row]});
        let made = h.call("POST", "/crm/v8/Contacts", json!({"data": [record]})).await;
        assert_eq!(made.status, 400, "{}", made.body);
        assert_eq!(made.body["data"][0]["details"]["json_path"], path);
    }
    let none = h.call("GET", "/crm/v8/Contacts?fields=id", Value::Null).await;
    assert_eq!(none.status, 204);
    let alone = h.call("POST", "/crm/v8/Visits", json!({"data": [{"Place": "x"}]})).await;
    assert_eq!(alone.body["code"], "NOT_SUPPORTED");
}

#[tokio::test]
async fn rows_go_and_come_back_with_their_record() {
    let h = with_subform().await;
    let record = json!({"Last_Name": "A", "Visits": [{"Place": "Kyoto"}]});
    let made = h.call("POST", "/crm/v8/Contacts", json!({"data": [record]})).await;
    let id = made.body["data"][0]["details"]["id"].as_str().unwrap().to_owned();
    let copy = h.call("POST", &format!("/crm/v8/Contacts/{id}/actions/clone"), Value::Null).await;
    let copy = copy.body["data"][0]["details"]["id"].as_str().unwrap().to_owned();
    h.call("DELETE", &format!("/crm/v8/Contacts/{id}"), Value::Null).await;
    let listed = h.call("GET", "/crm/v8/Visits?fields=Place,Parent_Id", Value::Null).await;
    assert_eq!(listed.body["data"].as_array().unwrap().len(), 1, "only the copy's row is left");
    assert_eq!(listed.body["data"][0]["Parent_Id"]["id"], copy.as_str());
    let bin = h.call("GET", "/crm/v8/settings/recycle_bin", Value::Null).await;
    assert_eq!(bin.body["recycle_bin"].as_array().unwrap().len(), 1, "{}", bin.body);
    h.call("POST", &format!("/crm/v8/settings/recycle_bin/{id}/actions/restore"), Value::Null).await;
    assert_eq!(rows(&h, &id).await[0]["Place"], "Kyoto");
}
