//! What people decide: conflicts, for one and for ever; pairs tied and taken apart by hand. Over the real connector and the sandbox by HTTP.
#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

use crate::world::{Org, World, agree, each_engine, pause};
use musubi_core::{Side, Sides};
use musubi_engine::report::Failure;
use musubi_engine::sync::JournalKind;
use musubi_engine::{Conflicts, DecisionReport, DecisionState, FailureFilter, HistoryFilter, Hub};
use serde_json::{Value, json};
use std::time::Duration;

const FIELDS: &str = "fields = [{ left = \"Last_Name\", right = \"Last_Name\" }, { left = \"Email\", right = \"Email\" }, \
    { left = \"Title\", right = \"Title\", conflict = \"hold\" }, { left = \"Phone\", right = \"Phone\", conflict = \"skip\" }]";

fn contacts(fields: &str) -> String {
    format!(
        "[[integrations.both.modules]]\nleft = \"Contacts\"\nright = \"Contacts\"\nmatch = [\"Email\"]\n{fields}\n"
    )
}

fn person(name: &str, email: &str) -> Value {
    json!({"Last_Name": name, "Email": format!("{email}@both.example")})
}

async fn one(org: &Org, name: &str, field: &str) -> (String, Value) {
    let rows = org.all("Contacts", &["Last_Name", "id", field]).await;
    let row = rows.iter().find(|row| row[0] == name).unwrap_or_else(|| panic!("no {name} in {rows:?}"));
    (row[1].as_str().unwrap().to_owned(), row[2].clone())
}

async fn of_both(world: &World, name: &str, field: &str) -> [Value; 2] {
    [one(&world.orgs[0], name, field).await.1, one(&world.orgs[1], name, field).await.1]
}

async fn both_change(hub: &Hub, world: &World, name: &str, field: &str, values: [&str; 2]) {
    pause(hub, "both").await;
    for (org, value) in world.orgs.iter().zip(values) {
        let (id, _) = one(org, name, field).await;
        org.update("Contacts", &id, json!({ field: value })).await;
    }
    hub.resume("both").await.unwrap();
    agree(hub, 60).await;
}

async fn open(hub: &Hub) -> Vec<Failure> {
    hub.failures("both", &FailureFilter::default()).await.unwrap()
}

/// What became of these decisions.
async fn answered(hub: &Hub, decisions: Vec<DecisionReport>) -> Vec<(DecisionState, String)> {
    let ids: Vec<String> = decisions.into_iter().map(|decision| decision.id).collect();
    let found = hub.answered("both", &ids, Duration::from_secs(20)).await.unwrap();
    found.into_iter().map(|decision| (decision.state, decision.code.unwrap_or_default())).collect()
}

fn done() -> Vec<(DecisionState, String)> {
    vec![(DecisionState::Done, "decision.done".to_owned())]
}

// K-23
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_decides_a_conflict_about_the_values_that_were_seen() {
    each_engine(async |store| {
        let world = World::start().await;
        world.orgs[0].create("Contacts", person("mori", "mori")).await;
        let workspace = world.set_up(&store, &contacts(FIELDS)).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        both_change(&hub, &world, "mori", "Title", ["base", "base"]).await;
        both_change(&hub, &world, "mori", "Title", ["1", "2"]).await;
        let items = open(&hub).await;
        let conflict = items[0].conflict.as_ref().unwrap();
        assert_eq!((&conflict.left.value, &conflict.right.value), (&json!("1"), &json!("2")));
        assert_eq!((&conflict.left.base, &conflict.right.base), (&json!("base"), &json!("base")));
        assert!(conflict.left.changed_at.is_some() && conflict.left.changed_by.is_some(), "{conflict:?}");

        // The values are others than those that the person saw.
        let (id, old) = (items[0].id.clone(), conflict.version.clone());
        both_change(&hub, &world, "mori", "Title", ["1", "3"]).await;
        let these = |version: Option<String>| Conflicts::These(vec![(id.clone(), version)]);
        let late = hub.decide("both", &these(Some(old)), Side::Left, "Ann").await.unwrap();
        let not_done = vec![(DecisionState::NotDone, "decision.changed_since".to_owned())];
        assert_eq!(answered(&hub, late).await, not_done);
        assert_eq!(of_both(&world, "mori", "Title").await, [json!("1"), json!("3")]);

        let seen = open(&hub).await[0].conflict.as_ref().unwrap().version.clone();
        let decided = hub.decide("both", &these(Some(seen)), Side::Left, "Ann").await.unwrap();
        assert_eq!(answered(&hub, decided).await, done());
        agree(&hub, 60).await;
        assert_eq!(of_both(&world, "mori", "Title").await, [json!("1"), json!("1")]);
        assert_eq!(open(&hub).await, []);
        let history = hub.history("both", &HistoryFilter::default()).await.unwrap();
        let kinds: Vec<_> = history.iter().take(2).map(|entry| entry.kind).collect();
        assert_eq!(kinds, [JournalKind::Updated, JournalKind::Decided]);
        assert_eq!(history[0].changes[0].before, Some(json!("3")), "the loser's value is kept");
        assert_eq!(history[1].by.as_deref(), Some("Ann"));
        assert!(hub.verify("both", false, &mut |_| {}).await.unwrap().agrees());
        hub.stop().await;
    })
    .await;
}

