//! Metadata, and what hangs on records, over real HTTP.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod harness;

use harness::Harness;
use musubi_sandbox::Dataset;
use serde_json::{Value, json};

async fn id_of(h: &Harness, module: &str, record: Value) -> String {
    let answer = h.call("POST", &format!("/crm/v8/{module}"), json!({"data": [record]})).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.body["data"][0]["details"]["id"].as_str().unwrap().to_owned()
}

async fn read(h: &Harness, module: &str, id: &str) -> Value {
    h.call("GET", &format!("/crm/v8/{module}/{id}"), Value::Null).await.body["data"][0].clone()
}

#[tokio::test]
async fn a_made_field_is_described_validated_and_deleted() {
    let h = Harness::start(Dataset::Empty).await;
    let fields = "/crm/v8/settings/fields?module=Contacts";
    let wish = json!({"fields": [
        {"field_label": "External Key", "data_type": "text", "length": 20, "unique": {"case_sensitive": false}},
        {"field_label": "顧客区分", "data_type": "picklist", "pick_list_values": [{"display_value": "A"}, {"display_value": "B"}]},
        {"field_label": "External Key", "data_type": "text"},
    ]});
    let made = h.call("POST", fields, wish).await;
    assert_eq!(made.status, 207, "{}", made.body);
    assert_eq!(made.body["fields"][2]["code"], "DUPLICATE_DATA");
    let described = h.call("GET", fields, Value::Null).await;
    let all = described.body["fields"].as_array().unwrap();
    let key = all.iter().find(|f| f["api_name"] == "External_Key").unwrap();
    assert_eq!(
        (&key["length"], &key["custom_field"], &key["unique"]),
        (&json!(20), &json!(true), &json!({"case_sensitive": false}))
    );
    let tier =
        all.iter().find(|f| f["field_label"] == "顧客区分").unwrap()["api_name"].as_str().unwrap().to_owned();
    let first =
        id_of(&h, "Contacts", json!({"Last_Name": "A", "External_Key": "k1", (tier.clone()): "B"})).await;
    let twin =
        h.call("POST", "/crm/v8/Contacts", json!({"data": [{"Last_Name": "B", "External_Key": "K1"}]})).await;
    assert_eq!((twin.status, &twin.body["data"][0]["code"]), (400, &json!("DUPLICATE_DATA")));
    assert_eq!(twin.body["data"][0]["details"]["id"], first);
    let upsert = json!({"data": [{"Last_Name": "A2", "External_Key": "k1"}], "duplicate_check_fields": ["External_Key"]});
    assert_eq!(h.call("POST", "/crm/v8/Contacts/upsert", upsert).await.body["data"][0]["action"], "update");
    let id = key["id"].as_str().unwrap();
    let gone = h.call("DELETE", &format!("/crm/v8/settings/fields/{id}?module=Contacts"), Value::Null).await;
    assert_eq!(gone.status, 200);
    assert_eq!(read(&h, "Contacts", &first).await.get("External_Key"), None);
    assert_eq!(read(&h, "Contacts", &first).await[&tier], "B");
    let layouts = h.call("GET", "/crm/v8/settings/layouts?module=Contacts", Value::Null).await;
    assert!(
        layouts.body.to_string().contains("顧客区分") && !layouts.body.to_string().contains("External_Key")
    );
}

#[tokio::test]
async fn a_made_module_takes_records_and_costs_500_credits() {
    let h = Harness::start(Dataset::Empty).await;
    let profiles = h.call("GET", "/crm/v8/settings/profiles", Value::Null).await;
    let profile = profiles.body["profiles"][0]["id"].clone();
    let wish = json!({"modules": [{"singular_label": "Boat", "plural_label": "Boats", "api_name": "Boats", "profiles": [{"id": profile}]}]});
    let made = h.call("POST", "/crm/v8/settings/modules", wish.clone()).await;
    assert_eq!(
        (made.status, made.body["modules"][0]["message"].as_str()),
        (201, Some("module created successfully"))
    );
    assert!(
        h.call("POST", "/crm/v8/settings/modules", wish).await.body.to_string().contains("DUPLICATE_DATA")
    );
    let lookup = json!({"fields": [{"field_label": "Skipper", "data_type": "lookup", "lookup": {"module": {"api_name": "Contacts"}}}]});
    assert_eq!(h.call("POST", "/crm/v8/settings/fields?module=Boats", lookup).await.status, 201);
    let skipper = id_of(&h, "Contacts", json!({"Last_Name": "Ahab"})).await;
    let boat = id_of(&h, "Boats", json!({"Name": "Pequod", "Skipper": {"id": skipper}})).await;
    assert_eq!(read(&h, "Boats", &boat).await["Skipper"], json!({"name": "Ahab", "id": skipper}));
    let related =
        h.call("GET", &format!("/crm/v8/Contacts/{skipper}/Boats_Skipper?fields=Name"), Value::Null).await;
    assert_eq!(related.body["data"][0]["Name"], "Pequod");
    let stats = h.call("GET", "/sandbox/stats", Value::Null).await;
    assert_eq!(stats.body["orgs"][&h.org_id]["endpoints"]["POST /crm/v8/settings/modules"]["credits"], 501);
}

