//! The first reading of a side by a bulk read, where that costs less than listing it: a job is begun, asked after, and its rows are gone through.
//!
//! The rows show what was when the job began (DESIGN §2.5). So before the first of them is taken in, the side is looked at and its deletions since then are asked
//! for: what was changed meanwhile is known by a newer reading, and what was deleted is left out. While the rows are worked off, deletions are asked for again and
//! again, for a load may take hours. What would change a record on their strength alone is read by id first (`decide.rs`).
//!
//! Job and place are durable: whoever takes the module up goes on from there. If a job fails, another one is begun, and then the side is listed.

use super::{
    Call, CallId, Purpose, Sync, Urgency,
    desk::{Advance, Draft, Job, PageJob},
    known::Known,
    record_ids::RecordIds,
    run::RunKind,
    settings::ByBulk,
    state::Phase,
};
use musubi_connector::{BulkJob, BulkState, CallError, CallErrorKind, Projection};
use musubi_core::{Instant, Observation, RemoteId, Side, mutant::Mutant};
use serde::{Deserialize, Serialize};

/// So many jobs may fail; then the side is listed.
const FAILURES: u8 = 2;
/// A call about a job is repeated so often before the job counts as failed.
const TRIES: u32 = 6;
/// The first question after a job, in milliseconds after it was begun; then after twice that, and so on.
const FIRST_QUESTION: i64 = 250;

/// How far the reading of a side by bulk has come. Durable.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkReading {
    /// Where it is, while it is under way.
    pub scan: Option<BulkScan>,
    /// Jobs that failed in this load.
    pub failed: u8,
    /// What is known of the side in this load comes from it.
    pub used: bool,
}

impl BulkReading {
    /// So many jobs failed that the side is listed.
    pub fn gave_up(&self) -> bool {
        self.failed >= FAILURES
    }
}

/// A bulk read under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkScan {
    /// Stands for the fields that are read.
    pub fields: u64,
    /// When the first of its jobs began, by the service's clock.
    pub began: Option<Instant>,
    /// Which step comes next.
    pub step: BulkStep,
    /// The last record taken in.
    pub last: Option<RemoteId>,
}

/// A step of a bulk read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum BulkStep {
    /// A job is to be begun.
    Begin {
        /// The page of the module, behind the first.
        page: Option<String>,
    },
    /// A job is to be asked after.
    Wait {
        /// The job.
        job: BulkJob,
    },
    /// Rows are to be read.
    Read {
        /// The job.
        job: BulkJob,
        /// Its rows before this one are taken in.
        from: u64,
        /// The page of the next job.
        next: Option<String>,
    },
}

/// What this process knows of it besides.
#[derive(Default, Debug)]
pub(super) struct BulkLook {
    asked: bool,
    /// Rows before this one were asked for, those that are not decided yet among them.
    from: Option<u64>,
    /// Local time at which to ask after the job, and how long to wait then.
    ask_at: i64,
    wait: i64,
    /// Local time since when the job is waited for.
    since: Option<i64>,
    tries: u32,
    /// Looks and deletions that were begun with this call or later show what was after the rows.
    checked_from: Option<CallId>,
    /// The call of the last question for deletions that was answered to its end.
    deletions: CallId,
    /// Deleted since the rows were dated.
    gone: RecordIds,
}

/// Stands for the fields that are read, in their order.
fn digest(projection: &Projection) -> u64 {
    let names: Vec<&str> = projection.fields.iter().map(|field| field.name.as_str()).collect();
    xxhash_rust::xxh3::xxh3_64(names.join("\n").as_bytes())
}

impl Sync {
    /// Whether the side is read in bulk: the first time only, for afterwards nearly everything is known, and not after a restore, which compares with what is now.
    pub(super) fn reads_bulk(&self, side: Side) -> bool {
        let pays = match self.plan.bulk.get(side) {
            ByBulk::From(least) => self.state.sides.get(side).expected.is_some_and(|all| all >= *least),
            ByBulk::Never(_) => false,
        };
        pays && !self.state.bulk.get(side).gave_up()
            && self.state.run.kind == RunKind::FirstLoad
            && self.state.restored.is_none()
            && !self.compares
    }

