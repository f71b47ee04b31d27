//! Which module pairs need which: a lookup of one leads to records of another, its parent (S2-17, S2-50).

use crate::both::{self, connections_of};
use crate::circles;
use crate::compile;
use crate::config::{Config, Fields, IntegrationConfig, ModuleConfig};
use crate::error::{HubError, Result};
use crate::hub::{Hub, Inner};
use crate::leads::Family;
use crate::live::Problem;
use crate::resting::ModuleState;
use crate::slots::Slot;
use crate::sync::{Parent, Phase, SyncState};
use crate::{pairs, pausing, preview, versions};
use musubi_core::mapping::Pair;
use musubi_core::policy::Direction;
use musubi_core::schema::FieldType;
use musubi_core::{ModuleName, Sides};
use musubi_store::SyncId;

/// A field that leads to records of other module pairs.
struct Lookup {
    field: String,
    modules: Sides<ModuleName>,
}

impl Lookup {
    fn leads_to(&self, pair: &ModuleConfig) -> bool {
        self.modules.left.as_str() == pair.left && self.modules.right.as_str() == pair.right
    }
}

/// Refuses a configuration that takes a pair away, or lets it rest, while another one needs it. Gives what should be known of pairs that begin without one they
/// need.
pub(crate) async fn check(hub: &Inner, wanted: &Config) -> Result<Vec<String>> {
    let stored = Hub::offline(hub.store.clone(), hub.workspace).export().await?;
    let mut told = Vec::new();
    for (name, after) in &wanted.integrations {
        let before = stored.integrations.get(name).map_or(&[][..], |before| before.modules.as_slice());
        let was_active = |pair: &ModuleConfig| before.iter().any(|old| old.is_pair(pair) && old.is_active());
        let stays = |old: &&ModuleConfig| {
            let new = after.modules.iter().find(|new| new.is_pair(old));
            new.is_some_and(|new| new.is_active() || !old.is_active())
        };
        let taken: Vec<&ModuleConfig> = before.iter().filter(|old| !stays(old)).collect();
        let resting: Vec<&ModuleConfig> = after.modules.iter().filter(|pair| !pair.is_active()).collect();
        for child in after.modules.iter().filter(|pair| pair.is_active()) {
            let begins = !was_active(child) && !resting.is_empty();
            if taken.is_empty() && !begins {
                continue;
            }
            let lookups = lookups(hub, name, after, before, child).await?;
            for lookup in lookups.iter().filter(|lookup| !lookup.leads_to(child)) {
                if let Some(parent) = taken.iter().find(|pair| lookup.leads_to(pair)) {
                    return Err(needed(name, parent, child, &lookup.field));
                }
                if let Some(parent) = resting.iter().find(|pair| begins && lookup.leads_to(pair)) {
                    told.push(format!(
                        "{name}: {} begins while {} is inactive: records whose {} leads to one without a counterpart wait for it",
                        child.left, parent.left, lookup.field
                    ));
                }
            }
        }
    }
    Ok(told)
}

fn needed(integration: &str, parent: &ModuleConfig, child: &ModuleConfig, field: &str) -> HubError {
    let without = match &child.fields {
        Fields::List(_) => format!("take {field} out of its fields"),
        // Every field of the same name takes part in it.
        Fields::Named(_) => format!("give {} a list of fields without {field}", child.left),
    };
    HubError::new(
        "module.needed",
        format!(
            "{integration}: {} is needed by {}, whose field {field} leads to its records",
            parent.left, child.left
        ),
        format!(
            "deactivate {} first (`musubi deactivate {integration}/{}`), or {without}",
            child.left, child.left
        ),
    )
}

/// The lookups of a pair to other pairs of its integration: by what the services say now, else by what it was last compared under.
async fn lookups(
    hub: &Inner,
    name: &str,
    integration: &IntegrationConfig,
    before: &[ModuleConfig],
    child: &ModuleConfig,
) -> Result<Vec<Lookup>> {
    let mut all = integration.clone();
    let gone = before.iter().filter(|old| !integration.modules.iter().any(|new| new.is_pair(old)));
    all.modules.extend(gone.cloned());
    if hub.connect.is_some()
        && let Ok(lookups) = asked(hub, &all, child).await
    {
        return Ok(lookups);
    }
    let Ok(row) = hub.integration(name).await else { return Ok(Vec::new()) };
    let syncs = hub.store.module_syncs(row.id).await?;
    let Some(sync) =
        syncs.iter().find(|sync| sync.left_module == child.left && sync.right_module == child.right)
    else {
        return Ok(Vec::new());
    };
    let slots = versions::slots(&hub.store, sync).await?;
    Ok(slots.iter().filter(|slot| names(child, slot)).filter_map(of_slot).collect())
}

