//! What a deletion does to the other record, over the real connector and the sandbox by HTTP.
#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

use crate::world::{Org, World, agree, each_engine, pause, settings, until};
use musubi_engine::sync::{JournalKind, Settings};
use musubi_engine::{FailureFilter, HistoryFilter, Hub, Retry};
use serde_json::{Value, json};

/// Contacts with what is told about deletions.
fn contacts(module: &str) -> String {
    format!(
        "[[integrations.both.modules]]\nleft = \"Contacts\"\nright = \"Contacts\"\nmatch = [\"Email\"]\n{module}\n\
         fields = [{{ left = \"Last_Name\", right = \"Last_Name\" }}, {{ left = \"Email\", right = \"Email\" }}, \
         {{ left = \"Title\", right = \"Title\" }}]\n"
    )
}

fn person(name: &str) -> Value {
    json!({"Last_Name": name, "Email": format!("{name}@both.example"), "Title": "Owner"})
}

/// The contact called so, if it is there.
async fn find(org: &Org, name: &str) -> Option<String> {
    let rows = org.all("Contacts", &["Last_Name", "id"]).await;
    rows.iter().find(|row| row[0] == name).map(|row| row[1].as_str().unwrap().to_owned())
}

async fn remove(org: &Org, name: &str) {
    org.delete("Contacts", &find(org, name).await.unwrap()).await;
}

/// Hangs a note on a contact, and gives its id.
async fn note(org: &Org, id: &str) -> String {
    let note = json!({"data": [{"Note_Title": "hangs on it", "Note_Content": "here"}]});
    let answer = org.call("POST", &format!("Contacts/{id}/Notes"), note).await;
    answer["data"][0]["details"]["id"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

/// The ids of what lies in the recycle bin.
async fn in_bin(org: &Org) -> Vec<String> {
    let bin = org.call("GET", "settings/recycle_bin", Value::Null).await;
    let rows = bin["recycle_bin"].as_array().cloned().unwrap_or_default();
    rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

/// Waits until the pair is told to have been untied, or its record deleted, for this reason.
async fn told(hub: &Hub, kind: JournalKind) -> musubi_engine::report::HistoryEntry {
    let mut found = None;
    until("it is told", 30, async || {
        let filter = HistoryFilter { limit: 100, ..HistoryFilter::default() };
        let entries = hub.history("both", &filter).await.unwrap();
        found = entries.into_iter().find(|entry| entry.kind == kind);
        found.is_some()
    })
    .await;
    found.unwrap()
}

// S1-53, S1-54, S1-58, S1-61, S1-63, K-6, AMB-12, AMB-14, C-15
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_direction_has_its_own_rule_and_what_is_deleted_is_in_the_journal() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        for name in ["mori", "hayashi"] {
            tokyo.create("Contacts", person(name)).await;
        }
        let workspace =
            world.set_up(&store, &contacts("deletion = { left = \"delete\", right = \"unlink\" }")).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        let other = find(london, "mori").await.unwrap();
        let hangs = note(london, &other).await;
        remove(tokyo, "mori").await;
        let entry = told(&hub, JournalKind::Deleted).await;
        assert_eq!(find(london, "mori").await, None);
        let held: Vec<_> =
            entry.changes.iter().map(|change| (change.field.as_str(), &change.before)).collect();
        assert!(
            held.iter().any(|(field, before)| *field == "Title" && format!("{before:?}").contains("Owner")),
            "{held:?}"
        );
        // It lies in the recycle bin, with what hung on it.
        let bin = in_bin(london).await;
        assert!(bin.contains(&other) && bin.contains(&hangs), "{other} and {hangs}: {bin:?}");
        assert_eq!(
            london.call("GET", &format!("Notes/{hangs}?fields=Note_Title"), Value::Null).await,
            Value::Null
        );
        remove(london, "hayashi").await;
        told(&hub, JournalKind::Untied).await;
        assert!(find(tokyo, "hayashi").await.is_some(), "the left record stays");
        hub.stop().await;
    })
    .await;
}

