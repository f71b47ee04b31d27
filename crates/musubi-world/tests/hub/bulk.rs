//! The first load by bulk reads, over the real connector and the sandbox by HTTP: it ends as one by listing does, whatever happens in the midst of it.
#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

use crate::world::{World, agree, each_engine, settings, until};
use musubi_engine::reading::ReadingWay;
use musubi_engine::sync::Settings;
use musubi_store::{Keyring, Store};
use serde_json::{Value, json};
use std::time::Duration;

const FIELDS: [&str; 6] = ["Email", "Last_Name", "Title", "Phone", "Email_Opt_Out", "Description"];

/// A module pair of all these fields.
fn contacts(bulk: &str) -> String {
    let fields: Vec<String> =
        FIELDS.iter().map(|name| format!("{{ left = \"{name}\", right = \"{name}\" }}")).collect();
    format!(
        "[[integrations.both.modules]]\nleft = \"Contacts\"\nright = \"Contacts\"\nmatch = [\"Email\"]\nbulk = \"{bulk}\"\nfields = [{}]\n",
        fields.join(", ")
    )
}

/// How often an org was asked this.
async fn asked(world: &World, org: usize, endpoint: &str) -> u64 {
    let stats = world.stats().await;
    let endpoints = stats["orgs"][&world.orgs[org].id]["endpoints"].as_object().cloned().unwrap_or_default();
    let calls = endpoints.iter().filter(|(name, _)| name.starts_with(endpoint));
    calls.map(|(_, usage)| usage["calls"].as_u64().unwrap()).sum()
}

const JOB: &str = "POST /crm/bulk/v8/read";
const QUERY: &str = "POST /crm/v8/coql";

/// What both orgs have counted.
async fn credits(world: &World) -> u64 {
    let stats = world.stats().await;
    world.orgs.iter().map(|org| stats["orgs"][&org.id]["credits"].as_u64().unwrap()).sum()
}

/// A database besides the one that is given.
async fn another(folder: &std::path::Path) -> Store {
    let store = Store::open_file(&folder.join("another.db")).unwrap();
    store.unlock(Keyring::new(&[1; 32])).await.unwrap()
}

/// Two orgs, of which the right one has some of the left one's records already, one of them otherwise.
async fn overlapping() -> World {
    let world = World::start().await;
    world.generate(0, "Contacts", 1_500, 3).await;
    world.generate(1, "Contacts", 700, 3).await;
    let known = world.orgs[1].all("Contacts", &["Email", "id"]).await;
    let id = known[10][1].as_str().unwrap();
    // Later than both were made, to the second: the latest change wins.
    world.control("clock", json!({"advance_s": 5})).await;
    world.orgs[1].update("Contacts", id, json!({"Title": "changed on the right", "Phone": null})).await;
    // Everything is old by the time of the load.
    world.control("clock", json!({"advance_s": 600})).await;
    world
}

async fn both(world: &World) -> [Vec<Vec<Value>>; 2] {
    let mut sides =
        [world.orgs[0].all("Contacts", &FIELDS).await, world.orgs[1].all("Contacts", &FIELDS).await];
    // Those with the same address, or none, come in the order in which they were made, which is no matter.
    sides.iter_mut().for_each(|rows| rows.sort_by_cached_key(|row| json!(row).to_string()));
    sides
}

// S1-47
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_load_in_bulk_ends_as_one_by_listing() {
    each_engine(async |store| {
        let mut ends = Vec::new();
        for bulk in ["never", "always"] {
            let folder = tempfile::tempdir().unwrap();
            let store = if bulk == "never" { another(folder.path()).await } else { store.clone() };
            let world = overlapping().await;
            let workspace = world.set_up(&store, &contacts(bulk)).await;
            let hub = world.hub(&store, workspace, None).await;
            let report = agree(&hub, 60).await;
            assert_eq!((report.links, report.added), (1_500, 800), "{report:?}");
            let jobs = [asked(&world, 0, JOB).await, asked(&world, 1, JOB).await];
            assert_eq!(jobs, if bulk == "never" { [0, 0] } else { [1, 1] });
            if bulk == "always" {
                assert_eq!(
                    asked(&world, 0, QUERY).await + asked(&world, 1, QUERY).await,
                    0,
                    "nothing is listed by id"
                );
            }
            let certificate = hub.verify("both", false, &mut |_| {}).await.unwrap();
            assert!(certificate.agrees() && certificate.equal == 1_500, "{certificate:?}");
            hub.stop().await;
            let [left, right] = both(&world).await;
            assert_eq!(left, right, "{bulk}");
            ends.push(right);
        }
        assert_eq!(ends[0], ends[1]);
    })
    .await;
}

