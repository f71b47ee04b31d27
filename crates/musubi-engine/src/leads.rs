//! Where the lookups of an integration's module pairs lead, by what both services have now.

use crate::account::Account;
use crate::circles::{self, Lead, Need};
use crate::compile::{self, Compiled, Sibling};
use crate::config::{ModuleConfig, Owners};
use crate::error::{HubError, Result};
use crate::export;
use crate::sync::Parent;
use musubi_core::mapping::Pair;
use musubi_core::schema::FieldType;
use musubi_core::{ModuleName, Side, Sides};
use musubi_store::{IntegrationRow, ModuleSyncRow, SyncId};
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

/// The module pairs of an integration, in the order of its configuration.
pub(crate) struct Family {
    pub pairs: Vec<(SyncId, ModuleConfig)>,
    pub accounts: Sides<Arc<Account>>,
    pub owners: Owners,
}

impl Family {
    /// As they are stored.
    pub fn of(
        integration: &IntegrationRow,
        rows: &[ModuleSyncRow],
        accounts: Sides<Arc<Account>>,
    ) -> Result<Family> {
        let pair = |row: &ModuleSyncRow| Ok((row.id, export::module_config(row)?));
        let pairs = rows.iter().map(pair).collect::<Result<_>>()?;
        Ok(Family { pairs, accounts, owners: export::settings(integration)?.owners })
    }

    /// As lookups need to know them.
    pub fn siblings(&self) -> Vec<Sibling> {
        let sibling = |(sync, config): &(SyncId, ModuleConfig)| Sibling {
            sync: *sync,
            modules: Sides { left: ModuleName::new(&config.left), right: ModuleName::new(&config.right) },
        };
        self.pairs.iter().map(sibling).collect()
    }

    /// The numbers of the pairs.
    pub fn order(&self) -> Vec<SyncId> {
        self.pairs.iter().map(|(sync, _)| *sync).collect()
    }

    /// The lookups of a pair. One whose mapping is wrong has none: what is wrong with it is told when it is prepared.
    pub async fn leads(&self, sync: SyncId) -> Result<Vec<Lead>> {
        let Some((_, config)) = self.pairs.iter().find(|(pair, _)| *pair == sync) else {
            return Ok(Vec::new());
        };
        match compile::mapping(config, &self.accounts, &self.siblings(), &self.owners).await {
            Ok(compiled) => Ok(leads(sync, &compiled)),
            Err(error) if may_pass(&error) => Err(error),
            Err(_) => Ok(Vec::new()),
        }
    }

    /// The lookups of a pair with those of all that it needs, be it through others: every circle that it is in is among them. No other pair is asked about.
    pub async fn with_parents(&self, own: Vec<Lead>) -> Result<Vec<Lead>> {
        let mut seen: HashSet<SyncId> = own.iter().map(|lead| lead.child).collect();
        let mut all = own;
        while let Some(next) = all.iter().map(|lead| lead.parent).find(|parent| !seen.contains(parent)) {
            seen.insert(next);
            all.extend(self.leads(next).await?);
        }
        Ok(all)
    }

    /// The circles of a pair with these lookups.
    pub async fn circles(&self, sync: SyncId, own: Vec<Lead>) -> Result<Circles> {
        let (order, leads) = (self.order(), self.with_parents(own).await?);
        let later = Sides::from_fn(|from| {
            let later = circles::written_later(&order, &leads, from).into_iter();
            let own = later.filter(|lead| lead.child == sync).map(|lead| lead.slot);
            own.collect::<BTreeSet<u16>>().into_iter().collect()
        });
        let around = circles::around(&leads, sync).into_iter();
        // Where in its mapping a lookup stands makes no difference to others.
        let text = |lead: &Lead| {
            let Lead { child, slot: _, parent, field, direction, need } = lead;
            format!("{child:?}{parent:?}{field}{direction:?}{need:?}")
        };
        let around: BTreeSet<String> = around.map(text).collect();
        let digest = xxhash_rust::xxh3::xxh3_64(format!("{around:?}").as_bytes());
        Ok(Circles { later, digest })
    }
}

/// What a pair has to know of the circles that its lookups are in.
pub(crate) struct Circles {
    /// Per side that records come from, the slots that are written later.
    pub later: Sides<Vec<u16>>,
    /// Stands for all lookups of its circles: another one means that the others of them have to know.
    pub digest: u64,
}

/// The lookups of a compiled mapping.
pub(crate) fn leads(child: SyncId, compiled: &Compiled) -> Vec<Lead> {
    let slots = (0..).zip(compiled.mapping.pairs.iter().zip(&compiled.parents));
    let of_slot = |(slot, (pair, parents)): (u16, (&Pair, &Vec<Parent>))| {
        let lead = |parent: &Parent| Lead {
            child,
            slot,
            parent: parent.sync,
            field: pair.fields.left.name.to_string(),
            direction: pair.direction,
            need: Sides::from_fn(|from| need(pair, from)),
        };
        parents.iter().map(lead).collect::<Vec<_>>()
    };
    slots.flat_map(of_slot).collect()
}

fn need(pair: &Pair, from: Side) -> Need {
    if matches!(pair.fields.left.kind, FieldType::AnyLookup { .. }) {
        Need::OneOfSeveral
    } else if pair.fields.get(from.other()).mandatory {
        Need::Demanded
    } else if pair.fields.left.custom || pair.fields.right.custom {
        Need::Custom
    } else {
        Need::Standard
    }
}

/// The service may answer when it is asked again: until then nothing is known of the pair.
fn may_pass(error: &HubError) -> bool {
    ["connection.unreachable", "connection.over_budget", "connection.throttled"].contains(&error.code)
}
