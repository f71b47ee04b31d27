//! Undo and explain, over the real connector and the sandbox by HTTP.
#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

use crate::world::{Org, World, agree, each_engine};
use musubi_core::Side;
use musubi_engine::sync::{JournalKind, RunKind};
use musubi_engine::undo::{UndoOf, Writes};
use musubi_engine::{DecisionState, HistoryFilter, Hub};
use serde_json::{Value, json};
use std::time::Duration;

const CONTACTS: &str = "[[integrations.both.modules]]\nleft = \"Contacts\"\nright = \"Contacts\"\nmatch = [\"Email\"]\n\
    fields = [{ left = \"Last_Name\", right = \"Last_Name\" }, { left = \"Email\", right = \"Email\" }, { left = \"Title\", right = \"Title\" }]\n";

async fn title(org: &Org) -> (String, Value) {
    let rows = org.all("Contacts", &["id", "Title"]).await;
    (rows[0][0].as_str().unwrap().to_owned(), rows[0][1].clone())
}

async fn titles(world: &World) -> [Value; 2] {
    [title(&world.orgs[0]).await.1, title(&world.orgs[1]).await.1]
}

async fn codes(hub: &Hub, id: &str) -> Vec<String> {
    let told = hub.explain("both", "Contacts", Side::Left, id).await.unwrap();
    told.reasons.into_iter().map(|reason| reason.code).collect()
}

/// What the plan says of the title, by side.
async fn planned(hub: &Hub, of: &UndoOf) -> Vec<(Side, String, Value, Value)> {
    let plan = hub.undo_plan("both", of).await.unwrap();
    let fields = plan.items.into_iter().flat_map(|item| item.fields);
    let titles = fields.filter(|field| field.field.as_deref() == Some("Title"));
    titles.map(|field| (field.side, field.code, field.now, field.back)).collect()
}

// K-23
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_written_is_taken_back_and_stays_so_until_somebody_changes_it() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        let record = json!({"Last_Name": "mori", "Email": "mori@both.example", "Title": "old"});
        let id = tokyo.create("Contacts", record).await;
        let workspace = world.set_up(&store, CONTACTS).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        tokyo.update("Contacts", &id, json!({"Title": "new"})).await;
        agree(&hub, 60).await;
        assert_eq!(titles(&world).await, [json!("new"), json!("new")]);
        assert_eq!(codes(&hub, &id).await, ["explain.agrees"]);

        let of = UndoOf { module: None, writes: Writes::Record(id.clone()) };
        assert_eq!(
            planned(&hub, &of).await,
            [(Side::Right, "undo.ready".into(), json!("new"), json!("old"))]
        );
        let plan = hub.undo_plan("both", &of).await.unwrap();
        assert_eq!((plan.ready, plan.stays.get("undo.created")), (1, Some(&1)), "{plan:?}");
        let other = hub.undo("both", &of, Some("0"), "Ann").await.unwrap_err();
        assert_eq!(other.code, "undo.plan_changed");
        let made = hub.undo("both", &of, Some(&plan.digest), "Ann").await.unwrap();
        let ids: Vec<String> = made.into_iter().map(|decision| decision.id).collect();
        let found = hub.answered("both", &ids, Duration::from_secs(20)).await.unwrap();
        assert_eq!(found[0].state, DecisionState::Done, "{found:?}");
        crate::world::until("it is set back", 30, async || title(london).await.1 == json!("old")).await;
        agree(&hub, 60).await;
        assert_eq!(titles(&world).await, [json!("new"), json!("old")], "neither way it goes on");
        let history = hub.history("both", &HistoryFilter::default()).await.unwrap();
        assert_eq!((history[0].kind, history[0].by.as_deref()), (JournalKind::Undone, Some("Ann")));
        assert!(hub.verify("both", false, &mut |_| {}).await.unwrap().agrees(), "it is so on purpose");
        assert_eq!(codes(&hub, &id).await, ["explain.left_apart"]);

        tokyo.update("Contacts", &id, json!({"Title": "newer"})).await;
        agree(&hub, 60).await;
        assert_eq!(titles(&world).await, [json!("newer"), json!("newer")]);
        // What a person changed since counts.
        let (right, _) = title(london).await;
        london.update("Contacts", &right, json!({"Title": "mine"})).await;
        agree(&hub, 60).await;
        let told = planned(&hub, &of).await;
        assert!(
            told.contains(&(Side::Right, "undo.changed_since".into(), json!("mine"), json!("old"))),
            "{told:?}"
        );
        assert!(told.contains(&(Side::Left, "undo.ready".into(), json!("mine"), json!("newer"))), "{told:?}");
        // Of a time and of a run the same is found.
        let all = UndoOf { module: Some("Contacts".into()), writes: Writes::Between(0, i64::MAX) };
        assert_eq!(planned(&hub, &all).await, told);
        let first = UndoOf { module: Some("Contacts".into()), writes: Writes::Run(1) };
        assert!(planned(&hub, &first).await.is_empty(), "the first load created, and changed nothing");
        hub.stop().await;
    })
    .await;
}

