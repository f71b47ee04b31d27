//! Module pairs rest and are taken up again by calls.

use crate::hub::with_api;
use musubi_api::Options;
use reqwest::Method;
use serde_json::json;

// S1-98, S1-99
#[tokio::test]
async fn an_administrator_pauses_a_module_and_lets_it_go_on() {
    with_api(Options::default(), async |api, _| {
        let owner = api.owner().await;
        let user = api.member(&owner, "user").await;
        let post = async |who, what: &str| {
            api.status(who, Method::POST, &format!("/integrations/i/{what}"), None).await
        };
        assert_eq!(post(&user, "modules/Leads/pause").await.0, 403);
        assert_eq!(post(&owner, "modules/Deals/pause").await.0, 404);
        let (status, answer) = post(&owner, "modules/Leads/pause").await;
        assert_eq!((status, &answer["modules"][0]["paused"]), (200, &json!(true)), "{answer}");
        assert_eq!(answer["modules"][0]["state"], "active", "it does not rest: {answer}");
        let (_, kept) = api.status(&owner, Method::GET, "/integrations/i", None).await;
        assert_eq!(kept["modules"][0]["paused"], true, "{kept}");
        // The integration's own pause ends without it.
        post(&owner, "pause").await;
        let (_, answer) = post(&owner, "resume").await;
        assert_eq!((&answer["state"], &answer["modules"][0]["paused"]), (&json!("active"), &json!(true)));
        let (status, answer) = post(&owner, "modules/Leads/resume").await;
        assert_eq!((status, &answer["modules"][0]["paused"]), (200, &json!(false)), "{answer}");
        let (_, audit) = api.status(&owner, Method::GET, "/audit", None).await;
        let actions: Vec<_> = audit["items"].as_array().unwrap().iter().map(|item| &item["action"]).collect();
        assert!(actions.contains(&&json!("module.pause")) && actions.contains(&&json!("module.resume")));
    })
    .await;
}

// K-23
#[tokio::test]
async fn an_undo_of_what_there_is_not_is_told() {
    with_api(Options::default(), async |api, _| {
        let owner = api.owner().await;
        for (of, code) in [
            (json!({"record": "99999"}), "undo.no_record"),
            (json!({"module": "Leads", "run": 77}), "undo.no_run"),
            (json!({"module": "Deals", "since": 0}), "module.unknown"),
        ] {
            let path = "/integrations/i/undo/plan";
            let (status, told) = api.status(&owner, Method::POST, path, Some(of.clone())).await;
            assert_eq!((status, &told["code"]), (404, &json!(code)), "{of}: {told}");
            let mut order = of.clone();
            order["digest"] = json!("0");
            let (status, told) = api.status(&owner, Method::POST, "/integrations/i/undo", Some(order)).await;
            assert_eq!((status, &told["code"]), (404, &json!(code)), "{of}: {told}");
        }
        let of = json!({"module": "Leads", "since": 0});
        let (status, told) = api.status(&owner, Method::POST, "/integrations/i/undo/plan", Some(of)).await;
        assert_eq!((status, &told["ready"]), (200, &json!(0)), "{told}");
    })
    .await;
}

// S2-47, S2-51, S2-52, S2-61
#[tokio::test]
async fn an_administrator_lets_a_module_rest_and_takes_it_up_again() {
    with_api(Options::default(), async |api, _| {
        let owner = api.owner().await;
        let user = api.member(&owner, "user").await;
        let post = async |who, what: &str, body| {
            api.status(who, Method::POST, &format!("/integrations/i/modules/{what}"), body).await
        };
        assert_eq!(post(&user, "Leads/deactivate", None).await.0, 403);
        assert_eq!(post(&owner, "Deals/deactivate", None).await.0, 404);
        let (status, answer) = post(&owner, "Leads/deactivate", None).await;
        assert_eq!((status, &answer["modules"][0]["state"]), (200, &json!("inactive")), "{answer}");
        let (_, kept) = api.status(&owner, Method::GET, "/integrations/i", None).await;
        assert_eq!(kept["modules"][0]["state"], "inactive", "{kept}");
        // Whoever sends the modules as they were read changes nothing about it.
        let body = json!({"modules": kept["modules"]});
        let (_, kept) = api.status(&owner, Method::PATCH, "/integrations/i", Some(body)).await;
        assert_eq!(kept["modules"][0]["state"], "inactive", "{kept}");

        let rule = json!({"conflict": "right"});
        assert_eq!(post(&owner, "Leads/activate", Some(json!({"conflict": "hold"}))).await.0, 400);
        let (status, answer) = post(&owner, "Leads/activate", Some(rule.clone())).await;
        assert_eq!((status, &answer["modules"][0]["meanwhile"]), (200, &json!("right")), "{answer}");
        let (status, answer) = post(&owner, "Leads/activate", Some(rule)).await;
        assert_eq!((status, &answer["code"]), (409, &json!("module.active")), "{answer}");
        let (_, audit) = api.status(&owner, Method::GET, "/audit", None).await;
        let actions: Vec<_> = audit["items"].as_array().unwrap().iter().map(|item| &item["action"]).collect();
        assert!(
            actions.contains(&&json!("module.deactivate")) && actions.contains(&&json!("module.activate"))
        );
    })
    .await;
}
