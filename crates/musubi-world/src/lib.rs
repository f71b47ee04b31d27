//! A sandbox with two CRM orgs, people who edit records in them, and hubs over the real connector.

#![allow(missing_docs, reason = "the names of what people do say it")]
#![allow(clippy::disallowed_methods, reason = "tests read the environment and the clock")]
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test that cannot go on says where")]

use async_trait::async_trait;
use musubi_connector::{Clock, Connector, Place, Secret, Secrets, oauth::App};
use musubi_engine::{Config, Connect, Hub, HubError, HubOptions, RunReport, StoredTokens, sync::Settings};
use musubi_sandbox::{Dataset, Options, Sandbox};
use musubi_store::{ConnectionRow, Keyring, Store};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

static NUMBER: AtomicUsize = AtomicUsize::new(0);

/// The sandbox and its people.
pub struct World {
    pub sandbox: Sandbox,
    pub http: reqwest::Client,
    pub orgs: Vec<Org>,
}

/// An org and its administrator.
#[derive(Clone)]
pub struct Org {
    pub id: String,
    pub secrets: Secrets,
    token: String,
    base: String,
    http: reqwest::Client,
}

/// Makes connectors as the program does.
pub struct Zoho(pub Store);

#[async_trait]
impl Connect for Zoho {
    async fn connect(&self, row: &ConnectionRow) -> Result<Arc<dyn Connector>, HubError> {
        let secrets = musubi_engine::credential(&self.0, row.id).await?.expect("the test stored one");
        let place = Place::base_url(row.base_url.as_deref().unwrap()).unwrap();
        let settings = musubi_zoho::Settings {
            service: row.service.clone(),
            place,
            org: Some(row.org.clone()),
            secrets,
            tokens: Arc::new(StoredTokens::new(self.0.clone(), row.id)),
            clock: Clock::system(),
            options: musubi_zoho::crm::CallOptions { timeout: Duration::from_secs(5) },
            pool: musubi_connector::http::Pool::new(musubi_connector::http::HttpOptions::default()).unwrap(),
        };
        musubi_zoho::connect(settings).map_err(|error| HubError::of_call(&row.name, &error))
    }
}

impl World {
    /// Two orgs without records.
    pub async fn start() -> World {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listen = "127.0.0.1:0".parse().unwrap();
        let options = Options { listen, data: None, dataset: Dataset::Empty, seed: 7 };
        let sandbox = Sandbox::start(options).await.unwrap();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let base = sandbox.base_url().to_owned();
        let listed = http.get(format!("{base}/sandbox/orgs")).send().await.unwrap().bytes().await.unwrap();
        let listed: Vec<Value> = serde_json::from_slice(&listed).unwrap();
        let mut orgs = Vec::new();
        for org in listed.iter().filter(|org| org["service"] == "crm").take(2) {
            orgs.push(Org::of(org, &base, &http).await);
        }
        let world = World { sandbox, http, orgs };
        world.control("lags", json!({"search_ms": 0, "bulk_ms": 20})).await;
        world
    }

    pub async fn control(&self, path: &str, body: Value) -> Value {
        self.control_by(reqwest::Method::POST, path, body).await
    }

    /// The same, to take something away.
    pub async fn control_away(&self, path: &str, body: Value) -> Value {
        self.control_by(reqwest::Method::DELETE, path, body).await
    }

    async fn control_by(&self, method: reqwest::Method, path: &str, body: Value) -> Value {
        let url = format!("{}/sandbox/{path}", self.sandbox.base_url());
        let answer = self.http.request(method, url).body(body.to_string()).send().await.unwrap();
        let status = answer.status();
        let bytes = answer.bytes().await.unwrap();
        assert!(status.is_success(), "{path}: {}", String::from_utf8_lossy(&bytes));
        serde_json::from_slice(&bytes).unwrap()
    }

    /// One org more, in this data centre.
    pub async fn another_org(&mut self, data_centre: &str) {
        let org = self.control("orgs", json!({"service": "crm", "data_centre": data_centre})).await;
        let org = Org::of(&org, self.sandbox.base_url(), &self.http).await;
        self.orgs.push(org);
    }

