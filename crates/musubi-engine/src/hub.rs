//! The hub: everything a process that keeps integrations in agreement can be asked.

use crate::account::Account;
use crate::budget::{self, Budget};
use crate::checkup::Asked;
use crate::connecting::{Brought, NewConnection, TriedOut};
use crate::credentials::Credentials;
use crate::error::{HubError, Result};
use crate::keeper;
use crate::live::Live;
use crate::partition::Partition;
use crate::refusal;
use crate::report::StatusReport;
use crate::sync::Settings;
use async_trait::async_trait;
use musubi_connector::{Clock, Connector};
use musubi_store::{ConnectionRow, IntegrationRow, IntegrationState, Store, SyncId};
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, Semaphore, watch};
use tokio::task::JoinSet;

/// What a hub is started with.
pub struct HubOptions {
    /// Where everything durable is. Unlocked, if connections are to be used.
    pub store: Store,
    /// How connections are made.
    pub connect: Arc<dyn Connect>,
    /// The process's name. No other process may use it; one that starts under the name of a dead one takes its leases over at once.
    pub holder: String,
    /// Where services can reach this hub from outside; without it everything works by polling.
    pub public_url: Option<String>,
    /// The numbers by which module syncs work.
    pub settings: Settings,
    /// The workspace.
    pub workspace: i64,
}

/// Makes connectors of connections.
#[async_trait]
pub trait Connect: Send + Sync {
    /// The connector of this connection; makes no call. The credential is in the store: [`crate::credential`], [`crate::StoredTokens`].
    async fn connect(&self, connection: &ConnectionRow) -> Result<Arc<dyn Connector>>;

    /// Asks the service of this connection what time it is: it answers, whatever it thinks of the credential. Nothing where that cannot be asked.
    async fn clock(&self, _connection: &ConnectionRow) -> Result<Option<Asked>> {
        Ok(None)
    }

    /// Asks whether a hub answers under this address.
    async fn answers(&self, _url: &str) -> Result<()> {
        Err(not_offered())
    }

    /// Asks the service whether a new credential is good. Nothing is kept.
    async fn try_out(&self, _new: &NewConnection, _brought: &Brought) -> Result<TriedOut> {
        Err(not_offered())
    }

    /// Where a person consents in a browser.
    fn consent_url(&self, _new: &NewConnection, _redirect_uri: &str, _state: &str) -> Result<String> {
        Err(not_offered())
    }
}

fn not_offered() -> HubError {
    HubError::new(
        "connection.not_offered",
        "this process makes no new connections",
        "run `musubi connect NAME` where the hub runs",
    )
}

/// The hub. Clones are the same hub.
#[derive(Clone)]
pub struct Hub {
    pub(crate) inner: Arc<Inner>,
}

/// A connection in use, and what it was made from.
type Opened = HashMap<i64, (u64, Arc<Account>)>;

pub(crate) struct Inner {
    pub store: Store,
    pub connect: Option<Arc<dyn Connect>>,
    pub holder: String,
    pub public_url: Option<String>,
    pub settings: Settings,
    pub workspace: i64,
    pub clock: Clock,
    /// How many credits are reserved at once.
    credit_block: i64,
    /// The one integration that this process drives; every one if none is named.
    pub only: Option<String>,
    /// Rings when the configuration or a wish changed and the keeper should look at once.
    pub poke: Notify,
    pub partitions: Mutex<BTreeMap<SyncId, Arc<Partition>>>,
    pub channels: crate::channels::Known,
    pub samples: crate::record_sample::Samples,
    pub status: watch::Sender<Arc<StatusReport>>,
    /// Sends notices.
    pub notices: musubi_notices::Sender,
    /// Leave to hold a file of a service in memory: one at a time.
    pub file_room: Arc<Semaphore>,
    accounts: Mutex<Opened>,
    /// Held by whoever opens a connection.
    opening: Mutex<HashMap<i64, Arc<tokio::sync::Mutex<()>>>>,
    tasks: Mutex<JoinSet<()>>,
    stopping: AtomicBool,
    held: AtomicI64,
    /// How many partitions this process should hold at most while others want some too.
    share: AtomicI64,
}

