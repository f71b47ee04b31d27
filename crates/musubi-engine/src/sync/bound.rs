//! A sync that may do only what a person approved (I17): it stops before anything else, and says what is different.

use super::{
    Sync,
    batch::Item,
    desk::{Draft, Job, Op},
    journal::{Entry, JournalKind},
    known::{Known, link_state, unlinked_state},
    state::Phase,
};
use musubi_connector::WriteKind;
use musubi_core::{
    LinkBody, RemoteId, Side, Sides,
    mutant::Mutant,
    plan::{Approved, Field, Kind, Operation, Why},
};
use serde::{Deserialize, Serialize};
use std::{collections::HashSet, sync::Arc};

/// So many operations that were not planned are told at once; one is reason enough to stop.
const TOLD: usize = 20;

/// What a sync remembers of being bound to a plan. The plan itself is told to each process that works on it; until then nothing is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binding {
    /// The plan's digest.
    pub digest: String,
    /// Something else than the plan says was about to be done: a person decides.
    pub stopped: bool,
}

impl Sync {
    /// From now on only what was approved is done; or anything again. After a stop this is how a person lets it go on.
    pub(super) fn bind(&mut self, approved: Option<Arc<Approved>>) {
        let was_idle = self.is_idle_by_order();
        let digest = approved.as_ref().map(|approved| approved.digest());
        let stopped = self.state.binding.as_ref().is_some_and(|binding| binding.stopped);
        let same = self.state.binding.as_ref().map(|binding| &binding.digest) == digest.as_ref();
        self.approved = approved;
        // What it stopped at is still there when it is told of the same plan once more.
        let binding = digest.map(|digest| Binding { digest, stopped: stopped && same });
        if self.state.binding != binding {
            self.state.binding = binding;
            self.jobs.push_back(Job::Save);
        }
        self.take_up_postponed();
        if was_idle && !self.is_idle_by_order() {
            self.take_up_again();
        }
    }

    /// It stopped at something that the plan it is bound to does not say, or does not know that plan yet.
    pub fn is_stopped(&self) -> bool {
        self.state.binding.as_ref().is_some_and(|binding| binding.stopped || self.approved.is_none())
            && !self.rules().mutant.is(Mutant::ExceedPlan)
    }

    /// A person paused it, or it stopped by itself: no calls, no new decisions.
    pub(super) fn is_idle_by_order(&self) -> bool {
        self.state.paused || self.is_stopped()
    }

    /// Whether these two may be tied. If not, the decision ends in a stop, or the record waits until everything is read.
    pub(super) fn may_tie(&self, side: Side, id: &RemoteId, other: &RemoteId, draft: &mut Draft) -> bool {
        if self.is_stopped() {
            return false;
        }
        let Some(approved) = self.approved_here() else { return true };
        let link = link_operation(match side {
            Side::Left => Sides { left: id, right: other },
            Side::Right => Sides { left: other, right: id },
        });
        match approved.check(&link, self.rules().version) {
            Ok(()) => true,
            Err(exceeds) => {
                if !self.reads_on() {
                    draft.unplanned.push((link, exceeds));
                }
                false
            }
        }
    }

    /// I17: every operation that is about to become an intent is held against the plan. If any was not approved, nothing of this decision is done.
    pub(super) fn hold_to_plan(&mut self, known: &mut Known, draft: &mut Draft) {
        if !self.is_stopped() {
            let Some(approved) = self.approved_here() else { return };
            let mut later = Vec::new();
            for op in std::mem::take(&mut draft.ops) {
                let body = op.item.ids.left.as_ref().and_then(|left| known.link_at(Side::Left, left));
                let body = body.map(|at| &known.links[at].body);
                let Some(operation) = operation(op.target, op.kind, &op.item, body) else { continue };
                match approved.check(&operation, self.rules().version) {
                    Err(_) if op.kind == WriteKind::Create && self.reads_on() => {
                        later.push(op);
                        continue;
                    }
                    Err(exceeds) => draft.unplanned.push((operation, exceeds)),
                    Ok(()) => {}
                }
                draft.ops.push(op);
            }
            self.take_back(later, known, draft);
            if draft.unplanned.is_empty() {
                return;
            }
            self.stop_at_unplanned(draft);
        }
        let ops = std::mem::take(&mut draft.ops);
        self.take_back(ops, known, draft);
    }

    /// Of several records with one match key, the first that is read has the counterpart. Which of them that is the plan says: until everything
    /// is read the others wait, and are decided upon in the sweep.
    fn reads_on(&self) -> bool {
        matches!(self.state.phase, Phase::ScanSecond { .. })
    }

    fn approved_here(&self) -> Option<Arc<Approved>> {
        self.approved.clone().filter(|_| !self.rules().mutant.is(Mutant::ExceedPlan))
    }

