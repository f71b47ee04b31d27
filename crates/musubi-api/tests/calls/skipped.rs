//! What is skipped is listed by calls, and as a table.

use crate::hub::with_api;
use musubi_api::Options;
use reqwest::Method;
use serde_json::{Value, json};

// K-24
#[tokio::test]
async fn what_is_skipped_is_a_list_and_a_table() {
    with_api(Options::default(), async |api, _| {
        let owner = api.owner().await;
        let user = api.member(&owner, "user").await;
        let get = async |what: &str| {
            api.status(&user, Method::GET, &format!("/integrations/i/skipped{what}"), None).await
        };
        assert_eq!(get("").await, (200, json!({"items": [], "next": null})));
        let heading = "code,what,integration,module,left_id,right_id,label,since\r\n";
        let filtered = "/csv?module=Leads:Leads&code=skipped.scope";
        assert_eq!(get(filtered).await, (200, Value::String(heading.into())));
        // What is wrong with the question is told before a table begins.
        for (wrong, status, code) in
            [("/csv?module=Deals", 404, "module.unknown"), ("?cursor=x", 422, "input.invalid")]
        {
            let (found, answer) = get(wrong).await;
            assert_eq!((found, &answer["code"]), (status, &json!(code)), "{wrong}: {answer}");
        }
    })
    .await;
}
