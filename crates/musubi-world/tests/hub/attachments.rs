//! Files that hang on records: carried to the other one once, whatever happens, over the real connector and the sandbox by HTTP.
#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

use crate::world::{Org, World, agree, each_engine, settings, until};
use musubi_core::{Side, Sides};
use musubi_engine::erasure::{ErasureKind, ErasureOf};
use musubi_engine::report::Failure;
use musubi_engine::sync::{JournalKind, Settings};
use musubi_engine::undo::{UndoOf, Writes};
use musubi_engine::{FailureFilter, HistoryEntry, HistoryFilter, Hub, Retry, RunReport};
use musubi_store::{Store, SyncId};
use serde_json::{Value, json};
use std::time::Duration;

const SEND: &str = "POST /crm/v8/Contacts/*/Attachments";

/// Contacts with their files; `attachments` as it stands in the configuration.
fn contacts(attachments: &str) -> String {
    format!(
        "[[integrations.both.modules]]\nleft = \"Contacts\"\nright = \"Contacts\"\nmatch = [\"Email\"]\n\
         fields = [{{ left = \"Last_Name\", right = \"Last_Name\" }}, {{ left = \"Email\", right = \"Email\" }}]\n{attachments}\n"
    )
}

/// The same person in both orgs.
async fn person(world: &World, name: &str) -> Sides<String> {
    let record = || json!({"Last_Name": name, "Email": format!("{name}@files.example")});
    let (left, right) = (&world.orgs[0], &world.orgs[1]);
    Sides { left: left.create("Contacts", record()).await, right: right.create("Contacts", record()).await }
}

async fn names(org: &Org, id: &str) -> Vec<String> {
    org.files("Contacts", id).await.into_iter().map(|(name, ..)| name).collect()
}

/// Everything is compared again, and attachments looked at.
async fn look_again(hub: &Hub) -> RunReport {
    hub.full_pass("both").await.unwrap();
    // The wish is heard with the next look at the store.
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    agree(hub, 60).await
}

/// Calls of an org that have to do with attachments, as the sandbox counts them: lists, files read, files made.
async fn calls(world: &World, org: usize) -> [u64; 3] {
    let stats = world.stats().await;
    let endpoints = stats["orgs"][&world.orgs[org].id]["endpoints"].as_object().cloned().unwrap_or_default();
    let sum = |fits: &dyn Fn(&str) -> bool| -> u64 {
        let of = endpoints.iter().filter(|(name, _)| fits(name));
        of.map(|(_, usage)| usage["calls"].as_u64().unwrap()).sum()
    };
    [
        sum(&|name| name.starts_with("GET ") && name.ends_with("/Attachments")),
        sum(&|name| name.starts_with("GET ") && name.contains("/Attachments/")),
        sum(&|name| name.starts_with("POST ") && name.ends_with("/Attachments")),
    ]
}

async fn sync(store: &Store, workspace: i64) -> SyncId {
    let integration = store.integrations(workspace).await.unwrap()[0].id;
    store.module_syncs(integration).await.unwrap()[0].id
}

/// The files that the history tells of.
async fn told(hub: &Hub) -> Vec<HistoryEntry> {
    let filter = HistoryFilter { kind: Some(JournalKind::Attached), ..HistoryFilter::default() };
    hub.history("both", &filter).await.unwrap()
}

/// Where they were hung, their names and their sizes.
async fn hung(hub: &Hub) -> Vec<(Side, String, u64)> {
    let told = told(hub).await;
    let file = |entry: HistoryEntry| entry.file.map(|file| (entry.side, file.name, file.size));
    let mut hung: Vec<_> = told.into_iter().map(|entry| file(entry).unwrap()).collect();
    hung.sort();
    hung
}

async fn failures(hub: &Hub) -> Vec<Failure> {
    hub.failures("both", &FailureFilter::default()).await.unwrap()
}

async fn codes(hub: &Hub, id: &str) -> Vec<String> {
    let told = hub.explain("both", "Contacts", Side::Left, id).await.unwrap();
    told.reasons.into_iter().map(|reason| reason.code).collect()
}

