//! Rows of subforms and lookups to several records, over the real connector and the sandbox by HTTP.
#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

use crate::world::{Org, World, agree, each_engine};
use serde_json::{Value, json};

const PRODUCTS: &str = r#"
[[integrations.both.modules]]
left = "Products"
right = "Products"
match = ["Product_Name"]
fields = [{ left = "Product_Name", right = "Product_Name" }]
"#;
const STOCK: &str = r#"
[[integrations.both.modules]]
left = "Accounts"
right = "Accounts"
match = ["Account_Name"]
"#;

async fn product(org: &Org, name: &str) -> String {
    org.create("Products", json!({"Product_Name": name})).await
}

/// The rows of the only account.
async fn rows(org: &Org, field: &str) -> Vec<Value> {
    let row = org.all("Accounts", &[field]).await.remove(0);
    row[0].as_array().cloned().unwrap_or_default()
}

// A cell that leads to a synced record leads to its counterpart; one that leads elsewhere is left out, and what stands in it over there is left alone (I12).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_leads_to_the_counterpart_and_keeps_what_nobody_maps() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        for org in [tokyo, london] {
            let lookup = |label: &str, module: &str| json!({"field_label": label, "data_type": "lookup", "lookup": {"module": {"api_name": module}}});
            let columns = json!({"fields": [
                {"field_label": "Item", "data_type": "text", "length": 30},
                lookup("Product", "Products"), lookup("Vendor", "Vendors"),
            ]});
            org.add_field("Accounts", json!({"field_label": "Lines", "data_type": "subform", "subform": columns})).await;
        }
        let rice = product(tokyo, "米").await;
        let tea = product(tokyo, "Tea").await;
        let lines = json!([{"Item": "one", "Product": {"id": rice}}, {"Item": "two", "Product": {"id": tea}}, {"Item": "three"}]);
        let account = tokyo.create("Accounts", json!({"Account_Name": "Mori K.K.", "Lines": lines})).await;
        let workspace = world.set_up(&store, &format!("{PRODUCTS}{STOCK}")).await;
        let hub = world.hub(&store, workspace, None).await;
        let report = agree(&hub, 60).await;
        assert_eq!((report.held_total, report.failed_total), (0, 0), "{report:?}");
        let said = |rows: &[Value]| -> Vec<(Value, Value)> {
            rows.iter().map(|row| (row["Item"].clone(), row["Product"]["name"].clone())).collect()
        };
        let there = rows(london, "Lines").await;
        assert_eq!(
            said(&there),
            [(json!("one"), json!("米")), (json!("two"), json!("Tea")), (json!("three"), Value::Null)]
        );
        assert!(hub.verify("both", false, &mut |_| {}).await.unwrap().agrees());

        // Over there somebody fills in what is not synced; here a row changes, and another one goes.
        let vendor = london.create("Vendors", json!({"Vendor_Name": "Kiln Ltd"})).await;
        let mut kept: Vec<Value> = there.iter().map(|row| json!({"id": row["id"]})).collect();
        kept[0]["Vendor"] = json!({"id": vendor});
        let id = london.all("Accounts", &["id"]).await[0][0].as_str().unwrap().to_owned();
        london.update("Accounts", &id, json!({"Lines": kept})).await;
        agree(&hub, 60).await;
        let here = rows(tokyo, "Lines").await;
        let lines = json!([{"id": here[0]["id"], "Item": "ONE"}, {"id": here[2]["id"]}]);
        tokyo.update("Accounts", &account, json!({"Lines": lines})).await;
        let report = agree(&hub, 60).await;
        assert_eq!((report.held_total, report.failed_total), (0, 0), "{report:?}");
        let after = rows(london, "Lines").await;
        assert_eq!(said(&after), [(json!("ONE"), json!("米")), (json!("three"), Value::Null)]);
        assert_eq!(after[0]["id"], there[0]["id"], "it is the same row");
        assert_eq!(after[0]["Vendor"]["name"], "Kiln Ltd");
        assert!(hub.verify("both", false, &mut |_| {}).await.unwrap().agrees());
        hub.stop().await;
    })
    .await;
}

const SKILLS: &str = r#"
[[integrations.both.modules]]
left = "Accounts"
right = "Accounts"
match = ["Account_Name"]
fields = [
  { left = "Account_Name", right = "Account_Name" },
  { left = "Uses", right = "Uses" },
  { left = "Helpers", right = "Helpers" },
]
"#;

