//! What is refused, in which order it is checked, and in which shape it is said.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod harness;

use harness::{Exchange, Harness};
use musubi_sandbox::Dataset;
use serde_json::{Value, json};

/// A well-formed id that no record has.
const NOBODY: &str = "7328395000009999999";

async fn made(h: &Harness, module: &str, record: Value) -> String {
    let answer = h.call("POST", &format!("/crm/v8/{module}"), json!({"data": [record]})).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.body["data"][0]["details"]["id"].as_str().unwrap().to_owned()
}

/// An access token for these scopes alone, as the value of an `authorization` header.
async fn token_for(h: &Harness, scope: &str) -> String {
    let path = format!("/sandbox/orgs/{}/self_client", h.org_id);
    let code = h.control(&path, json!({"scope": scope})).await;
    let part = |key: &str| code[key].as_str().unwrap().to_owned();
    let query = format!(
        "grant_type=authorization_code&client_id={}&client_secret={}&code={}",
        part("client_id"),
        part("client_secret"),
        part("code")
    );
    let answer = h.send("POST", &format!("/oauth/v2/token?{query}"), &[], vec![]).await;
    format!("Zoho-oauthtoken {}", answer.body["access_token"].as_str().unwrap())
}

fn bare(answer: &Exchange) -> (u16, &str, &Value) {
    (answer.status, answer.body["code"].as_str().unwrap_or("none"), &answer.body["details"])
}

#[tokio::test]
async fn an_id_that_is_none_is_refused_and_makes_no_record() {
    let h = Harness::start(Dataset::Empty).await;
    for id in [json!("abc"), json!("12x"), json!(""), json!({})] {
        let body = json!({"data": [{"id": id, "Last_Name": "x"}]});
        for (method, path) in [("POST", "/crm/v8/Contacts/upsert"), ("PUT", "/crm/v8/Contacts")] {
            let answer = h.call(method, path, body.clone()).await;
            let entry = &answer.body["data"][0];
            assert_eq!((answer.status, &entry["code"]), (400, &json!("INVALID_DATA")), "{method} {id}");
            assert_eq!(entry["message"], "the id given seems to be invalid");
            assert_eq!(entry["details"], json!({"api_name": "id", "json_path": "$.data[0].id"}));
        }
    }
    assert_eq!(h.call("GET", "/crm/v8/Contacts?fields=id", Value::Null).await.status, 204);
    let none = h.call("PUT", "/crm/v8/Contacts", json!({"data": [{"Last_Name": "x"}]})).await;
    assert_eq!(none.body["data"][0]["code"], "MANDATORY_NOT_FOUND");
    let null = json!({"data": [{"id": null, "Last_Name": "x"}]});
    assert_eq!(h.call("POST", "/crm/v8/Contacts/upsert", null).await.body["data"][0]["action"], "insert");
}

#[tokio::test]
async fn what_a_token_may_do_is_asked_before_ids_and_bodies() {
    let h = Harness::start(Dataset::Empty).await;
    let token = token_for(&h, "ZohoCRM.modules.contacts.READ").await;
    let contact = made(&h, "Contacts", json!({"Last_Name": "A"})).await;
    for (method, path) in [
        ("DELETE", format!("/crm/v8/Contacts/{NOBODY}")),
        ("DELETE", "/crm/v8/Contacts/abc".to_owned()),
        ("DELETE", "/crm/v8/Contacts".to_owned()),
        ("POST", "/crm/v8/Contacts".to_owned()),
        ("POST", "/crm/v8/Contacts/upsert".to_owned()),
        ("PUT", "/crm/v8/Contacts".to_owned()),
        ("PUT", format!("/crm/v8/Contacts/{contact}")),
        ("PUT", "/crm/v8/Contacts/abc".to_owned()),
        ("POST", format!("/crm/v8/Contacts/{contact}/Notes")),
        ("POST", format!("/crm/v8/Contacts/{contact}/Attachments")),
        ("PUT", format!("/crm/v8/Contacts/{NOBODY}/Notes")),
        ("DELETE", format!("/crm/v8/Contacts/{contact}/Notes/{NOBODY}")),
    ] {
        let answer = h.send(method, &path, &[("authorization", &token)], vec![]).await;
        assert_eq!(bare(&answer), (401, "OAUTH_SCOPE_MISMATCH", &json!({})), "{method} {path}");
    }
}

