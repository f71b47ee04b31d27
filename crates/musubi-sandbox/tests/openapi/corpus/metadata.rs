//! Modules, fields, layouts, views, users, org and the rest of the settings.

use serde_json::{Value, json};

use crate::Recorder;

const NONE: Value = Value::Null;

/// Makes the calls.
pub async fn run(r: &mut Recorder) {
    r.call(200, "GET", "/crm/v8/org", NONE).await;
    people(r).await;
    modules(r).await;
    fields(r).await;
    several_lookups(r).await;
    layouts_and_views(r).await;
    picklists(r).await;
}

async fn people(r: &mut Recorder) {
    let users = r.call(200, "GET", "/crm/v8/users?type=AllUsers", NONE).await;
    r.call(200, "GET", "/crm/v8/users?type=CurrentUser", NONE).await;
    r.call(200, "GET", "/crm/v8/users?type=AllActiveUsers", NONE).await;
    r.call(204, "GET", "/crm/v8/users?type=DeveloperUsers", NONE).await;
    r.call(200, "GET", "/crm/v8/users?type=ActiveUsers&page=1&per_page=1", NONE).await;
    let user = users.body["users"][0]["id"].as_str().unwrap_or("0").to_owned();
    r.call(200, "GET", &format!("/crm/v8/users/{user}"), NONE).await;
    let roles = r.call(200, "GET", "/crm/v8/settings/roles", NONE).await;
    let role = roles.body["roles"][0]["id"].as_str().unwrap_or("0").to_owned();
    r.call(200, "GET", &format!("/crm/v8/settings/roles/{role}"), NONE).await;
    let profiles = r.call(200, "GET", "/crm/v8/settings/profiles", NONE).await;
    let profile = profiles.body["profiles"][0]["id"].as_str().unwrap_or("0").to_owned();
    r.call(200, "GET", &format!("/crm/v8/settings/profiles/{profile}"), NONE).await;
}

async fn modules(r: &mut Recorder) {
    r.call(200, "GET", "/crm/v8/settings/modules", NONE).await;
    r.call(400, "GET", "/crm/v8/settings/modules?status=hidden", NONE).await;
    r.call(400, "GET", "/crm/v8/settings/related_lists?module=Nothing", NONE).await;
    for module in ["Contacts", "Leads", "Accounts", "Deals", "Products", "Tasks", "Events", "Calls", "Notes"]
    {
        r.call(200, "GET", &format!("/crm/v8/settings/modules/{module}"), NONE).await;
        let lists = if matches!(module, "Contacts" | "Leads" | "Accounts" | "Deals") { 200 } else { 204 };
        if lists == 200 || module == "Notes" {
            r.call(lists, "GET", &format!("/crm/v8/settings/related_lists?module={module}"), NONE).await;
        }
    }
    r.call(400, "GET", "/crm/v8/settings/modules/Nothing", NONE).await;
    let profiles = r.harness.call("GET", "/crm/v8/settings/profiles", NONE).await;
    let profile = profiles.body["profiles"][0]["id"].clone();
    let body = json!({"modules": [{"singular_label": "Seminar", "plural_label": "Seminars", "api_name": "Seminars",
        "profiles": [{"id": profile}], "display_field": {"field_label": "Seminar Name", "data_type": "text"}}]});
    let made = r.call(201, "POST", "/crm/v8/settings/modules", body).await;
    let id = made.body["modules"][0]["details"]["id"].as_str().unwrap_or("0").to_owned();
    r.call(200, "GET", &format!("/crm/v8/settings/modules/{id}"), NONE).await;
    r.call(400, "POST", "/crm/v8/settings/modules", json!({"modules": [{"singular_label": "X"}]})).await;
}

async fn fields(r: &mut Recorder) {
    for module in [
        "Contacts",
        "Leads",
        "Accounts",
        "Deals",
        "Products",
        "Vendors",
        "Campaigns",
        "Tasks",
        "Events",
        "Calls",
        "Notes",
        "Price_Books",
    ] {
        r.call(200, "GET", &format!("/crm/v8/settings/fields?module={module}"), NONE).await;
    }
    r.call(400, "GET", "/crm/v8/settings/fields?module=Nothing", NONE).await;
    r.call(400, "GET", "/crm/v8/settings/fields", NONE).await;
    let body = json!({"fields": [
        {"field_label": "Second Mail", "data_type": "email", "length": 100},
        {"field_label": "Shirt Size", "data_type": "picklist", "pick_list_values": [{"display_value": "S", "actual_value": "S"}, {"display_value": "M", "actual_value": "M"}]},
        {"field_label": "Score", "data_type": "integer", "length": 9},
    ]});
    let made = r.call(201, "POST", "/crm/v8/settings/fields?module=Contacts", body).await;
    let id = |at: usize| made.body["fields"][at]["details"]["id"].as_str().unwrap_or("0").to_owned();
    let (mail, size) = (id(0), id(1));
    r.call(200, "GET", &format!("/crm/v8/settings/fields/{mail}?module=Contacts"), NONE).await;
    r.call(200, "GET", &format!("/crm/v8/settings/fields/{size}/pick_list_values?module=Contacts"), NONE)
        .await;
    let change = json!({"fields": [{"field_label": "Other Mail"}]});
    r.call(200, "PATCH", &format!("/crm/v8/settings/fields/{mail}?module=Contacts"), change).await;
    r.call(200, "DELETE", &format!("/crm/v8/settings/fields/{mail}?module=Contacts"), NONE).await;
    r.call(
        400,
        "POST",
        "/crm/v8/settings/fields?module=Contacts",
        json!({"fields": [{"data_type": "text"}]}),
    )
    .await;
    r.call(
        400,
        "POST",
        "/crm/v8/settings/fields?module=Contacts",
        json!({"fields": [{"field_label": "X", "data_type": "nonsense"}]}),
    )
    .await;
}

