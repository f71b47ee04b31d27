//! How records are recognised, over the real connector and the sandbox by HTTP.

use crate::world::{Org, World, agree, each_engine, pause, until};
use musubi_core::Side;
use musubi_engine::sync::JournalKind;
use musubi_engine::{FailureFilter, Hub};
use musubi_store::Store;
use serde_json::{Value, json};

fn module(name: &str, matching: &str, fields: &[&str]) -> String {
    let fields: Vec<String> =
        fields.iter().map(|field| format!("{{ left = \"{field}\", right = \"{field}\" }}")).collect();
    format!(
        "[[integrations.both.modules]]\nleft = \"{name}\"\nright = \"{name}\"\nmatch = [{matching}]\nfields = [{}]\n",
        fields.join(", ")
    )
}

// S1-29, S1-37, AMB-9
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_secondary_address_may_tell_who_is_who_and_the_plan_says_what_that_overwrites() {
    each_engine(async |store| {
        let world = World::start().await;
        let record = |name: &str, email: &str| json!({"Last_Name": name, "Email": email, "Secondary_Email": "same@x.example"});
        world.orgs[0].create("Contacts", record("mori", "old@x.example")).await;
        world.orgs[1].create("Contacts", record("mori", "new@x.example")).await;
        let told = module("Contacts", "\"Secondary_Email\"", &["Last_Name", "Email", "Secondary_Email"]);
        let workspace = world.set_up(&store, &told).await;
        let hub = world.hub(&store, workspace, None).await;
        hub.pause("both").await.unwrap();
        let plan = hub.plan("both").await.unwrap();
        let planned = &plan.modules[0];
        assert_eq!(planned.would_link, 1, "{planned:?}");
        assert_eq!(planned.would_replace_email.left + planned.would_replace_email.right, 1, "{planned:?}");
        hub.resume("both").await.unwrap();
        agree(&hub, 60).await;
        let left = world.orgs[0].all("Contacts", &["Email"]).await;
        assert_eq!(left, world.orgs[1].all("Contacts", &["Email"]).await);
        // What was overwritten can be brought back: it stands in the history, of the side and the field that it was taken from.
        let (stays, lost, side) = match left[0][0].as_str().unwrap() {
            "old@x.example" => ("old@x.example", "new@x.example", Side::Right),
            stays => (stays, "old@x.example", Side::Left),
        };
        let history = hub.history("both", &musubi_engine::HistoryFilter::default()).await.unwrap();
        let writes: Vec<_> = history.iter().filter(|entry| entry.kind == JournalKind::Updated).collect();
        assert_eq!(writes.len(), 1, "{history:?}");
        let email = writes[0].changes.iter().find(|change| change.field == "Email").unwrap();
        assert_eq!(writes[0].side, side);
        assert_eq!((&email.before, &email.after), (&Some(json!(lost)), &json!(stays)), "{history:?}");
        hub.stop().await;
    })
    .await;
}

// K-31
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn websites_and_names_are_recognised_and_doubles_of_one_side_are_told_first() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        tokyo
            .create(
                "Accounts",
                json!({"Account_Name": "株式会社 ムスビ", "Website": "https://www.musubi.co.jp/about"}),
            )
            .await;
        london.create("Accounts", json!({"Account_Name": "Musubi KK", "Website": "musubi.co.jp"})).await;
        tokyo.create("Accounts", json!({"Account_Name": "ﾀﾅｶ ｼｮｳｶｲ"})).await;
        london.create("Accounts", json!({"Account_Name": "たなかしょうかい"})).await;
        for _ in 0..2 {
            london.create("Accounts", json!({"Account_Name": "Double Ltd."})).await;
        }
        let by = r#"{ left = "Website", as = "domain" }, { left = "Account_Name", as = "name" }"#;
        let told = module("Accounts", by, &["Account_Name", "Website"]);
        let workspace = world.set_up(&store, &told).await;
        let hub = world.hub(&store, workspace, None).await;
        hub.pause("both").await.unwrap();
        let plan = hub.plan("both").await.unwrap();
        let planned = &plan.modules[0];
        assert_eq!(planned.would_link, 2, "{planned:?}");
        let doubles = &planned.duplicates.right;
        assert_eq!((doubles.groups, doubles.records, doubles.samples[0].len()), (1, 2, 2), "{planned:?}");
        assert_eq!(planned.duplicates.left.groups, 0);
        hub.resume("both").await.unwrap();
        agree(&hub, 60).await;
        // Of the two with one name the oldest is copied; the other one waits for somebody.
        let (left, right) = (tokyo.all("Accounts", &["id"]).await, london.all("Accounts", &["id"]).await);
        assert_eq!((left.len(), right.len()), (3, 4));
        hub.stop().await;
    })
    .await;
}

