//! Pairs as a person looks at them: what is remembered of both sides, field by field. No call to a service is made.

use crate::HistoryFilter;
use crate::called::Called;
use crate::error::{HubError, Result};
use crate::hub::{Hub, Inner};
use crate::references;
use crate::report::HistoryEntry;
use crate::slots::Slot;
use crate::sync::UnlinkedRecord;
use crate::value_schema::FieldValue;
use crate::versions::slots_of;
use musubi_core::link::LinkBody;
use musubi_core::{FieldName, Side, Sides, Value};
use musubi_store::{LinkRow, ModuleSyncRow, Want};
use serde::Serialize;
use serde_json::Value as Json;
use utoipa::ToSchema;

/// So many links are looked through for one page of a search.
const LOOKED_THROUGH: usize = 5_000;

/// How a pair stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LinkState {
    /// Both agree.
    Settled,
    /// There is work to do.
    Owed,
    /// One of them was deleted.
    Untied,
    /// It waits for a person or a parent.
    Held,
}

/// How the two values of a pair's field compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FieldState {
    /// They agree.
    Agrees,
    /// The left one was changed.
    LeftChanged,
    /// The right one was changed.
    RightChanged,
    /// Both were changed.
    Conflict,
    /// They have never agreed yet.
    Unknown,
}

/// A pair.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Link)]
pub struct Pair {
    /// Left record.
    pub left_id: String,
    /// Right record.
    pub right_id: String,
    /// How it stands.
    pub state: LinkState,
    /// What people call it, where that is known.
    #[schema(required)]
    pub label: Option<String>,
}

/// Some pairs.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = LinkPage)]
pub struct Pairs {
    /// In the order of the left ids.
    pub items: Vec<Pair>,
    /// Give it as `cursor` to go on; `null` at the end.
    #[schema(required)]
    pub next: Option<String>,
}

/// A pair with what is remembered of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = LinkDetail)]
pub struct PairDetail {
    /// The pair.
    #[serde(flatten)]
    pub pair: Pair,
    /// When the left record was last changed, as far as it was seen, in milliseconds since 1970.
    #[schema(required)]
    pub left_modified_at: Option<i64>,
    /// When the right one was.
    #[schema(required)]
    pub right_modified_at: Option<i64>,
    /// Field by field.
    pub fields: Vec<PairField>,
    /// The whole journal of the pair, the newest first.
    pub history: Vec<HistoryEntry>,
}

/// A mapped field of a pair.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = LinkField)]
pub struct PairField {
    /// Left field.
    pub left: String,
    /// Right field.
    pub right: String,
    /// The left field's name for people: no service is asked, so it is the API name in words.
    pub label_left: String,
    /// The right field's.
    pub label_right: String,
    /// What the left record holds, as last read; `null` also when that is not known.
    #[schema(value_type = FieldValue, required)]
    pub left_value: Option<Json>,
    /// What the right record holds.
    #[schema(value_type = FieldValue, required)]
    pub right_value: Option<Json>,
    /// What the left record held when both last agreed.
    #[schema(value_type = FieldValue, required)]
    pub left_base: Option<Json>,
    /// What the right record held then.
    #[schema(value_type = FieldValue, required)]
    pub right_base: Option<Json>,
    /// How the two compare.
    pub state: FieldState,
}

impl Hub {
    /// Pairs of a module, by left id after `cursor`; those whose ids or names contain `search`.
    pub async fn pairs(
        &self,
        integration: &str,
        module: &str,
        search: Option<&str>,
        cursor: &str,
        limit: usize,
    ) -> Result<Pairs> {
        let hub = &self.inner;
        let sync = sync(hub, integration, module).await?;
        let mut names = Names::new(hub, &sync);
        let search = search.map(str::to_lowercase).filter(|search| !search.is_empty());
        let (mut items, mut after, mut looked) = (Vec::new(), cursor.to_owned(), 0);
        loop {
            let rows = hub.store.scan_links(sync.id, &after, 500).await?;
            let ended = rows.len() < 500;
            for row in rows {
                after = row.left_id.clone();
                looked += 1;
                let pair = names.pair(&row).await?;
                let hit = search.as_ref().is_none_or(|search| {
                    let texts = [Some(&pair.left_id), Some(&pair.right_id), pair.label.as_ref()];
                    texts.into_iter().flatten().any(|text| text.to_lowercase().contains(search))
                });
                if hit {
                    items.push(pair);
                    if items.len() == limit {
                        return Ok(Pairs { items, next: Some(after) });
                    }
                }
            }
            if ended {
                return Ok(Pairs { items, next: None });
            }
            if looked >= LOOKED_THROUGH {
                return Ok(Pairs { items, next: Some(after) });
            }
        }
    }

