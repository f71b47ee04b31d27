//! Multi-select and multi-user lookups over real HTTP: rows of a linking module, seen from either side.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod harness;

use harness::{Exchange, Harness};
use musubi_sandbox::{Dataset, Options, Sandbox};
use serde_json::{Value, json};

fn skills() -> Value {
    json!({"field_label": "Skills", "data_type": "multiselectlookup", "multiselectlookup": {
        "connected_details": {"module": {"api_name": "Skills"}, "field": {"field_label": "Employees"}},
        "linking_details": {"module": {"plural_label": "EmpXSkills"}}}})
}

async fn make_module(h: &Harness, plural: &str) {
    let profiles = h.call("GET", "/crm/v8/settings/profiles", Value::Null).await;
    let module = json!({"singular_label": format!("{plural} Record"), "plural_label": plural, "api_name": plural,
        "profiles": [{"id": profiles.body["profiles"][0]["id"]}], "display_field": {"field_label": "Name", "data_type": "text"}});
    let made = h.call("POST", "/crm/v8/settings/modules", json!({"modules": [module]})).await;
    assert_eq!(made.status, 201, "{}", made.body);
}

async fn make_field(h: &Harness, module: &str, field: Value) -> Exchange {
    h.call("POST", &format!("/crm/v8/settings/fields?module={module}"), json!({"fields": [field]})).await
}

/// Employees and skills, linked.
async fn linked_in(h: Harness) -> Harness {
    make_module(&h, "Employees").await;
    make_module(&h, "Skills").await;
    let made = make_field(&h, "Employees", skills()).await;
    assert_eq!(made.status, 201, "{}", made.body);
    h
}

async fn linked() -> Harness {
    linked_in(Harness::start(Dataset::Empty).await).await
}

async fn insert(h: &Harness, module: &str, record: Value) -> String {
    let made = h.call("POST", &format!("/crm/v8/{module}"), json!({"data": [record]})).await;
    assert_eq!(made.status, 201, "{}", made.body);
    made.body["data"][0]["details"]["id"].as_str().unwrap().to_owned()
}

async fn read(h: &Harness, module: &str, id: &str) -> Value {
    h.call("GET", &format!("/crm/v8/{module}/{id}"), Value::Null).await.body["data"][0].clone()
}

/// What the links of a record are called, in order.
async fn names(h: &Harness, module: &str, id: &str, field: &str) -> Vec<String> {
    let record = read(h, module, id).await;
    let rows = record[field].as_array().unwrap_or_else(|| panic!("{record}"));
    rows.iter().map(|row| row[field]["name"].as_str().unwrap().to_owned()).collect()
}

async fn write(h: &Harness, id: &str, rows: Value) -> Exchange {
    h.call("PUT", "/crm/v8/Employees", json!({"data": [{"id": id, "Skills": rows}]})).await
}

async fn field(h: &Harness, module: &str, name: &str) -> Value {
    let fields = h.call("GET", &format!("/crm/v8/settings/fields?module={module}"), Value::Null).await;
    let found = fields.body["fields"].as_array().unwrap().iter().find(|field| field["api_name"] == name);
    found.cloned().unwrap_or(Value::Null)
}

