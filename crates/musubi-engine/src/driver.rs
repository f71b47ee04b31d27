//! Drives one module sync while its lease is held: performs its effects, tells it what happened, one event after another.
//!
//! Nothing here decides. On any failure of the store the sync is dropped; whoever takes the lease next starts from what is durable.

mod calls;
mod publish;

use crate::account::Account;
use crate::asked::{DECISIONS, decision};
use crate::fence::Fence;
use crate::live::{Live, Wishes};
use crate::pace::Pace;
use crate::retries::Retries;
use crate::sync::{Answer, CallId, Effect, Event, Phase, Plan, Stored, Sync};
use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt};
use musubi_connector::{CallError, Clock};
use musubi_core::plan::Approved;
use musubi_core::{Side, Sides};
use musubi_store::{DecisionRow, HintRow, Looks, Store, StoreError, SyncId};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::task::{Id, JoinSet};

/// How often hints are looked for when nothing rings.
const HINT_LOOK: i64 = 5_000;
/// Hints read at once.
const HINTS: i64 = 400;
/// How often at most the outside is told how it goes.
const TELL_EVERY: i64 = 50;

/// Everything a driver needs.
pub(crate) struct Driver {
    pub store: Store,
    pub sync: SyncId,
    pub plan: Arc<Plan>,
    /// What it is bound to, if a person approved a plan.
    pub approved: Option<Arc<Approved>>,
    pub accounts: Sides<Arc<Account>>,
    /// Since when it is known what the services have.
    pub known_since: i64,
    pub clock: Clock,
    /// What may still be sent.
    pub fence: Fence,
    pub epoch: i64,
    /// The lease holds until then, and is renewed for so long.
    pub lease_until: i64,
    pub lease_term: i64,
    /// The database was restored; the first commit makes the sync remember it, and the mark can go.
    pub settle_restore: bool,
    /// When it was last taken up after a rest.
    pub activated_at: i64,
    /// What both sides changed during the rest is decided by a rule of its own, until everything was compared.
    pub meanwhile: bool,
    /// Rings for whoever looks at attachments, if they are asked for.
    pub attachments: Option<Arc<Notify>>,
    pub wishes: watch::Receiver<Wishes>,
    pub bell: Arc<Notify>,
    pub live: watch::Sender<Live>,
}

/// Why driving ended.
#[derive(Debug)]
pub(crate) enum End {
    /// It was asked to stop, or the configuration changed: everything in hand is recorded.
    Asked,
    /// Somebody else may hold the lease by now.
    LeaseLost,
    /// The store failed.
    Store(StoreError),
}

/// What a question to the store led to, beside the desk's.
enum Aside {
    Hints(Result<Vec<HintRow>, StoreError>),
    Retries(Result<Retries, StoreError>),
    Decisions(Result<Vec<DecisionRow>, StoreError>),
    Renewed(i64, Result<bool, StoreError>),
    Compared(Result<(), StoreError>),
}

/// The state of one drive.
struct Drive<'a> {
    own: &'a mut Driver,
    sync: Sync,
    out: Vec<Effect>,
    /// What the desk asked of the store: lists and loads, and one commit beside them.
    desk: FuturesUnordered<BoxFuture<'static, Result<Event, StoreError>>>,
    asides: FuturesUnordered<BoxFuture<'static, Aside>>,
    calls: JoinSet<Result<Answer, CallError>>,
    ids: HashMap<Id, CallId>,
    /// Hints told to the sync and not dealt with yet.
    told: HashSet<(Side, String, i64)>,
    dealt_with: Vec<(Side, String, i64)>,
    hint_read: bool,
    hint_at: i64,
    /// The last decision of a person that the sync was told.
    decision: i64,
    renewing: bool,
    renew_at: i64,
    seen: u64,
    /// What was counted by earlier drives of this process.
    before: Live,
    told_at: i64,
    /// How fast a load goes.
    pace: Pace,
    /// Something may have changed since.
    untold: bool,
    wishes: Wishes,
    /// Stopping: until when calls in flight are waited for.
    draining: Option<i64>,
    drained_once: bool,
    /// With the first commit, the version of the mapping is noted as compared.
    note_start: bool,
    meanwhile_is_over: bool,
}