// C-44
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_are_carried_both_ways_once_and_a_deletion_is_not_undone() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        let hana = person(&world, "hana").await;
        person(&world, "taro").await;
        tokyo.attach("Contacts", &hana.left, "請求書(3月).pdf", "内容".as_bytes()).await;
        london.attach("Contacts", &hana.right, "contract.pdf", b"signed by both").await;
        for (org, id) in [(tokyo, &hana.left), (london, &hana.right)] {
            org.attach("Contacts", id, "same.txt", b"the same on both").await;
        }
        let before = [calls(&world, 0).await, calls(&world, 1).await];
        let workspace = world.set_up(&store, &contacts("attachments = true")).await;
        let hub = world.hub(&store, workspace, None).await;
        let report = agree(&hub, 60).await;
        assert_eq!(report.attachments, [("carried".to_owned(), 2)].into(), "{report:?}");
        let spent = [calls(&world, 0).await, calls(&world, 1).await];
        for (side, (now, then)) in spent.iter().zip(before).enumerate() {
            // Two pairs listed; the file that is sent and the one that may be the same read; one made.
            let made: Vec<u64> = now.iter().zip(then).map(|(now, then)| now - then).collect();
            assert_eq!(made, [2, 2, 1], "side {side}");
        }
        let there = tokyo.files("Contacts", &hana.left).await;
        let without_id = |files: Vec<(String, Vec<u8>, String)>| -> Vec<(String, Vec<u8>)> {
            files.into_iter().map(|(name, content, _)| (name, content)).collect()
        };
        let here = without_id(london.files("Contacts", &hana.right).await);
        assert_eq!(without_id(there.clone()), here);
        assert_eq!(here.len(), 3);
        assert!(here.contains(&("請求書(3月).pdf".to_owned(), "内容".as_bytes().to_vec())), "{here:?}");

        // The history tells of the two that were hung, and not of the one that both had (I2).
        let of = |side: Side, name: &str, size: u64| (side, name.to_owned(), size);
        let carried = [of(Side::Left, "contract.pdf", 14), of(Side::Right, "請求書(3月).pdf", 6)];
        assert_eq!(hung(&hub).await, carried);
        let entry = told(&hub).await.remove(0);
        let ids = (entry.left_id, entry.right_id, entry.erased);
        assert_eq!(ids, (Some(hana.left.clone()), Some(hana.right.clone()), false));
        // An undo leaves them, and says so.
        let of = UndoOf { module: None, writes: Writes::Record(hana.left.clone()) };
        let plan = hub.undo_plan("both", &of).await.unwrap();
        assert_eq!((plan.ready, plan.stays), (0, [("undo.attached".to_owned(), 2)].into()));

        // A second pass costs a list for each record and nothing else.
        let before = [calls(&world, 0).await, calls(&world, 1).await];
        let report = look_again(&hub).await;
        assert!(report.attachments.is_empty(), "{report:?}");
        for (side, (now, then)) in
            [calls(&world, 0).await, calls(&world, 1).await].iter().zip(before).enumerate()
        {
            let made: Vec<u64> = now.iter().zip(then).map(|(now, then)| now - then).collect();
            assert_eq!(made, [2, 0, 0], "side {side}");
        }

        // What a person deletes on one side stays deleted there, and stays on the other.
        let (_, _, invoice) = there.iter().find(|(name, ..)| name.starts_with("請求書")).unwrap();
        tokyo.delete("Contacts", &format!("{}/Attachments/{invoice}", hana.left)).await;
        look_again(&hub).await;
        assert_eq!(names(tokyo, &hana.left).await, ["contract.pdf", "same.txt"]);
        assert_eq!(names(london, &hana.right).await.len(), 3);
        assert_eq!(hung(&hub).await, carried);
        assert!(codes(&hub, &hana.left).await.contains(&"explain.attachment_deleted".to_owned()));
        hub.stop().await;
    })
    .await;
}

// C-44
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_answer_and_a_restart_double_nothing() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        let hana = person(&world, "hana").await;
        for name in ["one", "two", "three"] {
            tokyo.attach("Contacts", &hana.left, name, name.as_bytes()).await;
        }
        // The first upload is done and its answer lost; of the second one nothing arrives.
        for (skip, kind) in [(0, "lost_response"), (1, "lost_request")] {
            let fault = json!({"kind": kind, "endpoint": SEND, "count": 1, "skip": skip});
            world.control("faults", fault).await;
        }
        let workspace = world.set_up(&store, &contacts("attachments = true")).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        assert_eq!(names(london, &hana.right).await, ["one", "three", "two"]);

        // The process dies while an answer is on its way.
        world.clear_faults().await;
        tokyo.attach("Contacts", &hana.left, "four", b"four").await;
        let late = json!({"kind": "delay_ms", "ms": 1_500, "endpoint": SEND, "org": london.id, "count": 1});
        world.control("faults", late).await;
        let sync = sync(&store, workspace).await;
        hub.full_pass("both").await.unwrap();
        until("it is being sent", 20, async || {
            let rows = store.attachments_of(sync, &hana.left).await.unwrap();
            rows.iter().any(|row| row.name == "four" && row.until > 0 && row.other.is_none())
        })
        .await;
        hub.abort().await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        assert_eq!(names(london, &hana.right).await, ["four", "one", "three", "two"]);
        assert_eq!(names(tokyo, &hana.left).await.len(), 4);
        // Also of the two whose answers never came it is told that we hung them.
        let of = |name: &str| (Side::Right, name.to_owned(), name.len() as u64);
        assert_eq!(hung(&hub).await, ["four", "one", "three", "two"].map(of));
        hub.stop().await;
    })
    .await;
}