/// Everybody of an org, by address: name and title.
async fn people(org: &Org) -> Vec<[Value; 2]> {
    let rows = org.all("Contacts", &["Email", "Last_Name", "Title"]).await;
    rows.into_iter().map(|row| [row[1].clone(), row[2].clone()]).collect()
}

/// Takes back what the plan says, and waits until that is ordered.
async fn take_back(hub: &Hub, of: &UndoOf) {
    let plan = hub.undo_plan("both", of).await.unwrap();
    let made = hub.undo("both", of, Some(&plan.digest), "Ann").await.unwrap();
    let ids: Vec<String> = made.into_iter().map(|decision| decision.id).collect();
    let found = hub.answered("both", &ids, Duration::from_secs(20)).await.unwrap();
    assert!(found.iter().all(|decision| decision.state == DecisionState::Done), "{found:?}");
}

/// The number of the run that goes on.
async fn latest_run(hub: &Hub) -> i64 {
    hub.runs("both", None, None, 1).await.unwrap()[0].number
}

// K-23
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_runs_the_one_that_is_named_is_taken_back() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        let person =
            |name: &str| json!({"Last_Name": name, "Email": format!("{name}@both.example"), "Title": "old"});
        let hara = tokyo.create("Contacts", person("hara")).await;
        let mori = tokyo.create("Contacts", person("mori")).await;
        let workspace = world.set_up(&store, CONTACTS).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        tokyo.update("Contacts", &mori, json!({"Title": "new"})).await;
        agree(&hub, 60).await;
        let first = latest_run(&hub).await;
        // A comparison of everything is a run of its own, and another one begins after it.
        hub.full_pass("both").await.unwrap();
        crate::world::until("everything was compared", 30, async || {
            let runs = hub.runs("both", None, None, 50).await.unwrap();
            runs.iter().any(|run| run.kind == RunKind::FullPass && run.ended_at.is_some())
        })
        .await;
        agree(&hub, 60).await;
        tokyo.update("Contacts", &mori, json!({"Last_Name": "moriyama"})).await;
        tokyo.update("Contacts", &hara, json!({"Title": "new"})).await;
        agree(&hub, 60).await;
        let second = latest_run(&hub).await;
        assert!(first < second, "{first} {second}");
        let row = |name: &str, title: &str| [json!(name), json!(title)];
        let both = [row("hara", "new"), row("moriyama", "new")];
        assert_eq!((people(tokyo).await, people(london).await), (both.to_vec(), both.to_vec()));

        let of = |number| UndoOf { module: Some("Contacts".into()), writes: Writes::Run(number) };
        let plan = hub.undo_plan("both", &of(second)).await.unwrap();
        assert_eq!((plan.ready, plan.items.len()), (2, 2), "{plan:?}");
        let plan = hub.undo_plan("both", &of(first)).await.unwrap();
        let fields: Vec<_> = plan.items.iter().flat_map(|item| &item.fields).collect();
        assert_eq!((plan.items.len(), fields.len(), &plan.items[0].left_id), (1, 1, &mori), "{plan:?}");
        assert_eq!(
            planned(&hub, &of(first)).await,
            [(Side::Right, "undo.ready".into(), json!("new"), json!("old"))]
        );
        take_back(&hub, &of(first)).await;
        let less = [row("hara", "new"), row("moriyama", "old")];
        crate::world::until("it is set back", 30, async || people(london).await == less).await;
        agree(&hub, 60).await;
        assert_eq!((people(tokyo).await, people(london).await), (both.to_vec(), less.to_vec()));
        hub.stop().await;
    })
    .await;
}

