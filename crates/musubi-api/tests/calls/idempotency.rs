//! Calls that are sent again because their answer was lost: over real HTTP.

use crate::hub::{Who, with_api};
use musubi_api::Options;
use reqwest::Method;
use serde_json::{Value, json};

fn token(name: &str) -> Option<Value> {
    Some(json!({"name": name, "scope": "read", "expires_in_days": 7}))
}

#[tokio::test]
async fn a_call_sent_again_starts_nothing_and_is_answered_as_before() {
    with_api(Options::default(), |api, store| async move {
        let owner = api.owner().await;
        let keyed = Who { key: Some("6f1c"), ..owner.clone() };
        let first = api.send(&keyed, Method::POST, "/tokens", token("nightly")).await;
        assert_eq!(first.status(), 201);
        assert!(first.headers().get("idempotency-replayed").is_none());
        let (kind, first) = (first.headers()["content-type"].clone(), first.bytes().await.unwrap());
        let again = api.send(&keyed, Method::POST, "/tokens", token("nightly")).await;
        assert_eq!(again.status(), 201);
        assert_eq!(
            (&again.headers()["idempotency-replayed"], &again.headers()["content-type"]),
            (&"true".parse().unwrap(), &kind)
        );
        assert_eq!(again.bytes().await.unwrap(), first, "with the secret that is shown once");
        let tokens = api.status(&owner, Method::GET, "/tokens", None).await.1;
        assert_eq!(tokens["items"].as_array().unwrap().len(), 1);

        let (status, other) = api.status(&keyed, Method::POST, "/tokens", token("weekly")).await;
        assert_eq!((status, &other["code"]), (422, &json!("idempotency.reused")));
        let elsewhere = api.status(&keyed, Method::POST, "/integrations/i/pause", None).await;
        assert_eq!(elsewhere.1["code"], "idempotency.reused");
        let admin = Who { key: Some("6f1c"), ..api.member(&owner, "admin").await };
        assert_eq!(
            api.status(&admin, Method::POST, "/tokens", token("nightly")).await.0,
            201,
            "whose key is their own"
        );

        // A refusal is an answer as well.
        let bad = Who { key: Some("bad"), ..owner.clone() };
        for _ in 0..2 {
            assert_eq!(api.status(&bad, Method::POST, "/tokens", Some(json!({"name": 5}))).await.0, 400);
        }
        let late = Who { key: Some("late"), ..owner.clone() };
        for again in [false, true] {
            let failed = api.send(&late, Method::POST, "/connections/a/test", None).await;
            let replayed = failed.headers().contains_key("idempotency-replayed");
            assert_eq!((failed.status().as_u16(), replayed), (502, again), "a failure, too");
        }
        let stranger = Who { key: Some("6f1c"), ..Who::default() };
        assert_eq!(api.status(&stranger, Method::POST, "/tokens", token("nightly")).await.0, 401);
        let long = Who { key: Some(Box::leak("k".repeat(256).into_boxed_str())), ..owner.clone() };
        let (status, refused) = api.status(&long, Method::POST, "/tokens", token("nightly")).await;
        assert_eq!((status, &refused["code"]), (400, &json!("input.idempotency_key")));

        // Begun by a process that is gone: nobody knows, and nothing is done twice.
        let member =
            api.status(&owner, Method::GET, "/session", None).await.1["member"]["id"].as_i64().unwrap();
        let digest = store.begin_answer(member, "6f1c", &[], 1).await.unwrap().unwrap().request;
        store.begin_answer(member, "lost", &digest, 1).await.unwrap();
        let lost = Who { key: Some("lost"), ..owner.clone() };
        let (status, unknown) = api.status(&lost, Method::POST, "/tokens", token("nightly")).await;
        assert_eq!((status, &unknown["code"]), (409, &json!("idempotency.running")));
    })
    .await;
}

#[tokio::test]
async fn the_same_call_at_the_same_time_is_one_call() {
    with_api(Options::default(), |api, _| async move {
        let owner = api.owner().await;
        let keyed = Who { key: Some("twice"), ..owner.clone() };
        let calls = (0..8).map(|_| api.status(&keyed, Method::POST, "/tokens", token("nightly")));
        let answers = futures::future::join_all(calls).await;
        assert!(answers.iter().any(|(status, _)| *status == 201));
        assert!(answers.iter().all(|(status, _)| matches!(status, 201 | 409)), "{answers:?}");
        let tokens = api.status(&owner, Method::GET, "/tokens", None).await.1;
        assert_eq!(tokens["items"].as_array().unwrap().len(), 1);
    })
    .await;
}