#[tokio::test]
async fn a_path_that_is_there_refuses_other_methods() {
    let h = Harness::start(Dataset::Empty).await;
    let contact = made(&h, "Contacts", json!({"Last_Name": "A"})).await;
    for (method, path) in [
        ("PUT", "/crm/v8/settings/related_lists"),
        ("POST", "/crm/v8/org"),
        ("GET", "/crm/v8/Contacts/actions/add_tags"),
        ("PUT", "/crm/v8/Contacts/actions/count"),
        ("GET", "/crm/v8/settings/recycle_bin/actions/empty"),
        ("DELETE", "/crm/v8/settings/recycle_bin/actions/restore"),
        ("GET", "/crm/v8/Contacts/upsert"),
        ("DELETE", "/crm/v8/Contacts/upsert"),
        ("PUT", "/crm/v8/Contacts/search"),
        ("DELETE", "/crm/v8/Contacts/search"),
        ("PUT", &format!("/crm/v8/Contacts/{contact}/Attachments")),
        ("PATCH", &format!("/crm/v8/Contacts/{contact}/Notes")),
        ("GET", &format!("/crm/v8/Contacts/{contact}/actions/merge")),
    ] {
        let answer = h.call(method, path, Value::Null).await;
        assert_eq!(bare(&answer), (405, "INVALID_REQUEST_METHOD", &json!({})), "{method} {path}");
    }
    for (method, path) in [("POST", "/crm/v8/Contacts/actions/clone"), ("GET", "/crm/v8/settings/nothing")] {
        assert_eq!(h.call(method, path, Value::Null).await.status, 404, "{method} {path}");
    }
}

#[tokio::test]
async fn one_record_that_is_not_there_is_refused_in_the_shape_of_its_document() {
    let h = Harness::start(Dataset::Empty).await;
    let contact = made(&h, "Contacts", json!({"Last_Name": "A"})).await;
    let at = |index: usize| json!({"resource_path_index": index});
    let bin = format!("/crm/v8/settings/recycle_bin/{NOBODY}");
    for (method, path, index, message) in [
        ("POST", format!("{bin}/actions/restore"), None, "the id given seems to be invalid"),
        ("DELETE", bin, None, "the id given seems to be invalid"),
        ("DELETE", format!("/crm/v8/Notes/{NOBODY}"), Some(1), "the id given seems to be invalid"),
        (
            "DELETE",
            format!("/crm/v8/Contacts/{contact}/Notes/{NOBODY}"),
            Some(3),
            "the id given seems to be invalid",
        ),
        (
            "DELETE",
            format!("/crm/v8/Contacts/{contact}/Attachments/{NOBODY}"),
            Some(3),
            "the related id given seems to be invalid",
        ),
    ] {
        let answer = h.call(method, &path, Value::Null).await;
        let details = index.map_or(json!({"id": NOBODY}), at);
        assert_eq!(bare(&answer), (400, "INVALID_DATA", &details), "{method} {path}");
        assert_eq!(answer.body["message"], message, "{method} {path}");
    }
}

#[tokio::test]
async fn a_module_in_the_query_is_refused_as_the_resource_documents_it() {
    let h = Harness::start(Dataset::Empty).await;
    for (resource, details) in [
        ("fields", json!({"param_name": "module"})),
        ("layouts", json!({"param_name": "module"})),
        ("related_lists", json!({"param_name": "module"})),
        ("custom_views", json!({})),
        ("tags", json!({})),
    ] {
        let answer = h.call("GET", &format!("/crm/v8/settings/{resource}?module=Nope"), Value::Null).await;
        assert_eq!(bare(&answer), (400, "INVALID_MODULE", &details), "{resource}");
    }
    let status = h.call("GET", "/crm/v8/settings/modules?status=visible,zz", Value::Null).await;
    assert_eq!((status.status, &status.body["code"]), (400, &json!("INVALID_DATA")));
    assert_eq!(
        (&status.body["details"]["param_name"], &status.body["details"]["index"]),
        (&json!("status"), &json!(1))
    );
    let shown = h.call("GET", "/crm/v8/settings/modules?status=visible,user_hidden", Value::Null).await;
    assert_eq!(shown.status, 200);
}

