//! Files over real HTTP: uploads, file fields, photos, attachments and links, rich text in full.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod harness;

use harness::{Exchange, Harness};
use musubi_sandbox::Dataset;
use serde_json::{Value, json};

const FORM: (&str, &str) = ("content-type", "multipart/form-data; boundary=b");

fn form(parts: &[(&str, &str, &str)]) -> Vec<u8> {
    let part = |(name, media, content): &(&str, &str, &str)| {
        format!(
            "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: {media}\r\n\r\n{content}\r\n"
        )
    };
    let parts: String = parts.iter().map(part).collect();
    format!("{parts}--b--\r\n").into_bytes()
}

async fn contact(h: &Harness, record: Value) -> Exchange {
    h.call("POST", "/crm/v8/Contacts", json!({"data": [record]})).await
}

fn id(made: &Exchange) -> String {
    made.body["data"][0]["details"]["id"].as_str().unwrap_or_else(|| panic!("{}", made.body)).to_owned()
}

async fn upload(h: &Harness, name: &str, content: &str) -> String {
    id(&h.send("POST", "/crm/v8/files", &[FORM], form(&[(name, "text/plain", content)])).await)
}

#[tokio::test]
async fn an_uploaded_file_is_read_back_and_fills_a_field() {
    let h = Harness::start(Dataset::Empty).await;
    let fields = json!({"fields": [{"field_label": "Papers", "data_type": "fileupload"}, {"field_label": "Pictures", "data_type": "imageupload"}]});
    h.call("POST", "/crm/v8/settings/fields?module=Contacts", fields).await;
    let (first, second) = (upload(&h, "見積.txt", "one").await, upload(&h, "b.txt", "two").await);
    assert_eq!(first.len(), 64);
    let file = h.send("GET", &format!("/crm/v8/files?id={first}"), &[], vec![]).await;
    assert_eq!(
        (file.status, file.bytes.as_slice(), file.content_type.as_str()),
        (200, &b"one"[..], "text/plain")
    );
    assert_eq!(h.call("GET", "/crm/v8/files?id=nothing", Value::Null).await.status, 204);

    let made = contact(
        &h,
        json!({"Last_Name": "A", "Papers": [{"File_Id__s": first}], "Pictures": [{"File_Id__s": second}]}),
    )
    .await;
    let contact_id = id(&made);
    let target = format!("/crm/v8/Contacts/{contact_id}");
    let read = h.call("GET", &target, Value::Null).await.body["data"][0].clone();
    assert_eq!(read["Papers"][0]["File_Name__s"], "見積.txt");
    assert_eq!(read["Papers"][0]["Size__s"], "3");
    assert_eq!(read["Pictures"][0]["Sequence_Number__s"], 1);
    let change = json!({"data": [{"Papers": [{"File_Id__s": second}, {"id": read["Papers"][0]["id"], "_delete": null}]}]});
    assert_eq!(h.call("PUT", &target, change).await.status, 200);
    let read = h.call("GET", &target, Value::Null).await.body["data"][0].clone();
    let names: Vec<&Value> = read["Papers"].as_array().unwrap().iter().map(|f| &f["File_Name__s"]).collect();
    assert_eq!(names, ["b.txt"]);
    let unknown = contact(&h, json!({"Last_Name": "B", "Papers": [{"File_Id__s": "0".repeat(64)}]})).await;
    assert_eq!(unknown.body["data"][0]["code"], "INVALID_DATA");
}

