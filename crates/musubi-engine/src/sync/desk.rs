//! The desk: one job at a time is loaded, decided and committed.

use super::{
    Asked, CallId, Effect, Phase, Purpose, Sync,
    batch::{Batch, BatchId, Item, Progress},
    journal::{Entry, JournalKind, row_of_write},
    known::{Known, encode_memory, link_state, unlinked_state},
};
use musubi_connector::{Deleted, ItemOutcome, WriteKind};
use musubi_core::{
    Instant, Observation, RemoteId, Side, Sides,
    plan::{Exceeds, Operation},
    reconcile::Assignment,
};
use musubi_store::{Changes, HintRow, LinkRow, Loaded, OutcomeRow, UnlinkedRow, Want};

/// In a load so many answers are recorded by one commit: most of what a commit costs are the pages of the store that each of them writes anew.
const GATHERED: usize = 16;
/// For so many milliseconds answers wait for others at the most.
const GATHERED_FOR: i64 = 250;

/// What moves when a page is decided.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Advance {
    /// The last page of a poll.
    Poll {
        settled: bool,
        began: Instant,
        at: i64,
        call: CallId,
        /// The earliest second of it that had to be gone through by page tokens.
        overfull: Option<Instant>,
    },
}

/// Rows that were read.
#[derive(Clone, Debug)]
pub(super) struct PageJob {
    pub side: Side,
    pub rows: Vec<Observation>,
    pub read_at: Instant,
    pub asked: CallId,
    /// Read by id just now: good enough to write upon in a batch.
    pub fresh: bool,
    /// Ids that were asked for and did not come.
    pub absent: Vec<RemoteId>,
    pub hints: Vec<HintRow>,
    pub advance: Option<Advance>,
    /// Records without counterpart may be decided upon during a load: they come in the order of their ids, so that the oldest of several is the one that counts (I16).
    pub in_order: bool,
}

impl PageJob {
    pub fn new(side: Side, rows: Vec<Observation>, read_at: Instant, asked: CallId) -> PageJob {
        PageJob {
            side,
            rows,
            read_at,
            asked,
            fresh: false,
            absent: Vec::new(),
            hints: Vec::new(),
            advance: None,
            in_order: false,
        }
    }

    /// The service's time whose state this shows for sure: reads by id are current, lists may lag.
    pub fn as_of(&self, lag: i64) -> Instant {
        if self.fresh { self.read_at } else { self.read_at.plus_millis(-lag) }
    }

    /// The record was read because something was told of it.
    pub fn is_hinted(&self, id: &RemoteId) -> bool {
        self.hints.iter().any(|hint| hint.side == self.side && hint.id == id.as_str())
    }
}

/// Something to decide.
#[derive(Clone, Debug)]
pub(super) enum Job {
    Page(Box<PageJob>),
    Gone {
        side: Side,
        rows: Vec<Deleted>,
        upto: Option<Instant>,
    },
    Outcome {
        batch: BatchId,
        outcomes: Vec<ItemOutcome>,
    },
    /// Several of them, which become one commit.
    Outcomes(Vec<(BatchId, Vec<ItemOutcome>)>),
    /// Decide again about these records.
    Again {
        ids: Vec<(Side, RemoteId)>,
        /// A person asked.
        asked: bool,
    },
    /// Records that were asked for and did not come, nor were they told to be deleted.
    Missing {
        side: Side,
        ids: Vec<RemoteId>,
    },
    /// Decide about waiting records.
    Sweep {
        after: Option<(Side, String)>,
        rows: Vec<UnlinkedRow>,
    },
    /// Decide about owed links.
    Owed {
        after: Option<String>,
    },
    /// The bound on an unknown intent has passed.
    Resolve {
        batch: BatchId,
    },
    /// A side is read completely.
    StageDone(Side),
    /// Only the state is to be kept.
    Save,
}

/// What is on the desk.
pub(super) enum Desk {
    Free,
    Loading { job: Job, known: Box<Known>, round: u8 },
    Listing { job: Job },
    Committing { after: After },
}

/// What is done when the changes are durable.
#[derive(Default, Debug)]
pub(super) struct After {
    pub ready: Vec<BatchId>,
    pub next: Option<Job>,
}

/// A field write that is decided but has no intent yet.
#[derive(Clone, Debug)]
pub(super) struct Update {
    pub link: usize,
    pub target: Side,
    pub assignments: Vec<Assignment>,
}

/// An operation that is to become an intent.
#[derive(Clone, Debug)]
pub(super) struct Op {
    pub target: Side,
    pub kind: WriteKind,
    pub condition: Option<Instant>,
    pub item: Item,
}

