//! A few records of both sides, to show on them what a mapping does. They are forgotten after a minute.

use crate::account::Account;
use crate::browse::{With, shown};
use crate::draft::{Draft, DraftModule};
use crate::error::Result;
use crate::hub::{Hub, Inner};
use crate::references::References;
use crate::sync::link_state;
use musubi_connector::gate::Lane;
use musubi_connector::{ListRequest, Meta, Order, Page, Position, Priced, Projection};
use musubi_core::match_form::MatchRule;
use musubi_core::normalise::match_key_by;
use musubi_core::{Observation, RemoteId, Side, Sides};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use utoipa::ToSchema;

/// So many pairs are looked at.
const MOST: usize = 30;
/// They are looked at again after so long, in milliseconds.
const KEPT: i64 = 60_000;

/// How two records of a sample belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tie {
    /// They are kept in agreement already.
    Linked,
    /// The fields to match by say so.
    Matched,
    /// There is one record only.
    Alone,
}

/// A record of each side, or of one.
pub(crate) struct Row {
    pub tie: Tie,
    pub records: Sides<Option<Observation>>,
}

/// Some records of both modules, with all their fields.
pub(crate) struct Sample {
    pub projections: Sides<Arc<Projection>>,
    pub names: Sides<References>,
    pub rows: Vec<Row>,
}

/// The samples of the last minute, by connections, modules and what is matched by.
pub(crate) type Samples = Mutex<BTreeMap<String, (i64, Arc<Sample>)>>;

/// The ids of records that belong together.
type Pairs = Vec<(Tie, Sides<Option<RemoteId>>)>;

impl Hub {
    /// Some records of a module pair: linked ones, otherwise the newest of both sides.
    pub(crate) async fn sample(&self, draft: &Draft<'_>, module: &DraftModule<'_>) -> Result<Arc<Sample>> {
        let hub = &self.inner;
        // Fields of looked-up records are among the fields where the list names them.
        let count = Sides::from_fn(|side| module.schemas.get(side).fields.len());
        let key =
            format!("{:?} {:?} {:?} {count:?}", draft.connections, module.names, module.config.match_fields);
        let now = hub.now();
        {
            let mut samples = hub.samples.lock().unwrap_or_else(PoisonError::into_inner);
            samples.retain(|_, (at, _)| now - *at < KEPT);
            if let Some((_, sample)) = samples.get(&key) {
                return Ok(Arc::clone(sample));
            }
        }
        let mut pairs = linked(hub, draft, module).await?;
        if pairs.is_empty() {
            pairs = met(draft, module).await?;
        }
        let sample = Arc::new(read(draft, module, pairs).await?);
        let mut samples = hub.samples.lock().unwrap_or_else(PoisonError::into_inner);
        samples.insert(key, (now, Arc::clone(&sample)));
        Ok(sample)
    }
}

/// Pairs of an integration that is running.
async fn linked(hub: &Inner, draft: &Draft<'_>, module: &DraftModule<'_>) -> Result<Pairs> {
    let mut pairs = Pairs::new();
    for row in hub.store.integrations(hub.workspace).await? {
        if (row.left_connection, row.right_connection) != (draft.connections.left, draft.connections.right) {
            continue;
        }
        for sync in hub.store.module_syncs(row.id).await? {
            if sync.left_module != module.config.left || sync.right_module != module.config.right {
                continue;
            }
            let links = hub.store.scan_links(sync.id, "", MOST as i64).await?;
            pairs.extend(links.into_iter().filter(|link| link.state != link_state::UNTIED).map(|link| {
                let ids = Sides { left: link.left_id, right: link.right_id };
                (Tie::Linked, Sides::from_fn(|side| Some(RemoteId::new(ids.get(side)))))
            }));
        }
    }
    Ok(pairs)
}

