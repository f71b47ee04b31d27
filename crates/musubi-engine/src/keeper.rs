//! Keeps the hub in step with the store: which module syncs there are, what is wished of them, who else is at work.

use crate::error::Result;
use crate::hub::{Inner, fingerprint};
use crate::live::{Live, Wishes};
use crate::partition::Partition;
use musubi_core::{Side, Sides};
use musubi_store::{IntegrationRow, IntegrationState, ModuleState, ModuleSyncRow, ProcessRow, SyncId, Wake};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{Notify, watch};

/// How often the store is looked at.
const LOOK: Duration = Duration::from_secs(1);
/// A process that was not heard of for so long is gone.
const GONE: i64 = 6_000;
/// How often this process says that it lives.
const BEAT: i64 = 2_000;
/// How often it is looked whether everything is to be compared again.
const COMPARE: i64 = 60_000;
/// How often what is old is forgotten.
const FORGET: i64 = 3_600_000;
/// The setting under which wishes to any process stand.
const WISHES: &str = "wishes";

/// Wishes that reach whichever process drives the integration: by its number, the time of the last wish.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    look: BTreeMap<i64, u64>,
    full_pass: BTreeMap<i64, u64>,
    afresh: BTreeMap<i64, u64>,
}

impl Asked {
    fn read(setting: Option<String>) -> Asked {
        setting.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
    }
}

/// What a process tells the others of itself.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Told {
    /// Where its module syncs stand.
    pub syncs: BTreeMap<i64, Live>,
    /// It drives one integration alone, so it takes no share of the others.
    pub apart: bool,
}

/// Looks at the store again and again.
pub(crate) async fn keep(hub: Arc<Inner>) {
    let (mut beat_at, mut forget_at, mut compare_at) = (0, hub.now() + FORGET / 10, 0);
    while !hub.is_stopping() {
        if let Err(error) = refresh(&hub).await {
            tracing::warn!(code = error.code, "the store could not be looked at: {error}");
        }
        if hub.now() >= beat_at {
            beat_at = hub.now() + BEAT;
            if let Err(error) = beat(&hub).await {
                tracing::warn!(code = error.code, "the heart did not beat: {error}");
            }
        }
        if let Err(error) = crate::erasing::resume(&hub).await {
            tracing::warn!(code = error.code, "an erasure could not go on: {error}");
        }
        if hub.now() >= compare_at {
            compare_at = hub.now() + COMPARE.min(hub.settings.day / 4);
            if let Err(error) = crate::drift::wish_what_is_due(&hub).await {
                tracing::warn!(code = error.code, "whether a comparison is due is not known: {error}");
            }
        }
        if hub.now() >= forget_at {
            forget_at = hub.now() + FORGET;
            if let Err(error) = crate::retention::forget(&hub).await {
                tracing::warn!(code = error.code, "what is old was not forgotten: {error}");
            }
        }
        if hub.status.receiver_count() > 0
            && let Ok(report) = crate::status::status(&hub).await
        {
            hub.status.send_replace(Arc::new(report));
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = hub.poke.notified() => {}
        }
    }
}

/// Hands wakes to the partitions they are for.
pub(crate) async fn ring(hub: Arc<Inner>) {
    let mut wakes = hub.store.wakes();
    while let Some(wake) = wakes.next().await {
        let partitions = hub.partitions();
        match wake {
            Wake::Sync(sync) => partitions.get(&sync).into_iter().for_each(|found| found.bell.notify_one()),
            Wake::All => partitions.values().for_each(|partition| partition.bell.notify_one()),
        }
    }
}

/// Hears what other processes ring; when the connection is lost, it is made again.
pub(crate) async fn hear_others(hub: Arc<Inner>) {
    while hub.store.is_shared() {
        if let Err(error) = hub.store.hear_others().await {
            tracing::debug!(code = error.code, "listening to other processes ended");
        }
        tokio::time::sleep(LOOK).await;
        hub.partitions().values().for_each(|partition| partition.bell.notify_one());
    }
}

/// Asks whichever process drives the integration to look at both sides now.
pub(crate) async fn wish_look(hub: &Inner, integration: i64) -> Result<u64> {
    wish(hub, |asked| &mut asked.look, integration).await
}

/// Asks for a comparison of everything.
pub(crate) async fn wish_full_pass(hub: &Inner, integration: i64) -> Result<u64> {
    wish(hub, |asked| &mut asked.full_pass, integration).await
}

