//! Carrying an erasure out. Every step looks at what is stored, not at what was done before, so that it can be taken up again anywhere: after a crash, in another
//! process, after a backup was restored.
//!
//! What a module sync works with changes only under its lease. Where somebody holds it, it is told to erase by a decision, as people's decisions are; where nobody
//! does (a module that rests, a hub that is not running) the lease is taken for that moment. Then whatever else is told of the records goes, in one transaction for
//! each module, and last their bytes from the file.

use crate::asked::decision;
use crate::erasure::ErasureCounts;
use crate::error::{HubError, Result};
use crate::hub::Inner;
use crate::personal::{decisions, intents};
use crate::sync::{Order, SyncState, Upshot, erased, unlinked_state};
use musubi_core::{RemoteId, Side, Sides};
use musubi_store::{Changes, DecisionRow, ErasedIds, ErasureRow, Loaded, Scrub, SyncId, Want};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::PoisonError;

/// Who holds a lease for the moment.
const HOLDER: &str = "an erasure";
/// So long, in milliseconds, if this process ends meanwhile.
const TERM: i64 = 10_000;

/// Records of one module sync: both of a pair, or one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Target {
    pub sync: SyncId,
    pub left: Option<String>,
    pub right: Option<String>,
}

impl Target {
    pub fn id(&self, side: Side) -> Option<&str> {
        *Sides { left: self.left.as_deref(), right: self.right.as_deref() }.get(side)
    }

    pub fn records(&self) -> impl Iterator<Item = (Side, String)> {
        Side::BOTH.into_iter().filter_map(|side| Some((side, self.id(side)?.to_owned())))
    }

    pub fn ids(&self) -> ErasedIds {
        ErasedIds { left: self.left.clone(), right: self.right.clone() }
    }

    fn order(&self) -> Order {
        Order::Erase { ids: Sides::from_fn(|side| self.id(side).map(RemoteId::new)) }
    }
}

/// What is to be erased: ids and numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Work {
    pub counts: ErasureCounts,
    pub targets: Vec<Target>,
    /// Besides, journal entries by the numbers of their module syncs and their own.
    pub entries: Vec<(i64, i64)>,
    /// Besides, attention items.
    pub items: Vec<(i64, i64)>,
}

impl Work {
    pub fn encode(&self) -> String {
        serde_json::to_string(self).expect("ids and numbers always serialise")
    }

    pub fn decode(text: &str) -> Work {
        serde_json::from_str(text).unwrap_or_default()
    }

    /// Stands for the records; what is told of them may grow meanwhile, and goes too.
    pub fn digest(&self) -> String {
        let text = serde_json::to_string(&(&self.targets, &self.entries, &self.items));
        format!("{:016x}", xxhash_rust::xxh3::xxh3_64(text.unwrap_or_default().as_bytes()))
    }

    fn syncs(&self) -> BTreeSet<SyncId> {
        let besides = self.entries.iter().chain(&self.items).map(|(sync, _)| SyncId(*sync));
        self.targets.iter().map(|target| target.sync).chain(besides).collect()
    }

    fn of(&self, sync: SyncId) -> Vec<Target> {
        self.targets.iter().filter(|target| target.sync == sync).cloned().collect()
    }
}

/// Goes on with every erasure that is not done.
pub(crate) async fn resume(hub: &Inner) -> Result<()> {
    for row in hub.store.open_erasures(hub.workspace).await? {
        carry_out(hub, &row).await?;
    }
    Ok(())
}

/// Goes on with one, as far as it can be done now.
async fn carry_out(hub: &Inner, row: &ErasureRow) -> Result<()> {
    let work = Work::decode(&row.body);
    let mut waits = false;
    for sync in work.syncs() {
        if hub.store.module_sync(sync).await?.is_none() {
            continue; // It was removed, with all that it remembered.
        }
        let targets = work.of(sync);
        if !rows_are_erased(hub, sync, &targets, row).await? {
            waits = true;
            continue;
        }
        let numbers = |all: &[(i64, i64)]| {
            all.iter().filter(|(of, _)| *of == sync.0).map(|(_, number)| *number).collect()
        };
        let gone = Upshot::from("decision.no_pair").encode();
        let answers = decisions(hub, sync, &targets).await?.into_iter().map(|id| (id, gone.clone()));
        let scrub = Scrub {
            records: targets.iter().map(Target::ids).collect(),
            entries: numbers(&work.entries),
            items: numbers(&work.items),
            answers: answers.collect(),
        };
        hub.store.scrub(sync, scrub, hub.now()).await?;
    }
    hub.samples.lock().unwrap_or_else(PoisonError::into_inner).clear();
    if !waits {
        if let Err(error) = hub.store.purge().await {
            // It is done when it is asked for the next time, within a second where a hub is at work.
            tracing::warn!(
                erasure = row.id,
                code = error.code,
                "the file could not be written anew: {error}"
            );
            return Ok(());
        }
        hub.store.erasure_done(row.workspace, row.id, hub.now()).await?;
        tracing::info!(erasure = row.id, "an erasure is done");
    }
    Ok(())
}

