//! What cannot be right is told before it is kept, by asking both services, over the real connector and the sandbox by HTTP.

use crate::world::{World, agree, each_engine};
use std::time::Duration;

fn contacts(more: &str) -> String {
    format!("[[integrations.both.modules]]\nleft = \"Contacts\"\nright = \"Contacts\"\n{more}\n")
}

fn scoped(left: &str) -> String {
    contacts(&format!("match = [\"Email\"]\nscope = {{ left = {left} }}"))
}

// S2-25, S2-26: a scope that shows nothing, or everything, by mistake must not begin.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mistake_that_only_the_service_can_tell_is_refused_and_nothing_is_kept() {
    each_engine(async |store| {
        let world = World::start().await;
        let workspace = world.set_up(&store, &contacts("match = [\"Email\"]")).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        let before = hub.export().await.unwrap();
        let accounts = "[[integrations.both.modules]]\nleft = \"Accounts\"\nright = \"Accounts\"\n";
        let mistaken = [
            (contacts("").replace("left = \"Contacts\"", "left = \"Contcts\""), "module.unknown"),
            (scoped("{ views = [\"All Contact\"] }"), "scope.view"),
            (scoped("{ criteria = { field = \"Titel\", comparator = \"equal\", value = \"x\" } }"), "scope.condition"),
            (scoped("{ criteria = { field = \"Title\", comparator = \"greater_than\", value = \"x\" } }"), "scope.condition"),
            (scoped("{ criteria = { field = \"Created_Time\", comparator = \"greater_than\", value = \"soon\" } }"), "scope.condition"),
            (scoped("{ criteria = { field = \"Date_of_Birth\", comparator = \"greater_than\", value = \"2000/01/05\" } }"), "scope.condition"),
            (scoped("{ criteria = { field = \"Date_of_Birth\", comparator = \"not_equal\", value = 5 } }"), "scope.condition"),
            (contacts("fields = [{ left = \"Emial\", right = \"Email\" }]"), "mapping.invalid"),
            (contacts("fields = [{ left = \"Email\", right = \"Email\" }, { left = \"Created_Time\", right = \"Created_Time\", direction = \"left_to_right\" }]"), "mapping.invalid"),
            (scoped("{ opt_out = \"Do_Not_Sync\" }"), "scope.condition"),
            (scoped("{ opt_out = \"Title\" }"), "scope.opt_out"),
            (contacts("match = [\"Account_Name\"]") + accounts, "mapping.match_kind"),
            (contacts("match = [\"Owner\"]"), "mapping.match_kind"),
            (contacts("match = [\"Email_Opt_Out\"]"), "mapping.match_kind"),
            (scoped("{ criteria = { field = \"Lead_Source\", comparator = \"equal\", value = \"Partnr\" } }"), "scope.condition"),
            (scoped("{ criteria = { field = \"Lead_Source\", comparator = \"not_in\", value = [\"Partner\", \"Partnr\"] } }"), "scope.condition"),
            (scoped("{ criteria = { field = \"Date_of_Birth\", comparator = \"greater_equal\", value = \"2000-01-05T09:00:00\" } }"), "scope.condition"),
        ];
        for (modules, code) in mistaken {
            for approve in [false, true] {
                let error = hub.apply(&world.config(&modules), approve).await.unwrap_err();
                assert_eq!(error.code, code, "{modules}: {error:?}");
                assert!(error.message.starts_with("both, "), "it says where: {error:?}");
            }
        }
        let misspelt = world.config(&contacts("").replace("left = \"Contacts\"", "left = \"Contcts\""));
        let hint = hub.apply(&misspelt, false).await.unwrap_err().hint;
        assert!(hint.contains("did you mean \"Contacts\""), "{hint}");
        let misspelt = world.config(&contacts("fields = [{ left = \"Email\", right = \"Emial\" }]"));
        let error = hub.apply(&misspelt, false).await.unwrap_err();
        assert!(error.message.contains("Contacts on the right has no field Emial"), "{error:?}");
        assert_eq!(error.hint, "did you mean Email?");
        let option = "{ criteria = { field = \"Lead_Source\", comparator = \"equal\", value = \"Partnr\" } }";
        let error = hub.apply(&world.config(&scoped(option)), false).await.unwrap_err();
        assert!(error.message.contains("Lead_Source has no option \"Partnr\""), "{error:?}");
        assert_eq!(error.hint, "did you mean \"Partner\"?");
        let steps = |steps: &str| {
            let fields = "{ left = \"Last_Name\", right = \"Last_Name\" }, { left = \"Title\", right = \"Lead_Source\"";
            contacts(&format!("direction = \"left_to_right\"\nfields = [{fields}, to_right = [{steps}] }}]"))
        };
        for wrong in ["{ constant = \"Partnr\" }", "{ map = { values = { P = \"Partnr\" }, unknown = \"blank\" } }"] {
            let error = hub.apply(&world.config(&steps(wrong)), false).await.unwrap_err();
            assert_eq!((error.code, error.hint.as_str()), ("mapping.invalid", "did you mean \"Partner\"?"));
            assert!(error.message.contains("Lead_Source: its steps give \"Partnr\""), "{error:?}");
        }
        hub.apply(&world.config(&steps("{ constant = \"partner\" }")), false).await.unwrap();
        let made = "derived = [{ side = \"left\", name = \"Both\", join = [\"Frst_Name\", \"Last_Name\"] }]";
        let error = hub.apply(&world.config(&contacts(made)), false).await.unwrap_err();
        assert_eq!((error.code, error.hint.as_str()), ("mapping.derived", "did you mean First_Name?"));
        let owners = "[integrations.both.owners]\nfallback = { right = \"nobody@musubi.example\" }\n";
        let error = hub.apply(&world.config(&(contacts("match = [\"Email\"]") + owners)), true).await.unwrap_err();
        assert_eq!(error.code, "owner.fallback", "{error:?}");
        assert!(error.message.contains("integrations.both.owners"), "{error:?}");
        assert_eq!(hub.export().await.unwrap(), before);
        // What is right is taken.
        let one_way = contacts("fields = [{ left = \"Email\", right = \"Email\" }, { left = \"Last_Name\", right = \"Last_Name\" }, { left = \"Created_Time\", right = \"Description\", to_right = [{ date_of = \"Asia/Tokyo\" }] }]");
        let report = hub.apply(&world.config(&one_way), false).await.unwrap();
        let told = "Created_Time goes to Description and never back: Created_Time can only be read";
        assert!(report.warnings.iter().any(|warning| warning.contains(told)), "{:?}", report.warnings);
        let right = scoped("{ views = [\"All Contacts\"], opt_out = \"Email_Opt_Out\" }");
        hub.apply(&world.config(&right), true).await.unwrap();
        hub.stop().await;
    })
    .await;
}

