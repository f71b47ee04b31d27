//! Records: list, get, insert, update, upsert, delete, the recycle bin, tags, conversion.

use serde_json::{Value, json};

use crate::Recorder;

const NONE: Value = Value::Null;

/// Makes the calls.
pub async fn run(r: &mut Recorder) {
    lists(r).await;
    writes(r).await;
    bin(r).await;
    tags(r).await;
    conversion(r).await;
    merging(r).await;
}

async fn lists(r: &mut Recorder) {
    for (module, fields) in [
        ("Contacts", "Last_Name,First_Name,Email,Phone,Account_Name,Owner,Modified_Time"),
        ("Leads", "Last_Name,Company,Lead_Status,Created_Time"),
        ("Accounts", "Account_Name,Website,Annual_Revenue"),
        ("Deals", "Deal_Name,Stage,Amount,Closing_Date,Account_Name,Contact_Name"),
        ("Products", "Product_Name,Unit_Price"),
        ("Tasks", "Subject,Status,Due_Date,Who_Id,What_Id"),
    ] {
        let page = r.call(200, "GET", &format!("/crm/v8/{module}?fields={fields}&per_page=3"), NONE).await;
        let id = page.body["data"][0]["id"].as_str().unwrap_or("0").to_owned();
        r.call(200, "GET", &format!("/crm/v8/{module}/{id}"), NONE).await;
        r.call(200, "GET", &format!("/crm/v8/{module}/actions/count"), NONE).await;
    }
    let page = r
        .call(
            200,
            "GET",
            "/crm/v8/Contacts?fields=Last_Name&per_page=2&sort_by=Modified_Time&sort_order=asc",
            NONE,
        )
        .await;
    let token = page.body["info"]["next_page_token"].as_str().unwrap_or_default().to_owned();
    r.call(200, "GET", &format!("/crm/v8/Contacts?fields=Last_Name&per_page=2&sort_by=Modified_Time&sort_order=asc&page_token={token}"), NONE).await;
    r.call(400, "GET", &format!("/crm/v8/Contacts?fields=Last_Name&page=2&page_token={token}"), NONE).await;
    r.call(400, "GET", "/crm/v8/Contacts?fields=Last_Name&page=11&per_page=200", NONE).await;
    r.call(400, "GET", "/crm/v8/Contacts?fields=Last_Name&per_page=201", NONE).await;
    r.call(400, "GET", "/crm/v8/Contacts", NONE).await;
    r.call(400, "GET", "/crm/v8/Nothing?fields=id", NONE).await;
    r.call(204, "GET", "/crm/v8/Vendors?fields=Vendor_Name", NONE).await;
    r.call(204, "GET", "/crm/v8/Contacts/999999999999999999", NONE).await;
    r.call(400, "GET", "/crm/v8/Contacts/abc", NONE).await;
}

