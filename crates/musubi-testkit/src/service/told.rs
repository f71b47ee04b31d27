//! What the service tells of records that hang on others, of what was, and of what is gone.

use super::{Record, Service, Values, Version};
use crate::scenario::PARENT;
use musubi_connector::{Deleted, WriteItem};
use musubi_core::{Instant, RemoteId, Value};

/// What became of a record that is gone, where something else took its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Left {
    /// It was merged into this one.
    Merged(RemoteId),
    /// It was converted.
    Converted,
}

/// A lookup that may lead to several modules is written with the one that it leads to, and told without.
pub(super) fn without_module(item: &WriteItem) -> WriteItem {
    let mut item = item.clone();
    for (_, value) in &mut item.values {
        if let Value::Record(id) = value
            && let Some((_, plain)) = id.as_str().split_once(':')
        {
            *value = Value::Record(plain.into());
        }
    }
    item
}

impl Record {
    /// The second in which it was made, by the service's clock.
    pub fn created(&self) -> i64 {
        self.created
    }

    /// The second in which it was changed last.
    pub fn modified(&self) -> i64 {
        self.versions.last().map_or(self.created, |version| version.modified)
    }
}

impl Service {
    /// A person has something else take the place of a record. Merged ones look deleted.
    pub fn person_replaces(&mut self, now: i64, id: &RemoteId, tied: bool, left: Left) {
        self.person_deletes(now, id, tied);
        if let Some(record) = self.records.get_mut(id) {
            record.left = Some(left);
        }
        self.last_change = now;
    }

    /// A person takes a record out of the recycle bin. It is what it was, and was changed when it was changed.
    pub fn person_undeletes(&mut self, now: i64, id: &RemoteId) {
        if let Some(record) = self.records.get_mut(id) {
            (record.deleted, record.undeleted) = (None, Some(now));
            self.changed.push(id.clone());
        }
        self.last_change = now;
    }

    /// What each of these was merged into, as far as a list that lags can tell.
    pub fn merged(&self, now: i64, lag: i64, ids: &[(RemoteId, Instant)]) -> Vec<Option<RemoteId>> {
        let told = |id: &RemoteId| {
            let record = self.records.get(id)?;
            let master = match &record.left {
                Some(Left::Merged(master)) => master.clone(),
                _ => return None,
            };
            record.deleted.is_some_and(|(at, _)| at <= now - lag).then_some(master)
        };
        ids.iter().map(|(id, _)| told(id)).collect()
    }

    /// How many records point to this one, and did so at that time.
    pub fn children(&self, id: &RemoteId, at: i64) -> usize {
        let points = |version: &Version| version.values[PARENT] == Value::Record(id.clone());
        let pointing = self.alive().filter(|(child, record)| {
            *child != id
                && points(record.versions.last().expect("a record has a state"))
                && record.at(at).is_some_and(points)
        });
        pointing.count()
    }

    /// What it held at that time, if it was there.
    pub fn held(&self, id: &RemoteId, at: i64) -> Option<&Values> {
        self.records.get(id)?.at(at).map(|version| &version.values)
    }

    /// Deletions since.
    pub fn deletions(&self, now: i64, lag: i64, since: Option<Instant>) -> Vec<Deleted> {
        let told = |at: i64| at <= now - lag;
        self.records
            .iter()
            .filter_map(|(id, record)| {
                let (at, _) = record.deleted.filter(|(at, _)| told(*at))?;
                let at = Instant::from_seconds(self.second(at));
                let converted = (record.left == Some(Left::Converted)).then(Vec::new);
                let created_by = Some(self.creator(record).into());
                let row = Deleted { id: id.clone(), at, by: None, created_by, converted };
                since.is_none_or(|since| at.second() >= since.second()).then_some(row)
            })
            .collect()
    }
}