#[tokio::test]
async fn a_layout_gets_sections_and_required_fields() {
    let h = Harness::start(Dataset::Empty).await;
    let layouts = h.call("GET", "/crm/v8/settings/layouts?module=Leads", Value::Null).await;
    let id = layouts.body["layouts"][0]["id"].as_str().unwrap().to_owned();
    let target = format!("/crm/v8/settings/layouts/{id}?module=Leads");
    let wish = json!({"layouts": [{"sections": [{"display_label": "Extra", "fields": [{"field_label": "Score", "data_type": "integer", "required": true}]}]}]});
    assert_eq!(h.call("PATCH", &target, wish).await.status, 200);
    let read = h.call("GET", &target, Value::Null).await;
    let sections = read.body["layouts"][0]["sections"].as_array().unwrap();
    let extra = sections.iter().find(|s| s["display_label"] == "Extra").unwrap();
    assert_eq!(
        (&extra["fields"][0]["api_name"], &extra["fields"][0]["required"]),
        (&json!("Score"), &json!(true))
    );
}

#[tokio::test]
async fn list_views_filter() {
    let h = Harness::start(Dataset::Empty).await;
    let view = json!({"module": "Contacts", "name": "With phone", "criteria": {"field": {"api_name": "Phone"}, "comparator": "starts_with", "value": "03"}});
    let made = h.control(&format!("/sandbox/orgs/{}/views", h.org_id), view).await;
    id_of(&h, "Contacts", json!({"Last_Name": "In", "Phone": "03-1"})).await;
    id_of(&h, "Contacts", json!({"Last_Name": "Out", "Phone": "04-1"})).await;
    let list = h
        .call(
            "GET",
            &format!("/crm/v8/Contacts?fields=Last_Name&cvid={}", made["id"].as_str().unwrap()),
            Value::Null,
        )
        .await;
    assert_eq!(list.body["data"].as_array().unwrap().len(), 1);
    assert_eq!(list.body["data"][0]["Last_Name"], "In");
    let views = h.call("GET", "/crm/v8/settings/custom_views?module=Contacts", Value::Null).await;
    assert!(views.body["custom_views"].as_array().unwrap().iter().any(|v| v["system_name"] == "ALLVIEWS"));
    let fields = h.call("GET", "/crm/v8/settings/fields?module=Contacts", Value::Null).await;
    let field = |name: &str| {
        fields.body["fields"].as_array().unwrap().iter().find(|f| f["api_name"] == name).unwrap().clone()
    };
    let shown =
        views.body["custom_views"].as_array().unwrap().iter().find(|v| v["id"] == made["id"]).unwrap();
    assert_eq!(shown["criteria"]["field"], json!({"api_name": "Phone", "id": field("Phone")["id"]}));
    let length = field("id")["length"].as_u64().unwrap();
    assert_eq!(made["id"].as_str().unwrap().len() as u64, length);
    let both = h
        .call(
            "GET",
            &format!("/crm/v8/Contacts?fields=Last_Name&sort_by=id&cvid={}", made["id"].as_str().unwrap()),
            Value::Null,
        )
        .await;
    assert_eq!(both.body["code"], "AMBIGUITY_DURING_PROCESSING");
}

