//! What a client can bring back that has nothing but the journal.

use super::fields::{Field, Kind, MODULES, Module, form};
use super::office::{Record, Stand};
use musubi_core::Side;
use musubi_engine::report::HistoryEntry;
use musubi_engine::sync::JournalKind;
use musubi_engine::{HistoryFilter, Hub};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The journal of this long, the newest first.
pub async fn journal(hub: &Hub, since: i64) -> Vec<HistoryEntry> {
    let filter = HistoryFilter { since: Some(since), limit: 10_000, ..HistoryFilter::default() };
    hub.history("both", &filter).await.unwrap()
}

/// Both sides after what the journal tells was taken back.
pub struct Back {
    pub sides: [Stand; 2],
    /// As they were before that.
    now: [Stand; 2],
    /// What the hub had deleted on each side.
    deleted: [BTreeSet<String>; 2],
}

impl Back {
    /// From what stands there now. The newest entries come first.
    pub fn of(now: [Stand; 2], entries: &[HistoryEntry]) -> Back {
        let mut back = Back { sides: now.clone(), now, deleted: Default::default() };
        entries.iter().for_each(|entry| back.take_back(entry));
        back.sides.iter_mut().for_each(hide_what_leads_nowhere);
        back
    }

    /// Takes back what an entry says was done to its side.
    fn take_back(&mut self, entry: &HistoryEntry) {
        let at = usize::from(entry.side == Side::Right);
        let Some(id) = [&entry.left_id, &entry.right_id][at].clone() else { return };
        let number = MODULES.iter().position(|module| module.name == entry.module).unwrap();
        let records = &mut self.sides[at][number];
        let before = before(&MODULES[number], entry);
        match entry.kind {
            JournalKind::Created => drop(records.remove(&id)),
            JournalKind::Deleted => {
                // Blank fields are not told.
                let fields = MODULES[number].fields.iter();
                let mut record: Record = fields.map(|field| (field.name.to_owned(), Value::Null)).collect();
                record.extend(before);
                records.insert(id.clone(), record);
                self.deleted[at].insert(id);
            }
            JournalKind::Updated => {
                if let Some(record) = records.get_mut(&id) {
                    record.extend(before);
                }
            }
            _ => {}
        }
    }

    /// Where a side is not as people had left it. `leads`: which of its records lead to which, deleted ones included.
    pub fn differences(
        &self,
        side: usize,
        left_so: &Stand,
        leads: &BTreeSet<(String, String)>,
    ) -> Vec<String> {
        let mut found = Vec::new();
        for (number, module) in MODULES.iter().enumerate() {
            let (back, left_so) = (&self.sides[side][number], &left_so[number]);
            let ids: BTreeSet<&String> = back.keys().chain(left_so.keys()).collect();
            for id in ids {
                let (Some(back), Some(then)) = (back.get(id), left_so.get(id)) else {
                    let (back, then) = (back.get(id), left_so.get(id));
                    found.push(format!("{} {id}: is {back:?}, was {then:?}", module.name));
                    continue;
                };
                for field in module.fields {
                    let (back, then) = (&back[field.name], &then[field.name]);
                    let hidden = || {
                        let now = self.now[side][number].get(id).map(|record| &record[field.name]);
                        let lost = then.as_str().filter(|lost| self.deleted[side].contains(*lost));
                        back.is_null() && lost.is_some_and(|lost| is_hidden(id, lost, now, leads))
                    };
                    if back != then && !hidden() {
                        found.push(format!("{} {id} {}: is {back}, was {then}", module.name, field.name));
                    }
                }
            }
        }
        found
    }
}

/// A lookup is blank that led to a record which the hub deleted, and the journal tells nothing of it. That is so if nobody wrote this blank: the service shows nothing
/// where the record was deleted, keeps the lookup, and shows it again when the record is restored from its recycle bin. The journal has all that the deleted record
/// held; who led to it is nothing that it held. Where the lookup holds something else now, or went with its own record, the hub found it blank already.
fn is_hidden(id: &str, lost: &str, now: Option<&Value>, leads: &BTreeSet<(String, String)>) -> bool {
    match now {
        Some(Value::Null) => leads.contains(&(id.to_owned(), lost.to_owned())),
        _ => true,
    }
}

/// What stood in the fields, in one form.
fn before(module: &Module, entry: &HistoryEntry) -> Record {
    let mut record = Record::new();
    for change in &entry.changes {
        // What is only looked at, and never written.
        let Some(field) = module.fields.iter().find(|field| field.name == change.field) else { continue };
        let held = change.before.as_ref().map_or(Value::Null, |before| form(field.kind, before));
        record.insert(change.field.clone(), held);
    }
    record
}

/// A lookup to what is not there shows nothing, in the service. The journal may name such a record: the one that people had deleted, if the hub had not read what
/// led to it since, for the service does not call that modified.
fn hide_what_leads_nowhere(stand: &mut Stand) {
    let there = stand.each_ref().map(|records| records.keys().cloned().collect::<BTreeSet<String>>());
    for (records, module) in stand.iter_mut().zip(&MODULES) {
        for field in module.fields {
            let Kind::To(parent) = field.kind else { continue };
            for record in records.values_mut() {
                let value = &mut record[field.name];
                if value.as_str().is_some_and(|id| !there[parent].contains(id)) {
                    *value = Value::Null;
                }
            }
        }
    }
}

/// Without ids, which nobody can give back: what a record leads to is told by its key.
pub fn contents(stand: &Stand) -> Vec<String> {
    let key = |parent: usize, id: &str| {
        stand[parent].get(id).map_or(Value::Null, |record| record[MODULES[parent].fields[0].name].clone())
    };
    let mut all = Vec::new();
    for (records, module) in stand.iter().zip(&MODULES) {
        for record in records.values() {
            let told = |field: &Field| match (field.kind, &record[field.name]) {
                (Kind::To(parent), Value::String(id)) => key(parent, id),
                (_, value) => value.clone(),
            };
            let values: Vec<Value> = module.fields.iter().map(told).collect();
            all.push(json!([module.name, values]).to_string());
        }
    }
    all.sort();
    all
}
