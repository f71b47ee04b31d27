//! What is remembered of a person, and where: by a record's id, or by an address that a field holds.

use crate::asked::decision;
use crate::erasing::Target;
use crate::erasure::ErasureCounts;
use crate::error::{HubError, Result};
use crate::hub::Inner;
use crate::sync::{Batch, UnlinkedRecord, describe_journal, is_erased, unlinked_state};
use musubi_core::link::Memory;
use musubi_core::{LinkBody, Side, Sides, Value};
use musubi_store::{LinkRow, SyncId, Want};
use std::collections::BTreeSet;

/// Rows read at once.
const SOME: i64 = 1_000;

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Records of which everything goes.
    pub targets: Vec<Target>,
    /// Journal entries of other records, with values that name the address.
    pub entries: Vec<(i64, i64)>,
    /// Attention items of other records, whose details name the address.
    pub items: Vec<(i64, i64)>,
    /// Among the targets, those that are pairs.
    pub pairs: u64,
}

impl Found {
    fn link(&mut self, sync: SyncId, row: &LinkRow) {
        self.pairs += 1;
        let (left, right) = (Some(row.left_id.clone()), Some(row.right_id.clone()));
        self.targets.push(Target { sync, left, right });
    }

    fn one(&mut self, sync: SyncId, side: Side, id: &str) {
        let ids = Sides::from_fn(|at| (at == side).then(|| id.to_owned()));
        self.targets.push(Target { sync, left: ids.left, right: ids.right });
    }
}

/// An address as addresses are compared; `None` for what is none.
pub(crate) fn address(text: &str) -> Option<String> {
    let text = text.trim().to_lowercase();
    let (name, host) = text.split_once('@')?;
    let fits =
        !name.is_empty() && !host.is_empty() && text.len() <= 320 && !text.contains(char::is_whitespace);
    fits.then_some(text)
}

/// What is remembered of this record.
pub(crate) async fn of_record(hub: &Inner, sync: SyncId, side: Side, id: &str) -> Result<Found> {
    let mut found = Found::default();
    let want = Want { ids: vec![(side, id.to_owned())], ..Want::default() };
    let loaded = hub.store.load(sync, want).await?;
    if let Some(link) = loaded.links.first() {
        found.link(sync, link);
        return Ok(found);
    }
    found.one(sync, side, id);
    let is_kept = loaded.unlinked.iter().any(|row| row.state != unlinked_state::ERASED);
    let told = hub.store.told_of(sync, &found.targets[0].ids()).await?;
    let is_told = told.entries > 0 || told.items > 0;
    if !is_kept && !is_told && intents(hub, sync, &found.targets).await? == 0 {
        found.targets.clear(); // Nothing, or nothing any more.
    }
    Ok(found)
}

/// Adds what a module sync remembers of this address.
pub(crate) async fn of_address(hub: &Inner, sync: SyncId, address: &str, found: &mut Found) -> Result<()> {
    let damaged = |_| HubError::damaged_pair();
    let before = found.targets.len();
    let mut after = String::new();
    loop {
        let rows = hub.store.scan_links(sync, &after, SOME).await?;
        let Some(last) = rows.last() else { break };
        after = last.left_id.clone();
        for row in &rows {
            if pair_names(&LinkBody::decode(&row.body).map_err(damaged)?, address) {
                found.link(sync, row);
            }
        }
    }
    let mut cursor = None;
    loop {
        let rows = hub.store.scan_unlinked(sync, None, None, cursor, SOME).await?;
        let Some(last) = rows.last() else { break };
        cursor = Some((last.side, last.id.clone()));
        for row in &rows {
            let record = UnlinkedRecord::decode(&row.body).map_err(damaged)?;
            if record.values.iter().any(|(_, value)| names(value, address)) {
                found.one(sync, row.side, &row.id);
            }
        }
    }
    for row in hub.store.open_intents(sync).await? {
        let Ok(batch) = Batch::recover(&row, 0) else { continue };
        for item in &batch.items {
            let written = item.assignments.iter().any(|assignment| names(&assignment.value, address));
            let source = item.source.as_ref().is_some_and(|source| memory_names(source, address));
            // What is written to a pair is of the pair, which was found above.
            if let (true, None) = (written || source, item.ids.get(batch.side))
                && let Some(id) = item.ids.get(batch.side.other())
            {
                found.one(sync, batch.side.other(), id.as_str());
            }
        }
    }
    let own: BTreeSet<(Side, String)> =
        found.targets[before..].iter().flat_map(|target| target.records().collect::<Vec<_>>()).collect();
    let is_own = |left: &Option<String>, right: &Option<String>| {
        let has = |side, id: &Option<String>| id.as_ref().is_some_and(|id| own.contains(&(side, id.clone())));
        has(Side::Left, left) || has(Side::Right, right)
    };
    let mut after = 0;
    loop {
        let rows = hub.store.journal_tail(sync, after, SOME).await?;
        let Some(last) = rows.last() else { break };
        after = last.seq;
        for row in rows.iter().filter(|row| !is_erased(row) && !is_own(&row.left_id, &row.right_id)) {
            let entry = describe_journal(row).map_err(damaged)?;
            let mut values = entry.changes.iter().flat_map(|(_, before, after)| before.iter().chain([after]));
            let by = entry.cause.by.as_deref().is_some_and(|by| same(by, address));
            let file = entry.cause.file.as_ref();
            let file = file.is_some_and(|file| quotes(file.name.as_bytes(), address));
            if by || file || values.any(|value| names(value, address)) {
                found.entries.push((sync.0, row.seq));
            }
        }
    }
    for settled in [false, true] {
        let mut after = -1;
        loop {
            let rows = match settled {
                true => hub.store.settled_attention(sync, after, SOME).await?,
                false => hub.store.open_attention(sync, after, SOME).await?,
            };
            let Some(last) = rows.last() else { break };
            after = last.id;
            let others = rows.iter().filter(|row| !is_own(&row.left_id, &row.right_id));
            found.items.extend(others.filter(|row| quotes(&row.body, address)).map(|row| (sync.0, row.id)));
        }
    }
    Ok(())
}

