//! Notifications arrive by real HTTP, as the service sends them, and faults act on them.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test stops at the first surprise and says what it saw"
)]

mod harness;

use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use harness::Harness;
use musubi_sandbox::Dataset;
use serde_json::{Value, json};
use tokio::sync::mpsc;

/// A receiver of notifications.
struct Receiver {
    url: String,
    inbox: mpsc::UnboundedReceiver<Value>,
    _server: tokio::task::JoinSet<()>,
}

impl Receiver {
    async fn start() -> Receiver {
        let (sender, inbox) = mpsc::unbounded_channel();
        let take = |State(sender): State<mpsc::UnboundedSender<Value>>, body: String| async move {
            let _ = sender.send(serde_json::from_str(&body).unwrap());
        };
        let app = Router::new().route("/hook", post(take)).with_state(sender);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook?side=left", listener.local_addr().unwrap());
        let mut server = tokio::task::JoinSet::new();
        server.spawn(async move { axum::serve(listener, app).await.unwrap() });
        Receiver { url, inbox, _server: server }
    }

    async fn next(&mut self) -> Option<Value> {
        tokio::time::timeout(Duration::from_secs(5), self.inbox.recv()).await.ok().flatten()
    }

    async fn quiet(&mut self) -> bool {
        tokio::time::timeout(Duration::from_millis(250), self.inbox.recv()).await.is_err()
    }
}

async fn subscribed(events: Value, more: Value) -> (Harness, Receiver) {
    let harness = Harness::start(Dataset::Empty).await;
    let receiver = Receiver::start().await;
    let mut channel = json!({"channel_id": "1000000068001", "events": events, "notify_url": receiver.url, "token": "shared"});
    channel.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let answer = harness.call("POST", "/crm/v8/actions/watch", json!({"watch": [channel]})).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    (harness, receiver)
}

