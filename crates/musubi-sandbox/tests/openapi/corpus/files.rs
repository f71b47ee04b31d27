//! Files, photos, rich text.

use serde_json::{Value, json};

use crate::Recorder;

const NONE: Value = Value::Null;

fn form(name: &str, media: &str) -> Vec<u8> {
    format!("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: {media}\r\n\r\nhello\r\n--b--\r\n").into_bytes()
}

/// Makes the calls.
pub async fn run(r: &mut Recorder) {
    let headers = [("content-type", "multipart/form-data; boundary=b")];
    let made = r.send(200, "POST", "/crm/v8/files", &headers, form("a.txt", "text/plain")).await;
    let id = made.body["data"][0]["details"]["id"].as_str().unwrap_or("0").to_owned();
    r.call(200, "GET", &format!("/crm/v8/files?id={id}"), NONE).await;
    r.call(204, "GET", "/crm/v8/files?id=5", NONE).await;
    r.call(400, "GET", "/crm/v8/files", NONE).await;
    r.call(400, "POST", "/crm/v8/files", NONE).await;

    let page = r.harness.call("GET", "/crm/v8/Contacts?fields=Last_Name&per_page=1", NONE).await;
    let contact = page.body["data"][0]["id"].as_str().unwrap_or("0").to_owned();
    let photo = format!("/crm/v8/Contacts/{contact}/photo");
    r.call(204, "GET", &photo, NONE).await;
    r.send(200, "POST", &photo, &headers, form("a.png", "image/png")).await;
    r.send(400, "POST", &photo, &headers, form("a.txt", "text/plain")).await;
    r.call(200, "GET", &photo, NONE).await;
    r.call(200, "DELETE", &photo, NONE).await;
    r.call(400, "DELETE", "/crm/v8/Contacts/5/photo", NONE).await;
    r.call(400, "GET", "/crm/v8/Contacts/5/photo", NONE).await;
    r.call(400, "GET", "/crm/v8/Deals/5/photo", NONE).await;

    let story = json!({"fields": [{"field_label": "Story", "data_type": "textarea", "textarea": {"type": "rich_text"}}]});
    r.harness.call("POST", "/crm/v8/settings/fields?module=Contacts", story).await;
    let change = json!({"data": [{"id": contact, "Story": "<b>x</b>"}], "trigger": []});
    r.harness.call("PUT", "/crm/v8/Contacts", change).await;
    r.call(200, "GET", &format!("/crm/v8/Contacts/{contact}/actions/fetch_full_data?fields=Story"), NONE)
        .await;
    r.call(200, "GET", &format!("/crm/v8/Contacts/actions/fetch_full_data?ids={contact}"), NONE).await;
    r.call(400, "GET", "/crm/v8/Contacts/actions/fetch_full_data", NONE).await;
    r.call(400, "GET", &format!("/crm/v8/Nothing/{contact}/actions/fetch_full_data"), NONE).await;
    r.call(204, "GET", "/crm/v8/Contacts/5/actions/fetch_full_data", NONE).await;

    let book = json!({"data": [{"Price_Book_Name": "2027", "Pricing_Details": [{"from_range": 1, "to_range": 10, "discount": 5}]}]});
    let made = r.call(201, "POST", "/crm/v8/Price_Books", book).await;
    let book = made.body["data"][0]["details"]["id"].as_str().unwrap_or("0").to_owned();
    r.call(200, "GET", &format!("/crm/v8/Price_Books/{book}"), NONE).await;
    r.call(200, "GET", "/crm/v8/settings/fields?module=Price_Books", NONE).await;
    r.call(200, "GET", "/crm/v8/settings/modules/Pricing_Details", NONE).await;
}
