//! Users, permissions, tags, layouts, pipelines, mass changes, calls within a call.

use serde_json::{Value, json};

use crate::Recorder;

const NONE: Value = Value::Null;

/// Makes the calls.
pub async fn run(r: &mut Recorder) {
    users(r).await;
    profiles(r).await;
    tags(r).await;
    layouts(r).await;
    pipelines(r).await;
    mass(r).await;
    composite(r).await;
    picklists(r).await;
    let query = json!({"select_query": "select Last_Name, Account_Name.Account_Name from Contacts where id is not null limit 1", "include_meta": ["fields"]});
    r.call(200, "POST", "/crm/v8/coql", query).await;
}

fn first_id(body: &Value, key: &str) -> String {
    body[key][0]["details"]["id"].as_str().unwrap_or("0").to_owned()
}

async fn users(r: &mut Recorder) {
    let roles = r.harness.call("GET", "/crm/v8/settings/roles", NONE).await;
    let profiles = r.harness.call("GET", "/crm/v8/settings/profiles", NONE).await;
    let (role, profile) = (&roles.body["roles"][1]["id"], &profiles.body["profiles"][1]["id"]);
    let wish = json!({"users": [{"first_name": "Aya", "last_name": "Mori", "email": "aya@x.example", "role": role, "profile": {"id": profile}}]});
    let made = r.call(201, "POST", "/crm/v8/users", wish.clone()).await;
    let id = first_id(&made.body, "users");
    r.call(400, "POST", "/crm/v8/users", wish).await;
    r.call(400, "POST", "/crm/v8/users", json!({"users": [{"last_name": "No mail"}]})).await;
    r.call(200, "GET", &format!("/crm/v8/users/{id}"), NONE).await;
    r.call(200, "PUT", &format!("/crm/v8/users/{id}"), json!({"users": [{"status": "inactive"}]})).await;
    r.call(400, "PUT", &format!("/crm/v8/users/{id}"), json!({"users": [{"status": "inactive"}]})).await;
    r.call(200, "PUT", "/crm/v8/users", json!({"users": [{"id": id, "first_name": "Ayako"}]})).await;
    r.call(200, "DELETE", &format!("/crm/v8/users/{id}"), NONE).await;
    r.call(400, "DELETE", &format!("/crm/v8/users/{id}"), NONE).await;
    r.call(200, "GET", "/crm/v8/users?type=DeletedUsers", NONE).await;
}

async fn profiles(r: &mut Recorder) {
    let list = r.harness.call("GET", "/crm/v8/settings/profiles", NONE).await;
    let standard = list.body["profiles"][1]["id"].as_str().unwrap_or("0").to_owned();
    let wish = json!({"profiles": [{"name": "Readers"}]});
    let made =
        r.call(201, "POST", &format!("/crm/v8/settings/profiles/{standard}/actions/clone"), wish).await;
    let target = format!("/crm/v8/settings/profiles/{}", first_id(&made.body, "profiles"));
    let shown = r.call(200, "GET", &target, NONE).await;
    let permission = &shown.body["profiles"][0]["permissions_details"][0]["id"];
    let change = json!({"profiles": [{"permissions_details": [{"id": permission, "enabled": false}]}]});
    r.call(200, "PUT", &target, change).await;
    r.call(
        400,
        "PUT",
        &format!("/crm/v8/settings/profiles/{standard}"),
        json!({"profiles": [{"name": "x"}]}),
    )
    .await;
    r.call(200, "DELETE", &format!("{target}?transfer_to_id={standard}"), NONE).await;
}

async fn tags(r: &mut Recorder) {
    let body = json!({"tags": [{"name": "Fair"}, {"name": "fair 2"}]});
    let made = r.harness.call("POST", "/crm/v8/settings/tags?module=Contacts", body).await;
    let id = |at: usize| made.body["tags"][at]["details"]["id"].as_str().unwrap_or("0").to_owned();
    r.call(
        200,
        "GET",
        &format!("/crm/v8/settings/tags/{}/actions/records_count?module=Contacts", id(0)),
        NONE,
    )
    .await;
    r.call(400, "GET", "/crm/v8/settings/tags/5/actions/records_count?module=Contacts", NONE).await;
    let merge = json!({"tags": [{"conflict_id": id(1)}]});
    r.call(200, "POST", &format!("/crm/v8/settings/tags/{}/actions/merge", id(0)), merge.clone()).await;
    r.call(400, "POST", &format!("/crm/v8/settings/tags/{}/actions/merge", id(0)), merge).await;
}

