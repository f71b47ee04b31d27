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
            (scoped("{ opt_out = \"Do_Not_Sync\" }"), "scope.condition"),
            (scoped("{ opt_out = \"Title\" }"), "scope.opt_out"),
            (contacts("match = [\"Account_Name\"]") + accounts, "mapping.match_kind"),
            (contacts("match = [\"Owner\"]"), "mapping.match_kind"),
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
        assert_eq!(hub.export().await.unwrap(), before);
        // What is right is taken.
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
