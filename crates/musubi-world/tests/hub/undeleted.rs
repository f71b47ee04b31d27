//! What comes out of the recycle bin: its deletion is not carried over any more, and the two are a pair again. Over the real connector and the sandbox by HTTP,
//! without webhooks: nothing tells of it but who asks for the record.
#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

use crate::world::{Org, World, agree, each_engine, settings, until};
use musubi_engine::pairs::LinkState;
use musubi_engine::sync::{JournalKind, Settings};
use musubi_engine::{FailureFilter, HistoryFilter, Hub, Retry};
use serde_json::{Value, json};
use std::time::Duration;

/// Contacts with what a deletion does.
fn contacts(deletion: &str) -> String {
    format!(
        "[[integrations.both.modules]]\nleft = \"Contacts\"\nright = \"Contacts\"\nmatch = [\"Email\"]\n\
         deletion = \"{deletion}\"\ndeletion_limit = {{ records = 2 }}\n\
         fields = [{{ left = \"Last_Name\", right = \"Last_Name\" }}, {{ left = \"Email\", right = \"Email\" }}, \
         {{ left = \"Title\", right = \"Title\" }}]\n"
    )
}

fn person(name: &str) -> Value {
    json!({"Last_Name": name, "Email": format!("{name}@both.example"), "Title": "Owner"})
}

async fn names(org: &Org) -> Vec<Value> {
    let rows = org.all("Contacts", &["Last_Name"]).await;
    rows.into_iter().map(|mut row| row.remove(0)).collect()
}

async fn find(org: &Org, name: &str) -> Option<String> {
    let rows = org.all("Contacts", &["Last_Name", "id"]).await;
    rows.iter().find(|row| row[0] == name).map(|row| row[1].as_str().unwrap().to_owned())
}

/// Deletes the contact, and gives its id.
async fn remove(org: &Org, name: &str) -> String {
    let id = find(org, name).await.unwrap();
    org.delete("Contacts", &id).await;
    id
}

async fn restore(org: &Org, id: &str) {
    org.call("POST", &format!("settings/recycle_bin/{id}/actions/restore"), Value::Null).await;
}

async fn kinds(hub: &Hub) -> Vec<JournalKind> {
    let entries = hub.history("both", &HistoryFilter::default()).await.unwrap();
    entries.into_iter().map(|entry| entry.kind).collect()
}

async fn told(hub: &Hub, kind: JournalKind) {
    until("it is told", 30, async || kinds(hub).await.contains(&kind)).await;
}

/// What is changed on either side goes over.
async fn is_a_pair(world: &World, hub: &Hub, name: &str) {
    for (org, title) in world.orgs.iter().zip(["by tokyo", "by london"]) {
        let id = find(org, name).await.unwrap();
        org.update("Contacts", &id, json!({"Title": title})).await;
        agree(hub, 60).await;
        for org in &world.orgs {
            let rows = org.all("Contacts", &["Last_Name", "Title"]).await;
            assert!(rows.contains(&vec![json!(name), json!(title)]), "{rows:?}");
        }
    }
}

// K-22, C-15
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_restores_a_record_before_its_deletion_is_carried_over_loses_nothing() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        for name in ["mori", "hara"] {
            tokyo.create("Contacts", person(name)).await;
        }
        let workspace = world.set_up(&store, &contacts("delete")).await;
        // So long it may be that a deletion was a merge.
        let settings = Settings { horizon: 5_000, ..settings() };
        let hub = world.hub_with(&store, workspace, None, settings).await;
        agree(&hub, 60).await;
        let id = remove(tokyo, "mori").await;
        remove(tokyo, "hara").await;
        until("the hub knows", 30, async || {
            let pair = hub.pair("both", "Contacts", &id).await.unwrap().unwrap();
            pair.pair.state == LinkState::Owed
        })
        .await;
        restore(tokyo, &id).await;
        until("the other deletion is carried over", 30, async || names(london).await == ["mori"]).await;
        told(&hub, JournalKind::Revived).await;
        agree(&hub, 60).await;
        assert_eq!((names(tokyo).await, names(london).await), (vec![json!("mori")], vec![json!("mori")]));
        assert_eq!(kinds(&hub).await.iter().filter(|kind| **kind == JournalKind::Deleted).count(), 1);
        is_a_pair(&world, &hub, "mori").await;
        hub.stop().await;
    })
    .await;
}