/// What the links of a record lead to, by name.
fn named(rows: &[Value], column: &str) -> Vec<String> {
    let mut names: Vec<String> =
        rows.iter().map(|row| row[column]["name"].as_str().unwrap_or("?").to_owned()).collect();
    names.sort();
    names
}

async fn users(org: &Org) -> Vec<Value> {
    let all = org.call("GET", "users?type=ActiveUsers", Value::Null).await;
    all["users"].as_array().unwrap().clone()
}

// Every data type that holds records or people: several of them, in no order (part of "every data type").
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lookup_to_several_records_is_a_set_that_both_sides_may_change() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        for org in [tokyo, london] {
            let details = json!({
                "connected_details": {"module": {"api_name": "Products"}, "field": {"field_label": "Users"}},
                "linking_details": {"module": {"plural_label": "AccXProducts"}},
            });
            org.add_field("Accounts", json!({"field_label": "Uses", "data_type": "multiselectlookup", "multiselectlookup": details})).await;
            org.add_field("Accounts", json!({"field_label": "Helpers", "data_type": "multiuserlookup"})).await;
        }
        let mut products = Vec::new();
        for name in ["茶", "rice", "Salt"] {
            products.push(product(tokyo, name).await);
        }
        // Over there the same products were made in another order, so that their ids are, too.
        for name in ["Salt", "rice"] {
            product(london, name).await;
        }
        let (here, there) = (users(tokyo).await, users(london).await);
        let both = here.iter().find(|one| there.iter().any(|other| other["email"] == one["email"])).unwrap();
        let uses = |ids: &[&String]| -> Value { ids.iter().map(|id| json!({"Uses": {"id": id}})).collect() };
        let account = json!({"Account_Name": "Mori K.K.", "Uses": uses(&[&products[0], &products[1], &products[2]]),
            "Helpers": [{"Helpers": {"id": both["id"]}}]});
        let account = tokyo.create("Accounts", account).await;
        let workspace = world.set_up(&store, &format!("{PRODUCTS}{SKILLS}")).await;
        let hub = world.hub(&store, workspace, None).await;
        let report = agree(&hub, 60).await;
        assert_eq!((report.held_total, report.failed_total), (0, 0), "{report:?}");
        assert_eq!(named(&rows(london, "Uses").await, "Uses"), ["Salt", "rice", "茶"]);
        assert_eq!(rows(london, "Helpers").await.len(), 1);
        assert!(hub.verify("both", false, &mut |_| {}).await.unwrap().agrees());

        // One is taken away over there, and another one made and added here, while nobody looks: links that are not named stay, so that each change is one of its own.
        let over_there = rows(london, "Uses").await;
        let salt = over_there.iter().find(|row| row["Uses"]["name"] == "Salt").unwrap();
        let id = london.all("Accounts", &["id"]).await[0][0].as_str().unwrap().to_owned();
        london.update("Accounts", &id, json!({"Uses": [{"id": salt["id"], "_delete": null}]})).await;
        agree(&hub, 60).await;
        assert_eq!(named(&rows(tokyo, "Uses").await, "Uses"), ["rice", "茶"]);
        let kept = rows(tokyo, "Uses").await;
        let miso = product(tokyo, "Miso").await;
        tokyo.update("Accounts", &account, json!({"Uses": uses(&[&miso])})).await;
        let report = agree(&hub, 60).await;
        assert_eq!((report.held_total, report.failed_total), (0, 0), "{report:?}");
        assert_eq!(named(&rows(london, "Uses").await, "Uses"), ["Miso", "rice", "茶"]);
        let rows_here: Vec<Value> = rows(tokyo, "Uses").await.iter().map(|row| row["id"].clone()).collect();
        assert!(kept.iter().all(|row| rows_here.contains(&row["id"])), "what stays is the same link");

        // All of them.
        tokyo.update("Accounts", &account, json!({"Uses": null, "Helpers": null})).await;
        agree(&hub, 60).await;
        assert_eq!((rows(london, "Uses").await.len(), rows(london, "Helpers").await.len()), (0, 0));
        let certificate = hub.verify("both", false, &mut |_| {}).await.unwrap();
        assert!(certificate.agrees() && certificate.equal == certificate.compared, "{certificate:?}");
        hub.stop().await;
    })
    .await;
}

