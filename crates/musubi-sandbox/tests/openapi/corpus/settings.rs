//! Changes of settings: roles, profiles, layouts, views, modules, tags, the recycle bin as a whole.

use serde_json::{Value, json};

use crate::Recorder;

const NONE: Value = Value::Null;

/// Makes the calls.
pub async fn run(r: &mut Recorder) {
    roles(r).await;
    profiles(r).await;
    layouts(r).await;
    views(r).await;
    modules_and_fields(r).await;
    tags(r).await;
    picklists(r).await;
    r.call(200, "POST", "/crm/v8/settings/recycle_bin/actions/empty", NONE).await;
    r.call(204, "GET", "/crm/v8/settings/recycle_bin", NONE).await;
}

fn text(body: &Value, pointer: &str) -> String {
    body.pointer(pointer).and_then(Value::as_str).unwrap_or("0").to_owned()
}

async fn roles(r: &mut Recorder) {
    let path = "/crm/v8/settings/roles";
    let known = r.harness.call("GET", path, NONE).await;
    let top = text(&known.body, "/roles/0/id");
    let body = json!({"roles": [{"name": "Field Sales", "description": "On the road", "reporting_to": {"id": top}, "share_with_peers": true}]});
    let made = r.call(201, "POST", path, body.clone()).await;
    let id = text(&made.body, "/roles/0/details/id");
    r.call(400, "POST", path, body).await;
    r.call(400, "POST", path, json!({"roles": [{"description": "no name"}]})).await;
    r.call(200, "GET", &format!("{path}/{id}"), NONE).await;
    r.call(200, "PUT", &format!("{path}/{id}"), json!({"roles": [{"name": "Outer Sales"}]})).await;
    r.call(200, "PUT", path, json!({"roles": [{"id": id, "description": "Changed"}]})).await;
    r.call(200, "DELETE", &format!("{path}/{id}?transfer_to_id={top}"), NONE).await;
}

async fn profiles(r: &mut Recorder) {
    let path = "/crm/v8/settings/profiles";
    let known = r.harness.call("GET", path, NONE).await;
    let (first, second) = (text(&known.body, "/profiles/0/id"), text(&known.body, "/profiles/1/id"));
    let body = json!({"profiles": [{"name": "Support", "description": "Copy"}]});
    let made = r.call(201, "POST", &format!("{path}/{second}/actions/clone"), body).await;
    let id = text(&made.body, "/profiles/0/details/id");
    r.call(200, "GET", &format!("{path}/{id}"), NONE).await;
    r.call(400, "DELETE", &format!("{path}/{id}"), NONE).await;
    r.call(400, "DELETE", &format!("{path}/5?transfer_to_id={first}"), NONE).await;
    r.call(400, "DELETE", &format!("{path}/{second}?transfer_to_id={first}"), NONE).await;
    r.call(400, "DELETE", &format!("{path}/{id}?transfer_to_id=5"), NONE).await;
    r.call(200, "DELETE", &format!("{path}/{id}?transfer_to={first}"), NONE).await;
}

async fn layouts(r: &mut Recorder) {
    let found = r.harness.call("GET", "/crm/v8/settings/layouts?module=Contacts", NONE).await;
    let (layout, section) =
        (text(&found.body, "/layouts/0/id"), text(&found.body, "/layouts/0/sections/0/id"));
    let field = text(&found.body, "/layouts/0/sections/0/fields/0/id");
    let body =
        json!({"layouts": [{"sections": [{"id": section, "fields": [{"id": field, "required": true}]}]}]});
    r.call(200, "PATCH", &format!("/crm/v8/settings/layouts/{layout}?module=Contacts"), body).await;
}

