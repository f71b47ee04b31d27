//! Which records take part: list views, conditions, windows, and what becomes of pairs that leave, over the real connector and the sandbox by HTTP.
#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

use crate::world::{Org, World, agree, each_engine, until};
use musubi_core::Side;
use musubi_engine::Hub;
use musubi_engine::skipped::{SkippedFilter, SkippedPlace};
use serde_json::{Value, json};

/// Leads with this said of their scope.
pub(crate) fn leads(scope: &str) -> String {
    format!(
        "[[integrations.both.modules]]\nleft = \"Leads\"\nright = \"Leads\"\nmatch = [\"Email\"]\n\
         fields = [{{ left = \"Last_Name\", right = \"Last_Name\" }}, {{ left = \"Email\", right = \"Email\" }}, \
         {{ left = \"Phone\", right = \"Phone\" }}]\n[integrations.both.modules.scope]\n{scope}\n"
    )
}

pub(crate) fn lead(name: &str, status: &str, city: &str) -> Value {
    let email = format!("{name}@scope.example");
    json!({"Last_Name": name, "Company": "結", "Email": email, "Lead_Status": status, "City": city})
}

pub(crate) async fn names(org: &Org) -> Vec<String> {
    let rows = org.all("Leads", &["Last_Name"]).await;
    rows.iter().map(|row| row[0].as_str().unwrap().to_owned()).collect()
}

async fn field(org: &Org, name: &str, field: &str) -> Value {
    let rows = org.all("Leads", &["Last_Name", field]).await;
    rows.iter().find(|row| row[0] == name).unwrap_or_else(|| panic!("no {name}"))[1].clone()
}

pub(crate) async fn view(world: &World, org: usize, name: &str, status: &str) {
    view_of(world, org, "Leads", name, ["Lead_Status", status]).await;
}

/// Why a record stands as it does, and whether it is in agreement.
async fn told(hub: &Hub, side: Side, id: &str) -> (bool, Vec<String>) {
    let told = hub.explain("both", "Leads", side, id).await.unwrap();
    (told.synced, told.reasons.into_iter().map(|reason| reason.code).collect())
}

fn because(synced: bool, codes: &[&str]) -> (bool, Vec<String>) {
    (synced, codes.iter().map(|code| (*code).to_owned()).collect())
}

/// A list view of the records of a module whose field holds this value.
pub(crate) async fn view_of(world: &World, org: usize, module: &str, name: &str, [field, value]: [&str; 2]) {
    let criteria =
        json!({"field": {"api_name": field}, "comparator": "equal", "type": "value", "value": value});
    let body = json!({"module": module, "name": name, "criteria": criteria, "fields": [field]});
    world.control(&format!("orgs/{}/views", world.orgs[org].id), body).await;
}