// K-23
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_decision_that_somebody_overtakes_is_not_told_as_carried_out() {
    each_engine(async |store| {
        let world = World::start().await;
        world.orgs[0].create("Contacts", person("mori", "mori")).await;
        let workspace = world.set_up(&store, &contacts(FIELDS)).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        both_change(&hub, &world, "mori", "Title", ["base", "base"]).await;
        both_change(&hub, &world, "mori", "Title", ["1", "2"]).await;

        // Nobody works on it when it is decided, and the values are those that the hub knows; then one of them is changed.
        pause(&hub, "both").await;
        let which = Conflicts::All { module: None, code: None, field: None };
        let decided = hub.decide("both", &which, Side::Left, "Ann").await.unwrap();
        let (right, _) = one(&world.orgs[1], "mori", "Title").await;
        world.orgs[1].update("Contacts", &right, json!({"Title": "3"})).await;
        hub.resume("both").await.unwrap();
        agree(&hub, 60).await;
        let not_done = vec![(DecisionState::NotDone, "decision.changed_since".to_owned())];
        assert_eq!(answered(&hub, decided).await, not_done);
        assert_eq!(of_both(&world, "mori", "Title").await, [json!("1"), json!("3")]);
        let history = hub.history("both", &HistoryFilter::default()).await.unwrap();
        assert!(history.iter().all(|entry| entry.kind != JournalKind::Decided), "{history:?}");
        let items = open(&hub).await;
        let conflict = items[0].conflict.as_ref().unwrap();
        assert_eq!((&conflict.left.value, &conflict.right.value), (&json!("1"), &json!("3")));
        assert_eq!((&conflict.left.base, &conflict.right.base), (&json!("base"), &json!("base")));
        hub.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_are_decided_at_once_and_for_ever_decides_what_is_held() {
    each_engine(async |store| {
        let world = World::start().await;
        for name in ["mori", "hayashi"] {
            world.orgs[0].create("Contacts", person(name, name)).await;
        }
        let workspace = world.set_up(&store, &contacts(FIELDS)).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        // What was skipped can be decided too.
        both_change(&hub, &world, "mori", "Phone", ["11", "12"]).await;
        let all = |code: Option<&str>, field: Option<&str>| Conflicts::All {
            module: Some("Contacts".into()),
            code: code.map(str::to_owned),
            field: field.map(str::to_owned),
        };
        let decided =
            hub.decide("both", &all(Some("conflict.skipped"), None), Side::Right, "Ann").await.unwrap();
        assert_eq!(answered(&hub, decided).await, done());
        agree(&hub, 60).await;
        assert_eq!(of_both(&world, "mori", "Phone").await, [json!("12"), json!("12")]);

        for name in ["mori", "hayashi"] {
            both_change(&hub, &world, name, "Title", ["1", "2"]).await;
        }
        assert_eq!(open(&hub).await.len(), 2);
        let fields = hub.decide_for_ever("both", &all(None, Some("Title")), Side::Right).await.unwrap();
        assert!(fields["Contacts"].contains("Title"));
        // The changed rule decides anew what was held.
        crate::world::until("what was held is decided", 30, async || open(&hub).await.is_empty()).await;
        agree(&hub, 60).await;
        for name in ["mori", "hayashi"] {
            assert_eq!(of_both(&world, name, "Title").await, [json!("2"), json!("2")]);
        }
        both_change(&hub, &world, "mori", "Title", ["5", "6"]).await;
        assert_eq!(of_both(&world, "mori", "Title").await, [json!("6"), json!("6")]);
        hub.stop().await;
    })
    .await;
}

// K-23
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_decided_once_and_for_ever_while_nobody_works_is_told_as_done() {
    each_engine(async |store| {
        let world = World::start().await;
        for name in ["mori", "hayashi"] {
            world.orgs[0].create("Contacts", person(name, name)).await;
        }
        let workspace = world.set_up(&store, &contacts(FIELDS)).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        for name in ["mori", "hayashi"] {
            both_change(&hub, &world, name, "Title", ["base", "base"]).await;
            both_change(&hub, &world, name, "Title", ["1", "2"]).await;
        }
        assert_eq!(open(&hub).await.len(), 2);
        hub.stop().await;

        let idle = Hub::offline(store.clone(), workspace);
        let which = Conflicts::All { module: None, code: None, field: Some("Title".into()) };
        let decided = idle.decide("both", &which, Side::Right, "Ann").await.unwrap();
        idle.decide_for_ever("both", &which, Side::Right).await.unwrap();
        // One of the two is changed before anybody works: nobody has decided about that value, but the rule has.
        let (right, _) = one(&world.orgs[1], "hayashi", "Title").await;
        world.orgs[1].update("Contacts", &right, json!({"Title": "3"})).await;

        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        assert_eq!(of_both(&world, "mori", "Title").await, [json!("2"), json!("2")]);
        assert_eq!(of_both(&world, "hayashi", "Title").await, [json!("3"), json!("3")]);
        assert_eq!(open(&hub).await, []);
        let mut states: Vec<_> = answered(&hub, decided).await.into_iter().map(|(state, _)| state).collect();
        states.sort_by_key(|state| *state == DecisionState::NotDone);
        assert_eq!(states, [DecisionState::Done, DecisionState::NotDone]);
        assert!(hub.verify("both", false, &mut |_| {}).await.unwrap().agrees());
        hub.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_ties_what_nobody_can_tell_and_takes_apart_what_was_wrong() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        let right = london.create("Contacts", person("mori", "same")).await;
        let workspace = world.set_up(&store, &contacts(FIELDS)).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        let (old, _) = one(tokyo, "mori", "Title").await;
        let twin = tokyo.create("Contacts", person("mori twin", "same")).await;
        agree(&hub, 60).await;
        let items = open(&hub).await;
        assert_eq!((items.len(), items[0].code.as_str()), (1, "match.taken"), "{items:?}");
        let candidates = hub.candidates("both", &items[0].id).await.unwrap();
        assert_eq!(candidates.left[0].label.as_deref(), Some("mori twin"));
        assert_eq!(candidates.right[0].linked_to.as_deref(), Some(old.as_str()));

        // I4: neither may be one of another pair.
        let pair = Sides { left: twin.as_str(), right: right.as_str() };
        let taken = hub.link("both", "Contacts", pair, "Ann").await.unwrap();
        assert_eq!(answered(&hub, vec![taken]).await, [(DecisionState::NotDone, "link.taken".to_owned())]);
        let apart = hub.unlink("both", "Contacts", &old, "Ann").await.unwrap();
        assert_eq!(answered(&hub, vec![apart]).await, [(DecisionState::Done, "unlink.done".to_owned())]);
        tokyo.update("Contacts", &old, json!({"Title": "apart"})).await;
        agree(&hub, 60).await;
        assert_eq!(one(london, "mori", "Title").await.1, Value::Null, "neither follows the other");
        let rows = tokyo.all("Contacts", &["id"]).await.len() + london.all("Contacts", &["id"]).await.len();
        assert_eq!(rows, 3, "and neither is copied");

        let tied = hub.link("both", "Contacts", pair, "Ann").await.unwrap();
        assert_eq!(answered(&hub, vec![tied]).await, [(DecisionState::Done, "link.done".to_owned())]);
        agree(&hub, 60).await;
        tokyo.update("Contacts", &twin, json!({"Title": "tied"})).await;
        agree(&hub, 60).await;
        assert_eq!(
            london
                .all("Contacts", &["Title", "id"])
                .await
                .iter()
                .filter(|row| row[1] == right.as_str())
                .count(),
            1
        );
        let of_right =
            |rows: Vec<Vec<Value>>| rows.into_iter().find(|row| row[1] == right.as_str()).unwrap()[0].clone();
        assert_eq!(of_right(london.all("Contacts", &["Title", "id"]).await), json!("tied"));
        let nobody = Sides { left: "1", right: "2" };
        let unseen = hub.link("both", "Contacts", nobody, "Ann").await.unwrap();
        assert_eq!(
            answered(&hub, vec![unseen]).await,
            [(DecisionState::NotDone, "link.not_seen".to_owned())]
        );
        hub.stop().await;
    })
    .await;
}
