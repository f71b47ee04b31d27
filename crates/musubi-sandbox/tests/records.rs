//! Records over real HTTP: what lists, writes and deletions promise.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod harness;

use harness::Harness;
use musubi_sandbox::Dataset;
use serde_json::{Value, json};

fn entry(body: &Value, at: usize) -> &Value {
    &body["data"][at]
}

async fn insert(h: &Harness, module: &str, data: Value) -> Value {
    let answer = h.call("POST", &format!("/crm/v8/{module}"), json!({"data": data})).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.body
}

async fn id_of(h: &Harness, module: &str, record: Value) -> String {
    insert(h, module, json!([record])).await["data"][0]["details"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_record_is_read_as_it_was_written_after_normalisation() {
    let h = Harness::start(Dataset::Empty).await;
    let account = id_of(&h, "Accounts", json!({"Account_Name": "  富士商事 "})).await;
    let record = json!({
        "Last_Name": " Sato ", "First_Name": "Yui", "Email": "yui@x.example", "Phone": "03-1234-5678",
        "Account_Name": {"id": account}, "Lead_Source": "-None-", "Date_of_Birth": "1990-02-03",
        "Full_Name": "ignored", "Nonsense": 1, "$editable": false, "Description": "",
    });
    let id = id_of(&h, "Contacts", record).await;
    let answer = h.call("GET", &format!("/crm/v8/Contacts/{id}"), Value::Null).await;
    let read = entry(&answer.body, 0);
    assert_eq!(read["Last_Name"], "Sato");
    assert_eq!(read["Full_Name"], "Yui Sato");
    assert_eq!(read["Lead_Source"], Value::Null);
    assert_eq!(read["Description"], Value::Null);
    assert_eq!(read["Email_Opt_Out"], false);
    assert_eq!(read["Account_Name"], json!({"name": "富士商事", "id": account}));
    assert_eq!(read["Owner"]["email"], "haruka.sato@musubi.example");
    assert_eq!(read["$currency_symbol"], "¥");
    assert!(read["Created_Time"].as_str().unwrap().ends_with("+09:00"));
    assert_eq!(read["Created_Time"].as_str().unwrap().len(), 25);
    let listed = h.call("GET", "/crm/v8/Contacts?fields=Email,Account_Name", Value::Null).await;
    assert_eq!(
        *entry(&listed.body, 0),
        json!({"Email": "yui@x.example", "Account_Name": {"name": "富士商事", "id": account}, "id": id})
    );
    let v2 = h.call("GET", "/crm/v2/Contacts", Value::Null).await;
    assert_eq!(entry(&v2.body, 0)["Tag"], json!([]));
}

#[tokio::test]
async fn participants_of_an_event_are_shown_with_who_they_are() {
    let h = Harness::start(Dataset::Empty).await;
    let contact = id_of(&h, "Contacts", json!({"Last_Name": "Sato", "Email": "s@x.example"})).await;
    let lead = id_of(&h, "Leads", json!({"Last_Name": "Ito", "Company": "Ito KK"})).await;
    let users = h.call("GET", "/crm/v8/users?type=CurrentUser", Value::Null).await;
    let user = &users.body["users"][0];
    let shown = |kind: &str, participant: &Value, name: Value, email: Value| json!({"type": kind, "participant": participant, "name": name, "Email": email, "invited": false, "status": "not_known"});
    let sent = |kind: &str, participant: &Value| json!({"type": kind, "participant": participant});
    let mail = json!("guest@y.example");
    let event = json!({
        "Event_Title": "Visit", "Start_DateTime": "2026-12-01T10:00:00+09:00", "End_DateTime": "2026-12-01T11:00:00+09:00",
        "Participants": [
            sent("contact", &json!(contact)), sent("lead", &json!(lead)), sent("user", &user["id"]), sent("email", &mail),
            sent("contact", &json!("1")),
        ],
    });
    let id = id_of(&h, "Events", event).await;
    let read = h.call("GET", &format!("/crm/v8/Events/{id}"), Value::Null).await;
    let expected = json!([
        shown("contact", &json!(contact), json!("Sato"), json!("s@x.example")),
        shown("lead", &json!(lead), json!("Ito"), Value::Null),
        shown("user", &user["id"], user["full_name"].clone(), user["email"].clone()),
        shown("email", &mail, Value::Null, mail.clone()),
        sent("contact", &json!("1")),
    ]);
    assert_eq!(entry(&read.body, 0)["Participants"], expected);
}

#[tokio::test]
async fn each_record_of_a_write_has_its_own_result() {
    let h = Harness::start(Dataset::Empty).await;
    let data = json!([
        {"Last_Name": "Good"}, {"First_Name": "No last name"}, {"Last_Name": "x".repeat(81)},
        {"Last_Name": "A", "Email": "not an address"}, {"Last_Name": "B", "Lead_Source": "Rumour"},
        {"Last_Name": "C", "Account_Name": {"id": "999"}}, {"Last_Name": "D", "Date_of_Birth": "03/02/1990"},
        {"Last_Name": "E", "Email_Opt_Out": "yes"},
    ]);
    let answer = h.call("POST", "/crm/v8/Contacts", json!({"data": data})).await;
    assert_eq!(answer.status, 207);
    let codes: Vec<&str> =
        answer.body["data"].as_array().unwrap().iter().map(|e| e["code"].as_str().unwrap()).collect();
    assert_eq!(codes[..2], ["SUCCESS", "MANDATORY_NOT_FOUND"]);
    assert!(codes[2..].iter().all(|code| *code == "INVALID_DATA"), "{codes:?}");
    assert_eq!(
        entry(&answer.body, 1)["details"],
        json!({"api_name": "Last_Name", "json_path": "$.data[1].Last_Name"})
    );
    assert_eq!(entry(&answer.body, 2)["details"]["maximum_length"], 80);
    let none = h.call("POST", "/crm/v8/Contacts", json!({"data": [{}]})).await;
    assert_eq!(none.status, 400);
    assert_eq!(entry(&none.body, 0)["status"], "error");
    let many: Vec<Value> = (0..101).map(|n| json!({"Last_Name": n.to_string()})).collect();
    let many = h.call("POST", "/crm/v8/Contacts", json!({"data": many})).await;
    assert_eq!((many.status, many.body["code"].as_str()), (400, Some("LIMIT_EXCEEDED")));
    let shape = h.call("POST", "/crm/v8/Contacts", json!({"records": []})).await;
    assert_eq!(shape.body["code"], "MANDATORY_NOT_FOUND");
}

#[tokio::test]
async fn pages_go_by_number_up_to_2000_and_by_token_beyond() {
    let h = Harness::start(Dataset::Empty).await;
    h.control(
        &format!("/sandbox/orgs/{}/generate", h.org_id),
        json!({"module": "Contacts", "count": 2300, "seed": 1}),
    )
    .await;
    let mut seen = std::collections::HashSet::new();
    let mut target = "/crm/v8/Contacts?fields=Email".to_owned();
    loop {
        let page = h.call("GET", &target, Value::Null).await;
        assert_eq!(page.status, 200, "{}", page.body);
        for record in page.body["data"].as_array().unwrap() {
            assert!(seen.insert(record["id"].as_str().unwrap().to_owned()));
        }
        let info = &page.body["info"];
        assert_eq!(info["more_records"].as_bool().unwrap(), info["next_page_token"].is_string());
        let Some(token) = info["next_page_token"].as_str() else { break };
        target = format!("/crm/v8/Contacts?fields=Email&page_token={token}");
    }
    assert_eq!(seen.len(), 2300);
    let far = h.call("GET", "/crm/v8/Contacts?fields=Email&page=11", Value::Null).await;
    assert_eq!(far.body["code"], "DISCRETE_PAGINATION_LIMIT_EXCEEDED");
    let first = h.call("GET", "/crm/v8/Contacts?fields=Email", Value::Null).await;
    let token = first.body["info"]["next_page_token"].as_str().unwrap().to_owned();
    let both =
        h.call("GET", &format!("/crm/v8/Contacts?fields=Email&page=2&page_token={token}"), Value::Null).await;
    assert_eq!(both.body["code"], "AMBIGUITY_DURING_PROCESSING");
    let other =
        h.call("GET", &format!("/crm/v8/Contacts?fields=Last_Name&page_token={token}"), Value::Null).await;
    assert_eq!(other.body["code"], "TOKEN_BOUND_DATA_MISMATCH");
    h.control("/sandbox/clock", json!({"advance_s": 3500})).await;
    let still =
        h.call("GET", &format!("/crm/v8/Contacts?fields=Email&page_token={token}"), Value::Null).await;
    assert_eq!(still.status, 200);
}

#[tokio::test]
async fn if_modified_since_is_inclusive_and_answers_304() {
    let h = Harness::start(Dataset::Empty).await;
    h.control("/sandbox/clock", json!({"set": "2026-12-01T00:00:00Z"})).await;
    let token = h.fresh_token().await;
    let headers = |since: &'static str| [("if-modified-since", since)];
    let auth = ("authorization", token.as_str());
    let old = h
        .send(
            "POST",
            "/crm/v8/Leads",
            &[auth],
            json!({"data": [{"Last_Name": "Old"}]}).to_string().into_bytes(),
        )
        .await;
    assert_eq!(old.status, 201, "{}", old.body);
    h.control("/sandbox/clock", json!({"set": "2026-12-01T00:10:00Z"})).await;
    h.send(
        "POST",
        "/crm/v8/Leads",
        &[auth],
        json!({"data": [{"Last_Name": "New"}]}).to_string().into_bytes(),
    )
    .await;
    for (order, names) in [("asc", ["New"]), ("desc", ["New"])] {
        for sort in ["id", "Created_Time", "Modified_Time"] {
            let target = format!("/crm/v8/Leads?fields=Last_Name&sort_by={sort}&sort_order={order}");
            let [since] = headers("2026-12-01T09:10:00+09:00");
            let page = h.send("GET", &target, &[auth, since], vec![]).await;
            let found: Vec<&str> = page.body["data"]
                .as_array()
                .unwrap()
                .iter()
                .map(|r| r["Last_Name"].as_str().unwrap())
                .collect();
            assert_eq!(found, names);
        }
    }
    let [later] = headers("2026-12-01T00:11:00Z");
    let nothing = h.send("GET", "/crm/v8/Leads?fields=Last_Name", &[auth, later], vec![]).await;
    assert_eq!((nothing.status, nothing.bytes.len()), (304, 0));
    let empty = h.send("GET", "/crm/v8/Deals?fields=Deal_Name", &[auth], vec![]).await;
    assert_eq!((empty.status, empty.bytes.len()), (204, 0));
    // Behind the last page there is nothing, which does not say that nothing has changed.
    let [earlier] = headers("2026-12-01T00:00:00Z");
    for (target, since, status) in [
        ("/crm/v8/Leads?fields=Last_Name&page=2", earlier, 204),
        ("/crm/v8/Leads?fields=Last_Name&page=2", later, 204),
        ("/crm/v8/users?page=2", ("if-modified-since", "2000-01-01T00:00:00Z"), 204),
        ("/crm/v8/users", ("if-modified-since", "2027-01-01T00:00:00Z"), 304),
        // The documents have no 304 of these.
        ("/crm/v8/Leads/deleted?type=all", later, 204),
    ] {
        let nothing = h.send("GET", target, &[auth, since], vec![]).await;
        assert_eq!((nothing.status, nothing.bytes.len()), (status, 0), "{target} {since:?}");
    }
}

#[tokio::test]
async fn deletions_before_the_moment_are_not_told_again() {
    let h = Harness::start(Dataset::Empty).await;
    let id = id_of(&h, "Leads", json!({"Last_Name": "A"})).await;
    h.call("DELETE", &format!("/crm/v8/Leads/{id}"), Value::Null).await;
    let deleted = async |since: &str| {
        h.send("GET", "/crm/v8/Leads/deleted?type=all", &[("if-modified-since", since)], vec![]).await
    };
    assert_eq!(entry(&deleted("2000-01-01T00:00:00Z").await.body, 0)["id"], id.as_str());
    let none = deleted("2099-01-01T00:00:00Z").await;
    assert_eq!((none.status, none.bytes.len()), (204, 0));
}

#[tokio::test]
async fn a_list_of_fields_says_the_module_of_what_a_record_belongs_to() {
    let h = Harness::start(Dataset::Empty).await;
    let shop = id_of(&h, "Accounts", json!({"Account_Name": "Shop"})).await;
    let task = json!({"Subject": "Call", "What_Id": {"id": shop}, "$se_module": "Accounts"});
    let task = id_of(&h, "Tasks", task).await;
    let note = json!({"Note_Title": "n", "Note_Content": "x", "Parent_Id": {"id": shop, "module": {"api_name": "Accounts"}}});
    id_of(&h, "Notes", note).await;
    let lead = id_of(&h, "Leads", json!({"Last_Name": "L"})).await;
    for (target, shown) in [
        ("Tasks?fields=Subject,What_Id".to_owned(), json!("Accounts")),
        ("Tasks?fields=$se_module".to_owned(), json!("Accounts")),
        ("Tasks?fields=Subject".to_owned(), Value::Null),
        (format!("Tasks/{task}?fields=What_Id"), json!("Accounts")),
        (format!("Tasks/{task}?fields=Subject"), Value::Null),
        (format!("Accounts/{shop}/Tasks?fields=What_Id"), json!("Accounts")),
        ("Notes?fields=Note_Title,Parent_Id".to_owned(), json!("Accounts")),
        ("Notes?fields=Note_Title".to_owned(), Value::Null),
        // A lead belongs to nothing.
        ("Leads?fields=Last_Name,$se_module".to_owned(), Value::Null),
    ] {
        let read = h.call("GET", &format!("/crm/v8/{target}"), Value::Null).await;
        assert_eq!(read.status, 200, "{target}: {}", read.body);
        assert_eq!(entry(&read.body, 0)["$se_module"], shown, "{target}: {}", read.body);
    }
    let free = id_of(&h, "Tasks", json!({"Subject": "Free"})).await;
    let free = h.call("GET", &format!("/crm/v8/Tasks/{free}?fields=What_Id"), Value::Null).await;
    assert_eq!(entry(&free.body, 0).get("$se_module"), Some(&Value::Null));
    let named = h.call("GET", "/crm/v8/Leads?fields=Last_Name,$converted", Value::Null).await;
    assert_eq!(*entry(&named.body, 0), json!({"Last_Name": "L", "id": lead, "$converted": false}));
    let unnamed = h.call("GET", "/crm/v8/Leads?fields=Last_Name", Value::Null).await;
    assert_eq!(entry(&unnamed.body, 0).get("$converted"), None);
}

#[tokio::test]
async fn a_lone_update_can_be_conditional() {
    let h = Harness::start(Dataset::Empty).await;
    let id = id_of(&h, "Contacts", json!({"Last_Name": "A"})).await;
    let before = h.call("GET", &format!("/crm/v8/Contacts/{id}"), Value::Null).await;
    let time = entry(&before.body, 0)["Modified_Time"].as_str().unwrap().to_owned();
    let update = |name: &str| json!({"data": [{"id": id, "Last_Name": name}]}).to_string().into_bytes();
    let condition = [("if-unmodified-since", time.as_str())];
    let done = h.send("PUT", "/crm/v8/Contacts", &condition, update("B")).await;
    assert_eq!((done.status, entry(&done.body, 0)["message"].as_str()), (200, Some("record updated")));
    h.control("/sandbox/clock", json!({"advance_s": 5})).await;
    h.send("PUT", "/crm/v8/Contacts", &[], update("C")).await;
    let refused = h.send("PUT", &format!("/crm/v8/Contacts/{id}"), &condition, update("D")).await;
    assert_eq!(refused.status, 412, "{}", refused.body);
    let after = h.call("GET", &format!("/crm/v8/Contacts/{id}"), Value::Null).await;
    assert_eq!(entry(&after.body, 0)["Last_Name"], "C");
    let modified = entry(&after.body, 0)["Modified_Time"].clone();
    h.control("/sandbox/clock", json!({"advance_s": 5})).await;
    h.send("PUT", "/crm/v8/Contacts", &[], update("C")).await;
    let bumped = h.call("GET", &format!("/crm/v8/Contacts/{id}"), Value::Null).await;
    assert_ne!(
        entry(&bumped.body, 0)["Modified_Time"],
        modified,
        "a change that changes nothing moves the time"
    );
    let missing = h.call("PUT", "/crm/v8/Contacts", json!({"data": [{"id": "123", "Last_Name": "x"}]})).await;
    assert_eq!((missing.status, entry(&missing.body, 0)["code"].as_str()), (400, Some("INVALID_DATA")));
}

#[tokio::test]
async fn upsert_finds_duplicates_by_the_system_field_or_the_named_one() {
    let h = Harness::start(Dataset::Empty).await;
    let first = h
        .call(
            "POST",
            "/crm/v8/Contacts/upsert",
            json!({"data": [{"Last_Name": "A", "Email": "a@x.example"}]}),
        )
        .await;
    assert_eq!(first.status, 200);
    assert_eq!(
        (entry(&first.body, 0)["action"].as_str(), &entry(&first.body, 0)["duplicate_field"]),
        (Some("insert"), &Value::Null)
    );
    let again =
        json!({"data": [{"Last_Name": "A2", "Email": "A@X.example"}], "duplicate_check_fields": ["Email"]});
    let again = h.call("POST", "/crm/v8/Contacts/upsert", again).await;
    assert_eq!(
        (entry(&again.body, 0)["action"].as_str(), entry(&again.body, 0)["duplicate_field"].as_str()),
        (Some("update"), Some("Email"))
    );
    assert_eq!(entry(&again.body, 0)["details"]["id"], entry(&first.body, 0)["details"]["id"]);
    insert(&h, "Contacts", json!([{"Last_Name": "Twin", "Email": "a@x.example"}])).await;
    let two = h
        .call(
            "POST",
            "/crm/v8/Contacts/upsert",
            json!({"data": [{"Last_Name": "?", "Email": "a@x.example"}]}),
        )
        .await;
    assert_eq!((two.status, entry(&two.body, 0)["code"].as_str()), (400, Some("DUPLICATE_DATA")));
    let bad = json!({"data": [{"Last_Name": "?"}], "duplicate_check_fields": ["Phone"]});
    assert_eq!(h.call("POST", "/crm/v8/Contacts/upsert", bad).await.status, 400);
}

#[tokio::test]
async fn deleted_records_go_to_the_bin_and_then_for_good() {
    let h = Harness::start(Dataset::Empty).await;
    let id = id_of(&h, "Contacts", json!({"Last_Name": "A"})).await;
    let none = h.call("GET", "/crm/v8/Contacts/deleted?type=all", Value::Null).await;
    assert_eq!(none.status, 204);
    let gone = h.call("DELETE", &format!("/crm/v8/Contacts?ids={id},77&wf_trigger=false"), Value::Null).await;
    assert_eq!(gone.status, 207, "{}", gone.body);
    assert_eq!(entry(&gone.body, 0)["message"], "record deleted");
    assert_eq!(h.call("GET", &format!("/crm/v8/Contacts/{id}"), Value::Null).await.status, 204);
    let feed = h.call("GET", "/crm/v8/Contacts/deleted?type=all", Value::Null).await;
    assert_eq!(entry(&feed.body, 0)["id"], id);
    assert_eq!(
        (&entry(&feed.body, 0)["type"], &entry(&feed.body, 0)["display_name"]),
        (&json!("recycle"), &json!("A"))
    );
    h.control("/sandbox/clock", json!({"advance_s": 61 * 86400})).await;
    let token = h.fresh_token().await;
    let feed =
        h.send("GET", "/crm/v8/Contacts/deleted?type=permanent", &[("authorization", &token)], vec![]).await;
    assert_eq!(entry(&feed.body, 0)["type"], "permanent");
}

#[tokio::test]
async fn workflow_rules_run_unless_the_trigger_list_is_empty() {
    let h = Harness::start(Dataset::Empty).await;
    let rule = json!({
        "module": "Contacts", "on": "create_or_edit", "when": [{"field": "Email", "comparator": "contains", "value": "vip"}],
        "set": {"Title": "VIP {Last_Name}"},
    });
    h.control(&format!("/sandbox/orgs/{}/rules", h.org_id), rule).await;
    let title = async |id: &str| {
        let read = h.call("GET", &format!("/crm/v8/Contacts/{id}"), Value::Null).await;
        entry(&read.body, 0)["Title"].clone()
    };
    let record = json!({"Last_Name": "A", "Email": "vip@x.example"});
    let with = id_of(&h, "Contacts", record.clone()).await;
    assert_eq!(title(&with).await, "VIP A");
    let quiet = h.call("POST", "/crm/v8/Contacts", json!({"data": [record], "trigger": []})).await;
    let quiet = entry(&quiet.body, 0)["details"]["id"].as_str().unwrap().to_owned();
    assert_eq!(title(&quiet).await, Value::Null);
    h.call(
        "PUT",
        "/crm/v8/Contacts",
        json!({"data": [{"id": quiet, "Phone": "1"}], "trigger": ["workflow"]}),
    )
    .await;
    assert_eq!(title(&quiet).await, "VIP A");
    let other = id_of(&h, "Contacts", json!({"Last_Name": "B", "Email": "b@x.example"})).await;
    assert_eq!(title(&other).await, Value::Null);
}

#[tokio::test]
async fn requests_that_make_no_sense_get_the_services_errors() {
    let h = Harness::start(Dataset::Empty).await;
    for (method, target, status, code) in [
        ("GET", "/crm/v8/Nonsense?fields=id", 400, "INVALID_MODULE"),
        ("GET", "/crm/v8/Contacts", 400, "REQUIRED_PARAM_MISSING"),
        ("GET", "/crm/v8/Contacts?fields=id&per_page=500", 400, "INVALID_DATA"),
        ("GET", "/crm/v8/Contacts?fields=id&sort_by=Email", 400, "INVALID_DATA"),
        ("GET", "/crm/v8/Contacts/12x", 400, "INVALID_DATA"),
        ("PATCH", "/crm/v8/Contacts", 405, "INVALID_REQUEST_METHOD"),
        ("DELETE", "/crm/v8/Contacts", 400, "REQUIRED_PARAM_MISSING"),
        ("GET", "/crm/v8/settings/nothing", 404, "INVALID_URL_PATTERN"),
        ("GET", "/nothing", 404, "INVALID_URL_PATTERN"),
    ] {
        let answer = h.call(method, target, Value::Null).await;
        assert_eq!(
            (answer.status, answer.body["code"].as_str()),
            (status, Some(code)),
            "{method} {target}: {}",
            answer.body
        );
        assert_eq!(answer.body["status"], "error");
    }
}

#[tokio::test]
async fn the_basis_of_processing_is_kept_with_its_details() {
    let h = Harness::start(Dataset::Empty).await;
    assert_eq!(h.call("GET", "/crm/v8/org", Value::Null).await.body["org"][0]["privacy_settings"], true);
    let key = "Data_Processing_Basis_Details";
    let details = json!({
        "Data_Processing_Basis": "Obtained", "Contact_Through_Email": true, "Consent_Date": "2026-11-01",
        "Consent_Through": "Email", "Unknown": 1, "id": "5",
    });
    for (module, name) in [("Leads", "Last_Name"), ("Contacts", "Last_Name"), ("Vendors", "Vendor_Name")] {
        let record = json!({name: "A", "Data_Processing_Basis": "Obtained", key: details});
        let made = h.call("POST", &format!("/crm/v8/{module}"), json!({"data": [record]})).await;
        let id = made.body["data"][0]["details"]["id"].as_str().unwrap_or_else(|| panic!("{}", made.body));
        let path = format!("/crm/v8/{module}/{id}");
        let change = json!({"data": [{key: {"Contact_Through_Phone": true, "Consent_Remarks": "asked"}}]});
        assert_eq!(h.call("PUT", &path, change).await.status, 200);
        let read = h.call("GET", &path, Value::Null).await.body["data"][0].clone();
        assert_eq!(read["Data_Processing_Basis"], "Obtained");
        let mut kept = read[key].clone();
        assert_ne!(kept["id"], "5");
        assert_eq!(kept["Created_By"]["id"], read["Created_By"]["id"]);
        for own in ["id", "Owner", "Created_By"] {
            kept.as_object_mut().unwrap().remove(own).unwrap();
        }
        let expected = json!({
            "Data_Processing_Basis": "Obtained", "Contact_Through_Email": true, "Contact_Through_Phone": true,
            "Contact_Through_Social": false, "Contact_Through_Survey": false, "Consent_Date": "2026-11-01",
            "Consent_Through": "Email", "Consent_Remarks": "asked", "Mail_Sent_Time": null,
        });
        assert_eq!(kept, expected, "{module}");
        let wrong = json!({"data": [{key: {"Contact_Through_Email": "yes"}}]});
        let refused = h.call("PUT", &path, wrong).await;
        let at = json!({
            "expected_data_type": "boolean", "api_name": "Contact_Through_Email",
            "json_path": format!("$.data[0].{key}.Contact_Through_Email"),
        });
        assert_eq!((refused.status, &refused.body["data"][0]["details"]), (400, &at));
        let emptied = h.call("PUT", &path, json!({"data": [{key: null}]})).await;
        assert_eq!(emptied.status, 200, "{}", emptied.body);
        assert_eq!(h.call("GET", &path, Value::Null).await.body["data"][0][key], Value::Null);
    }
    let fields = h.call("GET", "/crm/v8/settings/fields?module=Contacts", Value::Null).await;
    let field =
        fields.body["fields"].as_array().unwrap().iter().find(|field| field["api_name"] == key).unwrap();
    assert_eq!((&field["data_type"], &field["json_type"]), (&json!("consent_lookup"), &json!("jsonobject")));
}
