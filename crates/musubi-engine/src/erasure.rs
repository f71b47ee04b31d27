//! What is remembered of a person, erased on request: the plan, and the record that it was done. How it is done is in `erasing.rs`.
//!
//! It is the hub's own memory that is erased. The services keep what they hold; what becomes of it there is theirs.

use crate::erasing::{self, Target, Work};
use crate::error::{HubError, Result};
use crate::hub::{Hub, Inner};
use crate::personal::{self, Found};
use crate::{history, pairs, remembered};
use musubi_core::Side;
use musubi_store::{ErasureRow, ModuleSyncRow, SyncId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;
use utoipa::ToSchema;

/// How often it is looked whether it was done, while somebody waits.
const LOOK: Duration = Duration::from_millis(100);
/// More records than that are not erased at once: a person shall be able to look at the plan.
const MOST: usize = 1_000;
/// So many erasures are listed.
const LISTED: i64 = 500;

/// Whose data are erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ErasureOf {
    /// Those of this record, and of its counterpart.
    Record {
        /// The integration.
        integration: String,
        /// The left module.
        module: String,
        /// The record's side.
        side: Side,
        /// Its id.
        id: String,
    },
    /// Those of every record, of all integrations, that holds this address in a field.
    Address(String),
}

/// What an erasure was asked by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErasureKind {
    /// A record's id.
    Record,
    /// An e-mail address, which itself is not kept.
    Email,
}

impl ErasureKind {
    /// As it is told and stored.
    pub fn name(self) -> &'static str {
        match self {
            ErasureKind::Record => "record",
            ErasureKind::Email => "email",
        }
    }

    fn named(name: &str) -> ErasureKind {
        if name == "record" { ErasureKind::Record } else { ErasureKind::Email }
    }
}

/// How much is erased.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ErasureCounts {
    /// Pairs, whose two records are tied no more.
    pub pairs: u64,
    /// Records without counterpart.
    pub unlinked: u64,
    /// Journal entries, whose values go.
    pub journal: u64,
    /// Matters that wait for a person or did, whose details go.
    pub failures: u64,
    /// Decisions of people that are not carried out yet.
    pub decisions: u64,
    /// Write calls without an answer, which are waited for.
    pub intents: u64,
}

/// The records of which everything is erased: both of a pair, or one without counterpart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub struct ErasureRecord {
    /// The integration.
    pub integration: String,
    /// The left module.
    pub module: String,
    /// The left record.
    #[schema(required)]
    pub left_id: Option<String>,
    /// The right record.
    #[schema(required)]
    pub right_id: Option<String>,
}

/// What an erasure would do. It names ids, never values.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ErasurePlan {
    /// Stands for what would be erased: an erasure that is told it does only this.
    pub digest: String,
    /// What it was asked by.
    pub kind: ErasureKind,
    /// How much.
    pub counts: ErasureCounts,
    /// The records.
    pub records: Vec<ErasureRecord>,
}

impl ErasurePlan {
    /// There is nothing to erase.
    pub fn is_empty(&self) -> bool {
        self.counts == ErasureCounts::default()
    }
}

/// An erasure that was asked for.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Erasure {
    /// Its number.
    pub id: i64,
    /// When it was asked for, in milliseconds since 1970.
    pub at: i64,
    /// Who asked.
    pub by: String,
    /// What it was asked by.
    pub kind: ErasureKind,
    /// How much.
    pub counts: ErasureCounts,
    /// The records of modules that are still there.
    pub records: Vec<ErasureRecord>,
    /// When everything was done; `null` while something is still to do.
    #[schema(required)]
    pub done_at: Option<i64>,
}

/// The module syncs of the workspace, with the names of their integrations; also those that were taken out of one.
pub(crate) type Modules = BTreeMap<SyncId, (String, ModuleSyncRow)>;

impl Hub {
    /// What an erasure would do. No call is made, and nothing is changed.
    pub async fn erasure_plan(&self, of: &ErasureOf) -> Result<ErasurePlan> {
        Ok(self.look_for(of).await?.0)
    }

    /// Erases what the plan says, if it still says so. It goes on by itself when this process ends; see [`Hub::erased`].
    pub async fn erase(&self, of: &ErasureOf, digest: &str, by: &str) -> Result<Erasure> {
        let hub = &self.inner;
        let (plan, work) = self.look_for(of).await?;
        if plan.digest != digest {
            return Err(HubError::new(
                "erasure.plan_changed",
                "what would be erased is not what the plan said any more",
                "look at the plan again",
            ));
        }
        if plan.is_empty() {
            return Err(HubError::new(
                "erasure.nothing",
                "nothing is remembered of that",
                "check the id or the address; what was erased before is in the list of erasures",
            ));
        }
        let (at, kind) = (hub.now(), plan.kind);
        let row = ErasureRow {
            workspace: hub.workspace,
            id: 0,
            at,
            actor: by.to_owned(),
            kind: kind.name().to_owned(),
            body: work.encode(),
            done_at: None,
        };
        let id = hub.store.add_erasure(row).await?;
        let told = serde_json::json!({ "erasure": id, "kind": kind, "counts": plan.counts });
        hub.store.audit(hub.workspace, at, by, "erasure", &told.to_string()).await?;
        hub.poke.notify_one();
        let (counts, records) = (plan.counts, plan.records);
        Ok(Erasure { id, at, by: by.to_owned(), kind, counts, records, done_at: None })
    }