// S1-33, S2-25, S2-26, S2-37, K-30, S0-9
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_what_is_in_the_view_and_meets_the_conditions_takes_part() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        view(&world, 0, "Hot", "Contacted").await;
        view(&world, 0, "Warm", "Attempted to Contact").await;
        tokyo.create("Leads", lead("hot", "Contacted", "Tokyo")).await;
        tokyo.create("Leads", lead("warm", "Attempted to Contact", "Tokyo")).await;
        let cold = tokyo.create("Leads", lead("cold", "Not Contacted", "Tokyo")).await;
        tokyo.create("Leads", lead("far", "Contacted", "Osaka")).await;
        // Nothing is made twice of what both have, even if only one of the two takes part.
        let shivers = london.create("Leads", lead("cold", "Contacted", "London")).await;
        let scope = "left = { views = [\"Hot\", \"Warm\"], criteria = { field = \"City\", comparator = \"not_equal\", value = \"osaka\" } }";
        let workspace = world.set_up(&store, &leads(scope)).await;
        let hub = world.hub(&store, workspace, None).await;
        let report = agree(&hub, 60).await;
        assert_eq!(names(london).await, ["cold", "hot", "warm"]);
        assert_eq!(names(tokyo).await, ["cold", "far", "hot", "warm"]);
        assert_eq!((report.links, report.held_total, report.failed_total), (2, 0, 0), "{report:?}");
        assert_eq!(report.skipped.get("scope"), Some(&2), "{report:?}");
        assert_eq!(report.skipped.get("counterpart_scope"), Some(&1), "{report:?}");
        let certificate = hub.verify("both", false, &mut |_| {}).await.unwrap();
        assert!(certificate.agrees(), "{certificate:?}");
        assert_eq!(certificate.skipped.get("scope"), Some(&2), "{certificate:?}");
        // K-24: they are listed by their reasons, in pages of any size.
        let mut listed = Vec::new();
        let mut after = None;
        loop {
            let page = hub.skipped("both", &SkippedFilter::default(), after.as_ref(), 1).await.unwrap();
            listed.extend(page.items.into_iter().map(|record| (record.code, record.label, record.left_id)));
            after = page.next.as_deref().and_then(SkippedPlace::parse);
            if after.is_none() {
                break;
            }
        }
        let outside = listed.iter().filter(|(code, ..)| code == "skipped.scope").count();
        assert_eq!((listed.len(), outside), (3, 2), "{listed:?}");
        assert!(listed.iter().any(|(.., id)| id.as_deref() == Some(cold.as_str())), "{listed:?}");
        let by_reason = SkippedFilter { code: Some("skipped.counterpart_scope".into()), module: None };
        let page = hub.skipped("both", &by_reason, None, 50).await.unwrap();
        assert_eq!((page.items.len(), page.next), (1, None));
        assert_eq!(page.items[0].right_id.as_deref(), Some(shivers.as_str()));
        assert!(page.items[0].what.contains("outside of the scope"), "{:?}", page.items);
        // Both of them are told why, each for itself.
        assert_eq!(told(&hub, Side::Left, &cold).await, because(false, &["explain.out_of_scope"]));
        let stands_back = because(false, &["explain.counterpart_out_of_scope"]);
        assert_eq!(told(&hub, Side::Right, &shivers).await, stands_back);
        // What enters the view later takes part from then on, tied to the one that was there.
        tokyo.update("Leads", &cold, json!({"Lead_Status": "Contacted", "Phone": "1"})).await;
        let report = agree(&hub, 60).await;
        assert_eq!(report.links, 3, "{report:?}");
        assert_eq!(told(&hub, Side::Right, &shivers).await, because(true, &["explain.agrees"]));
        assert_eq!(names(london).await, ["cold", "hot", "warm"]);
        assert_eq!(field(london, "cold", "Phone").await, json!("1"));
        // A field that decides and is not mapped goes nowhere.
        assert_eq!(field(london, "cold", "City").await, json!("London"));
        hub.stop().await;
    })
    .await;
}

// K-30
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn views_by_the_name_of_what_is_pointed_to_and_by_that_of_the_owner_are_judged() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        view_of(&world, 0, "Contacts", "Of Acme", ["Account_Name", "株式会社ACME"]).await;
        let acme = tokyo.create("Accounts", json!({"Account_Name": "株式会社Acme"})).await;
        let other = tokyo.create("Accounts", json!({"Account_Name": "株式会社Acme 大阪"})).await;
        let contact = |name: &str, account: Value| {
            json!({"Last_Name": name, "Email": format!("{name}@scope.example"), "Account_Name": account})
        };
        tokyo.create("Contacts", contact("sato", json!({"id": acme}))).await;
        let mori = tokyo.create("Contacts", contact("mori", json!({"id": other}))).await;
        tokyo.create("Contacts", contact("nobody", Value::Null)).await;
        // Conditions of one's own know names as well.
        let own = r#"criteria = { field = "Owner", comparator = "not_equal", value = "Nobody Here" }"#;
        let told = format!(
            "[[integrations.both.modules]]\nleft = \"Contacts\"\nright = \"Contacts\"\nmatch = [\"Email\"]\n\
             fields = [{{ left = \"Last_Name\", right = \"Last_Name\" }}, {{ left = \"Email\", right = \"Email\" }}]\n\
             scope = {{ left = {{ views = [\"Of Acme\"], {own} }} }}\n"
        );
        let workspace = world.set_up(&store, &told).await;
        let hub = world.hub(&store, workspace, None).await;
        let report = agree(&hub, 60).await;
        assert_eq!((report.links, report.skipped.get("scope")), (1, Some(&2)), "{report:?}");
        assert_eq!(london.all("Contacts", &["Last_Name"]).await, [[json!("sato")]]);
        tokyo.update("Contacts", &mori, json!({"Account_Name": {"id": acme}})).await;
        assert_eq!(agree(&hub, 60).await.links, 2);
        hub.stop().await;
    })
    .await;
}

