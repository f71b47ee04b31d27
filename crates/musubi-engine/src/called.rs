//! What people call the records that values point to, as far as pairs of the same integration tell it. No call to a service is made.

use crate::error::{HubError, Result};
use crate::history::json as shown_as;
use crate::hub::Inner;
use crate::pairs::Names;
use crate::sync::UnlinkedRecord;
use musubi_core::{Side, Value};
use musubi_store::Want;
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};

/// The records of an integration, by what people call them: as many as values were seen that point to them.
pub(crate) struct Called<'a> {
    hub: &'a Inner,
    integration: i64,
    /// `None`: nobody knows.
    names: BTreeMap<(Side, String), Option<String>>,
    wanted: BTreeSet<(Side, String)>,
}

impl<'a> Called<'a> {
    /// None of them yet.
    pub fn new(hub: &'a Inner, integration: i64) -> Called<'a> {
        Called { hub, integration, names: BTreeMap::new(), wanted: BTreeSet::new() }
    }

    /// Those that these values of a side's records point to are wanted as well.
    pub fn want<'v>(&mut self, values: impl IntoIterator<Item = (Side, &'v Value)>) {
        for (side, value) in values {
            pointed_to(side, value, &mut self.wanted);
        }
    }

    /// Looks for those that are wanted.
    pub async fn learn(&mut self) -> Result<()> {
        let mut wanted = std::mem::take(&mut self.wanted);
        wanted.retain(|key| !self.names.contains_key(key));
        if wanted.is_empty() {
            return Ok(());
        }
        for sync in self.hub.store.module_syncs(self.integration).await? {
            let want = Want { ids: wanted.iter().cloned().collect(), ..Want::default() };
            let loaded = self.hub.store.load(sync.id, want).await?;
            let mut names = Names::new(self.hub, &sync);
            let mut found = Vec::new();
            for row in loaded.links {
                let label = names.label_of(&row).await?;
                found.extend(Side::BOTH.map(|side| ((side, row.id(side).to_owned()), label.clone())));
            }
            for row in loaded.unlinked {
                let record = UnlinkedRecord::decode(&row.body).map_err(|_| HubError::damaged_pair())?;
                let label = names.label_alone(&record, row.side).await?;
                found.push(((row.side, row.id), label));
            }
            found.retain(|(key, label)| label.is_some() && wanted.remove(key));
            self.names.extend(found);
        }
        self.names.extend(wanted.into_iter().map(|key| (key, None)));
        Ok(())
    }

    /// A value of a record of this side, as a person reads it.
    pub fn shown(&self, side: Side, value: &Value) -> Json {
        match value {
            Value::Record(id) => match self.names.get(&(side, id.to_string())).and_then(Option::as_ref) {
                Some(name) => json!({"id": id.as_str(), "name": name}),
                None => id.as_str().into(),
            },
            Value::Rows(rows) => {
                let row = |row: &[Value]| row.iter().map(|cell| self.shown(side, cell)).collect::<Json>();
                rows.iter().map(|cells| row(cells)).collect()
            }
            value => shown_as(value),
        }
    }
}

fn pointed_to(side: Side, value: &Value, wanted: &mut BTreeSet<(Side, String)>) {
    match value {
        Value::Record(id) => {
            wanted.insert((side, id.to_string()));
        }
        Value::Rows(rows) => rows.iter().flatten().for_each(|cell| pointed_to(side, cell, wanted)),
        _ => {}
    }
}
