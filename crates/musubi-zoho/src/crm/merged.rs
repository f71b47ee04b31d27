//! Merged records. Of several duplicates one stays, the master, and the others are told to be deleted like any record: only the timeline of the master says that they
//! were merged into it.
//!
//! The service names no master for a deleted record. It was changed by the merge itself, so it is among the records modified in the second of the deletion; the timelines
//! of those are asked. Where they may not be read, a record modified within that second counts as the master: a person decides about it.

use super::modified::Which;
use super::{Crm, cost, list};
use crate::session::Call;
use crate::{envelope, time};
use musubi_connector::{CallError, CallErrorKind, Meta, Priced};
use musubi_core::{Instant, ModuleName, RemoteId};
use serde::Deserialize;

/// Modules whose records nobody can merge.
const NEVER: [&str; 12] = [
    "Notes",
    "Tasks",
    "Events",
    "Calls",
    "Attachments",
    "Products",
    "Price_Books",
    "Quotes",
    "Sales_Orders",
    "Purchase_Orders",
    "Invoices",
    "Solutions",
];
/// The seconds of a merge may differ by so much from record to record, in milliseconds.
const APART: i64 = 2_000;
/// So many timelines are asked for one question: a mass change in the second of a mass deletion is no reason to read them all.
const TIMELINES: usize = 50;
/// So many of records that were modified later.
const TIMELINES_LATER: usize = 10;
/// So many pages of modified records are looked through.
const PAGES: usize = 10;
/// The record was deleted meanwhile.
const NO_SUCH_RECORD: &str = "INVALID_DATA";
/// What a timeline says of a merge.
const MERGE: &str = "find_and_merge_duplicate";
const SOURCES: [&str; 2] = ["findandmerge", "deduplication"];

/// Whether records of this module can be merged.
pub(super) fn tells(module: &ModuleName) -> bool {
    !NEVER.contains(&module.as_str())
}

#[derive(Deserialize)]
struct Timeline {
    #[serde(rename = "__timeline")]
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    audited_time: String,
    action: Option<String>,
    source: Option<String>,
    related_record: Option<Named>,
    record: Option<Named>,
}

#[derive(Deserialize)]
struct Named {
    id: Option<String>,
}

/// A merge that the timeline of a record tells of.
#[derive(Debug, PartialEq, Eq)]
struct Merge {
    at: Instant,
    /// The records that it names, where it names any.
    named: Vec<String>,
}

impl Merge {
    /// Whether this record, deleted at that time, was merged by it.
    fn took(&self, id: &RemoteId, at: Instant) -> bool {
        (self.at.since(at)).abs() <= APART
            && (self.named.is_empty() || self.named.iter().any(|named| named == id.as_str()))
    }
}

impl Crm {
    pub(super) async fn masters_of(
        &self,
        module: &ModuleName,
        deleted: &[(RemoteId, Instant)],
    ) -> Result<(Meta, Vec<Option<RemoteId>>), CallError> {
        let mut meta = Meta::default();
        let Some(first) = deleted.iter().map(|(_, at)| *at).min() else { return Ok((meta, Vec::new())) };
        let changed = self.changed_since(module, first.plus_millis(-APART), &mut meta).await?;
        let near = |at: Instant| deleted.iter().any(|(_, deleted)| at.since(*deleted).abs() <= APART);
        // A master that was changed once more since shows a later time.
        let (then, later): (Vec<_>, Vec<_>) = changed.into_iter().partition(|(_, at)| near(*at));
        let mut merges = Vec::new();
        for (id, at) in then.into_iter().take(TIMELINES).chain(later.into_iter().take(TIMELINES_LATER)) {
            let told = match self.merges_of(module, &id, &mut meta).await {
                // Whoever may not read timelines is not told that it was no merge.
                Err(error)
                    if error.kind == CallErrorKind::Refused && error.service.code != NO_SUCH_RECORD =>
                {
                    vec![Merge { at, named: Vec::new() }]
                }
                Err(error) if error.service.code == NO_SUCH_RECORD => Vec::new(),
                told => told?,
            };
            merges.extend(told.into_iter().map(|merge| (id.clone(), merge)));
        }
        let master = |(id, at): &(RemoteId, Instant)| {
            let took = |(master, merge): &&(RemoteId, Merge)| master != id && merge.took(id, *at);
            merges.iter().find(took).map(|(master, _)| master.clone())
        };
        let masters = deleted.iter().map(master).collect();
        Ok((meta, masters))
    }