/// A subform of accounts with these columns of text.
async fn add_lines(org: &Org, label: &str, columns: &[&str]) {
    let columns: Vec<Value> = columns
        .iter()
        .map(|column| json!({"field_label": column, "data_type": "text", "length": 30}))
        .collect();
    let field = json!({"field_label": label, "data_type": "subform", "subform": {"fields": columns}});
    org.add_field("Accounts", field).await;
}

/// A column of rows, and the rows' ids.
fn column(rows: &[Value], name: &str) -> (Vec<String>, Vec<String>) {
    let text = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
    rows.iter().map(|row| (text(row, name), text(row, "id"))).unzip()
}

// Rows of a subform: who goes and who is new in one save (I5, I12).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_that_goes_makes_no_room_for_a_new_one() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        for org in [tokyo, london] {
            add_lines(org, "Lines", &["Item", "Note"]).await;
        }
        let line = |item: &str| json!({"Item": item, "Note": format!("of {item}")});
        let lines = json!([line("m0"), line("m1"), line("m2")]);
        let account = tokyo.create("Accounts", json!({"Account_Name": "Mori K.K.", "Lines": lines})).await;
        let workspace = world.set_up(&store, STOCK).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        let (_, there) = column(&rows(london, "Lines").await, "Item");
        let (_, here) = column(&rows(tokyo, "Lines").await, "Item");

        let lines = json!([{"id": here[1]}, {"id": here[2]}, line("new")]);
        tokyo.update("Accounts", &account, json!({"Lines": lines})).await;
        let report = agree(&hub, 60).await;
        assert_eq!((report.held_total, report.failed_total), (0, 0), "{report:?}");
        let (items, ids) = column(&rows(london, "Lines").await, "Item");
        assert_eq!(items, ["m1", "m2", "new"]);
        assert_eq!(ids[..2], there[1..], "who stays is the same row");
        assert!(!there.contains(&ids[2]), "who is new is nobody who was there");
        assert_eq!(column(&rows(tokyo, "Lines").await, "Item").0, items);
        assert!(hub.verify("both", false, &mut |_| {}).await.unwrap().agrees());
        hub.stop().await;
    })
    .await;
}

// Subforms that differ in a column, or in the order of their columns: what both have is carried over, and what one has alone stays with its row, and goes with it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subform_is_carried_by_the_columns_that_both_sides_have() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        add_lines(tokyo, "Lines", &["Item", "Size"]).await;
        add_lines(london, "Lines", &["Item", "Size", "Remark"]).await;
        add_lines(tokyo, "Ord", &["Item", "Size"]).await;
        add_lines(london, "Ord", &["Size", "Item"]).await;
        add_lines(tokyo, "Others", &["Here"]).await;
        add_lines(london, "Others", &["There"]).await;
        let lines = json!([{"Item": "old", "Size": "L"}]);
        let account = json!({"Account_Name": "Mori K.K.", "Lines": lines, "Ord": lines});
        let account = tokyo.create("Accounts", account).await;
        let workspace = world.set_up(&store, STOCK).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        let plan = hub.plan("both").await.unwrap();
        let left_out = plan.modules[0].left_out.iter().filter(|field| field.reason == "field.types_differ");
        assert_eq!(left_out.map(|field| field.field.as_str()).collect::<Vec<_>>(), ["Others"]);
        let there = rows(london, "Lines").await;
        assert_eq!(column(&there, "Item").0, ["old"]);
        let orders = rows(london, "Ord").await;
        assert_eq!(
            (column(&orders, "Item").0, column(&orders, "Size").0),
            (vec!["old".into()], vec!["L".into()])
        );

        // What is said over there about one row is not said about the one that is in its place.
        let id = london.all("Accounts", &["id"]).await[0][0].as_str().unwrap().to_owned();
        let remark = json!([{"id": there[0]["id"], "Remark": "about the old one"}]);
        london.update("Accounts", &id, json!({"Lines": remark})).await;
        agree(&hub, 60).await;
        tokyo.update("Accounts", &account, json!({"Lines": [{"Item": "brand new"}]})).await;
        agree(&hub, 60).await;
        let after = rows(london, "Lines").await;
        assert_eq!(column(&after, "Item").0, ["brand new"]);
        assert_eq!(after[0]["Remark"], Value::Null, "{after:?}");
        assert!(hub.verify("both", false, &mut |_| {}).await.unwrap().agrees());
        hub.stop().await;
    })
    .await;
}