// K-20
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_says_which_way_is_taken_and_costs_what_that_costs() {
    each_engine(async |store| {
        let world = overlapping().await;
        let mut plans = Vec::new();
        for bulk in ["auto", "always"] {
            let workspace = world.set_up(&store, &contacts(bulk)).await;
            let idle = musubi_engine::Hub::idle(musubi_engine::HubOptions {
                store: store.clone(),
                connect: std::sync::Arc::new(crate::world::Zoho(store.clone())),
                holder: "plan".into(),
                public_url: None,
                settings: settings(),
                workspace,
            });
            let before = credits(&world).await;
            plans.push((idle.plan("both").await.unwrap(), credits(&world).await - before, workspace));
        }
        let of = |at: usize| {
            let reading = &plans[at].0.modules[0].reading;
            (reading.left.way, reading.left.why, reading.right.way)
        };
        assert_eq!(of(0), (ReadingWay::List, "few_records", ReadingWay::List));
        assert_eq!(of(1), (ReadingWay::Bulk, "setting", ReadingWay::Bulk));
        let [(listed, ..), (bulk, read, workspace)] = &plans[..] else { panic!("two plans") };
        assert_eq!(
            listed.modules[0].digest, bulk.modules[0].digest,
            "what is done does not depend on how it is read"
        );
        assert_eq!(bulk.modules[0].would_create_right, 800);
        assert!(bulk.credits.left > listed.credits.left + 40, "{:?} {:?}", bulk.credits, listed.credits);
        assert!(bulk.seconds >= 1);
        // Both jobs, and little else.
        assert!((100..170).contains(read), "{read} credits for reading");
        let before = credits(&world).await;
        let hub = world.hub(&store, *workspace, None).await;
        agree(&hub, 60).await;
        let spent = credits(&world).await - before;
        hub.stop().await;
        let said = bulk.credits.left + bulk.credits.right;
        assert!(spent.abs_diff(said) < 60, "said {said}, spent {spent}");
    })
    .await;
}

/// What happens between the beginning of a job and the reading of its rows counts, not what the rows say.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_happens_while_a_job_works_is_right_at_the_end() {
    each_engine(async |store| {
        let world = overlapping().await;
        world.control("lags", json!({"search_ms": 0, "bulk_ms": 3_000})).await;
        let workspace = world.set_up(&store, &contacts("always")).await;
        // Records that only the left one has.
        let there = world.orgs[1].all("Contacts", &["Email"]).await;
        let mut known = world.orgs[0].all("Contacts", &["Email", "id"]).await;
        known.retain(|row| !there.iter().any(|other| other[0] == row[0]));
        let id = |n: usize| known[n][1].as_str().unwrap().to_owned();
        let hub = world.hub(&store, workspace, None).await;
        // The side that has fewer records comes first; whoever is read second is changed while its job works.
        until("the first job", 20, async || asked(&world, 1, JOB).await == 1).await;
        world.orgs[1]
            .create("Contacts", json!({"Last_Name": "New on the right", "Email": "right@new.example"}))
            .await;
        until("the second job", 30, async || asked(&world, 0, JOB).await == 1).await;
        let tokyo = &world.orgs[0];
        let [edited, deleted, brought_back] = [id(3), id(4), id(5)];
        tokyo.update("Contacts", &edited, json!({"Title": "edited meanwhile"})).await;
        tokyo.delete("Contacts", &deleted).await;
        tokyo.delete("Contacts", &brought_back).await;
        let restored = tokyo
            .call(
                "POST",
                "settings/recycle_bin/actions/restore",
                json!({"recycle_bin": [{"id": brought_back}]}),
            )
            .await;
        tokyo.create("Contacts", json!({"Last_Name": "New on the left", "Email": "left@new.example"})).await;
        agree(&hub, 60).await;
        let settled = Duration::from_millis(2_500);
        tokio::time::sleep(settled).await;
        agree(&hub, 60).await;
        let email = |n: usize| known[n][0].clone();
        let [left, right] = both(&world).await;
        assert_eq!(left, right, "{restored}");
        let of = |email: &Value| right.iter().find(|row| row[0] == *email);
        assert_eq!(of(&email(3)).unwrap()[2], "edited meanwhile");
        assert!(of(&email(4)).is_none(), "nothing is made of a record that was deleted meanwhile");
        for new in ["left@new.example", "right@new.example"] {
            assert!(of(&json!(new)).is_some(), "{new}");
        }
        hub.stop().await;
    })
    .await;
}

/// A process that ends in the midst of the rows leaves a place from which the next one goes on, with the same job.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_load_in_bulk_is_gone_on_with_by_another_process() {
    each_engine(async |store| {
        let world = World::start().await;
        world.generate(0, "Contacts", 3_000, 3).await;
        world.control("clock", json!({"advance_s": 600})).await;
        world
            .control("faults", json!({"endpoint": "POST /crm/v8/Contacts", "kind": "delay_ms", "ms": 300}))
            .await;
        let workspace = world.set_up(&store, &contacts("always")).await;
        let slow = Settings { writes_at_once: 1, ..settings() };
        let mut stops = 0;
        for share in [400, 1_200] {
            let hub = world.hub_with(&store, workspace, None, slow.clone()).await;
            until("some are there", 60, async || {
                world.orgs[1].all("Contacts", &["Email"]).await.len() >= share
            })
            .await;
            hub.stop().await;
            stops += 1;
        }
        world.clear_faults().await;
        assert!(world.orgs[1].all("Contacts", &["Email"]).await.len() < 3_000, "it was stopped in the midst");
        let hub = world.hub(&store, workspace, None).await;
        let report = agree(&hub, 60).await;
        assert_eq!(report.links, 3_000, "{report:?}");
        let [left, right] = both(&world).await;
        assert_eq!((left.len(), right.len()), (3_000, 3_000), "each once");
        assert_eq!(left, right);
        assert_eq!(asked(&world, 0, JOB).await, 1, "one job, however often the process ended ({stops})");
        hub.stop().await;
    })
    .await;
}

