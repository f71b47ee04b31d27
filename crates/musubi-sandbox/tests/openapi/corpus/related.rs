//! Notes, attachments and other related records.

use serde_json::{Value, json};

use crate::Recorder;

const NONE: Value = Value::Null;

/// Makes the calls.
pub async fn run(r: &mut Recorder) {
    let page = r.harness.call("GET", "/crm/v8/Contacts?fields=Last_Name,Account_Name&per_page=1", NONE).await;
    let contact = page.body["data"][0]["id"].as_str().unwrap_or("0").to_owned();
    notes(r, &contact).await;
    attachments(r, &contact).await;
    let page = r.harness.call("GET", "/crm/v8/Accounts?fields=Account_Name&per_page=1", NONE).await;
    let account = page.body["data"][0]["id"].as_str().unwrap_or("0").to_owned();
    let made = json!({"data": [{"Last_Name": "Related", "Account_Name": {"id": account}}]});
    r.harness.call("POST", "/crm/v8/Contacts", made).await;
    r.call(200, "GET", &format!("/crm/v8/Accounts/{account}/Contacts?fields=Last_Name,Email"), NONE).await;
    links(r, &contact).await;
}

async fn notes(r: &mut Recorder, contact: &str) {
    let parent = json!({"id": contact, "module": {"api_name": "Contacts"}});
    let body =
        json!({"data": [{"Note_Title": "Call", "Note_Content": "Wants an offer", "Parent_Id": parent}]});
    let made = r.call(201, "POST", "/crm/v8/Notes", body).await;
    let note = made.body["data"][0]["details"]["id"].as_str().unwrap_or("0").to_owned();
    r.call(200, "GET", "/crm/v8/Notes?fields=Note_Title,Note_Content,Parent_Id,Owner,Created_Time", NONE)
        .await;
    r.call(200, "GET", &format!("/crm/v8/Notes/{note}"), NONE).await;
    r.call(200, "PUT", &format!("/crm/v8/Notes/{note}"), json!({"data": [{"Note_Content": "Wants two"}]}))
        .await;
    let related = json!({"data": [{"Note_Title": "Second", "Note_Content": "More"}]});
    let made = r.call(201, "POST", &format!("/crm/v8/Contacts/{contact}/Notes"), related).await;
    let second = made.body["data"][0]["details"]["id"].as_str().unwrap_or("0").to_owned();
    r.call(200, "GET", &format!("/crm/v8/Contacts/{contact}/Notes?fields=Note_Title,Note_Content"), NONE)
        .await;
    r.call(200, "DELETE", &format!("/crm/v8/Contacts/{contact}/Notes/{second}"), NONE).await;
    r.call(200, "DELETE", &format!("/crm/v8/Notes/{note}"), NONE).await;
    r.call(400, "POST", "/crm/v8/Notes", json!({"data": [{"Note_Title": "No parent"}]})).await;
    r.call(400, "POST", "/crm/v8/Notes", json!({"data": [{"Parent_Id": parent}]})).await;
    let titled = json!({"data": [{"Note_Title": "Only", "Parent_Id": parent}]});
    r.call(201, "POST", "/crm/v8/Notes", titled).await;
    r.call(400, "POST", &format!("/crm/v8/Contacts/{contact}/Notes"), json!({"data": [{}]})).await;
    r.call(400, "DELETE", &format!("/crm/v8/Notes/{note}"), NONE).await;
    r.call(400, "DELETE", &format!("/crm/v8/Contacts/{contact}/Notes/{second}"), NONE).await;
}

async fn attachments(r: &mut Recorder, contact: &str) {
    let body = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b--\r\n";
    let headers = [("content-type", "multipart/form-data; boundary=b")];
    let path = format!("/crm/v8/Contacts/{contact}/Attachments");
    let made = r.send(200, "POST", &path, &headers, body.into()).await;
    let id = made.body["data"][0]["details"]["id"].as_str().unwrap_or("0").to_owned();
    r.call(200, "GET", &format!("{path}?fields=id,Owner,File_Name,Created_Time,Parent_Id"), NONE).await;
    let file = r.call(200, "GET", &format!("{path}/{id}"), NONE).await;
    assert!(file.status != 200 || file.bytes == b"hello");
    r.call(200, "DELETE", &format!("{path}/{id}"), NONE).await;
    r.call(400, "DELETE", &format!("{path}/{id}"), NONE).await;
    let made = r.send(200, "POST", &path, &headers, body.into()).await;
    let id = made.body["data"][0]["details"]["id"].as_str().unwrap_or("0").to_owned();
    r.call(207, "DELETE", &format!("{path}?ids={id},5"), NONE).await;
    r.call(400, "DELETE", &format!("{path}?ids={id}"), NONE).await;
    let gone = format!("/crm/v8/Contacts/deleted/{contact}/Attachments");
    r.call(200, "GET", &format!("{gone}?fields=File_Name&page=1&perPage=2"), NONE).await;
    r.call(204, "GET", &format!("/crm/v8/Contacts/deleted/{contact}/Deals?fields=Deal_Name"), NONE).await;
    r.call(400, "GET", &gone, NONE).await;
    r.call(400, "GET", &format!("/crm/v8/Contacts/deleted/{contact}/Nothing?fields=id"), NONE).await;
    r.call(400, "GET", "/crm/v8/Contacts/deleted/5/Attachments?fields=id", NONE).await;
}

async fn links(r: &mut Recorder, contact: &str) {
    let made = json!({"data": [{"Campaign_Name": "Fair"}]});
    let made = r.harness.call("POST", "/crm/v8/Campaigns", made).await;
    let campaign = made.body["data"][0]["details"]["id"].as_str().unwrap_or("0").to_owned();
    let target = format!("/crm/v8/Contacts/{contact}/Campaigns");
    r.call(204, "GET", &format!("{target}?fields=Campaign_Name"), NONE).await;
    r.call(200, "PUT", &target, json!({"data": [{"id": campaign}]})).await;
    r.call(207, "PUT", &target, json!({"data": [{"id": campaign}, {"id": "5"}]})).await;
    let listed = r.call(200, "GET", &format!("{target}?fields=Campaign_Name"), NONE).await;
    assert_eq!(listed.body["data"][0]["Campaign_Name"], "Fair", "{}", listed.body);
    r.call(200, "GET", &format!("{target}/{campaign}?fields=Campaign_Name"), NONE).await;
    let other = format!("/crm/v8/Campaigns/{campaign}/Contacts?fields=Last_Name");
    let back = r.call(200, "GET", &other, NONE).await;
    assert_eq!(back.body["data"][0]["id"], contact);
    r.call(200, "DELETE", &format!("{target}/{campaign}"), NONE).await;
    r.call(400, "DELETE", &format!("{target}?ids={campaign}"), NONE).await;
    r.call(204, "GET", &other, NONE).await;
    r.call(400, "DELETE", &format!("/crm/v8/Contacts/{contact}/Deals?ids=5"), NONE).await;
}
