//! A sandbox with its orgs, and somebody who edits them as users do.

use async_trait::async_trait;
use musubi_connector::conformance::{Hand, Trouble};
use musubi_connector::http::{Http, HttpOptions, Pool};
use musubi_connector::oauth::{Accounts, App};
use musubi_connector::token::MemoryTokenStore;
use musubi_connector::{Clock, Connector, Place, Secret, Secrets};
use musubi_core::{FieldName, RemoteId};
use musubi_sandbox::{Dataset, Options, Sandbox};
use musubi_zoho::Settings;
use musubi_zoho::crm::CallOptions;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

pub struct World {
    sandbox: Sandbox,
    service: Service,
    orgs: Vec<Json>,
}

#[derive(Clone)]
struct Service {
    client: reqwest::Client,
    base: String,
}

impl World {
    pub async fn start() -> World {
        let options =
            Options { listen: "127.0.0.1:0".parse().unwrap(), data: None, dataset: Dataset::Empty, seed: 7 };
        let sandbox = Sandbox::start(options).await.unwrap();
        let place = Place::base_url(sandbox.base_url()).unwrap();
        // The connector's pool sets the TLS provider that any client needs.
        Http::new(HttpOptions::default(), &place).unwrap();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let service = Service { client, base: sandbox.base_url().to_owned() };
        let orgs = service.control("GET", "orgs", json!(null)).await;
        service.control("POST", "lags", json!({"bulk_ms": 30})).await;
        World { sandbox, service, orgs: orgs.as_array().unwrap().clone() }
    }

    pub async fn stop(self) {
        self.sandbox.stop().await;
    }

    pub fn org(&self, index: usize) -> &str {
        self.orgs[index]["org_id"].as_str().unwrap()
    }

    pub async fn connect(&self, index: usize) -> (Arc<dyn Connector>, Arc<dyn Hand>) {
        let (org, credentials) = (self.org(index).to_owned(), self.orgs[index].clone());
        let access = Mutex::new(self.token(index).await);
        let hand = User { service: self.service.clone(), org, credentials, access };
        (self.connect_with(index, ""), Arc::new(hand))
    }

    /// A connector with one of its settings made wrong.
    pub fn connect_with(&self, index: usize, wrong: &str) -> Arc<dyn Connector> {
        let text = |key: &str| {
            let right = self.orgs[index][key].as_str().unwrap();
            if key == wrong { "wrong".to_owned() } else { right.to_owned() }
        };
        let app = App { client_id: text("client_id"), client_secret: Secret::new(text("client_secret")) };
        musubi_zoho::connect(Settings {
            service: "crm".to_owned(),
            place: Place::base_url(&self.service.base).unwrap(),
            org: Some(if wrong == "org" { "1".to_owned() } else { self.org(index).to_owned() }),
            secrets: Secrets { app, refresh_token: Secret::new(text("refresh_token")) },
            tokens: Arc::new(MemoryTokenStore::default()),
            clock: Clock::system(),
            options: CallOptions { timeout: Duration::from_secs(10) },
            pool: Pool::new(HttpOptions::default()).unwrap(),
        })
        .unwrap()
    }

    pub async fn token(&self, index: usize) -> String {
        self.service.token(&self.orgs[index]).await
    }

    pub fn accounts(&self) -> (Accounts, Place) {
        let place = Place::base_url(&self.service.base).unwrap();
        let http = Http::new(HttpOptions::default(), &place).unwrap();
        (Accounts::new(&http, place.clone(), Duration::from_secs(10)), place)
    }

    pub async fn control(&self, method: &str, path: &str, body: Json) -> Json {
        self.service.control(method, path, body).await
    }

    pub async fn generate(&self, index: usize, module: &str, count: usize) {
        let path = format!("orgs/{}/generate", self.org(index));
        self.control("POST", &path, json!({"module": module, "count": count, "seed": 1})).await;
    }

    /// The ids that a list view shows.
    pub async fn ids_of_view(&self, token: &str, module: &str, view: &str) -> BTreeSet<String> {
        let path = format!("{module}?fields=Last_Name&per_page=200&cvid={view}");
        let answer = self.service.call(token, "GET", &path, json!(null)).await;
        let rows = answer["data"].as_array().cloned().unwrap_or_default();
        rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
    }

    /// The service's clock.
    pub async fn now(&self) -> String {
        let clock = self.control("GET", "clock", json!(null)).await;
        clock["now"].as_str().unwrap_or_else(|| panic!("{clock}")).to_owned()
    }

    pub async fn add_text_field(&self, index: usize, module: &str, label: &str) {
        let field = json!({"field_label": label, "data_type": "text", "length": 100});
        self.add_field(index, module, field).await;
    }

    /// Makes records, and gives their ids.
    pub async fn create(&self, index: usize, module: &str, records: Vec<Json>) -> Vec<String> {
        let token = self.token(index).await;
        let answer = self.service.call(&token, "POST", module, json!({"data": records})).await;
        let made = answer["data"].as_array().unwrap_or_else(|| panic!("{answer}"));
        let id = |one: &Json| one["details"]["id"].as_str().unwrap_or_else(|| panic!("{one}")).to_owned();
        made.iter().map(id).collect()
    }

