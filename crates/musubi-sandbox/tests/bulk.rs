//! Bulk jobs read a module as it was when they began, and write files row by row.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test stops at the first surprise and says what it saw"
)]

mod harness;

use std::io::{Read as _, Write as _};

use harness::Harness;
use musubi_sandbox::Dataset;
use serde_json::{Value, json};

async fn done(harness: &Harness, path: &str) -> Value {
    for _ in 0..500 {
        let job = harness.call("GET", path, Value::Null).await.body;
        let state = job.pointer("/data/0/state").or_else(|| job.get("status")).unwrap().clone();
        match state.as_str().unwrap() {
            "COMPLETED" => return job,
            "ADDED" | "QUEUED" | "IN PROGRESS" | "INPROGRESS" => {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await
            }
            other => panic!("{other}: {job}"),
        }
    }
    panic!("{path} does not come to an end");
}

fn unzip(bytes: &[u8]) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    assert_eq!(archive.len(), 1);
    let mut text = String::new();
    archive.by_index(0).unwrap().read_to_string(&mut text).unwrap();
    text
}

async fn read(harness: &Harness, query: Value) -> (Value, String) {
    let made = harness.call("POST", "/crm/bulk/v8/read", json!({"query": query})).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let path = format!("/crm/bulk/v8/read/{}", made.body["data"][0]["details"]["id"].as_str().unwrap());
    let job = done(harness, &path).await;
    let file = harness.call("GET", &format!("{path}/result"), Value::Null).await;
    assert_eq!(file.content_type, "application/zip");
    (job["data"][0]["result"].clone(), unzip(&file.bytes))
}

