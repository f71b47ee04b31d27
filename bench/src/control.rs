//! The sandbox's control API, and the token calls every client makes.

use crate::{Failure, service};
use reqwest::{Client, RequestBuilder};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A sandbox that is listening.
#[derive(Clone)]
pub struct Control {
    client: Client,
    base_url: String,
}

/// An org of the sandbox with its credentials.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Account {
    /// The service: `crm`, `desk` and so on.
    pub service: String,
    /// The org's id.
    pub org_id: String,
    /// The OAuth client.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// What an access token is made of.
    pub refresh_token: String,
}

impl Control {
    /// The control API at an origin.
    pub fn new(base_url: &str) -> Result<Control, Failure> {
        Ok(Control { client: service::client()?, base_url: base_url.trim_end_matches('/').into() })
    }

    /// The origin that serves all orgs.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The orgs there are.
    pub async fn orgs(&self) -> Result<Vec<Account>, Failure> {
        let orgs = self.json(self.client.get(self.url("/sandbox/orgs"))).await?;
        serde_json::from_value(orgs).map_err(|error| Failure::at("the sandbox's orgs", error))
    }

    /// Makes up so many records; the same seed makes the same ones.
    pub async fn generate(
        &self,
        org: &Account,
        module: &str,
        count: usize,
        seed: u64,
    ) -> Result<(), Failure> {
        let wanted = json!({"module": module, "count": count, "seed": seed});
        self.post(&format!("/sandbox/orgs/{}/generate", org.org_id), &wanted).await.map(drop)
    }

    /// Takes an org's daily allowance of credits away: a million records cost more than any edition's day.
    pub async fn lift_allowance(&self, org: &Account) -> Result<(), Failure> {
        self.post(&format!("/sandbox/orgs/{}/limits", org.org_id), &json!({"credits": null})).await.map(drop)
    }

    /// Gives the org so many more users: the allowance that the hub keeps to grows with them.
    pub async fn add_users(&self, org: &Account, count: usize) -> Result<(), Failure> {
        for number in 0..count {
            let user = json!({
                "first_name": "Seat",
                "last_name": number.to_string(),
                "email": format!("seat{number}@{}.example", org.org_id),
                "active": true,
            });
            self.post(&format!("/sandbox/orgs/{}/users", org.org_id), &user).await?;
        }
        Ok(())
    }

    /// Adds so many milliseconds to every call of the CRM's API from now on.
    pub async fn delay(&self, milliseconds: u64) -> Result<(), Failure> {
        let fault = json!({"endpoint": "* /crm/*", "kind": "delay_ms", "ms": milliseconds});
        self.post("/sandbox/faults", &fault).await.map(drop)
    }

    /// Sets the sandbox's clock forward.
    pub async fn advance(&self, seconds: u64) -> Result<(), Failure> {
        self.post("/sandbox/clock", &json!({"advance_s": seconds})).await.map(drop)
    }

    /// A new CRM org without records.
    pub async fn create_org(&self) -> Result<Account, Failure> {
        let org = self.post("/sandbox/orgs", &json!({"service": "crm"})).await?;
        serde_json::from_value(org).map_err(|error| Failure::at("the sandbox's org", error))
    }

    async fn post(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        let request = self.client.post(self.url(path)).header("content-type", "application/json");
        self.json(request.body(body.to_string())).await
    }

    /// Calls and credits so far, as the sandbox tells them.
    pub async fn stats(&self) -> Result<Value, Failure> {
        self.json(self.client.get(self.url("/sandbox/stats"))).await
    }

    /// An org with a fresh access token.
    pub async fn authorize(&self, account: &Account) -> Result<service::Org, Failure> {
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", &account.refresh_token),
            ("client_id", &account.client_id),
            ("client_secret", &account.client_secret),
        ];
        let answer = self.json(self.client.post(self.url("/oauth/v2/token")).form(&form)).await?;
        let token = answer.get("access_token").and_then(Value::as_str);
        let token = token.ok_or_else(|| Failure::at("no access token", &answer))?;
        Ok(service::Org { base_url: self.base_url.clone(), token: token.into() })
    }

    /// How many records a module has.
    pub async fn count(&self, org: &service::Org, module: &str) -> Result<usize, Failure> {
        let url = self.url(&format!("/crm/v8/{module}/actions/count"));
        let authorization = format!("Zoho-oauthtoken {}", org.token);
        let answer = self.json(self.client.get(url).header("authorization", authorization)).await?;
        let count =
            answer.get("count").and_then(|count| count.as_u64().or_else(|| count.as_str()?.parse().ok()));
        count.map(|count| count as usize).ok_or_else(|| Failure::at("no count", &answer))
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }

    async fn json(&self, request: RequestBuilder) -> Result<Value, Failure> {
        let answer = request.send().await.map_err(|error| Failure::at("the sandbox", error))?;
        let (status, url) = (answer.status(), answer.url().clone());
        let body = answer.bytes().await.map_err(|error| Failure::at("the sandbox", error))?;
        if !status.is_success() {
            return Err(Failure::at(format_args!("{url} answered {status}"), String::from_utf8_lossy(&body)));
        }
        if body.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&body).map_err(|error| Failure::at(url, error))
    }
}