#[tokio::test]
async fn a_new_field_makes_a_linking_module_and_a_field_on_the_other_side() {
    let h = linked().await;
    let modules = h.call("GET", "/crm/v8/settings/modules", Value::Null).await;
    let modules = modules.body["modules"].as_array().unwrap().clone();
    let module = |name: &str| modules.iter().find(|module| module["api_name"] == name).unwrap().clone();
    let linking = module("EmpXSkills");
    assert_eq!(linking["generated_type"], "linking");
    let to_employee = field(&h, "EmpXSkills", "Employees").await;
    let to_skill = field(&h, "EmpXSkills", "Skills").await;
    assert_eq!(to_employee["lookup"]["module"]["api_name"], "Employees");
    assert_eq!(to_skill["lookup"]["module"]["api_name"], "Skills");

    let (own, mirror) = (field(&h, "Employees", "Skills").await, field(&h, "Skills", "Employees").await);
    for one in [&own, &mirror] {
        assert_eq!(one["data_type"], "multiselectlookup");
        assert_eq!((&one["json_type"], &one["sortable"]), (&json!("jsonarray"), &json!(false)));
    }
    let named = |field: &Value| json!({"api_name": field["api_name"], "field_label": field["field_label"], "id": field["id"]});
    let linking_module =
        json!({"visibility": 1, "plural_label": "EmpXSkills", "api_name": "EmpXSkills", "id": linking["id"]});
    let details = &own["multiselectlookup"];
    assert_eq!(
        details["linking_details"],
        json!({"module": linking_module, "lookup_field": named(&to_employee), "connected_lookup_field": named(&to_skill)})
    );
    assert_eq!(details["connected_details"]["field"], named(&mirror));
    assert_eq!(
        details["connected_details"]["module"],
        json!({"plural_label": "Skills", "api_name": "Skills", "id": module("Skills")["id"]})
    );
    let details = &mirror["multiselectlookup"];
    assert_eq!(
        details["linking_details"],
        json!({"module": linking_module, "lookup_field": named(&to_skill), "connected_lookup_field": named(&to_employee)})
    );
    assert_eq!(details["connected_details"]["field"], named(&own));
    assert_eq!(field(&h, "Contacts", "Email").await["multiselectlookup"], json!({}));

    let lists = h.call("GET", "/crm/v8/settings/related_lists?module=Skills", Value::Null).await;
    let lists = lists.body["related_lists"].as_array().unwrap();
    let list = lists.iter().find(|list| list["linkingmodule"] == "EmpXSkills").unwrap();
    assert_eq!((&list["type"], &list["connectedmodule"]), (&json!("multiselectlookup"), &json!("Employees")));
    for key in ["id", "api_name", "display_label"] {
        assert_eq!(list[key], details["related_list"][key]);
    }
}

#[tokio::test]
async fn links_are_seen_from_either_side() {
    let h = linked().await;
    let (cook, sing) = (
        insert(&h, "Skills", json!({"Name": "Cook"})).await,
        insert(&h, "Skills", json!({"Name": "Sing"})).await,
    );
    let rows = json!([{"Skills": {"id": cook}}, {"Skills": {"id": sing, "name": "ignored"}}]);
    let ann = insert(&h, "Employees", json!({"Name": "Ann", "Skills": rows})).await;
    let record = read(&h, "Employees", &ann).await;
    let row = record["Skills"][0]["id"].clone();
    assert_eq!(record["Skills"][0], json!({"id": row, "Skills": {"name": "Cook", "id": cook}}));
    assert_eq!(record["Skills"].as_array().unwrap().len(), 2);
    let seen = read(&h, "Skills", &cook).await;
    assert_eq!(seen["Employees"], json!([{"id": row, "Employees": {"name": "Ann", "id": ann}}]));
    let alone = h.call("GET", &format!("/crm/v8/EmpXSkills/{}", row.as_str().unwrap()), Value::Null).await;
    assert_eq!(alone.body["data"][0]["Employees"]["id"], ann.as_str());

    let related = &field(&h, "Skills", "Employees").await["multiselectlookup"]["related_list"];
    let list = format!("/crm/v8/Skills/{cook}/{}", related["api_name"].as_str().unwrap());
    let related = h.call("GET", &format!("{list}?fields=Employees"), Value::Null).await;
    assert_eq!(related.body["data"], seen["Employees"]);
    assert_eq!(h.call("PUT", &format!("{list}/{ann}"), Value::Null).await.body["code"], "NOT_SUPPORTED");

    let listed = h.call("GET", "/crm/v8/Employees?fields=Name,Skills", Value::Null).await;
    assert_eq!(listed.body["data"][0]["Skills"], record["Skills"]);
    let unasked = h.call("GET", "/crm/v8/Employees?fields=Name", Value::Null).await;
    assert_eq!(unasked.body["data"][0]["Skills"], Value::Null);
    let found = h.call("GET", "/crm/v8/Employees/search?criteria=(Name:equals:Ann)", Value::Null).await;
    assert_eq!(found.body["data"][0]["Skills"], record["Skills"]);
    let query = json!({"select_query": "select Name, Skills from Employees where id is not null"});
    assert_eq!(h.call("POST", "/crm/v8/coql", query).await.body["code"], "INVALID_QUERY");

    // Written from the other side.
    let bob = insert(&h, "Employees", json!({"Name": "Bob"})).await;
    assert_eq!(read(&h, "Employees", &bob).await["Skills"], json!([]));
    let change = json!({"data": [{"id": cook, "Employees": [{"Employees": bob}]}]});
    assert_eq!(h.call("PUT", "/crm/v8/Skills", change).await.status, 200);
    assert_eq!(names(&h, "Skills", &cook, "Employees").await, ["Ann", "Bob"]);
    assert_eq!(names(&h, "Employees", &bob, "Skills").await, ["Cook"]);
}