/// What a decision has come to so far.
#[derive(Default)]
pub(super) struct Draft {
    pub changes: Changes,
    pub updates: Vec<Update>,
    pub ops: Vec<Op>,
    pub fresh: Option<Side>,
    /// See [`PageJob::in_order`].
    pub in_order: bool,
    pub after: After,
    /// Ties that the approved plan does not say.
    pub unplanned: Vec<(Operation, Exceeds)>,
}

impl Sync {
    /// Takes the next job onto the desk.
    pub(super) fn start_job(&mut self, out: &mut Vec<Effect>) -> bool {
        if !matches!(self.desk, Desk::Free) {
            return false;
        }
        let Some(job) = self.next_job().and_then(|at| self.jobs.remove(at)) else { return false };
        let job = self.with_other_outcomes(job);
        let limit = 200;
        let listing = match &job {
            Job::Sweep { after, rows } if rows.is_empty() => {
                Some(Effect::Waiting { after: after.clone(), limit })
            }
            Job::Owed { after } => Some(Effect::Owed { after: after.clone(), limit }),
            _ => None,
        };
        if let Some(effect) = listing {
            out.push(effect);
            self.desk = Desk::Listing { job };
            return true;
        }
        let want = self.first_want(&job);
        self.load_or_decide(job, Box::default(), 0, want, out);
        true
    }

    /// When the answers that wait for others wait no longer.
    pub(super) fn answers_due(&self) -> Option<i64> {
        let gathers = self.jobs.iter().any(|job| matches!(job, Job::Outcome { .. }));
        gathers.then_some(self.answered_at + GATHERED_FOR)
    }

    /// The next job in its turn. In a load answers are gathered: they let pages of the other side go first, which cannot be about what they made.
    fn next_job(&self) -> Option<usize> {
        let first = self.jobs.iter().position(|job| self.may_start(job))?;
        let Job::Outcome { batch, .. } = &self.jobs[first] else { return Some(first) };
        let loads = self.load_is_ours && matches!(self.state.phase, Phase::ScanSecond { .. } | Phase::Sweep);
        let is_answer = |job: &&Job| matches!(job, Job::Outcome { .. });
        let side = self.batches.get(batch).map(|batch| batch.side);
        let ripe = self.now >= self.answered_at + GATHERED_FOR;
        if !loads || ripe || self.state.paused || self.jobs.iter().filter(is_answer).count() >= GATHERED {
            return Some(first);
        }
        let brings_answers =
            |asked: &Asked| matches!(asked.purpose, Purpose::Write { .. } | Purpose::Scan { .. });
        let other = self.jobs.iter().position(|job| !is_answer(&job));
        match other.map(|at| (at, &self.jobs[at])) {
            Some((at, Job::Page(page))) if side == Some(page.side.other()) => Some(at),
            None if self.calls.values().any(brings_answers) => None,
            _ => Some(first),
        }
    }

    /// Nothing is decided afresh during a pause (I13): it would only be dropped again.
    pub(super) fn may_start(&self, job: &Job) -> bool {
        let may_wait = matches!(job, Job::Sweep { .. } | Job::Owed { .. } | Job::Again { .. });
        !(may_wait && self.is_idle_by_order())
    }

    /// Answers that have come meanwhile are recorded together: what a commit costs is mostly the commit.
    fn with_other_outcomes(&mut self, job: Job) -> Job {
        let Job::Outcome { batch, outcomes } = job else { return job };
        let mut all = vec![(batch, outcomes)];
        let mut at = 0;
        while at < self.jobs.len() {
            if !matches!(self.jobs[at], Job::Outcome { .. }) {
                at += 1;
            } else if let Some(Job::Outcome { batch, outcomes }) = self.jobs.remove(at) {
                all.push((batch, outcomes));
            }
        }
        Job::Outcomes(all)
    }

    fn load_or_decide(&mut self, job: Job, known: Box<Known>, round: u8, want: Want, out: &mut Vec<Effect>) {
        if want.ids.is_empty() && want.keys.is_empty() && want.refs.is_empty() {
            if round < 3
                && matches!(
                    job,
                    Job::Page(_)
                        | Job::Again { .. }
                        | Job::Sweep { .. }
                        | Job::Owed { .. }
                        | Job::Gone { .. }
                )
            {
                let want = self.more_want(&job, &known, round + 1);
                return self.load_or_decide(job, known, round + 1, want, out);
            }
            self.decide(job, *known, out);
        } else {
            out.push(Effect::Load(want));
            self.desk = Desk::Loading { job, known, round };
        }
    }

