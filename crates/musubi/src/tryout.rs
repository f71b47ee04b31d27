//! Trying a new credential out, for the console and for `musubi connect`: nothing is kept here.

use crate::registry::{Registry, place};
use musubi_connector::http::{Http, HttpOptions};
use musubi_connector::oauth::Accounts;
use musubi_connector::token::MemoryTokenStore;
use musubi_connector::{Clock, Place, Secret, Secrets};
use musubi_engine::HubError;
use musubi_engine::connecting::{Brought, NewConnection, SCOPES, TriedOut};
use musubi_zoho::Settings;
use musubi_zoho::crm::CallOptions;
use std::sync::Arc;
use std::time::Duration;

/// The service answers within this.
const PATIENCE: Duration = Duration::from_secs(30);

impl Registry {
    /// Asks the service whether the credential is good, and whose it is.
    pub(crate) async fn try_credential(
        &self,
        new: &NewConnection,
        brought: &Brought,
    ) -> Result<TriedOut, HubError> {
        let place = place(&new.name, new.data_centre.as_deref(), new.base_url.as_deref())?;
        let (secrets, place) = match brought {
            Brought::RefreshToken(token) => {
                (Secrets { app: new.app.clone(), refresh_token: token.clone() }, place)
            }
            Brought::Code { code, redirect_uri, accounts_server } => {
                let to = (redirect_uri.as_deref(), accounts_server.as_deref());
                exchange(new, place, code, to).await?
            }
        };
        let data_centre = match &place {
            Place::DataCentre(centre) => Some(centre.name().to_owned()),
            Place::BaseUrl(_) => None,
        };
        let connector = musubi_zoho::connect(Settings {
            service: new.service.clone(),
            place,
            org: new.org.clone().filter(|org| !org.is_empty()),
            secrets: secrets.clone(),
            tokens: Arc::new(MemoryTokenStore::default()),
            clock: Clock::system(),
            options: CallOptions { timeout: PATIENCE },
            pool: self.pool().clone(),
        })
        .map_err(|error| HubError::of_call(&new.name, &error))?;
        let org = connector.org().await.map_err(|error| HubError::of_call(&new.name, &error))?;
        Ok(TriedOut { secrets, org, data_centre })
    }

    /// Where a person consents in a browser.
    pub(crate) fn consent_at(
        &self,
        new: &NewConnection,
        redirect_uri: &str,
        state: &str,
    ) -> Result<String, HubError> {
        let place = place(&new.name, new.data_centre.as_deref(), new.base_url.as_deref())?;
        let accounts = accounts(&new.name, place)?;
        Ok(accounts.consent_url(&new.app, SCOPES, redirect_uri, state).into())
    }
}

async fn exchange(
    new: &NewConnection,
    place: Place,
    code: &Secret,
    (redirect_uri, accounts_server): (Option<&str>, Option<&str>),
) -> Result<(Secrets, Place), HubError> {
    let accounts = accounts(&new.name, place)?;
    let (granted, place) = accounts
        .exchange(&new.app, code, redirect_uri, accounts_server)
        .await
        .map_err(|error| HubError::of_call(&new.name, &error))?;
    let refresh_token = granted.refresh.ok_or_else(|| {
        HubError::new(
            "credential.no_refresh_token",
            "the accounts server gave an access token but no refresh token",
            "generate the code in a Self Client, or revoke the app's earlier consent and try again",
        )
    })?;
    Ok((Secrets { app: new.app.clone(), refresh_token }, place))
}

fn accounts(name: &str, place: Place) -> Result<Accounts, HubError> {
    let http = Http::new(HttpOptions::default(), &place).map_err(|error| HubError::of_call(name, &error))?;
    Ok(Accounts::new(&http, place, PATIENCE))
}
