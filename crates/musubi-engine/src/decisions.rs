//! What people decide about records: a conflict, a pair tied or taken apart by hand. It is stored here; whichever process works on the module carries it out.

use crate::attention::number;
use crate::conflicts::Kept;
use crate::error::{HubError, Result};
use crate::history::syncs;
use crate::hub::{Hub, Inner};
use crate::pairs::{Names, sync as sync_of};
use crate::sync::{Order, Upshot};
use crate::upshot::{self, Done};
use musubi_core::{FieldName, RemoteId, Side, Sides, reconcile::seen_values};
use musubi_store::{AttentionRow, DecisionRow, ModuleSyncRow};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use utoipa::ToSchema;

/// How often an answer is looked for while somebody waits for it.
const LOOK: Duration = Duration::from_millis(50);
/// So many decisions of a module are told by their ids.
const TOLD: i64 = 1_000;

/// Which conflicts are decided.
#[derive(Clone, Debug)]
pub enum Conflicts {
    /// These, each with the version that the person saw, if that is told.
    These(Vec<(String, Option<String>)>),
    /// Every open one that is of this left module, has this code, is about this left field; as far as these are told.
    All {
        /// The left module.
        module: Option<String>,
        /// The code.
        code: Option<String>,
        /// The left field.
        field: Option<String>,
    },
}

/// How far a decision is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DecisionState {
    /// Whoever works on the module has not taken it up yet: it is paused, or nobody works on it.
    Waiting,
    /// It was obeyed; what is to be written is on its way.
    Done,
    /// Nothing was done; the code says why.
    NotDone,
}

/// A decision and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Decision)]
pub struct DecisionReport {
    /// Its id.
    pub id: String,
    /// The left module.
    pub module: String,
    /// When it was taken, in milliseconds since 1970.
    pub at: i64,
    /// Who took it.
    pub by: String,
    /// How far it is.
    pub state: DecisionState,
    /// What became of it: a stable code.
    #[schema(required)]
    pub code: Option<String>,
    /// The same in a sentence.
    #[schema(required)]
    pub what: Option<String>,
    /// What to do.
    #[schema(required)]
    pub hint: Option<String>,
    /// What became of each field, where it is about several.
    pub fields: Vec<FieldDecision>,
}

/// What became of a decision about one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldDecision {
    /// The side.
    pub side: Side,
    /// The left field.
    pub field: String,
    /// A stable code.
    pub code: String,
    /// The same in a sentence.
    pub what: String,
}

impl Hub {
    /// The value of this side counts in these conflicts. Gives the decisions, which are carried out by whoever works on the module.
    pub async fn decide(
        &self,
        integration: &str,
        which: &Conflicts,
        winner: Side,
        by: &str,
    ) -> Result<Vec<DecisionReport>> {
        let mut rows = Vec::new();
        for (sync, item) in chosen(&self.inner, integration, which).await? {
            let order = prefer(&self.inner, &sync, &item.row, item.version.as_deref(), winner).await?;
            rows.push((sync, order));
        }
        self.order(rows, by).await
    }

    /// Which side's value counts in these fields from now on: the `conflict` of each field that the conflicts are about. Gives the fields, by left module.
    pub async fn decide_for_ever(
        &self,
        integration: &str,
        which: &Conflicts,
        winner: Side,
    ) -> Result<BTreeMap<String, BTreeSet<String>>> {
        let mut fields: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (sync, item) in chosen(&self.inner, integration, which).await? {
            fields.entry(sync.left_module).or_default().extend(item.row.field);
        }
        let mut config = self.export().await?;
        let modules = config.integrations.get_mut(integration).map(|one| &mut one.modules);
        for module in modules.into_iter().flatten() {
            for field in fields.get(&module.left).into_iter().flatten() {
                module.decide_conflicts(field, winner);
            }
        }
        self.apply(&config, true).await?;
        Ok(fields)
    }

    /// These two records are a pair from now on.
    pub async fn link(
        &self,
        integration: &str,
        module: &str,
        ids: Sides<&str>,
        by: &str,
    ) -> Result<DecisionReport> {
        let sync = sync_of(&self.inner, integration, module).await?;
        let ids = Sides::from_fn(|side| RemoteId::new(ids.get(side)));
        self.order_one(sync, Order::Link { ids }, by).await
    }

