//! What becomes of records when a module goes another way than before, over the real connector and the sandbox by HTTP.

use crate::world::{Org, World, agree, each_engine};
use serde_json::{Value, json};

fn contacts(more: &str) -> String {
    format!(
        "[[integrations.both.modules]]\nleft = \"Contacts\"\nright = \"Contacts\"\nmatch = [\"Email\"]\n{more}\n"
    )
}

async fn person(org: &Org, name: &str) -> String {
    let email = format!("{name}@way.example");
    org.create("Contacts", json!({"Last_Name": name, "Email": email, "Title": "x"})).await
}

async fn titles(org: &Org) -> Vec<Vec<Value>> {
    org.all("Contacts", &["Last_Name", "Title"]).await
}

// S1-36, S2-42 … S2-46: what stood on the side that was only written to is carried over once it may be.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_way_that_opens_carries_over_what_stood_on_its_far_side() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        person(london, "mori").await;
        person(london, "sato").await;
        let workspace = world.set_up(&store, &contacts("direction = \"right_to_left\"")).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        let whole = hub.verify("both", false, &mut |_| {}).await.unwrap();
        assert!(whole.agrees() && whole.skipped.is_empty(), "nobody is without a counterpart: {whole:?}");
        let mori = tokyo.all("Contacts", &["Last_Name", "id"]).await[0][1].as_str().unwrap().to_owned();
        tokyo.update("Contacts", &mori, json!({"Title": "edited"})).await;
        person(tokyo, "new").await;
        agree(&hub, 60).await;
        assert_eq!(titles(london).await, [[json!("mori"), json!("x")], [json!("sato"), json!("x")]]);
        let apart = hub.verify("both", false, &mut |_| {}).await.unwrap();
        assert!(apart.agrees(), "{apart:?}");
        assert_eq!((apart.equal, apart.left_apart), (1, 1), "{apart:?}");
        assert_eq!(apart.left_apart_samples[0].fields, ["Title"]);
        let told = hub.explain("both", "Contacts", musubi_core::Side::Left, &mori).await.unwrap();
        assert_eq!(
            (told.reasons[0].code.as_str(), told.reasons[0].field.as_deref()),
            ("explain.may_differ", Some("Title")),
            "{told:?}"
        );

        hub.apply(&world.config(&contacts("")), true).await.unwrap();
        let report = agree(&hub, 60).await;
        assert_eq!((report.held_total, report.failed_total), (0, 0), "{report:?}");
        let all = titles(london).await;
        assert_eq!(
            all,
            [[json!("mori"), json!("edited")], [json!("new"), json!("x")], [json!("sato"), json!("x")]]
        );
        assert_eq!(titles(tokyo).await, all);
        let certificate = hub.verify("both", false, &mut |_| {}).await.unwrap();
        assert!(certificate.agrees() && certificate.left_apart == 0, "{certificate:?}");
        hub.stop().await;
    })
    .await;
}

// S2-42 … S2-46: what a first meeting left apart, because the winner could not go to the other side, meets anew.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_won_and_could_not_go_is_carried_over_once_the_way_is_open() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        for (org, title) in [(tokyo, "ours"), (london, "theirs")] {
            let record = json!({"Last_Name": "mori", "Email": "mori@way.example", "Title": title});
            org.create("Contacts", record).await;
        }
        let workspace =
            world.set_up(&store, &contacts("initial = \"left\"\ndirection = \"right_to_left\"")).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        assert_eq!(titles(tokyo).await, [[json!("mori"), json!("ours")]]);
        assert_eq!(titles(london).await, [[json!("mori"), json!("theirs")]]);

        hub.apply(&world.config(&contacts("initial = \"left\"")), true).await.unwrap();
        agree(&hub, 60).await;
        assert_eq!(titles(london).await, [[json!("mori"), json!("ours")]]);
        assert_eq!(titles(tokyo).await, titles(london).await);
        let certificate = hub.verify("both", false, &mut |_| {}).await.unwrap();
        assert!(certificate.agrees() && certificate.equal == 1, "{certificate:?}");
        hub.stop().await;
    })
    .await;
}

// AMB-7: what is outside the creation window is no difference.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_from_before_the_window_are_skipped_by_a_comparison_as_well() {
    each_engine(async |store| {
        let world = World::start().await;
        let tokyo = &world.orgs[0];
        world.control("clock", json!({"offset_s": -30 * 86_400})).await;
        person(tokyo, "old").await;
        world.control("clock", json!({"offset_s": 0})).await;
        person(tokyo, "young").await;
        let workspace = world.set_up(&store, &contacts("scope = { created_within = \"7d\" }")).await;
        let hub = world.hub(&store, workspace, None).await;
        let report = agree(&hub, 60).await;
        assert_eq!(report.skipped.get("window"), Some(&1), "{report:?}");
        let certificate = hub.verify("both", false, &mut |_| {}).await.unwrap();
        assert!(certificate.agrees(), "{certificate:?}");
        assert_eq!(certificate.skipped.get("window"), Some(&1), "{certificate:?}");
        let counts = hub
            .count_scope(
                "both",
                &world.config(&contacts("scope = { created_within = \"7d\" }")).integrations["both"].modules
                    [0],
            )
            .await
            .unwrap();
        assert_eq!((counts.left.total, counts.left.inside), (2, 1), "{counts:?}");
        hub.stop().await;
    })
    .await;
}