impl Hub {
    /// Begins to drive every active module sync whose lease can be had. Returns at once.
    pub async fn start(options: HubOptions) -> Result<Hub> {
        Hub::begin(options, None).await
    }

    /// The same for one integration alone: the others are left to whoever drives them.
    pub async fn start_for(options: HubOptions, integration: &str) -> Result<Hub> {
        Hub::begin(options, Some(integration.to_owned())).await
    }

    async fn begin(options: HubOptions, only: Option<String>) -> Result<Hub> {
        let HubOptions { store, connect, holder, public_url, settings, workspace } = options;
        store.release_all(&holder).await?;
        let inner =
            Inner { public_url, settings, only, ..Inner::new(store, workspace, holder, Some(connect)) };
        let hub = Hub { inner: Arc::new(inner) };
        keeper::refresh(&hub.inner).await?;
        hub.inner.spawn(keeper::keep(Arc::clone(&hub.inner)));
        hub.inner.spawn(keeper::ring(Arc::clone(&hub.inner)));
        hub.inner.spawn(crate::views::watch(Arc::clone(&hub.inner)));
        hub.inner.spawn(keeper::hear_others(Arc::clone(&hub.inner)));
        hub.inner.spawn(crate::channels::keep(Arc::clone(&hub.inner)));
        hub.inner.spawn(crate::notices::keep(Arc::clone(&hub.inner)));
        hub.inner.spawn(crate::stand_by::watch(Arc::clone(&hub.inner)));
        hub.inner.spawn(refusal::watch(Arc::clone(&hub.inner)));
        Ok(hub)
    }

    /// A hub that drives nothing, but can ask the services: for plans and comparisons beside a hub at work.
    pub fn idle(options: HubOptions) -> Hub {
        let HubOptions { store, connect, holder, public_url, settings, workspace } = options;
        let idle = Inner::new(store, workspace, holder, Some(connect));
        let inner = Inner { public_url, settings, credit_block: budget::EACH, ..idle };
        Hub { inner: Arc::new(inner) }
    }

    /// A hub that drives nothing and calls nobody: for what the store alone can answer.
    pub fn offline(store: Store, workspace: i64) -> Hub {
        Hub { inner: Arc::new(Inner::new(store, workspace, String::new(), None)) }
    }