/// Whether nothing but ids is left in the rows that the module sync works with; has it done where it is not.
async fn rows_are_erased(hub: &Inner, sync: SyncId, targets: &[Target], row: &ErasureRow) -> Result<bool> {
    let left: Vec<Target> = still_there(hub, sync, targets).await?;
    if left.is_empty() && intents(hub, sync, targets).await? == 0 {
        return Ok(true);
    }
    let now = hub.now();
    if let Some(epoch) = hub.store.acquire(sync, HOLDER, now, now + TERM).await? {
        let done = erase_under(hub, sync, epoch, targets).await;
        hub.store.release(sync, epoch).await?;
        if done? {
            return Ok(true);
        }
    }
    order(hub, sync, &left, row).await?;
    Ok(false)
}

/// Those of which more than ids is kept.
async fn still_there(hub: &Inner, sync: SyncId, targets: &[Target]) -> Result<Vec<Target>> {
    let loaded = load(hub, sync, targets).await?;
    let is_erased = |side: Side, id: &str| {
        let mut rows = loaded.unlinked.iter();
        rows.any(|row| row.state == unlinked_state::ERASED && row.side == side && row.id == id)
            && !loaded.links.iter().any(|link| link.id(side) == id)
    };
    let kept = targets.iter().filter(|target| !target.records().all(|(side, id)| is_erased(side, &id)));
    Ok(kept.cloned().collect())
}

async fn load(hub: &Inner, sync: SyncId, targets: &[Target]) -> Result<Loaded> {
    let ids = targets.iter().flat_map(|target| target.records().collect::<Vec<_>>()).collect();
    Ok(hub.store.load(sync, Want { ids, linked_too: true, ..Want::default() }).await?)
}

/// Erases the rows under a lease that nobody else has. False while the answer to a write is missing: that takes whoever drives the module.
async fn erase_under(hub: &Inner, sync: SyncId, epoch: i64, targets: &[Target]) -> Result<bool> {
    // What a write without an answer made is not known: nothing is erased beside it.
    if !hub.store.open_intents(sync).await?.is_empty() {
        return Ok(false);
    }
    let loaded = load(hub, sync, targets).await?;
    let mut records: BTreeSet<(Side, String)> =
        targets.iter().flat_map(|target| target.records().collect::<Vec<_>>()).collect();
    for link in &loaded.links {
        records.extend(Side::BOTH.map(|side| (side, link.id(side).to_owned())));
    }
    // Nothing finds a record by its keys from here on.
    let keys = Scrub { records: targets.iter().map(Target::ids).collect(), ..Scrub::default() };
    hub.store.scrub(sync, keys, hub.now()).await?;
    let records: Vec<(Side, String)> = records.into_iter().collect();
    let now = hub.now();
    let state = hub.store.sync_state(sync).await?.as_deref().map(SyncState::decode).unwrap_or_default();
    let totals = erased::totals(state, &loaded, &records, now).map_err(|_| HubError::damaged_pair())?;
    let done = Upshot::from("erase.done").encode();
    let answers = ordered(hub, sync, targets).await?.into_iter().map(|id| (id, done.clone()));
    let changes = Changes {
        links_delete: loaded.links.iter().map(|link| link.left_id.clone()).collect(),
        unlinked_put: totals.left,
        state: Some(totals.state.encode()),
        outcomes: totals.rows,
        attention_close_of: records.clone(),
        parked_delete: records.clone(),
        stuck: records,
        answers: answers.collect(),
        ..Changes::default()
    };
    hub.store.commit(sync, epoch, hub.now(), changes).await?;
    Ok(true)
}

/// The orders to erase these that nobody has taken up yet.
async fn ordered(hub: &Inner, sync: SyncId, targets: &[Target]) -> Result<Vec<i64>> {
    let rows = hub.store.open_decisions(sync, 0, i64::from(i32::MAX)).await?;
    let wanted: Vec<Order> = targets.iter().map(Target::order).collect();
    let is_one = |row: &&DecisionRow| decision(row).is_some_and(|one| wanted.contains(&one.order));
    Ok(rows.iter().filter(is_one).map(|row| row.id).collect())
}

/// Orders it of whoever works on the module, unless that was done.
async fn order(hub: &Inner, sync: SyncId, targets: &[Target], row: &ErasureRow) -> Result<()> {
    let mut new = Vec::new();
    for target in targets {
        if ordered(hub, sync, std::slice::from_ref(target)).await?.is_empty() {
            new.push(DecisionRow {
                sync,
                id: 0,
                at: hub.now(),
                actor: row.actor.clone(),
                body: target.order().encode(),
                answered_at: None,
                answer: None,
            });
        }
    }
    if !new.is_empty() {
        hub.store.add_decisions(new).await?;
    }
    Ok(())
}
