//! A mapping as an administrator thinks it out, over the real hub and two real orgs of the sandbox: what fits, what becomes of records, what is suggested.

use crate::hub::{Api, Who, served};
use crate::world::{World, agree, each_engine};
use musubi_api::Options;
use reqwest::Method;
use serde_json::{Value, json};

const ACCOUNTS: &str = r#"
[[integrations.both.modules]]
left = "Accounts"
right = "Accounts"
match = ["Account_Name"]
fields = [{ left = "Account_Name", right = "Account_Name" }]
"#;

async fn post(api: &Api, who: &Who, path: &str, body: Value) -> Value {
    let (status, answer) = api.status(who, Method::POST, path, Some(body)).await;
    assert_eq!(status, 200, "{path}: {answer}");
    answer
}

fn draft(fields: Value) -> Value {
    json!({"left": "tokyo", "right": "london", "modules": [
        {"left": "Accounts", "right": "Accounts", "match": ["Account_Name"], "fields": fields}
    ]})
}

fn with(mut draft: Value, more: Value) -> Value {
    draft.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    draft
}

/// Both orgs get a field of their own for the same thing, under names that say nothing of each other.
async fn own_fields(world: &World) {
    for (org, label) in [(0, "顧客番号"), (1, "Shop Ref")] {
        let field = json!({"fields": [{"field_label": label, "data_type": "text", "length": 20}]});
        world.orgs[org].call("POST", "settings/fields?module=Accounts", field).await;
    }
}

async fn name_of(world: &World, org: usize, label: &str) -> String {
    let fields = world.orgs[org].call("GET", "settings/fields?module=Accounts", Value::Null).await;
    let all = fields["fields"].as_array().unwrap();
    let found = all.iter().find(|field| field["field_label"] == label).unwrap();
    found["api_name"].as_str().unwrap().to_owned()
}

