//! Values that are changed on their way, and what is refused before anything runs, over the real connector and the sandbox by HTTP.
#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

use crate::world::{Org, World, agree, each_engine, settings};
use musubi_engine::{Hub, HubOptions};
use serde_json::{Value, json};
use std::sync::Arc;

/// Contacts with these fields besides the name and the address.
fn contacts(fields: &str) -> String {
    format!(
        "[[integrations.both.modules]]\nleft = \"Contacts\"\nright = \"Contacts\"\nmatch = [\"Email\"]\n\
         fields = [{{ left = \"Last_Name\", right = \"Last_Name\" }}, {{ left = \"Email\", right = \"Email\" }},\n{fields}]\n"
    )
}

/// These fields of the contact called so, behind its id.
async fn one<const N: usize>(org: &Org, name: &str, fields: [&str; N]) -> (String, [Value; N]) {
    let mut asked = vec!["Last_Name", "id"];
    asked.extend(fields);
    let rows = org.all("Contacts", &asked).await;
    let row = rows.iter().find(|row| row[0] == name).unwrap_or_else(|| panic!("no {name} in {rows:?}"));
    (row[1].as_str().unwrap().to_owned(), std::array::from_fn(|at| row[at + 2].clone()))
}

fn record(name: &str, more: Value) -> Value {
    let mut record = json!({"Last_Name": name, "Email": format!("{name}@both.example")});
    record.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    record
}

