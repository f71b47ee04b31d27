//! Users, layouts and pipelines over real HTTP: what changing them changes.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod harness;

use harness::Harness;
use musubi_sandbox::Dataset;
use serde_json::{Value, json};

#[tokio::test]
async fn a_deactivated_user_is_given_nothing_and_a_deleted_one_keeps_the_name() {
    let h = Harness::start(Dataset::Empty).await;
    let users = h.call("GET", "/crm/v8/users?type=ActiveUsers", Value::Null).await;
    let [first, second] = [0, 1].map(|at| users.body["users"][at]["id"].as_str().unwrap().to_owned());
    let own = |name: &str| json!({"data": [{"Last_Name": name, "Owner": {"id": second}}]});
    let made = h.call("POST", "/crm/v8/Contacts", own("A")).await;
    let id = made.body["data"][0]["details"]["id"].as_str().unwrap().to_owned();
    let off = json!({"users": [{"status": "inactive"}]});
    assert_eq!(h.call("PUT", &format!("/crm/v8/users/{second}"), off.clone()).await.status, 200);
    let refused = h.call("POST", "/crm/v8/Contacts", own("B")).await;
    assert_eq!(refused.body["data"][0]["code"], "INVALID_DATA");
    let primary = h.call("PUT", &format!("/crm/v8/users/{first}"), off).await;
    assert_eq!(primary.body["users"][0]["code"], "NOT_ALLOWED");
    h.call("DELETE", &format!("/crm/v8/users/{second}"), Value::Null).await;
    let read = h.call("GET", &format!("/crm/v8/Contacts/{id}"), Value::Null).await;
    assert_eq!(read.body["data"][0]["Owner"]["name"], "Kenji Tanaka");
    let all = h.call("GET", "/crm/v8/users?type=AllUsers", Value::Null).await;
    assert_eq!(all.body["users"].as_array().unwrap().len(), 2);
    assert_eq!(h.call("GET", "/crm/v8/users?type=Everybody", Value::Null).await.status, 400);
}

#[tokio::test]
async fn what_a_layout_requires_is_required_of_clients() {
    let h = Harness::start(Dataset::Empty).await;
    let layouts = h.call("GET", "/crm/v8/settings/layouts?module=Contacts", Value::Null).await;
    let layout = &layouts.body["layouts"][0];
    let section = &layout["sections"][0];
    let field = section["fields"].as_array().unwrap().iter().find(|f| f["api_name"] == "Phone").unwrap();
    let change = json!({"layouts": [{"sections": [{"id": section["id"], "fields": [{"id": field["id"], "required": true}]}]}]});
    let target = format!("/crm/v8/settings/layouts/{}?module=Contacts", layout["id"].as_str().unwrap());
    assert_eq!(h.call("PATCH", &target, change).await.status, 200);
    let without = h.call("POST", "/crm/v8/Contacts", json!({"data": [{"Last_Name": "A"}]})).await;
    assert_eq!(without.body["data"][0]["details"]["api_name"], "Phone", "{}", without.body);
    let with = h.call("POST", "/crm/v8/Contacts", json!({"data": [{"Last_Name": "A", "Phone": "1"}]})).await;
    let id = with.body["data"][0]["details"]["id"].as_str().unwrap().to_owned();
    let cleared = h.call("PUT", &format!("/crm/v8/Contacts/{id}"), json!({"data": [{"Phone": null}]})).await;
    assert_eq!(cleared.body["data"][0]["code"], "MANDATORY_NOT_FOUND");
    assert_eq!(
        h.call("PUT", &format!("/crm/v8/Contacts/{id}"), json!({"data": [{"Title": "x"}]})).await.status,
        200
    );
}

#[tokio::test]
async fn a_second_pipeline_gives_deals_a_field_and_bounds_their_stages() {
    let h = Harness::start(Dataset::Empty).await;
    let layouts = h.call("GET", "/crm/v8/settings/layouts?module=Deals", Value::Null).await;
    let target =
        format!("/crm/v8/settings/pipeline?layout_id={}", layouts.body["layouts"][0]["id"].as_str().unwrap());
    let shown = h.call("GET", &target, Value::Null).await;
    let maps = shown.body["pipeline"][0]["maps"].as_array().unwrap().clone();
    let won = maps.iter().find(|map| map["display_value"] == "Closed Won").unwrap();
    let wish = json!({"pipeline": [{"display_value": "Renewals", "maps": [{"id": maps[0]["id"]}, {"id": won["id"]}]}]});
    assert_eq!(h.call("POST", &target, wish).await.status, 201);
    let deal = async |fields: Value| {
        let mut deal = json!({"Deal_Name": "D"});
        deal.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        h.call("POST", "/crm/v8/Deals", json!({"data": [deal]})).await
    };
    let plain = deal(json!({"Stage": "Needs Analysis"})).await;
    let id = plain.body["data"][0]["details"]["id"].as_str().unwrap().to_owned();
    let read = h.call("GET", &format!("/crm/v8/Deals/{id}"), Value::Null).await;
    assert_eq!(read.body["data"][0]["Pipeline"], "Standard (Standard)");
    assert_eq!(deal(json!({"Stage": "Qualification", "Pipeline": "Renewals"})).await.status, 201);
    let refused = deal(json!({"Stage": "Needs Analysis", "Pipeline": "Renewals"})).await;
    assert_eq!(refused.body["data"][0]["details"]["api_name"], "Stage", "{}", refused.body);
    let moved =
        h.call("PUT", &format!("/crm/v8/Deals/{id}"), json!({"data": [{"Pipeline": "Renewals"}]})).await;
    assert_eq!(moved.status, 400, "the stage would have to go with it");
}

