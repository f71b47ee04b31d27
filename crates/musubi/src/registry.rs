//! From a configured connection to a connector that can talk to its service, with the credential from the environment or the store.

use crate::environment;
use async_trait::async_trait;
use musubi_connector::http::{HttpOptions, Pool};
use musubi_connector::oauth::App;
use musubi_connector::{Clock, Connector, DataCentre, Place, Secret, Secrets};
use musubi_engine::checkup::Asked;
use musubi_engine::connecting::{Brought, NewConnection, TriedOut, is_served};
use musubi_engine::stand_by::was_replaced;
use musubi_engine::{Connect, HubError, StoredTokens, credential, save_credential};
use musubi_store::{ConnectionRow, Store};
use musubi_zoho::Settings;
use musubi_zoho::crm::CallOptions;
use std::sync::Arc;
use std::time::Duration;

/// Makes connectors. A credential in the environment goes before the stored one, and is stored.
pub struct Registry {
    store: Store,
    timeout: Duration,
    pool: Pool,
}

impl Registry {
    /// Connectors whose calls end within `timeout`.
    pub fn new(store: Store, timeout: Duration) -> Result<Registry, HubError> {
        let pool = Pool::new(HttpOptions::default()).map_err(|error| HubError::of_call("HTTP", &error))?;
        Ok(Registry { store, timeout, pool })
    }

    /// The connections of this process.
    pub fn pool(&self) -> &Pool {
        &self.pool
    }
}

#[async_trait]
impl Connect for Registry {
    async fn connect(&self, row: &ConnectionRow) -> Result<Arc<dyn Connector>, HubError> {
        is_served(&row.name, &row.service)?;
        let place = place(&row.name, row.data_centre.as_deref(), row.base_url.as_deref())?;
        let secrets = secrets(&self.store, row).await?;
        musubi_zoho::connect(Settings {
            service: row.service.clone(),
            place,
            org: (!row.org.is_empty()).then(|| row.org.clone()),
            secrets,
            tokens: Arc::new(StoredTokens::new(self.store.clone(), row.id)),
            clock: Clock::system(),
            options: CallOptions { timeout: self.timeout },
            pool: self.pool.clone(),
        })
        .map_err(|error| HubError::of_call(&row.name, &error))
    }

    async fn clock(&self, row: &ConnectionRow) -> Result<Option<Asked>, HubError> {
        self.ask_clock(row).await.map(Some)
    }

    async fn answers(&self, url: &str) -> Result<(), HubError> {
        self.ask_hub(url).await
    }

    async fn try_out(&self, new: &NewConnection, brought: &Brought) -> Result<TriedOut, HubError> {
        self.try_credential(new, brought).await
    }

    fn consent_url(&self, new: &NewConnection, redirect_uri: &str, state: &str) -> Result<String, HubError> {
        self.consent_at(new, redirect_uri, state)
    }
}

/// Where a connection's service answers.
pub fn place(name: &str, data_centre: Option<&str>, base_url: Option<&str>) -> Result<Place, HubError> {
    let wrong = |message: String| {
        HubError::new("config.place", message, "apply the configuration again with the place mended")
    };
    match (data_centre, base_url) {
        (_, Some(url)) => {
            Place::base_url(url).map_err(|error| wrong(format!("{name}: {}", error.service.message)))
        }
        (Some(centre), None) => centre
            .parse::<DataCentre>()
            .map(Place::DataCentre)
            .map_err(|error| wrong(format!("{name}: {error}"))),
        (None, None) => Err(wrong(format!("{name} does not say where its service is"))),
    }
}

/// The credential of a connection. What the environment holds of it is taken over and kept.
pub async fn secrets(store: &Store, row: &ConnectionRow) -> Result<Secrets, HubError> {
    let stored = credential(store, row.id).await?;
    let given = |part: &str| environment::variable(&environment::secret_name(&row.name, part));
    let parts = [
        given("CLIENT_ID").or_else(|| stored.as_ref().map(|s| s.app.client_id.clone())),
        given("CLIENT_SECRET").or_else(|| stored.as_ref().map(|s| s.app.client_secret.reveal().to_owned())),
        given("REFRESH_TOKEN").or_else(|| stored.as_ref().map(|s| s.refresh_token.reveal().to_owned())),
    ];
    let [Some(client_id), Some(client_secret), Some(refresh_token)] = parts else {
        let missing: Vec<String> = ["CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN"]
            .iter()
            .zip(&parts)
            .filter(|(_, found)| found.is_none())
            .map(|(part, _)| environment::secret_name(&row.name, part))
            .collect();
        return Err(HubError::new(
            "connection.no_credential",
            format!("the connection {} has no credential", row.name),
            format!("run `musubi connect {}`, or set {}", row.name, missing.join(", ")),
        ));
    };
    let secrets = Secrets {
        app: App { client_id, client_secret: Secret::new(client_secret) },
        refresh_token: Secret::new(refresh_token),
    };
    if stored.as_ref() == Some(&secrets) {
        return Ok(secrets);
    }
    // Not while somebody stands in because the service refuses what the environment holds.
    if let Some(stored) = stored
        && was_replaced(store, row.id, &secrets).await?
    {
        return Ok(stored);
    }
    save_credential(store, row.id, &secrets).await?;
    Ok(secrets)
}