// S1-34, K-26
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn values_are_changed_on_their_way_and_back() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        let fields = r#"
            { left = "Title", right = "Title", to_right = ["trim", { case = "upper" }], to_left = [{ case = "title" }] },
            { left = "Phone", right = "Phone", to_right = [{ phone = "JP" }], to_left = [{ phone = "GB" }] },
            { left = "Lead_Source", right = "Salutation", to_right = [{ map = { values = { Partner = "Dr.", Chat = "Mr." } } }] },
            { left = "Email_Opt_Out", right = "Department", to_right = [{ map = { values = { true = "no mail", false = "mail" } } }] },
            { left = "Created_Time", right = "Date_of_Birth", to_right = [{ date_of = "Asia/Tokyo" }] },
            { left = "Assistant", right = "Description", direction = "left_to_right", to_right = [{ script = "`${value.upper()} (${value.len()})`" }] },
            { left = "Mailing_City", right = "Mailing_Country", direction = "left_to_right", to_right = [{ constant = "Japan" }] },
            { left = "Mailing_Latitude", right = "Mailing_Latitude", to_right = [{ round = 1 }], to_left = [{ round = 1 }] }"#;
        let more = json!({"Title": "sales manager", "Phone": "03-1234-5678", "Lead_Source": "Partner", "Email_Opt_Out": true,
            "Assistant": "森", "Mailing_Latitude": 35.68});
        tokyo.create("Contacts", record("mori", more)).await;
        let workspace = world.set_up(&store, &contacts(fields)).await;
        let hub = world.hub(&store, workspace, None).await;
        let report = agree(&hub, 60).await;
        assert_eq!((report.held_total, report.failed_total), (0, 0), "{report:?}");
        let asked = ["Title", "Phone", "Salutation", "Department", "Description", "Mailing_Country", "Mailing_Latitude"];
        let (id, there) = one(london, "mori", asked).await;
        let expected = ["SALES MANAGER", "+81312345678", "Dr.", "no mail", "森 (1)", "Japan"].map(Value::from);
        assert_eq!(there[..6], expected);
        assert_eq!(there[6].as_f64(), Some(35.7));
        let (_, [born]) = one(london, "mori", ["Date_of_Birth"]).await;
        let (own, [made]) = one(tokyo, "mori", ["Created_Time"]).await;
        let made: jiff::Timestamp = made.as_str().unwrap().parse().unwrap();
        assert_eq!(born, json!(made.to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(9))).date().to_string()));
        // What went there did not come back in another form.
        assert_eq!(one(tokyo, "mori", ["Title"]).await.1, [json!("sales manager")]);
        let change = json!({"Title": "HEAD OF SALES", "Phone": "020 7946 0018", "Salutation": "Mr.", "Department": "mail"});
        london.update("Contacts", &id, change).await;
        agree(&hub, 60).await;
        let (_, back) = one(tokyo, "mori", ["Title", "Phone", "Lead_Source", "Email_Opt_Out"]).await;
        assert_eq!(back, [json!("Head Of Sales"), json!("+442079460018"), json!("Chat"), json!(false)]);
        assert!(hub.verify("both", false, &mut |_| {}).await.unwrap().agrees());
        // What the map does not name waits for a person; the rest of the record does not.
        tokyo.update("Contacts", &own, json!({"Lead_Source": "Facebook", "Title": "chair", "Phone": "ask at the desk"})).await;
        let report = agree(&hub, 60).await;
        assert_eq!(report.held.get("value.not_mapped"), Some(&1), "{report:?}");
        assert_eq!(one(london, "mori", ["Title", "Salutation", "Phone"]).await.1[0], json!("CHAIR"));
        let codes: Vec<String> =
            hub.failures("both", &Default::default()).await.unwrap().into_iter().map(|item| item.code).collect();
        assert!(codes.contains(&"value.not_a_phone".to_owned()), "{codes:?}");
        hub.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_mapping_is_obeyed_by_what_is_there_already() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        tokyo.create("Contacts", record("mori", json!({"Title": "chair"}))).await;
        let plain = contacts(r#"{ left = "Title", right = "Title", direction = "left_to_right" }"#);
        let workspace = world.set_up(&store, &plain).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        assert_eq!(one(london, "mori", ["Title"]).await.1, [json!("chair")]);
        hub.stop().await;
        let upper = contacts(r#"{ left = "Title", right = "Title", direction = "left_to_right", to_right = [{ case = "upper" }] }"#);
        Hub::offline(store.clone(), workspace).apply(&world.config(&upper), true).await.unwrap();
        let hub = world.hub(&store, workspace, None).await;
        crate::world::until("the new steps are taken", 30, async || {
            one(london, "mori", ["Title"]).await.1 == [json!("CHAIR")]
        })
        .await;
        agree(&hub, 60).await;
        assert!(hub.verify("both", false, &mut |_| {}).await.unwrap().agrees());
        hub.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_field_is_made_of_others_of_its_record() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        let more = json!({"First_Name": "太郎", "Phone": "03-1", "Title": "chair"});
        let id = tokyo.create("Contacts", record("山田", more)).await;
        let module = r#"[[integrations.both.modules]]
            left = "Contacts"
            right = "Contacts"
            match = ["Email"]
            derived = [
              { side = "left", name = "Whole_Name", join = ["Last_Name", "First_Name"], with = " " },
              { side = "left", name = "Any_Phone", first_non_blank = ["Mobile", "Phone"] },
            ]
            fields = [
              { left = "Last_Name", right = "Last_Name" }, { left = "Email", right = "Email" },
              { left = "Whole_Name", right = "Description", to_right = [{ script = "`${value} 様`" }] },
              { left = "Any_Phone", right = "Other_Phone" },
            ]
        "#;
        let workspace = world.set_up(&store, module).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        let there = async || one(london, "山田", ["Description", "Other_Phone"]).await.1;
        assert_eq!(there().await, [json!("山田 太郎 様"), json!("03-1")]);
        tokyo.update("Contacts", &id, json!({"First_Name": "花子", "Mobile": "090-2"})).await;
        agree(&hub, 60).await;
        assert_eq!(there().await, [json!("山田 花子 様"), json!("090-2")]);
        // It can only be a source: nothing comes back of a change of the field that it goes to.
        let (other, _) = one(london, "山田", ["id"]).await;
        london.update("Contacts", &other, json!({"Description": "mine"})).await;
        agree(&hub, 60).await;
        assert_eq!(one(tokyo, "山田", ["First_Name"]).await.1, [json!("花子")]);
        let preview = hub.preview(&world.config(module).integrations["both"]).await.unwrap();
        let sample = &preview[0].mapped[2].samples[0];
        assert_eq!((&sample.before, &sample.after), (&json!("山田 花子"), &json!("山田 花子 様")));
        assert!(hub.verify("both", false, &mut |_| {}).await.unwrap().agrees());
        let wrong = world.config(&module.replace("\"Mobile\", ", "\"Owner\", "));
        let error = hub.apply(&wrong, false).await.unwrap_err();
        assert_eq!(error.code, "mapping.derived");
        hub.stop().await;
    })
    .await;
}

