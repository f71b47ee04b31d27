//! What a first load would do, found out by reading the match fields of both sides. Writes nothing.

use crate::account::Account;
use crate::error::{HubError, Result};
use crate::everything;
use crate::hub::Hub;
use crate::partition::{Prepared, prepare};
use crate::report::{ModulePlan, PlanReport};
use crate::sync::Plan;
use crate::verify::connections;
use musubi_connector::gate::Lane;
use musubi_connector::{Priced, Projection, WriteKind};
use musubi_core::{Observation, Side, Sides, normalise::match_key};
use musubi_store::{Store, SyncId, Want};
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::mpsc;

/// So many records of each kind are shown.
const SAMPLES: usize = 5;

type Key = [u8; 16];

impl Hub {
    /// What a first load would do, per module pair: records, pairs, creates, calls and credits.
    pub async fn plan(&self, integration: &str) -> Result<PlanReport> {
        let hub = &self.inner;
        let (id, connections) = connections(hub, integration).await?;
        let mut report = PlanReport { integration: integration.to_owned(), ..PlanReport::default() };
        for sync in hub.store.module_syncs(id).await? {
            let Prepared { plan, accounts, left_out, .. } = prepare(hub, sync.id, &connections).await?;
            let mut module = ModulePlan {
                left: sync.left_module.clone(),
                right: sync.right_module.clone(),
                links: hub.store.count_links(sync.id).await? as u64,
                left_out,
                ..ModulePlan::default()
            };
            let left = unpaired(&hub.store, sync.id, &plan, &accounts.left, Side::Left, &mut module).await?;
            let right =
                unpaired(&hub.store, sync.id, &plan, &accounts.right, Side::Right, &mut module).await?;
            pair(&plan, &left, &right, &mut module);
            expect(&plan, &accounts, &mut module);
            for side in Side::BOTH {
                *report.calls.get_mut(side) += module.calls.get(side);
                *report.credits.get_mut(side) += module.credits.get(side);
            }
            report.modules.push(module);
        }
        Ok(report)
    }
}

/// A record without a counterpart, and its match keys in order.
struct Lone {
    id: String,
    keys: Box<[Key]>,
}

/// Reads the match fields of every record of a side.
async fn unpaired(
    store: &Store,
    sync: SyncId,
    plan: &Plan,
    account: &Arc<Account>,
    side: Side,
    module: &mut ModulePlan,
) -> Result<Vec<Lone>> {
    let mapping = &plan.rules.mapping;
    let count = account.connector.count(&plan.projections.get(side).module);
    let count = account.ask(Lane::Verification, Priced::Other, count).await?;
    *module.records.get_mut(side) = count;
    let fields = mapping.match_slots.iter().map(|slot| mapping.field(side, *slot).clone()).collect();
    let projection = Projection { module: mapping.modules.get(side).clone(), fields };
    let (send, mut lots) = mpsc::channel::<Vec<Observation>>(4);
    let mut lone = Vec::new();
    let taking = async {
        while let Some(rows) = lots.recv().await {
            let ids = rows.iter().map(|row| (side, row.id.to_string())).collect();
            let loaded = store.load(sync, Want { ids, ..Want::default() }).await?;
            let linked: std::collections::HashSet<&str> =
                loaded.links.iter().map(|link| link.id(side)).collect();
            for row in rows.iter().filter(|row| !linked.contains(row.id.as_str())) {
                let keys = mapping.match_slots.iter().enumerate().filter_map(|(rule, slot)| {
                    let kind = &mapping.pairs[usize::from(*slot)].fields.left.kind;
                    match_key(rule, row.slots.get(rule).and_then(Option::as_ref), kind)
                });
                lone.push(Lone { id: row.id.to_string(), keys: keys.collect() });
            }
        }
        Ok::<_, HubError>(())
    };
    let (spent, taken) = tokio::join!(everything::read(account, Arc::new(projection), count, send), taking);
    spent?;
    taken?;
    Ok(lone)
}

/// Goes through the records as the load does: the first key that finds anybody decides.
fn pair(plan: &Plan, left: &[Lone], right: &[Lone], module: &mut ModulePlan) {
    let mut by_key: HashMap<Key, Vec<usize>> = HashMap::new();
    for (at, lone) in right.iter().enumerate() {
        for key in &lone.keys {
            by_key.entry(*key).or_default().push(at);
        }
    }
    let mut met = vec![false; right.len()];
    let sample = |list: &mut Vec<String>, id: &str| {
        if list.len() < SAMPLES {
            list.push(id.to_owned());
        }
    };
    for lone in left {
        let found = lone.keys.iter().find_map(|key| by_key.get(key));
        match found.map(Vec::as_slice) {
            Some([one]) if !met[*one] => {
                met[*one] = true;
                module.would_link += 1;
                if module.samples.link.len() < SAMPLES {
                    module.samples.link.push((lone.id.clone(), right[*one].id.clone()));
                }
            }
            Some(several) => {
                several.iter().for_each(|at| met[*at] = true);
                module.ambiguous += 1;
                sample(&mut module.samples.ambiguous, &lone.id);
            }
            None if plan.creates_from(Side::Left) => {
                module.would_create_right += 1;
                sample(&mut module.samples.create_right, &lone.id);
            }
            None => module.stay_alone += 1,
        }
    }
    for (lone, _) in right.iter().zip(&met).filter(|(_, met)| !**met) {
        if plan.creates_from(Side::Right) {
            module.would_create_left += 1;
            sample(&mut module.samples.create_left, &lone.id);
        } else {
            module.stay_alone += 1;
        }
    }
}

/// Calls and credits of the load: every page of both sides, the creates, and one reading back of what was created.
fn expect(plan: &Plan, accounts: &Sides<Arc<Account>>, module: &mut ModulePlan) {
    for side in Side::BOTH {
        let (connector, batch) = (&accounts.get(side).connector, plan.batch.get(side));
        let creates = match side {
            Side::Left => module.would_create_left,
            Side::Right => module.would_create_right,
        };
        let page = batch.page.max(1) as u64;
        let lists = (module.records.get(side).div_ceil(page).max(1)) + creates.div_ceil(page);
        let (whole, rest) = (creates / batch.write as u64, creates as usize % batch.write);
        let price = |records: usize| u64::from(connector.price(Priced::Write(WriteKind::Create, records)));
        let writes = whole * price(batch.write) + if rest > 0 { price(rest) } else { 0 };
        // The count, the service's clock, and the deletions before the first look.
        let other =
            u64::from(connector.price(Priced::Other)) + 2 * u64::from(connector.price(Priced::Deleted));
        *module.calls.get_mut(side) = lists + whole + u64::from(rest > 0) + 3;
        *module.credits.get_mut(side) = lists * u64::from(connector.price(Priced::List)) + writes + other;
    }
}
