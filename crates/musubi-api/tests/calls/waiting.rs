//! What waits for other records is listed by calls, and as a table.

use crate::hub::with_api;
use musubi_api::Options;
use reqwest::Method;
use serde_json::{Value, json};

// S1-87, I12
#[tokio::test]
async fn what_waits_for_other_records_is_a_list_and_a_table() {
    with_api(Options::default(), async |api, _| {
        let owner = api.owner().await;
        let user = api.member(&owner, "user").await;
        let get = async |what: &str| {
            api.status(&user, Method::GET, &format!("/integrations/i/waiting{what}"), None).await
        };
        assert_eq!(get("").await, (200, json!({"items": [], "next": null})));
        let heading =
            "what,integration,module,side,id,label,waits_for_module,waits_for_id,waits_for_label,since\r\n";
        assert_eq!(get("/csv?module=Leads").await, (200, Value::String(heading.into())));
        let (status, japanese) = get("/csv?language=ja").await;
        assert_eq!(status, 200);
        assert!(japanese.as_str().unwrap().starts_with("\u{feff}内容,連携,"), "{japanese}");
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