    /// Rows arrived.
    pub(super) fn loaded(&mut self, loaded: Loaded, out: &mut Vec<Effect>) {
        let Desk::Loading { job, mut known, round } = std::mem::replace(&mut self.desk, Desk::Free) else {
            return;
        };
        let reading = match &job {
            Job::Page(page) if round == 0 => Some(&**page),
            _ => None,
        };
        if known.take(loaded, reading, &self.plan).is_err() {
            self.broken(
                "store.damaged",
                "a stored link cannot be read: restore a backup, or remove and apply the integration again",
            );
        }
        let want = if round < 3 { self.more_want(&job, &known, round + 1) } else { Want::default() };
        self.load_or_decide(job, known, round + 1, want, out);
    }

    fn decide(&mut self, job: Job, mut known: Known, out: &mut Vec<Effect>) {
        for link in &mut known.links {
            link.in_flight = self.flights.link(Side::Left, &link.ids.left);
        }
        let mut draft = Draft::default();
        let is_page = matches!(job, Job::Page(_));
        match job {
            Job::Page(page) => self.decide_page(*page, &mut known, &mut draft),
            Job::Gone { side, rows, upto } => self.decide_gone(side, &rows, upto, &mut known, &mut draft),
            Job::Outcome { batch, outcomes } => self.decide_outcome(batch, outcomes, &mut known, &mut draft),
            Job::Outcomes(all) => {
                for (batch, outcomes) in all {
                    self.decide_outcome(batch, outcomes, &mut known, &mut draft);
                }
            }
            Job::Again { ids, asked } => self.decide_again(&ids, asked, &mut known, &mut draft),
            Job::Missing { side, ids } => self.decide_missing(side, &ids, &mut known, &mut draft),
            Job::Sweep { rows, .. } => self.decide_sweep(&rows, &mut known, &mut draft),
            Job::Owed { .. } => self.decide_owed(&mut known, &mut draft),
            Job::Resolve { batch } => self.resolve(batch, &mut known, &mut draft),
            Job::StageDone(side) => self.stage_done(side),
            Job::Save => {}
        }
        self.plan_updates(&mut known, &mut draft);
        self.hold_to_plan(&mut known, &mut draft);
        self.make_batches(&mut draft);
        if is_page && self.is_idle_page(&known, &draft) {
            self.desk = Desk::Committing { after: draft.after };
            return self.committed();
        }
        self.commit(known, draft, out);
    }

    /// Operations become intents: batches of one kind and side; updates on condition stay alone.
    fn make_batches(&mut self, draft: &mut Draft) {
        let mut groups: Vec<(Side, WriteKind, Option<Instant>, Vec<Item>)> = Vec::new();
        for op in std::mem::take(&mut draft.ops) {
            let most = if op.condition.is_some() { 1 } else { self.plan.batch.get(op.target).write };
            let fits = |group: &&mut (Side, WriteKind, Option<Instant>, Vec<Item>)| {
                group.0 == op.target
                    && group.1 == op.kind
                    && group.2.is_none()
                    && op.condition.is_none()
                    && group.3.len() < most
            };
            match groups.iter_mut().find(fits) {
                Some(group) => group.3.push(op.item),
                None => groups.push((op.target, op.kind, op.condition, vec![op.item])),
            }
        }
        for (side, kind, condition, items) in groups {
            let id = self.state.next_intent;
            self.state.next_intent += 1;
            let progress = Progress::Ready(0);
            let batch = Batch {
                id,
                side,
                kind,
                condition,
                at: self.now,
                service_at: *self.clock.get(side),
                items,
                progress,
                tries: 0,
                perhaps_made: false,
                recovered: false,
                checked: false,
            };
            match kind {
                // Their keys are reserved since they were decided on.
                WriteKind::Create => {
                    for id in batch.items.iter().filter_map(|item| item.ids.get(side.other()).as_ref()) {
                        self.flights.begin_create(side.other(), id, &[], batch.id);
                    }
                }
                WriteKind::Update | WriteKind::Delete => self.flights.recover(&batch),
            }
            draft.changes.intents_put.push(batch.row(self.epoch, self.lease_until));
            draft.after.ready.push(id);
            self.batches.insert(id, batch);
        }
    }

    /// A page that told nothing new changes nothing but counts: they go along with the next commit.
    fn is_idle_page(&mut self, known: &Known, draft: &Draft) -> bool {
        let unchanged = !known.links.iter().any(|link| link.put)
            && !known.unlinked.values().any(|unlinked| unlinked.put || unlinked.gone);
        self.state.echoes = self.awaited.count();
        unchanged && draft.changes.is_empty() && self.state.essence() == self.saved
    }

