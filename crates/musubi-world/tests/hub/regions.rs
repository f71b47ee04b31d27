//! More than two orgs: a central one tied to regional ones, each tie on its own, over the real connector and the sandbox by HTTP.

#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

use crate::world::{Org, World, each_engine, until};
use musubi_core::Side;
use musubi_engine::{Config, HistoryFilter, Hub};
use musubi_store::Store;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

const NAMES: [&str; 3] = ["central", "london", "osaka"];

/// Applies a configuration of three connections and these integrations.
async fn set_up(world: &World, store: &Store, integrations: &str) -> i64 {
    let mut text = String::new();
    for (name, org) in NAMES.iter().zip(&world.orgs) {
        text += &format!(
            "[connections.{name}]\nservice = \"crm\"\nbase_url = \"{}\"\norg = \"{}\"\n",
            world.sandbox.base_url(),
            org.id
        );
    }
    let config = Config::parse(&(text + integrations)).unwrap();
    let workspace = store.ensure_workspace("main", 1).await.unwrap().id;
    Hub::offline(store.clone(), workspace).apply(&config, true).await.unwrap();
    for row in store.connections(workspace).await.unwrap() {
        let at = NAMES.iter().position(|name| *name == row.name).unwrap();
        musubi_engine::save_credential(store, row.id, &world.orgs[at].secrets).await.unwrap();
    }
    workspace
}

async fn agree(hub: &Hub, integration: &str) {
    let seconds = Duration::from_secs(60);
    let report = hub.run_until_agreed(integration, seconds, &mut |_| {}).await.unwrap();
    assert!(report.agreed && report.failed_total == 0 && report.held_total == 0, "{integration}: {report:?}");
}

async fn has(org: &Org, module: &str, fields: &[&str], row: &[&str]) -> bool {
    let row: Vec<Value> = row.iter().map(|value| json!(value)).collect();
    org.all(module, fields).await.contains(&row)
}

const LEADS: &str = r#"
[integrations.london]
left = "central"
right = "london"
[[integrations.london.modules]]
left = "Leads"
right = "Leads"
match = ["Email"]
[integrations.osaka]
left = "central"
right = "osaka"
[[integrations.osaka.modules]]
left = "Leads"
right = "Leads"
match = ["Email"]
"#;

// S0-7, S0-8, S0-40, K-29
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_central_org_is_tied_to_several_regional_ones() {
    each_engine(async |store| {
        let mut world = World::start().await;
        world.another_org("jp").await;
        let [central, london, osaka] = [0, 1, 2].map(|at: usize| world.orgs[at].clone());
        let workspace = set_up(&world, &store, LEADS).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, "london").await;
        agree(&hub, "osaka").await;

        let lead = json!({"Last_Name": "Brown", "Company": "Kew", "Email": "brown@kew.example"});
        london.create("Leads", lead).await;
        let fields = ["Email", "Last_Name", "Company"];
        let row = ["brown@kew.example", "Brown", "Kew"];
        until("the lead is central", 30, async || has(&central, "Leads", &fields, &row).await).await;
        until("and in the other region", 30, async || has(&osaka, "Leads", &fields, &row).await).await;

        // What one region changes comes to the other by way of the central org, once.
        let there = osaka.all("Leads", &["Email", "id"]).await;
        osaka.update("Leads", there[0][1].as_str().unwrap(), json!({"Company": "Kew KK"})).await;
        let row = ["brown@kew.example", "Brown", "Kew KK"];
        until("the change is in London", 30, async || has(&london, "Leads", &fields, &row).await).await;
        agree(&hub, "london").await;
        agree(&hub, "osaka").await;
        for org in [&central, &london, &osaka] {
            assert_eq!(org.all("Leads", &fields).await, [row.map(Value::from).to_vec()]);
        }
        let before = world.stats().await["orgs"].clone();
        tokio::time::sleep(Duration::from_secs(2)).await;
        let writes = |stats: &Value| {
            let endpoints =
                stats.as_object().unwrap().values().flat_map(|org| org["endpoints"].as_object().unwrap());
            let writes = endpoints
                .filter(|(endpoint, _)| !endpoint.starts_with("GET ") && endpoint.contains("/Leads"));
            writes.map(|(_, count)| count["calls"].as_u64().unwrap()).sum::<u64>()
        };
        assert_eq!(writes(&world.stats().await["orgs"]), writes(&before), "something goes round");
        hub.stop().await;
    })
    .await;
}

const ONE_WAY: &str = r#"
[integrations.group]
left = "central"
right = "osaka"
[[integrations.group.modules]]
left = "Products"
right = "Products"
match = ["Product_Code"]
direction = "left_to_right"
[[integrations.group.modules]]
left = "Price_Books"
right = "Price_Books"
match = ["Price_Book_Name"]
direction = "left_to_right"
[[integrations.group.modules]]
left = "Deals"
right = "Deals"
match = ["Deal_Name"]
direction = "right_to_left"
"#;