    /// Records modified since, in the order of their times.
    async fn changed_since(
        &self,
        module: &ModuleName,
        since: Instant,
        meta: &mut Meta,
    ) -> Result<Vec<(RemoteId, Instant)>, CallError> {
        let (mut changed, mut token) = (Vec::new(), None);
        for _ in 0..PAGES {
            let page = self.modified_page(module, Which::Present, Some(since), token.take()).await?;
            *meta = list::sum(*meta, page.meta);
            for row in page.rows {
                let at = time::parse(&row.modified).ok_or_else(|| envelope::garbage(200))?;
                changed.push((row.id.into(), at));
            }
            match page.next {
                Some(next) => token = Some(next),
                None => break,
            }
        }
        Ok(changed)
    }

    /// The merges that made the record what it is.
    async fn merges_of(
        &self,
        module: &ModuleName,
        id: &RemoteId,
        meta: &mut Meta,
    ) -> Result<Vec<Merge>, CallError> {
        let call = Call::get([super::BASE, super::VERSION, module.as_str(), id.as_str(), "__timeline"])
            .query("sort_by", "audited_time")
            .query("sort_order", "desc");
        let reply = self.session.fetch(call).await?;
        *meta = list::sum(*meta, reply.meta(cost::price(Priced::Other)));
        if matches!(reply.answer.status, 204 | 304) {
            return Ok(Vec::new());
        }
        let garbage = || envelope::garbage(reply.answer.status);
        let told: Timeline = serde_json::from_slice(&reply.answer.body).map_err(|_| garbage())?;
        told.entries
            .into_iter()
            .filter(Entry::is_merge)
            .map(|entry| entry.merge(id).ok_or_else(garbage))
            .collect()
    }
}

impl Entry {
    fn is_merge(&self) -> bool {
        self.action.as_deref() == Some(MERGE)
            || self.source.as_deref().is_some_and(|source| SOURCES.contains(&source))
    }

    fn merge(self, master: &RemoteId) -> Option<Merge> {
        let named = [self.related_record, self.record].into_iter().flatten().filter_map(|record| record.id);
        let named = named.filter(|id| id != master.as_str()).collect();
        Some(Merge { at: time::parse(&self.audited_time)?, named })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn took(entry: &str, id: &str) -> bool {
        let text = format!("{{\"audited_time\":\"2026-05-14T12:53:58+03:00\",{entry}}}");
        let entry: Entry = serde_json::from_str(&text).unwrap();
        let deleted = Instant::parse("2026-05-14T09:53:57Z").unwrap();
        entry.is_merge() && entry.merge(&"1".into()).is_some_and(|merge| merge.took(&id.into(), deleted))
    }

    #[test]
    fn a_timeline_tells_what_was_merged() {
        assert!(took("\"action\":\"find_and_merge_duplicate\",\"source\":\"crm_ui\"", "2"));
        assert!(took("\"action\":\"updated\",\"source\":\"deduplication\",\"record\":{\"id\":\"1\"}", "2"));
        let named = "\"action\":\"find_and_merge_duplicate\",\"source\":\"crm_api\",\"related_record\":{\"id\":\"3\"}";
        assert!(took(named, "3") && !took(named, "2"));
        assert!(!took("\"action\":\"updated\",\"source\":\"crm_ui\"", "2"));
        assert!(!took("\"action\":null", "2"));
    }
}
