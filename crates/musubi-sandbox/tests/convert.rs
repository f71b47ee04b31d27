//! Lead conversion over real HTTP, with its options.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod harness;

use harness::{Exchange, Harness};
use musubi_sandbox::Dataset;
use serde_json::{Value, json};

async fn id_of(h: &Harness, module: &str, record: Value) -> String {
    let answer = h.call("POST", &format!("/crm/v8/{module}"), json!({"data": [record]})).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.body["data"][0]["details"]["id"].as_str().unwrap().to_owned()
}

async fn read(h: &Harness, module: &str, id: &str) -> Value {
    h.call("GET", &format!("/crm/v8/{module}/{id}"), Value::Null).await.body["data"][0].clone()
}

async fn count(h: &Harness, module: &str) -> Value {
    h.call("GET", &format!("/crm/v8/{module}/actions/count"), Value::Null).await.body["count"].clone()
}

fn lead() -> Value {
    json!({"Last_Name": "Mori", "Company": "森商事", "Email": "mori@x.example", "Phone": "03-1", "Designation": "Buyer"})
}

async fn convert(h: &Harness, id: &str, options: Value) -> Exchange {
    h.call("POST", &format!("/crm/v8/Leads/{id}/actions/convert"), json!({"data": [options]})).await
}

fn made(answer: &Exchange, module: &str) -> String {
    let found = &answer.body["data"][0]["details"][module]["id"];
    found.as_str().unwrap_or_else(|| panic!("{}", answer.body)).to_owned()
}

#[tokio::test]
async fn a_deal_that_is_refused_makes_nothing() {
    let h = Harness::start(Dataset::Empty).await;
    let id = id_of(&h, "Leads", lead()).await;
    let refused = convert(&h, &id, json!({"Deals": {"Deal_Name": "D", "Stage": "Nowhere"}})).await;
    assert_eq!((refused.status, refused.body["data"][0]["code"].as_str()), (400, Some("INVALID_DATA")));
    assert_eq!(refused.body["data"][0]["details"]["json_path"], "$.data[0].Deals.Stage");
    for module in ["Accounts", "Contacts", "Deals"] {
        assert_eq!(count(&h, module).await, 0, "{module}");
    }
    let done = convert(&h, &id, json!({"Deals": {"Deal_Name": "D", "Stage": "Qualification"}})).await;
    assert_eq!(done.status, 200);
    let deal = read(&h, "Deals", &made(&done, "Deals")).await;
    assert_eq!(deal["Contact_Name"]["id"], made(&done, "Contacts").as_str());
    assert_eq!(deal["Account_Name"]["name"], "森商事");
}

#[tokio::test]
async fn a_lead_joins_records_that_are_there() {
    let h = Harness::start(Dataset::Empty).await;
    let contact =
        id_of(&h, "Contacts", json!({"Last_Name": "Old", "Email": "mori@x.example", "Phone": "999"})).await;
    let id = id_of(&h, "Leads", lead()).await;
    let done = convert(&h, &id, json!({"Contacts": {"id": contact}})).await;
    assert_eq!(made(&done, "Contacts"), contact);
    assert_eq!(read(&h, "Contacts", &contact).await["Last_Name"], "Old", "nothing is overwritten unasked");
    let id = id_of(&h, "Leads", lead()).await;
    let done = convert(&h, &id, json!({"add_to_existing_record": true, "overwrite": true})).await;
    assert_eq!(made(&done, "Contacts"), contact, "found by e-mail");
    let read = read(&h, "Contacts", &contact).await;
    assert_eq!(
        (&read["Last_Name"], &read["Phone"], &read["Title"]),
        (&json!("Mori"), &json!("03-1"), &json!("Buyer"))
    );
    assert_eq!(count(&h, "Accounts").await, 1, "the second lead joins the first one's account");
    let id = id_of(&h, "Leads", lead()).await;
    let wrong = convert(&h, &id, json!({"Contacts": {"id": "5"}})).await;
    assert_eq!(wrong.body["data"][0]["code"], "INVALID_DATA");
}

#[tokio::test]
async fn owner_tags_activities_and_attachments_go_over() {
    let h = Harness::start(Dataset::Empty).await;
    let users = h.call("GET", "/crm/v8/users?type=ActiveUsers", Value::Null).await;
    let second = users.body["users"][1]["id"].clone();
    let id = id_of(&h, "Leads", lead()).await;
    let task = id_of(&h, "Tasks", json!({"Subject": "Call", "Who_Id": {"id": id}})).await;
    h.call("POST", &format!("/crm/v8/Leads/{id}/Attachments?attachmentUrl=https://x.example/a"), Value::Null)
        .await;
    let options = json!({"assign_to": {"id": second}, "carry_over_tags": {"Contacts": [{"name": "Fair"}]},
        "move_attachments_to": {"api_name": "Accounts"}});
    let done = convert(&h, &id, options).await;
    let contact = read(&h, "Contacts", &made(&done, "Contacts")).await;
    assert_eq!((&contact["Owner"]["id"], &contact["Tag"][0]["name"]), (&second, &json!("Fair")));
    assert_eq!(read(&h, "Tasks", &task).await["Who_Id"]["id"], contact["id"]);
    let target = format!("/crm/v8/Accounts/{}/Attachments?fields=id", made(&done, "Accounts"));
    assert_eq!(h.call("GET", &target, Value::Null).await.status, 200);
    let wrong = convert(&h, &id, json!({})).await;
    assert_eq!(wrong.body["code"], "ID_ALREADY_CONVERTED");
    let late = h.call("PUT", &format!("/crm/v8/Leads/{id}"), json!({"data": [{"Phone": "1"}]})).await;
    assert_eq!(late.status, 400, "a converted lead cannot be changed");
    let id = id_of(&h, "Leads", lead()).await;
    let nobody = convert(&h, &id, json!({"assign_to": {"id": "5"}})).await;
    assert_eq!(nobody.body["data"][0]["code"], "INVALID_DATA");
}