/// When a comparison of everything was asked for the last time, in milliseconds since 1970; 0 if never.
pub(crate) async fn full_pass_wished(hub: &Inner, integration: i64) -> Result<i64> {
    let wished = asked(hub).await?.full_pass.get(&integration).copied().unwrap_or(0);
    Ok(i64::try_from(wished).unwrap_or(i64::MAX - 1))
}

/// Asks for a new start, which takes up what counts now.
pub(crate) async fn wish_afresh(hub: &Inner, integration: i64) -> Result<u64> {
    wish(hub, |asked| &mut asked.afresh, integration).await
}

async fn wish(hub: &Inner, of: fn(&mut Asked) -> &mut BTreeMap<i64, u64>, integration: i64) -> Result<u64> {
    let mut asked = asked(hub).await?;
    let last = of(&mut asked).entry(integration).or_default();
    let now = u64::try_from(hub.now()).unwrap_or(0);
    *last = now.max(*last + 1);
    let stamp = *last;
    let text = serde_json::to_string(&asked).expect("numbers always serialise");
    hub.store.set_setting(hub.workspace, WISHES, &text).await?;
    hub.poke.notify_one();
    Ok(stamp)
}

async fn asked(hub: &Inner) -> Result<Asked> {
    Ok(Asked::read(hub.store.setting(hub.workspace, WISHES).await?))
}

/// Begins what is new, tells what changed, stops what was removed.
pub(crate) async fn refresh(hub: &Arc<Inner>) -> Result<()> {
    let all = hub.store.configuration(hub.workspace, WISHES).await?;
    let asked = Asked::read(all.setting);
    let revisions: BTreeMap<i64, u64> = all
        .connections
        .iter()
        .map(|(row, credential)| (row.id, fingerprint(row, credential.as_deref())))
        .collect();
    let mut present = Vec::new();
    for (integration, rows) in all.integrations {
        if !hub.drives(&integration.name) {
            continue;
        }
        // A sync's lookups depend on its siblings, so a change of one is a change of all.
        let mut text = format!("{}{:?}", integration.config, connections(&integration));
        for row in &rows {
            text += &format!("{}|{}|{}|{}", row.id.0, row.left_module, row.right_module, row.config);
        }
        for connection in [integration.left_connection, integration.right_connection] {
            text += &format!("|{:?}", revisions.get(&connection));
        }
        let wishes = Wishes {
            paused: integration.state == IntegrationState::Paused,
            revision: xxhash_rust::xxh3::xxh3_64(text.as_bytes()),
            look: asked.look.get(&integration.id).copied().unwrap_or(0),
            full_pass: asked.full_pass.get(&integration.id).copied().unwrap_or(0),
            afresh: asked.afresh.get(&integration.id).copied().unwrap_or(0),
            ..Wishes::default()
        };
        for row in rows {
            let watched = Sides::from_fn(|side| {
                let module = if side == Side::Left { &row.left_module } else { &row.right_module };
                hub.channels.watched_until(*connections(&integration).get(side), module)
            });
            present.push(row.id);
            let inactive = row.state == ModuleState::Inactive;
            let revision =
                wishes.revision ^ row.activated_at.unsigned_abs().wrapping_mul(0x9e37_79b9_7f4a_7c15);
            // Each pause is ended by itself: a module stays paused when its integration goes on.
            let paused = wishes.paused || row.paused || inactive;
            let wishes = Wishes { watched, paused, inactive, revision, ..wishes.clone() };
            tell(hub, &integration, &row, wishes);
        }
    }
    let gone: Vec<Arc<Partition>> = {
        let mut partitions = hub.partitions();
        let gone: Vec<SyncId> = partitions.keys().filter(|sync| !present.contains(sync)).copied().collect();
        gone.iter().filter_map(|sync| partitions.remove(sync)).collect()
    };
    gone.iter().for_each(|partition| partition.wishes.send_modify(|wishes| wishes.stop = true));
    Ok(())
}

fn connections(integration: &IntegrationRow) -> Sides<i64> {
    Sides { left: integration.left_connection, right: integration.right_connection }
}