async fn insert(harness: &Harness, names: &[&str]) -> Vec<String> {
    let data: Vec<Value> = names.iter().map(|name| json!({"Last_Name": name, "Title": "CEO"})).collect();
    let made = harness.call("POST", "/crm/v8/Contacts", json!({"data": data, "trigger": []})).await;
    assert_eq!(made.status, 201, "{}", made.body);
    made.body["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["details"]["id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_delivery_carries_all_ids_of_a_write() {
    let (harness, mut receiver) =
        subscribed(json!(["Contacts.all"]), json!({"return_affected_field_values": true})).await;
    let ids = insert(&harness, &["A", "B", "C"]).await;
    let told = receiver.next().await.unwrap();
    assert_eq!(told["operation"], "insert");
    assert_eq!(told["ids"], json!(ids));
    assert_eq!(told["affected_fields"], json!([]));
    assert_eq!(told["affected_values"][0]["values"]["Last_Name"], "A");
    assert_eq!(told["module"], "Contacts");
    assert_eq!(told["token"], "shared");
    assert_eq!(told["channel_id"], "1000000068001");
    assert_eq!(told["query_params"], json!({"side": "left"}));
    assert_eq!(told["resource_uri"], format!("{}/crm/v8/Contacts", harness.sandbox.base_url()));
    assert!(told["server_time"].as_i64().unwrap() > 1_500_000_000_000);

    harness.call("PUT", &format!("/crm/v8/Contacts/{}", ids[0]), json!({"data": [{"Title": "CTO"}]})).await;
    let told = receiver.next().await.unwrap();
    assert_eq!(
        (&told["operation"], &told["affected_fields"]),
        (&json!("update"), &json!([{ids[0].clone(): ["Title"]}]))
    );
    assert_eq!(told["affected_values"], json!([{"record_id": ids[0], "values": {"Title": "CTO"}}]));

    harness.call("DELETE", &format!("/crm/v8/Contacts?ids={},{}", ids[1], ids[2]), Value::Null).await;
    let told = receiver.next().await.unwrap();
    assert_eq!((&told["operation"], &told["ids"]), (&json!("delete"), &json!([ids[1], ids[2]])));
    assert_eq!(told["affected_values"], json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_what_was_asked_for_is_told() {
    let condition = json!([{"type": "field_selection", "module": {"api_name": "Contacts"},
        "field_selection": {"group_operator": "or", "group": [{"field": {"api_name": "Email"}}]}}]);
    let (harness, mut receiver) =
        subscribed(json!(["Contacts.edit"]), json!({"notification_condition": condition})).await;
    let ids = insert(&harness, &["A"]).await;
    let path = format!("/crm/v8/Contacts/{}", ids[0]);
    harness.call("PUT", &path, json!({"data": [{"Title": "CTO"}]})).await;
    assert!(receiver.quiet().await);
    harness.call("PUT", &path, json!({"data": [{"Email": "a@example.com"}]})).await;
    assert_eq!(receiver.next().await.unwrap()["ids"], json!(ids));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_channel_ends_at_its_time_unless_renewed() {
    let (harness, mut receiver) = subscribed(json!(["Contacts.create"]), json!({})).await;
    harness.control("/sandbox/clock", json!({"advance_s": 3000})).await;
    let far =
        json!({"watch": [{"channel_id": "1000000068001", "channel_expiry": "2100-01-01T00:00:00+00:00"}]});
    // A wish of more than a week is granted as one hour.
    let renewed = harness.call("PATCH", "/crm/v8/actions/watch", far).await;
    assert_eq!(renewed.status, 200, "{}", renewed.body);
    harness.control("/sandbox/clock", json!({"advance_s": 1200})).await;
    // The access token ends after an hour as well.
    let harness = harness.renewed().await;
    insert(&harness, &["A"]).await;
    assert!(receiver.next().await.is_some());
    harness.control("/sandbox/clock", json!({"advance_s": 2500})).await;
    insert(&harness, &["B"]).await;
    assert!(receiver.quiet().await);
    assert_eq!(harness.call("GET", "/crm/v8/actions/watch", Value::Null).await.status, 204);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_channel_without_a_name_gets_one() {
    let harness = Harness::start(Dataset::Empty).await;
    let channel = json!({"events": ["Contacts.all"], "notify_url": "http://127.0.0.1:9/hook"});
    let made = harness.call("POST", "/crm/v8/actions/watch", json!({"watch": [channel]})).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let id = made.body["watch"][0]["details"]["events"][0]["channel_id"].as_str().unwrap().to_owned();
    let listed = harness.call("GET", "/crm/v8/actions/watch", Value::Null).await;
    assert_eq!(listed.body["watch"][0]["channel_id"], id);
    let unnamed = json!({"watch": [{"events": ["Contacts.all"], "notify_url": "http://127.0.0.1:9/hook"}]});
    let refused = harness.call("PUT", "/crm/v8/actions/watch", unnamed).await;
    assert_eq!(refused.body["watch"][0]["code"], "MANDATORY_NOT_FOUND");
    let ended = harness.call("DELETE", &format!("/crm/v8/actions/watch?channel_ids={id}"), Value::Null).await;
    assert_eq!(ended.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn faults_drop_and_double_deliveries() {
    let (harness, mut receiver) = subscribed(json!(["Contacts.create"]), json!({})).await;
    harness.control("/sandbox/faults", json!({"kind": "drop_webhook", "count": 1})).await;
    insert(&harness, &["A"]).await;
    assert!(receiver.quiet().await);
    let fault =
        json!({"kind": "duplicate_webhook", "count": 1, "endpoint": "POST /crm/v8/actions/watch/Contacts"});
    harness.control("/sandbox/faults", fault).await;
    let ids = insert(&harness, &["B"]).await;
    for _ in 0..2 {
        assert_eq!(receiver.next().await.unwrap()["ids"], json!(ids));
    }
    assert!(receiver.quiet().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delivery_leaves_within_milliseconds() {
    let (harness, mut receiver) = subscribed(json!(["Contacts.edit"]), json!({})).await;
    let ids = insert(&harness, &["A"]).await;
    let path = format!("/crm/v8/Contacts/{}", ids[0]);
    let mut times = Vec::new();
    for at in 0..100 {
        let start = Instant::now();
        harness.call("PUT", &path, json!({"data": [{"Title": format!("T{at}")}]})).await;
        receiver.next().await.unwrap();
        times.push(start.elapsed());
    }
    times.sort_unstable();
    println!("from the write to the arrival of its notification: p50 {:?}, p99 {:?}", times[50], times[98]);
    assert!(times[50] < Duration::from_millis(50), "p50 {:?}", times[50]);
}