// S1-53, S1-58, S1-62, S1-64, AMB-14
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deletion_on_the_right_takes_the_left_record_along_where_that_was_chosen() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        for name in ["mori", "hayashi"] {
            tokyo.create("Contacts", person(name)).await;
        }
        let rule = "deletion = { left = \"unlink\", right = \"delete\" }";
        let workspace = world.set_up(&store, &contacts(rule)).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        let other = find(tokyo, "mori").await.unwrap();
        let hangs = note(tokyo, &other).await;
        remove(london, "mori").await;
        let entry = told(&hub, JournalKind::Deleted).await;
        assert_eq!((entry.side, entry.left_id.as_ref()), (musubi_core::Side::Left, Some(&other)));
        assert_eq!(find(tokyo, "mori").await, None);
        let bin = in_bin(tokyo).await;
        assert!(bin.contains(&other) && bin.contains(&hangs), "{other} and {hangs}: {bin:?}");
        // The other way each record stays.
        remove(tokyo, "hayashi").await;
        told(&hub, JournalKind::Untied).await;
        agree(&hub, 60).await;
        assert!(find(london, "hayashi").await.is_some(), "the right record stays");
        hub.stop().await;
    })
    .await;
}

// S1-59, S1-60, S1-65, AMB-23
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_something_hangs_on_is_only_untied_and_never_made_again() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        for name in ["mori", "hayashi"] {
            tokyo.create("Contacts", person(name)).await;
        }
        let workspace = world.set_up(&store, &contacts("deletion = \"delete_if_unrelated\"")).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        let noted = find(london, "mori").await.unwrap();
        note(london, &noted).await;
        remove(tokyo, "mori").await;
        remove(tokyo, "hayashi").await;
        told(&hub, JournalKind::UntiedRelated).await;
        told(&hub, JournalKind::Deleted).await;
        assert!(find(london, "mori").await.is_some() && find(london, "hayashi").await.is_none());
        // Edited later, it is still not made again.
        london.update("Contacts", &noted, json!({"Title": "Still here"})).await;
        agree(&hub, 60).await;
        hub.full_pass("both").await.unwrap();
        agree(&hub, 60).await;
        assert_eq!(find(tokyo, "mori").await, None);
        hub.stop().await;
    })
    .await;
}

/// One record is deleted on the left and its counterpart edited on the right, while the hub does not look.
async fn deleted_and_edited(policy: &str, check: impl AsyncFn(&Hub, &World)) {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        tokyo.create("Contacts", person("mori")).await;
        let workspace = world.set_up(&store, &contacts(&format!("deletion = \"delete\"\n{policy}"))).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        pause(&hub, "both").await;
        remove(tokyo, "mori").await;
        let other = find(london, "mori").await.unwrap();
        london.update("Contacts", &other, json!({"Title": "Edited"})).await;
        hub.resume("both").await.unwrap();
        check(&hub, &world).await;
        hub.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edit_wins_over_a_deletion_unless_told_otherwise() {
    deleted_and_edited("", async |hub, world| {
        told(hub, JournalKind::UntiedEdited).await;
        assert!(find(&world.orgs[1], "mori").await.is_some());
        assert_eq!(find(&world.orgs[0], "mori").await, None);
    })
    .await;
    deleted_and_edited("delete_conflict = \"delete\"", async |hub, world| {
        let entry = told(hub, JournalKind::Deleted).await;
        assert_eq!(find(&world.orgs[1], "mori").await, None);
        assert!(format!("{:?}", entry.changes).contains("Edited"), "the edit can be brought back: {entry:?}");
    })
    .await;
    deleted_and_edited("delete_conflict = \"hold\"", async |hub, world| {
        let report = agree(hub, 60).await;
        assert_eq!(report.held.get("delete.conflict"), Some(&1), "{report:?}");
        assert!(find(&world.orgs[1], "mori").await.is_some());
        // Restoring what was deleted settles it: the edit is carried over. A list by modified time does not show that it is back; comparing everything does.
        let bin = world.orgs[0].call("GET", "settings/recycle_bin", Value::Null).await;
        let id = bin["recycle_bin"][0]["id"].as_str().unwrap().to_owned();
        world.orgs[0].call("POST", &format!("settings/recycle_bin/{id}/actions/restore"), Value::Null).await;
        tokio::time::sleep(std::time::Duration::from_millis(4_500)).await;
        hub.full_pass("both").await.unwrap();
        until("the edit arrives", 30, async || {
            let rows = world.orgs[0].all("Contacts", &["Title"]).await;
            rows.iter().any(|row| row[0] == "Edited")
        })
        .await;
    })
    .await;
}

/// What was deleted here and changed there goes when it is named, and not along with something else that is told of the pair.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_held_deletion_of_a_changed_record_goes_when_it_is_named() {
    deleted_and_edited("delete_conflict = \"hold\"", async |hub, world| {
        let report = agree(hub, 60).await;
        assert_eq!(report.held.get("delete.conflict"), Some(&1), "{report:?}");
        let all = hub.retry("both", Retry::All).await.unwrap();
        assert_eq!((all.retried, all.left_out), (0, [("delete.conflict".to_owned(), 1)].into()));
        agree(hub, 60).await;
        assert!(find(&world.orgs[1], "mori").await.is_some());
        let named = Retry::Coded("delete.conflict".into());
        assert_eq!(hub.deletions_of("both", &named).await.unwrap(), 1);
        assert_eq!(hub.retry("both", named).await.unwrap().retried, 1);
        let entry = told(hub, JournalKind::Deleted).await;
        assert!(format!("{:?}", entry.changes).contains("Edited"), "the edit can be brought back: {entry:?}");
        agree(hub, 60).await;
        assert_eq!(find(&world.orgs[1], "mori").await, None);
        assert_eq!(hub.failures("both", &FailureFilter::default()).await.unwrap(), []);
    })
    .await;
}

