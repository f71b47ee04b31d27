//! The listener as a service and a monitor meet it.

use musubi_api::{App, Options};
use musubi_store::{ChannelRow, Keyring, Store};
use tokio::net::TcpListener;

#[tokio::test]
async fn a_webhook_needs_both_secrets_and_leaves_a_hint() {
    let store = Store::in_memory().unwrap().unlock(Keyring::new(&[1; 32])).await.unwrap();
    let hub = crate::hub::start(&store, 1).await;
    let connection = store.connections(1).await.unwrap()[0].id;
    let token = b"0123456789abcdef0123456789abcdef".to_vec();
    let row = ChannelRow { connection, id: "77".into(), module: "Leads".into(), token, until: i64::MAX };
    store.put_channel(&row).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let served =
        musubi_api::serve(listener, App::new(hub.clone(), Options::default()), None, std::future::pending());
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let client = async {
        let body = |token: &str| {
            format!(r#"{{"channel_id":"77","token":"{token}","ids":["5","6"],"operation":"update"}}"#)
        };
        let good = "0123456789abcdef0123456789abcdef";
        let post = async |path: String, body: String| {
            http.post(format!("{base}{path}")).body(body).send().await.unwrap().status().as_u16()
        };
        let path = |secret: &str| format!("/hooks/crm/{connection}/{secret}");
        assert_eq!(post(path("wrong"), body(good)).await, 404);
        assert_eq!(post(path(good), body("wrong")).await, 404);
        assert_eq!(post(format!("/hooks/crm/99/{good}"), body(good)).await, 404);
        assert_eq!(post(path(good), "not json".into()).await, 404);
        assert_eq!(post(path(good), "x".repeat(2 << 20)).await, 413);
        let sync = store.all_module_syncs().await.unwrap()[0].id;
        assert!(store.hints(sync, 9).await.unwrap().is_empty());
        assert_eq!(post(path(good), body(good)).await, 200);
        let ids: Vec<String> = store.hints(sync, 9).await.unwrap().into_iter().map(|hint| hint.id).collect();
        assert_eq!(ids, ["5", "6"]);

        let get = async |path: &str| http.get(format!("{base}{path}")).send().await.unwrap();
        let health = get("/healthz").await;
        assert_eq!(health.headers()["x-content-type-options"], "nosniff");
        assert_eq!(get("/readyz").await.status(), 200);
        let metrics = String::from_utf8(get("/metrics").await.bytes().await.unwrap().to_vec()).unwrap();
        assert!(metrics.contains("musubi_links{integration=\"i\",module=\"Leads\"} 0"), "{metrics}");
    };
    tokio::select! {
        served = served => panic!("the server ended: {served:?}"),
        () = client => {}
    }
    hub.stop().await;
}
