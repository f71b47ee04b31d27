//! Tags, and the names of what lookups point to, over the real connector and the sandbox by HTTP.
#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

use crate::world::{Org, World, agree, each_engine};
use serde_json::{Value, json};

const TAGGED: &str = "[[integrations.both.modules]]\nleft = \"Contacts\"\nright = \"Contacts\"\nmatch = [\"Email\"]\ntags = true\n\
    fields = [{ left = \"Last_Name\", right = \"Last_Name\" }, { left = \"Email\", right = \"Email\" }]\n";

fn tags(names: &[&str]) -> Value {
    names.iter().map(|name| json!({"name": name})).collect()
}

/// Makes a contact; gives its id.
async fn contact(org: &Org, name: &str, more: Value) -> String {
    let mut record = json!({"Last_Name": name, "Email": format!("{name}@tags.example")});
    record.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    org.create("Contacts", record).await
}

/// The id and these fields of the contact called so.
async fn one<const N: usize>(org: &Org, name: &str, fields: [&str; N]) -> (String, [Value; N]) {
    let mut asked = vec!["Last_Name", "id"];
    asked.extend(fields);
    let rows = org.all("Contacts", &asked).await;
    let row = rows.iter().find(|row| row[0] == name).unwrap_or_else(|| panic!("no {name} in {rows:?}"));
    (row[1].as_str().unwrap().to_owned(), std::array::from_fn(|at| row[at + 2].clone()))
}

/// The id of the contact called so, and the names of its tags in order.
async fn tagged(org: &Org, name: &str) -> (String, Vec<String>) {
    let (id, [tags]) = one(org, name, ["Tag"]).await;
    let name = |tag: &Value| tag["name"].as_str().unwrap().to_owned();
    let mut names: Vec<String> = tags.as_array().unwrap().iter().map(name).collect();
    names.sort();
    (id, names)
}