#[tokio::test]
async fn rows_that_are_not_named_stay() {
    let h = linked().await;
    let mut skill = Vec::new();
    for name in ["Cook", "Sing", "Draw", "Swim"] {
        skill.push(insert(&h, "Skills", json!({"Name": name})).await);
    }
    let rows = json!([{"Skills": {"id": skill[0]}}, {"Skills": {"id": skill[1]}}]);
    let ann = insert(&h, "Employees", json!({"Name": "Ann", "Skills": rows})).await;
    let before = read(&h, "Employees", &ann).await;
    let row = |at: usize| before["Skills"][at]["id"].clone();
    let untouched = read(&h, "Skills", &skill[1]).await;
    h.control("/sandbox/clock", json!({"advance_s": 60})).await;
    let rows = json!([{"id": row(1), "_delete": null}, {"Skills": {"id": skill[2]}}]);
    let update = write(&h, &ann, rows).await;
    assert_eq!(update.status, 200, "{}", update.body);
    assert_eq!(names(&h, "Employees", &ann, "Skills").await, ["Cook", "Draw"]);
    let after = read(&h, "Employees", &ann).await;
    assert_eq!(after["Skills"][0]["id"], row(0));
    assert_ne!(after["Modified_Time"], before["Modified_Time"]);
    let parted = read(&h, "Skills", &skill[1]).await;
    assert_eq!(parted["Modified_Time"], untouched["Modified_Time"], "the other side's time does not move");
    assert_eq!(parted["Employees"], json!([]));

    write(&h, &ann, json!([{"id": row(0), "Skills": {"id": skill[3]}}])).await;
    assert_eq!(names(&h, "Employees", &ann, "Skills").await, ["Swim", "Draw"], "the row links another one");
    write(&h, &ann, json!([])).await;
    h.call("PUT", "/crm/v8/Employees", json!({"data": [{"id": ann, "Name": "Anne"}]})).await;
    assert_eq!(names(&h, "Employees", &ann, "Skills").await.len(), 2);
    write(&h, &ann, Value::Null).await;
    assert_eq!(read(&h, "Employees", &ann).await["Skills"], json!([]));
    let bin = h.call("GET", "/crm/v8/settings/recycle_bin", Value::Null).await;
    assert_eq!(bin.status, 204, "rows are not in the bin by themselves: {}", bin.body);
}

#[tokio::test]
async fn a_wrong_row_refuses_the_record() {
    let h = linked().await;
    let cook = insert(&h, "Skills", json!({"Name": "Cook"})).await;
    let gone = insert(&h, "Skills", json!({"Name": "Gone"})).await;
    h.call("DELETE", &format!("/crm/v8/Skills/{gone}"), Value::Null).await;
    let ann = insert(&h, "Employees", json!({"Name": "Ann", "Skills": [{"Skills": {"id": cook}}]})).await;
    let row = read(&h, "Employees", &ann).await["Skills"][0]["id"].clone();
    let link = json!({"Skills": {"id": cook}});
    for (rows, code, api_name, path) in [
        (json!([{"Skills": {"id": gone}}]), "INVALID_DATA", "Skills", "Skills[0].Skills"),
        (json!([{"Skills": {"id": "5"}}]), "INVALID_DATA", "Skills", "Skills[0].Skills"),
        (json!([{"id": row, "Skills": {"id": "5"}}]), "INVALID_DATA", "Skills", "Skills[0].Skills"),
        (json!([{"id": "5", "_delete": null}]), "INVALID_DATA", "id", "Skills[0].id"),
        (json!([{}]), "MANDATORY_NOT_FOUND", "Skills", "Skills[0].Skills"),
        (json!({"Skills": {"id": cook}}), "INVALID_DATA", "Skills", "Skills"),
        (json!([link]), "DUPLICATE_DATA", "Skills", "Skills[0].Skills"),
        (json!([{"id": row, "_delete": null}, link, link]), "DUPLICATE_DATA", "Skills", "Skills[2].Skills"),
    ] {
        let answer = write(&h, &ann, rows).await;
        assert_eq!(answer.status, 400, "{}", answer.body);
        let error = &answer.body["data"][0];
        assert_eq!(
            (&error["code"], &error["details"]["api_name"]),
            (&json!(code), &json!(api_name)),
            "{error}"
        );
        assert_eq!(error["details"]["json_path"], format!("$.data[0].{path}"));
    }
    assert_eq!(read(&h, "Employees", &ann).await["Skills"][0]["id"], row);
    let alone = json!({"data": [{"Employees": {"id": ann}, "Skills": {"id": cook}}]});
    let alone = h.call("POST", "/crm/v8/EmpXSkills", alone).await;
    assert_eq!(alone.body["data"][0]["code"], "DUPLICATE_DATA", "{}", alone.body);
    // What goes and comes back in one write is a new row.
    let again = write(&h, &ann, json!([{"id": row, "_delete": null}, link])).await;
    assert_eq!(again.status, 200, "{}", again.body);
    assert_ne!(read(&h, "Employees", &ann).await["Skills"][0]["id"], row);
}

