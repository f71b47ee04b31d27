//! Automations of an org that rewrite what is written to its records.

use super::Service;
use crate::scenario::NOTE;
use musubi_core::{RemoteId, Side, Value};

impl Service {
    /// The workflow that rewrites the note after each write, ours included.
    pub fn run_workflows(&mut self, now: i64) {
        let due: Vec<RemoteId> =
            self.workflow_due.extract_if(.., |(at, _)| *at <= now).map(|(_, id)| id).collect();
        for id in due {
            let Some(record) = self.records.get(&id).filter(|record| record.deleted.is_none()) else {
                continue;
            };
            let mut values = record.values().clone();
            let Some(note) = values[NOTE].as_text() else { continue };
            let rewritten = match self.side {
                Side::Left => note.to_uppercase(),
                Side::Right => note.to_lowercase(),
            };
            if rewritten != note {
                values[NOTE] = Value::text(rewritten);
                self.write(now, &id, values);
            }
        }
    }

    /// When the next workflow runs.
    pub fn workflow_at(&self) -> Option<i64> {
        self.workflow_due.iter().map(|(at, _)| *at).min()
    }
}
