//! Records that are left as they are, each with the reason: what runs count as skipped, as it now stands. Nothing waits for anybody.

use crate::error::{HubError, Result};
use crate::history::syncs;
use crate::hub::{Hub, Inner};
use crate::pairs::{self, Names};
use crate::reason;
use crate::sync::{UnlinkedRecord, skipped_as};
use musubi_core::link::Outcome;
use musubi_core::{LinkBody, Side};
use musubi_store::{LinkRow, ModuleSyncRow, SyncId, UnlinkedRow};
use serde::Serialize;
use std::fmt;
use utoipa::ToSchema;

/// So many rows are read at a time.
const AT_ONCE: usize = 500;
/// So many are looked through for one page: how a record came out stands in its own row only.
const LOOKED_THROUGH: usize = 5_000;

/// A record, or a pair, that is left as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SkippedRecord {
    /// The left module.
    pub module: String,
    /// The left record, if there is one.
    #[schema(required)]
    pub left_id: Option<String>,
    /// The right record, if there is one.
    #[schema(required)]
    pub right_id: Option<String>,
    /// What people call it, where that is known.
    #[schema(required)]
    pub label: Option<String>,
    /// Why, such as `skipped.scope`.
    pub code: String,
    /// The same in one sentence.
    pub what: String,
    /// When that was last found, in milliseconds since 1970.
    pub since: i64,
}

/// Some of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SkippedPage {
    /// Module by module: pairs by their left ids, then records without a counterpart by side and id. May be empty though there are more.
    pub items: Vec<SkippedRecord>,
    /// Give it as `cursor` to go on; `null` at the end.
    #[schema(required)]
    pub next: Option<String>,
}

/// Which of them.
#[derive(Clone, Debug, Default)]
pub struct SkippedFilter {
    /// Of this left module; where it is tied to several, with the right one: `Contacts:Leads`.
    pub module: Option<String>,
    /// For this reason, with or without `skipped.` before it.
    pub code: Option<String>,
}

impl SkippedFilter {
    fn takes(&self, code: &str) -> bool {
        let bare = |code: &str| code.strip_prefix("skipped.").unwrap_or(code).to_owned();
        self.code.as_ref().is_none_or(|wanted| bare(wanted) == bare(code))
    }
}

/// How far all of an integration was looked through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkippedPlace {
    sync: SyncId,
    at: At,
}

/// After this row of a module pair.
#[derive(Clone, Debug, PartialEq, Eq)]
enum At {
    Pair(String),
    Alone(Side, String),
}

impl SkippedPlace {
    /// Reads what [`SkippedPage::next`] says.
    pub fn parse(text: &str) -> Option<SkippedPlace> {
        let (sync, rest) = text.split_once('.')?;
        let (kind, id) = rest.split_once('.')?;
        let number: i64 = sync.parse().ok().filter(|number: &i64| number.to_string() == sync)?;
        let at = match Side::BOTH.into_iter().find(|known| known.name() == kind) {
            Some(side) => At::Alone(side, id.to_owned()),
            None if kind == "pair" => At::Pair(id.to_owned()),
            None => return None,
        };
        Some(SkippedPlace { sync: SyncId(number), at })
    }
}

impl fmt::Display for SkippedPlace {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.at {
            At::Pair(id) => write!(out, "{}.pair.{id}", self.sync.0),
            At::Alone(side, id) => write!(out, "{}.{}.{id}", self.sync.0, side.name()),
        }
    }
}

impl Hub {
    /// Records that are left as they are: at most so many, after this place, if one is given.
    pub async fn skipped(
        &self,
        integration: &str,
        filter: &SkippedFilter,
        after: Option<&SkippedPlace>,
        limit: usize,
    ) -> Result<SkippedPage> {
        let hub = &self.inner;
        let only = match &filter.module {
            Some(module) => Some(pairs::sync(hub, integration, module).await?.id),
            None => None,
        };
        let mut all = syncs(hub, integration).await?;
        all.retain(|sync| only.is_none_or(|only| sync.id == only));
        all.sort_by_key(|sync| sync.id);
        let mut page = Page { filter, limit, looked: 0, items: Vec::new() };
        for sync in &all {
            let at = match after {
                Some(after) if sync.id < after.sync => continue,
                Some(after) if sync.id == after.sync => after.at.clone(),
                _ => At::Pair(String::new()),
            };
            if let Some(at) = page.fill(hub, sync, at).await? {
                let next = Some(SkippedPlace { sync: sync.id, at }.to_string());
                return Ok(SkippedPage { items: page.items, next });
            }
        }
        Ok(SkippedPage { items: page.items, next: None })
    }
}