    /// What is known of this load's records may be as old as a job: before a record is changed on the strength of it, both are read.
    fn load_is_dated(&self) -> bool {
        Side::BOTH.iter().any(|side| self.state.bulk.get(*side).used)
    }

    /// Pairs of a load wait for readings of theirs. What is written upon those belongs to the load, with its rule for automations: so it does not end before.
    pub(super) fn reads_dated_pairs(&self) -> bool {
        let asks = |side: Side| {
            let looks = self.looks.get(side);
            looks.reading > 0 || !looks.rereads.is_empty()
        };
        let came = |job: &Job| matches!(job, Job::Page(page) if page.fresh);
        self.load_is_dated()
            && (Side::BOTH.into_iter().any(asks) || self.jobs.iter().chain(self.desk.jobs()).any(came))
    }

    /// The load is over, and no pair waits for a reading of it any more: what is known is as new as anything.
    pub(super) fn end_dated(&mut self) {
        if self.state.phase == Phase::Steady && self.owed == 0 {
            Side::BOTH.iter().for_each(|side| self.state.bulk.get_mut(*side).used = false);
        }
    }

    /// The pair is known by rows of a bulk read alone, as far as can be told: true until both of its records were read by id.
    pub(super) fn is_dated(&self, at: usize, known: &Known, draft: &Draft) -> bool {
        if !self.load_is_dated() || self.rules().mutant.is(Mutant::ActOnBulk) {
            return false;
        }
        draft.fresh.is_none_or(|fresh| {
            let (link, other) = (&known.links[at], fresh.other());
            link.body.side(other).doubted || self.is_being_read(other, link.ids.get(other))
        })
    }

    /// Both records of the pair are read by id, unless that is under way; whoever goes on from here owes those readings as well.
    pub(super) fn read_dated(&mut self, at: usize, known: &mut Known, draft: &Draft) {
        for side in Side::BOTH.into_iter().filter(|side| draft.fresh != Some(*side)) {
            known.links[at].body.sides.get_mut(side).doubted = true;
            let id = known.links[at].ids.get(side).clone();
            if !self.is_being_read(side, &id) {
                self.read_again(side, &id, 0);
            }
        }
    }

    /// The next call of a reading in bulk, if one is to be made.
    pub(super) fn next_bulk_call(&mut self, side: Side) -> Option<(Purpose, Urgency, Call)> {
        let (now, next_call) = (self.now, self.next_call);
        let look = &self.listing.get(side).bulk;
        if look.asked || now < look.ask_at {
            return None;
        }
        let fields = digest(self.plan.projections.get(side));
        let reading = self.state.bulk.get_mut(side);
        // Other fields are read by now: what is there of the job is no use.
        let scan = match reading.scan.take().filter(|scan| scan.fields == fields) {
            Some(scan) => scan,
            None => {
                self.listing.get_mut(side).bulk = BulkLook::default();
                BulkScan { fields, began: None, step: BulkStep::Begin { page: None }, last: None }
            }
        };
        let step = reading.scan.insert(scan).step.clone();
        let call = match step {
            BulkStep::Begin { page } => Call::BulkStart { page },
            BulkStep::Wait { job } => {
                self.listing.get_mut(side).bulk.since.get_or_insert(now);
                Call::BulkState(job)
            }
            BulkStep::Read { job, from, .. } => {
                if !self.has_checked_bulk(side, next_call) {
                    return None;
                }
                let look = &self.listing.get(side).bulk;
                // None: everything of this job is asked for.
                let from = look.from.unwrap_or(from);
                if from == u64::MAX {
                    return None;
                }
                Call::BulkRows { job, from }
            }
        };
        self.listing.get_mut(side).bulk.asked = true;
        Some((Purpose::Bulk, Urgency::Backfill, call))
    }

    /// The side was looked at, and asked for deletions, after its job was ready: by this process, since deletions told before are not kept.
    fn has_checked_bulk(&mut self, side: Side, next_call: CallId) -> bool {
        let every = self.plan.settings.bulk_check;
        let looks = self.looks.get_mut(side);
        let look = &mut self.listing.get_mut(side).bulk;
        let Some(from) = look.checked_from else {
            look.checked_from = Some(next_call);
            looks.wanted = true;
            looks.deleted_wanted = true;
            return false;
        };
        if looks.deleted_at.is_none_or(|at| at + every <= self.now) && !looks.deleted_asked {
            looks.deleted_wanted = true;
        }
        looks.look_call >= from && look.deletions >= from
    }