// S1-34
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mapping_is_thought_out_on_real_records_before_it_is_saved() {
    each_engine(async |store| {
        let world = World::start().await;
        own_fields(&world).await;
        let (left, right) = (name_of(&world, 0, "顧客番号").await, name_of(&world, 1, "Shop Ref").await);
        world.generate(0, "Accounts", 8, 3).await;
        let workspace = world.set_up(&store, ACCOUNTS).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 30).await;
        for (org, field) in [(0, &left), (1, &right)] {
            // By name: both orgs hold the same names.
            let rows = world.orgs[org].all("Accounts", &["Account_Name", "id"]).await;
            for (number, row) in rows.iter().enumerate() {
                let values = json!({field: format!("K-{number}")});
                world.orgs[org].update("Accounts", row[1].as_str().unwrap(), values).await;
            }
        }
        served(&hub, Options::default(), async |api| {
            let who = api.owner().await;
            let one = json!([{"left": "Account_Name", "right": "Account_Name"}]);

            // Two fields whose names have nothing in common are suggested by what they hold; nothing is mapped by that.
            let suggested = post(&api, &who, "/mapping/suggestions", draft(one.clone())).await;
            let all = suggested["items"].as_array().unwrap();
            let found =
                all.iter().find(|one| one["left"] == left.as_str()).unwrap_or_else(|| panic!("{suggested}"));
            assert_eq!(found["candidates"][0]["right"], right.as_str(), "{found}");
            let reasons = found["candidates"][0]["reasons"].as_array().unwrap();
            assert_eq!(reasons[0], json!({"code": "same_values", "compared": 8, "same": 8}), "{found}");
            assert!(
                all.iter().any(|one| one["left"] == "Phone" && one["candidates"][0]["right"] == "Phone"),
                "{suggested}"
            );
            let (_, kept) = api.status(&who, Method::GET, "/integrations/both", None).await;
            assert_eq!(kept["modules"][0]["fields"], one, "it is a person who maps");

            // What fits is told field by field, and why the rest does not.
            let asked = with(draft(one.clone()), json!({"side": "left", "field": left}));
            let fits = post(&api, &who, "/mapping/fits", asked).await;
            let fit = |name: &str| {
                let items = fits["items"].as_array().unwrap();
                items
                    .iter()
                    .find(|fit| fit["field"] == name)
                    .unwrap_or_else(|| panic!("{name}: {fits}"))
                    .clone()
            };
            assert_eq!(fit(&right)["direction"], "both");
            assert_eq!(fit("Owner")["direction"], "right_to_left", "a text can be given the name");
            assert_eq!(fit("Created_Time")["reason"], "field.types_differ");
            let asked = with(draft(one.clone()), json!({"side": "left", "field": "Parent_Account"}));
            let fits = post(&api, &who, "/mapping/fits", asked).await;
            let parent = fits["items"]
                .as_array()
                .unwrap()
                .iter()
                .find(|fit| fit["field"] == "Parent_Account")
                .unwrap();
            assert_eq!(parent["direction"], "both", "its module is among those of the draft");

            let asked = |side: &str, field: &str| json!({"side": side, "field": field});
            // A field that is made of others is mapped like any other, and is only a source.
            let mut made = draft(one.clone());
            let whole = json!([{"side": "left", "name": "Whole", "join": ["Account_Name", left]}]);
            made["modules"][0]["derived"] = whole;
            let fits = post(&api, &who, "/mapping/fits", with(made, asked("left", "Whole"))).await;
            let description =
                fits["items"].as_array().unwrap().iter().find(|fit| fit["field"] == "Description");
            assert_eq!(description.unwrap()["direction"], "left_to_right", "{fits}");

            // K-31: owners without a counterpart are told as they are thought out, and whether somebody stands in for them.
            let owner = |fits: &Value| {
                let items = fits["items"].as_array().unwrap();
                items.iter().find(|fit| fit["field"] == "Owner").unwrap()["reason"].clone()
            };
            let none = json!({"owners": {"fallback": "none"}});
            let ask_owner = with(draft(one.clone()), asked("left", "Owner"));
            let fits = post(&api, &who, "/mapping/fits", ask_owner.clone()).await;
            assert_eq!(owner(&fits), Value::Null, "somebody stands in");
            let fits = post(&api, &who, "/mapping/fits", with(ask_owner, none.clone())).await;
            let connections = json!({"left": "tokyo", "right": "london"});
            let report = post(&api, &who, "/mapping/owners", with(connections, none)).await;
            let alone = !report["unmatched_left"].as_array().unwrap().is_empty();
            assert!(alone, "{report}");
            assert_eq!(owner(&fits), "owner.unknown", "{fits}");
            assert_eq!(report["fallback_left"], Value::Null);

            // How many would take part, before anything is saved.
            let mut some = draft(one.clone());
            let name = json!({"field": "Account_Name", "comparator": "not_equal", "value": "${EMPTY}"});
            some["modules"][0]["scope"] = json!({"left": {"criteria": name}});
            let counts = post(&api, &who, "/mapping/scope-count", some.clone()).await;
            assert_eq!(counts["left"]["inside"], 8, "{counts}");
            some["modules"][0]["scope"]["left"]["criteria"]["value"] = json!("Nobody");
            some["modules"][0]["scope"]["left"]["criteria"]["comparator"] = json!("equal");
            let counts = post(&api, &who, "/mapping/scope-count", some).await;
            assert_eq!((&counts["left"]["inside"], &counts["right"]["inside"]), (&json!(0), &json!(8)));

            // The draft is tried on linked records. A value that does not fit says so.
            let wanted = json!([
                {"left": "Account_Name", "right": "Account_Name"},
                {"left": left, "right": right},
                {"left": "Account_Name", "right": "Industry", "direction": "left_to_right"},
            ]);
            let previewed = post(&api, &who, "/mapping/records", draft(wanted.clone())).await;
            assert_eq!(previewed["items"].as_array().unwrap().len(), 8);
            let record = &previewed["items"][0];
            assert_eq!(
                (&record["tie"], &record["left"]["label"]),
                (&json!("linked"), &record["right"]["label"])
            );
            assert_eq!(record["fields"][1]["agrees"], true, "{record}");
            assert_eq!(record["fields"][1]["to_right"]["value"], record["left"]["values"][left.as_str()]);
            let refused = &record["fields"][2];
            assert_eq!(
                (&refused["to_left"], &refused["to_right"]["problem"]),
                (&Value::Null, &json!("value.not_an_option"))
            );

            // Steps are shown one by one, also those of a field that is made of others; the first that cannot be taken ends them.
            let name = record["left"]["values"]["Account_Name"].as_str().unwrap();
            let stepped = json!([
                {"left": "Account_Name", "right": "Account_Name"},
                {"left": "Whole", "right": "Description", "direction": "left_to_right",
                    "to_right": [{"case": "upper"}, {"split": {"at": " / ", "part": 2}}]},
                {"left": "Account_Name", "right": "Phone", "direction": "left_to_right",
                    "to_right": ["trim", {"phone": "JP"}, {"case": "lower"}]},
            ]);
            let mut made = draft(stepped);
            made["modules"][0]["derived"] =
                json!([{"side": "left", "name": "Whole", "join": [left, "Account_Name"], "with": " / "}]);
            let previewed = post(&api, &who, "/mapping/records", made).await;
            let items = previewed["items"].as_array().unwrap();
            let record = items.iter().find(|one| one["left"]["values"]["Account_Name"] == name).unwrap();
            let key = record["left"]["values"][left.as_str()].as_str().unwrap();
            let whole = format!("{key} / {name}");
            assert_eq!(record["left"]["values"]["Whole"], whole, "{record}");
            let step = |value: &str| json!({"value": value, "problem": null, "what": null});
            let upper = whole.to_uppercase();
            let to_right = &record["fields"][1]["to_right"];
            assert_eq!(to_right["steps"], json!([step(&upper), step(upper.split(" / ").nth(1).unwrap())]));
            assert_eq!(to_right["value"], to_right["steps"][1]["value"]);
            let steps = record["fields"][2]["to_right"]["steps"].as_array().unwrap();
            assert_eq!((steps.len(), &steps[1]["problem"]), (2, &json!("value.not_a_phone")), "{steps:?}");

            // What cannot go both ways is told with a value that shows it.
            let shout = json!([
                {"left": "Account_Name", "right": "Account_Name"},
                {"left": left, "right": right, "to_right": [{"case": "upper"}]},
            ]);
            let shown = post(&api, &who, "/integrations/preview", draft(shout)).await;
            assert_eq!(
                shown["modules"][0]["lossy"][0]["counterexample"],
                json!({"from": "left", "value": "a", "there": "A", "back": "A", "there_again": "A"})
            );

            // How much belongs to whom is counted when somebody asks, of the sides that records come from.
            let mut one_way = draft(one.clone());
            one_way["modules"][0]["direction"] = json!("left_to_right");
            let owned = post(&api, &who, "/mapping/owners/records", one_way).await;
            let sum: u64 = owned["left"]["users"]
                .as_array()
                .unwrap()
                .iter()
                .filter_map(|one| one["records"].as_u64())
                .sum();
            assert_eq!((sum, &owned["right"]), (8, &json!({"users": [], "credits": 0})), "{owned}");
            assert!(owned["left"]["credits"].as_u64().unwrap() > 1, "{owned}");

            // Each thing that cannot be stands at its pair; the rest is shown as it would be.
            let wrong = json!([
                {"left": "Account_Name", "right": "Account_Name"},
                {"left": "Nothing", "right": right},
                {"left": left, "right": "Created_Time"},
            ]);
            let shown = post(&api, &who, "/integrations/preview", draft(wrong.clone())).await;
            let module = &shown["modules"][0];
            let at: Vec<_> = module["problems"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| (&one["left"], &one["code"]))
                .collect();
            assert_eq!(
                at,
                [(&json!("Nothing"), &json!("mapping.invalid")), (&json!(left), &json!("mapping.invalid"))]
            );
            assert_eq!(module["mapped"][0]["direction"], "both");
            let free = module["unmapped"]["left"].as_array().unwrap();
            assert!(
                free.iter().any(|one| one["field"] == left.as_str() && one["reason"] == "field.not_chosen"),
                "{free:?}"
            );

            // What a change would do is told before, and nothing is done.
            let modules = |fields: &Value| json!({"modules": draft(fields.clone())["modules"]});
            let told = post(&api, &who, "/integrations/both/preview-change", modules(&wanted)).await;
            let details = told["changes"][0]["details"].as_array().unwrap();
            assert!(
                details.iter().any(|line| line == &json!(format!("fields: {left} ↔ {right} is added"))),
                "{told}"
            );
            assert_eq!(told["modules"][0]["problems"], json!([]));
            let told = post(&api, &who, "/integrations/both/preview-change", modules(&wrong)).await;
            assert_eq!(told["modules"][0]["problems"].as_array().unwrap().len(), 2);
            // S1-58: what deletions would take along is counted before, and has to be agreed to.
            let mut further = modules(&one);
            further["modules"][0]["deletion"] = json!({"left": "delete"});
            let told = post(&api, &who, "/integrations/both/preview-change", further.clone()).await;
            let cascade = &told["cascades"][0];
            assert_eq!((&cascade["deleted_on"], &cascade["records"]), (&json!("left"), &json!(8)), "{told}");
            let (status, refused) =
                api.status(&who, Method::PATCH, "/integrations/both", Some(further)).await;
            assert_eq!((status, &refused["code"]), (422, &json!("deletion.unconfirmed")));
            let (_, kept) = api.status(&who, Method::GET, "/integrations/both", None).await;
            assert_eq!(kept["modules"][0]["fields"], one);
            let (status, _) = api
                .status(&who, Method::POST, "/integrations/nothing/preview-change", Some(modules(&one)))
                .await;
            assert_eq!(status, 404);
        })
        .await;
        hub.stop().await;
    })
    .await;
}

