//! Records that wait until the record they point to has a counterpart, each with what it waits for. They go on by themselves.

use crate::error::{HubError, Result};
use crate::history::syncs;
use crate::hub::{Hub, Inner};
use crate::pairs::{self, Names};
use crate::slots::Slot;
use crate::sync::{UnlinkedRecord, waits_for_a_parent};
use musubi_core::link::Outcome;
use musubi_core::{Instant, LinkBody, Side, Value};
use musubi_store::{ModuleSyncRow, SyncId, Want};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use utoipa::ToSchema;

/// A record that waits for others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct WaitingRecord {
    /// The left module.
    pub module: String,
    /// Its side, which is that of what it waits for.
    pub side: Side,
    /// Its id.
    pub id: String,
    /// What people call it, where that is known.
    #[schema(required)]
    pub label: Option<String>,
    /// Since when, in milliseconds since 1970: when it was last found to wait; `null` where that is not known.
    #[schema(required)]
    pub since: Option<i64>,
    /// What it waits for.
    pub parents: Vec<AwaitedRecord>,
}

/// A record that is waited for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AwaitedRecord {
    /// Its left module; `null` if the lookup points to several modules and the record is known in none of them: it may be of one that is not synced.
    #[schema(required)]
    pub module: Option<String>,
    /// Its id.
    pub id: String,
    /// What people call it, where that is known.
    #[schema(required)]
    pub label: Option<String>,
}

/// Some of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct WaitingPage {
    /// Module by module, in the order of sides and ids.
    pub items: Vec<WaitingRecord>,
    /// Give it as `cursor` to go on; `null` at the end.
    #[schema(required)]
    pub next: Option<String>,
}

/// A waiting record's place among all of an integration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingPlace {
    sync: SyncId,
    side: Side,
    id: String,
}

impl WaitingPlace {
    /// Reads what [`WaitingPage::next`] says.
    pub fn parse(text: &str) -> Option<WaitingPlace> {
        let (sync, rest) = text.split_once('.')?;
        let (side, id) = rest.split_once('.')?;
        let number: i64 = sync.parse().ok().filter(|number: &i64| number.to_string() == sync)?;
        let side = Side::BOTH.into_iter().find(|known| known.name() == side)?;
        (!id.is_empty()).then(|| WaitingPlace { sync: SyncId(number), side, id: id.to_owned() })
    }
}

impl fmt::Display for WaitingPlace {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{}.{}", self.sync.0, self.side.name(), self.id)
    }
}

impl Hub {
    /// Records that wait for the records they point to: at most so many, after this place, if one is given; of this left module, if one is given.
    pub async fn waiting(
        &self,
        integration: &str,
        module: Option<&str>,
        after: Option<&WaitingPlace>,
        limit: usize,
    ) -> Result<WaitingPage> {
        let hub = &self.inner;
        if let Some(module) = module {
            pairs::sync(hub, integration, module).await?;
        }
        let mut all = syncs(hub, integration).await?;
        all.sort_by_key(|sync| sync.id);
        let mut known: BTreeMap<SyncId, Names<'_>> =
            all.iter().map(|sync| (sync.id, Names::new(hub, sync))).collect();
        let mut items = Vec::new();
        let mut last = None;
        for sync in all.iter().filter(|sync| module.is_none_or(|module| module == sync.left_module)) {
            let place = match after {
                Some(after) if sync.id < after.sync => continue,
                Some(after) if sync.id == after.sync => Some((after.side, after.id.clone())),
                _ => None,
            };
            // One more than wanted tells that there is more.
            let wanted = i64::try_from(limit + 1 - items.len()).unwrap_or(i64::MAX);
            for (side, id) in hub.store.waiting(sync.id, place, wanted).await? {
                if items.len() == limit {
                    return Ok(WaitingPage { items, next: last.as_ref().map(WaitingPlace::to_string) });
                }
                items.push(waiting(hub, sync, side, &id, &all, &mut known).await?);
                last = Some(WaitingPlace { sync: sync.id, side, id });
            }
        }
        Ok(WaitingPage { items, next: None })
    }
}

