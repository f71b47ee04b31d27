//! A faithful local stand-in for the services' APIs, for demos, tests and benchmarks.
//!
//! One origin serves everything: the accounts server under `/oauth/v2`, the CRM under `/crm/v8`, and a control API
//! under `/sandbox` that no real service has. The token decides the org. `docs/sandbox.md` describes what it does.
//! This crate imports no other crate of the workspace, so that a misreading of a service is not shared by both
//! sides of a test.

#![recursion_limit = "256"]

pub mod accounts;
pub mod clock;
pub mod control;
pub mod criteria;
pub mod crm;
pub mod generate;
pub mod http;
pub mod log;
pub mod org;
pub mod world;

use std::{io, net::SocketAddr, path::PathBuf, sync::Arc};

use tokio::net::TcpListener;

/// What the sandbox starts with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dataset {
    /// Orgs with realistic records, Japanese and English.
    Demo,
    /// The same orgs with standard modules and no records.
    Empty,
}

/// How to start a sandbox.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where to listen; port 0 picks a free one.
    pub listen: SocketAddr,
    /// Folder to keep the state in; without one it is gone at the end.
    pub data: Option<PathBuf>,
    /// What to start with, when there is no kept state.
    pub dataset: Dataset,
    /// Seed of everything made up: names, ids, credentials.
    pub seed: u64,
}

/// Why a sandbox could not start.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The address is not free or not ours.
    #[error("cannot listen on {0}: {1}")]
    Listen(SocketAddr, io::Error),
    /// The folder for the state cannot be used.
    #[error("cannot use {0} for the sandbox's state: {1}")]
    Data(PathBuf, io::Error),
    /// The kept state cannot be read.
    #[error("the kept state in {0} is damaged at line {1}: {2}")]
    Damaged(PathBuf, usize, String),
}

/// A running sandbox. Dropping it stops it.
pub struct Sandbox {
    base_url: String,
    world: Arc<world::World>,
    server: Option<http::server::Server>,
}

impl Sandbox {
    /// Starts a sandbox; it serves when this returns.
    pub async fn start(options: Options) -> Result<Sandbox, SandboxError> {
        let listener =
            TcpListener::bind(options.listen).await.map_err(|e| SandboxError::Listen(options.listen, e))?;
        let address = listener.local_addr().map_err(|e| SandboxError::Listen(options.listen, e))?;
        let base_url = format!("http://{address}");
        let (log, kept) = match &options.data {
            Some(folder) => {
                let (log, kept) = log::Log::open(folder)?;
                (Some(log), kept)
            }
            None => (None, Vec::new()),
        };
        let world = Arc::new(world::World::new(base_url.clone(), options.seed, options.dataset, log));
        if kept.is_empty() {
            generate::dataset(&world);
        } else {
            log::replay(&world, kept, options.data.unwrap_or_default())?;
        }
        let server = Some(http::server::Server::start(listener, Arc::clone(&world)));
        Ok(Sandbox { base_url, world, server })
    }

    /// Where it serves, without a slash at the end.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Stops it and waits until the port is free.
    pub async fn stop(mut self) {
        if let Some(server) = self.server.take() {
            server.stop().await;
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.world.keep_all_credits();
    }
}