async fn layouts(r: &mut Recorder) {
    let org = r.harness.org_id.clone();
    let added = r
        .harness
        .control(&format!("/sandbox/orgs/{org}/layouts"), json!({"module": "Leads", "name": "Second"}))
        .await;
    let id = added["id"].as_str().unwrap_or("0").to_owned();
    let list = r.call(200, "GET", "/crm/v8/settings/layouts?module=Leads", NONE).await;
    let first = list.body["layouts"][0]["id"].as_str().unwrap_or("0").to_owned();
    let target = format!("/crm/v8/settings/layouts/{id}/actions/activate?module=Leads");
    let body = json!({"layouts": [{"id": id}]});
    r.call(400, "POST", &target, body.clone()).await;
    r.call(400, "DELETE", &target, NONE).await;
    r.call(200, "DELETE", &format!("{target}&transfer_to={first}"), NONE).await;
    r.call(400, "DELETE", &format!("{target}&transfer_to={first}"), NONE).await;
    r.call(200, "POST", &target, body).await;
    r.call(200, "DELETE", &format!("/crm/v8/settings/layouts/{id}?module=Leads&transfer_to={first}"), NONE)
        .await;
}

async fn pipelines(r: &mut Recorder) {
    let list = r.harness.call("GET", "/crm/v8/settings/layouts?module=Deals", NONE).await;
    let layout = list.body["layouts"][0]["id"].as_str().unwrap_or("0").to_owned();
    let target = |rest: &str| format!("/crm/v8/settings/pipeline{rest}?layout_id={layout}");
    let shown = r.call(200, "GET", &target(""), NONE).await;
    let stage = |at: usize| shown.body["pipeline"][0]["maps"][at]["id"].clone();
    let wish =
        json!({"pipeline": [{"display_value": "Renewals", "maps": [{"id": stage(0)}, {"id": stage(7)}]}]});
    let made = r.call(201, "POST", &target(""), wish.clone()).await;
    let id = first_id(&made.body, "pipeline");
    r.call(400, "POST", &target(""), wish).await;
    r.call(400, "POST", &target(""), json!({"pipeline": [{"display_value": "No stages"}]})).await;
    let change =
        json!({"pipeline": [{"display_value": "Renewal", "maps": [{"id": stage(1), "sequence_number": 1}]}]});
    r.call(200, "PUT", &target(&format!("/{id}")), change).await;
    r.call(200, "GET", &target(&format!("/{id}")), NONE).await;
    let to = shown.body["pipeline"][0]["id"].clone();
    let transfer = json!({"transfer_pipeline": [{"pipeline": {"from": id, "to": to}, "stages": [{"from": stage(1), "to": stage(2)}]}]});
    r.call(200, "POST", &target("/actions/transfer"), transfer).await;
}