/// A job that comes to nothing costs what it costs; another one, or a listing, takes its place.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_that_fails_is_replaced_and_then_the_side_is_listed() {
    each_engine(async |store| {
        let faults = [
            // Refused at the door, for good.
            (json!({"endpoint": "POST /crm/bulk/v8/read", "kind": "status", "status": 400, "code": "MODULE_NOT_SUPPORTED"}), [0, 0]),
            // The result of the first job is not there any more.
            (json!({"endpoint": "GET /crm/bulk/v8/read/*", "kind": "status", "status": 404, "code": "RESOURCE_NOT_FOUND", "count": 1}), [1, 2]),
            // None ever is.
            (json!({"endpoint": "GET /crm/bulk/v8/read/*", "kind": "status", "status": 404, "code": "RESOURCE_NOT_FOUND"}), [2, 2]),
        ];
        for (number, (fault, jobs)) in faults.into_iter().enumerate() {
            let world = World::start().await;
            world.generate(0, "Contacts", 700, 3).await;
            world.control("clock", json!({"advance_s": 600})).await;
            world.control("faults", fault).await;
            let folder = tempfile::tempdir().unwrap();
            let store = if number > 0 { another(folder.path()).await } else { store.clone() };
            let workspace = world.set_up(&store, &contacts("always")).await;
            let hub = world.hub(&store, workspace, None).await;
            let report = agree(&hub, 60).await;
            assert_eq!(report.links, 700, "{report:?}");
            assert!(report.problems.is_empty(), "{report:?}");
            let [left, right] = both(&world).await;
            assert_eq!((left.len(), &left), (700, &right));
            let made = asked(&world, 0, JOB).await;
            if number > 0 {
                assert!(jobs.contains(&made), "{made} jobs");
            }
            hub.stop().await;
        }
    })
    .await;
}

/// Leads that were converted are in no list, so they are not read in bulk, whatever the configuration says.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_module_of_which_a_bulk_read_tells_otherwise_is_listed() {
    each_engine(async |store| {
        let world = World::start().await;
        world.generate(0, "Leads", 300, 3).await;
        let leads = contacts("always")
            .replace("\"Contacts\"", "\"Leads\"")
            .replace("{ left = \"Title\", right = \"Title\" }, ", "");
        let workspace = world.set_up(&store, &leads).await;
        let hub = world.hub(&store, workspace, None).await;
        let report = agree(&hub, 60).await;
        assert_eq!(report.links, 300, "{report:?}");
        assert_eq!(asked(&world, 0, JOB).await, 0);
        hub.stop().await;
    })
    .await;
}

/// A bulk read goes on naming a parent that was deleted; a list does not. Nobody waits for ever for what is not there.
// K-24
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_points_to_what_was_deleted_before_the_load_is_copied_without_it() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        for (name, deleted) in [("gone", true), ("there", false)] {
            let account = tokyo.create("Accounts", json!({"Account_Name": name})).await;
            let lookup = json!({"id": account});
            tokyo.create("Contacts", json!({"Last_Name": name, "Account_Name": lookup})).await;
            if deleted {
                tokyo.delete("Accounts", &account).await;
            }
        }
        world.control("clock", json!({"advance_s": 600})).await;
        let modules = "[[integrations.both.modules]]\nleft = \"Accounts\"\nright = \"Accounts\"\n\
            [[integrations.both.modules]]\nleft = \"Contacts\"\nright = \"Contacts\"\nmatch = [\"Last_Name\"]\nbulk = \"always\"\n\
            fields = [{ left = \"Last_Name\", right = \"Last_Name\" }, { left = \"Account_Name\", right = \"Account_Name\" }]\n";
        let workspace = world.set_up(&store, modules).await;
        let hub = world.hub(&store, workspace, None).await;
        until("both are copied", 60, async || london.all("Contacts", &["Last_Name"]).await.len() == 2).await;
        agree(&hub, 60).await;
        let mut copied = london.all("Contacts", &["Last_Name", "Account_Name"]).await;
        copied.sort_by_cached_key(|row| json!(row).to_string());
        assert_eq!(copied[0], [json!("gone"), Value::Null]);
        assert_eq!(copied[1][1]["name"], "there");
        hub.stop().await;
    })
    .await;
}