    /// Everybody gets a new token, as after a long time.
    pub async fn log_in_again(&mut self) {
        let url = format!("{}/sandbox/orgs", self.sandbox.base_url());
        let bytes = self.http.get(url).send().await.unwrap().bytes().await.unwrap();
        let listed: Vec<Value> = serde_json::from_slice(&bytes).unwrap();
        for org in &mut self.orgs {
            let told = listed.iter().find(|told| told["org_id"] == *org.id).unwrap();
            *org = Org::of(told, self.sandbox.base_url(), &self.http).await;
        }
    }

    pub async fn clear_faults(&self) {
        let url = format!("{}/sandbox/faults", self.sandbox.base_url());
        self.http.delete(url).send().await.unwrap();
    }

    pub async fn stats(&self) -> Value {
        let url = format!("{}/sandbox/stats", self.sandbox.base_url());
        let bytes = self.http.get(url).send().await.unwrap().bytes().await.unwrap();
        serde_json::from_slice(&bytes).unwrap()
    }

    /// Makes records in an org.
    pub async fn generate(&self, org: usize, module: &str, count: u64, seed: u64) {
        let path = format!("orgs/{}/generate", self.orgs[org].id);
        self.control(&path, json!({"module": module, "count": count, "seed": seed})).await;
    }

    /// The configuration file of an integration of both orgs.
    pub fn config(&self, modules: &str) -> Config {
        let mut text = String::new();
        for (name, org) in ["tokyo", "london"].iter().zip(&self.orgs) {
            text += &format!(
                "[connections.{name}]\nservice = \"crm\"\nbase_url = \"{}\"\norg = \"{}\"\n",
                self.sandbox.base_url(),
                org.id
            );
        }
        text += "[integrations.both]\nleft = \"tokyo\"\nright = \"london\"\n";
        Config::parse(&(text + modules)).unwrap()
    }

    /// Applies a configuration and stores the credentials.
    pub async fn set_up(&self, store: &Store, modules: &str) -> i64 {
        let workspace = store.ensure_workspace("main", 1).await.unwrap().id;
        Hub::offline(store.clone(), workspace).apply(&self.config(modules), true).await.unwrap();
        for (row, org) in store.connections(workspace).await.unwrap().iter().rev().zip(&self.orgs) {
            musubi_engine::save_credential(store, row.id, &org.secrets).await.unwrap();
        }
        workspace
    }

    /// A hub at work on this store.
    pub async fn hub(&self, store: &Store, workspace: i64, public_url: Option<String>) -> Hub {
        self.hub_with(store, workspace, public_url, settings()).await
    }

    pub async fn hub_with(
        &self,
        store: &Store,
        workspace: i64,
        public_url: Option<String>,
        settings: Settings,
    ) -> Hub {
        Hub::start(self.options(store, workspace, public_url, settings)).await.unwrap()
    }

    /// A hub that works on one integration alone.
    pub async fn hub_for(&self, integration: &str, store: &Store, workspace: i64) -> Hub {
        Hub::start_for(self.options(store, workspace, None, settings()), integration).await.unwrap()
    }

    /// A hub that reads, and does nothing by itself.
    pub fn idle(&self, store: &Store, workspace: i64) -> Hub {
        Hub::idle(self.options(store, workspace, None, settings()))
    }

    fn options(
        &self,
        store: &Store,
        workspace: i64,
        public_url: Option<String>,
        settings: Settings,
    ) -> HubOptions {
        HubOptions {
            store: store.clone(),
            connect: Arc::new(Zoho(store.clone())),
            holder: format!("hub-{}", NUMBER.fetch_add(1, Ordering::Relaxed)),
            public_url,
            settings,
            workspace,
        }
    }
}

/// The bounds of a service that answers at once.
pub fn settings() -> Settings {
    Settings {
        poll_min: 300,
        poll_max: 1_000,
        poll_watched: 60_000,
        settle_every: 2_000,
        horizon: 1_000,
        look_back: 2_000,
        lateness: 500,
        call_timeout: 5_000,
        ..Settings::default()
    }
}

