//! A plan that a person approved: from then on exactly that is done, until both sides agree or it is taken away (I17).

use crate::error::{HubError, Result};
use crate::hub::Hub;
use crate::{keeper, run};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use musubi_core::plan::Approved;
use musubi_store::{ModuleState, Store, SyncId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// So many things a plan to be approved may do: 16 bytes are kept of each, and are in memory while it is carried out.
const MOST: usize = 2_000_000;
/// What the file says of itself.
const FORM: u32 = 1;

/// A plan boiled down to what it does, so that a run can be held against it. No value, and no record, can be read out of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// Which form this is.
    musubi_plan: u32,
    /// The integration.
    pub integration: String,
    /// When it was made, in milliseconds since 1970.
    pub made_at: i64,
    /// What is approved per module pair.
    pub modules: Vec<ApprovedModule>,
}

/// What is approved of one module pair.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApprovedModule {
    /// Left module.
    pub left: String,
    /// Right module.
    pub right: String,
    /// Digests of all that is done, as base64.
    does: String,
}

impl Approval {
    pub(crate) fn new(integration: &str, made_at: i64) -> Approval {
        Approval { musubi_plan: FORM, integration: integration.to_owned(), made_at, modules: Vec::new() }
    }

    /// Adds a module pair.
    pub(crate) fn add(&mut self, left: &str, right: &str, approved: &Approved) {
        let does = STANDARD.encode(approved.to_bytes());
        self.modules.push(ApprovedModule { left: left.to_owned(), right: right.to_owned(), does });
    }

    /// Reads what [`Hub::plan_to_approve`] gave, written as JSON.
    pub fn read(text: &str) -> Result<Approval> {
        let unreadable = |what: String| {
            HubError::new(
                "plan.unreadable",
                format!("this is not a plan that can be approved: {what}"),
                "make one: `musubi plan NAME --out FILE`",
            )
        };
        let approval: Approval = serde_json::from_str(text).map_err(|error| unreadable(error.to_string()))?;
        if approval.musubi_plan != FORM {
            return Err(unreadable("another version of Musubi made it".to_owned()));
        }
        for module in &approval.modules {
            if module.approved().is_none() {
                return Err(unreadable(format!("what it says of {} is damaged", module.left)));
            }
        }
        Ok(approval)
    }
}

impl ApprovedModule {
    fn approved(&self) -> Option<Approved> {
        Approved::from_bytes(&STANDARD.decode(&self.does).ok()?)
    }
}

/// What is collected of a plan for its approval.
pub(crate) fn no_more_than_can_be_kept(approved: &Approved) -> Result<()> {
    if approved.len() <= MOST {
        return Ok(());
    }
    Err(HubError::new(
        "plan.too_large",
        format!("this plan does more than {MOST} things, which is the most that a run is held against"),
        "run it without `--plan`, or module by module: deactivate the others",
    ))
}

/// What keeps a sync from working that was about to do something else.
pub(crate) fn stopped() -> HubError {
    HubError::new(
        "plan.changed",
        "something changed since the plan was made, so it stopped before doing anything that was not approved",
        "`musubi failures NAME --code plan.changed` names the records; make a new plan and run that one, or let it go on without one: `musubi resume NAME`",
    )
}

/// What a module sync is bound to.
pub(crate) async fn of(store: &Store, sync: SyncId) -> Result<Option<Arc<Approved>>> {
    let Some(bytes) = store.approval(sync).await? else { return Ok(None) };
    let damaged = || {
        HubError::new(
            "plan.unreadable",
            "the plan that was approved is damaged in the database",
            "make and approve a new one, or let it go on without: `musubi resume NAME`",
        )
    };
    Ok(Some(Arc::new(Approved::from_bytes(&bytes).ok_or_else(damaged)?)))
}

impl Hub {
    /// From now on exactly this is done in the integration, by whichever process does the work, until it is taken away.
    pub async fn approve(&self, integration: &str, approval: &Approval) -> Result<()> {
        let hub = &self.inner;
        let row = hub.integration(integration).await?;
        let rows = hub.store.module_syncs(row.id).await?;
        run::can_work(&row, &rows)?;
        if approval.integration != integration {
            return Err(HubError::new(
                "plan.other_integration",
                format!("the plan was made for {}, not for {integration}", approval.integration),
                format!("make one: `musubi plan {integration} --out FILE`"),
            ));
        }
        let mut planned: BTreeMap<(&str, &str), &ApprovedModule> = BTreeMap::new();
        for module in &approval.modules {
            planned.insert((&module.left, &module.right), module);
        }
        let mut plans = Vec::new();
        for row in rows.iter().filter(|row| row.state == ModuleState::Active) {
            let of = planned.remove(&(row.left_module.as_str(), row.right_module.as_str()));
            let of = of.and_then(ApprovedModule::approved);
            plans.push((row.id, of.ok_or_else(|| other_modules(integration, &row.left_module))?.to_bytes()));
        }
        if let Some((left, _)) = planned.into_keys().next() {
            return Err(other_modules(integration, left));
        }
        hub.store.approve(plans).await?;
        keeper::wish_afresh(hub, row.id).await.map(drop)
    }

    /// Anything may be done again. False if nothing was approved.
    pub async fn release(&self, integration: &str) -> Result<bool> {
        let hub = &self.inner;
        let row = hub.integration(integration).await?;
        let mut released = false;
        for sync in hub.store.module_syncs(row.id).await? {
            released |= hub.store.unbind(sync.id).await?;
        }
        if released {
            keeper::wish_afresh(hub, row.id).await?;
        }
        Ok(released)
    }
}

fn other_modules(integration: &str, left: &str) -> HubError {
    HubError::new(
        "plan.other_modules",
        format!("the plan was made before the module pairs at work were chosen otherwise: {left}"),
        format!("make a new one: `musubi plan {integration} --out FILE`"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_plan_is_told_from_one() {
        let mut approval = Approval::new("both", 5);
        approval.add("Leads", "Leads", &Approved::nothing(3));
        let text = serde_json::to_string(&approval).unwrap();
        assert_eq!(Approval::read(&text).unwrap(), approval);
        let refused = |text: &str| Approval::read(text).unwrap_err().code;
        assert_eq!(refused("modules = []"), "plan.unreadable");
        assert_eq!(refused(&text.replace("\"musubi_plan\":1", "\"musubi_plan\":2")), "plan.unreadable");
        let cut = approval.modules[0].does.split_at(2).0.to_owned();
        approval.modules[0].does = cut;
        assert_eq!(refused(&serde_json::to_string(&approval).unwrap()), "plan.unreadable");
    }
}
