//! Who is told of what, over the API: secrets go in and never come out, a test says what the servers answered.

use crate::hub::with_api;
use crate::receivers::{Answer, MailServer, Program};
use musubi_api::Options;
use musubi_store::{NoticeRow, SyncId, Telling};
use reqwest::Method;
use serde_json::{Value, json};

const PASSWORD: &str = "right horse";
const SECRET: &str = "sixteen or more letters";

fn settings(port: u16, url: &str) -> Value {
    json!({
        "language": "en", "digest": "09:00", "zone": "Asia/Tokyo",
        "smtp": {"server": "127.0.0.1", "port": port, "tls": "none", "user": "musubi",
            "from": "musubi@example.com", "to": ["ops@example.com"]},
        "webhook": {"url": url},
    })
}

#[tokio::test]
async fn secrets_go_in_and_never_come_out_and_a_test_says_what_was_answered() {
    with_api(Options::default(), |api, store| async move {
        let owner = api.owner().await;
        let (mail, program) = (MailServer::start(Some(("musubi", PASSWORD))).await, Program::start().await);
        let settings = settings(mail.port, &program.url);
        let body = json!({"settings": settings, "smtp_password": "wrong horse", "webhook_secret": SECRET});
        let (status, kept) = api.status(&owner, Method::PUT, "/notices", Some(body)).await;
        assert_eq!(status, 200, "{kept}");
        assert_eq!((&kept["has_smtp_password"], &kept["has_webhook_secret"]), (&json!(true), &json!(true)));
        program.will_say(&[Answer::No("500 Broken\n\nout of order")]);
        let (_, tried) = api.status(&owner, Method::POST, "/notices/test", None).await;
        let codes: Vec<&Value> = tried["items"].as_array().unwrap().iter().map(|one| &one["code"]).collect();
        assert_eq!(codes, ["notices.smtp_login", "notices.webhook_refused"], "{tried}");

        // A secret that is not given is left alone; one that is given replaces the other.
        let body = json!({"settings": settings, "smtp_password": PASSWORD});
        assert_eq!(api.status(&owner, Method::PUT, "/notices", Some(body)).await.0, 200);
        let (_, tried) = api.status(&owner, Method::POST, "/notices/test", None).await;
        let said: Vec<&Value> =
            tried["items"].as_array().unwrap().iter().map(|one| &one["message"]).collect();
        assert_eq!(said, ["250 2.0.0 queued as 1A2B", "the receiver answered 204"], "{tried}");
        assert_eq!(mail.mails()[0].header("Subject").unwrap(), "[Musubi] This is a test");
        assert_eq!(program.calls().len(), 2);

        for path in ["/notices", "/export", "/audit", "/notices/sent"] {
            let (_, answer) = api.status(&owner, Method::GET, path, None).await;
            let text = answer.to_string();
            assert!(!text.contains("horse") && !text.contains(SECRET), "{path}: {text}");
        }
        let (_, exported) = api.status(&owner, Method::GET, "/export", None).await;
        assert!(exported["toml"].as_str().unwrap().contains("[notices.smtp]"), "{exported}");

        // An empty one is forgotten.
        let body = json!({"settings": settings, "webhook_secret": ""});
        let (_, kept) = api.status(&owner, Method::PUT, "/notices", Some(body)).await;
        assert_eq!((&kept["has_smtp_password"], &kept["has_webhook_secret"]), (&json!(true), &json!(false)));

        let wrong = |change: Value| {
            let mut settings = settings.clone();
            settings.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            json!({"settings": settings})
        };
        for (body, status, code) in [
            (wrong(json!({"digest": "noon"})), 422, "config.notices"),
            (wrong(json!({"webhook": {"url": "file:///etc/passwd"}})), 422, "config.notices"),
            (wrong(json!({"webhook": {"url": "https://hook:secret@a.example"}})), 422, "config.notices"),
            (json!({"settings": settings, "webhook_secret": "short"}), 422, "config.notice_secret"),
            (wrong(json!({"colour": "red"})), 400, "input.invalid"),
        ] {
            let (got, problem) = api.status(&owner, Method::PUT, "/notices", Some(body)).await;
            assert_eq!((got, &problem["code"]), (status, &json!(code)), "{problem}");
        }
        let (_, kept) = api.status(&owner, Method::GET, "/notices", None).await;
        assert_eq!(kept["settings"]["digest"], "09:00", "what was refused changed nothing");
        drop(store);
    })
    .await;
}

#[tokio::test]
async fn everybody_sees_what_was_told_and_administrators_to_whom() {
    with_api(Options::default(), |api, store| async move {
        let owner = api.owner().await;
        let (user, admin) = (api.member(&owner, "user").await, api.member(&owner, "admin").await);
        let (_, session) = api.status(&owner, Method::GET, "/session", None).await;
        let workspace = session["workspace"]["id"].as_i64().unwrap();
        let matter = json!({"integration": "i", "module": "Leads", "code": "pairs", "count": 7});
        let told = json!({"event": "first_load", "matters": [matter]}).to_string();
        let row =
            |at| NoticeRow { id: 0, at, event: "first_load".into(), about: "i".into(), body: told.clone() };
        let notices = (1..=3).map(|at| (row(at), vec!["mail:ops@example.com".to_owned()])).collect();
        let epoch = store.acquire(SyncId(-9), "test", 0, 1).await.unwrap().unwrap();
        let telling = Telling { notices, ..Telling::default() };
        store.tell(workspace, (SyncId(-9), epoch), i64::MAX, telling).await.unwrap();

        let (_, seen) = api.status(&user, Method::GET, "/notices/sent?limit=2", None).await;
        let at = |page: &Value| -> Vec<i64> {
            page["items"].as_array().unwrap().iter().map(|one| one["at"].as_i64().unwrap()).collect()
        };
        assert_eq!(at(&seen), [3, 2]);
        assert_eq!(
            (&seen["items"][0]["matters"], &seen["items"][0]["deliveries"]),
            (&json!([matter]), &json!([]))
        );
        let next = format!("/notices/sent?limit=2&cursor={}", seen["next"].as_str().unwrap());
        let (_, rest) = api.status(&admin, Method::GET, &next, None).await;
        assert_eq!((at(&rest), &rest["next"]), (vec![1], &Value::Null));
        assert_eq!(rest["items"][0]["deliveries"][0]["address"], "mail:ops@example.com");
        assert_eq!(api.status(&user, Method::GET, "/notices/sent?cursor=x", None).await.0, 422);
    })
    .await;
}
