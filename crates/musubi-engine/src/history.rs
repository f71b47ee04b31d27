//! What was done.

use crate::called::Called;
use crate::error::{HubError, Result};
use crate::hub::{Hub, Inner};
use crate::pairs;
use crate::report::{FieldChange, HistoryEntry, Successor};
use crate::slots::Slot;
use crate::sync::{Entry, JournalKind, describe_journal, is_erased};
use crate::tailed::Tailed;
use crate::versions::slots_of;
use musubi_core::{Side, Value};
use musubi_store::{JournalRow, ModuleSyncRow, SyncId};
use std::collections::hash_map::{self, HashMap};

/// So many entries are looked at together for those of one kind.
const LOOKED_AT: usize = 500;

/// Which entries of the journal are wanted.
#[derive(Clone, Debug, Default)]
pub struct HistoryFilter {
    /// Of this module, named as on either side.
    pub module: Option<String>,
    /// Of this record, by its id on either side.
    pub record: Option<String>,
    /// Only what happened at this time or later.
    pub since: Option<i64>,
    /// Only what happened before this time.
    pub until: Option<i64>,
    /// Of this kind.
    pub kind: Option<JournalKind>,
    /// Only what came before this entry.
    pub before: Option<Before>,
    /// At most so many; 0 means 100.
    pub limit: usize,
}

/// A place in the journal of an integration: modules number their entries by themselves, so the module belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Before {
    /// The entry's time.
    pub at: i64,
    /// Its number.
    pub number: i64,
    /// Its (left) module.
    pub module: String,
}

impl HistoryFilter {
    fn takes(&self, row: &JournalRow) -> bool {
        self.kind.is_none_or(|kind| kind.number() == row.kind)
    }
}

impl Before {
    pub(crate) fn is_after(&self, at: i64, number: i64, module: &str) -> bool {
        (at, number, module) < (self.at, self.number, &self.module)
    }
}

/// How far the journals of all module syncs were followed.
#[derive(Clone, Debug, Default)]
pub struct Followed(HashMap<SyncId, Tailed>);

impl Hub {
    /// The journal, the newest first.
    pub async fn history(&self, integration: &str, filter: &HistoryFilter) -> Result<Vec<HistoryEntry>> {
        let hub = &self.inner;
        let limit = if filter.limit == 0 { 100 } else { filter.limit };
        let begin = begin(filter);
        let mut found = Vec::new();
        let all = syncs(hub, integration).await?;
        if let Some(module) = &filter.module
            && !all.iter().any(|sync| sync.left_module == *module || sync.right_module == *module)
        {
            return Err(pairs::not_synced(integration, module));
        }
        for sync in &all {
            if filter
                .module
                .as_ref()
                .is_some_and(|module| sync.left_module != *module && sync.right_module != *module)
            {
                continue;
            }
            let rows = match &filter.record {
                Some(id) => {
                    let mut rows = hub.store.journal_of(sync.id, Side::Left, id).await?;
                    let right = hub.store.journal_of(sync.id, Side::Right, id).await?;
                    rows.extend(right.into_iter().filter(|row| row.left_id.as_ref() != Some(id)));
                    rows.retain(|row| filter.takes(row));
                    rows
                }
                None => self.latest(sync, filter, begin.as_ref(), limit).await?,
            };
            found.extend(rows.into_iter().map(|row| (sync, row)));
        }
        let earlier = |(sync, row): &(&ModuleSyncRow, JournalRow)| {
            let after = |before: &Before| before.is_after(row.at, row.seq, &sync.left_module);
            begin.as_ref().is_none_or(after) && filter.since.is_none_or(|since| row.at >= since)
        };
        found.retain(earlier);
        found.sort_by(|(a_sync, a), (b_sync, b)| {
            (b.at, b.seq, &b_sync.left_module).cmp(&(a.at, a.seq, &a_sync.left_module))
        });
        found.truncate(limit);
        tell(hub, &found).await
    }