    /// One pair by its left id; `None` when there is none.
    pub async fn pair(&self, integration: &str, module: &str, left_id: &str) -> Result<Option<PairDetail>> {
        let hub = &self.inner;
        let sync = sync(hub, integration, module).await?;
        let Some(row) = hub.store.link(sync.id, left_id).await? else { return Ok(None) };
        let mut names = Names::new(hub, &sync);
        let pair = names.pair(&row).await?;
        let body = LinkBody::decode(&row.body).map_err(|_| HubError::damaged_pair())?;
        let slots = names.slots(body.mapping).await?.clone();
        let filter = HistoryFilter {
            module: Some(sync.left_module.clone()),
            record: Some(left_id.to_owned()),
            limit: 500,
            ..HistoryFilter::default()
        };
        let seen = |side| Some(body.side(side).seen.millis()).filter(|at| *at > 0);
        let mut called = Called::new(hub, sync.integration);
        called.want(values(&body));
        called.learn().await?;
        let fields = (0..).zip(&slots).map(|(slot, names)| field(&body, slot, names, &called)).collect();
        let history = self.history(integration, &filter).await?;
        Ok(Some(PairDetail {
            pair,
            left_modified_at: seen(Side::Left),
            right_modified_at: seen(Side::Right),
            fields,
            history,
        }))
    }
}

/// All that is known of a pair's fields.
fn values(body: &LinkBody) -> impl Iterator<Item = (Side, &Value)> {
    Side::BOTH.into_iter().flat_map(move |side| {
        let base = &body.side(side).base;
        let known = (0..).zip(base).flat_map(move |(slot, base)| {
            [base.as_ref(), body.side(side).current(slot)].into_iter().flatten()
        });
        known.map(move |value| (side, value))
    })
}

fn field(body: &LinkBody, slot: u16, names: &Slot, called: &Called<'_>) -> PairField {
    let base = |side: Side| body.side(side).base.get(usize::from(slot)).and_then(Option::as_ref);
    let current = |side: Side| body.side(side).current(slot);
    let changed = |side: Side| body.side(side).dirty_at(slot).is_some();
    let known = Side::BOTH.into_iter().all(|side| base(side).is_some());
    let state = match (known, changed(Side::Left), changed(Side::Right)) {
        (false, ..) => FieldState::Unknown,
        (true, false, false) => FieldState::Agrees,
        (true, true, false) => FieldState::LeftChanged,
        (true, false, true) => FieldState::RightChanged,
        (true, true, true) => FieldState::Conflict,
    };
    let shown = |side: Side, value: Option<&Value>| Some(called.shown(side, value?));
    PairField {
        left: names.left.to_string(),
        right: names.right.to_string(),
        label_left: names.left.as_str().replace('_', " "),
        label_right: names.right.as_str().replace('_', " "),
        left_value: shown(Side::Left, current(Side::Left)),
        right_value: shown(Side::Right, current(Side::Right)),
        left_base: shown(Side::Left, base(Side::Left)),
        right_base: shown(Side::Right, base(Side::Right)),
        state,
    }
}

/// The names of the slots of one module pair, by mapping version.
pub(crate) struct Names<'a> {
    hub: &'a Inner,
    sync: &'a ModuleSyncRow,
    known: Option<(u32, Vec<Slot>)>,
}