// K-23
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_writes_the_one_in_the_time_that_is_named_is_taken_back() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        let record = json!({"Last_Name": "mori", "Email": "mori@both.example", "Title": "old"});
        let id = tokyo.create("Contacts", record).await;
        let workspace = world.set_up(&store, CONTACTS).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        tokyo.update("Contacts", &id, json!({"Title": "new"})).await;
        agree(&hub, 60).await;
        let between = hub.now() + 1;
        tokio::time::sleep(Duration::from_millis(100)).await;
        tokyo.update("Contacts", &id, json!({"Title": "newest"})).await;
        agree(&hub, 60).await;
        assert_eq!(titles(&world).await, [json!("newest"), json!("newest")]);

        let of = |since, until| UndoOf { module: None, writes: Writes::Between(since, until) };
        // What was written since over the first one counts.
        assert_eq!(
            planned(&hub, &of(0, between)).await,
            [(Side::Right, "undo.changed_since".into(), json!("newest"), json!("old"))]
        );
        let later = of(between, i64::MAX);
        assert_eq!(
            planned(&hub, &later).await,
            [(Side::Right, "undo.ready".into(), json!("newest"), json!("new"))]
        );
        take_back(&hub, &later).await;
        crate::world::until("it is set back", 30, async || title(london).await.1 == json!("new")).await;
        agree(&hub, 60).await;
        assert_eq!(titles(&world).await, [json!("newest"), json!("new")]);
        hub.stop().await;
    })
    .await;
}

/// A telephone number with the same digits may be what a service makes of ours. Where somebody wrote it, it counts as changed (K-23).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_that_somebody_wrote_over_ours_with_the_same_digits_is_not_taken_back() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        let id = tokyo.create("Contacts", json!({"Last_Name": "mori", "Email": "mori@both.example"})).await;
        let contacts = CONTACTS.replace("\"Title\"", "\"Phone\"");
        let workspace = world.set_up(&store, &contacts).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        tokyo.update("Contacts", &id, json!({"Phone": "03-1234-5678"})).await;
        agree(&hub, 60).await;
        let of = UndoOf { module: None, writes: Writes::Record(id.clone()) };
        let right = async || {
            let plan = hub.undo_plan("both", &of).await.unwrap();
            let mut fields = plan.items.into_iter().flat_map(|item| item.fields);
            let phone =
                fields.find(|field| field.side == Side::Right && field.field.as_deref() == Some("Phone"));
            phone.map(|field| (field.code, field.now)).unwrap()
        };
        assert_eq!(right().await, ("undo.ready".to_owned(), json!("03-1234-5678")));
        let other = london.all("Contacts", &["id"]).await[0][0].as_str().unwrap().to_owned();
        // In another second than our write: what stands there in the same one may be what the service made of ours.
        tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
        london.update("Contacts", &other, json!({"Phone": "03-1234-5678 (ask Ken)"})).await;
        agree(&hub, 60).await;
        let changed = ("undo.changed_since".to_owned(), json!("03-1234-5678 (ask Ken)"));
        assert_eq!(right().await, changed);
        hub.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_said_why_a_record_is_not_synced() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        let person = |name: &str| json!({"Last_Name": name, "Email": format!("{name}@both.example")});
        let id = tokyo.create("Contacts", person("mori")).await;
        let one_way = CONTACTS.replace("match =", "direction = \"left_to_right\"\nmatch =");
        let workspace = world.set_up(&store, &one_way).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        let alone = london.create("Contacts", person("hayashi")).await;
        agree(&hub, 60).await;
        let told = hub.explain("both", "Contacts", Side::Right, &alone).await.unwrap();
        assert_eq!((told.synced, told.reasons[0].code.as_str()), (false, "explain.direction"));
        assert_eq!(told.label.as_deref(), Some("hayashi"));
        assert_eq!(codes(&hub, "404").await, ["explain.never_seen"]);
        let agrees = hub.explain("both", "Contacts", Side::Left, &id).await.unwrap();
        assert!(agrees.synced && agrees.counterpart.is_some(), "{agrees:?}");
        hub.pause("both").await.unwrap();
        assert_eq!(codes(&hub, &id).await, ["explain.paused", "explain.agrees"]);
        hub.resume("both").await.unwrap();
        // A twin is held by its matter.
        let twin = tokyo.create("Contacts", person("mori")).await;
        agree(&hub, 60).await;
        let held = hub.explain("both", "Contacts", Side::Left, &twin).await.unwrap();
        assert_eq!(held.reasons[0].code, "match.taken");
        assert!(held.reasons[0].matter.is_some() && held.reasons.len() == 1, "{held:?}");
        assert_eq!(held.label.as_deref(), Some("mori"), "it has a name without a counterpart, too");
        tokyo.delete("Contacts", &id).await;
        crate::world::until("the deletion is seen", 30, async || {
            codes(&hub, &id).await == ["explain.deleted"]
        })
        .await;
        hub.stop().await;
    })
    .await;
}