/// The newest records of both sides, those together that the fields to match by bring together.
async fn met(draft: &Draft<'_>, module: &DraftModule<'_>) -> Result<Pairs> {
    let mapping = module.compiled.as_ref().map(|compiled| &compiled.mapping);
    let rules = mapping.map_or(&[][..], |mapping| &mapping.matches);
    let list = async |side: Side| {
        let keys = rules.iter().filter_map(|rule| Some(mapping?.field(side, rule.slot).clone()));
        // The id alone cannot be asked for.
        let first = module.schemas.get(side).fields.iter().take(1).cloned();
        let fields = keys.chain(first).collect();
        let projection = Arc::new(Projection { module: module.names.get(side).clone(), fields });
        let (order, position) = (Order::IdDescending, Position::Start);
        let request = ListRequest { projection, modified_since: None, order, position };
        let account = draft.accounts.get(side);
        account.ask(Lane::Interactive, Priced::List, account.connector.list(request)).await
    };
    let (left, right) = tokio::try_join!(list(Side::Left), list(Side::Right))?;
    let keys = |side: Side, row: &Observation| -> Vec<_> {
        let key = |(number, rule): (usize, &MatchRule)| {
            let kind = &mapping?.field(Side::Left, rule.slot).kind;
            match_key_by(number, *rule, side, row.slots.get(number)?.as_ref(), kind)
        };
        rules.iter().enumerate().filter_map(key).collect()
    };
    let mut by_key = HashMap::new();
    for row in &right.rows {
        for key in keys(Side::Right, row) {
            by_key.entry(key).or_insert_with(|| row.id.clone());
        }
    }
    let (mut together, mut alone, mut taken) = (Pairs::new(), Pairs::new(), HashSet::new());
    for row in &left.rows {
        let met = keys(Side::Left, row)
            .iter()
            .find_map(|key| by_key.get(key))
            .filter(|id| !taken.contains(*id))
            .cloned();
        let left = Some(row.id.clone());
        match met {
            Some(right) => {
                taken.insert(right.clone());
                together.push((Tie::Matched, Sides { left, right: Some(right) }));
            }
            None => alone.push((Tie::Alone, Sides { left, right: None })),
        }
    }
    together.truncate(MOST);
    let room = (MOST - together.len()).div_ceil(2);
    alone.truncate(room);
    let rest = right.rows.iter().filter(|row| !taken.contains(&row.id)).take(room);
    alone.extend(rest.map(|row| (Tie::Alone, Sides { left: None, right: Some(row.id.clone()) })));
    together.extend(alone);
    Ok(together)
}

/// Reads them whole. What is gone meanwhile is left out.
async fn read(draft: &Draft<'_>, module: &DraftModule<'_>, pairs: Pairs) -> Result<Sample> {
    let projections = Sides::from_fn(|side| {
        let fields = shown(module.schemas.get(side), With::Rows);
        Arc::new(Projection { module: module.names.get(side).clone(), fields })
    });
    let fetch = async |side: Side| -> Result<(References, HashMap<RemoteId, Observation>)> {
        let ids: Vec<RemoteId> = pairs.iter().filter_map(|(_, ids)| ids.get(side).clone()).collect();
        let account = draft.accounts.get(side);
        let page = whole(account, projections.get(side), &ids).await?;
        let names = References::of(account, &page, projections.get(side)).await;
        Ok((names, page.rows.into_iter().map(|row| (row.id.clone(), row)).collect()))
    };
    let (left, right) = tokio::try_join!(fetch(Side::Left), fetch(Side::Right))?;
    let mut found = Sides { left: left.1, right: right.1 };
    let row = |(tie, ids): (Tie, Sides<Option<RemoteId>>)| {
        let records = Sides::from_fn(|side| found.get_mut(side).remove(ids.get(side).as_ref()?));
        let tie = if records.left.is_some() && records.right.is_some() { tie } else { Tie::Alone };
        (records.left.is_some() || records.right.is_some()).then_some(Row { tie, records })
    };
    let rows = pairs.into_iter().filter_map(row).collect();
    Ok(Sample { projections, names: Sides { left: left.0, right: right.0 }, rows })
}

async fn whole(account: &Account, projection: &Arc<Projection>, ids: &[RemoteId]) -> Result<Page> {
    let mut all = Page { meta: Meta::default(), rows: Vec::new(), next: None };
    for ids in ids.chunks(account.connector.limits().read_batch.max(1)) {
        let call = account.connector.read(Arc::clone(projection), ids);
        all.rows.extend(account.ask(Lane::Interactive, Priced::Read, call).await?.rows);
    }
    Ok(all)
}