#[tokio::test]
async fn tags_and_picklists_say_what_is_wrong_in_their_place() {
    let h = Harness::start(Dataset::Empty).await;
    let tags = "/crm/v8/settings/tags";
    let missing = h.call("GET", tags, Value::Null).await;
    assert_eq!(bare(&missing), (400, "REQUIRED_PARAM_MISSING", &json!({"param": "module"})));
    let long = json!({"tags": [{"name": "x".repeat(26)}]});
    let details = json!({"api_name": "name", "json_path": "$.tags[0].name", "maximum_length": 25});
    let refused = h.call("POST", &format!("{tags}?module=Leads"), long.clone()).await;
    assert_eq!((refused.status, &refused.body["tags"][0]["details"]), (400, &details));
    let short = json!({"tags": [{"name": "Hot"}]});
    let tag = h.call("POST", &format!("{tags}?module=Leads"), short).await.body["tags"][0]["details"].clone();
    let path = format!("{tags}/{}?module=Leads", tag["id"].as_str().unwrap());
    let refused = h.call("PUT", &path, long.clone()).await;
    assert_eq!((refused.status, &refused.body["tags"][0]["details"]), (400, &details));
    let mut on_records = long;
    on_records["ids"] = json!([NOBODY]);
    let refused = h.call("POST", "/crm/v8/Leads/actions/add_tags", on_records).await;
    assert_eq!(bare(&refused), (400, "INVALID_DATA", &details));

    let lists = "/crm/v8/settings/global_picklists";
    let values = json!([{"display_value": "A", "actual_value": "A"}]);
    let list = json!({"global_picklists": [{"display_label": "Grades", "pick_list_values": values}]});
    assert_eq!(h.call("POST", lists, list.clone()).await.status, 201);
    let twice = h.call("POST", lists, list).await;
    assert_eq!((twice.status, &twice.body["global_picklists"][0]["code"]), (400, &json!("DUPLICATE_DATA")));
    let nameless = json!({"global_picklists": [{"pick_list_values": values}]});
    let refused = h.call("POST", lists, nameless).await;
    assert_eq!(refused.body["global_picklists"][0]["code"], "MANDATORY_NOT_FOUND");
}

#[tokio::test]
async fn a_note_needs_its_record_and_something_to_say() {
    let h = Harness::start(Dataset::Empty).await;
    let contact = made(&h, "Contacts", json!({"Last_Name": "A"})).await;
    let parent = json!({"id": contact, "module": {"api_name": "Contacts"}});
    made(&h, "Notes", json!({"Note_Title": "t", "Parent_Id": parent})).await;
    let note = made(&h, "Notes", json!({"Note_Content": "x".repeat(65_535), "Parent_Id": parent})).await;
    let cases = [
        (json!({"Note_Title": "t"}), vec!["Parent_Id"]),
        (json!({"Parent_Id": parent}), vec!["Note_Content", "Note_Title"]),
    ];
    for (record, expected) in cases {
        let answer = h.call("POST", "/crm/v8/Notes", json!({"data": [record]})).await;
        let entry = &answer.body["data"][0];
        assert_eq!((answer.status, &entry["code"]), (400, &json!("EXPECTED_FIELD_MISSING")));
        let fields: Vec<Value> =
            expected.iter().map(|n| json!({"api_name": n, "json_path": format!("$.data[0].{n}")})).collect();
        assert_eq!(entry["details"]["expected_fields"], json!(fields));
    }
    let emptied =
        h.call("PUT", &format!("/crm/v8/Notes/{note}"), json!({"data": [{"Note_Content": null}]})).await;
    assert_eq!(emptied.body["data"][0]["code"], "EXPECTED_FIELD_MISSING");
    let long = json!({"Note_Content": "x".repeat(65_536), "Parent_Id": parent});
    let answer = h.call("POST", "/crm/v8/Notes", json!({"data": [long]})).await;
    assert_eq!(answer.body["data"][0]["details"]["maximum_length"], 65_535);
    let beneath = format!("/crm/v8/Contacts/{contact}/Notes");
    assert_eq!(h.call("POST", &beneath, json!({"data": [{"Note_Title": "t"}]})).await.status, 201);
}