async fn writes(r: &mut Recorder) {
    let body = json!({"data": [{"Last_Name": "Sato", "Email": "sato@example.jp"}, {"Last_Name": "Suzuki"}], "trigger": []});
    let made = r.call(201, "POST", "/crm/v8/Contacts", body).await;
    let id = made.body["data"][0]["details"]["id"].as_str().unwrap_or("0").to_owned();
    r.call(207, "POST", "/crm/v8/Contacts", json!({"data": [{"Last_Name": "Ito"}, {"First_Name": "Only"}]}))
        .await;
    r.call(400, "POST", "/crm/v8/Contacts", json!({"data": [{"First_Name": "Only"}]})).await;
    r.call(400, "POST", "/crm/v8/Contacts", json!({"data": [{"Last_Name": "X", "Email": "no address"}]}))
        .await;
    r.call(400, "POST", "/crm/v8/Contacts", json!({"data": [{"Last_Name": "X", "Lead_Source": "Nowhere"}]}))
        .await;
    r.call(400, "POST", "/crm/v8/Contacts", json!({"data": [{"Last_Name": "X".repeat(200)}]})).await;
    r.call(400, "POST", "/crm/v8/Contacts", json!({"nothing": 1})).await;
    r.call(400, "POST", "/crm/v8/Nothing", json!({"data": [{"Last_Name": "X"}]})).await;
    let update = json!({"data": [{"id": id, "Phone": "03-1234-5678"}], "trigger": []});
    r.call(200, "PUT", "/crm/v8/Contacts", update).await;
    r.call(200, "PUT", &format!("/crm/v8/Contacts/{id}"), json!({"data": [{"Title": "CTO"}]})).await;
    r.call(
        207,
        "PUT",
        "/crm/v8/Contacts",
        json!({"data": [{"id": id, "Title": "CEO"}, {"id": "1", "Title": "x"}]}),
    )
    .await;
    r.call(400, "PUT", "/crm/v8/Contacts", json!({"data": [{"id": "999999999999", "Title": "x"}]})).await;
    let stale = [("if-unmodified-since", "2001-01-01T00:00:00+00:00")];
    let body = json!({"data": [{"Title": "late"}]}).to_string().into_bytes();
    r.send(412, "PUT", &format!("/crm/v8/Contacts/{id}"), &stale, body).await;
    let upsert = json!({"data": [{"Last_Name": "Sato", "Email": "sato@example.jp"}, {"Last_Name": "Neu", "Email": "neu@example.jp"}],
        "duplicate_check_fields": ["Email"], "trigger": []});
    r.call(200, "POST", "/crm/v8/Contacts/upsert", upsert).await;
    r.call(201, "POST", &format!("/crm/v8/Contacts/{id}/actions/clone"), NONE).await;
}

async fn bin(r: &mut Recorder) {
    let body = json!({"data": [{"Last_Name": "Gone A"}, {"Last_Name": "Gone B"}, {"Last_Name": "Gone C"}, {"Last_Name": "Gone D"}]});
    let made = r.harness.call("POST", "/crm/v8/Contacts", body).await;
    let id = |at: usize| made.body["data"][at]["details"]["id"].as_str().unwrap_or("0").to_owned();
    r.call(200, "DELETE", &format!("/crm/v8/Contacts/{}", id(0)), NONE).await;
    r.call(200, "DELETE", &format!("/crm/v8/Contacts?ids={},{}", id(1), id(2)), NONE).await;
    r.call(207, "DELETE", &format!("/crm/v8/Contacts?ids={},{}", id(3), id(2)), NONE).await;
    r.call(400, "DELETE", &format!("/crm/v8/Contacts/{}", id(0)), NONE).await;
    r.call(400, "DELETE", "/crm/v8/Contacts", NONE).await;
    r.call(200, "GET", "/crm/v8/Contacts/deleted?type=all", NONE).await;
    r.call(200, "GET", "/crm/v8/Contacts/deleted?type=recycle&per_page=1", NONE).await;
    r.call(204, "GET", "/crm/v8/Contacts/deleted?type=permanent", NONE).await;
    r.call(400, "GET", "/crm/v8/Nothing/deleted?type=all", NONE).await;
    r.call(200, "GET", "/crm/v8/settings/recycle_bin", NONE).await;
    r.call(200, "GET", "/crm/v8/settings/recycle_bin/actions/count", NONE).await;
    r.call(200, "GET", &format!("/crm/v8/settings/recycle_bin/{}", id(0)), NONE).await;
    r.call(200, "POST", &format!("/crm/v8/settings/recycle_bin/{}/actions/restore", id(0)), NONE).await;
    let restore = json!({"ids": [id(1)]});
    r.call(200, "POST", "/crm/v8/settings/recycle_bin/actions/restore", restore).await;
    let filtered = json!({"filters": {"group_operator": "AND", "group": [{"field": {"api_name": "display_name"}, "comparator": "equal", "value": "Nobody"}]}});
    r.call(202, "POST", "/crm/v8/settings/recycle_bin/actions/restore", filtered).await;
    r.call(200, "DELETE", &format!("/crm/v8/settings/recycle_bin/{}", id(2)), NONE).await;
    r.call(400, "DELETE", &format!("/crm/v8/settings/recycle_bin/{}", id(2)), NONE).await;
    r.call(400, "POST", &format!("/crm/v8/settings/recycle_bin/{}/actions/restore", id(2)), NONE).await;
    r.call(400, "PUT", "/crm/v8/Contacts", json!({"data": [{"id": "none", "Last_Name": "x"}]})).await;
    r.call(207, "DELETE", &format!("/crm/v8/settings/recycle_bin?ids={},5", id(3)), NONE).await;
    r.call(400, "DELETE", "/crm/v8/settings/recycle_bin?ids=5,6", NONE).await;
    r.call(400, "POST", "/crm/v8/settings/recycle_bin/actions/restore", json!({"ids": ["5", "6"]})).await;
    r.call(400, "GET", "/crm/v8/Contacts/-5", NONE).await;
    r.call(200, "GET", "/crm/v8/Contacts/deleted?type=permanent", NONE).await;
}