impl Org {
    async fn of(org: &Value, base: &str, http: &reqwest::Client) -> Org {
        let text = |key: &str| org[key].as_str().unwrap().to_owned();
        let form = format!(
            "grant_type=refresh_token&client_id={}&client_secret={}&refresh_token={}",
            text("client_id"),
            text("client_secret"),
            text("refresh_token")
        );
        let answer = http
            .post(format!("{base}/oauth/v2/token"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form)
            .send()
            .await
            .unwrap();
        let body: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
        let app = App { client_id: text("client_id"), client_secret: Secret::new(text("client_secret")) };
        Org {
            id: text("org_id"),
            secrets: Secrets { app, refresh_token: Secret::new(text("refresh_token")) },
            token: body["access_token"].as_str().unwrap().to_owned(),
            base: base.to_owned(),
            http: http.clone(),
        }
    }

    /// A call of the CRM by a person's program.
    pub async fn call(&self, method: &str, path: &str, body: Value) -> Value {
        let request = self
            .http
            .request(method.parse().unwrap(), format!("{}/crm/v8/{path}", self.base))
            .header("authorization", format!("Zoho-oauthtoken {}", self.token));
        let request = if body.is_null() { request } else { request.body(body.to_string()) };
        let answer = request.send().await.unwrap();
        let bytes = answer.bytes().await.unwrap();
        if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap() }
    }

