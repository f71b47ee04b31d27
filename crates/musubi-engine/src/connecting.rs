//! New connections, and new credentials for those there are: nothing is kept unless the service accepts it.

use crate::error::{HubError, Result};
use crate::hub::Hub;
use crate::save_credential;
pub use musubi_connector::oauth::App as OauthApp;
use musubi_connector::{DataCentre, Org, Secret, Secrets};
use musubi_store::{ConnectionRow, IntegrationRow};

/// The services that there is a connector for.
pub const SERVICES: &[&str] = &["crm"];

/// Refuses a service that there is no connector for, before anything is tried. `place` is the connection's name, or where it
/// stands in the configuration.
pub fn is_served(place: &str, service: &str) -> Result<()> {
    if SERVICES.contains(&service) {
        return Ok(());
    }
    Err(HubError::new(
        "config.service",
        format!("{place}: there is no connector for the service {service:?}"),
        format!("name a service that there is one for: {}", SERVICES.join(", ")),
    ))
}

/// What the hub asks a CRM org for.
pub const SCOPES: &[&str] = &[
    "ZohoCRM.modules.ALL",
    "ZohoCRM.settings.READ",
    "ZohoCRM.users.READ",
    "ZohoCRM.org.READ",
    "ZohoCRM.bulk.READ",
    "ZohoCRM.notifications.ALL",
    "ZohoCRM.coql.READ",
];

/// A data centre of the vendor.
#[derive(Clone, Debug)]
pub struct Centre {
    /// Such as `jp`.
    pub code: &'static str,
    /// What people call it.
    pub label: &'static str,
    /// The host of its accounts server.
    pub accounts_host: String,
    /// The host of its API console.
    pub console_host: String,
}

/// The vendor's data centres.
pub fn data_centres() -> impl Iterator<Item = Centre> {
    let label = |centre| match centre {
        DataCentre::Us => "United States",
        DataCentre::Eu => "Europe",
        DataCentre::In => "India",
        DataCentre::Au => "Australia",
        DataCentre::Jp => "Japan",
        DataCentre::Cn => "China",
        DataCentre::Ca => "Canada",
        DataCentre::Sa => "Saudi Arabia",
        DataCentre::Ae => "United Arab Emirates",
        DataCentre::Uk => "United Kingdom",
    };
    DataCentre::ALL.into_iter().map(move |centre| Centre {
        code: centre.name(),
        label: label(centre),
        console_host: centre.accounts_host().replacen("accounts.", "api-console.", 1),
        accounts_host: centre.accounts_host().to_owned(),
    })
}

/// A connection to be made.
#[derive(Clone, Debug)]
pub struct NewConnection {
    /// Its name.
    pub name: String,
    /// Such as `crm`.
    pub service: String,
    /// Such as `jp`.
    pub data_centre: Option<String>,
    /// Where the service is, instead of a data centre.
    pub base_url: Option<String>,
    /// The org it must be; otherwise whichever the credential belongs to.
    pub org: Option<String>,
    /// The application that the service knows.
    pub app: OauthApp,
}

/// What a person brings to show that they may.
#[derive(Clone, Debug)]
pub enum Brought {
    /// A refresh token.
    RefreshToken(Secret),
    /// A code, good once: of a self client, or of a consent in a browser with the address it came back to and the server that it named.
    Code {
        /// The code.
        code: Secret,
        /// Where the browser was sent back to.
        redirect_uri: Option<String>,
        /// The accounts server that the consent named.
        accounts_server: Option<String>,
    },
}

/// A credential that the service accepted.
#[derive(Clone, Debug)]
pub struct TriedOut {
    /// To be kept.
    pub secrets: Secrets,
    /// Whose it is.
    pub org: Org,
    /// Where the account really is.
    pub data_centre: Option<String>,
}

impl Hub {
    /// Where a person consents in a browser, who is then sent back to `redirect_uri` with a code and `state`.
    pub fn consent_url(&self, new: &NewConnection, redirect_uri: &str, state: &str) -> Result<String> {
        is_served(&new.name, &new.service)?;
        self.connect()?.consent_url(new, redirect_uri, state)
    }

    /// Makes a connection, or gives the one of this name a new credential; that must be of the same org, as what is remembered belongs to it.
    pub async fn authorise(&self, new: &NewConnection, brought: &Brought) -> Result<()> {
        crate::config_check::name_is_fine("connections", &new.name)?;
        is_served(&new.name, &new.service)?;
        let (store, workspace) = (self.store(), self.workspace());
        let known = store.connections(workspace).await?.into_iter().find(|row| row.name == new.name);
        let tried = self.connect()?.try_out(new, brought).await?;
        let row = ConnectionRow {
            id: known.as_ref().map_or(0, |row| row.id),
            workspace,
            name: new.name.clone(),
            service: new.service.clone(),
            data_centre: tried.data_centre.clone(),
            base_url: new.base_url.clone(),
            org: tried.org.id.clone(),
            org_named: match &known {
                Some(old) => old.org_named,
                None => new.org.as_ref().is_some_and(|org| !org.is_empty()),
            },
        };
        let id = match &known {
            Some(old) if !old.org.is_empty() && old.org != row.org => {
                return Err(HubError::new(
                    "connection.other_org",
                    format!(
                        "the credential belongs to org {}, the connection {} to org {}",
                        row.org, row.name, old.org
                    ),
                    "bring a credential of the same org, or make another connection",
                ));
            }
            Some(old) => {
                store.update_connection(&row).await?;
                old.id
            }
            None => store.insert_connection(&row, self.now()).await?,
        };
        save_credential(store, id, &tried.secrets).await
    }

    /// Removes a connection that no integration needs, with its credentials. What is remembered of integrations that needed it stays.
    pub async fn remove_connection(&self, name: &str) -> Result<()> {
        let row = self.connection_named(name).await?;
        let integrations = self.store().integrations(self.workspace()).await?;
        let needs = |one: &&IntegrationRow| [one.left_connection, one.right_connection].contains(&row.id);
        let needing: Vec<String> = integrations.iter().filter(needs).map(|one| one.name.clone()).collect();
        if !needing.is_empty() {
            return Err(HubError::new(
                "connection.in_use",
                format!("{name} is needed by {}", needing.join(", ")),
                "remove those integrations first",
            ));
        }
        Ok(self.store().delete_connection(row.id).await?)
    }
}