// S0-10, S0-11, S0-12, S0-15, S1-32, S2-36, AMB-16
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn products_go_down_and_deals_come_up_and_nothing_comes_back() {
    each_engine(async |store| {
        let mut world = World::start().await;
        world.another_org("jp").await;
        let (central, osaka) = (world.orgs[0].clone(), world.orgs[2].clone());
        let product = json!({"Product_Name": "Rack", "Product_Code": "R-1", "Unit_Price": 120});
        let product = central.create("Products", product).await;
        let book = json!({"Price_Book_Name": "Partners", "Active": true, "Pricing_Model": "Flat"});
        central.create("Price_Books", book).await;
        let deal = json!({"Deal_Name": "Kyoto", "Stage": "Qualification", "Amount": 500});
        let deal = osaka.create("Deals", deal).await;
        let own = json!({"Deal_Name": "Head office", "Stage": "Qualification"});
        central.create("Deals", own).await;

        let workspace = set_up(&world, &store, ONE_WAY).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, "group").await;
        assert!(has(&osaka, "Products", &["Product_Code", "Product_Name"], &["R-1", "Rack"]).await);
        assert!(has(&osaka, "Price_Books", &["Price_Book_Name"], &["Partners"]).await);
        assert!(has(&central, "Deals", &["Deal_Name", "Stage"], &["Kyoto", "Qualification"]).await);
        assert_eq!(osaka.all("Deals", &["Deal_Name"]).await.len(), 1, "deals come up only");
        let history = hub.history("group", &HistoryFilter::default()).await.unwrap();
        let told: BTreeSet<&str> = history.iter().map(|entry| entry.module.as_str()).collect();
        assert_eq!(told, BTreeSet::from(["Deals", "Price_Books", "Products"]));

        // Progress shows above; what the parent or the partner changes on its own stays there.
        osaka.update("Deals", &deal, json!({"Stage": "Closed Won"})).await;
        central.update("Products", &product, json!({"Unit_Price": 130})).await;
        let copy = osaka.all("Products", &["Product_Code", "id"]).await[0][1].as_str().unwrap().to_owned();
        osaka.update("Products", &copy, json!({"Description": "ours"})).await;
        osaka.create("Products", json!({"Product_Name": "Local", "Product_Code": "L-1"})).await;
        let won = ["Kyoto", "Closed Won"];
        until("the deal is won above", 30, async || {
            has(&central, "Deals", &["Deal_Name", "Stage"], &won).await
        })
        .await;
        let price = async || osaka.all("Products", &["Product_Code", "Unit_Price"]).await;
        until("the price is new below", 30, async || price().await.contains(&vec![json!("R-1"), json!(130)]))
            .await;
        agree(&hub, "group").await;
        assert_eq!(
            central.all("Products", &["Product_Code", "Description"]).await,
            [vec![json!("R-1"), Value::Null]]
        );
        hub.stop().await;
    })
    .await;
}

const APPROVAL: &str = r#"
[integrations.partner]
left = "central"
right = "osaka"
[[integrations.partner.modules]]
left = "Deals"
right = "Deals"
match = ["Deal_Name"]
fields = [{ left = "Deal_Name", right = "Deal_Name" }, { left = "Stage", right = "Stage" },
  { left = "Amount", right = "Amount", direction = "right_to_left" },
  { left = "Lead_Source", right = "Lead_Source", direction = "right_to_left", default = "Partner" },
  { left = "Next_Step", right = "Next_Step", direction = "left_to_right" }]
[integrations.partner.modules.scope]
left = { criteria = { field = "Lead_Source", comparator = "equal", value = "Partner" } }
right = { criteria = { field = "Stage", comparator = "equal", value = "Negotiation/Review" } }
"#;

// S0-13, S0-14
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_partners_deal_reaches_the_vendor_for_approval_and_the_answer_comes_back() {
    each_engine(async |store| {
        let mut world = World::start().await;
        world.another_org("jp").await;
        let (vendor, partner) = (world.orgs[0].clone(), world.orgs[2].clone());
        let deal = json!({"Deal_Name": "Kyoto", "Stage": "Qualification", "Amount": 500});
        let deal = partner.create("Deals", deal).await;
        let own =
            json!({"Deal_Name": "Head office", "Stage": "Negotiation/Review", "Lead_Source": "Cold Call"});
        vendor.create("Deals", own).await;
        let workspace = set_up(&world, &store, APPROVAL).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, "partner").await;
        assert_eq!(vendor.all("Deals", &["Deal_Name"]).await, [vec![json!("Head office")]]);

        partner.update("Deals", &deal, json!({"Stage": "Negotiation/Review"})).await;
        let asked = ["Kyoto", "Negotiation/Review", "Partner"];
        until("the vendor is asked", 30, async || {
            has(&vendor, "Deals", &["Deal_Name", "Stage", "Lead_Source"], &asked).await
        })
        .await;
        let rows = vendor.all("Deals", &["Deal_Name", "id"]).await;
        let copy = rows.iter().find(|row| row[0] == "Kyoto").unwrap()[1].as_str().unwrap();
        vendor.update("Deals", copy, json!({"Next_Step": "Approved: deliver", "Stage": "Closed Won"})).await;
        let answer = ["Kyoto", "Closed Won", "Approved: deliver"];
        until("the partner is answered", 30, async || {
            has(&partner, "Deals", &["Deal_Name", "Stage", "Next_Step"], &answer).await
        })
        .await;
        agree(&hub, "partner").await;
        assert_eq!(partner.all("Deals", &["Deal_Name"]).await.len(), 1, "the vendor's own deals stay there");
        hub.stop().await;
    })
    .await;
}