    fn stop_at_unplanned(&mut self, draft: &mut Draft) {
        if let Some(binding) = &mut self.state.binding {
            binding.stopped = true;
        }
        for (operation, exceeds) in std::mem::take(&mut draft.unplanned).into_iter().take(TOLD) {
            let (source, target) = (Some(&operation.source), operation.target_id.as_ref());
            let ids = match operation.target {
                Side::Left => Sides { left: target, right: source },
                Side::Right => Sides { left: source, right: target },
            };
            let pairs = &self.rules().mapping.pairs;
            let name = |field: &Field| {
                pairs.get(usize::from(field.slot)).map(|pair| pair.fields.get(operation.target).name.as_str())
            };
            let fields: Vec<&str> = operation.fields.iter().filter_map(name).collect();
            let details = serde_json::json!({
                "operation": operation.kind,
                "target": operation.target,
                "because": exceeds,
                "fields": fields,
            });
            self.attention_about("plan.changed", ids, -1, &details.to_string(), draft);
        }
    }

    /// These are not done now. What they are about stays to be decided.
    fn take_back(&mut self, ops: Vec<Op>, known: &mut Known, draft: &mut Draft) {
        for mut op in ops {
            let source = op.target.other();
            let memory = op.item.source.take();
            match (op.kind, op.item.ids.get(source)) {
                (WriteKind::Create, Some(id)) => {
                    self.flights.end_create(source, id, &op.item.keys);
                    if let Some(unlinked) = known.unlinked.get_mut(&(source, id.clone())) {
                        unlinked.gone = false;
                        memory.into_iter().for_each(|memory| unlinked.memory = memory);
                        self.keep(source, id, unlinked_state::WAITING, &op.item.keys, known, draft);
                    } else {
                        let id = id.clone();
                        op.item.source = memory;
                        self.back_to_unlinked(source, &id, &op.item, unlinked_state::WAITING, known, draft);
                    }
                }
                (_, Some(id)) => {
                    let Some(at) = known.link_at(source, id) else { continue };
                    let link = &mut known.links[at];
                    link.in_flight = false;
                    link.state = link_state::OWED;
                    link.put = true;
                }
                (_, None) => {}
            }
        }
    }
}

/// The operation that one record of a write batch is. `body`: what is known of the pair, to say why.
pub(super) fn operation(
    target: Side,
    kind: WriteKind,
    item: &Item,
    body: Option<&LinkBody>,
) -> Option<Operation> {
    let (kind, target_id) = match kind {
        WriteKind::Create => (Kind::Create, None),
        WriteKind::Update => (Kind::Update, item.ids.get(target).clone()),
        WriteKind::Delete => (Kind::Delete, item.ids.get(target).clone()),
    };
    let fields = item.assignments.iter().map(|assignment| Field {
        slot: assignment.slot,
        before: assignment.replaced.clone(),
        after: Some(assignment.value.clone()),
        source: assignment.source.clone(),
        why: if kind == Kind::Create { Why::New } else { why(body, assignment.slot) },
    });
    let source = item.ids.get(target.other()).clone()?;
    Some(Operation { kind, target, source, target_id, fields: fields.collect() })
}

/// Tying these two.
pub(super) fn link_operation(ids: Sides<&RemoteId>) -> Operation {
    Operation {
        kind: Kind::Link,
        target: Side::Right,
        source: ids.left.clone(),
        target_id: Some(ids.right.clone()),
        fields: Vec::new(),
    }
}

fn why(body: Option<&LinkBody>, slot: u16) -> Why {
    let Some(body) = body else { return Why::Changed };
    let of = |side: Side| body.side(side);
    if Side::BOTH.iter().any(|side| of(*side).base.get(usize::from(slot)).is_none_or(Option::is_none)) {
        Why::FirstMeeting
    } else if Side::BOTH.iter().all(|side| of(*side).dirty_at(slot).is_some()) {
        Why::Conflict
    } else {
        Why::Changed
    }
}

/// What of a plan the journal does not show as done: to be told when a run that was bound to it has ended.
pub fn outstanding(plan: &musubi_core::plan::Plan, journal: &[Entry]) -> Vec<Operation> {
    let mut done: HashSet<(Kind, Side, &RemoteId, Option<u16>)> = HashSet::new();
    for entry in journal {
        let (kind, target) = match entry.kind {
            JournalKind::Linked => (Kind::Link, Side::Right),
            JournalKind::Created => (Kind::Create, entry.side),
            JournalKind::Updated => (Kind::Update, entry.side),
            JournalKind::Deleted => (Kind::Delete, entry.side),
            _ => continue,
        };
        let Some(source) = entry.ids.get(target.other()) else { continue };
        done.insert((kind, target, source, None));
        for (slot, ..) in &entry.changes {
            done.insert((Kind::Update, target, source, Some(*slot)));
        }
    }
    plan.outstanding(|operation, slot| {
        let kind = if slot.is_some() { Kind::Update } else { operation.kind };
        done.contains(&(kind, operation.target, &operation.source, slot))
    })
}