// C-44, K-28
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_carried_over_is_told_and_what_was_refused_is_tried_again_when_asked() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        let hana = person(&world, "hana").await;
        tokyo.attach("Contacts", &hana.left, "large.bin", &vec![7; (1 << 20) + 1]).await;
        let link =
            format!("Contacts/{}/Attachments?attachmentUrl=https://x.example/a&title=elsewhere", hana.left);
        tokyo.call("POST", &link, json!({})).await;
        tokyo.attach("Contacts", &hana.left, "poison.exe", b"MZ").await;
        let refusal =
            json!({"kind": "status", "status": 400, "code": "INVALID_DATA", "endpoint": SEND, "count": 1});
        world.control("faults", refusal).await;
        let workspace = world.set_up(&store, &contacts("attachments = { max_mb = 1 }")).await;
        let hub = world.hub(&store, workspace, None).await;
        let report = agree(&hub, 60).await;
        let expected = [("failed.attachment_refused", 1), ("skipped.attachment_too_large", 1)];
        let told = report.attachments.iter().map(|(code, count)| (code.as_str(), *count));
        assert_eq!(told.collect::<Vec<_>>(), expected, "{report:?}");
        assert!(names(london, &hana.right).await.is_empty());
        let mut told = failures(&hub).await;
        told.sort_by(|a, b| a.code.cmp(&b.code));
        let about = |failure: &Failure| (failure.code.clone(), failure.details["attachment"].clone());
        assert_eq!(
            told.iter().map(about).collect::<Vec<_>>(),
            [
                ("attachment.refused".to_owned(), json!("poison.exe")),
                ("attachment.too_large".to_owned(), json!("large.bin")),
            ]
        );
        assert_eq!(told[0].details["code"], "INVALID_DATA", "{:?}", told[0].details);
        let reasons = codes(&hub, &hana.left).await;
        for code in
            ["attachment.refused", "attachment.too_large", "explain.attachment_link", "explain.agrees"]
        {
            assert!(reasons.iter().any(|reason| reason == code), "{code}: {reasons:?}");
        }
        // By itself it is not sent again; a person's word is enough.
        look_again(&hub).await;
        assert!(names(london, &hana.right).await.is_empty());
        assert_eq!(hub.retry("both", Retry::Coded("attachment.refused".into())).await.unwrap().retried, 1);
        until("it is carried over", 20, async || names(london, &hana.right).await == ["poison.exe"]).await;
        until("it is settled", 20, async || failures(&hub).await.len() == 1).await;
        hub.stop().await;
    })
    .await;
}

// C-44: nothing tells of a new file, so a change of its record is what brings it, or its turn.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_of_the_record_brings_its_files_and_a_pause_holds_them() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        let hana = person(&world, "hana").await;
        let one_way = "direction = \"left_to_right\"\nattachments = { calls_a_day = 10 }";
        let workspace = world.set_up(&store, &contacts(one_way)).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        let before = calls(&world, 1).await;
        assert_eq!(before, [0, 0, 0], "the side that nothing comes from is not even listed");
        tokyo.attach("Contacts", &hana.left, "new.txt", b"new").await;
        london.attach("Contacts", &hana.right, "own.txt", b"own").await;
        agree(&hub, 60).await;
        assert_eq!(names(london, &hana.right).await, ["own.txt"], "its turn comes within the day");
        hub.pause("both").await.unwrap();
        tokyo.update("Contacts", &hana.left, json!({"Last_Name": "Hanako"})).await;
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        assert_eq!(names(london, &hana.right).await, ["own.txt"]);
        hub.resume("both").await.unwrap();
        until("it is carried over", 20, async || names(london, &hana.right).await.len() == 2).await;
        assert_eq!(names(tokyo, &hana.left).await, ["new.txt"]);
        // A new record comes with its files.
        let new = tokyo.create("Contacts", json!({"Last_Name": "Mori", "Email": "mori@files.example"})).await;
        tokyo.attach("Contacts", &new, "mori.txt", b"mori").await;
        agree(&hub, 60).await;
        let rows: Vec<Vec<Value>> = london.all("Contacts", &["Last_Name", "id"]).await;
        let copy = rows.iter().find(|row| row[0] == "Mori").unwrap()[1].as_str().unwrap();
        until("it came along", 20, async || names(london, copy).await == ["mori.txt"]).await;
        hub.stop().await;
    })
    .await;
}

