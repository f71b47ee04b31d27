//! A plan is made by rehearsal and then carried out (I17).

use super::{
    Report, Sim, store,
    trace::{brief, describe},
};
use crate::{
    act::Act,
    check,
    scenario::{FIELDS, Scenario, TAG},
    service::Carried,
    violation::Violation,
};
use musubi_connector::WriteKind;
use musubi_core::{
    RemoteId, Side, Value,
    mutant::Mutant,
    plan::{Approved, Field, Kind, Operation, Plan},
    policy::LeavingPolicy,
};
use musubi_engine::sync::{
    Answer, Call, CallId, Effect, Event, Rehearsal, Stored, describe_journal, outstanding,
};
use musubi_store::{Store, SyncId};
use rand::Rng;
use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

/// What becomes of the world between plan and run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum World {
    /// Nothing.
    Unchanged,
    /// A person does one thing more.
    Changed,
}

/// Plans, lets the world change or not, and runs with that plan approved. `free`: what the run came to without a plan.
pub fn run(
    scenario: &Scenario,
    world: World,
    mutant: Mutant,
    (memory, sync): (&Store, SyncId),
    runtime: &tokio::runtime::Runtime,
    free: &Report,
    trace: bool,
) -> Result<(), Violation> {
    let mut sim = Sim::new(scenario, mutant, memory.clone(), sync, runtime, trace);
    sim.before_engine()?;
    let plan = sim.rehearse()?;
    let again = sim.rehearse()?;
    if plan.digest() != again.digest() {
        return Err(violation(format!("two rehearsals say different things: {plan:?} and {again:?}")));
    }
    let hostile = scenario.hostile.left || scenario.hostile.right;
    if world == World::Changed {
        sim.somebody_changes_something()?;
    }
    sim.approved = Some(Arc::new(Approved::of(&plan)));
    let report = sim.work()?;
    let stopped = sim.is_stopped();
    let carried = sim.check_carried(&plan)?;
    sim.check_told(&plan, &carried, stopped)?;
    // Of fields that are not mapped no rehearsal knows what a new record will hold, and so whether it will take part.
    let unforeseen = scenario.scopes.beside && scenario.policy.leaving != LeavingPolicy::KeepLinked;
    let refused = sim.services.left.refused + sim.services.right.refused > 0;
    if world == World::Unchanged && !hostile && !refused && !unforeseen {
        if stopped {
            return Err(violation("the world is as planned, and the run stops"));
        }
        let rest = plan.outstanding(|operation, slot| carried.contains(&key(operation, slot)));
        if let Some(operation) = rest.first() {
            return Err(violation(format!("planned and not done: {operation:?}")));
        }
        // Of several records with one key, the order of the work says which has the counterpart; the others are held.
        let several = sim.is_told(|code| code.starts_with("match."))?;
        if report.records != free.records && !several {
            let what = format!("with a plan {:?}, without {:?}", report.records, free.records);
            return Err(violation(format!("a run with a plan ends otherwise than one without: {what}")));
        }
    }
    Ok(())
}

fn violation(what: impl Into<String>) -> Violation {
    Violation::new("I17", what)
}

/// What was done, comparable with a plan: the kind and no slot for ties, creates and deletes; the slot for fields.
type Done = (Option<Kind>, Side, RemoteId, Option<u16>);

fn key(operation: &Operation, slot: Option<u16>) -> Done {
    let kind = slot.is_none().then_some(operation.kind);
    (kind, operation.target, operation.source.clone(), slot)
}