pub(crate) const FAMILY: &str = r#"
[[integrations.both.modules]]
left = "Accounts"
right = "Accounts"
match = ["Account_Name"]
fields = [{ left = "Account_Name", right = "Account_Name" }]
scope = { left = { views = ["Partners"] } }
[[integrations.both.modules]]
left = "Contacts"
right = "Contacts"
match = ["Email"]
fields = [{ left = "Last_Name", right = "Last_Name" }, { left = "Email", right = "Email" }]
scope = { left = { views = ["Sales"] } }
"#;

// AMB-10, AMB-19
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_module_has_views_of_its_own() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        view_of(&world, 0, "Accounts", "Partners", ["Account_Type", "Partner"]).await;
        view_of(&world, 0, "Contacts", "Sales", ["Department", "Sales"]).await;
        for kind in ["Partner", "Press"] {
            tokyo.create("Accounts", json!({"Account_Name": kind, "Account_Type": kind})).await;
        }
        for department in ["Sales", "Legal"] {
            let email = format!("{department}@scope.example");
            let record = json!({"Last_Name": department, "Email": email, "Department": department});
            tokyo.create("Contacts", record).await;
        }
        let workspace = world.set_up(&store, FAMILY).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        assert_eq!(london.all("Accounts", &["Account_Name"]).await, [vec![json!("Partner")]]);
        assert_eq!(london.all("Contacts", &["Last_Name"]).await, [vec![json!("Sales")]]);
        hub.stop().await;
    })
    .await;
}

/// Leads that were contacted, with this policy for leaving.
fn contacted(leaving: &str) -> String {
    leads(&format!(
        "leaving = \"{leaving}\"\nleft = {{ criteria = {{ field = \"Lead_Status\", comparator = \"equal\", value = \"Contacted\" }} }}"
    ))
}

/// One pair that agrees, with this policy for leaving.
async fn a_pair(world: &World, store: &musubi_store::Store, leaving: &str) -> (Hub, String) {
    let id = world.orgs[0].create("Leads", lead("sato", "Contacted", "Tokyo")).await;
    let workspace = world.set_up(store, &contacted(leaving)).await;
    let hub = world.hub(store, workspace, None).await;
    agree(&hub, 60).await;
    assert_eq!(names(&world.orgs[1]).await, ["sato"]);
    (hub, id)
}

// S2-43: nothing is ever deleted for leaving; AMB-11
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pair_that_leaves_is_kept_stopped_or_untied_as_it_was_told() {
    let kept = because(true, &["explain.kept_linked", "explain.agrees"]);
    let stopped = because(false, &["explain.out_of_scope", "explain.rests"]);
    let untied = because(false, &["explain.out_of_scope", "explain.left_scope"]);
    for (leaving, while_out, after, why) in [
        ("keep_linked", json!("1"), "2", kept),
        ("stop_updates", Value::Null, "2", stopped),
        ("unlink", Value::Null, "2", untied),
    ] {
        each_engine(async |store| {
            let world = World::start().await;
            let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
            let (hub, id) = a_pair(&world, &store, leaving).await;
            tokyo.update("Leads", &id, json!({"Lead_Status": "Junk Lead", "Phone": "1"})).await;
            agree(&hub, 60).await;
            assert_eq!(field(london, "sato", "Phone").await, while_out, "{leaving}");
            let links = hub.status().await.unwrap().integrations[0].modules[0].links;
            assert_eq!(links, u64::from(leaving != "unlink"), "{leaving}");
            let certificate = hub.verify("both", false, &mut |_| {}).await.unwrap();
            assert!(certificate.agrees(), "{leaving}: {certificate:?}");
            assert_eq!(certificate.resting, u64::from(leaving == "stop_updates"), "{certificate:?}");
            assert_eq!(certificate.skipped.get("scope"), None, "a pair has a counterpart: {certificate:?}");
            assert_eq!(told(&hub, Side::Left, &id).await, why, "{leaving}");
            // It takes part again: what changed meanwhile arrives, and nothing is there twice.
            tokyo.update("Leads", &id, json!({"Lead_Status": "Contacted", "Phone": after})).await;
            agree(&hub, 60).await;
            assert_eq!(field(london, "sato", "Phone").await, json!(after), "{leaving}");
            assert_eq!(names(london).await, ["sato"], "{leaving}");
            assert_eq!(names(tokyo).await, ["sato"], "{leaving}");
            hub.stop().await;
        })
        .await;
    }
}

