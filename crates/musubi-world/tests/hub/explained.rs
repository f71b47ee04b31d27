//! Why a record stands as it stands: while something is under way, when a service refuses, and when a pair is none any more, over the real connector and the sandbox by HTTP.
#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

use crate::world::{World, agree, each_engine, until};
use musubi_connector::Secret;
use musubi_core::Side;
use musubi_engine::resting::WithoutParents;
use musubi_engine::undo::{UndoOf, Writes};
use musubi_engine::{FailureFilter, Hub, Retry};
use serde_json::{Value, json};
use std::time::Duration;

const CONTACTS: &str = "[[integrations.both.modules]]\nleft = \"Contacts\"\nright = \"Contacts\"\nmatch = [\"Email\"]\n\
    fields = [{ left = \"Last_Name\", right = \"Last_Name\" }, { left = \"Email\", right = \"Email\" }, { left = \"Title\", right = \"Title\" }]\n";

fn person(name: &str) -> Value {
    json!({"Last_Name": name, "Email": format!("{name}@both.example")})
}

async fn codes(hub: &Hub, side: Side, id: &str) -> Vec<String> {
    let told = hub.explain("both", "Contacts", side, id).await.unwrap();
    told.reasons.into_iter().map(|reason| reason.code).collect()
}

/// Waits until this, and nothing else, is told of the record.
async fn until_told(hub: &Hub, side: Side, id: &str, code: &str) {
    until(code, 30, async || codes(hub, side, id).await == [code]).await;
}

/// What London does with these calls of contacts.
async fn fault(world: &World, method: &str, mut fault: Value) {
    fault["endpoint"] = json!(format!("{method} /crm/v8/Contacts*"));
    fault["org"] = json!(world.orgs[1].id);
    world.control("faults", fault).await;
}

/// The next answer comes late.
async fn late(world: &World, method: &str) {
    fault(world, method, json!({"kind": "delay_ms", "ms": 2_000, "count": 1})).await;
}