/// Looks are often, questions for deletions are not: agreement is told only after both.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_deleted_before_a_run_is_gone_after_it() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        for n in 0..4 {
            tokyo.create("Contacts", person(&format!("p{n}"))).await;
        }
        let workspace = world.set_up(&store, &contacts("deletion = \"delete\"")).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        for left in (0..4).rev() {
            remove(tokyo, &format!("p{left}")).await;
            agree(&hub, 60).await;
            assert_eq!(london.all("Contacts", &["Last_Name"]).await.len(), left);
        }
        hub.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_than_the_limit_is_held_one_is_refused_and_one_retry_lets_the_rest_go() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        for n in 0..6 {
            tokyo.create("Contacts", person(&format!("p{n}"))).await;
        }
        let told = "deletion = \"delete\"\ndeletion_limit = { records = 4, share = \"50%\" }";
        let workspace = world.set_up(&store, &contacts(told)).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        hub.pause("both").await.unwrap();
        for n in 0..4 {
            remove(tokyo, &format!("p{n}")).await;
        }
        hub.resume("both").await.unwrap();
        let report = agree(&hub, 60).await;
        // Half of six is three: all four are held, not only the one beyond the limit.
        assert_eq!(report.held.get("delete.breaker"), Some(&4), "{report:?}");
        assert_eq!(london.all("Contacts", &["Last_Name"]).await.len(), 6);
        let held = hub.failures("both", &FailureFilter::default()).await.unwrap();
        assert!(held.iter().all(|one| one.details == json!({"side": "left"})), "{held:?}");
        // Who takes the pair apart refuses the deletion: the other record stays.
        let left = held[3].left_id.clone().unwrap();
        let refused = hub.unlink("both", "Contacts", &left, "aya").await.unwrap();
        let wait = std::time::Duration::from_secs(20);
        let answered = hub.answered("both", std::slice::from_ref(&refused.id), wait).await.unwrap();
        assert_eq!(answered[0].code.as_deref(), Some("unlink.done"), "{answered:?}");
        assert_eq!(hub.failures("both", &FailureFilter::default()).await.unwrap().len(), 3);
        assert_eq!(hub.retry("both", Retry::These(vec![held[0].id.clone()])).await.unwrap().retried, 3);
        until("the others go", 30, async || london.all("Contacts", &["Last_Name"]).await.len() == 3).await;
        agree(&hub, 60).await;
        assert_eq!(london.all("Contacts", &["Last_Name"]).await.len(), 3);
        hub.stop().await;
    })
    .await;
}