// C-44
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_may_pass_is_tried_again_and_an_erasure_forgets_the_names() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        let hana = person(&world, "hana").await;
        tokyo.attach("Contacts", &hana.left, "診断書.pdf", b"secret").await;
        world.control("faults", json!({"kind": "status", "status": 503, "endpoint": "GET /crm/v8/Contacts/*/Attachments", "count": 2})).await;
        world.control("faults", json!({"kind": "throttle", "endpoint": SEND, "count": 1})).await;
        let workspace = world.set_up(&store, &contacts("attachments = true")).await;
        let soon = Settings { retries: [600; 8], ..settings() };
        let hub = world.hub_with(&store, workspace, None, soon).await;
        until("it is told", 30, async || {
            failures(&hub).await.iter().any(|failure| failure.code == "attachment.later" && failure.due.is_some())
        })
        .await;
        until("it is carried over", 40, async || names(london, &hana.right).await.len() == 1).await;
        until("it is settled", 20, async || failures(&hub).await.is_empty()).await;
        agree(&hub, 60).await;

        let sync = sync(&store, workspace).await;
        assert_eq!(store.attachments_of(sync, &hana.left).await.unwrap().len(), 2);
        assert_eq!(hung(&hub).await, [(Side::Right, "診断書.pdf".to_owned(), 6)]);
        // One more is on its way while the record is erased.
        tokyo.attach("Contacts", &hana.left, "処方箋.pdf", b"as secret").await;
        let late = json!({"kind": "delay_ms", "ms": 1_500, "endpoint": SEND, "count": 1});
        world.control("faults", late).await;
        hub.full_pass("both").await.unwrap();
        until("it is being sent", 20, async || {
            let rows = store.attachments_of(sync, &hana.left).await.unwrap();
            rows.iter().any(|row| row.until > 0 && row.other.is_none())
        })
        .await;
        let of = ErasureOf::Record {
            integration: "both".into(),
            module: "Contacts".into(),
            side: Side::Left,
            id: hana.left.clone(),
        };
        let plan = hub.erasure_plan(&of).await.unwrap();
        let erased = hub.erase(&of, &plan.digest, "ann").await.unwrap();
        assert_eq!(erased.kind, ErasureKind::Record);
        let done = hub.erased(erased.id, Duration::from_secs(20)).await.unwrap();
        assert!(done.done_at.is_some());
        assert!(store.attachments_of(sync, &hana.left).await.unwrap().is_empty());
        assert_eq!(store.count_attached(sync, i64::MAX - 1).await.unwrap(), (0, 0));
        // That they were hung is told, not what they are called.
        until("both are told of", 20, async || told(&hub).await.len() == 2).await;
        let told = told(&hub).await;
        assert!(told.iter().all(|entry| entry.file.is_none()), "{told:?}");
        assert!(told.iter().any(|entry| entry.erased), "{told:?}");
        hub.stop().await;
    })
    .await;
}

// C-44, S2-43
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_of_a_pair_that_left_the_scope_go_on_or_rest_as_it_was_told() {
    for (leaving, carried) in [("keep_linked", true), ("stop_updates", false)] {
        each_engine(async |store| {
            let world = World::start().await;
            let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
            let hana = person(&world, "hana").await;
            let scope = "left = { criteria = { field = \"Department\", comparator = \"not_equal\", value = \"Legal\" } }";
            let modules =
                contacts("attachments = true") + &format!("scope = {{ leaving = \"{leaving}\", {scope} }}\n");
            let workspace = world.set_up(&store, &modules).await;
            let hub = world.hub(&store, workspace, None).await;
            agree(&hub, 60).await;
            tokyo.update("Contacts", &hana.left, json!({"Department": "Legal"})).await;
            agree(&hub, 60).await;
            tokyo.attach("Contacts", &hana.left, "late.pdf", b"attached after it left").await;
            look_again(&hub).await;
            let expected: &[&str] = if carried { &["late.pdf"] } else { &[] };
            assert_eq!(names(london, &hana.right).await, expected, "{leaving}");
            hub.stop().await;
        })
        .await;
    }
}
