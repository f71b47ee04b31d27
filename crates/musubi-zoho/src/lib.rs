//! Connectors to Zoho's services. Each service is one folder; the files in them have the same names.

pub mod crm;
mod envelope;
mod session;
mod time;

use crm::{CallOptions, Config, Crm};
use musubi_connector::http::Pool;
use musubi_connector::oauth::Accounts;
use musubi_connector::token::TokenStore;
use musubi_connector::{CallError, CallErrorKind, Clock, Connector, Credential, Place, Secrets};
use std::sync::Arc;

/// What every service needs to be connected.
pub struct Settings {
    /// The service's name in the configuration: `crm`.
    pub service: String,
    /// Where it answers.
    pub place: Place,
    /// The org the configuration names.
    pub org: Option<String>,
    /// The credential's secrets.
    pub secrets: Secrets,
    /// Where the processes share the credential's token.
    pub tokens: Arc<dyn TokenStore>,
    /// The clock by which tokens age.
    pub clock: Clock,
    /// Deadlines.
    pub options: CallOptions,
    /// The connections to services.
    pub pool: Pool,
}

/// The registry: a connector for a configured connection. Makes no call.
pub fn connect(settings: Settings) -> Result<Arc<dyn Connector>, CallError> {
    let Settings { service, place, org, secrets, tokens, clock, options, pool } = settings;
    let http = pool.at(&place);
    let accounts = Accounts::new(&http, place.clone(), options.timeout);
    let credential = Arc::new(Credential::new(accounts, secrets, tokens, clock));
    match service.as_str() {
        "crm" => Ok(Arc::new(Crm::connect(Config { http, place, credential, org, options }))),
        other => Err(CallError::new(
            CallErrorKind::Refused,
            "UNKNOWN_SERVICE",
            format!("there is no connector for the service {other:?}; there is one for: crm"),
        )),
    }
}
