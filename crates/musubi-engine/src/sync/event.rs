//! What a module sync is told, and what it asks for.

use super::batch::BatchId;
use super::decision::Decision;
use super::numbers::JournalNumbers;
use musubi_connector::{
    Automations, BulkJob, BulkState, CallError, Deleted, Meta, Order, Page, Position, WriteItem, WriteKind,
    Written,
};
use musubi_core::{Instant, Observation, RemoteId, Side, plan::Approved};
use musubi_store::{Changes, Committed, HintRow, IntentRow, LinkRow, Loaded, UnlinkedRow, Want};
use std::sync::Arc;

/// The number of a call; later calls have greater numbers.
pub type CallId = u64;

/// The number of a question for rows.
pub type LoadId = u64;

/// How urgent a call is, most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Urgency {
    /// A person waits.
    Interactive,
    /// A change just happened.
    RealTime,
    /// Mending.
    Repair,
    /// Looking for changes.
    Poll,
    /// The first load.
    Backfill,
}

/// One call to a service.
#[derive(Clone, Debug, PartialEq)]
pub enum Call {
    /// One page of records.
    List {
        /// Inclusive lower bound of the modified time.
        since: Option<Instant>,
        /// The order.
        order: Order,
        /// The page.
        position: Position,
    },
    /// Records by id.
    Read(Vec<RemoteId>),
    /// One page of deletions.
    Deleted {
        /// Inclusive lower bound.
        since: Option<Instant>,
        /// From 1.
        page: u32,
    },
    /// How many records there are.
    Count,
    /// Whether anything hangs on this record.
    Related(RemoteId),
    /// A bulk read is to begin.
    BulkStart {
        /// The page of the module, behind the first.
        page: Option<String>,
    },
    /// How far a bulk read is.
    BulkState(BulkJob),
    /// Rows of a bulk read that is ready.
    BulkRows {
        /// The job.
        job: BulkJob,
        /// The place to read from.
        from: u64,
    },
    /// What each of these was merged into, that were told to be deleted at that time.
    Merged(Vec<(RemoteId, Instant)>),
    /// One write batch. The intent is stored already.
    Write {
        /// The intent.
        batch: BatchId,
        /// What it asks for.
        write: WriteCall,
    },
}

/// What a write call asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct WriteCall {
    /// What to do.
    pub kind: WriteKind,
    /// The records.
    pub items: Vec<WriteItem>,
    /// Only if not modified after.
    pub unmodified_since: Option<Instant>,
    /// Whether the service's automations run.
    pub automations: Automations,
}

/// A service's answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// To a list or a read.
    Page(Page),
    /// To a question for deletions.
    Deleted {
        /// Clock and cost.
        meta: Meta,
        /// The deletions.
        rows: Vec<Deleted>,
        /// More pages follow.
        more: bool,
    },
    /// To a count.
    Count {
        /// Clock and cost.
        meta: Meta,
        /// The number.
        count: u64,
    },
    /// To a question for what hangs on a record.
    Related {
        /// Clock and cost.
        meta: Meta,
        /// So many records at least.
        count: u64,
    },
    /// A bulk read has begun.
    BulkStarted {
        /// Clock and cost.
        meta: Meta,
        /// The job.
        job: BulkJob,
    },
    /// To a question after a bulk read.
    BulkState {
        /// Clock and cost.
        meta: Meta,
        /// How far it is.
        state: BulkState,
    },
    /// Rows of a bulk read.
    BulkRows {
        /// Clock and cost.
        meta: Meta,
        /// The rows, in the order of their ids.
        rows: Vec<Observation>,
        /// The place behind them.
        next: Option<u64>,
    },
    /// To a question for merges.
    Merged {
        /// Clock and cost.
        meta: Meta,
        /// The record that each was merged into, if it was.
        masters: Vec<Option<RemoteId>>,
    },
    /// To a write.
    Written(Written),
}

impl Answer {
    /// Clock and cost of the answer.
    pub fn meta(&self) -> Meta {
        match self {
            Answer::Page(page) => page.meta,
            Answer::Deleted { meta, .. }
            | Answer::Count { meta, .. }
            | Answer::Related { meta, .. }
            | Answer::BulkStarted { meta, .. }
            | Answer::BulkState { meta, .. }
            | Answer::BulkRows { meta, .. }
            | Answer::Merged { meta, .. } => *meta,
            Answer::Written(written) => written.meta,
        }
    }
}

/// What a module sync asks its driver to do. `Waiting`, `Links` and `Commit` come one at a time; loads may be done beside a commit and in any order, and calls
/// come as many as are allowed at once.
#[derive(Debug)]
pub enum Effect {
    /// Call a service.
    Call {
        /// The number to answer under.
        id: CallId,
        /// Which side.
        side: Side,
        /// How urgent.
        urgency: Urgency,
        /// What.
        call: Call,
    },
    /// Load rows, and answer under this number.
    Load(LoadId, Want),
    /// Unlinked rows with state 1, in order of (side, id), after this one.
    Waiting {
        /// The last one seen.
        after: Option<(Side, String)>,
        /// At most so many.
        limit: usize,
    },
    /// Links with this state, by left id, after this one.
    Links {
        /// The state.
        state: i64,
        /// The last one seen.
        after: Option<String>,
        /// At most so many.
        limit: usize,
    },
    /// Commit changes under our lease epoch. If that fails, the sync is started afresh from the store.
    Commit(Box<Changes>),
}

/// What a module sync is told.
#[derive(Debug)]
pub enum Event {
    /// A call ended. A call that our own side gave up on is answered with an error as well: every call is answered once.
    Answered {
        /// Its number.
        id: CallId,
        /// How it ended.
        result: Result<Answer, CallError>,
    },
    /// The rows asked for.
    Loaded(LoadId, Loaded),
    /// The waiting rows asked for.
    Waiting(Vec<UnlinkedRow>),
    /// The links asked for.
    Links(Vec<LinkRow>),
    /// The changes are durable.
    Committed(Committed),
    /// Records that may have changed.
    Hints(Vec<HintRow>),
    /// The lease holds until then.
    Lease(i64),
    /// Time has passed.
    Tick,
    /// No writes from now on.
    Pause,
    /// Go on.
    Resume,
    /// A person asked: how records come out is reported from now on.
    Asked,
    /// Look at both sides now.
    Look,
    /// Compare every record of both sides again.
    FullPass,
    /// Do only what was approved; or anything again.
    Bind(Option<Arc<Approved>>),
    /// These were refused for now and are due again: each with how often it was tried.
    Retry(Vec<(Side, RemoteId, i64)>),
    /// A person asks to decide again about these records.
    Again(Vec<(Side, RemoteId)>),
    /// A person decided about these.
    Decided(Vec<Decision>),
    /// Webhooks of a side arrive until this local time, or not any more.
    Watched(Side, Option<i64>),
}

/// What the store holds of a sync when it starts.
#[derive(Clone, Debug, Default)]
pub struct Stored {
    /// Its state, if it ran before.
    pub state: Option<Vec<u8>>,
    /// The numbers of what it adds to the journal.
    pub numbers: JournalNumbers,
    /// Its intents.
    pub intents: Vec<IntentRow>,
    /// Links with work owed.
    pub owed: i64,
    /// Unlinked records waiting.
    pub waiting: i64,
    /// Pairs.
    pub links: i64,
    /// It comes from a backup that was restored since.
    pub restored: bool,
    /// Everything is to be compared again: it was told otherwise since.
    pub compare: bool,
}
