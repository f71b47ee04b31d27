//! Injected faults, credits, the clock and the kept state, over real HTTP.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![allow(clippy::disallowed_methods, reason = "a delay is measured in real time")]

mod harness;

use std::time::{Duration, Instant};

use harness::Harness;
use musubi_sandbox::{Dataset, Options, Sandbox};
use serde_json::{Value, json};

async fn add(h: &Harness, name: &str) -> (u16, Value) {
    let answer = h.call("POST", "/crm/v8/Contacts", json!({"data": [{"Last_Name": name}]})).await;
    (answer.status, answer.body)
}

async fn count(h: &Harness) -> u64 {
    h.call("GET", "/crm/v8/Contacts/actions/count", Value::Null).await.body["count"].as_u64().unwrap()
}

#[tokio::test]
async fn a_lost_response_has_done_its_work() {
    let h = Harness::start(Dataset::Empty).await;
    h.control(
        "/sandbox/faults",
        json!({"service": "crm", "endpoint": "POST /crm/v8/Contacts", "count": 1, "kind": "lost_response"}),
    )
    .await;
    let url = format!("{}/crm/v8/Contacts", h.sandbox.base_url());
    let request = h.http.post(url).header("authorization", format!("Bearer {}", h.token));
    let lost = request.body(json!({"data": [{"Last_Name": "A"}]}).to_string()).send().await;
    assert!(lost.is_err(), "the connection must end without an answer");
    assert_eq!(count(&h).await, 1);
    h.control("/sandbox/faults", json!({"endpoint": "POST *", "count": 1, "kind": "lost_request"})).await;
    let request = h
        .http
        .post(format!("{}/crm/v8/Contacts", h.sandbox.base_url()))
        .header("authorization", format!("Bearer {}", h.token));
    assert!(request.body(json!({"data": [{"Last_Name": "B"}]}).to_string()).send().await.is_err());
    assert_eq!(count(&h).await, 1);
}

#[tokio::test]
async fn statuses_delays_throttles_and_garbage() {
    let h = Harness::start(Dataset::Empty).await;
    h.control(
        "/sandbox/faults",
        json!([
            {"endpoint": "POST /crm/v8/Contacts", "count": 1, "kind": "status", "status": 503},
            {"endpoint": "GET /crm/v8/org", "count": 1, "kind": "delay_ms", "ms": 120},
            {"endpoint": "GET /crm/v8/users", "count": 1, "kind": "throttle"},
            {"endpoint": "GET /crm/v8/settings/modules", "count": 1, "kind": "garbage_body"},
        ]),
    )
    .await;
    assert_eq!(add(&h, "A").await.0, 503);
    assert_eq!(count(&h).await, 0);
    assert_eq!(add(&h, "A").await.0, 201);
    let start = Instant::now();
    assert_eq!(h.call("GET", "/crm/v8/org", Value::Null).await.status, 200);
    assert!(start.elapsed() >= Duration::from_millis(120));
    let throttled = h.call("GET", "/crm/v8/users", Value::Null).await;
    assert_eq!((throttled.status, throttled.body["code"].as_str()), (429, Some("TOO_MANY_REQUESTS")));
    let garbage = h.call("GET", "/crm/v8/settings/modules", Value::Null).await;
    assert_eq!((garbage.status, garbage.body), (200, Value::Null));
    let list = h.call("GET", "/sandbox/faults", Value::Null).await;
    assert_eq!(list.body, json!([]), "faults that are used up are gone");
}

#[tokio::test]
async fn single_records_can_fail() {
    let h = Harness::start(Dataset::Empty).await;
    h.control(
        "/sandbox/faults",
        json!({"endpoint": "POST *", "count": 1, "kind": "item_error", "code": "RECORD_LOCKED", "every": 2}),
    )
    .await;
    let answer = h
        .call(
            "POST",
            "/crm/v8/Contacts",
            json!({"data": [{"Last_Name": "A"}, {"Last_Name": "B"}, {"Last_Name": "C"}]}),
        )
        .await;
    let codes: Vec<&str> =
        answer.body["data"].as_array().unwrap().iter().map(|e| e["code"].as_str().unwrap()).collect();
    assert_eq!((answer.status, codes), (207, vec!["SUCCESS", "RECORD_LOCKED", "SUCCESS"]));
}

