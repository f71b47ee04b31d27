//! Rehearses the module syncs of an integration side by side: real readings, a scratch copy of what is stored, no writes (I17).

use crate::account::Account;
use crate::asked;
use crate::call::{Dial, Line};
use crate::error::{HubError, Result};
use crate::everything::Spent;
use crate::fence::Fence;
use crate::hub::Inner;
use crate::note::Note;
use crate::partition::{self, Prepared, prepare};
use crate::reading::{Reading, ReadingBySide};
use crate::report::Progress;
use crate::sync::rehearse::Recorded;
use crate::sync::{Answer, CallId, Effect, Event, Order, Plan, Rehearsal, SideState, Urgency};
use musubi_connector::{CallError, CallErrorKind};
use musubi_core::plan::Operation;
use musubi_core::{RemoteId, Side, Sides, Value};
use musubi_store::{ModuleState, ModuleSyncRow, Store, StoreError};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::{Id, JoinSet};

/// Hints taken from the scratch store at once: children whose parent would be linked.
const HINTS: i64 = 400;
/// So many decisions that wait are taken into account.
const ORDERED: i64 = 1_000;
/// Nothing that is waited for is looked at less often, in milliseconds.
const LONGEST: i64 = 60_000;
/// Leases in a scratch store are never disputed.
const ALWAYS: i64 = i64::MAX / 2;

/// One module sync that rehearses.
pub(crate) struct Stage {
    pub row: ModuleSyncRow,
    pub plan: Arc<Plan>,
    pub accounts: Sides<Arc<Account>>,
    pub left_out: Vec<crate::LeftOut>,
    /// What should be known of its mapping.
    pub warnings: Vec<Note>,
    /// What reading cost.
    pub spent: Sides<Spent>,
    /// Records of each side, where they were counted.
    pub counted: Sides<Option<u64>>,
    /// Per side, who owns what would be carried over from there.
    owners: Sides<HashSet<RemoteId>>,
    rehearsal: Rehearsal,
    epoch: i64,
    seen: u64,
    effects: Vec<Effect>,
}

impl Stage {
    /// Which way each side was read.
    pub fn reading(&self) -> ReadingBySide {
        let state = self.rehearsal.state();
        let of = |side: Side| {
            let records = self.counted.get(side).unwrap_or(0);
            Reading::of(side, *self.plan.bulk.get(side), state, records)
        };
        ReadingBySide { left: of(Side::Left), right: of(Side::Right) }
    }

    /// How long the service of a side takes to answer, in milliseconds.
    pub fn answer_ms(&self, side: Side) -> u64 {
        self.rehearsal.answer_ms(side)
    }

    /// An owner that is written comes from the record's owner on the other side.
    fn note_owners(&mut self, operations: &[Operation]) {
        for operation in operations {
            let owners = self.owners.get_mut(operation.target.other());
            for field in &operation.fields {
                if let Value::User(user) = &field.source
                    && self.plan.owner_slots.contains(&field.slot)
                    && !owners.contains(&user.id)
                {
                    owners.insert(user.id.clone());
                }
            }
        }
    }
}

/// The rehearsal of a whole integration: lookups of one module lead to records of another.
pub(crate) struct Ensemble<'a> {
    hub: &'a Inner,
    /// What would be stored.
    pub scratch: Store,
    pub stages: Vec<Stage>,
    fence: Fence,
    calls: JoinSet<std::result::Result<Answer, CallError>>,
    ids: HashMap<Id, (usize, CallId, Side)>,
    told: HashSet<(usize, Side, String, i64)>,
}