async fn tags(r: &mut Recorder) {
    let body = json!({"tags": [{"name": "VIP"}, {"name": "Press"}]});
    let made = r.call(201, "POST", "/crm/v8/settings/tags?module=Contacts", body).await;
    let tag = made.body["tags"][0]["details"]["id"].as_str().unwrap_or("0").to_owned();
    r.call(200, "GET", "/crm/v8/settings/tags?module=Contacts", NONE).await;
    let page = r.harness.call("GET", "/crm/v8/Contacts?fields=Last_Name&per_page=1", NONE).await;
    let id = page.body["data"][0]["id"].as_str().unwrap_or("0").to_owned();
    r.call(
        200,
        "POST",
        &format!("/crm/v8/Contacts/{id}/actions/add_tags"),
        json!({"tags": [{"name": "VIP"}]}),
    )
    .await;
    r.call(
        200,
        "POST",
        &format!("/crm/v8/Contacts/{id}/actions/remove_tags"),
        json!({"tags": [{"name": "VIP"}]}),
    )
    .await;
    r.call(
        200,
        "POST",
        "/crm/v8/Contacts/actions/add_tags",
        json!({"tags": [{"name": "Press"}], "ids": [id]}),
    )
    .await;
    r.call(
        200,
        "POST",
        "/crm/v8/Contacts/actions/remove_tags",
        json!({"tags": [{"name": "Press"}], "ids": [id]}),
    )
    .await;
    r.call(
        200,
        "PUT",
        &format!("/crm/v8/settings/tags/{tag}?module=Contacts"),
        json!({"tags": [{"name": "Very VIP"}]}),
    )
    .await;
    r.call(200, "DELETE", &format!("/crm/v8/settings/tags/{tag}"), NONE).await;
}

async fn conversion(r: &mut Recorder) {
    let made = r
        .harness
        .call(
            "POST",
            "/crm/v8/Leads",
            json!({"data": [{"Last_Name": "Mori", "Company": "Mori KK", "Email": "mori@example.jp"}]}),
        )
        .await;
    let id = made.body["data"][0]["details"]["id"].as_str().unwrap_or("0").to_owned();
    let body = json!({"data": [{"overwrite": true, "notify_lead_owner": false, "notify_new_entity_owner": false,
        "Deals": {"Deal_Name": "Mori deal", "Closing_Date": "2027-01-31", "Stage": "Qualification"}}]});
    r.call(200, "POST", &format!("/crm/v8/Leads/{id}/actions/convert"), body.clone()).await;
    r.call(400, "POST", &format!("/crm/v8/Leads/{id}/actions/convert"), body).await;
}

async fn merging(r: &mut Recorder) {
    let body = json!({"data": [{"Last_Name": "Kato"}, {"Last_Name": "Katou", "Phone": "1"}]});
    let made = r.call(201, "POST", "/crm/v8/Contacts", body).await;
    let id = |at: usize| made.body["data"][at]["details"]["id"].as_str().unwrap_or("0").to_owned();
    let (master, other) = (id(0), id(1));
    let body = json!({"merge": [{"data": [{"id": other, "_fields": [{"api_name": "Phone"}]}]}]});
    r.call(200, "POST", &format!("/crm/v8/Contacts/{master}/actions/merge"), body.clone()).await;
    r.call(400, "POST", &format!("/crm/v8/Contacts/{master}/actions/merge"), body).await;
    r.call(200, "GET", &format!("/crm/v8/Contacts/{master}/__timeline"), NONE).await;
}
