//! Fields of a chosen child as a source, over the real connector and the sandbox by HTTP.

use crate::world::{Org, World, agree, each_engine};
use musubi_engine::Config;
use serde_json::{Value, json};

/// Contacts with these fields besides the name and the address.
fn contacts(fields: &str) -> String {
    format!(
        "[[integrations.both.modules]]\nleft = \"Contacts\"\nright = \"Contacts\"\nmatch = [\"Email\"]\n\
         fields = [{{ left = \"Last_Name\", right = \"Last_Name\" }}, {{ left = \"Email\", right = \"Email\" }},\n{fields}]\n"
    )
}

async fn contact(org: &Org, name: &str) -> String {
    org.create("Contacts", json!({"Last_Name": name, "Email": format!("{name}@both.example")})).await
}

/// These fields of the contact called so.
async fn held<const N: usize>(org: &Org, name: &str, fields: [&str; N]) -> [Value; N] {
    let mut asked = vec!["Last_Name"];
    asked.extend(fields);
    let rows = org.all("Contacts", &asked).await;
    let row = rows.iter().find(|row| row[0] == name).unwrap_or_else(|| panic!("no {name} in {rows:?}"));
    std::array::from_fn(|at| row[at + 1].clone())
}

async fn deal(org: &Org, contact: &str, name: &str, day: Value, amount: Value) -> String {
    let record = json!({"Deal_Name": name, "Stage": "Qualification", "Contact_Name": {"id": contact},
        "Closing_Date": day, "Amount": amount});
    org.create("Deals", record).await
}

const LATEST: &str = r#"{ left = "Deals[latest Closing_Date].Deal_Name", right = "Department" },
{ left = "Deals[latest Closing_Date].Amount", right = "Last_Deal_Amount" },
{ left = "Deals/Contact_Name[highest Amount].Deal_Name", right = "Title", to_right = [{ case = "upper" }] },
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fields_of_a_chosen_child_are_a_source() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        let amount = json!({"fields": [{"field_label": "Last Deal Amount", "data_type": "double"}]});
        london.call("POST", "settings/fields?module=Contacts", amount).await;
        let (hana, jiro) = (contact(tokyo, "hana").await, contact(tokyo, "jiro").await);
        contact(tokyo, "taro").await;
        let large = deal(tokyo, &hana, "large", json!("2026-01-01"), json!(900)).await;
        deal(tokyo, &hana, "latest", json!("2026-03-01"), json!(100.5)).await;
        deal(tokyo, &hana, "no day", Value::Null, json!(1)).await;
        let older = deal(tokyo, &jiro, "older", json!("2026-03-01"), Value::Null).await;
        let newer = deal(tokyo, &jiro, "newer", json!("2026-03-01"), Value::Null).await;
        let workspace = world.set_up(&store, &contacts(LATEST)).await;
        let hub = world.hub(&store, workspace, None).await;
        let exported = hub.export().await.unwrap();
        let text = exported.to_toml();
        assert_eq!(Config::parse(&text).unwrap(), exported);
        assert!(text.contains("\"Deals/Contact_Name[highest Amount].Deal_Name\""), "{text}");
        let report = agree(&hub, 60).await;
        assert_eq!((report.held_total, report.failed_total), (0, 0), "{report:?}");
        let asked = ["Department", "Last_Deal_Amount", "Title"];
        let hanas = [json!("latest"), json!(100.5), json!("LARGE")];
        assert_eq!(held(london, "hana", asked).await, hanas);
        assert_eq!(held(london, "jiro", asked).await, [json!("newer"), Value::Null, json!("NEWER")]);
        assert_eq!(held(london, "taro", asked).await, [Value::Null, Value::Null, Value::Null]);
        assert!(hub.verify("both", false, &mut |_| {}).await.unwrap().agrees());

        // It rests, and it never comes back.
        hub.full_pass("both").await.unwrap();
        let report = agree(&hub, 60).await;
        assert_eq!((report.added, report.updated), (0, 0), "{report:?}");

        // What may not be read is not known: nothing is emptied, and the rest goes on.
        let refusal =
            json!({"endpoint": "POST /crm/v8/coql", "kind": "status", "status": 403, "code": "NO_PERMISSION"});
        world.control("faults", refusal).await;
        tokyo.update("Deals", &large, json!({"Closing_Date": "2026-04-01"})).await;
        tokyo.update("Contacts", &hana, json!({"Email": "hana2@both.example"})).await;
        agree(&hub, 60).await;
        assert_eq!(held(london, "hana", ["Email"]).await, [json!("hana2@both.example")]);
        assert_eq!(held(london, "hana", asked).await, hanas);
        world.clear_faults().await;

        // The child's change comes with a comparison of everything, or with the parent's own.
        hub.full_pass("both").await.unwrap();
        agree(&hub, 60).await;
        assert_eq!(held(london, "hana", asked).await, [json!("large"), json!(900), json!("LARGE")]);
        tokyo.delete("Deals", &large).await;
        tokyo.update("Contacts", &hana, json!({"Email": "hana3@both.example"})).await;
        agree(&hub, 60).await;
        assert_eq!(held(london, "hana", asked).await, [json!("latest"), json!(100.5), json!("LATEST")]);

        // Without children it is blank, and goes as any blank does.
        for gone in [older, newer] {
            tokyo.delete("Deals", &gone).await;
        }
        tokyo.update("Contacts", &jiro, json!({"Email": "jiro2@both.example"})).await;
        agree(&hub, 60).await;
        assert_eq!(held(london, "jiro", asked).await, [Value::Null, Value::Null, Value::Null]);
        hub.stop().await;
    })
    .await;
}