// S2-43, AMB-11
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_rule_for_leaving_counts_for_those_that_left_already() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        let (hub, id) = a_pair(&world, &store, "stop_updates").await;
        tokyo.update("Leads", &id, json!({"Lead_Status": "Junk Lead", "Phone": "1"})).await;
        agree(&hub, 60).await;
        assert_eq!(field(london, "sato", "Phone").await, Value::Null);
        hub.apply(&world.config(&contacted("keep_linked")), true).await.unwrap();
        until("what waited arrives", 30, async || field(london, "sato", "Phone").await == json!("1")).await;
        let report = agree(&hub, 60).await;
        assert_eq!(report.skipped.get("scope"), None, "{report:?}");
        let certificate = hub.verify("both", false, &mut |_| {}).await.unwrap();
        assert!(certificate.agrees() && certificate.equal == 1, "{certificate:?}");
        hub.apply(&world.config(&contacted("unlink")), true).await.unwrap();
        let links = async || hub.status().await.unwrap().integrations[0].modules[0].links;
        until("the two are no pair any more", 30, async || links().await == 0).await;
        agree(&hub, 60).await;
        let certificate = hub.verify("both", false, &mut |_| {}).await.unwrap();
        assert!(certificate.agrees(), "{certificate:?}");
        assert_eq!(certificate.skipped.get("untied"), Some(&2), "each of the two: {certificate:?}");
        assert_eq!(
            (names(tokyo).await, names(london).await),
            (vec!["sato".to_owned()], vec!["sato".to_owned()])
        );
        hub.stop().await;
    })
    .await;
}

// S2-42, S2-43
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_running_module_is_given_another_view() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        view(&world, 0, "Hot", "Contacted").await;
        view(&world, 0, "Warm", "Attempted to Contact").await;
        let hot = tokyo.create("Leads", lead("hot", "Contacted", "Tokyo")).await;
        tokyo.create("Leads", lead("warm", "Attempted to Contact", "Tokyo")).await;
        let workspace = world.set_up(&store, &leads("left = { views = [\"Hot\"] }")).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        assert_eq!(names(london).await, ["hot"]);
        let other = world.config(&leads("left = { views = [\"Warm\"] }"));
        assert!(!hub.apply(&other, true).await.unwrap().changes.is_empty());
        until("what the new view shows arrives", 30, async || names(london).await == ["hot", "warm"]).await;
        // From then on the new view says what is carried over.
        tokyo.create("Leads", lead("hotter", "Contacted", "Tokyo")).await;
        tokyo.create("Leads", lead("warmer", "Attempted to Contact", "Tokyo")).await;
        until("the new one arrives", 30, async || names(london).await.contains(&"warmer".to_owned())).await;
        let report = agree(&hub, 60).await;
        assert_eq!((report.held_total, report.failed_total), (0, 0), "{report:?}");
        assert_eq!(names(london).await, ["hot", "warm", "warmer"]);
        assert_eq!(names(tokyo).await, ["hot", "hotter", "warm", "warmer"]);
        // What came by the former one is there, and still one of a pair, also when everything is compared.
        tokyo.update("Leads", &hot, json!({"Phone": "1"})).await;
        hub.full_pass("both").await.unwrap();
        agree(&hub, 60).await;
        assert_eq!(field(london, "hot", "Phone").await, json!("1"));
        assert_eq!(names(london).await, ["hot", "warm", "warmer"]);
        let certificate = hub.verify("both", false, &mut |_| {}).await.unwrap();
        assert!(certificate.agrees(), "{certificate:?}");
        hub.stop().await;
    })
    .await;
}

