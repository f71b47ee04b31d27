//! A running sandbox and a client that says what it got.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test stops at the first surprise and says what it saw"
)]
#![allow(dead_code, reason = "each test takes what it needs")]

use std::path::PathBuf;

use musubi_sandbox::{Dataset, Options, Sandbox};
use serde_json::{Value, json};

/// A sandbox with a token for its first org.
pub struct Harness {
    pub sandbox: Sandbox,
    pub http: reqwest::Client,
    pub token: String,
    pub org_id: String,
    pub orgs: Vec<Value>,
}

/// One call and what came back.
pub struct Exchange {
    pub method: String,
    /// Path without query.
    pub path: String,
    pub status: u16,
    /// `Null` when there is no body, or it is not JSON.
    pub body: Value,
    pub bytes: Vec<u8>,
    pub content_type: String,
}

impl Harness {
    /// Starts a sandbox on a free port.
    pub async fn start(dataset: Dataset) -> Harness {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let options = Options { listen: "127.0.0.1:0".parse().unwrap(), data: None, dataset, seed: 7 };
        Harness::around(Sandbox::start(options).await.unwrap()).await
    }

    /// Takes a running sandbox.
    pub async fn around(sandbox: Sandbox) -> Harness {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let base = sandbox.base_url().to_owned();
        let orgs: Value = serde_json::from_slice(
            &http.get(format!("{base}/sandbox/orgs")).send().await.unwrap().bytes().await.unwrap(),
        )
        .unwrap();
        let orgs = orgs.as_array().unwrap().clone();
        let token = token(&http, &base, &orgs[0]).await;
        let org_id = orgs[0]["org_id"].as_str().unwrap().to_owned();
        let harness = Harness { sandbox, http, token, org_id, orgs };
        harness.control("/sandbox/lags", json!({"search_ms": 0, "bulk_ms": 20})).await;
        harness
    }

    /// A new access token as the value of an `authorization` header, for when the clock was moved.
    pub async fn fresh_token(&self) -> String {
        format!("Zoho-oauthtoken {}", token(&self.http, self.sandbox.base_url(), &self.orgs[0]).await)
    }

    /// The same with a fresh token.
    pub async fn renewed(mut self) -> Harness {
        self.token = token(&self.http, self.sandbox.base_url(), &self.orgs[0]).await;
        self
    }

    /// A control call.
    pub async fn control(&self, path: &str, body: Value) -> Value {
        let url = format!("{}{path}", self.sandbox.base_url());
        let answer = self.http.post(url).body(body.to_string()).send().await.unwrap();
        let ok = answer.status().is_success();
        let body = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
        assert!(ok, "{path}: {body}");
        body
    }

    /// A call with JSON, or without a body when it is null.
    pub async fn call(&self, method: &str, target: &str, body: Value) -> Exchange {
        let bytes = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        self.send(method, target, &[], bytes).await
    }

    /// A call with headers.
    pub async fn send(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Exchange {
        let url = format!("{}{target}", self.sandbox.base_url());
        let mut request = self.http.request(method.parse().unwrap(), url);
        if !headers.iter().any(|(name, _)| *name == "authorization") {
            request = request.header("authorization", format!("Zoho-oauthtoken {}", self.token));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.body(body).send().await.unwrap();
        let status = answer.status().as_u16();
        let content_type = answer
            .headers()
            .get("content-type")
            .map_or(String::new(), |value| value.to_str().unwrap().to_owned());
        let bytes = answer.bytes().await.unwrap().to_vec();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        let path = target.split('?').next().unwrap().to_owned();
        Exchange { method: method.to_owned(), path, status, body, bytes, content_type }
    }
}

async fn token(http: &reqwest::Client, base: &str, org: &Value) -> String {
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
    body["access_token"].as_str().unwrap_or_else(|| panic!("{body}")).to_owned()
}

/// A vendor's file or folder: from the variable, or beside the workspace. `None` when it is not there, which only a
/// build on CI takes for a failure.
pub fn vendor(variable: &str, default: &str) -> Option<PathBuf> {
    let workspace = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let path = std::env::var(variable).map_or_else(|_| workspace.join(default), PathBuf::from);
    if path.exists() {
        return Some(path);
    }
    assert!(std::env::var("CI").as_deref() != Ok("true"), "{} is not there; set {variable}", path.display());
    println!("skipped: {} is not there; set {variable} to run this test", path.display());
    None
}