    /// Lets calls in flight end, for ten seconds at the most, and gives every lease up.
    pub async fn stop(&self) {
        let inner = &self.inner;
        inner.stopping.store(true, Ordering::Release);
        for partition in inner.partitions().values() {
            partition.wishes.send_modify(|wishes| wishes.stop = true);
        }
        inner.poke.notify_one();
        let ended = async {
            while inner.held.load(Ordering::Acquire) > 0 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let _ = tokio::time::timeout(Duration::from_secs(12), ended).await;
        let mut tasks = std::mem::take(&mut *inner.tasks());
        tasks.shutdown().await;
        refusal::note(inner, &mut refusal::Noted::new()).await;
        for (_, account) in inner.open_accounts() {
            account.budget.close().await;
        }
        for left in
            [inner.store.release_all(&inner.holder).await.map(drop), inner.store.leave(&inner.holder).await]
        {
            if let Err(error) = left {
                tracing::warn!(code = error.code, "the hub could not sign off");
            }
        }
    }

    /// Drops everything at once, as a crash would. For tests of exactly that.
    pub async fn abort(&self) {
        let mut tasks = std::mem::take(&mut *self.inner.tasks());
        tasks.shutdown().await;
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// How connections are made.
    pub(crate) fn connect(&self) -> Result<&dyn Connect> {
        self.inner.connect.as_deref().ok_or_else(not_offered)
    }

    /// The workspace.
    pub fn workspace(&self) -> i64 {
        self.inner.workspace
    }

    /// Where services can reach this hub from outside.
    pub fn public_url(&self) -> Option<String> {
        self.inner.public_url.clone()
    }

    /// The time, in milliseconds since 1970.
    pub fn now(&self) -> i64 {
        self.inner.now()
    }

    /// No calls and no writes for this integration until it is resumed. Any process may say so.
    pub async fn pause(&self, integration: &str) -> Result<()> {
        self.set_state(integration, IntegrationState::Paused).await
    }

    /// As if everything that happened during the pause had happened at once (I13). What it was bound to (I17) does not count any more.
    pub async fn resume(&self, integration: &str) -> Result<()> {
        self.release(integration).await?;
        self.set_state(integration, IntegrationState::Active).await
    }

    async fn set_state(&self, integration: &str, state: IntegrationState) -> Result<()> {
        let row = self.inner.integration(integration).await?;
        self.inner.store.set_integration_state(row.id, state).await?;
        self.inner.poke.notify_one();
        Ok(())
    }

    /// Tells of changes in what [`Hub::status`] says, about once a second while somebody listens.
    pub fn watch_status(&self) -> watch::Receiver<Arc<StatusReport>> {
        self.inner.status.subscribe()
    }
}

impl Inner {
    fn new(store: Store, workspace: i64, holder: String, connect: Option<Arc<dyn Connect>>) -> Inner {
        Inner {
            store,
            connect,
            holder,
            public_url: None,
            settings: Settings::default(),
            workspace,
            clock: Clock::system(),
            credit_block: budget::BLOCK,
            only: None,
            poke: Notify::new(),
            partitions: Mutex::default(),
            channels: crate::channels::Known::default(),
            samples: Mutex::default(),
            status: watch::Sender::new(Arc::default()),
            notices: musubi_notices::Sender::default(),
            file_room: Arc::new(Semaphore::new(1)),
            accounts: Mutex::default(),
            opening: Mutex::default(),
            tasks: Mutex::default(),
            stopping: AtomicBool::new(false),
            held: AtomicI64::new(0),
            share: AtomicI64::new(i64::MAX),
        }
    }

    pub fn now(&self) -> i64 {
        self.clock.now().millis()
    }

    /// A lease outlasts a call by far, so that renewing it at a third never holds a call back.
    pub fn lease_term(&self) -> i64 {
        (self.settings.call_timeout * 2).max(self.settings.call_timeout + 3_000)
    }

    /// Owns a background task; it ends with the hub.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        if !self.is_stopping() {
            self.tasks().spawn(task);
        }
    }