#[tokio::test]
async fn notes_and_attachments_hang_on_their_record_and_come_back_with_it() {
    let h = Harness::start(Dataset::Empty).await;
    let contact = id_of(&h, "Contacts", json!({"Last_Name": "A"})).await;
    let note = h
        .call(
            "POST",
            &format!("/crm/v8/Contacts/{contact}/Notes"),
            json!({"data": [{"Note_Title": "T", "Note_Content": "C"}]}),
        )
        .await;
    assert_eq!(note.status, 201, "{}", note.body);
    let body = b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"memo.txt\"\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b--\r\n".to_vec();
    let target = format!("/crm/v8/Contacts/{contact}/Attachments");
    let added = h.send("POST", &target, &[("content-type", "multipart/form-data; boundary=b")], body).await;
    assert_eq!(added.status, 200, "{}", added.body);
    let file = added.body["data"][0]["details"]["id"].as_str().unwrap().to_owned();
    let download = h.call("GET", &format!("{target}/{file}"), Value::Null).await;
    assert_eq!(
        (download.bytes.as_slice(), download.content_type.as_str()),
        (b"hello".as_slice(), "text/plain")
    );
    let list = h.call("GET", &format!("{target}?fields=File_Name,Size"), Value::Null).await;
    assert_eq!(
        (&list.body["data"][0]["File_Name"], &list.body["data"][0]["Size"]),
        (&json!("memo.txt"), &json!("5"))
    );
    h.call("DELETE", &format!("/crm/v8/Contacts/{contact}"), Value::Null).await;
    assert_eq!(h.call("GET", "/crm/v8/Notes?fields=Note_Title", Value::Null).await.status, 204);
    let bin = h.call("GET", "/crm/v8/settings/recycle_bin", Value::Null).await;
    assert_eq!(bin.body["info"]["count"], 3);
    let back =
        h.call("POST", &format!("/crm/v8/settings/recycle_bin/{contact}/actions/restore"), Value::Null).await;
    assert_eq!(back.status, 200, "{}", back.body);
    let notes = h
        .call("GET", &format!("/crm/v8/Contacts/{contact}/Notes?fields=Note_Title,Parent_Id"), Value::Null)
        .await;
    assert_eq!(notes.body["data"][0]["Parent_Id"]["module"]["api_name"], "Contacts");
    assert_eq!(h.call("GET", "/crm/v8/settings/recycle_bin", Value::Null).await.status, 204);
}

#[tokio::test]
async fn a_lead_is_converted_once() {
    let h = Harness::start(Dataset::Empty).await;
    let lead = json!({"Last_Name": "Sato", "First_Name": "Yui", "Company": "富士", "Email": "y@x.example", "Annual_Revenue": 1200.5});
    let lead = id_of(&h, "Leads", lead).await;
    h.call("POST", &format!("/crm/v8/Leads/{lead}/Notes"), json!({"data": [{"Note_Content": "met"}]})).await;
    let wish = json!({"data": [{"Deals": {"Deal_Name": "Big", "Stage": "Qualification", "Closing_Date": "2027-01-01", "Amount": 10}}]});
    let target = format!("/crm/v8/Leads/{lead}/actions/convert");
    let done = h.call("POST", &target, wish.clone()).await;
    assert_eq!(done.status, 200, "{}", done.body);
    let details = &done.body["data"][0]["details"];
    let contact = read(&h, "Contacts", details["Contacts"]["id"].as_str().unwrap()).await;
    assert_eq!(
        (&contact["Email"], &contact["Account_Name"]["name"]),
        (&json!("y@x.example"), &json!("富士"))
    );
    let deal = read(&h, "Deals", details["Deals"]["id"].as_str().unwrap()).await;
    assert_eq!((&deal["Probability"], &deal["Expected_Revenue"]), (&json!(10), &json!(1)));
    let notes = h
        .call(
            "GET",
            &format!("/crm/v8/Contacts/{}/Notes?fields=Note_Content", contact["id"].as_str().unwrap()),
            Value::Null,
        )
        .await;
    assert_eq!(notes.body["data"][0]["Note_Content"], "met");
    assert_eq!(h.call("POST", &target, wish).await.body["code"], "ID_ALREADY_CONVERTED");
    assert_eq!(h.call("GET", "/crm/v8/Leads?fields=id", Value::Null).await.status, 204);
    let converted = h.call("GET", "/crm/v8/Leads?fields=id&converted=true", Value::Null).await;
    assert_eq!(converted.body["data"][0]["id"], lead);
}

