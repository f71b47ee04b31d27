//! The logic of one module sync, without I/O: events in, effects out.
//!
//! One thing is decided at a time (the *desk*): rows are loaded, a decision is taken, its changes are committed, and only then do its calls go out; the next one
//! may be taken up while they are committed. Reads and writes run beside it. Everything that must survive is in the store before it matters: an intent before its request (DESIGN §2.7), a cursor after what it passed.
//! When anything about the store fails, the sync is dropped and made anew from the store; there is no other way to recover, so that one is tested all the time.

mod absences;
mod adopt;
mod authors;
mod awaited;
pub mod batch;
mod bound;
mod breaker;
mod bulk;
mod by_hand;
mod came_out;
mod clock;
mod decide;
mod decided;
pub mod decision;
mod desk;
pub mod erased;
pub mod event;
mod fates;
mod flight;
mod footprint;
mod gone;
mod held;
pub mod intake;
mod journal;
mod known;
mod later;
mod links;
mod listing;
mod load;
mod lone;
mod looks;
mod matching;
mod numbers;
mod outcome;
mod overfull;
mod pump;
mod record;
mod record_ids;
mod refused;
pub mod rehearse;
mod related;
mod rereads;
mod resolve;
mod restored;
mod run;
mod scoped;
mod send;
pub mod settings;
pub mod state;
mod states;
mod taken_back;
mod tell;
mod translate;
mod undo;
mod unlinked;
mod wants;

pub use batch::{Batch, BatchId, Progress};
pub use bound::{Binding, outstanding};
pub use breaker::DeletionLimit;
pub use bulk::{BulkReading, BulkScan, BulkStep};
pub(crate) use came_out::{
    COUNTERPART_OUTSIDE, SKIPPED_DIRECTION, SKIPPED_NO_PARENT, SKIPPED_WINDOW, is_done, skipped_as,
    waits_for_a_parent,
};
pub use decision::{Back, Decision, FieldUpshot, Order, Upshot};
pub use event::{Answer, Call, CallId, Effect, Event, LoadId, Stored, Urgency, WriteCall};
pub use intake::{Intake, Made, SideScope};
pub use journal::{CarriedFile, Cause, Entry, JournalKind, describe as describe_journal, is_erased};
pub use known::UnlinkedRecord;
pub(crate) use known::remembered;
pub use numbers::JournalNumbers;
pub use rehearse::Rehearsal;
pub(crate) use rehearse::is_yet_to_be_made;
pub use run::RunKind;
pub use settings::{Applies, BatchSizes, ByBulk, Parent, People, Plan, Settings, Window};
pub use state::{Phase, SideState, SyncState};
pub use states::{link_state, unlinked_state};
pub use taken_back::{TakenBack, taken_back};

use awaited::Awaited;
use desk::{Desk, Job};
use flight::Flights;
use foldhash::{HashMap, HashSet};
use listing::Listing;
use looks::Looks;
use musubi_connector::CallError;
use musubi_core::{Instant, RemoteId, Side, Sides, link::Fate, plan::Approved, reconcile::Rules};
use musubi_store::HintRow;
use run::Counted;
use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

/// What a call was for.
#[derive(Clone, Debug, PartialEq)]
enum Purpose {
    Poll,
    Scan { chain: usize },
    Bulk,
    Read { ids: Vec<RemoteId>, hints: Vec<HintRow> },
    Deleted { page: u32 },
    Count,
    Related { id: RemoteId },
    Merged { deleted: Vec<(RemoteId, Instant)> },
    Write { batch: BatchId },
}

#[derive(Clone, Debug)]
struct Asked {
    side: Side,
    purpose: Purpose,
    at: i64,
}

/// What was counted since the sync started, for reports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// What happened, by code.
    pub outcomes: BTreeMap<String, i64>,
    /// How records came out since a person last asked, by code: one that came out anew counts once.
    pub records: BTreeMap<String, i64>,
    /// HTTP requests, per side.
    pub calls: Sides<u64>,
    /// Credits, per side.
    pub credits: Sides<u64>,
}

