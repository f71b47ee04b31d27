//! The desk: jobs are loaded, decided and committed in their turn. While the changes of one are on their way to the store, the next one is loaded and decided
//! already, if it reads nothing of what they change. If they never arrive, the sync is made anew from the store and with it everything decided upon them.

use super::{
    Asked, CallId, Effect, LoadId, Phase, Purpose, Sync,
    batch::{BatchId, Item},
    decision::Decision,
    footprint::Footprint,
    held,
    known::{Known, link_state},
};
use compact_str::CompactString;
use musubi_connector::{Deleted, ItemOutcome, WriteKind};
use musubi_core::{
    Instant, Observation, RemoteId, Side,
    mutant::Mutant,
    plan::{Exceeds, Operation},
    reconcile::Assignment,
};
use musubi_store::{Changes, HintRow, Loaded, UnlinkedRow, Want};
use std::collections::VecDeque;

/// In a load so many answers are recorded by one commit: most of what a commit costs are the pages of the store that each of them writes anew.
const GATHERED: usize = 12;
/// For so many milliseconds answers wait for others at the most.
const GATHERED_FOR: i64 = 250;

/// What moves when a page is decided.
#[derive(Clone, Debug, PartialEq)]
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
    /// Rows of a bulk read: the place behind them, and the last of them.
    Bulk { from: Option<u64>, last: Option<RemoteId> },
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
    /// Rows of a bulk read: they show what was when it began, and what is new in them is read by id before anything is done.
    pub dated: bool,
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
            dated: false,
        }
    }

    /// The service's time whose state this shows for sure: reads by id are current, lists may lag.
    pub fn as_of(&self, lag: i64) -> Instant {
        if self.fresh { self.read_at } else { self.read_at.plus_millis(-lag) }
    }

    /// The rows are as old as a bulk read, and what is new in them is not to be acted on.
    pub fn only_dated(&self, mutant: Mutant) -> bool {
        self.dated && !mutant.is(Mutant::BulkSupersedes) && !mutant.is(Mutant::ActOnBulk)
    }

    /// The wrong version that takes these rows in.
    pub fn mutant(&self, mutant: Mutant) -> Mutant {
        let believed = self.dated && mutant.is(Mutant::BulkSupersedes);
        if believed { Mutant::BelieveOlder } else { mutant }
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
    /// Decide again about held links: the rules changed.
    Held {
        after: Option<String>,
    },
    /// What persons decided.
    Decided(Vec<Decision>),
    /// The bound on an unknown intent has passed.
    Resolve {
        batch: BatchId,
    },
    /// A side is read completely.
    StageDone(Side),
    /// Only the state is to be kept.
    Save,
}

/// What is on the desk. Jobs are decided in their turn, one at a time; the rows of the next one are loaded, and changes are committed, meanwhile.
#[derive(Default)]
pub(super) struct Desk {
    /// Jobs whose rows are being loaded, in their order.
    pub loading: VecDeque<Loading>,
    /// What waits for a list of rows.
    pub listing: Option<Job>,
    /// Changes on their way to the store, in their order. Only the first of them was sent.
    pub commits: VecDeque<Commit>,
    next_load: LoadId,
}

/// The rows of so many jobs are loaded at once.
const LOADED_AHEAD: usize = 2;
/// So many decisions may be on their way to the store.
const COMMITS: usize = 2;

/// A job whose rows are being loaded.
pub(super) struct Loading {
    pub job: Job,
    /// What is being loaded, if anything is.
    id: Option<LoadId>,
    known: Box<Known>,
    round: u8,
    /// What it has asked for so far.
    reads: Footprint,
    /// It is to be asked for when the changes that it meets are stored.
    held: Option<Want>,
    /// Everything is there.
    ready: bool,
    /// Nothing may be taken up beside it.
    alone: bool,
}

/// A decision whose changes are not known to be durable.
pub(super) struct Commit {
    /// What is to be sent yet.
    pub changes: Option<Box<Changes>>,
    pub writes: Footprint,
    pub after: After,
    pub alone: bool,
}

/// What is done when the changes are durable.
#[derive(Default, Debug)]
pub(super) struct After {
    pub ready: Vec<BatchId>,
    pub next: Option<Job>,
}

impl Desk {
    /// Nothing is under way: what is stored is what is known.
    pub fn is_clear(&self) -> bool {
        self.loading.is_empty() && self.listing.is_none() && self.commits.is_empty()
    }

    /// The jobs on it.
    pub fn jobs(&self) -> impl Iterator<Item = &Job> {
        self.loading.iter().map(|loading| &loading.job).chain(&self.listing)
    }