#[tokio::test]
async fn a_photo_is_set_read_and_deleted() {
    let h = Harness::start(Dataset::Empty).await;
    let contact_id = id(&contact(&h, json!({"Last_Name": "A"})).await);
    let target = format!("/crm/v8/Contacts/{contact_id}/photo");
    assert_eq!(h.call("GET", &target, Value::Null).await.status, 204);
    h.control("/sandbox/clock", json!({"advance_s": 60})).await;
    let set = h.send("POST", &target, &[FORM], form(&[("me.png", "image/png", "PNG")])).await;
    assert_eq!((set.status, set.body["code"].as_str()), (200, Some("SUCCESS")));
    let photo = h.send("GET", &target, &[], vec![]).await;
    assert_eq!((photo.bytes.as_slice(), photo.content_type.as_str()), (&b"PNG"[..], "image/png"));
    let record =
        h.call("GET", &format!("/crm/v8/Contacts/{contact_id}"), Value::Null).await.body["data"][0].clone();
    assert_ne!(record["Modified_Time"], record["Created_Time"]);
    assert!(record["Record_Image"].is_string());
    let refused = h.send("POST", &target, &[FORM], form(&[("me.txt", "text/plain", "x")])).await;
    assert_eq!(refused.body["code"], "INVALID_DATA");
    assert_eq!(h.call("DELETE", &target, Value::Null).await.status, 200);
    assert_eq!(h.call("GET", &target, Value::Null).await.status, 204);
    let deal = h.call("GET", "/crm/v8/Deals/1/photo", Value::Null).await;
    assert_eq!(deal.body["code"], "INVALID_MODULE");
}

#[tokio::test]
async fn a_link_is_an_attachment_that_cannot_be_downloaded() {
    let h = Harness::start(Dataset::Empty).await;
    let contact_id = id(&contact(&h, json!({"Last_Name": "A"})).await);
    let target = format!("/crm/v8/Contacts/{contact_id}/Attachments");
    let link =
        h.call("POST", &format!("{target}?attachmentUrl=https://x.example/a&title=Offer"), Value::Null).await;
    let file = h.send("POST", &target, &[FORM], form(&[("a.txt", "text/plain", "hello")])).await;
    let listed = h.call("GET", &format!("{target}?fields=id,File_Name"), Value::Null).await;
    let rows = listed.body["data"].as_array().unwrap();
    assert_eq!(
        (&rows[0]["id"], &rows[0]["$type"], &rows[0]["Size"]),
        (&json!(id(&file)), &json!("Attachment"), &json!("5"))
    );
    assert_eq!(
        (&rows[1]["File_Name"], &rows[1]["$link_url"]),
        (&json!("Offer"), &json!("https://x.example/a"))
    );
    let refused = h.call("GET", &format!("{target}/{}", id(&link)), Value::Null).await;
    assert_eq!(refused.body["code"], "DOWNLOAD_NOT_ALLOWED");
    let by_id = h
        .call("GET", &format!("/crm/v8/files?id={}", rows[0]["$file_id"].as_str().unwrap()), Value::Null)
        .await;
    assert_eq!(by_id.bytes, b"hello");
}

#[tokio::test]
async fn rich_text_comes_in_full_on_request() {
    let h = Harness::start(Dataset::Empty).await;
    let field = json!({"fields": [{"field_label": "Story", "data_type": "textarea", "textarea": {"type": "rich_text"}}]});
    h.call("POST", "/crm/v8/settings/fields?module=Contacts", field).await;
    let contact_id = id(&contact(&h, json!({"Last_Name": "A", "Story": "<b>long</b>"})).await);
    let one = h
        .call(
            "GET",
            &format!("/crm/v8/Contacts/{contact_id}/actions/fetch_full_data?fields=Story"),
            Value::Null,
        )
        .await;
    assert_eq!(one.body["data"][0], json!({"id": contact_id, "Story": "<b>long</b>"}));
    let many = h
        .call("GET", &format!("/crm/v8/Contacts/actions/fetch_full_data?ids={contact_id},5"), Value::Null)
        .await;
    assert_eq!(many.body["data"].as_array().unwrap().len(), 1);
    let missing = h.call("GET", "/crm/v8/Contacts/actions/fetch_full_data", Value::Null).await;
    assert_eq!(missing.body["code"], "REQUIRED_PARAM_MISSING");
    let plain = h
        .call(
            "GET",
            &format!("/crm/v8/Contacts/{contact_id}/actions/fetch_full_data?fields=Email"),
            Value::Null,
        )
        .await;
    assert_eq!(plain.body["code"], "INVALID_REQUEST");
}
