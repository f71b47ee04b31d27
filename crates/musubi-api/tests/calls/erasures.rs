//! Erasing what is remembered of a person: who may ask, and what is refused.

use crate::hub::{Who, with_api};
use musubi_api::Options;
use reqwest::Method;
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_administrators_erase_and_only_what_a_plan_says() {
    with_api(Options::default(), |api, store| async move {
        let owner = api.owner().await;
        let (admin, user) = (api.member(&owner, "admin").await, api.member(&owner, "user").await);
        let post = async |who: &Who, body: serde_json::Value| {
            api.status(who, Method::POST, "/erasures", Some(body)).await
        };
        let by_address = json!({"email": "mori@example.com", "dry_run": true});
        assert_eq!(post(&user, by_address.clone()).await.0, 403);
        assert_eq!(api.status(&user, Method::GET, "/erasures", None).await.0, 403);

        let (status, answer) = post(&admin, by_address).await;
        assert_eq!(
            (status, &answer["plan"]["counts"]["pairs"], &answer["erasure"]),
            (200, &json!(0), &json!(null))
        );
        let digest = &answer["plan"]["digest"];
        for (body, status, code) in [
            (json!({"email": "mori@example.com"}), 422, "input.invalid"),
            (json!({"email": "mori@example.com", "digest": "0"}), 409, "erasure.plan_changed"),
            (json!({"email": "mori@example.com", "digest": digest}), 422, "erasure.nothing"),
            (json!({"email": "mori", "dry_run": true}), 422, "erasure.address"),
            (json!({"email": "mori@example.com", "left_id": "1"}), 422, "input.invalid"),
            (json!({"left_id": "1", "dry_run": true}), 422, "input.invalid"),
            (
                json!({"integration": "none", "module": "Leads", "left_id": "1", "dry_run": true}),
                422,
                "integration.unknown",
            ),
        ] {
            let (given, answer) = post(&admin, body.clone()).await;
            assert_eq!((given, answer["code"].as_str()), (status, Some(code)), "{body}: {answer}");
        }
        let (status, listed) = api.status(&owner, Method::GET, "/erasures", None).await;
        assert_eq!((status, &listed["items"]), (200, &json!([])));
        assert_eq!(store.erasures(1, i64::MAX, 9).await.unwrap(), []);
    })
    .await;
}