/// What a rule for first meetings let be is named, the owner like any other field.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_field_that_is_let_be_is_named_the_owner_too() {
    each_engine(async |store| {
        let world = World::start().await;
        let mut ids = Vec::new();
        for (org, title) in world.orgs.iter().zip(["here", "there"]) {
            let mut person = person("mori");
            person["Title"] = json!(title);
            ids.push(org.create("Contacts", person).await);
        }
        let contacts = CONTACTS
            .replace("match =", "initial = \"fill_blanks\"\nmatch =")
            .replace("fields = [", "fields = [{ left = \"Owner\", right = \"Owner\" }, ");
        let workspace = world.set_up(&store, &contacts).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        let told = hub.explain("both", "Contacts", Side::Left, &ids[0]).await.unwrap();
        let let_be = told.reasons.iter().filter(|reason| reason.code == "explain.may_differ");
        let fields: Vec<&str> = let_be.filter_map(|reason| reason.field.as_deref()).collect();
        assert_eq!(fields, ["Owner", "Title"], "{told:?}");
        hub.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_under_way_says_what_it_waits_for() {
    each_engine(async |store| {
        let world = World::start().await;
        let tokyo = &world.orgs[0];
        let mori = tokyo.create("Contacts", person("mori")).await;
        let workspace = world.set_up(&store, CONTACTS).await;
        let nobody = codes(&world.idle(&store, workspace), Side::Left, &mori).await;
        assert_eq!(nobody, ["explain.nobody_at_work", "explain.not_read_yet"]);
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        // The service would not make it for a while.
        fault(
            &world,
            "POST",
            json!({"kind": "status", "status": 409, "code": "RECORD_LOCKED", "count": 1_000}),
        )
        .await;
        let hara = tokyo.create("Contacts", person("hara")).await;
        until_told(&hub, Side::Left, &hara, "explain.waits").await;
        world.clear_faults().await;
        agree(&hub, 60).await;
        assert_eq!(codes(&hub, Side::Left, &hara).await, ["explain.agrees"]);
        late(&world, "POST").await;
        let sato = tokyo.create("Contacts", person("sato")).await;
        until_told(&hub, Side::Left, &sato, "explain.being_created").await;
        agree(&hub, 60).await;
        late(&world, "PUT").await;
        tokyo.update("Contacts", &mori, json!({"Title": "new"})).await;
        until_told(&hub, Side::Left, &mori, "explain.being_written").await;
        agree(&hub, 60).await;
        // What is taken back is on its way as well; then the two differ, and that is all there is to say.
        late(&world, "PUT").await;
        let of = UndoOf { module: None, writes: Writes::Record(mori.clone()) };
        let plan = hub.undo_plan("both", &of).await.unwrap();
        assert_eq!(plan.ready, 1, "{plan:?}");
        hub.undo("both", &of, Some(&plan.digest), "Ann").await.unwrap();
        let mut pending = None;
        until("it is to be set back", 30, async || {
            let told = hub.explain("both", "Contacts", Side::Left, &mori).await.unwrap();
            pending = told.reasons.into_iter().find(|reason| reason.code == "explain.undo_pending");
            pending.is_some()
        })
        .await;
        let pending = pending.unwrap();
        assert_eq!((pending.field.as_deref(), pending.by.as_deref()), (Some("Title"), Some("Ann")));
        until_told(&hub, Side::Left, &mori, "explain.left_apart").await;
        agree(&hub, 60).await;
        let told = hub.explain("both", "Contacts", Side::Left, &mori).await.unwrap();
        assert!(told.synced, "{told:?}");
        hub.stop().await;
    })
    .await;
}

// S1-87
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_right_that_the_connected_user_lacks_is_named_with_the_words_of_the_service() {
    each_engine(async |store| {
        let world = World::start().await;
        let tokyo = &world.orgs[0];
        let mori = tokyo.create("Contacts", person("mori")).await;
        let workspace = world.set_up(&store, CONTACTS).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        fault(&world, "PUT", json!({"kind": "status", "status": 403, "code": "NO_PERMISSION"})).await;
        tokyo.update("Contacts", &mori, json!({"Title": "new"})).await;
        until_told(&hub, Side::Left, &mori, "permission.refused").await;
        let told = hub.explain("both", "Contacts", Side::Left, &mori).await.unwrap();
        let said = told.reasons[0].said.as_ref().unwrap();
        assert_eq!(
            (said.code.as_str(), said.message.as_str()),
            ("NO_PERMISSION", "london: permission denied")
        );
        assert!(!told.synced && told.reasons[0].hint.contains("give that user the right"), "{told:?}");
        let failed = hub.failures("both", &FailureFilter::default()).await.unwrap();
        assert_eq!(failed[0].code, "permission.refused", "{failed:?}");
        world.clear_faults().await;
        assert_eq!(hub.retry("both", Retry::All).await.unwrap().retried, 1);
        until_told(&hub, Side::Left, &mori, "explain.agrees").await;
        hub.stop().await;
    })
    .await;
}

/// What a connection last met is known when nobody is at work any more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_credential_that_was_refused_comes_first_also_when_nobody_is_at_work() {
    each_engine(async |store| {
        let world = World::start().await;
        let tokyo = &world.orgs[0];
        let mori = tokyo.create("Contacts", person("mori")).await;
        let workspace = world.set_up(&store, CONTACTS).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        let refused = async |hub: &Hub| {
            let connections = hub.status().await.unwrap().connections.into_iter();
            connections.filter(|one| one.refused_at.is_some()).map(|one| one.name).collect::<Vec<_>>()
        };
        assert_eq!(refused(&hub).await, [""; 0]);

        let connections = store.connections(workspace).await.unwrap();
        let london = connections.iter().find(|row| row.name == "london").unwrap();
        let mut revoked = world.orgs[1].secrets.clone();
        revoked.refresh_token = Secret::new("revoked");
        musubi_engine::save_credential(&store, london.id, &revoked).await.unwrap();
        store.save_token(london.id, 1_000, &[], 0).await.unwrap();
        tokyo.update("Contacts", &mori, json!({"Title": "new"})).await;
        until("it is refused", 30, async || refused(&hub).await == ["london"]).await;
        hub.stop().await;
        let idle = world.idle(&store, workspace);
        assert_eq!(refused(&idle).await, ["london"]);
        let told = idle.explain("both", "Contacts", Side::Left, &mori).await.unwrap();
        assert!(!told.synced, "{told:?}");
        let first = &told.reasons[0];
        assert_eq!(first.code, "explain.refused");
        assert!(first.what.contains("london") && first.hint.contains("`musubi connect london`"), "{first:?}");
        assert!(first.since.is_some(), "{first:?}");
        // Nobody could have seen a record that was made since.
        let hara = tokyo.create("Contacts", person("hara")).await;
        let unseen = ["explain.nobody_at_work", "explain.never_seen"];
        assert_eq!(codes(&idle, Side::Left, &hara).await, [&["explain.refused"][..], &unseen].concat());

        // Another one is brought: nothing is known against it.
        musubi_engine::save_credential(&store, london.id, &world.orgs[1].secrets).await.unwrap();
        assert_eq!(refused(&idle).await, [""; 0]);
        assert_eq!(codes(&idle, Side::Left, &hara).await, unseen);
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        assert_eq!(refused(&hub).await, [""; 0]);
        for id in [&mori, &hara] {
            assert_eq!(codes(&hub, Side::Left, id).await, ["explain.agrees"]);
        }
        hub.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_module_that_rests_and_a_pair_that_is_none_any_more_say_so() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        let mori = tokyo.create("Contacts", person("mori")).await;
        let hara = tokyo.create("Contacts", person("hara")).await;
        let workspace = world.set_up(&store, CONTACTS).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        hub.deactivate("both", "Contacts").await.unwrap();
        assert_eq!(codes(&hub, Side::Left, &mori).await, ["explain.inactive", "explain.agrees"]);
        hub.activate("both", "Contacts", None, WithoutParents::Refuse).await.unwrap();
        agree(&hub, 60).await;
        let apart = hub.unlink("both", "Contacts", &mori, "Ann").await.unwrap();
        hub.answered("both", &[apart.id], Duration::from_secs(20)).await.unwrap();
        let told = hub.explain("both", "Contacts", Side::Left, &mori).await.unwrap();
        assert_eq!((told.synced, told.reasons.len()), (false, 1), "{told:?}");
        assert_eq!(told.reasons[0].code, "explain.unlinked");
        assert_eq!(told.reasons[0].by.as_deref(), Some("Ann"));
        // A deletion is told on both sides, to each in its own words.
        let other = hub.explain("both", "Contacts", Side::Left, &hara).await.unwrap().counterpart.unwrap();
        london.delete("Contacts", &other).await;
        until_told(&hub, Side::Left, &hara, "explain.other_deleted").await;
        assert_eq!(codes(&hub, Side::Right, &other).await, ["explain.deleted"]);
        hub.stop().await;
    })
    .await;
}