#[tokio::test]
async fn the_documented_scope_alone_is_enough_and_another_is_not() {
    let h = Harness::start(Dataset::Empty).await;
    let vendor = made(&h, "Vendors", json!({"Vendor_Name": "V"})).await;
    let contact = made(&h, "Contacts", json!({"Last_Name": "A"})).await;
    let views = h.call("GET", "/crm/v8/settings/custom_views?module=Vendors", Value::Null).await;
    let view = &views.body["custom_views"][0]["id"];
    let users = h.call("GET", "/crm/v8/users", Value::Null).await;
    let owner = json!({"id": users.body["users"][0]["id"]});
    let change = json!({"data": [{"City": "Kobe"}], "ids": [vendor]});
    let all = "ZohoCRM.modules.ALL";
    for (scope, other, method, path, body, status) in [
        ("ZohoCRM.mass_update.UPDATE", all, "POST", "Vendors/actions/mass_update", change.clone(), 200),
        ("ZohoCRM.mass_update.Vendors.UPDATE", all, "POST", "Vendors/actions/mass_update", change, 200),
        ("ZohoCRM.mass_update.READ", all, "GET", "Vendors/actions/mass_update?job_id=1", Value::Null, 400),
        ("ZohoCRM.mass_delete.READ", all, "GET", "Vendors/actions/mass_delete?job_id=1", Value::Null, 400),
        (
            "ZohoCRM.change_owner.CREATE",
            all,
            "POST",
            "Vendors/actions/change_owner",
            json!({"owner": owner, "ids": [vendor]}),
            200,
        ),
        (
            "ZohoCRM.change_owner.CREATE",
            all,
            "POST",
            "Vendors/actions/mass_change_owner",
            json!({"owner": owner, "cvid": view}),
            202,
        ),
        (
            "ZohoCRM.mass_delete.DELETE",
            all,
            "POST",
            "Vendors/actions/mass_delete",
            json!({"ids": [vendor]}),
            200,
        ),
        (
            "ZohoCRM.modules.DELETE",
            "ZohoCRM.modules.UPDATE",
            "DELETE",
            &format!("Contacts/{contact}/Campaigns?ids={NOBODY}"),
            Value::Null,
            400,
        ),
        (
            "ZohoCRM.settings.tags.ALL",
            all,
            "POST",
            &format!("Contacts/{contact}/actions/add_tags"),
            json!({"tags": [{"name": "vip"}]}),
            200,
        ),
    ] {
        let path = format!("/crm/v8/{path}");
        let bytes = body.to_string().into_bytes();
        let token = token_for(&h, other).await;
        let refused = h.send(method, &path, &[("authorization", &token)], bytes.clone()).await;
        assert_eq!((refused.status, &refused.body["code"]), (401, &json!("OAUTH_SCOPE_MISMATCH")), "{path}");
        let token = token_for(&h, scope).await;
        let answer = h.send(method, &path, &[("authorization", &token)], bytes).await;
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.body);
    }
}

#[tokio::test]
async fn a_mass_change_says_what_is_wrong_in_the_shape_of_its_document() {
    let h = Harness::start(Dataset::Empty).await;
    let views = h.call("GET", "/crm/v8/settings/custom_views?module=Vendors", Value::Null).await;
    let view = &views.body["custom_views"][0]["id"];
    let path = |action: &str| format!("/crm/v8/Vendors/actions/{action}");
    let empty = h.call("POST", &path("mass_delete"), json!({"cvid": view})).await;
    assert_eq!(bare(&empty), (400, "NO_RECORDS_FOUND", &json!({})));
    let param = json!({"param_name": "job_id"});
    for (target, code, message, details) in [
        ("mass_delete", "MANDATORY_NOT_FOUND", "mandatory param missing", &param),
        ("mass_delete?job_id=1", "INVALID_DATA", "The jobid given seems to be invalid", &param),
        ("mass_update", "MANDATORY_NOT_FOUND", "mandatory param missing", &json!({})),
        ("mass_update?job_id=1", "INVALID_DATA", "The jobid given seems to be invalid", &json!({})),
        ("mass_change_owner", "REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", &param),
    ] {
        let answer = h.call("GET", &path(target), Value::Null).await;
        assert_eq!(bare(&answer), (400, code, details), "{target}");
        assert_eq!(answer.body["message"], message, "{target}");
    }
    assert_eq!(h.call("GET", &path("mass_change_owner?job_id=1"), Value::Null).await.status, 204);
    let nobody = h.call("POST", &path("mass_delete"), json!({"ids": [NOBODY]})).await;
    let details = json!({"api_name": "ids", "json_path": "$.ids[0]", "id": NOBODY});
    assert_eq!(bare(&nobody), (400, "INVALID_DATA", &details));
    let change = json!({"data": [{"City": "Kobe"}], "ids": [NOBODY]});
    let nobody = h.call("POST", &path("mass_update"), change).await;
    let entry = &nobody.body["data"][0];
    assert_eq!((nobody.status, &entry["code"]), (400, &json!("INVALID_DATA")));
    assert_eq!(entry["details"], json!({"id": NOBODY}));
}