    /// Works on this erasure, and gives it as it stands when it is done or the time is up. What is left is done by whichever process works next.
    pub async fn erased(&self, id: i64, at_most: Duration) -> Result<Erasure> {
        let until = self.now() + i64::try_from(at_most.as_millis()).unwrap_or(i64::MAX / 4);
        loop {
            erasing::resume(&self.inner).await?;
            let found = self.erasures().await?.into_iter().find(|one| one.id == id);
            let found = found.ok_or_else(|| {
                HubError::new("erasure.unknown", format!("there is no erasure {id}"), "look at the list")
            })?;
            if found.done_at.is_some() || self.now() >= until {
                return Ok(found);
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Goes on with what was begun: for whoever brings old memories back.
    pub async fn resume_erasures(&self) -> Result<()> {
        erasing::resume(&self.inner).await
    }

    /// What was erased, the newest first.
    pub async fn erasures(&self) -> Result<Vec<Erasure>> {
        let hub = &self.inner;
        let modules = modules(hub).await?;
        let rows = hub.store.erasures(hub.workspace, i64::MAX, LISTED).await?;
        let erasure = |row: ErasureRow| {
            let work = Work::decode(&row.body);
            Erasure {
                id: row.id,
                at: row.at,
                by: row.actor,
                kind: ErasureKind::named(&row.kind),
                counts: work.counts,
                records: records(&modules, &work.targets),
                done_at: row.done_at,
            }
        };
        Ok(rows.into_iter().map(erasure).collect())
    }

    async fn look_for(&self, of: &ErasureOf) -> Result<(ErasurePlan, Work)> {
        let hub = &self.inner;
        let modules = modules(hub).await?;
        let (kind, found) = match of {
            ErasureOf::Record { integration, module, side, id } => {
                let sync = match pairs::sync(hub, integration, module).await {
                    Ok(sync) => sync.id,
                    Err(error) => remembered::of_name(hub, integration, module).await?.ok_or(error)?,
                };
                (ErasureKind::Record, personal::of_record(hub, sync, *side, id).await?)
            }
            ErasureOf::Address(address) => {
                let address = personal::address(address).ok_or_else(|| {
                    HubError::new(
                        "erasure.address",
                        "that is no e-mail address",
                        "give the address as it stands in the records, such as mori@example.com",
                    )
                })?;
                let mut found = Found::default();
                for sync in modules.keys() {
                    personal::of_address(hub, *sync, &address, &mut found).await?;
                }
                (ErasureKind::Email, found)
            }
        };
        if found.targets.len() > MOST {
            return Err(HubError::new(
                "erasure.too_many",
                format!("that would erase more than {MOST} pairs"),
                "an address that so many records hold is not a person's: erase record by record",
            ));
        }
        let counts = personal::counts(hub, &found).await?;
        let Found { mut targets, entries, items, .. } = found;
        targets.sort();
        let work = Work { counts, targets, entries, items };
        let records = records(&modules, &work.targets);
        let plan = ErasurePlan { digest: work.digest(), kind, counts, records };
        Ok((plan, work))
    }
}

/// When this record was erased, and on whose word.
pub(crate) async fn of_record(
    hub: &Inner,
    sync: SyncId,
    side: Side,
    id: &str,
) -> Result<Option<(i64, String)>> {
    let rows = hub.store.erasures(hub.workspace, i64::MAX, LISTED).await?;
    let is_it = |target: &Target| target.sync == sync && target.id(side) == Some(id);
    let found = rows.into_iter().find(|row| Work::decode(&row.body).targets.iter().any(is_it));
    Ok(found.map(|row| (row.at, row.actor)))
}

async fn modules(hub: &Inner) -> Result<Modules> {
    let mut modules = Modules::new();
    for integration in hub.store.integrations(hub.workspace).await? {
        for sync in history::syncs(hub, &integration.name).await? {
            modules.insert(sync.id, (integration.name.clone(), sync));
        }
    }
    for (integration, sync) in remembered::syncs(hub).await? {
        modules.insert(sync.id, (integration, sync));
    }
    Ok(modules)
}

fn records(modules: &Modules, targets: &[Target]) -> Vec<ErasureRecord> {
    let record = |target: &Target| {
        let (integration, sync) = modules.get(&target.sync)?;
        Some(ErasureRecord {
            integration: integration.clone(),
            module: sync.left_module.clone(),
            left_id: target.left.clone(),
            right_id: target.right.clone(),
        })
    };
    targets.iter().filter_map(record).collect()
}