/// One module sync at work.
pub struct Sync {
    plan: Arc<Plan>,
    epoch: i64,
    lease_until: i64,
    state: SyncState,
    /// The durable part of it as last committed.
    saved: SyncState,
    /// The numbers of its entries, shared with whoever else adds any.
    numbers: JournalNumbers,
    now: i64,
    next_call: CallId,
    calls: BTreeMap<CallId, Asked>,
    desk: Desk,
    jobs: VecDeque<Job>,
    flights: Flights,
    batches: BTreeMap<BatchId, Batch>,
    listing: Sides<Listing>,
    looks: Sides<Looks>,
    authors: authors::Authors,
    /// Records whose memory changed while reads were under way: (side, id) → the call number then.
    recorded: HashMap<(Side, RemoteId), CallId>,
    /// Unlinked records waiting for a look at the other side: id → the call number when they began to wait.
    waiting: Sides<HashMap<RemoteId, CallId>>,
    /// When the first of the answers arrived that are to be recorded together.
    answered_at: i64,
    /// The load was begun by this process: what waits in it was read by it.
    load_is_ours: bool,
    /// Everything was read before and is compared again.
    compares: bool,
    owed: i64,
    waiting_rows: i64,
    outcomes: BTreeMap<String, Counted>,
    /// When a person last asked for a look, or this process began.
    reported_since: i64,
    /// The last comparison of everything whose rest this process counted, and when.
    rest_told: Option<(i64, i64)>,
    totals: Totals,
    /// Records that were made since a person last asked and of which something waits, by left id: how they came out then.
    made: HashMap<compact_str::CompactString, musubi_core::link::Outcome>,
    problem: Option<(i64, CallError)>,
    /// Pairs there were at the start.
    links: i64,
    /// What hangs on records that may be deleted.
    related: Sides<related::Related>,
    /// What became of records that were told to be deleted.
    fates: Sides<fates::Fates>,
    /// Per side, unknown records that were deleted while creates are open: the answer that names one of them may be still to come.
    deleted_unknown: Sides<HashMap<RemoteId, (Instant, Option<Fate>)>>,
    /// Whether records that are told to be deleted are really not there, per side.
    absences: Sides<absences::Absences>,
    /// How often records were tried that a service refused for now.
    tries: later::Tries,
    /// Links, by left id, whose deletion a person let through.
    released: HashSet<RemoteId>,
    /// Decisions of persons that wait for an answer of a service, or for the end of a plan.
    postponed: Vec<Decision>,
    /// Decisions about values, by number, whose two records are read, or were, before they are carried out.
    read_for: HashSet<i64>,
    /// Records that a person tied before they were read: none is made of them meanwhile.
    promised: HashSet<(Side, RemoteId)>,
    /// Readings back that are owed.
    awaited: Awaited,
    /// What was found out since a backup was restored.
    compared: restored::Comparison,
    /// What it is bound to, once it was told.
    approved: Option<Arc<Approved>>,
    /// Each service's clock, as last told.
    clock: Sides<Instant>,
    clocks: Sides<clock::ServiceClock>,
}

impl Sync {
    /// Takes up a sync from what the store holds. Every intent found is of an older epoch: it counts as unknown for the lateness bound (DESIGN §2.13).
    pub fn new(plan: Arc<Plan>, epoch: i64, lease_until: i64, stored: Stored, now: i64) -> Sync {
        let is_new = stored.state.is_none();
        let mut state = stored.state.as_deref().map(SyncState::decode).unwrap_or_default();
        let saved = state.essence();
        if stored.restored || state.restored.is_some() {
            state.grow_old();
        }
        let awaited = Awaited::new(state.echoes);
        let until = now + plan.settings.call_timeout + plan.settings.lateness;
        let slots = plan.rules.mapping.pairs.len();
        let mut sync = Sync {
            epoch,
            lease_until,
            state,
            saved,
            numbers: stored.numbers,
            now,
            next_call: 1,
            calls: BTreeMap::new(),
            desk: Desk::default(),
            jobs: VecDeque::new(),
            flights: Flights::default(),
            batches: BTreeMap::new(),
            listing: Sides::default(),
            looks: Sides::default(),
            authors: authors::Authors::default(),
            recorded: HashMap::default(),
            waiting: Sides::default(),
            answered_at: now,
            load_is_ours: false,
            compares: false,
            owed: stored.owed,
            waiting_rows: stored.waiting,
            outcomes: BTreeMap::new(),
            reported_since: now,
            rest_told: None,
            totals: Totals::default(),
            made: HashMap::default(),
            problem: None,
            links: stored.links,
            related: Sides::default(),
            absences: Sides::default(),
            fates: Sides::default(),
            deleted_unknown: Sides::default(),
            tries: later::Tries::default(),
            released: HashSet::default(),
            postponed: Vec::new(),
            read_for: HashSet::default(),
            promised: HashSet::default(),
            awaited,
            compared: restored::Comparison::new(now),
            approved: None,
            clock: Sides::default(),
            clocks: Sides::default(),
            plan,
        };
        for row in &stored.intents {
            // Damaged bytes cannot be acted on; the records are found again by looking.
            let Ok(mut batch) = Batch::recover(row, until) else { continue };
            for item in &mut batch.items {
                if let Some(source) = &mut item.source {
                    source.base.iter_mut().for_each(|slot| *slot = None);
                    debug_assert!(source.base.len() == slots || slots == 0);
                }
            }
            sync.flights.recover(&batch);
            sync.batches.insert(batch.id, batch);
        }
        if sync.owed > 0 {
            sync.looks.left.owed_after_look = true;
        }
        sync.mind_rules(is_new);
        if stored.compare {
            // From the first commit on it is known that the comparison has begun.
            sync.full_pass();
        }
        sync
    }