// S1-88
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whose_counterpart_is_linked_already_is_told_so_with_the_records_that_are_meant() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        let record = |name: &str| json!({"Last_Name": name, "Email": "mori@x.example"});
        let first = tokyo.create("Contacts", record("Mori")).await;
        let shared = london.create("Contacts", record("Mori")).await;
        let told = module("Contacts", "\"Email\"", &["Last_Name", "Email"]);
        let workspace = world.set_up(&store, &told).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        let second = tokyo.create("Contacts", record("Mori again")).await;
        let open = async || hub.failures("both", &FailureFilter::default()).await.unwrap();
        until("it is told", 30, async || !open().await.is_empty()).await;
        let report = agree(&hub, 60).await;
        assert_eq!(report.held.get("match.taken"), Some(&1), "{report:?}");
        let [taken] = &open().await[..] else { panic!("{:?}", open().await) };
        assert_eq!((taken.code.as_str(), taken.left_id.as_deref()), ("match.taken", Some(second.as_str())));
        assert!(taken.details.to_string().contains(&shared), "{taken:?}");
        assert!(!taken.what.is_empty() && !taken.hint.is_empty());
        // Neither of the pair was touched, and nothing was made.
        assert_eq!(london.all("Contacts", &["Last_Name", "id"]).await, [[json!("Mori"), json!(shared)]]);
        // With an address of its own it is carried over.
        tokyo.update("Contacts", &second, json!({"Email": "again@x.example"})).await;
        until("it is carried over", 30, async || london.all("Contacts", &["id"]).await.len() == 2).await;
        agree(&hub, 60).await;
        assert!(open().await.is_empty());
        tokyo.update("Contacts", &first, json!({"Last_Name": "Mori, first"})).await;
        until("the pair is kept", 30, async || {
            london
                .all("Contacts", &["Last_Name", "id"])
                .await
                .contains(&vec![json!("Mori, first"), json!(shared)])
        })
        .await;
        hub.stop().await;
    })
    .await;
}

// S1-40, S1-41, S1-45, S1-51
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn products_are_recognised_by_their_names_and_their_direction_can_be_changed_later() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        let rack = tokyo.create("Products", json!({"Product_Name": "Rack 19"})).await;
        let shown = london.create("Products", json!({"Product_Name": "Rack 19"})).await;
        london.create("Products", json!({"Product_Name": "Shelf"})).await;
        let told = module("Products", "\"Product_Name\"", &["Product_Name", "Description"]);
        let workspace = world.set_up(&store, &told).await;
        let hub = world.hub(&store, workspace, None).await;
        let report = agree(&hub, 60).await;
        assert_eq!((report.links, report.added), (2, 1), "{report:?}");
        let names = [vec![json!("Rack 19")], vec![json!("Shelf")]];
        assert_eq!(tokyo.all("Products", &["Product_Name"]).await, names);
        assert_eq!(london.all("Products", &["Product_Name"]).await, names);
        // From now on one way only: what London writes stays in London.
        let one_way = world.config(&(told + "direction = \"left_to_right\"\n"));
        hub.apply(&one_way, true).await.unwrap();
        london.update("Products", &shown, json!({"Description": "ours"})).await;
        agree(&hub, 60).await;
        tokyo.update("Products", &rack, json!({"Product_Name": "Rack 21"})).await;
        until("the new name is in London", 30, async || {
            london.all("Products", &["Product_Name"]).await[0] == [json!("Rack 21")]
        })
        .await;
        agree(&hub, 60).await;
        let rows =
            async |org: &crate::world::Org| org.all("Products", &["Product_Name", "Description"]).await;
        assert_eq!(rows(tokyo).await[0], [json!("Rack 21"), Value::Null]);
        assert_eq!(rows(london).await[0], [json!("Rack 21"), json!("ours")]);
        hub.stop().await;
    })
    .await;
}

// S1-52, AMB-8
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_no_address_is_copied_once_and_never_merged_on_a_guess() {
    each_engine(async |store| {
        let world = World::start().await;
        let nameless = json!({"Last_Name": "Sato", "Phone": "03-1"});
        for org in &world.orgs {
            org.create("Contacts", nameless.clone()).await;
        }
        world.orgs[0].create("Contacts", json!({"Last_Name": "Mori", "Email": "mori@x.example"})).await;
        let told = module("Contacts", "\"Email\"", &["Last_Name", "Email", "Phone"]);
        let workspace = world.set_up(&store, &told).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        hub.full_pass("both").await.unwrap();
        let report = agree(&hub, 60).await;
        assert_eq!((report.added, report.links), (0, 3), "{report:?}");
        for org in &world.orgs {
            let names: Vec<Value> = org.all("Contacts", &["Last_Name"]).await.into_iter().flatten().collect();
            assert_eq!(names, [json!("Mori"), json!("Sato"), json!("Sato")]);
        }
        hub.stop().await;
    })
    .await;
}

