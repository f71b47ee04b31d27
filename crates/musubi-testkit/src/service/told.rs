//! What the service tells of records that hang on others, of what was, and of what is gone.

use super::{Service, Values, Version};
use crate::scenario::PARENT;
use musubi_connector::Deleted;
use musubi_core::{Instant, RemoteId, Value};

impl Service {
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
                let row =
                    Deleted { id: id.clone(), at, by: None, created_by: Some(self.creator(record).into()) };
                since.is_none_or(|since| at.second() >= since.second()).then_some(row)
            })
            .collect()
    }
}