async fn asked(hub: &Inner, integration: &IntegrationConfig, child: &ModuleConfig) -> Result<Vec<Lookup>> {
    let rows = hub.store.connections(hub.workspace).await?;
    let accounts = hub.accounts(&connections_of(integration, &rows)?).await?;
    let siblings = preview::siblings(integration);
    let compiled = compile::mapping(child, &accounts, &siblings, &integration.owners).await?;
    Ok(of_mapping(&compiled))
}

fn of_mapping(compiled: &compile::Compiled) -> Vec<Lookup> {
    let pairs = compiled.mapping.pairs.iter().zip(&compiled.parents);
    let carried =
        |(pair, parents): &(&Pair, &Vec<Parent>)| !parents.is_empty() && pair.direction != Direction::Neither;
    let lookups = |(pair, _): (&Pair, &Vec<Parent>)| {
        let field = pair.fields.left.name.to_string();
        let modules = led_to(&pair.fields.left.kind, &pair.fields.right.kind);
        modules.into_iter().map(move |modules| Lookup { field: field.clone(), modules })
    };
    pairs.filter(carried).flat_map(lookups).collect()
}

/// The modules that two fields point to, in their rows as well. Of a lookup to several modules none is needed: there are the others.
fn led_to(left: &FieldType, right: &FieldType) -> Vec<Sides<ModuleName>> {
    match (left, right) {
        (FieldType::Lookup { module: left }, FieldType::Lookup { module: right }) => {
            vec![Sides { left: left.clone(), right: right.clone() }]
        }
        (FieldType::Rows { columns: left, .. }, FieldType::Rows { columns: right, .. }) => {
            left.iter().zip(right).flat_map(|(left, right)| led_to(&left.kind, &right.kind)).collect()
        }
        _ => Vec::new(),
    }
}

/// A field that was mapped when everything was last compared still is.
fn names(child: &ModuleConfig, slot: &Slot) -> bool {
    match &child.fields {
        Fields::Named(_) => true,
        Fields::List(pairs) => {
            pairs.iter().any(|pair| pair.left == slot.left.as_str() && pair.right == slot.right.as_str())
        }
    }
}

fn of_slot(slot: &Slot) -> Option<Lookup> {
    let module = |kind: &str| kind.strip_prefix("lookup(")?.strip_suffix(')').map(ModuleName::new);
    let modules = Sides { left: module(&slot.kinds.left)?, right: module(&slot.kinds.right)? };
    Some(Lookup { field: slot.left.to_string(), modules })
}

/// What a first load waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Awaited {
    /// The left module of the parent.
    pub module: String,
    /// It does not begin by itself: a person paused the parent.
    pub problem: Option<Problem>,
}

/// The pair whose first load comes before this one's, if it has one that is not through yet. Of pairs that need each other the one begins that
/// goes first in their circle; those that cannot do without each other do not wait.
pub(crate) async fn first_load_waits_for(hub: &Inner, sync: SyncId) -> Result<Option<Awaited>> {
    if hub.store.sync_state(sync).await?.is_some() {
        return Ok(None);
    }
    let Some(row) = hub.store.module_sync(sync).await? else { return Ok(None) };
    let integrations = hub.store.integrations(row.workspace).await?;
    let Some(integration) = integrations.iter().find(|one| one.id == row.integration) else {
        return Ok(None);
    };
    let rows = hub.store.module_syncs(integration.id).await?;
    let accounts = hub.accounts(&both::connections(integration)).await?;
    let family = Family::of(integration, &rows, accounts)?;
    let leads = family.with_parents(family.leads(sync).await?).await?;
    let awaited = circles::awaited(&family.order(), &leads);
    for parent in &rows {
        let needed = awaited.iter().any(|lead| lead.child == sync && lead.parent == parent.id);
        if needed
            && parent.state == musubi_store::ModuleState::Active
            && !circles::reaches(&awaited, parent.id, sync)
            && !is_loaded(hub, parent.id).await?
        {
            let module = parent.left_module.clone();
            let paused = || {
                let parent = pairs::name_among(&rows, parent);
                Problem::from(&pausing::parent_paused(&integration.name, &row.left_module, &parent))
            };
            let problem = parent.paused.then(paused);
            return Ok(Some(Awaited { module, problem }));
        }
    }
    Ok(None)
}

async fn is_loaded(hub: &Inner, sync: SyncId) -> Result<bool> {
    let state = hub.store.sync_state(sync).await?;
    Ok(state.is_some_and(|bytes| SyncState::decode(&bytes).phase == Phase::Steady))
}

impl ModuleConfig {
    /// Whether it takes part in the work.
    pub(crate) fn is_active(&self) -> bool {
        self.state != Some(ModuleState::Inactive)
    }

    /// Whether it is the same pair of modules.
    pub(crate) fn is_pair(&self, other: &ModuleConfig) -> bool {
        self.left == other.left && self.right == other.right
    }
}