#[tokio::test]
async fn what_is_no_fault_is_refused_with_its_reason_and_nothing_of_it_is_in_force() {
    let h = Harness::start(Dataset::Empty).await;
    let codes = "INVALID_DATA, DUPLICATE_DATA, MANDATORY_NOT_FOUND, RECORD_NOT_FOUND, RECORD_LOCKED, \
                 RECORD_IN_BLUEPRINT, NOT_APPROVED, NO_PERMISSION, INTERNAL_ERROR";
    let unknown = format!("the code RECORD_LOKED of an item_error is not one of {codes}");
    let wrong = json!({"kind": "item_error", "code": "RECORD_LOKED"});
    for (body, error) in [
        (json!([{"kind": "throttle"}, &wrong]), format!("number 2 of 2 is not a fault: {unknown}")),
        (wrong, format!("not a fault: {unknown}")),
        (json!({"kind": "item_error"}), "not a fault: missing field `code`".to_owned()),
    ] {
        let refused = h.call("POST", "/sandbox/faults", body).await;
        assert_eq!((refused.status, refused.body), (400, json!({"error": error})));
    }
    assert_eq!(h.call("GET", "/sandbox/faults", Value::Null).await.body, json!([]));
    let known: Vec<Value> =
        codes.split(", ").map(|code| json!({"kind": "item_error", "code": code})).collect();
    h.control("/sandbox/faults", json!(known)).await;
    let listed = h.call("GET", "/sandbox/faults", Value::Null).await.body;
    assert_eq!(listed[4]["code"], "RECORD_LOCKED", "they are listed as they were given");
}

#[tokio::test]
async fn a_fault_is_taken_away_by_its_id_and_none_by_what_is_no_id() {
    let h = Harness::start(Dataset::Empty).await;
    let ids = h.control("/sandbox/faults", json!([{"kind": "throttle"}, {"kind": "throttle"}])).await["ids"]
        .clone();
    for id in ["x", "9999"] {
        let answer = h.call("DELETE", &format!("/sandbox/faults/{id}"), Value::Null).await;
        assert_eq!((answer.status, answer.body["error"].is_string()), (404, true), "{id}");
    }
    let answer = h.call("DELETE", &format!("/sandbox/faults/{}", ids[0]), Value::Null).await;
    assert_eq!(answer.status, 200);
    let left = h.call("GET", "/sandbox/faults", Value::Null).await.body;
    assert_eq!((left.as_array().unwrap().len(), &left[0]["id"]), (1, &ids[1]));
}

