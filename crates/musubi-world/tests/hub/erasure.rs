//! A person's data erased on request, over the real connector and the sandbox by HTTP.
#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

use crate::world::{World, agree, each_engine, pause, until};
use musubi_core::{RemoteId, Side, Sides};
use musubi_engine::erasure::{Erasure, ErasureKind, ErasureOf};
use musubi_engine::sync::Order;
use musubi_engine::{FailureFilter, HistoryFilter, Hub};
use musubi_store::{DecisionRow, Store, SyncId};
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

const CONTACTS: &str = "[[integrations.both.modules]]\nleft = \"Contacts\"\nright = \"Contacts\"\nmatch = [\"Email\"]\n\
    fields = [{ left = \"Last_Name\", right = \"Last_Name\" }, { left = \"Email\", right = \"Email\" }, \
    { left = \"Title\", right = \"Title\", conflict = \"hold\" }]\n";
const ADDRESS: &str = "hanako.mori@private.example";
/// What must not be found anywhere afterwards.
const PERSONAL: [&str; 4] = [ADDRESS, "Moriyama", "Astronaut", "Botanist"];
const SOON: Duration = Duration::from_secs(20);

fn of_address() -> ErasureOf {
    ErasureOf::Address(" Hanako.Mori@Private.example".into())
}

fn of_left(id: &str) -> ErasureOf {
    let (integration, module) = ("both".into(), "Contacts".into());
    ErasureOf::Record { integration, module, side: Side::Left, id: id.into() }
}

/// Two people who were carried over and edited, and a conflict about the one whose data are to go.
async fn people(world: &World, store: &Store) -> (Hub, Sides<String>, i64) {
    let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
    let person = json!({"Last_Name": "Moriyama", "Email": ADDRESS, "Title": "Astronaut"});
    let left = tokyo.create("Contacts", person).await;
    tokyo.create("Contacts", json!({"Last_Name": "Aoki", "Email": "aoki@both.example"})).await;
    let workspace = world.set_up(store, CONTACTS).await;
    let hub = world.hub(store, workspace, None).await;
    agree(&hub, 60).await;
    let rows = london.all("Contacts", &["Email", "id"]).await;
    let right = rows.iter().find(|row| row[0] == ADDRESS).unwrap()[1].as_str().unwrap().to_owned();
    tokyo.update("Contacts", &left, json!({"Title": "Botanist"})).await;
    agree(&hub, 60).await;
    pause(&hub, "both").await;
    tokyo.update("Contacts", &left, json!({"Title": "Astronaut A"})).await;
    london.update("Contacts", &right, json!({"Title": "Botanist B"})).await;
    hub.resume("both").await.unwrap();
    agree(&hub, 60).await;
    assert_eq!(hub.failures("both", &FailureFilter::default()).await.unwrap().len(), 1);
    (hub, Sides { left, right }, workspace)
}

async fn sync(store: &Store, workspace: i64) -> SyncId {
    let integration = store.integrations(workspace).await.unwrap()[0].id;
    store.module_syncs(integration).await.unwrap()[0].id
}

/// Everything that is stored of the module sync and could hold a value.
async fn stored(store: &Store, sync: SyncId) -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = Vec::new();
    all.extend(store.scan_links(sync, "", 999).await.unwrap().into_iter().map(|row| row.body));
    all.extend(
        store.scan_unlinked(sync, None, None, None, 999).await.unwrap().into_iter().map(|row| row.body),
    );
    all.extend(store.journal_tail(sync, 0, 999).await.unwrap().into_iter().map(|row| row.body));
    all.extend(store.open_attention(sync, -1, 999).await.unwrap().into_iter().map(|row| row.body));
    all.extend(store.settled_attention(sync, -1, 999).await.unwrap().into_iter().map(|row| row.body));
    all.extend(store.open_intents(sync).await.unwrap().into_iter().map(|row| row.body));
    let decisions = store.open_decisions(sync, 0, 999).await.unwrap();
    all.extend(decisions.into_iter().map(|row| row.body.into_bytes()));
    all.extend(store.sync_state(sync).await.unwrap());
    let audited = store.audited(1, i64::MAX, 999).await.unwrap();
    all.extend(audited.into_iter().map(|row| row.body.into_bytes()));
    let erasures = store.erasures(1, i64::MAX, 999).await.unwrap();
    all.extend(erasures.into_iter().map(|row| row.body.into_bytes()));
    all
}

fn personal(bytes: &[u8]) -> Option<&'static str> {
    let holds = |text: &&str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    PERSONAL.into_iter().find(|text| holds(text))
}

async fn assert_nothing_is_stored(store: &Store, sync: SyncId) {
    for bytes in stored(store, sync).await {
        assert_eq!(personal(&bytes), None, "{}", String::from_utf8_lossy(&bytes));
    }
}