    /// When to ask after a job.
    pub(super) fn bulk_wakes(&self, side: Side) -> Option<i64> {
        let look = &self.listing.get(side).bulk;
        (self.state.bulk.get(side).scan.is_some() && !look.asked).then_some(look.ask_at)
    }

    /// A job was begun.
    pub(super) fn bulk_started(&mut self, side: Side, job: BulkJob) {
        let Some(scan) = &mut self.state.bulk.get_mut(side).scan else { return };
        scan.began.get_or_insert(job.started);
        scan.step = BulkStep::Wait { job };
        let began = scan.began;
        let now = self.now;
        let listing = self.listing.get_mut(side);
        (listing.failures, listing.scan_began) = (0, began);
        let look = &mut listing.bulk;
        *look = BulkLook { gone: std::mem::take(&mut look.gone), ..BulkLook::default() };
        (look.since, look.ask_at, look.wait) = (Some(now), now + FIRST_QUESTION, FIRST_QUESTION);
        self.jobs.push_back(Job::Save);
    }

    /// A job was asked after.
    pub(super) fn bulk_state(&mut self, side: Side, state: BulkState) {
        let (now, settings) = (self.now, &self.plan.settings);
        let longest = settings.bulk_longest;
        let look = &mut self.listing.get_mut(side).bulk;
        (look.asked, look.tries) = (false, 0);
        let Some(scan) = &mut self.state.bulk.get_mut(side).scan else { return };
        match (state, &scan.step) {
            (BulkState::Ready { next, .. }, BulkStep::Wait { job }) => {
                scan.step = BulkStep::Read { job: job.clone(), from: 0, next };
                look.ask_at = now;
                self.state.bulk.get_mut(side).used = true;
                self.jobs.push_back(Job::Save);
            }
            (BulkState::Working, _) if now - look.since.unwrap_or(now) < longest => {
                look.wait = (look.wait.max(FIRST_QUESTION) * 2).min(settings.bulk_wait);
                look.ask_at = now + look.wait;
            }
            _ => self.bulk_job_failed(side),
        }
    }

    /// Rows of a job came.
    pub(super) fn bulk_rows(
        &mut self,
        side: Side,
        asked: CallId,
        mut rows: Vec<Observation>,
        next: Option<u64>,
    ) {
        let listing = self.listing.get_mut(side);
        listing.failures = 0;
        let look = &mut listing.bulk;
        (look.asked, look.tries) = (false, 0);
        let Some(scan) = &self.state.bulk.get(side).scan else { return };
        let BulkStep::Read { job, next: page, .. } = &scan.step else { return };
        look.from = Some(next.unwrap_or(u64::MAX));
        let through = next.is_none() && page.is_none();
        let (began, started) = (scan.began, job.started);
        let count = rows.len() as u64;
        let mutant = self.plan.rules.mutant;
        rows.retain(|row| !look.gone.contains(&row.id) || mutant.is(Mutant::BulkBringsBack));
        self.state.sides.get_mut(side).scanned += count;
        if !rows.is_empty() || next.is_none() {
            let last = rows.last().map(|row| row.id.clone());
            let advance = Some(Advance::Bulk { from: next, last });
            let mut page = PageJob { advance, ..PageJob::new(side, rows, started, asked) };
            (page.dated, page.in_order) = (true, true);
            self.jobs.push_back(Job::Page(Box::new(page)));
        }
        if !through {
            return;
        }
        if began != Some(started) {
            // A job of its own for each page: rows may have moved between them.
            let listing = self.listing.get_mut(side);
            (listing.scan_began, listing.scan_checks) = (began, true);
            listing.scan_ended = self.next_call;
            self.looks.get_mut(side).deleted_wanted = true;
        } else {
            // All rows are of one moment: none of them can have moved.
            self.scan_done(side);
        }
    }