impl Ensemble<'_> {
    /// Makes everything ready; asks the services what they have.
    pub async fn prepare(hub: &Inner, integration: i64, connections: Sides<i64>) -> Result<Ensemble<'_>> {
        let mut rows = hub.store.module_syncs(integration).await?;
        rows.retain(|row| row.state == ModuleState::Active);
        let mut known = false;
        for row in &rows {
            known |= hub.store.sync_state(row.id).await?.is_some();
        }
        let scratch = if known { hub.store.scratch_copy().await? } else { Store::scratch()? };
        let mut stages = Vec::new();
        for row in rows {
            let Prepared { plan, accounts, compare_all, restored, left_out, warnings, .. } =
                prepare(hub, row.id, &connections).await?;
            let mut stored = partition::stored(&scratch, row.id, restored).await?;
            stored.compare = compare_all && stored.state.is_some();
            // Whoever holds the lease of the copied state has nothing to do with the copy.
            let epoch = scratch.acquire(row.id, "rehearsal", ALWAYS, ALWAYS).await?.unwrap_or_default();
            let (plan, now, ran) = (Arc::new(plan), hub.now(), stored.state.is_some());
            let mut rehearsal = Rehearsal::new(Arc::clone(&plan), epoch, stored, now);
            let mut effects = Vec::new();
            if ran {
                rehearsal.handle(now, Event::Bind(None), &mut effects);
                rehearsal.handle(now, Event::Resume, &mut effects);
            }
            rehearsal.handle(now, Event::Tick, &mut effects);
            // What a person tied already is a pair in the plan as well.
            let ordered = hub.store.open_decisions(row.id, 0, ORDERED).await?;
            let ordered = ordered.iter().filter_map(asked::decision);
            let tied = ordered.filter(|decision| matches!(decision.order, Order::Link { .. })).collect();
            rehearsal.handle(now, Event::Decided(tied), &mut effects);
            stages.push(Stage {
                row,
                plan,
                accounts,
                left_out,
                warnings,
                spent: Sides::default(),
                counted: Sides::default(),
                owners: Sides::default(),
                rehearsal,
                epoch,
                seen: 0,
                effects,
            });
        }
        let fence = Fence::new(i64::MAX, hub.clock.clone());
        let (calls, ids, told) = (JoinSet::new(), HashMap::new(), HashSet::new());
        Ok(Ensemble { hub, scratch, stages, fence, calls, ids, told })
    }

    /// Per side, who owns what would be carried over from there, as far as owners are.
    pub fn owners(&self) -> Sides<HashSet<RemoteId>> {
        Sides::from_fn(|side| self.stages.iter().flat_map(|stage| stage.owners.get(side)).cloned().collect())
    }

    /// Rehearses until nothing is left to do. What is recorded is handed over as it comes, with the number of its stage.
    pub async fn run(
        &mut self,
        record: &mut (dyn FnMut(&Stage, usize, Recorded) + Send),
        tell: &mut (dyn FnMut(&Progress) + Send),
    ) -> Result<()> {
        loop {
            for at in 0..self.stages.len() {
                self.carry_out(at).await?;
                let recorded = self.stages[at].rehearsal.take();
                self.stages[at].note_owners(&recorded.operations);
                record(&self.stages[at], at, recorded);
            }
            tell(&self.progress());
            let done = self.calls.is_empty() && self.stages.iter().all(|stage| stage.rehearsal.is_done());
            if done && !self.wake_children().await? {
                return Ok(());
            }
            if self.stages.iter().any(|stage| !stage.effects.is_empty()) {
                continue;
            }
            let now = self.hub.now();
            // A module with nothing left to do does not look at its services again while the others work.
            let is_busy = |stage: &Stage| !stage.rehearsal.is_done();
            let busy = self.stages.iter().filter(|stage| is_busy(stage));
            let wake = busy.map(|stage| stage.rehearsal.next_wake()).min().unwrap_or(now + LONGEST);
            let wait = u64::try_from((wake - now).clamp(1, LONGEST)).unwrap_or(1);
            tokio::select! {
                Some(ended) = self.calls.join_next_with_id() => self.call_ended(ended)?,
                () = tokio::time::sleep(Duration::from_millis(wait)) => {
                    let now = self.hub.now();
                    for stage in self.stages.iter_mut().filter(|stage| is_busy(stage)) {
                        stage.rehearsal.handle(now, Event::Tick, &mut stage.effects);
                    }
                }
            }
        }
    }

    /// Does what a stage asks for: calls begin, the scratch store answers at once.
    async fn carry_out(&mut self, at: usize) -> Result<()> {
        while !self.stages[at].effects.is_empty() {
            let stage = &mut self.stages[at];
            let effects = std::mem::take(&mut stage.effects);
            for effect in effects {
                let stage = &mut self.stages[at];
                match effect {
                    Effect::Call { id, side, call, .. } => {
                        let timeout = stage.plan.settings.call_timeout;
                        let line = Line {
                            account: Arc::clone(stage.accounts.get(side)),
                            fence: self.fence.clone(),
                            timeout,
                            deadline: self.hub.now() + timeout.max(60_000),
                        };
                        let projection = Arc::clone(stage.plan.projections.get(side));
                        let dial = Dial { line, projection };
                        // Whatever it is for here: nobody waits for it as for a change that just happened.
                        let task = self.calls.spawn(dial.perform(Urgency::Backfill, call));
                        self.ids.insert(task.id(), (at, id, side));
                    }
                    effect => {
                        let event = store(&self.scratch, stage, self.hub.now(), effect).await?;
                        let now = self.hub.now();
                        stage.rehearsal.handle(now, event, &mut stage.effects);
                    }
                }
            }
        }
        Ok(())
    }

    /// Records of any stage whose parent would be linked are looked at again. False when there is none.
    async fn wake_children(&mut self) -> Result<bool> {
        let mut woken = false;
        for at in 0..self.stages.len() {
            let hints = self.scratch.hints(self.stages[at].row.id, HINTS).await?;
            let new: Vec<_> = hints
                .into_iter()
                .filter(|hint| self.told.insert((at, hint.side, hint.id.clone(), hint.at)))
                .collect();
            if !new.is_empty() {
                woken = true;
                let stage = &mut self.stages[at];
                stage.rehearsal.handle(self.hub.now(), Event::Hints(new), &mut stage.effects);
            }
        }
        Ok(woken)
    }

    fn call_ended(
        &mut self,
        ended: std::result::Result<(Id, std::result::Result<Answer, CallError>), tokio::task::JoinError>,
    ) -> Result<()> {
        let broken = || CallError::new(CallErrorKind::Unknown, "CALL_BROKEN", "the call broke off");
        let (task, result) = ended.unwrap_or_else(|error| (error.id(), Err(broken())));
        let Some((at, id, side)) = self.ids.remove(&task) else { return Ok(()) };
        let stage = &mut self.stages[at];
        match &result {
            Ok(answer) => {
                stage.spent.get_mut(side).add(answer.meta());
                match answer {
                    Answer::Count { count, .. } => *stage.counted.get_mut(side) = Some(*count),
                    Answer::Page(page) => stage.seen += page.rows.len() as u64,
                    Answer::BulkRows { rows, .. } => stage.seen += rows.len() as u64,
                    _ => {}
                }
            }
            Err(error) => {
                stage.spent.get_mut(side).calls += 1;
                let for_good = [CallErrorKind::Auth, CallErrorKind::Refused, CallErrorKind::SchemaChanged];
                if for_good.contains(&error.kind) && !stage.rehearsal.has_another_way(id, error) {
                    return Err(HubError::of_call(&stage.accounts.get(side).name, error));
                }
            }
        }
        stage.rehearsal.handle(self.hub.now(), Event::Answered { id, result }, &mut stage.effects);
        Ok(())
    }

    fn progress(&self) -> Progress {
        let sides = self.stages.iter().flat_map(|stage| {
            let sides = &stage.rehearsal.state().sides;
            // A record that moves while it is read comes twice.
            let of = |side: &SideState| side.expected.map_or((0, 0), |all| (side.scanned.min(all), all));
            [of(&sides.left), of(&sides.right)]
        });
        let (scanned, expected) = sides.fold((0, 0), |sum, side| (sum.0 + side.0, sum.1 + side.1));
        let seen = self.stages.iter().map(|stage| stage.seen).sum();
        Progress { stage: crate::report::Stage::Reading, scanned, expected, seen, ..Progress::default() }
    }
}

/// What the desk asks, answered by the scratch store.
async fn store(
    scratch: &Store,
    stage: &Stage,
    now: i64,
    effect: Effect,
) -> std::result::Result<Event, StoreError> {
    let sync = stage.row.id;
    Ok(match effect {
        Effect::Load(id, want) => Event::Loaded(id, scratch.load(sync, want).await?),
        Effect::Waiting { after, limit } => {
            Event::Waiting(scratch.scan_unlinked(sync, None, Some(1), after, limit as i64).await?)
        }
        Effect::Links { state, after, limit } => {
            let after = after.unwrap_or_default();
            Event::Links(scratch.links_in(sync, state, &after, limit as i64).await?)
        }
        Effect::Commit(changes) => Event::Committed(scratch.commit(sync, stage.epoch, now, *changes).await?),
        Effect::Call { .. } => Event::Tick,
    })
}
