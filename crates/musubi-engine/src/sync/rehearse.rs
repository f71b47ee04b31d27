//! A rehearsal: the very machine that runs, upon real readings and a scratch store, with writes that are only recorded (I17).
//!
//! What it recorded is the plan, so a plan and a run cannot differ in how they decide. Writes are answered as done: a record that would be made gets an id of
//! ours, which no service ever sees, and is read from the record; what was written to an existing one is told once as its echo, and readings of the real one
//! are stale from then on by their time. It ends when nothing is left to do.

use super::{
    Answer, BatchId, Call, CallId, Effect, Event, Phase, Plan, Purpose, Stored, Sync, SyncState,
    batch::Batch,
    bound::{link_operation, operation},
    journal::{JournalKind, describe},
};
use musubi_connector::{CallError, CallErrorKind, ItemOutcome, Meta, Page, WriteItem, WriteKind, Written};
use musubi_core::{
    Instant, LinkBody, Observation, RemoteId, Side, Sides, Slots, Value, plan::Kind, plan::Operation,
};
use musubi_store::{Changes, HintRow};
use std::{
    collections::{BTreeMap, HashMap, HashSet, VecDeque},
    sync::Arc,
};

/// No service gives such ids.
const OURS: char = '~';

/// The record is only rehearsed: no service has it.
pub(crate) fn is_yet_to_be_made(id: &str) -> bool {
    id.starts_with(OURS)
}

/// A sync that only rehearses. It is told and asks as [`Sync`] does, but never asks for a write.
pub struct Rehearsal {
    sync: Sync,
    /// It goes on from what a sync did before, so both sides are to be looked at.
    follows: bool,
    /// Operations decided and not sent yet.
    intents: BTreeMap<BatchId, Vec<Operation>>,
    recorded: Recorded,
    sides: Sides<Record>,
    /// Part of these readings is answered from the record.
    parted: HashMap<CallId, Vec<RemoteId>>,
    made: u64,
    /// What is to be read back once the outcome of the batch is stored: a reading asked for before could not be ordered.
    echoes: BTreeMap<BatchId, Vec<HintRow>>,
    due: Vec<HintRow>,
}

/// What was recorded since it was last taken.
#[derive(Debug, Default)]
pub struct Recorded {
    /// What would be done, in the order in which it came up.
    pub operations: Vec<Operation>,
    /// The write calls: to which side, what, how many records.
    pub writes: Vec<(Side, WriteKind, usize)>,
    /// Records of each side whose reading back would follow.
    pub echoes: Sides<u64>,
}

/// What was written to one side.
#[derive(Default)]
struct Record {
    /// Not read back yet: when it was written, and what.
    unread: HashMap<RemoteId, (Instant, Slots)>,
    /// Real records that were written to.
    touched: HashSet<RemoteId>,
    gone: HashSet<RemoteId>,
    /// The service's clock, and our own at that time.
    clock: Option<(Instant, i64)>,
}

impl Record {
    fn now(&self, now: i64) -> Instant {
        self.clock.map_or(Instant::from_millis(now), |(told, at)| told.plus_millis(now - at))
    }

    fn knows(&self, id: &RemoteId) -> bool {
        id.as_str().starts_with(OURS) || self.touched.contains(id) || self.gone.contains(id)
    }
}

impl Rehearsal {
    /// Takes up a sync as [`Sync::new`] does. The store it is driven with must not be the real one.
    pub fn new(plan: Arc<Plan>, epoch: i64, stored: Stored, now: i64) -> Rehearsal {
        let follows = stored.state.is_some();
        Rehearsal {
            sync: Sync::new(plan, epoch, i64::MAX, stored, now),
            follows,
            intents: BTreeMap::new(),
            recorded: Recorded::default(),
            sides: Sides::default(),
            parted: HashMap::new(),
            made: 0,
            echoes: BTreeMap::new(),
            due: Vec::new(),
        }
    }