#[tokio::test]
async fn links_go_and_come_back_with_either_record() {
    let h = linked().await;
    let cook = insert(&h, "Skills", json!({"Name": "Cook"})).await;
    let ann = insert(&h, "Employees", json!({"Name": "Ann", "Skills": [{"Skills": {"id": cook}}]})).await;
    let copy = h.call("POST", &format!("/crm/v8/Employees/{ann}/actions/clone"), Value::Null).await;
    let copy = copy.body["data"][0]["details"]["id"].as_str().unwrap().to_owned();
    let before = read(&h, "Employees", &ann).await;
    h.control("/sandbox/clock", json!({"advance_s": 60})).await;
    h.call("DELETE", &format!("/crm/v8/Skills/{cook}"), Value::Null).await;
    let after = read(&h, "Employees", &ann).await;
    assert_eq!((&after["Skills"], &after["Modified_Time"]), (&json!([]), &before["Modified_Time"]));
    let restore = async |id: &str| {
        let target = format!("/crm/v8/settings/recycle_bin/{id}/actions/restore");
        assert_eq!(h.call("POST", &target, Value::Null).await.status, 200);
    };
    restore(&cook).await;
    assert_eq!(read(&h, "Employees", &ann).await["Skills"], before["Skills"]);
    assert_eq!(names(&h, "Employees", &copy, "Skills").await, ["Cook"]);
    // A link whose other end is gone does not come back.
    h.call("DELETE", &format!("/crm/v8/Employees/{ann}"), Value::Null).await;
    h.call("DELETE", &format!("/crm/v8/Skills/{cook}"), Value::Null).await;
    restore(&ann).await;
    assert_eq!(read(&h, "Employees", &ann).await["Skills"], json!([]));
}

#[tokio::test]
async fn merged_records_are_linked_once() {
    let h = linked().await;
    let cook = insert(&h, "Skills", json!({"Name": "Cook"})).await;
    let sing = insert(&h, "Skills", json!({"Name": "Sing"})).await;
    let ann = insert(&h, "Employees", json!({"Name": "Ann", "Skills": [{"Skills": {"id": cook}}]})).await;
    let rows = json!([{"Skills": {"id": cook}}, {"Skills": {"id": sing}}]);
    let anna = insert(&h, "Employees", json!({"Name": "Anna", "Skills": rows})).await;
    let merge = json!({"merge": [{"data": [{"id": anna}]}]});
    let merged = h.call("POST", &format!("/crm/v8/Employees/{ann}/actions/merge"), merge).await;
    assert_eq!(merged.status, 200, "{}", merged.body);
    assert_eq!(names(&h, "Employees", &ann, "Skills").await, ["Cook", "Sing"]);
}