async fn waiting(
    hub: &Inner,
    sync: &ModuleSyncRow,
    side: Side,
    id: &str,
    all: &[ModuleSyncRow],
    known: &mut BTreeMap<SyncId, Names<'_>>,
) -> Result<WaitingRecord> {
    let record = stored(hub, known, sync.id, side, id).await?;
    let rows = hub.store.parked_of(sync.id, side, id).await?;
    let mut parents: BTreeMap<String, Vec<SyncId>> = BTreeMap::new();
    for row in rows {
        parents.entry(row.parent_id).or_default().push(row.parent_sync);
    }
    let mut awaited = Vec::new();
    for (id, possible) in parents {
        let (mut of, mut label) = (None, None);
        for sync in &possible {
            let parent = stored(hub, known, *sync, side, &id).await?;
            if parent.is_there {
                (of, label) = (Some(*sync), parent.label);
                break;
            }
        }
        // A lookup to several modules may lead to one that is not synced at all, however few of them are.
        let only = possible.first().copied().filter(|_| possible.len() == 1 && record.surely.contains(&id));
        let of = of.or(only).and_then(|of| all.iter().find(|sync| sync.id == of));
        awaited.push(AwaitedRecord { module: of.map(|sync| sync.left_module.clone()), id, label });
    }
    let (module, id, since) = (sync.left_module.clone(), id.to_owned(), record.since.map(Instant::millis));
    Ok(WaitingRecord { module, side, id, label: record.label, since, parents: awaited })
}

/// What is stored of a record.
#[derive(Default)]
struct Stored {
    is_there: bool,
    /// What it is called.
    label: Option<String>,
    /// Since when it waits.
    since: Option<Instant>,
    /// What its lookups to one module point to: of these it is sure which module they are of.
    surely: BTreeSet<String>,
}

async fn stored(
    hub: &Inner,
    known: &mut BTreeMap<SyncId, Names<'_>>,
    sync: SyncId,
    side: Side,
    id: &str,
) -> Result<Stored> {
    let Some(names) = known.get_mut(&sync) else { return Ok(Stored::default()) };
    let want = Want { ids: vec![(side, id.to_owned())], ..Want::default() };
    let loaded = hub.store.load(sync, want).await?;
    let since = |outcome: Option<Outcome>| {
        outcome.filter(|outcome| waits_for_a_parent(&outcome.code)).map(|outcome| outcome.at)
    };
    if let Some(row) = loaded.links.first() {
        let body = LinkBody::decode(&row.body).map_err(|_| HubError::damaged_pair())?;
        let label = names.label_of(row).await?;
        let surely = surely(names.slots(body.mapping).await?, side, |slot| body.side(side).current(slot));
        return Ok(Stored { is_there: true, label, since: since(body.outcome), surely });
    }
    let Some(row) = loaded.unlinked.first() else { return Ok(Stored::default()) };
    let record = UnlinkedRecord::decode(&row.body).map_err(|_| HubError::damaged_pair())?;
    let label = names.label_alone(&record, side).await?;
    let value = |slot: u16| record.values.iter().find(|(at, _)| *at == slot).map(|(_, value)| value);
    let surely = surely(names.slots(record.version).await?, side, value);
    Ok(Stored { is_there: true, label, since: since(record.outcome), surely })
}

/// The ids in lookups that lead to one module.
fn surely<'v>(slots: &[Slot], side: Side, value: impl Fn(u16) -> Option<&'v Value>) -> BTreeSet<String> {
    let leads_to_one = |slot: &Slot| {
        let kind = slot.kinds.get(side);
        kind.starts_with("lookup(") || kind.starts_with("links(lookup(")
    };
    let of_one = (0..).zip(slots).filter(|(_, slot)| leads_to_one(slot));
    let values = of_one.filter_map(|(slot, _)| value(slot));
    let cells = values.flat_map(|value| match value {
        Value::Rows(rows) => rows.iter().flat_map(|cells| cells.iter()).collect::<Vec<_>>(),
        value => vec![value],
    });
    let ids = cells.filter_map(|value| match value {
        Value::Record(id) => Some(id.to_string()),
        _ => None,
    });
    ids.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use musubi_core::Sides;

    #[test]
    fn only_a_lookup_to_one_module_tells_of_which_a_record_is() {
        let slot = |name: &str, kind: &str| Slot {
            left: name.into(),
            right: name.into(),
            kinds: Sides::from_fn(|_| kind.to_owned()),
            steps: None,
            derived: None,
        };
        let slots = [
            slot("Account_Name", "lookup(Accounts)"),
            slot("What_Id", "any_lookup"),
            slot("Subject", "text"),
        ];
        let values = [Value::Record("1".into()), Value::Record("2".into()), Value::text("3")];
        let sure = surely(&slots, Side::Left, |slot| values.get(usize::from(slot)));
        assert_eq!(sure, BTreeSet::from(["1".to_owned()]));
    }

    #[test]
    fn a_place_is_read_as_it_was_told_and_as_nothing_else() {
        let place = WaitingPlace { sync: SyncId(3), side: Side::Right, id: "a.7".into() };
        assert_eq!(WaitingPlace::parse(&place.to_string()), Some(place));
        for wrong in ["", "3.left", "3.left.", "03.left.7", "3.up.7", "x.left.7"] {
            assert_eq!(WaitingPlace::parse(wrong), None, "{wrong}");
        }
    }
}
