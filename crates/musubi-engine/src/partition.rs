//! One module sync in this process: waits for its lease, makes its plan, has it driven, and begins again.

use crate::account::Account;
use crate::approval;
use crate::attached::{Follower, Wanted};
use crate::compile;
use crate::compile_plan;
use crate::derived;
use crate::driver::{Driver, End};
use crate::error::{HubError, Result};
use crate::fence::Fence;
use crate::findings::When;
use crate::hub::Inner;
use crate::keeper;
use crate::leads::{self, Family};
use crate::live::{Live, Problem, Wishes};
use crate::note::Note;
use crate::parked;
use crate::patience::Patience;
use crate::prerequisites;
use crate::scope::{self, Counting};
use crate::sync::{Intake, JournalNumbers, Plan, Stored};
use crate::versions::Versions;
use crate::views;
use musubi_connector::User;
use musubi_core::{
    ModuleName, Side, Sides,
    schema::{Field, ModuleSchema},
};
use musubi_store::{Store, SyncId};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};

/// How often a partition that somebody else holds is asked for.
const ASK_EVERY: Duration = Duration::from_millis(700);
/// How often when this process has its share already.
const ASK_SELDOM: Duration = Duration::from_secs(5);
/// How often it is looked whether the first load of a parent is through.
const ASK_PARENT: Duration = Duration::from_millis(250);
/// After the lease went to somebody else while it was at work.
const AFTER_LOSS: Duration = Duration::from_secs(2);

/// What the hub keeps of a module sync.
pub(crate) struct Partition {
    pub sync: SyncId,
    pub modules: Sides<ModuleName>,
    pub connections: Sides<i64>,
    pub wishes: watch::Sender<Wishes>,
    pub bell: Arc<Notify>,
    pub live: watch::Sender<Live>,
    /// By which configuration it was prepared last, and what then stood for the circles of lookups that it is in.
    pub circle: Mutex<Option<(Begun, u64)>>,
}

/// What the configuration is, and the last wish to begin anew.
type Begun = (u64, u64);

impl Partition {
    /// Works on the partition until it is told to stop.
    pub async fn run(self: Arc<Self>, hub: Arc<Inner>) {
        let mut wishes = self.wishes.subscribe();
        let (mut wait, mut patience) = (Duration::ZERO, Patience::default());
        let mut configured = None;
        loop {
            let now = wishes.borrow_and_update().clone();
            if now.stop {
                return;
            }
            if configured.replace((now.revision, now.afresh)) != Some((now.revision, now.afresh)) {
                patience.anew();
            }
            if now.paused {
                // Whoever drives it is told; a new drive is not needed to do nothing.
                self.live.send_if_modified(|live| live.wait_for(None));
                let _ = wishes.changed().await;
                continue;
            }
            if !wait.is_zero() {
                // Whoever configures it otherwise, or wants it looked at now, need not wait.
                let other = |wishes: &Wishes| {
                    wishes.ends_what(&now) || wishes.look != now.look || wishes.paused != now.paused
                };
                tokio::select! {
                    () = tokio::time::sleep(wait) => {}
                    changed = wishes.wait_for(other) => {
                        if changed.is_ok() {
                            wait = Duration::ZERO;
                            continue;
                        }
                    }
                }
            }
            let began = hub.now();
            let done = self.once(&hub).await;
            patience.tried(Duration::from_millis(hub.now().saturating_sub(began).unsigned_abs()));
            wait = done.unwrap_or_else(|error| {
                self.tell_failed(&error);
                patience.failed(error.code)
            });
            if wishes.borrow().yields != now.yields {
                wait = ASK_SELDOM;
            }
        }
    }

    /// Takes the lease and drives while it lasts. Gives how long to wait before the next try.
    async fn once(&self, hub: &Arc<Inner>) -> Result<Duration> {
        if hub.has_its_share() && !hub.is_patient(self.sync) {
            return Ok(ASK_EVERY);
        }
        let parent = prerequisites::first_load_waits_for(hub, self.sync).await?;
        let waits = parent.is_some();
        self.live.send_if_modified(|live| live.wait_for(parent));
        if waits {
            return Ok(ASK_PARENT);
        }
        let (store, now, term) = (&hub.store, hub.now(), hub.lease_term());
        let Some(epoch) = store.acquire(self.sync, &hub.holder, now, now + term).await? else {
            return Ok(ASK_EVERY);
        };
        hub.holds(1);
        let done = self.drive(hub, epoch, now + term, term).await;
        hub.holds(-1);
        // Gives up only what this epoch still holds; a store that fails lets the lease run out by itself.
        if let Err(error) = store.release(self.sync, epoch).await {
            tracing::warn!(sync = self.sync.0, code = error.code, "the lease could not be given up");
        }
        match done? {
            End::Asked => Ok(Duration::ZERO),
            End::LeaseLost => Ok(AFTER_LOSS),
            End::Store(error) => Err(error.into()),
        }
    }

