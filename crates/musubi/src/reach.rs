//! Questions to addresses that need no credential: what time is it there, does a hub answer.

use crate::registry::{Registry, place};
use crate::store;
use musubi_connector::Place;
use musubi_connector::http::{Http, HttpOptions, Request};
use musubi_engine::HubError;
use musubi_engine::checkup::Asked;
use musubi_store::ConnectionRow;
use reqwest::Method;
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(20);

impl Registry {
    /// What time it is at the accounts server.
    pub async fn ask_clock(&self, row: &ConnectionRow) -> Result<Asked, HubError> {
        let place = place(&row.name, row.data_centre.as_deref(), row.base_url.as_deref())?;
        let failed = |error| {
            let hint = "check the network, a firewall, and the data centre or base_url of the connection";
            HubError { hint: hint.into(), ..HubError::of_call(&row.name, &error) }
        };
        let http = Http::new(HttpOptions::default(), &place).map_err(failed)?;
        let before = store::now();
        let answer = http.send(Request::new(Method::GET, place.accounts(), TIMEOUT)).await.map_err(failed)?;
        Ok(Asked { before, after: store::now(), service: answer.server_time })
    }

    /// Whether a hub answers under this address.
    pub async fn ask_hub(&self, url: &str) -> Result<(), HubError> {
        let hint = "start `musubi serve` and check the proxy before it; changes are found by asking until it answers";
        let failed = |why: String| HubError::new("serve.unreachable", format!("{url}: {why}"), hint);
        let place = Place::base_url(url).map_err(|error| failed(error.service.message))?;
        let http =
            Http::new(HttpOptions::default(), &place).map_err(|error| failed(error.service.message))?;
        let health = place.accounts().join("healthz").map_err(|error| failed(error.to_string()))?;
        let request = Request::new(Method::GET, health, TIMEOUT);
        let answer = http.send(request).await.map_err(|error| failed(error.service.message))?;
        match answer.status {
            200 => Ok(()),
            status => Err(failed(format!("it answers {status} instead of 200"))),
        }
    }
}