    /// Rows are decided upon: the place behind them is where to go on.
    pub(super) fn advance_bulk(&mut self, side: Side, from: Option<u64>, last: Option<RemoteId>) {
        let Some(scan) = &mut self.state.bulk.get_mut(side).scan else { return };
        scan.last = last.or(scan.last.take());
        let BulkStep::Read { from: place, next, .. } = &mut scan.step else { return };
        match (from, next.take()) {
            (Some(from), token) => (*place, *next) = (from, token),
            (None, Some(token)) => {
                scan.step = BulkStep::Begin { page: Some(token) };
                let look = &mut self.listing.get_mut(side).bulk;
                (look.from, look.ask_at) = (None, self.now);
            }
            // Whoever goes on from here reads the last rows once more, and finds the end.
            (None, None) => {}
        }
    }

    /// The rows stand behind those taken in before, in the order of ids.
    pub(super) fn follows_bulk(&self, page: &PageJob) -> bool {
        let order = |id: &RemoteId| (id.as_str().len(), id.clone());
        let last = self.state.bulk.get(page.side).scan.as_ref().and_then(|scan| scan.last.as_ref());
        match (last, page.rows.first()) {
            (Some(last), Some(first)) => order(last) < order(&first.id),
            _ => true,
        }
    }

    /// A call about a job failed.
    pub(super) fn bulk_failed(&mut self, side: Side, error: &CallError) {
        let look = &mut self.listing.get_mut(side).bulk;
        look.asked = false;
        let begins = matches!(
            self.state.bulk.get(side).scan.as_ref().map(|scan| &scan.step),
            Some(BulkStep::Begin { .. }) | None
        );
        match error.kind {
            // It has no bulk read of this module, or not for us.
            CallErrorKind::Refused | CallErrorKind::SchemaChanged if begins => {
                self.state.bulk.get_mut(side).failed = FAILURES;
                self.bulk_job_failed(side);
            }
            CallErrorKind::Refused | CallErrorKind::SchemaChanged | CallErrorKind::CursorLost => {
                self.bulk_job_failed(side);
            }
            CallErrorKind::Unknown => {
                look.tries += 1;
                // A job that was begun without our knowing costs, and does no harm.
                if look.tries >= TRIES || begins {
                    self.bulk_job_failed(side);
                }
            }
            CallErrorKind::Auth | CallErrorKind::NotSent | CallErrorKind::Throttled => {}
        }
    }

    /// The job will give no rows. What was taken in stays; the side is read from its beginning by another job, or listed.
    fn bulk_job_failed(&mut self, side: Side) {
        let reading = self.state.bulk.get_mut(side);
        reading.scan = None;
        reading.failed = reading.failed.saturating_add(1);
        self.state.sides.get_mut(side).scanned = 0;
        let listing = self.listing.get_mut(side);
        listing.bulk = BulkLook::default();
        listing.scan_began = None;
        self.jobs.push_back(Job::Save);
    }

    /// Deletions were told.
    pub(super) fn check_bulk(&mut self, side: Side, deletions: &[musubi_connector::Deleted], more: bool) {
        if self.state.bulk.get(side).scan.is_none() {
            return;
        }
        let asked = self.looks.get(side).deleted_call;
        for deleted in deletions {
            let look = &mut self.listing.get_mut(side).bulk;
            if !look.gone.contains(&deleted.id) {
                look.gone.insert(&deleted.id);
                // It may have been brought back since, with the modified time that it had: no look shows that.
                self.read_again(side, &deleted.id, 0);
            }
        }
        if !more {
            self.listing.get_mut(side).bulk.deletions = asked;
        }
    }

    /// Since when deletions are asked for while a reading in bulk is under way: rows are as old as its first job.
    pub(super) fn bulk_since(&self, side: Side) -> Option<Instant> {
        let began = self.state.bulk.get(side).scan.as_ref()?.began?;
        // A list may still show what was deleted just before.
        Some(began.floor_second().plus_millis(-self.plan.settings.horizon))
    }

    /// The load is over, or begins anew.
    pub(super) fn forget_bulk(&mut self, side: Side) {
        *self.state.bulk.get_mut(side) = BulkReading::default();
        self.listing.get_mut(side).bulk = BulkLook::default();
    }
}
