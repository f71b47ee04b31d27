//! Sets the demo up: sandbox, hub, webhooks and the configuration, all in this process on free ports of this machine.

use super::edits::MODULES;
use super::sample::{Control, Org};
use crate::failure::Failure;
use crate::hub::{self, Listen, Public, Serving};
use musubi_connector::oauth::App;
use musubi_connector::{Secret, Secrets};
use musubi_engine::config::Config;
use musubi_engine::sync::Settings;
use musubi_engine::{Hub, save_credential};
use musubi_sandbox::{Dataset, Options, Sandbox};
use musubi_store::Store;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

/// The demo's integration.
pub const INTEGRATION: &str = "tokyo-london";

/// A running demo.
pub struct Stage {
    /// The services' stand-in.
    pub sandbox: Sandbox,
    /// Its control API.
    pub control: Control,
    /// The two orgs, left and right.
    pub orgs: [Org; 2],
    /// The same orgs as the people who work in them see them.
    pub people: [Org; 2],
    /// The hub, at work.
    pub serving: Serving,
    /// The database.
    pub store: Store,
}

impl Stage {
    /// Starts everything; the database and nothing else is kept in `folder`.
    pub async fn set(folder: &Path, seed: u64) -> Result<Stage, Failure> {
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let sandbox = Sandbox::start(Options { listen, data: None, dataset: Dataset::Demo, seed }).await?;
        let control = Control::new(sandbox.base_url())?;
        let orgs: [Org; 2] =
            control.orgs().await?.try_into().map_err(|_| {
                Failure::other("demo.orgs", "the sandbox does not have the two orgs of the demo")
            })?;
        let people = [control.colleague(&orgs[0]).await?, control.colleague(&orgs[1]).await?];
        let global = crate::cli::Global::of_demo(folder);
        let opened = crate::store::open(&global).await?;
        let store = opened.store.clone();
        let config = Config::parse(&configuration(sandbox.base_url(), &orgs))?;
        Hub::offline(store.clone(), opened.workspace.id).apply(&config, true).await?;
        for row in store.connections(opened.workspace.id).await? {
            let Some(org) = orgs.iter().find(|org| org.org_id == row.org) else { continue };
            let app =
                App { client_id: org.client_id.clone(), client_secret: Secret::new(&*org.client_secret) };
            let refresh_token = Secret::new(&*org.refresh_token);
            save_credential(&store, row.id, &Secrets { app, refresh_token }).await?;
        }
        let demo = musubi_api::Options { demo: listen.ip().is_loopback(), ..musubi_api::Options::default() };
        let serving = hub::serve(
            &opened,
            folder,
            Listen { at: listen, certificate: None },
            Public::Here,
            settings(),
            demo,
        )
        .await?;
        Ok(Stage { sandbox, control, orgs, people, serving, store })
    }

    /// Ends everything.
    pub async fn strike(self) {
        self.serving.stop().await;
        self.sandbox.stop().await;
    }
}

/// The demo's sandbox is near and never late: bounds that a real service needs are short here.
fn settings() -> Settings {
    Settings {
        poll_min: 500,
        poll_max: 2_000,
        poll_watched: 10_000,
        settle_every: 4_000,
        horizon: 3_000,
        lateness: 2_000,
        call_timeout: 5_000,
        ..Settings::default()
    }
}

/// The demo's configuration, as somebody would write it.
pub fn configuration(base_url: &str, orgs: &[Org; 2]) -> String {
    let mut text = String::new();
    for (name, org) in ["tokyo", "london"].iter().zip(orgs) {
        text.push_str(&format!(
            "[connections.{name}]\nservice = \"crm\"\nbase_url = \"{base_url}\"\norg = \"{}\"\n\n",
            org.org_id
        ));
    }
    text.push_str(&format!("[integrations.{INTEGRATION}]\nleft = \"tokyo\"\nright = \"london\"\n"));
    for module in MODULES {
        text.push_str(&format!(
            "\n[[integrations.{INTEGRATION}.modules]]\nleft = \"{0}\"\nright = \"{0}\"\nmatch = [\"{1}\"]\n",
            module.name, module.matching
        ));
    }
    text
}
