//! Somebody who works in one of the demo's orgs: a plain client of the CRM's API that shares no code with the hub's connector.

use super::sample::Org;
use crate::failure::{Exit, Failure};
use musubi_connector::http::{Answer, Http, HttpOptions, Request};
use musubi_connector::{CallErrorKind, Place};
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use serde_json::{Value as Json, json};
use std::time::Duration;
use url::Url;

const TIMEOUT: Duration = Duration::from_secs(20);
/// How often a person presses the button again when the service is busy.
const PATIENCE: u32 = 30;

/// A person at work in one org.
pub struct Person {
    http: Http,
    base: Url,
    org: Org,
    token: Option<String>,
    /// Calls this person made, to be taken off what the hub is said to have made.
    pub calls: u64,
    /// Credits they cost.
    pub credits: u64,
}

impl Person {
    /// A person with the org's credentials.
    pub fn new(base_url: &str, org: Org) -> Result<Person, Failure> {
        let place = Place::base_url(base_url)?;
        let http = Http::new(HttpOptions::default(), &place)?;
        // Finding out who they are was one call already.
        Ok(Person { http, base: place.accounts(), org, token: None, calls: 1, credits: 1 })
    }

    /// Every record of a module with these fields.
    pub async fn records(&mut self, module: &str, fields: &[&str]) -> Result<Vec<Json>, Failure> {
        let mut all = Vec::new();
        let mut token: Option<String> = None;
        loop {
            let mut path = format!("crm/v8/{module}?per_page=200&fields={}", fields.join(","));
            if let Some(token) = &token {
                path.push_str(&format!("&page_token={token}"));
            }
            let mut page = self.call(Method::GET, &path, None).await?;
            if let Some(Json::Array(rows)) = page.get_mut("data").map(Json::take) {
                all.extend(rows);
            }
            token = page["info"]["next_page_token"].as_str().map(str::to_owned);
            if token.is_none() {
                return Ok(all);
            }
        }
    }

    /// What a field of a record holds.
    pub async fn value(&mut self, module: &str, id: &str, field: &str) -> Result<Json, Failure> {
        let path = format!("crm/v8/{module}/{id}?fields={field}");
        let mut answer = self.call(Method::GET, &path, None).await?;
        Ok(answer["data"][0][field].take())
    }

    /// Changes fields of a record.
    pub async fn change(&mut self, module: &str, id: &str, fields: &Json) -> Result<(), Failure> {
        let mut record = fields.clone();
        record["id"] = json!(id);
        self.write(Method::PUT, module, &record).await.map(drop)
    }

    /// Adds a record; its id is the answer. When the answer was lost it may be there all the same, and nobody adds it twice.
    pub async fn add(&mut self, module: &str, record: &Json) -> Result<Option<String>, Failure> {
        let answer = self.write(Method::POST, module, record).await?;
        Ok(answer["data"][0]["details"]["id"].as_str().map(str::to_owned))
    }

    async fn write(&mut self, method: Method, module: &str, record: &Json) -> Result<Json, Failure> {
        let body = json!({"data": [record]}).to_string();
        let answer = self.call(method, &format!("crm/v8/{module}"), Some(body)).await?;
        match answer["data"][0]["code"].as_str() {
            None | Some("SUCCESS") => Ok(answer),
            Some(code) => Err(Failure::other(
                "demo.refused",
                format!("the sandbox refused an edit in {module}: {code}"),
            )),
        }
    }

    /// One call, repeated while the service is busy or the line breaks; a broken line never repeats the adding of a record.
    async fn call(&mut self, method: Method, path: &str, body: Option<String>) -> Result<Json, Failure> {
        let mut tries = 0;
        loop {
            tries += 1;
            let answered = self.send(&method, path, body.clone()).await;
            let again = match &answered {
                Ok(answer) if answer.status == 204 => return Ok(json!({})),
                Ok(answer) if answer.status == 401 => {
                    self.token = None;
                    true
                }
                Ok(answer) => {
                    matches!(answer.status, 429 | 500..) || (method != Method::POST && read(answer).is_err())
                }
                Err(error) if error.kind == CallErrorKind::Unknown && method == Method::POST => {
                    return Ok(json!({}));
                }
                Err(error) => matches!(error.kind, CallErrorKind::Unknown | CallErrorKind::NotSent),
            };
            if !again || tries >= PATIENCE {
                return read(&answered?);
            }
            tokio::time::sleep(Duration::from_millis(20 * u64::from(tries))).await;
        }
    }

    async fn send(
        &mut self,
        method: &Method,
        path: &str,
        body: Option<String>,
    ) -> Result<Answer, musubi_connector::CallError> {
        if self.token.is_none() {
            let form = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("grant_type", "refresh_token")
                .append_pair("client_id", &self.org.client_id)
                .append_pair("client_secret", &self.org.client_secret)
                .append_pair("refresh_token", &self.org.refresh_token)
                .finish();
            let url = self.base.join("oauth/v2/token").expect("a fixed path joins any base");
            let mut request = Request::new(Method::POST, url, TIMEOUT);
            request
                .headers
                .insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
            request.body = Some(form.into());
            let answer = self.http.send(request).await?;
            let granted: Json = serde_json::from_slice(&answer.body).unwrap_or_default();
            self.token = granted["access_token"].as_str().map(str::to_owned);
        }
        let url = self.base.join(path).expect("module and field names need no escaping");
        let mut request = Request::new(method.clone(), url, TIMEOUT);
        let token = self.token.as_deref().unwrap_or_default();
        request.secret_header(AUTHORIZATION, &format!("Zoho-oauthtoken {token}"))?;
        request.body = body.map(Into::into);
        self.calls += 1;
        let answer = self.http.send(request).await?;
        // Listing a page, adding one record, changing one record: each is one credit. A refusal costs nothing.
        self.credits += u64::from(answer.status < 400);
        Ok(answer)
    }
}

fn read(answer: &Answer) -> Result<Json, Failure> {
    serde_json::from_slice(&answer.body).map_err(|_| {
        Failure::new(
            Exit::Service,
            "demo.answer",
            format!("the sandbox answered {} with something that is not JSON", answer.status),
            "",
        )
    })
}
