//! The records of one module with their indexes.
//!
//! Records stand in slots in the order of their ids, so a slot number is an order by id. A deleted record keeps its
//! slot until the service would have forgotten it.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::{
    field::Field,
    ranked::Ranked,
    record::{FieldNo, Record},
    value::Value,
};

/// Seconds a record stays in the recycle bin.
pub const BIN_SECONDS: i64 = 60 * 86_400;

/// Where a slot's record is.
#[derive(Debug, Clone)]
pub enum Slot {
    /// In use.
    Live(Record),
    /// In the recycle bin, or gone for good when the time is over or somebody emptied the bin.
    Deleted(Box<Deleted>),
}

/// A deleted record.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Deleted {
    /// The record as it was; `None` once it is gone for good.
    pub record: Option<Record>,
    /// When it was deleted.
    pub time: i64,
    /// Who deleted it.
    pub by: i64,
    /// What it was called.
    pub display_name: String,
    /// Who had made it.
    pub created_by: i64,
    /// Who owned it.
    pub owner: i64,
}

impl Deleted {
    /// Whether it is gone for good at this time.
    pub fn is_permanent(&self, now: i64) -> bool {
        self.record.is_none() || now - self.time > BIN_SECONDS
    }
}

/// The records of one module.
#[derive(Debug, Default)]
pub struct Table {
    ids: Vec<i64>,
    slots: Vec<Slot>,
    by_id: Ranked,
    by_modified: Ranked,
    by_created: Ranked,
    by_deleted: Ranked,
    by_field: HashMap<FieldNo, Ranked>,
    history: Option<Vec<Change>>,
}

/// What a slot held before a change, kept while reads may be asked to lag.
#[derive(Debug, Clone)]
pub struct Change {
    /// When, in milliseconds.
    pub at_ms: i64,
    /// Which slot.
    pub slot: u32,
    /// The live record before; `None` when there was none.
    pub before: Option<Record>,
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// By id.
    Id,
    /// By creation time, then id.
    CreatedTime,
    /// By modified time, then id.
    ModifiedTime,
}

impl Table {
    /// Live records.
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Whether no record is live.
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// The slot of an id, live or not.
    pub fn slot_of(&self, id: i64) -> Option<u32> {
        self.ids.binary_search(&id).ok().map(|at| at as u32)
    }

    /// A live record by id.
    pub fn get(&self, id: i64) -> Option<&Record> {
        self.live(self.slot_of(id)?)
    }

    /// The live record of a slot.
    pub fn live(&self, slot: u32) -> Option<&Record> {
        match self.slots.get(slot as usize)? {
            Slot::Live(record) => Some(record),
            Slot::Deleted(_) => None,
        }
    }

    /// A deleted record by id.
    pub fn deleted(&self, id: i64) -> Option<&Deleted> {
        match &self.slots[self.slot_of(id)? as usize] {
            Slot::Deleted(deleted) => Some(deleted),
            Slot::Live(_) => None,
        }
    }

    /// Slots of live records in an order.
    pub fn order(&self, order: Order) -> &Ranked {
        match order {
            Order::Id => &self.by_id,
            Order::CreatedTime => &self.by_created,
            Order::ModifiedTime => &self.by_modified,
        }
    }

    /// Deleted slots by time of deletion.
    pub fn deletions(&self) -> &Ranked {
        &self.by_deleted
    }

    /// The deleted record of a slot.
    pub fn deleted_at(&self, slot: u32) -> Option<(i64, &Deleted)> {
        match self.slots.get(slot as usize)? {
            Slot::Deleted(deleted) => Some((self.ids[slot as usize], deleted)),
            Slot::Live(_) => None,
        }
    }