/// A retry of everything, or of all of a module, names no deletion: what is held stays held until somebody names it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_retry_of_everything_lets_no_deletion_go() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        for n in 0..4 {
            tokyo.create("Contacts", person(&format!("p{n}"))).await;
        }
        let told = "deletion = \"delete\"\ndeletion_limit = { records = 1 }";
        let workspace = world.set_up(&store, &contacts(told)).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        pause(&hub, "both").await;
        for n in 0..3 {
            remove(tokyo, &format!("p{n}")).await;
        }
        hub.resume("both").await.unwrap();
        let report = agree(&hub, 60).await;
        assert_eq!(report.held.get("delete.breaker"), Some(&3), "{report:?}");
        for all in [Retry::All, Retry::Of("Contacts".into(), None)] {
            assert_eq!(hub.deletions_of("both", &all).await.unwrap(), 0);
            let retried = hub.retry("both", all).await.unwrap();
            assert_eq!(retried.retried, 0, "{retried:?}");
            assert_eq!(retried.left_out, [("delete.breaker".to_owned(), 3)].into());
        }
        agree(&hub, 60).await;
        hub.full_pass("both").await.unwrap();
        agree(&hub, 60).await;
        assert_eq!(london.all("Contacts", &["Last_Name"]).await.len(), 4);
        // Named by its code it goes, and it is known beforehand how many records that deletes; one of them names all that were held together.
        let coded = Retry::Coded("delete.breaker".into());
        assert_eq!(hub.deletions_of("both", &coded).await.unwrap(), 3);
        let held = hub.failures("both", &FailureFilter::default()).await.unwrap();
        let one = Retry::These(vec![held[0].id.clone()]);
        assert_eq!(hub.deletions_of("both", &one).await.unwrap(), 3);
        assert_eq!(hub.retry("both", coded).await.unwrap().retried, 3);
        until("they go", 30, async || london.all("Contacts", &["Last_Name"]).await.len() == 1).await;
        hub.stop().await;
    })
    .await;
}

/// Neither time nor another rule answers the question.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_asked_about_waits_for_the_answer_however_few_come_later() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        for n in 0..5 {
            tokyo.create("Contacts", person(&format!("p{n}"))).await;
        }
        let told = "deletion = \"delete\"\ndeletion_limit = { records = 1 }";
        let workspace = world.set_up(&store, &contacts(told)).await;
        let settings = Settings { burst_window: 4_000, ..settings() };
        let hub = world.hub_with(&store, workspace, None, settings).await;
        agree(&hub, 60).await;
        pause(&hub, "both").await;
        for n in 0..3 {
            remove(tokyo, &format!("p{n}")).await;
        }
        hub.resume("both").await.unwrap();
        let report = agree(&hub, 60).await;
        assert_eq!(report.held.get("delete.breaker"), Some(&3), "{report:?}");
        tokio::time::sleep(std::time::Duration::from_secs(5)).await;
        remove(tokyo, "p3").await;
        until("one alone goes", 30, async || find(london, "p3").await.is_none()).await;
        // Whatever is held is decided again when the rules are others.
        hub.apply(&world.config(&contacts(&format!("{told}\nblank = \"keep\""))), true).await.unwrap();
        agree(&hub, 60).await;
        assert_eq!(london.all("Contacts", &["Last_Name"]).await.len(), 4);
        assert_eq!(hub.failures("both", &FailureFilter::default()).await.unwrap().len(), 3);
        hub.stop().await;
    })
    .await;
}

/// The share is one of all pairs, those included that were made since the process began.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_share_of_the_pairs_goes_without_asking_and_more_is_held() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        for n in 0..6 {
            tokyo.create("Contacts", person(&format!("p{n}"))).await;
        }
        let told = "deletion = \"delete\"\ndeletion_limit = { share = \"50%\" }";
        let workspace = world.set_up(&store, &contacts(told)).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        for n in 0..3 {
            remove(tokyo, &format!("p{n}")).await;
            let report = agree(&hub, 60).await;
            assert_eq!(report.held_total, 0, "{report:?}");
        }
        assert_eq!(london.all("Contacts", &["Last_Name"]).await.len(), 3);
        remove(tokyo, "p3").await;
        let report = agree(&hub, 60).await;
        assert_eq!(report.held.get("delete.breaker"), Some(&1), "{report:?}");
        assert_eq!(london.all("Contacts", &["Last_Name"]).await.len(), 3);
        hub.stop().await;
    })
    .await;
}