#[tokio::test]
async fn a_module_may_be_linked_with_itself() {
    let h = Harness::start(Dataset::Empty).await;
    make_module(&h, "Employees").await;
    let field = json!({"field_label": "Teachers", "data_type": "multiselectlookup", "multiselectlookup": {
        "connected_details": {"module": {"api_name": "Employees"}, "field": {"field_label": "Pupils"}},
        "linking_details": {"module": {"plural_label": "Lessons"}}}});
    assert_eq!(make_field(&h, "Employees", field).await.status, 201);
    let ann = insert(&h, "Employees", json!({"Name": "Ann"})).await;
    let bob = insert(&h, "Employees", json!({"Name": "Bob", "Teachers": [{"Teachers": {"id": ann}}]})).await;
    assert_eq!(names(&h, "Employees", &ann, "Pupils").await, ["Bob"]);
    assert_eq!(read(&h, "Employees", &ann).await["Teachers"], json!([]));
    h.call("DELETE", &format!("/crm/v8/Employees/{bob}"), Value::Null).await;
    assert_eq!(read(&h, "Employees", &ann).await["Pupils"], json!([]));
}

#[tokio::test]
async fn a_field_that_cannot_be_is_refused() {
    let h = linked().await;
    let with = |pointer: &str, value: Value| {
        let mut field = skills();
        field["field_label"] = json!("More");
        field["multiselectlookup"]["connected_details"]["field"]["field_label"] = json!("Other");
        *field.pointer_mut(pointer).unwrap() = value;
        field
    };
    let details = "/multiselectlookup/connected_details";
    for (field, code, path) in [
        (with("/multiselectlookup", Value::Null), "MANDATORY_NOT_FOUND", "connected_details.module.api_name"),
        (
            with(&format!("{details}/module/api_name"), json!("No")),
            "INVALID_DATA",
            "connected_details.module.api_name",
        ),
        (
            with(&format!("{details}/module/api_name"), json!("EmpXSkills")),
            "INVALID_DATA",
            "connected_details.module.api_name",
        ),
        (
            with(&format!("{details}/field"), json!({})),
            "MANDATORY_NOT_FOUND",
            "connected_details.field.field_label",
        ),
        (
            with(&format!("{details}/field/field_label"), json!("Employees")),
            "DUPLICATE_DATA",
            "connected_details.field.field_label",
        ),
        (
            with("/multiselectlookup/linking_details", json!({})),
            "MANDATORY_NOT_FOUND",
            "linking_details.module.plural_label",
        ),
    ] {
        let answer = make_field(&h, "Employees", field).await;
        let error = &answer.body["fields"][0];
        assert_eq!((answer.status, error["code"].as_str()), (400, Some(code)), "{error}");
        assert_eq!(error["details"]["json_path"], format!("$.fields[0].multiselectlookup.{path}"));
    }
    let modules = h.call("GET", "/crm/v8/settings/modules", Value::Null).await;
    let modules = modules.body["modules"].as_array().unwrap().clone();
    assert_eq!(modules.iter().filter(|module| module["generated_type"] == "linking").count(), 1);

    let end = field(&h, "EmpXSkills", "Skills").await["id"].as_str().unwrap().to_owned();
    let gone =
        h.call("DELETE", &format!("/crm/v8/settings/fields/{end}?module=EmpXSkills"), Value::Null).await;
    assert_eq!(gone.body["code"], "NOT_ALLOWED");
    let own = field(&h, "Employees", "Skills").await["id"].as_str().unwrap().to_owned();
    let gone =
        h.call("DELETE", &format!("/crm/v8/settings/fields/{own}?module=Employees"), Value::Null).await;
    assert_eq!(gone.status, 200, "{}", gone.body);
    assert_eq!(field(&h, "Skills", "Employees").await, Value::Null, "the other side goes as well");
}