    fn commit(&mut self, known: Known, mut draft: Draft, out: &mut Vec<Effect>) {
        let changes = &mut draft.changes;
        for link in known.links.into_iter().filter(|link| link.put) {
            self.owed += i64::from(link.state == link_state::OWED) - i64::from(link.was == link_state::OWED);
            let over = link.state == link_state::UNTIED || link.body.gone != Sides::default();
            for side in Side::BOTH {
                if over || link.body.side(side).echo.is_none() {
                    self.awaited.saw(side, link.ids.get(side));
                }
            }
            changes.links_put.push(LinkRow {
                left_id: link.ids.left.as_str().to_owned(),
                right_id: link.ids.right.as_str().to_owned(),
                state: link.state,
                body: link.body.encode(),
            });
        }
        for ((side, id), unlinked) in known.unlinked {
            let was = i64::from(unlinked.was == Some(unlinked_state::WAITING));
            if unlinked.gone {
                self.compared.forget(side, &id);
                if unlinked.was.is_some() {
                    self.waiting_rows -= was;
                    changes.unlinked_delete.push((side, id.as_str().to_owned()));
                }
                self.waiting.get_mut(side).remove(&id);
            } else if unlinked.put {
                self.waiting_rows += i64::from(unlinked.state == unlinked_state::WAITING) - was;
                if unlinked.state == unlinked_state::WAITING {
                    // During a load there may be a million of them; none needs a look of its own.
                    if matches!(self.state.phase, Phase::Sweep | Phase::Steady) {
                        self.waiting.get_mut(side).entry(id.clone()).or_insert(self.next_call);
                    }
                } else {
                    self.waiting.get_mut(side).remove(&id);
                }
                changes.unlinked_put.push(UnlinkedRow {
                    side,
                    id: id.as_str().to_owned(),
                    state: unlinked.state,
                    due: 0,
                    body: encode_memory(&unlinked.memory, unlinked.ours, self.plan.rules.version),
                });
            }
        }
        let run = self.state.run;
        for (code, count) in std::mem::take(&mut self.outcomes) {
            *self.totals.outcomes.entry(code.clone()).or_default() += count;
            let (outcome, reason) = code.split_once('.').unwrap_or((&code, ""));
            changes.outcomes.push(OutcomeRow {
                run,
                outcome: outcome.to_owned(),
                reason: reason.to_owned(),
                count,
                sample: Vec::new(),
            });
        }
        self.state.echoes = self.awaited.count();
        self.saved = self.state.essence();
        changes.state = Some(self.state.encode());
        out.push(Effect::Commit(Box::new(draft.changes)));
        self.desk = Desk::Committing { after: draft.after };
    }

    /// The changes are durable: what they allow may begin.
    pub(super) fn committed(&mut self) {
        let Desk::Committing { after } = std::mem::replace(&mut self.desk, Desk::Free) else { return };
        if let Some(next) = after.next {
            self.jobs.push_front(next);
        }
        if self.is_idle_by_order() {
            self.drop_unsent();
        }
    }

    /// Counts an outcome.
    pub(super) fn count(&mut self, code: &str) {
        match self.outcomes.get_mut(code) {
            Some(count) => *count += 1,
            None => drop(self.outcomes.insert(code.to_owned(), 1)),
        }
    }

    /// Adds a journal entry.
    pub(super) fn journal(&mut self, entry: &Entry, draft: &mut Draft) {
        let seq = self.state.next_journal;
        self.state.next_journal += 1;
        draft.changes.journal.push(entry.row(seq, self.now));
    }

    /// Adds the journal entry of a write that happened at this time.
    pub(super) fn journal_write(
        &mut self,
        at: i64,
        kind: JournalKind,
        side: Side,
        ids: &Sides<RemoteId>,
        assignments: &[Assignment],
        draft: &mut Draft,
    ) {
        let seq = self.state.next_journal;
        self.state.next_journal += 1;
        let ids = Sides { left: &ids.left, right: &ids.right };
        draft.changes.journal.push(row_of_write(kind, side, ids, assignments, self.rules().version, seq, at));
    }

    /// Adds a journal entry without field values.
    pub(super) fn note(&mut self, kind: JournalKind, side: Side, ids: &Sides<RemoteId>, draft: &mut Draft) {
        let ids = Sides { left: Some(ids.left.clone()), right: Some(ids.right.clone()) };
        let entry = Entry { kind, side, ids, mapping: self.rules().version, changes: Vec::new() };
        self.journal(&entry, draft);
    }
}