// S1-49, AMB-7
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn old_records_take_part_once_they_are_changed_or_never() {
    for (more, later) in [("", vec!["new", "old"]), ("apply_window_to_updates = true", vec!["new"])] {
        each_engine(async |store| {
            let mut world = World::start().await;
            let old = world.orgs[0].create("Leads", lead("old", "Contacted", "Tokyo")).await;
            world.control("clock", json!({"advance_s": 400 * 86_400})).await;
            world.log_in_again().await;
            world.orgs[0].create("Leads", lead("new", "Contacted", "Tokyo")).await;
            let workspace = world.set_up(&store, &leads(&format!("created_within = \"365d\"\n{more}"))).await;
            let hub = world.hub(&store, workspace, None).await;
            agree(&hub, 60).await;
            assert_eq!(names(&world.orgs[1]).await, ["new"]);
            let why = if more.is_empty() { "explain.window" } else { "explain.window_always" };
            assert_eq!(told(&hub, Side::Left, &old).await, because(false, &[why]));
            world.orgs[0].update("Leads", &old, json!({"Phone": "1"})).await;
            agree(&hub, 60).await;
            assert_eq!(names(&world.orgs[1]).await, later, "{more}");
            hub.stop().await;
        })
        .await;
    }
}

// S1-49, AMB-7
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_whose_match_is_older_than_the_window_agrees_with_nobody_and_nothing_is_to_mend() {
    each_engine(async |store| {
        let mut world = World::start().await;
        world.orgs[0].create("Leads", lead("Sato", "Contacted", "Tokyo")).await;
        world.control("clock", json!({"advance_s": 400 * 86_400})).await;
        world.log_in_again().await;
        world.orgs[1].create("Leads", lead("Sato", "Contacted", "Tokyo")).await;
        let workspace = world.set_up(&store, &leads("created_within = \"365d\"")).await;
        let hub = world.hub(&store, workspace, None).await;
        let report = agree(&hub, 60).await;
        assert_eq!(report.skipped.get("counterpart_scope"), Some(&1), "{report:?}");
        let certificate = hub.verify("both", false, &mut |_| {}).await.unwrap();
        assert!(certificate.agrees(), "{certificate:?}");
        assert_eq!(certificate.skipped.get("counterpart_scope"), Some(&1), "{certificate:?}");
        hub.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scope_that_cannot_be_is_said_before_anything_is_read() {
    each_engine(async |store| {
        let world = World::start().await;
        for (scope, code, told) in [
            ("left = { views = [\"Hott\"] }", "scope.view", "Hott"),
            (
                "right = { criteria = { field = \"Citi\", comparator = \"equal\", value = \"x\" } }",
                "scope.condition",
                "no field Citi",
            ),
        ] {
            let workspace = world.set_up(&store, &leads(scope)).await;
            let hub = world.hub(&store, workspace, None).await;
            let problem = async || hub.status().await.unwrap().integrations[0].modules[0].problem.clone();
            until("it is told", 20, async || problem().await.is_some()).await;
            let problem = problem().await.unwrap();
            assert_eq!(problem.code, code);
            assert!(problem.message.contains(told) && !problem.hint.is_empty(), "{problem:?}");
            let explained = hub.explain("both", "Leads", Side::Left, "1").await.unwrap().reasons;
            assert_eq!(explained[0].code, "explain.problem", "{explained:?}");
            assert_eq!(explained[0].what, problem.message);
            hub.stop().await;
        }
    })
    .await;
}