#[tokio::test]
async fn several_users_are_linked_to_a_record() {
    let h = Harness::start(Dataset::Empty).await;
    let wish = json!({"field_label": "Helpers", "data_type": "multiuserlookup", "multiuserlookup": {"record_access": true}});
    let made = make_field(&h, "Accounts", wish.clone()).await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!(make_field(&h, "Tasks", wish).await.status, 400);
    let described = field(&h, "Accounts", "Helpers").await;
    assert_eq!(
        (&described["data_type"], &described["multiselectlookup"]),
        (&json!("multiuserlookup"), &json!({}))
    );
    let details = &described["multiuserlookup"];
    assert_eq!(details["record_access"], true);
    assert_eq!(details["linking_details"]["module"]["api_name"], "Accounts_X_Users");
    assert_eq!(details["linking_details"]["connected_lookup_field"]["api_name"], "Helpers");
    assert_eq!(field(&h, "Accounts_X_Users", "Helpers").await["data_type"], "userlookup");
    assert_eq!(field(&h, "Accounts_X_Users", "Accounts").await["lookup"]["module"]["api_name"], "Accounts");

    let users = h.call("GET", "/crm/v8/users?type=ActiveUsers", Value::Null).await;
    let user = |at: usize| users.body["users"][at].clone();
    let rows = json!([{"Helpers": {"id": user(0)["id"]}}, {"Helpers": {"id": user(1)["id"]}}]);
    let id = insert(&h, "Accounts", json!({"Account_Name": "A", "Helpers": rows})).await;
    let record = read(&h, "Accounts", &id).await;
    let shown = |at: usize, user: &Value| json!({"id": record["Helpers"][at]["id"], "Helpers": {"name": user["full_name"], "id": user["id"]}});
    assert_eq!(record["Helpers"], json!([shown(0, &user(0)), shown(1, &user(1))]));
    let put = async |rows: Value| {
        h.call("PUT", "/crm/v8/Accounts", json!({"data": [{"id": id, "Helpers": rows}]})).await
    };
    assert_eq!(
        put(json!([{"Helpers": {"id": user(0)["id"]}}])).await.body["data"][0]["code"],
        "DUPLICATE_DATA"
    );
    assert_eq!(put(json!([{"Helpers": {"id": "5"}}])).await.body["data"][0]["code"], "INVALID_DATA");
    let rows =
        json!([{"id": record["Helpers"][0]["id"], "_delete": null}, {"Helpers": {"id": user(2)["id"]}}]);
    assert_eq!(put(rows).await.status, 200);
    assert_eq!(
        names(&h, "Accounts", &id, "Helpers").await,
        [user(1)["full_name"].as_str().unwrap(), user(2)["full_name"].as_str().unwrap()]
    );
    assert_eq!(put(Value::Null).await.status, 200);
    assert_eq!(read(&h, "Accounts", &id).await["Helpers"], json!([]));
}

#[tokio::test]
async fn links_come_back_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let start = async || {
        let options = Options {
            listen: "127.0.0.1:0".parse().unwrap(),
            data: Some(folder.path().to_owned()),
            dataset: Dataset::Empty,
            seed: 3,
        };
        Harness::around(Sandbox::start(options).await.unwrap()).await
    };
    let h = linked_in(start().await).await;
    let wish = json!({"field_label": "Helpers", "data_type": "multiuserlookup"});
    assert_eq!(make_field(&h, "Employees", wish).await.status, 201);
    let users = h.call("GET", "/crm/v8/users?type=ActiveUsers", Value::Null).await;
    let cook = insert(&h, "Skills", json!({"Name": "Cook"})).await;
    let helpers = json!([{"Helpers": {"id": users.body["users"][1]["id"]}}]);
    let record = json!({"Name": "Ann", "Skills": [{"Skills": {"id": cook}}], "Helpers": helpers});
    let ann = insert(&h, "Employees", record).await;
    let targets = [
        format!("/crm/v8/Employees/{ann}"),
        format!("/crm/v8/Skills/{cook}"),
        "/crm/v8/settings/fields?module=Employees".to_owned(),
        "/crm/v8/settings/fields?module=Skills".to_owned(),
        "/crm/v8/settings/fields?module=EmpXSkills".to_owned(),
        "/crm/v8/settings/modules".to_owned(),
    ];
    let look = async |h: &Harness| {
        let mut seen = Vec::new();
        for target in &targets {
            seen.push(h.call("GET", target, Value::Null).await.bytes);
        }
        seen
    };
    let before = look(&h).await;
    h.sandbox.stop().await;
    let h = start().await;
    assert!(look(&h).await == before, "something differs after the restart");
    let bob = insert(&h, "Employees", json!({"Name": "Bob", "Skills": [{"Skills": {"id": cook}}]})).await;
    assert_eq!(names(&h, "Skills", &cook, "Employees").await, ["Ann", "Bob"]);
    assert_eq!(names(&h, "Employees", &bob, "Skills").await, ["Cook"]);
}