#[tokio::test]
async fn merged_tags_stand_on_every_record_of_both() {
    let h = Harness::start(Dataset::Empty).await;
    let made = h
        .call(
            "POST",
            "/crm/v8/Contacts",
            json!({"data": [
        {"Last_Name": "A", "Tag": [{"name": "vip"}]}, {"Last_Name": "B", "Tag": [{"name": "v.i.p."}]}]}),
        )
        .await;
    assert_eq!(made.status, 201);
    let tags = h.call("GET", "/crm/v8/settings/tags?module=Contacts", Value::Null).await;
    let id = |at: usize| tags.body["tags"][at]["id"].as_str().unwrap().to_owned();
    let target = format!("/crm/v8/settings/tags/{}/actions/merge", id(0));
    assert_eq!(h.call("POST", &target, json!({"tags": [{"conflict_id": id(1)}]})).await.status, 200);
    let count = format!("/crm/v8/settings/tags/{}/actions/records_count?module=Contacts", id(0));
    assert_eq!(h.call("GET", &count, Value::Null).await.body["count"], "2");
    let tags = h.call("GET", "/crm/v8/settings/tags?module=Contacts", Value::Null).await;
    assert_eq!(tags.body["tags"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_meeting_does_not_end_before_it_starts() {
    let h = Harness::start(Dataset::Empty).await;
    let event = json!({"Event_Title": "M", "Start_DateTime": "2026-12-01T10:00:00+09:00", "End_DateTime": "2026-12-01T09:00:00+09:00"});
    let refused = h.call("POST", "/crm/v8/Events", json!({"data": [event]})).await;
    assert_eq!(refused.body["data"][0]["details"]["api_name"], "End_DateTime");
}

#[tokio::test]
async fn every_standard_module_is_generated_with_its_references() {
    let h = Harness::start(Dataset::Empty).await;
    let generate = format!("/sandbox/orgs/{}/generate", h.org_id);
    for module in [
        "Vendors",
        "Accounts",
        "Contacts",
        "Campaigns",
        "Products",
        "Price_Books",
        "Leads",
        "Deals",
        "Tasks",
        "Events",
        "Calls",
        "Notes",
    ] {
        let made = h.control(&generate, json!({"module": module, "count": 12, "seed": 4})).await;
        assert_eq!(made["count"], 12, "{module}");
        let page = h.call("GET", &format!("/crm/v2/{module}?per_page=1"), Value::Null).await;
        let record = page.body["data"][0].as_object().unwrap();
        let filled = record.iter().filter(|(key, value)| !key.starts_with('$') && !value.is_null()).count();
        assert!(filled >= 9, "{module} has only {filled} filled fields: {record:?}");
        let reference = match module {
            "Contacts" => "Account_Name",
            "Deals" => "Contact_Name",
            "Products" => "Vendor_Name",
            "Tasks" | "Events" | "Calls" => "Who_Id",
            "Notes" => "Parent_Id",
            _ => continue,
        };
        assert!(record[reference]["id"].is_string(), "{module}: {record:?}");
    }
    let books = h.call("GET", "/crm/v8/Price_Books?fields=Pricing_Details", Value::Null).await;
    assert_eq!(books.body["data"][0]["Pricing_Details"].as_array().unwrap().len(), 2);
    h.control(&generate, json!({"module": "Contacts", "count": 1, "from": 50, "links": false})).await;
    let newest = h.call("GET", "/crm/v8/Contacts?fields=Account_Name", Value::Null).await;
    assert_eq!(newest.body["data"][0]["Account_Name"], Value::Null);
}

#[tokio::test]
async fn an_org_of_no_known_edition_zone_or_data_centre_is_refused() {
    let h = Harness::start(Dataset::Empty).await;
    for (key, value) in
        [("edition", "gold"), ("time_zone", "Mars/Base"), ("data_centre", "xx"), ("service", "mail")]
    {
        let refused = h.call("POST", "/sandbox/orgs", json!({key: value})).await;
        assert_eq!(refused.status, 400, "{key}: {}", refused.body);
        assert!(refused.body["error"].as_str().unwrap().contains(value) || key == "service");
    }
    let made = h
        .control(
            "/sandbox/orgs",
            json!({"edition": "free", "data_centre": "in", "time_zone": "Asia/Kolkata"}),
        )
        .await;
    assert_eq!((&made["edition"], &made["data_centre"]), (&json!("free"), &json!("in")));
    let long = json!({"fields": [{"field_label": "A label of twenty-six chars", "data_type": "text"}]});
    let refused = h.call("POST", "/crm/v8/settings/fields?module=Contacts", long).await;
    assert_eq!(refused.body["fields"][0]["details"]["maximum_length"], 25, "{}", refused.body);
}