// K-26
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tags_go_by_their_names_both_ways_and_rest() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        // London knows one of the tags already, in other letters.
        let known =
            london.call("POST", "settings/tags?module=Contacts", json!({"tags": [{"name": "vip"}]})).await;
        assert_eq!(known["tags"][0]["code"], "SUCCESS", "{known}");
        let hana = contact(tokyo, "hana", json!({"Tag": tags(&["VIP", "顧客"])})).await;
        contact(tokyo, "taro", json!({})).await;
        let workspace = world.set_up(&store, TAGGED).await;
        let hub = world.hub(&store, workspace, None).await;
        let report = agree(&hub, 60).await;
        assert_eq!((report.held_total, report.failed_total), (0, 0), "{report:?}");
        let (there, names) = tagged(london, "hana").await;
        assert_eq!(names, ["vip", "顧客"]);
        assert_eq!(tagged(london, "taro").await.1, [""; 0]);
        assert_eq!(tagged(tokyo, "hana").await.1, ["VIP", "顧客"], "the other letters do not come back");

        // A set is one value: what either side makes of it goes to the other, until nothing is left.
        london.update("Contacts", &there, json!({"Tag": tags(&["vip", "new"])})).await;
        agree(&hub, 60).await;
        assert_eq!(tagged(tokyo, "hana").await.1, ["VIP", "new"]);
        tokyo.update("Contacts", &hana, json!({"Tag": []})).await;
        agree(&hub, 60).await;
        assert_eq!(tagged(london, "hana").await.1, [""; 0]);
        // As people do it, by the action.
        let path = format!("Contacts/{hana}/actions/add_tags");
        tokyo.call("POST", &path, json!({"tags": [{"name": "2026"}]})).await;
        agree(&hub, 60).await;
        assert_eq!(tagged(london, "hana").await.1, ["2026"]);

        assert!(hub.verify("both", false, &mut |_| {}).await.unwrap().agrees());
        hub.full_pass("both").await.unwrap();
        let report = agree(&hub, 60).await;
        assert_eq!((report.added, report.updated), (0, 0), "{report:?}");
        hub.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_module_cannot_take_as_tags_holds_them_alone() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        for hundred in 0..10 {
            let new: Vec<Value> = (0..10).map(|ten| json!({"name": format!("tag {hundred}{ten}")})).collect();
            london.call("POST", "settings/tags?module=Contacts", json!({"tags": new})).await;
        }
        let hana = contact(tokyo, "hana", json!({"Tag": tags(&["one too many"]), "Title": "chair"})).await;
        contact(tokyo, "taro", json!({"Tag": tags(&["TAG 07"])})).await;
        let long = "a title that is longer than any tag can be";
        contact(tokyo, "jiro", json!({"Title": long})).await;
        let fields = "{ left = \"Email\", right = \"Email\" }, { left = \"Title\", right = \"Title\" }";
        let module = TAGGED.replace("{ left = \"Email\", right = \"Email\" }", fields);
        let workspace = world.set_up(&store, &module).await;
        let hub = world.hub(&store, workspace, None).await;
        let report = agree(&hub, 60).await;
        assert_eq!(report.failed.get("value.refused"), Some(&1), "{report:?}");
        let (_, [title, tags_there]) = one(london, "hana", ["Title", "Tag"]).await;
        assert_eq!((title, tags_there), (json!("chair"), json!([])), "the rest of the record is there");
        assert_eq!(tagged(london, "taro").await.1, ["tag 07"]);
        let told = hub.failures("both", &Default::default()).await.unwrap();
        assert_eq!(
            told.iter().map(|item| item.field.as_deref()).collect::<Vec<_>>(),
            [Some("Tag")],
            "{told:?}"
        );

        // Where there is room for it, it goes.
        let all = london.call("GET", "settings/tags?module=Contacts", Value::Null).await;
        for unused in [90, 91, 92] {
            let id = all["tags"][unused]["id"].as_str().unwrap().to_owned();
            london.call("DELETE", &format!("settings/tags/{id}"), Value::Null).await;
        }
        tokyo.update("Contacts", &hana, json!({"Tag": tags(&["one too many", "tag 01"])})).await;
        agree(&hub, 60).await;
        assert_eq!(tagged(london, "hana").await.1, ["one too many", "tag 01"]);
        hub.stop().await;

        // A text may become a tag, if it is short enough for one.
        let module = module.replace("tags = true\n", "").replace(
            "right = \"Title\" }",
            "right = \"Title\" }, { left = \"Title\", right = \"Tag\", direction = \"left_to_right\" }",
        );
        let workspace = world.set_up(&store, &module).await;
        let hub = world.hub(&store, workspace, None).await;
        crate::world::until("the long title is told", 60, async || {
            hub.failures("both", &Default::default())
                .await
                .unwrap()
                .iter()
                .any(|item| item.code == "value.too_long")
        })
        .await;
        agree(&hub, 60).await;
        assert_eq!(one(london, "jiro", ["Title"]).await.1, [json!(long)]);
        assert_eq!(tagged(london, "hana").await.1, ["chair"]);
        hub.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobodys_tags_are_touched_unless_somebody_says_so() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        contact(tokyo, "hana", json!({"Tag": tags(&["VIP"])})).await;
        contact(london, "hana", json!({"Tag": tags(&["own"])})).await;
        let module =
            "[[integrations.both.modules]]\nleft = \"Contacts\"\nright = \"Contacts\"\nmatch = [\"Email\"]\n";
        let workspace = world.set_up(&store, module).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        assert_eq!(tagged(london, "hana").await.1, ["own"]);
        hub.stop().await;
        // Asked for, they meet for the first time; the policy of the field decides.
        let asked = format!("{module}tags = true\nfield_conflict = {{ Tag = \"right\" }}\n");
        let workspace = world.set_up(&store, &asked).await;
        let hub = world.hub(&store, workspace, None).await;
        crate::world::until("the tags of the right count", 60, async || {
            tagged(tokyo, "hana").await.1 == ["own"]
        })
        .await;
        agree(&hub, 60).await;
        assert_eq!(tagged(london, "hana").await.1, ["own"]);
        hub.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lookup_is_written_into_a_text_by_the_name_of_its_record() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        let shop = tokyo.create("Accounts", json!({"Account_Name": "株式会社 花"})).await;
        let other = tokyo.create("Accounts", json!({"Account_Name": "Acme"})).await;
        let hana = contact(tokyo, "hana", json!({"Account_Name": {"id": shop}})).await;
        contact(tokyo, "taro", json!({})).await;
        let module = "[[integrations.both.modules]]\nleft = \"Contacts\"\nright = \"Contacts\"\nmatch = [\"Email\"]\n\
            fields = [{ left = \"Last_Name\", right = \"Last_Name\" }, { left = \"Email\", right = \"Email\" },\n\
            { left = \"Account_Name\", right = \"Department\" },\n\
            { left = \"Owner\", right = \"Description\", direction = \"left_to_right\", to_right = [{ case = \"upper\" }] }]\n";
        let workspace = world.set_up(&store, module).await;
        let hub = world.hub(&store, workspace, None).await;
        let report = agree(&hub, 60).await;
        assert_eq!((report.held_total, report.failed_total), (0, 0), "{report:?}");
        let (_, [owner]) = one(tokyo, "hana", ["Owner"]).await;
        let (there, [account, described]) = one(london, "hana", ["Department", "Description"]).await;
        assert_eq!(account, "株式会社 花");
        assert_eq!(described, owner["name"].as_str().unwrap().to_uppercase());
        assert_eq!(one(london, "taro", ["Department"]).await.1, [Value::Null]);

        // Another record, and none.
        tokyo.update("Contacts", &hana, json!({"Account_Name": {"id": other}})).await;
        agree(&hub, 60).await;
        assert_eq!(one(london, "hana", ["Department"]).await.1, [json!("Acme")]);
        // A record that is called otherwise says nothing of those that point to it; a comparison of everything sees it.
        tokyo.update("Accounts", &other, json!({"Account_Name": "Acme KK"})).await;
        hub.full_pass("both").await.unwrap();
        agree(&hub, 60).await;
        assert_eq!(one(london, "hana", ["Department"]).await.1, [json!("Acme KK")]);
        assert!(hub.verify("both", false, &mut |_| {}).await.unwrap().agrees());
        // It never comes back.
        london.update("Contacts", &there, json!({"Department": "somebody's own"})).await;
        agree(&hub, 60).await;
        assert_eq!(one(tokyo, "hana", ["Account_Name"]).await.1[0]["id"], other);
        tokyo.update("Contacts", &hana, json!({"Account_Name": null})).await;
        agree(&hub, 60).await;
        assert_eq!(one(london, "hana", ["Department"]).await.1, [Value::Null]);
        hub.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fields_of_a_looked_up_record_are_a_source() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        let account = json!({"Account_Name": "株式会社 花", "Billing_City": "大阪", "Phone": "06-1234-5678"});
        let shop = tokyo.create("Accounts", account).await;
        let other = tokyo.create("Accounts", json!({"Account_Name": "Acme"})).await;
        let hana = contact(tokyo, "hana", json!({"Account_Name": {"id": shop}})).await;
        contact(tokyo, "taro", json!({})).await;
        contact(tokyo, "jiro", json!({"Account_Name": {"id": shop}})).await;
        let module = "[[integrations.both.modules]]\nleft = \"Contacts\"\nright = \"Contacts\"\nmatch = [\"Email\"]\n\
            fields = [{ left = \"Last_Name\", right = \"Last_Name\" }, { left = \"Email\", right = \"Email\" },\n\
            { left = \"Account_Name.Billing_City\", right = \"Mailing_City\" },\n\
            { left = \"Account_Name\", right = \"Department\" },\n\
            { left = \"Account_Name.Phone\", right = \"Other_Phone\", to_right = [{ phone = \"JP\" }] }]\n";
        let workspace = world.set_up(&store, module).await;
        let hub = world.hub(&store, workspace, None).await;
        let report = agree(&hub, 60).await;
        assert_eq!((report.held_total, report.failed_total), (0, 0), "{report:?}");
        let asked = ["Mailing_City", "Department", "Other_Phone"];
        let expected = ["大阪", "株式会社 花", "+81612345678"].map(Value::from);
        assert_eq!(one(london, "hana", asked).await.1, expected);
        assert_eq!(one(london, "jiro", asked).await.1, expected);
        assert_eq!(one(london, "taro", asked).await.1, [Value::Null, Value::Null, Value::Null]);

        tokyo.update("Contacts", &hana, json!({"Account_Name": {"id": other}})).await;
        agree(&hub, 60).await;
        assert_eq!(one(london, "hana", asked).await.1, [Value::Null, json!("Acme"), Value::Null]);
        tokyo.update("Accounts", &shop, json!({"Billing_City": "京都"})).await;
        hub.full_pass("both").await.unwrap();
        agree(&hub, 60).await;
        assert_eq!(one(london, "jiro", asked).await.1[0], json!("京都"));
        let certificate = hub.verify("both", false, &mut |_| {}).await.unwrap();
        assert!(certificate.agrees(), "{certificate:?}");
        hub.full_pass("both").await.unwrap();
        let report = agree(&hub, 60).await;
        assert_eq!((report.added, report.updated), (0, 0), "{report:?}");
        hub.stop().await;

        // What leads nowhere is refused before anything runs.
        let wrong = module.replace("Account_Name.Phone", "Title.Phone");
        let workspace = world.set_up(&store, &wrong).await;
        let hub = world.hub(&store, workspace, None).await;
        crate::world::until("the wrong name is told", 60, async || {
            format!("{:?}", hub.status().await.unwrap()).contains("mapping.through")
        })
        .await;
        hub.stop().await;
    })
    .await;
}
