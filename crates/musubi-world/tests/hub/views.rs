//! List views that somebody changes in the service, over the real connector and the sandbox by HTTP.

use crate::scope::{FAMILY, lead, leads, names, view, view_of};
use crate::world::{World, agree, each_engine, settings, until};
use musubi_engine::Hub;
use musubi_engine::sync::Settings;
use serde_json::json;

// S2-27, AMB-20
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_view_that_was_changed_in_the_service_counts_when_a_person_says_so() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        view(&world, 0, "Hot", "Contacted").await;
        tokyo.create("Leads", lead("hot", "Contacted", "Tokyo")).await;
        tokyo.create("Leads", lead("junk", "Junk Lead", "Tokyo")).await;
        let workspace = world.set_up(&store, &leads("left = { views = [\"Hot\"] }")).await;
        let eager = Settings { views_every: 300, ..settings() };
        let hub = world.hub_with(&store, workspace, None, eager).await;
        agree(&hub, 60).await;
        let changed = async || hub.status().await.unwrap().integrations[0].modules[0].views_changed;
        assert!(!changed().await);
        view(&world, 0, "Hot", "Junk Lead").await;
        until("the change is noticed", 20, async || changed().await).await;
        agree(&hub, 60).await;
        assert_eq!(names(london).await, ["hot"]);
        assert_eq!(hub.take_views_over("both").await.unwrap(), 1);
        until("the new conditions count", 30, async || names(london).await == ["hot", "junk"]).await;
        until("nobody is asked any more", 20, async || !changed().await).await;
        assert_eq!(hub.take_views_over("both").await.unwrap(), 0);
        hub.stop().await;
    })
    .await;
}

// AMB-20
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_tells_that_a_view_was_changed_and_so_does_the_status_when_it_has_ended() {
    each_engine(async |store| {
        let world = World::start().await;
        view(&world, 0, "Hot", "Contacted").await;
        world.orgs[0].create("Leads", lead("hot", "Contacted", "Tokyo")).await;
        let workspace = world.set_up(&store, &leads("left = { views = [\"Hot\"] }")).await;
        let run = async || {
            let hub = world.hub(&store, workspace, None).await;
            let told = agree(&hub, 60).await.views_changed;
            hub.stop().await;
            told
        };
        let stands = async || {
            let status = Hub::offline(store.clone(), workspace).status().await.unwrap();
            status.integrations[0].modules[0].views_changed
        };
        assert!(run().await.is_empty() && !stands().await);
        view(&world, 0, "Hot", "Junk Lead").await;
        assert_eq!(run().await, ["Leads"]);
        assert!(stands().await, "nobody is at work any more, and it is still to be said whether that counts");
        let hub = world.hub(&store, workspace, None).await;
        assert_eq!(hub.take_views_over("both").await.unwrap(), 1);
        hub.stop().await;
        assert!(run().await.is_empty() && !stands().await);
    })
    .await;
}

// S2-27, S2-42
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_view_that_is_gone_is_told_and_those_of_other_modules_are_looked_at() {
    each_engine(async |store| {
        let world = World::start().await;
        view_of(&world, 0, "Accounts", "Partners", ["Account_Type", "Partner"]).await;
        view_of(&world, 0, "Contacts", "Sales", ["Department", "Sales"]).await;
        let workspace = world.set_up(&store, FAMILY).await;
        let eager = Settings { views_every: 300, ..settings() };
        let hub = world.hub_with(&store, workspace, None, eager).await;
        agree(&hub, 60).await;
        let away = json!({"module": "Accounts", "name": "Partners"});
        world.control_away(&format!("orgs/{}/views", world.orgs[0].id), away).await;
        view_of(&world, 0, "Contacts", "Sales", ["Department", "Legal"]).await;
        let module = async |at: usize| hub.status().await.unwrap().integrations[0].modules[at].clone();
        until("the change of the other view is noticed", 20, async || module(1).await.views_changed).await;
        let code = async || module(0).await.problem.map(|problem| problem.code);
        until("that the view is gone is told", 20, async || code().await.as_deref() == Some("scope.view"))
            .await;
        assert!(module(1).await.problem.is_none());
        assert_eq!(hub.take_views_over("both").await.unwrap(), 1, "the other one can be taken over");
        // It is there again.
        view_of(&world, 0, "Accounts", "Partners", ["Account_Type", "Partner"]).await;
        until("nothing is told any more", 20, async || code().await.is_none()).await;
        hub.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_view_that_was_changed_counts_at_once_where_that_was_asked_for() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        view(&world, 0, "Hot", "Contacted").await;
        tokyo.create("Leads", lead("junk", "Junk Lead", "Tokyo")).await;
        let scope = "view_changes = \"apply\"\nleft = { views = [\"Hot\"], opt_out = \"Email_Opt_Out\" }";
        let workspace = world.set_up(&store, &leads(scope)).await;
        let eager = Settings { views_every: 300, ..settings() };
        let hub = world.hub_with(&store, workspace, None, eager).await;
        agree(&hub, 60).await;
        assert!(names(london).await.is_empty());
        let out =
            json!({"Last_Name": "out", "Company": "結", "Lead_Status": "Junk Lead", "Email_Opt_Out": true});
        tokyo.create("Leads", out).await;
        view(&world, 0, "Hot", "Junk Lead").await;
        until("the new conditions count", 30, async || names(london).await == ["junk"]).await;
        agree(&hub, 60).await;
        assert_eq!(names(london).await, ["junk"], "who opted out takes no part");
        hub.stop().await;
    })
    .await;
}