async fn contacts(harness: &Harness, data: Value) -> Vec<String> {
    let made = harness.call("POST", "/crm/v8/Contacts", json!({"data": data})).await;
    assert_eq!(made.status, 201, "{}", made.body);
    made.body["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["details"]["id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_shows_the_moment_it_began() {
    let harness = Harness::start(Dataset::Empty).await;
    let account =
        harness.call("POST", "/crm/v8/Accounts", json!({"data": [{"Account_Name": "A, \"B\""}]})).await;
    let account = account.body["data"][0]["details"]["id"].as_str().unwrap().to_owned();
    let ids = contacts(
        &harness,
        json!([
            {"Last_Name": "One, \"quoted\"", "Account_Name": {"id": account}, "Email_Opt_Out": true},
            {"Last_Name": "Two"},
        ]),
    )
    .await;
    harness.control("/sandbox/lags", json!({"bulk_ms": 200})).await;
    let query =
        json!({"module": {"api_name": "Contacts"}, "fields": ["Last_Name", "Account_Name", "Email_Opt_Out"]});
    let made = harness.call("POST", "/crm/bulk/v8/read", json!({"query": query})).await;
    let path = format!("/crm/bulk/v8/read/{}", made.body["data"][0]["details"]["id"].as_str().unwrap());
    let early = harness.call("GET", &path, Value::Null).await;
    assert_ne!(early.body["data"][0]["state"], "COMPLETED");
    assert_eq!(harness.call("GET", &format!("{path}/result"), Value::Null).await.status, 404);
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    harness
        .call("PUT", &format!("/crm/v8/Contacts/{}", ids[1]), json!({"data": [{"Last_Name": "Changed"}]}))
        .await;
    let job = done(&harness, &path).await;
    assert_eq!(job["data"][0]["result"]["count"], 2);
    let csv = unzip(&harness.call("GET", &format!("{path}/result"), Value::Null).await.bytes);
    let expected = format!(
        "id,Last_Name,Account_Name,Email_Opt_Out\n{},\"One, \"\"quoted\"\"\",{account},true\n{},Two,,false\n",
        ids[0], ids[1]
    );
    assert_eq!(csv, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_keeps_to_its_criteria() {
    let harness = Harness::start(Dataset::Demo).await;
    let query = |criteria: Value| json!({"module": {"api_name": "Contacts"}, "fields": ["Last_Name"], "criteria": criteria});
    let (all, _) = read(&harness, query(Value::Null)).await;
    let some = json!({"field": {"api_name": "Last_Name"}, "comparator": "starts_with", "type": "value", "value": "S"});
    let none = json!({"field": {"api_name": "Last_Name"}, "comparator": "equal", "type": "value", "value": "Nobody has this"});
    let (part, csv) = read(&harness, query(some)).await;
    let count = part["count"].as_u64().unwrap();
    assert!(0 < count && count < all["count"].as_u64().unwrap());
    assert_eq!(csv.lines().count() as u64, count + 1);
    assert_eq!(read(&harness, query(none)).await.0["count"], 0);
}

async fn begin(harness: &Harness, csv: &str, body: Value) -> String {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer.start_file("rows.csv", zip::write::SimpleFileOptions::default()).unwrap();
    writer.write_all(csv.as_bytes()).unwrap();
    let mut form =
        b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"rows.zip\"\r\n\r\n".to_vec();
    form.extend(writer.finish().unwrap().into_inner());
    form.extend_from_slice(b"\r\n--b--\r\n");
    let headers = [
        ("content-type", "multipart/form-data; boundary=b"),
        ("feature", "bulk-write"),
        ("x-crm-org", harness.org_id.as_str()),
    ];
    let uploaded = harness.send("POST", "/crm/v8/upload", &headers, form).await;
    assert_eq!(uploaded.status, 200, "{}", uploaded.body);
    let mut body = body;
    body["resource"][0]["file_id"] = uploaded.body["details"]["file_id"].clone();
    let made = harness.call("POST", "/crm/bulk/v8/write", body).await;
    assert_eq!(made.status, 201, "{}", made.body);
    format!("/crm/bulk/v8/write/{}", made.body["details"]["id"].as_str().unwrap())
}

/// Writes a file, and gives the counts and the result.
async fn write(harness: &Harness, csv: &str, body: Value) -> (Value, String) {
    let path = begin(harness, csv, body).await;
    let job = done(harness, &path).await;
    let result = harness.call("GET", job["result"]["download_url"].as_str().unwrap(), Value::Null).await;
    (job["resource"][0]["file"].clone(), unzip(&result.bytes))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upsert_says_what_became_of_every_row() {
    let harness = Harness::start(Dataset::Empty).await;
    let ids =
        contacts(&harness, json!([{"Last_Name": "Old", "Email": "old@example.com", "Title": "CEO"}])).await;
    let csv = "Name,Mail,Job\nNew name,old@example.com,\nFresh,fresh@example.com,CFO\n,third@example.com,x\n";
    let mappings = json!([{"api_name": "Last_Name", "index": 0}, {"api_name": "Email", "index": 1}, {"api_name": "Title", "index": 2}]);
    let resource = json!({"type": "data", "module": {"api_name": "Contacts"}, "find_by": "Email", "ignore_empty": true, "field_mappings": mappings});
    let (file, result) = write(&harness, csv, json!({"operation": "upsert", "resource": [resource]})).await;
    assert_eq!(
        (&file["added_count"], &file["updated_count"], &file["skipped_count"]),
        (&json!(1), &json!(1), &json!(1))
    );
    let lines: Vec<&str> = result.lines().collect();
    assert_eq!(lines[0], "Name,Mail,Job,STATUS,ERRORS,RECORD_ID");
    assert_eq!(lines[1], format!("New name,old@example.com,,UPDATED,,{}", ids[0]));
    assert!(lines[2].starts_with("Fresh,fresh@example.com,CFO,ADDED,,"));
    assert_eq!(lines[3], ",third@example.com,x,SKIPPED,MANDATORY_NOT_FOUND-Last_Name,");
    let record = harness.call("GET", &format!("/crm/v8/Contacts/{}", ids[0]), Value::Null).await;
    let record = &record.body["data"][0];
    assert_eq!((&record["Last_Name"], &record["Title"]), (&json!("New name"), &json!("CEO")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_of_more_than_two_hundred_columns_is_not_written() {
    let harness = Harness::start(Dataset::Empty).await;
    let mappings = json!([{"api_name": "Last_Name", "index": 0}]);
    let resource = json!({"type": "data", "module": {"api_name": "Contacts"}, "field_mappings": mappings});
    let body = json!({"operation": "insert", "resource": [resource]});
    let row = |width: usize| vec!["x"; width].join(",");
    let csv = |width: usize| format!("{}\n{}\n", row(width), row(width));
    assert_eq!(write(&harness, &csv(200), body.clone()).await.0["added_count"], 1);
    let path = begin(&harness, &csv(201), body).await;
    let mut job = Value::Null;
    for _ in 0..500 {
        job = harness.call("GET", &path, Value::Null).await.body;
        if job["status"] == "FAILED" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    let resource = &job["resource"][0];
    assert_eq!((&job["status"], &resource["code"]), (&json!("FAILED"), &json!("COLUMN_LIMIT_EXCEEDED")));
    assert_eq!(
        (&resource["file"]["skipped_count"], &resource["file"]["added_count"]),
        (&json!(1), &json!(0))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn columns_may_be_separated_otherwise_and_kept_fields_are_not_written() {
    let harness = Harness::start(Dataset::Empty).await;
    let mappings = json!([{"api_name": "Last_Name", "index": 0}, {"api_name": "Title", "index": 1}]);
    let resource = json!({"type": "data", "module": {"api_name": "Contacts"}, "field_mappings": mappings});
    let body = json!({"operation": "insert", "resource": [resource]});
    let (file, _) = write(&harness, "Name;Job\nA;\"x, y\"\nB;z\n", body).await;
    assert_eq!(file["added_count"], 2);
    let titles = harness.call("GET", "/crm/v8/Contacts?fields=Title&sort_order=asc", Value::Null).await;
    assert_eq!(titles.body["data"][0]["Title"], "x, y");
    let resource = json!({"type": "data", "module": {"api_name": "Contacts"}, "file_id": "1",
        "field_mappings": [{"api_name": "Last_Name", "index": 0}, {"api_name": "Created_Time", "index": 1}]});
    let refused = harness
        .call("POST", "/crm/bulk/v8/write", json!({"operation": "insert", "resource": [resource]}))
        .await;
    assert_eq!((refused.status, refused.body["code"].as_str()), (400, Some("INVALID_DATA")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_goes_through_its_states_and_is_forgotten_after_a_day() {
    let harness = Harness::start(Dataset::Demo).await;
    harness.control("/sandbox/lags", json!({"bulk_ms": 400_000})).await;
    let query = json!({"query": {"module": {"api_name": "Contacts"}, "fields": ["Last_Name"]}});
    let made = harness.call("POST", "/crm/bulk/v8/read", query).await;
    let path = format!("/crm/bulk/v8/read/{}", made.body["data"][0]["details"]["id"].as_str().unwrap());
    let mut states = Vec::new();
    for _ in 0..4 {
        let job = harness.call("GET", &path, Value::Null).await;
        states.push(job.body["data"][0]["state"].as_str().unwrap().to_owned());
        harness.control("/sandbox/clock", json!({"advance_s": 101})).await;
    }
    assert_eq!(states, ["ADDED", "QUEUED", "IN PROGRESS", "IN PROGRESS"]);
    // Its time is over, but the work itself is done beside, and takes what it takes.
    let mut left = 500;
    while harness.call("GET", &path, Value::Null).await.body["data"][0]["state"] != "COMPLETED" {
        assert!(left > 0, "the job does not end");
        left -= 1;
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    harness.control("/sandbox/clock", json!({"advance_s": 86_400})).await;
    let token = harness.fresh_token().await;
    for target in [path.clone(), format!("{path}/result")] {
        let gone = harness.send("GET", &target, &[("authorization", token.as_str())], vec![]).await;
        assert_eq!((gone.status, gone.body["code"].as_str()), (404, Some("RESOURCE_NOT_FOUND")));
    }
}