/// A module of the org's own with a lookup of its own, and more children than an answer holds.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn children_of_an_own_module_are_chosen_by_the_lookup_that_is_named() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        let profiles = tokyo.call("GET", "settings/profiles", Value::Null).await;
        let module = json!({"modules": [{"api_name": "Visits", "singular_label": "訪問", "plural_label": "訪問",
            "profiles": [{"id": profiles["profiles"][0]["id"]}]}]});
        let made = tokyo.call("POST", "settings/modules", module).await;
        assert_eq!(made["modules"][0]["code"], "SUCCESS", "{made}");
        let contact_of = |label: &str| json!({"field_label": label, "data_type": "lookup", "lookup": {"module": {"api_name": "Contacts"}}});
        let fields = json!({"fields": [contact_of("訪問先 Customer"), contact_of("紹介者 Referrer"),
            {"field_label": "訪問日時 Visited", "data_type": "datetime"}, {"field_label": "所感 Remark", "data_type": "text", "length": 100}]});
        let made = tokyo.call("POST", "settings/fields?module=Visits", fields).await;
        let all_made = made["fields"].as_array().unwrap().iter().all(|field| field["code"] == "SUCCESS");
        assert!(all_made, "{made}");
        let (hana, taro) = (contact(tokyo, "hana").await, contact(tokyo, "taro").await);
        let visit = |of: &str, by: &str, minute: u32, remark: &str| {
            json!({"Name": "v", "Customer": {"id": of}, "Referrer": {"id": by},
                "Visited": format!("2026-05-{:02}T{:02}:{:02}:00+09:00", 1 + minute / 1440, minute / 60 % 24, minute % 60),
                "Remark": remark})
        };
        let mut visits: Vec<Value> =
            (0..260).map(|minute| visit(&hana, &taro, 1_000 + minute, &format!("回{minute}"))).collect();
        visits.push(visit(&taro, &hana, 3, "受付のみ"));
        for visits in visits.chunks(100) {
            let made = tokyo.call("POST", "Visits", json!({"data": visits})).await;
            assert_eq!(made["data"][0]["code"], "SUCCESS", "{made}");
        }
        let fields = r#"{ left = "Visits/Customer[latest Visited].Remark", right = "Department" },
            { left = "Visits/Referrer[earliest Visited].Remark", right = "Title" },"#;
        let workspace = world.set_up(&store, &contacts(fields)).await;
        let hub = world.hub(&store, workspace, None).await;
        let report = agree(&hub, 60).await;
        assert_eq!((report.held_total, report.failed_total), (0, 0), "{report:?}");
        assert_eq!(held(london, "hana", ["Department", "Title"]).await, ["回259", "受付のみ"].map(Value::from));
        assert_eq!(held(london, "taro", ["Department", "Title"]).await, ["受付のみ", "回0"].map(Value::from));
        hub.stop().await;

        // What leads nowhere is told before anything runs.
        for (wrong, why) in [
            ("Visits[latest Visited].Remark", "several lookups to Contacts (Customer, Referrer)"),
            ("Visit[latest Visited].Remark", "has no module"),
            ("Visits/Customer[latest Remark].Remark", "is not fit for this choice"),
            ("Accounts[latest Created_Time].Phone", "has no lookup to Contacts"),
        ] {
            let fields = format!("{{ left = \"{wrong}\", right = \"Department\" }},");
            let workspace = world.set_up(&store, &contacts(&fields)).await;
            let hub = world.hub(&store, workspace, None).await;
            crate::world::until(why, 60, async || {
                let status = format!("{:?}", hub.status().await.unwrap());
                status.contains("mapping.child") && status.contains(why)
            })
            .await;
            hub.stop().await;
        }
    })
    .await;
}
