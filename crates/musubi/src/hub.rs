//! Starting the hub: with connectors of the registry, under this process's name, with or without its listener.

use crate::failure::{Exit, Failure};
use crate::holder::Holder;
use crate::registry::{self, Registry};
use crate::store::Opened;
use musubi_api::{App, Certificate, Options};
use musubi_engine::sync::Settings;
use musubi_engine::{Hub, HubError, HubOptions};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

/// Answers under way get so long when the listener ends.
const LAST_ANSWERS: Duration = Duration::from_secs(2);

impl From<HubError> for Failure {
    fn from(error: HubError) -> Failure {
        Failure::new(exit_of(error.code), error.code, error.message, error.hint)
    }
}

/// By where an error comes from, as `docs/errors.md` lists it.
pub fn exit_of(code: &str) -> Exit {
    match code {
        "connection.no_credential" | "connection.refused" | "connection.credential_damaged" => {
            Exit::Credential
        }
        "connection.unknown" | "connection.in_use" | "remembered.unknown" => Exit::Configuration,
        // It was begun, and the two sides do not agree yet.
        "plan.changed" => Exit::Differs,
        _ => match code.split('.').next().unwrap_or_default() {
            "config" | "integration" | "module" | "mapping" | "scope" | "field" | "owner" | "plan" => {
                Exit::Configuration
            }
            "connection" | "service" => Exit::Service,
            "store" => Exit::Store,
            _ => Exit::Failed,
        },
    }
}

/// A hub at work, with its name.
pub struct Working {
    /// The hub.
    pub hub: Hub,
    _holder: Holder,
}

/// Starts the hub; it drives what it can from now on.
pub async fn start(
    opened: &Opened,
    data: &Path,
    public_url: Option<String>,
    settings: Settings,
) -> Result<Working, Failure> {
    let (options, holder) = options(opened, data, public_url, settings).await?;
    Ok(Working { hub: Hub::start(options).await?, _holder: holder })
}

/// The same for one integration alone: nobody asked for work on the others.
pub async fn start_for(
    integration: &str,
    opened: &Opened,
    data: &Path,
    settings: Settings,
) -> Result<Working, Failure> {
    let (options, holder) = options(opened, data, None, settings).await?;
    Ok(Working { hub: Hub::start_for(options, integration).await?, _holder: holder })
}

async fn options(
    opened: &Opened,
    data: &Path,
    public_url: Option<String>,
    settings: Settings,
) -> Result<(HubOptions, Holder), Failure> {
    for row in opened.store.connections(opened.workspace.id).await? {
        // One connection without a credential keeps no other from working; whoever needs it says what is missing.
        if let Err(error) = registry::secrets(&opened.store, &row).await {
            tracing::warn!(connection = row.name, code = error.code, "a connection cannot be used");
        }
    }
    let holder = Holder::take(data)?;
    let timeout = Duration::from_millis(settings.call_timeout.unsigned_abs());
    let options = HubOptions {
        store: opened.store.clone(),
        connect: Arc::new(Registry::new(opened.store.clone(), timeout)?),
        holder: holder.name().to_owned(),
        public_url,
        settings,
        workspace: opened.workspace.id,
    };
    Ok((options, holder))
}

/// A hub that reads the services when it is asked to, and drives nothing: for `plan`, `verify` and `doctor`.
pub fn reading(opened: &Opened, public_url: Option<String>) -> Result<Hub, Failure> {
    let settings = Settings::default();
    let timeout = Duration::from_millis(settings.call_timeout.unsigned_abs());
    Ok(Hub::idle(HubOptions {
        store: opened.store.clone(),
        connect: Arc::new(Registry::new(opened.store.clone(), timeout)?),
        // It takes no lease, so it needs no name.
        holder: String::new(),
        public_url,
        settings,
        workspace: opened.workspace.id,
    }))
}

/// Where services reach this hub.
pub enum Public {
    /// Nowhere: everything works by polling.
    Nowhere,
    /// At this address.
    At(String),
    /// At the address listened on: for services on this machine.
    Here,
}

/// How it is reached.
pub struct Listen {
    /// Address and port; port 0 takes any free one.
    pub at: SocketAddr,
    /// HTTPS is spoken with it, HTTP without.
    pub certificate: Option<Certificate>,
}

/// A hub with its listener for webhooks, health and metrics.
pub struct Serving {
    /// The hub at work.
    pub working: Working,
    /// Where it listens.
    pub address: SocketAddr,
    /// The workspace it works in.
    pub workspace: i64,
    /// What the first person must know to become the owner, while nobody is there yet.
    pub setup_code: Option<String>,
    server: JoinSet<()>,
    end: oneshot::Sender<()>,
}

/// Starts the hub and listens.
pub async fn serve(
    opened: &Opened,
    data: &Path,
    listen: Listen,
    public: Public,
    settings: Settings,
    api: Options,
) -> Result<Serving, Failure> {
    let refused = |error: std::io::Error| {
        Failure::new(
            Exit::Failed,
            "serve.listen",
            format!("cannot listen on {}: {error}", listen.at),
            "choose another --listen address; port 0 takes any free port",
        )
    };
    let listener = TcpListener::bind(listen.at).await.map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    let public_url = match public {
        Public::Nowhere => None,
        Public::At(url) => Some(url),
        Public::Here => Some(format!("http://{address}")),
    };
    let working = start(opened, data, public_url, settings).await?;
    let mut server = JoinSet::new();
    let app = App::new(working.hub.clone(), api);
    let members = opened.store.count_members(opened.workspace.id).await?;
    let setup_code = (members == 0).then(|| app.setup_code().to_owned());
    let (end, ended) = oneshot::channel();
    server.spawn(async move {
        let stop = async { drop(ended.await) };
        if let Err(error) = musubi_api::serve(listener, app, listen.certificate, stop).await {
            tracing::error!("the listener ended: {error}");
        }
    });
    Ok(Serving { working, address, workspace: opened.workspace.id, setup_code, server, end })
}

impl Serving {
    /// The hub.
    pub fn hub(&self) -> &Hub {
        &self.working.hub
    }

    /// Lets what is under way end, and stops.
    pub async fn stop(mut self) {
        self.working.hub.stop().await;
        let _ = self.end.send(());
        // A client that keeps its connection open does not keep the program from ending.
        let _ = tokio::time::timeout(LAST_ANSWERS, self.server.join_next()).await;
        self.server.shutdown().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_error_ends_as_the_documents_say() {
        assert_eq!(exit_of("config.syntax"), Exit::Configuration);
        assert_eq!(exit_of("config.service"), Exit::Configuration);
        assert_eq!(exit_of("integration.unknown"), Exit::Configuration);
        assert_eq!(exit_of("connection.refused"), Exit::Credential);
        assert_eq!(exit_of("connection.throttled"), Exit::Service);
        assert_eq!(exit_of("store.full"), Exit::Store);
        assert_eq!(exit_of("hub.offline"), Exit::Failed);
    }
}