// S2-27, AMB-20
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_view_that_was_changed_goes_on_waiting_whatever_else_of_the_scope_is_changed() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        view(&world, 0, "Hot", "Contacted").await;
        view(&world, 0, "Warm", "Attempted to Contact").await;
        tokyo.create("Leads", lead("hot", "Contacted", "Tokyo")).await;
        tokyo.create("Leads", lead("junk", "Junk Lead", "Tokyo")).await;
        tokyo.create("Leads", lead("warm", "Attempted to Contact", "Tokyo")).await;
        let workspace = world.set_up(&store, &leads("left = { views = [\"Hot\"] }")).await;
        let run = async || {
            let hub = world.hub(&store, workspace, None).await;
            let told = agree(&hub, 60).await.views_changed;
            hub.stop().await;
            told
        };
        let idle = world.idle(&store, workspace);
        assert!(run().await.is_empty());
        assert_eq!(idle.views_waiting("both").await.unwrap(), 0);
        view(&world, 0, "Hot", "Junk Lead").await;
        assert_eq!(run().await, ["Leads"]);
        let both = ["hot", "warm"];
        let tokyo_alone = "{ field = \"City\", comparator = \"equal\", value = \"Tokyo\" }";
        let in_tokyo = format!("left = {{ views = [\"Hot\"], criteria = {tokyo_alone} }}");
        for (scope, there) in [
            ("leaving = \"stop_updates\"\nleft = { views = [\"Hot\"] }", &both[..1]),
            ("created_within = \"365d\"\nleft = { views = [\"Hot\"] }", &both[..1]),
            ("left = { views = [\"Hot\"], opt_out = \"Email_Opt_Out\" }", &both[..1]),
            (in_tokyo.as_str(), &both[..1]),
            // The one that is chosen anew counts with what it shows.
            ("left = { views = [\"Warm\", \"Hot\"] }", &both[..]),
            ("left = { views = [\"Hot\", \"Warm\"], join = \"all\" }", &both[..]),
            ("left = { views = [\"Hot\"] }", &both[..]),
        ] {
            Hub::offline(store.clone(), workspace).apply(&world.config(&leads(scope)), true).await.unwrap();
            assert_eq!(run().await, ["Leads"], "{scope}");
            assert_eq!(names(london).await, there, "{scope}");
            assert_eq!(idle.views_waiting("both").await.unwrap(), 1, "{scope}");
        }
        assert_eq!(idle.take_views_over("both").await.unwrap(), 1);
        assert_eq!(idle.views_waiting("both").await.unwrap(), 0);
        assert!(run().await.is_empty());
        assert_eq!(names(london).await, ["hot", "junk", "warm"]);
    })
    .await;
}

// S2-27, S2-42
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_view_that_is_chosen_again_counts_with_what_it_shows_then_and_waits_from_there_on() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        view(&world, 0, "Hot", "Contacted").await;
        view(&world, 0, "Warm", "Attempted to Contact").await;
        tokyo.create("Leads", lead("hot", "Contacted", "Tokyo")).await;
        tokyo.create("Leads", lead("junk", "Junk Lead", "Tokyo")).await;
        let workspace = world.set_up(&store, &leads("left = { views = [\"Hot\"] }")).await;
        let run = async |chosen: &str| {
            let scope = leads(&format!("left = {{ views = [\"{chosen}\"] }}"));
            Hub::offline(store.clone(), workspace).apply(&world.config(&scope), true).await.unwrap();
            let hub = world.hub(&store, workspace, None).await;
            let told = agree(&hub, 60).await.views_changed;
            hub.stop().await;
            told
        };
        for chosen in ["Hot", "Warm", "Hot"] {
            assert!(run(chosen).await.is_empty(), "{chosen}");
        }
        view(&world, 0, "Hot", "Junk Lead").await;
        assert_eq!(run("Hot").await, ["Leads"]);
        assert_eq!(names(london).await, ["hot"]);
        for chosen in ["Warm", "Hot"] {
            assert!(run(chosen).await.is_empty(), "{chosen}");
        }
        assert_eq!(names(london).await, ["hot", "junk"]);
    })
    .await;
}
