//! Records that would be created although the other side has one that looks like the same: told in a plan, for a person to tie. Nothing is done by it.

use crate::error::{HubError, Result};
use crate::references;
use crate::rehearsal::Stage;
use crate::sync::{UnlinkedRecord, is_yet_to_be_made, link_state, unlinked_state};
use musubi_core::link::LinkBody;
use musubi_core::lookalike::{Index, Roles, Traits};
use musubi_core::{Side, Value};
use musubi_store::{LinkRow, Store, UnlinkedRow, Want};
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use utoipa::ToSchema;

/// So many are shown, the most alike first.
const SAMPLES: usize = 50;
/// So many rows are read at once.
const PAGE: i64 = 500;
/// So many records of the left are held in memory; those of the right are gone through once for each such part.
const HELD: usize = 50_000;

/// Records without counterpart that look like one of the other side, though no match key says so.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Lookalikes {
    /// So many pairs look alike of which at least one record would be created on the other side.
    pub count: u64,
    /// Some of them, the most alike first. They are suggestions: nothing is ever tied by them.
    pub samples: Vec<Lookalike>,
    /// So many records begin alike that not all of them were compared.
    pub cut: bool,
}

/// Two records that look like one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Lookalike {
    /// Left record.
    pub left_id: String,
    /// What people call it, where that is known.
    #[schema(required)]
    pub left_label: Option<String>,
    /// Right record.
    pub right_id: String,
    /// What people call it, where that is known.
    #[schema(required)]
    pub right_label: Option<String>,
    /// Left names of the fields that agree.
    pub agrees: Vec<String>,
    /// How alike they are, 0 to 100.
    pub score: u8,
}

/// Those of one module of a rehearsal that has ended.
pub(crate) async fn of(scratch: &Store, stages: &[Stage], at: usize) -> Result<Lookalikes> {
    let mapping = &stages[at].plan.rules.mapping;
    let roles = Roles::of(mapping);
    let mut found = Lookalikes::default();
    if !roles.are_enough() {
        return Ok(found);
    }
    let walk =
        |side| Walk { scratch, stages, at, roles: &roles, side, unlinked: Some(String::new()), links: None };
    let (mut lefts, mut best) = (walk(Side::Left), BTreeMap::new());
    loop {
        let mut index = Index::default();
        while index.len() < HELD
            && let Some(page) = lefts.next().await?
        {
            page.into_iter().for_each(|alone| index.put((alone.id, alone.created), alone.traits));
        }
        if index.is_empty() {
            break;
        }
        let mut rights = walk(Side::Right);
        while let Some(page) = rights.next().await? {
            for alone in page {
                for ((left, created), likeness) in index.find(&roles, &alone.traits) {
                    if !created && !alone.created {
                        continue;
                    }
                    found.count += 1;
                    best.insert((Reverse(likeness.score), left.clone(), alone.id.clone()), likeness.agrees);
                    if best.len() > SAMPLES {
                        best.pop_last();
                    }
                }
            }
        }
        found.cut |= index.was_cut();
    }
    let ids = |side: Side| {
        best.keys().map(move |key| (side, if side == Side::Left { key.1.clone() } else { key.2.clone() }))
    };
    let mut labels = HashMap::new();
    for side in Side::BOTH {
        labels.insert(side, called(scratch, &stages[at], ids(side).collect()).await?);
    }
    let label = |side: Side, id: &str| labels[&side].get(&(side, id.to_owned())).cloned();
    let field = |slot: u16| mapping.field(Side::Left, slot).name.to_string();
    let sample =
        |((Reverse(score), left_id, right_id), agrees): ((Reverse<u8>, String, String), Vec<u16>)| {
            Lookalike {
                left_label: label(Side::Left, &left_id),
                right_label: label(Side::Right, &right_id),
                agrees: agrees.into_iter().map(field).collect(),
                left_id,
                right_id,
                score,
            }
        };
    found.samples = best.into_iter().map(sample).collect();
    Ok(found)
}

/// What people call these records of a module, by what the rehearsal remembers of them; a pair is called by its left record on both sides.
pub(crate) async fn called(
    scratch: &Store,
    stage: &Stage,
    mut ids: Vec<(Side, String)>,
) -> Result<HashMap<(Side, String), String>> {
    ids.sort_unstable();
    ids.dedup();
    let loaded = scratch.load(stage.row.id, Want { ids: ids.clone(), ..Want::default() }).await?;
    let slot = |side: Side, name: &str| {
        let pairs = &stage.plan.rules.mapping.pairs;
        let at = pairs.iter().position(|pair| pair.fields.get(side).name.as_str() == name)?;
        u16::try_from(at).ok()
    };
    let mut labels = HashMap::new();
    for row in &loaded.links {
        let body = LinkBody::decode(&row.body).map_err(|_| HubError::damaged_pair())?;
        let of = |side: Side| references::label(&body, side, |name| slot(side, name).map(usize::from));
        let label = of(Side::Left).or_else(|| of(Side::Right));
        for side in Side::BOTH {
            labels.extend(label.clone().map(|label| ((side, row.id(side).to_owned()), label)));
        }
    }
    for row in &loaded.unlinked {
        let record = record(row)?;
        let text = |name: &str| held(&record, slot(row.side, name)?)?.as_text().map(str::to_owned);
        labels.extend(references::called(text).map(|label| ((row.side, row.id.clone()), label)));
    }
    Ok(labels)
}

