//! Whose records become whose, over the real connector and the sandbox by HTTP.
#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

use crate::world::{Org, World, agree, each_engine, until};
use musubi_engine::Hub;
use musubi_engine::report::OwnersReport;
use serde_json::{Value, json};

fn config(owners: &str) -> String {
    format!(
        "{owners}\n[[integrations.both.modules]]\nleft = \"Contacts\"\nright = \"Contacts\"\nmatch = [\"Email\"]\n\
         fields = [{{ left = \"Last_Name\", right = \"Last_Name\" }}, {{ left = \"Email\", right = \"Email\" }}, \
         {{ left = \"Owner\", right = \"Owner\" }}]\n"
    )
}

/// The ids of the users of an org, by e-mail address.
async fn user(org: &Org, email: &str) -> String {
    let users = org.call("GET", "users?type=AllUsers", Value::Null).await;
    let users = users["users"].as_array().unwrap().clone();
    let found = users.iter().find(|user| user["email"] == email);
    found.unwrap_or_else(|| panic!("no {email} in {users:?}"))["id"].as_str().unwrap().to_owned()
}

/// One user more.
async fn hire(org: &Org, name: &str) -> String {
    let list = org.call("GET", "users?type=AllUsers", Value::Null).await;
    let one = &list["users"][1];
    let email = format!("{name}@people.example");
    let new = json!({"users": [{"last_name": name, "email": email, "role": one["role"]["id"], "profile": one["profile"]["id"]}]});
    let answer = org.call("POST", "users", new).await;
    assert_eq!(answer["users"][0]["code"], "SUCCESS", "{answer}");
    user(org, &email).await
}

/// The user whose credential the hub uses.
async fn connected(org: &Org) -> String {
    let me = org.call("GET", "users?type=CurrentUser", Value::Null).await;
    me["users"][0]["id"].as_str().unwrap().to_owned()
}

async fn owner(org: &Org, name: &str) -> String {
    let rows = org.all("Contacts", &["Last_Name", "Owner"]).await;
    let row = rows.iter().find(|row| row[0] == name).unwrap_or_else(|| panic!("no {name} in {rows:?}"));
    row[1]["id"].as_str().unwrap().to_owned()
}

async fn contact(org: &Org, name: &str, owner: &str) -> String {
    let record = json!({"Last_Name": name, "Email": format!("{name}@both.example"), "Owner": {"id": owner}});
    org.create("Contacts", record).await
}

// S2-8, S2-9, AMB-24, K-10
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_table_then_the_address_then_whoever_set_it_up() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        let (kenji, akiko, both) = (hire(tokyo, "kenji").await, hire(tokyo, "akiko").await, hire(tokyo, "sato").await);
        let (ken, sato) = (hire(london, "ken").await, hire(london, "sato").await);
        for (name, whose) in [("by_table", &kenji), ("by_nobody", &akiko), ("by_address", &both)] {
            contact(tokyo, name, whose).await;
        }
        let table = "[integrations.both.owners]\ntable = [{ left = \"kenji@people.example\", right = \"ken@people.example\" }]";
        let workspace = world.set_up(&store, &config(table)).await;
        let hub = world.hub(&store, workspace, None).await;
        let report = hub.owners("both").await.unwrap();
        assert!(report.unmatched_left.iter().any(|user| user.email == "akiko@people.example"), "{report:?}");
        assert!(report.unmatched_left.iter().all(|user| user.email != "kenji@people.example"));
        agree(&hub, 60).await;
        let me = connected(london).await;
        assert_eq!(owner(london, "by_table").await, ken);
        assert_eq!(owner(london, "by_address").await, sato);
        assert_eq!(owner(london, "by_nobody").await, me, "the user whose credential it is");
        // Somebody who stands in is no change: it does not come back, now or when everything is compared.
        hub.full_pass("both").await.unwrap();
        agree(&hub, 60).await;
        assert_eq!(owner(tokyo, "by_nobody").await, akiko);
        assert!(hub.verify("both", false, &mut |_| {}).await.unwrap().agrees());
        // Somebody known is.
        let rows = london.all("Contacts", &["Last_Name", "id"]).await;
        let id = rows.iter().find(|row| row[0] == "by_nobody").unwrap()[1].as_str().unwrap().to_owned();
        london.update("Contacts", &id, json!({"Owner": {"id": ken}})).await;
        until("the new owner arrives", 30, async || owner(tokyo, "by_nobody").await == kenji).await;
        agree(&hub, 60).await;
        hub.stop().await;
    })
    .await;
}