// S1-30
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_nothing_is_said_the_usual_field_tells_and_an_empty_list_means_none() {
    each_engine(async |store| {
        let world = World::start().await;
        for (org, email) in world.orgs.iter().zip(["Mori@x.example", "mori@x.example"]) {
            org.create("Contacts", json!({"Last_Name": "Mori", "Email": email})).await;
            org.create("Accounts", json!({"Account_Name": "Acme"})).await;
        }
        let pair = |name: &str, more: &str| {
            let field = if name == "Contacts" { "Last_Name" } else { "Account_Name" };
            format!(
                "[[integrations.both.modules]]\nleft = \"{name}\"\nright = \"{name}\"\n{more}fields = [{{ left = \"{field}\", right = \"{field}\" }}]\n"
            )
        };
        let said = pair("Contacts", "") + &pair("Accounts", "match = []\n");
        let workspace = world.set_up(&store, &said).await;
        let hub = world.hub(&store, workspace, None).await;
        hub.pause("both").await.unwrap();
        let plan = hub.plan("both").await.unwrap();
        let matched = |at: usize| {
            let keys = &plan.modules[at].matched_by;
            keys.iter().map(|key| (key.left.as_str(), key.is_default)).collect::<Vec<_>>()
        };
        let module = |name: &str| plan.modules.iter().position(|module| module.left == name).unwrap();
        assert_eq!(matched(module("Contacts")), [("Email", true)]);
        assert_eq!(matched(module("Accounts")), []);
        hub.resume("both").await.unwrap();
        agree(&hub, 60).await;
        assert_eq!(world.orgs[0].all("Contacts", &["Last_Name"]).await.len(), 1);
        assert_eq!(world.orgs[1].all("Accounts", &["Account_Name"]).await.len(), 2, "nothing was to tell");
        let export = hub.export().await.unwrap().to_toml();
        assert_eq!(export.matches("match = []").count(), 1, "{export}");
        hub.stop().await;
    })
    .await;
}

// C-13
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_that_come_at_once_and_match_the_same_one_a_person_chooses() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        let record = |email: &str| json!({"Last_Name": "Tri", "Email": format!("{email}@twins.example")});
        let told = module("Contacts", "\"Last_Name\", \"Email\"", &["Last_Name", "Email"]);
        let workspace = world.set_up(&store, &told).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        pause(&hub, "both").await;
        // The right one is not the first of them, and whoever takes the first loses its address.
        for email in ["a", "b"] {
            london.create("Contacts", record(email)).await;
        }
        tokyo.create("Contacts", record("b")).await;
        hub.resume("both").await.unwrap();
        agree(&hub, 60).await;
        let emails = async |org: usize| world.orgs[org].all("Contacts", &["Email"]).await;
        assert_eq!(emails(1).await, [[json!("a@twins.example")], [json!("b@twins.example")]]);
        assert_eq!(emails(0).await, [[json!("b@twins.example")]]);
        let told = hub.failures("both", &FailureFilter::default()).await.unwrap();
        assert!(!told.is_empty() && told.iter().all(|one| one.code == "match.ambiguous"), "{told:#?}");
        hub.stop().await;
    })
    .await;
}

// S1-29
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_of_two_countries_are_recognised_in_whatever_form_each_side_writes_them() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        let record = |name: &str, phone: &str| json!({"Last_Name": name, "Phone": phone});
        for (name, here, there) in [
            ("Sato", "03-1234-5678", "00 81 3 1234 5678"),
            ("Mori", "+81 (0)90 1234 5678", "+81 90-1234-5678"),
            ("Smith", "010 44 20 7946 0018", "020 7946 0018"),
            ("Rossi", "+39 06 1234 5678", "0039 06 12345678"),
        ] {
            tokyo.create("Contacts", record(name, here)).await;
            london.create("Contacts", record(name, there)).await;
        }
        let by = r#"{ left = "Phone", as = "phone", country = { left = "JP", right = "GB" } }"#;
        let told = module("Contacts", by, &["Last_Name"]);
        let workspace = world.set_up(&store, &told).await;
        let hub = world.hub(&store, workspace, None).await;
        let report = agree(&hub, 60).await;
        assert_eq!((report.links, report.added, report.held_total), (4, 0, 0), "{report:?}");
        // What was said is written as it was said.
        let export = hub.export().await.unwrap().to_toml();
        assert!(export.contains(r#"left = "JP""#) && export.contains(r#"right = "GB""#), "{export}");
        hub.stop().await;
    })
    .await;
}