    pub async fn add_field(&self, index: usize, module: &str, field: Json) {
        let body = json!({"fields": [field]});
        let token = self.token(index).await;
        let answer =
            self.service.call(&token, "POST", &format!("settings/fields?module={module}"), body).await;
        assert_eq!(answer["fields"][0]["code"], "SUCCESS", "{answer}");
    }

    pub async fn revoke(&self, index: usize) {
        let url = format!("{}/oauth/v2/token/revoke", self.service.base);
        let token = self.orgs[index]["refresh_token"].as_str().unwrap();
        self.service.client.post(url).form(&[("token", token)]).send().await.unwrap();
    }
}

impl Service {
    async fn token(&self, credentials: &Json) -> String {
        let text = |key: &str| credentials[key].as_str().unwrap().to_owned();
        let form = [
            ("grant_type", "refresh_token".to_owned()),
            ("client_id", text("client_id")),
            ("client_secret", text("client_secret")),
            ("refresh_token", text("refresh_token")),
        ];
        let answer =
            self.client.post(format!("{}/oauth/v2/token", self.base)).form(&form).send().await.unwrap();
        let answer: Json = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
        answer["access_token"].as_str().unwrap().to_owned()
    }

    async fn control(&self, method: &str, path: &str, body: Json) -> Json {
        let url = format!("{}/sandbox/{path}", self.base);
        let mut request = self.client.request(method.parse().unwrap(), url);
        if !body.is_null() {
            request = request.body(body.to_string());
        }
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{method} {path}: {}", answer.status());
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
    }

    async fn call(&self, token: &str, method: &str, path: &str, body: Json) -> Json {
        let url = format!("{}/crm/v8/{path}", self.base);
        let request = self
            .client
            .request(method.parse().unwrap(), url)
            .header("authorization", format!("Bearer {token}"));
        let answer = request.body(body.to_string()).send().await.unwrap();
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap_or(Json::Null)
    }
}

/// A user of one org, working in Contacts.
struct User {
    service: Service,
    org: String,
    credentials: Json,
    access: Mutex<String>,
}

impl User {
    async fn edit(&self, method: &str, path: &str, body: Json) -> RemoteId {
        let mut access = self.access.lock().await;
        let mut answer = self.service.call(&access, method, path, body.clone()).await;
        if answer["code"] == "INVALID_TOKEN" {
            *access = self.service.token(&self.credentials).await;
            answer = self.service.call(&access, method, path, body).await;
        }
        assert_eq!(answer["data"][0]["code"], "SUCCESS", "{method} {path}: {answer}");
        answer["data"][0]["details"]["id"].as_str().unwrap().into()
    }
}

fn data(values: &[(&FieldName, &str)]) -> Json {
    let record: Map<String, Json> =
        values.iter().map(|(name, text)| (name.to_string(), json!(text))).collect();
    json!({"data": [record]})
}

#[async_trait]
impl Hand for User {
    async fn create(&self, values: &[(&FieldName, &str)]) -> RemoteId {
        self.edit("POST", "Contacts", data(values)).await
    }

    async fn update(&self, id: &RemoteId, values: &[(&FieldName, &str)]) {
        self.edit("PUT", &format!("Contacts/{id}"), data(values)).await;
    }

    async fn delete(&self, id: &RemoteId) {
        self.edit("DELETE", &format!("Contacts?ids={id}"), json!({})).await;
    }

    async fn relate(&self, id: &RemoteId) {
        let note = json!({"data": [{"Note_Title": "hangs on it", "Note_Content": "here"}]});
        self.edit("POST", &format!("Contacts/{id}/Notes"), note).await;
    }

    async fn attach_link(&self, id: &RemoteId, url: &str) {
        let path = format!("Contacts/{id}/Attachments?attachmentUrl={url}&title=elsewhere");
        self.edit("POST", &path, json!({})).await;
    }

    async fn trouble(&self, trouble: Trouble) {
        let what = match trouble {
            Trouble::LostWriteAnswer | Trouble::LostUploadAnswer => json!({"kind": "lost_response"}),
            Trouble::Throttle => json!({"kind": "throttle"}),
            Trouble::ServerError => json!({"kind": "status", "status": 500}),
            Trouble::GarbageAnswer => json!({"kind": "garbage_body"}),
            Trouble::TokenExpired => {
                self.service.control("POST", &format!("orgs/{}/expire_tokens", self.org), json!({})).await;
                return;
            }
        };
        let mut fault = what;
        let endpoint = match trouble {
            Trouble::LostUploadAnswer => "POST /crm/v8/Contacts/*/Attachments",
            _ => "* /crm/v8/Contacts",
        };
        fault["endpoint"] = json!(endpoint);
        fault["org"] = json!(self.org);
        fault["count"] = json!(1);
        self.service.control("POST", "faults", fault).await;
    }

    async fn automate(&self, text: &str) {
        let rule = json!({"module": "Contacts", "set": {"Department": text}});
        self.service.control("POST", &format!("orgs/{}/rules", self.org), rule).await;
    }

    async fn automate_nothing(&self) {
        self.service.control("DELETE", &format!("orgs/{}/rules", self.org), json!(null)).await;
    }

    async fn wait(&self) {
        self.service.control("POST", "clock", json!({"advance_s": 2})).await;
    }
}