#[tokio::test]
async fn lists_can_lag_behind() {
    let h = Harness::start(Dataset::Empty).await;
    add(&h, "Old").await;
    h.control("/sandbox/faults", json!({"endpoint": "GET *", "kind": "read_lag_s", "seconds": 10})).await;
    h.control("/sandbox/clock", json!({"advance_s": 60})).await;
    let list = h.call("GET", "/crm/v8/Contacts?fields=Last_Name", Value::Null).await;
    let id = list.body["data"][0]["id"].as_str().unwrap().to_owned();
    h.call("PUT", "/crm/v8/Contacts", json!({"data": [{"id": id, "Last_Name": "Changed"}]})).await;
    add(&h, "New").await;
    let names = async || {
        let list = h.call("GET", "/crm/v8/Contacts?fields=Last_Name&sort_order=asc", Value::Null).await;
        list.body["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|r| r["Last_Name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(names().await, ["Old"]);
    let by_id = h.call("GET", &format!("/crm/v8/Contacts/{id}"), Value::Null).await;
    assert_eq!(by_id.body["data"][0]["Last_Name"], "Old");
    let by_ids = h.call("GET", &format!("/crm/v8/Contacts?fields=Last_Name&ids={id}"), Value::Null).await;
    assert_eq!(by_ids.body["data"][0]["Last_Name"], "Old");
    h.control("/sandbox/clock", json!({"advance_s": 11})).await;
    assert_eq!(names().await, ["Changed", "New"]);
}

#[tokio::test]
async fn changes_of_many_cost_by_the_ten_and_deletions_of_many_one_credit() {
    let h = Harness::start(Dataset::Empty).await;
    let data: Vec<Value> = (0..45).map(|n| json!({"Last_Name": n.to_string()})).collect();
    let made = h.call("POST", "/crm/v8/Contacts", json!({"data": data})).await;
    let made = made.body["data"].as_array().unwrap().iter();
    let ids: Vec<&str> = made.map(|entry| entry["details"]["id"].as_str().unwrap()).collect();
    let (first, rest) = ids.split_at(15);
    let change = json!({"data": [{"Phone": "1"}], "ids": ids});
    assert_eq!(h.call("POST", "/crm/v8/Contacts/actions/mass_update", change).await.status, 200);
    let gone = h.call("DELETE", &format!("/crm/v8/Contacts?ids={}", first.join(",")), Value::Null).await;
    assert_eq!(gone.status, 200, "{}", gone.body);
    let gone = h.call("POST", "/crm/v8/Contacts/actions/mass_delete", json!({"ids": rest})).await;
    assert_eq!(gone.status, 200, "{}", gone.body);
    let stats = h.call("GET", "/sandbox/stats", Value::Null).await;
    let endpoints = &stats.body["orgs"][&h.org_id]["endpoints"];
    for (endpoint, credits) in [
        ("POST /crm/v8/Contacts/actions/mass_update", 5),
        ("DELETE /crm/v8/Contacts", 1),
        ("POST /crm/v8/Contacts/actions/mass_delete", 1),
    ] {
        assert_eq!(endpoints[endpoint]["credits"], credits, "{endpoint}: {endpoints}");
    }
}

#[tokio::test]
async fn credits_are_counted_told_and_run_out() {
    let h = Harness::start(Dataset::Empty).await;
    let data: Vec<Value> = (0..45).map(|n| json!({"Last_Name": n.to_string()})).collect();
    h.call("POST", "/crm/v8/Contacts", json!({"data": data})).await;
    h.call("GET", "/crm/v8/Contacts?fields=id", Value::Null).await;
    h.call("GET", "/crm/v8/Contacts/deleted?type=all", Value::Null).await;
    let stats = h.call("GET", "/sandbox/stats", Value::Null).await;
    let org = &stats.body["orgs"][&h.org_id];
    assert_eq!((org["calls"].as_u64(), org["credits"].as_u64()), (Some(3), Some(5 + 1 + 2)));
    assert_eq!(org["endpoints"]["POST /crm/v8/Contacts"]["credits"], 5);
    h.control(&format!("/sandbox/orgs/{}/limits", h.org_id), json!({"credits": 10})).await;
    let url = format!("{}/crm/v8/org", h.sandbox.base_url());
    let told = h.http.get(url).header("authorization", format!("Bearer {}", h.token)).send().await.unwrap();
    assert_eq!(told.headers()["x-api-credits-remaining"], "1");
    assert!(told.headers().contains_key("x-accesstoken-reset"));
    assert_eq!(h.call("GET", "/crm/v8/org", Value::Null).await.status, 200);
    assert_eq!(h.call("GET", "/crm/v8/org", Value::Null).await.status, 429);
    h.control("/sandbox/clock", json!({"advance_s": 86_500})).await;
    let token = h.fresh_token().await;
    assert_eq!(h.send("GET", "/crm/v8/org", &[("authorization", &token)], vec![]).await.status, 200);
}

#[tokio::test]
async fn too_many_calls_at_once_are_refused() {
    let h = Harness::start(Dataset::Empty).await;
    h.control(&format!("/sandbox/orgs/{}/limits", h.org_id), json!({"concurrency": 3})).await;
    h.control("/sandbox/faults", json!({"endpoint": "GET /crm/v8/org", "kind": "delay_ms", "ms": 200})).await;
    let calls = (0..5).map(|_| h.call("GET", "/crm/v8/org", Value::Null));
    let mut statuses: Vec<u16> = futures::future::join_all(calls).await.iter().map(|a| a.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 200, 429, 429]);
}

#[tokio::test]
async fn every_answer_carries_the_sandboxs_time() {
    let h = Harness::start(Dataset::Empty).await;
    h.control("/sandbox/clock", json!({"set": "2030-01-02T03:04:05Z"})).await;
    for path in ["/sandbox/orgs", "/crm/v8/org", "/nothing"] {
        let answer = h.http.get(format!("{}{path}", h.sandbox.base_url())).send().await.unwrap();
        assert!(answer.headers()["date"].to_str().unwrap().starts_with("Wed, 02 Jan 2030 03:04:"), "{path}");
    }
}

#[tokio::test]
async fn kept_state_comes_back_even_when_the_last_line_is_cut() {
    let folder = tempfile::tempdir().unwrap();
    let options = || Options {
        listen: "127.0.0.1:0".parse().unwrap(),
        data: Some(folder.path().to_owned()),
        dataset: Dataset::Empty,
        seed: 3,
    };
    let (contact, org, calls) = {
        let h = Harness::around(Sandbox::start(options()).await.unwrap()).await;
        let field = json!({"fields": [{"field_label": "Customer Tier", "data_type": "picklist", "pick_list_values": [{"display_value": "Gold", "actual_value": "Gold"}]}]});
        assert_eq!(h.call("POST", "/crm/v8/settings/fields?module=Contacts", field).await.status, 201);
        let made = h
            .call(
                "POST",
                "/crm/v8/Contacts",
                json!({"data": [{"Last_Name": "佐藤", "Customer_Tier": "Gold", "Tag": [{"name": "vip"}]}]}),
            )
            .await;
        let gone = h.call("POST", "/crm/v8/Contacts", json!({"data": [{"Last_Name": "Gone"}]})).await;
        let gone = gone.body["data"][0]["details"]["id"].as_str().unwrap().to_owned();
        h.call("DELETE", &format!("/crm/v8/Contacts/{gone}"), Value::Null).await;
        let id = made.body["data"][0]["details"]["id"].as_str().unwrap().to_owned();
        h.control(&format!("/sandbox/orgs/{}/limits", h.org_id), json!({"credits": 777})).await;
        let read = h.call("GET", &format!("/crm/v8/Contacts/{id}"), Value::Null).await.body;
        let stats = h.call("GET", "/sandbox/stats", Value::Null).await.body;
        h.sandbox.stop().await;
        (read, h.orgs[0].clone(), stats["orgs"][&h.org_id].clone())
    };
    let log = folder.path().join("sandbox.log");
    let mut bytes = std::fs::read(&log).unwrap();
    bytes.extend_from_slice(b"{\"put\":[1,1,{\"id\":5");
    std::fs::write(&log, bytes).unwrap();
    let h = Harness::around(Sandbox::start(options()).await.unwrap()).await;
    assert_eq!(h.orgs[0], org, "credentials are the same");
    let kept = h.call("GET", "/sandbox/stats", Value::Null).await.body["orgs"][&h.org_id].clone();
    assert_eq!(calls["calls"], 5);
    for key in ["calls", "credits", "endpoints", "credits_used_24h"] {
        assert_eq!(kept[key], calls[key], "{key}");
    }
    assert_eq!(kept["credits_allowed_24h"], 777);
    let id = contact["data"][0]["id"].as_str().unwrap();
    assert_eq!(h.call("GET", &format!("/crm/v8/Contacts/{id}"), Value::Null).await.body, contact);
    let feed = h.call("GET", "/crm/v8/Contacts/deleted?type=all", Value::Null).await;
    assert_eq!(feed.body["data"][0]["display_name"], "Gone");
    let more = h.call("POST", "/crm/v8/Contacts", json!({"data": [{"Last_Name": "Next"}]})).await;
    let next: i64 = more.body["data"][0]["details"]["id"].as_str().unwrap().parse().unwrap();
    assert!(next > id.parse::<i64>().unwrap() + 1, "ids never come back");
}

#[tokio::test]
async fn the_demo_is_the_same_for_the_same_seed_and_differs_between_the_orgs() {
    let one = Harness::start(Dataset::Demo).await;
    let two = Harness::start(Dataset::Demo).await;
    let list = "/crm/v2/Contacts?fields=Last_Name,Email,Phone&sort_order=asc";
    let (a, b) = (one.call("GET", list, Value::Null).await, two.call("GET", list, Value::Null).await);
    assert_eq!(a.body["data"], b.body["data"]);
    assert_eq!(a.body["data"].as_array().unwrap().len(), 120);
    let stats = one.call("GET", "/sandbox/stats", Value::Null).await;
    let second = one.orgs[1]["org_id"].as_str().unwrap();
    assert_eq!(stats.body["orgs"][second]["records"]["Contacts"], 80);
    assert_eq!(stats.body["orgs"][&one.org_id]["records"]["Accounts"], 40);
    let reset = one.control("/sandbox/reset", json!({})).await;
    assert_eq!(reset["orgs"].as_array().unwrap().len(), 2);
}