async fn mass(r: &mut Recorder) {
    let page = r.harness.call("GET", "/crm/v8/Contacts?fields=id&per_page=2", NONE).await;
    let ids: Vec<Value> =
        page.body["data"].as_array().into_iter().flatten().map(|row| row["id"].clone()).collect();
    r.call(
        200,
        "POST",
        "/crm/v8/Contacts/actions/mass_update",
        json!({"data": [{"Title": "x"}], "ids": ids}),
    )
    .await;
    let views = r.harness.call("GET", "/crm/v8/settings/custom_views?module=Vendors", NONE).await;
    let view = &views.body["custom_views"][0]["id"];
    r.harness
        .call("POST", "/crm/v8/Vendors", json!({"data": [{"Vendor_Name": "V"}, {"Vendor_Name": "W"}]}))
        .await;
    let users = r.harness.call("GET", "/crm/v8/users?type=ActiveUsers", NONE).await;
    let owner = json!({"id": users.body["users"][1]["id"]});
    let job = r
        .call(202, "POST", "/crm/v8/Vendors/actions/mass_change_owner", json!({"cvid": view, "owner": owner}))
        .await;
    let job = job.body["data"][0]["details"]["job_id"].as_str().unwrap_or("0").to_owned();
    r.call(200, "GET", &format!("/crm/v8/Vendors/actions/mass_change_owner?job_id={job}"), NONE).await;
    let first = ids[0].as_str().unwrap_or("0");
    r.call(200, "POST", &format!("/crm/v8/Contacts/{first}/actions/change_owner"), json!({"owner": owner}))
        .await;
    r.call(200, "POST", "/crm/v8/Contacts/actions/change_owner", json!({"owner": owner, "ids": ids})).await;
    let job = r.call(200, "POST", "/crm/v8/Vendors/actions/mass_delete", json!({"cvid": view})).await;
    let job = job.body["data"][0]["details"]["job_id"].as_str().unwrap_or("0").to_owned();
    r.call(200, "GET", &format!("/crm/v8/Vendors/actions/mass_delete?job_id={job}"), NONE).await;
    r.call(400, "POST", "/crm/v8/Vendors/actions/mass_delete", json!({})).await;
    r.call(400, "POST", "/crm/v8/Vendors/actions/mass_delete", json!({"cvid": view})).await;
    r.call(400, "POST", "/crm/v8/Vendors/actions/mass_delete", json!({"ids": ["5", "6"]})).await;
    r.call(
        400,
        "POST",
        "/crm/v8/Vendors/actions/mass_update",
        json!({"data": [{"City": "x"}], "ids": ["5"]}),
    )
    .await;
    r.call(207, "POST", "/crm/v8/Contacts/actions/mass_delete", json!({"ids": [first, "6"]})).await;
    for action in ["mass_delete", "mass_update"] {
        r.call(400, "GET", &format!("/crm/v8/Vendors/actions/{action}"), NONE).await;
        r.call(400, "GET", &format!("/crm/v8/Vendors/actions/{action}?job_id=1"), NONE).await;
    }
    r.call(400, "GET", "/crm/v8/Vendors/actions/mass_change_owner", NONE).await;
    r.call(204, "GET", "/crm/v8/Vendors/actions/mass_change_owner?job_id=1", NONE).await;
}

async fn composite(r: &mut Recorder) {
    let calls = json!({"__composite_requests": [
        {"sub_request_id": "a", "method": "POST", "uri": "/crm/v8/Contacts", "body": {"data": [{"Last_Name": "Inner"}]}},
        {"sub_request_id": "b", "method": "GET", "uri": "/crm/v8/Contacts/@{a:$.data[0].details.id}", "params": {"fields": "Last_Name"}},
    ]});
    let answer = r.call(200, "POST", "/crm/v8/__composite_requests", calls).await;
    let inner = &answer.body["__composite_requests"][1]["details"]["response"]["body"]["data"][0];
    assert_eq!(inner["Last_Name"], "Inner", "{}", answer.body);
    let mixed = json!({"__composite_requests": [
        {"method": "GET", "uri": "/crm/v8/org"}, {"method": "GET", "uri": "/crm/v8/Nothing/5"}]});
    r.call(207, "POST", "/crm/v8/__composite_requests", mixed).await;
    r.call(400, "POST", "/crm/v8/__composite_requests", json!({})).await;
    let call = json!({"method": "GET", "uri": "/crm/v8/org"});
    let many = json!({"__composite_requests": vec![call; 6]});
    r.call(400, "POST", "/crm/v8/__composite_requests", many).await;
}

async fn picklists(r: &mut Recorder) {
    let list = json!({"global_picklists": [{"display_label": "Grades", "pick_list_values": [
        {"display_value": "A", "type": "used"}, {"display_value": "B", "type": "used"}]}]});
    let made = r.harness.call("POST", "/crm/v8/settings/global_picklists", list).await;
    let id = first_id(&made.body, "global_picklists");
    let field =
        json!({"fields": [{"field_label": "Grade", "data_type": "picklist", "global_picklist": {"id": id}}]});
    r.harness.call("POST", "/crm/v8/settings/fields?module=Vendors", field).await;
    let vendor = json!({"data": [{"Vendor_Name": "Graded", "Grade": "A"}]});
    let vendor = first_id(&r.harness.call("POST", "/crm/v8/Vendors", vendor).await.body, "data");
    let target = format!("/crm/v8/settings/global_picklists/{id}/actions/replace_picklist_values");
    let wish = |old: &str| json!({"replace_picklist_values": [{"old_value": {"display_value": old}, "new_value": {"display_value": "B"}}]});
    r.call(200, "POST", &target, wish("A")).await;
    r.call(400, "POST", &target, wish("Z")).await;
    r.call(204, "GET", &format!("/crm/v8/settings/global_picklists/{id}/actions/replaced_values"), NONE)
        .await;
    let read = r.harness.call("GET", &format!("/crm/v8/Vendors/{vendor}"), NONE).await;
    assert_eq!(read.body["data"][0]["Grade"], "B", "{}", read.body);
}