    /// The pair of this left record is none any more; both records stay.
    pub async fn unlink(
        &self,
        integration: &str,
        module: &str,
        left_id: &str,
        by: &str,
    ) -> Result<DecisionReport> {
        let sync = sync_of(&self.inner, integration, module).await?;
        let row = self.inner.store.link(sync.id, left_id).await?.ok_or_else(|| {
            HubError::new(
                "record.unknown",
                format!("no pair of {module} has the left record {left_id}"),
                "the console and the API list the pairs of a module",
            )
        })?;
        let ids = Sides { left: row.left_id.into(), right: row.right_id.into() };
        self.order_one(sync, Order::Unlink { ids }, by).await
    }

    /// One decision.
    pub async fn decision(&self, integration: &str, id: &str) -> Result<DecisionReport> {
        let found = self.decisions(integration, &[id.to_owned()]).await?;
        found.into_iter().next().ok_or_else(|| unknown(id))
    }

    /// These decisions; those that are forgotten are left out.
    pub async fn decisions(&self, integration: &str, ids: &[String]) -> Result<Vec<DecisionReport>> {
        let ids = ids.iter().map(|id| number(id)).collect::<Result<Vec<_>>>()?;
        let mut found = Vec::new();
        for sync in syncs(&self.inner, integration).await? {
            let own: Vec<i64> = ids.iter().filter(|(of, _)| *of == sync.id).map(|(_, id)| *id).collect();
            if !own.is_empty() {
                let rows = self.inner.store.decisions(sync.id, own).await?;
                found.extend(rows.iter().map(|row| report(&sync, row)));
            }
        }
        Ok(found)
    }

    /// The ids of decisions that nobody has taken up yet, of so many as can be told.
    pub async fn waiting_decisions(&self, integration: &str) -> Result<Vec<String>> {
        let mut ids = Vec::new();
        for sync in syncs(&self.inner, integration).await? {
            let rows = self.inner.store.open_decisions(sync.id, 0, TOLD).await?;
            ids.extend(rows.iter().map(|row| format!("{}-{}", sync.id.0, row.id)));
        }
        Ok(ids)
    }

