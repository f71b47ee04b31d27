//! A hub that listens, and people who ask it.

#![allow(dead_code, reason = "each test file uses a part of it")]

use crate::answers;
use musubi_api::{App, Options};
use musubi_engine::{Config, Hub};
use musubi_store::{Keyring, Store};
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};
use std::future::Future;
use std::sync::Arc;
use tokio::net::TcpListener;

/// Two connections to nobody.
const FILE: &str = "[connections.a]\nservice = \"crm\"\nbase_url = \"http://127.0.0.1:1\"\n\
    [connections.b]\nservice = \"crm\"\nbase_url = \"http://127.0.0.1:1\"\n\
    [integrations.i]\nleft = \"a\"\nright = \"b\"\n[[integrations.i.modules]]\nleft = \"Leads\"\nright = \"Leads\"\n";
/// Of everybody.
pub const PASSWORD: &str = "correct horse battery";

/// No service answers.
struct Nobody;

#[async_trait::async_trait]
impl musubi_engine::Connect for Nobody {
    async fn connect(
        &self,
        _: &musubi_store::ConnectionRow,
    ) -> musubi_engine::Result<Arc<dyn musubi_connector::Connector>> {
        Err(musubi_engine::HubError::new("connection.none", "nobody is there", "nothing to do"))
    }
}

/// A hub that listens.
pub struct Api {
    pub base: String,
    pub code: String,
    pub http: Client,
}

/// Who sends requests.
#[derive(Clone, Default)]
pub struct Who {
    pub cookie: Option<String>,
    pub csrf: Option<String>,
    pub token: Option<String>,
    /// Sent with each call.
    pub key: Option<&'static str>,
}

impl Api {
    pub async fn send(&self, who: &Who, method: Method, path: &str, body: Option<Value>) -> Response {
        let mut request = self.http.request(method, format!("{}/api/v1{path}", self.base));
        if let Some(cookie) = &who.cookie {
            request = request.header("cookie", cookie);
        }
        if let Some(csrf) = &who.csrf {
            request = request.header("x-musubi-csrf", csrf);
        }
        if let Some(token) = &who.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some(key) = who.key {
            request = request.header("idempotency-key", key);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        request.send().await.unwrap()
    }

    pub async fn status(&self, who: &Who, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        let response = self.send(who, method.clone(), path, body).await;
        let status = response.status().as_u16();
        let is_table =
            response.headers().get("content-type").is_some_and(|kind| kind == "text/csv; charset=utf-8");
        let body = response.bytes().await.unwrap();
        let answer = match is_table {
            true => Value::String(String::from_utf8(body.to_vec()).unwrap()),
            false => serde_json::from_slice(&body).unwrap_or_default(),
        };
        answers::check(method.as_str(), path, status, &answer);
        (status, answer)
    }

    /// Sets the hub up, and gives its owner.
    pub async fn owner(&self) -> Who {
        let body =
            json!({"code": self.code, "name": "Ann", "email": "Ann@Example.com", "password": PASSWORD});
        entered(self.send(&Who::default(), Method::POST, "/setup", Some(body)).await, 201).await
    }

    pub async fn log_in(&self, email: &str, password: &str) -> Response {
        let body = json!({"email": email, "password": password});
        self.send(&Who::default(), Method::POST, "/session", Some(body)).await
    }

    /// Somebody with this role.
    pub async fn member(&self, owner: &Who, role: &str) -> Who {
        let email = format!("{role}@example.com");
        let body = json!({"name": role, "email": email, "role": role, "password": PASSWORD});
        assert_eq!(self.status(owner, Method::POST, "/members", Some(body)).await.0, 201);
        entered(self.log_in(&email, PASSWORD).await, 200).await
    }
}

/// Whoever was let in.
pub async fn entered(response: Response, status: u16) -> Who {
    assert_eq!(response.status().as_u16(), status);
    let set = response.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax"), "{set}");
    let session: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
    Who {
        cookie: set.split(';').next().map(str::to_owned),
        csrf: session["csrf"].as_str().map(str::to_owned),
        ..Who::default()
    }
}

/// A hub over this store, with two connections to nobody and an integration.
pub async fn start(store: &Store, workspace: i64) -> Hub {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Hub::offline(store.clone(), workspace).apply(&Config::parse(FILE).unwrap(), true).await.unwrap();
    let options = musubi_engine::HubOptions {
        store: store.clone(),
        connect: Arc::new(Nobody),
        holder: "test".into(),
        public_url: None,
        settings: musubi_engine::sync::Settings::default(),
        workspace,
    };
    Hub::start(options).await.unwrap()
}

/// What is done with a hub that listens, until it is done.
pub async fn served(hub: &Hub, options: Options, people: impl AsyncFnOnce(Api)) {
    let app = App::new(hub.clone(), options);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let api = Api {
        base: format!("http://{}", listener.local_addr().unwrap()),
        code: app.setup_code().to_owned(),
        http: Client::builder().no_proxy().build().unwrap(),
    };
    tokio::select! {
        served = musubi_api::serve(listener, app, None, std::future::pending()) => panic!("the server ended: {served:?}"),
        () = people(api) => {}
    }
}

/// What is done with a hub of two connections to nobody, over a store of its own.
pub async fn with_api<F: Future<Output = ()>>(options: Options, test: impl FnOnce(Api, Store) -> F) {
    let store = Store::in_memory().unwrap().unlock(Keyring::new(&[1; 32])).await.unwrap();
    let workspace = store.ensure_workspace("main", 1).await.unwrap().id;
    let hub = start(&store, workspace).await;
    served(&hub, options, async |api| test(api, store).await).await;
    hub.stop().await;
}