// K-20, K-31
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_names_who_cannot_log_in_any_more_and_owns_records_still() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        let (gone, idle) = (hire(tokyo, "gone").await, hire(tokyo, "idle").await);
        for name in ["first", "second", "third"] {
            contact(tokyo, name, &gone).await;
        }
        for id in [&gone, &idle] {
            let off = json!({"users": [{"status": "inactive"}]});
            let answer = tokyo.call("PUT", &format!("users/{id}"), off).await;
            assert_eq!(answer["users"][0]["code"], "SUCCESS", "{answer}");
        }
        let workspace = world.set_up(&store, &config("")).await;
        let idle_hub = world.idle(&store, workspace);
        let inactive = |report: &OwnersReport| -> Vec<String> {
            let users = report.unmatched_left.iter().skip_while(|user| user.active);
            users.map(|user| user.email.clone()).filter(|email| email.ends_with("@people.example")).collect()
        };
        // Who owns what is not known before the records are read.
        let report = idle_hub.owners("both").await.unwrap();
        assert_eq!(inactive(&report), ["gone@people.example", "idle@people.example"], "{report:?}");
        let plan = idle_hub.plan("both").await.unwrap();
        assert_eq!(inactive(&plan.owners), ["gone@people.example"], "{:?}", plan.owners);

        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        let me = connected(london).await;
        assert_eq!(owner(london, "first").await, me, "the user whose credential it is");
        hub.stop().await;
        let plan = idle_hub.plan("both").await.unwrap();
        assert_eq!(inactive(&plan.owners), [""; 0], "nothing of theirs is left to be carried over");
    })
    .await;
}

// S2-8
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn later_changes_can_be_kept_apart_and_nobody_may_stand_in() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        let (sato, other) = (hire(tokyo, "sato").await, hire(tokyo, "akiko").await);
        let there = hire(london, "sato").await;
        let id = contact(tokyo, "mori", &sato).await;
        contact(tokyo, "alone", &other).await;
        let told = "[integrations.both.owners]\nfallback = \"none\"\nlater_changes = \"keep\"";
        let workspace = world.set_up(&store, &config(told)).await;
        let hub = world.hub(&store, workspace, None).await;
        let report = agree(&hub, 60).await;
        assert_eq!(report.held.get("owner.unknown"), Some(&1), "{report:?}");
        assert_eq!(owner(london, "mori").await, there);
        tokyo.update("Contacts", &id, json!({"Owner": {"id": connected(tokyo).await}})).await;
        agree(&hub, 60).await;
        assert_eq!(owner(london, "mori").await, there, "each org has its own owner from then on");
        assert!(hub.verify("both", false, &mut |_| {}).await.unwrap().different.is_empty());
        hub.stop().await;
    })
    .await;
}

// S2-8
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_that_comes_later_gives_their_owners_to_the_records_that_waited() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        let (sato, akiko) = (hire(tokyo, "sato").await, hire(tokyo, "akiko").await);
        let (there, ken) = (hire(london, "sato").await, hire(london, "ken").await);
        let id = contact(tokyo, "mori", &sato).await;
        contact(tokyo, "alone", &akiko).await;
        let told = "[integrations.both.owners]\nfallback = \"none\"\nlater_changes = \"keep\"";
        let workspace = world.set_up(&store, &config(told)).await;
        let hub = world.hub(&store, workspace, None).await;
        let report = agree(&hub, 60).await;
        assert_eq!(report.held.get("owner.unknown"), Some(&1), "{report:?}");
        tokyo.update("Contacts", &id, json!({"Owner": {"id": connected(tokyo).await}})).await;
        agree(&hub, 60).await;
        let table = format!(
            "{told}\ntable = [{{ left = \"akiko@people.example\", right = \"ken@people.example\" }}]"
        );
        hub.apply(&world.config(&config(&table)), true).await.unwrap();
        until("the owner arrives", 30, async || owner(london, "alone").await == ken).await;
        let report = agree(&hub, 60).await;
        assert_eq!(report.held_total, 0, "{report:?}");
        hub.stop().await;
        let carry = table.replace("\"keep\"", "\"carry\"");
        Hub::offline(store.clone(), workspace).apply(&world.config(&config(&carry)), true).await.unwrap();
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        // What each side kept for itself until then stays so, and that is no difference.
        assert_eq!(owner(london, "mori").await, there);
        let certificate = hub.verify("both", false, &mut |_| {}).await.unwrap();
        assert!(certificate.agrees() && certificate.left_apart == 1, "{certificate:?}");
        hub.stop().await;
    })
    .await;
}

// S2-9, AMB-24
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_that_comes_later_takes_nothing_from_whom_stood_in() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        let (akiko, ken) = (hire(tokyo, "akiko").await, hire(london, "ken").await);
        contact(tokyo, "before", &akiko).await;
        let workspace = world.set_up(&store, &config("")).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        let me = connected(london).await;
        assert_eq!(owner(london, "before").await, me);
        hub.stop().await;
        let table = "[integrations.both.owners]\n\
            table = [{ left = \"akiko@people.example\", right = \"ken@people.example\" }]";
        Hub::offline(store.clone(), workspace).apply(&world.config(&config(table)), true).await.unwrap();
        let hub = world.hub(&store, workspace, None).await;
        contact(tokyo, "after", &akiko).await;
        agree(&hub, 60).await;
        assert_eq!((owner(london, "before").await, owner(london, "after").await), (me, ken));
        let certificate = hub.verify("both", false, &mut |_| {}).await.unwrap();
        assert!(certificate.agrees(), "{certificate:?}");
        assert_eq!((certificate.equal, certificate.left_apart), (1, 1), "{certificate:?}");
        hub.stop().await;
    })
    .await;
}