impl Driver {
    /// Drives until it is asked to stop or cannot go on.
    pub async fn drive(&mut self, stored: Stored) -> End {
        let now = self.clock.now().millis();
        let compares = stored.compare || stored.state.is_none();
        let sync = Sync::new(Arc::clone(&self.plan), self.epoch, self.lease_until, stored, now);
        let wishes = self.wishes.borrow_and_update().clone();
        let started = sync.state().clone();
        let before = self.live.borrow().clone();
        let mut drive = Drive {
            sync,
            out: Vec::new(),
            desk: FuturesUnordered::new(),
            asides: FuturesUnordered::new(),
            calls: JoinSet::new(),
            ids: HashMap::new(),
            told: HashSet::new(),
            dealt_with: Vec::new(),
            hint_read: false,
            hint_at: now,
            decision: 0,
            renewing: false,
            renew_at: now + self.lease_term / 3,
            seen: 0,
            before,
            told_at: 0,
            pace: Pace::default(),
            untold: true,
            wishes: wishes.clone(),
            draining: None,
            drained_once: false,
            note_start: compares || self.settle_restore,
            meanwhile_is_over: false,
            own: self,
        };
        for side in Side::BOTH {
            drive.tell(Event::Watched(side, *wishes.watched.get(side)));
        }
        // What it was bound to does not count when nothing is approved any more.
        let approved = drive.own.approved.clone();
        if approved.is_some() || started.binding.is_some() {
            drive.tell(Event::Bind(approved));
        }
        match (wishes.paused, started.paused) {
            (true, false) => drive.tell(Event::Pause),
            (false, true) => drive.tell(Event::Resume),
            _ => drive.tell(Event::Tick),
        }
        if wishes.stop {
            drive.begin_draining(now);
        }
        let end = drive.run().await;
        // Calls that are left are dropped here; their intents stay open and are resolved by whoever goes on.
        drive.told_at = 0;
        let now = drive.now();
        drive.publish(now);
        drive.own.live.send_modify(|live| {
            live.driven = false;
            live.quiet_since = None;
        });
        if drive.meanwhile_is_over
            && let Err(error) = self.store.meanwhile_is_over(self.sync, self.activated_at).await
        {
            return End::Store(error);
        }
        end
    }
}