#[tokio::test]
async fn tags_clones_roles_and_global_picklists() {
    let h = Harness::start(Dataset::Empty).await;
    let contact = id_of(&h, "Contacts", json!({"Last_Name": "A", "Phone": "1"})).await;
    let tagged = h
        .call(
            "POST",
            &format!("/crm/v8/Contacts/{contact}/actions/add_tags"),
            json!({"tags": [{"name": "vip"}]}),
        )
        .await;
    assert_eq!(tagged.body["success_count"], "1", "{}", tagged.body);
    assert_eq!(read(&h, "Contacts", &contact).await["Tag"][0]["name"], "vip");
    h.call(
        "POST",
        "/crm/v8/Contacts/actions/remove_tags",
        json!({"ids": [contact], "tags": [{"name": "VIP"}]}),
    )
    .await;
    assert_eq!(read(&h, "Contacts", &contact).await["Tag"], json!([]));
    let clone = h
        .call(
            "POST",
            &format!("/crm/v8/Contacts/{contact}/actions/clone"),
            json!({"data": [{"Last_Name": "B"}]}),
        )
        .await;
    let clone = read(&h, "Contacts", clone.body["data"][0]["details"]["id"].as_str().unwrap()).await;
    assert_eq!((&clone["Last_Name"], &clone["Phone"]), (&json!("B"), &json!("1")));
    let roles = h.call("GET", "/crm/v8/settings/roles", Value::Null).await;
    let wish = json!({"roles": [{"name": "Sales", "reporting_to": {"id": roles.body["roles"][0]["id"]}}]});
    assert_eq!(h.call("POST", "/crm/v8/settings/roles", wish).await.status, 201);
    let list = json!({"global_picklists": [{"display_label": "Region", "pick_list_values": [{"display_value": "Kanto"}]}]});
    let list = h.call("POST", "/crm/v8/settings/global_picklists", list).await;
    let id = list.body["global_picklists"][0]["details"]["id"].as_str().unwrap().to_owned();
    let field = json!({"fields": [{"field_label": "Region", "data_type": "picklist", "global_picklist": {"id": id}}]});
    assert_eq!(h.call("POST", "/crm/v8/settings/fields?module=Contacts", field).await.status, 201);
    let more = json!({"global_picklists": [{"pick_list_values": [{"display_value": "Kansai"}]}]});
    assert_eq!(h.call("PATCH", &format!("/crm/v8/settings/global_picklists/{id}"), more).await.status, 200);
    id_of(&h, "Contacts", json!({"Last_Name": "C", "Region": "Kansai"})).await;
    let used = h.call("DELETE", &format!("/crm/v8/settings/global_picklists/{id}"), Value::Null).await;
    assert_eq!(used.body["code"], "ASSOCIATIONS_EXIST");
}

#[tokio::test]
async fn no_field_has_a_length_of_nothing() {
    let h = Harness::start(Dataset::Empty).await;
    let wish = json!({"fields": [
        {"field_label": "Papers", "data_type": "fileupload"}, {"field_label": "Pictures", "data_type": "imageupload"},
    ]});
    assert_eq!(h.call("POST", "/crm/v8/settings/fields?module=Contacts", wish).await.status, 201);
    let length = async |module: &str, name: &str| {
        let path = format!("/crm/v8/settings/fields?module={module}");
        let fields = h.call("GET", &path, Value::Null).await.body["fields"].clone();
        for field in fields.as_array().unwrap() {
            assert_ne!(field["length"], 0, "{module}: {}", field["api_name"]);
        }
        fields.as_array().unwrap().iter().find(|field| field["api_name"] == name).unwrap()["length"].clone()
    };
    assert_eq!(length("Contacts", "Papers").await, 5);
    assert_eq!(length("Contacts", "Pictures").await, 10);
    assert_eq!(length("Price_Books", "Pricing_Details").await, Value::Null);
}

#[tokio::test]
async fn every_documented_list_of_users_is_there() {
    let h = Harness::start(Dataset::Empty).await;
    let count = async |kind: &str| {
        let users = h.call("GET", &format!("/crm/v8/users?type={kind}"), Value::Null).await;
        (users.status, users.body["users"].as_array().map_or(0, Vec::len))
    };
    assert_eq!(count("AllActiveUsers").await, count("ActiveUsers").await);
    assert_eq!(count("DeveloperUsers").await, (204, 0));
    assert_eq!(count("ActiveLiteUser").await, (204, 0));
    assert_eq!(count("Nobody").await.0, 400);
}