impl<'a> Names<'a> {
    pub(crate) fn new(hub: &'a Inner, sync: &'a ModuleSyncRow) -> Names<'a> {
        Names { hub, sync, known: None }
    }

    /// The slots of a version of the mapping.
    pub(crate) async fn slots(&mut self, version: u32) -> Result<&Vec<Slot>> {
        if self.known.as_ref().is_none_or(|(known, _)| *known != version) {
            let text = self.hub.store.mapping_version(self.sync.id, i64::from(version)).await?;
            self.known = Some((version, slots_of(text)));
        }
        self.known.as_ref().map(|(_, slots)| slots).ok_or_else(HubError::damaged_pair)
    }

    /// The two fields at a slot of the pair with this left record; by the left field's name, if the slot is another one by now.
    pub(crate) async fn fields(
        &mut self,
        left_id: Option<&str>,
        left: Option<&str>,
        slot: u16,
    ) -> Result<Option<Sides<FieldName>>> {
        let Some(left_id) = left_id else { return Ok(None) };
        let Some(row) = self.hub.store.link(self.sync.id, left_id).await? else { return Ok(None) };
        let body = LinkBody::decode(&row.body).map_err(|_| HubError::damaged_pair())?;
        let slots = self.slots(body.mapping).await?;
        let is_meant = |found: &&Slot| left.is_none_or(|left| found.left.as_str() == left);
        let found = slots.get(usize::from(slot)).filter(is_meant).or_else(|| slots.iter().find(is_meant));
        Ok(found.map(|found| Sides { left: found.left.clone(), right: found.right.clone() }))
    }

    /// What people call the pair with this left record, where that is known.
    pub(crate) async fn label(&mut self, left_id: Option<&str>) -> Result<Option<String>> {
        let Some(left_id) = left_id else { return Ok(None) };
        let row = self.hub.store.link(self.sync.id, left_id).await?;
        match row {
            Some(row) => Ok(self.pair(&row).await?.label),
            None => Ok(None),
        }
    }

    /// The same of a pair that was read.
    pub(crate) async fn label_of(&mut self, row: &LinkRow) -> Result<Option<String>> {
        Ok(self.pair(row).await?.label)
    }

    /// What people call this record without counterpart, where what is remembered of it tells.
    pub(crate) async fn label_of_lone(&mut self, side: Side, id: &str) -> Result<Option<String>> {
        let want = Want { ids: vec![(side, id.to_owned())], ..Want::default() };
        let loaded = self.hub.store.load(self.sync.id, want).await?;
        let Some(row) = loaded.unlinked.into_iter().find(|row| row.side == side && row.id == id) else {
            return Ok(None);
        };
        let record = UnlinkedRecord::decode(&row.body).map_err(|_| HubError::damaged_pair())?;
        self.label_alone(&record, side).await
    }

    /// What people call a record without counterpart, where that is known.
    pub(crate) async fn label_alone(
        &mut self,
        record: &UnlinkedRecord,
        side: Side,
    ) -> Result<Option<String>> {
        let slots = self.slots(record.version).await?;
        Ok(references::called(|name| {
            let is_named = |slot: &Slot| {
                let field = if side == Side::Left { &slot.left } else { &slot.right };
                field.as_str() == name
            };
            let at = u16::try_from(slots.iter().position(is_named)?).ok()?;
            let (_, value) = record.values.iter().find(|(slot, _)| *slot == at)?;
            value.as_text().map(str::to_owned)
        }))
    }

    async fn pair(&mut self, row: &LinkRow) -> Result<Pair> {
        let body = LinkBody::decode(&row.body).map_err(|_| HubError::damaged_pair())?;
        let slots = self.slots(body.mapping).await?;
        let slot = |name: &str| slots.iter().position(|slot| slot.left.as_str() == name);
        let label = references::label(&body, Side::Left, slot);
        let state = match row.state {
            0 => LinkState::Settled,
            1 => LinkState::Owed,
            2 => LinkState::Untied,
            _ => LinkState::Held,
        };
        Ok(Pair { left_id: row.left_id.clone(), right_id: row.right_id.clone(), state, label })
    }
}

/// The module sync of a left module, or of both, written `Contacts:Leads`: a left module that is tied to several needs that.
pub(crate) async fn sync(hub: &Inner, integration: &str, module: &str) -> Result<ModuleSyncRow> {
    let row = hub.integration(integration).await?;
    let mut found = hub.store.module_syncs(row.id).await?;
    found.retain(|sync| match module.split_once(':') {
        Some((left, right)) => sync.left_module == left && sync.right_module == right,
        None => sync.left_module == module,
    });
    if found.len() > 1 {
        let names: Vec<String> = found.iter().map(|sync| name_among(&found, sync)).collect();
        return Err(HubError::new(
            "module.ambiguous",
            format!("{integration} ties {module} to several modules: {}", names.join(", ")),
            "name both modules, as they stand there",
        ));
    }
    found.pop().ok_or_else(|| not_synced(integration, module))
}

/// How a module pair is named among these: by its left module, where no other one has the same.
pub(crate) fn name_among(rows: &[ModuleSyncRow], sync: &ModuleSyncRow) -> String {
    match rows.iter().filter(|row| row.left_module == sync.left_module).count() {
        0 | 1 => sync.left_module.clone(),
        _ => format!("{}:{}", sync.left_module, sync.right_module),
    }
}

/// A module that the integration does not have.
pub(crate) fn not_synced(integration: &str, module: &str) -> HubError {
    let message = format!("{integration} does not sync {module}");
    HubError::new("module.unknown", message, "`musubi status` lists its modules")
}
