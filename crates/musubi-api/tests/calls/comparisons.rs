//! How often everything is compared again is read and said by calls.

use crate::hub::with_api;
use musubi_api::Options;
use reqwest::Method;
use serde_json::{Value, json};

// K-25
#[tokio::test]
async fn an_administrator_says_how_often_everything_is_compared() {
    with_api(Options::default(), async |api, _| {
        let owner = api.owner().await;
        let (_, shown) = api.status(&owner, Method::GET, "/integrations/i", None).await;
        assert_eq!(shown["compare_every"], Value::Null, "{shown}");
        let modules = shown["modules"].clone();
        let change = async |more: Value| {
            let mut body = json!({ "modules": modules });
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let (status, shown) = api.status(&owner, Method::PATCH, "/integrations/i", Some(body)).await;
            (status, shown["compare_every"].clone())
        };
        assert_eq!(change(json!({"compare_every": "7d"})).await, (200, json!("7d")));
        // Who says nothing of it leaves it as it is; who says `null` ends it.
        assert_eq!(change(json!({})).await, (200, json!("7d")));
        assert_eq!(change(json!({"compare_every": null})).await, (200, Value::Null));
        assert_eq!(change(json!({"compare_every": "often"})).await.0, 400);
        let (_, shown) = api.status(&owner, Method::GET, "/integrations/i", None).await;
        assert_eq!(shown["compare_every"], Value::Null, "{shown}");
    })
    .await;
}