async fn views(r: &mut Recorder) {
    let path = "/crm/v8/settings/custom_views";
    let found = r.harness.call("GET", &format!("{path}?module=Contacts"), NONE).await;
    let view = text(&found.body, "/custom_views/0/id");
    let fields = r.harness.call("GET", "/crm/v8/settings/fields?module=Contacts", NONE).await;
    let all = fields.body["fields"].as_array().unwrap();
    let name = all.iter().find(|field| field["api_name"] == "Last_Name").unwrap();
    let sort = json!({"sort_by": {"api_name": "Last_Name", "id": name["id"]}, "sort_order": "asc"});
    let body = json!({"custom_views": [sort]});
    r.call(200, "PUT", &format!("{path}/{view}/actions/change_sort?module=Contacts"), body).await;
}

async fn modules_and_fields(r: &mut Recorder) {
    let body = json!({"modules": [{"plural_label": "People", "singular_label": "Person"}]});
    r.call(200, "PUT", "/crm/v8/settings/modules/Contacts", body).await;
    let made = r
        .harness
        .call(
            "POST",
            "/crm/v8/settings/fields?module=Leads",
            json!({"fields": [{"field_label": "Rank", "data_type": "integer", "length": 5}]}),
        )
        .await;
    let id = text(&made.body, "/fields/0/details/id");
    let body = json!({"fields": [{"id": id, "field_label": "Rank now"}]});
    r.call(200, "PATCH", "/crm/v8/settings/fields?module=Leads", body).await;
}

async fn tags(r: &mut Recorder) {
    let path = "/crm/v8/settings/tags";
    let made =
        r.harness.call("POST", &format!("{path}?module=Leads"), json!({"tags": [{"name": "Hot"}]})).await;
    let id = text(&made.body, "/tags/0/details/id");
    r.call(200, "PUT", &format!("{path}?module=Leads"), json!({"tags": [{"id": id, "name": "Very hot"}]}))
        .await;
    r.call(400, "POST", &format!("{path}?module=Leads"), json!({"tags": [{"name": "Very hot"}]})).await;
    let long = json!({"tags": [{"name": "x".repeat(26)}]});
    r.call(400, "POST", &format!("{path}?module=Leads"), long.clone()).await;
    r.call(400, "PUT", &format!("{path}/{id}?module=Leads"), long).await;
    r.call(400, "GET", path, NONE).await;
    r.call(400, "GET", &format!("{path}?module=Nothing"), NONE).await;
    r.call(400, "GET", &format!("{path}/{id}/actions/records_count"), NONE).await;
    r.call(400, "POST", "/crm/v8/Leads/actions/add_tags", json!({"tags": [{"name": "Hot"}]})).await;
    r.call(400, "POST", "/crm/v8/Leads/actions/add_tags", json!({"ids": ["5"]})).await;
    r.call(400, "POST", "/crm/v8/Leads/actions/remove_tags", json!({"ids": ["5"]})).await;
    r.call(400, "POST", "/crm/v8/Leads/5/actions/add_tags", json!({})).await;
    let known = r.harness.call("GET", &format!("{path}?module=Leads"), NONE).await;
    let room = 100 - known.body["info"]["count"].as_u64().unwrap_or(0);
    let many: Vec<Value> = (0..room).map(|n| json!({"name": format!("tag {n}")})).collect();
    r.harness.call("POST", &format!("{path}?module=Leads"), json!({ "tags": many })).await;
    r.call(400, "POST", &format!("{path}?module=Leads"), json!({"tags": [{"name": "One more"}]})).await;
}

async fn picklists(r: &mut Recorder) {
    let path = "/crm/v8/settings/global_picklists";
    let values = json!([{"display_value": "A", "actual_value": "A"}]);
    let body = json!({"global_picklists": [{"display_label": "Grades", "pick_list_values": values}]});
    let made = r.harness.call("POST", path, body.clone()).await;
    let id = text(&made.body, "/global_picklists/0/details/id");
    r.call(400, "POST", path, body).await;
    r.call(400, "POST", path, json!({"global_picklists": [{"pick_list_values": values}]})).await;
    r.call(204, "GET", &format!("{path}/{id}/actions/associations"), NONE).await;
}
