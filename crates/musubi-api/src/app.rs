//! What the handlers share.

use crate::calls::Calls;
use crate::guard::Guard;
use crate::jobs::Jobs;
use crate::v1::connecting::Consents;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use musubi_engine::Hub;
use musubi_store::Store;
use rand::TryRngCore;
use std::path::PathBuf;
use std::sync::Arc;

/// How the API is set up.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Whoever comes from this machine is logged in as the owner: the demo, which listens on the loopback only.
    pub demo: bool,
    /// Browsers reach it by https only, so cookies are sent by https only.
    pub https: bool,
    /// The last address of `X-Forwarded-For` is the client's: a proxy of ours sets it.
    pub trusts_proxy: bool,
    /// Where backups are put; without it none are made here.
    pub backups: Option<PathBuf>,
}

/// What the handlers share. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The hub.
    pub hub: Hub,
    /// How it is set up.
    pub options: Options,
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub guard: Guard,
    pub jobs: Jobs,
    pub calls: Calls,
    pub consents: Consents,
    pub setup_code: String,
    pub started_at: i64,
}

impl App {
    /// Over a hub at work.
    pub fn new(hub: Hub, options: Options) -> App {
        let setup_code = (0..3).map(|_| group()).collect::<Vec<_>>().join("-");
        let started_at = hub.now();
        let inner = Inner {
            guard: Guard::default(),
            jobs: Jobs::default(),
            calls: Calls::default(),
            consents: Consents::default(),
            setup_code,
            started_at,
        };
        App { hub, options, inner: Arc::new(inner) }
    }

    /// What the first person must know to become the owner; for the terminal only. It counts while nobody is there yet.
    pub fn setup_code(&self) -> &str {
        &self.inner.setup_code
    }

    pub(crate) fn store(&self) -> &Store {
        self.hub.store()
    }

    pub(crate) fn workspace(&self) -> i64 {
        self.hub.workspace()
    }

    pub(crate) fn now(&self) -> i64 {
        self.hub.now()
    }

    /// Notes in the audit log who did what. A log that cannot be written keeps nobody from working, and says so.
    pub(crate) async fn audit(&self, actor: &str, action: &str, details: serde_json::Value) {
        let done =
            self.store().audit(self.workspace(), self.now(), actor, action, &details.to_string()).await;
        if let Err(error) = done {
            tracing::error!(code = error.code, action, "the audit log cannot be written");
        }
    }
}

/// Four characters that are not mistaken for others.
fn group() -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    random::<4>().iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect()
}

/// Bytes nobody can guess.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::rngs::OsRng.try_fill_bytes(&mut bytes).expect("the system gives random numbers");
    bytes
}

/// A secret nobody can guess, in letters that may stand anywhere.
pub(crate) fn secret() -> String {
    URL_SAFE_NO_PAD.encode(random::<32>())
}