/// A page that is being filled.
struct Page<'a> {
    filter: &'a SkippedFilter,
    limit: usize,
    looked: usize,
    items: Vec<SkippedRecord>,
}

impl Page<'_> {
    fn is_full(&self) -> bool {
        self.items.len() >= self.limit || self.looked >= LOOKED_THROUGH
    }

    /// Looks through one module pair. Gives where to go on when the page is full.
    async fn fill(&mut self, hub: &Inner, sync: &ModuleSyncRow, mut at: At) -> Result<Option<At>> {
        let mut names = Names::new(hub, sync);
        loop {
            let read = match &at {
                At::Pair(after) => {
                    let rows = hub.store.scan_links(sync.id, after, AT_ONCE as i64).await?;
                    let read = rows.len();
                    for row in rows {
                        at = At::Pair(row.left_id.clone());
                        self.pair(sync, &row, &mut names).await?;
                        if self.is_full() {
                            return Ok(Some(at));
                        }
                    }
                    read
                }
                At::Alone(side, id) => {
                    let after = Some((*side, id.clone()));
                    let rows = hub.store.scan_unlinked(sync.id, None, None, after, AT_ONCE as i64).await?;
                    let read = rows.len();
                    for row in rows {
                        at = At::Alone(row.side, row.id.clone());
                        self.alone(sync, &row, &mut names).await?;
                        if self.is_full() {
                            return Ok(Some(at));
                        }
                    }
                    read
                }
            };
            at = match at {
                same if read == AT_ONCE => same,
                At::Pair(_) => At::Alone(Side::Left, String::new()),
                At::Alone(..) => return Ok(None),
            };
        }
    }

    async fn pair(&mut self, sync: &ModuleSyncRow, row: &LinkRow, names: &mut Names<'_>) -> Result<()> {
        self.looked += 1;
        let body = LinkBody::decode(&row.body).map_err(|_| HubError::damaged_pair())?;
        if let Some((code, since)) = self.wanted(body.outcome.as_ref()) {
            let ids = (Some(row.left_id.clone()), Some(row.right_id.clone()));
            let label = names.label_of(row).await?;
            self.items.push(told(sync, ids, label, code, since));
        }
        Ok(())
    }

    async fn alone(&mut self, sync: &ModuleSyncRow, row: &UnlinkedRow, names: &mut Names<'_>) -> Result<()> {
        self.looked += 1;
        let record = UnlinkedRecord::decode(&row.body).map_err(|_| HubError::damaged_pair())?;
        if let Some((code, since)) = self.wanted(record.outcome.as_ref()) {
            let id = |side: Side| (row.side == side).then(|| row.id.clone());
            let label = names.label_alone(&record, row.side).await?;
            self.items.push(told(sync, (id(Side::Left), id(Side::Right)), label, code, since));
        }
        Ok(())
    }

    fn wanted(&self, outcome: Option<&Outcome>) -> Option<(String, i64)> {
        let outcome = outcome?;
        let code = skipped_as(&outcome.code)?;
        self.filter.takes(code).then(|| (code.to_owned(), outcome.at.millis()))
    }
}

fn told(
    sync: &ModuleSyncRow,
    (left_id, right_id): (Option<String>, Option<String>),
    label: Option<String>,
    code: String,
    since: i64,
) -> SkippedRecord {
    let what = reason::skipped(&code).unwrap_or_default().to_owned();
    SkippedRecord { module: sync.left_module.clone(), left_id, right_id, label, code, what, since }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_was_told_and_as_nothing_else() {
        let places = [At::Pair(String::new()), At::Pair("a.7".into()), At::Alone(Side::Right, "7".into())];
        for at in places {
            let place = SkippedPlace { sync: SyncId(3), at };
            assert_eq!(SkippedPlace::parse(&place.to_string()), Some(place));
        }
        for wrong in ["", "3.left", "03.left.7", "3.up.7", "x.left.7"] {
            assert_eq!(SkippedPlace::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_reason_is_named_with_what_it_is_a_reason_of_or_without() {
        for wanted in ["scope", "skipped.scope"] {
            let filter = SkippedFilter { code: Some(wanted.into()), module: None };
            assert!(filter.takes("skipped.scope") && !filter.takes("skipped.counterpart_scope"), "{wanted}");
        }
        assert!(SkippedFilter::default().takes("skipped.window"));
    }
}
