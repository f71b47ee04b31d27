//! A model of one org of a service, nastier than the real ones: whole-second times, tidying, lists that lag, pages that are not snapshots, late writes.

use crate::{
    owners,
    scenario::{FIELDS, PARENT, STATUS, TAG},
    violation::Violation,
};
use musubi_connector::{
    Automations, ItemOutcome, Meta, Order, Page, Position, ServiceError, WriteItem, WriteKind,
};
use musubi_core::{Instant, Observation, RemoteId, Side, Value};
use musubi_engine::sync::WriteCall;
use std::collections::{BTreeMap, HashMap, HashSet};

pub mod bulk;
mod told;
mod workflows;

pub use told::Left;

/// A delete may be carried out so long after it was counted what hangs on the record.
pub const LATE: i64 = 40_000;

/// A record's values.
pub type Values = [Value; FIELDS.len()];

/// A state of a record.
#[derive(Clone, Debug)]
struct Version {
    at: i64,
    modified: i64,
    values: Values,
}

/// A record.
#[derive(Clone, Debug)]
pub struct Record {
    versions: Vec<Version>,
    created: i64,
    /// We made it.
    pub ours: bool,
    /// When it was deleted, and by us?
    pub deleted: Option<(i64, bool)>,
    /// When a person took it out of the recycle bin again.
    pub undeleted: Option<i64>,
    /// What became of it, where something else took its place.
    pub left: Option<Left>,
}

impl Record {
    /// What it holds.
    pub fn values(&self) -> &Values {
        &self.versions.last().expect("a record has a state").values
    }

    fn at(&self, at: i64) -> Option<&Version> {
        self.versions.iter().rev().find(|version| version.at <= at)
    }
}

/// A value that a person wrote.
#[derive(Clone, Debug)]
pub struct Written {
    /// The record.
    pub id: RemoteId,
    /// The field.
    pub slot: usize,
    /// The value as kept.
    pub value: Value,
    /// When.
    pub at: i64,
}

/// A write of ours.
#[derive(Clone, Debug)]
pub struct Carried {
    /// What it did.
    pub kind: WriteKind,
    /// The record.
    pub id: RemoteId,
    /// Slot, value before, value sent.
    pub fields: Vec<(u16, Value, Value)>,
}

/// One org.
#[derive(Debug)]
pub struct Service {
    side: Side,
    /// Its records.
    pub records: BTreeMap<RemoteId, Record>,
    next: u64,
    skew: i64,
    hostile: bool,
    /// Its workflow runs whether or not a write says so, as a scheduled one does.
    pub stubborn: bool,
    /// People use the credential that we use: who made a record tells nothing.
    pub shared: bool,
    /// Everything people wrote, oldest first.
    pub by_people: Vec<Written>,
    /// Creates that were carried out for us, by tag.
    pub our_creates: HashMap<String, usize>,
    /// Writes that were carried out for us.
    pub our_writes: usize,
    /// Those writes, in their order.
    pub carried: Vec<Carried>,
    /// Writes of ours that it refused for good.
    pub refused: usize,
    /// Tags deleted by people.
    pub deleted_tags: HashSet<String>,
    /// A slot that is told once more behind the others.
    pub beside: Option<usize>,
    /// Slots that we may write here.
    pub may_write: [bool; FIELDS.len()],
    /// We may create here.
    pub may_create: bool,
    /// We may not delete here what others point to.
    pub spares_parents: bool,
    /// Tags that people made on both sides: within the lists' lag nobody can tell that they are one.
    pub twins: HashSet<String>,
    /// Changes not yet told by webhook.
    pub changed: Vec<RemoteId>,
    workflow_due: Vec<(i64, RemoteId)>,
    jobs: Vec<bulk::Job>,
    /// When anything last changed.
    pub last_change: i64,
}