// S2-42: a run of what is paused would wait for ever.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_of_a_paused_integration_says_so_at_once() {
    each_engine(async |store| {
        let world = World::start().await;
        let workspace = world.set_up(&store, &contacts("match = [\"Email\"]")).await;
        let hub = world.hub(&store, workspace, None).await;
        hub.pause("both").await.unwrap();
        let refused = hub.run_until_agreed("both", Duration::from_secs(30), &mut |_| {}).await.unwrap_err();
        assert_eq!(refused.code, "integration.paused");
        hub.resume("both").await.unwrap();
        agree(&hub, 60).await;
        hub.stop().await;
    })
    .await;
}

// S1-35, AMB-17
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_paused_and_what_is_kept_for_how_long_is_part_of_the_file() {
    each_engine(async |store| {
        let world = World::start().await;
        world.orgs[0]
            .create("Contacts", serde_json::json!({"Last_Name": "森", "Email": "mori@example.com"}))
            .await;
        let said = contacts("match = [\"Email\"]");
        let paused = format!("paused = true\n{said}\n[retention]\nruns_days = 30\n");
        let workspace = world.set_up(&store, &paused).await;
        let hub = world.hub(&store, workspace, None).await;
        // Nothing is written before somebody says so.
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        assert_eq!(world.orgs[1].all("Contacts", &["Last_Name"]).await.len(), 0);
        let exported = hub.export().await.unwrap();
        assert_eq!(exported.integrations["both"].paused, Some(true));
        assert_eq!(exported.retention, world.config(&paused).retention);
        assert_eq!(hub.apply(&exported, true).await.unwrap().changes.len(), 0);
        // A file that says nothing of it leaves it as it stands.
        hub.apply(&world.config(&said), true).await.unwrap();
        assert_eq!(hub.export().await.unwrap().integrations["both"].paused, Some(true));
        let begins = world.config(&format!("paused = false\n{said}\n[retention]\n"));
        let days = musubi_engine::retention::Retention { journal_days: None, runs_days: Some(3) };
        let short = musubi_engine::Config { retention: Some(days), ..begins.clone() };
        assert_eq!(hub.apply(&short, true).await.unwrap_err().code, "config.retention");
        assert_eq!(hub.export().await.unwrap(), exported, "nothing of it is kept");
        let report = hub.apply(&begins, true).await.unwrap();
        let told: Vec<String> =
            report.changes.iter().map(|change| format!("{} {:?}", change.name, change.details)).collect();
        assert_eq!(told.len(), 2, "{told:?}");
        agree(&hub, 60).await;
        assert_eq!(world.orgs[1].all("Contacts", &["Last_Name"]).await.len(), 1);
        let exported = hub.export().await.unwrap();
        assert_eq!((exported.integrations["both"].paused, exported.retention), (None, None));
        hub.stop().await;
    })
    .await;
}

// S1-35
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_of_one_integration_leaves_the_others_alone() {
    each_engine(async |store| {
        let world = World::start().await;
        let other = "[integrations.other]\nleft = \"tokyo\"\nright = \"london\"\n\
            [[integrations.other.modules]]\nleft = \"Leads\"\nright = \"Leads\"\nmatch = [\"Email\"]\n";
        let workspace = world.set_up(&store, &(contacts("match = [\"Email\"]") + other)).await;
        let person = serde_json::json!({"Last_Name": "森", "Email": "mori@example.com", "Company": "結"});
        for module in ["Contacts", "Leads"] {
            world.orgs[0].create(module, person.clone()).await;
        }
        let hub = world.hub_for("both", &store, workspace).await;
        agree(&hub, 60).await;
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        assert_eq!(world.orgs[1].all("Contacts", &["Last_Name"]).await.len(), 1);
        assert_eq!(world.orgs[1].all("Leads", &["Last_Name"]).await.len(), 0);
        hub.stop().await;
        let hub = world.hub(&store, workspace, None).await;
        let report = hub.run_until_agreed("other", Duration::from_secs(60), &mut |_| {}).await.unwrap();
        assert!(report.agreed, "{report:?}");
        assert_eq!(world.orgs[1].all("Leads", &["Last_Name"]).await.len(), 1);
        hub.stop().await;
    })
    .await;
}
