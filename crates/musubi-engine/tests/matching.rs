//! How records are recognised, over the real connector and the sandbox by HTTP.

mod world;

use serde_json::json;
use world::{World, agree, each_engine};

fn module(name: &str, matching: &str, fields: &[&str]) -> String {
    let fields: Vec<String> =
        fields.iter().map(|field| format!("{{ left = \"{field}\", right = \"{field}\" }}")).collect();
    format!(
        "[[integrations.both.modules]]\nleft = \"{name}\"\nright = \"{name}\"\nmatch = [{matching}]\nfields = [{}]\n",
        fields.join(", ")
    )
}

// S1-29, S1-37, AMB-9
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_secondary_address_may_tell_who_is_who_and_the_plan_says_what_that_overwrites() {
    each_engine(async |store| {
        let world = World::start().await;
        let record = |name: &str, email: &str| json!({"Last_Name": name, "Email": email, "Secondary_Email": "same@x.example"});
        world.orgs[0].create("Contacts", record("mori", "old@x.example")).await;
        world.orgs[1].create("Contacts", record("mori", "new@x.example")).await;
        let told = module("Contacts", "\"Secondary_Email\"", &["Last_Name", "Email", "Secondary_Email"]);
        let workspace = world.set_up(&store, &told).await;
        let hub = world.hub(&store, workspace, None).await;
        hub.pause("both").await.unwrap();
        let plan = hub.plan("both").await.unwrap();
        let planned = &plan.modules[0];
        assert_eq!(planned.would_link, 1, "{planned:?}");
        assert_eq!(planned.would_replace_email.left + planned.would_replace_email.right, 1, "{planned:?}");
        hub.resume("both").await.unwrap();
        agree(&hub, 60).await;
        let emails: Vec<_> = [&world.orgs[0], &world.orgs[1]].into_iter().collect();
        let left = emails[0].all("Contacts", &["Email"]).await;
        assert_eq!(left, emails[1].all("Contacts", &["Email"]).await);
        // What was overwritten can be brought back: it stands in the history.
        let history = hub.history("both", &musubi_engine::HistoryFilter::default()).await.unwrap();
        assert!(history.iter().any(|entry| format!("{:?}", entry.changes).contains("@x.example")), "{history:?}");
        hub.stop().await;
    })
    .await;
}

// K-31
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn websites_and_names_are_recognised_and_doubles_of_one_side_are_told_first() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        tokyo
            .create(
                "Accounts",
                json!({"Account_Name": "株式会社 ムスビ", "Website": "https://www.musubi.co.jp/about"}),
            )
            .await;
        london.create("Accounts", json!({"Account_Name": "Musubi KK", "Website": "musubi.co.jp"})).await;
        tokyo.create("Accounts", json!({"Account_Name": "ﾀﾅｶ ｼｮｳｶｲ"})).await;
        london.create("Accounts", json!({"Account_Name": "たなかしょうかい"})).await;
        for _ in 0..2 {
            london.create("Accounts", json!({"Account_Name": "Double Ltd."})).await;
        }
        let by = r#"{ left = "Website", as = "domain" }, { left = "Account_Name", as = "name" }"#;
        let told = module("Accounts", by, &["Account_Name", "Website"]);
        let workspace = world.set_up(&store, &told).await;
        let hub = world.hub(&store, workspace, None).await;
        hub.pause("both").await.unwrap();
        let plan = hub.plan("both").await.unwrap();
        let planned = &plan.modules[0];
        assert_eq!(planned.would_link, 2, "{planned:?}");
        let doubles = &planned.duplicates.right;
        assert_eq!((doubles.groups, doubles.records, doubles.samples[0].len()), (1, 2, 2), "{planned:?}");
        assert_eq!(planned.duplicates.left.groups, 0);
        hub.resume("both").await.unwrap();
        agree(&hub, 60).await;
        // Of the two with one name the oldest is copied; the other one waits for somebody.
        let (left, right) = (tokyo.all("Accounts", &["id"]).await, london.all("Accounts", &["id"]).await);
        assert_eq!((left.len(), right.len()), (3, 4));
        hub.stop().await;
    })
    .await;
}