    /// Creates a record and gives its id.
    pub async fn create(&self, module: &str, record: Value) -> String {
        let answer = self.call("POST", module, json!({"data": [record]})).await;
        answer["data"][0]["details"]["id"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    /// Adds a field to a module, as it is asked for by the API.
    pub async fn add_field(&self, module: &str, field: Value) {
        let path = format!("settings/fields?module={module}");
        let made = self.call("POST", &path, json!({"fields": [field]})).await;
        assert_eq!(made["fields"][0]["status"], "success", "{made}");
    }

    /// Has the module's page demand a field.
    pub async fn require(&self, module: &str, field: &str) {
        let layouts = self.call("GET", &format!("settings/layouts?module={module}"), Value::Null).await;
        let layout = &layouts["layouts"][0];
        let holds = |section: &&Value| {
            section["fields"].as_array().unwrap().iter().any(|one| one["api_name"] == field)
        };
        let section = layout["sections"].as_array().unwrap().iter().find(holds).unwrap();
        let placed =
            section["fields"].as_array().unwrap().iter().find(|one| one["api_name"] == field).unwrap();
        let fields = json!([{"id": placed["id"], "required": true}]);
        let change = json!({"layouts": [{"sections": [{"id": section["id"], "fields": fields}]}]});
        let path = format!("settings/layouts/{}?module={module}", layout["id"].as_str().unwrap());
        let done = self.call("PATCH", &path, change).await;
        assert_eq!(done["layouts"][0]["code"], "SUCCESS", "{done}");
    }

    pub async fn update(&self, module: &str, id: &str, record: Value) {
        let answer = self.call("PUT", &format!("{module}/{id}"), json!({"data": [record]})).await;
        assert_eq!(answer["data"][0]["code"], "SUCCESS", "{answer}");
    }

    pub async fn delete(&self, module: &str, id: &str) {
        let answer = self.call("DELETE", &format!("{module}/{id}"), Value::Null).await;
        assert_eq!(answer["data"][0]["code"], "SUCCESS", "{answer}");
    }

    /// Hangs a file on a record, as a person does, and gives its id.
    pub async fn attach(&self, module: &str, id: &str, name: &str, content: &[u8]) -> String {
        let mut body = format!(
            "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: application/pdf\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n--b--\r\n");
        let answer = self
            .http
            .post(format!("{}/crm/v8/{module}/{id}/Attachments", self.base))
            .header("authorization", format!("Zoho-oauthtoken {}", self.token))
            .header("content-type", "multipart/form-data; boundary=b")
            .body(body);
        let bytes = answer.send().await.unwrap().bytes().await.unwrap();
        let answer: Value = serde_json::from_slice(&bytes).unwrap();
        answer["data"][0]["details"]["id"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    /// The files that hang on a record: name, content and id, in the order of their names.
    pub async fn files(&self, module: &str, id: &str) -> Vec<(String, Vec<u8>, String)> {
        let path = format!("{module}/{id}/Attachments");
        let listed = self.call("GET", &format!("{path}?fields=File_Name&per_page=200"), Value::Null).await;
        let mut files = Vec::new();
        for row in listed["data"].as_array().cloned().unwrap_or_default() {
            let (name, id) = (row["File_Name"].as_str().unwrap(), row["id"].as_str().unwrap());
            let read = self
                .http
                .get(format!("{}/crm/v8/{path}/{id}", self.base))
                .header("authorization", format!("Zoho-oauthtoken {}", self.token));
            let content = read.send().await.unwrap().bytes().await.unwrap().to_vec();
            files.push((name.to_owned(), content, id.to_owned()));
        }
        files.sort();
        files
    }

    /// Every record with these fields, ordered by the first of them.
    pub async fn all(&self, module: &str, fields: &[&str]) -> Vec<Vec<Value>> {
        let mut rows = Vec::new();
        let mut token = String::new();
        loop {
            let path = format!("{module}?fields={}&per_page=200{token}", fields.join(","));
            let answer = self.call("GET", &path, Value::Null).await;
            let Some(data) = answer["data"].as_array() else { break };
            rows.extend(
                data.iter().map(|row| fields.iter().map(|field| row[*field].clone()).collect::<Vec<_>>()),
            );
            match answer["info"]["next_page_token"].as_str() {
                Some(next) => token = format!("&page_token={next}"),
                None => break,
            }
        }
        rows.sort_by_key(|row| row[0].to_string());
        rows
    }
}

/// Runs until both sides agree.
pub async fn agree(hub: &Hub, seconds: u64) -> RunReport {
    let report = hub.run_until_agreed("both", Duration::from_secs(seconds), &mut |_| {}).await.unwrap();
    let processes = hub.store().processes().await.unwrap();
    assert!(report.agreed, "{report:?}\n{processes:?}\n{:#?}", hub.status().await.unwrap());
    report
}

/// Pauses an integration. Whoever drives it hears of it a moment later, and calls that are under way may end.
pub async fn pause(hub: &Hub, integration: &str) {
    hub.pause(integration).await.unwrap();
    tokio::time::sleep(Duration::from_millis(1_500)).await;
}

/// Waits for something.
pub async fn until(what: &str, seconds: u64, mut holds: impl AsyncFnMut() -> bool) -> Duration {
    let began = Instant::now();
    while !holds().await {
        assert!(began.elapsed() < Duration::from_secs(seconds), "{what}: not within {seconds} s");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    began.elapsed()
}

/// Runs a promise on a SQLite file, and on PostgreSQL when MUSUBI_TEST_POSTGRES names a server (with CI=true it must).
pub async fn each_engine(promise: impl AsyncFn(Store)) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open_file(&folder.path().join("musubi.db")).unwrap();
    promise(store.unlock(Keyring::new(&[1; 32])).await.unwrap()).await;
    on_postgres(async |url| {
        let store = Store::open_postgres(&url).await.unwrap();
        promise(store.unlock(Keyring::new(&[1; 32])).await.unwrap()).await;
    })
    .await;
}

/// An empty PostgreSQL database, if there is a server.
pub async fn on_postgres(run: impl AsyncFn(String)) {
    let Some(server) = std::env::var("MUSUBI_TEST_POSTGRES").ok().filter(|url| !url.is_empty()) else {
        assert!(
            std::env::var("CI").as_deref() != Ok("true"),
            "with CI=true, MUSUBI_TEST_POSTGRES must be set"
        );
        eprintln!("skipped on PostgreSQL: MUSUBI_TEST_POSTGRES is not set");
        return;
    };
    let name = format!("musubi_engine_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    let host = server.find("://").map_or(0, |at| at + 3);
    let (base, options) =
        server.split_once('?').map_or((server.as_str(), ""), |(base, options)| (base, options));
    let base = base[host..].find('/').map_or(base, |at| &base[..host + at]);
    let separator = if options.is_empty() { "" } else { "?" };
    let psql = |statement: String| {
        let done = std::process::Command::new("psql").args([&server, "-q", "-c", &statement]).status();
        assert!(done.is_ok_and(|status| status.success()), "psql could not: {statement}");
    };
    psql(format!("create database {name}"));
    run(format!("{base}/{name}{separator}{options}")).await;
    psql(format!("drop database {name} with (force)"));
}
