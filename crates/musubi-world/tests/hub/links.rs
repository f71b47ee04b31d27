//! Lookups to several records whose far ends do not all take part. Both ends of such a lookup are fields: what is written to one of them changes the other.
#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

use crate::world::{Org, World, agree, each_engine};
use musubi_engine::FailureFilter;
use serde_json::{Value, json};

const MODULES: &str = r#"
[[integrations.both.modules]]
left = "Accounts"
right = "Accounts"
match = ["Account_Name"]
scope = { left = { criteria = { field = "Account_Name", comparator = "not_equal", value = "Outside" } } }
[[integrations.both.modules]]
left = "Contacts"
right = "Contacts"
match = ["Last_Name"]
"#;

/// What each contact is linked with, by name.
async fn linked(org: &Org) -> Vec<(String, Vec<String>)> {
    let mut all = Vec::new();
    for row in org.all("Contacts", &["Last_Name", "id"]).await {
        let read = org.call("GET", &format!("Contacts/{}", row[1].as_str().unwrap()), Value::Null).await;
        let rows = read["data"][0]["Accs"].as_array().cloned().unwrap_or_default();
        let mut names: Vec<String> =
            rows.iter().map(|row| row["Accs"]["name"].as_str().unwrap_or("?").to_owned()).collect();
        names.sort();
        all.push((row[0].as_str().unwrap().to_owned(), names));
    }
    all
}

fn of(name: &str, accounts: &[&str]) -> (String, Vec<String>) {
    (name.to_owned(), accounts.iter().map(|account| (*account).to_owned()).collect())
}

// A set waits for all that it leads to, and none of its links is taken away meanwhile, from either end (I2, I12).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_link_goes_because_what_it_leads_to_takes_no_part() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        for org in [tokyo, london] {
            let details = json!({
                "connected_details": {"module": {"api_name": "Accounts"}, "field": {"field_label": "Cons"}},
                "linking_details": {"module": {"plural_label": "ConXAcc"}},
            });
            org.add_field("Contacts", json!({"field_label": "Accs", "data_type": "multiselectlookup", "multiselectlookup": details})).await;
        }
        let mut accounts = Vec::new();
        for name in ["A", "B", "Outside"] {
            accounts.push(tokyo.create("Accounts", json!({"Account_Name": name})).await);
        }
        let links = |at: &[usize]| -> Value { at.iter().map(|at| json!({"Accs": {"id": accounts[*at]}})).collect() };
        for (name, at) in [("in", [0, 1]), ("out", [0, 2])] {
            tokyo.create("Contacts", json!({"Last_Name": name, "Accs": links(&at)})).await;
        }
        let as_made = [of("in", &["A", "B"]), of("out", &["A", "Outside"])];
        let workspace = world.set_up(&store, MODULES).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        assert_eq!(linked(tokyo).await, as_made);
        // What was written to one end is seen at the other one when that is read.
        for row in london.all("Accounts", &["Account_Name", "id"]).await {
            london.update("Accounts", row[1].as_str().unwrap(), json!({"Description": "read it"})).await;
        }
        for row in london.all("Contacts", &["Last_Name", "id"]).await {
            london.update("Contacts", row[1].as_str().unwrap(), json!({"Description": "read it"})).await;
        }
        agree(&hub, 60).await;
        assert_eq!(linked(tokyo).await, as_made);
        let there = linked(london).await;
        assert_eq!(there[0], as_made[0]);
        assert!(there[1].1.iter().all(|account| account == "A"), "{there:?}");
        let waiting = hub.failures("both", &FailureFilter::default()).await.unwrap();
        let codes: Vec<_> = waiting.iter().map(|one| (one.code.as_str(), one.field.as_deref())).collect();
        assert_eq!(codes, [("lookup.parent_held", Some("Accs"))]);

        // When it takes part, all of them are there.
        tokyo.update("Accounts", &accounts[2], json!({"Account_Name": "Inside"})).await;
        let all = [of("in", &["A", "B"]), of("out", &["A", "Inside"])];
        agree(&hub, 60).await;
        assert_eq!(linked(tokyo).await, all);
        assert_eq!(linked(london).await, all);
        assert!(hub.verify("both", false, &mut |_| {}).await.unwrap().agrees());
        hub.stop().await;
    })
    .await;
}