    /// All live records in order of id.
    pub fn iter(&self) -> impl Iterator<Item = &Record> + '_ {
        self.slots.iter().filter_map(|slot| match slot {
            Slot::Live(record) => Some(record),
            Slot::Deleted(_) => None,
        })
    }

    /// Live records whose indexed field may hold this value; the caller compares. `None` when there is no index.
    pub fn candidates(&self, field: FieldNo, key: i64) -> Option<impl Iterator<Item = &Record> + '_> {
        Some(self.by_field.get(&field)?.slots(key).filter_map(|slot| self.live(slot)))
    }

    /// The index of a field, entries ordered by key.
    pub fn field_index(&self, field: FieldNo) -> Option<&Ranked> {
        self.by_field.get(&field)
    }

    /// Adds a record or replaces the live or deleted one of the same id.
    pub fn put(&mut self, record: Record, fields: &[Field], now_ms: i64) {
        if self.ids.last().is_none_or(|last| *last < record.id) {
            let slot = self.ids.len() as u32;
            self.remember(slot, None, now_ms);
            self.ids.push(record.id);
            self.index(slot, &record, fields);
            self.slots.push(Slot::Live(record));
            return;
        }
        let slot = match self.ids.binary_search(&record.id) {
            Ok(at) => at as u32,
            Err(at) => {
                // Only a replayed log or two modules' shared counter can come here out of order: rebuild around it.
                self.insert_slot(at, record, fields);
                return;
            }
        };
        let mut slots = std::mem::take(&mut self.slots);
        match &slots[slot as usize] {
            Slot::Live(old) => self.reindex(slot, old, &record, fields),
            Slot::Deleted(old) => {
                self.by_deleted.remove((old.time, slot));
                self.index(slot, &record, fields);
            }
        }
        let before = match std::mem::replace(&mut slots[slot as usize], Slot::Live(record)) {
            Slot::Live(old) => Some(old),
            Slot::Deleted(_) => None,
        };
        self.slots = slots;
        self.remember(slot, before, now_ms);
    }

    /// Moves a live record to the recycle bin; says whether there was one.
    pub fn delete(&mut self, id: i64, mut deleted: Deleted, fields: &[Field], now_ms: i64) -> bool {
        let Some(slot) = self.slot_of(id) else { return false };
        let Some(old) = self.live(slot).cloned() else { return false };
        self.unindex(slot, &old, fields);
        self.by_deleted.insert((deleted.time, slot));
        deleted.record = Some(old.clone());
        self.slots[slot as usize] = Slot::Deleted(Box::new(deleted));
        self.remember(slot, Some(old), now_ms);
        true
    }

    /// Forgets a deleted record's content.
    pub fn purge(&mut self, id: i64) -> bool {
        let Some(slot) = self.slot_of(id) else { return false };
        match &mut self.slots[slot as usize] {
            Slot::Deleted(deleted) => deleted.record.take().is_some(),
            Slot::Live(_) => false,
        }
    }

    /// Builds the index of a field that became indexed.
    pub fn index_field(&mut self, field: FieldNo) {
        let mut ranked = Ranked::default();
        for (slot, entry) in self.slots.iter().enumerate() {
            if let Slot::Live(record) = entry
                && let Some(key) = record.get(field).and_then(index_key)
            {
                ranked.insert((key, slot as u32));
            }
        }
        self.by_field.insert(field, ranked);
    }

    /// Starts or stops remembering what records were before each change.
    pub fn keep_history(&mut self, keep: bool) {
        match keep {
            true if self.history.is_none() => self.history = Some(Vec::new()),
            true => {}
            false => self.history = None,
        }
    }

    /// The changes after an instant, oldest first.
    pub fn changes_since(&self, at_ms: i64) -> &[Change] {
        let all = self.history.as_deref().unwrap_or(&[]);
        &all[all.partition_point(|change| change.at_ms <= at_ms)..]
    }

    /// All live records as they were at an instant, as far as history was kept.
    pub fn as_of(&self, at_ms: i64) -> Vec<Record> {
        let mut then: HashMap<u32, Option<&Record>> = HashMap::new();
        for change in self.changes_since(at_ms) {
            then.entry(change.slot).or_insert(change.before.as_ref());
        }
        (0..self.slots.len() as u32)
            .filter_map(|slot| match then.get(&slot) {
                Some(before) => *before,
                None => self.live(slot),
            })
            .cloned()
            .collect()
    }

    /// One live record as it was at an instant, as far as history was kept.
    pub fn get_as_of(&self, id: i64, at_ms: i64) -> Option<&Record> {
        let slot = self.slot_of(id)?;
        match self.changes_since(at_ms).iter().find(|change| change.slot == slot) {
            Some(change) => change.before.as_ref(),
            None => self.live(slot),
        }
    }

    fn remember(&mut self, slot: u32, before: Option<Record>, at_ms: i64) {
        if let Some(history) = &mut self.history {
            history.push(Change { at_ms, slot, before });
        }
    }

    fn index(&mut self, slot: u32, record: &Record, fields: &[Field]) {
        self.by_id.insert((record.id, slot));
        self.by_modified.insert((record.modified, slot));
        self.by_created.insert((record.created, slot));
        for cell in &record.cells {
            if fields[cell.field as usize].indexed()
                && let Some(key) = index_key(&cell.value)
            {
                self.by_field.entry(cell.field).or_default().insert((key, slot));
            }
        }
    }

    fn unindex(&mut self, slot: u32, record: &Record, fields: &[Field]) {
        self.by_id.remove((record.id, slot));
        self.by_modified.remove((record.modified, slot));
        self.by_created.remove((record.created, slot));
        for cell in &record.cells {
            if fields[cell.field as usize].indexed()
                && let Some(key) = index_key(&cell.value)
                && let Some(ranked) = self.by_field.get_mut(&cell.field)
            {
                ranked.remove((key, slot));
            }
        }
    }

    fn reindex(&mut self, slot: u32, old: &Record, new: &Record, fields: &[Field]) {
        if old.modified != new.modified {
            self.by_modified.remove((old.modified, slot));
            self.by_modified.insert((new.modified, slot));
        }
        for (no, _) in fields.iter().enumerate().filter(|(_, field)| field.indexed()) {
            let no = no as FieldNo;
            let (before, after) = (old.get(no).and_then(index_key), new.get(no).and_then(index_key));
            if before == after {
                continue;
            }
            let ranked = self.by_field.entry(no).or_default();
            if let Some(key) = before {
                ranked.remove((key, slot));
            }
            if let Some(key) = after {
                ranked.insert((key, slot));
            }
        }
    }

    fn insert_slot(&mut self, at: usize, record: Record, fields: &[Field]) {
        self.ids.insert(at, record.id);
        self.slots.insert(at, Slot::Live(record));
        let slots = std::mem::take(&mut self.slots);
        self.by_id = Ranked::default();
        self.by_modified = Ranked::default();
        self.by_created = Ranked::default();
        self.by_deleted = Ranked::default();
        self.by_field.clear();
        for (slot, entry) in slots.iter().enumerate() {
            match entry {
                Slot::Live(record) => self.index(slot as u32, record, fields),
                Slot::Deleted(deleted) => self.by_deleted.insert((deleted.time, slot as u32)),
            }
        }
        self.slots = slots;
    }
}