    /// Whether this process drives the integration of this name.
    pub fn drives(&self, integration: &str) -> bool {
        self.only.as_deref().is_none_or(|only| only == integration)
    }

    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Acquire)
    }

    fn tasks(&self) -> MutexGuard<'_, JoinSet<()>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn partitions(&self) -> MutexGuard<'_, BTreeMap<SyncId, Arc<Partition>>> {
        self.partitions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One lease more, or less.
    pub fn holds(&self, change: i64) {
        self.held.fetch_add(change, Ordering::AcqRel);
    }

    pub fn held(&self) -> i64 {
        self.held.load(Ordering::Acquire)
    }

    pub fn set_share(&self, share: i64) {
        self.share.store(share, Ordering::Release);
    }

    pub fn has_its_share(&self) -> bool {
        self.held() >= self.share.load(Ordering::Acquire)
    }

    /// Beyond its share a process asks now and then only, so that one with fewer has the first choice.
    pub fn is_patient(&self, sync: SyncId) -> bool {
        (self.now() / 700 + sync.0) % 7 == 0
    }

    /// The integration of this name.
    pub async fn integration(&self, name: &str) -> Result<IntegrationRow> {
        let rows = self.store.integrations(self.workspace).await?;
        let known: Vec<String> = rows.iter().map(|row| row.name.clone()).collect();
        rows.into_iter().find(|row| row.name == name).ok_or_else(|| {
            let meant = crate::config::nearest(name, known.iter().map(String::as_str));
            let hint = match (meant, known.is_empty()) {
                (Some(meant), _) => format!("did you mean {meant:?}?"),
                (None, true) => "apply a configuration file first: `musubi apply FILE --yes`".to_owned(),
                (None, false) => format!("known integrations: {}", known.join(", ")),
            };
            HubError::new("integration.unknown", format!("there is no integration {name:?}"), hint)
        })
    }

    /// The connection in use; made, and asked who it is, when it is new or was changed.
    pub async fn account(&self, connection: i64) -> Result<Arc<Account>> {
        let unknown = || {
            HubError::new("connection.unknown", "the connection was removed", "apply the configuration again")
        };
        let row = self.store.connection(connection).await?.ok_or_else(unknown)?;
        let made_from = fingerprint(&row, self.store.secrets(row.id).await?.as_deref());
        if let Some(account) = self.opened(connection, made_from) {
            return Ok(account);
        }
        let opens = Arc::clone(
            self.opening.lock().unwrap_or_else(PoisonError::into_inner).entry(connection).or_default(),
        );
        // It is asked who it is once, however many want it; others meanwhile.
        let _opens = opens.lock().await;
        if let Some(account) = self.opened(connection, made_from) {
            return Ok(account);
        }
        let connect = self.connect.as_ref().ok_or_else(|| {
            HubError::new(
                "hub.offline",
                "this command does not call services",
                "run it where the hub may connect",
            )
        })?;
        let connector = connect.connect(&row).await?;
        let timeout = self.settings.call_timeout;
        let opened = Account::open(
            &row.name,
            connector,
            |limit| {
                let place = (self.store.clone(), connection);
                Budget::new(place, limit, self.credit_block, self.clock.clone())
            },
            self.clock.clone(),
            timeout,
        )
        .await;
        let met = match &opened {
            Ok(_) => Some(None),
            Err(error) => (error.code == "connection.refused").then(|| Some(self.now())),
        };
        if let Some(refused_since) = met {
            refusal::keep(self, &row, made_from, refused_since).await?;
        }
        let account = Arc::new(opened?);
        self.open().insert(connection, (made_from, Arc::clone(&account)));
        Ok(account)
    }

    fn open(&self) -> MutexGuard<'_, Opened> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn opened(&self, connection: i64, made_from: u64) -> Option<Arc<Account>> {
        let open = self.open();
        open.get(&connection).filter(|(from, _)| *from == made_from).map(|(_, account)| Arc::clone(account))
    }

    /// Connections in use by their numbers.
    pub fn open_accounts(&self) -> Vec<(i64, Arc<Account>)> {
        self.open().iter().map(|(id, (_, account))| (*id, Arc::clone(account))).collect()
    }

    /// The same, each with what it was made from.
    pub fn accounts_in_use(&self) -> Vec<(i64, u64, Arc<Account>)> {
        self.open().iter().map(|(id, (from, account))| (*id, *from, Arc::clone(account))).collect()
    }

    /// Where every module sync driven here stands.
    pub fn lives(&self) -> BTreeMap<SyncId, Live> {
        self.partitions().iter().map(|(sync, partition)| (*sync, partition.live.borrow().clone())).collect()
    }
}

/// Stands for a connection with its credential: changes when either does.
pub(crate) fn fingerprint(row: &ConnectionRow, credential: Option<&[u8]>) -> u64 {
    let kept = credential.unwrap_or_default();
    let in_use = Credentials::read(kept).map_or_else(
        |_| kept.to_vec(),
        |mut kept| {
            // Who stands by, and what was met, does not matter to what is at work.
            kept.in_use.refused_at = None;
            kept.in_use.bytes()
        },
    );
    let text = format!("{row:?}");
    xxhash_rust::xxh3::xxh3_64_with_seed(text.as_bytes(), xxhash_rust::xxh3::xxh3_64(&in_use))
}