    /// Where the journals stand now, or stood at that time.
    pub async fn follow(&self, since: Option<i64>) -> Result<Followed> {
        let hub = &self.inner;
        let mut followed = Followed::default();
        for row in hub.store.integrations(hub.workspace).await? {
            for sync in hub.store.module_syncs(row.id).await? {
                let last = match since {
                    Some(since) => self.first_after(sync.id, |row| row.at <= since).await? - 1,
                    None => hub.store.journal_end(sync.id).await?,
                };
                followed.0.insert(sync.id, Tailed::from(last));
            }
        }
        Ok(followed)
    }

    /// What was added to the journals since, by time, at most `most` of each module, with the integrations they belong to. Costs one small query for each
    /// module in which nothing happened.
    pub async fn news(&self, followed: &mut Followed, most: usize) -> Result<Vec<(String, HistoryEntry)>> {
        let hub = &self.inner;
        let mut news = Vec::new();
        for row in hub.store.integrations(hub.workspace).await? {
            let (syncs, mut found) = (hub.store.module_syncs(row.id).await?, Vec::new());
            for sync in &syncs {
                let end = hub.store.journal_end(sync.id).await?;
                // A sync that was added meanwhile is told from its beginning.
                let tailed = followed.0.entry(sync.id).or_default();
                let Some(after) = tailed.after(end, most as i64) else { continue };
                let rows = hub.store.journal_tail(sync.id, after, most as i64).await?;
                found.extend(tailed.take(after, rows).into_iter().map(|row| (sync, row)));
            }
            news.extend(tell(hub, &found).await?.into_iter().map(|entry| (row.name.clone(), entry)));
        }
        news.sort_by_key(|(_, entry)| entry.at);
        Ok(news)
    }

    /// The newest entries of a sync that the filter takes.
    async fn latest(
        &self,
        sync: &ModuleSyncRow,
        filter: &HistoryFilter,
        begin: Option<&Before>,
        limit: usize,
    ) -> Result<Vec<JournalRow>> {
        let mut before = match begin {
            Some(before) => {
                self.first_after(sync.id, |row| before.is_after(row.at, row.seq, &sync.left_module)).await?
            }
            None => i64::MAX,
        };
        let (mut taken, page) = (Vec::new(), limit.max(LOOKED_AT));
        loop {
            let wanted = if filter.kind.is_none() { limit } else { page };
            let rows = self.inner.store.journal_latest(sync.id, before, wanted as i64).await?;
            let too_early = |row: &JournalRow| filter.since.is_some_and(|since| row.at < since);
            let ended = rows.len() < wanted || rows.last().is_some_and(too_early);
            before = rows.last().map_or(before, |row| row.seq);
            taken.extend(rows.into_iter().filter(|row| filter.takes(row)));
            if ended || taken.len() >= limit {
                return Ok(taken);
            }
        }
    }
}

/// The place that everything wanted came before: the page's, or that of the time.
fn begin(filter: &HistoryFilter) -> Option<Before> {
    let of_time = filter.until.map(|at| Before { at, number: i64::MIN, module: String::new() });
    let earlier = |a: Before, b: Before| if a.is_after(b.at, b.number, &b.module) { b } else { a };
    match (filter.before.clone(), of_time) {
        (Some(page), Some(time)) => Some(earlier(page, time)),
        (page, time) => page.or(time),
    }
}

pub(crate) async fn syncs(hub: &Inner, integration: &str) -> Result<Vec<ModuleSyncRow>> {
    let row = hub.integration(integration).await?;
    Ok(hub.store.module_syncs(row.id).await?)
}