/// Lookups of several records and of several users, with the modules they make.
async fn several_lookups(r: &mut Recorder) {
    let body = json!({"fields": [
        {"field_label": "Seminars", "data_type": "multiselectlookup", "multiselectlookup": {
            "connected_details": {"module": {"api_name": "Seminars"}, "field": {"field_label": "Visitors"}},
            "linking_details": {"module": {"plural_label": "Seminar Visits"}}}},
        {"field_label": "Hosts", "data_type": "multiuserlookup"},
    ]});
    r.call(201, "POST", "/crm/v8/settings/fields?module=Contacts", body.clone()).await;
    r.call(400, "POST", "/crm/v8/settings/fields?module=Contacts", body).await;
    for module in ["Contacts", "Seminars", "Seminar_Visits", "Contacts_X_Users"] {
        r.call(200, "GET", &format!("/crm/v8/settings/fields?module={module}"), NONE).await;
        r.call(200, "GET", &format!("/crm/v8/settings/layouts?module={module}"), NONE).await;
        r.call(200, "GET", &format!("/crm/v8/settings/modules/{module}"), NONE).await;
    }
    r.call(200, "GET", "/crm/v8/settings/modules", NONE).await;
    r.call(200, "GET", "/crm/v8/settings/related_lists?module=Seminars", NONE).await;
    let users = r.harness.call("GET", "/crm/v8/users?type=ActiveUsers", NONE).await;
    let made = r.call(201, "POST", "/crm/v8/Seminars", json!({"data": [{"Name": "Baking"}]})).await;
    let seminar = made.body["data"][0]["details"]["id"].clone();
    let link = json!([{"Seminars": {"id": seminar}}]);
    let record = json!({"Last_Name": "Visitor", "Seminars": link, "Hosts": [{"Hosts": {"id": users.body["users"][0]["id"]}}]});
    let made = r.call(201, "POST", "/crm/v8/Contacts", json!({"data": [record]})).await;
    let id = made.body["data"][0]["details"]["id"].as_str().unwrap_or("0").to_owned();
    r.call(200, "GET", &format!("/crm/v8/Contacts/{id}"), NONE).await;
    r.call(200, "GET", "/crm/v8/Contacts?fields=Last_Name,Seminars,Hosts&per_page=1", NONE).await;
    r.call(400, "PUT", "/crm/v8/Contacts", json!({"data": [{"id": id, "Seminars": link}]})).await;
    r.call(200, "PUT", "/crm/v8/Contacts", json!({"data": [{"id": id, "Seminars": null}]})).await;
}

async fn layouts_and_views(r: &mut Recorder) {
    for module in ["Contacts", "Leads", "Deals"] {
        let layouts = r.call(200, "GET", &format!("/crm/v8/settings/layouts?module={module}"), NONE).await;
        let layout = layouts.body["layouts"][0]["id"].as_str().unwrap_or("0").to_owned();
        r.call(200, "GET", &format!("/crm/v8/settings/layouts/{layout}?module={module}"), NONE).await;
        let views = r.call(200, "GET", &format!("/crm/v8/settings/custom_views?module={module}"), NONE).await;
        let view = views.body["custom_views"][0]["id"].as_str().unwrap_or("0").to_owned();
        r.call(200, "GET", &format!("/crm/v8/settings/custom_views/{view}?module={module}"), NONE).await;
        if module == "Deals" {
            r.call(200, "GET", &format!("/crm/v8/settings/pipeline?layout_id={layout}"), NONE).await;
        }
    }
    r.call(400, "GET", "/crm/v8/settings/custom_views?module=Nothing", NONE).await;
    r.call(400, "GET", "/crm/v8/settings/layouts?module=Nothing", NONE).await;
}

async fn picklists(r: &mut Recorder) {
    let body = json!({"global_picklists": [{"display_label": "Regions", "pick_list_values": [
        {"display_value": "North", "actual_value": "North"}, {"display_value": "South", "actual_value": "South"}]}]});
    let made = r.call(201, "POST", "/crm/v8/settings/global_picklists", body).await;
    let id = made.body["global_picklists"][0]["details"]["id"].as_str().unwrap_or("0").to_owned();
    r.call(200, "GET", "/crm/v8/settings/global_picklists", NONE).await;
    r.call(200, "GET", &format!("/crm/v8/settings/global_picklists/{id}"), NONE).await;
    let change = json!({"global_picklists": [{"display_label": "Areas"}]});
    r.call(200, "PATCH", &format!("/crm/v8/settings/global_picklists/{id}"), change).await;
    r.call(202, "DELETE", &format!("/crm/v8/settings/global_picklists/{id}"), NONE).await;
}