/// The key under which a value is indexed: references by id, text by a hash that ignores letter case.
pub fn index_key(value: &Value) -> Option<i64> {
    match value {
        Value::Text(text) => Some(text_key(text)),
        Value::Int(number) => Some(*number),
        _ => value.as_reference(),
    }
}

/// The index key of a text.
pub fn text_key(text: &str) -> i64 {
    // FNV-1a: short, and the same in every run, which keeps list orders reproducible.
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut add = |byte: u8| {
        hash ^= u64::from(byte);
        hash = hash.wrapping_mul(0x0000_0100_0000_01b3);
    };
    if text.is_ascii() {
        text.bytes().for_each(|byte| add(byte.to_ascii_lowercase()));
    } else {
        text.to_lowercase().bytes().for_each(add);
    }
    hash as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::org::kind::Kind;

    fn record(id: i64, time: i64, email: &str) -> Record {
        let mut record = Record {
            id,
            created: time,
            modified: time,
            activity: None,
            owner: 1,
            created_by: 1,
            modified_by: 1,
            cells: vec![],
            tags: Box::new([]),
            converted: None,
        };
        record.set(0, Some(Value::Text(email.into())));
        record
    }

    fn bin(time: i64) -> Deleted {
        Deleted { record: None, time, by: 1, display_name: String::new(), created_by: 1, owner: 1 }
    }

    #[test]
    fn indexes_follow_every_change() {
        let fields = vec![Field::new(1, "Email", "Email", Kind::Email)];
        let mut table = Table::default();
        table.put(record(10, 100, "a@x"), &fields, 0);
        table.put(record(20, 101, "B@x"), &fields, 0);
        assert_eq!(table.candidates(0, text_key("b@X")).unwrap().count(), 1);
        let mut changed = record(10, 100, "c@x");
        changed.modified = 105;
        table.put(changed, &fields, 0);
        assert_eq!(table.candidates(0, text_key("a@x")).unwrap().count(), 0);
        assert_eq!(table.order(Order::ModifiedTime).iter().map(|e| e.0).collect::<Vec<_>>(), [101, 105]);
        assert!(table.delete(10, bin(200), &fields, 0));
        assert!(!table.delete(10, bin(200), &fields, 0));
        assert_eq!(table.len(), 1);
        assert!(table.deleted(10).unwrap().is_permanent(200 + BIN_SECONDS + 1));
        let back = table.deleted(10).unwrap().record.clone().unwrap();
        table.put(back, &fields, 0);
        assert_eq!(table.candidates(0, text_key("C@X")).unwrap().next().unwrap().id, 10);
        assert!(table.deletions().is_empty());
    }
}