// K-22, AMB-13
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_that_was_restored_stays_although_somebody_lets_the_held_deletions_go() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        for name in ["mori", "hara", "sato", "kato"] {
            tokyo.create("Contacts", person(name)).await;
        }
        let workspace = world.set_up(&store, &contacts("delete")).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        let id = remove(tokyo, "mori").await;
        for name in ["hara", "sato"] {
            remove(tokyo, name).await;
        }
        until("they are held", 30, async || agree(&hub, 60).await.held.get("delete.breaker") == Some(&3))
            .await;
        restore(tokyo, &id).await;
        // Long enough that nobody can take it for what was before the deletion.
        tokio::time::sleep(Duration::from_millis(2_500)).await;
        hub.retry("both", Retry::Coded("delete.breaker".into())).await.unwrap();
        until("the others are deleted", 30, async || names(london).await == ["kato", "mori"]).await;
        told(&hub, JournalKind::Revived).await;
        agree(&hub, 60).await;
        assert_eq!(names(london).await, ["kato", "mori"]);
        assert_eq!(hub.failures("both", &FailureFilter::default()).await.unwrap(), Vec::new());
        is_a_pair(&world, &hub, "mori").await;
        hub.stop().await;
    })
    .await;
}

// K-22
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_comparison_tells_of_a_record_that_came_back_and_ties_it_again() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        for name in ["mori", "hara"] {
            tokyo.create("Contacts", person(name)).await;
        }
        let workspace = world.set_up(&store, &contacts("unlink")).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        let id = remove(tokyo, "mori").await;
        remove(tokyo, "hara").await;
        until("they are untied", 30, async || {
            kinds(&hub).await.iter().filter(|kind| **kind == JournalKind::Untied).count() == 2
        })
        .await;
        let certificate = hub.verify("both", false, &mut |_| {}).await.unwrap();
        assert!(certificate.agrees(), "{certificate:?}");
        assert_eq!(certificate.skipped.get("untied"), Some(&2), "{certificate:?}");
        restore(tokyo, &id).await;
        tokio::time::sleep(Duration::from_millis(4_500)).await;
        let certificate = hub.verify("both", true, &mut |_| {}).await.unwrap();
        let [found] = &certificate.different[..] else { panic!("{certificate:?}") };
        assert_eq!(
            (found.left_id.as_str(), &found.fields[..]),
            (id.as_str(), &["(restored)".to_owned()][..])
        );
        assert_eq!(certificate.skipped.get("untied"), Some(&1), "hara is still untied: {certificate:?}");
        told(&hub, JournalKind::Revived).await;
        is_a_pair(&world, &hub, "mori").await;
        assert!(hub.verify("both", false, &mut |_| {}).await.unwrap().agrees());
        assert_eq!(names(london).await, ["hara", "mori"]);
        hub.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_out_of_the_recycle_bin_is_tied_again() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        tokyo.create("Contacts", person("mori")).await;
        let workspace = world.set_up(&store, &contacts("unlink")).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        let id = remove(tokyo, "mori").await;
        told(&hub, JournalKind::Untied).await;
        let other = find(london, "mori").await.unwrap();
        london.update("Contacts", &other, json!({"Title": "Meanwhile"})).await;
        restore(tokyo, &id).await;
        tokio::time::sleep(Duration::from_millis(4_500)).await;
        hub.full_pass("both").await.unwrap();
        told(&hub, JournalKind::Revived).await;
        until("they agree again", 30, async || {
            tokyo.all("Contacts", &["Title"]).await == [[json!("Meanwhile")]]
        })
        .await;
        agree(&hub, 60).await;
        assert_eq!(
            (tokyo.all("Contacts", &["id"]).await.len(), london.all("Contacts", &["id"]).await.len()),
            (1, 1)
        );
        assert!(hub.verify("both", false, &mut |_| {}).await.unwrap().agrees());
        hub.stop().await;
    })
    .await;
}