// S1-88
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pairs_that_were_there_before_the_keys_changed_are_found_by_the_new_ones() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        let record = json!({"Last_Name": "Rossi", "Email": "rossi@x.example", "Phone": "06 1234 5678"});
        tokyo.create("Contacts", record).await;
        let fields = ["Last_Name", "Email", "Phone"];
        let workspace = world.set_up(&store, &module("Contacts", "\"Email\"", &fields)).await;
        let hub = world.hub(&store, workspace, None).await;
        assert_eq!(agree(&hub, 60).await.links, 1);
        let by = r#"{ left = "Phone", as = "phone", country = "IT" }"#;
        hub.apply(&world.config(&module("Contacts", by, &fields)), true).await.unwrap();
        agree(&hub, 60).await;
        // Who has the number of a pair is no new record: a person is asked.
        london.create("Contacts", json!({"Last_Name": "Rossi", "Phone": "+39 06 1234 5678"})).await;
        let open = async || hub.failures("both", &FailureFilter::default()).await.unwrap();
        until("it is told", 30, async || !open().await.is_empty()).await;
        assert_eq!(open().await[0].code, "match.taken");
        assert_eq!(tokyo.all("Contacts", &["id"]).await.len(), 1);
        hub.stop().await;
    })
    .await;
}

fn person(name: &str, email: &str) -> Value {
    json!({"Last_Name": name, "Email": email})
}

fn pair((name, email): (&str, &str)) -> Vec<Value> {
    vec![json!(name), json!(email)]
}

/// Names and addresses.
async fn people(org: &Org) -> Vec<Vec<Value>> {
    let mut people = org.all("Contacts", &["Last_Name", "Email"]).await;
    people.sort_by_cached_key(|row| json!(row).to_string());
    people
}

/// Two orgs with one person in both, whose address was changed on the left, and by us on the right: with the left id.
async fn moved(store: &Store) -> (World, Hub, String) {
    let world = World::start().await;
    let abe = world.orgs[0].create("Contacts", person("abe", "old@x.example")).await;
    let both = module("Contacts", "\"Email\"", &["Last_Name", "Email"]);
    let workspace = world.set_up(store, &both).await;
    let hub = world.hub(store, workspace, None).await;
    agree(&hub, 60).await;
    world.orgs[0].update("Contacts", &abe, json!({"Email": "new@x.example"})).await;
    agree(&hub, 60).await;
    assert_eq!(people(&world.orgs[1]).await, [pair(("abe", "new@x.example"))]);
    (world, hub, abe)
}

/// What we write to a record is what it is found by from then on: an address that is free again names nobody any more, and one that was taken over is taken.
// S1-30, C-13
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_that_was_written_to_is_found_by_its_new_key_and_no_longer_by_its_old_one() {
    each_engine(async |store| {
        let (world, hub, _) = moved(&store).await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        // Another person gets the address that is free again.
        tokyo.create("Contacts", person("ueda", "old@x.example")).await;
        agree(&hub, 60).await;
        assert_eq!(people(london).await, [("abe", "new@x.example"), ("ueda", "old@x.example")].map(pair));
        assert_eq!(hub.failures("both", &FailureFilter::default()).await.unwrap(), Vec::new());
        // And one with an address that somebody was given is not made a second time.
        tokyo.create("Contacts", person("abe again", "new@x.example")).await;
        agree(&hub, 60).await;
        let failures = hub.failures("both", &FailureFilter::default()).await.unwrap();
        let codes: Vec<_> = failures.iter().map(|failure| failure.code.as_str()).collect();
        assert_eq!(codes, ["match.taken"]);
        assert_eq!(london.all("Contacts", &["Email"]).await.len(), 2);
        hub.stop().await;
    })
    .await;
}

/// A person who was renamed here and deleted is not mistaken for the next one with the former address.
// S1-30
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_tied_to_what_is_left_of_a_pair_by_an_address_that_it_had_once() {
    each_engine(async |store| {
        let (world, hub, abe) = moved(&store).await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        tokyo.delete("Contacts", &abe).await;
        until("the pair is none any more", 30, async || {
            let history = hub.history("both", &musubi_engine::HistoryFilter::default()).await.unwrap();
            history.iter().any(|entry| entry.kind == JournalKind::Untied)
        })
        .await;
        tokyo.create("Contacts", person("ueda", "old@x.example")).await;
        agree(&hub, 60).await;
        assert_eq!(people(london).await, [("abe", "new@x.example"), ("ueda", "old@x.example")].map(pair));
        hub.stop().await;
    })
    .await;
}