    /// Something that bears nothing beside it.
    fn is_taken(&self) -> bool {
        self.listing.is_some()
            || self.loading.iter().any(|loading| loading.alone)
            || self.commits.iter().any(|commit| commit.alone)
    }

    fn meets(&self, reads: &Footprint) -> bool {
        self.commits.iter().any(|commit| commit.writes.meets(reads))
    }
}

/// A field write that is decided but has no intent yet.
#[derive(Clone, Debug)]
pub(super) struct Update {
    pub link: usize,
    pub target: Side,
    pub assignments: Vec<Assignment>,
    /// Who wants this back that was there before: it is an undo.
    pub undo: Option<Box<str>>,
    /// It belongs to the first load, which may be over by now.
    pub of_load: bool,
}

/// An operation that is to become an intent.
#[derive(Clone, Debug)]
pub(super) struct Op {
    pub target: Side,
    pub kind: WriteKind,
    pub condition: Option<Instant>,
    /// See [`Update::undo`].
    pub undo: Option<Box<str>>,
    /// See [`Update::of_load`].
    pub of_load: bool,
    pub item: Item,
}

impl Op {
    /// One without a condition, for its own sake.
    pub fn new(target: Side, kind: WriteKind, item: Item) -> Op {
        Op { target, kind, condition: None, undo: None, of_load: false, item }
    }
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
    /// What came of records that something was told about.
    pub told: Vec<(Side, RemoteId, CompactString)>,
    /// Ties that the approved plan does not say.
    pub unplanned: Vec<(Operation, Exceeds)>,
}

impl Sync {
    /// Takes up what can be taken up.
    pub(super) fn work(&mut self, out: &mut Vec<Effect>) {
        while self.decide_next(out) || self.start_job(out) {}
    }

    /// Takes the next job onto the desk.
    fn start_job(&mut self, out: &mut Vec<Effect>) -> bool {
        if self.desk.is_taken() || self.desk.loading.len() >= LOADED_AHEAD {
            return false;
        }
        let Some(at) = self.next_job() else { return false };
        let alone = !self.goes_beside_others(&self.jobs[at]);
        if alone && !self.desk.is_clear() {
            return false;
        }
        let Some(job) = self.jobs.remove(at) else { return false };
        let job = self.with_other_outcomes(job);
        let limit = 200;
        let listing = match &job {
            Job::Sweep { after, rows } if rows.is_empty() => {
                Some(Effect::Waiting { after: after.clone(), limit })
            }
            Job::Owed { after } => {
                Some(Effect::Links { state: link_state::OWED, after: after.clone(), limit })
            }
            Job::Held { after } => Some(Effect::Links { state: held::STATE, after: after.clone(), limit }),
            _ => None,
        };
        if let Some(effect) = listing {
            out.push(effect);
            self.desk.listing = Some(job);
            return true;
        }
        let want = self.first_want(&job);
        let (known, reads) = (Box::default(), Footprint::default());
        let loading = Loading { job, id: None, known, round: 0, reads, held: None, ready: false, alone };
        let loading = self.ask_rows(loading, want, out);
        self.desk.loading.push_back(loading);
        true
    }

    /// Pages and answers look at nothing but the rows of their own records and keys.
    fn goes_beside_others(&self, job: &Job) -> bool {
        let by_rows = matches!(job, Job::Page(_) | Job::Outcome { .. } | Job::Outcomes(_));
        by_rows && self.state.restored.is_none()
    }

    /// When the answers that wait for others wait no longer.
    pub(super) fn answers_due(&self) -> Option<i64> {
        let gathers = self.jobs.iter().any(|job| matches!(job, Job::Outcome { .. }));
        gathers.then_some(self.answered_at + GATHERED_FOR)
    }

    /// The next job in its turn. In a load answers are gathered: they let pages of the other side go first, which cannot be about what they made.
    fn next_job(&self) -> Option<usize> {
        let first = self.jobs.iter().position(|job| self.may_start(job))?;
        let makes_writes = match &self.jobs[first] {
            Job::Page(page) => page.in_order,
            job => matches!(job, Job::Sweep { .. }),
        };
        if makes_writes && self.has_writes_ahead() {
            // Memory stays flat: what is decided is carried out before more is decided.
            return self.jobs.iter().position(|job| matches!(job, Job::Outcome { .. }));
        }
        let Job::Outcome { batch, .. } = &self.jobs[first] else { return Some(first) };
        let loads = self.load_is_ours && matches!(self.state.phase, Phase::ScanSecond { .. } | Phase::Sweep);
        let is_answer = |job: &&Job| matches!(job, Job::Outcome { .. });
        let side = self.batches.get(batch).map(|batch| batch.side);
        let ripe = self.now >= self.answered_at + GATHERED_FOR;
        if !loads || ripe || self.state.paused || self.jobs.iter().filter(is_answer).count() >= GATHERED {
            return Some(first);
        }
        let brings_answers = |asked: &Asked| {
            matches!(asked.purpose, Purpose::Write { .. } | Purpose::Scan { .. } | Purpose::Bulk)
        };
        let other = self.jobs.iter().position(|job| !is_answer(&job));
        match other.map(|at| (at, &self.jobs[at])) {
            Some((at, Job::Page(page))) if side == Some(page.side.other()) => Some(at),
            None if self.calls.values().any(brings_answers) => None,
            _ => Some(first),
        }
    }