// S1-50
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_that_are_not_linked_yet_meet_by_the_fields_to_match_by() {
    each_engine(async |store| {
        let world = World::start().await;
        for (org, names) in [(0, ["アクメ", "Only left"]), (1, ["ｱｸﾒ", "Only right"])] {
            for name in names {
                world.orgs[org].create("Accounts", json!({"Account_Name": name, "Phone": "03-1"})).await;
            }
        }
        let workspace = world.set_up(&store, ACCOUNTS).await;
        let hub = world.hub(&store, workspace, None).await;
        hub.pause("both").await.unwrap();
        let config = hub.export().await.unwrap().integrations.remove("both").unwrap();
        let previewed = hub.preview_records(&config, 0).await.unwrap();
        let told: Vec<_> = previewed
            .iter()
            .map(|one| {
                let name = |side: &Option<musubi_engine::record_preview::PreviewedSide>| {
                    side.as_ref().and_then(|side| side.label.clone()).unwrap_or_default()
                };
                (name(&one.left), name(&one.right), one.fields[0].agrees)
            })
            .collect();
        let expect = |left: &str, right: &str, agrees| (left.to_owned(), right.to_owned(), agrees);
        assert_eq!(
            told,
            [
                expect("アクメ", "ｱｸﾒ", Some(false)),
                expect("Only left", "", None),
                expect("", "Only right", None)
            ]
        );
        hub.stop().await;
    })
    .await;
}
