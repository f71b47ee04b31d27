//! Undo: what we wrote is taken back, as a plan that is shown first (I14).

use crate::called::Called;
use crate::error::{HubError, Result};
use crate::history::syncs;
use crate::hub::Hub;
use crate::pairs::Names;
use crate::slots::Slot;
use crate::sync::{Back, Entry, JournalKind, Order, TakenBack, describe_journal, link_state, taken_back};
use crate::upshot;
use crate::value_schema::FieldValue;
use crate::{DecisionReport, export::module_config};
use musubi_core::{
    FieldName, LinkBody, RemoteId, Side, Sides, Value, normalise::is_tidied, policy::Direction,
    schema::FieldType,
};
use musubi_store::{JournalRow, LinkRow, ModuleSyncRow};
use serde::Serialize;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Entries read at once.
const SOME: i64 = 1_000;
/// More pairs than that are not undone at once: a person shall be able to look at the plan.
const MOST: usize = 10_000;

/// What is undone. All of it may be narrowed to one left module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UndoOf {
    /// Of this left module only.
    pub module: Option<String>,
    /// Which writes.
    pub writes: Writes,
}

/// Which writes are undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Writes {
    /// To this record or its counterpart, by its id on either side.
    Record(String),
    /// Of this run of the module.
    Run(i64),
    /// From this time on and before that one, in milliseconds since 1970.
    Between(i64, i64),
}

/// What an undo would do.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct UndoPlan {
    /// Stands for what would be written back: an undo that is told it does only this.
    pub digest: String,
    /// Fields that would be written back.
    pub ready: u64,
    /// Fields that stay as they are, by code.
    pub stays: BTreeMap<String, u64>,
    /// The pairs.
    pub items: Vec<UndoItem>,
}

/// What an undo would do about one pair.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct UndoItem {
    /// The left module.
    pub module: String,
    /// Left record.
    pub left_id: String,
    /// Right record.
    pub right_id: String,
    /// What people call it, where that is known.
    #[schema(required)]
    pub label: Option<String>,
    /// Field by field.
    pub fields: Vec<UndoField>,
}

/// What an undo would do about one field.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct UndoField {
    /// The side that was written to.
    pub side: Side,
    /// The field's name on that side; `null` for the whole record.
    #[schema(required)]
    pub field: Option<String>,
    /// What would be done: `undo.ready`, or why nothing.
    pub code: String,
    /// The same in a sentence.
    pub what: String,
    /// What to do.
    pub hint: String,
    /// What it holds, as last read.
    #[schema(value_type = FieldValue)]
    pub now: Json,
    /// What it would hold.
    #[schema(value_type = FieldValue)]
    pub back: Json,
}

/// A pair's part of the plan, and what is ordered if it is approved.
struct Part {
    item: UndoItem,
    order: Option<(ModuleSyncRow, Order)>,
}

impl Hub {
    /// What an undo would do. No call is made: the values are those last read.
    pub async fn undo_plan(&self, integration: &str, of: &UndoOf) -> Result<UndoPlan> {
        Ok(plan(&self.undo_parts(integration, of).await?))
    }

    /// Takes back what the plan says is ready. `digest`: only if the plan is still that one.
    pub async fn undo(
        &self,
        integration: &str,
        of: &UndoOf,
        digest: Option<&str>,
        by: &str,
    ) -> Result<Vec<DecisionReport>> {
        let parts = self.undo_parts(integration, of).await?;
        if digest.is_some_and(|digest| digest != plan(&parts).digest) {
            return Err(HubError::new(
                "undo.plan_changed",
                "what would be taken back is not what the plan said any more",
                "look at the plan again",
            ));
        }
        self.order(parts.into_iter().filter_map(|part| part.order).collect(), by).await
    }

    async fn undo_parts(&self, integration: &str, of: &UndoOf) -> Result<Vec<Part>> {
        let mut parts = Vec::new();
        for sync in syncs(&self.inner, integration).await? {
            if of.module.as_ref().is_some_and(|module| *module != sync.left_module) {
                continue;
            }
            let rows = self.writes_of(&sync, &of.writes).await?;
            let mut pairs: BTreeMap<(String, String), Vec<Entry>> = BTreeMap::new();
            for row in rows {
                let entry = describe_journal(&row).map_err(|_| HubError::damaged_pair())?;
                if let (Some(left), Some(right)) = (row.left_id, row.right_id) {
                    pairs.entry((left, right)).or_default().push(entry);
                }
            }
            if parts.len() + pairs.len() > MOST {
                return Err(HubError::new(
                    "undo.too_many",
                    format!("that would be an undo of more than {MOST} records"),
                    "narrow it: by module, by run, or to a shorter time",
                ));
            }
            let mut names = Names::new(&self.inner, &sync);
            let mut called = Called::new(&self.inner, sync.integration);
            for ((left, right), entries) in pairs {
                let label = names.label(Some(&left)).await?;
                let link = self.inner.store.link(sync.id, &left).await?;
                let link = link.filter(|link| link.right_id == right && link.state != link_state::UNTIED);
                let part =
                    self.part(&sync, (&mut names, &mut called), (left, right, label), link, &entries).await?;
                parts.extend(part);
            }
        }
        Ok(parts)
    }