impl Service {
    /// An empty org.
    pub fn new(side: Side, skew: i64, hostile: bool) -> Service {
        Service {
            side,
            records: BTreeMap::new(),
            next: 1,
            skew,
            hostile,
            stubborn: false,
            shared: false,
            by_people: Vec::new(),
            our_creates: HashMap::new(),
            our_writes: 0,
            carried: Vec::new(),
            refused: 0,
            deleted_tags: HashSet::new(),
            may_write: [true; FIELDS.len()],
            beside: None,
            may_create: true,
            spares_parents: false,
            twins: HashSet::new(),
            changed: Vec::new(),
            workflow_due: Vec::new(),
            jobs: Vec::new(),
            last_change: 0,
        }
    }

    fn second(&self, now: i64) -> i64 {
        (now + self.skew).div_euclid(1000)
    }

    /// What its answers carry.
    pub fn meta(&self, now: i64) -> Meta {
        Meta { server_time: Instant::from_seconds(self.second(now)), credits: 1, requests: 1 }
    }

    /// The service's own tidying.
    fn tidy(side: Side, slot: usize, value: Value) -> Value {
        match value {
            Value::Text(text) if slot != TAG => {
                let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
                Value::text(match (FIELDS[slot], side) {
                    // The two services spell addresses differently: each side keeps its own spelling as its base.
                    ("Email", Side::Left) => text.to_uppercase(),
                    ("Email", Side::Right) => text.to_lowercase(),
                    _ => text,
                })
            }
            other => other,
        }
    }

    /// People made a record with this tag here.
    pub fn has_by_people(&self, tag: &str) -> bool {
        self.records.values().any(|record| !record.ours && record.values()[TAG].as_text() == Some(tag))
    }

    /// Records that are there, in order of creation.
    pub fn alive(&self) -> impl Iterator<Item = (&RemoteId, &Record)> {
        self.records.iter().filter(|(_, record)| record.deleted.is_none())
    }

    fn insert(&mut self, now: i64, values: Values, ours: bool) -> RemoteId {
        let id =
            RemoteId::new(format!("{}{:05}", if self.side == Side::Left { 'L' } else { 'R' }, self.next));
        self.next += 1;
        self.last_change = now;
        let modified = self.second(now);
        let version = Version { at: now, modified, values };
        self.records.insert(
            id.clone(),
            Record {
                versions: vec![version],
                created: modified,
                ours,
                deleted: None,
                undeleted: None,
                left: None,
            },
        );
        self.changed.push(id.clone());
        id
    }

    fn write(&mut self, now: i64, id: &RemoteId, values: Values) -> i64 {
        self.last_change = now;
        let modified = self.second(now);
        if let Some(record) = self.records.get_mut(id) {
            record.versions.push(Version { at: now, modified, values });
            self.changed.push(id.clone());
        }
        modified
    }

    /// A person makes a record.
    pub fn person_creates(&mut self, now: i64, values: Values) -> RemoteId {
        let mut tidied = values;
        for (slot, value) in tidied.iter_mut().enumerate() {
            *value = Self::tidy(self.side, slot, value.clone());
        }
        let id = self.insert(now, tidied.clone(), false);
        for (slot, value) in tidied.into_iter().enumerate().filter(|(_, value)| !value.is_blank()) {
            self.by_people.push(Written { id: id.clone(), slot, value, at: now });
        }
        id
    }

    /// A person changes a field.
    pub fn person_edits(&mut self, now: i64, id: &RemoteId, slot: usize, value: Value) {
        let Some(record) = self.records.get(id) else { return };
        let mut values = record.values().clone();
        let value = Self::tidy(self.side, slot, value);
        values[slot] = value.clone();
        self.write(now, id, values);
        self.by_people.push(Written { id: id.clone(), slot, value, at: now });
    }

    /// A person deletes a record.
    /// `tied`: it was one of a pair by then, so nothing may make it again.
    pub fn person_deletes(&mut self, now: i64, id: &RemoteId, tied: bool) {
        if let Some(record) = self.records.get_mut(id) {
            record.deleted = Some((now, false));
            if let Some(tag) = record.values()[TAG].as_text().filter(|_| tied) {
                self.deleted_tags.insert(tag.to_owned());
            }
            self.changed.push(id.clone());
        }
    }