    fn tell_failed(&self, error: &HubError) {
        tracing::warn!(sync = self.sync.0, code = error.code, "{}", error.message);
        self.live.send_modify(|live| {
            live.driven = false;
            live.quiet_since = None;
            live.seconds_left = None;
            live.problem = Some(Problem::from(error));
        });
    }

    async fn drive(&self, hub: &Arc<Inner>, epoch: i64, lease_until: i64, lease_term: i64) -> Result<End> {
        let wishes = self.wishes.subscribe();
        let begun = (wishes.borrow().revision, wishes.borrow().afresh);
        let approved = approval::of(&hub.store, self.sync).await?;
        let prepared = prepare(hub, self.sync, &self.connections).await?;
        if (wishes.borrow().revision, wishes.borrow().afresh) != begun {
            return Ok(End::Asked); // It is configured otherwise by now.
        }
        self.tell_the_circle(hub, begun, &prepared).await?;
        parked::wake(hub, &prepared.plan).await?;
        if prepared.attachments.is_none() {
            hub.store.close_attachments(self.sync, hub.now()).await?;
        }
        let mut stored = stored(&hub.store, self.sync, prepared.restored).await?;
        let changed = prepared.asked.is_some();
        self.live.send_modify(|live| live.views_changed = changed);
        views::note(hub, self.sync, changed).await?;
        stored.compare = prepared.compare_all && stored.state.is_some();
        let fence = Fence::new(lease_until, hub.clock.clone());
        let bell = Arc::new(Notify::new());
        let attachments = prepared.attachments.map(|wanted| Follower {
            store: hub.store.clone(),
            sync: self.sync,
            epoch,
            wanted,
            numbers: stored.numbers.clone(),
            mapping: prepared.plan.rules.version,
            leaving: prepared.plan.rules.policy.leaving,
            modules: self.modules.clone(),
            accounts: prepared.accounts.clone(),
            fence: fence.clone(),
            clock: hub.clock.clone(),
            settings: hub.settings.clone(),
            wishes: self.wishes.subscribe(),
            bell: Arc::clone(&bell),
            live: self.live.clone(),
            room: Arc::clone(&hub.file_room),
        });
        let mut driver = Driver {
            store: hub.store.clone(),
            sync: self.sync,
            plan: Arc::new(prepared.plan),
            approved,
            accounts: prepared.accounts,
            known_since: prepared.known_since,
            clock: hub.clock.clone(),
            fence,
            epoch,
            lease_until,
            lease_term,
            settle_restore: prepared.restored,
            activated_at: prepared.activated_at,
            meanwhile: prepared.meanwhile,
            attachments: attachments.is_some().then_some(bell),
            wishes,
            bell: Arc::clone(&self.bell),
            live: self.live.clone(),
        };
        let following = async {
            match attachments {
                Some(follower) => follower.run().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            end = driver.drive(stored) => Ok(end),
            never = following => match never {},
        }
    }

    /// A service changed what the lookups are, not the configuration: the others in the circle have to know, or each would wait for the other.
    async fn tell_the_circle(&self, hub: &Inner, begun: Begun, prepared: &Prepared) -> Result<()> {
        let now = (begun, prepared.circle);
        let before = self.circle.lock().unwrap_or_else(PoisonError::into_inner).replace(now);
        if before.is_some_and(|(then, circle)| then == begun && circle != prepared.circle) {
            keeper::wish_afresh(hub, prepared.integration).await?;
        }
        Ok(())
    }
}

/// Asks the services what they have and makes the plan of it.
pub(crate) async fn prepare(hub: &Inner, sync: SyncId, connections: &Sides<i64>) -> Result<Prepared> {
    let missing = || HubError::new("sync.gone", "the module sync was removed", "nothing to do");
    let row = hub.store.module_sync(sync).await?.ok_or_else(missing)?;
    let config = crate::export::module_config(&row)?;
    let integrations = hub.store.integrations(row.workspace).await?;
    let integration = integrations.iter().find(|one| one.id == row.integration).ok_or_else(missing)?;
    let accounts = hub.accounts(connections).await?;
    let rows = hub.store.module_syncs(integration.id).await?;
    let family = Family::of(integration, &rows, accounts.clone())?;
    let compiled = compile::mapping(&config, &accounts, &family.siblings(), &family.owners).await;
    let began = hub.store.sync_state(sync).await?.is_some();
    let when = if began { When::Running } else { When::Beginning };
    let compiled = match compiled.and_then(|compiled| compiled.findings.allow(when).map(|()| compiled)) {
        Ok(compiled) => compiled,
        Err(error) => {
            // What is believed of the services may be what is wrong.
            accounts.left.forget();
            accounts.right.forget();
            return Err(error);
        }
    };
    let (left_out, warnings) = (compiled.left_out.clone(), compiled.findings.warnings().collect());
    let circles = family.circles(sync, leads::leads(sync, &compiled)).await?;
    let shown = Counting::ask(&config, &accounts).await?;
    let versions = Versions::of(&hub.store, &row, &compiled, shown, hub.now()).await?;
    let modules = &compiled.mapping.modules;
    let (left, right) =
        tokio::try_join!(accounts.left.schema(&modules.left), accounts.right.schema(&modules.right))?;
    let schema = Sides { left, right };
    let intake = intake(&versions.counting, &compiled, &schema, &accounts).await?;
    let known_since =
        accounts.left.known_since(&modules.left).min(accounts.right.known_since(&modules.right));
    let attachments = Wanted::of(&config, &accounts)?;
    let (compare_all, restored) = (versions.changed, row.restored_at.is_some());
    let asked = versions.asked.clone();
    let settings = hub.settings.clone();
    let plan = compile_plan::plan(&row, compiled, circles.later, versions, intake, &accounts, settings)?;
    let (activated_at, meanwhile) = (row.activated_at, plan.rules.policy.meanwhile.is_some());
    Ok(Prepared {
        plan,
        accounts,
        known_since,
        asked,
        compare_all,
        restored,
        activated_at,
        meanwhile,
        left_out,
        warnings,
        attachments,
        integration: row.integration,
        circle: circles.digest,
    })
}

/// What is read of both sides, and how it is taken in.
pub(crate) async fn intake(
    counting: &Counting,
    compiled: &compile::Compiled,
    schema: &Sides<Arc<ModuleSchema>>,
    accounts: &Sides<Arc<Account>>,
) -> Result<Sides<(Intake, Vec<Field>)>> {
    let (left_users, right_users) = tokio::try_join!(accounts.left.users(), accounts.right.users())?;
    let of = |side: Side, schema: &ModuleSchema, users: &[User]| {
        let user = scope::by_address(users);
        let criteria = counting.criteria.get(side).as_ref();
        let (mapping, account) = (&compiled.mapping, accounts.get(side));
        let (mut intake, beside) = scope::intake(side, criteria, mapping, schema, account, &user)?;
        let mut fields = mapping.pairs.iter().map(|pair| pair.fields.get(side).clone()).collect::<Vec<_>>();
        fields.extend(beside);
        intake.made = derived::place(side, compiled.derived.get(side), mapping, schema, &mut fields);
        Ok::<_, HubError>((intake, fields))
    };
    Ok(Sides {
        left: of(Side::Left, &schema.left, &left_users)?,
        right: of(Side::Right, &schema.right, &right_users)?,
    })
}

/// A plan that is ready to be driven.
pub(crate) struct Prepared {
    pub plan: Plan,
    pub accounts: Sides<Arc<Account>>,
    /// Since when what the services have is known.
    pub known_since: i64,
    /// What the list views show now, if a person is to be asked about it.
    pub asked: Option<Counting>,
    pub compare_all: bool,
    pub restored: bool,
    /// When it was last taken up after a rest.
    pub activated_at: i64,
    /// What both sides changed during the rest is decided by a rule of its own, until everything was compared.
    pub meanwhile: bool,
    pub left_out: Vec<compile::LeftOut>,
    /// What should be known of its mapping.
    pub warnings: Vec<Note>,
    /// What is asked for of attachments, if anything.
    pub attachments: Option<Wanted>,
    pub integration: i64,
    /// Stands for the circles of lookups that it is in.
    pub circle: u64,
}

/// What the store holds of the sync. To be asked once the lease is held.
pub(crate) async fn stored(store: &Store, sync: SyncId, restored: bool) -> Result<Stored> {
    let (state, last_entry, intents, owed, waiting, links) = tokio::try_join!(
        store.sync_state(sync),
        store.journal_end(sync),
        store.open_intents(sync),
        store.count_owed(sync),
        store.count_unlinked(sync, 1),
        store.count_links(sync),
    )?;
    let numbers = JournalNumbers::after(state.as_deref(), last_entry);
    Ok(Stored { state, numbers, intents, owed, waiting, links, restored, compare: false })
}