    /// Takes in an event; what is to be done is added to `out`, and there is no write among it.
    pub fn handle(&mut self, now: i64, event: Event, out: &mut Vec<Effect>) {
        let event = match event {
            Event::Answered { id, result } => Event::Answered { id, result: self.complete(now, id, result) },
            event => event,
        };
        let committed = matches!(event, Event::Committed(_));
        let mut events = VecDeque::from([event]);
        if committed && !self.due.is_empty() {
            events.push_back(Event::Hints(std::mem::take(&mut self.due)));
        }
        let mut effects = Vec::new();
        while let Some(event) = events.pop_front() {
            self.sync.handle(now, event, &mut effects);
            for effect in effects.drain(..) {
                match effect {
                    Effect::Call { id, side, call: Call::Write { batch, write }, .. } => {
                        events.push_back(self.written(now, id, side, (batch, write.kind, &write.items)));
                    }
                    Effect::Call { id, side, urgency, call: Call::Read(ids) } => {
                        let (ours, theirs): (Vec<_>, Vec<_>) =
                            ids.into_iter().partition(|wanted| self.sides.get(side).knows(wanted));
                        if theirs.is_empty() {
                            let rows = self.read(now, side, &ours);
                            let page = Page { meta: self.meta(now, side), rows, next: None };
                            events.push_back(Event::Answered { id, result: Ok(Answer::Page(page)) });
                        } else {
                            self.parted.insert(id, ours);
                            out.push(Effect::Call { id, side, urgency, call: Call::Read(theirs) });
                        }
                    }
                    Effect::Commit(changes) => {
                        self.note(&changes);
                        out.push(Effect::Commit(changes));
                    }
                    other => out.push(other),
                }
            }
        }
    }

    /// What was recorded since this was last asked.
    pub fn take(&mut self) -> Recorded {
        std::mem::take(&mut self.recorded)
    }

    /// Nothing is left to do, but to look again.
    pub fn is_done(&self) -> bool {
        let sync = &self.sync;
        let [owed, waiting, writes, _] = sync.open_work();
        let quiet = |side: Side| {
            let looks = sync.looks.get(side);
            looks.is_quiet()
                && (!self.follows || looks.looked_at.is_some())
                && self.sides.get(side).unread.is_empty()
        };
        sync.state.phase == Phase::Steady
            && [owed, waiting, writes] == [0; 3]
            && sync.is_at_rest()
            && Side::BOTH.into_iter().all(quiet)
    }

    /// When to send [`Event::Tick`] at the latest.
    pub fn next_wake(&self) -> i64 {
        self.sync.next_wake()
    }

    /// What keeps it from going on, if anything.
    pub fn problem(&self) -> Option<&CallError> {
        self.sync.problem()
    }

    /// This call was for a bulk read: what that cannot give is listed.
    pub fn has_another_way(&self, id: CallId, error: &CallError) -> bool {
        let asked = self.sync.calls.get(&id);
        asked.is_some_and(|asked| asked.purpose == Purpose::Bulk) && error.kind != CallErrorKind::Auth
    }

    /// How long the service of a side takes to answer, in milliseconds.
    pub fn answer_ms(&self, side: Side) -> u64 {
        u64::try_from(self.sync.listing.get(side).answer_ms).unwrap_or(0)
    }

    /// Where it is.
    pub fn state(&self) -> &SyncState {
        self.sync.state()
    }

    /// What it is busy with, for people who look into a standstill.
    pub fn describe(&self) -> String {
        self.sync.describe()
    }

    /// A service answered: its clock is noted, what was recorded is added, and what would be deleted by now is left out.
    fn complete(
        &mut self,
        now: i64,
        id: CallId,
        result: Result<Answer, CallError>,
    ) -> Result<Answer, CallError> {
        let parted = self.parted.remove(&id);
        let mut answer = result?;
        let Some(side) = self.sync.calls.get(&id).map(|asked| asked.side) else { return Ok(answer) };
        let estimated = self.sides.get(side).now(now);
        // Rows of a bulk read that were at hand tell no time.
        let told = Some(answer.meta().server_time).filter(|at| *at != Instant::START).unwrap_or(estimated);
        let record = self.sides.get_mut(side);
        let clock = if record.clock.is_some() { told.max(estimated) } else { told };
        record.clock = Some((clock, now));
        if let Answer::BulkRows { rows, .. } = &mut answer {
            rows.retain(|row| !record.gone.contains(&row.id));
        }
        if let Answer::Page(page) = &mut answer {
            page.rows.retain(|row| !record.gone.contains(&row.id));
            if let Some(ours) = parted {
                let rows = self.read(now, side, &ours);
                page.rows.extend(rows);
            }
        }
        Ok(answer)
    }

    fn meta(&self, now: i64, side: Side) -> Meta {
        Meta { server_time: self.sides.get(side).now(now), credits: 0, requests: 0 }
    }