fn tell(hub: &Arc<Inner>, integration: &IntegrationRow, row: &ModuleSyncRow, wishes: Wishes) {
    let mut partitions = hub.partitions();
    let known =
        partitions.get(&row.id).filter(|known| known.connections == connections(integration)).cloned();
    if let Some(known) = known {
        known.wishes.send_if_modified(|present| {
            // What this process wishes by itself does not stand in the store.
            let Wishes { stop, yields, nudges, .. } = *present;
            let new = Wishes { stop, yields, nudges, ..wishes };
            let changed = *present != new;
            *present = new;
            changed
        });
        return;
    }
    let partition = Arc::new(Partition {
        sync: row.id,
        modules: Sides { left: row.left_module.as_str().into(), right: row.right_module.as_str().into() },
        connections: connections(integration),
        wishes: watch::Sender::new(wishes),
        bell: Arc::new(Notify::new()),
        live: watch::Sender::new(Live::default()),
        circle: Mutex::default(),
    });
    if let Some(other) = partitions.insert(row.id, Arc::clone(&partition)) {
        other.wishes.send_modify(|wishes| wishes.stop = true);
    }
    hub.spawn(partition.run(Arc::clone(hub)));
}

/// Says that this process lives and where its module syncs stand, and finds out its share of the work.
async fn beat(hub: &Arc<Inner>) -> Result<()> {
    let now = hub.now();
    let lives = hub.lives();
    let syncs: BTreeMap<i64, Live> = lives
        .into_iter()
        .filter(|(_, live)| live.driven || live.problem.is_some() || live.waits_for.is_some())
        .map(|(sync, live)| (sync.0, live))
        .collect();
    let apart = hub.only.is_some();
    let body = serde_json::to_string(&Told { syncs, apart }).unwrap_or_default();
    hub.store.heartbeat(&hub.holder, now, &body).await?;
    if !hub.store.is_shared() || apart {
        return Ok(());
    }
    let shares = |row: &&ProcessRow| {
        now - row.heartbeat < GONE && !serde_json::from_str::<Told>(&row.body).is_ok_and(|told| told.apart)
    };
    let alive = hub.store.processes().await?.iter().filter(shares).count().max(1) as i64;
    let active =
        hub.partitions().values().filter(|partition| !partition.wishes.borrow().paused).count() as i64;
    let share = (active + alive - 1) / alive;
    hub.set_share(if alive == 1 { i64::MAX } else { share.max(1) });
    if alive > 1 && hub.held() > share.max(1) {
        give_one_away(hub);
    }
    Ok(())
}

/// Another process has less than its share: one partition that has nothing to do is given up. Nobody takes; who has too much gives.
fn give_one_away(hub: &Arc<Inner>) {
    let quiet =
        hub.partitions().values().find(|partition| partition.live.borrow().quiet_since.is_some()).cloned();
    if let Some(partition) = quiet {
        tracing::info!(sync = partition.sync.0, "another process may take this module sync over");
        partition.wishes.send_modify(|wishes| wishes.yields += 1);
    }
}

/// Whether some process is at work on an integration with these module syncs, or takes them up as soon as there is something to do.
pub(crate) async fn is_at_work(hub: &Inner, syncs: &[ModuleSyncRow]) -> Result<bool> {
    let here = !hub.is_stopping() && syncs.iter().any(|sync| hub.partitions().contains_key(&sync.id));
    let now = hub.now();
    let drives = |row: &ProcessRow| {
        let told: Told = serde_json::from_str(&row.body).unwrap_or_default();
        !told.apart || syncs.iter().any(|sync| told.syncs.contains_key(&sync.id.0))
    };
    let others = hub.store.processes().await?;
    let mut alive = others.iter().filter(|row| row.name != hub.holder && now - row.heartbeat < GONE);
    Ok(here || alive.any(drives))
}

/// Where module syncs stand in every process that was heard of lately; this one's are fresh.
pub(crate) async fn everywhere(hub: &Inner) -> Result<BTreeMap<SyncId, (String, Live)>> {
    let now = hub.now();
    let mut all = BTreeMap::new();
    for row in hub.store.processes().await?.into_iter().filter(|row| now - row.heartbeat < GONE) {
        let told: Told = serde_json::from_str(&row.body).unwrap_or_default();
        for (sync, live) in told.syncs {
            if row.name != hub.holder && (live.driven || !all.contains_key(&SyncId(sync))) {
                all.insert(SyncId(sync), (row.name.clone(), live));
            }
        }
    }
    for (sync, live) in hub.lives() {
        if live.driven || !all.contains_key(&sync) {
            all.insert(sync, (hub.holder.clone(), live));
        }
    }
    Ok(all)
}