    fn creator(&self, record: &Record) -> &'static str {
        if record.ours || self.shared { "us" } else { "person" }
    }

    /// Somebody sets its clock.
    pub fn step_clock(&mut self, by: i64) {
        self.skew += by;
    }

    fn observe(&self, id: &RemoteId, version: &Version) -> Observation {
        let record = &self.records[id];
        Observation {
            id: id.clone(),
            modified: Instant::from_seconds(version.modified),
            created: Some(Instant::from_seconds(record.created)),
            created_by: Some(self.creator(record).into()),
            modified_by: None,
            member: musubi_core::Membership::Inside,
            slots: version
                .values
                .iter()
                .chain(self.beside.map(|slot| &version.values[slot]))
                .cloned()
                .map(Some)
                .collect(),
        }
    }

    /// A page of a list as it was `lag` ago. Tokens are places in the live order.
    pub fn list(
        &self,
        now: i64,
        lag: i64,
        since: Option<Instant>,
        order: Order,
        position: &Position,
        size: usize,
    ) -> Page {
        let at = now - lag;
        let mut rows: Vec<Observation> = self
            .records
            .iter()
            .filter(|(_, record)| record.deleted.is_none_or(|(deleted, _)| deleted > at))
            .filter_map(|(id, record)| Some(self.observe(id, record.at(at)?)))
            .filter(|row| since.is_none_or(|since| row.modified.second() >= since.second()))
            .collect();
        match order {
            Order::ModifiedAscending => rows.sort_by(|a, b| (a.modified, &a.id).cmp(&(b.modified, &b.id))),
            Order::IdAscending => {}
            Order::IdDescending => rows.reverse(),
        }
        let from = match position {
            Position::Start => 0,
            Position::After(token) => token.parse().unwrap_or(0),
        };
        let more = rows.len() > from + size;
        let rows = rows.into_iter().skip(from).take(size).collect();
        Page { meta: self.meta(now), rows, next: more.then(|| (from + size).to_string()) }
    }

    /// Records by id, always current.
    pub fn read(&self, now: i64, ids: &[RemoteId]) -> Page {
        let rows = ids
            .iter()
            .filter_map(|id| {
                let record = self.records.get(id).filter(|record| record.deleted.is_none())?;
                Some(self.observe(id, record.versions.last()?))
            })
            .collect();
        Page { meta: self.meta(now), rows, next: None }
    }

    /// Carries out a write of ours. `refuse` says for each item whether it fails for now.
    pub fn carry_out(
        &mut self,
        now: i64,
        write: &WriteCall,
        mut refuse: impl FnMut() -> bool,
    ) -> Result<Vec<ItemOutcome>, Violation> {
        let mut outcomes = Vec::new();
        for item in write.items.iter().map(told::without_module) {
            let item = &item;
            self.check(now, write.kind, item)?;
            if refuse() {
                let error = ServiceError { code: "INTERNAL_ERROR".into(), ..ServiceError::default() };
                outcomes.push(ItemOutcome::TryLater(error));
                continue;
            }
            outcomes.push(self.carry_out_item(now, write, item));
        }
        Ok(outcomes)
    }

    fn carry_out_item(&mut self, now: i64, write: &WriteCall, item: &WriteItem) -> ItemOutcome {
        let WriteCall { kind, unmodified_since, automations, .. } = *write;
        let mut values: Values = std::array::from_fn(|_| Value::Blank);
        if let Some(id) = &item.id {
            let Some(record) = self.records.get(id).filter(|record| record.deleted.is_none()) else {
                return ItemOutcome::NotFound;
            };
            let modified = record.versions.last().map_or(0, |version| version.modified);
            if unmodified_since.is_some_and(|since| modified > since.second()) {
                return ItemOutcome::ConditionFailed;
            }
            values = record.values().clone();
        }
        if let Some((_, Value::Text(status))) =
            item.values.iter().find(|(slot, _)| usize::from(*slot) == STATUS)
            && status != "Open"
            && status != "Closed"
        {
            self.refused += 1;
            return ItemOutcome::Refused(ServiceError {
                code: "INVALID_DATA".into(),
                field: Some("Status".into()),
                ..ServiceError::default()
            });
        }
        let bad =
            item.values.iter().any(|(_, value)| value.as_text().is_some_and(|text| text.contains("bad")));
        if bad {
            self.refused += 1;
            return ItemOutcome::Refused(ServiceError {
                code: "INVALID_DATA".into(),
                field: Some("Phone".into()),
                ..ServiceError::default()
            });
        }
        self.our_writes += 1;
        let fields =
            item.values.iter().map(|(slot, sent)| (*slot, values[usize::from(*slot)].clone(), sent.clone()));
        let fields = fields.collect();
        for (slot, value) in &item.values {
            values[usize::from(*slot)] = Self::tidy(self.side, usize::from(*slot), value.clone());
        }
        let id = match (&item.id, kind) {
            (Some(id), WriteKind::Delete) => {
                if let Some(record) = self.records.get_mut(id) {
                    record.deleted = Some((now, true));
                }
                self.carried.push(Carried { kind, id: id.clone(), fields });
                return ItemOutcome::Done {
                    id: id.clone(),
                    modified: Instant::from_seconds(self.second(now)),
                };
            }
            (Some(id), _) => {
                self.write(now, id, values);
                id.clone()
            }
            (None, _) => {
                let tag = values[TAG].as_text().unwrap_or("").to_owned();
                *self.our_creates.entry(tag).or_default() += 1;
                self.insert(now, values, true)
            }
        };
        self.carried.push(Carried { kind, id: id.clone(), fields });
        if self.hostile && (automations == Automations::Run || self.stubborn) {
            self.workflow_due.push((now + 1_200, id.clone()));
        }
        ItemOutcome::Done { id, modified: Instant::from_seconds(self.second(now)) }
    }

    /// What must hold of every write that reaches the service.
    fn check(&self, now: i64, kind: WriteKind, item: &WriteItem) -> Result<(), Violation> {
        if let (WriteKind::Delete, Some(id)) = (kind, &item.id)
            && self.spares_parents
            && self.children(id, now - LATE) > 0
        {
            return Err(Violation::new(
                "I10",
                format!("{id} is deleted on the {} side, although records point to it", self.side.name()),
            ));
        }
        if kind == WriteKind::Create {
            if !self.may_create {
                return Err(Violation::new(
                    "I10",
                    format!("a record was created on the {} side, against the direction", self.side.name()),
                ));
            }
            let tag = item
                .values
                .iter()
                .find(|(slot, _)| usize::from(*slot) == TAG)
                .and_then(|(_, value)| value.as_text());
            if let Some(tag) = tag.filter(|tag| !self.twins.contains(*tag)) {
                if self.our_creates.get(tag).is_some_and(|count| *count > 0)
                    && !self.deleted_tags.contains(tag)
                {
                    return Err(Violation::new(
                        "I4",
                        format!("{tag} is created a second time on the {} side", self.side.name()),
                    ));
                }
                if self.deleted_tags.contains(tag) {
                    return Err(Violation::new(
                        "I3",
                        format!("{tag} was deleted on the {} side and is created again", self.side.name()),
                    ));
                }
            }
        }
        for (slot, value) in &item.values {
            let slot = usize::from(*slot);
            if !self.may_write[slot] {
                return Err(Violation::new(
                    "I10",
                    format!(
                        "{} is written on the {} side, against its direction",
                        FIELDS[slot],
                        self.side.name()
                    ),
                ));
            }
            if let Value::User(user) = value
                && !owners::is_there(self.side, user)
            {
                let what = format!("{} is no user of the {} side", user.id, self.side.name());
                return Err(Violation::new("I12", what));
            }
            if let (PARENT, Value::Record(id)) = (slot, value)
                && !self.records.contains_key(id)
            {
                return Err(Violation::new(
                    "I12",
                    format!("the lookup {id} does not exist on the {} side", self.side.name()),
                ));
            }
        }
        Ok(())
    }
}
