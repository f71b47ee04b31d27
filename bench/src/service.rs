//! The calls of the ceiling loop: a page in, a batch out.

use crate::{Failure, mapping};
use bytes::Bytes;
use reqwest::{Client, RequestBuilder};
use serde::Deserialize;

/// The most records of a page.
pub const PAGE: usize = 200;
/// The most records of a batch.
pub const BATCH: usize = 100;

/// One org behind an address.
#[derive(Clone, Debug)]
pub struct Org {
    /// The origin, without a slash at its end.
    pub base_url: String,
    /// An access token.
    pub token: String,
}

/// A module of one org.
#[derive(Clone)]
pub struct Module {
    client: Client,
    url: String,
    authorization: String,
}

/// An HTTP client for loopback services: no proxy, connections kept.
pub fn client() -> Result<Client, Failure> {
    // The second of two installs fails, and that is fine: it is the same provider.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .no_proxy()
        .tcp_nodelay(true)
        .build()
        .map_err(|error| Failure::at("the HTTP client", error))
}

impl Module {
    /// A module by its name.
    pub fn new(client: Client, org: &Org, name: &str) -> Module {
        let url = format!("{}/crm/v8/{name}", org.base_url);
        Module { client, url, authorization: format!("Zoho-oauthtoken {}", org.token) }
    }

    /// The body of the first page, or of the page behind a token; empty if the module is.
    pub async fn page(&self, token: Option<&str>) -> Result<Bytes, Failure> {
        let mut url = format!("{}?per_page={PAGE}&fields={}", self.url, mapping::names());
        if let Some(token) = token {
            url.push_str("&page_token=");
            url.push_str(token);
        }
        self.answer(self.client.get(url)).await
    }

    /// The body of the page of what was modified last.
    pub async fn newest(&self) -> Result<Bytes, Failure> {
        let order = "sort_by=Modified_Time&sort_order=desc";
        self.answer(self.client.get(format!("{}?per_page={PAGE}&fields=Description&{order}", self.url))).await
    }

    /// Adds records; their ids in the order of the batch.
    pub async fn add(&self, body: Vec<u8>) -> Result<Vec<i64>, Failure> {
        ids(&self.answer(self.client.post(&self.url).body(body)).await?)
    }

    /// Changes records that name their ids.
    pub async fn change(&self, body: Vec<u8>) -> Result<Vec<i64>, Failure> {
        ids(&self.answer(self.client.put(&self.url).body(body)).await?)
    }

    async fn answer(&self, request: RequestBuilder) -> Result<Bytes, Failure> {
        let failed = |error| Failure::at(&self.url, error);
        let request =
            request.header("authorization", &self.authorization).header("content-type", "application/json");
        let answer = request.send().await.map_err(failed)?;
        let status = answer.status();
        let body = answer.bytes().await.map_err(failed)?;
        if status.is_success() {
            return Ok(body);
        }
        Err(Failure::at(format_args!("{} answered {status}", self.url), String::from_utf8_lossy(&body)))
    }
}

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    data: Vec<Entry<'a>>,
}

#[derive(Deserialize)]
struct Entry<'a> {
    code: &'a str,
    #[serde(default, borrow)]
    details: Details<'a>,
}

#[derive(Deserialize, Default)]
struct Details<'a> {
    #[serde(default)]
    id: &'a str,
}

/// The ids of an answer; one entry without success fails the loop, which knows no repair.
fn ids(body: &[u8]) -> Result<Vec<i64>, Failure> {
    let answer: Answer<'_> =
        serde_json::from_slice(body).map_err(|error| Failure::at("a write's answer", error))?;
    let one = |entry: &Entry<'_>| match (entry.code, entry.details.id.parse()) {
        ("SUCCESS", Ok(id)) => Ok(id),
        (code, _) => Err(Failure(format!("a record was answered with {code}"))),
    };
    answer.data.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_record_of_a_batch_must_succeed() {
        let good = br#"{"data":[{"code":"SUCCESS","details":{"id":"5","Created_Time":"x"},"message":"record added"}]}"#;
        assert_eq!(ids(good).unwrap(), [5]);
        let bad =
            br#"{"data":[{"code":"INVALID_DATA","details":{"api_name":"Email"},"message":"invalid data"}]}"#;
        assert!(ids(bad).unwrap_err().to_string().contains("INVALID_DATA"));
        assert!(ids(b"{}").is_err());
    }
}