/// How much that is.
pub(crate) async fn counts(hub: &Inner, found: &Found) -> Result<ErasureCounts> {
    let mut counts = ErasureCounts {
        pairs: found.pairs,
        unlinked: found.targets.len() as u64 - found.pairs,
        journal: found.entries.len() as u64,
        failures: found.items.len() as u64,
        ..ErasureCounts::default()
    };
    for target in &found.targets {
        let told = hub.store.told_of(target.sync, &target.ids()).await?;
        counts.journal += told.entries.unsigned_abs();
        counts.failures += told.items.unsigned_abs();
    }
    for sync in found.targets.iter().map(|target| target.sync).collect::<BTreeSet<_>>() {
        let own: Vec<Target> = found.targets.iter().filter(|target| target.sync == sync).cloned().collect();
        counts.intents += intents(hub, sync, &own).await?;
        counts.decisions += decisions(hub, sync, &own).await?.len() as u64;
    }
    Ok(counts)
}

/// Write calls without an answer that are about these records.
pub(crate) async fn intents(hub: &Inner, sync: SyncId, targets: &[Target]) -> Result<u64> {
    let mut count = 0;
    for row in hub.store.open_intents(sync).await? {
        let Ok(batch) = Batch::recover(&row, 0) else { continue };
        let ids = |side| batch.items.iter().filter_map(move |item| item.ids.get(side).as_ref());
        let about = |target: &Target| {
            Side::BOTH
                .into_iter()
                .any(|side| ids(side).any(|id| target.id(side).is_some_and(|own| own == id.as_str())))
        };
        count += u64::from(targets.iter().any(about));
    }
    Ok(count)
}

/// Decisions about these records that are not carried out yet, but for those that erase them.
pub(crate) async fn decisions(hub: &Inner, sync: SyncId, targets: &[Target]) -> Result<Vec<i64>> {
    let rows = hub.store.open_decisions(sync, 0, i64::from(i32::MAX)).await?;
    let about = |order: &crate::sync::Order| {
        !matches!(order, crate::sync::Order::Erase { .. })
            && order.records().any(|(side, id)| {
                targets.iter().any(|target| target.id(side).is_some_and(|own| own == id.as_str()))
            })
    };
    let found = rows.iter().filter(|row| decision(row).is_some_and(|one| about(&one.order)));
    Ok(found.map(|row| row.id).collect())
}

fn pair_names(body: &LinkBody, address: &str) -> bool {
    let restore = body.restore.iter().flat_map(|restore| [&restore.holds, &restore.back]);
    Side::BOTH.iter().any(|side| memory_names(body.side(*side), address))
        || restore.into_iter().any(|value| names(value, address))
        || body.barred.iter().any(|barred| quotes(barred.details.as_bytes(), address))
}

fn memory_names(memory: &Memory, address: &str) -> bool {
    memory.base.iter().flatten().any(|value| names(value, address))
        || memory.dirty.iter().any(|dirty| names(&dirty.value, address))
}

/// It is the address. A user of the service is somebody who works there: their records are not about them.
fn names(value: &Value, address: &str) -> bool {
    match value {
        Value::Text(text) => same(text, address),
        Value::Set(items) => items.iter().any(|item| same(item, address)),
        Value::Rows(rows) => rows.iter().flatten().any(|cell| names(cell, address)),
        _ => false,
    }
}

fn same(text: &str, address: &str) -> bool {
    // The most are of another length: no copy is made of them.
    let text = text.trim();
    text.len() == address.len() && text.to_lowercase() == address
}

/// The address is somewhere in it.
fn quotes(bytes: &[u8], address: &str) -> bool {
    bytes.len() >= address.len() && String::from_utf8_lossy(bytes).to_lowercase().contains(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_compared_without_its_letters_case_and_the_space_around_it() {
        let meant = address("  Mori@Example.com ").unwrap();
        assert_eq!(meant, "mori@example.com");
        for text in ["mori", "@example.com", "mori@", "mo ri@example.com"] {
            assert_eq!(address(text), None, "{text}");
        }
        let rows = Value::Rows([[Value::text("x"), Value::text("MORI@example.com")].into()].into());
        for value in [Value::text(" mori@EXAMPLE.com"), Value::set(["a@b", "mori@example.com"]), rows] {
            assert!(names(&value, &meant), "{value:?}");
        }
        for value in [Value::text("aiko@example.com"), Value::text("to mori@example.com"), Value::Blank] {
            assert!(!names(&value, &meant), "{value:?}");
        }
        assert!(quotes(br#"{"message":"duplicate: Mori@example.com"}"#, &meant));
    }
}