fn record(row: &UnlinkedRow) -> Result<UnlinkedRecord> {
    UnlinkedRecord::decode(&row.body).map_err(|_| HubError::damaged_pair())
}

fn held(record: &UnlinkedRecord, slot: u16) -> Option<&Value> {
    record.values.iter().find(|(at, _)| *at == slot).map(|(_, value)| value)
}

/// A record without counterpart.
struct Alone {
    id: String,
    /// One would be made of it.
    created: bool,
    traits: Traits,
}

/// Goes through the records of one side that have no counterpart, page by page.
struct Walk<'a> {
    scratch: &'a Store,
    stages: &'a [Stage],
    at: usize,
    roles: &'a Roles,
    side: Side,
    /// Those that stay alone are gone through first: after this one.
    unlinked: Option<String>,
    /// Then those of which one would be made: after this one.
    links: Option<String>,
}

impl Walk<'_> {
    async fn next(&mut self) -> Result<Option<Vec<Alone>>> {
        let sync = self.stages[self.at].row.id;
        if let Some(after) = self.unlinked.take() {
            let after = Some((self.side, after));
            let rows = self.scratch.scan_unlinked(sync, Some(self.side), None, after, PAGE).await?;
            match rows.last() {
                Some(last) => self.unlinked = Some(last.id.clone()),
                None => self.links = Some(String::new()),
            }
            return self.unlinked(rows).await.map(Some);
        }
        let Some(after) = self.links.take() else { return Ok(None) };
        let rows = self.scratch.scan_links(sync, &after, PAGE).await?;
        let Some(last) = rows.last() else { return Ok(None) };
        self.links = Some(last.left_id.clone());
        self.links(rows).await.map(Some)
    }

    /// Those of which nothing is made for a reason that has nothing to do with them, or not yet.
    async fn unlinked(&self, rows: Vec<UnlinkedRow>) -> Result<Vec<Alone>> {
        let open = [unlinked_state::IDLE, unlinked_state::WAITING, unlinked_state::PARKED];
        let mut records = Vec::new();
        for row in rows.into_iter().filter(|row| open.contains(&row.state)) {
            let record = record(&row)?;
            if !record.outside && record.version == self.version() {
                records.push((row.id, record));
            }
        }
        let companies = self
            .companies(records.iter().filter_map(|(_, record)| held(record, self.roles.company?)))
            .await?;
        let alone = |(id, record): (String, UnlinkedRecord)| {
            let company = self.roles.company.and_then(|slot| self.company(&companies, held(&record, slot)));
            let traits = Traits::of(self.roles, company, |slot| held(&record, slot))?;
            Some(Alone { id, created: false, traits })
        };
        Ok(records.into_iter().filter_map(alone).collect())
    }

    /// Those of which one would be made.
    async fn links(&self, rows: Vec<LinkRow>) -> Result<Vec<Alone>> {
        let mut bodies = Vec::new();
        let made =
            |row: &LinkRow| row.state != link_state::UNTIED && is_yet_to_be_made(row.id(self.side.other()));
        for row in rows.into_iter().filter(made) {
            let body = LinkBody::decode(&row.body).map_err(|_| HubError::damaged_pair())?;
            if body.mapping == self.version() {
                bodies.push((row.id(self.side).to_owned(), body));
            }
        }
        let value = |body: &'_ LinkBody, slot: u16| body.side(self.side).current(slot).cloned();
        let values: Vec<Value> =
            bodies.iter().filter_map(|(_, body)| value(body, self.roles.company?)).collect();
        let companies = self.companies(values.iter()).await?;
        let alone = |(id, body): (String, LinkBody)| {
            let memory = body.side(self.side);
            let company = self.roles.company.and_then(|slot| self.company(&companies, memory.current(slot)));
            let traits = Traits::of(self.roles, company, |slot| memory.current(slot))?;
            Some(Alone { id, created: true, traits })
        };
        Ok(bodies.into_iter().filter_map(alone).collect())
    }

    fn version(&self) -> u32 {
        self.stages[self.at].plan.rules.version
    }

    /// What the companies are called that lookups lead to.
    async fn companies(
        &self,
        values: impl Iterator<Item = &Value>,
    ) -> Result<HashMap<(Side, String), String>> {
        let ids = values.filter_map(|value| match value {
            Value::Record(id) => Some((self.side, id.to_string())),
            _ => None,
        });
        let ids: Vec<_> = ids.collect();
        let slot = self.roles.company.unwrap_or_default();
        let parent = self.stages[self.at].plan.parents_at(slot).first();
        match parent.and_then(|parent| self.stages.iter().find(|stage| stage.row.id == parent.sync)) {
            Some(stage) if !ids.is_empty() => called(self.scratch, stage, ids).await,
            _ => Ok(HashMap::new()),
        }
    }

    fn company<'c>(
        &self,
        companies: &'c HashMap<(Side, String), String>,
        value: Option<&Value>,
    ) -> Option<&'c str> {
        let Some(Value::Record(id)) = value else { return None };
        companies.get(&(self.side, id.to_string())).map(String::as_str)
    }
}