    /// Takes in an event; what is to be done is added to `out`.
    pub fn handle(&mut self, now: i64, event: Event, out: &mut Vec<Effect>) {
        self.now = self.now.max(now);
        match event {
            Event::Answered { id, result } => self.answered(id, result),
            Event::Loaded(id, loaded) => self.loaded(id, loaded, out),
            Event::Waiting(rows) => self.got_waiting(rows),
            Event::Links(rows) => self.got_links(rows),
            Event::Committed(_) => self.committed(out),
            Event::Hints(hints) => self.hinted(hints),
            Event::Lease(until) => self.lease_until = self.lease_until.max(until),
            Event::Tick => {}
            Event::Pause => self.pause(),
            Event::Resume => self.resume(),
            Event::Asked => {
                self.reported_since = self.now;
                self.made.clear();
                // A look tells of what was changed; of what was deleted before somebody asked, only this.
                Side::BOTH.iter().for_each(|side| self.looks.get_mut(*side).deleted_wanted = true);
            }
            Event::Look => Side::BOTH.iter().for_each(|side| self.looks.get_mut(*side).wanted = true),
            Event::FullPass => self.full_pass(),
            Event::Bind(approved) => self.bind(approved),
            Event::Retry(due) => self.retry(due),
            Event::Decided(decisions) => self.hear_decisions(decisions),
            Event::Again(ids) => self.jobs.push_back(Job::Again { ids, asked: true }),
            Event::Watched(side, until) => {
                self.looks.get_mut(side).hear_watched(until, self.now, self.plan.settings.poll_max);
            }
        }
        self.judge_anew();
        self.pump(out);
    }

    fn rules(&self) -> &Rules {
        &self.plan.rules
    }

    /// The durable state.
    pub fn state(&self) -> &SyncState {
        &self.state
    }

    /// What was counted since the start.
    pub fn totals(&self) -> &Totals {
        &self.totals
    }

    /// What keeps it from working, if anything.
    pub fn problem(&self) -> Option<&CallError> {
        self.problem.as_ref().map(|(_, error)| error)
    }

    /// Links with work owed, records waiting, write calls not ended, readings back owed.
    pub fn open_work(&self) -> [i64; 4] {
        [self.owed, self.waiting_rows, self.batches.len() as i64, self.awaited.count()]
    }

    /// Nothing is being decided, stored or asked: with nothing sent from now on, nothing more happens by itself.
    pub fn is_at_rest(&self) -> bool {
        let jobs = self.jobs.iter().any(|job| self.may_start(job));
        self.calls.is_empty() && !jobs && self.desk.is_clear()
    }

    /// When everything known was in agreement: the beginning of the oldest of the last looks and questions for deletions, if nothing was left to do after them.
    pub fn quiet_since(&self) -> Option<i64> {
        let idle = self.state.phase == Phase::Steady
            && self.open_work() == [0; 4]
            && self.jobs.is_empty()
            && self.desk.is_clear()
            && Side::BOTH.iter().all(|side| self.looks.get(*side).is_quiet());
        let looked = |side: Side| {
            let looks = self.looks.get(side);
            looks.looked_at.min(looks.deleted_at)
        };
        idle.then(|| looked(Side::Left).min(looked(Side::Right))).flatten()
    }

    /// What it is busy with, for people who look into a standstill.
    pub fn describe(&self) -> String {
        let side = |side: Side| format!("{:?} {:?}", self.listing.get(side), self.looks.get(side));
        format!(
            "jobs {} desk clear {} calls {:?} batches {:?} left {} right {}",
            self.jobs.len(),
            self.desk.is_clear(),
            self.calls,
            self.batches.values().map(|batch| (batch.id, batch.kind, batch.progress)).collect::<Vec<_>>(),
            side(Side::Left),
            side(Side::Right)
        )
    }

    /// When to send [`Event::Tick`] at the latest.
    pub fn next_wake(&self) -> i64 {
        self.wake_times().min().unwrap_or(i64::MAX).max(self.now + 1)
    }
}