    /// Nothing is decided afresh during a pause (I13): it would only be dropped again.
    pub(super) fn may_start(&self, job: &Job) -> bool {
        let may_wait = match job {
            Job::Decided(decisions) => !decisions.iter().all(|decision| decision.order.erases()),
            Job::Sweep { .. } | Job::Owed { .. } | Job::Held { .. } | Job::Again { .. } => true,
            _ => false,
        };
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

    /// Asks for rows, in as many rounds as it takes.
    fn ask_rows(&mut self, mut loading: Loading, mut want: Want, out: &mut Vec<Effect>) -> Loading {
        let has_rounds = matches!(
            loading.job,
            Job::Page(_)
                | Job::Again { .. }
                | Job::Decided(_)
                | Job::Sweep { .. }
                | Job::Owed { .. }
                | Job::Gone { .. }
        );
        while want.ids.is_empty() && want.keys.is_empty() && want.refs.is_empty() {
            if !has_rounds || loading.round >= 3 {
                loading.ready = true;
                return loading;
            }
            loading.round += 1;
            want = self.more_want(&loading.job, &loading.known, loading.round);
        }
        loading.reads.reads(&want, self.plan.sync);
        if self.desk.meets(&loading.reads) && !self.rules().mutant.is(Mutant::ReadWhatChanges) {
            loading.held = Some(want);
        } else {
            self.desk.next_load += 1;
            loading.id = Some(self.desk.next_load);
            out.push(Effect::Load(self.desk.next_load, want));
        }
        loading
    }

    /// Rows arrived.
    pub(super) fn loaded(&mut self, id: LoadId, loaded: Loaded, out: &mut Vec<Effect>) {
        let Some(at) = self.desk.loading.iter().position(|loading| loading.id == Some(id)) else { return };
        let Some(mut loading) = self.desk.loading.remove(at) else { return };
        loading.id = None;
        let reading = match &loading.job {
            Job::Page(page) if loading.round == 0 => Some(&**page),
            _ => None,
        };
        if loading.known.take(loaded, reading, &self.plan).is_err() {
            self.broken(
                "store.damaged",
                "a stored link cannot be read: restore a backup, or remove and apply the integration again",
            );
        }
        let loading = self.ask_rows(loading, Want::default(), out);
        self.desk.loading.insert(at, loading);
    }

    /// Decides the first job if everything it needs is there.
    fn decide_next(&mut self, out: &mut Vec<Effect>) -> bool {
        let ready = self.desk.loading.front().is_some_and(|loading| loading.ready);
        if !ready || self.desk.commits.len() >= COMMITS {
            return false;
        }
        let Some(Loading { job, known, alone, .. }) = self.desk.loading.pop_front() else { return false };
        if let Some(commit) = self.decide(job, *known, alone) {
            self.load_again(&commit.writes);
            self.desk.commits.push_back(commit);
            self.ask_held(out);
            self.send_commit(out);
        }
        true
    }

    /// Whoever has read what changes now is to read it once more.
    fn load_again(&mut self, changed: &Footprint) {
        if self.rules().mutant.is(Mutant::ReadWhatChanges) {
            return;
        }
        for mut loading in std::mem::take(&mut self.desk.loading) {
            if changed.meets(&loading.reads) {
                let want = self.first_want(&loading.job);
                (loading.known, loading.round, loading.ready) = (Box::default(), 0, false);
                (loading.id, loading.reads) = (None, Footprint::default());
                loading.held = Some(want);
            }
            self.desk.loading.push_back(loading);
        }
    }

    /// Asks for what had to wait for changes to be stored.
    pub(super) fn ask_held(&mut self, out: &mut Vec<Effect>) {
        for mut loading in std::mem::take(&mut self.desk.loading) {
            if let Some(want) = loading.held.take() {
                loading = self.ask_rows(loading, want, out);
            }
            self.desk.loading.push_back(loading);
        }
    }
}
