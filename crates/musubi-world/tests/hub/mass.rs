//! What people do in either org, one record at a time and many at once, over the real connector and the sandbox by HTTP.

use crate::world::{Org, World, agree, each_engine, until};
use serde_json::{Value, json};

const CONTACTS: &str = r#"
[[integrations.both.modules]]
left = "Contacts"
right = "Contacts"
match = ["Email"]
deletion = "delete"
fields = [{ left = "Last_Name", right = "Last_Name" }, { left = "Email", right = "Email" }, { left = "Title", right = "Title" }]
"#;
/// Records in a mass update.
const MANY: u64 = 120;

/// In an order of their own: batches go side by side, so that the ids of one org say nothing of those of the other.
async fn rows(org: &Org) -> Vec<Vec<Value>> {
    let mut rows = org.all("Contacts", &["Last_Name", "Email", "Title"]).await;
    rows.sort_by_key(|row| format!("{row:?}"));
    rows
}

/// Waits until both orgs hold the same, so many records, of which this holds.
async fn arrives(what: &str, world: &World, count: usize, holds: impl Fn(&[Vec<Value>]) -> bool) {
    until(what, 60, async || {
        let (left, right) = (rows(&world.orgs[0]).await, rows(&world.orgs[1]).await);
        left.len() == count && left == right && holds(&left)
    })
    .await;
}

// S1-53
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn creations_changes_mass_updates_and_deletions_of_either_side_arrive_on_the_other() {
    each_engine(async |store| {
        let world = World::start().await;
        world.generate(0, "Contacts", MANY, 3).await;
        let workspace = world.set_up(&store, CONTACTS).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        let count = usize::try_from(MANY).unwrap();
        for (at, org) in world.orgs.iter().enumerate() {
            let name = format!("new {at}");
            let record = json!({"Last_Name": name, "Email": format!("new{at}@mass.example")});
            let id = org.create("Contacts", record).await;
            let is_new = |row: &Vec<Value>| row[0] == name.as_str();
            arrives("the new record", &world, count + 1, |rows| rows.iter().any(is_new)).await;
            org.update("Contacts", &id, json!({"Title": "changed"})).await;
            let is_changed = |row: &Vec<Value>| is_new(row) && row[2] == "changed";
            arrives("the change", &world, count + 1, |rows| rows.iter().any(is_changed)).await;

            // Many at once, by the service's own call for that.
            let ids = org.all("Contacts", &["id"]).await;
            let ids: Vec<&Value> = ids.iter().map(|row| &row[0]).collect();
            let title = format!("all of {at}");
            let wish = json!({"data": [{"Title": title}], "ids": ids});
            let done = org.call("POST", "Contacts/actions/mass_update", wish).await;
            let updated = done["data"].as_array().unwrap_or_else(|| panic!("{done}"));
            assert!(
                updated.len() == count + 1 && updated.iter().all(|one| one["code"] == "SUCCESS"),
                "{done}"
            );
            let all = |rows: &[Vec<Value>]| rows.iter().all(|row| row[2] == title.as_str());
            arrives("the mass update", &world, count + 1, all).await;

            org.delete("Contacts", &id).await;
            arrives("the deletion", &world, count, |rows| !rows.iter().any(is_new)).await;
            agree(&hub, 60).await;
        }
        let certificate = hub.verify("both", false, &mut |_| {}).await.unwrap();
        assert!(certificate.agrees() && certificate.equal == MANY, "{certificate:?}");
        hub.stop().await;
    })
    .await;
}