/// Entries of the journals of one integration as people read them, in the same order.
async fn tell(hub: &Inner, rows: &[(&ModuleSyncRow, JournalRow)]) -> Result<Vec<HistoryEntry>> {
    let Some(integration) = rows.first().map(|(sync, _)| sync.integration) else { return Ok(Vec::new()) };
    let damaged = |_| {
        HubError::new("store.damaged", "an entry of the journal cannot be read", "restore the latest backup")
    };
    let described: std::result::Result<Vec<_>, _> =
        rows.iter().map(|(_, row)| describe_journal(row)).collect();
    let described = described.map_err(damaged)?;
    let values = described.iter().flat_map(|entry| {
        let sides = sides_of(entry);
        entry.changes.iter().flat_map(move |(_, before, after)| {
            before.iter().map(move |before| (sides.0, before)).chain([(sides.1, after)])
        })
    });
    let mut called = Called::new(hub, integration);
    called.want(values);
    called.learn().await?;
    let (mut names, mut labels) = (HashMap::new(), HashMap::new());
    let mut told = Vec::with_capacity(rows.len());
    for ((sync, row), entry) in rows.iter().zip(&described) {
        let names: &mut Names = names.entry(sync.id).or_default();
        let labels = labels.entry(sync.id).or_insert_with(|| pairs::Names::new(hub, sync));
        told.push(HistoryEntry {
            at: row.at,
            module: sync.left_module.clone(),
            number: row.seq,
            kind: entry.kind,
            side: entry.side,
            left_id: row.left_id.clone(),
            right_id: row.right_id.clone(),
            label: labels.label(row.left_id.as_deref()).await?,
            changes: changes(names.of(hub, sync, entry.mapping).await?, entry, &called),
            by: entry.cause.by.as_deref().map(str::to_owned),
            caused_at: entry.cause.at,
            became: entry.cause.became.iter().map(successor).collect(),
            file: entry.cause.file.clone(),
            erased: is_erased(row),
        });
    }
    Ok(told)
}

/// Whose value a change has before, and whose after: of a conflict that was skipped the two values are those of the two sides.
fn sides_of(entry: &Entry) -> (Side, Side) {
    match entry.kind {
        JournalKind::ConflictSkipped => (Side::Left, Side::Right),
        _ => (entry.side, entry.side),
    }
}

fn changes(slots: &[Slot], entry: &Entry, called: &Called<'_>) -> Vec<FieldChange> {
    let (of_before, of_after) = sides_of(entry);
    let name = |slot: u16| match slots.get(usize::from(slot)) {
        Some(names) if entry.side == Side::Left => names.left.to_string(),
        Some(names) => names.right.to_string(),
        None => format!("#{slot}"),
    };
    let change = |(slot, before, after): &(u16, Option<Value>, Value)| FieldChange {
        field: name(*slot),
        before: before.as_ref().map(|before| called.shown(of_before, before)),
        after: called.shown(of_after, after),
    };
    entry.changes.iter().map(change).collect()
}

/// The names of the slots of a module sync, by mapping version.
#[derive(Default)]
struct Names(HashMap<u32, Vec<Slot>>);

impl Names {
    async fn of(&mut self, hub: &Inner, sync: &ModuleSyncRow, version: u32) -> Result<&[Slot]> {
        Ok(match self.0.entry(version) {
            hash_map::Entry::Occupied(known) => known.into_mut(),
            hash_map::Entry::Vacant(new) => {
                let text = hub.store.mapping_version(sync.id, i64::from(version)).await?;
                new.insert(slots_of(text))
            }
        })
    }
}

fn successor(one: &musubi_core::link::Successor) -> Successor {
    Successor { module: one.module.to_string(), id: one.id.to_string() }
}

/// A value as a person writes it.
pub(crate) fn json(value: &Value) -> serde_json::Value {
    match value {
        Value::Blank => serde_json::Value::Null,
        Value::Text(text) => text.as_str().into(),
        Value::Number(number) => number.to_string().into(),
        Value::Bool(flag) => (*flag).into(),
        Value::Date(date) => date.to_string().into(),
        Value::Instant(at) => at.to_string().into(),
        Value::Set(items) => items.iter().map(|item| serde_json::Value::from(item.as_str())).collect(),
        Value::Record(id) => id.as_str().into(),
        Value::User(user) => user.email.as_deref().unwrap_or(user.id.as_str()).into(),
        Value::Rows(rows) => {
            rows.iter().map(|row| row.iter().map(json).collect::<serde_json::Value>()).collect()
        }
    }
}
