//! Bulk read and bulk write.

use std::io::Write as _;

use serde_json::{Value, json};

use crate::Recorder;

const NONE: Value = Value::Null;

/// Makes the calls.
pub async fn run(r: &mut Recorder) {
    read(r).await;
    write(r).await;
}

async fn read(r: &mut Recorder) {
    let path = "/crm/bulk/v8/read";
    let condition = json!({"field": {"api_name": "Last_Name"}, "comparator": "not_equal", "value": "Nobody", "type": "value"});
    let criteria = json!({"group_operator": "and", "group": [condition.clone(), condition]});
    let query = json!({"module": {"api_name": "Contacts"}, "fields": ["Last_Name", "Email", "Account_Name"], "page": 1, "criteria": criteria});
    let made = r.call(201, "POST", path, json!({ "query": query })).await;
    let id = made.body["data"][0]["details"]["id"].as_str().unwrap_or("0").to_owned();
    r.call(200, "GET", &format!("{path}/{id}"), NONE).await;
    wait(r, &format!("{path}/{id}"), "/data/0/state").await;
    r.call(200, "GET", &format!("{path}/{id}"), NONE).await;
    let file = r.call(200, "GET", &format!("{path}/{id}/result"), NONE).await;
    assert_eq!(file.content_type, "application/zip");
    r.call(404, "GET", &format!("{path}/12345"), NONE).await;
    r.call(404, "GET", &format!("{path}/12345/result"), NONE).await;
    let module = json!({"api_name": "Contacts"});
    for body in [
        json!({"query": {"module": {"api_name": "Nothing"}}}),
        json!({"query": {"module": module, "fields": ["No_Field"]}}),
        json!({"query": {"module": module, "page": 501}}),
        json!({"query": {"module": module, "page_token": "x"}}),
        json!({"query": {"module": module, "cvid": "5"}}),
        json!({"query": {"module": module, "criteria": {"group_operator": "xor", "group": []}}}),
        json!({"query": {"module": module}, "callback": {"url": "http://h/", "method": "get"}}),
        json!({"query": {"module": module}, "callback": {"url": "nowhere", "method": "post"}}),
        json!({"query": {"module": module}, "file_type": "xlsx"}),
        json!({"nothing": 1}),
    ] {
        r.call(400, "POST", path, body).await;
    }
}

async fn write(r: &mut Recorder) {
    let file = zip("Last_Name,Email\nBulk One,one@example.com\n,two@example.com\n");
    let org = r.harness.org_id.clone();
    let mut body = b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"c.zip\"\r\nContent-Type: application/zip\r\n\r\n".to_vec();
    body.extend_from_slice(&file);
    body.extend_from_slice(b"\r\n--b--\r\n");
    let multipart = ("content-type", "multipart/form-data; boundary=b");
    let headers = [multipart, ("feature", "bulk-write"), ("x-crm-org", org.as_str())];
    let uploaded = r.send(200, "POST", "/crm/v8/upload", &headers, body.clone()).await;
    r.send(400, "POST", "/crm/v8/upload", &[multipart, ("x-crm-org", org.as_str())], body.clone()).await;
    r.send(400, "POST", "/crm/v8/upload", &[multipart, ("feature", "bulk-write"), ("x-crm-org", "1")], body)
        .await;
    let file_id = uploaded.body["details"]["file_id"].clone();
    let path = "/crm/bulk/v8/write";
    let resource = json!({"type": "data", "module": {"api_name": "Contacts"}, "file_id": file_id,
        "field_mappings": [{"api_name": "Last_Name", "index": 0}, {"api_name": "Email", "index": 1}]});
    let made = r.call(201, "POST", path, json!({"operation": "insert", "resource": [resource]})).await;
    let id = made.body["details"]["id"].as_str().unwrap_or("0").to_owned();
    r.call(200, "GET", &format!("{path}/{id}"), NONE).await;
    wait(r, &format!("{path}/{id}"), "/status").await;
    let done = r.call(200, "GET", &format!("{path}/{id}"), NONE).await;
    let file = &done.body["resource"][0]["file"];
    assert_eq!((&file["added_count"], &file["skipped_count"]), (&json!(1), &json!(1)));
    let mut changed = resource.clone();
    changed["file_id"] = json!("5");
    r.call(400, "POST", path, json!({"operation": "insert", "resource": [changed]})).await;
    r.call(400, "POST", path, json!({"operation": "upsert", "resource": [resource]})).await;
    r.call(400, "POST", path, json!({"operation": "nonsense", "resource": [resource]})).await;
    r.call(400, "POST", path, json!({"operation": "insert"})).await;
    let mut unmapped = resource.clone();
    unmapped["field_mappings"] = json!([{"api_name": "Email", "index": 1}]);
    r.call(400, "POST", path, json!({"operation": "insert", "resource": [unmapped]})).await;
    let mut elsewhere = resource;
    elsewhere["module"] = json!({"api_name": "Notes"});
    r.call(400, "POST", path, json!({"operation": "insert", "resource": [elsewhere]})).await;
}

async fn wait(r: &mut Recorder, path: &str, state: &str) {
    for _ in 0..200 {
        let job = r.harness.call("GET", path, NONE).await;
        if job.body.pointer(state) == Some(&json!("COMPLETED")) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("{path} does not come to an end");
}

fn zip(csv: &str) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer.start_file("c.csv", zip::write::SimpleFileOptions::default()).unwrap();
    writer.write_all(csv.as_bytes()).unwrap();
    writer.finish().unwrap().into_inner()
}