/// The centre sends back only what is qualified.
const QUALIFIED: &str = r#"
[integrations.london]
left = "central"
right = "london"
[[integrations.london.modules]]
left = "Leads"
right = "Leads"
match = ["Email"]
deletion = { left = "delete", right = "unlink" }
scope = { left = { criteria = { field = "Lead_Status", comparator = "equal", value = "Pre-Qualified" } }, leaving = "stop_sending" }
"#;

// S0-8, S0-9
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_centre_takes_in_every_lead_and_sends_back_what_is_qualified() {
    each_engine(async |store| {
        let mut world = World::start().await;
        world.another_org("eu").await;
        let [central, london] = &world.orgs[..2] else { panic!("two orgs") };
        for status in ["Contacted", "Pre-Qualified"] {
            central.create("Leads", json!({"Last_Name": status, "Company": "c", "Email": format!("{status}@example.com"), "Lead_Status": status})).await;
        }
        // Known on both sides, and not qualified: it is tied all the same, and told by the region alone.
        central.create("Leads", json!({"Last_Name": "old", "Company": "c", "Email": "known@example.com", "Lead_Status": "Contacted"})).await;
        london.create("Leads", json!({"Last_Name": "known", "Company": "c", "Email": "known@example.com"})).await;
        london.create("Leads", json!({"Last_Name": "born", "Company": "c", "Email": "born@example.com"})).await;
        let workspace = set_up(&world, &store, QUALIFIED).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, "london").await;
        let names = async |org: &Org| {
            let rows = org.all("Leads", &["Last_Name"]).await;
            rows.into_iter().map(|row| row[0].as_str().unwrap().to_owned()).collect::<BTreeSet<_>>()
        };
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
        assert_eq!(names(central).await, set(&["Contacted", "Pre-Qualified", "known", "born"]));
        assert_eq!(names(london).await, set(&["Pre-Qualified", "known", "born"]));

        // What the centre writes stays there; what the region writes arrives.
        let id = async |org: &Org| {
            let rows = org.all("Leads", &["Last_Name", "id"]).await;
            rows.iter().find(|row| row[0] == "born").unwrap()[1].as_str().unwrap().to_owned()
        };
        let (here, there) = (id(central).await, id(london).await);
        central.update("Leads", &here, json!({"City": "Central", "Lead_Status": "Contacted"})).await;
        london.update("Leads", &there, json!({"Street": "Region"})).await;
        agree(&hub, "london").await;
        let fields = ["Last_Name", "City", "Street", "Lead_Status"];
        let born = async |org: &Org| {
            let rows = org.all("Leads", &fields).await;
            rows.into_iter().find(|row| row[0] == "born").unwrap()
        };
        assert_eq!(born(central).await, [json!("born"), json!("Central"), json!("Region"), json!("Contacted")]);
        assert_eq!(born(london).await, [json!("born"), Value::Null, json!("Region"), Value::Null]);
        let certificate = hub.verify("london", false, &mut |_| {}).await.unwrap();
        assert!(certificate.different.is_empty() && certificate.only_right.is_empty(), "{certificate:?}");

        let explained = hub.explain("london", "Leads", Side::Left, &here).await.unwrap();
        assert!(explained.reasons.iter().any(|reason| reason.code == "explain.only_receives"), "{explained:?}");

        // Once it is qualified, everything written meanwhile goes back.
        central.update("Leads", &here, json!({"Lead_Status": "Pre-Qualified"})).await;
        agree(&hub, "london").await;
        assert_eq!(born(london).await, born(central).await);
        assert_eq!(born(london).await[3], "Pre-Qualified");
        // And it is deleted there only while it has a say.
        central.update("Leads", &here, json!({"Lead_Status": "Contacted"})).await;
        agree(&hub, "london").await;
        assert_eq!(born(london).await[3], "Pre-Qualified");
        central.delete("Leads", &here).await;
        agree(&hub, "london").await;
        assert_eq!(names(london).await, set(&["Pre-Qualified", "known", "born"]));
        hub.stop().await;
    })
    .await;
}