impl Drive<'_> {
    async fn run(&mut self) -> End {
        loop {
            self.carry_out();
            let now = self.now();
            self.publish(now);
            if now >= self.renew_at && !self.renewing {
                self.renew(now);
            }
            if now >= self.hint_at && !self.hint_read {
                self.read_hints(now);
            }
            self.end_meanwhile(now);
            if let Some(until) = self.draining
                && (self.is_drained() || now >= until)
            {
                return End::Asked;
            }
            // What draining asked for must not wait for the next tick.
            self.carry_out();
            if now >= self.sync_lease() {
                return End::LeaseLost;
            }
            let wake = self.next_wake(now);
            let bell = Arc::clone(&self.own.bell);
            tokio::select! {
                biased;
                Some(done) = self.desk.next() => {
                    match done {
                        Ok(event) => self.desk_done(event),
                        Err(error) if error.kind == musubi_store::Kind::LeaseLost => return End::LeaseLost,
                        Err(error) => return End::Store(error),
                    }
                }
                Some(ended) = self.calls.join_next_with_id() => self.call_ended(ended),
                Some(aside) = self.asides.next() => {
                    if let Some(end) = self.take_aside(aside) {
                        return end;
                    }
                }
                () = bell.notified() => self.hint_at = 0,
                changed = self.own.wishes.changed() => {
                    if changed.is_err() {
                        return End::Asked;
                    }
                    self.hear_wishes();
                }
                () = tokio::time::sleep(wake) => self.tell(Event::Tick),
            }
        }
    }

    fn now(&self) -> i64 {
        self.own.clock.now().millis()
    }

    fn sync_lease(&self) -> i64 {
        self.own.lease_until
    }

    fn tell(&mut self, event: Event) {
        let now = self.now();
        self.sync.handle(now, event, &mut self.out);
    }

    fn next_wake(&self, now: i64) -> Duration {
        let wake = self.sync.next_wake().min(self.renew_at).min(self.hint_at).min(self.own.lease_until);
        let wake = self.draining.map_or(wake, |until| wake.min(until));
        // What was last done must be told even when nothing happens after it.
        let wake = if self.untold { wake.min(self.told_at + TELL_EVERY) } else { wake };
        Duration::from_millis(u64::try_from(wake - now).unwrap_or(0).clamp(1, 60_000))
    }

    /// Begins everything that was asked for.
    fn carry_out(&mut self) {
        let mut out = std::mem::take(&mut self.out);
        for effect in out.drain(..) {
            match effect {
                Effect::Call { id, side, urgency, call } => self.call(id, side, urgency, call),
                other => self.ask_store(other),
            }
        }
        self.out = out;
    }

    fn ask_store(&mut self, effect: Effect) {
        let (store, sync, epoch, now) = (self.own.store.clone(), self.own.sync, self.own.epoch, self.now());
        self.desk.push(match effect {
            Effect::Load(id, want) => {
                Box::pin(async move { store.load(sync, want).await.map(|rows| Event::Loaded(id, rows)) })
            }
            Effect::Waiting { after, limit } => Box::pin(async move {
                store.scan_unlinked(sync, None, Some(1), after, limit as i64).await.map(Event::Waiting)
            }),
            Effect::Links { state, after, limit } => Box::pin(async move {
                let after = after.unwrap_or_default();
                store.links_in(sync, state, &after, limit as i64).await.map(Event::Links)
            }),
            Effect::Commit(mut changes) => {
                changes.looks = self.looks();
                let hint = |hint: &HintRow| (hint.side, hint.id.clone(), hint.at);
                self.dealt_with = changes.hints_delete.iter().map(hint).collect();
                Box::pin(async move { store.commit(sync, epoch, now, *changes).await.map(Event::Committed) })
            }
            Effect::Call { .. } => return,
        });
    }

    /// A load puts every pair there is; what comes after it puts those that something happened to.
    fn looks(&self) -> Looks {
        match (&self.own.attachments, self.sync.state().phase) {
            (None, _) => Looks::None,
            (Some(_), Phase::Steady) => Looks::Now,
            (Some(_), _) => Looks::InTurn,
        }
    }

    fn desk_done(&mut self, event: Event) {
        if matches!(event, Event::Committed(_)) {
            if let Some(bell) = &self.own.attachments {
                bell.notify_one();
            }
            for hint in self.dealt_with.drain(..) {
                self.told.remove(&hint);
            }
            if std::mem::take(&mut self.note_start) {
                self.remember_compared();
            }
        }
        self.tell(event);
    }

    /// The forced comparison has begun durably: the mapping version needs no other one.
    fn remember_compared(&mut self) {
        let (store, sync, version) = (self.own.store.clone(), self.own.sync, self.own.plan.rules.version);
        let (restored, begun) = (std::mem::take(&mut self.own.settle_restore), self.own.activated_at);
        self.asides.push(Box::pin(async move {
            let done = async {
                store.set_mapping_version(sync, i64::from(version), begun).await?;
                if restored { store.restore_settled(sync).await } else { Ok(()) }
            };
            Aside::Compared(done.await)
        }));
    }

    /// Everything was compared since it was taken up again: the rule for what was changed meanwhile has done its work (S2-55), and it goes on by its own.
    fn end_meanwhile(&mut self, now: i64) {
        if self.own.meanwhile && self.draining.is_none() && self.sync.quiet_since().is_some() {
            self.own.meanwhile = false;
            self.meanwhile_is_over = true;
            self.begin_draining(now);
        }
    }

    fn take_aside(&mut self, aside: Aside) -> Option<End> {
        match aside {
            Aside::Hints(Ok(hints)) => {
                self.hint_read = false;
                let more = hints.len() as i64 == HINTS + self.told.len() as i64;
                let new: Vec<HintRow> = hints
                    .into_iter()
                    .filter(|hint| self.told.insert((hint.side, hint.id.clone(), hint.at)))
                    .collect();
                if more && !new.is_empty() {
                    self.hint_at = 0;
                }
                if !new.is_empty() {
                    self.tell(Event::Hints(new));
                }
                None
            }
            Aside::Retries(Ok(Retries { asked, due, outdated })) => {
                if !asked.is_empty() {
                    self.tell(Event::Again(asked));
                }
                if !due.is_empty() {
                    self.tell(Event::Retry(due));
                }
                if outdated && self.draining.is_none() {
                    // The plan is made anew of what the services have by now; whoever drives next takes up what was asked.
                    Side::BOTH.iter().for_each(|side| self.own.accounts.get(*side).forget());
                    let now = self.now();
                    self.begin_draining(now);
                }
                None
            }
            Aside::Decisions(Ok(rows)) => {
                if let Some(last) = rows.last() {
                    self.decision = self.decision.max(last.id);
                    if rows.len() as i64 == DECISIONS {
                        self.hint_at = 0;
                    }
                    self.tell(Event::Decided(rows.iter().filter_map(decision).collect()));
                }
                None
            }
            Aside::Renewed(until, Ok(true)) => {
                self.renewing = false;
                self.own.lease_until = until;
                self.own.fence.extend(until);
                self.tell(Event::Lease(until));
                None
            }
            Aside::Renewed(_, Ok(false)) => Some(End::LeaseLost),
            Aside::Renewed(_, Err(error)) => {
                tracing::warn!(sync = self.own.sync.0, code = error.code, "the lease could not be renewed");
                self.renewing = false;
                self.renew_at = self.now() + 1_000;
                None
            }
            Aside::Compared(Ok(())) => None,
            Aside::Hints(Err(error))
            | Aside::Retries(Err(error))
            | Aside::Decisions(Err(error))
            | Aside::Compared(Err(error)) => Some(End::Store(error)),
        }
    }

    fn renew(&mut self, now: i64) {
        self.renewing = true;
        self.renew_at = now + self.own.lease_term / 3;
        let (store, sync, epoch) = (self.own.store.clone(), self.own.sync, self.own.epoch);
        let until = now + self.own.lease_term;
        self.asides
            .push(Box::pin(async move { Aside::Renewed(until, store.renew(sync, epoch, until).await) }));
    }

    fn read_hints(&mut self, now: i64) {
        self.hint_read = true;
        self.hint_at = now + HINT_LOOK;
        let (store, sync, most) = (self.own.store.clone(), self.own.sync, HINTS + self.told.len() as i64);
        self.asides.push(Box::pin(async move { Aside::Hints(store.hints(sync, most).await) }));
        if self.draining.is_none() {
            let store = self.own.store.clone();
            let (waits, known) = (self.own.plan.settings.retries, self.own.known_since);
            let take = async move { Retries::take(&store, sync, now, &waits, known).await };
            self.asides.push(Box::pin(async move { Aside::Retries(take.await) }));
        }
        let (store, after) = (self.own.store.clone(), self.decision);
        let decisions = async move { Aside::Decisions(store.open_decisions(sync, after, DECISIONS).await) };
        self.asides.push(Box::pin(decisions));
    }

    fn hear_wishes(&mut self) {
        let wishes = self.own.wishes.borrow_and_update().clone();
        let before = std::mem::replace(&mut self.wishes, wishes.clone());
        for side in Side::BOTH {
            if wishes.watched.get(side) != before.watched.get(side) {
                self.tell(Event::Watched(side, *wishes.watched.get(side)));
            }
        }
        // Whoever begins anew resumes by what then counts.
        if wishes.paused != before.paused && !wishes.ends_what(&before) {
            self.tell(if wishes.paused { Event::Pause } else { Event::Resume });
        }
        if wishes.look != before.look {
            self.tell(Event::Asked);
        }
        if wishes.look != before.look || wishes.nudges != before.nudges {
            self.tell(Event::Look);
            self.hint_at = 0;
        }
        if wishes.full_pass != before.full_pass {
            self.tell(Event::FullPass);
        }
        if wishes.ends_what(&before) && self.draining.is_none() {
            let now = self.now();
            self.begin_draining(now);
        }
    }

    /// No new calls; those in flight may end. A pause is the way the sync itself knows to stop sending; the next start takes it back.
    fn begin_draining(&mut self, now: i64) {
        self.draining = Some(now + self.own.plan.settings.call_timeout.min(10_000));
        self.own.fence.close();
        self.tell(Event::Pause);
    }

    fn is_drained(&mut self) -> bool {
        let at_rest =
            self.calls.is_empty() && self.desk.is_empty() && self.out.is_empty() && self.sync.is_at_rest();
        if at_rest && !self.drained_once {
            // Writes that were held back at the gate are intents again; once more, and they are put back.
            self.drained_once = true;
            self.tell(Event::Pause);
            return self.out.is_empty() && self.sync.is_at_rest();
        }
        at_rest
    }
}
