//! Notification channels.

use serde_json::{Value, json};

use crate::Recorder;

const NONE: Value = Value::Null;
const PATH: &str = "/crm/v8/actions/watch";

/// Makes the calls.
pub async fn run(r: &mut Recorder) {
    let channel = |id: &str| {
        json!({"channel_id": id, "events": ["Contacts.create", "Deals.all"], "notify_url": "http://127.0.0.1:9/hook",
            "token": "secret", "return_affected_field_values": true, "notify_on_related_action": false})
    };
    r.call(201, "POST", PATH, json!({"watch": [channel("1000000068001")]})).await;
    let mixed = json!({"watch": [channel("1000000068002"), {"channel_id": "1000000068003", "events": ["Contacts.all"]}]});
    r.call(207, "POST", PATH, mixed).await;
    r.call(
        400,
        "POST",
        PATH,
        json!({"watch": [{"channel_id": "5", "events": ["Nothing.all"], "notify_url": "http://h/"}]}),
    )
    .await;
    r.call(
        400,
        "POST",
        PATH,
        json!({"watch": [{"channel_id": "5", "events": ["Contacts.seen"], "notify_url": "http://h/"}]}),
    )
    .await;
    r.call(
        400,
        "POST",
        PATH,
        json!({"watch": [{"channel_id": "5", "events": ["Contacts.all"], "notify_url": "nowhere"}]}),
    )
    .await;
    r.call(400, "POST", PATH, json!({"watch": [{"channel_id": "5", "events": ["Contacts.all"], "notify_url": "http://h/", "token": "x".repeat(51)}]})).await;
    r.call(400, "POST", PATH, json!({})).await;
    let unnamed = json!({"watch": [{"events": ["Leads.all"], "notify_url": "http://127.0.0.1:9/hook"}]});
    let made = r.call(201, "POST", PATH, unnamed).await;
    let named = made.body.pointer("/watch/0/details/events/0/channel_id").and_then(Value::as_str);
    let named = named.unwrap_or("0").to_owned();
    r.call(200, "DELETE", &format!("{PATH}?channel_ids={named}"), NONE).await;
    r.call(200, "GET", PATH, NONE).await;
    r.call(200, "GET", &format!("{PATH}?channel_id=1000000068001&module=Deals"), NONE).await;
    r.call(400, "GET", &format!("{PATH}?module=Nothing"), NONE).await;
    r.call(200, "PUT", PATH, json!({"watch": [channel("1000000068001")]})).await;
    r.call(400, "PUT", PATH, json!({"watch": [channel("77")]})).await;
    let change = json!({"watch": [{"channel_id": "1000000068001", "events": ["Deals.delete"], "_delete_events": true}]});
    r.call(200, "PATCH", PATH, change).await;
    r.call(
        207,
        "PATCH",
        PATH,
        json!({"watch": [{"channel_id": "1000000068001", "token": "t"}, {"channel_id": "77", "token": "t"}]}),
    )
    .await;
    r.call(207, "DELETE", &format!("{PATH}?channel_ids=1000000068002,77"), NONE).await;
    r.call(200, "DELETE", &format!("{PATH}?channel_ids=1000000068001"), NONE).await;
    r.call(400, "DELETE", &format!("{PATH}?channel_ids=1000000068001"), NONE).await;
    r.call(400, "DELETE", PATH, NONE).await;
    r.call(204, "GET", PATH, NONE).await;
}