    /// Records as they would be. What was told once needs no telling again: it is known.
    fn read(&mut self, now: i64, side: Side, ids: &[RemoteId]) -> Vec<Observation> {
        let slots = self.sync.rules().mapping.pairs.len();
        let us = self.sync.plan.people.us.get(side).clone();
        let record = self.sides.get_mut(side);
        // A second that is over: nobody else can write to what is not there.
        let before = record.now(now).plus_millis(-2_000).floor_second();
        let row = |id: &RemoteId| {
            let (modified, slots) =
                record.unread.remove(id).unwrap_or_else(|| (before, vec![None; slots].into()));
            Observation {
                id: id.clone(),
                modified,
                created: Some(modified),
                created_by: us.clone(),
                modified_by: None,
                member: musubi_core::Membership::Unknown,
                slots,
            }
        };
        ids.iter().filter(|id| !record.gone.contains(*id)).map(row).collect::<Vec<_>>()
    }

    /// A write is recorded and answered as done.
    fn written(
        &mut self,
        now: i64,
        id: CallId,
        side: Side,
        (batch, kind, items): (BatchId, WriteKind, &[WriteItem]),
    ) -> Event {
        self.recorded.operations.extend(self.intents.remove(&batch).unwrap_or_default());
        self.recorded.writes.push((side, kind, items.len()));
        let slots = self.sync.rules().mapping.pairs.len();
        let modified = self.sides.get(side).now(now).floor_second();
        let (mut outcomes, mut hints) = (Vec::new(), Vec::new());
        for item in items {
            let id = item.id.clone().unwrap_or_else(|| {
                self.made += 1;
                RemoteId::new(format!("{OURS}{}{}", side.name(), self.made))
            });
            outcomes.push(ItemOutcome::Done { id: id.clone(), modified });
            let record = self.sides.get_mut(side);
            if kind == WriteKind::Delete {
                record.unread.remove(&id);
                record.gone.insert(id);
                continue;
            }
            let nothing = if item.id.is_none() { Some(Value::Blank) } else { None };
            let unread =
                record.unread.entry(id.clone()).or_insert_with(|| (modified, vec![nothing; slots].into()));
            unread.0 = modified;
            for (slot, value) in &item.values {
                unread.1[usize::from(*slot)] = Some(as_read(value));
            }
            if !id.as_str().starts_with(OURS) {
                record.touched.insert(id.clone());
            }
            *self.recorded.echoes.get_mut(side) += 1;
            hints.push(HintRow { side, id: id.as_str().to_owned(), at: now });
        }
        let written = Answer::Written(Written { meta: self.meta(now, side), outcomes });
        self.echoes.insert(batch, hints);
        Event::Answered { id, result: Ok(written) }
    }

    /// What a commit decides to do: ties at once, writes when they are sent.
    fn note(&mut self, changes: &Changes) {
        for row in &changes.intents_put {
            let Ok(batch) = Batch::recover(row, 0) else { continue };
            let operation = |item| {
                let body = changes
                    .links_put
                    .iter()
                    .find(|link| self.links(link.left_id.as_str(), item))
                    .and_then(|link| LinkBody::decode(&link.body).ok());
                operation(batch.side, batch.kind, item, body.as_ref()).map(yet_to_be_made)
            };
            let operations = batch.items.iter().filter_map(operation).collect();
            self.intents.insert(batch.id, operations);
        }
        for id in &changes.intents_delete {
            self.intents.remove(id);
            self.due.extend(self.echoes.remove(id).unwrap_or_default());
        }
        for row in changes.journal.iter().filter(|row| row.kind == JournalKind::Linked.number()) {
            let Ok(entry) = describe(row) else { continue };
            if let (Some(left), Some(right)) = (&entry.ids.left, &entry.ids.right) {
                self.recorded.operations.push(link_operation(Sides { left, right }));
            }
        }
    }

    fn links(&self, left: &str, item: &super::batch::Item) -> bool {
        item.ids.left.as_ref().is_some_and(|id| id.as_str() == left) && item.ids.right.is_some()
    }
}

/// A lookup to several modules is written with its module, and read without it.
fn as_read(value: &Value) -> Value {
    match value {
        Value::Record(id) => {
            let id = id.as_str();
            Value::Record(RemoteId::new(id.split_once(':').map_or(id, |(_, id)| id)))
        }
        value => value.clone(),
    }
}

/// Our own ids mean nothing to anybody else.
fn yet_to_be_made(mut operation: Operation) -> Operation {
    let ours = |id: &RemoteId| id.as_str().starts_with(OURS);
    if operation.kind != Kind::Create && operation.target_id.as_ref().is_some_and(ours) {
        operation.target_id = None;
    }
    for field in &mut operation.fields {
        if matches!(&field.after, Some(Value::Record(id)) if ours(id)) {
            field.after = None;
        }
        if operation.target_id.is_none() {
            field.before = None;
        }
    }
    operation
}
