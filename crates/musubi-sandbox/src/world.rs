//! The whole sandbox: all orgs, the accounts server, the clock, the faults, the log.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError, RwLock,
    atomic::{AtomicI64, Ordering},
};

use crate::{
    accounts::Accounts,
    clock::Clock,
    crm::{bulk::Bulk, notify::post::Post},
    http::{
        credits::Due,
        faults::{FaultKind, Faults, Target},
    },
    log::{Line, Log},
    org::Org,
};

/// How far the search index lags behind, unless set otherwise.
const SEARCH_LAG_MS: i64 = 3_000;

/// Everything the server knows.
pub struct World {
    /// The clock.
    pub clock: Clock,
    /// Where clients reach this server, without a slash at the end.
    pub base_url: String,
    /// The seed everything made up is made from.
    pub seed: u64,
    /// Which orgs there are after a reset.
    pub dataset: crate::Dataset,
    /// The state log, when one is kept.
    pub log: Option<Log>,
    /// Bulk jobs and uploaded files.
    pub bulk: Bulk,
    /// Sends notifications.
    pub post: Post,
    search_lag_ms: AtomicI64,
    orgs: RwLock<Vec<Arc<Org>>>,
    accounts: Mutex<Accounts>,
    faults: Mutex<Faults>,
}

impl World {
    /// A world without orgs.
    pub fn new(base_url: String, seed: u64, dataset: crate::Dataset, log: Option<Log>) -> World {
        World {
            clock: Clock::default(),
            base_url,
            seed,
            dataset,
            log,
            bulk: Bulk::default(),
            post: Post::default(),
            search_lag_ms: AtomicI64::new(SEARCH_LAG_MS),
            orgs: RwLock::default(),
            accounts: Mutex::new(Accounts::new(seed)),
            faults: Mutex::default(),
        }
    }

    /// All orgs, in order of making.
    pub fn orgs(&self) -> Vec<Arc<Org>> {
        self.orgs.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// An org by id.
    pub fn org(&self, org_id: &str) -> Option<Arc<Org>> {
        let orgs = self.orgs.read().unwrap_or_else(PoisonError::into_inner);
        orgs.iter().find(|org| org.profile.org_id == org_id).cloned()
    }

    /// Adds an org.
    pub fn add_org(&self, org: Org) -> Arc<Org> {
        org.credits.lock().unwrap_or_else(PoisonError::into_inner).keeping = self.log.is_some();
        let org = Arc::new(org);
        self.orgs.write().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&org));
        org
    }

    /// Milliseconds after which a changed record is found by a search.
    pub fn search_lag_ms(&self) -> i64 {
        self.search_lag_ms.load(Ordering::Relaxed)
    }

    /// Sets how far the search index lags behind.
    pub fn set_search_lag_ms(&self, lag_ms: i64) {
        self.search_lag_ms.store(lag_ms.max(0), Ordering::Relaxed);
    }

    /// Forgets all orgs, accounts and faults.
    pub fn clear(&self) {
        self.orgs.write().unwrap_or_else(PoisonError::into_inner).clear();
        *self.accounts() = Accounts::new(self.seed);
        self.faults().clear();
        self.bulk.clear();
        self.clock.set_offset_ms(0);
    }

    /// Writes to the log what an org's calls cost.
    pub fn keep_credits(&self, org: &Org, due: Due) {
        let Some(log) = &self.log else { return };
        let now_ms = self.clock.now_ms();
        let kept = org.credits.lock().unwrap_or_else(PoisonError::into_inner).to_keep(now_ms, due);
        if let Some(kept) = kept {
            log.write(&Line::Used(org.profile.number, now_ms, kept));
        }
    }

    /// Writes to the log what all orgs' calls cost, at the end.
    pub fn keep_all_credits(&self) {
        for org in self.orgs() {
            self.keep_credits(&org, Due::Now);
        }
    }

    /// The accounts server's state.
    pub fn accounts(&self) -> MutexGuard<'_, Accounts> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The faults in force.
    pub fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The faults of the wanted kinds that hit this call.
    pub fn hit(&self, target: Target<'_>, wanted: fn(&FaultKind) -> bool) -> Vec<FaultKind> {
        self.faults().hit(target, wanted)
    }
}