    /// The entries that are to be undone, the oldest first.
    async fn writes_of(&self, sync: &ModuleSyncRow, writes: &Writes) -> Result<Vec<JournalRow>> {
        let store = &self.inner.store;
        let (since, until) = match writes {
            Writes::Record(id) => {
                let mut rows = store.journal_of(sync.id, Side::Left, id).await?;
                let right = store.journal_of(sync.id, Side::Right, id).await?;
                rows.extend(right.into_iter().filter(|row| row.left_id.as_ref() != Some(id)));
                rows.sort_by_key(|row| row.seq);
                return Ok(rows);
            }
            Writes::Run(number) => {
                let runs = store.runs(sync.id, number.saturating_add(1), 1).await?;
                let Some(run) = runs.first().filter(|run| run.id == *number) else { return Ok(Vec::new()) };
                (run.started_at, run.ended_at.unwrap_or(i64::MAX))
            }
            Writes::Between(since, until) => (*since, *until),
        };
        let mut after = self.first_after(sync.id, |row| row.at < since).await? - 1;
        let mut found = Vec::new();
        loop {
            let rows = store.journal_tail(sync.id, after, SOME).await?;
            let Some(last) = rows.last() else { return Ok(found) };
            after = last.seq;
            let over = last.at >= until;
            found.extend(rows.into_iter().filter(|row| (since..until).contains(&row.at)));
            if over {
                return Ok(found);
            }
        }
    }

    async fn part(
        &self,
        sync: &ModuleSyncRow,
        (names, called): (&mut Names<'_>, &mut Called<'_>),
        (left_id, right_id, label): (String, String, Option<String>),
        link: Option<LinkRow>,
        entries: &[Entry],
    ) -> Result<Option<Part>> {
        let mut fields = Vec::new();
        for entry in entries {
            let code = match entry.kind {
                JournalKind::Created => "undo.created",
                JournalKind::Deleted => "undo.deleted",
                JournalKind::Attached => "undo.attached",
                _ => continue,
            };
            fields.push(told(entry.side, None, code, (Json::Null, Json::Null)));
        }
        let mut backs = Vec::new();
        match &link {
            None => {
                let mut writes = entries.iter().filter(|entry| entry.kind == JournalKind::Updated);
                if let Some(entry) = writes.next_back() {
                    fields.push(told(entry.side, None, "undo.no_pair", (Json::Null, Json::Null)));
                }
            }
            Some(link) => {
                let body = LinkBody::decode(&link.body).map_err(|_| HubError::damaged_pair())?;
                let present = names.slots(body.mapping).await?.clone();
                let mut versions = BTreeMap::new();
                for entry in entries {
                    versions.insert(entry.mapping, names.slots(entry.mapping).await?.clone());
                }
                let slot = |version: u32, was: u16| {
                    let was = versions.get(&version)?.get(usize::from(was))?;
                    let at = present.iter().position(|now| now.left == was.left && now.right == was.right);
                    u16::try_from(at?).ok()
                };
                for wanted in taken_back(entries, slot) {
                    let pair = &present[usize::from(wanted.slot)];
                    let mut code = judge(sync, &body, pair, &wanted)?;
                    let now = body.side(wanted.side).current(wanted.slot).cloned();
                    if code == READY
                        && now.as_ref() != Some(&wanted.wrote)
                        && (body.side(wanted.side).dirty_at(wanted.slot).is_some()
                            || self.is_carried_on(sync, names, link, pair, wanted.side).await?)
                    {
                        // It looks like what a service tidies, and somebody wrote it.
                        code = "undo.changed_since";
                    }
                    let side = Sides { left: &pair.left, right: &pair.right };
                    let field = Some(side.get(wanted.side).to_string());
                    let both = now.iter().chain([&wanted.back]).map(|value| (wanted.side, value));
                    called.want(both);
                    called.learn().await?;
                    let shown = |value: &Value| called.shown(wanted.side, value);
                    let values = (now.as_ref().map_or(Json::Null, shown), shown(&wanted.back));
                    fields.push(told(wanted.side, field, code, values));
                    if let Some(holds) = now.filter(|_| code == READY) {
                        let fields = Sides { left: pair.left.clone(), right: pair.right.clone() };
                        let TakenBack { side, back, .. } = wanted;
                        backs.push(Back { side, fields, wrote: holds, back });
                    }
                }
            }
        }
        if fields.is_empty() {
            return Ok(None);
        }
        let ids = Sides { left: RemoteId::new(&left_id), right: RemoteId::new(&right_id) };
        let order = (!backs.is_empty()).then(|| (sync.clone(), Order::Undo { ids, fields: backs }));
        let item = UndoItem { module: sync.left_module.clone(), left_id, right_id, label, fields };
        Ok(Some(Part { item, order }))
    }