// AMB-13
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_would_go_along_is_counted_before_it_is_switched_on() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        for name in ["mori", "hayashi"] {
            tokyo.create("Contacts", person(name)).await;
        }
        let workspace = world.set_up(&store, &contacts("")).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        let noted = find(london, "mori").await.unwrap();
        note(london, &noted).await;
        note(london, &noted).await;
        let wanted = world.config(&contacts("deletion = { left = \"delete\" }"));
        let mut report = hub.apply(&wanted, false).await.unwrap();
        hub.count_cascades(&mut report.cascades).await.unwrap();
        let [cascade] = &report.cascades[..] else { panic!("{report:?}") };
        assert_eq!((cascade.records, cascade.looked_at, cascade.with_related, cascade.related), (2, 2, 1, 2));
        hub.apply(&wanted, true).await.unwrap();
        assert!(hub.apply(&wanted, false).await.unwrap().cascades.is_empty(), "it was agreed to");
        hub.stop().await;
    })
    .await;
}

// What hangs on a record that is no pair any more goes alone, and is told of.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_child_of_a_pair_that_is_none_any_more_is_told_of() {
    each_engine(async |store| {
        let modules = "[[integrations.both.modules]]\nleft = \"Accounts\"\nright = \"Accounts\"\n\
            match = [\"Account_Name\"]\ndeletion = \"unlink\"\n\
            fields = [{ left = \"Account_Name\", right = \"Account_Name\" }]\n\
            [[integrations.both.modules]]\nleft = \"Contacts\"\nright = \"Contacts\"\nmatch = [\"Email\"]\n\
            fields = [{ left = \"Last_Name\", right = \"Last_Name\" }, { left = \"Email\", right = \"Email\" }, \
            { left = \"Account_Name\", right = \"Account_Name\" }]\n";
        let world = World::start().await;
        let [tokyo, london] = &world.orgs[..] else { panic!("two orgs") };
        let gone = tokyo.create("Accounts", json!({"Account_Name": "X"})).await;
        let workspace = world.set_up(&store, modules).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        let stays = london.all("Accounts", &["id"]).await[0][0].clone();
        tokyo.delete("Accounts", &gone).await;
        agree(&hub, 60).await;
        let child = json!({"Last_Name": "late", "Email": "late@both.example", "Account_Name": {"id": stays}});
        london.create("Contacts", child).await;
        let report = agree(&hub, 60).await;
        assert!(find(tokyo, "late").await.is_some(), "{report:?}");
        let failures = hub.failures("both", &FailureFilter::default()).await.unwrap();
        let held: Vec<_> = failures.iter().map(|failure| (failure.label.as_deref(), failure.code.as_str())).collect();
        assert_eq!(held, [(Some("late"), "lookup.parent_held")], "{failures:?}");
        // Pointed to one that has a counterpart, it follows.
        let other = tokyo.create("Accounts", json!({"Account_Name": "X again"})).await;
        agree(&hub, 60).await;
        let twin = london.all("Accounts", &["Account_Name", "id"]).await;
        let twin = twin.iter().find(|row| row[0] == "X again").unwrap()[1].clone();
        let late = find(london, "late").await.unwrap();
        london.update("Contacts", &late, json!({"Account_Name": {"id": twin}})).await;
        agree(&hub, 60).await;
        let rows = tokyo.all("Contacts", &["Last_Name", "Account_Name"]).await;
        let late = rows.iter().find(|row| row[0] == "late").unwrap();
        assert_eq!(late[1]["id"], json!(other), "{rows:?}");
        assert!(hub.failures("both", &FailureFilter::default()).await.unwrap().is_empty());
        hub.stop().await;
    })
    .await;
}