#[tokio::test]
async fn a_module_has_a_hundred_tags_at_most() {
    let h = Harness::start(Dataset::Empty).await;
    let path = "/crm/v8/settings/tags?module=Leads";
    let known = h.call("GET", path, Value::Null).await;
    let room = 100 - known.body["info"]["count"].as_u64().unwrap();
    let tags: Vec<Value> = (0..room).map(|n| json!({"name": format!("tag {n}")})).collect();
    assert_eq!(h.call("POST", path, json!({ "tags": tags })).await.status, 201);
    let full = h.call("POST", path, json!({"tags": [{"name": "one more"}]})).await;
    assert_eq!(full.status, 400);
    let entry = json!({
        "code": "LICENSE_LIMIT_EXCEEDED", "details": {}, "message": "tags edition limit exceeded", "status": "error",
    });
    assert_eq!(full.body["tags"], json!([entry]));
    let lead = made(&h, "Leads", json!({"Last_Name": "A"})).await;
    let target = format!("/crm/v8/Leads/{lead}/actions/add_tags");
    let known = h.call("POST", &target, json!({"tags": [{"name": "Tag 1"}]})).await;
    assert_eq!(known.status, 200, "{}", known.body);
    let new = h.call("POST", &target, json!({"tags": [{"name": "Tag 1"}, {"name": "new"}]})).await;
    assert_eq!(bare(&new), (400, "LICENSE_LIMIT_EXCEEDED", &json!({})));
}

#[tokio::test]
async fn what_is_missing_is_named_as_each_document_names_it() {
    let h = Harness::start(Dataset::Empty).await;
    let lead = made(&h, "Leads", json!({"Last_Name": "A"})).await;
    let tags = h.call("POST", "/crm/v8/Leads/actions/add_tags", json!({"ids": [lead]})).await;
    assert_eq!(bare(&tags), (400, "REQUIRED_PARAM_MISSING", &json!({"param_name": "tags"})));
    let one = h.call("POST", &format!("/crm/v8/Leads/{lead}/actions/add_tags"), json!({})).await;
    assert_eq!(bare(&one), (400, "INVALID_DATA", &json!({"api_name": "tags", "json_path": "$.tags"})));
    let role = h.call("POST", "/crm/v8/settings/roles", json!({"roles": [{}]})).await;
    assert_eq!(bare(&role), (400, "MANDATORY_PARAM_MISSING", &json!({"api_name": "name"})));
    let profile = h.call("DELETE", &format!("/crm/v8/settings/profiles/{NOBODY}"), Value::Null).await;
    assert_eq!(bare(&profile), (400, "MANDATORY_NOT_FOUND", &json!({})));
    let to = format!("/crm/v8/settings/profiles/{NOBODY}?transfer_to_id={NOBODY}");
    let profile = h.call("DELETE", &to, Value::Null).await;
    assert_eq!(bare(&profile), (400, "INVALID_DATA", &json!({"id": NOBODY})));
    let call = json!({"method": "GET", "uri": "/crm/v8/org"});
    let calls = json!({"__composite_requests": vec![call; 6]});
    let many = h.call("POST", "/crm/v8/__composite_requests", calls).await;
    let (key, path) = ("__composite_requests", "$.__composite_requests");
    let details = json!({"api_name": key, "json_path": path, "maximum_length": 5});
    assert_eq!(bare(&many), (400, "INVALID_DATA", &details));
    let module = h.call("GET", "/crm/v8/settings/modules/Nope", Value::Null).await;
    assert_eq!(bare(&module), (400, "INVALID_MODULE", &json!({"resource_path_index": 2})));
    for id in ["-5", "+5", "5x"] {
        let record = h.call("GET", &format!("/crm/v8/Contacts/{id}"), Value::Null).await;
        assert_eq!(bare(&record), (400, "INVALID_DATA", &json!({"resource_path_index": 1})), "{id}");
    }
}

#[tokio::test]
async fn the_bin_says_beside_the_code_which_of_several_records_is_refused() {
    let h = Harness::start(Dataset::Empty).await;
    let bin = "/crm/v8/settings/recycle_bin";
    let lead = made(&h, "Leads", json!({"Last_Name": "A"})).await;
    h.call("DELETE", &format!("/crm/v8/Leads/{lead}"), Value::Null).await;
    let mixed = h.call("DELETE", &format!("{bin}?ids={lead},{NOBODY}"), Value::Null).await;
    assert_eq!(mixed.status, 207, "{}", mixed.body);
    let ids: Vec<&Value> =
        mixed.body["recycle_bin"].as_array().unwrap().iter().map(|entry| &entry["id"]).collect();
    assert_eq!(ids, [&json!(lead), &json!(NOBODY)]);
    let none = h.call("DELETE", &format!("{bin}?ids={NOBODY}"), Value::Null).await;
    assert_eq!(bare(&none), (400, "INVALID_DATA", &json!({"id": NOBODY})));
}