impl Sim<'_> {
    pub(super) fn is_stopped(&self) -> bool {
        self.worker.as_ref().is_some_and(|worker| worker.sync.is_stopped() && worker.sync.is_at_rest())
    }

    /// Real readings, writes only recorded.
    fn rehearse(&mut self) -> Result<Plan, Violation> {
        let scratch = Store::in_memory().map_err(store)?;
        let sync = self.plan.sync;
        let lease = self.runtime.block_on(scratch.acquire(sync, "rehearsal", self.now, i64::MAX));
        let epoch = lease.map_err(store)?.unwrap_or_default();
        let mut rehearsal = Rehearsal::new(self.plan.clone(), epoch, Stored::default(), self.now);
        let (mut effects, mut operations) = (Vec::new(), Vec::new());
        let mut answers: BTreeMap<(i64, CallId), Answer> = BTreeMap::new();
        rehearsal.handle(self.now, Event::Tick, &mut effects);
        for _ in 0..20_000 {
            operations.extend(rehearsal.take().operations);
            if rehearsal.is_done() && effects.is_empty() {
                let plan = Plan::of(self.plan.rules.version, operations);
                self.say(|| format!("planned: {plan:?}"));
                return Ok(plan);
            }
            let is_due = answers.first_key_value().is_some_and(|((at, _), _)| *at <= self.now);
            let event = if is_due && (effects.is_empty() || self.rng.random_ratio(1, 2)) {
                answers.pop_first().map(|((_, id), answer)| Event::Answered { id, result: Ok(answer) })
            } else if !effects.is_empty() {
                let at = self.rng.random_range(0..effects.len());
                self.rehearse_effect(effects.remove(at), &scratch, epoch, &mut answers)?
            } else {
                let due = answers.first_key_value().map_or(i64::MAX, |((at, _), _)| *at);
                self.now = due.min(rehearsal.next_wake()).max(self.now + 1);
                Some(Event::Tick)
            };
            let Some(event) = event else { continue };
            let woken = matches!(&event, Event::Committed(committed) if committed.woken.contains(&sync));
            rehearsal.handle(self.now, event, &mut effects);
            if woken {
                let hints = self.runtime.block_on(scratch.hints(sync, 50)).map_err(store)?;
                rehearsal.handle(self.now, Event::Hints(hints), &mut effects);
            }
        }
        Err(violation(format!("a rehearsal does not end: {}", rehearsal.describe())))
    }

    fn rehearse_effect(
        &mut self,
        effect: Effect,
        scratch: &Store,
        epoch: i64,
        answers: &mut BTreeMap<(i64, CallId), Answer>,
    ) -> Result<Option<Event>, Violation> {
        let sync = self.plan.sync;
        if let Effect::Commit(changes) = &effect {
            self.say(|| format!("rehearsed: {}", describe(changes).trim_start()));
        }
        let work = async {
            Ok::<_, musubi_store::StoreError>(match effect {
                Effect::Call { id, side, call, .. } => return Ok(Err((id, side, call))),
                Effect::Load(id, want) => Ok(Event::Loaded(id, scratch.load(sync, want).await?)),
                Effect::Waiting { after, limit } => {
                    let rows = scratch.scan_unlinked(sync, None, Some(1), after, limit as i64).await?;
                    Ok(Event::Waiting(rows))
                }
                Effect::Links { state, after, limit } => {
                    let after = after.unwrap_or_default();
                    Ok(Event::Links(scratch.links_in(sync, state, &after, limit as i64).await?))
                }
                Effect::Commit(changes) => {
                    Ok(Event::Committed(scratch.commit(sync, epoch, self.now, *changes).await?))
                }
            })
        };
        match self.runtime.block_on(work).map_err(store)? {
            Ok(event) => Ok(Some(event)),
            Err((_, side, Call::Write { .. })) => {
                Err(violation(format!("a rehearsal writes on the {} side", side.name())))
            }
            Err((id, side, call)) => {
                let answer = self.read(side, &call);
                self.say(|| format!("rehearsed: {} {call:?} → {}", side.name(), brief(&answer)));
                let asks_for_ours =
                    matches!(&call, Call::Read(ids) if ids.iter().any(|id| id.as_str().starts_with('~')));
                if asks_for_ours {
                    return Err(violation("a service is asked for a record that is yet to be made"));
                }
                answers.insert((self.now + self.rng.random_range(1..300), id), answer);
                Ok(None)
            }
        }
    }

    /// One thing more, drawn.
    fn somebody_changes_something(&mut self) -> Result<(), Violation> {
        let side = if self.rng.random_ratio(1, 2) { Side::Left } else { Side::Right };
        let nth = self.rng.random_range(0..9);
        let act = match self.rng.random_range(0..8) {
            0 => Act::Create { side, person: self.rng.random_range(0..9), with_email: true },
            1 | 2 => Act::Delete { side, nth },
            _ => Act::Edit {
                side,
                nth,
                slot: self.rng.random_range(1..FIELDS.len()),
                value: self.rng.random_range(0..12),
            },
        };
        self.now += 5_000;
        self.act(act)?;
        self.now += 5_000;
        self.calm_at = self.now;
        Ok(())
    }

    /// Everything that the services carried out stands in the plan, and came once. Gives it in terms of the plan.
    fn check_carried(&self, plan: &Plan) -> Result<HashSet<Done>, Violation> {
        let mut done = HashSet::new();
        for side in Side::BOTH {
            for carried in &self.services.get(side).carried {
                let operation = self.planned(plan, side, carried).ok_or_else(|| {
                    violation(format!("not in the plan: on the {} side {carried:?}", side.name()))
                })?;
                let mut note = |slot: Option<u16>| {
                    if done.insert(key(operation, slot)) {
                        return Ok(());
                    }
                    Err(violation(format!("done twice: {operation:?} by {carried:?}")))
                };
                if carried.kind != WriteKind::Update {
                    note(None)?;
                }
                for (slot, before, sent) in &carried.fields {
                    note(Some(*slot))?;
                    let field = operation.fields.iter().find(|field| field.slot == *slot);
                    let as_planned =
                        field.is_some_and(|field| self.is_as_planned(side, operation, field, before, sent));
                    if !as_planned {
                        let name = FIELDS[usize::from(*slot)];
                        return Err(violation(format!(
                            "{name} of {carried:?} is otherwise in {operation:?}"
                        )));
                    }
                }
            }
        }
        let links = check::links(self.runtime, &self.store, self.plan.sync)?;
        for (left, right) in links {
            let made = |side: Side, id: &RemoteId| self.services.get(side).records[id].ours;
            if made(Side::Left, &left) || made(Side::Right, &right) {
                continue;
            }
            let link = plan.operations.iter().find(|operation| {
                operation.kind == Kind::Link
                    && operation.source == left
                    && operation.target_id.as_ref() == Some(&right)
            });
            let link = link.ok_or_else(|| violation(format!("not in the plan: {left} tied to {right}")))?;
            done.insert(key(link, None));
        }
        Ok(done)
    }

    /// The planned operation that this was. A record that we made is known by its tag, which no person changes.
    fn planned<'p>(&self, plan: &'p Plan, side: Side, carried: &Carried) -> Option<&'p Operation> {
        let record = &self.services.get(side).records[&carried.id];
        let tag = &record.values()[TAG];
        let fits = |operation: &&Operation| {
            let (made, source) =
                (record.ours, self.services.get(side.other()).records.get(&operation.source));
            let kind = match carried.kind {
                WriteKind::Delete => Kind::Delete,
                _ if made => Kind::Create,
                _ => Kind::Update,
            };
            operation.target == side
                && operation.kind == kind
                && match &operation.target_id {
                    Some(id) => *id == carried.id,
                    None => source.is_some_and(|source| !source.ours && source.values()[TAG] == *tag),
                }
        };
        plan.operations.iter().find(fits)
    }

    fn is_as_planned(
        &self,
        side: Side,
        operation: &Operation,
        field: &Field,
        before: &Value,
        sent: &Value,
    ) -> bool {
        let value = match (&field.after, &field.source, sent) {
            (Some(after), ..) => after == sent,
            // To the counterpart of that record, which was yet to be made.
            (None, Value::Record(source), Value::Record(made)) => {
                let tag = |side: Side, id: &RemoteId| {
                    self.services.get(side).records.get(id).map(|record| record.values()[TAG].clone())
                };
                tag(side, made).is_some() && tag(side, made) == tag(side.other(), source)
            }
            _ => false,
        };
        let shown = match &operation.target_id {
            Some(_) => field.before.as_ref() == Some(before),
            None => before.is_blank(),
        };
        value && shown
    }

    /// What was planned and could not be done is told; so is why the run stopped.
    fn check_told(&self, plan: &Plan, carried: &HashSet<Done>, stopped: bool) -> Result<(), Violation> {
        let rows = self.runtime.block_on(self.store.journal_tail(self.plan.sync, 0, 100_000));
        let entries: Result<Vec<_>, _> = rows.map_err(store)?.iter().map(describe_journal).collect();
        let entries = entries.map_err(|_| Violation::new("I9", "a journal entry cannot be read"))?;
        let told = outstanding(plan, &entries);
        let really = plan.outstanding(|operation, slot| carried.contains(&key(operation, slot)));
        if told != really {
            return Err(violation(format!("not done is told as {told:?}, and is {really:?}")));
        }
        if stopped != self.is_told(|code| code == "plan.changed")? {
            return Err(violation(format!("stopped: {stopped}, and that is not what is told")));
        }
        Ok(())
    }

    fn is_told(&self, wanted: impl Fn(&str) -> bool) -> Result<bool, Violation> {
        let items = self.runtime.block_on(self.store.open_attention(self.plan.sync, 0, 10_000));
        Ok(items.map_err(store)?.iter().any(|item| wanted(&item.code)))
    }
}