    /// These decisions once they are answered, or as they stand when the time is up.
    pub async fn answered(
        &self,
        integration: &str,
        ids: &[String],
        at_most: Duration,
    ) -> Result<Vec<DecisionReport>> {
        let until = self.now() + i64::try_from(at_most.as_millis()).unwrap_or(i64::MAX / 4);
        loop {
            let found = self.decisions(integration, ids).await?;
            let waits = found.iter().any(|decision| decision.state == DecisionState::Waiting);
            if !waits || self.now() >= until {
                return Ok(found);
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    async fn order_one(&self, sync: ModuleSyncRow, order: Order, by: &str) -> Result<DecisionReport> {
        let mut made = self.order(vec![(sync, order)], by).await?;
        made.pop().ok_or_else(|| unknown("it"))
    }

    /// Stores what was decided.
    pub(crate) async fn order(
        &self,
        orders: Vec<(ModuleSyncRow, Order)>,
        by: &str,
    ) -> Result<Vec<DecisionReport>> {
        let at = self.now();
        let row = |(sync, order): &(ModuleSyncRow, Order)| DecisionRow {
            sync: sync.id,
            id: 0,
            at,
            actor: by.to_owned(),
            body: order.encode(),
            answered_at: None,
            answer: None,
        };
        let mut rows: Vec<DecisionRow> = orders.iter().map(row).collect();
        let ids = self.inner.store.add_decisions(rows.clone()).await?;
        for (row, id) in rows.iter_mut().zip(ids) {
            row.id = id;
        }
        Ok(orders.iter().zip(&rows).map(|((sync, _), row)| report(sync, row)).collect())
    }
}

/// A conflict, and the version of it that a person saw.
struct Chosen {
    row: AttentionRow,
    version: Option<String>,
}

async fn chosen(hub: &Inner, integration: &str, which: &Conflicts) -> Result<Vec<(ModuleSyncRow, Chosen)>> {
    let mut chosen = Vec::new();
    for sync in syncs(hub, integration).await? {
        let mut walk = crate::attention::Walk::new(sync.id);
        while let Some(items) = walk.next(hub).await? {
            for row in items.into_iter().filter(|row| row.code.starts_with("conflict.")) {
                let id = format!("{}-{}", sync.id.0, row.id);
                let version = match which {
                    Conflicts::These(ids) => ids.iter().find(|(own, _)| *own == id).map(|(_, v)| v.clone()),
                    Conflicts::All { module, code, field } => {
                        let fits = module.as_ref().is_none_or(|module| *module == sync.left_module)
                            && code.as_ref().is_none_or(|code| *code == row.code)
                            && field.as_ref().is_none_or(|field| row.field.as_ref() == Some(field));
                        fits.then_some(None)
                    }
                };
                if let Some(version) = version {
                    chosen.push((sync.clone(), Chosen { row, version }));
                }
            }
        }
    }
    if let Conflicts::These(ids) = which
        && let Some((missing, _)) = ids.iter().find(|(id, _)| {
            !chosen.iter().any(|(sync, item)| *id == format!("{}-{}", sync.id.0, item.row.id))
        })
    {
        return Err(HubError::new(
            "failure.no_conflict",
            format!("{missing:?} is no open conflict"),
            "`musubi failures NAME --code conflict.held` lists them with their ids",
        ));
    }
    Ok(chosen)
}

async fn prefer(
    hub: &Inner,
    sync: &ModuleSyncRow,
    item: &AttentionRow,
    version: Option<&str>,
    winner: Side,
) -> Result<Order> {
    let damaged = || HubError::new("store.damaged", "a conflict cannot be read", "restore the latest backup");
    let kept = Kept::of(&item.code, &item.body).ok_or_else(damaged)?;
    let (Some(left), Some(right)) = (&item.left_id, &item.right_id) else { return Err(damaged()) };
    let fields = fields_of(hub, sync, item, &kept).await?;
    let seen = match version {
        Some(version) => u64::from_str_radix(version, 16).map_err(|_| {
            HubError::new(
                "failure.version",
                format!("{version:?} is no version of a conflict"),
                "send the `version` that the conflict was shown with, or none",
            )
        })?,
        None => kept.seen(),
    };
    // Of each side the value comes before what was agreed on.
    let value = kept.values().find(|(side, _)| *side == winner).filter(|_| seen == kept.seen());
    let won = value.map(|(_, value)| seen_values(Sides { left: value, right: value }));
    let ids = Sides { left: RemoteId::new(left), right: RemoteId::new(right) };
    Ok(Order::Prefer { ids, fields, winner, seen, won })
}

/// The two fields of a conflict. Its slot is one of the mapping by which the pair is kept.
pub(crate) async fn fields_of(
    hub: &Inner,
    sync: &ModuleSyncRow,
    item: &AttentionRow,
    kept: &Kept,
) -> Result<Sides<FieldName>> {
    let mut names = Names::new(hub, sync);
    let found = names.fields(item.left_id.as_deref(), item.field.as_deref(), kept.slot()).await?;
    found.ok_or_else(|| {
        HubError::new("failure.no_field", "the field of the conflict is not mapped any more", "nothing to do")
    })
}

fn report(sync: &ModuleSyncRow, row: &DecisionRow) -> DecisionReport {
    let upshot: Option<Upshot> = row.answer.as_deref().and_then(Upshot::decode);
    let meaning = upshot.as_ref().and_then(|upshot| upshot::meaning(&upshot.code));
    let state = match (row.answered_at, meaning.map(|meaning| meaning.done)) {
        (None, _) => DecisionState::Waiting,
        (Some(_), Some(Done::Yes)) => DecisionState::Done,
        (Some(_), _) => DecisionState::NotDone,
    };
    let field = |field: &crate::sync::FieldUpshot| FieldDecision {
        side: field.side,
        field: field.field.clone(),
        code: field.code.clone(),
        what: upshot::meaning(&field.code).map_or_else(String::new, |meaning| meaning.what.to_owned()),
    };
    DecisionReport {
        id: format!("{}-{}", sync.id.0, row.id),
        module: sync.left_module.clone(),
        at: row.at,
        by: row.actor.clone(),
        state,
        what: meaning.map(|meaning| meaning.what.to_owned()),
        hint: meaning.map(|meaning| meaning.hint.to_owned()),
        fields: upshot.iter().flat_map(|upshot| &upshot.fields).map(field).collect(),
        code: upshot.map(|upshot| upshot.code),
    }
}

fn unknown(id: &str) -> HubError {
    HubError::new(
        "decision.unknown",
        format!("{id:?} is no decision that is remembered"),
        "decisions are remembered for a day after they were carried out",
    )
}
