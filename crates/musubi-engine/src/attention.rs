//! What a person may settle: failures, conflicts, ambiguous matches, held deletes.

use crate::called::Called;
use crate::conflicts::Kept;
use crate::error::{HubError, Result};
use crate::history::syncs;
use crate::hub::{Hub, Inner};
use crate::matter::{explain, is_tried_again};
use crate::pairs;
use crate::report::Failure;
use musubi_core::{Side, Sides};
use musubi_store::{AttentionRow, ModuleSyncRow, SyncId};

/// So many are read at a time.
const AT_ONCE: i64 = 500;

/// Which matters are wanted.
#[derive(Clone, Debug, Default)]
pub struct FailureFilter {
    /// Of this left module.
    pub module: Option<String>,
    /// With this code.
    pub code: Option<String>,
    /// About this record, by its id on either side.
    pub record: Option<String>,
    /// Only what comes after this one, by [`Failure::id`].
    pub after: Option<String>,
    /// At most so many; 0 means all.
    pub limit: usize,
}

impl FailureFilter {
    pub(crate) fn takes(&self, item: &AttentionRow) -> bool {
        let coded = self.code.as_ref().is_none_or(|code| *code == item.code);
        let is_of = |id: &String| [&item.left_id, &item.right_id].into_iter().flatten().any(|own| own == id);
        coded && self.record.as_ref().is_none_or(is_of)
    }
}

impl Hub {
    /// What a person may settle, in an order that stays while matters come and go.
    pub async fn failures(&self, integration: &str, filter: &FailureFilter) -> Result<Vec<Failure>> {
        let hub = &self.inner;
        let begin = filter.after.as_deref().map(number).transpose()?;
        let limit = if filter.limit == 0 { usize::MAX } else { filter.limit };
        let mut failures = Vec::new();
        if let Some(module) = &filter.module {
            let all = syncs(hub, integration).await?;
            if !all.iter().any(|sync| sync.left_module == *module) {
                return Err(pairs::not_synced(integration, module));
            }
        }
        let mut syncs = syncs(hub, integration).await?;
        syncs.sort_by_key(|sync| sync.id);
        for sync in syncs {
            if filter.module.as_ref().is_some_and(|module| *module != sync.left_module) {
                continue;
            }
            let after = match begin {
                Some((of, _)) if sync.id < of => continue,
                Some((of, item)) if sync.id == of => item,
                _ => -1,
            };
            let mut shown = Shown::new(hub, integration, &sync);
            let mut walk = Walk { after, ..Walk::new(sync.id) };
            while let Some(items) = walk.next(hub).await? {
                for item in items {
                    if !filter.takes(&item) {
                        continue;
                    }
                    failures.push(shown.failure(item).await?);
                    if failures.len() == limit {
                        return Ok(failures);
                    }
                }
            }
        }
        Ok(failures)
    }
}

/// The open items of a sync, some at a time.
pub(crate) struct Walk {
    sync: SyncId,
    after: i64,
}

impl Walk {
    /// From the first one.
    pub fn new(sync: SyncId) -> Walk {
        Walk { sync, after: -1 }
    }

    /// The next ones; `None` at the end.
    pub async fn next(&mut self, hub: &Inner) -> Result<Option<Vec<AttentionRow>>> {
        let items = hub.store.open_attention(self.sync, self.after, AT_ONCE).await?;
        let Some(last) = items.last() else { return Ok(None) };
        self.after = last.id;
        Ok(Some(items))
    }
}

/// Matters of one module as they are shown to people.
pub(crate) struct Shown<'a> {
    names: pairs::Names<'a>,
    called: Called<'a>,
    integration: &'a str,
    sync: &'a ModuleSyncRow,
    /// How often something is tried again by itself.
    most: u64,
}

impl<'a> Shown<'a> {
    /// Those of this module.
    pub fn new(hub: &'a Inner, integration: &'a str, sync: &'a ModuleSyncRow) -> Shown<'a> {
        let most = hub.settings.retries.len() as u64;
        let called = Called::new(hub, sync.integration);
        Shown { names: pairs::Names::new(hub, sync), called, integration, sync, most }
    }

    /// One of them.
    pub async fn failure(&mut self, item: AttentionRow) -> Result<Failure> {
        let mut label = self.names.label(item.left_id.as_deref()).await?;
        for (side, id) in [(Side::Left, &item.left_id), (Side::Right, &item.right_id)] {
            if let (None, Some(id)) = (&label, id) {
                label = self.names.label_of_lone(side, id).await?;
            }
        }
        let kept = Kept::of(&item.code, &item.body);
        let fields = match &kept {
            Some(kept) => {
                let (left_id, field) = (item.left_id.as_deref(), item.field.as_deref());
                self.names.fields(left_id, field, kept.slot()).await?
            }
            None => None,
        };
        let conflict = match kept.zip(fields) {
            Some((kept, fields)) => {
                self.called.want(kept.values());
                self.called.learn().await?;
                Some(kept.shown(Sides { left: &fields.left, right: &fields.right }, &self.called))
            }
            None => None,
        };
        let due = (item.due != i64::MAX && is_tried_again(&item.code)).then_some(item.due);
        let (what, hint) = explain(&item.code).map_or(("", ""), |matter| (matter.what, matter.hint));
        Ok(Failure {
            label,
            what: what.to_owned(),
            hint: hint.to_owned(),
            id: format!("{}-{}", self.sync.id.0, item.id),
            integration: self.integration.to_owned(),
            module: self.sync.left_module.clone(),
            since: item.created_at,
            details: details(&item),
            conflict,
            code: item.code,
            left_id: item.left_id,
            right_id: item.right_id,
            field: item.field,
            tries: item.tries,
            tries_most: due.map(|_| self.most),
            due,
        })
    }
}

/// What is told besides. The values of a conflict are told in their own place.
fn details(item: &AttentionRow) -> serde_json::Value {
    if item.code.starts_with("conflict.") {
        return serde_json::Value::Null;
    }
    serde_json::from_slice(&item.body).unwrap_or_default()
}

/// The sync and the item that an id names.
pub(crate) fn number(id: &str) -> Result<(SyncId, i64)> {
    let parsed =
        id.split_once('-').and_then(|(sync, item)| Some((SyncId(sync.parse().ok()?), item.parse().ok()?)));
    parsed.ok_or_else(|| {
        HubError::new(
            "failure.unknown",
            format!("{id:?} is no failure"),
            "`musubi failures NAME` lists them with their ids",
        )
    })
}