// S2-30
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_value_that_is_there_and_would_not_come_back_refuses_the_pair_as_a_typical_one_does() {
    each_engine(async |store| {
        let world = World::start().await;
        let script = r#"'if value == "chief" { "boss" } else { value }'"#;
        let told = contacts(&format!(
            "{{ left = \"Title\", right = \"Title\", to_right = [{{ script = {script} }}] }}"
        ));
        let workspace = world.set_up(&store, &contacts(r#"{ left = "Title", right = "Title" }"#)).await;
        let idle = Hub::idle(HubOptions {
            store: store.clone(),
            connect: Arc::new(crate::world::Zoho(store.clone())),
            holder: String::new(),
            public_url: None,
            settings: settings(),
            workspace,
        });
        // Nothing typical shows it.
        idle.apply(&world.config(&told), false).await.unwrap();
        let chief = world.orgs[0].create("Contacts", record("mori", json!({"Title": "chief"}))).await;
        world.orgs[0].create("Contacts", record("sato", json!({"Title": "clerk"}))).await;
        let preview = idle.preview(&world.config(&told).integrations["both"]).await.unwrap();
        let [lossy] = &preview[0].lossy[..] else { panic!("{:?}", preview[0].lossy) };
        assert_eq!(lossy.record.as_ref(), Some(&chief));
        let example = &lossy.counterexample;
        assert_eq!(
            (&example.value, &example.there, example.back.as_ref()),
            (&json!("chief"), &json!("boss"), Some(&json!("boss")))
        );
        assert_eq!(preview[0].problems[0].code, "mapping.lossy");
        let error = idle.apply(&world.config(&told), false).await.unwrap_err();
        assert_eq!(error.code, "mapping.lossy");
        // What a customer's record holds stands in no error.
        assert!(error.message.contains(&chief) && !error.message.contains("\"chief"), "{error:?}");
        let one_way = told.replace("to_right =", "direction = \"left_to_right\", to_right =");
        idle.apply(&world.config(&one_way), false).await.unwrap();
    })
    .await;
}

// S2-30
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_side_without_steps_holds_is_tried_as_well() {
    each_engine(async |store| {
        let world = World::start().await;
        let script = r#"'if value == "legacy" { "old" } else { value }'"#;
        let told = contacts(&format!(
            "{{ left = \"Title\", right = \"Title\", to_right = [{{ script = {script} }}] }}"
        ));
        let workspace = world.set_up(&store, &contacts(r#"{ left = "Title", right = "Title" }"#)).await;
        let idle = Hub::idle(HubOptions {
            store: store.clone(),
            connect: Arc::new(crate::world::Zoho(store.clone())),
            holder: String::new(),
            public_url: None,
            settings: settings(),
            workspace,
        });
        let legacy = world.orgs[1].create("Contacts", record("mori", json!({"Title": "legacy"}))).await;
        let preview = idle.preview(&world.config(&told).integrations["both"]).await.unwrap();
        let [lossy] = &preview[0].lossy[..] else { panic!("{:?}", preview[0].lossy) };
        assert_eq!(lossy.record.as_ref(), Some(&legacy));
        assert_eq!(
            (lossy.counterexample.from, &lossy.counterexample.there, lossy.counterexample.back.as_ref()),
            (musubi_core::Side::Right, &json!("legacy"), Some(&json!("old")))
        );
        let error = idle.apply(&world.config(&told), false).await.unwrap_err();
        assert_eq!(error.code, "mapping.lossy");
        assert!(error.message.contains(&legacy) && error.message.contains("on the right"), "{error:?}");
    })
    .await;
}

// S2-30, AMB-26
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mapping_is_looked_over_before_it_is_kept() {
    each_engine(async |store| {
        let world = World::start().await;
        let field = json!({"fields": [{"field_label": "Rank", "data_type": "text", "length": 20}]});
        world.orgs[1].call("POST", "settings/fields?module=Contacts", field).await;
        world.orgs[0].create("Contacts", record("mori", json!({"Title": "chair"}))).await;
        let workspace = world.set_up(&store, &contacts(r#"{ left = "Title", right = "Title" }"#)).await;
        let idle = Hub::idle(HubOptions {
            store: store.clone(),
            connect: Arc::new(crate::world::Zoho(store.clone())),
            holder: String::new(),
            public_url: None,
            settings: settings(),
            workspace,
        });
        let apply = async |modules: &str| idle.apply(&world.config(modules), false).await;
        let lossy = contacts(r#"{ left = "Title", right = "Title", to_right = [{ case = "upper" }] }"#);
        let error = apply(&lossy).await.unwrap_err();
        assert_eq!(error.code, "mapping.lossy");
        let expected = "both, Contacts ↔ Contacts: Title and Title cannot be kept in agreement both ways: \"a\" on the left becomes \"A\" on the right, and that comes back as \"A\"";
        assert_eq!(error.message, expected);
        assert!(error.hint.contains("to_left") && error.hint.contains("left_to_right"), "{error:?}");
        let preview = idle.preview(&world.config(&lossy).integrations["both"]).await.unwrap();
        assert_eq!(preview[0].lossy.len(), 1);
        let title = preview[0].mapped.iter().find(|field| field.left == "Title").unwrap();
        let seen: Vec<_> = title.samples.iter().map(|one| (&one.before, &one.after, &one.back)).collect();
        assert_eq!(seen, [(&json!("chair"), &json!("CHAIR"), &Some(json!("CHAIR")))]);
        let phone = contacts(r#"{ left = "Title", right = "Phone", direction = "left_to_right", to_right = [{ phone = "JP" }] }"#);
        let preview = idle.preview(&world.config(&phone).integrations["both"]).await.unwrap();
        let refused: Vec<_> = preview[0].mapped[2].samples.iter().map(|one| (one.refused.as_deref(), &one.after)).collect();
        assert_eq!(refused, [(Some("value.not_a_phone"), &Value::Null)]);
        assert_eq!(preview[0].custom_unmapped.right, ["Rank"]);
        let nameless = "[[integrations.both.modules]]\nleft = \"Contacts\"\nright = \"Contacts\"\nfields = [{ left = \"Title\", right = \"Title\" }]\n";
        let error = apply(nameless).await.unwrap_err();
        assert_eq!(error.code, "mapping.mandatory_unfilled");
        assert!(error.message.contains("Last_Name"), "{error:?}");
        let numbers = contacts(r#"{ left = "Email_Opt_Out", right = "Title", to_right = [{ round = 1 }] }"#);
        let error = apply(&numbers).await.unwrap_err();
        assert_eq!((error.code, error.message.contains("the step round takes no check box")), ("mapping.invalid", true));
        let fine = apply(&contacts(r#"{ left = "Title", right = "Title", conflict = "left" }"#)).await.unwrap();
        assert_eq!(fine.warnings, ["both: custom fields of Contacts on the right are not mapped: Rank"]);
        // Nothing of it was kept, and what was kept without being looked over is not run.
        Hub::offline(store.clone(), workspace).apply(&world.config(&lossy), true).await.unwrap();
        let hub = world.hub(&store, workspace, None).await;
        crate::world::until("the mapping is refused", 30, async || {
            format!("{:?}", hub.status().await.unwrap()).contains("mapping.lossy")
        })
        .await;
        hub.stop().await;
    })
    .await;
}