    /// Whether the field's value was carried to the other side after we last wrote it on this one: then it is somebody's own, however like ours it looks.
    async fn is_carried_on(
        &self,
        sync: &ModuleSyncRow,
        names: &mut Names<'_>,
        link: &LinkRow,
        pair: &Slot,
        side: Side,
    ) -> Result<bool> {
        let mut carried = false;
        for row in self.inner.store.journal_of(sync.id, Side::Left, &link.left_id).await? {
            let entry = describe_journal(&row).map_err(|_| HubError::damaged_pair())?;
            let is_write =
                matches!(entry.kind, JournalKind::Created | JournalKind::Updated | JournalKind::Undone);
            if !is_write || row.right_id.as_ref() != Some(&link.right_id) {
                continue;
            }
            let slots = names.slots(entry.mapping).await?;
            let is_of_field = |slot: &u16| {
                slots
                    .get(usize::from(*slot))
                    .is_some_and(|was| was.left == pair.left && was.right == pair.right)
            };
            let tells = entry.side == side || entry.kind != JournalKind::Undone;
            if tells && entry.changes.iter().any(|(slot, ..)| is_of_field(slot)) {
                carried = entry.side != side;
            }
        }
        Ok(carried)
    }
}

/// It can be taken back.
const READY: &str = "undo.ready";

/// Whether the field still holds what we wrote, as far as is known without asking the service.
fn judge(sync: &ModuleSyncRow, body: &LinkBody, names: &Slot, wanted: &TakenBack) -> Result<&'static str> {
    let TakenBack { side, slot, wrote, back } = wanted;
    if !direction(sync, &names.left)?.allows_from(side.other()) {
        return Ok("undo.direction");
    }
    let kind = match names.kinds.get(*side).as_str() {
        "phone" => FieldType::Phone { max: u32::MAX },
        "tags" => FieldType::Tags { max: u32::MAX },
        _ => FieldType::Text { max: u32::MAX, multiline: true },
    };
    let holds = |now: &Value| now == wrote || is_tidied(wrote, now, &kind);
    let other = body.side(side.other());
    Ok(match body.side(*side).current(*slot) {
        Some(now) if now == back => "undo.is_back",
        Some(now) if holds(now) && other.dirty_at(*slot).is_none() => READY,
        _ => "undo.changed_since",
    })
}

/// Which way the field goes, by the configuration.
fn direction(sync: &ModuleSyncRow, left: &FieldName) -> Result<Direction> {
    let config = module_config(sync)?;
    let module = Direction::from(config.direction);
    let crate::config::Fields::List(pairs) = &config.fields else { return Ok(module) };
    let own = pairs.iter().find(|pair| pair.left == left.as_str()).and_then(|pair| pair.direction);
    Ok(own.map_or(module, |own| Direction::from(own).and(module)))
}

fn told(side: Side, field: Option<String>, code: &str, (now, back): (Json, Json)) -> UndoField {
    let (what, hint) = upshot::meaning(code).map_or(("", ""), |meaning| (meaning.what, meaning.hint));
    UndoField { side, field, code: code.to_owned(), what: what.to_owned(), hint: hint.to_owned(), now, back }
}

fn plan(parts: &[Part]) -> UndoPlan {
    let orders: Vec<&Order> = parts.iter().filter_map(|part| Some(&part.order.as_ref()?.1)).collect();
    let text = serde_json::to_string(&orders).expect("names and values always serialise");
    let mut stays = BTreeMap::new();
    let (mut ready, mut items) = (0, Vec::new());
    for part in parts {
        for field in &part.item.fields {
            match field.code.as_str() {
                READY => ready += 1,
                code => *stays.entry(code.to_owned()).or_default() += 1,
            }
        }
        items.push(part.item.clone());
    }
    UndoPlan { digest: format!("{:016x}", xxhash_rust::xxh3::xxh3_64(text.as_bytes())), ready, stays, items }
}