async fn explained(hub: &Hub, ids: &Sides<String>) -> Vec<(String, Option<String>)> {
    let mut told = Vec::new();
    for side in Side::BOTH {
        let explanation = hub.explain("both", "Contacts", side, ids.get(side)).await.unwrap();
        told.extend(explanation.reasons.into_iter().map(|reason| (reason.code, reason.by)));
    }
    told
}

async fn erased(hub: &Hub, of: &ErasureOf) -> Erasure {
    let plan = hub.erasure_plan(of).await.unwrap();
    let begun = hub.erase(of, &plan.digest, "ann").await.unwrap();
    assert_eq!((begun.done_at, begun.counts), (None, plan.counts));
    let done = hub.erased(begun.id, SOON).await.unwrap();
    assert!(done.done_at.is_some(), "{done:?}");
    done
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_remembered_of_a_person_and_nothing_comes_back() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        let (hub, ids, workspace) = people(&world, &store).await;
        let sync = sync(&store, workspace).await;
        assert!(stored(&store, sync).await.iter().any(|bytes| personal(bytes).is_some()));

        let plan = hub.erasure_plan(&of_address()).await.unwrap();
        assert_eq!((plan.kind, plan.counts.pairs, plan.counts.unlinked), (ErasureKind::Email, 1, 0));
        assert!(plan.counts.journal >= 2 && plan.counts.failures >= 1, "{plan:?}");
        assert_eq!(plan.records[0].left_id.as_ref(), Some(&ids.left));
        assert_eq!(plan.records[0].right_id.as_ref(), Some(&ids.right));
        assert_eq!(personal(serde_json::to_string(&plan).unwrap().as_bytes()), None);
        let other = hub.erase(&of_address(), "another", "ann").await.unwrap_err();
        assert_eq!(other.code, "erasure.plan_changed");

        erased(&hub, &of_address()).await;
        assert_nothing_is_stored(&store, sync).await;
        let told = ("explain.erased".to_owned(), Some("ann".to_owned()));
        assert_eq!(explained(&hub, &ids).await, [told.clone(), told.clone()]);
        assert!(hub.failures("both", &FailureFilter::default()).await.unwrap().is_empty());
        let filter = HistoryFilter { record: Some(ids.left.clone()), ..HistoryFilter::default() };
        let history = hub.history("both", &filter).await.unwrap();
        assert!(history.len() >= 2 && history.iter().all(|entry| entry.erased), "{history:?}");
        assert!(history.iter().all(|entry| entry.changes.is_empty() && entry.by.is_none()));
        // Asked for once more, there is nothing.
        let again = hub.erasure_plan(&of_address()).await.unwrap();
        assert!(again.is_empty(), "{again:?}");
        assert!(hub.erasure_plan(&of_left(&ids.left)).await.unwrap().is_empty());
        let nothing = hub.erase(&of_left(&ids.left), &again.digest, "ann").await.unwrap_err();
        assert_eq!(nothing.code, "erasure.nothing");

        // Both records are still there, are edited, and everything is read once more: nothing of them is stored, nothing is written.
        tokyo.update("Contacts", &ids.left, json!({"Title": "Botanist again"})).await;
        london.update("Contacts", &ids.right, json!({"Title": "Astronaut again"})).await;
        let aoki = tokyo.all("Contacts", &["Last_Name", "id"]).await;
        let aoki = aoki.iter().find(|row| row[0] == "Aoki").unwrap()[1].as_str().unwrap().to_owned();
        tokyo.update("Contacts", &aoki, json!({"Title": "Baker"})).await;
        hub.full_pass("both").await.unwrap();
        agree(&hub, 60).await;
        let titles = async |org: usize| -> Vec<Value> {
            let rows = world.orgs[org].all("Contacts", &["Last_Name", "Title"]).await;
            rows.into_iter().map(|row| row[1].clone()).collect()
        };
        assert_eq!(titles(0).await, ["Baker", "Botanist again"]);
        assert_eq!(titles(1).await, ["Baker", "Astronaut again"]);
        assert_nothing_is_stored(&store, sync).await;
        assert_eq!(explained(&hub, &ids).await, [told.clone(), told]);
        let certificate = hub.verify("both", false, &mut |_| {}).await.unwrap();
        assert!(certificate.agrees(), "{certificate:?}");
        assert_eq!((certificate.compared, certificate.skipped.get("erased")), (1, Some(&2)));
        let audited = store.audited(workspace, i64::MAX, 9).await.unwrap();
        assert_eq!((audited[0].action.as_str(), audited[0].actor.as_str()), ("erasure", "ann"));

        // A person says that they are to be kept in agreement after all.
        let both = Sides { left: ids.left.as_str(), right: ids.right.as_str() };
        let linked = hub.link("both", "Contacts", both, "ann").await.unwrap();
        let linked = hub.answered("both", &[linked.id], SOON).await.unwrap();
        assert_eq!(linked[0].code.as_deref(), Some("link.done"));
        tokyo.update("Contacts", &ids.left, json!({"Email": "new@both.example"})).await;
        until("the pair is kept in agreement again", 30, async || {
            let rows = london.all("Contacts", &["Email"]).await;
            rows.iter().any(|row| row[0] == "new@both.example")
        })
        .await;
        hub.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_begun_is_finished_by_whoever_works_next() {
    each_engine(async |store| {
        let world = World::start().await;
        let (hub, ids, workspace) = people(&world, &store).await;
        let sync = sync(&store, workspace).await;
        // The rows are erased by whoever works on them, and then everything ends: what is told of them is not erased yet.
        let erase = Order::Erase { ids: Sides::from_fn(|side| Some(RemoteId::new(ids.get(side)))) };
        let order = DecisionRow {
            sync,
            id: 0,
            at: 1,
            actor: "ann".into(),
            body: erase.encode(),
            answered_at: None,
            answer: None,
        };
        let plan = hub.erasure_plan(&of_left(&ids.left)).await.unwrap();
        let decision = store.add_decisions(vec![order]).await.unwrap()[0];
        until("the rows are erased", 20, async || {
            let rows = store.decisions(sync, vec![decision]).await.unwrap();
            rows[0].answer.is_some()
        })
        .await;
        hub.abort().await;
        assert!(stored(&store, sync).await.iter().any(|bytes| personal(bytes).is_some()));
        // What is told of them is still there to be found.
        let offline = Hub::offline(store.clone(), workspace);
        let rest = offline.erasure_plan(&of_left(&ids.left)).await.unwrap();
        assert_eq!((rest.counts.pairs, rest.counts.journal > 0), (0, true), "{rest:?} {plan:?}");
        let begun = offline.erase(&of_left(&ids.left), &rest.digest, "ann").await.unwrap();
        assert_eq!(offline.erasures().await.unwrap()[0].done_at, None);

        let hub = world.hub(&store, workspace, None).await;
        until("the next hub finishes it", 30, async || {
            let found = hub.erasures().await.unwrap();
            found[0].id == begun.id && found[0].done_at.is_some()
        })
        .await;
        assert_nothing_is_stored(&store, sync).await;
        agree(&hub, 60).await;
        assert_nothing_is_stored(&store, sync).await;
        hub.stop().await;
    })
    .await;
}

/// The files of the database that hold something personal.
fn files(folder: &Path) -> Vec<(String, &'static str)> {
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let held =
        files.filter_map(|file| Some((file.display().to_string(), personal(&std::fs::read(file).unwrap())?)));
    held.collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_bytes_are_gone_also_while_the_integration_is_paused_or_nobody_works() {
    for works in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open_file(&folder.path().join("musubi.db")).unwrap();
        let store = store.unlock(musubi_store::Keyring::new(&[1; 32])).await.unwrap();
        let world = World::start().await;
        let (hub, ids, workspace) = people(&world, &store).await;
        assert!(!files(folder.path()).is_empty());
        hub.pause("both").await.unwrap();
        if works {
            erased(&hub, &of_left(&ids.left)).await;
            hub.resume("both").await.unwrap();
        } else {
            hub.stop().await;
            erased(&Hub::offline(store.clone(), workspace), &of_address()).await;
        }
        let held = files(folder.path());
        assert!(held.is_empty(), "a hub works: {works}: {held:?}");
        hub.stop().await;
    }
}

/// Records that have no counterpart, and what was told of others, are found by the address as well.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_is_found_wherever_it_is_told() {
    each_engine(async |store| {
        let world = World::start().await;
        let tokyo = &world.orgs[0];
        let only_left = CONTACTS.replace("match", "direction = \"right_to_left\"\nmatch");
        let id = tokyo.create("Contacts", json!({"Last_Name": "Moriyama", "Email": ADDRESS})).await;
        let workspace = world.set_up(&store, &only_left).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        let plan = hub.erasure_plan(&of_address()).await.unwrap();
        assert_eq!((plan.counts.pairs, plan.counts.unlinked), (0, 1), "{plan:?}");
        assert_eq!((plan.records[0].left_id.as_ref(), plan.records[0].right_id.as_ref()), (Some(&id), None));
        erased(&hub, &of_address()).await;
        let sync = sync(&store, workspace).await;
        assert_nothing_is_stored(&store, sync).await;
        // It is deleted, comes back from the recycle bin, and is still none of ours.
        tokyo.delete("Contacts", &id).await;
        agree(&hub, 60).await;
        let told = hub.explain("both", "Contacts", Side::Left, &id).await.unwrap();
        assert_eq!(told.reasons[0].code, "explain.erased");
        let wrong = hub.erasure_plan(&ErasureOf::Address("nobody".into())).await.unwrap_err();
        assert_eq!(wrong.code, "erasure.address");
        hub.stop().await;
    })
    .await;
}
